//! Between nodes: what one of them says for the sessions of a user that another one has.

use super::{Due, Hub, Session, closing};
use crate::{frames::encode, outbox::Outbox};
use axum::{body::Bytes, extract::ws::Utf8Bytes};
use call_core::{AppId, Call, Committed, NodeEpoch, RING_AGAIN, SessionId};
use call_protocol::{CallId, CloseCode, Kicked, Phase, ServerMessage, Snapshot, UserId};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::{sync::Arc, time::Duration};
use tracing::{info, warn};

/// The news of a change come by themselves. Who has not heard of it so long after it was stored is told.
const NEWS_TIME: Duration = Duration::from_millis(750);

/// First byte of a frame for all sessions of the user, or one; of everything else.
const FRAME: u8 = b'f';
const WORD: u8 = b'w';

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    /// A change of a call, and the caller's offer.
    News {
        old: Option<Box<Call>>,
        new: Box<Call>,
        offer: Option<Box<RawValue>>,
        #[serde(default)]
        rings_alone: bool,
    },
    /// A login has ended this session. Kicked: with its last view of a call.
    Over { session: SessionId, kicked: bool, call: Option<Box<Snapshot>> },
    /// The client has gone on with this session on that node.
    Moved { session: SessionId, to: NodeEpoch },
}

impl Hub {
    /// From now on other nodes are heard.
    pub fn listen(self: &Arc<Self>) {
        let hub = Arc::downgrade(self);
        self.bus.start(Box::new(move |app, user, word| {
            if let Some(hub) = hub.upgrade() {
                hub.hear(app, user, &word);
            }
        }));
    }

    /// Tells a change to those whom it concerns and who are on other nodes.
    pub(super) fn pass_on(&self, committed: &Committed) {
        if self.bus.is_alone() {
            return;
        }
        self.say_news(committed);
        if committed.begins_to_ring() {
            let new = &committed.new;
            for after in RING_AGAIN {
                self.deadlines.push_in(Duration::from_millis(after), Due::Again(new.app, new.id.clone()));
            }
        }
    }

    fn say_news(&self, committed: &Committed) {
        let new = &committed.new;
        let deliveries = committed.deliveries();
        let offer = self.calls.offer(new.app, &new.id).filter(|_| deliveries.iter().any(|one| one.with_offer));
        let word = Word::News {
            old: committed.old.as_ref().map(|old| Box::new(Call::clone(old))),
            new: Box::new(Call::clone(new)),
            offer: offer.map(|offer| (*offer).to_owned()),
            rings_alone: self.calls.rings_alone(new.app, &new.id),
        };
        let word = word.encode();
        for delivery in deliveries {
            self.bus.say(new.app, delivery.user, word.clone());
        }
    }

    pub(super) fn pass_on_again(&self, app: AppId, call: &CallId) {
        if let Some(committed) = self.calls.get(app, call).and_then(Committed::again) {
            self.say_news(&committed);
        }
    }

    /// To a session that is not here, or to all that are not.
    pub(super) fn pass_frame(&self, app: AppId, user: &UserId, session: Option<SessionId>, frame: &Utf8Bytes) {
        if self.bus.is_alone() {
            return;
        }
        let mut word = Vec::with_capacity(9 + frame.len());
        word.push(FRAME);
        word.extend(session.map_or(0, |session| session.0).to_be_bytes());
        word.extend(frame.as_bytes());
        self.bus.say(app, user, word.into());
    }

    pub(super) fn pass_end(&self, session: &Session, kicked: bool, call: Option<&Snapshot>) {
        if !self.bus.is_alone() {
            let word = Word::Over { session: session.id, kicked, call: call.map(|call| Box::new(call.clone())) };
            self.bus.say(session.app, &session.user, word.encode());
        }
    }

    pub(super) fn pass_move(&self, session: &Session) {
        let word = Word::Moved { session: session.id, to: self.node };
        // Late, it would close the session where it is by then.
        self.bus.mention(session.app, &session.user, word.encode());
    }

    fn hear(&self, app: AppId, user: &UserId, word: &Bytes) {
        match word.split_first() {
            Some((&FRAME, rest)) => self.hear_frame(app, user, rest),
            Some((&WORD, json)) => match serde_json::from_slice(json) {
                Ok(word) => self.hear_word(app, user, word),
                Err(error) => warn!(%error, "another node is not understood"),
            },
            _ => {}
        }
    }

    fn hear_frame(&self, app: AppId, user: &UserId, rest: &[u8]) {
        let Some((session, frame)) = rest.split_first_chunk() else { return };
        let Ok(frame) = Utf8Bytes::try_from(frame.to_vec()) else { return };
        let session = SessionId(u64::from_be_bytes(*session));
        let sessions = self.sessions.of_user(app, user);
        for hearer in sessions.iter().filter(|hearer| session.0 == 0 || hearer.id == session) {
            hearer.send(frame.clone());
        }
    }

    fn hear_word(&self, app: AppId, user: &UserId, word: Word) {
        match word {
            Word::News { old, new, offer, rings_alone } => {
                if let Some(offer) = offer.filter(|_| new.phase == Phase::Ringing) {
                    self.calls.put_offer(app, new.id.clone(), &offer, rings_alone);
                }
                let old = old.map(|old| Arc::new(*old));
                self.deliver(&Committed { old, new: Arc::new(*new) });
            }
            Word::Over { session, kicked, call } => {
                let Some(session) = self.sessions.find(app, user, session) else { return };
                info!(?session, kicked, "ended by a login on another node");
                self.sessions.take_out(&session);
                self.close_over(&session, kicked, call.map(|call| *call));
            }
            Word::Moved { session, to } => {
                let Some(session) = self.sessions.find(app, user, session).filter(|_| to != self.node) else { return };
                info!(?session, "goes on on another node");
                self.sessions.take_out(&session);
                self.close_over(&session, false, None);
            }
        }
    }

    /// Closes the socket of a session that is over here.
    pub(super) fn close_over(&self, session: &Session, kicked: bool, call: Option<Snapshot>) {
        if let Some(link) = session.end() {
            close_link(&link, kicked, call);
        }
    }

    /// A call has changed in the store. What should be heard of that by other ways may be lost.
    pub(super) fn notice(&self, call: Arc<Call>) {
        let concerns_us = || call.members.iter().any(|member| self.sessions.has(call.app, &member.user));
        if call.phase != Phase::Placing && (self.calls.get(call.app, &call.id).is_some() || concerns_us()) {
            self.deadlines.push_in(NEWS_TIME, Due::Notice(call));
        }
    }

    pub(super) fn make_up_for(&self, call: Arc<Call>) {
        let known = self.calls.get(call.app, &call.id);
        if known.as_ref().is_none_or(|known| known.rev < call.rev) {
            self.deliver(&Committed { old: known, new: call });
        }
    }
}

/// Of a session that is over. Kicked: with its last view of a call.
pub(super) fn close_link(link: &Outbox, kicked: bool, call: Option<Snapshot>) {
    if kicked {
        link.send(encode::<()>(0, ServerMessage::Kicked(Kicked { call })));
    }
    link.close(closing(if kicked { CloseCode::Kicked } else { CloseCode::Replaced }));
}

impl Word {
    fn encode(&self) -> Bytes {
        let mut word = vec![WORD];
        // Maps with text keys, numbers and text: nothing that JSON could refuse.
        let _ = serde_json::to_writer(&mut word, self);
        word.into()
    }
}
