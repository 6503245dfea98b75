use call_core::Order;
use call_protocol::{Description, DescriptionKind};
use std::collections::BTreeSet;

/// The W3C signaling state machine of one `RTCPeerConnection`, which objects to every call that a real one would
/// refuse. Descriptions name themselves: "a/2" is the second that browser a made, "b/1>a/2" b's first, answering it.
#[derive(Debug)]
pub struct Browser {
    name: char,
    state: State,
    made: u32,
    /// What is being set, until it is finished.
    busy: Option<Order>,
    local: Option<String>,
    remote: Option<String>,
    /// The last offer and answer that both sides have agreed on, offer first.
    pub agreed: Option<(String, String)>,
    pub applied: BTreeSet<String>,
    pub candidates: Vec<String>,
    /// Candidates of a description that had not been applied, and may never be.
    strange: Vec<String>,
    pub restarts: u32,
    /// A real browser cannot tell whether an answer was meant for another offer; only tests that lose nothing insist.
    pub trusting: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Stable,
    HaveLocalOffer,
    HaveRemoteOffer,
}

/// What a finished call reports.
pub enum Report {
    Local(DescriptionKind, String),
    Applied,
}

impl Browser {
    pub fn new(name: char) -> Self {
        Self {
            name,
            state: State::Stable,
            made: 0,
            busy: None,
            local: None,
            remote: None,
            agreed: None,
            applied: BTreeSet::new(),
            candidates: Vec::new(),
            strange: Vec::new(),
            restarts: 0,
            trusting: false,
        }
    }

    pub fn state(&self) -> State {
        self.state
    }

    pub fn is_busy(&self) -> bool {
        self.busy.is_some()
    }

    /// Starts what takes time; candidates are taken at once.
    pub fn perform(&mut self, order: Order) {
        if let Order::AddCandidate(candidate) = &order {
            return self.add_candidate(&candidate.candidate);
        }
        assert_eq!(self.busy, None, "{}: two calls at once", self.name);
        self.busy = Some(order);
    }

    /// Finishes what was started.
    pub fn finish(&mut self) -> Report {
        match self.busy.take().expect("something to finish") {
            Order::MakeOffer { ice_restart } => self.make_offer(ice_restart),
            Order::MakeAnswer => self.make_answer(),
            Order::ApplyRemote(description) => self.apply(&description),
            order => panic!("{}: {order:?} takes no time", self.name),
        }
    }

    /// What was started did not work, and left everything as it was.
    pub fn fail(&mut self) {
        assert!(self.busy.take().is_some());
    }

    /// A candidate of the local description.
    pub fn candidate(&self, number: u32) -> Option<String> {
        self.local.as_ref().map(|local| format!("{} {number}", own_name(local)))
    }

    /// No candidate came before the description it belongs to.
    pub fn check_candidates(&self) {
        let early: Vec<_> =
            self.strange.iter().filter(|candidate| self.applied.contains(description_of(candidate))).collect();
        assert!(early.is_empty(), "{}: {early:?} before their description", self.name);
    }

    fn make_offer(&mut self, ice_restart: bool) -> Report {
        assert_ne!(self.state, State::HaveRemoteOffer, "{}: an offer while answering", self.name);
        self.state = State::HaveLocalOffer;
        self.restarts += u32::from(ice_restart);
        let sdp = self.make("");
        Report::Local(DescriptionKind::Offer, sdp)
    }

    fn make_answer(&mut self) -> Report {
        assert_eq!(self.state, State::HaveRemoteOffer, "{}: an answer to nothing", self.name);
        self.state = State::Stable;
        let offer = self.remote.clone().expect("a remote offer");
        let sdp = self.make(&format!(">{offer}"));
        self.agreed = Some((offer, own_name(&sdp).to_owned()));
        Report::Local(DescriptionKind::Answer, sdp)
    }

    fn make(&mut self, answers: &str) -> String {
        self.made += 1;
        let sdp = format!("{}/{}{answers}", self.name, self.made);
        self.local = Some(sdp.clone());
        sdp
    }

    fn apply(&mut self, Description { kind, sdp, .. }: &Description) -> Report {
        match kind {
            // Rolls an own offer back by itself.
            DescriptionKind::Offer => {
                self.state = State::HaveRemoteOffer;
                self.remote = Some(sdp.clone());
            }
            DescriptionKind::Answer => {
                assert_eq!(self.state, State::HaveLocalOffer, "{}: an answer unasked", self.name);
                let offer = self.local.clone().expect("a local offer");
                let answered = sdp.split('>').nth(1);
                let meant = self.trusting || answered == Some(offer.as_str());
                assert!(meant, "{}: {sdp} as the answer to {offer}", self.name);
                self.state = State::Stable;
                self.remote = Some(sdp.clone());
                self.agreed = Some((offer, own_name(sdp).to_owned()));
            }
        }
        self.applied.insert(own_name(sdp).to_owned());
        Report::Applied
    }

    fn add_candidate(&mut self, candidate: &str) {
        assert!(self.remote.is_some(), "{}: {candidate} before any remote description", self.name);
        if self.applied.contains(description_of(candidate)) {
            self.candidates.push(candidate.to_owned());
        } else {
            self.strange.push(candidate.to_owned());
        }
    }
}

fn own_name(sdp: &str) -> &str {
    sdp.split('>').next().unwrap_or(sdp)
}

pub fn description_of(candidate: &str) -> &str {
    candidate.split(' ').next().unwrap_or(candidate)
}
