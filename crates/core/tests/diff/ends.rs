use crate::{
    support::{
        names::{place, user},
        story::Story,
    },
    watcher::{NOTHING, Watcher},
};
use call_core::DropReason;
use call_protocol::MemberState;

#[test]
fn the_time_counts_from_when_this_member_joined() {
    let mut story = Story::ringing(&place(1, "ann", &["bob", "cat"]));
    let (mut ann, mut bob, mut cat) = (Watcher::new("ann"), Watcher::new("bob"), Watcher::new("cat"));
    for watcher in [&mut ann, &mut bob, &mut cat] {
        watcher.look(&story);
    }
    story.wait(4000).accept("bob").unwrap();
    story.wait(3000).accept("cat").unwrap();
    for watcher in [&mut ann, &mut bob, &mut cat] {
        watcher.look(&story);
    }
    story.wait(2000).leave("cat").unwrap();
    assert_eq!(cat.look(&story), ["end: HangUp by cat after 2000"]);
    assert_eq!(ann.look(&story), ["left cat"]);
    assert_eq!(bob.look(&story), ["left cat"]);
    story.wait(1000).leave("ann").unwrap();
    assert_eq!(ann.look(&story), ["end: HangUp by ann after 6000"], "not the time it rang");
    assert_eq!(bob.look(&story), ["left ann", "end: HangUp by ann after 6000"]);
}

#[test]
fn a_kicked_member_ends_and_the_others_see_it_leave() {
    let mut story = Story::connected(&place(1, "ann", &["bob"]), &["bob"]);
    let (mut ann, mut bob) = (Watcher::new("ann"), Watcher::new("bob"));
    ann.look(&story);
    bob.look(&story);
    story.wait(10).drop("bob", DropReason::Kicked).unwrap();
    assert_eq!(bob.look(&story), ["end: HangUp by bob after 10"]);
    assert_eq!(ann.look(&story), ["left bob", "end: HangUp by bob after 10"]);
}

#[test]
fn a_caller_kicked_while_ringing_cancels() {
    let mut story = Story::ringing(&place(1, "ann", &["bob"]));
    let (mut ann, mut bob) = (Watcher::new("ann"), Watcher::new("bob"));
    ann.look(&story);
    bob.look(&story);
    story.drop("ann", DropReason::Kicked).unwrap();
    assert_eq!(ann.look(&story), ["not connected: Cancelled by ann"]);
    assert_eq!(bob.look(&story), ["not connected: Cancelled by ann"]);
}

#[test]
fn after_the_own_end_nothing_is_told_however_the_call_goes_on() {
    let mut story = Story::connected(&place(1, "ann", &["bob", "cat"]), &["bob", "cat"]);
    let mut bob = Watcher::new("bob");
    bob.look(&story);
    story.leave("bob").unwrap();
    assert_eq!(bob.look(&story), ["end: HangUp by bob after 2"]);
    story.leave("ann").unwrap();
    assert_eq!(bob.look(&story), NOTHING);
    assert_eq!(bob.view.as_ref().unwrap().own(&user("bob")).unwrap().state, MemberState::Left);
}

#[test]
fn time_that_stands_still_gives_zero_and_not_less() {
    let mut story = Story::connected(&place(1, "ann", &["bob"]), &["bob"]);
    let mut ann = Watcher::new("ann");
    ann.look(&story);
    story.leave("ann").unwrap();
    let mut call = story.view("ann").unwrap();
    let own = call.members.iter_mut().find(|member| member.user == user("ann")).unwrap();
    own.at -= 5000;
    assert_eq!(ann.take(call), ["end: HangUp by ann after 0"]);
}
