//! Events from snapshots.

use crate::event::{CallEvent, CallInfo, Role};
use call_protocol::{MediaState, MemberState, MemberView, Phase, Previous, Reason, Snapshot, UserId};
use std::sync::Arc;

/// A call as one session knows it: the authority's snapshot, and what the members say they publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    pub call: Snapshot,
    /// One entry a member at most.
    pub media: Vec<(UserId, MediaState)>,
}

impl View {
    pub fn own<'a>(&'a self, me: &UserId) -> Option<&'a MemberView> {
        self.call.member(me)
    }

    /// Whether this session is still part of the call: rung, waiting for an answer, or in it.
    pub fn is_live(&self, me: &UserId) -> bool {
        self.own(me).is_some_and(is_live)
    }

    /// Whether this session has been told that the call began.
    pub fn has_begun(&self, me: &UserId) -> bool {
        self.own(me).is_some_and(|own| has_begun(&self.call, own))
    }

    /// Takes in what `user` says it publishes. False: it is older than what is known.
    pub fn publish(&mut self, user: &UserId, media: MediaState) -> bool {
        let Some((_, known)) = self.media.iter_mut().find(|(owner, _)| owner == user) else {
            self.media.push((user.clone(), media));
            return true;
        };
        let newer = (media.generation, media.n) > (known.generation, known.n);
        if newer {
            *known = media;
        }
        newer
    }

    /// Nothing, as long as it has not said what.
    pub(crate) fn published(&self, member: &MemberView) -> MediaState {
        let of_member =
            |(user, media): &&(UserId, MediaState)| *user == member.user && media.generation == member.generation;
        self.media.iter().find(of_member).map(|(_, media)| *media).unwrap_or_default()
    }
}

/// What a session of `me` is told when its view changes from `old` to `new`.
///
/// However many revisions lie between the two, the events are a legal path to the same final state; with every
/// revision seen they are the full history. Order: how earlier generations ended, failures, who joined (the
/// caller is told of them before its own begin, a callee after), invitations, media type, tracks, who left, who is in
/// a group now, and last the session's own end.
pub fn events(old: Option<&View>, new: &View, me: &UserId) -> Vec<CallEvent> {
    let Some(own) = new.own(me) else { return Vec::new() };
    let own_before = old.and_then(|view| view.own(me));
    let mut diff = Diff { old, own_before, new, me, own, info: Arc::new(call_info(&new.call, me)), out: Vec::new() };
    match own_before {
        Some(before) if before.generation == own.generation && !is_live(before) => {}
        Some(before) if before.generation == own.generation => diff.members(),
        Some(before) => {
            if is_live(before) {
                diff.finish_own_previous(before);
            }
            (diff.old, diff.own_before) = (None, None);
            // However late: how it ends will be told.
            diff.enter();
        }
        None if rings_too_late(own, &new.call) => {}
        None => diff.enter(),
    }
    diff.out
}

struct Diff<'a> {
    old: Option<&'a View>,
    own_before: Option<&'a MemberView>,
    new: &'a View,
    me: &'a UserId,
    own: &'a MemberView,
    info: Arc<CallInfo>,
    out: Vec<CallEvent>,
}

impl<'a> Diff<'a> {
    /// The session hears of the call, or of this generation of its own, for the first time.
    fn enter(&mut self) {
        match self.own.state {
            MemberState::Ringing => {
                self.out.push(CallEvent::Received(self.info.clone()));
                for member in self.new.call.members.iter().filter(|member| member.user != *self.me) {
                    if member.state == MemberState::Joined && !joined_before_ringing(member, self.own) {
                        self.out.push(CallEvent::Joined { user: member.user.clone() });
                    }
                }
            }
            _ if self.new.call.mine && self.own.prev.is_none() => self.members(),
            MemberState::Joined if self.own.here => self.joins(),
            _ => {}
        }
    }

    /// Whoever comes into a running call is told who is there, and nothing of what was before.
    fn joins(&mut self) {
        let new = self.new;
        let others = new.call.members.iter().filter(|member| member.user != *self.me);
        self.out.push(CallEvent::Begin(self.info.clone()));
        for member in others.filter(|member| member.state == MemberState::Joined) {
            self.out.push(CallEvent::Joined { user: member.user.clone() });
        }
        self.tracks();
        self.group_members();
    }

