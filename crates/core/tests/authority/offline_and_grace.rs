use crate::support::{
    desk::Desk,
    names::{GRACE, NODE, place, session, user},
    story::Story,
};
use call_core::{DropReason, Step};
use call_protocol::{MemberState, Phase, Reason};

#[test]
fn a_lost_connection_shows_and_heals() {
    let mut story = Story::connected(&place(1, "ann", &["bob"]), &["bob"]);
    assert_eq!(story.away("bob"), Ok(true));
    assert_eq!(story.away("bob"), Ok(false));
    assert!(story.view("ann").unwrap().member(&user("bob")).unwrap().away);
    assert_eq!(story.wait(GRACE - 1).expire(), Ok(false));
    assert_eq!(story.back("bob"), Ok(true));
    assert_eq!(story.back("bob"), Ok(false));
    assert_eq!(story.wait(GRACE * 10).expire(), Ok(false));
    assert_eq!(story.call.phase, Phase::Connected);
}

#[test]
fn grace_ends_the_membership() {
    let mut story = Story::connected(&place(1, "ann", &["bob"]), &["bob"]);
    story.away("bob").unwrap();
    story.wait(GRACE).expire().unwrap();
    story.assert_out("bob", MemberState::Offline, Reason::Offline, "bob");
    story.assert_out("ann", MemberState::Left, Reason::Offline, "bob");
    story.assert_ended(Reason::Offline, "bob");
}

#[test]
fn both_lost_at_once_are_each_their_own_reason() {
    let mut story = Story::connected(&place(1, "ann", &["bob"]), &["bob"]);
    story.away("bob").unwrap();
    story.wait(20).away("ann").unwrap();
    story.wait(GRACE).expire().unwrap();
    story.assert_out("ann", MemberState::Offline, Reason::Offline, "ann");
    story.assert_out("bob", MemberState::Offline, Reason::Offline, "bob");
    assert_eq!(story.call.phase, Phase::Ended);
}

#[test]
fn a_session_that_is_over_ends_the_membership_at_once() {
    let mut story = Story::connected(&place(1, "ann", &["bob"]), &["bob"]);
    story.drop("bob", DropReason::Offline).unwrap();
    story.assert_out("bob", MemberState::Offline, Reason::Offline, "bob");
    story.assert_out("ann", MemberState::Left, Reason::Offline, "bob");
    assert_eq!(story.drop("bob", DropReason::Offline), Ok(false));
}

#[test]
fn a_caller_lost_while_ringing_is_reason_offline() {
    let mut by_grace = Story::ringing(&place(1, "ann", &["bob"]));
    by_grace.away("ann").unwrap();
    by_grace.wait(GRACE).expire().unwrap();
    let mut at_once = Story::ringing(&place(1, "ann", &["bob"]));
    at_once.drop("ann", DropReason::Offline).unwrap();
    for story in [by_grace, at_once] {
        story.assert_out("bob", MemberState::Cancelled, Reason::Offline, "ann");
        story.assert_out("ann", MemberState::Offline, Reason::Offline, "ann");
        story.assert_ended(Reason::Offline, "ann");
    }
}

#[test]
fn a_callee_that_is_not_connected_stays_ringing() {
    let mut story = Story::ringing(&place(1, "ann", &["bob"]));
    for reason in [DropReason::Offline, DropReason::Kicked, DropReason::Left] {
        assert_eq!(story.drop("bob", reason), Ok(false));
    }
    assert_eq!(story.away("bob"), Ok(false));
    assert_eq!(story.state("bob"), MemberState::Ringing);
}

#[test]
fn another_sessions_loss_is_no_matter() {
    let mut story = Story::connected(&place(1, "ann", &["bob"]), &["bob"]);
    assert_eq!(story.away("bob/phone"), Ok(false));
    assert_eq!(story.drop("bob/phone", DropReason::Left), Ok(false));
    story.away("bob").unwrap();
    assert_eq!(story.back("bob/phone"), Ok(false));
}

#[test]
fn grace_ends_before_the_others_stop_ringing() {
    let mut story = Story::ringing(&place(1, "ann", &["bob", "cat"]));
    story.accept("bob").unwrap();
    story.away("bob").unwrap();
    story.wait(GRACE).expire().unwrap();
    assert_eq!((story.state("ann"), story.state("cat")), (MemberState::Joined, MemberState::Ringing));
    story.now = story.call.next_deadline().unwrap();
    story.expire().unwrap();
    story.assert_out("ann", MemberState::Left, Reason::NoResponse, "cat");
}

#[test]
fn everybody_is_free_after_it() {
    let desk = Desk::new();
    desk.placed(&place(1, "ann", &["bob"]));
    desk.accept(1, "bob");
    desk.act(1, Step::Away { user: user("bob"), session: session("bob").id, node: NODE, grace: GRACE })
        .unwrap()
        .unwrap();
    assert_eq!(desk.act(1, Step::Expire), Ok(None));
    let committed = desk.wait(GRACE).act(1, Step::Expire).unwrap().unwrap();
    assert_eq!(committed.new.phase, Phase::Ended);
    desk.assert_nothing_left();
}
