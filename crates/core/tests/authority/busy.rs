use crate::support::{
    desk::Desk,
    names::{place, user},
    story::Story,
};
use call_core::{AuthorityError, Refused, Step};
use call_protocol::{ErrorCode, MemberState, Phase, Reason};

#[test]
fn a_busy_callee_ends_a_call_of_two_and_is_never_told() {
    let story = Story::busy(&place(1, "ann", &["bob"]), &["bob"]);
    story.assert_out("bob", MemberState::Busy, Reason::LineBusy, "bob");
    story.assert_out("ann", MemberState::Left, Reason::LineBusy, "bob");
    story.assert_ended(Reason::LineBusy, "bob");
    assert_eq!(story.view("bob"), None);
    assert!(story.view("ann").is_some_and(|view| view.mine));
}

#[test]
fn a_group_rings_those_who_are_free() {
    let mut story = Story::busy(&place(1, "ann", &["bob", "cat"]), &["bob"]);
    assert_eq!(story.call.phase, Phase::Ringing);
    story.assert_out("bob", MemberState::Busy, Reason::LineBusy, "bob");
    story.accept("cat").unwrap();
    assert_eq!(story.view("bob"), None);
    assert_eq!(story.accept("bob"), Err(Refused::WrongState));
}

#[test]
fn a_group_in_which_all_are_busy_ends() {
    let story = Story::busy(&place(1, "ann", &["bob", "cat"]), &["bob", "cat"]);
    story.assert_out("cat", MemberState::Busy, Reason::LineBusy, "cat");
    story.assert_ended(Reason::LineBusy, "bob");
}

#[test]
fn a_call_whose_caller_is_busy_is_never_rung() {
    let mut story = Story::placing(&place(1, "ann", &["bob"]));
    assert_eq!(story.take(Step::Ring { busy: vec![user("ann")] }), Err(Refused::WrongState));
    story.take(Step::Abort).unwrap();
    assert!(story.call.is_aborted());
    assert_eq!((story.view("ann"), story.view("bob")), (None, None));
}

#[test]
fn who_is_rung_or_talks_is_busy_for_a_third() {
    let desk = Desk::new();
    desk.placed(&place(1, "ann", &["bob"]));
    for (number, callee) in [(2, "bob"), (3, "ann")] {
        let call = desk.placed(&place(number, "cat", &[callee]));
        assert_eq!((call.phase, call.end.as_ref().unwrap().reason), (Phase::Ended, Reason::LineBusy));
        assert_eq!(desk.current("cat"), None);
    }
    desk.accept(1, "bob");
    let call = desk.placed(&place(4, "cat", &["bob", "dan"]));
    assert_eq!(call.member(&user("bob")).unwrap().state, MemberState::Busy);
    assert_eq!(call.member(&user("dan")).unwrap().state, MemberState::Ringing);
    assert_eq!(desk.call(1).phase, Phase::Connected);
}

#[test]
fn who_is_in_a_call_cannot_place_another() {
    let desk = Desk::new();
    desk.placed(&place(1, "ann", &["bob"]));
    for caller in ["ann", "bob"] {
        let error = desk.place(&place(2, caller, &["cat"])).unwrap_err();
        assert_eq!(error, AuthorityError::InAnotherCall);
        assert_eq!(error.code(), ErrorCode::InAnotherCall);
        desk.store.memory.prune(u64::MAX);
    }
    assert_eq!(desk.current("cat"), None);
    assert_eq!(desk.call(1).phase, Phase::Ringing);
}
