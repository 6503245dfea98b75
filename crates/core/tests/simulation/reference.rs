//! What a session must be told of one change of a call, in plain words from the two values before and after: it knows
//! nothing of snapshots. Tracks are left out.

use call_core::{Call, Member, SessionId};
use call_protocol::{MemberState, Phase, Reason, UserId};

pub struct Viewer {
    pub user: UserId,
    pub session: SessionId,
}

pub fn told(old: Option<&Call>, new: &Call, viewer: &Viewer) -> Vec<String> {
    let old = old.filter(|old| old.phase != Phase::Placing);
    if new.phase == Phase::Placing {
        return Vec::new();
    }
    let Some(own) = new.member(&viewer.user).and_then(known_to_itself) else { return Vec::new() };
    let was = old.and_then(|old| old.member(&viewer.user)).and_then(known_to_itself);
    let was = was.filter(|was| was.generation == own.generation);
    match was {
        Some(was) if takes_part(was, viewer) => among_members(old, new, was, own, viewer),
        Some(_) => Vec::new(),
        None => entering(old, new, own, viewer),
    }
}

/// The first that a session hears of a call, or of its part in it.
fn entering(old: Option<&Call>, new: &Call, own: &Member, viewer: &Viewer) -> Vec<String> {
    let is_origin = new.origin.user == viewer.user && new.origin.session.id == viewer.session;
    match own.state {
        MemberState::Ringing => {
            let invite = &new.invites[own.invite.unwrap_or(0) as usize];
            vec![format!("received from {}", invite.by)]
        }
        MemberState::Joined if takes_part(own, viewer) && (old.is_some() || !is_origin) => {
            let mut lines = vec![begin(new, viewer)];
            let there = new.members.iter().filter(|it| it.state == MemberState::Joined && it.user != viewer.user);
            lines.extend(there.map(|member| format!("joined {}", member.user)));
            lines
        }
        _ if is_origin && old.is_none() => at_the_commit(new, own, viewer),
        _ => Vec::new(),
    }
}

/// To whom has placed it: ringing; busy; or connected at once, because two calls crossed.
fn at_the_commit(new: &Call, own: &Member, viewer: &Viewer) -> Vec<String> {
    let mut lines = Vec::new();
    for busy in new.members.iter().filter(|member| member.state == MemberState::Busy) {
        lines.push(format!("busy {}", busy.user));
    }
    for joined in new.members.iter().filter(|member| member.user != own.user && member.joined_at.is_some()) {
        lines.extend([format!("joined {}", joined.user), format!("accepted {}", joined.user), begin(new, viewer)]);
    }
    lines.extend((!own.state.is_live()).then(|| terminal(own, new)));
    lines
}

