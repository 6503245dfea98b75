use crate::json::Object;
use call_protocol::{
    BeatAnswer, CallRef, ClientFrame, ClientMessage, DescriptionKind, Invite, InviteMore, Join, Leave, Login,
    MediaType, Room, Signal, UserId,
};

pub fn encode(frame: &ClientFrame<Signal>) -> String {
    let body = Object::default();
    let body = match &frame.body {
        ClientMessage::Login(login) => body.object("login", encode_login(login)),
        // A variant without content is only its name.
        ClientMessage::Logout => return numbered(frame.id).text("body", "logout").finish(),
        ClientMessage::Invite(invite) => body.object("invite", encode_invite(invite)),
        ClientMessage::Accept(call) => body.object("accept", encode_ref(call)),
        ClientMessage::Reject(call) => body.object("reject", encode_ref(call)),
        ClientMessage::Leave(leave) => body.object("leave", encode_leave(leave)),
        ClientMessage::InviteMore(invite) => body.object("invite_more", encode_invite_more(invite)),
        ClientMessage::Join(join) => body.object("join", encode_join(join)),
        ClientMessage::SwitchMedia(switch) => body.object(
            "switch_media",
            member(switch.call.as_str(), switch.generation).text("media", media_type(switch.media)),
        ),
        ClientMessage::Signal(signal) => body.object(
            "signal",
            Object::default()
                .text("call", signal.call.as_str())
                .text("to", signal.to.as_str())
                .raw("signal", &encode_signal(&signal.signal)),
        ),
        ClientMessage::Beat(beat) => body.object("beat", encode_beat(beat)),
    };
    numbered(frame.id).object("body", body).finish()
}

fn numbered(id: u32) -> Object {
    if id == 0 { Object::default() } else { Object::default().number("id", id) }
}

fn encode_login(login: &Login) -> Object {
    Object::default()
        .number("app", login.app)
        .text("user", login.user.as_str())
        .text("sig", &login.sig)
        .text("device", &login.device)
        .optional_text("page", non_empty(&login.page))
        .flag("multi_device", login.multi_device)
        .flag("returns", login.returns)
        .optional_text("resume", login.resume.as_deref())
}

fn encode_invite(invite: &Invite<Signal>) -> Object {
    let object = Object::default()
        .text("call", invite.call.as_str())
        .texts("callees", &invite.callees)
        .text("media", media_type(invite.media))
        .flag("group", invite.group)
        .object("room", encode_room(&invite.room))
        .optional_text("chat_group", invite.chat_group.as_deref())
        .optional_text("user_data", non_empty(&invite.user_data))
        .number("timeout", invite.timeout);
    match &invite.offer {
        Some(offer) => object.raw("offer", &encode_signal(offer)),
        None => object,
    }
}

fn encode_invite_more(invite: &InviteMore) -> Object {
    member(invite.call.as_str(), invite.generation)
        .number("number", invite.number)
        .texts("callees", &invite.callees)
        .optional_text("user_data", non_empty(&invite.user_data))
        .number("timeout", invite.timeout)
}

fn encode_join(join: &Join) -> Object {
    match join {
        Join::Call(call) => Object::default().text("call", call.as_str()),
        Join::Room { group, room } => {
            let place = Object::default().text("group", group).object("room", encode_room(room));
            Object::default().object("room", place)
        }
    }
}

fn encode_leave(leave: &Leave) -> Object {
    let because = leave.because.as_ref().map(UserId::as_str);
    let object = member(leave.call.as_str(), leave.generation).optional_text("because", because);
    match leave.at {
        Some(at) => object.number("at", at as i64),
        None => object,
    }
}

fn encode_beat(beat: &BeatAnswer) -> Object {
    let call = beat.call.as_ref().map(|call| call.as_str());
    let object = Object::default().optional_text("call", call).number("rev", beat.rev);
    if beat.heard.is_empty() { object } else { object.texts("heard", &beat.heard) }
}

fn media_type(media: MediaType) -> &'static str {
    match media {
        MediaType::Audio => "audio",
        MediaType::Video => "video",
    }
}

fn non_empty(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

fn encode_room(room: &Room) -> Object {
    Object::default().number("int", room.int).optional_text("str", non_empty(&room.str))
}

fn encode_ref(call: &CallRef) -> Object {
    member(call.call.as_str(), call.generation)
}

fn member(call: &str, generation: u32) -> Object {
    Object::default().text("call", call).number("gen", generation)
}

pub fn encode_signal(signal: &Signal) -> String {
    let (kind, object) = match signal {
        Signal::Description(description) => {
            let kind = match description.kind {
                DescriptionKind::Offer => "offer",
                DescriptionKind::Answer => "answer",
            };
            let object = Object::default().number("epoch", description.epoch).number("n", description.n);
            let object = object.text("kind", kind);
            ("description", object.text("sdp", &description.sdp))
        }
        Signal::Candidate(candidate) => {
            let object = Object::default()
                .number("epoch", candidate.epoch)
                .text("candidate", &candidate.candidate)
                .optional_text("mid", candidate.mid.as_deref());
            let object = match candidate.index {
                Some(index) => object.number("index", index),
                None => object,
            };
            ("candidate", object)
        }
        Signal::Media(media) => {
            let object = Object::default().number("gen", media.generation).number("n", media.n);
            let object = object.flag("audio", media.audio).flag("video", media.video);
            ("media", object.flag("screen", media.screen))
        }
        Signal::Shows(shows) => {
            ("shows", Object::default().number("camera", shows.camera).number("screen", shows.screen))
        }
        Signal::Bye { generation } => ("bye", Object::default().number("gen", *generation)),
        Signal::Resend => return "\"resend\"".into(),
        Signal::Ping => return "\"ping\"".into(),
    };
    Object::default().object(kind, object).finish()
}
