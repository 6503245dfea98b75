//! Playing a track in a media element, and trying again when the browser wants a gesture of the person first.

use crate::web;
use call_protocol::UserId;
use js_sys::Promise;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlMediaElement, MediaStreamTrack};

#[wasm_bindgen(module = "/src/js/browser.js")]
extern "C" {
    type Player;

    #[wasm_bindgen(constructor)]
    fn new() -> Player;

    #[wasm_bindgen(method)]
    fn play(this: &Player, element: &HtmlMediaElement, track: Option<&MediaStreamTrack>) -> Promise;

    #[wasm_bindgen(method)]
    fn clear(this: &Player);
}

type Refused = Rc<dyn Fn(UserId)>;

pub struct Playback {
    player: Player,
    refused: Refused,
}

impl Playback {
    /// `refused` is told whose picture or sound waits for a gesture.
    pub fn new(refused: Refused) -> Self {
        Self { player: Player::new(), refused }
    }

    /// Shows or sounds `track` in `element` for as long as the element lives.
    pub fn play(&self, element: &HtmlMediaElement, track: Option<&MediaStreamTrack>, user: &UserId) {
        let waits = self.player.play(element, track);
        let (refused, user) = (self.refused.clone(), user.clone());
        web::spawn(async move {
            if JsFuture::from(waits).await.is_ok_and(|waits| waits.is_truthy()) {
                refused(user);
            }
        });
    }

    /// Nothing waits for a gesture any more.
    pub fn clear(&self) {
        self.player.clear();
    }
}
