//! The exported class: checks arguments and forwards.

mod methods;

use crate::{
    arguments,
    driver::Driver,
    web::{log, promise},
};
use js_sys::{JSON, Promise};
use methods::Method;
use serde::Serializer;
use serde_wasm_bindgen::Serializer as JsSerializer;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// One user's calls in one page. Every method may be called at any time, also from within a listener.
#[wasm_bindgen]
pub struct TUICallEngine {
    app: u32,
    driver: Rc<Driver>,
}

#[wasm_bindgen]
impl TUICallEngine {
    /// Fails with -1202 for a missing or malformed `SDKAppID` or `serverUrl`.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue) -> Result<TUICallEngine, JsValue> {
        let settings = arguments::settings(options).map_err(|error| error.into_js("createInstance"))?;
        Ok(Self { app: settings.app, driver: Driver::new(settings) })
    }

    /// Ends everything: calls, captures, connections, listeners. The object is of no use afterwards.
    #[wasm_bindgen(js_name = destroyInstance)]
    pub fn destroy_instance(&self) -> Promise {
        self.driver.close();
        Promise::resolve(&JsValue::UNDEFINED)
    }

    /// `context` becomes the listener's `this`.
    pub fn on(&self, event: &JsValue, listener: &JsValue, context: &JsValue) -> Result<(), JsValue> {
        self.driver.emitter().on(event, listener, context, false)
    }

    pub fn once(&self, event: &JsValue, listener: &JsValue, context: &JsValue) -> Result<(), JsValue> {
        self.driver.emitter().on(event, listener, context, true)
    }

    /// Without a listener, all of the event's are removed; without a context, whatever theirs is.
    pub fn off(&self, event: &JsValue, listener: &JsValue, context: &JsValue) -> Result<(), JsValue> {
        self.driver.emitter().off(event, listener, context)
    }

    /// 0 normal, 1 release (default), 2 warning, 3 error, 4 none.
    #[wasm_bindgen(js_name = setLogLevel)]
    pub fn set_log_level(&self, level: &JsValue) -> Result<(), JsValue> {
        log::set_level(level)
    }

    /// Starts the method with this name. The package's script makes a method of each.
    pub fn run(&self, name: &str, first: JsValue, second: JsValue) -> Option<Promise> {
        Method::named(name, first, second).map(|method| self.start(method))
    }

    /// `{audio, video}`: whether microphone and camera open without asking the person, as far as the browser tells.
    #[wasm_bindgen(js_name = getDevicePermission)]
    pub fn device_permission(&self) -> JsValue {
        let (audio, video) = self.driver.permissions();
        // As a map, because for structs the serializer brings a cache of their field names along.
        JsSerializer::json_compatible().collect_map([("audio", audio), ("video", video)]).unwrap_or_default()
    }

    /// `idle`, `calling` or `connected`.
    #[wasm_bindgen(js_name = getCallStatus)]
    pub fn call_status(&self) -> String {
        self.driver.call_status().into()
    }

    /// Silences all other members until the end of the call, or has them heard again.
    #[wasm_bindgen(js_name = muteAllRemoteAudio)]
    pub fn mute_all_remote_audio(&self, muted: bool) {
        self.driver.mute_members(muted);
    }
}

impl TUICallEngine {
    fn start(&self, method: Method) -> Promise {
        let (app, driver) = (self.app, self.driver.clone());
        promise(async move {
            let name = method.name();
            method.run(app, &driver).await.map_err(|error| error.into_js(name))
        })
    }
}

fn parsed(json: &str) -> JsValue {
    JSON::parse(json).unwrap_or_default()
}
