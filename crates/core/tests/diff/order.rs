use crate::{
    support::{
        names::{place, user},
        story::Story,
    },
    watcher::{Watcher, set},
};
use call_protocol::{MediaState, MediaType, MemberState, Reason, Snapshot};

/// Everything at once, as a session sees it that slept through it: rules d's order.
fn everything(viewer: &str) -> (Snapshot, Snapshot) {
    let story = Story::connected(&place(1, "ann", &["bob", "cat", "dan", "eve", "fay", "gus"]), &["bob"]);
    let old = story.view(viewer).unwrap();
    let mut new = old.clone();
    new.rev += 7;
    new.now += 9000;
    new.media = MediaType::Video;
    set(&mut new, "cat", MemberState::Rejected);
    set(&mut new, "dan", MemberState::NoResponse);
    set(&mut new, "eve", MemberState::NoResponse);
    set(&mut new, "fay", MemberState::Joined);
    // Somebody invited later.
    let mut hal = new.member(&user("gus")).unwrap().clone();
    (hal.user, hal.invite, hal.invited_by) = (user("hal"), 1, Some(user("bob")));
    new.members.push(hal);
    (old, new)
}

fn leave(call: &mut Snapshot, who: &str) {
    set(call, who, MemberState::Left);
    let now = call.now;
    let member = call.members.iter_mut().find(|member| member.user == user(who)).unwrap();
    (member.reason, member.by, member.at) = (Some(Reason::HangUp), Some(user(who)), now);
}

fn publishing(n: u32) -> MediaState {
    MediaState { generation: 1, n, audio: true, video: true, screen: false }
}

#[test]
fn failures_then_who_joined_then_invitations_media_type_tracks_who_left_and_the_end() {
    let (old, mut new) = everything("bob");
    let mut bob = Watcher::new("bob");
    bob.take(old);
    leave(&mut new, "ann");
    leave(&mut new, "bob");
    assert_eq!(
        bob.take(new),
        [
            "rejected cat",
            "no response dan eve",
            "joined fay",
            "inviting hal",
            "Audio becomes Video",
            "left ann",
            "end: HangUp by bob after 9000",
        ]
    );
}

#[test]
fn tracks_come_after_the_media_type_and_before_who_left() {
    let (old, mut new) = everything("bob");
    let mut bob = Watcher::new("bob");
    bob.take(old);
    bob.view.as_mut().unwrap().publish(&user("fay"), publishing(1));
    leave(&mut new, "ann");
    assert_eq!(
        bob.take(new)[2..],
        ["joined fay", "inviting hal", "Audio becomes Video", "video fay true", "audio fay true", "left ann"]
    );
}

#[test]
fn the_caller_learns_who_joined_before_its_own_begin_and_a_callee_after() {
    let mut story = Story::ringing(&place(1, "ann", &["bob", "cat"]));
    let (mut ann, mut bob) = (Watcher::new("ann"), Watcher::new("bob"));
    ann.look(&story);
    bob.look(&story);
    story.accept("cat").unwrap();
    story.accept("bob").unwrap();
    let by_caller = ann.look(&story);
    assert_eq!(by_caller, ["joined bob", "accepted bob", "joined cat", "accepted cat", "begin as caller"]);
    assert_eq!(bob.look(&story), ["begin as callee", "joined ann", "joined cat"]);
}

#[test]
fn who_was_invited_and_joined_unseen_has_joined_and_is_not_being_invited() {
    let (old, mut new) = everything("bob");
    let hal = new.members.iter_mut().find(|member| member.user == user("hal")).unwrap();
    (hal.state, hal.joined_at) = (MemberState::Joined, Some(new.now));
    let mut bob = Watcher::new("bob");
    bob.take(old.clone());
    assert_eq!(bob.take(new.clone())[2..5], ["joined fay", "joined hal", "accepted hal"]);
    assert!(!bob.told.iter().any(|event| matches!(event, call_core::CallEvent::Inviting { .. })));

    let mut ann = Watcher::new("ann");
    let own = |mut call: call_protocol::Snapshot| {
        call.mine = true;
        call.members.iter_mut().for_each(|member| member.here = member.user == user("ann"));
        call
    };
    ann.take(own(old));
    assert_eq!(ann.take(own(new))[2..5], ["joined fay", "accepted fay", "joined hal"], "each inviter its own");
}

#[test]
fn who_was_invited_and_is_out_again_unseen_is_not_being_invited() {
    let (old, new) = everything("bob");
    for (state, expected) in [
        (MemberState::Rejected, vec!["rejected hal"]),
        (MemberState::NoResponse, vec!["no response hal"]),
        (MemberState::Cancelled, vec![]),
    ] {
        let mut call = old.clone();
        call.rev += 1;
        let mut hal = new.member(&user("hal")).unwrap().clone();
        hal.state = state;
        call.members.push(hal);
        let mut bob = Watcher::new("bob");
        bob.take(old.clone());
        assert_eq!(bob.take(call), expected, "{state:?}");
    }
}
