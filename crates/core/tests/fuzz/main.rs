//! Whatever server, peers, browser and clock say, a client neither panics nor answers a command twice, and is of use
//! afterwards. As a test this is a bounded run; `cargo bolero test` lets a fuzzer look further.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../client/support.rs"]
#[allow(dead_code)]
mod support;

mod mutate;

use bolero::check;
use call_core::{Client, Command, CommandId, MoreCallees, Output, PeerId, PeerInput, PeerLinkState, SocketEvent};
use call_protocol::*;
use mutate::{Choices, mutate};
use serde_json::{Value, to_value};
use std::collections::HashSet;
use support::{Story, account, answer, call_id, candidate, description, new_call, user, welcome};

const RUNS: usize = 5000;

/// Far more than any one input may bring about.
const MOST_OUTPUTS: usize = 200;

#[test]
fn a_client_that_is_told_nonsense() {
    let (frames, signals) = (frames(), signals());
    check!().with_iterations(RUNS).with_max_len(600).for_each(|bytes| {
        let mut choices = Choices(bytes);
        let mut fuzzed = Fuzzed::new(1_000_000 + u64::from(choices.byte()));
        while !choices.is_over() {
            fuzzed.act(&mut choices, &frames, &signals);
        }
        fuzzed.is_of_use();
    });
}

struct Fuzzed {
    client: Client,
    now: Millis,
    /// The newest command, and which of them have been answered.
    commands: u32,
    completed: HashSet<CommandId>,
    /// The newest request to the server, which answers name.
    request: u32,
    login: u32,
    peers: Vec<PeerId>,
}

impl Fuzzed {
    fn new(now: Millis) -> Self {
        let mut fuzzed = Self {
            client: Client::new(1),
            now,
            commands: 0,
            completed: HashSet::new(),
            request: 0,
            login: 0,
            peers: Vec::new(),
        };
        fuzzed.log_in("ben");
        fuzzed
    }

    fn log_in(&mut self, name: &str) {
        self.command(Command::Login(account(name)));
        self.client.handle_socket(SocketEvent::Open, self.now);
        self.drain();
        let frame = ServerFrame { re: self.login, body: ServerMessage::Welcome(welcome(None)) };
        self.client.handle_message(frame, self.now);
        self.drain();
    }

    fn act(&mut self, choices: &mut Choices<'_>, frames: &[Value], signals: &[Value]) {
        self.now += choices.below(3) as Millis * 1000;
        match choices.below(16) {
            0..=6 => {
                let mut json = choices.one_of(frames).clone();
                if json.get("re").is_some() {
                    json["re"] = self.request.into();
                }
                let Ok(frame) = serde_json::from_value(mutate(json, choices)) else { return };
                self.client.handle_message(frame, self.now);
            }
            7 | 8 => {
                let json = mutate(choices.one_of(signals).clone(), choices);
                let Ok(signal) = serde_json::from_value(json) else { return };
                self.peer(choices, PeerInput::Signal(signal));
            }
            9 | 10 => {
                let input = self.browser_input(choices);
                self.peer(choices, input);
            }
            11 => {
                let event = match choices.below(3) {
                    0 => SocketEvent::Open,
                    _ => SocketEvent::Closed(*choices.one_of(&[1006, 1000, 4001, 4501, 4000, 4999])),
                };
                self.client.handle_socket(event, self.now);
            }
            12 | 13 => return self.command(self.any_command(choices)),
            14 => {
                self.now = self.client.poll_timeout().unwrap_or(self.now).max(self.now);
                self.client.handle_timeout(self.now);
            }
            _ => match choices.below(4) {
                0 => self.client.handle_published(
                    choices.byte().is_multiple_of(2),
                    choices.byte().is_multiple_of(2),
                    false,
                ),
                1 => self.client.handle_page_hide(self.now),
                2 => self.client.handle_online(self.now),
                _ => self.client.handle_visible(self.now),
            },
        }
        self.drain();
    }

    fn any_command(&self, choices: &mut Choices<'_>) -> Command {
        match choices.below(7) {
            0 => Command::Invite(new_call("cat")),
            1 => Command::Accept,
            2 => Command::Reject,
            3 => Command::HangUp,
            4 => Command::InviteMore(MoreCallees { callees: vec![user("dan")], user_data: String::new(), timeout: 30 }),
            5 => Command::Join(Join::Call(call_id())),
            _ => Command::SwitchMedia(*choices.one_of(&[MediaType::Audio, MediaType::Video])),
        }
    }

