mod claim;
mod cross;
mod draft;
mod enter;
mod invite;
mod place;
mod request;
mod room;
mod write;

pub use request::{Entry, Invite, Place};

use crate::{
    call::{AppId, Call, DeadlineKind},
    store::{Key, Store, StoreError},
    transition::{Refused, Step},
};
use call_protocol::{CallId, ErrorCode, Millis, UserId};
use std::{future::Future, sync::Arc};

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
    pub joining: Joining,
    /// How many users one invitation may name.
    pub max_callees: usize,
    /// How many users may be in one call, those who ring included.
    pub max_members: usize,
    /// Milliseconds within which claims must be taken, before others may abort them.
    pub claim_time: Millis,
    /// Milliseconds that a member has to come back.
    pub grace: Millis,
    /// A grace whose end is seen so many milliseconds too late starts anew: the store or the nodes were out, and
    /// there was no way to come back.
    pub outage: Millis,
}

/// Who may join a group call that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joining {
    /// Everybody in the app who knows its id, or its chat group and room.
    Open,
    /// Who was invited into it, or was in it before.
    Invited,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            crossing_invites_connect: true,
            joining: Joining::Open,
            max_callees: 8,
            max_members: 32,
            claim_time: 2000,
            grace: 30_000,
            outage: 5_000,
        }
    }
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
    #[error("the user is in another call")]
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
///
/// Each commit is told through `tell` at once, before claims are released and whatever the answer will be. Some are
/// of other calls than the one asked for: a claim that its holder left behind is fenced, which may even end a call.
pub struct Authority<S, C> {
    store: S,
    clock: C,
    policy: Policy,
}

impl<S: Store, C: Clock> Authority<S, C> {
    pub fn new(store: S, clock: C, policy: Policy) -> Self {
        Self { store, clock, policy }
    }

    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Places a call. Two calls that cross become one: then the other one's commit is told. Repeating it with the same
    /// call id is answered, and told, the same.
    pub async fn place(&self, place: Place, tell: &impl Fn(Committed)) -> Result<(), AuthorityError> {
        self.place_call(&place, tell).await
    }

    /// Invites more users into a running call. Repeating it with the same number goes on with it.
    pub async fn invite(&self, invite: Invite, tell: &impl Fn(Committed)) -> Result<(), AuthorityError> {
        self.invite_more(&invite, tell).await
    }

    /// Joins a running group call; who is rung by it answers thereby.
    pub async fn join(&self, entry: Entry, tell: &impl Fn(Committed)) -> Result<(), AuthorityError> {
        self.enter(&entry, tell).await
    }

    /// Takes one step, then releases the claims of those who are out. None: nothing to be done, or done before.
    pub async fn act(
        &self,
        app: AppId,
        call: &CallId,
        step: Step,
        tell: &impl Fn(Committed),
    ) -> Result<Option<Arc<Call>>, AuthorityError> {
        let (changed, call) = self.advance_to(app, call, &step, tell).await?;
        Ok(changed.then_some(call))
    }

    /// Does what is due. Where nobody could for a while, grace starts anew first.
    pub async fn expire(
        &self,
        app: AppId,
        call: &CallId,
        tell: &impl Fn(Committed),
    ) -> Result<Option<Arc<Call>>, AuthorityError> {
        let (stored, _) = self.load(app, call).await?.ok_or(AuthorityError::NoSuchCall)?;
        let now = self.clock.now();
        let graces = stored.members.iter().filter_map(|member| member.deadline);
        let mut graces = graces.filter(|deadline| deadline.kind == DeadlineKind::Grace);
        let mut told = None;
        if graces.any(|grace| grace.at.saturating_add(self.policy.outage) <= now) {
            let anew = Step::GraceAnew { until: now.saturating_add(self.policy.grace) };
            told = self.act(app, call, anew, tell).await?;
        }
        Ok(self.act(app, call, Step::Expire, tell).await?.or(told))
    }

    /// The call that `user` is busy with, if any.
    pub async fn current(&self, app: AppId, user: &UserId) -> Result<Option<Arc<Call>>, AuthorityError> {
        let Some(((id, generation), _)) = self.claim(&Key::Claim(app, user.clone())).await? else { return Ok(None) };
        let stored = self.load(app, &id).await?;
        Ok(stored.filter(|stored| self.is_held(user, generation, Some(stored))).map(|(call, _)| call))
    }
}
