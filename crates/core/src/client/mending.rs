//! How a peer connection that suffers is shown and mended: first by ICE restarts, then by a fresh connection, and when
//! nothing helps the call of two ends.

use super::{
    Client, Output, earlier,
    peers::{Opening, Peer},
};
use crate::{
    error::CallError,
    event::{CallEvent, PeerLinkState},
};
use call_protocol::{CallId, Description, MemberState, Millis, UserId};

/// A connection may falter for so long before something is done about it.
const SUSPECT_TIME: Millis = 2_500;
/// Members ping each other every second. Who has not been heard for so long may be out of reach, and ICE is restarted: a
/// browser says so only after some 6 s.
const SILENCE_TIME: Millis = 3_000;
/// It may take so long to come about: a machine may be busy with many of them.
const SETUP_TIME: Millis = 15_000;
/// It may take so long to recover after the first attempt to mend it, and twice as long after each further one, up to the
/// longest: to begin anew again and again would only add to what slows it down.
const PATIENCE: Millis = 8_000;
const LONGEST_PATIENCE: Millis = 32_000;
/// A call of two whose media are not back by then is over.
const GIVE_UP_TIME: Millis = 45_000;
const NO_RELAY: &str = "no way to the other side was found, and no TURN server gave a relayed one";

/// A connection that should be connected and is not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trouble {
    since: Millis,
    /// When the next attempt to mend it is due.
    next: Millis,
    attempts: u32,
    /// When the last one was made.
    tried: Millis,
}

impl Trouble {
    fn new(since: Millis, wait: Millis) -> Self {
        Self { since, next: since + wait, attempts: 0, tried: 0 }
    }

    /// The next attempt is made now, unless the last one has hardly begun.
    fn hurry(&mut self, now: Millis) {
        if self.attempts == 0 || self.tried + SUSPECT_TIME <= now {
            self.next = now;
        }
    }
}

impl Peer {
    /// The call is on, so it is to be connected soon.
    pub(super) fn expect_connected(&mut self, now: Millis) {
        if self.state != Some(PeerLinkState::Connected) {
            self.trouble.get_or_insert(Trouble::new(now, SETUP_TIME));
        }
    }

    /// When its silence becomes suspicious, where nothing else says yet that it is out of reach.
    fn suspect_at(&self) -> Option<Millis> {
        let fine = self.live && self.channel && !self.suspected && self.state == Some(PeerLinkState::Connected);
        self.heard.filter(|_| fine).map(|heard| heard + SILENCE_TIME)
    }

    fn note(&mut self, state: PeerLinkState, now: Millis) {
        self.state = Some(state);
        let wait = match state {
            PeerLinkState::Connected => {
                self.was_connected = true;
                return self.trouble = None;
            }
            PeerLinkState::Connecting => return,
            PeerLinkState::Reconnecting => SUSPECT_TIME,
            PeerLinkState::Failed => 0,
        };
        let trouble = self.trouble.get_or_insert(Trouble::new(now, wait));
        if self.suspected {
            // ICE was restarted when it fell silent.
            (trouble.attempts, trouble.tried, trouble.next) = (1, now, now + PATIENCE);
        }
        // A failed attempt is not waited for, but what falters while it is being mended has its time.
        if trouble.attempts == 0 {
            trouble.next = trouble.next.min(now + wait);
        } else if state == PeerLinkState::Failed {
            trouble.next = trouble.next.min(now + SUSPECT_TIME);
        }
    }
}

impl Client {
    pub(super) fn peer_state(&mut self, index: usize, state: PeerLinkState) {
        let peer = &mut self.peers[index];
        let (was_connected, has_relay) = (peer.was_connected, peer.has_relay);
        peer.note(state, self.now);
        if state == PeerLinkState::Failed && !was_connected && !has_relay {
            self.emit(CallEvent::Error { code: CallError::NO_RELAY, message: NO_RELAY.into() });
        }
        self.show_peer(index, state);
        self.mend_peers();
    }

    /// A member that the server has lost is shown so, unless its media come as before.
    pub(super) fn show_away(&mut self) {
        for index in 0..self.peers.len() {
            let peer = &self.peers[index];
            let member = self.view.as_ref().and_then(|view| view.call.member(&peer.user));
            let away = member.is_some_and(|member| member.away && Some(member.generation) == peer.generation);
            match peer.state {
                Some(PeerLinkState::Connected) => {}
                _ if away => self.show_peer(index, PeerLinkState::Reconnecting),
                state if peer.shown != state => self.show_peer(index, state.unwrap_or(PeerLinkState::Connecting)),
                _ => {}
            }
        }
    }

    /// The network has changed: connections that suffer are mended now, and the others may have been cut off by it.
    pub(super) fn hurry_peers(&mut self) {
        for index in 0..self.peers.len() {
            match &mut self.peers[index].trouble {
                Some(trouble) => trouble.hurry(self.now),
                None => self.suspect(index),
            }
        }
        self.mend_peers();
    }

