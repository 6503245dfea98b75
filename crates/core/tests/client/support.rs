use call_core::{Account, CallEvent, Client, Command, CommandId, NewCall, Output, PeerId, PeerInput, SocketEvent};
use call_protocol::*;

pub fn user(name: &str) -> UserId {
    name.try_into().unwrap()
}

pub fn call_id() -> CallId {
    CallId::from_bits([7; 16])
}

pub fn account(name: &str) -> Account {
    Account { app: 1, user: user(name), sig: "sig".into(), device: "device".into() }
}

pub fn new_call(callee: &str) -> NewCall {
    NewCall {
        id: call_id(),
        callees: vec![user(callee)],
        media: MediaType::Video,
        group: false,
        room: Room::default(),
        chat_group: None,
        user_data: "data".into(),
        timeout: 30,
    }
}

/// A client, the virtual time, and what it has put out.
pub struct Desk {
    pub client: Client,
    pub now: Millis,
    pub outputs: Vec<Output>,
}

impl Desk {
    pub fn new() -> Self {
        Self { client: Client::new(1), now: 1_000, outputs: Vec::new() }
    }

    pub fn logged_in(name: &str) -> Self {
        let mut desk = Self::new();
        desk.command(1, Command::Login(account(name)));
        desk.socket(SocketEvent::Open);
        let login = desk.sent().pop().unwrap();
        desk.answer(login.id, ServerMessage::Welcome(welcome(None)));
        desk.outputs.clear();
        desk
    }

    pub fn command(&mut self, id: u32, command: Command) {
        self.client.handle_command(CommandId(id), command, self.now);
        self.drain();
    }

    pub fn socket(&mut self, event: SocketEvent) {
        self.client.handle_socket(event, self.now);
        self.drain();
    }

    pub fn answer(&mut self, re: u32, body: ServerMessage<Signal>) {
        self.client.handle_message(ServerFrame { re, body }, self.now);
        self.drain();
    }

    pub fn told(&mut self, call: Snapshot) {
        self.answer(0, ServerMessage::Call(CallUpdate { call, offer: None }));
    }

    pub fn peer(&mut self, peer: PeerId, input: PeerInput) {
        self.client.handle_peer(peer, input, self.now);
        self.drain();
    }

    /// Lets the time pass to the next thing that is due.
    pub fn wait(&mut self) {
        self.now = self.client.poll_timeout().unwrap();
        self.client.handle_timeout(self.now);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.client.poll_output() {
            self.outputs.push(output);
        }
    }

    pub fn take(&mut self) -> Vec<Output> {
        std::mem::take(&mut self.outputs)
    }

    pub fn sent(&self) -> Vec<ClientFrame<Signal>> {
        let sent = |output: &Output| match output {
            Output::Send(frame) => Some(frame.clone()),
            _ => None,
        };
        self.outputs.iter().filter_map(sent).collect()
    }

    pub fn events(&self) -> Vec<CallEvent> {
        let event = |output: &Output| match output {
            Output::Emit(event) => Some(event.clone()),
            _ => None,
        };
        self.outputs.iter().filter_map(event).collect()
    }
}

pub fn welcome(call: Option<Snapshot>) -> Welcome<Signal> {
    Welcome { resume: "token".into(), now: 5_000, sig_expires: 900_000, ice_servers: vec![], call, offer: None }
}

/// A call of ann and ben, as `viewer` sees it.
pub struct Story {
    pub call: Snapshot,
}

impl Story {
    pub fn ringing(viewer: &str) -> Self {
        let ann = MemberView {
            joined_at: Some(5_000),
            join_no: 1,
            here: viewer == "ann",
            ..member("ann", MemberState::Joined)
        };
        let ben = MemberView {
            invited_by: Some(user("ann")),
            ring_until: Some(35_000),
            ..member("ben", MemberState::Ringing)
        };
        let call = Snapshot {
            id: call_id(),
            rev: 1,
            phase: Phase::Ringing,
            group: false,
            caller: user("ann"),
            room: Room { int: 9, str: String::new() },
            chat_group: None,
            media: MediaType::Video,
            invite: InviteView { by: user("ann"), callees: vec![user("ben")], user_data: "data".into() },
            members: vec![ann, ben],
            begun_at: None,
            end: None,
            mine: viewer == "ann",
            now: 5_000,
        };
        Self { call }
    }

    pub fn member(&mut self, name: &str) -> &mut MemberView {
        self.call.members.iter_mut().find(|member| member.user == user(name)).unwrap()
    }

    pub fn accepted(mut self, here: bool) -> Self {
        self.step(6_000);
        self.call.phase = Phase::Connected;
        self.call.begun_at = Some(6_000);
        let ben = self.member("ben");
        (ben.state, ben.joined_at, ben.join_no, ben.here) = (MemberState::Joined, Some(6_000), 2, here);
        ben.ring_until = None;
        self
    }

    /// Ended with every live member Left but `states`.
    pub fn ended(mut self, reason: Reason, by: &str, states: &[(&str, MemberState)]) -> Self {
        self.step(9_500);
        self.call.phase = Phase::Ended;
        self.call.end = Some(End { reason, by: Some(user(by)), at: 9_500 });
        for member in &mut self.call.members {
            let state = states.iter().find(|(name, _)| user(name) == member.user).map(|(_, state)| *state);
            member.state = state.unwrap_or(MemberState::Left);
            (member.reason, member.by, member.at) = (Some(reason), Some(user(by)), 9_500);
        }
        self
    }

    fn step(&mut self, now: Millis) {
        self.call.rev += 1;
        self.call.now = now;
    }
}

fn member(name: &str, state: MemberState) -> MemberView {
    MemberView {
        user: user(name),
        generation: 1,
        state,
        reason: None,
        by: None,
        at: 5_000,
        invited_by: None,
        invite: 0,
        ring_until: None,
        joined_at: None,
        join_no: 0,
        away: false,
        here: false,
        prev: None,
    }
}