    fn members(&mut self) {
        let (mut joined, mut invited, mut left) = (Vec::new(), Vec::new(), Vec::new());
        let mut no_response = Vec::new();
        let own_ringing_expired = self.own.state == MemberState::NoResponse;
        for (member, seen) in self.others() {
            let before = state_before(member, seen);
            self.finish_previous(member, seen);
            let user = || member.user.clone();
            if self.was_there_before_ringing(member, before) {
                joined.push(member);
            }
            if before == Some(member.state) {
                continue;
            }
            if before.is_none() && member.invite > 0 && member.state == MemberState::Ringing {
                invited.push(member);
            }
            if member.joined_at.is_some() && before != Some(MemberState::Joined) {
                joined.push(member);
            }
            match member.state {
                MemberState::Rejected => self.out.push(CallEvent::Rejected { user: user() }),
                MemberState::Busy if member.invited_by.as_ref() == Some(self.me) => {
                    self.out.push(CallEvent::Busy { user: user() })
                }
                MemberState::NoResponse if !own_ringing_expired => no_response.push(member),
                MemberState::Left | MemberState::Offline | MemberState::Kicked
                    if went_alone(member) && !self.ends_unbegun_by(member) =>
                {
                    left.push(member)
                }
                _ => {}
            }
        }
        if let Some(first) = no_response.first() {
            let inviter = first.invited_by.as_ref().unwrap_or(&self.new.call.caller).clone();
            let mut users = Vec::new();
            for member in &no_response {
                users.push(member.user.clone());
            }
            self.out.push(CallEvent::NoResponse { inviter, users });
        }
        self.joined(&joined);
        for member in invited {
            self.out.push(CallEvent::Inviting { user: member.user.clone() });
        }
        self.media_type();
        self.tracks();
        for member in left {
            self.out.push(CallEvent::Left { user: member.user.clone() });
        }
        self.group_members();
        self.own_end();
    }

    /// Who was in the call when this session was rung is announced when the call begins for it, after the begin; who
    /// joined while it rang has been announced then.
    fn was_there_before_ringing(&self, member: &MemberView, before: Option<MemberState>) -> bool {
        let Some(rung) = self.own_before.filter(|own| own.state == MemberState::Ringing) else { return false };
        self.begins() && before == Some(MemberState::Joined) && joined_before_ringing(member, rung)
    }

    fn begins(&self) -> bool {
        has_begun(&self.new.call, self.own) && !self.begun_before()
    }

    /// Who was only rung is told by its own end alone that the caller is gone.
    fn ends_unbegun_by(&self, member: &MemberView) -> bool {
        !is_live(self.own) && !has_begun(&self.new.call, self.own) && self.own.by.as_ref() == Some(&member.user)
    }

