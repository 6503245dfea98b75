use crate::{desk::Desk, support::*};
use call_core::{CallError, Command, Completed, MoreCallees, Output};
use call_protocol::*;

fn more(name: &str) -> Command {
    Command::InviteMore(MoreCallees { callees: vec![user(name)], user_data: "more".into(), timeout: 20 })
}

fn by_room() -> Join {
    Join::Room { group: "team".into(), room: Room { int: 9, str: String::new() } }
}

fn in_group() -> Desk {
    let mut desk = Desk::logged_in("ben");
    desk.command(1, Command::Join(by_room()));
    desk.told(team(Story::group("ben")).call);
    desk.answer(desk.request().id, ServerMessage::Done);
    desk.outputs.clear();
    desk
}

fn team(mut story: Story) -> Story {
    story.call.chat_group = Some("team".into());
    story
}

#[test]
fn invitations_of_one_membership_are_counted() {
    let mut desk = in_group();
    let number = |desk: &Desk| match desk.request().body {
        ClientMessage::InviteMore(more) => (more.generation, more.number),
        other => panic!("{other:?}"),
    };
    desk.command(1, more("dan"));
    assert_eq!(number(&desk), (1, 1));
    desk.command(2, more("eve"));
    assert_eq!(number(&desk), (1, 2));
    let again = team(Story::group("ben")).without("ben");
    desk.told(again.call.clone());
    desk.command(3, Command::Join(by_room()));
    let mut back = again.again("ben", MemberState::Joined);
    back.member("ben").here = true;
    desk.told(back.call);
    desk.command(4, more("dan"));
    assert_eq!(number(&desk), (2, 1));
}

#[test]
fn inviting_and_switching_need_a_call() {
    let mut desk = Desk::logged_in("ben");
    desk.command(1, more("dan"));
    desk.command(2, Command::SwitchMedia(MediaType::Audio));
    assert_eq!(desk.failure(1), CallError::WRONG_STATE);
    assert_eq!(desk.failure(2), CallError::WRONG_STATE);
    assert_eq!(desk.sent(), []);
}

#[test]
fn joining_resolves_with_the_servers_word() {
    let mut desk = Desk::logged_in("ben");
    desk.command(1, Command::Join(by_room()));
    assert_eq!(desk.request().body, ClientMessage::Join(by_room()));
    assert!(desk.client.is_busy());
    desk.told(team(Story::group("ben")).call);
    assert_eq!(desk.outcome(1), None);
    desk.answer(desk.request().id, ServerMessage::Done);
    assert_eq!(desk.outcome(1), Some(Ok(Completed::Done)));
    assert!(desk.client.in_call());
}

#[test]
fn one_call_at_a_time() {
    let mut desk = in_group();
    desk.command(2, Command::Join(by_room()));
    assert_eq!(desk.failure(2), CallError::WRONG_STATE);
    let mut desk = Desk::logged_in("ben");
    desk.command(1, Command::Join(by_room()));
    desk.command(2, Command::Join(by_room()));
    desk.command(3, Command::Invite(new_call("ann")));
    assert_eq!(desk.failure(2), CallError::REPEATED);
    assert_eq!(desk.failure(3), CallError::WRONG_STATE);
}

#[test]
fn a_refused_join_releases_the_microphone() {
    let mut desk = Desk::logged_in("ben");
    desk.command(1, Command::Join(by_room()));
    desk.refuse(desk.request().id, ErrorCode::NoSuchCall);
    assert_eq!(desk.failure(1), CallError::WRONG_STATE);
    assert!(desk.has(&Output::ReleaseMedia));
    assert!(!desk.client.is_busy());
}

#[test]
fn hung_up_before_it_is_let_in_it_leaves_again() {
    for to in [by_room(), Join::Call(call_id())] {
        let mut desk = Desk::logged_in("ben");
        desk.command(1, Command::Join(to));
        desk.command(2, Command::HangUp);
        assert_eq!(desk.failure(1), CallError::WRONG_STATE);
        assert_eq!(desk.outcome(2), Some(Ok(Completed::Done)));
        desk.outputs.clear();
        desk.told(team(Story::group("ben")).call);
        assert_eq!(desk.events(), []);
        let leave = Leave { call: call_id(), generation: 1, because: None, at: None };
        assert_eq!(desk.sent_bodies(), [ClientMessage::Leave(leave)]);
    }
}

#[test]
fn a_join_that_was_not_answered_in_time_is_not_let_in_later() {
    let mut desk = Desk::logged_in("ben");
    desk.command(1, Command::Join(Join::Call(call_id())));
    while desk.outcome(1).is_none() {
        desk.wait();
    }
    assert_eq!(desk.failure(1), CallError::NO_ANSWER);
    desk.told(team(Story::group("ben")).call);
    assert!(!desk.client.is_busy());
    desk.command(3, Command::Join(Join::Call(call_id())));
    let mut anew = team(Story::group("ben")).without("ben").again("ben", MemberState::Joined);
    anew.member("ben").here = true;
    desk.told(anew.call);
    assert!(desk.client.in_call(), "joined once more, on purpose");
}

#[test]
fn a_join_that_was_not_answered_in_time_takes_back_no_accept() {
    let mut desk = Desk::logged_in("ben");
    desk.command(1, Command::Join(Join::Call(call_id())));
    desk.told(Story::ringing("ben").call);
    desk.command(2, Command::Accept);
    while desk.outcome(1).is_none() {
        desk.wait();
    }
    assert_eq!(desk.failure(1), CallError::NO_ANSWER);
    desk.told(team(Story::group("ben")).call);
    assert!(desk.client.in_call());
}

#[test]
fn the_media_type_of_a_call_of_two_is_switched_for_both() {
    let mut desk = Desk::logged_in("ben");
    desk.told(Story::ringing("ben").call);
    desk.command(1, Command::Accept);
    let mut story = Story::ringing("ben").accepted(true);
    desk.told(story.call.clone());
    desk.command(2, Command::SwitchMedia(MediaType::Video));
    assert_eq!(desk.failure(2), CallError::REPEATED);
    desk.command(3, Command::SwitchMedia(MediaType::Audio));
    let switch = SwitchMedia { call: call_id(), generation: 1, media: MediaType::Audio };
    assert_eq!(desk.request().body, ClientMessage::SwitchMedia(switch));
    desk.outputs.clear();
    story.call.rev += 1;
    story.call.media = MediaType::Audio;
    desk.told(story.call);
    assert!(desk.has(&Output::StopCamera));
    assert_eq!(desk.news(), ["Video becomes Audio"]);
}

#[test]
fn a_group_call_keeps_its_media_type() {
    let mut desk = in_group();
    desk.command(2, Command::SwitchMedia(MediaType::Audio));
    assert_eq!(desk.failure(2), CallError::GROUP_CALL);
}
