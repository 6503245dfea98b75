use super::{Client, Output, PeerId, mending::Trouble};
use crate::{
    diff::events,
    event::PeerLinkState,
    negotiation::{Negotiation, Order},
};
use call_protocol::{
    CallId, ConnectWhileRinging, Description, Generation, MediaState, MemberState, MemberView, Millis, Shows, Signal,
    Snapshot, UserId,
};

/// Signals kept for peers that do not exist yet.
const EARLY_SIGNALS: usize = 64;
/// Of the connection that two members make first.
pub(super) const FIRST_EPOCH: u32 = 1;

/// A peer connection to be made.
pub(super) struct Opening {
    pub call: CallId,
    pub user: UserId,
    /// None until the authority has said it.
    pub generation: Option<Generation>,
    /// This side makes the first offer, and does not give way.
    pub offers: bool,
    pub epoch: u32,
    /// By TURN only, until the call is on.
    pub relayed: bool,
}

/// One member's peer connection.
#[derive(Debug)]
pub(super) struct Peer {
    pub id: PeerId,
    pub call: CallId,
    pub user: UserId,
    /// None until the authority has said it.
    pub generation: Option<Generation>,
    pub negotiation: Negotiation,
    /// This side makes the offers that mend the connection.
    pub offers: bool,
    pub relayed: bool,
    /// All candidates of the other side so far are its TURN server's.
    pub meets_relay_only: bool,
    /// A TURN server gave one of the two a candidate.
    pub has_relay: bool,
    pub live: bool,
    /// Its data channel is open.
    pub channel: bool,
    /// How large this side shows the other's pictures.
    pub shows: Shows,
    /// When something came by it.
    pub heard: Option<Millis>,
    /// It has fallen silent, and ICE was restarted for it.
    pub suspected: bool,
    /// What the application was told of it.
    pub shown: Option<PeerLinkState>,
    pub state: Option<PeerLinkState>,
    pub was_connected: bool,
    pub trouble: Option<Trouble>,
}

impl Peer {
    pub(super) fn heard(&mut self, now: Millis) {
        (self.heard, self.suspected) = (Some(now), false);
    }
}

impl Client {
    /// Opens the connection to a member. Returns its index.
    pub(super) fn open_peer(&mut self, opening: Opening) -> usize {
        let id = PeerId(self.next_peer);
        self.next_peer += 1;
        let Opening { call, user, generation, offers, epoch, relayed } = opening;
        self.output(Output::OpenPeer { peer: id, user: user.clone(), offers, relayed });
        self.peers.push(Peer {
            id,
            call,
            user,
            generation,
            negotiation: Negotiation::new(epoch, !offers),
            offers,
            relayed,
            meets_relay_only: true,
            has_relay: false,
            live: false,
            channel: false,
            shows: Shows::default(),
            heard: None,
            suspected: false,
            shown: None,
            state: None,
            was_connected: false,
            trouble: None,
        });
        self.peers.len() - 1
    }

    /// Brings the peer connections in line with who is in the call.
    pub(super) fn join_peers(&mut self, offer: Option<Signal>, alone: bool) {
        self.drop_strange_peers();
        let Some(view) = self.view.clone() else { return };
        if self.leaving.as_ref().is_some_and(|(call, _)| *call == view.call.id) {
            return;
        }
        let Some(me) = self.link.user().cloned() else { return };
        let Some(own) = view.own(&me) else { return };
        if own.state == MemberState::Ringing {
            if let Some(Signal::Description(offer)) = offer {
                self.meet_caller(&view.call, offer, alone);
            }
            return;
        }
        for member in view.call.members.iter().filter(|member| member.user != me) {
            if member.state == MemberState::Joined {
                self.join_peer(&view.call, own, member);
            }
        }
        self.drain_orders();
        for (call, from, signal) in std::mem::take(&mut self.waiting) {
            self.take_signal(call, from, signal);
        }
    }

