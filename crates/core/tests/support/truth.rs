use super::{reached::note, sim_store::SimStore};
use call_core::{Call, Committed, Key, Store, Value};
use call_protocol::{CallId, MemberState, Phase, UserId};
use std::{
    collections::{BTreeSet, HashMap},
    future::Future,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

/// What the store has said so far, and what must hold for it at every moment.
#[derive(Default)]
pub struct Truth {
    seen: HashMap<CallId, Arc<Call>>,
    /// Every revision that was stored or told: there is only one of each.
    revisions: HashMap<(CallId, u32), Arc<Call>>,
    /// The first one that there are two of.
    fork: Option<String>,
    writes_seen: u64,
    /// What happened, so that a test can tell that its schedules are worth something.
    pub reached: BTreeSet<String>,
}

impl Truth {
    pub fn hear(&mut self, committed: &Committed) {
        committed.old.iter().chain([&committed.new]).for_each(|call| self.keep(call));
    }

    /// All revisions of a call, in order.
    pub fn history(&self, call: &CallId) -> Vec<Arc<Call>> {
        let mut history: Vec<_> =
            self.revisions.iter().filter(|((id, _), _)| id == call).map(|(_, call)| call.clone()).collect();
        history.sort_by_key(|call| call.rev);
        history
    }

    pub fn check(&mut self, store: &SimStore) -> Result<(), String> {
        if std::mem::replace(&mut self.writes_seen, store.writes()) == store.writes() {
            return Ok(());
        }
        if let Some(fork) = &self.fork {
            return Err(fork.clone());
        }
        let mut in_call: HashMap<UserId, CallId> = HashMap::new();
        for call in store.memory.calls() {
            call.check().map_err(|rule| format!("{rule}: {call:?}"))?;
            self.check_progress(&call)?;
            check_invites(&call)?;
            if call.phase == Phase::Placing {
                continue;
            }
            let live = |state| matches!(state, MemberState::Ringing | MemberState::Joined);
            for member in call.members.iter().filter(|member| live(member.state)) {
                if let Some(other) = in_call.insert(member.user.clone(), call.id.clone()) {
                    return Err(format!("two calls: {} is in {other} and {}", member.user, call.id));
                }
                let key = Key::Claim(call.app, member.user.clone());
                let claim = at_once(store.memory.get(&key)).ok().flatten().map(|(value, _)| value);
                if claim != Some(Value::Claim(call.id.clone(), member.generation)) {
                    return Err(format!("{} is in {} and its claim is {claim:?}", member.user, call.id));
                }
            }
        }
        Ok(())
    }

    fn keep(&mut self, call: &Arc<Call>) {
        let known = self.revisions.entry((call.id.clone(), call.rev)).or_insert_with(|| call.clone());
        if known != call {
            self.fork.get_or_insert_with(|| format!("two stories: {known:?} and {call:?}"));
        }
    }

    // One revision at a time, and what is over stays over.
    fn check_progress(&mut self, call: &Arc<Call>) -> Result<(), String> {
        self.keep(call);
        let Some(before) = self.seen.insert(call.id.clone(), call.clone()) else { return Ok(()) };
        if before == *call {
            return Ok(());
        }
        note(&mut self.reached, &before, call);
        if before.phase == Phase::Ended && !before.is_aborted() {
            return Err(format!("an ended call changed: {before:?} to {call:?}"));
        }
        if call.updated_at <= before.updated_at {
            return Err(format!("no time passed from {before:?} to {call:?}"));
        }
        // A delayed write may land together with the next one.
        if call.rev <= before.rev || call.rev > before.rev + 2 {
            return Err(format!("from revision {} to {}", before.rev, call.rev));
        }
        Ok(())
    }
}

/// A repeated invitation is the same.
fn check_invites(call: &Call) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    let mut numbered = call.invites.iter().filter(|invite| invite.number > 0);
    match numbered.find(|invite| !seen.insert((&invite.by, invite.generation, invite.number))) {
        Some(twice) => Err(format!("an invitation is there twice: {twice:?} in {call:?}")),
        None => Ok(()),
    }
}

/// The memory store never waits.
pub fn at_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the memory store waited"),
    }
}
