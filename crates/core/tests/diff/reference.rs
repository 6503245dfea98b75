//! What the sessions of a call must be told, from what happened to it: knows steps and values, not snapshots.

use crate::{
    history::{Change, Viewer},
    support::rng::Rng,
};
use call_core::{Call, Member, Step};
use call_protocol::{MemberState, Phase, Reason, UserId};

/// What `change` tells a session that was told of every change before it. Tracks are left out.
pub fn told(Change { step, old, new, .. }: &Change, viewer: &Viewer) -> Vec<String> {
    if new.phase == Phase::Placing {
        return Vec::new();
    }
    let own = new.member(&viewer.user).expect("a member");
    if old.phase == Phase::Placing {
        return placed(new, own, viewer);
    }
    let was = old.member(&viewer.user).expect("a member");
    let took_part = match was.state {
        MemberState::Ringing => true,
        MemberState::Joined => was.is_with(viewer.session.id),
        _ => false,
    };
    if !took_part {
        return Vec::new();
    }
    let mut lines = others(step, old, new, viewer);
    lines.extend(own_end(new, was, own, viewer));
    lines
}

/// The commit: ringing; busy; or connected at once, because two calls crossed.
fn placed(new: &Call, own: &Member, viewer: &Viewer) -> Vec<String> {
    if own.user != new.origin.user {
        let with = own.is_with(viewer.session.id);
        return match own.state {
            MemberState::Ringing => vec![format!("received from {}", new.origin.user)],
            MemberState::Joined if with => vec!["begin as callee".into(), format!("joined {}", new.origin.user)],
            _ => Vec::new(),
        };
    }
    if new.origin.session.id != viewer.session.id {
        return Vec::new();
    }
    let mut lines = Vec::new();
    for busy in new.members.iter().filter(|member| member.state == MemberState::Busy) {
        lines.push(format!("busy {}", busy.user));
    }
    for joined in new.members.iter().filter(|member| member.user != own.user && member.joined_at.is_some()) {
        lines.extend([format!("joined {}", joined.user), format!("accepted {}", joined.user)]);
        lines.push("begin as caller".into());
    }
    if !own.state.is_live() {
        lines.push(terminal(own, new));
    }
    lines
}

fn others(step: &Step, old: &Call, new: &Call, viewer: &Viewer) -> Vec<String> {
    match step {
        Step::Accept { user, session, .. } | Step::Cross { user, session, .. } => {
            if *user == viewer.user {
                let mut lines = Vec::new();
                if *session == viewer.session {
                    lines.push("begin as callee".to_owned());
                    lines.extend(there_before(old, viewer).map(|user| format!("joined {user}")));
                }
                lines.extend(media(old, new));
                return lines;
            }
            let mut lines = vec![format!("joined {user}")];
            if viewer.user == new.origin.user {
                lines.push(format!("accepted {user}"));
                lines.extend(old.begun_at.is_none().then(|| "begin as caller".to_owned()));
            }
            lines.extend(media(old, new));
            lines
        }
        Step::EndByServer => Vec::new(),
        _ => {
            let outs = outs(old, new).filter(|out| out.user != viewer.user).collect::<Vec<_>>();
            let rejected = outs.iter().filter(|out| out.state == MemberState::Rejected);
            let mut lines: Vec<_> = rejected.map(|out| format!("rejected {}", out.user)).collect();
            lines.extend(silent(&outs, new, viewer));
            lines.extend(left(&outs, new, viewer));
            lines
        }
    }
}

/// Who was in the call when the viewer was rung.
fn there_before<'a>(old: &'a Call, viewer: &'a Viewer) -> impl Iterator<Item = &'a UserId> {
    let rung_at = old.member(&viewer.user).map_or(0, |own| own.at);
    let there = move |member: &&Member| {
        member.state == MemberState::Joined && member.joined_at.is_some_and(|joined| joined <= rung_at)
    };
    old.members.iter().filter(there).map(|member| &member.user)
}

fn media(old: &Call, new: &Call) -> Option<String> {
    (old.media.kind != new.media.kind).then(|| format!("{:?} becomes {:?}", old.media.kind, new.media.kind))
}

/// Members whose part ended now, by their own doing or silence.
fn outs<'a>(old: &'a Call, new: &'a Call) -> impl Iterator<Item = &'a Member> {
    let live = |user: &UserId| old.member(user).is_some_and(|member| member.state.is_live());
    let own_doing = |member: &&Member| member.by.as_ref() == Some(&member.user);
    new.members.iter().filter(move |member| live(&member.user) && !member.state.is_live()).filter(own_doing)
}

// Who did not answer is no news to somebody who did not answer either.
fn silent(outs: &[&Member], new: &Call, viewer: &Viewer) -> Option<String> {
    let own = new.member(&viewer.user)?;
    let silent: Vec<_> = outs.iter().filter(|out| out.state == MemberState::NoResponse).collect();
    if silent.is_empty() || own.state == MemberState::NoResponse {
        return None;
    }
    let names: Vec<_> = silent.iter().map(|out| out.user.as_str()).collect();
    Some(format!("no response {}", names.join(" ")))
}

// A session that was only rung is told by its own end alone who caused that.
fn left(outs: &[&Member], new: &Call, viewer: &Viewer) -> Vec<String> {
    let own = new.member(&viewer.user).expect("a member");
    let never_in = own.joined_at.is_none() && !own.state.is_live();
    let left = outs.iter().filter(|out| {
        matches!(out.state, MemberState::Left | MemberState::Offline | MemberState::Kicked)
            && !(never_in && own.by.as_ref() == Some(&out.user))
    });
    left.map(|out| format!("left {}", out.user)).collect()
}

fn own_end(new: &Call, was: &Member, own: &Member, viewer: &Viewer) -> Vec<String> {
    let user = &viewer.user;
    if was.state == MemberState::Ringing && own.joined_at.is_some() && !own.is_with(viewer.session.id) {
        return vec![format!("not connected: {:?} by {user}", Reason::AnsweredElsewhere)];
    }
    if own.state == MemberState::Rejected && !own.is_with(viewer.session.id) {
        return vec![format!("not connected: {:?} by {user}", Reason::RejectedElsewhere)];
    }
    if own.state.is_live() {
        return Vec::new();
    }
    let expired = (own.state == MemberState::NoResponse).then(|| "own ringing expired".to_owned());
    expired.into_iter().chain([terminal(own, new)]).collect()
}

fn terminal(own: &Member, call: &Call) -> String {
    let by = own.by.as_ref().map_or("nobody", |by| by.as_str());
    let reason = own.reason.expect("a reason");
    match (call.begun_at, own.joined_at) {
        (Some(begun), Some(joined)) => {
            format!("end: {reason:?} by {by} after {}", own.at - begun.max(joined))
        }
        _ => format!("not connected: {reason:?} by {by}"),
    }
}

/// A random part of `news` that still has the last snapshot and the last word of each publisher.
pub fn thinned(news: &[crate::history::News], rng: &mut Rng) -> Vec<crate::history::News> {
    use crate::history::News;
    let is_call = |news: &News| matches!(news, News::Call(..));
    let last_call = news.iter().rposition(is_call);
    let keep = [0, 200, 500, 800][rng.below(4)];
    let needed = |index: usize, item: &News| match item {
        News::Call(..) => Some(index) == last_call,
        News::Media(owner, _) => {
            !news[index + 1..].iter().any(|later| matches!(later, News::Media(other, _) if other == owner))
        }
    };
    news.iter()
        .enumerate()
        .filter(|(index, item)| needed(*index, item) || rng.chance(keep))
        .map(|(_, item)| item.clone())
        .collect()
}
