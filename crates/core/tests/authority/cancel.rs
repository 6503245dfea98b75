use crate::support::{
    desk::Desk,
    names::{place, session, user},
    story::{self, Story},
};
use call_core::DropReason;
use call_protocol::{MemberState, Phase, Reason};

#[test]
fn the_caller_cancels() {
    let mut story = Story::ringing(&place(1, "ann", &["bob", "cat"]));
    story.wait(1_000).leave("ann").unwrap();
    story.assert_out("bob", MemberState::Cancelled, Reason::Cancelled, "ann");
    story.assert_out("cat", MemberState::Cancelled, Reason::Cancelled, "ann");
    story.assert_out("ann", MemberState::Left, Reason::Cancelled, "ann");
    story.assert_ended(Reason::Cancelled, "ann");
}

#[test]
fn closing_the_callers_page_cancels() {
    let mut story = Story::ringing(&place(1, "ann", &["bob"]));
    story.drop("ann", DropReason::Left).unwrap();
    story.assert_out("bob", MemberState::Cancelled, Reason::Cancelled, "ann");
    story.assert_ended(Reason::Cancelled, "ann");
}

#[test]
fn a_caller_who_is_kicked_cancels() {
    let mut story = Story::ringing(&place(1, "ann", &["bob"]));
    story.drop("ann", DropReason::Kicked).unwrap();
    story.assert_out("bob", MemberState::Cancelled, Reason::Cancelled, "ann");
    story.assert_out("ann", MemberState::Kicked, Reason::Cancelled, "ann");
}

#[test]
fn cancelling_before_anybody_was_rung_tells_the_caller_alone() {
    let mut story = Story::placing(&place(1, "ann", &["bob"]));
    story.leave("ann").unwrap();
    story.assert_ended(Reason::Cancelled, "ann");
    story.assert_out("ann", MemberState::Left, Reason::Cancelled, "ann");
    assert_eq!(story.view("bob"), None);
    assert!(story.view("ann").is_some_and(|view| view.mine && view.phase == Phase::Ended));
    let committed = story.take(call_core::Step::Ring { busy: vec![] });
    assert_eq!(committed, Err(call_core::Refused::WrongState));
}

#[test]
fn both_are_free_after_it() {
    let desk = Desk::new();
    desk.placed(&place(1, "ann", &["bob"]));
    let call = desk.leave(1, "ann");
    assert_eq!(call.phase, Phase::Ended);
    desk.assert_nothing_left();
    assert_eq!(desk.placed(&place(2, "bob", &["ann"])).phase, Phase::Ringing);
}

#[test]
fn cancel_and_accept_at_once_agree_on_the_first() {
    let mut story = Story::ringing(&place(1, "ann", &["bob"]));
    let accept = story::accept(&story.call, "bob");
    story.leave("ann").unwrap();
    assert_eq!(story.take(accept), Err(call_core::Refused::WrongState));

    let mut story = Story::ringing(&place(1, "ann", &["bob"]));
    story.accept("bob").unwrap();
    story.leave("ann").unwrap();
    story.assert_out("bob", MemberState::Left, Reason::HangUp, "ann");
    assert_eq!(story.call.member(&user("bob")).unwrap().session, Some(session("bob")));
}
