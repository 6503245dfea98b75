use crate::support::{Client, Server, member, state, user};
use call_protocol::{ErrorCode, MediaType, MemberState, Phase, Reason, Room, Snapshot};

async fn two() -> (Server, Client, Client) {
    let server = Server::start().await;
    let ann = Client::login(&server, "ann").await;
    let bob = Client::login(&server, "bob").await;
    (server, ann, bob)
}

/// The end as both sides must see it.
fn assert_ended(call: &Snapshot, reason: Reason, by: &str) {
    let end = call.end.as_ref().unwrap();
    assert_eq!((call.phase, end.reason, end.by.as_ref()), (Phase::Ended, reason, Some(&user(by))));
}

#[tokio::test]
async fn a_call_is_accepted_and_hung_up() {
    let (_server, mut ann, mut bob) = two().await;
    let id = ann
        .invite(&["bob"], |invite| {
            invite.media = MediaType::Video;
            invite.user_data = "hello".into();
            invite.room = Room { int: 7, str: "seven".into() };
        })
        .await
        .unwrap();
    let at_ann = ann.snapshot().await;
    assert_eq!((&at_ann.id, at_ann.phase, at_ann.mine), (&id, Phase::Ringing, true));
    assert_eq!((state(&at_ann, "ann"), state(&at_ann, "bob")), (MemberState::Joined, MemberState::Ringing));
    assert!(member(&at_ann, "ann").here);

    let at_bob = bob.snapshot().await;
    assert_eq!((&at_bob.id, at_bob.rev, at_bob.mine), (&id, at_ann.rev, false));
    assert_eq!((at_bob.caller.as_str(), at_bob.media), ("ann", MediaType::Video));
    assert_eq!((at_bob.room.int, at_bob.room.str.as_str()), (7, "seven"));
    assert_eq!(at_bob.invite.user_data, "hello");
    assert!(member(&at_bob, "bob").ring_until.is_some_and(|until| until > at_bob.now));

    bob.accept(&at_bob).await.unwrap();
    let (at_ann, at_bob) = (ann.snapshot().await, bob.snapshot().await);
    assert_eq!((at_ann.phase, at_bob.phase), (Phase::Connected, Phase::Connected));
    assert!(at_ann.begun_at.is_some() && at_ann.begun_at == at_bob.begun_at);
    assert!(member(&at_bob, "bob").here && !member(&at_bob, "ann").here);

    ann.leave(&at_ann).await.unwrap();
    for client in [&mut ann, &mut bob] {
        let ended = client.snapshot().await;
        assert_ended(&ended, Reason::HangUp, "ann");
        assert_eq!((state(&ended, "ann"), state(&ended, "bob")), (MemberState::Left, MemberState::Left));
        client.hears_nothing().await;
    }
}

#[tokio::test]
async fn the_caller_is_told_before_its_request_is_answered() {
    let (_server, mut ann, _bob) = two().await;
    ann.send(77, crate::support::Sent::Invite(crate::support::invite(&["bob"]))).await;
    let (first, second) = (ann.receive().await, ann.receive().await);
    assert!(matches!(first.body, crate::support::Got::Call(_)), "{first:?}");
    assert_eq!((second.re, second.body), (77, crate::support::Got::Done));
}

#[tokio::test]
async fn the_callee_rejects() {
    let (_server, mut ann, mut bob) = two().await;
    ann.call(&["bob"]).await;
    let ringing = bob.snapshot().await;
    bob.reject(&ringing).await.unwrap();
    for client in [&mut ann, &mut bob] {
        let ended = client.snapshot().await;
        assert_ended(&ended, Reason::Reject, "bob");
        assert_eq!(state(&ended, "bob"), MemberState::Rejected);
    }
    // Said once more, it is so already.
    bob.reject(&ringing).await.unwrap();
    ann.hears_nothing().await;
}

#[tokio::test]
async fn the_caller_cancels() {
    let (_server, mut ann, mut bob) = two().await;
    let call = ann.call(&["bob"]).await;
    let ringing = bob.snapshot().await;
    ann.leave(&call).await.unwrap();
    for client in [&mut ann, &mut bob] {
        let ended = client.snapshot().await;
        assert_ended(&ended, Reason::Cancelled, "ann");
        assert_eq!(state(&ended, "bob"), MemberState::Cancelled);
    }
    assert_eq!(bob.accept(&ringing).await.unwrap_err().code, ErrorCode::WrongState.number());
}

#[tokio::test]
async fn ringing_ends_at_the_timeout() {
    let (_server, mut ann, mut bob) = two().await;
    ann.invite(&["bob"], |invite| invite.timeout = 1).await.unwrap();
    for client in [&mut ann, &mut bob] {
        let ringing = client.snapshot().await;
        let until = member(&ringing, "bob").ring_until.unwrap();
        let ended = client.snapshot().await;
        assert_ended(&ended, Reason::NoResponse, "bob");
        assert_eq!(state(&ended, "bob"), MemberState::NoResponse);
        assert!(ended.end.unwrap().at + 50 >= until, "not before its time");
    }
}

#[tokio::test]
async fn a_busy_callee_hears_nothing() {
    let (server, mut ann, mut bob) = two().await;
    let call = ann.call(&["bob"]).await;
    bob.snapshot().await;
    let mut eve = Client::login(&server, "eve").await;
    let busy = eve.call(&["bob"]).await;
    assert_ended(&busy, Reason::LineBusy, "bob");
    assert_eq!(state(&busy, "bob"), MemberState::Busy);
    bob.hears_nothing().await;
    ann.hears_nothing().await;

    // Afterwards the line is free.
    ann.leave(&call).await.unwrap();
    assert_eq!(eve.call(&["bob"]).await.phase, Phase::Ringing);
}

