use call_protocol::*;
use open_call_engine::wire::{decode, encode};
use wasm_bindgen_test::wasm_bindgen_test;

fn user(name: &str) -> UserId {
    name.try_into().unwrap()
}

fn call_id() -> CallId {
    CallId::from_bits([7; 16])
}

fn full_member(state: MemberState) -> MemberView {
    MemberView {
        user: user("ben"),
        generation: 2,
        state,
        reason: Some(Reason::HangUp),
        by: Some(user("ann")),
        at: 1_760_000_000_123,
        invited_by: Some(user("ann")),
        invite: 1,
        ring_until: Some(1_760_000_030_000),
        joined_at: Some(1_760_000_000_100),
        join_no: 3,
        away: true,
        here: true,
        prev: Some(Previous {
            generation: 1,
            state: MemberState::Rejected,
            reason: Some(Reason::Reject),
            by: Some(user("ben")),
            at: 17,
            joined_at: Some(16),
            here: true,
        }),
    }
}

fn bare_member() -> MemberView {
    MemberView {
        reason: None,
        by: None,
        invited_by: None,
        invite: 0,
        ring_until: None,
        joined_at: None,
        join_no: 0,
        away: false,
        here: false,
        prev: None,
        ..full_member(MemberState::Ringing)
    }
}

fn snapshot(members: Vec<MemberView>, full: bool) -> Snapshot {
    Snapshot {
        id: call_id(),
        rev: 9,
        phase: if full { Phase::Ended } else { Phase::Ringing },
        group: full,
        caller: user("ann"),
        room: Room {
            int: if full { 0 } else { 2_147_483_647 },
            str: if full { "room \"1\"".into() } else { String::new() },
        },
        chat_group: full.then(|| "group".into()),
        media: if full { MediaType::Video } else { MediaType::Audio },
        invite: InviteView {
            by: user("ann"),
            callees: vec![user("ben"), user("carl")],
            user_data: if full { "{\"x\":\"\\\u{1}ü用\"}".into() } else { String::new() },
        },
        members,
        begun_at: full.then_some(1_760_000_000_000),
        end: full.then_some(End { reason: Reason::EndedByServer, by: None, at: 1_760_000_000_001 }),
        mine: full,
        now: 1_760_000_000_002,
    }
}

fn signals() -> Vec<Signal> {
    let sdp = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n\"\\\u{8}".to_owned();
    vec![
        Signal::Description(Description { epoch: 1, n: 1, kind: DescriptionKind::Offer, sdp: sdp.clone() }),
        Signal::Description(Description { epoch: 2, n: 1, kind: DescriptionKind::Answer, sdp }),
        Signal::Candidate(Candidate {
            epoch: 1,
            candidate: "candidate:1".into(),
            mid: Some("0".into()),
            index: Some(0),
        }),
        Signal::Candidate(Candidate { epoch: 1, candidate: "candidate:1".into(), mid: None, index: None }),
        Signal::Media(MediaState { generation: 1, n: 4, audio: true, video: false, screen: true }),
        Signal::Resend,
        Signal::Bye { generation: 2 },
        Signal::Ping,
        Signal::Shows(Shows { camera: 240, screen: 0 }),
        Signal::Shows(Shows::default()),
    ]
}

#[wasm_bindgen_test]
fn what_the_server_sends_is_read_as_the_protocol_defines_it() {
    let states = [
        MemberState::Claiming,
        MemberState::Ringing,
        MemberState::Joined,
        MemberState::Busy,
        MemberState::Rejected,
        MemberState::NoResponse,
        MemberState::Cancelled,
        MemberState::Left,
        MemberState::Offline,
        MemberState::Kicked,
        MemberState::Aborted,
    ];
    let mut messages = vec![
        ServerMessage::Welcome(Welcome {
            resume: "token".into(),
            now: 1_760_000_000_000,
            sig_expires: 1_860_000_000_000,
            connect: ConnectWhileRinging::Always,
            ice_servers: vec![
                IceServer { urls: vec!["stun:a".into()], username: String::new(), credential: String::new() },
                IceServer {
                    urls: vec!["turn:b".into(), "turns:c".into()],
                    username: "u".into(),
                    credential: "c".into(),
                },
            ],
            call: Some(snapshot(vec![bare_member()], false)),
            offer: signals().into_iter().next(),
        }),
        ServerMessage::Done,
        ServerMessage::Error(WireError { code: -1203, message: "no".into(), retry_after: Some(1000) }),
        ServerMessage::Error(ErrorCode::SigExpired.into()),
        ServerMessage::Call(CallUpdate {
            call: snapshot(states.map(full_member).to_vec(), true),
            offer: None,
            alone: false,
        }),
        ServerMessage::Call(CallUpdate { call: snapshot(vec![], false), offer: signals().pop(), alone: true }),
        ServerMessage::Gone(Gone { call: call_id(), reason: Reason::Offline }),
        ServerMessage::Beat,
        ServerMessage::Kicked(Kicked { call: None }),
        ServerMessage::Kicked(Kicked { call: Some(snapshot(vec![bare_member()], true)) }),
        ServerMessage::SigExpired,
        ServerMessage::GoAway(GoAway { after: 250 }),
    ];
    for reason in [
        Reason::Unknown,
        Reason::NoResponse,
        Reason::LineBusy,
        Reason::Cancelled,
        Reason::AnsweredElsewhere,
        Reason::RejectedElsewhere,
    ] {
        messages.push(ServerMessage::Gone(Gone { call: call_id(), reason }));
    }
    for signal in signals() {
        messages.push(ServerMessage::Signal(SignalFrom { call: call_id(), from: user("ann"), signal }));
    }
    for (re, body) in messages.into_iter().enumerate() {
        let frame = ServerFrame { re: re as u32, body };
        let text = serde_json::to_string(&frame).unwrap();
        assert_eq!(decode(&text), Some(frame), "{text}");
    }
}

