use call_protocol::{Candidate, Description, DescriptionKind, Signal};

const MOST_CANDIDATES: usize = 64;

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
    /// The number of the last own offer.
    offered: u32,
    /// The number of the other side's last offer that was applied.
    taken: u32,
    signaling: Signaling,
    under_way: Option<UnderWay>,
    /// Offers and answers that arrived while something was under way.
    inbox: Vec<Description>,
    wants_offer: Option<IceRestart>,
    /// Whether the last own offer was one, to make it again after a rollback.
    restarts: IceRestart,
    has_remote: bool,
    holds_answer: bool,
    owes_answer: bool,
    early_remote: Vec<Candidate>,
    local: Option<Description>,
    /// To the last offer that was applied.
    answer: Option<Description>,
    /// To the last own offer.
    taken_answer: Option<String>,
    /// Somebody else has answered it, too.
    forked: bool,
    /// The newest ones found; sent with each description, because another generation's do no harm.
    candidates: Vec<Candidate>,
    orders: Vec<Order>,
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
    /// With its number.
    RemoteOffer(u32),
    RemoteAnswer,
}

type IceRestart = bool;

impl Negotiation {
    /// `polite`: gives way when both sides offer at once. The side that does not make the first offer is.
    pub fn new(epoch: u32, polite: bool) -> Self {
        Self {
            epoch,
            polite,
            offered: 0,
            taken: 0,
            signaling: Signaling::Stable,
            under_way: None,
            inbox: Vec::new(),
            wants_offer: None,
            restarts: false,
            has_remote: false,
            holds_answer: false,
            owes_answer: false,
            early_remote: Vec::new(),
            local: None,
            answer: None,
            taken_answer: None,
            forked: false,
            candidates: Vec::new(),
            orders: Vec::new(),
        }
    }

