//! Frames as JSON text and back, exactly as `call-protocol` serializes them: tests compare the two.
//!
//! By hand, because serde's code for these types, with the error texts and number formats that it brings along, is a
//! quarter of the whole package.

#[cfg(target_arch = "wasm32")]
mod decode;
mod encode;

#[cfg(target_arch = "wasm32")]
pub use decode::{connect_while_ringing, decode, decode_signal};
pub use encode::{encode, encode_signal};
