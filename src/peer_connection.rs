//! One `RTCPeerConnection` with its fixed m-lines: microphone, camera, screen and its sound, data channel.

use crate::{
    json::Object,
    web::{self, EventListener, number_property, property, text_property},
    wire,
};
use call_core::{Order, PeerInput, PeerLinkState, Share};
use call_protocol::{DescriptionKind, IceServer, Signal};
use js_sys::Promise;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::{JsCast, prelude::*};
use wasm_bindgen_futures::JsFuture;
use web_sys::{EventTarget, MediaStreamTrack, RtcPeerConnection};

#[wasm_bindgen(module = "/src/js/browser.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = openConnection)]
    fn open_connection(configuration: &str, offers: bool) -> Result<RtcPeerConnection, JsValue>;
    #[wasm_bindgen(js_name = makeOffer)]
    fn make_offer(connection: &RtcPeerConnection, ice_restart: bool) -> Promise;
    #[wasm_bindgen(js_name = makeAnswer)]
    fn make_answer(connection: &RtcPeerConnection) -> Promise;
    #[wasm_bindgen(js_name = applyRemote)]
    fn apply_remote(connection: &RtcPeerConnection, kind: &str, sdp: &str) -> Promise;
    #[wasm_bindgen(js_name = addCandidate)]
    fn add_candidate(connection: &RtcPeerConnection, candidate: &str, mid: Option<&str>, line: Option<u16>);
    #[wasm_bindgen(catch)]
    fn reconfigure(connection: &RtcPeerConnection, change: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(catch)]
    fn say(connection: &RtcPeerConnection, text: &str) -> Result<(), JsValue>;
}

#[wasm_bindgen(module = "/src/js/devices.js")]
extern "C" {
    #[wasm_bindgen(js_name = sendTrack)]
    fn send_track(connection: &RtcPeerConnection, line: u32, track: Option<&MediaStreamTrack>);
    #[wasm_bindgen(js_name = limitVideo)]
    fn limit_video(connection: &RtcPeerConnection, line: u32, lines: u16, bits_a_second: u32, frame_rate: u8);
}

/// A source of media, in the order of the m-lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Microphone,
    Camera,
    Screen,
    ScreenSound,
}

impl Source {
    pub const ALL: [Self; 4] = [Self::Microphone, Self::Camera, Self::Screen, Self::ScreenSound];
}

type Sink = Rc<dyn Fn(PeerInput)>;

/// Closed when dropped.
pub struct PeerConnection {
    connection: RtcPeerConnection,
    sink: Rc<RefCell<Option<Sink>>>,
    /// An offer was made before anybody was called.
    prepared: Cell<bool>,
    _listeners: [EventListener; 5],
}

impl Drop for PeerConnection {
    fn drop(&mut self) {
        self.connection.close();
    }
}

impl PeerConnection {
    /// `offers`: this side makes the first offer, and with it the m-lines.
    /// `video_codec`: which the application prefers.
    pub fn new(
        servers: &[IceServer],
        relay_only: bool,
        video_codec: Option<&str>,
        offers: bool,
    ) -> Result<Self, JsValue> {
        let configuration = configuration(servers, relay_only).optional_text("videoCodec", video_codec);
        let connection = open_connection(&configuration.finish(), offers)?;
        let sink: Rc<RefCell<Option<Sink>>> = Rc::default();
        let reported = sink.clone();
        let candidate = EventListener::new(&connection, "icecandidate", move |event| {
            if let Some(candidate) = property(&event, "candidate").and_then(|found| candidate(&found)) {
                report(&reported, candidate);
            }
        });
        let (reported, watched) = (sink.clone(), connection.clone());
        let state = EventListener::new(&connection, "connectionstatechange", move |_| {
            if let Some(state) = link_state(&watched) {
                report(&reported, PeerInput::State(state));
            }
        });
        let channel: EventTarget = property(&connection, "control").unwrap_or_default().unchecked_into();
        let changed = |event, open| {
            let reported = sink.clone();
            EventListener::new(&channel, event, move |_| report(&reported, PeerInput::Channel(open)))
        };
        let (open, close) = (changed("open", true), changed("close", false));
        let reported = sink.clone();
        let message = EventListener::new(&channel, "message", move |event| {
            let said = text_property(&event, "data").and_then(|text| wire::decode_signal(&text));
            // What a newer member says nothing here depends on.
            if let Some(signal) = said {
                report(&reported, PeerInput::Signal(signal));
            }
        });
        let listeners = [candidate, state, open, close, message];
        Ok(Self { connection, sink, prepared: Cell::new(false), _listeners: listeners })
    }

    /// From now on what happens is reported to `sink`.
    pub fn report_to(&self, sink: Sink) {
        *self.sink.borrow_mut() = Some(sink);
    }

