use crate::support::{
    names::{place, session, user},
    story::Story,
};
use call_core::Refused;
use call_protocol::{MemberState, Phase, Reason};

#[test]
fn the_first_device_that_answers_has_the_call() {
    let mut story = Story::ringing(&place(1, "ann", &["bob"]));
    story.accept("bob/phone").unwrap();
    assert_eq!(story.accept("bob"), Err(Refused::WrongState));
    assert_eq!(story.reject("bob"), Err(Refused::WrongState));
    assert_eq!(story.call.member(&user("bob")).unwrap().session, Some(session("bob/phone")));
    let here = |who: &str| story.view(who).unwrap().member(&user("bob")).unwrap().here;
    assert!(here("bob/phone"));
    assert!(!here("bob"));
    assert!(!here("ann"));
}

#[test]
fn only_the_device_in_the_call_hangs_up() {
    let mut story = Story::connected(&place(1, "ann", &["bob"]), &["bob/phone"]);
    assert_eq!(story.leave("bob"), Err(Refused::WrongState));
    assert_eq!(story.call.phase, Phase::Connected);
    assert_eq!(story.leave("bob/phone"), Ok(true));
    story.assert_ended(Reason::HangUp, "bob");
}

#[test]
fn the_device_that_refused_is_known() {
    let mut story = Story::ringing(&place(1, "ann", &["bob"]));
    story.reject("bob/phone").unwrap();
    let seen = |who: &str| story.view(who).unwrap().member(&user("bob")).cloned().unwrap();
    assert_eq!((seen("bob/phone").state, seen("bob/phone").here), (MemberState::Rejected, true));
    assert!(!seen("bob").here);
}

#[test]
fn only_the_session_that_placed_the_call_has_it() {
    let mut story = Story::connected(&place(1, "ann", &["bob"]), &["bob"]);
    assert!(story.view("ann").unwrap().mine);
    assert!(!story.view("ann/phone").unwrap().mine);
    assert!(!story.view("bob").unwrap().mine);
    assert_eq!(story.leave("ann/phone"), Err(Refused::WrongState));
}
