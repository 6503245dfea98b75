use crate::call::{Call, DeadlineKind, Member, SessionId};
use call_protocol::{InviteView, MemberState, MemberView, Millis, Phase, Previous, Snapshot, UserId};

impl Call {
    /// What `session` of `user` may see. None for who is not a member or was never told (busy, aborted), and while
    /// the call is being placed. Who was told of an earlier membership, and not of the one after it, sees the earlier.
    pub fn view_for(&self, user: &UserId, session: SessionId, now: Millis) -> Option<Snapshot> {
        if self.phase == Phase::Placing {
            return None;
        }
        let own = self.member(user)?.last_told()?;
        Some(Snapshot {
            id: self.id.clone(),
            rev: self.rev,
            phase: self.phase,
            group: self.group,
            caller: self.origin.user.clone(),
            room: self.room.clone(),
            chat_group: self.chat_group.clone(),
            media: self.media.kind,
            invite: self.invite_for(own)?,
            members: self.members.iter().filter_map(|member| self.member_for(member, own, session)).collect(),
            begun_at: self.begun_at,
            end: self.end.clone(),
            mine: self.origin.user == *user && self.origin.session.id == session,
            now: now.max(self.updated_at),
        })
    }

    // The one that brought this member here. Who came by joining sees the first, but not its data.
    fn invite_for(&self, member: &Member) -> Option<InviteView> {
        let invite = self.invites.get(member.invite.unwrap_or(0) as usize)?;
        let invited = member.invite.is_some() || member.user == self.origin.user;
        let user_data = if invited { invite.user_data.clone() } else { String::new() };
        Some(InviteView { by: invite.by.clone(), callees: invite.callees.clone(), user_data })
    }

    fn member_for(&self, member: &Member, viewer: &Member, session: SessionId) -> Option<MemberView> {
        let is_own = member.user == viewer.user;
        let member = if is_own { viewer } else { last_known(member)? };
        let invited_by = member.invite.and_then(|invite| self.invites.get(invite as usize));
        Some(MemberView {
            user: member.user.clone(),
            generation: member.generation,
            state: member.state,
            reason: member.reason,
            by: member.by.clone(),
            at: member.at,
            invited_by: invited_by.map(|invite| invite.by.clone()),
            invite: member.invite.unwrap_or(0),
            ring_until: member.deadline.filter(|deadline| deadline.kind == DeadlineKind::Ring).map(|ring| ring.at),
            joined_at: member.joined_at,
            join_no: member.join_no,
            away: member.is_away(),
            here: is_own && member.is_with(session),
            prev: known_before(member, is_own).map(|prev| previous(prev, is_own && prev.is_with(session))),
        })
    }
}

fn known_before(member: &Member, to_itself: bool) -> Option<&Member> {
    let prev = member.prev.as_deref()?;
    if to_itself { prev.last_told() } else { Some(prev) }
}

/// The membership that others know: one that is not settled yet, or never came to be, is nobody's business.
fn last_known(member: &Member) -> Option<&Member> {
    match member.state {
        MemberState::Claiming | MemberState::Aborted => member.prev.as_deref(),
        _ => Some(member),
    }
}

fn previous(member: &Member, here: bool) -> Previous {
    Previous {
        generation: member.generation,
        state: member.state,
        reason: member.reason,
        by: member.by.clone(),
        at: member.at,
        joined_at: member.joined_at,
        here,
    }
}
