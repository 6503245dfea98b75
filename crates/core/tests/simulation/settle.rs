//! After everything: does what is left work, does everybody know the truth, and is everything cleared away?

use crate::{
    life::End,
    plan::{PAGES, USERS},
    run::Run,
    support::names::user,
};
use call_core::{Call, Command, Member, SessionId};
use call_protocol::{CallId, MemberState, Millis, Phase, Reason};
use std::sync::Arc;

/// Longer than reconnecting, answers and beats take.
const QUIET: Millis = 60_000;
/// Longer than ringing, grace (also anew) and the sweep.
const OVER: Millis = 90_000;
/// Longer than a step takes on the slowest store.
const SLOWLY: Millis = 14_000;
/// How different one duration may be by two clocks: those of nodes are up to 3 s apart.
const APART: Millis = 5_000;

impl Run<'_> {
    pub fn settle(&mut self) -> Result<(), String> {
        self.world.heal();
        self.trace(|| "healed".into());
        self.look()?;
        self.wait(QUIET)?;
        self.everybody_knows()?;
        self.farewells_count_from_when_they_were_said()?;
        for _ in 0..3 {
            self.everybody_hangs_up()?;
        }
        self.wait(OVER)?;
        self.nothing_is_left()?;
        self.everybody_can_call()
    }

    fn everybody_hangs_up(&mut self) -> Result<(), String> {
        let names: Vec<&'static str> = self.world.people.keys().copied().collect();
        for name in names {
            if self.world.people[name].client.is_busy() {
                self.command(name, "hang up", Command::HangUp);
            }
            self.wait(500)?;
        }
        Ok(())
    }

    /// Each client that is logged in knows of its call what the store knows.
    fn everybody_knows(&self) -> Result<(), String> {
        for (name, person) in &self.world.people {
            let me = self.me(name);
            if person.client.user().is_none() {
                continue;
            }
            let state = self.world.cluster.state.borrow();
            let session = person.socket.and_then(|socket| state.at(socket));
            let Some(session) = session else { return Err(format!("{name} is not connected")) };
            let calls = self.world.cluster.calls();
            let truth = calls.iter().find(|call| call.phase != Phase::Ended && call.concerns(&me, session));
            let known = person.client.call().map(|view| (view.call.id.clone(), view.call.rev));
            if known != truth.map(|call| (call.id.clone(), call.rev)) {
                return Err(format!("{name} knows {known:?}, and there is {truth:?}"));
            }
            let was_offered =
                truth.is_some_and(|call| call.rings_with_offer(&me) && state.offers.contains_key(&call.id));
            if was_offered && person.peers.is_empty() {
                return Err(format!("{name} rings without the offer of {truth:?}"));
            }
        }
        Ok(())
    }

    /// However late the store hears that somebody has hung up: the part in the call was no longer than that person saw it,
    /// unless others have come or gone since, or no node could store it when it was said.
    fn farewells_count_from_when_they_were_said(&self) -> Result<(), String> {
        for (name, life) in &self.lives {
            let me = self.me(name);
            let is_own_word = |end: &&End| end.begun && end.reason == Reason::HangUp && end.by.as_ref() == Some(&me);
            for end in life.ends.iter().filter(is_own_word) {
                let Some(call) = self.find(&end.call) else { continue };
                let is_silent = self.world.cluster.state.borrow().silent.contains(&(end.call.clone(), me.clone()));
                // Who heard the goodbye by data channel, however late, may have told the server first.
                if is_silent || self.world.byes.contains(&me) {
                    continue;
                }
                let mut parts: Vec<&Member> = call.member(&me).into_iter().flat_map(memberships).collect();
                parts.retain(|part| part.state == MemberState::Left && part.by.as_ref() == Some(&me));
                parts.retain(|part| life.sessions.iter().any(|session| part.is_with(*session)));
                if !parts.is_empty() && !parts.iter().any(|part| self.is_no_longer(part, &call, end.duration)) {
                    return Err(format!("{name} has left otherwise than the store has it: {end:?} of {call:?}"));
                }
            }
        }
        Ok(())
    }

    fn is_no_longer(&self, part: &Member, call: &Call, duration: Millis) -> bool {
        let since = part.joined_at.max(call.begun_at).unwrap_or(part.at);
        let history = self.truth.history(&call.id);
        let mut others = history.iter().flat_map(|call| &call.members).filter(|other| other.user != part.user);
        part.at - since < duration + APART
            || others.any(|other| other.at.max(other.joined_at.unwrap_or(0)) + 1 == part.at)
    }

    fn nothing_is_left(&self) -> Result<(), String> {
        for (name, person) in &self.world.people {
            if person.client.is_busy() {
                return Err(format!("{name} is busy: {:?}", person.client.call()));
            }
            if !person.labels.is_empty() {
                return Err(format!("{name} waits for {:?}", person.labels));
            }
            if !person.peers.is_empty() || person.microphone || person.camera {
                return Err(format!("{name} has something open: {:?}", person.peers));
            }
        }
        let calls = self.world.cluster.calls();
        if let Some(call) = calls.iter().find(|call| call.phase != Phase::Ended && call.phase != Phase::Placing) {
            return Err(format!("a call is left: {call:?}"));
        }
        let memory = &self.world.cluster.store.memory;
        memory.prune(Millis::MAX);
        if memory.is_empty() { Ok(()) } else { Err("keys are left in the store".into()) }
    }

    /// Whatever has happened, any two can call each other now.
    fn everybody_can_call(&mut self) -> Result<(), String> {
        for page in &PAGES[..USERS.len()] {
            self.log_in(page);
        }
        self.wait(SLOWLY)?;
        for pair in [[0, 1], [2, 3], [4, 0]] {
            let [caller, callee] = pair.map(|user| USERS[user]);
            self.call(caller, vec![user(callee)], false, false, 0, 30);
            self.wait(SLOWLY)?;
            if !self.world.people[callee].client.is_rung() {
                return Err(format!("{caller} calls {callee}, who does not ring"));
            }
            self.command(callee, "accept", Command::Accept);
            self.wait(SLOWLY)?;
            if [caller, callee].iter().any(|name| !self.world.people[*name].client.in_call()) {
                return Err(format!("{caller} and {callee} are not connected"));
            }
            self.command(caller, "hang up", Command::HangUp);
            self.wait(SLOWLY)?;
            let [one, other] = [caller, callee].map(|name| self.lives[name].ends.last());
            if !one.zip(other).is_some_and(|(one, other)| one.agrees(other)) {
                return Err(format!("{caller} and {callee} ended differently: {one:?} and {other:?}"));
            }
        }
        for page in &PAGES[..USERS.len()] {
            self.command(page, "logout", Command::Logout);
        }
        self.wait(SLOWLY)
    }

    /// The end that a page was told is the one that the store has for it, or one of which it could not know better.
    pub fn check_end(&self, who: &str, end: &End) -> Result<(), String> {
        let life = &self.lives[who];
        let history = self.truth.history(&end.call);
        let me = self.me(who);
        let ends = |member: &Member, call: &Call, session: SessionId| {
            let elsewhere = member.state == MemberState::Joined && !member.is_with(session);
            let is_over = elsewhere || !member.state.is_live() && member.was_told();
            member.user == me && is_over && *end == told(member, call, session, end)
        };
        let agrees = history.iter().any(|call: &Arc<Call>| {
            let mut members = call.members.iter().flat_map(memberships);
            members.any(|member| life.sessions.iter().any(|session| ends(member, call, *session)))
        });
        if agrees {
            return Ok(());
        }
        let now = self.find(&end.call);
        let own = now.as_ref().and_then(|call| call.member(&me));
        match end.reason {
            Reason::HangUp | Reason::Cancelled if (end.hung_up || end.gave_up) && end.by.as_ref() == Some(&me) => {
                Ok(())
            }
            // By data channel, before the server's word.
            Reason::HangUp if end.by.as_ref().is_some_and(|by| self.world.byes.contains(by)) => Ok(()),
            // Logged out, or no way to log in any more.
            Reason::Unknown => Ok(()),
            Reason::EndedByServer if end.by.is_none() => match own.filter(|own| own.state.is_live()) {
                Some(own) if self.is_still_in(own, who) => Err(format!("it is in the call: {now:?}")),
                _ => Ok(()),
            },
            _ => Err(format!("it was not told so, there is {own:?} of {:?}", now.as_ref().map(|call| &call.end))),
        }
    }

    fn is_still_in(&self, own: &Member, who: &str) -> bool {
        let sessions = &self.lives[who].sessions;
        let state = self.world.cluster.state.borrow();
        let alive = sessions.iter().any(|id| own.is_with(*id) && state.session(*id).is_some());
        own.state == MemberState::Joined && alive
    }

    pub fn find(&self, id: &CallId) -> Option<Arc<Call>> {
        self.world.cluster.calls().into_iter().find(|call| call.id == *id)
    }
}