#[tokio::test]
async fn whoever_is_in_a_call_places_none() {
    let (server, mut ann, mut bob) = two().await;
    let _eve = Client::login(&server, "eve").await;
    ann.call(&["bob"]).await;
    let ringing = bob.snapshot().await;
    bob.accept(&ringing).await.unwrap();
    for client in [&mut ann, &mut bob] {
        let error = client.invite(&["eve"], |_| {}).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::InAnotherCall.number());
    }
}

#[tokio::test]
async fn repeating_an_invite_is_harmless() {
    let (_server, mut ann, mut bob) = two().await;
    let invite = crate::support::invite(&["bob"]);
    for _ in 0..3 {
        ann.ask(crate::support::Sent::Invite(invite.clone())).await.unwrap();
    }
    assert_eq!(ann.snapshot().await.id, invite.call);
    assert_eq!(bob.snapshot().await.id, invite.call);
    ann.hears_nothing().await;
    bob.hears_nothing().await;
}

#[tokio::test]
async fn two_who_call_each_other_are_connected() {
    let (_server, mut ann, mut bob) = two().await;
    let first = ann.invite(&["bob"], |invite| invite.media = MediaType::Video).await.unwrap();
    bob.invite(&["ann"], |_| {}).await.unwrap();
    let ringing = ann.snapshot().await;
    assert_eq!(ringing.phase, Phase::Ringing);
    let at_ann = ann.snapshot().await;
    assert_eq!((at_ann.phase, &at_ann.id, at_ann.media), (Phase::Connected, &first, MediaType::Audio));
    loop {
        let at_bob = bob.snapshot().await;
        assert_eq!(at_bob.id, first);
        if at_bob.phase == Phase::Connected {
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_call_each_other_at_the_same_moment_are_connected() {
    let server = Server::start().await;
    for round in 0..20 {
        let (one, other) = (format!("one{round}"), format!("other{round}"));
        let mut ann = Client::login(&server, &one).await;
        let mut bob = Client::login(&server, &other).await;
        let (to_bob, to_ann) = ([other.as_str()], [one.as_str()]);
        let (placed, crossed) = tokio::join!(ann.invite(&to_bob, |_| {}), bob.invite(&to_ann, |_| {}));
        placed.unwrap();
        crossed.unwrap();
        let mut calls = Vec::new();
        for client in [&mut ann, &mut bob] {
            calls.push(loop {
                let call = client.snapshot().await;
                if call.phase == Phase::Connected {
                    break call.id;
                }
            });
        }
        assert_eq!(calls[0], calls[1]);
    }
}

#[tokio::test]
async fn the_callee_list_is_checked() {
    let (_server, mut ann, mut bob) = two().await;
    let nobody: [&[&str]; 2] = [&[], &["ann"]];
    for callees in nobody {
        let error = ann.invite(callees, |_| {}).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::BadUser.number(), "{callees:?}");
    }
    let many = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
    assert_eq!(ann.invite(&many, |_| {}).await.unwrap_err().code, ErrorCode::BadUser.number());

    let call = ann.call(&["ann", "bob", "bob"]).await;
    assert_eq!(call.members.len(), 2);
    assert_eq!(bob.snapshot().await.id, call.id);
}

#[tokio::test]
async fn an_invites_values_are_checked() {
    let (_server, mut ann, mut bob) = two().await;
    let bad = ErrorCode::BadRequest.number();
    let errors = [
        ann.invite(&["bob"], |invite| invite.user_data = "x".repeat(4097)).await,
        ann.invite(&["bob"], |invite| invite.room.int = 1 << 31).await,
        ann.invite(&["bob"], |invite| invite.room.str = "x".repeat(129)).await,
        ann.invite(&["bob"], |invite| invite.chat_group = Some("x".repeat(129))).await,
    ];
    for error in errors {
        assert_eq!(error.unwrap_err().code, bad);
    }
    bob.hears_nothing().await;
    ann.invite(&["bob"], |invite| invite.user_data = "x".repeat(4096)).await.unwrap();
}

#[tokio::test]
async fn a_call_without_a_room_gets_a_number() {
    let (_server, mut ann, _bob) = two().await;
    let call = ann.call(&["bob"]).await;
    assert!((1..=0x7fff_ffff).contains(&call.room.int));
}

#[tokio::test]
async fn unknown_and_foreign_calls_give_the_same_answer() {
    let (server, mut ann, mut bob) = two().await;
    let mut eve = Client::login(&server, "eve").await;
    let call = ann.call(&["bob"]).await;
    let ringing = bob.snapshot().await;
    let mut unknown = ringing.clone();
    unknown.id = crate::support::call_id();
    let mut errors = Vec::new();
    eve.name = "bob".into();
    for call in [&ringing, &unknown] {
        errors.push(eve.accept(call).await.unwrap_err());
        errors.push(eve.reject(call).await.unwrap_err());
        errors.push(eve.leave(call).await.unwrap_err());
    }
    errors.dedup();
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!(errors[0].code, ErrorCode::NoSuchCall.number());
    ann.hears_nothing().await;
    assert_eq!(call.id, ringing.id);
}
