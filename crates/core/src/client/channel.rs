//! What goes from member to member without the server: the data channel of each peer connection.

use super::{Client, Output, peers::Peer, requests::Purpose};
use crate::diff::events;
use call_protocol::{
    CallId, ClientMessage, Generation, MemberState, Millis, Reason, Shows, Signal, SignalTo, Snapshot, UserId,
};

const PING_INTERVAL: Millis = 1_000;
/// A member heard so recently is vouched for.
const HEARD_TIME: Millis = 5_000;

/// Members who have said goodbye, before the server has said so.
#[derive(Debug, Default)]
pub(super) struct Departed(Vec<(CallId, UserId, Generation)>);

impl Departed {
    /// The overlay over every snapshot: it only moves a generation to its end, so channel and server cannot disagree,
    /// only lag.
    pub fn apply(&self, call: &mut Snapshot) {
        let now = call.now;
        for (of, user, generation) in &self.0 {
            if *of == call.id {
                depart(call, user, *generation, now);
            }
        }
    }

    pub fn forget(&mut self, call: &CallId) {
        self.0.retain(|(of, ..)| of != call);
    }
}

impl Client {
    pub(super) fn channel_changed(&mut self, index: usize, open: bool) {
        self.peers[index].channel = open;
        if !open {
            return;
        }
        self.peers[index].heard(self.now);
        self.ping_at.get_or_insert(self.now + PING_INTERVAL);
        let shows = self.peers[index].shows;
        if shows != Shows::default() {
            self.send_by_channel(index, &Signal::Shows(shows));
        }
        if self.peers[index].live {
            let user = self.peers[index].user.clone();
            self.announce_media(Some(&user));
        }
    }

    pub(super) fn channel_signal(&mut self, index: usize, signal: Signal) {
        let peer = &mut self.peers[index];
        peer.heard(self.now);
        let (call, user) = (peer.call.clone(), peer.user.clone());
        match signal {
            Signal::Ping => {}
            Signal::Bye { generation } => self.said_bye(&call, &user, generation),
            Signal::Shows(shows) => {
                let peer = peer.id;
                self.output(Output::Limit { peer, shows });
            }
            signal => self.take_signal(call, user, signal),
        }
    }

    pub(super) fn ping(&mut self, now: Millis) {
        if self.ping_at.take_if(|at| *at <= now).is_none() {
            return;
        }
        for index in 0..self.peers.len() {
            self.send_by_channel(index, &Signal::Ping);
        }
        if self.peers.iter().any(|peer| peer.channel) {
            self.ping_at = Some(now + PING_INTERVAL);
        }
    }

    /// Whom this session vouches for.
    pub(super) fn heard(&self) -> Vec<UserId> {
        let since = self.now.saturating_sub(HEARD_TIME);
        let heard = self.peers.iter().filter(|peer| peer.channel && peer.heard.is_some_and(|at| at > since));
        heard.map(|peer| peer.user.clone()).collect()
    }

    /// Tells the members of a call that this session leaves it.
    pub(super) fn say_bye(&mut self, call: &CallId, generation: Generation) {
        for index in 0..self.peers.len() {
            if self.peers[index].call == *call {
                self.send_by_channel(index, &Signal::Bye { generation });
            }
        }
    }

    /// By every way that is open. Nothing in it does harm when it comes twice.
    pub(super) fn send_to_peer(&mut self, index: usize, signal: Signal) {
        self.send_by_channel(index, &signal);
        let peer = &self.peers[index];
        self.send(ClientMessage::Signal(SignalTo { call: peer.call.clone(), to: peer.user.clone(), signal }));
    }

    pub(super) fn send_by_channel(&mut self, index: usize, signal: &Signal) {
        let Peer { id, channel, .. } = self.peers[index];
        if channel {
            self.output(Output::SendPeer { peer: id, signal: signal.clone() });
        }
    }

    fn said_bye(&mut self, call: &CallId, user: &UserId, generation: Generation) {
        let Some(me) = self.link.user().cloned() else { return };
        let Some(view) = self.view.clone().filter(|view| view.call.id == *call && view.has_begun(&me)) else { return };
        let mut rest = view.clone();
        let at = self.server_time(self.now);
        if !depart(&mut rest.call, user, generation, at) {
            return;
        }
        self.departed.0.push((call.clone(), user.clone(), generation));
        self.news(events(Some(&view), &rest, &me));
        let others = rest.call.members.iter().any(|member| member.state.is_live() && member.user != me);
        let own = rest.own(&me).map(|own| own.generation);
        self.view = Some(rest);
        match own {
            Some(generation) if !others => {
                // The server may have heard of it or not.
                self.request(self.leave(call, generation, Some(user.clone())), Purpose::Quiet, self.now);
                self.end_locally(Reason::HangUp, Some(user.clone()));
            }
            _ => self.drop_strange_peers(),
        }
    }

    /// What the server's clock showed at this time of the own one, as far as its last word tells.
    pub(super) fn server_time(&self, at: Millis) -> Millis {
        let (server, own) = self.clocks;
        server.saturating_add(at).saturating_sub(own)
    }
}

/// False: it has left already, or has come again.
fn depart(call: &mut Snapshot, user: &UserId, generation: Generation, at: Millis) -> bool {
    let member = call.members.iter_mut().find(|member| member.user == *user && member.generation == generation);
    let Some(member) = member.filter(|member| member.state == MemberState::Joined) else { return false };
    (member.state, member.reason, member.by, member.at) =
        (MemberState::Left, Some(Reason::HangUp), Some(user.clone()), at);
    true
}
