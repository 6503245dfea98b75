use crate::support::{desk::Desk, names::place, story::Story};
use call_protocol::{MemberState, Phase, Reason};

#[test]
fn rejecting_ends_a_call_of_two() {
    let mut story = Story::ringing(&place(1, "ann", &["bob"]));
    story.wait(1_000).reject("bob").unwrap();
    story.assert_out("bob", MemberState::Rejected, Reason::Reject, "bob");
    story.assert_out("ann", MemberState::Left, Reason::Reject, "bob");
    story.assert_ended(Reason::Reject, "bob");
    assert_eq!(story.call.begun_at, None);
}

#[test]
fn hanging_up_while_rung_is_rejecting() {
    let mut story = Story::ringing(&place(1, "ann", &["bob"]));
    story.leave("bob").unwrap();
    story.assert_out("bob", MemberState::Rejected, Reason::Reject, "bob");
    story.assert_ended(Reason::Reject, "bob");
}

#[test]
fn after_a_rejection_both_can_be_called() {
    let desk = Desk::new();
    desk.placed(&place(1, "ann", &["bob"]));
    desk.reject(1, "bob");
    desk.assert_nothing_left();
    assert_eq!(desk.placed(&place(2, "cat", &["bob"])).phase, Phase::Ringing);
    assert_eq!(desk.placed(&place(3, "dan", &["ann"])).phase, Phase::Ringing);
}
