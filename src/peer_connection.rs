//! One `RTCPeerConnection` with its fixed m-lines: microphone, camera, screen, data channel.

use crate::{
    json::Object,
    web::{self, EventListener},
};
use call_core::{PeerInput, PeerLinkState};
use call_protocol::{Candidate, Description, DescriptionKind, IceServer};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::{JsCast, prelude::*};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    MediaStreamTrack, RtcConfiguration, RtcDataChannel, RtcPeerConnection, RtcPeerConnectionIceEvent,
    RtcPeerConnectionState, RtcRtpTransceiver, RtcRtpTransceiverDirection,
};

#[wasm_bindgen]
extern "C" {
    /// `RTCPeerConnection`, for the one method that web-sys lacks.
    type Restartable;

    #[wasm_bindgen(method, js_name = restartIce)]
    fn restart_ice(this: &Restartable);
}

/// A source of media, in the order of the m-lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Microphone,
    Camera,
    Screen,
}

impl Source {
    pub const ALL: [Self; 3] = [Self::Microphone, Self::Camera, Self::Screen];
}

type Sink = Rc<dyn Fn(PeerInput)>;

/// Closed when dropped.
pub struct PeerConnection {
    connection: RtcPeerConnection,
    _control: Option<RtcDataChannel>,
    sink: Rc<RefCell<Option<Sink>>>,
    /// An offer was made before anybody was called.
    prepared: Cell<bool>,
    _listeners: [EventListener; 2],
}

impl Drop for PeerConnection {
    fn drop(&mut self) {
        self.connection.close();
    }
}

impl PeerConnection {
    /// `offers`: this side makes the first offer, and with it the m-lines.
    pub fn new(servers: &[IceServer], relay_only: bool, offers: bool) -> Result<Self, JsValue> {
        let connection = RtcPeerConnection::new_with_configuration(&configuration(servers, relay_only))?;
        if offers {
            for kind in ["audio", "video", "video"] {
                connection.add_transceiver_with_str(kind);
            }
        }
        let agreed = web::dictionary(Object::default().flag("negotiated", true).number("id", 0));
        let control = connection.create_data_channel_with_data_channel_dict("control", &agreed);

        let sink: Rc<RefCell<Option<Sink>>> = Rc::default();
        let report = reporter(&sink);
        let candidate = EventListener::new(&connection, "icecandidate", move |event| {
            let found = event.dyn_into::<RtcPeerConnectionIceEvent>().ok().and_then(|event| event.candidate());
            if let Some(found) = found.filter(|candidate| !candidate.candidate().is_empty()) {
                report(PeerInput::Candidate {
                    candidate: found.candidate(),
                    mid: found.sdp_mid(),
                    index: found.sdp_m_line_index(),
                });
            }
        });
        let report = reporter(&sink);
        let watched = connection.clone();
        let state = EventListener::new(&connection, "connectionstatechange", move |_| {
            if let Some(state) = link_state(watched.connection_state()) {
                report(PeerInput::State(state));
            }
        });
        Ok(Self {
            connection,
            _control: Some(control),
            sink,
            prepared: Cell::new(false),
            _listeners: [candidate, state],
        })
    }

    /// From now on what happens is reported to `sink`.
    pub fn report_to(&self, sink: Sink) {
        *self.sink.borrow_mut() = Some(sink);
    }

