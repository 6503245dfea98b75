//! The page around the engine: its name, and its going and coming.

use crate::web::{EventListener, property, text_property};
use call_protocol::UserId;
use js_sys::{Function, Promise};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast, prelude::*};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen(module = "/src/js/browser.js")]
extern "C" {
    #[wasm_bindgen(js_name = claimPage)]
    fn claim_page(user: &str) -> Promise;
    #[wasm_bindgen(js_name = isVisible)]
    fn is_visible() -> bool;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageEvent {
    /// It is left or loaded anew.
    Hide,
    /// The person looks at it again.
    Visible,
    /// The network is there again, or is of another kind.
    Online,
}

#[derive(Default)]
pub struct Page {
    listeners: RefCell<Vec<EventListener>>,
    name: RefCell<Option<Name>>,
}

/// Nobody else goes by it while this lives.
struct Name {
    user: UserId,
    id: String,
    release: Function,
}

impl Drop for Name {
    fn drop(&mut self) {
        let _ = self.release.call0(&JsValue::UNDEFINED);
    }
}

impl Page {
    pub fn watch(&self, sink: Rc<dyn Fn(PageEvent)>) {
        let window: web_sys::EventTarget = js_sys::global().unchecked_into();
        let listen = |name, event| {
            let sink = sink.clone();
            EventListener::new(&window, name, move |_| {
                if event != PageEvent::Visible || is_visible() {
                    sink(event);
                }
            })
        };
        // Not in every browser. It tells mere estimates of the speed as well.
        let network =
            property(&window, "navigator").and_then(|navigator| property(&navigator, "connection")).unwrap_or_default();
        let kind = Cell::new(text_property(&network, "type"));
        let changed = sink.clone();
        let watched = network.clone();
        let change = EventListener::new(network.unchecked_ref(), "change", move |_| {
            let now = text_property(&watched, "type");
            if kind.replace(now.clone()) != now {
                changed(PageEvent::Online);
            }
        });
        *self.listeners.borrow_mut() = vec![
            change,
            listen("pagehide", PageEvent::Hide),
            listen("visibilitychange", PageEvent::Visible),
            listen("online", PageEvent::Online),
        ];
    }

    /// A name of this page for `user` that outlives its reload and that no other page has. Empty where the browser can't
    /// give one.
    pub async fn name(&self, user: &UserId) -> String {
        let known = self.name.borrow().as_ref().filter(|name| name.user == *user).map(|name| name.id.clone());
        if let Some(id) = known {
            return id;
        }
        self.name.take();
        let Ok(claimed) = JsFuture::from(claim_page(user.as_str())).await else { return String::new() };
        let id = text_property(&claimed, "id").unwrap_or_default();
        let release = property(&claimed, "release").unwrap_or_default().unchecked_into();
        *self.name.borrow_mut() = Some(Name { user: user.clone(), id: id.clone(), release });
        id
    }

    pub fn close(&self) {
        self.listeners.take();
        self.name.take();
    }
}
