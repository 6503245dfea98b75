//! call-server's adapter for the load generator. Becomes `src/ours.rs` of its copy.
//!
//! `CALL_SERVER_APP=ID:SECRET` names the app whose userSigs are made here.

use crate::{
    adapter::{Adapter, Io, Kind, Session, Tag},
    proc::now_ns,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{Compression, write::ZlibEncoder};
use memchr::memmem::find;
use ring::hmac;
use std::{
    collections::{HashMap, HashSet},
    io::Write,
    sync::Mutex,
    time::{SystemTime, UNIX_EPOCH},
};
use tokio_tungstenite::tungstenite::{
    Message,
    client::IntoClientRequest,
    handshake::client::Request,
    http::{HeaderValue, header::SEC_WEBSOCKET_PROTOCOL},
};

/// What a pair of users does when it has logged in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pairs {
    /// Nothing: the generator places calls, or there is nobody else.
    Idle,
    /// One calls the other, who accepts: only members of a call are relayed to each other. They are ready when they are in
    /// it; placing calls is not what is measured then.
    InOneCall,
}

pub fn by_name(name: &str) -> Option<Box<dyn Adapter>> {
    let pairs = match name {
        "ours" => Pairs::Idle,
        "ours-in-call" => Pairs::InOneCall,
        _ => return None,
    };
    Some(Box::new(Ours::new(pairs)))
}

struct Ours {
    pairs: Pairs,
    app: String,
    key: hmac::Key,
    /// Makes the ids of this run's calls others than those of the run before.
    run: u32,
    /// What a user will learn from the next snapshot: the server has operations of its own for it, which carry no body.
    untold: Mutex<HashMap<String, Vec<Tag>>>,
    /// Pairs of which one has logged in.
    halves: Mutex<HashSet<u64>>,
}

impl Ours {
    fn new(pairs: Pairs) -> Self {
        let app = std::env::var("CALL_SERVER_APP").expect("CALL_SERVER_APP=ID:SECRET");
        let (app, secret) = app.split_once(':').expect("CALL_SERVER_APP=ID:SECRET");
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        Self { pairs, app: app.into(), key, run: now_ns() as u32, untold: Mutex::default(), halves: Mutex::default() }
    }

    fn user_sig(&self, user: &str) -> String {
        let (app, now) = (&self.app, SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs());
        let text = format!("TLS.identifier:{user}\nTLS.sdkappid:{app}\nTLS.time:{now}\nTLS.expire:86400\n");
        let sig = BASE64_STANDARD.encode(hmac::sign(&self.key, text.as_bytes()));
        let token = format!(
            r#"{{"TLS.ver":"2.0","TLS.identifier":"{user}","TLS.sdkappid":{app},"TLS.expire":86400,"TLS.time":{now},"TLS.sig":"{sig}"}}"#
        );
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
        packed.write_all(token.as_bytes()).expect("memory");
        let packed = BASE64_STANDARD.encode(packed.finish().expect("memory"));
        packed.replace('+', "*").replace('/', "-").replace('=', "_")
    }

    /// The users of a pair are u0 and u1, u2 and u3, and so on: both derive the same id.
    fn call_id(&self, user: &str, call: u64) -> String {
        format!("{:08x}{:012x}{call:012x}", self.run, number(user) / 2)
    }

    fn is_last_of_pair(&self, user: &str) -> bool {
        !self.halves.lock().expect("one thread").insert(number(user) / 2)
    }

    fn learns(&self, user: &str, kinds: &[Kind], io: &mut Io) {
        let mut untold = self.untold.lock().expect("one thread");
        if let Some(tags) = untold.get_mut(user) {
            io.got.extend(tags.extract_if(.., |tag| kinds.contains(&tag.kind)));
        }
    }

    fn will_learn(&self, user: &str, body: &str) {
        let mut tags = Vec::new();
        Tag::scan(body.as_bytes(), &mut tags);
        self.untold.lock().expect("one thread").entry(user.into()).or_default().extend(tags);
    }

