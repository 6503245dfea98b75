use super::names::{GRACE, NODE, RING, START, session, user, users};
use call_core::{Call, DropReason, InviteStep, Place, Policy, Refused, Step, transition};
use call_protocol::{MediaType, MemberState, Millis, Phase, Reason, Snapshot};

/// One call, told step by step through `transition` alone.
pub struct Story {
    pub call: Call,
    pub now: Millis,
}

impl Story {
    pub fn placing(place: &Place) -> Self {
        Self { call: place.draft(&Policy::default(), START).unwrap(), now: START }
    }

    /// Everybody's claim was free.
    pub fn ringing(place: &Place) -> Self {
        Self::busy(place, &[])
    }

    pub fn busy(place: &Place, busy: &[&str]) -> Self {
        let mut story = Self::placing(place);
        let busy = busy.iter().map(|name| user(name)).collect();
        story.take(Step::Ring { busy }).unwrap();
        story
    }

    /// Ringing, and these callees accepted.
    pub fn connected(place: &Place, callees: &[&str]) -> Self {
        let mut story = Self::ringing(place);
        for callee in callees {
            story.accept(callee).unwrap();
        }
        story
    }

    pub fn wait(&mut self, millis: Millis) -> &mut Self {
        self.now += millis;
        self
    }

    /// Whether the call changed.
    pub fn take(&mut self, step: Step) -> Result<bool, Refused> {
        let Some(next) = transition(&self.call, &step, self.now)? else { return Ok(false) };
        assert_eq!(next.rev, self.call.rev + 1);
        assert_eq!(next.check(), Ok(()), "after {step:?}");
        self.now = next.updated_at;
        self.call = next;
        Ok(true)
    }

    /// `who` is a session: "bob", or "bob/phone" for another one of his.
    pub fn accept(&mut self, who: &str) -> Result<bool, Refused> {
        self.take(accept(&self.call, who))
    }

    pub fn reject(&mut self, who: &str) -> Result<bool, Refused> {
        self.take(reject(&self.call, who))
    }

    pub fn leave(&mut self, who: &str) -> Result<bool, Refused> {
        self.take(leave(&self.call, who))
    }

    pub fn away(&mut self, who: &str) -> Result<bool, Refused> {
        self.take(Step::Away { user: user(name(who)), session: session(who).id, node: NODE, grace: GRACE })
    }

    pub fn back(&mut self, who: &str) -> Result<bool, Refused> {
        self.take(Step::Back { user: user(name(who)), session: session(who).id, node: NODE })
    }

    pub fn drop(&mut self, who: &str, reason: DropReason) -> Result<bool, Refused> {
        self.take(Step::Drop { user: user(name(who)), session: session(who).id, reason })
    }

    /// Invites more users and rings all but the busy ones.
    pub fn invite(&mut self, by: &str, callees: &[&str], busy: &[&str]) -> Result<bool, Refused> {
        let changed = self.take(invite(&self.call, by, callees))?;
        self.take(ring_invited(&self.call, busy))?;
        Ok(changed)
    }

    /// Joins, the claim being free.
    pub fn join(&mut self, who: &str) -> Result<bool, Refused> {
        let changed = self.take(enter(who))?;
        let generation = generation(&self.call, who);
        Ok(self.take(Step::Join { user: user(name(who)), generation })? || changed)
    }

    pub fn vouch(&mut self, who: &str, heard: &[&str]) -> Result<bool, Refused> {
        self.take(Step::Vouch { user: user(who), session: session(who).id, heard: users(heard), grace: GRACE })
    }

    pub fn expire(&mut self) -> Result<bool, Refused> {
        self.take(Step::Expire)
    }

    pub fn view(&self, who: &str) -> Option<Snapshot> {
        self.call.view_for(&user(name(who)), session(who).id, self.now)
    }

    pub fn state(&self, member: &str) -> MemberState {
        self.call.member(&user(member)).unwrap().state
    }

    /// The member is out of the call like this.
    pub fn assert_out(&self, member: &str, state: MemberState, reason: Reason, by: &str) {
        let is = self.call.member(&user(member)).unwrap();
        assert_eq!((is.state, is.reason, is.by.as_ref()), (state, Some(reason), Some(&user(by))), "{member}");
    }

    pub fn assert_ended(&self, reason: Reason, by: &str) {
        let end = self.call.end.as_ref().expect("ended");
        assert_eq!(self.call.phase, Phase::Ended);
        assert_eq!((end.reason, end.by.as_ref(), end.at), (reason, Some(&user(by)), self.now));
    }
}

/// The user of a session's name.
pub fn name(session: &str) -> &str {
    session.split('/').next().unwrap_or(session)
}

pub fn accept(call: &Call, who: &str) -> Step {
    Step::Accept { user: user(name(who)), generation: generation(call, who), session: session(who) }
}

pub fn reject(call: &Call, who: &str) -> Step {
    Step::Reject { user: user(name(who)), generation: generation(call, who), session: session(who) }
}

pub fn leave(call: &Call, who: &str) -> Step {
    Step::Leave {
        user: user(name(who)),
        generation: generation(call, who),
        session: session(who).id,
        because: None,
        at: None,
    }
}

/// By the inviter's present membership, with the next number.
pub fn invite(call: &Call, by: &str, callees: &[&str]) -> Step {
    Step::Invite(InviteStep {
        by: user(name(by)),
        generation: generation(call, by),
        session: session(by).id,
        number: call.invites.len() as u32,
        callees: users(callees),
        user_data: format!("data of {by}"),
        timeout: RING,
        claim_time: Policy::default().claim_time,
        limit: Policy::default().max_members,
    })
}

/// Commits every invitation whose claims are being taken.
pub fn ring_invited(call: &Call, busy: &[&str]) -> Step {
    let claiming = call.members.iter().filter(|member| member.state == MemberState::Claiming);
    let memberships = claiming.map(|member| (member.user.clone(), member.generation));
    let (busy, free) = memberships.partition(|(member, _)| busy.contains(&member.as_str()));
    Step::RingInvited { free, busy }
}

pub fn enter(who: &str) -> Step {
    let Policy { claim_time, max_members: limit, .. } = Policy::default();
    Step::Enter { user: user(name(who)), session: session(who), claim_time, limit }
}

pub fn switch(call: &Call, who: &str, media: MediaType) -> Step {
    Step::SwitchMedia { user: user(name(who)), generation: generation(call, who), session: session(who).id, media }
}

pub fn generation(call: &Call, who: &str) -> u32 {
    call.member(&user(name(who))).map_or(1, |member| member.generation)
}
