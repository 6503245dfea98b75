//! Every call of a run, as each session would have been told of it: all of it, and any part of it.

use crate::{
    legal::Machine,
    reference::{self, Viewer},
    run::Run,
    support::{brief::briefs, rng::Rng},
};
use call_core::{Call, CallEvent, Committed, View, events};
use call_protocol::{MemberState, Snapshot, UserId};
use std::{collections::BTreeSet, sync::Arc};

const SUBSETS: usize = 3;

pub fn check(run: &Run) -> Result<(), String> {
    let mut rng = Rng::new(run.plan.seed);
    for number in 1..=run.calls {
        let id = call_protocol::CallId::from_bits(u128::from(number).to_be_bytes());
        let history = run.truth.history(&id);
        if history.is_empty() {
            continue;
        }
        let users: BTreeSet<&UserId> =
            history.iter().flat_map(|call| &call.members).map(|member| &member.user).collect();
        for (session, user) in run.sessions.iter().filter(|(_, user)| users.contains(user)) {
            let viewer = Viewer { user: user.clone(), session: *session };
            check_viewer(&history, &viewer, &mut rng)
                .map_err(|error| format!("{user} at {session:?} of {id}: {error}"))?;
        }
    }
    Ok(())
}

fn check_viewer(history: &[Arc<Call>], viewer: &Viewer, rng: &mut Rng) -> Result<(), String> {
    let mut follower = Follower::new(&viewer.user);
    let mut delivered = Vec::new();
    let mut before: Option<&Arc<Call>> = None;
    for call in history {
        let old = before.filter(|before| before.rev + 1 == call.rev);
        if before.is_some() && old.is_none() {
            // A revision that nobody was told of and that was gone before it was seen.
            return Ok(());
        }
        before = Some(call);
        let expected = reference::told(old.map(|old| &**old), call, viewer);
        let seen = deliver(old, call, viewer);
        let told = seen.as_ref().map(|view| follower.take(view)).transpose()?.unwrap_or_default();
        let told: Vec<_> = briefs(&told);
        let overdue = expected.len() == 1 && expected[0].starts_with("received") && told.is_empty();
        if told != expected && !overdue {
            return Err(format!("told {told:?}, expected {expected:?}, from {old:?} to {call:?}"));
        }
        if let (Some(before), Some(after)) = (delivered.last(), &seen) {
            nobody_goes_back(before, after)?;
        }
        delivered.extend(seen);
    }
    for _ in 0..SUBSETS {
        let keep = *rng.pick(&[0, 200, 500, 800]);
        let last = delivered.len().saturating_sub(1);
        let part: Vec<_> =
            delivered.iter().enumerate().filter(|(index, _)| *index == last || rng.chance(keep)).collect();
        let mut partial = Follower::new(&viewer.user);
        for (_, view) in &part {
            partial.take(view).map_err(|error| format!("{error} with {:?} of {delivered:?}", indices(&part)))?;
        }
        // Of a later part that was over before it was seen nothing is told.
        let known = briefs(&follower.told);
        let is_known = |end: String| known.contains(&end) || end.contains("EndedByServer by nobody") && known.len() > 2;
        if partial.over && !partial.terminal().is_none_or(is_known) {
            let (all, some) = (briefs(&follower.told), briefs(&partial.told));
            return Err(format!("ended otherwise than {all:?}: {some:?} with {:?} of {delivered:?}", indices(&part)));
        }
    }
    Ok(())
}

fn indices(part: &[(usize, &Snapshot)]) -> Vec<usize> {
    part.iter().map(|(index, _)| *index).collect()
}

fn deliver(old: Option<&Arc<Call>>, new: &Arc<Call>, viewer: &Viewer) -> Option<Snapshot> {
    let committed = Committed { old: old.cloned(), new: new.clone() };
    let mut deliveries = committed.deliveries().into_iter();
    let is_told = deliveries.any(|it| *it.user == viewer.user && it.to.includes(viewer.session));
    is_told.then(|| new.view_for(&viewer.user, viewer.session, new.updated_at)).flatten()
}

/// A session that adopts snapshots as a client does.
struct Follower<'a> {
    me: &'a UserId,
    view: Option<View>,
    over: bool,
    machine: Option<Machine>,
    told: Vec<CallEvent>,
}

impl<'a> Follower<'a> {
    fn new(me: &'a UserId) -> Self {
        Self { me, view: None, over: false, machine: None, told: Vec::new() }
    }

    fn take(&mut self, call: &Snapshot) -> Result<Vec<CallEvent>, String> {
        let me = self.me;
        let own = call.member(me).ok_or("not a member")?;
        let known = self.view.as_ref().and_then(|view| view.own(me)).map(|own| own.generation);
        if self.over && known >= Some(own.generation) {
            return Ok(Vec::new());
        }
        let overdue = own.state == MemberState::Ringing && own.ring_until.is_some_and(|until| until <= call.now);
        let old = self.view.take_if(|_| !self.over);
        if old.is_none() && overdue {
            return Ok(Vec::new());
        }
        let next = View { call: call.clone(), media: Vec::new() };
        let news = events(old.as_ref(), &next, me);
        if old.is_none() || self.machine.is_none() {
            self.machine = Some(Machine::at_first_sight(call, me).of_returning());
        }
        let machine = self.machine.as_mut().ok_or("no machine")?;
        for event in &news {
            if machine.is_over() {
                *machine = Machine::at_first_sight(call, me).of_returning();
            }
            machine.take(event).map_err(|error| format!("{error} in {:?}", briefs(&news)))?;
        }
        self.over = !next.is_live(me);
        if !news.is_empty() || !self.over {
            machine.check_arrived_at(&next, me).map_err(|error| format!("{error} after {:?}", briefs(&news)))?;
        }
        self.view = Some(next);
        self.told.extend(news.clone());
        Ok(news)
    }

    fn terminal(&self) -> Option<String> {
        briefs(&self.told).pop().filter(|_| self.over)
    }
}

/// What a session is shown of the others never goes back: nobody disappears, has an earlier part, or comes back in one that
/// is over.
pub fn nobody_goes_back(before: &Snapshot, after: &Snapshot) -> Result<(), String> {
    let progress = |state| match state {
        MemberState::Claiming => 0,
        MemberState::Ringing => 1,
        MemberState::Joined => 2,
        _ => 3,
    };
    for was in &before.members {
        let Some(is) = after.member(&was.user) else {
            return Err(format!("{} has disappeared from {after:?}", was.user));
        };
        if (is.generation, progress(is.state)) < (was.generation, progress(was.state)) {
            return Err(format!("{} goes back from {was:?} to {is:?}", was.user));
        }
    }
    Ok(())
}