    /// What came before there was this connection.
    pub(super) fn take_early(&mut self, call: &CallId, user: &UserId) {
        let is_meant = |early: &mut (CallId, UserId, Signal)| early.0 == *call && early.1 == *user;
        for (call, from, signal) in self.waiting.extract_if(.., is_meant).collect::<Vec<_>>() {
            self.take_signal(call, from, signal);
        }
    }

    /// While it rings.
    fn meet_caller(&mut self, call: &Snapshot, offer: Description, alone: bool) {
        let mode = self.early.mode();
        if mode == ConnectWhileRinging::Off || self.peer_of(&call.caller).is_some() {
            return;
        }
        let connects = mode > ConnectWhileRinging::Prepare && alone && !call.group;
        let index = self.open_peer(Opening {
            call: call.id.clone(),
            user: call.caller.clone(),
            generation: None,
            offers: false,
            epoch: FIRST_EPOCH,
            relayed: connects && self.early.is_relayed(),
        });
        let negotiation = &mut self.peers[index].negotiation;
        if !connects {
            negotiation.answer_later();
        }
        negotiation.remote_description(offer);
        self.drain_orders();
    }

    fn join_peer(&mut self, call: &Snapshot, own: &MemberView, member: &MemberView) {
        let offers = if call.group { own.join_no > member.join_no } else { own.user == call.caller };
        let index = match self.peer_of(&member.user) {
            Some(index) => index,
            None => {
                let index = self.open_peer(Opening {
                    call: call.id.clone(),
                    user: member.user.clone(),
                    generation: Some(member.generation),
                    offers,
                    epoch: FIRST_EPOCH,
                    relayed: false,
                });
                if offers {
                    self.peers[index].negotiation.offer(false);
                } else if !call.group {
                    // The offer that rode on the invitation did not reach this session.
                    self.send_to_peer(index, Signal::Resend);
                }
                index
            }
        };
        self.peers[index].negotiation.answer_now();
        self.lift_relay(index);
        self.leave_fork(index);
        if !self.in_call() || self.peers[index].live {
            return;
        }
        self.peers[index].live = true;
        self.peers[index].expect_connected(self.now);
        let peer = self.peers[index].id;
        self.output(Output::GoLive { peer });
        self.announce_media(Some(&member.user));
    }

    pub(super) fn take_signal(&mut self, call: CallId, from: UserId, signal: Signal) {
        if let Signal::Media(media) = signal {
            return self.take_media(&call, &from, media);
        }
        let of_this = self.view.as_ref().is_some_and(|view| view.call.id == call);
        let Some(index) = self.peers.iter().position(|peer| peer.call == call && peer.user == from) else {
            if of_this && !matches!(signal, Signal::Resend) {
                self.keep_early(call, from, signal);
            }
            return;
        };
        let peer = &mut self.peers[index];
        match signal {
            Signal::Description(description) if description.epoch > peer.negotiation.epoch() => {
                self.follow_to(index, description);
            }
            Signal::Candidate(ref candidate) if candidate.epoch > peer.negotiation.epoch() => {
                self.keep_early(call, from, signal);
            }
            Signal::Description(description) => {
                peer.negotiation.remote_description(description);
                self.leave_fork(index);
            }
            Signal::Candidate(candidate) => {
                let relay = is_relay(&candidate.candidate);
                peer.meets_relay_only &= relay;
                peer.has_relay |= relay;
                peer.negotiation.remote_candidate(candidate);
            }
            Signal::Resend => {
                peer.negotiation.resend();
                self.announce_media(Some(&from));
            }
            // By data channel only.
            Signal::Media(_) | Signal::Bye { .. } | Signal::Ping | Signal::Shows(_) => {}
        }
        self.drain_orders();
    }

    fn keep_early(&mut self, call: CallId, from: UserId, signal: Signal) {
        if self.waiting.len() < EARLY_SIGNALS {
            self.waiting.push((call, from, signal));
        }
    }

