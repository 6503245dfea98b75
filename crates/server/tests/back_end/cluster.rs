//! Records and webhooks of several nodes with one Postgres.

use crate::{
    nats::NatsCluster,
    people::{connected, ended},
    postgres::Postgres,
    program::{Program, until},
    receiver::Receiver,
};
use std::{
    env,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// Three nodes on three nats-servers.
pub struct Nodes {
    pub programs: Vec<Program>,
    _dirs: Vec<TempDir>,
    _nats: NatsCluster,
}

impl Nodes {
    pub fn start(arguments: &[&str]) -> Self {
        let nats = NatsCluster::start();
        let dirs: Vec<_> = (0..3).map(|_| tempfile::tempdir().unwrap()).collect();
        let programs = dirs.iter().map(|dir| Program::join(dir.path(), &nats.urls(), "records", arguments)).collect();
        Self { programs, _dirs: dirs, _nats: nats }
    }
}

/// `RECORD_CALLS` for more of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_call_has_one_record_whichever_nodes_saw_its_end() {
    let Some(postgres) = Postgres::start() else { return };
    let calls = env::var("RECORD_CALLS").map_or(18, |text| text.parse().unwrap());
    let receiver = Receiver::start().await;
    let url = postgres.database("records");
    let nodes = Nodes::start(&["--records", &url, "--webhook", &receiver.url(), "--webhook-secret", "hush"]);
    let mut ids = Vec::new();
    let mut waits = Vec::new();
    for number in 0..calls {
        // Of all the ways to be on two nodes, or on one; the record is read on any.
        let [at, with, reads] = [number, number + number / 3, number / 2].map(|node| &nodes.programs[node % 3]);
        let mut ann = at.login(&format!("ann{number}")).await;
        let mut bob = with.login(&format!("bob{number}")).await;
        let (at_ann, at_bob) = connected(&mut ann, &mut bob).await;
        match number % 3 {
            0 => ann.leave(&at_ann).await.unwrap(),
            1 => bob.leave(&at_bob).await.unwrap(),
            // Whoever is later finds that it has ended.
            _ => drop(tokio::join!(ann.leave(&at_ann), bob.leave(&at_bob))),
        }
        let end = ended(&mut ann).await;
        let told = Instant::now();
        let record = reads.record(&end.id).await;
        waits.push(told.elapsed());
        assert_eq!(record["ended_at"], end.end.unwrap().at);
        ended(&mut bob).await;
        ids.push(end.id.to_string());
    }
    let heard = until("the webhooks", async || {
        let heard = receiver.accepted_by_call();
        let is_told = |id| heard.get(id).is_some_and(|kinds: &Vec<_>| kinds.last().is_some_and(|kind| kind == "ended"));
        ids.iter().all(is_told).then_some(heard)
    })
    .await;
    assert_eq!(heard.len(), ids.len());
    for (_, mut kinds) in heard {
        // A receiver on a busy machine may have answered too late.
        kinds.dedup();
        assert_eq!(kinds, ["ringing", "accepted", "started", "ended"]);
    }
    ids.sort();
    for node in &nodes.programs {
        assert_eq!(all_ids(node).await, ids);
    }
    print_waits(waits);
}

/// Sorted; a call with two records would be there twice.
async fn all_ids(node: &Program) -> Vec<String> {
    let (mut ids, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = node.get(&format!("/v1/calls?limit=100{cursor}")).await;
        ids.extend(page["calls"].as_array().unwrap().iter().map(|call| call["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    ids.sort();
    ids
}

fn print_waits(mut waits: Vec<Duration>) {
    waits.sort();
    let at = |share: usize| waits[(waits.len() - 1) * share / 100];
    println!(
        "{} records; read after the end was told: p50 {:?}, p99 {:?}, max {:?}",
        waits.len(),
        at(50),
        at(99),
        at(100)
    );
}
