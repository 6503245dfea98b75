//! What a session knows, as far as its server can tell.

use crate::call::{Call, SessionId};
use call_protocol::{CallId, UserId};

/// So many beats in a row must be answered without the call, before a session counts as out of it.
const DENIALS: u32 = 2;

/// What one session has been told of calls, and what it answers to beats.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// The call that it takes part in.
    in_call: Option<CallId>,
    /// The call that it takes part in or that rings there.
    shown: Option<CallId>,
    /// The same when its client last logged in. It may end before that is answered.
    shown_at_login: Option<CallId>,
    /// The newest revision that went over the present link.
    last: Option<(CallId, u32)>,
    /// The call whose offer went over it last.
    offered: Option<CallId>,
    beats: Beats,
}

#[derive(Debug, Clone, Copy, Default)]
struct Beats {
    unanswered: u32,
    /// So many answers that are still to come were asked for before the session knew what call it is in.
    uninformed: u32,
    denials: u32,
}

impl Told {
    /// Whether this is news of another call than the one that the session is shown. A user is in one call only, so either
    /// the end of that one was lost, or this is late: the store knows.
    pub fn doubts(&self, call: &Call, user: &UserId, session: SessionId) -> bool {
        self.shown.as_ref().is_some_and(|shown| *shown != call.id) && call.concerns(user, session)
    }

    /// The call that it takes part in or that rings there.
    pub fn shown(&self) -> Option<&CallId> {
        self.shown.as_ref()
    }

    /// It has nothing more to do with this call, whatever it was told.
    pub fn is_out_of(&mut self, call: &CallId) {
        self.in_call.take_if(|known| known == call);
        self.shown.take_if(|known| known == call);
    }

    /// Whether that revision is news to the session. If so, it counts as told.
    pub fn takes_note(&mut self, call: &Call, user: &UserId, session: SessionId) -> bool {
        if self.last.as_ref().is_some_and(|(id, rev)| *id == call.id && *rev >= call.rev) {
            return false;
        }
        self.last = Some((call.id.clone(), call.rev));
        let was_in = self.in_call.clone();
        set(&mut self.in_call, &call.id, call.is_in(user, session));
        set(&mut self.shown, &call.id, call.concerns(user, session));
        if self.in_call != was_in {
            self.beats = Beats { uninformed: self.beats.unanswered, denials: 0, ..self.beats };
        }
        true
    }

    /// Whether the caller's offer is news to the session. If so, it counts as told. Its client may have learned that it
    /// rings before, by a beat that was quicker than the news.
    pub fn takes_offer(&mut self, call: &Call) -> bool {
        let is_news = self.offered.as_ref() != Some(&call.id);
        if is_news {
            self.offered = Some(call.id.clone());
        }
        is_news
    }

    /// Its client logs in again, over another link: what went over the one before may be lost.
    pub fn moves(&mut self) {
        self.last = None;
        self.offered = None;
        self.beats = Beats::default();
        self.logs_in();
    }

    /// Its client logs in again over the same link.
    pub fn logs_in(&mut self) {
        self.shown_at_login = self.shown.clone();
    }

    /// What it was shown, as far as can be seen from the call, when nobody remembers.
    pub fn recall(&mut self, call: &Call, user: &UserId, session: SessionId) {
        self.shown = Some(call.id.clone());
        if call.is_in(user, session) {
            self.in_call = Some(call.id.clone());
        }
    }

    /// The call that it takes part in.
    pub fn call(&self) -> Option<&CallId> {
        self.in_call.as_ref()
    }

    pub fn was_shown_a_call(&self) -> bool {
        self.shown.is_some()
    }

    /// The call that it took part in or that rang there when its client last logged in.
    pub fn call_before(&self) -> Option<&CallId> {
        self.shown_at_login.as_ref()
    }

    pub fn beat_sent(&mut self) {
        self.beats.unanswered += 1;
    }

    /// The client answered a beat, naming the call that it is in. Answers with a call that it should be in and is not:
    /// its farewell was lost.
    pub fn beat_answered(&mut self, names: Option<&CallId>) -> Option<&CallId> {
        let beats = &mut self.beats;
        beats.unanswered = beats.unanswered.saturating_sub(1);
        if beats.uninformed > 0 {
            beats.uninformed -= 1;
            return None;
        }
        // Over this link it has not been told of the call, so it need not know.
        let in_call = self.in_call.as_ref().filter(|id| self.last.as_ref().is_some_and(|(last, _)| last == *id))?;
        beats.denials = if names == Some(in_call) { 0 } else { beats.denials + 1 };
        (beats.denials >= DENIALS).then_some(in_call)
    }
}

fn set(slot: &mut Option<CallId>, call: &CallId, is_it: bool) {
    if is_it {
        *slot = Some(call.clone());
    } else {
        slot.take_if(|known| known == call);
    }
}
