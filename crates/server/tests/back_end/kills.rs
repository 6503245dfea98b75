//! `kill -9` of the program, or of a node of three, while calls end, again and again: each has one record in the end, and the
//! webhooks came.
//! `RECORD_ROUNDS` and `RECORD_CALLS` for more of it.

use crate::{
    cluster::Nodes,
    postgres::Postgres,
    program::{APP, Program, login, until},
    receiver::Receiver,
    support::{Got, Sent, call_id, invite, now},
};
use call_protocol::{BeatAnswer, CallRef, ClientFrame, ErrorCode, Invite, Leave, Phase, Reason, ServerFrame, Snapshot};
use futures::{SinkExt, StreamExt};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    env,
    hash::{BuildHasher, Hasher, RandomState},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::{
    net::TcpStream,
    sync::Notify,
    task::{AbortHandle, JoinSet},
};
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::Message};

const PAIRS: usize = 20;

/// What people saw of the calls of a round.
#[derive(Default)]
struct Seen {
    placed: BTreeSet<String>,
    /// Somebody was told of them.
    told: BTreeSet<String>,
    ended: BTreeMap<String, (Reason, bool)>,
}

struct Round {
    seen: Mutex<Seen>,
    left: AtomicUsize,
    ends: AtomicUsize,
    /// Kill when so many have ended.
    kill_after: usize,
    kill: Notify,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_call_that_ends_has_one_record_whenever_the_server_dies() {
    let dir = tempfile::tempdir().unwrap();
    let receiver = Receiver::start().await;
    let program = Program::start(dir.path(), &["--webhook", &receiver.url(), "--webhook-secret", "hush"]);
    kill_again_and_again(&mut [program], &receiver).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "long: cargo xtask long records"]
async fn each_call_that_ends_has_one_record_whichever_node_dies() {
    let Some(postgres) = Postgres::start() else { return };
    let url = postgres.database("records");
    let receiver = Receiver::start().await;
    let mut nodes = Nodes::start(&["--records", &url, "--webhook", &receiver.url(), "--webhook-secret", "hush"]);
    kill_again_and_again(&mut nodes.programs, &receiver).await;
}

async fn kill_again_and_again(programs: &mut [Program], receiver: &Receiver) {
    let number = |name: &str, default: usize| env::var(name).map_or(default, |text| text.parse().unwrap());
    let (rounds, calls) = (number("RECORD_ROUNDS", 3), number("RECORD_CALLS", 40));
    let start = now();
    let (mut told, mut recorded, mut ended_by_us, mut never_placed) = (0, HashSet::new(), 0, 0);
    for round in 0..rounds {
        let began = now();
        let victim = below(programs.len());
        let seen = calls_until_the_kill(programs, victim, calls, below(calls), round).await;
        programs[victim].restart();
        let program = &programs[below(programs.len())];
        ended_by_us += end_all(program).await;
        let records = records_since(program, began, &seen.told).await;
        for (id, record) in &records {
            assert!(recorded.insert(id.clone()), "{id} was placed in an earlier round");
            assert!(seen.placed.contains(id), "nobody placed {id}");
            if let Some((reason, begun)) = seen.ended.get(id) {
                assert_eq!(record["reason"], serde_json::to_value(reason).unwrap(), "{record}");
                assert_eq!(record["begun_at"].is_u64(), *begun, "{record}");
            }
            let members: Vec<_> =
                record["members"].as_array().unwrap().iter().map(|one| one["user"].as_str()).collect();
            assert_eq!(members.iter().collect::<HashSet<_>>().len(), 2, "{record}");
        }
        told += seen.told.len();
        never_placed += seen.placed.len() - records.len();
        if (round + 1) % 10 == 0 {
            println!("{} rounds: {told} calls, {} records", round + 1, recorded.len());
        }
    }
    // An end that nobody was told of may still have been stored.
    println!(
        "{rounds} kills: {told} calls that somebody was told of, {} records, {never_placed} lost with their request, {ended_by_us} \
         ended after a restart; 0 lost, 0 doubled",
        recorded.len()
    );
    check_webhooks(&programs[0], receiver, start).await;
}

/// All news of each call came at least once, and in its order.
async fn check_webhooks(program: &Program, receiver: &Receiver, since: u64) {
    // With those that nobody was told of: they may have been recorded after their round.
    let (records, heard) = until("the webhooks", async || {
        let heard = receiver.accepted_by_call();
        if !heard.values().all(|kinds| kinds.last().is_some_and(|kind| kind == "ended")) {
            return None;
        }
        let records = records_since(program, since, &BTreeSet::new()).await;
        records.keys().eq(heard.keys().collect::<BTreeSet<_>>()).then_some((records, heard))
    })
    .await;
    let count: usize = heard.values().map(Vec::len).sum();
    let mut doubled = 0;
    for (id, mut kinds) in heard {
        let came = kinds.len();
        kinds.dedup();
        doubled += came - kinds.len();
        assert_eq!(kinds, expected_of(&records[&id]), "{}", records[&id]);
    }
    println!("{count} webhooks came, of each call all and in order; {doubled} were repetitions");
}

fn expected_of(record: &Value) -> &'static [&'static str] {
    let has_rejected = record["members"].as_array().unwrap().iter().any(|member| member["outcome"] == "rejected");
    match record["begun_at"].is_u64() {
        true => &["ringing", "accepted", "started", "ended"],
        false if has_rejected => &["ringing", "ended"],
        false => &["ringing", "missed", "ended"],
    }
}

