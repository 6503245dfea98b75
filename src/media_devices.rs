//! Capture: the one owner of every microphone and camera track.

use crate::{
    error::{EngineError, Result},
    json::Object,
    web::{self, property},
};
use call_core::CallError;
use js_sys::Promise;
use std::cell::{Cell, RefCell};
use wasm_bindgen::{JsCast, prelude::*};
use wasm_bindgen_futures::JsFuture;
use web_sys::MediaStreamTrack;

#[wasm_bindgen(module = "/src/js/browser.js")]
extern "C" {
    /// Resolves to a track.
    fn capture(constraints: &str) -> Promise;
    /// Resolves to `{microphone, camera, granted}`.
    fn survey() -> Promise;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Microphone,
    Camera { front: bool },
}

#[derive(Default)]
pub struct MediaDevices {
    microphone: Slot,
    camera: Slot,
    /// The person has let this page use the microphone before.
    microphone_granted: Cell<bool>,
}

/// One device that is being captured. A capture that the browser grants after it was closed again is stopped at
/// once: nothing stays open behind the person's back.
#[derive(Default)]
struct Slot {
    state: RefCell<State>,
    round: Cell<u32>,
}

#[derive(Default, Clone)]
enum State {
    #[default]
    Closed,
    Opening(Promise),
    Open(MediaStreamTrack),
}

impl MediaDevices {
    /// The device's track: the one that is open, or a new one.
    pub async fn open(&self, kind: Kind) -> Result<MediaStreamTrack> {
        let slot = self.slot(kind);
        let state = slot.state.borrow().clone();
        let opening = match state {
            State::Open(track) => return Ok(track),
            State::Opening(opening) => opening,
            State::Closed => {
                check_browser()?;
                let opening = capture(&constraints(kind));
                slot.state.replace(State::Opening(opening.clone()));
                opening
            }
        };
        let round = slot.round.get();
        let captured = JsFuture::from(opening).await;
        let current = slot.round.get() == round;
        let track: MediaStreamTrack = match captured {
            Ok(track) if track.is_object() => track.unchecked_into(),
            Ok(_) => return Err(slot.failed(current, kind, "the browser gave a stream without a track".into())),
            Err(error) => return Err(slot.failed(current, kind, error)),
        };
        if !current {
            track.stop();
            return Err(CallError::wrong_state("closed before the device was open").into());
        }
        if kind == Kind::Microphone {
            self.microphone_granted.set(true);
        }
        slot.state.replace(State::Open(Clone::clone(&track)));
        Ok(track)
    }

    pub fn close(&self, kind: Kind) {
        self.slot(kind).close();
    }

    pub fn track(&self, kind: Kind) -> Option<MediaStreamTrack> {
        match &*self.slot(kind).state.borrow() {
            State::Open(track) => Some(Clone::clone(track)),
            _ => None,
        }
    }

    /// Begins to look for what a call needs of the browser before it rings anybody: a secure page, WebRTC, devices.
    /// What the promise gives is for [`may_call`](Self::may_call).
    pub fn look(&self) -> Result<Promise> {
        check_browser()?;
        if web::has_global("RTCPeerConnection") { Ok(survey()) } else { Err(unsupported()) }
    }

    /// Whether the devices that a call needs are there. Returns whether the microphone can be opened without asking
    /// the person.
    pub fn may_call(&self, found: Result<JsValue, JsValue>, camera: bool) -> Result<bool> {
        let no_list = |error| EngineError::caused(NO_DEVICE_LIST, "the devices cannot be listed", &error);
        let found = found.map_err(no_list)?;
        if !property(&found, "microphone").is_truthy() {
            return Err(CallError::new(NO_MICROPHONE, "no microphone was found").into());
        }
        if camera && !property(&found, "camera").is_truthy() {
            return Err(CallError::new(NO_CAMERA, "no camera was found").into());
        }
        Ok(self.microphone_granted.get() || property(&found, "granted").is_truthy())
    }

    fn slot(&self, kind: Kind) -> &Slot {
        match kind {
            Kind::Microphone => &self.microphone,
            Kind::Camera { .. } => &self.camera,
        }
    }
}

impl Slot {
    fn close(&self) {
        self.round.set(self.round.get() + 1);
        if let State::Open(track) = self.state.take() {
            track.stop();
        }
    }

    /// Closed by the first of those that wait for this capture, so that the others don't undo a newer one.
    fn failed(&self, current: bool, kind: Kind, error: JsValue) -> EngineError {
        if current {
            self.close();
        }
        refused(kind, error)
    }
}

const NO_MICROPHONE: i32 = 60003;
const NO_CAMERA: i32 = 60004;
const INSECURE_PAGE: i32 = 30000;
const PERMISSION_DENIED: i32 = -1101;
const NO_DEVICE_LIST: i32 = -1102;

/// 480p, the contract's default, as a wish.
fn constraints(kind: Kind) -> String {
    let object = Object::default();
    let object = match kind {
        Kind::Microphone => object.flag("audio", true),
        Kind::Camera { front } => {
            let facing = if front { "user" } else { "environment" };
            let camera = Object::default().number("width", 640).number("height", 480).text("facingMode", facing);
            object.object("video", camera)
        }
    };
    object.finish()
}

fn check_browser() -> Result<()> {
    // HTTPS, or localhost.
    if !web::global("isSecureContext").is_truthy() {
        let text = "cameras and microphones need a secure page: open it by https, or on localhost";
        return Err(CallError::new(INSECURE_PAGE, text).into());
    }
    if property(&web::global("navigator"), "mediaDevices").is_object() { Ok(()) } else { Err(unsupported()) }
}

/// The contract's number for what `getUserMedia` refused with.
fn refused(kind: Kind, error: JsValue) -> EngineError {
    let microphone = kind == Kind::Microphone;
    let code = match web::error_name(&error).as_str() {
        "NotAllowedError" | "SecurityError" => PERMISSION_DENIED,
        "NotFoundError" if microphone => NO_MICROPHONE,
        "NotFoundError" => NO_CAMERA,
        // TUIErrorCode: occupied, could not be started.
        "NotReadableError" | "AbortError" if microphone => -1106,
        "NotReadableError" | "AbortError" => -1102,
        _ if microphone => -1104,
        _ => -1100,
    };
    let text = if microphone { "the microphone cannot be used" } else { "the camera cannot be used" };
    EngineError::caused(code, text, &error)
}

fn unsupported() -> EngineError {
    CallError::new(CallError::NOT_SUPPORTED, "this browser has no WebRTC").into()
}