    /// Whether the last own offer was answered by two: two devices of the same user. This connection belongs to the first
    /// of them.
    pub fn is_forked(&self) -> bool {
        self.forked
    }

    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    pub fn poll_order(&mut self) -> Option<Order> {
        if self.orders.is_empty() { None } else { Some(self.orders.remove(0)) }
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

    /// Sends again all that the other side needs to know: it came back, or something was lost. What it has already does
    /// no harm there.
    pub fn resend(&mut self) {
        let Some(local) = self.local.clone().filter(|_| !self.makes_description()) else { return };
        if local.kind == DescriptionKind::Answer || self.signaling == Signaling::HaveLocalOffer {
            self.say(local);
        } else {
            self.send_candidates();
        }
    }

    /// The other side's description arrived.
    pub fn remote_description(&mut self, description: Description) {
        if description.epoch != self.epoch {
            return;
        }
        self.inbox.push(description);
        self.proceed();
    }

    /// The other side's candidate arrived.
    pub fn remote_candidate(&mut self, candidate: Candidate) {
        // Those of an ignored offer are passed on, too: they may belong to an earlier description, and the browser
        // refuses the others.
        if candidate.epoch != self.epoch {
            return;
        }
        if self.has_remote && self.inbox.is_empty() && !self.applies_remote() {
            self.orders.push(Order::AddCandidate(candidate));
        } else {
            self.early_remote.push(candidate);
        }
    }

    /// The browser found a candidate of ours.
    pub fn local_candidate(&mut self, candidate: String, mid: Option<String>, index: Option<u16>) {
        let candidate = Candidate { epoch: self.epoch, candidate, mid, index };
        if self.candidates.len() == MOST_CANDIDATES {
            self.candidates.remove(0);
        }
        self.candidates.push(candidate.clone());
        if self.local.is_some() && !self.makes_description() {
            self.orders.push(Order::Send(Signal::Candidate(candidate)));
        }
    }

    /// `setLocalDescription()` resolved. Returns the offer if this is one, for whoever carries it otherwise than
    /// by [`Order::Send`]; `send` = false leaves the sending of it to the caller.
    pub fn local_description(&mut self, kind: DescriptionKind, sdp: String, send: bool) -> Description {
        self.under_way = None;
        let n = match kind {
            DescriptionKind::Offer => {
                self.signaling = Signaling::HaveLocalOffer;
                self.offered += 1;
                self.offered
            }
            DescriptionKind::Answer => {
                self.signaling = Signaling::Stable;
                self.taken
            }
        };
        let description = Description { epoch: self.epoch, n, kind, sdp };
        self.local = Some(description.clone());
        if kind == DescriptionKind::Answer {
            self.answer = Some(description.clone());
        }
        if send {
            self.say(description.clone());
        } else {
            self.send_candidates();
        }
        self.proceed();
        description
    }

    /// `setRemoteDescription()` resolved.
    pub fn remote_applied(&mut self) {
        let was = self.under_way.take();
        self.has_remote = true;
        if let Some(UnderWay::RemoteOffer(n)) = was {
            self.taken = n;
            self.signaling = Signaling::HaveRemoteOffer;
            self.owes_answer = true;
        } else {
            self.signaling = Signaling::Stable;
        }
        self.proceed();
    }

    /// The order under way failed in the browser. The connection is as it was before it.
    pub fn failed(&mut self) {
        match self.under_way.take() {
            // An own offer whose answer is of no use may be replaced: by a new one, or by the other side's.
            Some(UnderWay::RemoteAnswer) => self.signaling = Signaling::Stable,
            // The offer may come again.
            Some(UnderWay::Answer) => self.taken = self.taken.saturating_sub(1),
            _ => {}
        }
        self.proceed();
    }

    fn applies_remote(&self) -> bool {
        matches!(self.under_way, Some(UnderWay::RemoteOffer(_) | UnderWay::RemoteAnswer))
    }

    fn proceed(&mut self) {
        while self.under_way.is_none() {
            if !self.inbox.is_empty() {
                let description = self.inbox.remove(0);
                self.take_remote(description);
                continue;
            }
            self.add_early_candidates();
            if self.owes_answer && !self.holds_answer {
                self.owes_answer = false;
                self.start(UnderWay::Answer, Order::MakeAnswer);
            } else if self.signaling == Signaling::Stable
                && let Some(ice_restart) = self.wants_offer.take()
            {
                self.restarts = ice_restart;
                self.start(UnderWay::Offer, Order::MakeOffer { ice_restart });
            } else {
                return;
            }
        }
    }

    // Not before: they may belong to a description that waits in the inbox.
    fn add_early_candidates(&mut self) {
        if !self.has_remote {
            return;
        }
        for candidate in std::mem::take(&mut self.early_remote) {
            self.orders.push(Order::AddCandidate(candidate));
        }
    }

    fn take_remote(&mut self, description: Description) {
        match description.kind {
            // It has come before. If it is sent again because the answer was lost, here that is.
            DescriptionKind::Offer if description.n <= self.taken => {
                if let Some(answer) = self.answer.clone().filter(|answer| answer.n == description.n) {
                    self.say(answer);
                    // Who had not got the answer has ignored the offer that came after it.
                    if self.signaling == Signaling::HaveLocalOffer {
                        self.resend();
                    }
                }
            }
            DescriptionKind::Offer => {
                let collision = self.signaling == Signaling::HaveLocalOffer;
                if collision && !self.polite {
                    return;
                }
                // In have-local-offer the browser rolls our offer back by itself; it is made again afterwards.
                if collision {
                    self.wants_offer = Some(self.restarts || self.wants_offer == Some(true));
                    self.signaling = Signaling::Stable;
                }
                self.owes_answer = false;
                self.start(UnderWay::RemoteOffer(description.n), Order::ApplyRemote(description));
            }
            DescriptionKind::Answer if self.signaling == Signaling::HaveLocalOffer && description.n == self.offered => {
                self.taken_answer = Some(description.sdp.clone());
                self.start(UnderWay::RemoteAnswer, Order::ApplyRemote(description));
            }
            DescriptionKind::Answer if description.n == self.offered => {
                self.forked |= self.taken_answer.as_ref().is_some_and(|taken| *taken != description.sdp);
            }
            // An answer that nobody waits for: doubled, or to an offer that was rolled back.
            DescriptionKind::Answer => {}
        }
    }

    fn makes_description(&self) -> bool {
        matches!(self.under_way, Some(UnderWay::Offer | UnderWay::Answer))
    }

    fn say(&mut self, description: Description) {
        self.orders.push(Order::Send(Signal::Description(description)));
        self.send_candidates();
    }

    fn send_candidates(&mut self) {
        for candidate in &self.candidates {
            self.orders.push(Order::Send(Signal::Candidate(candidate.clone())));
        }
    }

    fn start(&mut self, what: UnderWay, order: Order) {
        self.under_way = Some(what);
        self.orders.push(order);
    }
}