async fn calls_until_the_kill(
    programs: &mut [Program],
    victim: usize,
    calls: usize,
    kill_after: usize,
    number: usize,
) -> Seen {
    let round = Arc::new(Round {
        seen: Mutex::default(),
        left: AtomicUsize::new(calls),
        ends: AtomicUsize::new(0),
        kill_after,
        kill: Notify::new(),
    });
    let (mut pairs, mut half_dead) = (JoinSet::new(), Vec::new());
    for pair in 0..PAIRS {
        // Of all the ways to be on two nodes, or on one.
        let at = [pair, pair / programs.len()].map(|node| node % programs.len());
        let [ann_at, bob_at] = at.map(|node| programs[node].address);
        let round = round.clone();
        let task = pairs.spawn(async move {
            let ann = Person::login(ann_at, &format!("ann{pair}in{number}")).await?;
            let bob = Person::login(bob_at, &format!("bob{pair}in{number}")).await?;
            round.call_on(ann, bob).await
        });
        half_dead.extend((ann_at != bob_at && at.contains(&victim)).then_some(task));
    }
    let all = async {
        while let Some(pair) = pairs.join_next().await {
            pair.unwrap();
        }
    };
    tokio::select! {
        () = round.kill.notified() => {}
        // A slow machine had no answer for some of them.
        () = all => {}
    }
    programs[victim].kill();
    round.left.store(0, Ordering::Relaxed);
    // The other one may wait for what never comes. Pairs on living nodes end what they have begun.
    half_dead.iter().for_each(AbortHandle::abort);
    while let Some(pair) = pairs.join_next().await {
        assert!(pair.is_ok() || pair.is_err_and(|error| error.is_cancelled()));
    }
    std::mem::take(&mut *round.seen.lock().unwrap())
}

impl Round {
    /// Until the server is gone or enough calls were made.
    async fn call_on(&self, mut ann: Person, mut bob: Person) -> Option<()> {
        while self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
            self.call(&mut ann, &mut bob).await?;
        }
        // What is left of the server's work is its own: it is killed in the middle of it.
        None
    }

    async fn call(&self, ann: &mut Person, bob: &mut Person) -> Option<()> {
        let invite = Invite { call: call_id(), ..invite(&[&bob.name]) };
        let id = invite.call.clone();
        self.seen.lock().unwrap().placed.insert(id.to_string());
        ann.send(Sent::Invite(invite)).await?;
        let part = CallRef { call: id.clone(), generation: 1 };
        let leave = Sent::Leave(Leave { call: id.clone(), generation: 1, because: None, at: None });
        self.see(bob, |call| call.id == id).await?;
        self.see(ann, |call| call.id == id).await?;
        match random() % 4 {
            0 => bob.send(Sent::Reject(part)).await?,
            1 => ann.send(leave).await?,
            _ => {
                bob.send(Sent::Accept(part)).await?;
                self.see(ann, |call| call.phase == Phase::Connected).await?;
                ann.send(leave).await?;
            }
        }
        for person in [ann, bob] {
            self.see(person, |call| call.id == id && call.phase == Phase::Ended).await?;
        }
        if self.ends.fetch_add(1, Ordering::Relaxed) >= self.kill_after {
            self.kill.notify_one();
        }
        Some(())
    }

    async fn see(&self, person: &mut Person, until: impl Fn(&Snapshot) -> bool) -> Option<()> {
        loop {
            let call = person.next_snapshot().await?;
            let mut seen = self.seen.lock().unwrap();
            seen.told.insert(call.id.to_string());
            if let Some(end) = &call.end {
                seen.ended.insert(call.id.to_string(), (end.reason, call.begun_at.is_some()));
            }
            if until(&call) {
                return Some(());
            }
        }
    }
}

