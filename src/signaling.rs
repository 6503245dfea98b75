//! The WebSocket to the server. It opens, carries frames and closes; when and why is decided elsewhere.

use crate::{
    web::{EventListener, log, number_property, text_property},
    wire,
};
use call_core::SocketEvent;
use call_protocol::{ClientFrame, SUBPROTOCOL, ServerFrame, Signal};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::WebSocket;

pub enum Incoming {
    Socket(SocketEvent),
    Frame(Box<ServerFrame<Signal>>),
}

pub struct Signaling {
    url: String,
    sink: Rc<dyn Fn(Incoming)>,
    socket: RefCell<Option<Socket>>,
}

struct Socket {
    socket: WebSocket,
    _listeners: [EventListener; 3],
}

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = self.socket.close();
    }
}

impl Signaling {
    pub fn new(url: String, sink: Rc<dyn Fn(Incoming)>) -> Self {
        Self { url, sink, socket: RefCell::new(None) }
    }

    /// Opens a socket in place of any open one.
    pub fn connect(&self) {
        self.close();
        match self.open() {
            Ok(socket) => *self.socket.borrow_mut() = Some(socket),
            Err(error) => {
                log::error("the socket cannot be opened", &error);
                let sink = self.sink.clone();
                crate::web::spawn(async move { sink(Incoming::Socket(SocketEvent::Closed(1006))) });
            }
        }
    }

    /// Closes without a word to the sink.
    pub fn close(&self) {
        self.socket.borrow_mut().take();
    }

    pub fn send(&self, frame: &ClientFrame<Signal>) {
        let socket = self.socket.borrow();
        let Some(Socket { socket, .. }) = socket.as_ref() else { return };
        // A frame that does not leave is like one lost on the way: the request runs out, or is sent again.
        if let Err(error) = socket.send_with_str(&wire::encode(frame)) {
            log::error("a frame was not sent", &error);
        }
    }

    fn open(&self) -> Result<Socket, JsValue> {
        let socket = WebSocket::new_with_str(&self.url, SUBPROTOCOL)?;
        let sink = self.sink.clone();
        let open = EventListener::new(&socket, "open", move |_| sink(Incoming::Socket(SocketEvent::Open)));
        let sink = self.sink.clone();
        let message = EventListener::new(&socket, "message", move |event| {
            let Some(text) = text_property(&event, "data") else { return };
            match wire::decode(&text) {
                Some(frame) => sink(Incoming::Frame(Box::new(frame))),
                // A newer server's message; nothing here depends on it.
                None => log::debug("a frame was not understood"),
            }
        });
        let sink = self.sink.clone();
        let close = EventListener::new(&socket, "close", move |event| {
            let code = number_property(&event, "code").unwrap_or(1006.0);
            sink(Incoming::Socket(SocketEvent::Closed(code as u16)));
        });
        Ok(Socket { socket, _listeners: [open, message, close] })
    }
}
