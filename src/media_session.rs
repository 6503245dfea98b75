//! Media between the members of a call: here a mesh, one peer connection for each pair.

use crate::{
    peer_connection::{PeerConnection, Source},
    web::{self, Timeout},
};
use call_core::{Order, PeerId, PeerInput, VideoProfile, screen_share, share};
use call_protocol::{IceServer, Shows, Signal, UserId};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::JsValue;
use web_sys::{MediaStreamTrack, RtcPeerConnection};

/// Milliseconds.
const PREPARE_DELAY: u32 = 100;
const PARTING_TIME: u32 = 200;

type Report = Rc<dyn Fn(PeerId, PeerInput)>;
/// Told when a member's media can be played, or have changed hands.
type Received = Rc<dyn Fn(UserId)>;

pub struct MeshSession {
    report: Report,
    received: Received,
    relay_only: bool,
    video_codec: Option<String>,
    servers: RefCell<Vec<IceServer>>,
    peers: RefCell<Vec<Rc<Peer>>>,
    spare: RefCell<Option<PeerConnection>>,
    /// None once the session is closed for good.
    preparing: RefCell<Option<Timeout>>,
    tracks: RefCell<[Option<MediaStreamTrack>; 4]>,
    profile: Cell<&'static VideoProfile>,
    parting: RefCell<Vec<Rc<Peer>>>,
    parted: RefCell<Option<Timeout>>,
}

struct Peer {
    id: PeerId,
    user: UserId,
    connection: PeerConnection,
    live: Cell<bool>,
    shows: Cell<Shows>,
    /// It has been told that this side leaves.
    parting: Cell<bool>,
}

impl MeshSession {
    pub fn new(relay_only: bool, video_codec: Option<String>, report: Report, received: Received) -> Rc<Self> {
        Rc::new(Self {
            report,
            received,
            relay_only,
            video_codec,
            servers: RefCell::default(),
            peers: RefCell::default(),
            spare: RefCell::default(),
            preparing: RefCell::default(),
            tracks: RefCell::default(),
            profile: Cell::new(VideoProfile::DEFAULT),
            parting: RefCell::default(),
            parted: RefCell::default(),
        })
    }

    pub fn set_servers(&self, servers: Vec<IceServer>) {
        if *self.servers.borrow() != servers {
            self.spare.take();
            for peer in self.peers.borrow().iter() {
                peer.connection.set_servers(&servers);
            }
            *self.servers.borrow_mut() = servers;
        }
    }

    /// Makes one connection ahead of the next call, so that its offer is ready. A moment later, because it would hold
    /// up what the application is just being told. Not where TURN is configured: an idle user shall not hold an
    /// allocation.
    pub fn prepare(self: &Rc<Self>) {
        let this = Rc::downgrade(self);
        let timer = Timeout::new(PREPARE_DELAY, move || {
            let Some(session) = this.upgrade() else { return };
            if !session.may_prepare() {
                return;
            }
            let Ok(connection) = session.connect(false, true) else { return };
            web::spawn(async move {
                if connection.prepare().await.is_ok() && session.may_prepare() {
                    *session.spare.borrow_mut() = Some(connection);
                }
            });
        });
        *self.preparing.borrow_mut() = Some(timer);
    }

    fn connect(&self, relayed: bool, offers: bool) -> Result<PeerConnection, JsValue> {
        PeerConnection::new(&self.servers.borrow(), relayed, self.video_codec.as_deref(), offers)
    }

    fn may_prepare(&self) -> bool {
        let turn = |server: &IceServer| server.urls.iter().any(|url| url.starts_with("turn"));
        let wanted = !self.relay_only && !self.servers.borrow().iter().any(turn);
        wanted && self.preparing.borrow().is_some() && self.spare.borrow().is_none()
    }

    pub fn open(self: &Rc<Self>, id: PeerId, user: UserId, offers: bool, relayed: bool) {
        let relayed = relayed || self.relay_only;
        let spare = if offers && !relayed { self.spare.take() } else { None };
        let made = spare.map_or_else(|| self.connect(relayed, offers), Ok);
        let connection = match made {
            Ok(connection) => connection,
            Err(error) => {
                let (report, text) = (self.report.clone(), web::error_text(&error));
                return web::spawn(async move { report(id, PeerInput::Failed(text)) });
            }
        };
        let report = self.report.clone();
        connection.report_to(Rc::new(move |input| report(id, input)));
        self.peers.borrow_mut().push(Rc::new(Peer {
            id,
            user,
            connection,
            live: Cell::new(false),
            shows: Cell::default(),
            parting: Cell::new(false),
        }));
    }

