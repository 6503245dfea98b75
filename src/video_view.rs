//! Pictures in the page, and the sound of members.

use crate::{
    error::Result,
    playback::Playback,
    web::{self, EventListener},
};
use call_core::CallError;
use call_protocol::UserId;
use futures::channel::oneshot;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, prelude::*};
use web_sys::{HtmlAudioElement, HtmlElement, HtmlVideoElement, MediaStreamTrack};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewOptions {
    pub fit: Fit,
    pub mirror: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    Cover,
    Contain,
    Fill,
}

/// Where a picture goes: the id of an element, or the element itself.
#[derive(Clone)]
pub enum Container {
    Id(String),
    Element(HtmlElement),
}

impl Container {
    pub fn find(&self) -> Option<HtmlElement> {
        match self {
            Self::Element(element) => Some(element.clone()),
            Self::Id(id) => web::document()?.get_element_by_id(id)?.dyn_into().ok(),
        }
    }
}

pub struct Views {
    playback: Rc<Playback>,
    /// One a user; the local preview goes by the own user id.
    pictures: RefCell<Vec<Picture>>,
    sounds: RefCell<Vec<Sound>>,
}

struct Picture {
    user: UserId,
    video: HtmlVideoElement,
    /// Ends when the first frame is shown, or the picture is taken down.
    shown: Rc<RefCell<Vec<oneshot::Sender<()>>>>,
    _playing: EventListener,
}

impl Drop for Picture {
    fn drop(&mut self) {
        self.video.set_src_object(None);
        self.video.remove();
    }
}

struct Sound {
    user: UserId,
    audio: HtmlAudioElement,
}

impl Drop for Sound {
    fn drop(&mut self) {
        self.audio.set_src_object(None);
    }
}

impl Views {
    pub fn new(playback: Rc<Playback>) -> Self {
        Self { playback, pictures: RefCell::default(), sounds: RefCell::default() }
    }

    /// Puts `user`'s picture into the container, in place of an earlier one. What it returns ends when the picture
    /// plays.
    pub fn show(
        &self,
        user: &UserId,
        container: &Container,
        options: &ViewOptions,
        track: Option<&MediaStreamTrack>,
    ) -> Result<oneshot::Receiver<()>> {
        let parent =
            container.find().ok_or_else(|| CallError::bad_parameter("there is no such element in the page"))?;
        self.hide(user);
        let picture = Picture::new(user, &parent, options).map_err(|error| {
            CallError::new(CallError::NOT_SUPPORTED, format!("no picture is possible: {}", web::error_text(&error)))
        })?;
        let (sender, receiver) = oneshot::channel();
        picture.shown.borrow_mut().push(sender);
        self.playback.play(&picture.video, track, user);
        self.pictures.borrow_mut().push(picture);
        Ok(receiver)
    }

    pub fn hide(&self, user: &UserId) {
        self.pictures.borrow_mut().retain(|picture| picture.user != *user);
    }

    /// `user`'s tracks are these now.
    pub fn refresh(&self, user: &UserId, picture: Option<&MediaStreamTrack>, sound: Option<&MediaStreamTrack>) {
        if let Some(known) = self.pictures.borrow().iter().find(|known| known.user == *user) {
            self.playback.play(&known.video, picture, user);
        }
        let mut sounds = self.sounds.borrow_mut();
        if sound.is_none() {
            return sounds.retain(|known| known.user != *user);
        }
        if !sounds.iter().any(|known| known.user == *user) {
            let Ok(audio) = HtmlAudioElement::new() else { return };
            sounds.push(Sound { user: user.clone(), audio });
        }
        if let Some(known) = sounds.iter().find(|known| known.user == *user) {
            self.playback.play(&known.audio, sound, user);
        }
    }

    pub fn clear(&self) {
        self.pictures.take();
        self.sounds.take();
        self.playback.clear();
    }
}

impl Picture {
    fn new(user: &UserId, parent: &HtmlElement, options: &ViewOptions) -> Result<Self, JsValue> {
        let document = web::document().ok_or("no document")?;
        let video: HtmlVideoElement = document.create_element("video")?.unchecked_into();
        // Sound has an element of its own, and a silent picture may always start by itself.
        video.set_muted(true);
        video.set_attribute("playsinline", "")?;
        video.set_attribute("muted", "")?;
        let mirror = if options.mirror { ";transform:scaleX(-1)" } else { "" };
        let style = ["display:block;width:100%;height:100%;object-fit:", options.fit.css(), mirror].concat();
        video.set_attribute("style", &style)?;
        parent.append_child(&video)?;
        let shown: Rc<RefCell<Vec<oneshot::Sender<()>>>> = Rc::default();
        let told = shown.clone();
        let playing = EventListener::new(&video, "playing", move |_| {
            for waiter in told.take() {
                let _ = waiter.send(());
            }
        });
        Ok(Self { user: user.clone(), video, shown, _playing: playing })
    }
}

impl Fit {
    fn css(self) -> &'static str {
        match self {
            Self::Cover => "cover",
            Self::Contain => "contain",
            Self::Fill => "fill",
        }
    }
}
