//! A process that uses the store is killed while it writes: all that it was answered is there.

use crate::{
    open, run,
    store_suite::{
        rng::Rng,
        values::{call_key, call_value},
    },
};
use call_core::{Store, Value};
use std::{
    collections::HashMap,
    env,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

/// Where the process that is to be killed writes.
const FOLDER: &str = "STORE_TEST_FOLDER";
const KEYS: usize = 40;
const ROUNDS: usize = 15;

#[test]
fn what_was_answered_survives_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    let mut rng = Rng::new(0xdead);
    let mut answered: HashMap<u8, u32> = HashMap::new();
    for _ in 0..ROUNDS {
        let before: usize = answered.values().map(|rev| *rev as usize).sum();
        write_until_killed(dir.path(), Duration::from_millis(50 + rng.below(200) as u64), &mut answered);
        assert!(answered.values().map(|rev| *rev as usize).sum::<usize>() > before, "something was written");
        let store = open(dir.path());
        for (number, rev) in &answered {
            let (value, _) = run(store.get(&call_key(*number))).unwrap().unwrap();
            let Value::Call(call) = value else { panic!("a call") };
            assert!(call.rev >= *rev, "revision {} of {number} was answered, {} is stored", rev, call.rev);
            assert_eq!(Value::Call(call.clone()), call_value(*number, call.rev));
        }
    }
}

fn write_until_killed(dir: &Path, after: Duration, answered: &mut HashMap<u8, u32>) {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "sudden_end::writes_until_it_is_killed", "--nocapture"])
        .env(FOLDER, dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    while !lines.next().unwrap().unwrap().ends_with("ready") {}
    std::thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
    // A line that was cut off is no answer.
    for line in lines.map_while(Result::ok) {
        let Some((number, rev)) = line.strip_suffix('.').and_then(|line| line.split_once(' ')) else { continue };
        answered.insert(number.parse().unwrap(), rev.parse().unwrap());
    }
}

/// Not a test by itself: the process that is killed.
#[test]
fn writes_until_it_is_killed() {
    let Some(dir) = env::var_os(FOLDER) else { return };
    let store = open(Path::new(&dir));
    println!("\nready");
    std::thread::scope(|threads| {
        for thread in 0..4 {
            let store = &store;
            threads.spawn(move || {
                loop {
                    for number in (thread..KEYS).step_by(4) {
                        run(write_next(store, u8::try_from(number).unwrap()));
                    }
                }
            });
        }
    });
}

async fn write_next(store: &impl Store, number: u8) {
    let found = store.get(&call_key(number)).await.unwrap();
    let (rev, version) = match found {
        Some((Value::Call(call), version)) => (call.rev, Some(version)),
        _ => (0, None),
    };
    assert!(store.put(&call_key(number), call_value(number, rev + 1), version).await.unwrap().is_some());
    // As soon as it is answered, and without a buffer that dies with the process.
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{number} {}.", rev + 1).unwrap();
    stdout.flush().unwrap();
}