    pub fn close(self: &Rc<Self>, id: PeerId) {
        let Some(peer) = self.peer(id) else { return };
        self.peers.borrow_mut().retain(|known| known.id != id);
        self.share_bitrate();
        (self.received)(peer.user.clone());
        if peer.parting.get() {
            self.part_from(peer);
        }
    }

    /// The connection stays until the farewell has left.
    fn part_from(self: &Rc<Self>, peer: Rc<Peer>) {
        self.parting.borrow_mut().push(peer);
        let this = Rc::downgrade(self);
        let timer = Timeout::new(PARTING_TIME, move || {
            if let Some(session) = this.upgrade() {
                session.parting.take();
            }
        });
        *self.parted.borrow_mut() = Some(timer);
    }

    pub fn close_all(&self) {
        self.preparing.take();
        self.spare.take();
        self.peers.take();
        self.parted.take();
        self.parting.take();
        self.tracks.take();
    }

    /// Performs an order of the negotiation and reports how it went.
    pub fn negotiate(self: &Rc<Self>, id: PeerId, order: Order) {
        let Some(peer) = self.peer(id) else { return };
        if matches!(order, Order::MakeOffer { ice_restart: false })
            && let Some(ready) = peer.connection.take_prepared_offer()
        {
            return (self.report)(id, ready);
        }
        let this = Rc::downgrade(self);
        web::spawn(async move {
            let Some(outcome) = peer.connection.perform(order).await else { return };
            let Some(this) = Weak::upgrade(&this) else { return };
            this.refresh(&peer);
            (this.report)(id, outcome);
        });
    }

    /// From the next ICE restart on any way may be taken, unless the application wants none but the relay.
    pub fn lift_relay(&self, id: PeerId) {
        if let Some(peer) = self.peer(id).filter(|_| !self.relay_only) {
            peer.connection.lift_relay();
        }
    }

    /// Says something by the data channel to this member.
    pub fn say(&self, id: PeerId, signal: &Signal) {
        let Some(peer) = self.peer(id) else { return };
        peer.connection.say(signal);
        if matches!(signal, Signal::Bye { .. }) {
            peer.parting.set(true);
        }
    }

    /// From now on the captured tracks go to this member, and the member's are played.
    pub fn go_live(self: &Rc<Self>, id: PeerId) {
        let Some(peer) = self.peer(id) else { return };
        peer.live.set(true);
        self.refresh(&peer);
    }

    /// The member shows what it gets so large.
    pub fn limit(&self, id: PeerId, shows: Shows) {
        if let Some(peer) = self.peer(id) {
            peer.shows.set(shows);
            self.share_bitrate();
        }
    }

    /// Publishes `track` as this source to every live connection; none = publishes nothing.
    pub fn publish(self: &Rc<Self>, source: Source, track: Option<MediaStreamTrack>) {
        if self.tracks.borrow()[source as usize] == track {
            return;
        }
        self.tracks.borrow_mut()[source as usize] = track.clone();
        for peer in self.peers.borrow().iter().filter(|peer| peer.live.get()) {
            peer.connection.send(source, track.as_ref());
        }
    }

    /// What the camera's picture is sent as to somebody who is alone with this user.
    pub fn set_profile(&self, profile: &'static VideoProfile) {
        self.profile.set(profile);
        self.share_bitrate();
    }

    pub fn profile(&self) -> &'static VideoProfile {
        self.profile.get()
    }

    /// By which this user's media come, once it is live.
    pub fn connection(&self, user: &UserId) -> Option<RtcPeerConnection> {
        let peers = self.peers.borrow();
        let peer = peers.iter().find(|peer| peer.user == *user && peer.live.get())?;
        Some(peer.connection.as_js().clone())
    }

    fn refresh(&self, peer: &Rc<Peer>) {
        if !peer.live.get() {
            return;
        }
        for source in Source::ALL {
            let track = self.tracks.borrow()[source as usize].clone();
            if track.is_some() {
                peer.connection.send(source, track.as_ref());
            }
        }
        self.share_bitrate();
        (self.received)(peer.user.clone());
    }

    fn share_bitrate(&self) {
        let peers = self.peers.borrow();
        let receivers = peers.iter().filter(|peer| peer.live.get()).count();
        let (camera, screen) = (share(self.profile.get(), receivers), screen_share(receivers));
        for peer in peers.iter().filter(|peer| peer.live.get()) {
            let shows = peer.shows.get();
            peer.connection.limit(Source::Camera, camera.seen_in(shows.camera));
            peer.connection.limit(Source::Screen, screen.seen_in(shows.screen));
        }
    }

    fn peer(&self, id: PeerId) -> Option<Rc<Peer>> {
        self.peers.borrow().iter().find(|peer| peer.id == id).cloned()
    }
}
