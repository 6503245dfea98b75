//! Data channels between pages: a way that does not know the server.

use super::{person::Later, world::World};
use call_core::{Client, PeerId, PeerInput};
use call_protocol::{MemberState, Millis, ServerMessage, Signal, UserId};

/// One end of a connection.
pub type End = (&'static str, u32, PeerId);

impl World {
    /// When both ends are live, the channel comes about.
    pub fn went_live(&mut self, who: &'static str, peer: PeerId) {
        if !self.cluster.conditions.channels {
            return;
        }
        if let Some(other) = self.other_end(who, peer) {
            let delay = self.rng.between(5, 80) as Millis;
            let own = (who, self.person(who).life, peer);
            self.connect_later(delay, own, other);
        }
    }

    pub fn connect_ends(&mut self, ends: [End; 2]) {
        let now = self.now();
        let is_there = |world: &Self, (who, life, peer): End| {
            let person = world.people.get(who).filter(|person| person.life == life);
            person.is_some_and(|person| person.live.contains(&peer) && person.asleep_until.is_none_or(|it| it <= now))
        };
        if !ends.iter().all(|end| is_there(self, *end)) {
            return;
        }
        for (who, _, peer) in ends {
            let person = self.person(who);
            if person.channels.insert(peer) {
                let now = now + person.skew;
                person.client.handle_peer(peer, PeerInput::Channel(true), now);
                self.work(who);
            }
        }
    }

    pub fn send_to_peer(&mut self, who: &'static str, peer: PeerId, signal: Signal) {
        let now = self.now();
        let is_cut = |world: &Self, who| world.people[who].offline_until.is_some_and(|until| until > now);
        let person = self.person(who);
        if !person.channels.contains(&peer) {
            return;
        }
        if matches!(signal, Signal::Bye { .. }) {
            let by = person.account.user.clone();
            self.byes.insert(by);
        }
        let Some((other, life, other_peer)) = self.other_end(who, peer) else { return };
        if !is_cut(self, who) && !is_cut(self, other) {
            let delay = self.rng.between(1, 30) as Millis;
            self.page_later(delay, other, life, Later::Report(other_peer, PeerInput::Signal(signal)));
        }
    }

    /// The other end notices after a while.
    pub fn closed_peer(&mut self, who: &'static str, peer: PeerId) {
        if self.person(who).channels.remove(&peer)
            && let Some((other, life, other_peer)) = self.other_end(who, peer)
        {
            let delay = self.rng.between(40, 3_000) as Millis;
            self.page_later(delay, other, life, Later::Report(other_peer, PeerInput::Channel(false)));
        }
        self.person(who).with.remove(&peer);
    }

    fn other_end(&self, who: &str, peer: PeerId) -> Option<End> {
        let person = &self.people[who];
        let (me, with) = (&person.account.user, person.with.get(&peer)?);
        self.people.iter().filter(|(_, other)| other.account.user == *with).find_map(|(name, other)| {
            let back = other.live.iter().find(|back| other.with.get(back) == Some(me))?;
            Some((*name, other.life, *back))
        })
    }
}

/// Whether a snapshot that is news to a client has somebody in its call who, as far as the client knows, has left it.
pub fn tells_of_departed(news: &ServerMessage<Signal>, client: &Client) -> bool {
    let (ServerMessage::Call(news), Some(view)) = (news, client.call()) else { return false };
    let is_newer = news.call.id == view.call.id && news.call.rev > view.call.rev;
    let has_left = |user: &UserId, generation| {
        let known = view.call.member(user).filter(|known| known.generation == generation);
        known.is_some_and(|known| known.state == MemberState::Left)
    };
    let mut there = news.call.members.iter().filter(|member| member.state == MemberState::Joined);
    is_newer && there.any(|member| has_left(&member.user, member.generation))
}
