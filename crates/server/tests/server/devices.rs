//! Several sessions of one user.

use crate::support::{Client, Got, Sent, Server, login, member, state};
use call_protocol::{CloseCode, ErrorCode, Login, MemberState, Phase, Reason};

#[tokio::test]
async fn a_second_device_kicks_the_first() {
    let server = Server::start().await;
    let (mut phone, _) = Client::login_on(&server, "ann", "phone").await;
    let (mut tablet, _) = Client::login_on(&server, "ann", "tablet").await;
    let Got::Kicked(kicked) = phone.next().await else { panic!("kicked") };
    assert_eq!(kicked.call, None);
    assert_eq!(phone.close_code().await, Some(CloseCode::Kicked.number()));
    tablet.hears_nothing().await;
}

#[tokio::test]
async fn devices_stay_side_by_side_when_one_of_them_asks_for_it() {
    for (first, second) in [(true, false), (false, true)] {
        let server = Server::start().await;
        let login = |device, multi_device| Login { multi_device, ..login(&server, "ann", device, None) };
        let mut phone = Client::connect(server.address).await;
        phone.try_login(login("phone", first)).await.unwrap();
        let mut tablet = Client::connect(server.address).await;
        tablet.try_login(login("tablet", second)).await.unwrap();
        phone.hears_nothing().await;
        let mut bob = Client::login(&server, "bob").await;
        bob.call(&["ann"]).await;
        phone.snapshot().await;
        tablet.snapshot().await;
    }
}

#[tokio::test]
async fn a_login_on_the_same_socket_changes_it() {
    let server = Server::start().await;
    let login = |device, multi_device| Login { multi_device, ..login(&server, "ann", device, None) };
    let mut phone = Client::connect(server.address).await;
    for (multi_device, kicks) in [(true, false), (false, true)] {
        phone.try_login(login("phone", multi_device)).await.unwrap();
        let mut tablet = Client::connect(server.address).await;
        tablet.try_login(login("tablet", false)).await.unwrap();
        if !kicks {
            phone.hears_nothing().await;
            continue;
        }
        let Got::Kicked(_) = phone.next().await else { panic!("kicked") };
    }
}

#[tokio::test]
async fn a_kick_ends_the_call_and_brings_its_final_snapshot() {
    let server = Server::start().await;
    let mut bob = Client::login(&server, "bob").await;
    let (mut phone, _) = Client::login_on(&server, "ann", "phone").await;
    let call = phone.call(&["bob"]).await;
    let ringing = bob.snapshot().await;
    bob.accept(&ringing).await.unwrap();
    assert_eq!(phone.snapshot().await.phase, Phase::Connected);
    bob.snapshot().await;

    let (_tablet, welcome) = Client::login_on(&server, "ann", "tablet").await;
    assert_eq!(welcome.call, None);
    let Got::Kicked(kicked) = phone.next().await else { panic!("kicked") };
    let last = kicked.call.unwrap();
    assert_eq!((&last.id, last.phase, state(&last, "ann")), (&call.id, Phase::Ended, MemberState::Kicked));
    assert_eq!(phone.close_code().await, Some(CloseCode::Kicked.number()));
    assert_eq!(bob.snapshot().await.end.unwrap().by.unwrap().as_str(), "ann");
}

#[tokio::test]
async fn a_kicked_session_can_not_be_resumed() {
    let server = Server::start().await;
    let (phone, _) = Client::login_on(&server, "ann", "device of ann").await;
    let _tablet = Client::login_on(&server, "ann", "tablet").await;
    let again = phone.lose_socket().login(&server);
    let error = Client::connect(server.address).await.try_login(again).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::BadResumeToken.number());
}

#[tokio::test]
async fn who_comes_back_by_itself_does_not_kick_the_device_that_the_person_has_moved_to() {
    let server = Server::start().await;
    let (laptop, _) = Client::login_on(&server, "ann", "laptop").await;
    let (mut phone, _) = Client::login_on(&server, "ann", "phone").await;
    drop(laptop);
    let mut woken = Client::connect(server.address).await;
    let returns = Login { returns: true, ..login(&server, "ann", "laptop", None) };
    let error = woken.try_login(returns.clone()).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::LoggedInElsewhere.number());
    phone.hears_nothing().await;

    // The phone is gone.
    phone.ask(Sent::Logout).await.unwrap();
    Client::connect(server.address).await.try_login(returns).await.unwrap();
}

