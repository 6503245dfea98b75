//! What a restart leaves of sessions and calls. The server is stopped and another one started on the same folder, in
//! this process; it counts as new.

use crate::in_process::{Client, Lost, Sent, Server, login, member, quick, state};
use call_protocol::{ErrorCode, Login, MemberState, Phase, Reason, Snapshot};
use call_server::{Config, StoreKind, Timings};
use std::{path::Path, time::Duration};
use tempfile::TempDir;

/// A folder, and the server that uses it now.
struct House {
    dir: TempDir,
    timings: Timings,
    server: Server,
}

impl House {
    async fn start(timings: Timings) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let server = start(dir.path(), &timings).await;
        Self { dir, timings, server }
    }

    async fn restart(self) -> Self {
        self.restart_after(Duration::ZERO).await
    }

    async fn restart_after(self, pause: Duration) -> Self {
        let Self { dir, timings, mut server } = self;
        server.begin_shutdown();
        server.ended().await.unwrap();
        tokio::time::sleep(pause).await;
        let server = start(dir.path(), &timings).await;
        Self { dir, timings, server }
    }
}

async fn start(dir: &Path, timings: &Timings) -> Server {
    let change = |config: &mut Config| {
        config.store = StoreKind::Sqlite(dir.to_owned());
        config.timings = timings.clone();
    };
    Server::start_with(change).await
}

/// Sockets close soon, and nobody is given up.
fn patient() -> Timings {
    Timings { drain: Duration::from_millis(50), ..Timings::default() }
}

async fn connected(server: &Server) -> (Client, Client, Snapshot) {
    let mut ann = Client::login(server, "ann").await;
    let mut bob = Client::login(server, "bob").await;
    ann.call(&["bob"]).await;
    let ringing = bob.snapshot().await;
    bob.accept(&ringing).await.unwrap();
    bob.snapshot().await;
    let call = ann.snapshot().await;
    (ann, bob, call)
}

async fn refused(server: &Server, login: Login) -> i32 {
    Client::connect(server.address).await.try_login(login).await.unwrap_err().code
}

fn not_valid() -> i32 {
    ErrorCode::BadResumeToken.number()
}

#[tokio::test]
async fn a_running_call_goes_on() {
    let house = House::start(patient()).await;
    let (ann, bob, call) = connected(&house.server).await;
    let (ann, bob) = (ann.lose_socket(), bob.lose_socket());
    let house = house.restart().await;
    let (mut ann, welcome) = ann.resume(&house.server).await;
    let resumed = welcome.call.unwrap();
    assert_eq!((&resumed.id, resumed.phase, resumed.begun_at), (&call.id, Phase::Connected, call.begun_at));
    assert!(member(&resumed, "ann").here);
    let (mut bob, _) = bob.resume(&house.server).await;
    bob.leave(&call).await.unwrap();
    let ended = loop {
        let told = ann.snapshot().await;
        if told.phase == Phase::Ended {
            break told;
        }
    };
    let end = ended.end.unwrap();
    assert_eq!((end.reason, end.by), (Reason::HangUp, Some(crate::in_process::user("bob"))));
}

#[tokio::test]
async fn the_token_before_is_good_until_the_new_one_is_used() {
    let mut house = House::start(patient()).await;
    let first = Client::login(&house.server, "ann").await.lose_socket();
    let with = |token: &str| Lost { name: "ann".into(), resume: token.into() };

    house = house.restart().await;
    let (ann, _) = with(&first.resume).resume(&house.server).await;
    // The client never got this one.
    let second = ann.lose_socket();
    house = house.restart().await;
    let (ann, _) = with(&first.resume).resume(&house.server).await;
    let third = ann.lose_socket();
    house = house.restart().await;
    assert_eq!(refused(&house.server, second.login(&house.server)).await, not_valid());
    let (ann, _) = with(&third.resume).resume(&house.server).await;
    let fourth = ann.lose_socket();
    house = house.restart().await;
    assert_eq!(refused(&house.server, first.login(&house.server)).await, not_valid());
    with(&fourth.resume).resume(&house.server).await;
}

#[tokio::test]
async fn a_token_belongs_to_one_app_user_device_and_page() {
    let house = House::start(patient()).await;
    let (ann, _) = Client::login_page(&house.server, "ann", "device of ann", "page").await;
    let ann = ann.lose_socket();
    let house = house.restart().await;
    let server = &house.server;
    let good = Login { page: "page".into(), ..ann.login(server) };
    let bad = [
        login(server, "bob", "device of ann", Some(ann.resume.clone())),
        login(server, "ann", "another device", Some(ann.resume.clone())),
        Login { page: "another page".into(), ..good.clone() },
        Login { resume: Some("AAAAAAAAAAAAAAAAAAAAAA".into()), ..good.clone() },
        Login { resume: Some(String::new()), ..good.clone() },
    ];
    for login in bad {
        assert_eq!(refused(server, login.clone()).await, not_valid(), "{login:?}");
    }
    let other_app = Login { app: good.app + 1, ..good.clone() };
    assert_eq!(refused(server, other_app).await, ErrorCode::SigOtherApp.number());
    Client::connect(server.address).await.try_login(good).await.unwrap();
}

