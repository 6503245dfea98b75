use super::{Account, Client, CommandId, Completed, Output, SocketEvent, earlier, requests::Purpose};
use crate::{
    error::CallError,
    event::{CallEvent, LinkState},
};
use call_protocol::{ClientMessage, CloseCode, ErrorCode, Login, Millis, Signal, Snapshot, UserId, Welcome, WireError};

/// A connection that is neither open nor refused by then has failed.
const CONNECT_TIME: Millis = 10_000;
/// So long a login is tried again by a server that can take none at the moment.
const LOGIN_TIME: Millis = 10_000;
const FIRST_DELAY: Millis = 250;
const LONGEST_DELAY: Millis = 8_000;
/// Somebody in a call must not wait for a server that is back.
const LONGEST_DELAY_IN_CALL: Millis = 2_000;
/// A server that says nothing for so long is lost: it beats every 4 s in a call and every 15 s out of one.
const SILENCE_IN_CALL: Millis = 12_000;
const SILENCE: Millis = 40_000;
/// When a member can't be reached either, its next beat is not waited for much longer than it should take.
const SILENCE_IN_TROUBLE: Millis = 5_000;
/// New TURN credentials are asked for this often at most.
const TURN_TIME: Millis = 5_000;

/// The connection to the server: log in, and after a break come back as the same session.
#[derive(Debug)]
pub(super) struct Link {
    state: State,
    account: Option<Account>,
    resume: Option<String>,
    /// A login elsewhere shall not end this one.
    multi_device: bool,
    /// The application's login that has not been answered yet.
    login: Option<Pending>,
    attempt: u32,
    heard_at: Millis,
    moves_at: Option<Millis>,
    /// When new TURN credentials are asked for.
    renews_at: Option<Millis>,
    chance: u64,
}

#[derive(Debug)]
struct Pending {
    command: CommandId,
    until: Millis,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    Connecting { until: Millis },
    LoggingIn,
    Online,
    Waiting { until: Millis },
}

impl Link {
    pub fn new(seed: u64) -> Self {
        Self {
            state: State::Idle,
            account: None,
            resume: None,
            multi_device: false,
            login: None,
            attempt: 0,
            heard_at: 0,
            moves_at: None,
            renews_at: None,
            chance: seed,
        }
    }

    pub fn user(&self) -> Option<&UserId> {
        self.account.as_ref().filter(|_| self.login.is_none()).map(|account| &account.user)
    }

    pub fn is_online(&self) -> bool {
        self.state == State::Online
    }

    pub fn move_at(&mut self, at: Millis) {
        self.moves_at = Some(at);
    }

    pub fn heard(&mut self, now: Millis) {
        self.heard_at = now;
    }

    /// Whether a login that the server could not take just now is worth another try.
    fn may_try_again(&self, now: Millis) -> bool {
        self.login.as_ref().is_none_or(|login| now < login.until)
    }

    fn due(&self, silence: Millis) -> Option<Millis> {
        let state = match self.state {
            State::Connecting { until } | State::Waiting { until } => Some(until),
            State::Online => Some(self.heard_at + silence),
            _ => None,
        };
        earlier(state, earlier(self.moves_at, self.renews_at))
    }

    /// Exponential with full jitter over its upper half.
    fn delay(&mut self, longest: Millis) -> Millis {
        let ceiling = (FIRST_DELAY << self.attempt.min(6)).min(longest);
        self.attempt += 1;
        ceiling / 2 + self.random() % (ceiling / 2 + 1)
    }

