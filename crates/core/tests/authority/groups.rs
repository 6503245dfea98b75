use crate::support::{
    desk::Desk,
    names::{RING, place, user},
    story::Story,
};
use call_core::{DropReason, Policy};
use call_protocol::{MemberState, Phase, Reason};

#[test]
fn one_accepts_one_rejects_one_does_not_answer() {
    let mut story = Story::ringing(&place(1, "ann", &["bob", "cat", "dan"]));
    story.accept("bob").unwrap();
    let begun = story.call.begun_at;
    story.wait(500).reject("cat").unwrap();
    story.wait(RING).expire().unwrap();
    story.assert_out("cat", MemberState::Rejected, Reason::Reject, "cat");
    story.assert_out("dan", MemberState::NoResponse, Reason::NoResponse, "dan");
    assert_eq!((story.call.phase, story.call.begun_at), (Phase::Connected, begun));
    story.leave("bob").unwrap();
    story.assert_out("bob", MemberState::Left, Reason::HangUp, "bob");
    story.assert_out("ann", MemberState::Left, Reason::HangUp, "bob");
    story.assert_ended(Reason::HangUp, "bob");
}

#[test]
fn all_reject_one_after_the_other() {
    let mut story = Story::ringing(&place(1, "ann", &["bob", "cat"]));
    story.reject("bob").unwrap();
    assert_eq!(story.call.phase, Phase::Ringing);
    story.reject("cat").unwrap();
    story.assert_out("ann", MemberState::Left, Reason::Reject, "cat");
    story.assert_ended(Reason::Reject, "cat");
}

#[test]
fn all_let_it_ring() {
    let mut story = Story::ringing(&place(1, "ann", &["bob", "cat"]));
    story.wait(RING).expire().unwrap();
    story.assert_out("bob", MemberState::NoResponse, Reason::NoResponse, "bob");
    story.assert_out("cat", MemberState::NoResponse, Reason::NoResponse, "cat");
    story.assert_ended(Reason::NoResponse, "bob");
}

#[test]
fn the_call_goes_on_without_its_caller() {
    let mut story = Story::connected(&place(1, "ann", &["bob", "cat"]), &["bob", "cat"]);
    story.leave("ann").unwrap();
    assert_eq!(story.call.phase, Phase::Connected);
    story.assert_out("ann", MemberState::Left, Reason::HangUp, "ann");
    story.leave("cat").unwrap();
    story.assert_ended(Reason::HangUp, "cat");
}

#[test]
fn one_alone_waits_for_who_is_still_rung() {
    let mut story = Story::connected(&place(1, "ann", &["bob", "cat"]), &["bob"]);
    story.leave("bob").unwrap();
    assert_eq!((story.call.phase, story.state("ann")), (Phase::Connected, MemberState::Joined));
    story.accept("cat").unwrap();
    assert_eq!(story.call.member(&user("cat")).unwrap().join_no, 3);
}

#[test]
fn the_last_one_leaving_cancels_who_is_still_rung() {
    let mut story = Story::connected(&place(1, "ann", &["bob", "cat"]), &["bob"]);
    story.leave("bob").unwrap();
    story.leave("ann").unwrap();
    story.assert_out("cat", MemberState::Cancelled, Reason::Cancelled, "ann");
    story.assert_ended(Reason::HangUp, "ann");

    let mut story = Story::connected(&place(1, "ann", &["bob", "cat"]), &["bob"]);
    story.leave("bob").unwrap();
    story.drop("ann", DropReason::Offline).unwrap();
    story.assert_out("cat", MemberState::Cancelled, Reason::Offline, "ann");
}

#[test]
fn thirty_two_members() {
    let names: Vec<String> = (1..32).map(|number| format!("user-{number}")).collect();
    let callees: Vec<&str> = names.iter().map(String::as_str).collect();
    let desk = Desk::with(Policy { max_callees: 31, ..Policy::default() });
    let call = desk.placed(&place(1, "user-0", &callees));
    assert_eq!((call.members.len(), call.phase), (32, Phase::Ringing));
    for callee in &callees {
        desk.accept(1, callee);
    }
    assert!(desk.call(1).members.iter().all(|member| member.state == MemberState::Joined));
    for callee in &callees {
        assert_eq!(desk.current(callee).map(|call| call.phase), Some(Phase::Connected));
        desk.leave(1, callee);
        assert_eq!(desk.current(callee), None);
    }
    assert_eq!(desk.call(1).phase, Phase::Ended);
    desk.assert_nothing_left();
}
