use crate::auth::AppKeys;
use base64::{Engine, prelude::BASE64_STANDARD};
use call_protocol::{ErrorCode, Millis};
use miniz_oxide::{deflate::compress_to_vec_zlib, inflate::decompress_to_vec_zlib_with_limit};
use ring::hmac;
use serde::{Deserialize, Deserializer, Serialize, de};

/// A userSig is a few hundred bytes; what unpacks to more than this is a bomb.
const MAX_INFLATED: usize = 4096;

/// zlib's default level.
const COMPRESSION: u8 = 6;

/// How far the signing machine's clock may be ahead, in seconds.
const MAX_AHEAD: u64 = 60;

/// Why a userSig does not let its bearer in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SigError {
    #[error("userSig empty")]
    Empty,
    #[error("userSig malformed")]
    Malformed,
    #[error("userSig is for another SDKAppID")]
    OtherApp,
    #[error("userSig is for another user")]
    OtherUser,
    #[error("userSig was not made with this app's secret")]
    Wrong,
    #[error("userSig was issued in the future: check the clock of the machine that signs")]
    FromTheFuture,
    /// Genuine, but its time is over.
    #[error("userSig expired")]
    Expired { at: Millis },
}

impl SigError {
    pub fn code(self) -> ErrorCode {
        match self {
            Self::Empty => ErrorCode::SigEmpty,
            Self::Malformed | Self::FromTheFuture => ErrorCode::SigMalformed,
            Self::OtherApp => ErrorCode::SigOtherApp,
            Self::OtherUser => ErrorCode::SigOtherUser,
            Self::Wrong => ErrorCode::SigWrong,
            Self::Expired { .. } => ErrorCode::SigExpired,
        }
    }
}

/// The members of a TLSSigAPIv2 token, as they stand in its JSON.
#[derive(Serialize, Deserialize)]
struct Token {
    #[serde(rename = "TLS.ver")]
    version: String,
    #[serde(rename = "TLS.identifier")]
    user: String,
    #[serde(rename = "TLS.sdkappid", deserialize_with = "number_or_text")]
    app: u64,
    /// When it was issued, in seconds since the Unix epoch.
    #[serde(rename = "TLS.time", deserialize_with = "number_or_text")]
    time: u64,
    /// How long it is good for, in seconds.
    #[serde(rename = "TLS.expire", deserialize_with = "number_or_text")]
    expire: u64,
    #[serde(rename = "TLS.userbuf", default, skip_serializing_if = "Option::is_none")]
    user_buf: Option<String>,
    #[serde(rename = "TLS.sig")]
    sig: String,
}

/// Checks that `sig` lets `user` into `app` at `now`, and says when it expires.
pub fn verify(app: &AppKeys, user: &str, sig: &str, now: Millis) -> Result<Millis, SigError> {
    if sig.is_empty() {
        return Err(SigError::Empty);
    }
    let token = decode(sig).ok_or(SigError::Malformed)?;
    if token.version != "2.0" {
        return Err(SigError::Malformed);
    }
    if token.app != u64::from(app.id) {
        return Err(SigError::OtherApp);
    }
    if token.user != user {
        return Err(SigError::OtherUser);
    }
    let tag = BASE64_STANDARD.decode(&token.sig).map_err(|_| SigError::Malformed)?;
    let signed = signed_text(&token);
    // Constant in time: `ring` compares so.
    if !app.secrets().iter().any(|secret| hmac::verify(&key(secret), signed.as_bytes(), &tag).is_ok()) {
        return Err(SigError::Wrong);
    }
    if token.time > (now / 1000).saturating_add(MAX_AHEAD) {
        return Err(SigError::FromTheFuture);
    }
    let expires = token.time.saturating_add(token.expire).saturating_mul(1000);
    if now < expires { Ok(expires) } else { Err(SigError::Expired { at: expires }) }
}

/// A userSig for `user`, issued at `now`, good for `expire` seconds.
pub fn sign(app: &AppKeys, user: &str, now: Millis, expire: u64) -> String {
    let mut token = Token {
        version: "2.0".into(),
        user: user.into(),
        app: app.id.into(),
        time: now / 1000,
        expire,
        user_buf: None,
        sig: String::new(),
    };
    let secret = app.secrets().first().map_or("", String::as_str);
    token.sig = BASE64_STANDARD.encode(hmac::sign(&key(secret), signed_text(&token).as_bytes()));
    encode(&token)
}

fn key(secret: &str) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes())
}

fn signed_text(token: &Token) -> String {
    let Token { user, app, time, expire, .. } = token;
    let mut text = format!("TLS.identifier:{user}\nTLS.sdkappid:{app}\nTLS.time:{time}\nTLS.expire:{expire}\n");
    if let Some(user_buf) = &token.user_buf {
        text += &format!("TLS.userbuf:{user_buf}\n");
    }
    text
}

fn decode(sig: &str) -> Option<Token> {
    let standard: String = sig.chars().map(to_standard).collect();
    let packed = BASE64_STANDARD.decode(standard).ok()?;
    let json = decompress_to_vec_zlib_with_limit(&packed, MAX_INFLATED).ok()?;
    serde_json::from_slice(&json).ok()
}

fn encode(token: &Token) -> String {
    let json = serde_json::to_vec(token).unwrap_or_default();
    BASE64_STANDARD.encode(compress_to_vec_zlib(&json, COMPRESSION)).chars().map(from_standard).collect()
}

/// The format's own replacements, which are not those of base64url.
fn to_standard(letter: char) -> char {
    match letter {
        '*' => '+',
        '-' => '/',
        '_' => '=',
        other => other,
    }
}

fn from_standard(letter: char) -> char {
    match letter {
        '+' => '*',
        '/' => '-',
        '=' => '_',
        other => other,
    }
}

/// Some generators write numbers as text.
fn number_or_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(u64),
        Text(String),
    }
    match Either::deserialize(deserializer)? {
        Either::Number(number) => Ok(number),
        Either::Text(text) => text.parse().map_err(de::Error::custom),
    }
}
