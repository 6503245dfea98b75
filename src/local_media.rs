//! What this user publishes: microphone, camera and screen, on and off.

use crate::{
    error::{Result, settled},
    media_devices::{CAMERA, Devices, MICROPHONE, SCREEN, SCREEN_SOUND, Told},
    media_session::MeshSession,
    peer_connection::Source,
};
use js_sys::Promise;
use std::rc::Rc;
use web_sys::MediaStreamTrack;

/// A microphone that is off stays captured and sends silence, so that it is back at once; a camera that is off is
/// stopped, because people watch its light.
pub struct LocalMedia {
    devices: Devices,
    session: Rc<MeshSession>,
    _told: [Told; 2],
}

impl LocalMedia {
    pub fn new(session: Rc<MeshSession>, changed: Told, lost: Told) -> Self {
        Self { devices: Devices::new(&changed, &lost), session, _told: [changed, lost] }
    }

    /// What only looks, and changes nothing that is published.
    pub fn devices(&self) -> &Devices {
        &self.devices
    }

    /// Before a call rings anybody: fails if the microphone can't be had. Where the person has agreed before, the
    /// microphone opens alongside and the call does not wait for it; what fails then is told when the call begins.
    pub async fn ready(&self, camera: bool) -> Result<()> {
        settled(self.devices.ready(camera)).await.map(drop)
    }

    /// Sends the microphone, unless the person has muted it.
    pub async fn start_microphone(&self) -> Result<()> {
        self.take(self.devices.open(MICROPHONE)).await
    }

    pub fn mute(&self, muted: bool) {
        self.devices.mute(muted);
    }

    pub async fn open_camera(&self, front: bool) -> Result<()> {
        self.take(self.devices.open_camera(front)).await
    }

    pub fn close_camera(&self) {
        self.devices.close(CAMERA);
        self.publish();
    }

    /// Waits until the devices have done something, and sends what is open then.
    pub async fn take(&self, doing: Promise) -> Result<()> {
        let outcome = settled(doing).await;
        self.publish();
        outcome.map(drop)
    }

    pub fn camera(&self) -> Option<MediaStreamTrack> {
        self.devices.track(CAMERA)
    }

    /// Ends every capture; the next call starts with the microphone on.
    pub fn release(&self) {
        self.devices.close(MICROPHONE);
        self.devices.close(CAMERA);
        self.devices.mute(false);
        self.stop_screen();
    }

    pub fn stop_screen(&self) {
        self.devices.close(SCREEN);
        self.devices.close(SCREEN_SOUND);
        self.publish();
    }

    /// Whether others could hear the person, see the person, and see a screen now.
    pub fn published(&self) -> (bool, bool, bool) {
        let screen = self.devices.track(SCREEN).is_some();
        (self.devices.sends(MICROPHONE), self.devices.sends(CAMERA), screen)
    }

    fn publish(&self) {
        for (source, kind) in Source::ALL.into_iter().zip([MICROPHONE, CAMERA, SCREEN, SCREEN_SOUND]) {
            self.session.publish(source, self.devices.track(kind));
        }
    }
}
