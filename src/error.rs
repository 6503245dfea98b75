//! Errors on their way to JavaScript.

use crate::web;
use call_core::CallError;
use js_sys::Promise;
use wasm_bindgen::{JsCast, prelude::*};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen(module = "/src/js/common.js")]
extern "C" {
    /// An error with the browser's own error behind it, if there is one. It is JavaScript's from the start: what
    /// every function may return had better be small.
    #[wasm_bindgen(js_name = TUICallEngineError)]
    #[derive(Debug, Clone)]
    pub type EngineError;

    #[wasm_bindgen(constructor, js_class = "TUICallEngineError")]
    fn new(code: i32, message: &str, function_name: &str, cause: &JsValue) -> EngineError;

    #[wasm_bindgen(method, getter)]
    pub fn code(this: &EngineError) -> i32;

    #[wasm_bindgen(method, getter)]
    pub fn message(this: &EngineError) -> String;

    #[wasm_bindgen(method, setter, js_name = functionName)]
    fn set_function_name(this: &EngineError, name: &str);
}

pub type Result<T, E = EngineError> = std::result::Result<T, E>;

impl EngineError {
    /// `code` instead of the browser's error, which becomes the cause.
    pub fn caused(code: i32, text: &str, cause: &JsValue) -> Self {
        Self::new(code, &[text, ": ", &web::error_text(cause)].concat(), "", cause)
    }

    pub fn into_js(self, function_name: &str) -> JsValue {
        self.set_function_name(function_name);
        self.into()
    }
}

/// What a promise of our own scripts comes to: they reject with nothing else than [`EngineError`].
pub async fn settled(promise: Promise) -> Result<JsValue> {
    JsFuture::from(promise).await.map_err(EngineError::unchecked_from_js)
}

impl From<CallError> for EngineError {
    fn from(error: CallError) -> Self {
        Self::new(error.code, &error.message, "", &JsValue::UNDEFINED)
    }
}
