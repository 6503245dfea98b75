//! Listeners, and the queue between what happens and what they are told.

use crate::{
    dialect::{Emission, web::current_name},
    web::{self, log},
};
use js_sys::{Array, Function, JSON};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::prelude::*;

/// Events are queued and delivered in order in a microtask, so a listener may call any method of the engine. A
/// listener that throws is logged and harms nobody else.
#[derive(Default)]
pub struct Emitter {
    listeners: RefCell<Vec<Rc<Listener>>>,
    queue: RefCell<Vec<Emission>>,
    scheduled: Cell<bool>,
}

struct Listener {
    event: &'static str,
    function: Function,
    context: JsValue,
    once: bool,
    removed: Cell<bool>,
}

impl Emitter {
    /// `event`: a current or an older event string. One that is in no table can never come and is dropped.
    pub fn on(&self, event: &str, function: Function, context: JsValue, once: bool) {
        let Some(event) = current_name(event) else {
            return log::warn(&["no such event: ", event].concat());
        };
        let listener = Listener { event, function, context, once, removed: Cell::new(false) };
        self.listeners.borrow_mut().push(Rc::new(listener));
    }

    /// Removes the listeners of `event` with this function and, if one is given, this context; without a function
    /// all of the event's.
    pub fn off(&self, event: &str, function: &JsValue, context: &JsValue) {
        let Some(event) = current_name(event) else { return };
        let leaves = |listener: &Rc<Listener>| {
            listener.event == event
                && (function.is_undefined() || js_sys::Object::is(&listener.function, function))
                && (context.is_undefined() || js_sys::Object::is(&listener.context, context))
        };
        self.listeners.borrow_mut().retain(|listener| {
            let leaves = leaves(listener);
            listener.removed.set(listener.removed.get() || leaves);
            !leaves
        });
    }

    pub fn emit(self: &Rc<Self>, emissions: Vec<Emission>) {
        self.queue.borrow_mut().extend(emissions);
        if self.scheduled.replace(true) {
            return;
        }
        let this = self.clone();
        web::spawn(async move { this.flush() });
    }

    pub fn clear(&self) {
        self.queue.borrow_mut().clear();
        for listener in self.listeners.take() {
            listener.removed.set(true);
        }
    }

    fn flush(&self) {
        self.scheduled.set(false);
        loop {
            let emissions = self.queue.take();
            if emissions.is_empty() {
                return;
            }
            for emission in emissions {
                self.deliver(&emission);
            }
        }
    }

    fn deliver(&self, emission: &Emission) {
        let mut listeners = Vec::new();
        for listener in &*self.listeners.borrow() {
            if listener.event == emission.event {
                listeners.push(listener.clone());
            }
        }
        if listeners.is_empty() {
            return;
        }
        let arguments = Array::new();
        if let Some(text) = &emission.argument {
            arguments.push(&JSON::parse(text).unwrap_or_default());
        }
        for listener in listeners {
            if listener.removed.get() {
                continue;
            }
            if listener.once {
                listener.removed.set(true);
                self.listeners.borrow_mut().retain(|known| !Rc::ptr_eq(known, &listener));
            }
            if let Err(error) = listener.function.apply(&listener.context, &arguments) {
                log::error(&["a listener of ", emission.event, " threw"].concat(), &error);
            }
        }
    }
}
