//! What makes a list of events a legal story of one session.

use call_core::{CallEvent, Role, View};
use call_protocol::{MediaState, MemberState, MemberView, Phase, Reason, Snapshot, UserId};
use std::collections::{BTreeSet, HashMap};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Expected,
    /// In the call since before this session was rung; announced when it begins here.
    There,
    Joined,
    Out(MemberState),
}

/// Follows the events of one session and objects to what cannot be.
#[derive(Default)]
pub struct Machine {
    received: bool,
    begun: bool,
    over: usize,
    /// Members who are shown from the start, as the invitation shows them.
    parts: HashMap<UserId, Part>,
    tracks: HashMap<(UserId, &'static str), bool>,
    last: Option<CallEvent>,
    me: Option<UserId>,
    /// Members may come back after they were out.
    returns: bool,
}

type Legal = Result<(), String>;

#[allow(dead_code)] // each test binary uses its own part
impl Machine {
    /// For a session whose first sight of the call is an invitation, which shows how the others are doing.
    pub fn rung(first: &Snapshot, me: &UserId) -> Self {
        let rung_at = first.member(me).map_or(0, |own| own.at);
        let part = |member: &MemberView| match part(member.state) {
            Part::Joined if member.joined_at <= Some(rung_at) => Part::There,
            Part::Joined => Part::Expected,
            part => part,
        };
        let parts = first.members.iter().map(|member| (member.user.clone(), part(member)));
        Self { parts: parts.collect(), me: Some(me.clone()), ..Self::default() }
    }

    /// For a session whose first sight of the call is that it is in it: whoever is there is announced, and nobody else.
    pub fn joining(first: &Snapshot, me: &UserId) -> Self {
        let part = |member: &MemberView| match part(member.state) {
            Part::Joined => Part::Expected,
            part => part,
        };
        let parts = first.members.iter().map(|member| (member.user.clone(), part(member)));
        Self { parts: parts.collect(), me: Some(me.clone()), ..Self::default() }
    }

    /// For a session that sees this call, or its new part in it, for the first time.
    pub fn at_first_sight(first: &Snapshot, me: &UserId) -> Self {
        match first.member(me) {
            Some(own) if own.state == MemberState::Ringing => Self::rung(first, me),
            Some(own) if first.mine && own.prev.is_none() => Self::new(me),
            _ => Self::joining(first, me),
        }
    }

    pub fn new(me: &UserId) -> Self {
        Self { me: Some(me.clone()), ..Self::default() }
    }

    /// For calls in which members are invited again, or join again.
    pub fn of_returning(self) -> Self {
        Self { returns: true, ..self }
    }

    pub fn is_over(&self) -> bool {
        self.over > 0
    }

    pub fn take(&mut self, event: &CallEvent) -> Legal {
        rule(self.over == 0, "after the end")?;
        match event {
            CallEvent::Received(call) => {
                rule(!self.received && self.last.is_none(), "received first and once")?;
                rule(call.role == Role::Callee, "only a callee receives")?;
                self.received = true;
            }
            CallEvent::Begin(call) => {
                rule(!self.begun, "begins once")?;
                let joined = self.parts.values().any(|part| *part == Part::Joined);
                rule(self.returns || call.role == Role::Callee || joined, "a caller begins when somebody has joined")?;
                self.begun = true;
            }
            CallEvent::Joined { user } => {
                let begun = self.begun;
                self.moves(user, |part| part == Part::Expected || begun && part == Part::There, Part::Joined)?;
            }
            CallEvent::Inviting { user } => self.moves(user, |part| part == Part::Expected, Part::Expected)?,
            CallEvent::Accepted { user } => {
                let joined = CallEvent::Joined { user: user.clone() };
                rule(self.last.as_ref() == Some(&joined), "accepted right after joined")?;
            }
            CallEvent::Left { user } => {
                self.moves(user, |part| matches!(part, Part::Joined | Part::There), Part::Out(MemberState::Left))?;
                self.tracks.retain(|(owner, _), _| owner != user);
            }
            CallEvent::Rejected { user } => self.fails(user, MemberState::Rejected)?,
            CallEvent::Busy { user } => self.fails(user, MemberState::Busy)?,
            CallEvent::NoResponse { users, .. } => {
                rule(!users.is_empty(), "somebody did not answer")?;
                users.iter().try_for_each(|user| self.fails(user, MemberState::NoResponse))?;
            }
            CallEvent::Audio { user, on } => self.track(user, "audio", *on)?,
            CallEvent::Video { user, on } => self.track(user, "video", *on)?,
            CallEvent::Screen { user, on } => self.track(user, "screen", *on)?,
            CallEvent::MediaTypeChanged { old, new } => rule(old != new, "a change of the media type")?,
            CallEvent::RingingTimeout { .. } => {}
            CallEvent::Members { users } => {
                rule(self.begun, "members of a call that has begun")?;
                let joined = self.parts.iter().filter(|(_, part)| **part == Part::Joined).map(|(user, _)| user);
                let known: BTreeSet<_> = joined.chain(self.me.as_ref()).collect();
                rule(users.iter().collect::<BTreeSet<_>>() == known, "the members that were told of")?;
            }
            CallEvent::End { .. } => {
                rule(self.begun, "an end after a begin")?;
                self.over += 1;
            }
            CallEvent::NotConnected { reason, .. } => {
                rule(!self.begun, "not connected without a begin")?;
                let expired = matches!(self.last, Some(CallEvent::RingingTimeout { .. }));
                rule(!expired || *reason == Reason::NoResponse, "an expiry means no response")?;
                self.over += 1;
            }
            other => return Err(format!("not from snapshots: {other:?}")),
        }
        self.last = Some(event.clone());
        Ok(())
    }

