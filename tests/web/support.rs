use gloo_timers::future::TimeoutFuture;
use js_sys::{Function, Object, Promise, Reflect};
use open_call_engine::{dialect::web::EVENTS, engine::TUICallEngine};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen(module = "/tests/web/support.js")]
extern "C" {
    #[wasm_bindgen(js_name = liveTracks)]
    pub fn live_tracks(kind: Option<&str>) -> u32;
    #[wasm_bindgen(js_name = openConnections)]
    pub fn open_connections() -> u32;
    #[wasm_bindgen(js_name = openSockets)]
    pub fn open_sockets() -> u32;
    #[wasm_bindgen(js_name = heldListeners)]
    pub fn held_listeners() -> u32;
    #[wasm_bindgen(js_name = heldTimers)]
    pub fn held_timers() -> u32;
    #[wasm_bindgen(js_name = holdCaptures)]
    pub fn hold_captures();
    #[wasm_bindgen(js_name = releaseCaptures)]
    pub fn release_captures();
    #[wasm_bindgen(js_name = refuseCaptures)]
    pub fn refuse_captures(error: &str);
    #[wasm_bindgen(js_name = allowCaptures)]
    pub fn allow_captures();
    #[wasm_bindgen(js_name = deviceLookUps)]
    pub fn device_look_ups() -> u32;
    #[wasm_bindgen(js_name = renameDevices)]
    pub fn rename_devices(prefix: &str);
    #[wasm_bindgen(js_name = hideDevices)]
    pub fn hide_devices(on: bool);
    #[wasm_bindgen(js_name = announceDevices)]
    pub fn announce_devices();
    #[wasm_bindgen(js_name = denyMicrophone)]
    pub fn deny_microphone(on: bool);
    #[wasm_bindgen(js_name = openMicrophones)]
    pub fn open_microphones() -> u32;
    pub fn unplug(kind: &str);
    #[wasm_bindgen(js_name = unplugLast)]
    pub fn unplug_last(kind: &str);
    #[wasm_bindgen(js_name = holdBack)]
    pub fn hold_back(kind: &str, on: bool);
    #[wasm_bindgen(js_name = lookAgain)]
    pub fn look_again();
    pub fn negotiated() -> String;
    #[wasm_bindgen(js_name = hideDevice)]
    pub fn hide_device(id: &str);
    pub fn silenced() -> Vec<JsValue>;
    #[wasm_bindgen(js_name = styleOf)]
    pub fn style_of(container: &str, key: &str) -> String;
    #[wasm_bindgen(js_name = videoLimits)]
    pub fn video_limits() -> Vec<String>;
    #[wasm_bindgen(js_name = addContainer)]
    pub fn add_container(id: &str);
    pub fn brightness(container: &str) -> f64;
    #[wasm_bindgen(catch, js_name = fetchJson)]
    async fn fetch_json(url: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = streamsHeard)]
    async fn streams_heard() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn inbound(kind: &str, key: &str) -> Result<JsValue, JsValue>;
}

pub const SERVER: &str = match option_env!("TUICALL_TEST_SERVER") {
    Some(server) => server,
    None => "http://127.0.0.1:8480",
};

type Log = Rc<RefCell<Vec<(String, JsValue)>>>;

/// Somebody with an engine, and everything the engine has said.
pub struct Person {
    pub name: String,
    pub engine: TUICallEngine,
    log: Log,
    read: Cell<usize>,
    _listeners: Vec<Closure<dyn FnMut(JsValue)>>,
}

impl Person {
    /// Not logged in yet. `name` is made unique.
    pub async fn new(name: &str) -> Self {
        thread_local!(static COUNT: Cell<u32> = const { Cell::new(0) });
        COUNT.set(COUNT.get() + 1);
        let unique = format!("{name}-{}-{}", COUNT.get(), js_sys::Date::now() as u64 % 10_000_000);
        let credentials = credentials(&unique).await;
        let app = get(&credentials, "SDKAppID");
        let engine = TUICallEngine::new(&object(&[("SDKAppID", app), ("serverUrl", SERVER.into())])).unwrap();
        let log = Log::default();
        let listeners = EVENTS.iter().map(|event| listen(&engine, event.names[0], &log)).collect();
        Self { name: unique, engine, log, read: Cell::new(0), _listeners: listeners }
    }

    pub async fn logged_in(name: &str) -> Self {
        let person = Self::new(name).await;
        person.login().await;
        person
    }

    pub async fn login(&self) {
        let credentials = credentials(&self.name).await;
        let options = object(&[("userID", (&*self.name).into()), ("userSig", get(&credentials, "userSig"))]);
        done(self.engine.login(options)).await;
        self.event("sdkReady").await;
    }

