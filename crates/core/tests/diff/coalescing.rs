use crate::{
    support::{
        names::{RING, place, session, user},
        story::Story,
    },
    watcher::{NOTHING, Watcher, at_first_sight},
};
use call_core::{Place, Step};
use call_protocol::MediaType;

fn call() -> Place {
    place(1, "ann", &["bob"])
}

#[test]
fn accept_and_hang_up_seen_at_once_are_begin_and_end_with_the_true_time() {
    let mut story = Story::ringing(&call());
    let (mut ann, mut bob) = (Watcher::new("ann"), Watcher::new("bob"));
    ann.look(&story);
    bob.look(&story);
    story.wait(5000).accept("bob").unwrap();
    story.wait(1234).leave("bob").unwrap();
    assert_eq!(
        ann.look(&story),
        ["joined bob", "accepted bob", "begin as caller", "left bob", "end: HangUp by bob after 1234"]
    );
    assert_eq!(bob.look(&story), ["begin as callee", "joined ann", "end: HangUp by bob after 1234"]);
}

#[test]
fn answered_elsewhere_stays_the_reason_when_the_end_is_seen_along_with_it() {
    let mut story = Story::ringing(&call());
    let mut phone = Watcher::new("bob/phone");
    phone.look(&story);
    story.accept("bob").unwrap();
    story.wait(10).leave("ann").unwrap();
    assert_eq!(phone.look(&story), ["not connected: AnsweredElsewhere by bob"]);
}

#[test]
fn an_invitation_and_its_cancellation_unseen_are_nothing() {
    let mut story = Story::ringing(&call());
    story.leave("ann").unwrap();
    assert_eq!(at_first_sight(&story, "bob"), NOTHING);
}

#[test]
fn a_call_missed_while_away_is_nothing() {
    let mut story = Story::ringing(&call());
    story.wait(RING).expire().unwrap();
    assert_eq!(at_first_sight(&story, "bob"), NOTHING);
}

#[test]
fn a_call_that_my_other_device_is_in_is_nothing() {
    let story = Story::connected(&call(), &["bob"]);
    assert_eq!(at_first_sight(&story, "bob/phone"), NOTHING);
    assert_eq!(at_first_sight(&story, "ann/phone"), NOTHING);
}

#[test]
fn the_session_that_placed_the_call_is_told_its_end_at_first_sight() {
    let mut story = Story::ringing(&call());
    story.reject("bob").unwrap();
    assert_eq!(at_first_sight(&story, "ann"), ["rejected bob", "not connected: Reject by bob"]);
}

#[test]
fn ringing_is_received_only_before_its_deadline() {
    let mut story = Story::ringing(&call());
    story.wait(RING - 1);
    assert_eq!(at_first_sight(&story, "bob"), ["received from ann"]);
    story.wait(1);
    assert_eq!(at_first_sight(&story, "bob"), NOTHING);

    let mut for_ever = Story::ringing(&Place { timeout: 0, ..call() });
    for_ever.wait(100 * RING);
    assert_eq!(at_first_sight(&for_ever, "bob"), ["received from ann"]);
}

#[test]
fn the_same_revision_twice_is_nothing() {
    let story = Story::connected(&call(), &["bob"]);
    let mut ann = Watcher::new("ann");
    ann.look(&story);
    assert_eq!(ann.look(&story), NOTHING);
}

#[test]
fn the_media_type_is_told_once_and_not_at_all_when_it_changed_back() {
    let video = Place { media: MediaType::Video, ..call() };
    let mut story = Story::ringing(&video);
    let (mut ann, mut bob) = (Watcher::new("ann"), Watcher::new("bob"));
    ann.look(&story);
    bob.look(&story);
    story.take(Step::Cross { user: user("bob"), session: session("bob"), media: MediaType::Audio }).unwrap();
    let change = "Video becomes Audio";
    assert_eq!(bob.look(&story), ["begin as callee", "joined ann", change]);
    assert_eq!(ann.look(&story), ["joined bob", "accepted bob", "begin as caller", change]);

    let mut back = ann.view.clone().unwrap().call;
    (back.rev, back.media) = (back.rev + 1, MediaType::Audio);
    assert_eq!(ann.take(back.clone()), NOTHING, "audio, video, audio");
    (back.rev, back.media) = (back.rev + 1, MediaType::Video);
    assert_eq!(ann.take(back), ["Audio becomes Video"]);
}

#[test]
fn a_stranger_to_the_call_is_told_nothing() {
    let mut call = Story::ringing(&call()).view("bob").unwrap();
    call.members.retain(|member| member.user != user("bob"));
    assert_eq!(Watcher::new("bob").take(call), NOTHING);
}
