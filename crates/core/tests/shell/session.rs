use call_core::{AppId, Call, Seat, SessionId, Told};
use call_protocol::{Login, Millis, UserId};

/// One login, which outlives its socket by the grace time.
pub struct Session {
    pub id: SessionId,
    pub app: AppId,
    pub user: UserId,
    pub device: String,
    pub page: String,
    /// The node that has, or had last, its socket.
    pub node: usize,
    pub socket: Option<usize>,
    /// Good for a resume, newest last: the one before stays good until the new one is used.
    tokens: Vec<String>,
    pub told: Told,
    pub lost_at: Option<Millis>,
    /// It outlives its node.
    pub saved: bool,
    /// What it was shown is known to nobody any more.
    pub forgotten: bool,
}

impl Session {
    pub fn new(number: u64, login: &Login, node: usize, socket: usize) -> Self {
        Self {
            id: SessionId(number),
            app: login.app,
            user: login.user.clone(),
            device: login.device.clone(),
            page: login.page.clone(),
            node,
            socket: Some(socket),
            tokens: Vec::new(),
            told: Told::default(),
            lost_at: None,
            saved: false,
            forgotten: false,
        }
    }

    pub fn seat(&self) -> Seat<'_> {
        Seat { device: &self.device, page: &self.page, connected: self.socket.is_some(), returns: false }
    }

    pub fn is_from(&self, login: &Login) -> bool {
        let same_page = self.page.is_empty() || login.page.is_empty() || self.page == login.page;
        self.user == login.user && self.device == login.device && same_page
    }

    pub fn next_token(&mut self) -> String {
        let token = format!("token {} of {}", self.tokens.len(), self.id.0);
        self.tokens.push(token.clone());
        token
    }

    pub fn knows(&self, token: &str) -> bool {
        self.tokens.iter().rev().take(2).any(|known| known == token)
    }

    /// Moves to another socket. Answers with the one it had.
    pub fn resume(&mut self, node: usize, socket: usize) -> Option<usize> {
        self.told.moves();
        (self.node, self.lost_at) = (node, None);
        self.socket.replace(socket)
    }

    /// Whether this is news to it; then it counts as told.
    pub fn takes_note(&mut self, call: &Call) -> bool {
        self.socket.is_some() && self.told.takes_note(call, &self.user, self.id)
    }

    pub fn takes_offer(&mut self, call: &Call) -> bool {
        self.socket.is_some() && self.told.takes_offer(call)
    }

    /// Whether its client expects to hear of it often.
    pub fn is_shown_a_call(&self) -> bool {
        self.told.was_shown_a_call()
    }
}
