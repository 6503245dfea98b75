use crate::support::{
    names::{RING, place, user, users},
    story::Story,
};
use call_protocol::{MemberState, Phase};

#[test]
fn nobody_sees_a_call_being_placed() {
    let story = Story::placing(&place(1, "ann", &["bob"]));
    assert_eq!((story.view("ann"), story.view("bob"), story.view("eve")), (None, None, None));
}

#[test]
fn members_see_the_call_and_strangers_do_not() {
    let story = Story::ringing(&place(1, "ann", &["bob", "cat"]));
    let view = story.view("bob").unwrap();
    assert_eq!((view.rev, view.phase, view.group), (2, Phase::Ringing, true));
    assert_eq!((&view.caller, view.now), (&user("ann"), story.now));
    assert_eq!(view.invite.callees, users(&["bob", "cat"]));
    assert_eq!(view.invite.user_data, "data of ann");
    let bob = view.member(&user("bob")).unwrap();
    assert_eq!((bob.state, bob.ring_until), (MemberState::Ringing, Some(story.now + RING)));
    assert_eq!((bob.invited_by.as_ref(), bob.invite), (Some(&user("ann")), 0));
    assert_eq!(view.member(&user("ann")).unwrap().invited_by, None);
    assert_eq!(story.view("eve"), None);
}

#[test]
fn no_session_is_named_to_anybody() {
    let story = Story::connected(&place(1, "ann", &["bob"]), &["bob"]);
    let ann = story.call.origin.session.clone();
    let text = serde_json::to_string(&story.view("bob")).unwrap();
    assert!(!text.contains(&*ann.device) && !text.contains(&ann.id.0.to_string()), "{text}");
    assert!(!text.contains("session"), "{text}");
}

#[test]
fn whose_part_ended_still_sees_how() {
    let mut story = Story::connected(&place(1, "ann", &["bob", "cat"]), &["bob", "cat"]);
    story.leave("bob").unwrap();
    let bob = story.view("bob").unwrap().member(&user("bob")).cloned().unwrap();
    assert_eq!((bob.state, bob.at, bob.here), (MemberState::Left, story.now, true));
}
