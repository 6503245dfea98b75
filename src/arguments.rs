//! What applications pass in: checked, or refused with the contract's code and the name of what is wrong.

use crate::{error::Result, json::decimal, web, wire};
use call_core::{Account, CallError, MoreCallees, NewCall};
use call_protocol::{CallId, ConnectWhileRinging, Join, MediaType, Room, UserId};
use js_sys::Array;
use wasm_bindgen::prelude::*;

mod media;

pub use media::{camera_position, optional_container, profile, remote_user, remote_view, shown_user};

const DEFAULT_RINGING: u32 = 30;
const LONGEST_RINGING: u32 = 86_400;
const LARGEST_ROOM: u32 = 2_147_483_647;
const LONGEST_USER_DATA: usize = 4096;
const LONGEST_TEXT: usize = 128;
const MOST_CALLEES: usize = 8;

/// An options object.
pub struct Options<'a>(&'a JsValue);

impl<'a> Options<'a> {
    pub fn new(options: &'a JsValue) -> Result<Self> {
        if options.is_object() { Ok(Self(options)) } else { Err(bad("the argument must be an object")) }
    }

    pub fn get(&self, key: &str) -> Option<JsValue> {
        web::property(self.0, key)
    }

    pub fn text(&self, key: &str) -> Result<Option<String>> {
        self.get(key).map(|value| value.as_string().ok_or_else(|| must_be(key, "a string"))).transpose()
    }

    fn whole_number(&self, key: &str, least: u32, most: u32) -> Result<Option<u32>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let number = value.as_f64().ok_or_else(|| must_be(key, "a number"))?;
        if number.fract() != 0.0 || !(f64::from(least)..=f64::from(most)).contains(&number) {
            let range = ["a whole number from ", &decimal(least.into()), " to ", &decimal(most.into())].concat();
            return Err(must_be(key, &range));
        }
        Ok(Some(number as u32))
    }

    fn required<T>(key: &str, value: Option<T>) -> Result<T> {
        value.ok_or_else(|| bad(&[key, " is missing"].concat()))
    }
}

pub struct Settings {
    pub app: u32,
    pub url: String,
    pub relay_only: bool,
    pub video_codec: Option<String>,
    pub connect_while_ringing: Option<ConnectWhileRinging>,
}

pub fn settings(options: &JsValue) -> Result<Settings> {
    let options = Options::new(options)?;
    let app = match options.whole_number("SDKAppID", 1, u32::MAX)? {
        Some(app) => app,
        None => Options::required("SDKAppID", options.whole_number("sdkAppID", 1, u32::MAX)?)?,
    };
    let url = server_url(&Options::required("serverUrl", options.text("serverUrl")?)?)?;
    let relay_only = match options.text("iceTransportPolicy")?.as_deref() {
        None | Some("all") => false,
        Some("relay") => true,
        Some(_) => return Err(must_be("iceTransportPolicy", "'all' or 'relay'")),
    };
    let connect_while_ringing = match options.text("connectWhileRinging")? {
        Some(name) => {
            let mode = wire::connect_while_ringing(&name);
            Some(mode.ok_or_else(|| must_be("connectWhileRinging", "'off', 'prepare', 'relay' or 'always'"))?)
        }
        None => None,
    };
    let video_codec = options.text("videoCodec")?;
    Ok(Settings { app, url, relay_only, video_codec, connect_while_ringing })
}

/// An origin, by http(s) or ws(s), or the whole address of the socket.
fn server_url(text: &str) -> Result<String> {
    let wrong = || must_be("serverUrl", "an address like wss://HOST:PORT/v1/ws or https://HOST:PORT");
    let url = web_sys::Url::new(text).map_err(|_| wrong())?;
    let part = |name| web::text_property(&url, name).unwrap_or_default();
    let protocol = match part("protocol").as_str() {
        "ws:" | "http:" => "ws:",
        "wss:" | "https:" => "wss:",
        _ => return Err(wrong()),
    };
    let path = part("pathname");
    let path = if path == "/" { "/v1/ws" } else { &path };
    Ok([protocol, "//", &part("host"), path].concat())
}

pub fn login(options: &JsValue, app: u32) -> Result<Account> {
    let options = Options::new(options)?;
    let user = user(Options::required("userID", options.text("userID")?)?)?;
    let sig = Options::required("userSig", options.text("userSig")?)?;
    Ok(Account { app, user, sig, device: web::device_id(), page: String::new() })
}

/// `call()`: one callee.
pub fn call(options: &JsValue, me: &UserId) -> Result<NewCall> {
    let options = Options::new(options)?;
    let callee = Options::required("userID", options.text("userID")?)?;
    new_call(&options, vec![callee], None, me)
}

/// `calls()`: a list of callees. One of them and no group is the call of two.
pub fn calls(options: &JsValue, me: &UserId) -> Result<NewCall> {
    let options = Options::new(options)?;
    new_call(&options, user_list(&options)?, short_text(&options, "chatGroupID")?, me)
}

