//! Pictures in the page, and the sound of members.

use crate::{error::Result, playback::Playback};
use call_core::CallError;
use call_protocol::UserId;
use js_sys::Promise;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlAudioElement, HtmlElement, HtmlVideoElement, MediaStreamTrack};

#[wasm_bindgen(module = "/src/js/browser.js")]
extern "C" {
    #[wasm_bindgen(js_name = findElement)]
    fn find_element(container: &JsValue) -> Option<HtmlElement>;
    #[wasm_bindgen(js_name = findElementSoon)]
    fn find_element_soon(container: &JsValue) -> Promise;
    #[wasm_bindgen(js_name = addPicture)]
    fn add_picture(parent: &HtmlElement, style: &str) -> HtmlVideoElement;
    fn shown(video: &HtmlVideoElement) -> Promise;
    #[wasm_bindgen(js_name = removePicture)]
    fn remove_picture(video: &HtmlVideoElement);
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ViewOptions {
    pub fit: Fit,
    pub mirror: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Fit {
    #[default]
    Cover,
    Contain,
    Fill,
}

/// Where a picture goes: the id of an element, or the element itself.
pub struct Container(JsValue);

impl Container {
    /// None for anything that is neither.
    pub fn new(value: &JsValue) -> Option<Self> {
        let possible = match value.as_string() {
            Some(id) => !id.is_empty(),
            None => find_element(value).is_some(),
        };
        possible.then(|| Self(value.clone()))
    }

    /// Resolves when the element is there, or when there is no hope left.
    pub fn appears(&self) -> Promise {
        find_element_soon(&self.0)
    }
}

pub struct Views {
    playback: Playback,
    /// One a user; the local preview goes by the own user id.
    pictures: RefCell<Vec<Picture>>,
    sounds: RefCell<Vec<Sound>>,
}

struct Picture {
    user: UserId,
    video: HtmlVideoElement,
}

impl Drop for Picture {
    fn drop(&mut self) {
        remove_picture(&self.video);
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
    pub fn new(playback: Playback) -> Self {
        Self { playback, pictures: RefCell::default(), sounds: RefCell::default() }
    }

    /// Puts `user`'s picture into the container, in place of an earlier one. What it returns ends when the picture
    /// plays, or is taken down before.
    pub fn show(
        &self,
        user: &UserId,
        container: &Container,
        options: &ViewOptions,
        track: Option<&MediaStreamTrack>,
    ) -> Result<Promise> {
        let parent = find_element(&container.0)
            .ok_or_else(|| CallError::bad_parameter("there is no such element in the page"))?;
        self.hide(user);
        let mirror = if options.mirror { ";transform:scaleX(-1)" } else { "" };
        let style = ["display:block;width:100%;height:100%;object-fit:", options.fit.css(), mirror].concat();
        let video = add_picture(&parent, &style);
        let shown = shown(&video);
        self.playback.play(&video, track, user);
        self.pictures.borrow_mut().push(Picture { user: user.clone(), video });
        Ok(shown)
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

impl Fit {
    fn css(self) -> &'static str {
        match self {
            Self::Cover => "cover",
            Self::Contain => "contain",
            Self::Fill => "fill",
        }
    }
}
