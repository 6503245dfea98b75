use crate::support::{APP, Client, Got, Lost, Sent, Server, call_id, login, now, user};
use call_protocol::{CallRef, CloseCode, ErrorCode, Login};
use call_server::{AppKeys, sign};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn welcomes_a_user() {
    let server = Server::start().await;
    let before = now();
    let (ann, welcome) = Client::login_on(&server, "ann", "phone").await;
    assert!(welcome.now >= before && welcome.now <= now());
    assert!(welcome.sig_expires > now() + 3_500_000 && welcome.sig_expires <= now() + 3_600_000);
    assert_eq!(welcome.call, None);
    assert_eq!(welcome.ice_servers, []);
    assert!(ann.resume.len() >= 22, "128 bits at least");
}

#[tokio::test]
async fn refuses_with_the_contracts_numbers_and_closes() {
    let server = Server::start().await;
    let other_app = AppKeys::new(APP, vec!["not the secret".into()]).unwrap();
    let good = server.sig("ann");
    let cases = [
        (APP, "ann", sign(&other_app, "ann", now(), 60), 70009),
        (APP, "bob", good.clone(), 70013),
        (APP + 1, "ann", good.clone(), 70014),
        (APP + 2, "ann", good.clone(), 70014),
        (APP, "ann", server.sig_that_expires_in("ann", -1), 70001),
        (APP, "ann", String::new(), 70002),
        (APP, "ann", good[..good.len() - 8].to_owned(), 70003),
    ];
    for (app, name, sig, code) in cases {
        let mut client = Client::connect(server.address).await;
        let login = Login {
            app,
            user: user(name),
            sig,
            device: "phone".into(),
            page: String::new(),
            multi_device: false,
            returns: false,
            resume: None,
        };
        let error = client.try_login(login).await.unwrap_err();
        assert_eq!(error.code, code);
        assert_eq!(client.close_code().await, Some(CloseCode::NotLoggedIn.number()));
    }
}

#[tokio::test]
async fn refuses_a_user_id_that_is_none() {
    let server = Server::start().await;
    let too_long = "x".repeat(33);
    for name in ["", "a b", "ä", "a.b", &too_long] {
        let mut client = Client::connect(server.address).await;
        let login = json!({"id": 5, "body": {"login": {"app": APP, "user": name, "sig": "x", "device": "d"}}});
        client.send_text(login.to_string()).await;
        let Got::Error(error) = client.answer_to(5).await else { panic!("an error") };
        assert_eq!(error.code, 101_002, "{name}");
    }
}

#[tokio::test]
async fn refuses_a_device_name_out_of_range() {
    let server = Server::start().await;
    for device in ["", &"d".repeat(65)] {
        let mut client = Client::connect(server.address).await;
        let error = client.try_login(login(&server, "ann", device, None)).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::BadRequest.number());
    }
}

#[tokio::test]
async fn wants_the_login_first() {
    let server = Server::start().await;
    let mut client = Client::connect(server.address).await;
    let accept = Sent::Accept(CallRef { call: call_id(), generation: 1 });
    assert_eq!(client.ask(accept).await.unwrap_err().code, ErrorCode::NotLoggedIn.number());
    client.send_text("?").await;
    assert!(matches!(client.receive().await.body, Got::Error(_)));
    client.try_login(login(&server, "ann", "phone", None)).await.unwrap();
}

#[tokio::test]
async fn wants_the_login_in_time() {
    let server = Server::start_with(|config| config.timings.login = Duration::from_millis(200)).await;
    let mut client = Client::connect(server.address).await;
    assert_eq!(client.close_code().await, Some(CloseCode::NotLoggedIn.number()));
}