/// `groupCall()`: a call in a chat group, however many are called.
pub fn group_call(options: &JsValue, me: &UserId) -> Result<NewCall> {
    let options = Options::new(options)?;
    let group = Options::required("groupID", short_text(&options, "groupID")?)?;
    new_call(&options, user_list(&options)?, Some(group), me)
}

pub fn invite_user(options: &JsValue, me: &UserId) -> Result<MoreCallees> {
    let options = Options::new(options)?;
    let callees = callees(user_list(&options)?, me)?;
    Ok(MoreCallees { callees, user_data: user_data(&options)?, timeout: timeout(&options)? })
}

pub fn join(options: &JsValue) -> Result<Join> {
    let call = Options::required("callId", Options::new(options)?.text("callId")?)?;
    Ok(Join::Call(CallId::try_from(call).map_err(|_| must_be("callId", "the id of a call"))?))
}

/// `joinInGroupCall()`: its `type` is the running call's, whatever the caller believes.
pub fn join_in_group_call(options: &JsValue) -> Result<Join> {
    let options = Options::new(options)?;
    let group = Options::required("groupID", short_text(&options, "groupID")?)?;
    let room = room(&options)?;
    if room == Room::default() {
        return Err(bad("roomID or strRoomID is missing"));
    }
    Ok(Join::Room { group, room })
}

fn user_list(options: &Options) -> Result<Vec<String>> {
    let list = Options::required("userIDList", options.get("userIDList"))?;
    if !Array::is_array(&list) {
        return Err(must_be("userIDList", "an array"));
    }
    let mut texts = Vec::new();
    for user in Array::from(&list) {
        texts.push(user.as_string().ok_or_else(|| must_be("userIDList", "an array of strings"))?);
    }
    Ok(texts)
}

/// Each once, and not the one who calls.
fn callees(users: Vec<String>, me: &UserId) -> Result<Vec<UserId>> {
    let mut callees = Vec::new();
    for text in users {
        let user = user(text)?;
        if user != *me && !callees.contains(&user) {
            callees.push(user);
        }
    }
    if callees.is_empty() {
        return Err(bad("there is nobody to call: the own id does not count"));
    }
    if callees.len() > MOST_CALLEES {
        let text = ["at most ", &decimal(MOST_CALLEES as i64), " users can be called at once"].concat();
        return Err(CallError::new(CallError::BAD_USER, text).into());
    }
    Ok(callees)
}

fn new_call(options: &Options, users: Vec<String>, chat_group: Option<String>, me: &UserId) -> Result<NewCall> {
    let callees = callees(users, me)?;
    Ok(NewCall {
        id: CallId::from_bits(web::random_bytes()),
        group: callees.len() > 1 || chat_group.is_some(),
        callees,
        media: media_type(&Options::required("type", options.get("type"))?)?,
        room: room(options)?,
        chat_group,
        user_data: user_data(options)?,
        timeout: timeout(options)?,
    })
}

/// A number wins over a name.
fn room(options: &Options) -> Result<Room> {
    Ok(match options.whole_number("roomID", 1, LARGEST_ROOM)? {
        Some(int) => Room { int, str: String::new() },
        None => Room { int: 0, str: short_text(options, "strRoomID")?.unwrap_or_default() },
    })
}

fn user_data(options: &Options) -> Result<String> {
    let user_data = options.text("userData")?.unwrap_or_default();
    if user_data.len() > LONGEST_USER_DATA {
        return Err(too_long("userData", LONGEST_USER_DATA));
    }
    Ok(user_data)
}

fn timeout(options: &Options) -> Result<u32> {
    Ok(options.whole_number("timeout", 0, LONGEST_RINGING)?.unwrap_or(DEFAULT_RINGING))
}

fn short_text(options: &Options, key: &str) -> Result<Option<String>> {
    let text = options.text(key)?.filter(|text| !text.is_empty());
    match text {
        Some(text) if text.len() > LONGEST_TEXT => Err(too_long(key, LONGEST_TEXT)),
        text => Ok(text),
    }
}

pub fn media_type(value: &JsValue) -> Result<MediaType> {
    match value.as_f64() {
        Some(1.0) => Ok(MediaType::Audio),
        Some(2.0) => Ok(MediaType::Video),
        _ => Err(must_be("type", "1 (audio) or 2 (video)")),
    }
}

fn user(text: String) -> Result<UserId> {
    if text.is_empty() {
        return Err(bad("userID is empty"));
    }
    let wrong = |_| CallError::new(CallError::BAD_USER, "a userID is 1 to 32 bytes of A-Z a-z 0-9 _ -");
    Ok(UserId::try_from(text).map_err(wrong)?)
}

pub fn bad(what: &str) -> crate::error::EngineError {
    CallError::bad_parameter(what.to_owned()).into()
}

fn too_long(key: &str, most: usize) -> crate::error::EngineError {
    bad(&[key, " is longer than ", &decimal(most as i64), " bytes"].concat())
}

fn must_be(key: &str, what: &str) -> crate::error::EngineError {
    bad(&[key, " must be ", what].concat())
}
