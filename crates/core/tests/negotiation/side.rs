use crate::browser::{Browser, Report};
use call_core::{Negotiation, Order};
use call_protocol::{Candidate, Description, DescriptionKind, Signal};

pub const EPOCH: u32 = 1;

/// One end of the connection: the negotiation, its browser, and what it has sent.
pub struct Side {
    pub negotiation: Negotiation,
    pub browser: Browser,
    pub sent: Vec<Signal>,
    gathered: u32,
    /// What it found, each with the description it belongs to.
    pub found: Vec<String>,
}

impl Side {
    pub fn new(name: char, polite: bool) -> Self {
        Self {
            negotiation: Negotiation::new(EPOCH, polite),
            browser: Browser::new(name),
            sent: Vec::new(),
            gathered: 0,
            found: Vec::new(),
        }
    }

    pub fn offer(&mut self, ice_restart: bool) {
        self.negotiation.offer(ice_restart);
        self.work();
    }

    pub fn answer_now(&mut self) {
        self.negotiation.answer_now();
        self.work();
    }

    pub fn hear(&mut self, signal: Signal) {
        match signal {
            Signal::Description(description) => self.negotiation.remote_description(description),
            Signal::Candidate(candidate) => self.negotiation.remote_candidate(candidate),
            Signal::Resend => self.negotiation.resend(),
            Signal::Media(_) | Signal::Bye { .. } | Signal::Ping | Signal::Shows(_) => {
                panic!("not a negotiation's business")
            }
        }
        self.work();
    }

    /// What the browser was at has worked.
    pub fn finish(&mut self) {
        match self.browser.finish() {
            Report::Local(kind, sdp) => drop(self.negotiation.local_description(kind, sdp, true)),
            Report::Applied => self.negotiation.remote_applied(),
        }
        self.work();
    }

    pub fn fail(&mut self) {
        self.browser.fail();
        self.negotiation.failed();
        self.work();
    }

    /// The browser finds a candidate.
    pub fn gather(&mut self) {
        self.gathered += 1;
        if let Some(candidate) = self.browser.candidate(self.gathered) {
            self.found.push(candidate.clone());
            self.negotiation.local_candidate(candidate, Some("0".into()), Some(0));
            self.work();
        }
    }

    fn work(&mut self) {
        while let Some(order) = self.negotiation.poll_order() {
            match order {
                Order::Send(signal) => self.sent.push(signal),
                order => self.browser.perform(order),
            }
        }
    }
}

pub fn description(kind: DescriptionKind, n: u32, sdp: &str) -> Signal {
    Signal::Description(Description { epoch: EPOCH, n, kind, sdp: sdp.into() })
}

/// The first one of its side.
pub fn offer(sdp: &str) -> Signal {
    description(DescriptionKind::Offer, 1, sdp)
}

pub fn second_offer(sdp: &str) -> Signal {
    description(DescriptionKind::Offer, 2, sdp)
}

/// To the first offer.
pub fn answer(sdp: &str) -> Signal {
    description(DescriptionKind::Answer, 1, sdp)
}

pub fn candidate(text: &str) -> Signal {
    Signal::Candidate(Candidate { epoch: EPOCH, candidate: text.into(), mid: Some("0".into()), index: Some(0) })
}
