//! Capture: the one owner of every microphone and camera track.

use crate::{
    error::{EngineError, Result},
    json::Object,
    web,
};
use call_core::CallError;
use futures::channel::oneshot;
use js_sys::{Array, Object as JsObject};
use std::cell::{Cell, RefCell};
use wasm_bindgen::{JsCast, prelude::*};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    MediaDeviceInfo, MediaDeviceKind, MediaStream, MediaStreamConstraints, MediaStreamTrack, PermissionState,
};

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

#[derive(Default)]
enum State {
    #[default]
    Closed,
    Opening(Vec<oneshot::Sender<Result<MediaStreamTrack>>>),
    Open(MediaStreamTrack),
}

impl MediaDevices {
    /// The device's track: the one that is open, or a new one.
    pub async fn open(&self, kind: Kind) -> Result<MediaStreamTrack> {
        let slot = self.slot(kind);
        let waiting = match &mut *slot.state.borrow_mut() {
            State::Open(track) => return Ok(Clone::clone(track)),
            State::Opening(waiting) => {
                let (sender, receiver) = oneshot::channel();
                waiting.push(sender);
                Some(receiver)
            }
            closed => {
                *closed = State::Opening(Vec::new());
                None
            }
        };
        if let Some(receiver) = waiting {
            return receiver.await.unwrap_or_else(|_| Err(closed_meanwhile()));
        }
        let round = slot.round.get();
        let captured = capture(kind).await;
        if slot.round.get() != round {
            if let Ok(track) = captured {
                track.stop();
            }
            return Err(closed_meanwhile());
        }
        if captured.is_ok() && kind == Kind::Microphone {
            self.microphone_granted.set(true);
        }
        let state = captured.as_ref().map_or(State::Closed, |track| State::Open(Clone::clone(track)));
        if let State::Opening(waiting) = slot.state.replace(state) {
            for waiter in waiting {
                let _ = waiter.send(captured.clone());
            }
        }
        captured
    }

    pub fn close(&self, kind: Kind) {
        let slot = self.slot(kind);
        slot.round.set(slot.round.get() + 1);
        if let State::Open(track) = slot.state.take() {
            track.stop();
        }
    }

    pub fn track(&self, kind: Kind) -> Option<MediaStreamTrack> {
        match &*self.slot(kind).state.borrow() {
            State::Open(track) => Some(Clone::clone(track)),
            _ => None,
        }
    }

    /// Whether the microphone can be opened without asking the person.
    pub async fn microphone_is_granted(&self) -> bool {
        self.microphone_granted.get() || permission("microphone").await == Some(PermissionState::Granted)
    }

    fn slot(&self, kind: Kind) -> &Slot {
        match kind {
            Kind::Microphone => &self.microphone,
            Kind::Camera { .. } => &self.camera,
        }
    }
}

/// What a call needs of the browser before it rings anybody: WebRTC, a secure page, and the devices present.
pub async fn check(microphone: bool, camera: bool) -> Result<()> {
    let devices = media_devices()?;
    if !web::has_global("RTCPeerConnection") {
        return Err(unsupported().into());
    }
    let listed = devices.enumerate_devices().map_err(no_list)?;
    let listed: Array = JsFuture::from(listed).await.map_err(no_list)?.unchecked_into();
    let has = |kind| listed.iter().any(|device| device.unchecked_into::<MediaDeviceInfo>().kind() == kind);
    if microphone && !has(MediaDeviceKind::Audioinput) {
        return Err(CallError::new(NO_MICROPHONE, "no microphone was found").into());
    }
    if camera && !has(MediaDeviceKind::Videoinput) {
        return Err(CallError::new(NO_CAMERA, "no camera was found").into());
    }
    Ok(())
}

const NO_MICROPHONE: i32 = 60003;
const NO_CAMERA: i32 = 60004;
const INSECURE_PAGE: i32 = 30000;
const PERMISSION_DENIED: i32 = -1101;
const NO_DEVICE_LIST: i32 = -1102;

async fn capture(kind: Kind) -> Result<MediaStreamTrack> {
    let stream = media_devices()?.get_user_media_with_constraints(&constraints(kind)).map_err(|e| refused(kind, e))?;
    let stream: MediaStream = JsFuture::from(stream).await.map_err(|error| refused(kind, error))?.unchecked_into();
    let track = stream.get_tracks().get(0);
    if track.is_undefined() {
        return Err(refused(kind, "the browser gave a stream without a track".into()));
    }
    Ok(track.unchecked_into())
}

/// 480p, the contract's default, as a wish.
fn constraints(kind: Kind) -> MediaStreamConstraints {
    web::dictionary(match kind {
        Kind::Microphone => Object::default().flag("audio", true),
        Kind::Camera { front } => {
            let facing = if front { "user" } else { "environment" };
            let camera = Object::default().number("width", 640).number("height", 480).text("facingMode", facing);
            Object::default().object("video", camera)
        }
    })
}

fn media_devices() -> Result<web_sys::MediaDevices> {
    if !web::is_secure() {
        return Err(CallError::new(
            INSECURE_PAGE,
            "cameras and microphones need a secure page: open it by https, or on localhost",
        )
        .into());
    }
    let devices = web::window().and_then(|window| window.navigator().media_devices().ok());
    devices.filter(|devices| devices.is_object()).ok_or_else(|| unsupported().into())
}

async fn permission(name: &str) -> Option<PermissionState> {
    let permissions = web::window()?.navigator().permissions().ok()?;
    let query: JsObject = web::dictionary(Object::default().text("name", name));
    let status = JsFuture::from(permissions.query(&query).ok()?).await.ok()?;
    Some(status.unchecked_into::<web_sys::PermissionStatus>().state())
}

/// The contract's number for what `getUserMedia` refused with.
fn refused(kind: Kind, error: JsValue) -> EngineError {
    let microphone = kind == Kind::Microphone;
    let name = web::property(&error, "name").as_string().unwrap_or_default();
    let code = match name.as_str() {
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
    EngineError::caused(code, text, error)
}

fn no_list(error: JsValue) -> EngineError {
    EngineError::caused(NO_DEVICE_LIST, "the devices cannot be listed", error)
}

fn unsupported() -> CallError {
    CallError::new(CallError::NOT_SUPPORTED, "this browser has no WebRTC")
}

fn closed_meanwhile() -> EngineError {
    CallError::wrong_state("closed before the device was open").into()
}