    fn browser_input(&self, choices: &mut Choices<'_>) -> PeerInput {
        let states =
            [PeerLinkState::Connecting, PeerLinkState::Connected, PeerLinkState::Reconnecting, PeerLinkState::Failed];
        match choices.below(6) {
            0 => PeerInput::LocalDescription { kind: DescriptionKind::Offer, sdp: "v=0".into() },
            1 => PeerInput::LocalDescription { kind: DescriptionKind::Answer, sdp: String::new() },
            2 => PeerInput::RemoteApplied,
            3 => PeerInput::Failed("no".into()),
            4 => PeerInput::Channel(choices.byte().is_multiple_of(2)),
            _ => PeerInput::State(*choices.one_of(&states)),
        }
    }

    fn peer(&mut self, choices: &mut Choices<'_>, input: PeerInput) {
        let Some(newest) = self.peers.len().checked_sub(1) else { return };
        let peer = self.peers[newest.saturating_sub(choices.below(2))];
        self.client.handle_peer(peer, input, self.now);
    }

    fn command(&mut self, command: Command) {
        self.commands += 1;
        self.client.handle_command(CommandId(self.commands), command, self.now);
        self.drain();
    }

    fn drain(&mut self) {
        let mut count = 0;
        while let Some(output) = self.client.poll_output() {
            count += 1;
            assert!(count < MOST_OUTPUTS, "no end of outputs: {output:?}");
            match output {
                Output::Complete { command, .. } => {
                    assert!(command.0 <= self.commands, "{command:?} was never asked for");
                    assert!(self.completed.insert(command), "{command:?} is answered twice");
                }
                Output::OpenPeer { peer, .. } => self.peers.push(peer),
                Output::Send(frame) => {
                    self.request = if frame.id == 0 { self.request } else { frame.id };
                    if matches!(frame.body, ClientMessage::Login(_)) {
                        self.login = frame.id;
                    }
                }
                _ => {}
            }
        }
    }

    /// Another login works, and with it every command is answered.
    fn is_of_use(&mut self) {
        self.command(Command::Logout);
        self.client.handle_socket(SocketEvent::Closed(1000), self.now);
        self.drain();
        self.log_in("eve");
        assert_eq!(self.client.user(), Some(&user("eve")));
        assert!(!self.client.is_busy(), "a call is left over: {:?}", self.client.call());
        for id in 1..=self.commands {
            assert!(self.completed.contains(&CommandId(id)), "command {id} of {} is not answered", self.commands);
        }
    }
}

fn frames() -> Vec<Value> {
    let offer = Some(description("v=0\r\n"));
    let updates = [
        Story::ringing("ben"),
        Story::ringing("ann"),
        Story::ringing("ben").accepted(true),
        Story::ringing("ben").accepted(true).without("ann"),
        Story::ringing("ben").accepted(true).ended(Reason::HangUp, "ann", &[]),
        Story::group("ben"),
        Story::group("ben").without("cat"),
        Story::group("ben").without("cat").again("cat", MemberState::Ringing),
        Story::group("ben").without("ben").again("ben", MemberState::Ringing),
    ];
    let calls = updates.into_iter().map(|story| story.call);
    let mut bodies: Vec<ServerMessage<Signal>> = calls
        .clone()
        .map(|call| ServerMessage::Call(CallUpdate { call, offer: offer.clone(), alone: true }))
        .chain(calls.map(|call| ServerMessage::Welcome(Welcome { offer: offer.clone(), ..welcome(Some(call)) })))
        .collect();
    for signal in [description("v=0"), answer("v=0"), Signal::Candidate(candidate("candidate:1"))] {
        bodies.push(ServerMessage::Signal(SignalFrom { call: call_id(), from: user("ann"), signal }));
    }
    bodies.extend([
        ServerMessage::Done,
        ServerMessage::Done,
        ServerMessage::Error(WireError::from(ErrorCode::BadRequest)),
        ServerMessage::Beat,
        ServerMessage::Gone(Gone { call: call_id(), reason: Reason::Unknown }),
        ServerMessage::Kicked(Kicked { call: Some(Story::ringing("ben").call) }),
        ServerMessage::SigExpired,
        ServerMessage::GoAway(GoAway { after: 1000 }),
    ]);
    bodies.into_iter().map(|body| to_value(ServerFrame { re: 1, body }).unwrap()).collect()
}

fn signals() -> Vec<Value> {
    let media = MediaState { generation: 1, n: 3, audio: true, video: true, screen: false };
    [
        description("v=0"),
        answer("v=0"),
        Signal::Candidate(candidate("candidate:1 1 udp 1 10.0.0.1 9 typ relay")),
        Signal::Media(media),
        Signal::Resend,
        Signal::Bye { generation: 1 },
        Signal::Ping,
    ]
    .into_iter()
    .map(|signal| to_value(signal).unwrap())
    .collect()
}
