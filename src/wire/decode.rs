use crate::web::{number_property, property, tag, text_property};
use call_protocol::{
    CallId, CallUpdate, Candidate, ConnectWhileRinging, Description, DescriptionKind, End, GoAway, Gone, IceServer,
    InviteView, Kicked, MediaState, MediaType, MemberState, MemberView, Phase, Previous, Reason, Room, ServerFrame,
    ServerMessage, Shows, Signal, SignalFrom, Snapshot, UserId, Welcome, WireError,
};
use js_sys::{Array, JSON};
use wasm_bindgen::{JsCast, prelude::*};

/// None: not understood, as a newer server's message may be.
pub fn decode(text: &str) -> Option<ServerFrame<Signal>> {
    let frame = Value(JSON::parse(text).ok()?);
    Some(ServerFrame { re: frame.number("re").unwrap_or(0), body: message(&frame.get("body")?)? })
}

/// What came by a data channel. None: not understood.
pub fn decode_signal(text: &str) -> Option<Signal> {
    signal(&Value(JSON::parse(text).ok()?))
}

fn message(body: &Value) -> Option<ServerMessage<Signal>> {
    let (kind, value) = body.variant()?;
    let Some(value) = value else {
        return match kind.as_str() {
            "done" => Some(ServerMessage::Done),
            "beat" => Some(ServerMessage::Beat),
            "sig_expired" => Some(ServerMessage::SigExpired),
            _ => None,
        };
    };
    Some(match kind.as_str() {
        "welcome" => ServerMessage::Welcome(Welcome {
            resume: value.text("resume")?,
            now: value.time("now")?,
            sig_expires: value.time("sig_expires")?,
            connect: value.text("connect").and_then(|name| connect_while_ringing(&name)).unwrap_or_default(),
            ice_servers: value.list("ice_servers", ice_server)?,
            call: value.optional("call", snapshot)?,
            offer: value.optional("offer", signal)?,
        }),
        "error" => ServerMessage::Error(WireError {
            code: value.float("code")? as i32,
            message: value.text("message")?,
            retry_after: value.number("retry_after"),
        }),
        "call" => ServerMessage::Call(CallUpdate {
            call: snapshot(&value.get("call")?)?,
            offer: value.optional("offer", signal)?,
            alone: value.flag("alone"),
        }),
        "gone" => ServerMessage::Gone(Gone { call: value.call("call")?, reason: value.name("reason", reason)? }),
        "signal" => ServerMessage::Signal(SignalFrom {
            call: value.call("call")?,
            from: value.user("from")?,
            signal: signal(&value.get("signal")?)?,
        }),
        "kicked" => ServerMessage::Kicked(Kicked { call: value.optional("call", snapshot)? }),
        "go_away" => ServerMessage::GoAway(GoAway { after: value.number("after")? }),
        _ => return None,
    })
}

fn snapshot(value: &Value) -> Option<Snapshot> {
    let room = value.get("room")?;
    Some(Snapshot {
        id: value.call("id")?,
        rev: value.number("rev")?,
        phase: value.name("phase", phase)?,
        group: value.flag("group"),
        caller: value.user("caller")?,
        room: Room { int: room.number("int").unwrap_or(0), str: room.text("str").unwrap_or_default() },
        chat_group: value.text("chat_group"),
        media: value.name("media", media_type)?,
        invite: invite(&value.get("invite")?)?,
        members: value.list("members", member)?,
        begun_at: value.time("begun_at"),
        end: value.optional("end", end)?,
        mine: value.flag("mine"),
        now: value.time("now")?,
    })
}

fn invite(value: &Value) -> Option<InviteView> {
    Some(InviteView {
        by: value.user("by")?,
        callees: value.list("callees", |user| user.0.as_string()?.try_into().ok())?,
        user_data: value.text("user_data").unwrap_or_default(),
    })
}

fn end(value: &Value) -> Option<End> {
    Some(End { reason: value.name("reason", reason)?, by: value.user("by"), at: value.time("at")? })
}

fn member(value: &Value) -> Option<MemberView> {
    Some(MemberView {
        user: value.user("user")?,
        generation: value.number("gen")?,
        state: value.name("state", member_state)?,
        reason: value.name("reason", reason),
        by: value.user("by"),
        at: value.time("at")?,
        invited_by: value.user("invited_by"),
        invite: value.number("invite").unwrap_or(0),
        ring_until: value.time("ring_until"),
        joined_at: value.time("joined_at"),
        join_no: value.number("join_no").unwrap_or(0),
        away: value.flag("away"),
        here: value.flag("here"),
        prev: value.optional("prev", previous)?,
    })
}

fn previous(value: &Value) -> Option<Previous> {
    Some(Previous {
        generation: value.number("gen")?,
        state: value.name("state", member_state)?,
        reason: value.name("reason", reason),
        by: value.user("by"),
        at: value.time("at")?,
        joined_at: value.time("joined_at"),
        here: value.flag("here"),
    })
}

fn ice_server(value: &Value) -> Option<IceServer> {
    Some(IceServer {
        urls: value.list("urls", |url| url.0.as_string())?,
        username: value.text("username").unwrap_or_default(),
        credential: value.text("credential").unwrap_or_default(),
    })
}

