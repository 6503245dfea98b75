use crate::support::{Client, Server, now};
use base64::{Engine, prelude::BASE64_STANDARD};
use call_server::{Ice, Secrets};
use ring::hmac;

const LIFE: u64 = 3600;

#[tokio::test]
async fn the_login_brings_credentials_that_coturn_accepts_for_so_long() {
    let turn = vec!["turn:turn.example:3478?transport=udp".to_owned(), "turns:turn.example:5349".to_owned()];
    let stun = vec!["stun:stun.example:3478".to_owned()];
    let server = Server::start_with(|config| {
        let ice = Ice::new(stun.clone(), turn.clone(), Some("north".into()), LIFE).unwrap();
        config.secrets.exchange(Secrets { ice, ..(*config.secrets.current()).clone() });
    })
    .await;
    let before = now() / 1000;
    let (_ann, welcome) = Client::login_on(&server, "ann", "phone").await;
    let [plain, relay] = &welcome.ice_servers[..] else { panic!("two entries") };
    assert_eq!((&plain.urls, plain.username.as_str(), plain.credential.as_str()), (&stun, "", ""));
    assert_eq!(relay.urls, turn);

    let [expiry, app, user] = relay.username.split(':').collect::<Vec<_>>()[..] else { panic!("three parts") };
    let expiry: u64 = expiry.parse().unwrap();
    assert!((before + LIFE..=now() / 1000 + LIFE).contains(&expiry));
    assert_eq!((app, user), (server.keys.id.to_string().as_str(), "ann"));
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, b"north");
    let tag = BASE64_STANDARD.decode(&relay.credential).unwrap();
    hmac::verify(&key, relay.username.as_bytes(), &tag).unwrap();
}

#[test]
fn bad_settings_are_refused() {
    let text = |text: &str| vec![text.to_owned()];
    let secret = || Some("north".to_owned());
    assert!(Ice::new(text("stun:a:1"), vec![], None, LIFE).is_ok());
    assert!(Ice::new(vec![], text("turn:a:1"), None, LIFE).is_err());
    assert!(Ice::new(vec![], text("turn:a:1"), Some(String::new()), LIFE).is_err());
    assert!(Ice::new(vec![], vec![], secret(), LIFE).is_err());
    for bad in ["a:1", "turn", "turn:", "turn://a", "stun:a", "turn:a b", "turnx:a"] {
        assert!(Ice::new(vec![], text(bad), secret(), LIFE).is_err(), "{bad}");
    }
    assert!(Ice::new(text("turn:a"), vec![], None, LIFE).is_err());
    let shown = format!("{:?}", Ice::new(vec![], text("turn:a:1"), secret(), LIFE).unwrap());
    assert!(!shown.contains("north"), "{shown}");
}
