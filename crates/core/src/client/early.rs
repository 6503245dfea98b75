//! How far a connection is made while the call rings.

use super::{Client, Output, peers::Peer};
use call_protocol::{ConnectWhileRinging, IceServer, MemberState, Welcome};

/// What the application, the server and the network allow.
#[derive(Debug, Default)]
pub(super) struct Early {
    wanted: Option<ConnectWhileRinging>,
    allowed: ConnectWhileRinging,
    has_turn: bool,
}

impl Early {
    pub fn learn<S>(&mut self, welcome: &Welcome<S>) {
        let turn = |server: &IceServer| server.urls.iter().any(|url| url.starts_with("turn"));
        self.has_turn = welcome.ice_servers.iter().any(turn);
        self.allowed = welcome.connect;
    }

    pub fn mode(&self) -> ConnectWhileRinging {
        match self.wanted.unwrap_or(self.allowed).min(self.allowed) {
            ConnectWhileRinging::Relay if !self.has_turn => ConnectWhileRinging::Prepare,
            mode => mode,
        }
    }

    pub fn is_relayed(&self) -> bool {
        self.mode() == ConnectWhileRinging::Relay
    }
}

impl Client {
    /// What the application wants; the server may allow less.
    pub fn connect_while_ringing(&mut self, wanted: ConnectWhileRinging) {
        self.early.wanted = Some(wanted);
    }

    /// The call is on: what was kept back while it rang is so no longer.
    pub(super) fn lift_relay(&mut self, index: usize) {
        let Peer { id, .. } = self.peers[index];
        if std::mem::take(&mut self.peers[index].relayed) {
            self.output(Output::LiftRelay { peer: id });
            // The other side restarts ICE where it was relayed as well.
            if self.peers[index].offers || !self.peers[index].meets_relay_only {
                self.peers[index].negotiation.offer(true);
            }
        }
    }

    /// The offer was answered by a device that did not accept the call, and by the one that did: the connection belongs to
    /// the first, so another one is made.
    pub(super) fn leave_fork(&mut self, index: usize) {
        let peer = &self.peers[index];
        let joined = self.view.as_ref().and_then(|view| view.call.member(&peer.user));
        if peer.negotiation.is_forked() && joined.is_some_and(|member| member.state == MemberState::Joined) {
            self.renew_peer(index);
        }
    }
}
