//! Errors on their way to JavaScript.

use crate::web;
use call_core::CallError;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/js/error.js")]
extern "C" {
    #[wasm_bindgen(js_name = TUICallEngineError)]
    type JsCallError;

    #[wasm_bindgen(constructor, js_class = "TUICallEngineError")]
    fn new(code: i32, message: &str, function_name: &str, cause: &JsValue) -> JsCallError;
}

/// An error with the browser's own error behind it, if there is one.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{error}")]
pub struct EngineError {
    pub error: CallError,
    pub cause: JsValue,
}

pub type Result<T, E = EngineError> = std::result::Result<T, E>;

impl EngineError {
    /// `code` instead of the browser's error, which becomes the cause.
    pub fn caused(code: i32, text: &str, cause: JsValue) -> Self {
        Self { error: CallError::new(code, format!("{text}: {}", web::error_text(&cause))), cause }
    }

    pub fn into_js(self, function_name: &str) -> JsValue {
        JsCallError::new(self.error.code, &self.error.message, function_name, &self.cause).into()
    }
}

impl From<CallError> for EngineError {
    fn from(error: CallError) -> Self {
        Self { error, cause: JsValue::UNDEFINED }
    }
}
