use crate::records::{CallRecord, Event};
use call_core::{Call, Member};
use call_protocol::{CallId, MediaType, MemberState, Millis, Phase, Reason, Room, UserId};
use serde::Serialize;
use std::collections::HashSet;

/// The body of a request.
#[derive(Debug, Serialize)]
struct Body<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: Kind,
    /// SDKAppID.
    app: u32,
    /// When it happened, in milliseconds since the Unix epoch.
    at: Millis,
    call: About<'a>,
    /// Whose phone rings, who accepted, who missed the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invited_by: Option<&'a UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_data: Option<&'a str>,
    /// Why a call was missed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<&'a CallRecord>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// A user is rung.
    Ringing,
    /// Two are in the call for the first time.
    Started,
    /// An invited user has joined.
    Accepted,
    /// An invited user never joined, and did not reject.
    Missed,
    Ended,
}

#[derive(Debug, Serialize)]
struct About<'a> {
    id: &'a CallId,
    caller: &'a UserId,
    media: MediaType,
    group: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    chat_group: Option<&'a str>,
    room: &'a Room,
    created_at: Millis,
}

/// What can be told of a call: it only ever grows.
struct Fact<'a> {
    kind: Kind,
    part: Option<&'a Member>,
}

/// What `call` tells and `before` did not. Its ids follow from what happened: whoever finds it twice finds the same.
pub fn news(before: Option<&Call>, call: &Call) -> Vec<Event> {
    let known: HashSet<String> = before.map(facts).unwrap_or_default().iter().map(|fact| fact.id(call)).collect();
    let facts = facts(call);
    let news = facts.iter().enumerate().filter(|(_, fact)| !known.contains(&fact.id(call)));
    news.map(|(place, fact)| fact.event(call, place)).collect()
}

/// In the order in which they are told, if found all at once.
fn facts(call: &Call) -> Vec<Fact<'_>> {
    if call.phase == Phase::Placing || call.is_aborted() {
        return Vec::new();
    }
    let parts: Vec<&Member> = call.members.iter().flat_map(parts_of).collect();
    let of = |kind, which: fn(&Member) -> bool| {
        parts.iter().filter(move |part| which(part)).map(move |part| Fact { kind, part: Some(part) })
    };
    let mut facts: Vec<_> = of(Kind::Ringing, was_rung).chain(of(Kind::Accepted, has_accepted)).collect();
    if call.begun_at.is_some() {
        facts.push(Fact { kind: Kind::Started, part: None });
    }
    facts.extend(of(Kind::Missed, has_missed));
    if call.phase == Phase::Ended {
        facts.push(Fact { kind: Kind::Ended, part: None });
    }
    facts
}

/// The earlier ones first.
fn parts_of(member: &Member) -> Vec<&Member> {
    let mut parts = vec![member];
    while let Some(earlier) = parts.last().and_then(|part| part.prev.as_deref()) {
        parts.push(earlier);
    }
    parts.reverse();
    parts
}

fn was_rung(part: &Member) -> bool {
    part.invite.is_some() && part.was_told()
}

fn has_accepted(part: &Member) -> bool {
    part.invite.is_some() && part.joined_at.is_some()
}

fn has_missed(part: &Member) -> bool {
    let is_over = !part.state.is_live() && !matches!(part.state, MemberState::Aborted | MemberState::Rejected);
    part.invite.is_some() && part.joined_at.is_none() && is_over
}

impl Fact<'_> {
    fn id(&self, call: &Call) -> String {
        let kind = self.kind.name();
        match self.part {
            Some(Member { user, generation, .. }) => format!("{}.{kind}.{user}.{generation}", call.id),
            None => format!("{}.{kind}", call.id),
        }
    }

    fn event(&self, call: &Call, place: usize) -> Event {
        let id = self.id(call);
        let invite = self.part.and_then(|part| call.invites.get(part.invite? as usize));
        let record = if self.kind == Kind::Ended { CallRecord::of(call) } else { None };
        let body = Body {
            id: &id,
            kind: self.kind,
            app: call.app,
            at: call.updated_at,
            call: About {
                id: &call.id,
                caller: &call.origin.user,
                media: call.media.kind,
                group: call.group,
                chat_group: call.chat_group.as_deref(),
                room: &call.room,
                created_at: call.created_at,
            },
            user: self.part.map(|part| &part.user),
            invited_by: invite.map(|invite| &invite.by),
            user_data: invite.filter(|_| self.kind == Kind::Ringing).map(|invite| invite.user_data.as_str()),
            reason: self.part.filter(|_| self.kind == Kind::Missed).and_then(|part| part.reason),
            record: record.as_ref(),
        };
        // Maps with text keys, numbers and text: nothing that JSON could refuse.
        let body = serde_json::to_string(&body).unwrap_or_default();
        // The later revision's come after all of the earlier one's.
        let position = (u64::from(call.rev) << 16) + place as u64;
        Event { app: call.app, call: call.id.clone(), position, body, created_at: call.updated_at, id }
    }
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Ringing => "ringing",
            Self::Started => "started",
            Self::Accepted => "accepted",
            Self::Missed => "missed",
            Self::Ended => "ended",
        }
    }
}
