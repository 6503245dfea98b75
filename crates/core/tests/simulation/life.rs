//! What one page was told between two loads of it, checked event by event.

use crate::{
    histories::nobody_goes_back, legal::Machine, shell::person::Person, situations::Farewell, support::brief::brief,
};
use call_core::{CallError, CallEvent, CallInfo, LinkState, SessionId};
use call_protocol::{CallId, Generation, Millis, Reason, Snapshot, UserId};
use std::collections::{BTreeSet, HashSet};

#[derive(Default)]
pub struct Life {
    number: u32,
    seen: usize,
    machine: Option<Machine>,
    received: HashSet<(CallId, Generation)>,
    /// The sessions that this page has had.
    pub sessions: Vec<SessionId>,
    /// What the person has hung up, or logged out of.
    pub hung_up: BTreeSet<CallId>,
    /// The person gave up joining a call, whichever it is.
    pub gave_up_joining: bool,
    /// The call that was placed last.
    pub placed: Option<CallId>,
    /// The last one, as long as it waits.
    pub farewell: Option<Farewell>,
    /// What its client knew when it was last told something.
    known: Option<Snapshot>,
    /// The media could not be connected.
    gave_up: bool,
    pub ends: Vec<End>,
    pub rings: usize,
    pub begun: usize,
}

/// How a call ended for a page.
#[derive(Debug, Clone, PartialEq)]
pub struct End {
    pub call: CallId,
    pub begun: bool,
    pub reason: Reason,
    pub by: Option<UserId>,
    pub duration: Millis,
    pub hung_up: bool,
    pub gave_up: bool,
}

/// What is new at a page.
#[derive(Default)]
pub struct News {
    pub rung: bool,
    pub ended: Vec<End>,
    pub lines: Vec<String>,
}

impl Life {
    pub fn follow(&mut self, person: &Person) -> Result<News, String> {
        if person.life != self.number {
            *self = Self { number: person.life, rings: self.rings, begun: self.begun, ..Self::default() };
        }
        let mut news = News::default();
        let fresh = &person.events[self.seen.min(person.events.len())..];
        self.seen = person.events.len();
        for event in fresh {
            news.lines.push(brief(event));
            self.take(event, person, &mut news).map_err(|error| format!("{error}, at {}", brief(event)))?;
        }
        if !fresh.is_empty() {
            self.check(person)?;
            self.check_against_before(person)?;
        }
        Ok(news)
    }

    fn take(&mut self, event: &CallEvent, person: &Person, news: &mut News) -> Result<(), String> {
        if matches!(event, CallEvent::Link { state: LinkState::Disconnected, .. }) {
            // Whoever logs in again may be rung again.
            self.received.clear();
        }
        if matches!(event, CallEvent::Error { code: CallError::NO_MEDIA, .. }) {
            self.gave_up = true;
        }
        if is_of_no_call(event) {
            return Ok(());
        }
        let me = &person.account.user;
        if self.machine.as_ref().is_none_or(Machine::is_over) {
            let view = person.client.call();
            let machine = view.map_or_else(|| Machine::new(me), |view| Machine::at_first_sight(&view.call, me));
            self.machine = Some(machine.of_returning());
        }
        match event {
            CallEvent::Received(call) => {
                self.rings += 1;
                news.rung = true;
                // What was hung up is the part before.
                self.hung_up.remove(&call.id);
                let view = person.client.call().filter(|view| view.call.id == call.id);
                let generation = view.and_then(|view| view.own(me)).map_or(0, |own| own.generation);
                if !self.received.insert((call.id.clone(), generation)) && generation > 0 {
                    return Err("received twice".into());
                }
            }
            CallEvent::Begin(_) => self.begun += 1,
            CallEvent::NotConnected { call, reason, by } => news.ended.push(self.end(call, *reason, by, None)),
            CallEvent::End { call, reason, by, duration } => {
                news.ended.push(self.end(call, *reason, by, Some(*duration)));
            }
            _ => {}
        }
        self.machine.as_mut().expect("a machine").take(event)
    }

    fn end(&mut self, call: &CallInfo, reason: Reason, by: &Option<UserId>, duration: Option<Millis>) -> End {
        let end = End {
            call: call.id.clone(),
            begun: duration.is_some(),
            reason,
            by: by.clone(),
            duration: duration.unwrap_or(0),
            hung_up: self.gave_up_joining || self.hung_up.contains(&call.id),
            gave_up: std::mem::take(&mut self.gave_up),
        };
        self.ends.push(end.clone());
        end
    }

    /// The person does not wait any longer, and has another part in the call by now.
    pub fn farewell_is_outlived(&mut self, person: &Person, now: Millis) -> bool {
        let is_settled = |farewell: &mut Farewell| !person.labels.contains_key(&farewell.id);
        let settled = self.farewell.take_if(is_settled);
        settled.is_some_and(|farewell| farewell.is_outlived(&person.account.user, now, &person.client))
    }

    /// As long as it has the same part in a call.
    fn check_against_before(&mut self, person: &Person) -> Result<(), String> {
        let me = &person.account.user;
        let known = person.client.call().map(|view| view.call.clone());
        let before = std::mem::replace(&mut self.known, known);
        let part = |call: &Snapshot| Some((call.id.clone(), call.member(me)?.generation));
        match (before, &self.known) {
            (Some(before), Some(known)) if part(&before) == part(known) => nobody_goes_back(&before, known),
            _ => Ok(()),
        }
    }

    /// What it was told must amount to what its client knows.
    fn check(&self, person: &Person) -> Result<(), String> {
        let me = &person.account.user;
        let over = self.machine.as_ref().is_none_or(Machine::is_over);
        match (person.client.call(), &self.machine) {
            (None, _) => {
                if over {
                    Ok(())
                } else {
                    Err("no call any more, and no end".into())
                }
            }
            (Some(view), Some(machine)) if !machine.is_over() => machine.check_arrived_at(view, me),
            (Some(view), _) => Machine::new(me).of_returning().check_arrived_at(view, me),
        }
    }
}

fn is_of_no_call(event: &CallEvent) -> bool {
    matches!(
        event,
        CallEvent::Ready
            | CallEvent::Error { .. }
            | CallEvent::Kicked
            | CallEvent::SigExpired
            | CallEvent::Link { .. }
            | CallEvent::PeerLink { .. }
            | CallEvent::AutoplayFailed { .. }
    )
}