    /// Each other member, and what was last seen of it.
    fn others(&self) -> impl Iterator<Item = (&'a MemberView, Option<&'a MemberView>)> + use<'a> {
        let Self { old, new, me, .. } = *self;
        let others = new.call.members.iter().enumerate().filter(move |(_, member)| member.user != *me);
        others.map(move |(place, member)| (member, old.and_then(|view| view.call.member_near(place, &member.user))))
    }

    /// A member came back under a new generation: says first how the one seen before ended.
    fn finish_previous(&mut self, member: &MemberView, seen: Option<&MemberView>) {
        let Some(before) = seen else { return };
        if before.generation == member.generation || !before.state.is_live() {
            return;
        }
        let user = member.user.clone();
        let inviter = before.invited_by.as_ref().unwrap_or(&self.new.call.caller).clone();
        match known_end(member, before) {
            _ if before.state == MemberState::Joined => self.out.push(CallEvent::Left { user }),
            Some(end) if end.state == MemberState::Rejected => self.out.push(CallEvent::Rejected { user }),
            Some(end) if end.joined_at.is_some() => {
                self.out.extend([CallEvent::Joined { user: user.clone() }, CallEvent::Left { user }]);
            }
            end if member.state.is_live() && end.is_none_or(|end| end.state != MemberState::NoResponse) => {}
            // Or how it ended is not known: what matters is that it does not ring any more.
            _ => self.out.push(CallEvent::NoResponse { inviter, users: vec![user] }),
        }
    }

    fn joined(&mut self, joined: &[&MemberView]) {
        let begins = self.begins();
        let is_caller = self.info.role == Role::Caller;
        if begins && !is_caller {
            self.out.push(CallEvent::Begin(self.info.clone()));
        }
        for member in joined {
            self.out.push(CallEvent::Joined { user: member.user.clone() });
            if member.invited_by.as_ref() == Some(self.me) {
                self.out.push(CallEvent::Accepted { user: member.user.clone() });
            }
        }
        if begins && is_caller {
            self.out.push(CallEvent::Begin(self.info.clone()));
        }
    }

    fn media_type(&mut self) {
        let Some(old) = self.old else { return };
        let (old, new) = (old.call.media, self.new.call.media);
        if old != new {
            self.out.push(CallEvent::MediaTypeChanged { old, new });
        }
    }

    fn tracks(&mut self) {
        if !is_live(self.own) || !has_begun(&self.new.call, self.own) {
            return;
        }
        let old = self.old.filter(|_| self.begun_before());
        let unchanged = old.is_some_and(|old| old.media == self.new.media);
        for (member, seen) in self.others().filter(|(member, _)| member.state == MemberState::Joined) {
            let was_joined = state_before(member, seen) == Some(MemberState::Joined);
            if was_joined && unchanged {
                continue;
            }
            let before = old.filter(|_| was_joined).map(|old| old.published(member)).unwrap_or_default();
            let now = self.new.published(member);
            if before.video != now.video {
                self.out.push(CallEvent::Video { user: member.user.clone(), on: now.video });
            }
            if before.audio != now.audio {
                self.out.push(CallEvent::Audio { user: member.user.clone(), on: now.audio });
            }
            if before.screen != now.screen {
                self.out.push(CallEvent::Screen { user: member.user.clone(), on: now.screen });
            }
        }
    }

    fn group_members(&mut self) {
        if !self.info.group || !is_live(self.own) || !has_begun(&self.new.call, self.own) {
            return;
        }
        let before = self.old.filter(|_| self.begun_before()).map(|view| joined_users(&view.call));
        let users = joined_users(&self.new.call);
        if before.as_ref() != Some(&users) {
            self.out.push(CallEvent::Members { users });
        }
    }

    fn own_end(&mut self) {
        if is_live(self.own) {
            return;
        }
        let call = self.info.clone();
        if has_begun(&self.new.call, self.own) {
            let since = self.own.joined_at.max(self.new.call.begun_at).unwrap_or(self.own.at);
            let reason = self.own.reason.unwrap_or(Reason::Unknown);
            let duration = self.own.at.saturating_sub(since);
            self.out.push(CallEvent::End { call, reason, by: self.own.by.clone(), duration });
            return;
        }
        let (reason, by) = match self.own.state {
            // Whatever came of it since.
            _ if self.own.joined_at.is_some() && !self.own.here => (Reason::AnsweredElsewhere, Some(self.me.clone())),
            MemberState::Rejected if !self.own.here => (Reason::RejectedElsewhere, Some(self.me.clone())),
            _ => (self.own.reason.unwrap_or(Reason::Unknown), self.own.by.clone()),
        };
        if self.own.state == MemberState::NoResponse {
            self.out.push(CallEvent::RingingTimeout { inviter: call.inviter.clone(), user: self.me.clone() });
        }
        self.out.push(CallEvent::NotConnected { call, reason, by });
    }

    /// A new generation of the session's own user replaced one that this session was part of.
    fn finish_own_previous(&mut self, before: &MemberView) {
        let end = known_end(self.own, before);
        let (call, me) = (self.info.clone(), Some(self.me.clone()));
        let (reason, by) = match end {
            None => (Reason::EndedByServer, None),
            // This page was part of it, but has come back as another session.
            Some(end) if before.here => (end.reason.unwrap_or(Reason::Unknown), end.by.clone()),
            Some(end) if end.joined_at.is_some() && !end.here => (Reason::AnsweredElsewhere, me),
            Some(end) if end.state == MemberState::Rejected && !end.here => (Reason::RejectedElsewhere, me),
            Some(end) => (end.reason.unwrap_or(Reason::Unknown), end.by.clone()),
        };
        let begun_before = self.begun_before();
        let joined = match end {
            Some(end) if end.here => end.joined_at,
            _ => before.joined_at.filter(|_| begun_before),
        };
        let since = joined.zip(self.new.call.begun_at).map(|(joined, begun)| joined.max(begun));
        if end.is_some_and(|end| end.state == MemberState::NoResponse) {
            self.out.push(CallEvent::RingingTimeout { inviter: call.inviter.clone(), user: self.me.clone() });
        }
        if let Some(since) = since {
            if !begun_before {
                self.out.push(CallEvent::Begin(call.clone()));
            }
            let until = self.own.prev.as_ref().map_or(self.own.at, |prev| prev.at);
            self.out.push(CallEvent::End { call, reason, by, duration: until.saturating_sub(since) });
        } else {
            self.out.push(CallEvent::NotConnected { call, reason, by });
        }
    }

    fn begun_before(&self) -> bool {
        self.old.zip(self.own_before).is_some_and(|(view, own)| has_begun(&view.call, own))
    }
}

