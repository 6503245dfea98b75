//! What the statistics of all connections say at one moment.

use call_core::Sample;
use js_sys::{Float64Array, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::RtcPeerConnection;

#[wasm_bindgen(module = "/src/js/browser.js")]
extern "C" {
    #[wasm_bindgen(js_name = readStats)]
    fn read_stats(connections: Vec<RtcPeerConnection>) -> Promise;
}

/// How loud the own microphone is, 0 to 1, and a sample of each connection. None: a connection has been closed meanwhile.
pub async fn look(connections: Vec<RtcPeerConnection>) -> Option<(f64, Vec<Sample>)> {
    let figures = JsFuture::from(read_stats(connections)).await.ok()?;
    let figures = Float64Array::new(&figures).to_vec();
    let (own, rest) = figures.split_first()?;
    let mut samples = Vec::new();
    for one in rest.chunks_exact(7) {
        if let &[connected, received, lost, jitter, round_trip, missed, level] = one {
            samples.push(Sample { connected: connected > 0.0, received, lost, jitter, round_trip, missed, level });
        }
    }
    Some((*own, samples))
}
