//! Calls that change while they run.

use crate::support::{Client, Sent, Server, call_id, member, quick, state, user};
use call_protocol::{
    BeatAnswer, ErrorCode, InviteMore, Join, Leave, MediaType, MemberState, Phase, Reason, Room, Snapshot, SwitchMedia,
};
use std::time::{Duration, Instant};

/// Ann and bob are in a group call; eve let it ring and is out of it again.
async fn group(server: &Server) -> (Client, Client, Snapshot) {
    group_in(server, None, 0).await
}

async fn group_in(server: &Server, chat_group: Option<&str>, room: u32) -> (Client, Client, Snapshot) {
    let mut ann = Client::login(server, "ann").await;
    let mut bob = Client::login(server, "bob").await;
    let placed = ann.invite(&["bob"], |invite| {
        invite.group = true;
        invite.chat_group = chat_group.map(str::to_owned);
        invite.room.int = room;
        invite.media = MediaType::Video;
    });
    placed.await.unwrap();
    ann.snapshot().await;
    let ringing = bob.snapshot().await;
    bob.accept(&ringing).await.unwrap();
    bob.snapshot().await;
    let call = ann.snapshot().await;
    assert_eq!((call.phase, call.group), (Phase::Connected, true));
    (ann, bob, call)
}

async fn of_two(server: &Server, accept: bool) -> (Client, Client, Snapshot) {
    let mut ann = Client::login(server, "ann").await;
    let mut bob = Client::login(server, "bob").await;
    let mut call = ann.call(&["bob"]).await;
    let ringing = bob.snapshot().await;
    if accept {
        bob.accept(&ringing).await.unwrap();
        bob.snapshot().await;
        call = ann.snapshot().await;
    }
    (ann, bob, call)
}

/// The next snapshot in which the member is in this state.
async fn until(client: &mut Client, name: &str, wanted: MemberState) -> Snapshot {
    loop {
        let snapshot = client.snapshot().await;
        if snapshot.member(&user(name)).is_some_and(|member| member.state == wanted) {
            return snapshot;
        }
    }
}

fn code<T: std::fmt::Debug>(answer: Result<T, call_protocol::WireError>) -> i32 {
    answer.unwrap_err().code
}

#[tokio::test]
async fn more_users_are_invited() {
    let server = Server::start().await;
    let (mut ann, mut bob, call) = group(&server).await;
    let mut cat = Client::login(&server, "cat").await;
    bob.invite_more(&call, 1, &["cat", "dan"]).await.unwrap();
    let ringing = cat.update().await;
    assert_eq!((ringing.call.id.clone(), ringing.offer), (call.id.clone(), None));
    assert_eq!((&ringing.call.invite.by, &*ringing.call.invite.user_data), (&user("bob"), "by bob"));
    for client in [&mut ann, &mut bob] {
        let seen = until(client, "cat", MemberState::Ringing).await;
        assert_eq!(state(&seen, "dan"), MemberState::Ringing, "both at once");
    }
    cat.accept(&ringing.call).await.unwrap();
    assert_eq!(member(&until(&mut ann, "cat", MemberState::Joined).await, "cat").join_no, 3);
    until(&mut bob, "cat", MemberState::Joined).await;

    // Asked once more, because the answer got lost: nobody is rung twice.
    assert_eq!(state(&cat.snapshot().await, "cat"), MemberState::Joined);
    let call = bob_leaves_and(&mut cat, &mut bob, &call).await;
    bob.invite_more(&call, 1, &["cat"]).await.unwrap_err();
    cat.hears_nothing().await;
}

/// Bob leaves; what cat sees of it.
async fn bob_leaves_and(cat: &mut Client, bob: &mut Client, call: &Snapshot) -> Snapshot {
    bob.leave(call).await.unwrap();
    until(bob, "bob", MemberState::Left).await;
    until(cat, "bob", MemberState::Left).await
}

#[tokio::test]
async fn a_repeated_invitation_rings_nobody_twice() {
    let server = Server::start().await;
    let (mut ann, _bob, call) = group(&server).await;
    let mut cat = Client::login(&server, "cat").await;
    ann.invite_more(&call, 1, &["cat"]).await.unwrap();
    let ringing = cat.snapshot().await;
    cat.reject(&ringing).await.unwrap();
    until(&mut cat, "cat", MemberState::Rejected).await;
    ann.invite_more(&call, 1, &["cat"]).await.unwrap();
    cat.hears_nothing().await;
    ann.invite_more(&call, 2, &["cat"]).await.unwrap();
    let again = cat.snapshot().await;
    assert_eq!((state(&again, "cat"), member(&again, "cat").generation), (MemberState::Ringing, 2));
}