#[tokio::test]
async fn resume_tokens_are_single_use_but_the_last_one_stays_good_until_the_next_is_used() {
    let server = Server::start().await;
    let first = Client::login(&server, "ann").await;
    let first_token = first.resume.clone();
    let (second, _) = first.lose_socket().resume(&server).await;
    let second_token = second.resume.clone();
    assert_ne!(first_token, second_token);

    // The answer with the second token may never have arrived.
    let again = Lost { name: "ann".into(), resume: first_token.clone() };
    let (third, _) = again.resume(&server).await;
    let third_token = third.resume.clone();
    let (_fourth, _) = third.lose_socket().resume(&server).await;

    for stale in [first_token, second_token, "made up".into()] {
        let mut client = Client::connect(server.address).await;
        let error = client.try_login(login(&server, "ann", "device of ann", Some(stale))).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::BadResumeToken.number());
        // The same connection may log in without.
        client.try_login(login(&server, "ann", "device of ann", None)).await.unwrap();
    }
    let (_, _) = (Lost { name: "ann".into(), resume: third_token }).resume(&server).await;
}

#[tokio::test]
async fn a_resume_token_belongs_to_one_user_on_one_device() {
    let server = Server::start().await;
    let ann = Client::login(&server, "ann").await;
    let _bob = Client::login(&server, "bob").await;
    for (name, device) in [("bob", "device of bob"), ("ann", "device of bob")] {
        let mut thief = Client::connect(server.address).await;
        let stolen = login(&server, name, device, Some(ann.resume.clone()));
        assert_eq!(thief.try_login(stolen).await.unwrap_err().code, ErrorCode::BadResumeToken.number());
    }
}

#[tokio::test]
async fn resuming_elsewhere_closes_the_old_connection() {
    let server = Server::start().await;
    let mut old = Client::login(&server, "ann").await;
    let (_new, _) = Lost { name: "ann".into(), resume: old.resume.clone() }.resume(&server).await;
    assert_eq!(old.close_code().await, Some(CloseCode::Replaced.number()));
}

#[tokio::test]
async fn says_when_the_user_sig_expires_and_refuses_new_calls_until_a_new_login() {
    let server = Server::start().await;
    let _bob = Client::login(&server, "bob").await;
    let mut ann = Client::connect(server.address).await;
    let mut expiring = login(&server, "ann", "phone", None);
    expiring.sig = server.sig_that_expires_in("ann", 2);
    ann.try_login(expiring).await.unwrap();
    assert_eq!(ann.next().await, Got::SigExpired);
    assert_eq!(ann.invite(&["bob"], |_| {}).await.unwrap_err().code, ErrorCode::SigExpired.number());

    let refused = ann.try_login(login(&server, "bob", "phone", None)).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::WrongState.number());
    let mut bad = login(&server, "ann", "phone", None);
    bad.sig.clear();
    assert_eq!(ann.try_login(bad).await.unwrap_err().code, 70002);

    let welcome = ann.try_login(login(&server, "ann", "phone", None)).await.unwrap();
    assert!(welcome.sig_expires > now());
    ann.invite(&["bob"], |_| {}).await.unwrap();
}

#[tokio::test]
async fn a_session_is_resumed_even_after_its_user_sig_has_expired() {
    let server = Server::start().await;
    let mut bob = Client::login(&server, "bob").await;
    let mut ann = Client::connect(server.address).await;
    let mut expiring = login(&server, "ann", "device of ann", None);
    expiring.sig = server.sig_that_expires_in("ann", 2);
    ann.try_login(expiring).await.unwrap();
    let call = ann.call(&["bob"]).await;
    bob.snapshot().await;
    assert_eq!(ann.next().await, Got::SigExpired);

    let mut again = ann.lose_socket().login(&server);
    again.sig = server.sig_that_expires_in("ann", -1);
    let mut ann = Client::connect(server.address).await;
    let welcome = ann.try_login(again.clone()).await.unwrap();
    assert_eq!(welcome.call.unwrap().id, call.id);
    assert_eq!(ann.next().await, Got::SigExpired);

    again.resume = Some("made up".into());
    let mut thief = Client::connect(server.address).await;
    assert_eq!(thief.try_login(again).await.unwrap_err().code, ErrorCode::SigExpired.number());
}
