use crate::{
    person::{Later, Out, Person},
    server::Server,
    support::time::VirtualClock,
};
use call_core::{CallInfo, Clock, SocketEvent};
use call_protocol::*;
use std::collections::{BTreeMap, HashMap};

const LATENCY: Millis = 10;
/// Longer than everything that follows from one action, shorter than every deadline.
pub const SOON: Millis = 300;

/// A server, people, and a network between them, in virtual time.
pub struct World {
    pub clock: VirtualClock,
    pub server: Server,
    pub people: BTreeMap<&'static str, Person>,
    /// What each call is, by who placed it.
    pub placed: HashMap<CallId, CallInfo>,
    agenda: BTreeMap<(Millis, u64), Item>,
    sockets: HashMap<usize, &'static str>,
    /// Numbers whatever needs one.
    pub last: u64,
}

enum Item {
    ToServer(usize, ClientFrame<Signal>),
    ToPerson(usize, ServerFrame<Signal>),
    ClosedAtServer(usize),
    ClosedAtPerson(usize, u16),
    Page(&'static str, Later),
}

impl World {
    /// Everybody named is logged in. "bob/phone" is another device of bob.
    pub fn of(names: &[&'static str]) -> Self {
        let clock = VirtualClock::new();
        let server = Server::new(&clock);
        let (people, placed) = (BTreeMap::new(), HashMap::new());
        let (agenda, sockets) = (BTreeMap::new(), HashMap::new());
        let mut world = Self { clock, server, people, placed, agenda, sockets, last: 0 };
        world.server.multi_device = true;
        for name in names {
            world.log_in(name);
        }
        world.server.multi_device = false;
        world
    }

    /// On a socket that works.
    pub fn is_connected(&self, who: &str) -> bool {
        self.people[who].socket.is_some_and(|socket| self.sockets.contains_key(&socket))
    }

    /// Without having noticed it.
    pub fn is_cut(&self, who: &str) -> bool {
        self.people[who].socket.is_some_and(|socket| !self.sockets.contains_key(&socket))
    }

    /// The network of this person is cut, and the page sleeps: it notices nothing before `notice`.
    pub fn cut(&mut self, who: &'static str) -> &mut Self {
        let socket = self.person(who).socket.expect("connected");
        self.agenda.retain(|_, item| !matches!(item, Item::ToServer(it, _) | Item::ToPerson(it, _) if *it == socket));
        self.server.disconnected(socket);
        self.send_out();
        self.sockets.remove(&socket);
        self.person(who).sleeps = true;
        self
    }

    /// The page of somebody who was cut off notices it, and comes back by itself.
    pub fn notice(&mut self, who: &'static str) -> &mut Self {
        let now = self.clock.now();
        let person = self.person(who);
        (person.socket, person.sleeps) = (None, false);
        person.client.handle_socket(SocketEvent::Closed(1006), now + person.skew);
        self.work(who);
        self
    }

    /// The page is gone without a word.
    pub fn crash(&mut self, who: &'static str) -> &mut Self {
        self.cut(who);
        self.people.remove(who);
        self
    }

    pub fn end_by_server(&mut self) -> &mut Self {
        for call in self.server.store.calls() {
            self.server.end_by_server(&call);
        }
        self.send_out();
        self.wait(SOON)
    }

    pub fn wait(&mut self, millis: Millis) -> &mut Self {
        let end = self.clock.now() + millis;
        while let Some(at) = self.next().filter(|at| *at <= end) {
            self.clock.advance(at.saturating_sub(self.clock.now()));
            self.step();
        }
        self.clock.advance(end.saturating_sub(self.clock.now()));
        self
    }

    pub fn person(&mut self, who: &'static str) -> &mut Person {
        self.people.get_mut(who).expect("a person")
    }

    fn next(&self) -> Option<Millis> {
        let timers = self.people.values().filter_map(Person::due);
        let agenda = self.agenda.keys().next().map(|(at, _)| *at);
        timers.chain(agenda).chain([self.server.next_deadline()]).min()
    }

    fn step(&mut self) {
        let now = self.clock.now();
        if self.server.next_deadline() <= now {
            self.server.expire();
            return self.send_out();
        }
        let due = |person: &Person| person.due().is_some_and(|at| at <= now);
        if let Some(name) = self.people.iter().find(|(_, person)| due(person)).map(|(name, _)| *name) {
            let person = self.person(name);
            person.client.handle_timeout(now + person.skew);
            return self.work(name);
        }
        if let Some((_, item)) = self.agenda.pop_first() {
            self.happen(item, now);
        }
    }

    fn happen(&mut self, item: Item, now: Millis) {
        match item {
            Item::ToServer(socket, frame) => self.server.hear(socket, frame),
            Item::ClosedAtServer(socket) => self.server.disconnected(socket),
            Item::ToPerson(socket, frame) => {
                let Some(name) = self.sockets.get(&socket).copied() else { return };
                let person = self.person(name);
                person.client.handle_message(frame, now + person.skew);
                self.work(name);
            }
            Item::ClosedAtPerson(socket, code) => {
                let Some(name) = self.sockets.remove(&socket) else { return };
                let person = self.person(name);
                person.socket = None;
                person.client.handle_socket(SocketEvent::Closed(code), now + person.skew);
                self.work(name);
            }
            Item::Page(name, later) => {
                let Some(person) = self.people.get_mut(name) else { return };
                match later {
                    Later::Report(peer, input) => person.client.handle_peer(peer, input, now + person.skew),
                    Later::Publish => person.publish(),
                    Later::Opened(socket) => person.opened(socket, now),
                }
                self.work(name);
            }
        }
        self.send_out();
    }

    pub fn work(&mut self, who: &'static str) {
        for out in self.person(who).work() {
            match out {
                Out::Connect => {
                    self.last += 1;
                    let socket = self.last as usize;
                    self.hang_up_socket(who);
                    self.person(who).socket = Some(socket);
                    self.sockets.insert(socket, who);
                    self.later(LATENCY, Item::Page(who, Later::Opened(socket)));
                }
                Out::Disconnect => self.hang_up_socket(who),
                Out::Send(frame) => {
                    if let Some(socket) = self.person(who).socket.filter(|socket| self.sockets.contains_key(socket)) {
                        self.later(LATENCY, Item::ToServer(socket, frame));
                    }
                }
                Out::Later(delay, later) => self.later(delay, Item::Page(who, later)),
            }
        }
    }

    fn hang_up_socket(&mut self, who: &'static str) {
        if let Some(socket) = self.person(who).socket.take() {
            self.sockets.remove(&socket);
            self.later(LATENCY, Item::ClosedAtServer(socket));
        }
    }

    fn send_out(&mut self) {
        for (socket, what) in std::mem::take(&mut self.server.out) {
            let item = match what {
                Ok(frame) => Item::ToPerson(socket, frame),
                Err(code) => Item::ClosedAtPerson(socket, code),
            };
            self.later(LATENCY, item);
        }
    }

    fn later(&mut self, delay: Millis, item: Item) {
        self.last += 1;
        self.agenda.insert((self.clock.now() + delay, self.last), item);
    }
}
