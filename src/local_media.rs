//! What this user publishes: microphone and camera, on and off.

use crate::{
    error::Result,
    media_devices::{Kind, MediaDevices},
    media_session::MeshSession,
    peer_connection::Source,
};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen_futures::JsFuture;
use web_sys::MediaStreamTrack;

/// A microphone that is off stays captured and sends silence, so that it is back at once; a camera that is off is
/// stopped, because people watch its light.
pub struct LocalMedia {
    devices: MediaDevices,
    session: Rc<MeshSession>,
    muted: Cell<bool>,
    front: Cell<bool>,
}

impl LocalMedia {
    pub fn new(session: Rc<MeshSession>) -> Self {
        Self { devices: MediaDevices::default(), session, muted: Cell::new(false), front: Cell::new(true) }
    }

    /// Before a call rings anybody: fails if the microphone can't be had. Where the person has agreed before, the
    /// microphone opens alongside and the call does not wait for it; what fails then is told when the call begins.
    pub async fn ready_microphone(self: &Rc<Self>, camera: bool) -> Result<()> {
        let found = JsFuture::from(self.devices.look()?).await;
        if !self.devices.may_call(found, camera)? {
            return self.devices.open(Kind::Microphone).await.map(|track| self.mute(&track));
        }
        let this = self.clone();
        crate::web::spawn(async move {
            if let Ok(track) = this.devices.open(Kind::Microphone).await {
                this.mute(&track);
            }
        });
        Ok(())
    }

    /// Sends the microphone, unless the person has muted it.
    pub async fn start_microphone(&self) -> Result<()> {
        let track = self.devices.open(Kind::Microphone).await?;
        self.mute(&track);
        self.session.publish(Source::Microphone, Some(track));
        Ok(())
    }

    pub fn unmute(&self) {
        self.muted.set(false);
    }

    pub fn close_microphone(&self) {
        self.muted.set(true);
        if let Some(track) = self.devices.track(Kind::Microphone) {
            self.mute(&track);
        }
    }

    pub async fn open_camera(&self, front: bool) -> Result<MediaStreamTrack> {
        let kind = Kind::Camera { front };
        if self.front.replace(front) != front {
            self.devices.close(kind);
        }
        let track = self.devices.open(kind).await?;
        self.session.publish(Source::Camera, Some(Clone::clone(&track)));
        Ok(track)
    }

    pub fn close_camera(&self) {
        self.devices.close(self.camera());
        self.session.publish(Source::Camera, None);
    }

    /// Ends every capture; the next call starts with the microphone on.
    pub fn release(&self) {
        self.devices.close(Kind::Microphone);
        self.devices.close(self.camera());
        self.session.publish(Source::Microphone, None);
        self.session.publish(Source::Camera, None);
        self.muted.set(false);
    }

    /// Whether others could hear and see something now.
    pub fn published(&self) -> (bool, bool) {
        let audio = !self.muted.get() && self.devices.track(Kind::Microphone).is_some();
        (audio, self.devices.track(self.camera()).is_some())
    }

    fn mute(&self, track: &MediaStreamTrack) {
        track.set_enabled(!self.muted.get());
    }

    fn camera(&self) -> Kind {
        Kind::Camera { front: self.front.get() }
    }
}
