use super::{CommandId, earlier};
use call_protocol::{CallId, ClientFrame, ClientMessage, Join, Millis, Signal};
use std::sync::Arc;

/// How long the server may take to answer before the command fails.
const ANSWER_TIME: Millis = 15_000;
/// How long it may take to answer a farewell before the call ends without its word.
const LEAVE_TIME: Millis = 2_000;

/// Requests that wait for the server's answer. They are idempotent, so after a break they are sent again.
#[derive(Debug, Default)]
pub(super) struct Requests {
    last: u32,
    waiting: Vec<Request>,
}

#[derive(Debug, Clone)]
pub(super) struct Request {
    pub frame: Arc<ClientFrame<Signal>>,
    pub purpose: Purpose,
    /// None: however long it takes.
    deadline: Option<Millis>,
    /// When it is said again, although the link is the same.
    again: Option<Millis>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The first frame of a connection.
    Login,
    /// A new userSig on a connection that is logged in.
    Renew(CommandId),
    Invite(CommandId, CallId),
    /// A step in a call that the application waits for.
    Step(CommandId),
    Leave(CommandId, CallId),
    Join(CommandId, Join),
    /// A farewell that nobody waits for.
    Quiet,
}

impl Request {
    /// Whether somebody waits for it who would rather wait longer than be refused: until `again`, at least.
    pub fn may_wait(&self, again: Millis) -> bool {
        let is_awaited = matches!(self.purpose, Purpose::Step(_) | Purpose::Join(..));
        is_awaited && self.deadline.is_some_and(|deadline| again < deadline)
    }
}

impl Requests {
    pub fn add(&mut self, body: ClientMessage<Signal>, purpose: Purpose, now: Millis) -> Arc<ClientFrame<Signal>> {
        self.last = self.last.wrapping_add(1).max(1);
        let frame = Arc::new(ClientFrame { id: self.last, body });
        let patience = match purpose {
            Purpose::Leave(..) => Some(LEAVE_TIME),
            Purpose::Quiet => None,
            _ => Some(ANSWER_TIME),
        };
        let deadline = patience.map(|patience| now + patience);
        self.waiting.push(Request { frame: frame.clone(), purpose, deadline, again: None });
        frame
    }

    /// Nobody waits for it any longer, but the server is still to hear it.
    pub fn keep(&mut self, request: Request, again: Option<Millis>) {
        self.waiting.push(Request { purpose: Purpose::Quiet, deadline: None, again, ..request });
    }

    /// The server could not take it just now: as though it had not answered yet, but it is said again then.
    pub fn postpone(&mut self, request: Request, again: Millis) {
        self.waiting.push(Request { again: Some(again), ..request });
    }

    pub fn take_postponed(&mut self, by: Millis) -> Vec<Arc<ClientFrame<Signal>>> {
        let waiting = self.waiting.iter_mut();
        let due = waiting.filter_map(|request| request.again.take_if(|at| *at <= by).map(|_| request.frame.clone()));
        due.collect()
    }

    /// The request that this answers. Only a login is answered with a welcome, and a login with nothing else but an error
    /// (None): an answer that does not fit leaves its request waiting.
    pub fn take(&mut self, id: u32, welcome: Option<bool>) -> Option<Request> {
        let fits = |request: &Request| {
            let is_login = matches!(request.frame.body, ClientMessage::Login(_));
            request.frame.id == id && welcome.is_none_or(|welcome| welcome == is_login)
        };
        let index = self.waiting.iter().position(fits)?;
        Some(self.waiting.remove(index))
    }

    pub fn take_one(&mut self, wanted: fn(&Purpose) -> bool) -> Option<Request> {
        let index = self.waiting.iter().position(|request| wanted(&request.purpose))?;
        Some(self.waiting.remove(index))
    }

    pub fn take_overdue(&mut self, now: Millis) -> Vec<Request> {
        let mut overdue = Vec::new();
        let is_overdue = |request: &Request| request.deadline.is_some_and(|deadline| deadline <= now);
        while let Some(index) = self.waiting.iter().position(is_overdue) {
            overdue.push(self.waiting.remove(index));
        }
        overdue
    }

    /// Forgets the logins of a connection that is gone, and returns the rest to be sent again.
    pub fn again(&mut self) -> Vec<Arc<ClientFrame<Signal>>> {
        let is_wanted = |request: &Request| match request.purpose {
            Purpose::Login => false,
            Purpose::Quiet => !matches!(request.frame.body, ClientMessage::Login(_)),
            _ => true,
        };
        self.waiting.retain(is_wanted);
        self.waiting.iter().map(|request| request.frame.clone()).collect()
    }

    pub fn take_all(&mut self) -> Vec<Request> {
        std::mem::take(&mut self.waiting)
    }

    pub fn due(&self) -> Option<Millis> {
        self.waiting.iter().filter_map(|request| earlier(request.deadline, request.again)).min()
    }

    /// A call whose farewell the server has not heard.
    pub fn left_call(&self) -> Option<&CallId> {
        self.waiting.iter().find_map(|request| match &request.frame.body {
            ClientMessage::Leave(leave) => Some(&leave.call),
            _ => None,
        })
    }

    pub fn has_command(&self, wanted: fn(&ClientMessage<Signal>) -> bool) -> bool {
        self.waiting.iter().any(|request| wanted(&request.frame.body))
    }
}