/// Somebody whose server may be gone at any moment: then everything is None.
struct Person {
    name: String,
    socket: WebSocketStream<TcpStream>,
    /// What it answers to beats.
    beat: BeatAnswer,
}

impl Person {
    async fn login(address: std::net::SocketAddr, name: &str) -> Option<Self> {
        let stream = TcpStream::connect(address).await.ok()?;
        let (socket, _) = client_async(format!("ws://{address}/v1/ws"), stream).await.ok()?;
        let mut person = Self { name: name.into(), socket, beat: BeatAnswer::default() };
        person.send(Sent::Login(login(APP, "hush", name))).await?;
        while !matches!(person.next().await?, Got::Welcome(_)) {}
        Some(person)
    }

    async fn send(&mut self, body: Sent) -> Option<()> {
        self.send_as(1, body).await
    }

    async fn send_as(&mut self, id: u32, body: Sent) -> Option<()> {
        let frame = serde_json::to_string(&ClientFrame { id, body }).unwrap();
        self.socket.send(Message::text(frame)).await.ok()
    }

    async fn next_snapshot(&mut self) -> Option<Snapshot> {
        loop {
            match self.next().await? {
                Got::Call(update) => {
                    let Snapshot { id, rev, phase, .. } = &update.call;
                    let call = (*phase != Phase::Ended).then(|| id.clone());
                    self.beat = BeatAnswer { call, rev: *rev, ..BeatAnswer::default() };
                    return Some(update.call);
                }
                Got::Beat => self.send_as(0, Sent::Beat(self.beat.clone())).await?,
                Got::Error(error) => {
                    // Not in time; or, where the store of a cluster was slow to answer, overtaken by what came of it.
                    let expected = [ErrorCode::Unavailable, ErrorCode::WrongState].map(ErrorCode::number);
                    assert!(expected.contains(&error.code), "{}: {error:?}", self.name);
                    return None;
                }
                _ => {}
            }
        }
    }

    async fn next(&mut self) -> Option<Got> {
        match self.socket.next().await {
            Some(Ok(Message::Text(text))) => Some(serde_json::from_str::<ServerFrame<Value>>(&text).unwrap().body),
            _ => None,
        }
    }
}

/// What goes on after a restart is ended. Answers with how many that were.
async fn end_all(program: &Program) -> usize {
    let mut ended = 0;
    loop {
        let live = program.get("/v1/live-calls").await;
        let live = live["calls"].as_array().unwrap();
        if live.is_empty() {
            return ended;
        }
        for call in live {
            let path = format!("/v1/live-calls/{}", call["id"].as_str().unwrap());
            // Another node may have ended it, and this one not have heard of that.
            match program.ask("DELETE", &path).await.0 {
                204 => ended += 1,
                status => assert_eq!(status, 404),
            }
        }
    }
}

/// Once all of `told` are there: all records of calls placed since then, by id.
async fn records_since(program: &Program, since: u64, told: &BTreeSet<String>) -> BTreeMap<String, Value> {
    until("the records", async || {
        let mut records = BTreeMap::new();
        let mut query = format!("from={since}&limit=200");
        loop {
            let page = program.get(&format!("/v1/calls?{query}")).await;
            for record in page["calls"].as_array().unwrap() {
                let id = record["id"].as_str().unwrap().to_owned();
                assert!(records.insert(id, record.clone()).is_none(), "doubled: {record}");
            }
            let Some(next) = page["next"].as_str() else { break };
            query = format!("from={since}&limit=200&cursor={next}");
        }
        told.iter().all(|id| records.contains_key(id)).then_some(records)
    })
    .await
}

fn below(limit: usize) -> usize {
    usize::try_from(random() % limit as u64).unwrap()
}

fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
