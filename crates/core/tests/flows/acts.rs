use crate::{
    shell::{conditions::Conditions, person::Person, world::World},
    support::names::{APP, user},
};
use call_core::{Account, CallEvent, CallInfo, Clock, Command, CommandId, MoreCallees, NewCall, Role};
use call_protocol::*;

/// Longer than everything that follows from one action, shorter than every deadline.
pub const SOON: Millis = 300;

/// What people do, and what they were told.
impl World {
    /// Everybody named is logged in. "bob/phone" is another device of bob.
    pub fn of(names: &[&'static str]) -> Self {
        let mut world = Self::new(Conditions { multi_device: true, ..Conditions::calm() }, 1);
        for name in names {
            world.log_in(name);
        }
        world.cluster.multi_device.set(false);
        world
    }

    /// The network of this person is cut, and the page sleeps: it notices nothing before `notice`.
    pub fn cut(&mut self, who: &'static str) -> &mut Self {
        let socket = self.person(who).socket.expect("connected");
        self.break_socket(socket, None, Some(0));
        self.person(who).sleeps = true;
        self
    }

    /// The page of somebody who was cut off notices it, and comes back by itself.
    pub fn notice(&mut self, who: &'static str) -> &mut Self {
        let socket = self.person(who).socket.expect("a socket");
        self.person(who).sleeps = false;
        self.lose(socket, 1006);
        self
    }

    /// The page is gone without a word.
    pub fn crash(&mut self, who: &'static str) -> &mut Self {
        self.cut(who);
        self.people.remove(who);
        self
    }

    pub fn end_by_the_server(&mut self) -> &mut Self {
        for call in self.cluster.calls() {
            self.end_by_server(&call, 0);
        }
        self.wait(SOON)
    }

    pub fn log_in(&mut self, name: &'static str) {
        let number = self.people.len() as u64;
        let (_, device) = name.split_once('/').unwrap_or((name, "computer"));
        let account =
            Account { app: APP, user: owner(name), sig: "sig".into(), device: device.into(), page: name.into() };
        self.people.insert(name, Person::new(account.clone(), number, number * 3_600_000));
        self.command(name, "login", Command::Login(account));
    }

    pub fn call(&mut self, caller: &'static str, callees: &[&str]) -> &mut Self {
        self.begin_call(caller, callees).wait(SOON)
    }

    pub fn begin_call(&mut self, caller: &'static str, callees: &[&str]) -> &mut Self {
        self.last += 1;
        let call = NewCall {
            id: CallId::from_bits(u128::from(self.last).to_be_bytes()),
            callees: callees.iter().map(|name| user(name)).collect(),
            media: MediaType::Video,
            group: callees.len() > 1,
            room: Room::default(),
            chat_group: (callees.len() > 1).then(|| "team".into()),
            user_data: format!("data of {caller}"),
            timeout: 30,
        };
        let info = CallInfo {
            id: call.id.clone(),
            room: Room { int: 77, str: String::new() },
            media: call.media,
            role: Role::Caller,
            group: call.group,
            chat_group: call.chat_group.clone(),
            caller: owner(caller),
            inviter: owner(caller),
            callees: call.callees.clone(),
            user_data: call.user_data.clone(),
        };
        self.placed.insert(call.id.clone(), info);
        self.begin(caller, "call", Command::Invite(call))
    }

    /// The call that was placed last.
    pub fn placed_last(&self) -> CallInfo {
        self.placed.values().max_by_key(|info| info.id.as_str().to_owned()).expect("a call").clone()
    }

    pub fn invite_more(&mut self, inviter: &'static str, callees: &[&str]) -> &mut Self {
        let callees: Vec<_> = callees.iter().map(|name| user(name)).collect();
        let more = MoreCallees { callees, user_data: format!("more of {inviter}"), timeout: 30 };
        self.command(inviter, "invite more", Command::InviteMore(more))
    }

    pub fn join(&mut self, who: &'static str, to: Join) -> &mut Self {
        self.command(who, "join", Command::Join(to))
    }

    pub fn accept(&mut self, who: &'static str) -> &mut Self {
        self.command(who, "accept", Command::Accept)
    }

    pub fn reject(&mut self, who: &'static str) -> &mut Self {
        self.command(who, "reject", Command::Reject)
    }

    pub fn hang_up(&mut self, who: &'static str) -> &mut Self {
        self.command(who, "hang up", Command::HangUp)
    }

    /// Gives the command; the network has had no time yet.
    pub fn begin(&mut self, who: &'static str, label: &'static str, command: Command) -> &mut Self {
        self.last += 1;
        let id = u32::try_from(self.last).unwrap();
        let now = self.clock.now();
        let person = self.person(who);
        person.labels.insert(id, label);
        person.client.handle_command(CommandId(id), command, now + person.skew);
        self.work(who);
        self
    }

    pub fn command(&mut self, who: &'static str, label: &'static str, command: Command) -> &mut Self {
        self.begin(who, label, command);
        self.wait(SOON)
    }

    pub fn turn(&mut self, who: &'static str, microphone: bool, camera: bool) -> &mut Self {
        self.switch(who, microphone, camera).wait(SOON)
    }

    pub fn switch(&mut self, who: &'static str, microphone: bool, camera: bool) -> &mut Self {
        let person = self.person(who);
        (person.microphone, person.camera) = (microphone, camera);
        person.publish();
        self.work(who);
        self
    }

    /// Exactly what this application was told since it was last asked.
    #[track_caller]
    pub fn told(&mut self, who: &'static str, expected: &[&str]) -> &mut Self {
        let me = owner(who);
        let (placed, shown_as) = (self.placed.clone(), self.shown_as.clone());
        let person = self.person(who);
        let told = person.told();
        for info in person.events[person.checked..].iter().filter_map(info) {
            let of_call = shown_as.get(&(info.id.clone(), me.clone())).unwrap_or(&placed[&info.id]);
            let role = if of_call.caller == me { Role::Caller } else { Role::Callee };
            assert_eq!(*info, CallInfo { role, ..of_call.clone() }, "{who}");
        }
        person.checked = person.events.len();
        assert_eq!(told, expected, "{who}");
        self
    }

    /// Nobody is in a call any more, nothing is open, and nobody is held busy.
    #[track_caller]
    pub fn nothing_left(&mut self) {
        for (name, person) in &self.people {
            assert!(!person.client.is_busy(), "{name} is busy");
            assert!(person.peers.is_empty() && person.live.is_empty(), "{name} has open connections");
            assert!(!person.microphone && !person.camera, "{name} is captured");
            assert!(person.labels.is_empty(), "{name} waits for {:?}", person.labels);
        }
        let calls = self.cluster.calls();
        assert!(calls.iter().all(|call| call.phase == Phase::Ended));
        assert_eq!(self.cluster.store.memory.len(), calls.len(), "claims are left");
    }
}

fn owner(device: &str) -> UserId {
    user(device.split('/').next().unwrap_or(device))
}

fn info(event: &CallEvent) -> Option<&CallInfo> {
    match event {
        CallEvent::Received(call) | CallEvent::Begin(call) => Some(call),
        CallEvent::NotConnected { call, .. } | CallEvent::End { call, .. } => Some(call),
        _ => None,
    }
}