/// Who hears of an invitation for the first time when it has expired does not ring any more.
pub(crate) fn rings_too_late(own: &MemberView, call: &Snapshot) -> bool {
    own.state == MemberState::Ringing && own.ring_until.is_some_and(|until| until <= call.now)
}

/// How the part that was last seen of `member` ended, if that is still known: others may have come after it, and while the
/// next one is being claimed only the last of them is shown.
fn known_end<'a>(member: &'a MemberView, before: &MemberView) -> Option<&'a Previous> {
    member.prev.as_ref().filter(|prev| prev.generation == before.generation)
}

/// The state that this generation of `member` was last seen in; none for one never seen.
fn state_before(member: &MemberView, seen: Option<&MemberView>) -> Option<MemberState> {
    seen.filter(|seen| seen.generation == member.generation).map(|seen| seen.state)
}

/// A member that joined through another session is over for this one.
pub(crate) fn is_live(own: &MemberView) -> bool {
    match own.state {
        MemberState::Joined => own.here,
        state => state.is_live(),
    }
}

fn joined_users(call: &Snapshot) -> Vec<UserId> {
    let joined = |member: &MemberView| (member.state == MemberState::Joined).then(|| member.user.clone());
    call.members.iter().filter_map(joined).collect()
}

fn has_begun(call: &Snapshot, own: &MemberView) -> bool {
    own.here && own.joined_at.is_some() && call.begun_at.is_some() && call.phase != Phase::Placing
}

fn joined_before_ringing(member: &MemberView, rung: &MemberView) -> bool {
    member.joined_at.is_some_and(|joined| joined <= rung.at)
}

/// Somebody who was taken along by another member's hang-up has not left by themselves.
fn went_alone(member: &MemberView) -> bool {
    member.by.as_ref().is_none_or(|by| *by == member.user) && member.reason != Some(Reason::EndedByServer)
}

fn call_info(call: &Snapshot, me: &UserId) -> CallInfo {
    // A caller who comes back was invited, or has joined, as anybody else.
    let has_placed = call.caller == *me && call.member(me).is_some_and(|own| own.prev.is_none());
    let role = if has_placed { Role::Caller } else { Role::Callee };
    CallInfo {
        id: call.id.clone(),
        room: call.room.clone(),
        media: call.media,
        role,
        group: call.group,
        chat_group: call.chat_group.clone(),
        caller: call.caller.clone(),
        inviter: call.invite.by.clone(),
        callees: callees(call, me),
        user_data: call.invite.user_data.clone(),
    }
}

/// Whom a callee sees called beside itself. For one invited into a running call those who are in it belong to them: an
/// application shows the same group to everybody.
fn callees(call: &Snapshot, me: &UserId) -> Vec<UserId> {
    let mut callees = call.invite.callees.clone();
    if call.member(me).is_some_and(|own| own.invite > 0) {
        let there = call.members.iter().filter(|member| member.state == MemberState::Joined).map(|member| &member.user);
        let more: Vec<_> = there.filter(|user| **user != call.invite.by && !callees.contains(user)).cloned().collect();
        callees.extend(more);
    }
    callees
}
