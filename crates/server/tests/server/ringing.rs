//! Who is rung, when and with what.

use crate::support::{Client, Server, member, quick, state};
use call_protocol::{MemberState, Phase, Reason};
use serde_json::json;

#[tokio::test]
async fn a_callee_that_logs_in_later_is_rung() {
    let server = Server::start().await;
    let mut ann = Client::login(&server, "ann").await;
    let call = ann.call(&["bob"]).await;
    assert_eq!(state(&call, "bob"), MemberState::Ringing);

    let (mut bob, welcome) = Client::login_on(&server, "bob", "phone").await;
    let ringing = welcome.call.unwrap();
    assert_eq!((&ringing.id, ringing.phase), (&call.id, Phase::Ringing));
    bob.accept(&ringing).await.unwrap();
    assert_eq!(ann.snapshot().await.phase, Phase::Connected);
}

#[tokio::test]
async fn a_callee_that_never_comes_does_not_respond() {
    let server = Server::start().await;
    let mut ann = Client::login(&server, "ann").await;
    ann.invite(&["bob"], |invite| invite.timeout = 1).await.unwrap();
    ann.snapshot().await;
    let ended = ann.snapshot().await;
    assert_eq!(ended.end.unwrap().reason, Reason::NoResponse);
    let (_bob, welcome) = Client::login_on(&server, "bob", "phone").await;
    assert_eq!(welcome.call, None);
}

#[tokio::test]
async fn the_offer_rides_on_the_invite_once() {
    let server = Server::start_with(|config| config.multi_device = true).await;
    let offer = json!({"epoch": 1, "kind": "offer", "sdp": "v=0\r\n\u{e4}"});
    let mut ann = Client::login(&server, "ann").await;
    let (mut bob, _) = Client::login_on(&server, "bob", "phone").await;
    ann.invite(&["bob"], |invite| invite.offer = Some(offer.clone())).await.unwrap();
    assert_eq!(ann.update().await.offer, None);
    let rung = bob.update().await;
    assert_eq!(rung.offer.as_ref(), Some(&offer));

    // A device that comes later gets the same.
    let (mut tablet, welcome) = Client::login_on(&server, "bob", "tablet").await;
    assert_eq!(welcome.call.unwrap().id, rung.call.id);
    assert_eq!(welcome.offer, Some(offer));
    tablet.hears_nothing().await;

    bob.accept(&rung.call).await.unwrap();
    assert_eq!(bob.update().await.offer, None);
    assert_eq!(tablet.update().await.offer, None);
}

#[tokio::test]
async fn a_ringing_session_that_goes_leaves_its_user_ringing() {
    let server = Server::start_with(|config| config.timings = quick()).await;
    let mut ann = Client::login(&server, "ann").await;
    let mut bob = Client::login(&server, "bob").await;
    let call = ann.call(&["bob"]).await;
    bob.snapshot().await;
    drop(bob);
    // Even when its grace is over.
    tokio::time::sleep(2 * quick().grace).await;
    ann.hears_nothing().await;
    let (mut bob, welcome) = Client::login_on(&server, "bob", "another device").await;
    let ringing = welcome.call.unwrap();
    assert_eq!(ringing.id, call.id);
    bob.accept(&ringing).await.unwrap();
    assert_eq!(ann.snapshot().await.phase, Phase::Connected);
}

#[tokio::test]
async fn a_group_rings_and_is_told_of_each_answer() {
    let server = Server::start().await;
    let mut ann = Client::login(&server, "ann").await;
    let mut bob = Client::login(&server, "bob").await;
    let mut eve = Client::login(&server, "eve").await;
    let call = ann.call(&["bob", "eve"]).await;
    assert!(call.group);
    let at_bob = bob.snapshot().await;
    let at_eve = eve.snapshot().await;
    bob.accept(&at_bob).await.unwrap();
    for client in [&mut ann, &mut bob, &mut eve] {
        let now = client.snapshot().await;
        assert_eq!((state(&now, "bob"), state(&now, "eve")), (MemberState::Joined, MemberState::Ringing));
    }
    eve.reject(&at_eve).await.unwrap();
    for client in [&mut ann, &mut bob, &mut eve] {
        let now = client.snapshot().await;
        assert_eq!((now.phase, state(&now, "eve")), (Phase::Connected, MemberState::Rejected));
    }
    // Who is out hears nothing more.
    bob.leave(&at_bob).await.unwrap();
    let ended = ann.snapshot().await;
    assert_eq!(member(&ended, "ann").by.as_ref().unwrap().as_str(), "bob");
    eve.hears_nothing().await;
}
