//! What this user publishes: microphone and camera, on and off.

use crate::{
    error::{Result, settled},
    media_devices::{CAMERA, Devices, MICROPHONE, Told},
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
        self.publish();
    }

    /// Whether others could hear and see something now.
    pub fn published(&self) -> (bool, bool) {
        (self.devices.sends(MICROPHONE), self.devices.sends(CAMERA))
    }

    fn publish(&self) {
        self.session.publish(Source::Microphone, self.devices.track(MICROPHONE));
        self.session.publish(Source::Camera, self.camera());
    }
}
