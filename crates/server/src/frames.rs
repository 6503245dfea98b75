//! Text to frames and back.

use axum::extract::ws::Utf8Bytes;
use call_protocol::{ClientFrame, ErrorCode, ServerFrame, ServerMessage, UserId, WireError};
use memchr::memchr2_iter;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// What members say to each other, relayed unread: a part of the frame it came in.
pub type Opaque<'a> = &'a RawValue;

/// How deep a frame may be nested. Nothing in the protocol comes near; the client that a signal is relayed to may
/// have a parser that recurses.
const MAX_DEPTH: usize = 32;

/// Bytes. Most snapshots, candidates and answers fit without being copied while they grow.
const USUAL_FRAME: usize = 768;

/// A frame that can't be understood.
#[derive(Debug)]
pub struct BadFrame {
    /// The request's id, if it could be read, else 0.
    pub id: u32,
    pub error: WireError,
}

pub fn decode(text: &str) -> Result<ClientFrame<Opaque<'_>>, BadFrame> {
    if is_too_deep(text) {
        return Err(BadFrame { id: 0, error: error(ErrorCode::BadRequest, "nested too deeply") });
    }
    serde_json::from_str(text).map_err(|cause| bad_frame(text, &cause))
}

pub fn encode<S: Serialize>(re: u32, body: ServerMessage<S>) -> Utf8Bytes {
    let mut json = Vec::with_capacity(USUAL_FRAME);
    // Maps with text keys, numbers and text: nothing that JSON could refuse.
    let _ = serde_json::to_writer(&mut json, &ServerFrame { re, body });
    Utf8Bytes::try_from(json).unwrap_or_default()
}

pub fn error(code: ErrorCode, detail: &str) -> WireError {
    let mut error = WireError::from(code);
    if !detail.is_empty() {
        error.message = format!("{}: {detail}", error.message);
    }
    error
}

fn bad_frame(text: &str, cause: &serde_json::Error) -> BadFrame {
    #[derive(Deserialize)]
    struct OnlyId {
        id: u32,
    }
    let id = serde_json::from_str::<OnlyId>(text).map_or(0, |only| only.id);
    let detail: String = cause.to_string().chars().take(200).collect();
    let code = if is_about_a_user_id(&detail) { ErrorCode::BadUser } else { ErrorCode::BadRequest };
    BadFrame { id, error: error(code, &detail) }
}

fn is_about_a_user_id(detail: &str) -> bool {
    UserId::try_from("").is_err_and(|invalid| detail.starts_with(&invalid.to_string()))
}

fn is_too_deep(json: &str) -> bool {
    // Nearly every frame has too few brackets to be deep, and counting them is a fraction of the work.
    memchr2_iter(b'{', b'[', json.as_bytes()).nth(MAX_DEPTH).is_some() && depth(json) > MAX_DEPTH
}

fn depth(json: &str) -> usize {
    let (mut depth, mut deepest, mut in_text, mut escaped) = (0_usize, 0, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}
