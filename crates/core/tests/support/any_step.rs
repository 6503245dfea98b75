use super::{
    names::{NODE, session, user, users},
    rng::Rng,
    story::{accept, generation, leave, reject, switch},
};
use call_core::{Call, DropReason, Step};
use call_protocol::MediaType;

const REASONS: [DropReason; 3] = [DropReason::Offline, DropReason::Kicked, DropReason::Left];
const GRACE: u64 = 100;

/// Something that somebody may do to a call at any time; mostly about its present membership.
pub fn any_step(rng: &mut Rng, call: &Call, who: &str) -> Step {
    let (user, session) = (user(who), session(who));
    let late = rng.chance(100);
    match rng.below(16) {
        _ if late => Step::Accept { user, generation: generation(call, who) + 1, session },
        0..=4 => accept(call, who),
        5 => reject(call, who),
        6..=7 => leave(call, who),
        8 => Step::Away { user, session: session.id, node: NODE, grace: GRACE },
        9 => Step::Back { user, session: session.id, node: NODE + rng.below(2) as u64 },
        10 => Step::Drop { user, session: session.id, reason: *rng.pick(&REASONS) },
        11 => Step::Vouch { user, session: session.id, heard: users(&["a", "b", "c"]), grace: GRACE },
        12 => switch(call, who, *rng.pick(&[MediaType::Audio, MediaType::Video])),
        13 => Step::NodeLost { node: NODE, grace: GRACE },
        14 => Step::Expire,
        _ => Step::EndByServer,
    }
}