    /// Whether the events amount to what the session knows now.
    pub fn check_arrived_at(&self, view: &View, me: &UserId) -> Legal {
        let own = view.own(me).ok_or("not a member")?;
        if !view.is_live(me) {
            return rule(self.over == 1, "one end");
        }
        rule(self.over == 0, "no end of what goes on")?;
        let begun = own.here && view.call.phase == Phase::Connected;
        rule(self.begun == begun, "begun as the call has")?;
        for member in view.call.members.iter().filter(|member| member.user != *me) {
            let shown = self.parts.get(&member.user).copied().unwrap_or(Part::Expected);
            let known_busy = member.invited_by.as_ref() == Some(me) || self.parts.contains_key(&member.user);
            let went_before = !view.call.mine
                && !self.parts.contains_key(&member.user)
                && own.joined_at.is_some_and(|joined| member.at <= joined);
            let is = match member.state {
                MemberState::Busy if !known_busy => Part::Expected,
                state if went_before && !state.is_live() => Part::Expected,
                state => part(state),
            };
            let is = if is == Part::Joined && shown == Part::There && !begun { Part::There } else { is };
            // What became of somebody who was invited again is told to the inviter alone.
            let agree = shown == is || member.generation > 1 && matches!((shown, is), (Part::Out(_), Part::Out(_)));
            rule(agree, &format!("{} shown as {shown:?}, is {:?}", member.user, member.state))?;
            let said = view.media.iter().find(|(owner, _)| *owner == member.user).map(|(_, media)| *media);
            let counts = |media: &MediaState| begun && is == Part::Joined && media.generation == member.generation;
            let said = said.filter(counts).unwrap_or_default();
            for (kind, on) in [("audio", said.audio), ("video", said.video)] {
                let shown = self.tracks.get(&(member.user.clone(), kind)).copied().unwrap_or(false);
                rule(shown == on, &format!("{kind} of {} shown as {shown}", member.user))?;
            }
        }
        Ok(())
    }

    fn fails(&mut self, user: &UserId, state: MemberState) -> Legal {
        self.moves(user, |part| part == Part::Expected, Part::Out(state))
    }

    fn moves(&mut self, user: &UserId, from: impl Fn(Part) -> bool, to: Part) -> Legal {
        rule(self.me.as_ref() != Some(user), "an event about oneself")?;
        let returns = self.returns;
        let is = self.parts.entry(user.clone()).or_insert(Part::Expected);
        let came_back = returns && matches!(is, Part::Out(_)) && from(Part::Expected);
        rule(from(*is) || came_back, &format!("{user} from {is:?} to {to:?}"))?;
        *is = to;
        Ok(())
    }

    fn track(&mut self, user: &UserId, kind: &'static str, on: bool) -> Legal {
        rule(self.begun, "tracks after the own begin")?;
        rule(self.parts.get(user) == Some(&Part::Joined), "tracks of members who have joined")?;
        let was = self.tracks.insert((user.clone(), kind), on).unwrap_or(false);
        rule(was != on, "a track that changes")
    }
}

fn part(state: MemberState) -> Part {
    match state {
        MemberState::Claiming | MemberState::Ringing => Part::Expected,
        MemberState::Joined => Part::Joined,
        MemberState::Offline | MemberState::Kicked => Part::Out(MemberState::Left),
        out => Part::Out(out),
    }
}

fn rule(holds: bool, name: &str) -> Legal {
    if holds { Ok(()) } else { Err(name.to_owned()) }
}
