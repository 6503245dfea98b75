use super::{
    Authority, AuthorityError, Clock,
    write::{TRIES, contention},
};
use crate::{
    call::{AppId, Call, DeadlineKind},
    store::{Key, Store, StoreError, Value, Version},
    transition::Step,
};
use call_protocol::{CallId, Generation, MemberState, Millis, Phase, UserId};
use std::sync::Arc;

/// How long a user whose other call is still being placed is waited for, before calling that user busy.
const PATIENCE: Millis = 200;
const PAUSE: Millis = 10;

/// On whose behalf a claim is taken.
pub(super) struct Claimant<'a> {
    pub call: &'a Call,
    pub generation: Generation,
}

pub(super) enum Taken {
    Yes,
    /// The user is in this other call.
    Busy(Arc<Call>),
}

enum Hold {
    /// The claim's call does not hold it (any more): whoever finds it may take it.
    Stale,
    /// It should have been made good by now, and was not.
    Late,
    Placing,
    Firm,
}

impl<S: Store, C: Clock> Authority<S, C> {
    /// Takes `user`'s claim, or says which call has it.
    pub(super) async fn take(&self, user: &UserId, claimant: &Claimant<'_>) -> Result<Taken, AuthorityError> {
        let key = Key::Claim(claimant.call.app, user.clone());
        let own = Value::Claim(claimant.call.id.clone(), claimant.generation);
        let mut waited = 0;
        for _ in 0..TRIES {
            let Some((held, version)) = self.claim(&key).await? else {
                if self.put(&key, own.clone(), None).await? {
                    return Ok(Taken::Yes);
                }
                continue;
            };
            if held == (claimant.call.id.clone(), claimant.generation) {
                return Ok(Taken::Yes);
            }
            let holder = self.load(claimant.call.app, &held.0).await?;
            match (self.hold_of(user, held.1, holder.as_ref()), holder) {
                (Hold::Late, Some(holder)) if self.fences() => {
                    self.advance(&holder, &Step::Fence).await?;
                    continue;
                }
                (Hold::Placing, Some((holder, _))) => {
                    if waited >= PATIENCE || self.crosses(claimant.call, &holder) {
                        return Ok(Taken::Busy(holder));
                    }
                    self.clock.sleep(PAUSE).await;
                    waited += PAUSE;
                }
                (Hold::Firm, Some((holder, _))) => return Ok(Taken::Busy(holder)),
                _ => {
                    if self.put(&key, own.clone(), Some(version)).await? {
                        return Ok(Taken::Yes);
                    }
                }
            }
        }
        Err(contention())
    }

    /// Gives `user`'s claim back, if this membership has it.
    pub(super) async fn release(
        &self,
        app: AppId,
        user: &UserId,
        call: &CallId,
        generation: Generation,
    ) -> Result<(), StoreError> {
        let key = Key::Claim(app, user.clone());
        if let Some((held, version)) = self.claim(&key).await?
            && held == (call.clone(), generation)
        {
            self.store.delete(&key, version).await?;
        }
        Ok(())
    }

    pub(super) async fn claim(&self, key: &Key) -> Result<Option<((CallId, Generation), Version)>, StoreError> {
        match self.store.get(key).await? {
            Some((Value::Claim(call, generation), version)) => Ok(Some(((call, generation), version))),
            Some(_) => Err(StoreError("a call where a claim should be".into())),
            None => Ok(None),
        }
    }

    /// Whether the claim stands, for now.
    pub(super) fn is_held(&self, user: &UserId, generation: Generation, holder: Option<&(Arc<Call>, Version)>) -> bool {
        matches!(self.hold_of(user, generation, holder), Hold::Placing | Hold::Firm)
    }

    fn hold_of(&self, user: &UserId, generation: Generation, holder: Option<&(Arc<Call>, Version)>) -> Hold {
        // A call is stored before its first claim, so a claim without one is left over.
        let Some((call, _)) = holder else { return Hold::Stale };
        let Some(member) = call.member(user).filter(|_| call.holds(user, generation)) else { return Hold::Stale };
        let now = self.clock.now().max(call.updated_at);
        match member.deadline {
            Some(claim) if claim.kind == DeadlineKind::Claim && claim.at <= now => Hold::Late,
            _ if call.phase == Phase::Placing || member.state == MemberState::Claiming => Hold::Placing,
            _ => Hold::Firm,
        }
    }
}
