mod answer;
mod check;
mod enter;
mod expire;
mod invite;
mod leave;
mod media;
mod place;
mod presence;
mod settle;

pub use invite::InviteStep;

use crate::call::{Call, Member, NodeEpoch, Session, SessionId};
use call_protocol::{Generation, MediaType, Millis, UserId};

/// One thing that happens to a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Commits the placing: rings everybody but those whose claim was not free. The caller is not among them.
    Ring {
        busy: Vec<UserId>,
    },
    /// Gives up placing, because the caller is busy or the call is merged into a crossing one: nobody was told.
    Abort,
    /// Aborts what was to be claimed by now and is not: afterwards a late placer can't commit it any more.
    Fence,
    /// Places an aborted call once more, under new generations. Claims are to be taken within `claim_time`.
    PlaceAgain {
        claim_time: Millis,
    },
    /// More users are to be rung: their claims are being taken.
    Invite(InviteStep),
    /// Commits an invitation in mid-call, for those memberships whose claim was tried: rings the free ones.
    RingInvited {
        free: Vec<(UserId, Generation)>,
        busy: Vec<(UserId, Generation)>,
    },
    /// `user` wants to join: answers if it is being rung, else its claim is to be taken within `claim_time`.
    Enter {
        user: UserId,
        session: Session,
        claim_time: Millis,
        /// How many may be in the call.
        limit: usize,
    },
    /// Commits the joining: the claim was free.
    Join {
        user: UserId,
        generation: Generation,
    },
    /// The claim was not free.
    GiveUp {
        user: UserId,
        generation: Generation,
    },
    Accept {
        user: UserId,
        generation: Generation,
        session: Session,
    },
    Reject {
        user: UserId,
        generation: Generation,
        session: Session,
    },
    /// Hang up; for the caller of a ringing call, cancel; for somebody who is rung, reject.
    Leave {
        user: UserId,
        generation: Generation,
        session: SessionId,
        /// The other one of two has said that it hung up: then it ended the call.
        because: Option<UserId>,
        /// When it happened, if that may be long ago. It is taken for no earlier than what became of any member before,
        /// so that times still tell the order.
        at: Option<Millis>,
    },
    /// An audio call becomes a video call or the other way round. In a call of two, for both; who is rung may, too.
    SwitchMedia {
        user: UserId,
        generation: Generation,
        session: SessionId,
        media: MediaType,
    },
    /// The member's session lost its connection to `node`; if it has one to another node by now, that is no matter. It
    /// counts as offline after `grace` milliseconds.
    Away {
        user: UserId,
        session: SessionId,
        node: NodeEpoch,
        grace: Millis,
    },
    /// The member's session is connected again, to `node`.
    Back {
        user: UserId,
        session: SessionId,
        node: NodeEpoch,
    },
    /// The member hears others on the data channel: those who are away get `grace` from now on.
    Vouch {
        user: UserId,
        session: SessionId,
        heard: Vec<UserId>,
        grace: Millis,
    },
    /// Nobody's grace ends before `until`: there was no way to come back.
    GraceAnew {
        until: Millis,
    },
    /// The node is dead: who was connected to it is away.
    NodeLost {
        node: NodeEpoch,
        grace: Millis,
    },
    /// The member's session is over: its part in the call ends at once.
    Drop {
        user: UserId,
        session: SessionId,
        reason: DropReason,
    },
    /// Whatever is due. Deadlines within 50 ms of each other count as one.
    Expire,
    /// `user`, the callee, called the caller at the same time: both calls become this one, answered by `session`.
    /// Different media types make it an audio call.
    Cross {
        user: UserId,
        session: Session,
        media: MediaType,
    },
    EndByServer,
}

/// Why a session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DropReason {
    /// Its connection was lost and is not expected back, e.g. the page was replaced.
    Offline,
    /// The user logged in elsewhere.
    Kicked,
    /// It said so: logout, or the page was closed.
    Left,
}

/// A step that this call does not allow now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("not a member of this call")]
    NotMember,
    #[error("meant for another membership of the same user")]
    WrongGeneration,
    #[error("not possible in this state")]
    WrongState,
    #[error("too many members")]
    Full,
}

/// The one door: every change of a [`Call`] is the outcome of this function, with the revision one higher.
///
/// `Ok(None)`: it is so already (a repeated step), or nothing is due. `now` is the server's clock. No two changes
/// of a call have the same time, so that times tell their order.
pub fn transition(call: &Call, step: &Step, now: Millis) -> Result<Option<Call>, Refused> {
    let now = now.max(call.updated_at.saturating_add(1));
    let mut next = call.clone();
    if !take(&mut next, step, now)? {
        return Ok(None);
    }
    next.rev = call.rev.saturating_add(1);
    next.updated_at = now;
    debug_assert_eq!(next.check(), Ok(()), "after {step:?} on {call:?}");
    Ok(Some(next))
}

/// Whether the call changed.
type Taken = Result<bool, Refused>;

fn take(call: &mut Call, step: &Step, now: Millis) -> Taken {
    match step {
        Step::Ring { busy } => place::ring(call, busy, now),
        Step::Abort => place::abort(call, now),
        Step::Fence => Ok(expire::fence(call, now)),
        Step::PlaceAgain { claim_time } => place::again(call, *claim_time, now),
        Step::Invite(step) => invite::invite(call, step, now),
        Step::RingInvited { free, busy } => Ok(invite::ring(call, free, busy, now)),
        Step::Enter { user, session, claim_time, limit } => {
            enter::enter(call, user, session, now.saturating_add(*claim_time), *limit, now)
        }
        Step::Join { user, generation } => enter::join(call, (user, *generation), now),
        Step::GiveUp { user, generation } => enter::give_up(call, (user, *generation), now),
        Step::Accept { user, generation, session } => answer::accept(call, (user, *generation), session, now),
        Step::Reject { user, generation, session } => answer::reject(call, (user, *generation), session, now),
        Step::Leave { user, generation, session, because, at } => {
            let at = leave::moment(call, *at, now);
            leave::leave(call, (user, *generation), *session, because.as_ref(), at)
        }
        Step::SwitchMedia { user, generation, session, media } => {
            media::switch(call, (user, *generation), *session, *media)
        }
        Step::Away { user, session, node, grace } => presence::away(call, (user, *session), *node, now, *grace),
        Step::Back { user, session, node } => presence::back(call, user, *session, *node),
        Step::Vouch { user, session, heard, grace } => presence::vouch(call, (user, *session), heard, now, *grace),
        Step::GraceAnew { until } => Ok(presence::grace_anew(call, *until)),
        Step::NodeLost { node, grace } => Ok(presence::node_lost(call, *node, now, *grace)),
        Step::Drop { user, session, reason } => leave::drop_session(call, user, *session, *reason, now),
        Step::Expire => Ok(expire::expire(call, now)),
        Step::Cross { user, session, media } => answer::cross(call, user, session, *media, now),
        Step::EndByServer => Ok(settle::end_by_server(call, now)),
    }
}

impl Call {
    fn member_mut(&mut self, user: &UserId) -> Result<&mut Member, Refused> {
        self.members.iter_mut().find(|member| member.user == *user).ok_or(Refused::NotMember)
    }

    /// The membership that a command names, which must be the user's last one.
    fn membership(&mut self, (user, generation): (&UserId, Generation)) -> Result<&mut Member, Refused> {
        let member = self.member_mut(user)?;
        if member.generation == generation { Ok(member) } else { Err(Refused::WrongGeneration) }
    }
}
