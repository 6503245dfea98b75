//! Microphone, camera and speaker. The steps that the browser wants for them are in `devices.js`.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use web_sys::MediaStreamTrack;

pub const MICROPHONE: &str = "audio";
pub const CAMERA: &str = "video";
pub const SCREEN: &str = "screen";
pub const SCREEN_SOUND: &str = "screenSound";

#[wasm_bindgen(module = "/src/js/devices.js")]
extern "C" {
    /// The one owner of every captured track, by the kinds above. What its promises reject with is an
    /// [`EngineError`](crate::error::EngineError).
    pub type Devices;

    /// `changed` is told the payload of DEVICED_UPDATED, `lost` the kind of a device in use that has gone, or that the
    /// system holds back or gives back.
    #[wasm_bindgen(constructor)]
    pub fn new(changed: &Told, lost: &Told) -> Devices;

    /// Before a call rings anybody: fails if it can't be had.
    #[wasm_bindgen(method)]
    pub fn ready(this: &Devices, camera: bool) -> Promise;

    #[wasm_bindgen(method)]
    pub fn open(this: &Devices, kind: &str) -> Promise;

    #[wasm_bindgen(method, js_name = openCamera)]
    pub fn open_camera(this: &Devices, front: bool) -> Promise;

    #[wasm_bindgen(method, js_name = switchCamera)]
    pub fn switch_camera(this: &Devices, front: bool) -> Promise;

    /// A screen, a window or a tab, as the person chooses, in place of an earlier one.
    #[wasm_bindgen(method)]
    pub fn share(this: &Devices, options: &JsValue) -> Promise;

    /// Goes on with any other device of this kind, if the one in use has gone.
    #[wasm_bindgen(method)]
    pub fn replace(this: &Devices, kind: &str) -> Promise;

    #[wasm_bindgen(method)]
    pub fn close(this: &Devices, kind: &str);

    #[wasm_bindgen(method)]
    pub fn mute(this: &Devices, muted: bool);

    /// The one that is open.
    #[wasm_bindgen(method)]
    pub fn track(this: &Devices, kind: &str) -> Option<MediaStreamTrack>;

    /// Whether others could hear or see something of it now.
    #[wasm_bindgen(method)]
    pub fn sends(this: &Devices, kind: &str) -> bool;

    #[wasm_bindgen(method, js_name = setSize)]
    pub fn set_size(this: &Devices, width: u16, height: u16) -> Promise;

    /// Whether the device opens without asking the person, as far as the browser tells.
    #[wasm_bindgen(method)]
    pub fn granted(this: &Devices, kind: &str) -> bool;

    #[wasm_bindgen(method)]
    pub fn list(this: &Devices, device_type: &JsValue) -> Promise;

    #[wasm_bindgen(method)]
    pub fn current(this: &Devices, device_type: &JsValue) -> Promise;

    /// `switchDevice`, with the views that a speaker is for.
    #[wasm_bindgen(method)]
    pub fn choose(this: &Devices, options: &JsValue, views: &JsValue) -> Promise;

    /// From now on changes are told.
    #[wasm_bindgen(method)]
    pub fn watch(this: &Devices);

    #[wasm_bindgen(method)]
    pub fn stop(this: &Devices);
}

pub type Told = Closure<dyn FnMut(String)>;