#[tokio::test]
async fn who_is_busy_hears_nothing_and_the_inviter_does() {
    let server = Server::start().await;
    let (mut ann, mut bob, call) = group(&server).await;
    let mut cat = Client::login(&server, "cat").await;
    cat.call(&["dan"]).await;
    bob.invite_more(&call, 1, &["cat"]).await.unwrap();
    for client in [&mut ann, &mut bob] {
        assert_eq!(member(&until(client, "cat", MemberState::Busy).await, "cat").invited_by, Some(user("bob")));
    }
    cat.hears_nothing().await;
}

#[tokio::test]
async fn what_cannot_be_invited() {
    let server = Server::start().await;
    let (mut ann, _bob, call) = group(&server).await;
    let mut eve = Client::login(&server, "eve").await;
    let base = InviteMore {
        call: call.id.clone(),
        generation: 1,
        number: 1,
        callees: vec![user("cat")],
        user_data: String::new(),
        timeout: 30,
    };
    assert_eq!(code(eve.ask(Sent::InviteMore(base.clone())).await), ErrorCode::NoSuchCall.number());
    for (expected, more) in [
        (ErrorCode::NoSuchCall, InviteMore { call: call_id(), ..base.clone() }),
        (ErrorCode::WrongState, InviteMore { generation: 2, ..base.clone() }),
        (ErrorCode::BadRequest, InviteMore { number: 0, ..base.clone() }),
        (ErrorCode::BadRequest, InviteMore { user_data: "x".repeat(4097), ..base.clone() }),
        (ErrorCode::BadUser, InviteMore { callees: vec![], ..base.clone() }),
        (ErrorCode::BadUser, InviteMore { callees: vec![user("ann")], ..base.clone() }),
        (ErrorCode::BadUser, InviteMore { callees: (0..9).map(|n| user(&format!("u{n}"))).collect(), ..base.clone() }),
    ] {
        assert_eq!(code(ann.ask(Sent::InviteMore(more)).await), expected.number());
    }
    ann.hears_nothing().await;
}

#[tokio::test]
async fn a_group_call_is_joined_by_its_id_or_its_place() {
    let server = Server::start().await;
    let (mut ann, _bob, call) = group_in(&server, Some("team"), 7).await;
    let room = Room { int: 7, str: String::new() };
    let ways = [
        ("cat", Join::Call(call.id.clone()), 3),
        ("dan", Join::Room { group: "team".into(), room: call.room.clone() }, 4),
        ("eve", Join::Room { group: "team".into(), room }, 5),
    ];
    for (name, way, join_no) in ways {
        let mut client = Client::login(&server, name).await;
        client.join(way).await.unwrap();
        let first = client.snapshot().await;
        assert_eq!((&first.id, state(&first, name)), (&call.id, MemberState::Joined));
        assert!(member(&first, name).here && first.invite.user_data.is_empty());
        let seen = until(&mut ann, name, MemberState::Joined).await;
        assert_eq!((member(&seen, name).join_no, &member(&seen, name).invited_by), (join_no, &None));
        client.leave(&first).await.unwrap();
    }
}