fn signal(value: &Value) -> Option<Signal> {
    let (kind, value) = value.variant()?;
    let Some(value) = value else {
        return match kind.as_str() {
            "resend" => Some(Signal::Resend),
            "ping" => Some(Signal::Ping),
            _ => None,
        };
    };
    Some(match kind.as_str() {
        "description" => Signal::Description(Description {
            epoch: value.number("epoch")?,
            n: value.number("n")?,
            kind: value.name("kind", description_kind)?,
            sdp: value.text("sdp")?,
        }),
        "candidate" => Signal::Candidate(Candidate {
            epoch: value.number("epoch")?,
            candidate: value.text("candidate")?,
            mid: value.text("mid"),
            index: value.number("index").and_then(|index| index.try_into().ok()),
        }),
        "media" => Signal::Media(MediaState {
            generation: value.number("gen")?,
            n: value.number("n")?,
            audio: value.flag("audio"),
            video: value.flag("video"),
            screen: value.flag("screen"),
        }),
        "shows" => Signal::Shows(Shows { camera: value.lines("camera"), screen: value.lines("screen") }),
        "bye" => Signal::Bye { generation: value.number("gen")? },
        _ => return None,
    })
}

pub fn connect_while_ringing(name: &str) -> Option<ConnectWhileRinging> {
    Some(match name {
        "off" => ConnectWhileRinging::Off,
        "prepare" => ConnectWhileRinging::Prepare,
        "relay" => ConnectWhileRinging::Relay,
        "always" => ConnectWhileRinging::Always,
        _ => return None,
    })
}

fn phase(name: &str) -> Option<Phase> {
    Some(match name {
        "placing" => Phase::Placing,
        "ringing" => Phase::Ringing,
        "connected" => Phase::Connected,
        "ended" => Phase::Ended,
        _ => return None,
    })
}

fn media_type(name: &str) -> Option<MediaType> {
    Some(match name {
        "audio" => MediaType::Audio,
        "video" => MediaType::Video,
        _ => return None,
    })
}

fn description_kind(name: &str) -> Option<DescriptionKind> {
    Some(match name {
        "offer" => DescriptionKind::Offer,
        "answer" => DescriptionKind::Answer,
        _ => return None,
    })
}

fn member_state(name: &str) -> Option<MemberState> {
    Some(match name {
        "claiming" => MemberState::Claiming,
        "ringing" => MemberState::Ringing,
        "joined" => MemberState::Joined,
        "busy" => MemberState::Busy,
        "rejected" => MemberState::Rejected,
        "no_response" => MemberState::NoResponse,
        "cancelled" => MemberState::Cancelled,
        "left" => MemberState::Left,
        "offline" => MemberState::Offline,
        "kicked" => MemberState::Kicked,
        "aborted" => MemberState::Aborted,
        _ => return None,
    })
}

fn reason(name: &str) -> Option<Reason> {
    Some(match name {
        "hang_up" => Reason::HangUp,
        "reject" => Reason::Reject,
        "no_response" => Reason::NoResponse,
        "offline" => Reason::Offline,
        "line_busy" => Reason::LineBusy,
        "cancelled" => Reason::Cancelled,
        "answered_elsewhere" => Reason::AnsweredElsewhere,
        "rejected_elsewhere" => Reason::RejectedElsewhere,
        "ended_by_server" => Reason::EndedByServer,
        // A newer server's reason must not make its whole message unreadable.
        _ => Reason::Unknown,
    })
}

/// A parsed JSON value. Members that are missing or of another type are none.
struct Value(JsValue);

impl Value {
    fn get(&self, key: &str) -> Option<Value> {
        property(&self.0, key).map(Value)
    }

    /// An externally tagged variant: its name, and what comes with it.
    fn variant(&self) -> Option<(String, Option<Value>)> {
        let name = tag(&self.0)?;
        let value = self.get(&name);
        Some((name, value))
    }

    fn text(&self, key: &str) -> Option<String> {
        text_property(&self.0, key)
    }

    fn float(&self, key: &str) -> Option<f64> {
        number_property(&self.0, key)
    }

    fn number(&self, key: &str) -> Option<u32> {
        self.float(key).map(|number| number as u32)
    }

    fn lines(&self, key: &str) -> u16 {
        self.number(key).map_or(u16::MAX, |number| number as u16)
    }

    fn time(&self, key: &str) -> Option<u64> {
        self.float(key).map(|number| number as u64)
    }

    fn flag(&self, key: &str) -> bool {
        property(&self.0, key).is_some_and(|value| value.is_truthy())
    }

    fn user(&self, key: &str) -> Option<UserId> {
        self.text(key)?.try_into().ok()
    }

    fn call(&self, key: &str) -> Option<CallId> {
        self.text(key)?.try_into().ok()
    }

    fn name<T>(&self, key: &str, parse: fn(&str) -> Option<T>) -> Option<T> {
        parse(&self.text(key)?)
    }

    /// None: there, but not readable.
    fn optional<T>(&self, key: &str, parse: fn(&Value) -> Option<T>) -> Option<Option<T>> {
        match self.get(key) {
            Some(value) => parse(&value).map(Some),
            None => Some(None),
        }
    }

    fn list<T>(&self, key: &str, parse: fn(&Value) -> Option<T>) -> Option<Vec<T>> {
        let Some(Value(list)) = self.get(key) else { return Some(Vec::new()) };
        let mut items = Vec::new();
        for item in list.dyn_ref::<Array>()?.iter() {
            items.push(parse(&Value(item))?);
        }
        Some(items)
    }
}
