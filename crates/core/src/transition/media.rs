use super::{Refused, Taken};
use crate::call::{Call, SessionId};
use call_protocol::{Generation, MediaType, MemberState, UserId};

pub(super) fn switch(call: &mut Call, who: (&UserId, Generation), session: SessionId, media: MediaType) -> Taken {
    let of_two = !call.group && call.phase.is_live();
    let member = call.membership(who)?;
    let may = match member.state {
        MemberState::Joined => member.is_with(session),
        state => state == MemberState::Ringing,
    };
    if !may || !of_two {
        return Err(Refused::WrongState);
    }
    Ok(set(call, media, who.0))
}

/// Of two crossing calls with different media, neither side may be seen without having asked for it.
pub(super) fn merge(call: &mut Call, other: MediaType, by: &UserId) {
    if other == MediaType::Audio {
        set(call, other, by);
    }
}

fn set(call: &mut Call, media: MediaType, by: &UserId) -> bool {
    if call.media.kind == media {
        return false;
    }
    call.media.kind = media;
    call.media.generation += 1;
    call.media.by = by.clone();
    true
}
