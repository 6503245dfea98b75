use crate::{brief::briefs, support::*};
use call_core::{CallError, CallEvent, Client, Command, CommandId, Completed, Output, PeerId, PeerInput, SocketEvent};
use call_protocol::*;

/// Long after the clock's zero, so that nothing counts from there.
const START: Millis = 1_000_000;

pub type Outcome = Result<Completed, CallError>;

/// A client, the virtual time, and what it has put out.
pub struct Desk {
    pub client: Client,
    pub now: Millis,
    pub outputs: Vec<Output>,
}

impl Desk {
    pub fn new() -> Self {
        Self::seeded(1)
    }

    pub fn seeded(seed: u64) -> Self {
        Self { client: Client::new(seed), now: START, outputs: Vec::new() }
    }

    pub fn logged_in(name: &str) -> Self {
        Self::seeded(1).log_in(name)
    }

    pub fn log_in(mut self, name: &str) -> Self {
        self.command(1, Command::Login(account(name)));
        self.welcomed(None);
        self.outputs.clear();
        self
    }

    /// The socket opens, and the server takes the login. Answers with what the client said.
    pub fn welcomed(&mut self, call: Option<Snapshot>) -> Login {
        self.socket(SocketEvent::Open);
        let (id, login) = self.sent_login();
        self.answer(id, ServerMessage::Welcome(Welcome { now: self.server_time(), ..welcome(call) }));
        login
    }

    /// What the server's clock shows: that of a call that has just begun, and on it runs.
    pub fn server_time(&self) -> Millis {
        6_000 + self.now - START
    }

    /// The socket is lost and comes back.
    pub fn interrupted(&mut self, call: Option<Snapshot>) -> Login {
        self.socket(SocketEvent::Closed(1006));
        self.wait_to_connect();
        self.outputs.clear();
        self.welcomed(call)
    }

    pub fn command(&mut self, id: u32, command: Command) {
        self.client.handle_command(CommandId(id), command, self.now);
        self.drain();
    }

    pub fn allow_devices(&mut self, several: bool) {
        self.client.allow_devices(several, self.now);
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

    pub fn refuse(&mut self, re: u32, code: ErrorCode) {
        self.answer(re, ServerMessage::Error(code.into()));
    }

    pub fn told(&mut self, call: Snapshot) {
        self.answer(0, ServerMessage::Call(CallUpdate { call, offer: None, alone: false }));
    }

    /// An invitation with the caller's offer.
    pub fn rung(&mut self, call: Snapshot) {
        self.answer(0, ServerMessage::Call(CallUpdate { call, offer: Some(description("offer")), alone: false }));
    }

    pub fn hear(&mut self, from: &str, signal: Signal) {
        self.answer(0, ServerMessage::Signal(SignalFrom { call: call_id(), from: user(from), signal }));
    }

    pub fn peer(&mut self, peer: PeerId, input: PeerInput) {
        self.client.handle_peer(peer, input, self.now);
        self.drain();
    }

    pub fn made_offer(&mut self, peer: PeerId) {
        self.peer(peer, PeerInput::LocalDescription { kind: DescriptionKind::Offer, sdp: "offer".into() });
    }

    /// Lets the time pass to the next thing that is due. Answers with how long that took.
    pub fn wait(&mut self) -> Millis {
        let due = self.client.poll_timeout().expect("something due");
        assert!(due >= self.now, "due in the past");
        let waited = due - self.now;
        self.now = due;
        self.client.handle_timeout(self.now);
        self.drain();
        waited
    }

    /// Lets so much time pass while the server goes on beating.
    pub fn beaten_until(&mut self, time: Millis) {
        let end = self.now + time;
        while self.now < end {
            let due = self.client.poll_timeout().unwrap_or(end);
            self.now = (self.now + 4_000).min(due).min(end);
            self.client.handle_timeout(self.now);
            self.drain();
            self.answer(0, ServerMessage::Beat);
        }
    }

    pub fn wait_until(&mut self, is_so: impl Fn(&Self) -> bool) {
        for _ in 0..100 {
            self.wait();
            if is_so(self) {
                return;
            }
        }
        panic!("it never is so");
    }

    pub fn wait_to_connect(&mut self) -> Millis {
        let before = self.outputs.len();
        let mut waited = 0;
        for _ in 0..100 {
            if self.outputs[before..].contains(&Output::Connect) {
                return waited;
            }
            waited += self.wait();
        }
        panic!("it does not connect");
    }

    pub fn drain(&mut self) {
        while let Some(output) = self.client.poll_output() {
            self.outputs.push(output);
        }
    }

    pub fn take(&mut self) -> Vec<Output> {
        std::mem::take(&mut self.outputs)
    }

    /// Farewells without their time, of which [`Desk::left_at`] knows.
    pub fn sent(&self) -> Vec<ClientFrame<Signal>> {
        let timeless = |mut frame: ClientFrame<Signal>| {
            if let ClientMessage::Leave(leave) = &mut frame.body {
                leave.at = None;
            }
            frame
        };
        self.frames().map(timeless).collect()
    }

    /// The times that the farewells sent name.
    pub fn left_at(&self) -> Vec<Option<Millis>> {
        let at = |frame| match frame {
            ClientFrame { body: ClientMessage::Leave(leave), .. } => Some(leave.at),
            _ => None,
        };
        self.frames().filter_map(at).collect()
    }

    fn frames(&self) -> impl Iterator<Item = ClientFrame<Signal>> {
        self.outputs.iter().filter_map(|output| match output {
            Output::Send(frame) => Some(ClientFrame::clone(frame)),
            _ => None,
        })
    }

    pub fn sent_bodies(&self) -> Vec<ClientMessage<Signal>> {
        self.sent().into_iter().map(|frame| frame.body).collect()
    }

    /// The last frame sent, which must be a request.
    pub fn request(&self) -> ClientFrame<Signal> {
        self.sent().into_iter().rfind(|frame| frame.id != 0).expect("a request")
    }

    pub fn signals(&self) -> Vec<(UserId, Signal)> {
        let signal = |body| match body {
            ClientMessage::Signal(SignalTo { to, signal, .. }) => Some((to, signal)),
            _ => None,
        };
        self.sent_bodies().into_iter().filter_map(signal).collect()
    }

    pub fn sent_login(&self) -> (u32, Login) {
        let login = |frame: ClientFrame<Signal>| match frame.body {
            ClientMessage::Login(login) => Some((frame.id, login)),
            _ => None,
        };
        self.sent().into_iter().filter_map(login).next_back().expect("a login")
    }

    pub fn events(&self) -> Vec<CallEvent> {
        let event = |output: &Output| match output {
            Output::Emit(event) => Some(event.clone()),
            _ => None,
        };
        self.outputs.iter().filter_map(event).collect()
    }

    /// The events in few words, since they were last asked for.
    pub fn news(&mut self) -> Vec<String> {
        let lines = briefs(&self.events());
        self.outputs.clear();
        lines
    }

    /// How this command came out, once.
    pub fn outcome(&self, id: u32) -> Option<Outcome> {
        let of_command = |output: &Output| match output {
            Output::Complete { command, result } if *command == CommandId(id) => Some(result.clone()),
            _ => None,
        };
        let mut outcomes: Vec<_> = self.outputs.iter().filter_map(of_command).collect();
        assert!(outcomes.len() <= 1, "settled more than once: {outcomes:?}");
        outcomes.pop()
    }

    pub fn failure(&self, id: u32) -> i32 {
        self.outcome(id).expect("an outcome").expect_err("a failure").code
    }

    pub fn has(&self, output: &Output) -> bool {
        self.outputs.contains(output)
    }
}
