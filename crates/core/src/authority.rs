mod claim;
mod cross;
mod draft;
#[cfg(test)]
mod interleaving_test;
mod place;
mod write;

use crate::{
    call::{AppId, Call, Session},
    store::{Key, Store, StoreError},
    transition::{Refused, Step},
};
use call_protocol::{CallId, ErrorCode, MediaType, Millis, Room, UserId};
use std::{future::Future, sync::Arc};
use write::{Advance, TRIES, contention};

/// The passing of time, real or simulated.
pub trait Clock: Send + Sync {
    /// Milliseconds since the Unix epoch.
    fn now(&self) -> Millis;

    fn sleep(&self, for_: Millis) -> impl Future<Output = ()> + Send;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Two users who call each other at the same time are connected; else the later one finds the line busy.
    pub crossing_invites_connect: bool,
    /// How many users one invitation may name.
    pub max_callees: usize,
    /// Milliseconds within which a call's claims must be taken, before others may abort it.
    pub claim_time: Millis,
}

impl Default for Policy {
    fn default() -> Self {
        Self { crossing_invites_connect: true, max_callees: 8, claim_time: 2000 }
    }
}

/// A call to be placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub app: AppId,
    pub call: CallId,
    pub caller: UserId,
    /// The caller's session, which takes part in the call.
    pub session: Session,
    /// The caller's own id is dropped, doubles count once.
    pub callees: Vec<UserId>,
    pub media: MediaType,
    /// A call with more than one callee is a group call in any case.
    pub group: bool,
    pub room: Room,
    /// The room's number where `room` is empty.
    pub room_number: u32,
    pub chat_group: Option<String>,
    pub user_data: String,
    /// Milliseconds of ringing; 0 = for ever.
    pub timeout: Millis,
}

/// A change that is in the store: whoever it concerns may be told now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// None: nobody has been told of this call before.
    pub old: Option<Arc<Call>>,
    pub new: Arc<Call>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthorityError {
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error("no such call")]
    NoSuchCall,
    #[error("the caller is in another call")]
    InAnotherCall,
    #[error("no callee, or too many")]
    BadCallees,
    /// What became of the request is unknown: repeating it is safe.
    #[error(transparent)]
    Unavailable(#[from] StoreError),
}

impl AuthorityError {
    /// What a client is answered.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Refused(Refused::NotMember) | Self::NoSuchCall => ErrorCode::NoSuchCall,
            Self::Refused(_) => ErrorCode::WrongState,
            Self::InAnotherCall => ErrorCode::InAnotherCall,
            Self::BadCallees => ErrorCode::BadUser,
            Self::Unavailable(_) => ErrorCode::Unavailable,
        }
    }
}

/// Takes steps through a [`Store`]. Any number of authorities, on any number of nodes, may work on the same store:
/// each method may stop for ever between any two operations of the store (the future is dropped, the node dies) and
/// leaves nothing that another one could not carry on with.
pub struct Authority<S, C> {
    store: S,
    clock: C,
    policy: Policy,
    #[cfg(test)]
    mistake: Option<Mistake>,
}

impl<S: Store, C: Clock> Authority<S, C> {
    pub fn new(store: S, clock: C, policy: Policy) -> Self {
        Self {
            store,
            clock,
            policy,
            #[cfg(test)]
            mistake: None,
        }
    }

    /// Places a call; answers with the commits to be told, in order. Two calls that cross become one: the answer is
    /// then the other one's commit. Repeating it with the same call id answers the same.
    pub async fn place(&self, place: Place) -> Result<Vec<Committed>, AuthorityError> {
        self.place_call(&place).await
    }

    /// Takes one step and then releases the claims of those who are out. None: nothing to be done, or done before.
    pub async fn act(&self, app: AppId, call: &CallId, step: Step) -> Result<Option<Committed>, AuthorityError> {
        let committed = self.commit(app, call, &step).await?;
        if let Some(committed) = &committed {
            self.release_departed(committed).await;
        }
        Ok(committed)
    }

    /// The first half of [`act`](Self::act): what it answers may be told at once.
    pub async fn commit(&self, app: AppId, call: &CallId, step: &Step) -> Result<Option<Committed>, AuthorityError> {
        for _ in 0..TRIES {
            let stored = self.load(app, call).await?.ok_or(AuthorityError::NoSuchCall)?;
            match self.advance(&stored, step).await? {
                Advance::Done(committed) => return Ok(Some(committed)),
                Advance::AlreadySo => return Ok(None),
                Advance::Lost => {}
            }
        }
        Err(contention())
    }

    /// The second half: releases the claims of members who are out since this commit.
    pub async fn release_departed(&self, Committed { old, new }: &Committed) {
        let Some(old) = old else { return };
        for member in old.members.iter().filter(|member| member.state.is_live()) {
            self.release_unheld(new, member.generation, std::slice::from_ref(&member.user)).await;
        }
    }

    /// The call that `user` is busy with, if any.
    pub async fn current(&self, app: AppId, user: &UserId) -> Result<Option<Arc<Call>>, AuthorityError> {
        let Some(((id, generation), _)) = self.claim(&Key::Claim(app, user.clone())).await? else { return Ok(None) };
        let stored = self.load(app, &id).await?;
        Ok(stored.filter(|stored| self.is_held(user, generation, Some(stored))).map(|(call, _)| call))
    }
}

/// Rules that a test breaks, to see that it would notice.
#[cfg(test)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mistake {
    CallerFirst,
    NoFence,
}

#[cfg(test)]
impl<S, C> Authority<S, C> {
    pub(crate) fn with_mistake(mut self, mistake: Option<Mistake>) -> Self {
        self.mistake = mistake;
        self
    }

    fn sorts_claims(&self) -> bool {
        self.mistake != Some(Mistake::CallerFirst)
    }

    fn fences(&self) -> bool {
        self.mistake != Some(Mistake::NoFence)
    }
}

#[cfg(not(test))]
impl<S, C> Authority<S, C> {
    fn sorts_claims(&self) -> bool {
        true
    }

    fn fences(&self) -> bool {
        true
    }
}
