use super::names::NODE;
use call_core::{Call, Member};
use call_protocol::{MemberState, Phase};
use std::collections::BTreeSet;

/// Takes down what happened, so that a test can tell that its schedules are worth something.
pub fn note(reached: &mut BTreeSet<String>, before: &Call, call: &Call) {
    let mut note = |what: &str, is_so: bool| {
        if is_so {
            reached.insert(what.into());
        }
    };
    note(&format!("{:?}", call.phase), true);
    if let Some(end) = &call.end {
        note(&format!("ended by {:?}", end.reason), true);
    }
    note("placed again", call.phase == Phase::Placing && call.members[0].generation > 1);
    note("crossed while placing", call.crossed.is_some());
    note("switched", call.media.generation > 1);
    note("a call of two became a group call", call.group && !before.group);
    for member in &call.members {
        note(&format!("{:?}", member.state), true);
        note("away", member.is_away());
        note("moved to another node", member.session.as_ref().is_some_and(|session| session.node != NODE));
        note_entering(&mut note, before, call, member);
    }
}

fn note_entering(note: &mut impl FnMut(&str, bool), before: &Call, call: &Call, member: &Member) {
    let invited = member.invite.is_some_and(|invite| invite > 0);
    let by_itself = member.state == MemberState::Joined && member.invite.is_none() && member.user != call.origin.user;
    note("invited in mid-call", invited && member.state == MemberState::Ringing);
    note("busy in mid-call", invited && member.state == MemberState::Busy);
    note("aborted in mid-call", call.phase == Phase::Connected && member.state == MemberState::Aborted);
    note("rung again after being out", member.state == MemberState::Ringing && member.prev.is_some());
    note("joined by itself", by_itself);
    note("came back by joining", by_itself && member.prev.is_some());
    note("joined while it rang", by_itself && before.phase == Phase::Ringing && call.phase == Phase::Connected);
    let was_claiming = before.member(&member.user).is_some_and(|before| before.state == MemberState::Claiming);
    let fenced = was_claiming && member.state == MemberState::Aborted && invited;
    note("a running call was fenced", fenced && before.phase == Phase::Connected);
}