    /// Makes the offer and gathers candidates before there is anybody to call.
    pub async fn prepare(&self) -> Result<(), JsValue> {
        self.set_local_description().await?;
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

    pub async fn make_offer(&self, ice_restart: bool) -> PeerInput {
        if ice_restart {
            self.connection.unchecked_ref::<Restartable>().restart_ice();
        }
        self.local_description(DescriptionKind::Offer).await
    }

    pub async fn make_answer(&self) -> PeerInput {
        for transceiver in self.transceivers() {
            transceiver.set_direction(RtcRtpTransceiverDirection::Sendrecv);
        }
        self.local_description(DescriptionKind::Answer).await
    }

    pub async fn apply_remote(&self, description: &Description) -> PeerInput {
        let kind = match description.kind {
            DescriptionKind::Offer => "offer",
            DescriptionKind::Answer => "answer",
        };
        let init = web::dictionary(Object::default().text("type", kind).text("sdp", &description.sdp));
        match JsFuture::from(self.connection.set_remote_description(&init)).await {
            Ok(_) => PeerInput::RemoteApplied,
            Err(error) => PeerInput::Failed(web::error_text(&error)),
        }
    }

    pub async fn add_candidate(&self, candidate: &Candidate) {
        let mut init = Object::default().text("candidate", &candidate.candidate);
        init = init.optional_text("sdpMid", candidate.mid.as_deref());
        if let Some(index) = candidate.index {
            init = init.number("sdpMLineIndex", index);
        }
        let init = web::dictionary(init);
        let added = self.connection.add_ice_candidate_with_opt_rtc_ice_candidate_init(Some(&init));
        if let Err(error) = JsFuture::from(added).await {
            web::log::debug(&format!("a candidate was not taken: {}", web::error_text(&error)));
        }
    }

    pub fn local_sdp(&self) -> Option<String> {
        Some(self.connection.local_description()?.sdp())
    }

    /// Sends `track` as this source, or nothing.
    pub async fn send(&self, source: Source, track: Option<MediaStreamTrack>) {
        let Some(transceiver) = self.transceivers().into_iter().nth(source as usize) else { return };
        let replaced = transceiver.sender().replace_track(track.as_ref());
        if let Err(error) = JsFuture::from(replaced).await {
            web::log::warn(&format!("a track was not sent: {}", web::error_text(&error)));
        }
    }

    /// What comes from the other side; there is a track as soon as the m-lines are known, silent or not.
    pub fn received(&self, source: Source) -> Option<MediaStreamTrack> {
        Some(self.transceivers().into_iter().nth(source as usize)?.receiver().track())
    }

    fn transceivers(&self) -> Vec<RtcRtpTransceiver> {
        self.connection.get_transceivers().iter().map(JsCast::unchecked_into).collect()
    }

    async fn local_description(&self, kind: DescriptionKind) -> PeerInput {
        match self.set_local_description().await {
            Ok(sdp) => PeerInput::LocalDescription { kind, sdp },
            Err(error) => PeerInput::Failed(web::error_text(&error)),
        }
    }

    /// Without an argument, so that the browser makes the description that its state asks for.
    async fn set_local_description(&self) -> Result<String, JsValue> {
        let implicit = web::dictionary(Object::default());
        JsFuture::from(self.connection.set_local_description(&implicit)).await?;
        self.local_sdp().ok_or_else(|| "no local description".into())
    }
}

fn reporter(sink: &Rc<RefCell<Option<Sink>>>) -> impl Fn(PeerInput) + 'static {
    let sink = sink.clone();
    move |input| {
        let sink = sink.borrow().clone();
        if let Some(sink) = sink {
            sink(input);
        }
    }
}

fn link_state(state: RtcPeerConnectionState) -> Option<PeerLinkState> {
    match state {
        RtcPeerConnectionState::Connecting => Some(PeerLinkState::Connecting),
        RtcPeerConnectionState::Connected => Some(PeerLinkState::Connected),
        RtcPeerConnectionState::Disconnected => Some(PeerLinkState::Reconnecting),
        RtcPeerConnectionState::Failed => Some(PeerLinkState::Failed),
        _ => None,
    }
}

fn configuration(servers: &[IceServer], relay_only: bool) -> RtcConfiguration {
    let servers = servers.iter().map(|server| {
        Object::default()
            .texts("urls", server.urls.iter().map(|url| &**url))
            .optional_text("username", non_empty(&server.username))
            .optional_text("credential", non_empty(&server.credential))
    });
    web::dictionary(
        Object::default()
            .objects("iceServers", servers)
            .text("bundlePolicy", "max-bundle")
            .text("iceTransportPolicy", if relay_only { "relay" } else { "all" }),
    )
}

fn non_empty(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}
