use crate::support::brief::brief;
use call_core::{Account, CallEvent, Client, CommandId, Order, Output, PeerId, PeerInput, PeerLinkState, SocketEvent};
use call_protocol::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What a person's page does by itself, some time later.
#[derive(Clone)]
pub enum Later {
    Report(PeerId, PeerInput),
    Publish,
    Opened(usize),
}

/// What goes out of a person's page.
pub enum Out {
    Connect,
    Disconnect,
    Send(ClientFrame<Signal>),
    Later(Millis, Later),
    /// Media flow over this connection from now on.
    Live(PeerId),
    Closed(PeerId),
    /// Over its data channel.
    ToPeer(PeerId, Signal),
}

/// Somebody with a browser: the client, and just enough of a page around it.
pub struct Person {
    pub client: Client,
    /// How often the page was loaded.
    pub life: u32,
    pub account: Account,
    pub socket: Option<usize>,
    /// Its network is down.
    pub offline_until: Option<Millis>,
    /// It does not reach the server.
    pub no_server_until: Option<Millis>,
    /// The computer sleeps: nothing happens on it.
    pub asleep_until: Option<Millis>,
    /// By how much this computer's clock is off.
    pub skew: Millis,
    /// Its timers do not run.
    pub sleeps: bool,
    pub events: Vec<CallEvent>,
    /// So many of them have been compared with what was expected.
    pub checked: usize,
    /// Events and outcomes, in the order in which the application got them.
    pub story: Vec<String>,
    pub labels: HashMap<u32, &'static str>,
    pub peers: BTreeSet<PeerId>,
    pub live: BTreeSet<PeerId>,
    /// To whom each connection goes.
    pub with: BTreeMap<PeerId, UserId>,
    /// Whose data channel is open.
    pub channels: BTreeSet<PeerId>,
    pub microphone: bool,
    pub camera: bool,
}

const BROWSER_TAKES: Millis = 5;

impl Person {
    pub fn new(account: Account, seed: u64, skew: Millis) -> Self {
        Self {
            client: Client::new(seed),
            life: 0,
            account,
            socket: None,
            offline_until: None,
            no_server_until: None,
            asleep_until: None,
            skew,
            sleeps: false,
            events: Vec::new(),
            checked: 0,
            story: Vec::new(),
            labels: HashMap::new(),
            peers: BTreeSet::new(),
            live: BTreeSet::new(),
            with: BTreeMap::new(),
            channels: BTreeSet::new(),
            microphone: false,
            camera: false,
        }
    }

    /// Performs what the client wants.
    pub fn work(&mut self) -> Vec<Out> {
        let mut out = Vec::new();
        while let Some(output) = self.client.poll_output() {
            match output {
                Output::Connect => out.push(Out::Connect),
                Output::Disconnect => out.push(Out::Disconnect),
                Output::Send(frame) => out.push(Out::Send(ClientFrame::clone(&frame))),
                Output::Emit(event) => self.emit(event),
                Output::Complete { command, result } => self.complete(command, result.map(drop).map_err(|it| it.code)),
                Output::OpenPeer { peer, user, .. } => {
                    self.peers.insert(peer);
                    self.with.insert(peer, user);
                }
                Output::ClosePeer { peer } => {
                    assert!(self.peers.remove(&peer), "closed twice");
                    self.live.remove(&peer);
                    out.push(Out::Closed(peer));
                }
                Output::Negotiate { peer, order } => out.extend(self.negotiate(peer, order)),
                Output::GoLive { peer } => {
                    assert!(self.live.insert(peer), "live twice");
                    out.push(Out::Live(peer));
                }
                Output::SendPeer { peer, signal } => out.push(Out::ToPeer(peer, signal)),
                Output::StopCamera => {
                    self.camera = false;
                    out.push(Out::Later(BROWSER_TAKES, Later::Publish));
                }
                Output::StartMicrophone => {
                    self.microphone = true;
                    out.push(Out::Later(BROWSER_TAKES, Later::Publish));
                }
                Output::ReleaseMedia => (self.microphone, self.camera) = (false, false),
                Output::LiftRelay { .. } | Output::Limit { .. } | Output::IceServers(_) | Output::Log(_) => {}
            }
        }
        out
    }

    pub fn opened(&mut self, socket: usize, now: Millis) {
        if self.socket == Some(socket) {
            self.client.handle_socket(SocketEvent::Open, now + self.skew);
        }
    }

    pub fn publish(&mut self) {
        self.client.handle_published(self.microphone, self.camera, false);
    }

    /// When its client wants to be called.
    pub fn due(&self) -> Option<Millis> {
        let at = self.client.poll_timeout().filter(|_| !self.sleeps)?.saturating_sub(self.skew);
        Some(at.max(self.asleep_until.unwrap_or(0)))
    }

    /// The page is loaded again, as if it had crashed before.
    pub fn reload(&mut self, seed: u64) {
        let life = self.life + 1;
        *self = Self { life, ..Self::new(self.account.clone(), seed, self.skew) };
    }

    /// What the application was told since it was last asked.
    pub fn told(&mut self) -> Vec<String> {
        std::mem::take(&mut self.story)
    }

    fn emit(&mut self, event: CallEvent) {
        let beside = matches!(
            event,
            CallEvent::Link { .. } | CallEvent::PeerLink { .. } | CallEvent::Ready | CallEvent::Members { .. }
        );
        if !beside {
            self.story.push(brief(&event));
        }
        self.events.push(event);
    }

    fn complete(&mut self, CommandId(id): CommandId, result: Result<(), i32>) {
        let label = self.labels.remove(&id).expect("settled once");
        match result {
            Ok(()) if label == "login" => {}
            Ok(()) => self.story.push(format!("{label} done")),
            Err(code) => self.story.push(format!("{label} failed {code}")),
        }
    }

    fn negotiate(&self, peer: PeerId, order: Order) -> Vec<Out> {
        let sdp = || format!("sdp of {peer:?}");
        let connected = PeerInput::State(PeerLinkState::Connected);
        let report = match order {
            Order::MakeOffer { .. } => PeerInput::LocalDescription { kind: DescriptionKind::Offer, sdp: sdp() },
            Order::MakeAnswer => PeerInput::LocalDescription { kind: DescriptionKind::Answer, sdp: sdp() },
            Order::ApplyRemote(_) => PeerInput::RemoteApplied,
            Order::AddCandidate(_) | Order::Send(_) => return Vec::new(),
        };
        // The people's own ways to each other are never cut here.
        let agreed = matches!(
            report,
            PeerInput::RemoteApplied | PeerInput::LocalDescription { kind: DescriptionKind::Answer, .. }
        );
        let mut reports = vec![Out::Later(BROWSER_TAKES, Later::Report(peer, report))];
        if agreed {
            reports.push(Out::Later(2 * BROWSER_TAKES, Later::Report(peer, connected)));
        }
        reports
    }
}