    pub(super) fn peers_due(&self) -> Option<Millis> {
        let due = |peer: &Peer| earlier(peer.trouble.map(|trouble| trouble.next), peer.suspect_at());
        self.peers.iter().filter_map(due).min()
    }

    /// Whether somebody in the call can't be reached; the reason may be on this side.
    pub(super) fn misses_somebody(&self) -> bool {
        self.peers.iter().any(|peer| peer.suspected || peer.trouble.is_some_and(|trouble| trouble.attempts > 0))
    }

    fn suspect_silent(&mut self) {
        for index in 0..self.peers.len() {
            if self.peers[index].suspect_at().is_some_and(|at| at <= self.now) {
                self.suspect(index);
            }
        }
    }

    /// ICE is restarted, which a connection that is well does not feel. More is done when the browser says, too, that it
    /// suffers: a page that is asleep is silent while its media go on.
    fn suspect(&mut self, index: usize) {
        if self.peers[index].suspect_at().is_some() {
            self.peers[index].suspected = true;
            self.restart_ice(index);
        }
    }

    /// Does what is due about connections that suffer.
    pub(super) fn mend_peers(&mut self) {
        self.suspect_silent();
        let is_due = |peer: &Peer, now| peer.trouble.is_some_and(|trouble| trouble.next <= now);
        while let Some(index) = self.peers.iter().position(|peer| is_due(peer, self.now)) {
            let peer = &mut self.peers[index];
            let Some(trouble) = &mut peer.trouble else { return };
            trouble.next = self.now + (PATIENCE << trouble.attempts.min(2)).min(LONGEST_PATIENCE);
            trouble.tried = self.now;
            let renews = trouble.attempts > 0;
            trouble.attempts += 1;
            let hopeless = trouble.since + GIVE_UP_TIME <= self.now;
            // Without the server nothing new can be agreed on but by the channel of this very connection, and nobody's end
            // be told from a network that is away.
            if !self.link.is_online() {
                self.restart_ice(index);
            } else if hopeless && self.is_only_peer(index) {
                return self.give_up_media();
            } else if renews {
                self.renew_peer(index);
            } else {
                self.restart_ice(index);
            }
        }
        self.drain_orders();
    }

    /// The other side has made a fresh connection: this side does, too.
    pub(super) fn follow_to(&mut self, index: usize, description: Description) {
        self.reopen_peer(index, description.epoch);
        self.peers[index].negotiation.remote_description(description);
        let (call, user) = (self.peers[index].call.clone(), self.peers[index].user.clone());
        self.take_early(&call, &user);
    }

    fn restart_ice(&mut self, index: usize) {
        if self.peers[index].offers {
            self.peers[index].negotiation.offer(true);
        }
    }

    /// Only one side does, so that there is one fresh connection.
    pub(super) fn renew_peer(&mut self, index: usize) {
        if self.peers[index].offers {
            let epoch = self.peers[index].negotiation.epoch() + 1;
            self.reopen_peer(index, epoch);
            self.peers[index].negotiation.offer(false);
        }
    }

    /// Closes a connection and opens another one to the same member in its place.
    fn reopen_peer(&mut self, index: usize, epoch: u32) {
        let old = &self.peers[index];
        let (id, call, user) = (old.id, old.call.clone(), old.user.clone());
        let (generation, offers) = (old.generation, old.offers);
        self.output(Output::ClosePeer { peer: id });
        self.open_peer(Opening { call, user, generation, offers, epoch, relayed: false });
        let old = self.peers.swap_remove(index);
        let new = &mut self.peers[index];
        (new.trouble, new.shown, new.live) = (old.trouble, old.shown, old.live);
        if new.live {
            let peer = new.id;
            self.output(Output::GoLive { peer });
        }
    }

    fn is_only_peer(&self, index: usize) -> bool {
        let call: &CallId = &self.peers[index].call;
        let others = |member: &&call_protocol::MemberView| member.state == MemberState::Joined;
        let view = self.view.as_ref().filter(|view| view.call.id == *call);
        view.is_some_and(|view| view.call.members.iter().filter(others).count() == 2)
    }

    fn give_up_media(&mut self) {
        let text = "the connection to the other side is lost and could not be made again";
        self.emit(CallEvent::Error { code: CallError::NO_MEDIA, message: text.into() });
        self.leave_quietly(self.now);
    }

    fn show_peer(&mut self, index: usize, state: PeerLinkState) {
        let peer = &mut self.peers[index];
        if peer.shown.replace(state) != Some(state) {
            let user: UserId = peer.user.clone();
            self.emit(CallEvent::PeerLink { user, state });
        }
    }
}
