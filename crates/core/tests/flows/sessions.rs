use crate::support::time::VirtualClock;
use call_core::{AppId, Clock, SessionId};
use call_protocol::{CallId, Millis, UserId};

/// One login, which outlives its socket by the grace time.
pub struct Session {
    pub id: SessionId,
    pub app: AppId,
    pub user: UserId,
    pub device: String,
    pub socket: Option<usize>,
    /// Good for a resume, newest last: the one before stays good until the new one is used.
    pub tokens: Vec<String>,
    pub told: Option<(CallId, u32)>,
    pub in_call: Option<CallId>,
    pub lost_at: Option<Millis>,
}

impl Session {
    pub fn new(number: u64, app: AppId, user: UserId, device: String, socket: usize) -> Self {
        let id = SessionId(number);
        let (tokens, told, in_call, lost_at) = (Vec::new(), None, None, None);
        Self { id, app, user, device, socket: Some(socket), tokens, told, in_call, lost_at }
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
    pub fn takes_note(&mut self, call: &CallId, rev: u32, is_in: bool) -> bool {
        let known = self.told.as_ref().is_some_and(|(id, told)| id == call && *told >= rev);
        if self.socket.is_none() || known {
            return false;
        }
        self.told = Some((call.clone(), rev));
        if is_in {
            self.in_call = Some(call.clone());
        } else if self.in_call.as_ref() == Some(call) {
            self.in_call = None;
        }
        true
    }
}