    /// Makes the offer and gathers candidates before there is anybody to call.
    pub async fn prepare(&self) -> Result<(), JsValue> {
        JsFuture::from(make_offer(&self.connection, false)).await?;
        self.prepared.set(true);
        Ok(())
    }

    /// The offer made by [`prepare`](Self::prepare), with the candidates found so far; once.
    pub fn take_prepared_offer(&self) -> Option<PeerInput> {
        if !self.prepared.replace(false) {
            return None;
        }
        let sdp = self.local_sdp()?;
        Some(PeerInput::LocalDescription { kind: DescriptionKind::Offer, sdp })
    }

    /// Does what the negotiation orders; what there is to report about it.
    pub async fn perform(&self, order: Order) -> Option<PeerInput> {
        let (promise, kind) = match order {
            Order::MakeOffer { ice_restart } => {
                (make_offer(&self.connection, ice_restart), Some(DescriptionKind::Offer))
            }
            Order::MakeAnswer => (make_answer(&self.connection), Some(DescriptionKind::Answer)),
            Order::ApplyRemote(remote) => (apply_remote(&self.connection, kind_name(remote.kind), &remote.sdp), None),
            Order::AddCandidate(found) => {
                add_candidate(&self.connection, &found.candidate, found.mid.as_deref(), found.index);
                return None;
            }
            Order::Send(_) => return None,
        };
        let done = JsFuture::from(promise).await;
        Some(match (done, kind) {
            (Ok(sdp), Some(kind)) => PeerInput::LocalDescription { kind, sdp: sdp.as_string().unwrap_or_default() },
            (Ok(_), None) => PeerInput::RemoteApplied,
            (Err(error), _) => PeerInput::Failed(web::error_text(&error)),
        })
    }

    fn local_sdp(&self) -> Option<String> {
        text_property(&property(&self.connection, "localDescription")?, "sdp")
    }

    /// Counts from the next ICE restart on.
    pub fn set_servers(&self, servers: &[IceServer]) {
        self.reconfigure(ice_servers(servers));
    }

    /// From the next ICE restart on any way may be taken.
    pub fn lift_relay(&self) {
        self.reconfigure(Object::default().text("iceTransportPolicy", "all"));
    }

    fn reconfigure(&self, change: Object) {
        if let Err(error) = reconfigure(&self.connection, &change.finish()) {
            web::log::debug(&["not reconfigured: ", &web::error_text(&error)].concat());
        }
    }

    /// By the data channel.
    pub fn say(&self, signal: &Signal) {
        if let Err(error) = say(&self.connection, &wire::encode_signal(signal)) {
            web::log::debug(&["not said: ", &web::error_text(&error)].concat());
        }
    }

    /// Sends `track` as this source, or nothing.
    pub fn send(&self, source: Source, track: Option<&MediaStreamTrack>) {
        send_track(&self.connection, source as u32, track);
    }

    /// No more than this is sent as this source.
    pub fn limit(&self, source: Source, share: Share) {
        limit_video(&self.connection, source as u32, share.lines, share.bitrate * 1000, share.frame_rate);
    }

    pub fn as_js(&self) -> &RtcPeerConnection {
        &self.connection
    }
}

fn report(sink: &RefCell<Option<Sink>>, input: PeerInput) {
    let sink = sink.borrow().clone();
    if let Some(sink) = sink {
        sink(input);
    }
}

/// None: the end of the candidates.
fn candidate(found: &JsValue) -> Option<PeerInput> {
    let candidate = text_property(found, "candidate").filter(|text| !text.is_empty())?;
    let index = number_property(found, "sdpMLineIndex").map(|index| index as u16);
    Some(PeerInput::Candidate { candidate, mid: text_property(found, "sdpMid"), index })
}

fn link_state(connection: &RtcPeerConnection) -> Option<PeerLinkState> {
    match text_property(connection, "connectionState")?.as_str() {
        "connecting" => Some(PeerLinkState::Connecting),
        "connected" => Some(PeerLinkState::Connected),
        "disconnected" => Some(PeerLinkState::Reconnecting),
        "failed" => Some(PeerLinkState::Failed),
        _ => None,
    }
}

fn kind_name(kind: DescriptionKind) -> &'static str {
    match kind {
        DescriptionKind::Offer => "offer",
        DescriptionKind::Answer => "answer",
    }
}

fn configuration(servers: &[IceServer], relay_only: bool) -> Object {
    ice_servers(servers)
        .text("bundlePolicy", "max-bundle")
        .text("iceTransportPolicy", if relay_only { "relay" } else { "all" })
}

fn ice_servers(servers: &[IceServer]) -> Object {
    let servers = servers.iter().map(|server| {
        Object::default()
            .texts("urls", &server.urls)
            .optional_text("username", non_empty(&server.username))
            .optional_text("credential", non_empty(&server.credential))
    });
    Object::default().objects("iceServers", servers)
}

fn non_empty(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}