    fn take_media(&mut self, call: &CallId, from: &UserId, media: MediaState) {
        let Some(me) = self.link.user().cloned() else { return };
        let Some(view) = self.view.as_mut().filter(|view| view.call.id == *call) else { return };
        if view.call.member(from).is_none() {
            return;
        }
        let old = view.clone();
        if view.publish(from, media) {
            let news = events(Some(&old), view, &me);
            self.news(news);
        }
    }

    /// Tells one member, or all that are connected, what this session publishes.
    pub(super) fn announce_media(&mut self, only: Option<&UserId>) {
        let Some(generation) = self.own_generation_if(|own| own.state == MemberState::Joined) else { return };
        if !self.in_call() {
            return;
        }
        let media = MediaState { generation, ..self.published };
        for index in 0..self.peers.len() {
            let peer = &self.peers[index];
            if peer.live && only.is_none_or(|only| peer.user == *only) {
                self.send_to_peer(index, Signal::Media(media));
            }
        }
    }

    /// After a break: each side says again what may have been lost.
    pub(super) fn resend_all(&mut self) {
        for index in 0..self.peers.len() {
            self.peers[index].negotiation.resend();
            self.send_to_peer(index, Signal::Resend);
        }
        self.drain_orders();
        self.announce_media(None);
    }

    /// An order failed. A connection that cannot be made at all is the application's business.
    pub(super) fn peer_failed(&mut self, index: usize, what: String) {
        let text = ["connection to ", self.peers[index].user.as_str(), ": ", &what].concat();
        self.output(Output::Log(text));
        let call = &self.peers[index].call;
        let placing = self.placing.take_if(|placing| placing.invite.is_some() && placing.call == *call);
        if let Some(placing) = placing {
            use crate::error::CallError;
            self.complete(placing.command, Err(CallError::new(CallError::NOT_SUPPORTED, what)));
            self.close_peers(Some(&placing.call));
            self.output(Output::ReleaseMedia);
            self.take_held();
        }
    }

    pub(super) fn drain_orders(&mut self) {
        for index in 0..self.peers.len() {
            while let Some(order) = self.peers[index].negotiation.poll_order() {
                let peer = self.peers[index].id;
                match order {
                    Order::Send(signal) => self.send_to_peer(index, signal),
                    order => self.output(Output::Negotiate { peer, order }),
                }
            }
        }
    }

    /// Closes the connections that belong to no live member of the call at hand.
    pub(super) fn drop_strange_peers(&mut self) {
        let mut index = 0;
        while index < self.peers.len() {
            if self.belongs(index) {
                index += 1;
            } else {
                let peer = self.peers.remove(index).id;
                self.output(Output::ClosePeer { peer });
            }
        }
    }

    fn belongs(&mut self, index: usize) -> bool {
        let peer = &mut self.peers[index];
        let of_call = self.view.as_ref().filter(|view| view.call.id == peer.call);
        let member = of_call.and_then(|view| view.call.member(&peer.user)).filter(|member| member.state.is_live());
        match member {
            Some(member) => *peer.generation.get_or_insert(member.generation) == member.generation,
            None => self.placing.as_ref().is_some_and(|placing| placing.call == peer.call),
        }
    }

    /// Closes the connections of one call, or of all.
    pub(super) fn close_peers(&mut self, only: Option<&CallId>) {
        let concerned = |call: &CallId| only.is_none_or(|only| only == call);
        while let Some(index) = self.peers.iter().position(|peer| concerned(&peer.call)) {
            let peer = self.peers.remove(index).id;
            self.output(Output::ClosePeer { peer });
        }
        self.waiting.retain(|(call, ..)| !concerned(call));
    }

    fn peer_of(&self, user: &UserId) -> Option<usize> {
        let call = &self.view.as_ref()?.call.id;
        self.peers.iter().position(|peer| peer.call == *call && peer.user == *user)
    }
}

pub(super) fn is_relay(candidate: &str) -> bool {
    const RELAY: &[u8] = b" typ relay";
    // By bytes: the library's search for text is half a kilobyte of package.
    candidate.as_bytes().windows(RELAY.len()).any(|part| part == RELAY)
}
