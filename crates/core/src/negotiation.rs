use call_protocol::{Candidate, Description, DescriptionKind, Signal};
use std::collections::VecDeque;

/// W3C perfect negotiation of one peer connection, as a pure state machine.
///
/// The shell performs each [`Order`] and reports how it went; only one order that changes a description is
/// under way at a time, so the browser never sees two at once. Candidates that arrive before the description
/// they belong to are held back, in both directions.
///
/// [`answer_later`](Negotiation::answer_later) keeps an answer back while a call rings: the offer is applied, but
/// no local description is set, so nothing is gathered, sent or learned about this side.
#[derive(Debug)]
pub struct Negotiation {
    epoch: u32,
    polite: bool,
    signaling: Signaling,
    under_way: Option<UnderWay>,
    /// Offers and answers that arrived while something was under way.
    inbox: VecDeque<Description>,
    wants_offer: Option<IceRestart>,
    ignored_offer: bool,
    has_remote: bool,
    holds_answer: bool,
    owes_answer: bool,
    early_remote: Vec<Candidate>,
    early_local: Vec<Candidate>,
    local: Option<Description>,
    orders: VecDeque<Order>,
}

/// What the shell is to do with the `RTCPeerConnection`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// `setLocalDescription()` with a new offer; report [`Negotiation::local_description`] or
    /// [`Negotiation::failed`].
    MakeOffer { ice_restart: bool },
    /// `setLocalDescription()` with the answer; reported like an offer.
    MakeAnswer,
    /// `setRemoteDescription()`; report [`Negotiation::remote_applied`] or [`Negotiation::failed`].
    ApplyRemote(Description),
    /// `addIceCandidate()`; nothing to report.
    AddCandidate(Candidate),
    /// To the other side.
    Send(Signal),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Signaling {
    Stable,
    HaveLocalOffer,
    HaveRemoteOffer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum UnderWay {
    Offer,
    Answer,
    RemoteOffer,
    RemoteAnswer,
}

type IceRestart = bool;

impl Negotiation {
    /// `polite`: gives way when both sides offer at once. The side that does not make the first offer is.
    pub fn new(epoch: u32, polite: bool) -> Self {
        Self {
            epoch,
            polite,
            signaling: Signaling::Stable,
            under_way: None,
            inbox: VecDeque::new(),
            wants_offer: None,
            ignored_offer: false,
            has_remote: false,
            holds_answer: false,
            owes_answer: false,
            early_remote: Vec::new(),
            early_local: Vec::new(),
            local: None,
            orders: VecDeque::new(),
        }
    }

    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    pub fn poll_order(&mut self) -> Option<Order> {
        self.orders.pop_front()
    }

    /// Makes an offer as soon as nothing else is under way.
    pub fn offer(&mut self, ice_restart: bool) {
        self.wants_offer = Some(ice_restart || self.wants_offer == Some(true));
        self.proceed();
    }

    /// Apply the offer that comes, but answer it only when [`answer_now`](Self::answer_now) is called.
    pub fn answer_later(&mut self) {
        self.holds_answer = true;
    }

    pub fn answer_now(&mut self) {
        self.holds_answer = false;
        self.proceed();
    }

    /// Sends again what the other side needs to know: it came back, or never got it. `sdp` is the connection's
    /// local description now, with the candidates gathered so far.
    pub fn resend(&mut self, sdp: Option<String>) {
        let Some(local) = &mut self.local else { return };
        if let Some(sdp) = sdp {
            local.sdp = sdp;
        }
        let again = local.clone();
        // An answer means nothing to a side that is not waiting for one; it will offer again if it must.
        if again.kind == DescriptionKind::Offer && self.signaling == Signaling::HaveLocalOffer {
            self.orders.push_back(Order::Send(Signal::Description(again)));
        }
    }

    /// The other side's description arrived.
    pub fn remote_description(&mut self, description: Description) {
        if description.epoch != self.epoch {
            return;
        }
        self.inbox.push_back(description);
        self.proceed();
    }

    /// The other side's candidate arrived.
    pub fn remote_candidate(&mut self, candidate: Candidate) {
        if candidate.epoch != self.epoch || self.ignored_offer {
            return;
        }
        if self.has_remote && self.inbox.is_empty() && !self.applies_remote() {
            self.orders.push_back(Order::AddCandidate(candidate));
        } else {
            self.early_remote.push(candidate);
        }
    }

    /// The browser found a candidate of ours.
    pub fn local_candidate(&mut self, candidate: String, mid: Option<String>, index: Option<u16>) {
        let candidate = Candidate { epoch: self.epoch, candidate, mid, index };
        if self.local.is_some() && !matches!(self.under_way, Some(UnderWay::Offer | UnderWay::Answer)) {
            self.orders.push_back(Order::Send(Signal::Candidate(candidate)));
        } else {
            self.early_local.push(candidate);
        }
    }

    /// `setLocalDescription()` resolved. Returns the offer if this is one, for whoever carries it otherwise than
    /// by [`Order::Send`]; `send` = false leaves the sending of it to the caller.
    pub fn local_description(&mut self, kind: DescriptionKind, sdp: String, send: bool) -> Description {
        let description = Description { epoch: self.epoch, kind, sdp };
        self.under_way = None;
        self.signaling = match kind {
            DescriptionKind::Offer => Signaling::HaveLocalOffer,
            DescriptionKind::Answer => Signaling::Stable,
        };
        self.local = Some(description.clone());
        if send {
            self.orders.push_back(Order::Send(Signal::Description(description.clone())));
        }
        let early = std::mem::take(&mut self.early_local);
        self.orders.extend(early.into_iter().map(|candidate| Order::Send(Signal::Candidate(candidate))));
        self.proceed();
        description
    }

    /// `setRemoteDescription()` resolved.
    pub fn remote_applied(&mut self) {
        let was = self.under_way.take();
        self.has_remote = true;
        if was == Some(UnderWay::RemoteOffer) {
            self.signaling = Signaling::HaveRemoteOffer;
            self.owes_answer = true;
        } else {
            self.signaling = Signaling::Stable;
        }
        let early = std::mem::take(&mut self.early_remote);
        self.orders.extend(early.into_iter().map(Order::AddCandidate));
        self.proceed();
    }

    /// The order under way failed in the browser. The connection is as it was before it.
    pub fn failed(&mut self) {
        match self.under_way.take() {
            Some(UnderWay::Answer) => self.owes_answer = false,
            Some(UnderWay::Offer | UnderWay::RemoteOffer | UnderWay::RemoteAnswer) | None => {}
        }
        self.proceed();
    }

    fn applies_remote(&self) -> bool {
        matches!(self.under_way, Some(UnderWay::RemoteOffer | UnderWay::RemoteAnswer))
    }

    fn proceed(&mut self) {
        while self.under_way.is_none() {
            if let Some(description) = self.inbox.pop_front() {
                self.take_remote(description);
            } else if self.owes_answer && !self.holds_answer {
                self.owes_answer = false;
                self.start(UnderWay::Answer, Order::MakeAnswer);
            } else if self.signaling == Signaling::Stable
                && let Some(ice_restart) = self.wants_offer.take()
            {
                self.start(UnderWay::Offer, Order::MakeOffer { ice_restart });
            } else {
                return;
            }
        }
    }

    fn take_remote(&mut self, description: Description) {
        match description.kind {
            DescriptionKind::Offer => {
                let collision = self.signaling == Signaling::HaveLocalOffer;
                self.ignored_offer = collision && !self.polite;
                if self.ignored_offer {
                    return;
                }
                // In have-local-offer the browser rolls our offer back by itself; it is made again afterwards.
                if collision {
                    self.wants_offer = Some(self.wants_offer.unwrap_or(false));
                    self.signaling = Signaling::Stable;
                }
                self.owes_answer = false;
                self.start(UnderWay::RemoteOffer, Order::ApplyRemote(description));
            }
            DescriptionKind::Answer if self.signaling == Signaling::HaveLocalOffer => {
                self.ignored_offer = false;
                self.start(UnderWay::RemoteAnswer, Order::ApplyRemote(description));
            }
            // An answer that nobody waits for: doubled, or to an offer that was rolled back.
            DescriptionKind::Answer => {}
        }
    }

    fn start(&mut self, what: UnderWay, order: Order) {
        self.under_way = Some(what);
        self.orders.push_back(order);
    }
}
