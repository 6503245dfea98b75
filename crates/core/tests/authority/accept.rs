use crate::support::{
    desk::Desk,
    names::{place, user},
    story::Story,
};
use call_protocol::{MemberState, Phase};

#[test]
fn accepting_connects() {
    let mut story = Story::ringing(&place(1, "ann", &["bob"]));
    let rung_at = story.now;
    story.wait(2_000).accept("bob").unwrap();

    let ann = story.call.member(&user("ann")).unwrap();
    let bob = story.call.member(&user("bob")).unwrap();
    assert_eq!(story.call.phase, Phase::Connected);
    assert_eq!(story.call.begun_at, Some(rung_at + 2_000));
    assert_eq!((ann.joined_at, ann.join_no), (Some(rung_at), 1));
    assert_eq!((bob.joined_at, bob.join_no), (Some(rung_at + 2_000), 2));
    assert_eq!((bob.state, bob.deadline), (MemberState::Joined, None));
}

#[test]
fn a_clock_that_is_behind_goes_on_from_the_last_change() {
    let mut story = Story::ringing(&place(1, "ann", &["bob"]));
    let rung_at = story.now;
    story.now -= 5_000;
    story.accept("bob").unwrap();
    assert_eq!(story.call.begun_at, Some(rung_at + 1));
    assert_eq!(story.call.updated_at, rung_at + 1);
}

#[test]
fn both_are_busy_with_the_call_they_are_in() {
    let desk = Desk::new();
    let call = desk.placed(&place(1, "ann", &["bob"]));
    assert_eq!(call.phase, Phase::Ringing);
    let call = desk.accept(1, "bob");
    assert_eq!(call.phase, Phase::Connected);
    assert_eq!(desk.current("ann"), Some(call.clone()));
    assert_eq!(desk.current("bob"), Some(call));
    assert_eq!(desk.current("cat"), None);
}
