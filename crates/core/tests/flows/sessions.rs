use crate::support::time::VirtualClock;
use call_core::{AppId, Call, Clock, Seat, SessionId};
use call_protocol::{CallId, Login, Millis, UserId};

/// One login, which outlives its socket by the grace time.
pub struct Session {
    pub id: SessionId,
    pub app: AppId,
    pub user: UserId,
    pub device: String,
    pub page: String,
    pub socket: Option<usize>,
    /// Good for a resume, newest last: the one before stays good until the new one is used.
    pub tokens: Vec<String>,
    pub told: Option<(CallId, u32)>,
    /// The call that it takes part in or that rings there, as far as it was told.
    pub shown: Option<CallId>,
    pub lost_at: Option<Millis>,
}

impl Session {
    pub fn new(number: u64, login: &Login, socket: usize) -> Self {
        Self {
            id: SessionId(number),
            app: login.app,
            user: login.user.clone(),
            device: login.device.clone(),
            page: login.page.clone(),
            socket: Some(socket),
            tokens: Vec::new(),
            told: None,
            shown: None,
            lost_at: None,
        }
    }

    pub fn seat(&self) -> Seat<'_> {
        Seat { device: &self.device, page: &self.page, connected: self.socket.is_some() }
    }

    pub fn next_token(&mut self) -> String {
        let token = format!("token {} of {}", self.tokens.len(), self.id.0);
        self.tokens.push(token.clone());
        token
    }

    /// Moves to another socket, if the token is one of the last two.
    pub fn resume(&mut self, token: &str, socket: usize) -> bool {
        let good = self.tokens.iter().rev().take(2).any(|known| known == token);
        if good {
            (self.socket, self.told, self.lost_at) = (Some(socket), None, None);
        }
        good
    }

    pub fn lose(&mut self, clock: &VirtualClock) {
        (self.socket, self.lost_at) = (None, Some(clock.now()));
    }

    /// Whether this is news to it; then it counts as told.
    pub fn takes_note(&mut self, call: &Call) -> bool {
        let known = self.told.as_ref().is_some_and(|(id, told)| *id == call.id && *told >= call.rev);
        if self.socket.is_none() || known {
            return false;
        }
        self.told = Some((call.id.clone(), call.rev));
        if call.concerns(&self.user, self.id) {
            self.shown = Some(call.id.clone());
        } else {
            self.shown.take_if(|shown| *shown == call.id);
        }
        true
    }
}
