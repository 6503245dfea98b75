//! The only raw browser plumbing: owned callbacks, time, chance, storage.

use crate::json::Object;
use js_sys::{Function, JSON, Promise, Reflect};
use std::{future::Future, pin::Pin};
use wasm_bindgen::{JsCast, prelude::*};
use web_sys::EventTarget;

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
        // Fails only for a listener that is no function.
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
    window().and_then(|window| window.performance()).map_or_else(js_sys::Date::now, |clock| clock.now()) as u64
}

pub fn window() -> Option<web_sys::Window> {
    web_sys::window()
}

pub fn document() -> Option<web_sys::Document> {
    window()?.document()
}

/// Random bytes fit for secrets; `Math.random` where the browser has nothing better.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    let filled = window()
        .and_then(|window| window.crypto().ok())
        .is_some_and(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).is_ok());
    if !filled {
        bytes.iter_mut().for_each(|byte| *byte = (js_sys::Math::random() * 256.0) as u8);
    }
    bytes
}

/// Whether the page may use cameras and microphones at all: HTTPS, or localhost.
pub fn is_secure() -> bool {
    window().is_some_and(|window| window.is_secure_context())
}

/// A global constructor that this browser may lack.
pub fn has_global(name: &str) -> bool {
    Reflect::get(&js_sys::global(), &name.into()).is_ok_and(|value| value.is_instance_of::<Function>())
}

/// A name for this browser that outlives the page, so that the server knows a reloaded page from a second device.
pub fn device_id() -> String {
    const KEY: &str = "open-call-engine.device";
    let storage = window().and_then(|window| window.local_storage().ok().flatten());
    if let Some(known) = storage.as_ref().and_then(|storage| storage.get_item(KEY).ok().flatten())
        && (8..=64).contains(&known.len())
    {
        return known;
    }
    let fresh: String = random_bytes::<16>().iter().map(|byte| char::from(b'a' + (byte & 15))).collect();
    if let Some(storage) = storage {
        let _ = storage.set_item(KEY, &fresh);
    }
    fresh
}

/// A plain object, for the browser's many dictionaries: one crossing, where their setters are one each.
pub fn dictionary<T: JsCast>(object: Object) -> T {
    JSON::parse(&object.finish()).unwrap_or_default().unchecked_into()
}

pub fn property(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap_or(JsValue::UNDEFINED)
}

/// The text of whatever was thrown.
pub fn error_text(error: &JsValue) -> String {
    let name = property(error, "name").as_string().unwrap_or_default();
    let message = property(error, "message").as_string().or_else(|| error.as_string()).unwrap_or_default();
    if name.is_empty() { message } else { format!("{name}: {message}") }
}

/// Console output at the levels of `setLogLevel`: 0 normal, 1 release, 2 warning, 3 error, 4 none.
pub mod log {
    use std::cell::Cell;

    thread_local! {
        static LEVEL: Cell<u8> = const { Cell::new(1) };
    }

    pub fn set_level(level: u8) {
        LEVEL.set(level);
    }

    pub fn debug(text: &str) {
        if LEVEL.get() == 0 {
            web_sys::console::debug_1(&text.into());
        }
    }

    pub fn warn(text: &str) {
        if LEVEL.get() <= 2 {
            web_sys::console::warn_1(&text.into());
        }
    }

    pub fn error(text: &str, value: &wasm_bindgen::JsValue) {
        if LEVEL.get() <= 3 {
            web_sys::console::error_2(&text.into(), value);
        }
    }
}
