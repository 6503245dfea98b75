//! Performs the actions of a plan.

use crate::{
    plan::{Action, Answer, PAGES, USERS},
    run::Run,
    shell::person::Person,
    situations::Farewell,
    support::names::{APP, user},
};
use call_core::{Account, Command, CommandId, MoreCallees, NewCall};
use call_protocol::{CallId, Join, MediaType, Millis, Room, UserId};

/// The chat group of all group calls that have a room.
const GROUP: &str = "team";

impl Run<'_> {
    pub fn act(&mut self, action: &Action) {
        let now = self.world.now();
        match action.clone() {
            Action::Call { page, callees, video, group, room, timeout } => {
                let callees = callees.into_iter().map(|callee| user(USERS[callee])).collect();
                self.call(PAGES[page], callees, video, group, room, timeout);
            }
            Action::Cross { page, other, video } => {
                let (one, two) = (USERS[page % USERS.len()], USERS[other]);
                self.call(one, vec![user(two)], video.0, false, 0, 30);
                self.call(two, vec![user(one)], video.1, false, 0, 30);
            }
            Action::Accept(page) => self.command(PAGES[page], "accept", Command::Accept),
            Action::Reject(page) => self.command(PAGES[page], "reject", Command::Reject),
            Action::HangUp(page) => self.command(PAGES[page], "hang up", Command::HangUp),
            Action::InviteMore { page, callees, timeout } => {
                let me = USERS[page % USERS.len()];
                let callees: Vec<UserId> =
                    callees.into_iter().map(|it| USERS[it]).filter(|it| *it != me).map(user).collect();
                if !callees.is_empty() {
                    let more = MoreCallees { callees, user_data: "more".into(), timeout };
                    self.command(PAGES[page], "invite more", Command::InviteMore(more));
                }
            }
            Action::Join { page, ago } => {
                if let Some(call) = self.placed_ago(ago) {
                    self.command(PAGES[page], "join", Command::Join(Join::Call(call)));
                }
            }
            Action::JoinRoom { page, room } => {
                let to = Join::Room { group: GROUP.into(), room: Room { int: room, str: String::new() } };
                self.command(PAGES[page], "join", Command::Join(to));
            }
            Action::Switch { page, video } => self.command(PAGES[page], "switch", Command::SwitchMedia(media(video))),
            Action::Publish { page, audio, video } => {
                if let Some(person) = self.awake(PAGES[page]).filter(|person| person.client.in_call()) {
                    (person.microphone, person.camera) = (audio, video);
                    person.publish();
                    self.world.work(PAGES[page]);
                }
            }
            Action::Login(page) => self.log_in(PAGES[page]),
            Action::Logout(page) => self.command(PAGES[page], "logout", Command::Logout),
            Action::Crash { page, heard } => self.crash(PAGES[page], heard),
            Action::Reload(page) => self.reload(PAGES[page]),
            Action::Sleep { page, for_ } => {
                if let Some(person) = self.awake(PAGES[page]) {
                    person.asleep_until = Some(now + for_);
                }
            }
            Action::Break { page, page_notices, node_notices } => {
                if let Some(socket) = self.socket(PAGES[page]) {
                    self.world.break_socket(socket, page_notices, node_notices);
                }
            }
            Action::Offline { page, for_ } => {
                let socket = self.socket(PAGES[page]);
                if let Some(person) = self.world.people.get_mut(PAGES[page]) {
                    person.offline_until = Some(now + for_);
                }
                if let Some(socket) = socket {
                    self.world.break_socket(socket, Some(for_ / 2), None);
                }
            }
            Action::NoServer { page, for_ } => {
                let socket = self.socket(PAGES[page]);
                if let Some(person) = self.world.people.get_mut(PAGES[page]) {
                    person.no_server_until = Some(now + for_);
                }
                if let Some(socket) = socket {
                    self.world.break_socket(socket, None, Some(for_ / 4));
                }
            }
            Action::Lag { page, by } => {
                let socket = self.socket(PAGES[page]).and_then(|socket| self.world.sockets.get_mut(&socket));
                if let Some(socket) = socket {
                    (socket.up_last, socket.down_last) = (socket.up_last.max(now + by), socket.down_last.max(now + by));
                }
            }
            Action::Kill { node, for_ } => self.world.kill(node, Some(for_)),
            Action::Freeze { node, for_ } => drop(self.world.frozen.insert(node, now + for_)),
            Action::CutStore { node, for_ } => self.cut_off(&[node], for_),
            Action::Outage(for_) => {
                let nodes: Vec<usize> = (0..self.plan.conditions.skews.len()).collect();
                self.cut_off(&nodes, for_);
            }
            Action::EndByServer { ago } => {
                let id = self.placed_ago(ago);
                let call = self.world.cluster.calls().into_iter().find(|call| Some(&call.id) == id.as_ref());
                if let Some(call) = call.filter(|_| self.world.cluster.state.borrow().nodes[0].alive) {
                    self.world.end_by_server(&call, 0);
                }
            }
        }
    }

    pub fn answer(&mut self, who: &'static str, answer: Answer) {
        match answer {
            Answer::Accept => self.command(who, "accept", Command::Accept),
            Answer::Reject => self.command(who, "reject", Command::Reject),
            Answer::HangUp => self.command(who, "hang up", Command::HangUp),
            Answer::CallBack => {
                let caller =
                    self.world.people.get(who).and_then(|it| it.client.call()).map(|it| it.call.caller.clone());
                if let Some(caller) = caller {
                    self.call(who, vec![caller], false, false, 0, 30);
                }
            }
            Answer::Nothing => {}
        }
    }

    pub fn call(
        &mut self,
        who: &'static str,
        mut callees: Vec<UserId>,
        video: bool,
        group: bool,
        room: u32,
        timeout: u32,
    ) {
        callees.retain(|callee| callee.as_str() != user_of(who));
        if callees.is_empty() {
            return;
        }
        self.calls += 1;
        let id = CallId::from_bits(u128::from(self.calls).to_be_bytes());
        let group = group || callees.len() > 1;
        let call = NewCall {
            id: id.clone(),
            callees,
            media: media(video),
            group,
            room: Room { int: room, str: String::new() },
            chat_group: (group && room > 0).then(|| GROUP.into()),
            user_data: String::new(),
            timeout,
        };
        self.command(who, "call", Command::Invite(call));
    }

    pub fn log_in(&mut self, who: &'static str) {
        let number = PAGES.iter().position(|page| *page == who).unwrap() as u64;
        let account = account(who);
        self.world.people.entry(who).or_insert_with(|| Person::new(account.clone(), number, number * 1_000_003));
        if self.awake(who).is_some_and(|person| person.client.user().is_none()) {
            self.command(who, "login", Command::Login(account));
        }
    }

    pub fn command(&mut self, who: &'static str, label: &'static str, command: Command) {
        self.world.last += 1;
        let id = u32::try_from(self.world.last).unwrap();
        let now = self.world.now();
        let ends = matches!(command, Command::HangUp | Command::Logout | Command::Reject);
        let Some(person) = self.awake(who) else { return };
        person.labels.insert(id, label);
        let view = person.client.call();
        let call = view.map(|view| view.call.id.clone());
        let part = view.and_then(|view| Some((view.call.id.clone(), view.own(&person.account.user)?.generation)));
        let is_joining = call.is_none() && person.client.is_busy();
        let life = self.lives.entry(who).or_default();
        if ends {
            life.hung_up.extend(call.into_iter().chain(life.placed.clone()));
            life.gave_up_joining |= is_joining;
        }
        if let (Command::HangUp, Some((call, generation))) = (&command, part) {
            life.farewell = Some(Farewell { id, call, generation, said_at: now });
        }
        if let Command::Invite(call) = &command {
            life.placed = Some(call.id.clone());
        }
        self.trace(|| format!("{who}: {label}"));
        let person = self.world.person(who);
        person.client.handle_command(CommandId(id), command, now + person.skew);
        self.world.work(who);
    }

    fn reload(&mut self, who: &'static str) {
        if !self.world.people.contains_key(who) {
            return;
        }
        self.trace(|| format!("{who}: reload"));
        let heard = self.world.rng.chance(500);
        if let Some(socket) = self.socket(who) {
            self.world.break_socket(socket, None, heard.then_some(0));
        }
        self.world.last += 1;
        let seed = self.world.last;
        self.world.person(who).reload(seed);
        self.log_in(who);
    }

    fn crash(&mut self, who: &'static str, heard: bool) {
        if let Some(socket) = self.socket(who) {
            self.world.break_socket(socket, None, heard.then_some(0));
        }
        if self.world.people.remove(who).is_some() {
            self.lives.remove(who);
        }
    }

    fn cut_off(&mut self, nodes: &[usize], for_: Millis) {
        self.world.cluster.probe.lock().unwrap().cut_off.extend(nodes);
        let until = self.world.now() + for_;
        nodes.iter().for_each(|node| self.reconnect_store(until, *node));
    }

    /// Somebody whose computer does not sleep.
    fn awake(&mut self, who: &'static str) -> Option<&mut Person> {
        let now = self.world.now();
        self.world.people.get_mut(who).filter(|person| person.asleep_until.is_none_or(|until| until <= now))
    }

    fn socket(&self, who: &'static str) -> Option<usize> {
        self.world.people.get(who)?.socket
    }

    fn placed_ago(&self, ago: usize) -> Option<CallId> {
        let number = self.calls.checked_sub(ago as u64).filter(|number| *number > 0)?;
        Some(CallId::from_bits(u128::from(number).to_be_bytes()))
    }
}

pub fn user_of(page: &str) -> &str {
    page.split('/').next().unwrap_or(page)
}

fn account(page: &str) -> Account {
    let (_, place) = page.split_once('/').unwrap_or((page, ""));
    let device = if place == "phone" { "phone" } else { "computer" };
    Account { app: APP, user: user(user_of(page)), sig: "sig".into(), device: device.into(), page: page.into() }
}

fn media(video: bool) -> MediaType {
    if video { MediaType::Video } else { MediaType::Audio }
}
