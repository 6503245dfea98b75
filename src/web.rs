//! The only raw browser plumbing: owned callbacks, time, chance, storage.

use js_sys::Promise;
use std::{future::Future, pin::Pin};
use wasm_bindgen::{JsCast, prelude::*};
use web_sys::EventTarget;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;

    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn get_random_values(bytes: &mut [u8]);

    /// Throws where the person has forbidden storage.
    #[wasm_bindgen(catch, js_namespace = localStorage, js_name = getItem)]
    fn stored(key: &str) -> Result<Option<String>, JsValue>;

    #[wasm_bindgen(catch, js_namespace = localStorage, js_name = setItem)]
    fn store(key: &str, value: &str) -> Result<(), JsValue>;
}

#[wasm_bindgen(module = "/src/js/common.js")]
extern "C" {
    /// A text itself; of an object the name of its first member.
    pub fn tag(value: &JsValue) -> Option<String>;

    /// None: not there, null, or nothing that can be asked.
    pub fn property(object: &JsValue, key: &str) -> Option<JsValue>;

    #[wasm_bindgen(js_name = textProperty)]
    pub fn text_property(object: &JsValue, key: &str) -> Option<String>;

    #[wasm_bindgen(js_name = numberProperty)]
    fn maybe_number(object: &JsValue, key: &str) -> f64;
}

pub use gloo_timers::callback::Timeout;

/// Runs a future on its own. Boxed here, because every kind of future that is spawned as it is costs about a kilobyte.
pub fn spawn(future: impl Future<Output = ()> + 'static) {
    wasm_bindgen_futures::spawn_local(Box::pin(future) as Pin<Box<dyn Future<Output = ()>>>);
}

/// A promise of what the future yields; boxed for the same reason.
pub fn promise(future: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> Promise {
    wasm_bindgen_futures::future_to_promise(Box::pin(future) as Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>>)
}

/// A listener on a browser object, for as long as this value lives.
#[must_use = "the listener is removed when this is dropped"]
pub struct EventListener {
    target: EventTarget,
    event: &'static str,
    callback: Closure<dyn FnMut(JsValue)>,
}

impl EventListener {
    pub fn new(target: &EventTarget, event: &'static str, listener: impl FnMut(JsValue) + 'static) -> Self {
        Self::bind(target, event, Box::new(listener))
    }

    fn bind(target: &EventTarget, event: &'static str, listener: Box<dyn FnMut(JsValue)>) -> Self {
        let callback = Closure::wrap(listener);
        // Fails only for a listener that is no function, or an object that this browser lacks.
        let _ = target.add_event_listener_with_callback(event, callback.as_ref().unchecked_ref());
        Self { target: target.clone(), event, callback }
    }
}

impl Drop for EventListener {
    fn drop(&mut self) {
        let _ = self.target.remove_event_listener_with_callback(self.event, self.callback.as_ref().unchecked_ref());
    }
}

/// Milliseconds by a clock that does not run backwards.
pub fn now() -> u64 {
    performance_now() as u64
}

/// Random bytes fit for secrets.
pub fn random_bytes() -> [u8; 16] {
    let mut bytes = [0; 16];
    get_random_values(&mut bytes);
    bytes
}

/// A name for this browser that outlives the page, so that the server knows a reloaded page from a second device.
pub fn device_id() -> String {
    const KEY: &str = "open-call-engine.device";
    let known = stored(KEY).ok().flatten();
    if let Some(known) = known.filter(|known| (8..=64).contains(&known.len())) {
        return known;
    }
    let mut fresh = String::new();
    for byte in random_bytes() {
        fresh.push(char::from(b'a' + (byte & 15)));
    }
    let _ = store(KEY, &fresh);
    fresh
}

pub fn number_property(object: &JsValue, key: &str) -> Option<f64> {
    Some(maybe_number(object, key)).filter(|number| !number.is_nan())
}

/// The name that browsers tell errors apart by.
pub fn error_name(error: &JsValue) -> String {
    text_property(error, "name").unwrap_or_default()
}

/// The text of whatever was thrown.
pub fn error_text(error: &JsValue) -> String {
    let name = error_name(error);
    let message = text_property(error, "message").or_else(|| error.as_string()).unwrap_or_default();
    if name.is_empty() { message } else { [&name, ": ", &message].concat() }
}

/// Console output, at the levels of `setLogLevel`.
pub mod log {
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen(module = "/src/js/common.js")]
    extern "C" {
        #[wasm_bindgen(catch, js_name = setLogLevel)]
        pub fn set_level(level: &JsValue) -> Result<(), JsValue>;
        fn log(level: u8, text: &str, value: &JsValue);
    }

    pub fn debug(text: &str) {
        log(0, text, &JsValue::UNDEFINED);
    }

    pub fn warn(text: &str) {
        log(2, text, &JsValue::UNDEFINED);
    }

    pub fn error(text: &str, value: &JsValue) {
        log(3, text, value);
    }
}
