use super::{AuthorityError, Place, Policy, request::distinct};
use crate::call::{Call, CallMedia, Invitation, Member, Origin};
use call_protocol::{Millis, Phase, Room};

impl Place {
    /// The call as it begins: being placed, every member's claim still to be taken.
    pub fn draft(&self, policy: &Policy, now: Millis) -> Result<Call, AuthorityError> {
        let callees = distinct(&self.callees, &self.caller);
        if callees.is_empty() || callees.len() > policy.max_callees || callees.len() >= policy.max_members {
            return Err(AuthorityError::BadCallees);
        }
        let claim_until = now.saturating_add(policy.claim_time);
        let mut caller = Member::claiming(&self.caller, 1, now, claim_until);
        caller.session = Some(self.session.clone());
        let rung = callees.iter().map(|callee| {
            let mut callee = Member::claiming(callee, 1, now, claim_until);
            callee.invite = Some(0);
            callee
        });
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
                generation: 1,
                number: 0,
                callees,
                user_data: self.user_data.clone(),
                timeout: self.timeout,
            }],
            next_join: 1,
        })
    }

    fn room_or_number(&self) -> Room {
        if self.room == Room::default() {
            return Room { int: self.room_number, str: String::new() };
        }
        self.room.clone()
    }
}
