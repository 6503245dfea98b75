//! Devices and pictures, as the application sees and chooses them.

use super::Driver;
use crate::{
    dialect::web::devices_updated,
    error::{EngineError, Result, settled},
    media_devices::{CAMERA, Devices, MICROPHONE, SCREEN, SCREEN_SOUND},
    views::Container,
    web,
};
use call_core::{CallError, CallEvent, VideoProfile};
use call_protocol::{Shows, UserId};
use js_sys::Promise;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

impl Driver {
    pub fn devices(&self) -> &Devices {
        self.local.devices()
    }

    /// In a call it is published, before one it is a preview.
    pub async fn open_camera(self: &Rc<Self>, me: &UserId, container: Option<Container>, front: bool) -> Result<()> {
        let opened = self.local.open_camera(front).await;
        self.publish();
        opened?;
        let Some(container) = container else { return Ok(()) };
        let preview = self.views.preview(me.as_str(), container.as_js(), front, self.devices());
        let placed = settled(preview).await;
        if placed.is_err() {
            self.close_camera(me);
        }
        placed.map(drop)
    }

    pub fn close_camera(self: &Rc<Self>, me: &UserId) {
        self.local.close_camera();
        self.views.take_down(me.as_str());
        self.publish();
    }

    /// Beside the camera, or in place of another screen.
    pub fn share_screen(&self, options: &JsValue) -> Result<Promise> {
        if !self.client.borrow().in_call() {
            return Err(CallError::wrong_state("no call").into());
        }
        Ok(self.devices().share(options))
    }

    pub fn stop_screen(self: &Rc<Self>) {
        self.local.stop_screen();
        self.publish();
    }

    /// Waits until the devices have taken another microphone or camera, and goes on with it.
    pub async fn switch(self: &Rc<Self>, doing: Promise) -> Result<()> {
        let outcome = self.local.take(doing).await;
        self.publish();
        if let (Some(me), Some(track)) = (self.user(), self.local.camera()) {
            self.views.renew(me.as_str(), &track);
        }
        outcome
    }

    pub fn choose_device(&self, options: &JsValue) -> Promise {
        self.devices().choose(options, &self.views)
    }

    pub fn set_video_profile(&self, profile: &'static VideoProfile) -> Promise {
        self.session.set_profile(profile);
        self.devices().set_size(profile.width, profile.height)
    }

    pub fn video_profile(&self) -> &'static VideoProfile {
        self.session.profile()
    }

    /// Resolves when the picture plays, or when it is taken down before.
    pub fn start_view(&self, user: &UserId, container: &Container, options: &JsValue) -> Result<Promise> {
        let member = self.client.borrow().call().is_some_and(|view| view.call.member(user).is_some());
        if !member || !self.client.borrow().in_call() {
            return Err(CallError::wrong_state("no call with this user").into());
        }
        Ok(self.views.show(user.as_str(), container.as_js(), options))
    }

    pub fn stop_view(&self, user: &UserId, options: &JsValue) -> Result<()> {
        self.views.hide(user.as_str(), options).map_err(EngineError::unchecked_from_js)
    }

    /// Shows the picture of this user, or every picture, in another way.
    pub fn change_view(&self, user: Option<&UserId>, options: &JsValue) -> Result<()> {
        let changed = self.views.change(user.map(UserId::as_str), options);
        changed.map_err(EngineError::unchecked_from_js)
    }

    pub fn mute_members(&self, muted: bool) {
        self.views.mute(muted);
    }

    /// `(microphone, camera)`
    pub fn permissions(&self) -> (bool, bool) {
        (self.devices().granted(MICROPHONE), self.devices().granted(CAMERA))
    }

    /// From login to logout, so that a call need not wait until the browser has looked.
    pub(super) fn watch_devices(&self) {
        if self.check_login().is_ok() { self.devices().watch() } else { self.devices().stop() }
    }

    pub(super) fn devices_changed(&self, report: String) {
        self.emitter.emit(devices_updated(report));
    }

    pub(super) fn device_lost(self: &Rc<Self>, kind: &str) {
        match kind {
            // By the browser's own bar, or because the window is gone.
            SCREEN => return self.stop_screen(),
            SCREEN_SOUND => return,
            _ => {}
        }
        let (this, replaced) = (self.clone(), self.devices().replace(kind));
        web::spawn(async move {
            if let Err(error) = this.switch(replaced).await {
                this.emit(&CallEvent::Error { code: error.code(), message: error.message() });
            }
        });
    }

    /// Lets a member know how large its pictures are shown here, so that it sends no more.
    pub(super) fn tell_shown(self: &Rc<Self>, user: &str) {
        let lines = self.views.lines_of(user);
        let shows = Shows { camera: lines as u16, screen: (lines >> 16) as u16 };
        self.input(|client, _| client.handle_shown(user, shows));
    }

    pub(super) fn refresh_views(self: &Rc<Self>, user: &UserId) {
        let (connection, sharing) = (self.session.connection(user), self.client.borrow().is_sharing(user));
        self.views.refresh(user.as_str(), connection.as_ref(), sharing);
        self.tell_shown(user.as_str());
    }

    /// A call is on: what somebody listens for is measured until it ends.
    pub(super) fn measure(&self) {
        if let Some(me) = self.user() {
            self.views.measure(me.as_str(), &self.emitter, self.devices());
        }
    }

    pub fn stats(&self) -> Promise {
        self.views.stats()
    }
}