#[wasm_bindgen_test]
fn what_is_not_understood_is_nothing() {
    for text in [
        "",
        "{",
        "null",
        "[]",
        "{}",
        r#"{"body":"later"}"#,
        r#"{"body":{}}"#,
        r#"{"body":{"later":{}}}"#,
        r#"{"body":{"welcome":{}}}"#,
        r#"{"body":{"call":{"call":5}}}"#,
        r#"{"body":{"signal":{"call":"short","from":"ann","signal":"resend"}}}"#,
        r#"{"body":{"signal":{"call":"07070707070707070707070707070707","from":"a b","signal":"resend"}}}"#,
    ] {
        assert_eq!(decode(text), None, "{text}");
    }
}

#[wasm_bindgen_test]
fn what_is_sent_is_read_as_the_protocol_defines_it() {
    let mut bodies = vec![
        ClientMessage::Login(Login {
            app: u32::MAX,
            user: user("ann"),
            sig: "s\"i\\g\n".into(),
            device: "d".into(),
            page: "p".into(),
            multi_device: true,
            returns: false,
            resume: Some("r".into()),
        }),
        ClientMessage::Login(Login {
            app: 1,
            user: user("ann"),
            sig: String::new(),
            device: "d".into(),
            page: String::new(),
            multi_device: false,
            returns: false,
            resume: None,
        }),
        ClientMessage::Logout,
        ClientMessage::Accept(CallRef { call: call_id(), generation: 1 }),
        ClientMessage::Reject(CallRef { call: call_id(), generation: 2 }),
        ClientMessage::Leave(Leave { call: call_id(), generation: 3, because: None, at: None }),
        ClientMessage::Leave(Leave {
            call: call_id(),
            generation: 3,
            because: Some(user("ben")),
            at: Some(1_700_000_000_123),
        }),
        ClientMessage::InviteMore(InviteMore {
            call: call_id(),
            generation: 4,
            number: 1,
            callees: vec![user("ben"), user("carl")],
            user_data: "data".into(),
            timeout: 30,
        }),
        ClientMessage::Join(Join::Call(call_id())),
        ClientMessage::Join(Join::Room { group: "g".into(), room: Room { int: 5, str: "s".into() } }),
        ClientMessage::SwitchMedia(SwitchMedia { call: call_id(), generation: 5, media: MediaType::Video }),
        ClientMessage::Beat(BeatAnswer::default()),
        ClientMessage::Beat(BeatAnswer { call: Some(call_id()), rev: 4, heard: vec![user("ben")] }),
    ];
    for (full, offer) in [(true, signals().into_iter().next()), (false, None)] {
        bodies.push(ClientMessage::Invite(Invite {
            call: call_id(),
            callees: vec![user("ben"), user("carl")],
            media: if full { MediaType::Video } else { MediaType::Audio },
            group: full,
            room: Room { int: 5, str: if full { "s".into() } else { String::new() } },
            chat_group: full.then(|| "g".into()),
            user_data: if full { "用\u{7f}\u{0}".into() } else { String::new() },
            timeout: 30,
            offer,
        }));
    }
    for signal in signals() {
        bodies.push(ClientMessage::Signal(SignalTo { call: call_id(), to: user("ben"), signal }));
    }
    for (id, body) in bodies.into_iter().enumerate() {
        let frame = ClientFrame { id: id as u32, body };
        let read: ClientFrame<Signal> = serde_json::from_str(&encode(&frame)).unwrap();
        assert_eq!(read, frame);
    }
}
