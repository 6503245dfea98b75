//! Who is told what.

use crate::{
    authority::Committed,
    call::{Call, Member, SessionId},
};
use call_protocol::{MemberState, Millis, Phase, Snapshot, UserId};
use std::sync::Arc;

/// Milliseconds after the commit at which the news that somebody rings goes to the other nodes again, as long as it is
/// true: their sessions would learn of a lost one only by their next beat. Nobody acknowledges it, for a node that knows
/// the revision tells it to no session twice, and four messages are fewer than the answers would be.
pub const RING_AGAIN: [Millis; 4] = [500, 1000, 2000, 4000];

/// One member's share of the news.
#[derive(Debug, PartialEq, Eq)]
pub struct Delivery<'a> {
    pub user: &'a UserId,
    pub to: Audience,
    /// The user begins to ring: the caller's offer, if there is one, goes along.
    pub with_offer: bool,
}

/// Which sessions of a user are told. Each gets its own [view](Call::view_for), and none if it has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// All of them, for all of them rang or ring.
    All,
    /// Those that took or take part.
    Only(Vec<SessionId>),
}

/// What a client hears that names a call and the newest revision it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BeatNews {
    Nothing,
    /// It has missed something.
    Update(Box<Snapshot>),
    /// There is no such call, or none for it.
    Gone,
}

impl Audience {
    pub fn includes(&self, session: SessionId) -> bool {
        match self {
            Self::All => true,
            Self::Only(ids) => ids.contains(&session),
        }
    }
}

impl Committed {
    /// Whom this change concerns: every member whose membership was alive before it or is alive after it. So who is
    /// out gets the snapshot that says so and none after it, and who was busy hears nothing.
    pub fn deliveries(&self) -> Vec<Delivery<'_>> {
        let new = &*self.new;
        // Before the commit nobody has been told anything.
        let old = self.old.as_deref().filter(|old| old.phase != Phase::Placing);
        let mut deliveries: Vec<_> = new.members.iter().filter_map(|member| delivery(old, member)).collect();
        // The caller's promise is pending, even when the call ended before it rang.
        if old.is_none()
            && new.phase == Phase::Ended
            && !deliveries.iter().any(|delivery| *delivery.user == new.origin.user)
        {
            let to = Audience::Only(vec![new.origin.session.id]);
            deliveries.push(Delivery { user: &new.origin.user, to, with_offer: false });
        }
        deliveries
    }
}

impl Committed {
    /// Somebody begins to ring who did not before.
    pub fn begins_to_ring(&self) -> bool {
        let rang = |member: &Member| {
            let before = self.old.as_deref().and_then(|old| old.member(&member.user));
            before.is_some_and(|it| it.generation == member.generation && it.state == MemberState::Ringing)
        };
        self.new.members.iter().any(|member| member.state == MemberState::Ringing && !rang(member))
    }

    /// The news of a call in which somebody rings once more, for nodes that may not have heard of it.
    pub fn again(call: Arc<Call>) -> Option<Self> {
        let rings = call.members.iter().any(|member| member.state == MemberState::Ringing);
        rings.then_some(Self { old: None, new: call })
    }
}

impl Call {
    /// Whether a session of `user` that logs in now is shown this call: it takes part in it, or it is to ring.
    pub fn concerns(&self, user: &UserId, session: SessionId) -> bool {
        self.is_in(user, session) || self.is_ringing(user)
    }

    /// Whether `user` is rung by the invitation that the caller's offer belongs to.
    pub fn rings_with_offer(&self, user: &UserId) -> bool {
        self.member(user).is_some_and(rings_with_offer)
    }

    /// For a client that answers a beat: it has `rev`, or 0 while its own invitation is on the way.
    pub fn beat_news(call: Option<&Self>, user: &UserId, session: SessionId, rev: u32, now: Millis) -> BeatNews {
        match call.and_then(|call| call.view_for(user, session, now)) {
            Some(view) if view.rev > rev => BeatNews::Update(Box::new(view)),
            Some(_) => BeatNews::Nothing,
            None if rev == 0 => BeatNews::Nothing,
            None => BeatNews::Gone,
        }
    }
}

fn delivery<'a>(old: Option<&Call>, after: &'a Member) -> Option<Delivery<'a>> {
    let before = old.and_then(|old| old.member(&after.user));
    let before = before.filter(|before| before.state.is_live() && before.was_told());
    // Of a membership that is still being claimed its user is not told, nor once more of the one before it.
    let now = Some(after).filter(|after| after.was_told());
    let rang = before.filter(|before| before.state == MemberState::Ringing);
    let rings = after.state == MemberState::Ringing;
    let to = if rings || rang.is_some() {
        Audience::All
    } else if before.is_some() || now.is_some_and(|now| now.state.is_live()) {
        let sessions = before.into_iter().chain(now).filter_map(|member| member.session.as_ref());
        Audience::Only(sessions.map(|session| session.id).collect())
    } else {
        return None;
    };
    let rang_already = rang.is_some_and(|rang| rang.generation == after.generation);
    Some(Delivery { user: &after.user, to, with_offer: !rang_already && rings_with_offer(after) })
}

fn rings_with_offer(member: &Member) -> bool {
    member.state == MemberState::Ringing && member.invite == Some(0)
}
