use crate::call::{Call, DeadlineKind, Member};
use call_protocol::{MemberState, Phase};
use std::collections::HashSet;

impl Call {
    /// What holds for every call at all times; the text names the rule that does not.
    pub fn check(&self) -> Result<(), &'static str> {
        self.check_members()?;
        self.check_phase()?;
        self.members.iter().try_for_each(|member| self.check_member(member))
    }

    fn check_members(&self) -> Result<(), &'static str> {
        let users: HashSet<_> = self.members.iter().map(|member| &member.user).collect();
        let numbers: Vec<u32> = self.members.iter().map(|member| member.join_no).filter(|no| *no > 0).collect();
        rule(users.len() == self.members.len(), "a user is a member once")?;
        rule(self.members.len() >= 2, "a call has two members at least")?;
        rule(users.contains(&self.origin.user), "the caller is a member")?;
        rule(numbers.iter().collect::<HashSet<_>>().len() == numbers.len(), "join numbers are unique")?;
        rule(numbers.iter().all(|no| *no < self.next_join), "join numbers are below the next one")?;
        rule(self.members.iter().all(|member| member.generation > 0), "generations count from 1")?;
        rule(self.created_at <= self.updated_at, "time does not go back")
    }

    fn check_phase(&self) -> Result<(), &'static str> {
        let count = |state| self.members.iter().filter(|member| member.state == state).count();
        let joined = count(MemberState::Joined);
        let expected = count(MemberState::Ringing) + count(MemberState::Claiming);
        rule((self.phase == Phase::Ended) == self.end.is_some(), "an end, if and only if ended")?;
        rule(self.crossed.is_none() || self.phase == Phase::Placing, "crossed only while placing")?;
        match self.phase {
            Phase::Placing => {
                rule(expected == self.members.len() && count(MemberState::Ringing) == 0, "placing: all claiming")?;
                rule(self.begun_at.is_none(), "not begun while placing")
            }
            Phase::Ringing => {
                let caller = self.member(&self.origin.user).map(|member| member.state);
                rule(caller == Some(MemberState::Joined) && joined == 1, "ringing: the caller alone has joined")?;
                rule(expected > 0, "ringing: somebody is rung")?;
                rule(self.begun_at.is_none(), "not begun while ringing")
            }
            Phase::Connected => {
                rule(joined > 0 && joined + expected >= 2, "connected: somebody, and somebody to talk to")?;
                rule(self.begun_at.is_some(), "connected has begun")
            }
            Phase::Ended => rule(joined + expected == 0, "ended: nobody is live"),
        }
    }

    fn check_member(&self, member: &Member) -> Result<(), &'static str> {
        let deadline = member.deadline.map(|deadline| deadline.kind);
        let invite = member.invite.map_or(0, |invite| invite as usize);
        rule(invite < self.invites.len(), "a member's invitation exists")?;
        rule(member.state.is_live() == member.reason.is_none(), "a reason, if and only if out")?;
        rule(!member.is_away() || member.state == MemberState::Joined, "only who joined can be away")?;
        if let Some(prev) = &member.prev {
            rule(prev.user == member.user && prev.generation < member.generation, "the one before is before")?;
            let is_last = prev.was_told() && prev.prev.is_none();
            let told = prev.prev.as_ref().is_none_or(|told| told.was_told() && told.prev.is_none());
            rule(!prev.state.is_live(), "the one before is over")?;
            rule(is_last || prev.state == MemberState::Busy && told, "its user was told of the last one before")?;
        }
        rule(member.joined_at.is_some() == (member.join_no > 0), "a join number, if and only if joined once")?;
        match member.state {
            MemberState::Claiming => rule(deadline == Some(DeadlineKind::Claim), "claiming has a claim deadline"),
            MemberState::Ringing => {
                rule(matches!(deadline, None | Some(DeadlineKind::Ring)), "ringing has at most a ring deadline")
            }
            MemberState::Joined => {
                rule(member.session.is_some() && member.joined_at.is_some(), "joined by a session")?;
                rule(deadline == member.away_since.map(|_| DeadlineKind::Grace), "grace, if and only if away")
            }
            _ => rule(deadline.is_none(), "out has no deadline"),
        }
    }
}

fn rule(holds: bool, name: &'static str) -> Result<(), &'static str> {
    if holds { Ok(()) } else { Err(name) }
}
