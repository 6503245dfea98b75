//! Playing a track in a media element, and trying again when the browser wants a gesture of the person first.

use crate::web::{self, EventListener};
use call_protocol::UserId;
use js_sys::Array;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlMediaElement, MediaStream, MediaStreamTrack};

/// What counts as a gesture.
const GESTURES: [&str; 3] = ["pointerup", "keydown", "touchend"];

type Refused = Rc<dyn Fn(UserId)>;

pub struct Playback {
    refused: Refused,
    waiting: RefCell<Vec<HtmlMediaElement>>,
    gestures: RefCell<Vec<EventListener>>,
}

impl Playback {
    pub fn new(refused: Refused) -> Rc<Self> {
        Rc::new(Self { refused, waiting: RefCell::default(), gestures: RefCell::default() })
    }

    /// Shows or sounds `track` in `element` for as long as the element lives.
    pub fn play(self: &Rc<Self>, element: &HtmlMediaElement, track: Option<&MediaStreamTrack>, user: &UserId) {
        let Some(track) = track else { return element.set_src_object(None) };
        let playing = element.src_object().is_some_and(|stream| {
            stream.get_tracks().iter().any(|known| known.unchecked_ref::<MediaStreamTrack>().id() == track.id())
        });
        if playing {
            return;
        }
        let Ok(stream) = MediaStream::new_with_tracks(&Array::of1(track)) else { return };
        element.set_src_object(Some(&stream));
        let (this, element, user) = (self.clone(), element.clone(), user.clone());
        web::spawn(async move { this.start(element, user).await });
    }

    pub fn clear(&self) {
        self.waiting.take();
        self.gestures.take();
    }

    async fn start(self: Rc<Self>, element: HtmlMediaElement, user: UserId) {
        let Ok(started) = element.play() else { return };
        let Err(error) = JsFuture::from(started).await else { return };
        // Anything but a refusal means that the element has got another source by now.
        if web::property(&error, "name").as_string().as_deref() != Some("NotAllowedError") {
            return;
        }
        self.waiting.borrow_mut().push(element);
        self.await_gesture();
        (self.refused)(user);
    }

    fn await_gesture(self: &Rc<Self>) {
        let Some(document) = web::document().filter(|_| self.gestures.borrow().is_empty()) else { return };
        let listeners = GESTURES.map(|gesture| {
            let this = Rc::downgrade(self);
            EventListener::new(&document, gesture, move |_| {
                let Some(this) = this.upgrade() else { return };
                for element in this.waiting.take() {
                    // In the gesture's own task; refused once more means that it was none.
                    let _ = element.play();
                }
                // Not from within the callback that would be dropped with them.
                web::spawn(async move { drop(this.gestures.take()) });
            })
        });
        self.gestures.borrow_mut().extend(listeners);
    }
}