    fn invite(&self, s: &mut Session, call: u64, offer: &str) -> String {
        let (id, callee) = (self.call_id(&s.user, call), &s.peer);
        let offer = format!(r#"{{"description":{{"epoch":1,"kind":"offer","sdp":"{offer}"}}}}"#);
        format!(
            r#"{{"invite":{{"call":"{id}","callees":["{callee}"],"media":"video","group":false,"timeout":0,"offer":{offer}}}}}"#
        )
    }

    /// Answered with `done`, as the SDK's own requests are.
    fn request(&self, s: &mut Session, body: String) -> Message {
        s.n += 1;
        Message::text(format!(r#"{{"id":{},"body":{body}}}"#, s.n))
    }

    fn step(&self, s: &mut Session, name: &str, call: u64) -> Message {
        let id = self.call_id(&s.user, call);
        self.request(s, format!(r#"{{"{name}":{{"call":"{id}","gen":1}}}}"#))
    }

    fn snapshot(&self, s: &mut Session, frame: &[u8], io: &mut Io) {
        s.buf = beat(frame);
        let mine = find(frame, br#""mine":true"#).is_some();
        match phase(frame) {
            b"ringing" if !mine => {
                // The offer, and with it the invitation's tag, comes along.
                Tag::scan(frame, &mut io.got);
                if self.pairs == Pairs::InOneCall {
                    io.got.clear();
                    io.out.push(self.step(s, "accept", 0));
                }
            }
            b"connected" => {
                io.ready = true;
                self.learns(&s.user, &[Kind::Ring, Kind::Accept], io);
            }
            b"ended" => self.learns(&s.user, &[Kind::Hangup], io),
            _ => {}
        }
    }
}

impl Adapter for Ours {
    fn request(&self, base: &str, _s: &Session) -> Request {
        let mut request = format!("{base}/v1/ws").into_client_request().expect("a URL");
        request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("open-call.v1"));
        request
    }

    fn open(&self, s: &mut Session, io: &mut Io) {
        let (user, app, sig) = (&s.user, &self.app, self.user_sig(&s.user));
        let login = format!(r#"{{"login":{{"app":{app},"user":"{user}","sig":"{sig}","device":"device-of-{user}"}}}}"#);
        io.out.push(self.request(s, login));
    }

    fn incoming(&self, s: &mut Session, frame: &[u8], io: &mut Io) {
        if frame.starts_with(br#"{"body":{"signal""#) {
            Tag::scan(frame, &mut io.got);
        } else if frame.starts_with(br#"{"body":{"call""#) {
            self.snapshot(s, frame, io);
        } else if frame == br#"{"body":"beat"}"# {
            let answer = if s.buf.is_empty() { "{}".into() } else { String::from_utf8_lossy(&s.buf) };
            io.out.push(Message::text(format!(r#"{{"body":{{"beat":{answer}}}}}"#)));
        } else if find(frame, br#""welcome""#).is_some() {
            io.ready = self.pairs == Pairs::Idle;
            if self.pairs == Pairs::InOneCall && self.is_last_of_pair(&s.user) {
                let invite = self.invite(s, 0, "v=0");
                io.out.push(self.request(s, invite));
            }
        } else if find(frame, br#""error""#).is_some() {
            io.error = Some(String::from_utf8_lossy(frame).into_owned());
        }
    }

    fn encode(&self, s: &mut Session, kind: Kind, call: u64, body: &str, io: &mut Io) {
        io.out.push(match kind {
            Kind::Invite => {
                let invite = self.invite(s, call, body);
                self.request(s, invite)
            }
            // The server itself says that it rings.
            Kind::Ring => return self.will_learn(&s.peer, body),
            Kind::Accept => {
                self.will_learn(&s.peer, body);
                self.step(s, "accept", call)
            }
            Kind::Hangup => {
                self.will_learn(&s.peer, body);
                self.step(s, "leave", call)
            }
            Kind::Offer | Kind::Answer | Kind::Ice | Kind::Data => {
                let (id, to) = (self.call_id(&s.user, call), &s.peer);
                let signal = format!(r#"{{"candidate":{{"epoch":1,"candidate":"{body}","mid":"0"}}}}"#);
                Message::text(format!(r#"{{"body":{{"signal":{{"call":"{id}","to":"{to}","signal":{signal}}}}}}}"#))
            }
        });
    }
}

fn number(user: &str) -> u64 {
    user.trim_start_matches('u').parse().expect("users are called u0, u1, ...")
}

/// How beats are answered from now on: with the call, while it goes on.
fn beat(snapshot: &[u8]) -> Vec<u8> {
    if phase(snapshot) == b"ended" {
        return Vec::new();
    }
    let rest = find(snapshot, br#""id":"#).map_or(&b""[..], |at| &snapshot[at..]);
    // It begins with the id and the revision.
    let upto = find(rest, br#","phase""#).unwrap_or_default();
    [br#"{"call""#, &rest[br#""id""#.len().min(upto)..upto], b"}"].concat()
}

fn phase(frame: &[u8]) -> &[u8] {
    let key = br#""phase":""#;
    let rest = find(frame, key).map_or(&b""[..], |at| &frame[at + key.len()..]);
    rest.split(|byte| *byte == b'"').next().unwrap_or_default()
}
