use crate::support::{
    desk::Desk,
    names::{place, user},
    story::{self, Story},
};
use call_core::{DropReason, Step};
use call_protocol::{MemberState, Millis, Phase, Reason};

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

fn because(story: &Story, who: &str, other: &str) -> Step {
    let Step::Leave { user: leaver, generation, session, .. } = story::leave(&story.call, who) else { unreachable!() };
    Step::Leave { user: leaver, generation, session, because: Some(user(other)), at: None }
}

#[test]
fn whose_bye_came_first_has_hung_up_whoever_says_so() {
    let mut story = Story::connected(&place(1, "ann", &["bob"]), &["bob"]);
    let step = because(&story, "ann", "bob");
    story.wait(1_000).take(step).unwrap();
    story.assert_out("ann", MemberState::Left, Reason::HangUp, "bob");
    story.assert_out("bob", MemberState::Left, Reason::HangUp, "bob");
    story.assert_ended(Reason::HangUp, "bob");
    // Bob's own word comes later.
    assert_eq!(story.leave("bob"), Ok(false));
}

#[test]
fn a_bye_is_believed_only_of_the_last_other_one() {
    for other in ["cat", "ann", "eve"] {
        let mut story = Story::connected(&place(1, "ann", &["bob"]), &["bob"]);
        let step = because(&story, "ann", other);
        story.take(step).unwrap();
        story.assert_ended(Reason::HangUp, "ann");
    }
    let mut group = Story::connected(&place(1, "ann", &["bob", "cat"]), &["bob", "cat"]);
    let step = because(&group, "ann", "bob");
    group.take(step).unwrap();
    group.assert_out("ann", MemberState::Left, Reason::HangUp, "ann");
    assert_eq!(group.state("bob"), MemberState::Joined);
}

#[test]
fn a_bye_while_it_rings_is_a_cancel() {
    let mut story = Story::ringing(&place(1, "ann", &["bob"]));
    let step = because(&story, "ann", "bob");
    story.take(step).unwrap();
    story.assert_ended(Reason::Cancelled, "ann");
}

/// A farewell that names a time so long ago; answers with how long ago the call ended.
fn late(story: &mut Story, who: &str, ago: Millis) -> Millis {
    let Step::Leave { user, generation, session, because, .. } = story::leave(&story.call, who) else { unreachable!() };
    let at = Some(story.now.saturating_sub(ago));
    story.take(Step::Leave { user, generation, session, because, at }).unwrap();
    story.now - story.call.end.as_ref().expect("ended").at
}

#[test]
fn a_call_that_was_hung_up_while_the_server_was_away_ended_then() {
    let mut story = Story::connected(&place(1, "ann", &["bob"]), &["bob"]);
    story.wait(60_000).away("ann").unwrap();
    story.wait(20_000).back("ann").unwrap();
    story.wait(100);
    assert_eq!(late(&mut story, "ann", 25_000), 25_000, "neither being away nor coming back is part of the story");
    let own = story.call.member(&user("bob")).unwrap();
    assert_eq!((own.at, story.call.updated_at), (story.now - 25_000, story.now));
}

#[test]
fn a_quick_farewell_counts_from_its_time_too() {
    for ago in [0, 1, 1500, 2500] {
        let mut story = Story::connected(&place(1, "ann", &["bob"]), &["bob"]);
        assert_eq!(late(story.wait(60_000), "ann", ago), ago);
    }
}

#[test]
fn a_farewell_is_neither_in_the_future_nor_before_what_happened_to_others() {
    let connected = || Story::connected(&place(1, "ann", &["bob"]), &["bob"]);
    let mut story = connected();
    assert_eq!(late(story.wait(60_000), "ann", 3_600_000), 59_999, "after bob has joined");
    let mut story = connected();
    story.wait(60_000);
    let Step::Leave { user, generation, session, because, .. } = story::leave(&story.call, "bob") else {
        unreachable!()
    };
    story.take(Step::Leave { user, generation, session, because, at: Some(Millis::MAX) }).unwrap();
    story.assert_ended(Reason::HangUp, "bob");
}
