use crate::{
    answering::prepared,
    desk::Desk,
    placing::{in_call, placed},
    support::*,
};
use call_core::Command;
use call_protocol::*;

fn media(n: u32, audio: bool, video: bool) -> MediaState {
    MediaState { generation: 1, n, audio, video, screen: false }
}

fn publish(desk: &mut Desk, audio: bool, video: bool) -> Vec<(UserId, Signal)> {
    desk.take();
    desk.client.handle_published(audio, video, false);
    while let Some(output) = desk.client.poll_output() {
        desk.outputs.push(output);
    }
    desk.signals()
}

#[test]
fn what_is_published_is_told_to_each_member_that_goes_live_and_at_each_change() {
    let mut ann = placed();
    assert_eq!(publish(&mut ann, true, false), [], "not while it rings");
    ann.told(Story::ringing("ann").accepted(false).call);
    assert_eq!(ann.signals(), [(user("ben"), Signal::Media(media(1, true, false)))]);
    assert_eq!(publish(&mut ann, true, true), [(user("ben"), Signal::Media(media(2, true, true)))]);
    assert_eq!(publish(&mut ann, true, true), [], "no change");
    assert_eq!(publish(&mut ann, false, false), [(user("ben"), Signal::Media(media(3, false, false)))]);
}

#[test]
fn in_a_group_everybody_is_told() {
    let mut ann = Desk::logged_in("ann");
    ann.told(Story::group("ann").call);
    let said = publish(&mut ann, true, false);
    assert_eq!(said, ["ben", "cat"].map(|name| (user(name), Signal::Media(media(1, true, false)))));
}

#[test]
fn changes_of_a_members_media_are_told_and_the_highest_number_wins() {
    let mut ann = in_call();
    ann.hear("ben", Signal::Media(media(2, true, true)));
    assert_eq!(ann.news(), ["video ben true", "audio ben true"]);
    ann.hear("ben", Signal::Media(media(1, false, false)));
    ann.hear("ben", Signal::Media(media(2, false, false)));
    assert_eq!(ann.news(), Vec::<String>::new());
    ann.hear("ben", Signal::Media(media(3, true, false)));
    assert_eq!(ann.news(), ["video ben false"]);
    let next = MediaState { generation: 2, n: 1, ..MediaState::default() };
    ann.hear("ben", Signal::Media(next));
    assert_eq!(ann.news(), ["audio ben false"], "of a later generation");
}

#[test]
fn media_told_before_the_begin_is_shown_after_it() {
    let mut ben = prepared();
    ben.hear("ann", Signal::Media(media(1, true, true)));
    assert!(ben.events().is_empty());
    ben.command(2, Command::Accept);
    ben.told(Story::ringing("ben").accepted(true).call);
    assert_eq!(ben.news(), ["begin as callee", "joined ann", "video ann true", "audio ann true"]);
}

#[test]
fn media_survives_the_next_snapshot() {
    let mut ann = in_call();
    ann.hear("ben", Signal::Media(media(1, true, true)));
    ann.take();
    let mut call = Story::ringing("ann").accepted(false).call;
    call.rev += 1;
    ann.told(call);
    assert_eq!(ann.news(), Vec::<String>::new());
    assert_eq!(ann.client.call().unwrap().media, [(user("ben"), media(1, true, true))]);
}

#[test]
fn the_next_call_counts_on_from_the_last_and_knows_nothing_of_its_members_media() {
    let mut ann = in_call();
    publish(&mut ann, true, false);
    ann.hear("ben", Signal::Media(media(7, true, true)));
    ann.told(Story::ringing("ann").accepted(false).ended(Reason::HangUp, "ben", &[]).call);
    ann.take();
    let mut next = Story::ringing("ben").accepted(true).call;
    next.id = CallId::from_bits([9; 16]);
    next.members[1].user = user("ann");
    next.members[0].user = user("ben");
    next.caller = user("ben");
    ann.told(next);
    assert!(ann.client.call().unwrap().media.is_empty());
    assert!(ann.signals().contains(&(user("ben"), Signal::Media(media(1, true, false)))));
}

#[test]
fn whoever_shares_a_screen_is_told_like_everybody_else() {
    let mut ann = in_call();
    let mut share = |on| {
        ann.take();
        ann.client.handle_published(true, false, on);
        ann.drain();
        let said = ann.signals();
        (ann.news(), said)
    };
    let media = |n, screen| Signal::Media(MediaState { generation: 1, n, audio: true, video: false, screen });
    assert_eq!(share(true), (vec!["screen ann true".to_owned()], vec![(user("ben"), media(1, true))]));
    assert_eq!(share(true), (Vec::new(), Vec::new()), "no change");
    assert_eq!(share(false), (vec!["screen ann false".to_owned()], vec![(user("ben"), media(2, false))]));
}

#[test]
fn a_screen_of_a_member_is_told_and_known() {
    let mut ann = in_call();
    let ben = user("ben");
    let screen = |n, screen| Signal::Media(MediaState { generation: 1, n, screen, ..MediaState::default() });
    assert!(!ann.client.is_sharing(&ben));
    ann.hear("ben", screen(1, true));
    assert_eq!(ann.news(), ["screen ben true"]);
    assert!(ann.client.is_sharing(&ben));
    ann.hear("ben", screen(2, false));
    assert_eq!(ann.news(), ["screen ben false"]);
    assert!(!ann.client.is_sharing(&ben));
}

#[test]
fn a_screen_that_ends_with_the_call_is_no_event() {
    let mut ann = in_call();
    ann.client.handle_published(true, true, true);
    ann.command(3, Command::HangUp);
    ann.take();
    ann.client.handle_published(false, false, false);
    ann.drain();
    assert_eq!(ann.news(), Vec::<String>::new());
}
