use crate::support::{
    names::{place, user},
    story::{Story, switch},
};
use call_core::{Place, Refused};
use call_protocol::MediaType::{Audio, Video};

fn video(callees: &[&str]) -> Place {
    Place { media: Video, ..place(1, "ann", callees) }
}

#[test]
fn either_side_switches_for_both() {
    let mut story = Story::connected(&video(&["bob"]), &["bob"]);
    for (who, media) in [("bob", Audio), ("ann", Video), ("ann", Audio)] {
        let step = switch(&story.call, who, media);
        assert_eq!(story.take(step.clone()), Ok(true));
        assert_eq!(story.take(step), Ok(false), "so it is already");
        assert_eq!((story.call.media.kind, &story.call.media.by), (media, &user(who)));
        assert_eq!((story.view("ann").unwrap().media, story.view("bob").unwrap().media), (media, media));
    }
    assert_eq!(story.call.media.generation, 4);
}

#[test]
fn while_it_rings() {
    let mut story = Story::ringing(&video(&["bob"]));
    let by_caller = switch(&story.call, "ann", Audio);
    assert_eq!(story.take(by_caller), Ok(true));
    assert_eq!(story.view("bob").unwrap().media, Audio);
    let by_callee = switch(&story.call, "bob/phone", Video);
    assert_eq!(story.take(by_callee), Ok(true));
    assert_eq!(story.view("ann").unwrap().media, Video);
}

#[test]
fn not_by_others_nor_in_a_group_nor_before_nor_after() {
    let mut story = Story::connected(&video(&["bob"]), &["bob"]);
    for (who, refused) in [("eve", Refused::NotMember), ("bob/phone", Refused::WrongState)] {
        let step = switch(&story.call, who, Audio);
        assert_eq!(story.take(step), Err(refused));
    }
    let step = switch(&story.call, "bob", Audio);
    story.leave("ann").unwrap();
    assert_eq!(story.take(step), Err(Refused::WrongState));

    for mut story in [Story::placing(&video(&["bob"])), Story::connected(&video(&["bob", "cat"]), &["bob"])] {
        let step = switch(&story.call, "ann", Audio);
        assert_eq!(story.take(step), Err(Refused::WrongState));
    }
}