#[tokio::test]
async fn a_second_tab_ends_nothing() {
    let server = Server::start().await;
    let mut bob = Client::login(&server, "bob").await;
    let (mut tab, _) = Client::login_on(&server, "ann", "browser").await;
    let call = tab.call(&["bob"]).await;
    bob.snapshot().await;

    let (mut other_tab, welcome) = Client::login_on(&server, "ann", "browser").await;
    assert_eq!(welcome.call, None, "idle: the call is another tab's");
    tab.hears_nothing().await;
    bob.hears_nothing().await;
    other_tab.hears_nothing().await;

    // And when neither is in a call, both ring.
    tab.leave(&call).await.unwrap();
    bob.snapshot().await;
    tab.snapshot().await;
    bob.call(&["ann"]).await;
    assert_eq!(tab.snapshot().await.id, other_tab.snapshot().await.id);
}

#[tokio::test]
async fn all_devices_ring_and_the_first_answer_counts() {
    let server = Server::start_with(|config| config.multi_device = true).await;
    let mut ann = Client::login(&server, "ann").await;
    let (mut phone, _) = Client::login_on(&server, "bob", "phone").await;
    let (mut tablet, _) = Client::login_on(&server, "bob", "tablet").await;
    let call = ann.call(&["bob"]).await;
    let on_phone = phone.snapshot().await;
    let on_tablet = tablet.snapshot().await;
    assert_eq!(on_phone.id, on_tablet.id);

    tablet.accept(&on_tablet).await.unwrap();
    let (on_phone, on_tablet) = (phone.snapshot().await, tablet.snapshot().await);
    assert_eq!((state(&on_phone, "bob"), member(&on_phone, "bob").here), (MemberState::Joined, false));
    assert_eq!((state(&on_tablet, "bob"), member(&on_tablet, "bob").here), (MemberState::Joined, true));
    assert_eq!(ann.snapshot().await.phase, Phase::Connected);
    phone.accept(&on_phone).await.unwrap_err();

    // From then on only the device that answered is told.
    ann.leave(&call).await.unwrap();
    assert_eq!(tablet.snapshot().await.end.unwrap().reason, Reason::HangUp);
    phone.hears_nothing().await;
}

#[tokio::test]
async fn a_rejection_on_one_device_stops_the_others() {
    let server = Server::start_with(|config| config.multi_device = true).await;
    let mut ann = Client::login(&server, "ann").await;
    let (mut phone, _) = Client::login_on(&server, "bob", "phone").await;
    let (mut tablet, _) = Client::login_on(&server, "bob", "tablet").await;
    ann.call(&["bob"]).await;
    let on_phone = phone.snapshot().await;
    tablet.snapshot().await;
    phone.reject(&on_phone).await.unwrap();
    for (client, here) in [(&mut phone, true), (&mut tablet, false)] {
        let ended = client.snapshot().await;
        assert_eq!((ended.phase, state(&ended, "bob")), (Phase::Ended, MemberState::Rejected));
        assert_eq!(member(&ended, "bob").here, here);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_at_the_same_moment_have_one_winner() {
    let server = Server::start_with(|config| config.multi_device = true).await;
    for round in 0..10 {
        let name = format!("callee{round}");
        let mut ann = Client::login(&server, &format!("caller{round}")).await;
        let (mut phone, _) = Client::login_on(&server, &name, "phone").await;
        let (mut tablet, _) = Client::login_on(&server, &name, "tablet").await;
        ann.call(&[&name]).await;
        let (on_phone, on_tablet) = (phone.snapshot().await, tablet.snapshot().await);
        let (one, other) = tokio::join!(phone.accept(&on_phone), tablet.reject(&on_tablet));
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
        let outcome = ann.snapshot().await;
        assert_eq!(outcome.phase == Phase::Connected, one.is_ok());
        assert_eq!(phone.snapshot().await.phase, outcome.phase);
        assert_eq!(tablet.snapshot().await.phase, outcome.phase);
    }
}
