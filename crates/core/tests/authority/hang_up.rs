use crate::support::{desk::Desk, names::place, story::Story};
use call_core::{DropReason, Step};
use call_protocol::{MemberState, Phase, Reason};

#[test]
fn either_side_hangs_up() {
    for (who, other) in [("ann", "bob"), ("bob", "ann")] {
        let mut story = Story::connected(&place(1, "ann", &["bob"]), &["bob"]);
        story.wait(60_000).leave(who).unwrap();
        story.assert_out(who, MemberState::Left, Reason::HangUp, who);
        story.assert_out(other, MemberState::Left, Reason::HangUp, who);
        story.assert_ended(Reason::HangUp, who);
    }
}

#[test]
fn both_hang_up_at_once() {
    let mut story = Story::connected(&place(1, "ann", &["bob"]), &["bob"]);
    story.leave("ann").unwrap();
    assert_eq!(story.leave("bob"), Ok(false));
    story.assert_ended(Reason::HangUp, "ann");
}

#[test]
fn who_is_kicked_is_out_and_so_is_the_other() {
    let mut story = Story::connected(&place(1, "ann", &["bob"]), &["bob"]);
    story.drop("ann", DropReason::Kicked).unwrap();
    story.assert_out("ann", MemberState::Kicked, Reason::HangUp, "ann");
    story.assert_out("bob", MemberState::Left, Reason::HangUp, "ann");
}

#[test]
fn closing_the_page_hangs_up() {
    let mut story = Story::connected(&place(1, "ann", &["bob"]), &["bob"]);
    story.drop("bob", DropReason::Left).unwrap();
    story.assert_out("bob", MemberState::Left, Reason::HangUp, "bob");
    story.assert_ended(Reason::HangUp, "bob");
}

#[test]
fn the_server_ends_a_call() {
    for accepted in [&[][..], &["bob"]] {
        let mut story = Story::connected(&place(1, "ann", &["bob"]), accepted);
        story.take(Step::EndByServer).unwrap();
        assert_eq!(
            story.call.end.as_ref().map(|end| (end.reason, end.by.clone())),
            Some((Reason::EndedByServer, None))
        );
        for member in &story.call.members {
            assert_eq!((member.state, member.reason), (MemberState::Left, Some(Reason::EndedByServer)));
            assert_eq!(member.by, None);
        }
        assert_eq!(story.take(Step::EndByServer), Ok(false));
    }
}

#[test]
fn both_can_call_again() {
    let desk = Desk::new();
    for number in 1..20 {
        desk.placed(&place(number, "ann", &["bob"]));
        desk.accept(number, "bob");
        let call = desk.leave(number, if number % 2 == 0 { "ann" } else { "bob" });
        assert_eq!(call.phase, Phase::Ended);
        desk.assert_nothing_left();
    }
}