fn among_members(old: Option<&Call>, new: &Call, was: &Member, own: &Member, viewer: &Viewer) -> Vec<String> {
    let Some(old) = old else { return Vec::new() };
    let changed: Vec<(Option<&Member>, &Member)> = new
        .members
        .iter()
        .filter(|member| member.user != viewer.user)
        .filter_map(|member| Some((old.member(&member.user).and_then(known_to_others), known_to_others(member)?)))
        .filter(|(before, after)| before.is_none_or(|it| (it.generation, it.state) != (after.generation, after.state)))
        .collect();
    let invited_by = |member: &Member| member.invite.map(|invite| new.invites[invite as usize].by.clone());
    let mine = |member: &Member| invited_by(member).as_ref() == Some(&viewer.user);
    let fresh = |before: &Option<&Member>, after: &Member| before.is_none_or(|it| it.generation != after.generation);
    let mut lines = Vec::new();
    let mut silent = Vec::new();
    for (_, member) in &changed {
        match member.state {
            MemberState::Rejected => lines.push(format!("rejected {}", member.user)),
            MemberState::Busy if mine(member) => lines.push(format!("busy {}", member.user)),
            MemberState::NoResponse if own.state != MemberState::NoResponse => silent.push(member.user.as_str()),
            _ => {}
        }
    }
    lines.extend((!silent.is_empty()).then(|| format!("no response {}", silent.join(" "))));
    let begins = has_begun(new, own, viewer) && !has_begun(old, was, viewer);
    let is_caller = has_placed(new, viewer);
    lines.extend((begins && !is_caller).then(|| begin(new, viewer)));
    for member in new.members.iter().filter(|member| member.user != viewer.user) {
        let joins = changed.iter().any(|(_, it)| it.user == member.user && it.state == MemberState::Joined);
        let was_there = member.state == MemberState::Joined && member.joined_at.is_some_and(|at| at <= was.at);
        if joins || begins && was_there && was.state == MemberState::Ringing {
            lines.push(format!("joined {}", member.user));
            lines.extend(mine(member).then(|| format!("accepted {}", member.user)));
        }
    }
    lines.extend((begins && is_caller).then(|| begin(new, viewer)));
    for (before, member) in &changed {
        let rung_later = member.state == MemberState::Ringing && member.invite > Some(0) && fresh(before, member);
        lines.extend(rung_later.then(|| format!("inviting {}", member.user)));
    }
    if old.media.kind != new.media.kind {
        lines.push(format!("{:?} becomes {:?}", old.media.kind, new.media.kind));
    }
    let unbegun_end = !own.state.is_live() && !has_begun(new, own, viewer);
    for (_, member) in &changed {
        let by_itself = member.by.as_ref() == Some(&member.user);
        let out = matches!(member.state, MemberState::Left | MemberState::Offline | MemberState::Kicked);
        if out && by_itself && !(unbegun_end && own.by == member.by) {
            lines.push(format!("left {}", member.user));
        }
    }
    lines.extend(own_end(new, was, own, viewer));
    lines
}

fn own_end(new: &Call, was: &Member, own: &Member, viewer: &Viewer) -> Vec<String> {
    let user = &viewer.user;
    if was.state == MemberState::Ringing && own.joined_at.is_some() && !own.is_with(viewer.session) {
        return vec![format!("not connected: {:?} by {user}", Reason::AnsweredElsewhere)];
    }
    if own.state == MemberState::Rejected && !own.is_with(viewer.session) {
        return vec![format!("not connected: {:?} by {user}", Reason::RejectedElsewhere)];
    }
    if own.state.is_live() {
        return Vec::new();
    }
    let expired = (own.state == MemberState::NoResponse).then(|| "own ringing expired".to_owned());
    expired.into_iter().chain([terminal(own, new)]).collect()
}

pub fn terminal(own: &Member, call: &Call) -> String {
    let by = own.by.as_ref().map_or("nobody", |by| by.as_str());
    let reason = own.reason.expect("a reason");
    match (call.begun_at, own.joined_at) {
        (Some(begun), Some(joined)) => format!("end: {reason:?} by {by} after {}", own.at - begun.max(joined)),
        _ => format!("not connected: {reason:?} by {by}"),
    }
}

fn begin(call: &Call, viewer: &Viewer) -> String {
    format!("begin as {}", if has_placed(call, viewer) { "caller" } else { "callee" })
}

/// Whoever comes back into a call of its own is a callee like others.
fn has_placed(call: &Call, viewer: &Viewer) -> bool {
    let own = call.member(&viewer.user).and_then(known_to_itself);
    call.origin.user == viewer.user && own.is_some_and(|own| own.prev.is_none())
}

fn has_begun(call: &Call, own: &Member, viewer: &Viewer) -> bool {
    own.joined_at.is_some() && own.is_with(viewer.session) && call.begun_at.is_some()
}

fn takes_part(own: &Member, viewer: &Viewer) -> bool {
    match own.state {
        MemberState::Ringing => true,
        MemberState::Joined => own.is_with(viewer.session),
        _ => false,
    }
}

fn known_to_itself(member: &Member) -> Option<&Member> {
    if member.was_told() { Some(member) } else { known_to_itself(member.prev.as_deref()?) }
}

fn known_to_others(member: &Member) -> Option<&Member> {
    match member.state {
        MemberState::Claiming | MemberState::Aborted => member.prev.as_deref(),
        _ => Some(member),
    }
}
