//! Tabs of one browser, and pages that are loaded again.

use crate::support::{Client, Server, member, state};
use call_protocol::{CloseCode, MemberState, Phase, Reason, Snapshot};

/// Ann calls from the first tab of her browser, and bob has accepted.
async fn in_call(server: &Server) -> (Client, Client, Snapshot) {
    let mut bob = Client::login(server, "bob").await;
    let (mut tab, _) = Client::login_page(server, "ann", "browser", "tab 1").await;
    tab.call(&["bob"]).await;
    let ringing = bob.snapshot().await;
    bob.accept(&ringing).await.unwrap();
    bob.snapshot().await;
    let call = tab.snapshot().await;
    assert_eq!(call.phase, Phase::Connected);
    (tab, bob, call)
}

#[tokio::test]
async fn loading_the_page_again_ends_the_old_part_even_if_its_socket_is_still_there() {
    let server = Server::start().await;
    let (mut old, mut bob, _) = in_call(&server).await;
    let (mut new, welcome) = Client::login_page(&server, "ann", "browser", "tab 1").await;
    assert_eq!(welcome.call, None);
    let ended = bob.snapshot().await;
    assert_eq!((ended.phase, state(&ended, "ann")), (Phase::Ended, MemberState::Offline));
    assert_eq!(ended.end.unwrap().reason, Reason::Offline);
    assert_eq!(old.close_code().await, Some(CloseCode::Replaced.number()));
    // And a new call can be made at once.
    assert_eq!(new.call(&["bob"]).await.phase, Phase::Ringing);
}

#[tokio::test]
async fn another_tab_is_idle_and_ends_nothing() {
    let server = Server::start().await;
    let (mut tab, mut bob, call) = in_call(&server).await;
    let (mut other, welcome) = Client::login_page(&server, "ann", "browser", "tab 2").await;
    assert_eq!(welcome.call, None);
    for client in [&mut tab, &mut other, &mut bob] {
        client.hears_nothing().await;
    }
    let error = other.invite(&["cat"], |_| {}).await.unwrap_err();
    assert_eq!(error.code, call_protocol::ErrorCode::InAnotherCall.number());
    tab.leave(&call).await.unwrap();
    assert_eq!(bob.snapshot().await.phase, Phase::Ended);
}

#[tokio::test]
async fn another_tab_ends_nothing_even_while_the_first_has_lost_its_socket() {
    let server = Server::start().await;
    let (tab, mut bob, call) = in_call(&server).await;
    let tab = tab.lose_socket();
    assert!(member(&bob.snapshot().await, "ann").away);
    let (_other, welcome) = Client::login_page(&server, "ann", "browser", "tab 2").await;
    assert_eq!(welcome.call, None);
    bob.hears_nothing().await;

    let mut again = Client::connect(server.address).await;
    let login = call_protocol::Login { device: "browser".into(), page: "tab 1".into(), ..tab.login(&server) };
    let resumed = again.try_login(login).await.unwrap().call.unwrap();
    assert_eq!((resumed.id, resumed.phase), (call.id, Phase::Connected));
    assert!(!member(&bob.snapshot().await, "ann").away);
}

#[tokio::test]
async fn a_kick_ends_all_tabs() {
    let server = Server::start().await;
    let (mut first, _) = Client::login_page(&server, "ann", "browser", "tab 1").await;
    let (mut second, _) = Client::login_page(&server, "ann", "browser", "tab 2").await;
    let _phone = Client::login_page(&server, "ann", "phone", "tab 1").await;
    for tab in [&mut first, &mut second] {
        assert!(matches!(tab.next().await, crate::support::Got::Kicked(_)));
        assert_eq!(tab.close_code().await, Some(CloseCode::Kicked.number()));
    }
}