#[tokio::test]
async fn who_left_joins_again() {
    let server = Server::start().await;
    let (mut ann, mut bob, call) = group(&server).await;
    let mut cat = Client::login(&server, "cat").await;
    cat.join(Join::Call(call.id.clone())).await.unwrap();
    cat.snapshot().await;
    bob.leave(&call).await.unwrap();
    until(&mut bob, "bob", MemberState::Left).await;
    bob.join(Join::Call(call.id.clone())).await.unwrap();
    let back = until(&mut bob, "bob", MemberState::Joined).await;
    assert_eq!(member(&back, "bob").generation, 2);
    until(&mut ann, "bob", MemberState::Left).await;
    let seen = until(&mut ann, "bob", MemberState::Joined).await;
    assert_eq!(member(&seen, "bob").prev.as_ref().map(|prev| prev.state), Some(MemberState::Left));
    bob.leave(&back).await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_joined() {
    let server = Server::start().await;
    let (mut ann, _bob, call) = of_two(&server, true).await;
    let mut eve = Client::login(&server, "eve").await;
    let place =
        |group: &str, int: u32, str: &str| Join::Room { group: group.into(), room: Room { int, str: str.into() } };
    for (expected, to) in [
        (ErrorCode::NoSuchCall, Join::Call(call.id.clone())),
        (ErrorCode::NoSuchCall, Join::Call(call_id())),
        (ErrorCode::NoSuchCall, place("team", 9, "")),
        (ErrorCode::BadRequest, place("", 9, "")),
        (ErrorCode::BadRequest, place("team", 0, "")),
        (ErrorCode::BadRequest, place("team", 0x8000_0000, "")),
        (ErrorCode::BadRequest, place("team", 0, &"x".repeat(129))),
        (ErrorCode::BadRequest, place(&"x".repeat(129), 1, "")),
    ] {
        assert_eq!(code(eve.join(to.clone()).await), expected.number(), "{to:?}");
    }
    let (mut cat, _) = Client::login_on(&server, "cat", "phone").await;
    let other = cat.call(&["dan", "fay"]).await;
    assert_eq!(code(ann.join(Join::Call(other.id.clone())).await), ErrorCode::InAnotherCall.number());
    cat.hears_nothing_but_revisions().await;
    assert_eq!(
        code(eve.ask(Sent::Leave(Leave { call: other.id, generation: 1, because: None, at: None })).await),
        ErrorCode::NoSuchCall.number()
    );
}

#[tokio::test]
async fn nothing_new_begins_when_the_user_sig_has_expired() {
    let server = Server::start().await;
    let (_ann, _bob, call) = group(&server).await;
    let mut eve = Client::connect(server.address).await;
    let mut login = crate::support::login(&server, "eve", "phone", None);
    login.sig = server.sig_that_expires_in("eve", 1);
    eve.try_login(login).await.unwrap();
    assert_eq!(eve.next().await, crate::support::Got::SigExpired);
    assert_eq!(code(eve.join(Join::Call(call.id.clone())).await), ErrorCode::SigExpired.number());
}

#[tokio::test]
async fn the_media_type_is_switched_for_both() {
    for accepted in [true, false] {
        let server = Server::start().await;
        let (mut ann, mut bob, call) = of_two(&server, accepted).await;
        assert_eq!(call.media, MediaType::Audio);
        ann.switch_media(&call, MediaType::Video).await.unwrap();
        assert_eq!((ann.snapshot().await.media, bob.snapshot().await.media), (MediaType::Video, MediaType::Video));
        bob.switch_media(&call, MediaType::Audio).await.unwrap();
        assert_eq!((ann.snapshot().await.media, bob.snapshot().await.media), (MediaType::Audio, MediaType::Audio));
        bob.switch_media(&call, MediaType::Audio).await.unwrap();
        ann.hears_nothing().await;

        let mut eve = Client::login(&server, "eve").await;
        let switch = SwitchMedia { call: call.id.clone(), generation: 1, media: MediaType::Video };
        assert_eq!(code(eve.ask(Sent::SwitchMedia(switch)).await), ErrorCode::NoSuchCall.number());
    }
    let server = Server::start().await;
    let (mut ann, _bob, call) = group(&server).await;
    assert_eq!(code(ann.switch_media(&call, MediaType::Audio).await), ErrorCode::WrongState.number());
}

#[tokio::test]
async fn a_bye_heard_elsewhere_names_who_hung_up() {
    let server = Server::start().await;
    let (mut ann, mut bob, call) = of_two(&server, true).await;
    let leave = Leave { call: call.id.clone(), generation: 1, because: Some(user("bob")), at: None };
    ann.ask(Sent::Leave(leave)).await.unwrap();
    for client in [&mut ann, &mut bob] {
        let end = client.snapshot().await.end.unwrap();
        assert_eq!((end.reason, end.by), (Reason::HangUp, Some(user("bob"))));
    }
}

#[tokio::test]
async fn a_member_that_others_hear_is_waited_for() {
    let grace = Duration::from_secs(2);
    let server = Server::start_with(|config| {
        config.timings = quick();
        config.timings.grace = grace;
    })
    .await;
    let (mut ann, bob, call) = of_two(&server, true).await;
    drop(bob);
    assert!(member(&ann.snapshot().await, "bob").away);
    let lost = Instant::now();
    while lost.elapsed() < grace * 2 {
        let answer = BeatAnswer { call: Some(call.id.clone()), rev: u32::MAX, heard: vec![user("bob")] };
        ann.ask(Sent::Beat(answer)).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // Only then the time runs out.
    let ended = until(&mut ann, "bob", MemberState::Offline).await;
    assert_eq!(ended.end.unwrap().reason, Reason::Offline);
    assert!(lost.elapsed() > grace * 2);
}
