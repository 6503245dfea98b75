//! What every bus must do: those of the nodes of one process, and NATS.

use crate::support::{PATIENCE, background, nats::NatsCluster, new_name, run, shared};
use call_core::AppId;
use call_protocol::UserId;
use call_server::{Bus, LocalBus, LocalNet, Nats, NatsBus, Presence};
use std::{
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

/// A kind of bus.
trait Kind {
    /// A new node beside those that there are.
    fn join(&self) -> Bus;
}

struct Local(LocalNet);

struct OnNats(Arc<NatsCluster>, String);

impl Kind for Local {
    fn join(&self) -> Bus {
        Bus::Local(LocalBus::join(&self.0))
    }
}

impl Kind for OnNats {
    fn join(&self) -> Bus {
        let _background = background().enter();
        let nats = run(Nats::connect(&self.0.urls())).unwrap();
        Bus::Nats(Box::new(NatsBus::new(&nats, &self.1)))
    }
}

macro_rules! bus_suite {
    ($($case:ident)*) => {
        mod local {
            $(#[test] fn $case() { super::$case(&super::Local(Default::default())); })*
        }
        mod on_nats {
            $(#[test] fn $case() { super::$case(&super::OnNats(super::shared(), super::new_name())); })*
        }
    };
}

bus_suite! {
    who_listens_hears_in_order
    nobody_hears_itself_nor_what_is_for_others
    who_stops_listening_hears_no_more
    who_is_needed_goes_on_listening
    all_who_listen_hear
    a_node_that_was_never_there_is_lost
    what_is_said_never_waits
}

/// A node, and what it hears.
struct Node {
    bus: Bus,
    heard: mpsc::Receiver<(AppId, String, Vec<u8>)>,
}

impl Node {
    fn join(kind: &impl Kind) -> Self {
        let bus = kind.join();
        let (sender, heard) = mpsc::channel();
        bus.start(Box::new(move |app, user, word| {
            let _ = sender.send((app, user.to_string(), word.to_vec()));
        }));
        Self { bus, heard }
    }

    fn listen(&self, app: AppId, name: &str) {
        run(self.bus.listen(app, &user(name)));
    }

    fn say(&self, app: AppId, name: &str, word: &str) {
        self.bus.say(app, &user(name), word.to_owned().into());
    }

    fn next(&self) -> (AppId, String, String) {
        let (app, user, word) = self.heard.recv_timeout(PATIENCE).unwrap();
        (app, user, String::from_utf8(word).unwrap())
    }

    /// Everything until this word, which has to be said so often that one of it arrives.
    fn until(&self, speaker: &Self, name: &str) -> Vec<String> {
        let began = Instant::now();
        let mut heard = Vec::new();
        loop {
            speaker.say(7, name, "end");
            while let Ok((_, _, word)) = self.heard.recv_timeout(Duration::from_millis(50)) {
                let word = String::from_utf8(word).unwrap();
                if word == "end" {
                    return heard;
                }
                heard.push(word);
            }
            assert!(began.elapsed() < PATIENCE, "nothing is heard");
        }
    }
}

fn user(name: &str) -> UserId {
    name.try_into().unwrap()
}

/// Two nodes of which the second one hears what the first one says to this user.
fn pair(kind: &impl Kind, name: &str) -> (Node, Node) {
    let (one, other) = (Node::join(kind), Node::join(kind));
    other.listen(7, name);
    other.until(&one, name);
    while other.heard.recv_timeout(Duration::from_millis(200)).is_ok() {}
    (one, other)
}

fn who_listens_hears_in_order(kind: &impl Kind) {
    let (one, other) = pair(kind, "ann");
    for number in 0..500 {
        one.say(7, "ann", &number.to_string());
    }
    for number in 0..500 {
        assert_eq!(other.next(), (7, "ann".into(), number.to_string()));
    }
}

fn nobody_hears_itself_nor_what_is_for_others(kind: &impl Kind) {
    let (one, other) = pair(kind, "ann");
    one.listen(7, "ann");
    one.say(7, "bob", "for bob");
    one.say(8, "ann", "for another app's ann");
    one.say(7, "Ann", "for another ann");
    assert_eq!(other.until(&one, "ann"), Vec::<String>::new());
    assert!(one.heard.try_recv().is_err());
}

fn who_stops_listening_hears_no_more(kind: &impl Kind) {
    let (one, other) = pair(kind, "ann");
    other.listen(7, "bob");
    other.bus.stop_listening(7, &user("ann"), || false);
    // Bob's interest came after that, by the same way.
    other.until(&one, "bob");
    let began = Instant::now();
    loop {
        one.say(7, "ann", "still there?");
        if other.heard.recv_timeout(Duration::from_millis(300)).is_err() {
            break;
        }
        assert!(began.elapsed() < PATIENCE, "it is still heard");
    }
    other.listen(7, "ann");
    other.until(&one, "ann");
}

fn who_is_needed_goes_on_listening(kind: &impl Kind) {
    let (one, other) = pair(kind, "ann");
    other.bus.stop_listening(7, &user("ann"), || true);
    one.say(7, "ann", "still there");
    assert_eq!(other.next().2, "still there");
}

fn all_who_listen_hear(kind: &impl Kind) {
    let (one, other) = pair(kind, "ann");
    let third = Node::join(kind);
    third.listen(7, "ann");
    third.until(&one, "ann");
    while third.heard.recv_timeout(Duration::from_millis(200)).is_ok() {}
    while other.heard.try_recv().is_ok() {}
    one.say(7, "ann", "to all");
    assert_eq!((other.next().2, third.next().2), ("to all".into(), "to all".into()));
}

fn a_node_that_was_never_there_is_lost(kind: &impl Kind) {
    let (one, other) = pair(kind, "ann");
    assert_eq!(one.bus.presence(one.bus.node()), Presence::Here);
    assert_eq!(one.bus.presence(other.bus.node()), Presence::Alive);
    let began = Instant::now();
    while one.bus.presence(12345) != Presence::Lost {
        assert!(began.elapsed() < PATIENCE, "it is still taken to be there");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(one.bus.presence(other.bus.node()), Presence::Alive, "and this one shows that it lives");
    let gone = other.bus.node();
    drop(other);
    while one.bus.presence(gone) != Presence::Lost {
        assert!(began.elapsed() < PATIENCE, "it is still taken to be there");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn what_is_said_never_waits(kind: &impl Kind) {
    let (one, other) = pair(kind, "ann");
    // More than anything holds, to somebody who listens and to nobody.
    for _ in 0..40_000 {
        one.say(7, "ann", "word");
        one.say(7, "nobody", "word");
    }
    other.until(&one, "ann");
}