    pub async fn calls(&self, other: &Person, media: u32) -> JsValue {
        let list = js_sys::Array::of1(&(&*other.name).into());
        done(self.engine.calls(object(&[("userIDList", list.into()), ("type", media.into())]))).await
    }

    /// Waits for the next event of this name, and skips what comes before it.
    pub async fn event(&self, name: &str) -> JsValue {
        for _ in 0..500 {
            let found = self.log.borrow()[self.read.get()..].iter().position(|(event, _)| event == name);
            if let Some(found) = found {
                let index = self.read.get() + found;
                self.read.set(index + 1);
                return self.log.borrow()[index].1.clone();
            }
            TimeoutFuture::new(20).await;
        }
        panic!("{} never got {name}, only {:?}", self.name, self.names());
    }

    /// Waits for the next event of this name that is about `other`.
    pub async fn event_about(&self, name: &str, other: &Person) {
        while text(&get(&self.event(name).await, "userID")) != other.name {}
    }

    /// The names of all events so far that are about calls and members, not about connections and devices.
    pub fn names(&self) -> Vec<String> {
        const OTHERS: [&str; 4] =
            ["sdkReady", "onConnectionStateChanged", "onUserConnectionChanged", "onDeviceUpdated"];
        let names = self.log.borrow().iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        names.into_iter().filter(|name| !OTHERS.contains(&name.as_str())).collect()
    }

    /// How often this event has come so far.
    pub fn count(&self, name: &str) -> usize {
        self.log.borrow().iter().filter(|(known, _)| known == name).count()
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        let _ = self.engine.destroy_instance();
    }
}

/// A call of two, both in it, and its id.
pub async fn connected(media: u32) -> (Person, Person) {
    let (ann, ben) = (Person::logged_in("ann").await, Person::logged_in("ben").await);
    ann.calls(&ben, media).await;
    ben.event("onCallReceived").await;
    done(ben.engine.accept()).await;
    ann.event("onCallBegin").await;
    ben.event("onCallBegin").await;
    (ann, ben)
}

pub async fn credentials(user: &str) -> JsValue {
    fetch_json(&format!("{SERVER}/dev/usersig?userID={user}")).await.expect("a call-server --dev must be running")
}

/// Waits until `holds`, for ten seconds at most.
pub async fn until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..500 {
        if holds() {
            return;
        }
        TimeoutFuture::new(20).await;
    }
    panic!("never: {what}");
}

/// Waits until the connections of the page have received more than `least` of this.
pub async fn received(kind: &str, key: &str, least: f64) {
    for _ in 0..200 {
        if inbound(kind, key).await.unwrap().as_f64().unwrap() > least {
            return;
        }
        TimeoutFuture::new(50).await;
    }
    panic!("{kind} {key} never exceeded {least}");
}

/// Waits until the connections of the page play the sound of so many senders.
pub async fn until_heard(streams: u32) {
    let mut heard = 0;
    for _ in 0..200 {
        heard = streams_heard().await.unwrap().as_f64().unwrap() as u32;
        if heard == streams {
            return;
        }
        TimeoutFuture::new(50).await;
    }
    panic!("{heard} streams of sound, not {streams}");
}

pub async fn done(promise: Promise) -> JsValue {
    match JsFuture::from(promise).await {
        Ok(value) => value,
        Err(error) => panic!("{}", text(&get(&error, "message"))),
    }
}

/// The code that the promise rejects with.
pub async fn code(promise: Promise) -> f64 {
    match JsFuture::from(promise).await {
        Ok(value) => panic!("resolved to {value:?}"),
        Err(error) => get(&error, "code").as_f64().unwrap_or_else(|| panic!("without a code: {error:?}")),
    }
}

pub fn object(entries: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (key, value) in entries {
        Reflect::set(&object, &(*key).into(), value).unwrap();
    }
    object.into()
}

pub fn get(value: &JsValue, key: &str) -> JsValue {
    Reflect::get(value, &key.into()).unwrap_or(JsValue::UNDEFINED)
}

pub fn text(value: &JsValue) -> String {
    value.as_string().unwrap_or_default()
}

pub fn function(closure: &Closure<dyn FnMut(JsValue)>) -> JsValue {
    closure.as_ref().unchecked_ref::<Function>().clone().into()
}

fn listen(engine: &TUICallEngine, event: &'static str, log: &Log) -> Closure<dyn FnMut(JsValue)> {
    let log = log.clone();
    let closure = Closure::<dyn FnMut(JsValue)>::new(move |payload| log.borrow_mut().push((event.into(), payload)));
    engine.on(&event.into(), &function(&closure), &JsValue::UNDEFINED).unwrap();
    closure
}
