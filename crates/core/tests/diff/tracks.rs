use crate::{
    support::{
        names::{place, user},
        story::Story,
    },
    watcher::{NOTHING, Watcher},
};
use call_protocol::{MediaState, MemberState, Previous};

fn publishing(n: u32, audio: bool, video: bool) -> MediaState {
    MediaState { generation: 1, n, audio, video, screen: false }
}

fn watching() -> (Story, Watcher) {
    let story = Story::connected(&place(1, "ann", &["bob", "cat"]), &["bob"]);
    let mut ann = Watcher::new("ann");
    ann.look(&story);
    (story, ann)
}

#[test]
fn each_change_of_what_a_member_publishes_is_told() {
    let (_, mut ann) = watching();
    assert_eq!(ann.publish("bob", publishing(1, true, false)), ["audio bob true"]);
    assert_eq!(ann.publish("bob", publishing(2, true, true)), ["video bob true"]);
    assert_eq!(ann.publish("bob", publishing(3, false, false)), ["video bob false", "audio bob false"]);
}

#[test]
fn the_highest_number_wins_and_late_ones_are_nothing() {
    let (_, mut ann) = watching();
    assert_eq!(ann.publish("bob", publishing(3, true, true)), ["video bob true", "audio bob true"]);
    assert_eq!(ann.publish("bob", publishing(2, false, false)), NOTHING);
    assert_eq!(ann.publish("bob", publishing(3, false, false)), NOTHING);
    let next = MediaState { generation: 2, n: 1, ..MediaState::default() };
    assert_eq!(ann.publish("bob", next), ["video bob false", "audio bob false"], "a later generation is newer");
    assert_eq!(ann.publish("bob", publishing(9, true, true)), NOTHING, "and an earlier one is over");
}

#[test]
fn toggles_unseen_show_the_last_value_only() {
    let (_, mut ann) = watching();
    ann.publish("bob", publishing(1, true, false));
    assert_eq!(ann.publish("bob", publishing(7, true, false)), NOTHING);
}

#[test]
fn nothing_is_told_of_members_who_have_not_joined() {
    let (mut story, mut ann) = watching();
    assert_eq!(ann.publish("cat", publishing(1, true, true)), NOTHING);
    story.accept("cat").unwrap();
    assert_eq!(ann.look(&story), ["joined cat", "accepted cat", "video cat true", "audio cat true"]);
}

#[test]
fn nothing_is_told_before_the_own_begin() {
    let mut story = Story::ringing(&place(1, "ann", &["bob"]));
    let mut bob = Watcher::new("bob");
    bob.look(&story);
    assert_eq!(bob.publish("ann", publishing(1, true, true)), NOTHING);
    story.accept("bob").unwrap();
    assert_eq!(bob.look(&story), ["begin as callee", "joined ann", "video ann true", "audio ann true"]);
}

#[test]
fn nothing_is_told_of_who_left_and_nothing_after_the_own_end() {
    let mut story = Story::connected(&place(1, "ann", &["bob", "cat"]), &["bob", "cat"]);
    let mut ann = Watcher::new("ann");
    ann.look(&story);
    ann.publish("bob", publishing(1, true, true));
    story.leave("bob").unwrap();
    assert_eq!(ann.look(&story), ["left bob"]);
    assert_eq!(ann.publish("bob", publishing(2, false, false)), NOTHING);
    story.leave("cat").unwrap();
    ann.look(&story);
    assert_eq!(ann.publish("cat", publishing(1, true, true)), NOTHING);
}

#[test]
fn who_comes_back_publishes_nothing_until_it_says_so() {
    let (_, mut ann) = watching();
    ann.publish("bob", publishing(5, true, true));
    let mut call = ann.view.clone().unwrap().call;
    call.rev += 2;
    let bob = call.members.iter_mut().find(|member| member.user == user("bob")).unwrap();
    let prev = Previous {
        generation: 1,
        state: MemberState::Left,
        reason: None,
        by: None,
        at: 0,
        joined_at: None,
        here: false,
    };
    (bob.generation, bob.prev) = (2, Some(prev));
    assert_eq!(ann.take(call), ["left bob", "joined bob", "accepted bob"]);
    let again = MediaState { generation: 2, n: 1, audio: true, video: false, screen: false };
    assert_eq!(ann.publish("bob", again), ["audio bob true"]);
}
