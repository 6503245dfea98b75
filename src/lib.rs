//! Audio and video calls for the browser behind the TUICallEngine API.
//!
//! This crate is a thin shell: it performs what [`call_core::Client`] decides, with the browser's own
//! `RTCPeerConnection`, `getUserMedia` and `WebSocket`. [`engine::TUICallEngine`] is the exported class.

pub mod dialect;
pub mod json;
pub mod wire;

#[cfg(target_arch = "wasm32")]
mod arguments;
#[cfg(target_arch = "wasm32")]
mod driver;
#[cfg(target_arch = "wasm32")]
mod emitter;
#[cfg(target_arch = "wasm32")]
pub mod engine;
#[cfg(target_arch = "wasm32")]
mod error;
#[cfg(target_arch = "wasm32")]
mod local_media;
#[cfg(target_arch = "wasm32")]
mod media_devices;
#[cfg(target_arch = "wasm32")]
mod media_session;
#[cfg(target_arch = "wasm32")]
mod page;
#[cfg(target_arch = "wasm32")]
mod peer_connection;
#[cfg(target_arch = "wasm32")]
mod signaling;
#[cfg(target_arch = "wasm32")]
mod views;
#[cfg(target_arch = "wasm32")]
mod web;

/// A small and quick allocator: the usual one is 5 KB more of the package.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
