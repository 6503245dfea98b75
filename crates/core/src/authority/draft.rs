use super::{AuthorityError, Place, Policy};
use crate::call::{Call, CallMedia, Deadline, DeadlineKind, Invitation, Member, Origin, Session};
use call_protocol::{MemberState, Millis, Phase, Room, UserId};
use std::collections::HashSet;

impl Place {
    /// The call as it begins: being placed, every member's claim still to be taken.
    pub fn draft(&self, policy: &Policy, now: Millis) -> Result<Call, AuthorityError> {
        let callees = self.distinct_callees();
        if callees.is_empty() || callees.len() > policy.max_callees {
            return Err(AuthorityError::BadCallees);
        }
        let claim_until = now.saturating_add(policy.claim_time);
        let caller = claiming(&self.caller, None, Some(self.session.clone()), now, claim_until);
        let rung = callees.iter().map(|callee| claiming(callee, Some(0), None, now, claim_until));
        Ok(Call {
            app: self.app,
            id: self.call.clone(),
            rev: 1,
            phase: Phase::Placing,
            group: self.group || callees.len() > 1,
            origin: Origin { user: self.caller.clone(), session: self.session.clone() },
            room: self.room_or_number(),
            chat_group: self.chat_group.clone(),
            media: CallMedia { kind: self.media, generation: 1, by: self.caller.clone() },
            created_at: now,
            begun_at: None,
            updated_at: now,
            end: None,
            crossed: None,
            members: std::iter::once(caller).chain(rung).collect(),
            invites: vec![Invitation {
                by: self.caller.clone(),
                callees,
                user_data: self.user_data.clone(),
                timeout: self.timeout,
            }],
            next_join: 1,
        })
    }

    fn distinct_callees(&self) -> Vec<UserId> {
        let mut seen = HashSet::from([&self.caller]);
        self.callees.iter().filter(|callee| seen.insert(callee)).cloned().collect()
    }

    fn room_or_number(&self) -> Room {
        if self.room == Room::default() {
            return Room { int: self.room_number, str: String::new() };
        }
        self.room.clone()
    }
}

fn claiming(user: &UserId, invite: Option<u32>, session: Option<Session>, now: Millis, until: Millis) -> Member {
    Member {
        user: user.clone(),
        generation: 1,
        invite,
        state: MemberState::Claiming,
        reason: None,
        by: None,
        at: now,
        deadline: Some(Deadline { kind: DeadlineKind::Claim, at: until }),
        session,
        away: false,
        joined_at: None,
        join_no: 0,
        prev: None,
    }
}
