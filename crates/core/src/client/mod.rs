//! One user's side of its calls, without a browser.

mod calling;
mod channel;
mod early;
mod io;
mod leaving;
mod link;
mod mending;
mod mid_call;
mod peers;
mod requests;

use crate::{diff::View, error::CallError, event::CallEvent};
use call_protocol::{
    CallId, CallUpdate, ClientFrame, ClientMessage, Generation, Join, MediaState, Millis, ServerFrame, ServerMessage,
    Shows, Signal, UserId,
};
use channel::Departed;
use early::Early;
pub use io::*;
use link::Link;
use mid_call::Invitations;
use peers::{Peer, is_relay};
use requests::Requests;

/// Turns what the application asks, what the server says and the passing of time into [`Output`]s.
///
/// ```text
///   the link      Idle ──Login──▶ Connecting ──▶ LoggingIn ──Welcome──▶ Online
///                  ▲  ▲               ▲              │                  │ closed, silent, told to move,
///       4500–4999, │  └── refused ────┼──────────────┘                  │ another network
///       logout     │                  └── back-off ── Waiting ◀─────────┘
///                  └──────────────────────────────────────┘
///
///   the call      nobody ──Invite──▶ placing ─┐                 ┌─ rung ──Accept──┐
///                    │ ◀─ refused ────────────┤   snapshot      │                 ▼
///                    └────── snapshot ────────┴───────────────▶ view ◀────── snapshots ── each difference is events
///                                                                │
///                     closed: never revived ◀── ended, bye, hung up, gone
/// ```
///
/// A break of the link is no event of a call: the view stays, the peer connections go on, and what the person does is
/// told to the members by data channel and to the server when it is back.
///
/// After every `handle_*` call the shell drains [`poll_output`](Client::poll_output) and then arranges for
/// [`handle_timeout`](Client::handle_timeout) at [`poll_timeout`](Client::poll_timeout). `now` is any clock that
/// does not run backwards, in milliseconds.
#[derive(Debug)]
pub struct Client {
    link: Link,
    requests: Requests,
    view: Option<View>,
    /// A call that this client is placing and that the server has not shown yet.
    placing: Option<Placing>,
    /// An invitation by the one who is being called: the server is about to make one call of both.
    held: Option<CallUpdate<Signal>>,
    /// The part that the person has hung up; the authority's word on it is awaited, and nothing is opened any more.
    leaving: Option<(CallId, Generation)>,
    /// When the person hung it up.
    left_at: Millis,
    invitations: Invitations,
    /// What this session was about to join when the person hung up.
    unwanted: Option<Join>,
    /// Calls that are over for this session: late snapshots of these generations, and of earlier ones, are dropped.
    closed: Vec<(CallId, Generation, Millis)>,
    peers: Vec<Peer>,
    next_peer: u32,
    /// Signals for peers that do not exist yet.
    waiting: Vec<(CallId, UserId, Signal)>,
    departed: Departed,
    /// When the members are pinged next.
    ping_at: Option<Millis>,
    published: MediaState,
    outputs: Vec<Output>,
    now: Millis,
    /// The server's and the own one, when the server last told its own.
    clocks: (Millis, Millis),
    early: Early,
}

#[derive(Debug)]
struct Placing {
    call: CallId,
    command: CommandId,
    /// The only callee.
    to: Option<UserId>,
    /// Taken when the invitation is sent.
    invite: Option<NewCall>,
}

impl Client {
    /// `seed`: any number that differs between clients; it spreads their reconnects.
    pub fn new(seed: u64) -> Self {
        Self {
            link: Link::new(seed),
            requests: Requests::default(),
            view: None,
            placing: None,
            held: None,
            leaving: None,
            left_at: 0,
            invitations: Invitations::default(),
            unwanted: None,
            closed: Vec::new(),
            peers: Vec::new(),
            next_peer: 1,
            waiting: Vec::new(),
            departed: Departed::default(),
            ping_at: None,
            published: MediaState::default(),
            outputs: Vec::new(),
            now: 0,
            clocks: (0, 0),
            early: Early::default(),
        }
    }

    pub fn handle_command(&mut self, id: CommandId, command: Command, now: Millis) {
        self.now = now;
        match command {
            Command::Login(account) => self.login(id, account, now),
            Command::Logout => self.logout(id, now),
            _ if self.link.user().is_none() => self.complete(id, Err(CallError::not_logged_in())),
            Command::Invite(call) => self.place(id, call, now),
            Command::Accept => self.accept(id, now),
            Command::Reject => self.reject(id, now),
            Command::HangUp => self.hang_up(id, now),
            Command::InviteMore(more) => self.invite_more(id, more, now),
            Command::Join(to) => self.join(id, to, now),
            Command::SwitchMedia(media) => self.switch_media(id, media, now),
        }
    }

