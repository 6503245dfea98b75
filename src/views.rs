//! Pictures in the page, and the sound of members. Their elements are in `browser.js`.

use crate::{emitter::Emitter, media_devices::Devices};
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, MediaStreamTrack, RtcPeerConnection};

#[wasm_bindgen(module = "/src/js/browser.js")]
extern "C" {
    /// At most one picture of a camera, one of a screen and one sound of each a user; the local preview goes by the own user
    /// id. An argument `options` is what the application's method was given.
    pub type Views;

    /// `waits` is told whose picture or sound waits for a gesture of the person, `sized` whose picture is shown larger or
    /// smaller now.
    #[wasm_bindgen(constructor)]
    pub fn new(waits: &Closure<dyn FnMut(String)>, sized: &Closure<dyn FnMut(String)>) -> Views;

    /// Puts what comes by the connection into the container, in place of an earlier picture. Resolves when it plays, or is
    /// taken down before.
    #[wasm_bindgen(method)]
    pub fn show(this: &Views, user: &str, container: &JsValue, options: &JsValue) -> Promise;

    /// Shows the camera that is open, as soon as the container is in the page.
    #[wasm_bindgen(method)]
    pub fn preview(this: &Views, user: &str, container: &JsValue, mirror: bool, devices: &JsValue) -> Promise;

    /// Shows this user's picture, or all of them, in another way.
    #[wasm_bindgen(method, catch)]
    pub fn change(this: &Views, user: Option<&str>, options: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch)]
    pub fn hide(this: &Views, user: &str, options: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(method, js_name = takeDown)]
    pub fn take_down(this: &Views, user: &str);

    /// The local preview shows this track now.
    #[wasm_bindgen(method)]
    pub fn renew(this: &Views, user: &str, track: &MediaStreamTrack);

    /// What this member sends comes by this connection now, with a screen or without.
    #[wasm_bindgen(method)]
    pub fn refresh(this: &Views, user: &str, connection: Option<&RtcPeerConnection>, sharing: bool);

    /// How many lines can be seen of the user's camera, and in the upper half of the number of the screen; of a picture that
    /// has not been shown in this call, as many as there are.
    #[wasm_bindgen(method, js_name = linesOf)]
    pub fn lines_of(this: &Views, user: &str) -> u32;

    /// Until the end of the call, what the emitter's listeners want measured is measured.
    #[wasm_bindgen(method)]
    pub fn measure(this: &Views, user: &str, emitter: &Emitter, devices: &Devices);

    /// `getStats()`.
    #[wasm_bindgen(method)]
    pub fn stats(this: &Views) -> Promise;

    /// Silences everybody until the end of the call, or has them heard again.
    #[wasm_bindgen(method)]
    pub fn mute(this: &Views, muted: bool);

    /// The end of a call.
    #[wasm_bindgen(method)]
    pub fn clear(this: &Views);

    #[wasm_bindgen(js_name = findElement)]
    fn find_element(container: &JsValue) -> Option<HtmlElement>;
}

/// Where a picture goes: the id of an element, or the element itself.
pub struct Container(JsValue);

impl Container {
    /// None for anything that is neither.
    pub fn new(value: &JsValue) -> Option<Self> {
        let possible = match value.as_string() {
            Some(id) => !id.is_empty(),
            None => find_element(value).is_some(),
        };
        possible.then(|| Self(value.clone()))
    }

    pub fn as_js(&self) -> &JsValue {
        &self.0
    }
}
