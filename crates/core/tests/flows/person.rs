use crate::brief::brief;
use call_core::{CallEvent, Client, CommandId, Order, Output, PeerId, PeerInput, PeerLinkState, SocketEvent};
use call_protocol::*;
use std::collections::{BTreeSet, HashMap};

/// What a person's page does by itself, some time later.
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
}

/// Somebody with a browser: the client, and just enough of a page around it.
pub struct Person {
    pub client: Client,
    pub socket: Option<usize>,
    /// By how much this computer's clock is off.
    pub skew: Millis,
    /// Its timers do not run.
    pub sleeps: bool,
    pub events: Vec<CallEvent>,
    /// Events and outcomes, in the order in which the application got them.
    pub story: Vec<String>,
    pub labels: HashMap<u32, &'static str>,
    pub peers: BTreeSet<PeerId>,
    pub live: BTreeSet<PeerId>,
    pub microphone: bool,
    pub camera: bool,
}

const BROWSER_TAKES: Millis = 5;

impl Person {
    pub fn new(seed: u64, skew: Millis) -> Self {
        Self {
            client: Client::new(seed),
            socket: None,
            skew,
            sleeps: false,
            events: Vec::new(),
            story: Vec::new(),
            labels: HashMap::new(),
            peers: BTreeSet::new(),
            live: BTreeSet::new(),
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
                Output::OpenPeer { peer, .. } => drop(self.peers.insert(peer)),
                Output::ClosePeer { peer } => {
                    assert!(self.peers.remove(&peer), "closed twice");
                    self.live.remove(&peer);
                }
                Output::Negotiate { peer, order } => out.extend(self.negotiate(peer, order)),
                Output::GoLive { peer } => assert!(self.live.insert(peer), "live twice"),
                Output::StopCamera => self.camera = false,
                Output::StartMicrophone => {
                    self.microphone = true;
                    out.push(Out::Later(BROWSER_TAKES, Later::Publish));
                }
                Output::ReleaseMedia => (self.microphone, self.camera) = (false, false),
                // Here only the server connects people.
                Output::SendPeer { .. } | Output::LiftRelay { .. } | Output::IceServers(_) | Output::Log(_) => {}
            }
        }
        out
    }

    pub fn opened(&mut self, socket: usize, now: Millis) {
        if self.socket == Some(socket) {
            self.client.handle_socket(SocketEvent::Open, now + self.skew);
        }
    }

    /// When it wants to be woken next, by the world's clock.
    pub fn due(&self) -> Option<Millis> {
        self.client.poll_timeout().filter(|_| !self.sleeps).map(|at| at - self.skew)
    }

    pub fn publish(&mut self) {
        self.client.handle_published(self.microphone, self.camera, false);
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