    pub fn handle_message(&mut self, frame: ServerFrame<Signal>, now: Millis) {
        self.now = now;
        self.link.heard(now);
        match frame.body {
            ServerMessage::Welcome(welcome) => self.welcomed(frame.re, welcome),
            ServerMessage::Done => self.answered(frame.re, Ok(()), now),
            ServerMessage::Error(error) => self.answered(frame.re, Err(error), now),
            ServerMessage::Call(update) => self.take_update(update),
            ServerMessage::Gone(gone) => self.gone(&gone.call),
            ServerMessage::Signal(signal) => self.take_signal(signal.call, signal.from, signal.signal),
            ServerMessage::Beat => self.send(ClientMessage::Beat(self.beat())),
            ServerMessage::Kicked(kicked) => self.kicked(kicked.call),
            ServerMessage::SigExpired => self.emit(CallEvent::SigExpired),
            ServerMessage::GoAway(go_away) => self.link.move_at(now + Millis::from(go_away.after)),
        }
    }

    pub fn handle_peer(&mut self, peer: PeerId, input: PeerInput, now: Millis) {
        self.now = now;
        let Some(index) = self.peers.iter().position(|known| known.id == peer) else { return };
        let negotiation = &mut self.peers[index].negotiation;
        match input {
            PeerInput::LocalDescription { kind, sdp } => {
                let rides = self
                    .placing
                    .as_ref()
                    .is_some_and(|placing| placing.invite.is_some() && placing.call == self.peers[index].call);
                let negotiation = &mut self.peers[index].negotiation;
                let description = negotiation.local_description(kind, sdp, !rides);
                if rides {
                    self.send_invite(Some(description), now);
                }
            }
            PeerInput::RemoteApplied => negotiation.remote_applied(),
            PeerInput::Failed(what) => {
                negotiation.failed();
                self.peer_failed(index, what);
            }
            PeerInput::Candidate { candidate, mid, index: line } => {
                negotiation.local_candidate(candidate.clone(), mid, line);
                self.peers[index].has_relay |= is_relay(&candidate);
            }
            PeerInput::State(state) => self.peer_state(index, state),
            PeerInput::Channel(open) => self.channel_changed(index, open),
            PeerInput::Signal(signal) => self.channel_signal(index, signal),
        }
        self.drain_orders();
    }

    /// What is published from now on; the flags only, the rest is kept here.
    pub fn handle_published(&mut self, audio: bool, video: bool, screen: bool) {
        let was = self.published;
        if (was.audio, was.video, was.screen) == (audio, video, screen) {
            return;
        }
        self.published = MediaState { n: was.n + 1, audio, video, screen, ..was };
        self.announce_media(None);
        if was.screen != screen
            && self.in_call()
            && self.leaving.is_none()
            && let Some(user) = self.user().cloned()
        {
            self.emit(CallEvent::Screen { user, on: screen });
        }
    }

    /// How large this session shows what a member sends; the member is told each time, because what it made of it may be old.
    pub fn handle_shown(&mut self, user: &str, shows: Shows) {
        for index in 0..self.peers.len() {
            let peer = &mut self.peers[index];
            if peer.user.as_str() == user {
                peer.shows = shows;
                self.send_by_channel(index, &Signal::Shows(shows));
            }
        }
    }

    pub fn handle_timeout(&mut self, now: Millis) {
        self.now = now;
        self.link_timeout(now);
        self.ping(now);
        self.mend_peers();
        self.say_again(now);
        for request in self.requests.take_overdue(now) {
            self.overdue(request, now);
        }
    }

    pub fn poll_output(&mut self) -> Option<Output> {
        // A queue of few: a ring buffer would be more code in the package and no quicker.
        if self.outputs.is_empty() { None } else { Some(self.outputs.remove(0)) }
    }

    pub fn poll_timeout(&self) -> Option<Millis> {
        let peers = earlier(self.ping_at, self.peers_due());
        earlier(self.link_due(), earlier(self.requests.due(), peers))
    }

    /// The user that is logged in, or is being logged in again after a break.
    pub fn user(&self) -> Option<&UserId> {
        self.link.user()
    }

    /// The call that this session is rung by, waits in, or is in.
    pub fn call(&self) -> Option<&View> {
        self.view.as_ref()
    }

    /// Whether the call has begun for this session.
    pub fn in_call(&self) -> bool {
        self.link.user().is_some_and(|me| self.view.as_ref().is_some_and(|view| view.has_begun(me)))
    }

    /// Whether a call is being placed or joined, rings, or is on.
    pub fn is_busy(&self) -> bool {
        self.placing.is_some() || self.view.is_some() || self.is_joining()
    }

    /// Whether this member shares a screen.
    pub fn is_sharing(&self, user: &UserId) -> bool {
        let view = self.view.as_ref();
        view.and_then(|view| Some(view.published(view.call.member(user)?).screen)).unwrap_or(false)
    }

    /// Whether this session is being rung.
    pub fn is_rung(&self) -> bool {
        self.own_generation_if(|own| own.state == call_protocol::MemberState::Ringing).is_some()
    }

    fn output(&mut self, output: Output) {
        self.outputs.push(output);
    }

    fn emit(&mut self, event: CallEvent) {
        self.output(Output::Emit(event));
    }

    fn complete(&mut self, command: CommandId, result: Result<Completed, CallError>) {
        self.output(Output::Complete { command, result });
    }

    fn send(&mut self, body: ClientMessage<Signal>) {
        if self.link.is_online() {
            self.output(Output::Send(ClientFrame { id: 0, body }.into()));
        }
    }
}

fn earlier(one: Option<Millis>, other: Option<Millis>) -> Option<Millis> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