#[tokio::test]
async fn who_has_logged_out_or_was_replaced_can_not_come_back() {
    let house = House::start(patient()).await;
    let mut ann = Client::login(&house.server, "ann").await;
    ann.ask(Sent::Logout).await.unwrap();
    let ann = ann.lose_socket();
    let (bob, _) = Client::login_on(&house.server, "bob", "first device").await;
    let kicked = bob.resume.clone();
    let (_bob, _) = Client::login_on(&house.server, "bob", "second device").await;
    let house = house.restart().await;
    assert_eq!(refused(&house.server, ann.login(&house.server)).await, not_valid());
    let again = login(&house.server, "bob", "first device", Some(kicked));
    assert_eq!(refused(&house.server, again).await, not_valid());
}

#[tokio::test]
async fn ringing_goes_on_with_its_deadline() {
    let house = House::start(patient()).await;
    let mut ann = Client::login(&house.server, "ann").await;
    let mut bob = Client::login(&house.server, "bob").await;
    ann.call(&["bob"]).await;
    let before = bob.snapshot().await;
    let (ann, bob) = (ann.lose_socket(), bob.lose_socket());
    let house = house.restart().await;
    let (mut bob, welcome) = bob.resume(&house.server).await;
    let ringing = welcome.call.unwrap();
    assert_eq!(state(&ringing, "bob"), MemberState::Ringing);
    let until = member(&ringing, "bob").ring_until;
    assert!(until.is_some() && until == member(&before, "bob").ring_until);
    bob.accept(&ringing).await.unwrap();
    let (_ann, welcome) = ann.resume(&house.server).await;
    assert_eq!(welcome.call.unwrap().phase, Phase::Connected);
}

#[tokio::test]
async fn a_ring_that_ended_while_the_server_was_away_is_no_response() {
    let house = House::start(patient()).await;
    let mut ann = Client::login(&house.server, "ann").await;
    let bob = Client::login(&house.server, "bob").await;
    ann.invite(&["bob"], |invite| invite.timeout = 1).await.unwrap();
    let (ann, bob) = (ann.lose_socket(), bob.lose_socket());
    let house = house.restart_after(Duration::from_millis(1200)).await;
    for lost in [ann, bob] {
        let (mut client, welcome) = lost.resume(&house.server).await;
        let mut told = welcome.call.unwrap();
        while told.phase != Phase::Ended {
            told = client.snapshot().await;
        }
        assert_eq!(state(&told, "bob"), MemberState::NoResponse, "{}", client.name);
    }
}

#[tokio::test]
async fn the_end_of_a_call_is_told_after_a_restart() {
    let house = House::start(patient()).await;
    let (mut ann, bob, call) = connected(&house.server).await;
    let bob = bob.lose_socket();
    ann.snapshot().await;
    ann.leave(&call).await.unwrap();
    let cat = Client::login(&house.server, "cat").await;
    let mut dan = Client::login(&house.server, "dan").await;
    let rung = dan.call(&["cat"]).await;
    let cat = cat.lose_socket();
    dan.leave(&rung).await.unwrap();

    let house = house.restart().await;
    for (lost, id, reason) in [(bob, call.id, Reason::HangUp), (cat, rung.id, Reason::Cancelled)] {
        let (_, welcome) = lost.resume(&house.server).await;
        let ended = welcome.call.unwrap();
        assert_eq!((ended.id, ended.phase, ended.end.unwrap().reason), (id, Phase::Ended, reason));
    }
}

#[tokio::test]
async fn who_stays_away_is_away_and_then_out() {
    let timings = Timings { comeback: Duration::from_millis(300), ..quick() };
    let house = House::start(timings).await;
    let (ann, bob, _) = connected(&house.server).await;
    let bob = bob.lose_socket();
    drop(ann);
    let house = house.restart().await;
    let (mut bob, welcome) = bob.resume(&house.server).await;
    let mut seen = vec![welcome.call.unwrap()];
    while seen.last().unwrap().phase != Phase::Ended {
        seen.push(bob.snapshot().await);
    }
    assert!(seen.iter().any(|call| member(call, "ann").away && call.phase == Phase::Connected), "{seen:#?}");
    let ended = seen.last().unwrap();
    assert_eq!((state(ended, "ann"), ended.end.as_ref().unwrap().reason), (MemberState::Offline, Reason::Offline));
    // Nobody is left in it.
    let mut ann = Client::login(&house.server, "ann").await;
    assert_eq!(ann.call(&["bob"]).await.phase, Phase::Ringing);
}

#[tokio::test]
async fn the_time_that_the_server_was_away_does_not_count() {
    let timings = Timings { grace: Duration::from_secs(2), drain: Duration::from_millis(50), ..Timings::default() };
    let house = House::start(timings.clone()).await;
    let (ann, bob, call) = connected(&house.server).await;
    let (ann, bob) = (ann.lose_socket(), bob.lose_socket());
    let house = house.restart_after(timings.grace * 2).await;
    let (_ann, welcome) = ann.resume(&house.server).await;
    assert_eq!(welcome.call.map(|call| (call.id, call.phase)), Some((call.id.clone(), Phase::Connected)));
    let (_bob, welcome) = bob.resume(&house.server).await;
    assert_eq!(welcome.call.map(|call| (call.id, call.phase)), Some((call.id, Phase::Connected)));
}