    /// SplitMix64.
    fn random(&mut self) -> u64 {
        self.chance = self.chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.chance;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

impl Client {
    pub fn handle_socket(&mut self, event: SocketEvent, now: Millis) {
        self.now = now;
        match (event, self.link.state) {
            (SocketEvent::Open, State::Connecting { .. }) => {
                self.link.state = State::LoggingIn;
                self.send_login(Purpose::Login, now);
            }
            (SocketEvent::Closed(code), State::Connecting { .. } | State::LoggingIn | State::Online) => {
                self.socket_lost(code, now)
            }
            _ => {}
        }
    }

    pub(super) fn login(&mut self, id: CommandId, account: Account, now: Millis) {
        if self.link.login.is_some() {
            return self.complete(id, Err(CallError::repeated("login")));
        }
        let same = self.link.account.as_ref().is_some_and(|known| {
            (known.app, &known.user, &known.device) == (account.app, &account.user, &account.device)
        });
        if same {
            self.link.account = Some(account);
            if self.link.state == State::Online {
                return self.send_login(Purpose::Renew(id), now);
            }
            // On its way back as this session; the new userSig goes along.
            return self.complete(id, Ok(Completed::Done));
        }
        if self.link.state != State::Idle {
            self.farewell(now);
        }
        self.link.account = Some(account);
        self.link.login = Some(Pending { command: id, until: now + LOGIN_TIME });
        self.connect(LinkState::Connecting, now);
    }

    pub(super) fn logout(&mut self, id: CommandId, now: Millis) {
        if self.link.account.is_none() {
            return self.complete(id, Err(CallError::not_logged_in()));
        }
        self.farewell(now);
        self.complete(id, Ok(Completed::Done));
    }

    /// Leaves in order: the running call ends here at once, the server is told, the socket closes.
    fn farewell(&mut self, now: Millis) {
        self.leave_quietly(now);
        if self.link.is_online() {
            self.send(ClientMessage::Logout);
        }
        self.disconnected(CallError::not_logged_in());
        self.output(Output::Disconnect);
    }

    pub(super) fn welcomed(&mut self, re: u32, welcome: Welcome<Signal>) {
        let Some(request) = self.requests.take(re, Some(true)) else { return };
        self.clocks = (welcome.now, self.now);
        self.early.learn(&welcome);
        self.link.resume = Some(welcome.resume);
        let turn_time = welcome.ice_servers.iter().find_map(|server| turn_time(&server.username, welcome.now));
        self.link.renews_at = turn_time.map(|time| self.now + time);
        self.output(Output::IceServers(welcome.ice_servers));
        match request.purpose {
            Purpose::Renew(command) => return self.complete(command, Ok(Completed::Done)),
            Purpose::Quiet => return,
            _ => {}
        }
        self.link.state = State::Online;
        self.link.attempt = 0;
        self.link_event(LinkState::Connected, 0, "");
        if let Some(login) = self.link.login.take() {
            self.complete(login.command, Ok(Completed::Done));
            self.emit(CallEvent::Ready);
        }
        self.resynchronise(welcome.call, welcome.offer);
        for frame in self.requests.again() {
            self.output(Output::Send(frame));
        }
    }

    /// A login was refused.
    pub(super) fn login_refused(&mut self, error: WireError, now: Millis) {
        if error.retry_after.is_some() && self.link.may_try_again(now) {
            return self.return_later(1006, now);
        }
        if self.link.resume.take().is_some() && error.code == ErrorCode::BadResumeToken.number() {
            return self.send_login(Purpose::Login, now);
        }
        if error.code == ErrorCode::LoggedInElsewhere.number() {
            return self.kicked(None);
        }
        if error.code == ErrorCode::SigExpired.number() && self.link.login.is_none() {
            self.emit(CallEvent::SigExpired);
        }
        self.give_up(error.into());
    }

    /// The server did not answer a login.
    pub(super) fn login_overdue(&mut self, error: CallError, now: Millis) {
        if self.link.login.is_some() { self.give_up(error) } else { self.socket_lost(1006, now) }
    }

    pub(super) fn kicked(&mut self, last: Option<Snapshot>) {
        if let Some(snapshot) = last {
            self.take_snapshot(snapshot, None, false);
        }
        self.disconnected(CallError::not_logged_in());
        self.emit(CallEvent::Kicked);
        self.output(Output::Disconnect);
    }

    pub(super) fn link_timeout(&mut self, now: Millis) {
        if self.link.moves_at.take_if(|at| *at <= now).is_some() && self.link.is_online() {
            self.connect(LinkState::Reconnecting, now);
        }
        if self.link.renews_at.take_if(|at| *at <= now).is_some() && self.link.is_online() {
            // Refused or not answered, the next login brings some.
            self.send_login(Purpose::Quiet, now);
        }
        match self.link.state {
            State::Waiting { until } if until <= now => self.connect(LinkState::Reconnecting, now),
            State::Connecting { until } if until <= now => self.socket_lost(1006, now),
            State::Online if self.link.heard_at + self.silence() <= now => self.socket_lost(1006, now),
            _ => {}
        }
    }

    pub(super) fn link_due(&self) -> Option<Millis> {
        self.link.due(self.silence())
    }

    /// Whether the user may be logged in on other devices as well; told at once to a server that is there.
    pub fn allow_devices(&mut self, several: bool, now: Millis) {
        self.now = now;
        if std::mem::replace(&mut self.link.multi_device, several) != several && self.link.is_online() {
            self.send_login(Purpose::Quiet, now);
        }
    }

    /// The browser has a network again, or another one: what went by the old one may be dead without knowing.
    pub fn handle_online(&mut self, now: Millis) {
        self.now = now;
        if matches!(self.link.state, State::Online | State::Waiting { .. }) {
            self.link.attempt = 0;
            self.connect(LinkState::Reconnecting, now);
        }
        self.hurry_peers();
    }

    /// The page is looked at again; its timers may have slept.
    pub fn handle_visible(&mut self, now: Millis) {
        self.now = now;
        if matches!(self.link.state, State::Waiting { .. }) {
            self.connect(LinkState::Reconnecting, now);
        }
    }

    fn silence(&self) -> Millis {
        match self.view {
            Some(_) if self.misses_somebody() => SILENCE_IN_TROUBLE,
            Some(_) => SILENCE_IN_CALL,
            None => SILENCE,
        }
    }

    fn connect(&mut self, shown: LinkState, now: Millis) {
        self.link.moves_at = None;
        self.link.state = State::Connecting { until: now + CONNECT_TIME };
        self.output(Output::Connect);
        if shown == LinkState::Connecting {
            self.link_event(shown, 0, "");
        }
    }

    fn send_login(&mut self, purpose: Purpose, now: Millis) {
        let Some(account) = self.link.account.clone() else { return };
        let body = ClientMessage::<Signal>::Login(Login {
            app: account.app,
            user: account.user,
            sig: account.sig,
            device: account.device,
            page: account.page,
            multi_device: self.link.multi_device,
            returns: self.link.login.is_none(),
            resume: self.link.resume.clone(),
        });
        let frame = self.requests.add(body, purpose, now);
        self.output(Output::Send(frame));
    }

    fn socket_lost(&mut self, code: u16, now: Millis) {
        // Why a login is refused is told before. This one came too late, over a slow network.
        let late = self.link.state == State::LoggingIn && code == CloseCode::NotLoggedIn.number();
        let returns = late || CloseCode::may_return(code);
        if self.link.login.is_some() {
            return self.give_up(CallError::new(CallError::NO_NETWORK, "the server cannot be reached"));
        }
        if !returns {
            return self.give_up(CallError::new(i32::from(code), "the server closed the session"));
        }
        self.return_later(code, now);
    }

    fn return_later(&mut self, code: u16, now: Millis) {
        let delay = self.link.delay(if self.view.is_some() { LONGEST_DELAY_IN_CALL } else { LONGEST_DELAY });
        let first = self.link.state == State::Online;
        self.link.state = State::Waiting { until: now + delay };
        self.requests.again();
        self.output(Output::Disconnect);
        if first {
            self.link_event(LinkState::Reconnecting, i32::from(code), "");
        }
        while let Some(leave) = self.requests.take_one(|purpose| matches!(purpose, Purpose::Leave(..))) {
            self.leave_unheard(leave, None);
        }
    }

    fn give_up(&mut self, error: CallError) {
        self.disconnected(error);
        self.output(Output::Disconnect);
    }

    /// The session is over: nothing is pending any more, and no call is left.
    fn disconnected(&mut self, error: CallError) {
        self.held = None;
        self.end_locally(call_protocol::Reason::Unknown, None);
        for request in self.requests.take_all() {
            self.fail(request.purpose, CallError::new(error.code, error.message.clone()));
        }
        if let Some(placing) = self.placing.take_if(|placing| placing.invite.is_some()) {
            self.complete(placing.command, Err(error.clone()));
        }
        (self.placing, self.leaving, self.unwanted) = (None, None, None);
        // Whoever logs in next has not closed anything.
        self.closed.clear();
        if let Some(login) = self.link.login.take() {
            self.complete(login.command, Err(error.clone()));
        }
        self.close_peers(None);
        self.link.state = State::Idle;
        self.link.account = None;
        self.link.resume = None;
        self.link.attempt = 0;
        self.link.moves_at = None;
        self.link.renews_at = None;
        self.link_event(LinkState::Disconnected, error.code, &error.message);
    }

    fn link_event(&mut self, state: LinkState, code: i32, message: &str) {
        self.emit(CallEvent::Link { state, code, message: message.into() });
    }
}

/// Two thirds of the time that TURN credentials are still good for. The username begins with the second of the server's
/// clock at which they expire.
fn turn_time(username: &str, now: Millis) -> Option<Millis> {
    let digits = username.bytes().take_while(u8::is_ascii_digit);
    let expiry = digits.fold(0, |number: u64, digit| number.wrapping_mul(10).wrapping_add((digit - b'0').into()));
    (expiry > 0).then(|| (expiry.wrapping_mul(1000).saturating_sub(now) / 3 * 2).max(TURN_TIME))
}