/// This one of a user, and those before it that are still known.
fn memberships(member: &Member) -> impl Iterator<Item = &Member> {
    std::iter::successors(Some(member), |member| member.prev.as_deref())
}

/// How this membership's end is told to a session.
fn told(own: &Member, call: &Call, session: SessionId, seen: &End) -> End {
    let elsewhere = own.session.as_ref().is_some_and(|own| own.id != session);
    let (reason, by) = match own.state {
        _ if own.joined_at.is_some() && elsewhere => (Reason::AnsweredElsewhere, Some(own.user.clone())),
        MemberState::Rejected if elsewhere => (Reason::RejectedElsewhere, Some(own.user.clone())),
        _ => (own.reason.unwrap_or(Reason::Unknown), own.by.clone()),
    };
    let since = own.joined_at.zip(call.begun_at).map(|(joined, begun)| joined.max(begun)).filter(|_| !elsewhere);
    End {
        call: call.id.clone(),
        begun: since.is_some(),
        reason,
        by,
        duration: since.map_or(0, |since| own.at - since),
        hung_up: seen.hung_up,
        gave_up: seen.gave_up,
    }
}

impl End {
    /// A goodbye by data channel is timed by who hears it.
    fn agrees(&self, other: &Self) -> bool {
        let apart = self.duration.abs_diff(other.duration);
        (&self.call, self.begun, self.reason, &self.by) == (&other.call, other.begun, other.reason, &other.by)
            && apart < APART
    }
}
