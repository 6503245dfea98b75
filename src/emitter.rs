//! Listeners, and the queue between what happens and what they are told: in `browser.js`.

use crate::dialect::{Emission, web::NAMES};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/js/browser.js")]
extern "C" {
    pub type Emitter;

    #[wasm_bindgen(constructor)]
    fn new(names: &str) -> Emitter;

    /// `event`: a current or an older event string. One that is in no table can never come and is dropped.
    #[wasm_bindgen(method, catch)]
    pub fn on(
        this: &Emitter,
        event: &JsValue,
        listener: &JsValue,
        context: &JsValue,
        once: bool,
    ) -> Result<(), JsValue>;

    /// Removes the listeners of `event` with this function and, if one is given, this context; without a function all
    /// of the event's.
    #[wasm_bindgen(method, catch)]
    pub fn off(this: &Emitter, event: &JsValue, listener: &JsValue, context: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(method, js_name = emit)]
    fn emit_one(this: &Emitter, name: &str, argument: Option<&str>);

    #[wasm_bindgen(method)]
    pub fn clear(this: &Emitter);
}

impl Default for Emitter {
    fn default() -> Self {
        Self::new(NAMES)
    }
}

impl Emitter {
    pub fn emit(&self, emissions: Vec<Emission>) {
        for emission in emissions {
            self.emit_one(emission.event, emission.argument.as_deref());
        }
    }
}
