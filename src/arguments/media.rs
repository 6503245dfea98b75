//! Devices and pictures.

use super::{Options, bad, must_be, user};
use crate::{error::Result, views::Container};
use call_core::VideoProfile;
use call_protocol::UserId;
use wasm_bindgen::prelude::*;

/// `switchCamera()`: whether to the front.
pub fn camera_position(value: &JsValue) -> Result<bool> {
    match value.as_f64() {
        Some(0.0) => Ok(true),
        Some(1.0) => Ok(false),
        _ => Err(must_be("cameraPosition", "0 (front) or 1 (back)")),
    }
}

pub fn profile(value: &JsValue) -> Result<&'static VideoProfile> {
    let name = value.as_string().unwrap_or_default();
    VideoProfile::named(&name).ok_or_else(|| bad("the profile must be one like '360p', '480p', '720p' or '1080p'"))
}

pub fn remote_view(options: &JsValue) -> Result<(UserId, Container)> {
    let options = Options::new(options)?;
    let user = user(Options::required("userID", options.text("userID")?)?)?;
    Ok((user, container(&Options::required("videoViewDomID", options.get("videoViewDomID"))?)?))
}

pub fn remote_user(options: &JsValue) -> Result<UserId> {
    user(Options::required("userID", Options::new(options)?.text("userID")?)?)
}

/// `setVideoRenderParams()`: none = every picture.
pub fn shown_user(options: &JsValue) -> Result<Option<UserId>> {
    Options::new(options)?.text("userID")?.map(user).transpose()
}

/// `openCamera`'s: without one the camera opens unseen.
pub fn optional_container(value: &JsValue) -> Result<Option<Container>> {
    if value.is_undefined() || value.is_null() { Ok(None) } else { container(value).map(Some) }
}

fn container(value: &JsValue) -> Result<Container> {
    Container::new(value).ok_or_else(|| must_be("videoViewDomID", "the id of an element"))
}
