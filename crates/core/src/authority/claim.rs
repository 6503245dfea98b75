use super::{
    Authority, AuthorityError, Clock, Committed,
    write::{Stored, TRIES, contention},
};
use crate::{
    call::{AppId, Call, DeadlineKind},
    store::{Key, Store, StoreError, Value, Version},
};
use call_protocol::{CallId, Generation, MemberState, Millis, Phase, UserId};
use std::sync::Arc;

/// How long a user whose other call is still being placed is waited for, before calling that user busy.
pub(super) const PATIENCE: Millis = 200;
pub(super) const PAUSE: Millis = 10;

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
    /// Takes `user`'s claim for its membership of this generation, or says which call has it.
    pub(super) async fn take(
        &self,
        user: &UserId,
        (call, generation): (&Call, Generation),
        tell: &impl Fn(Committed),
    ) -> Result<Taken, AuthorityError> {
        let key = Key::Claim(call.app, user.clone());
        let own = Value::Claim(call.id.clone(), generation);
        let mut waited = 0;
        for _ in 0..TRIES {
            // Not looked up first: hardly anybody is in a call already.
            if self.put(&key, own.clone(), None).await?.is_some() {
                return Ok(Taken::Yes);
            }
            let Some((held, version)) = self.claim(&key).await? else { continue };
            if held == (call.id.clone(), generation) {
                return Ok(Taken::Yes);
            }
            let holder = self.load(call.app, &held.0).await?;
            match (self.hold_of(user, held.1, holder.as_ref()), holder) {
                (Hold::Late, Some(holder)) => {
                    self.fence(&holder, tell).await?;
                    continue;
                }
                (Hold::Placing, Some((holder, _))) => {
                    if waited >= PATIENCE || self.crosses(call, &holder) {
                        return Ok(Taken::Busy(holder));
                    }
                    self.clock.sleep(PAUSE).await;
                    waited += PAUSE;
                }
                (Hold::Firm, Some((holder, _))) => return Ok(Taken::Busy(holder)),
                _ => {
                    if self.put(&key, own.clone(), Some(version)).await?.is_some() {
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
    pub(super) fn is_held(&self, user: &UserId, generation: Generation, holder: Option<&Stored>) -> bool {
        matches!(self.hold_of(user, generation, holder), Hold::Placing | Hold::Firm)
    }

    fn hold_of(&self, user: &UserId, generation: Generation, holder: Option<&Stored>) -> Hold {
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
