use super::{Server, user};
use call_protocol::{
    BeatAnswer, CallId, CallRef, CallUpdate, ClientFrame, ClientMessage, Invite, InviteMore, Join, Leave, Login,
    MediaType, Room, ServerFrame, ServerMessage, SignalFrom, SignalTo, Snapshot, SwitchMedia, Welcome, WireError,
};
use futures::{SinkExt, StreamExt};
use serde_json::Value;
use std::{collections::VecDeque, net::SocketAddr, time::Duration};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message},
};

/// Longer than anything takes: only so that a broken test ends.
const PATIENCE: Duration = Duration::from_secs(20);

pub type Sent = ClientMessage<Value>;
pub type Got = ServerMessage<Value>;

pub struct Client {
    pub socket: WebSocketStream<TcpStream>,
    pub name: String,
    pub resume: String,
    /// Off: the client leaves beats unanswered.
    pub answers_beats: bool,
    /// What it answers to beats.
    pub beat: BeatAnswer,
    early: VecDeque<ServerFrame<Value>>,
    last_id: u32,
}

impl Client {
    pub async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        let (socket, _) = client_async(format!("ws://{address}/v1/ws"), stream).await.unwrap();
        Self {
            socket,
            name: String::new(),
            resume: String::new(),
            answers_beats: true,
            beat: BeatAnswer::default(),
            early: VecDeque::new(),
            last_id: 0,
        }
    }

    /// A new client on a device of its own, logged in.
    pub async fn login(server: &Server, name: &str) -> Self {
        Self::login_on(server, name, &format!("device of {name}")).await.0
    }

    pub async fn login_on(server: &Server, name: &str, device: &str) -> (Self, Welcome<Value>) {
        let mut client = Self::connect(server.address).await;
        let welcome = client.try_login(login(server, name, device, None)).await.unwrap();
        (client, welcome)
    }

    /// On a page of a browser.
    pub async fn login_page(server: &Server, name: &str, device: &str, page: &str) -> (Self, Welcome<Value>) {
        let mut client = Self::connect(server.address).await;
        let login = Login { page: page.into(), ..login(server, name, device, None) };
        let welcome = client.try_login(login).await.unwrap();
        (client, welcome)
    }

    pub async fn try_login(&mut self, login: Login) -> Result<Welcome<Value>, WireError> {
        self.name = login.user.to_string();
        match self.request(Sent::Login(login)).await {
            Got::Welcome(welcome) => {
                self.resume.clone_from(&welcome.resume);
                Ok(welcome)
            }
            Got::Error(error) => Err(error),
            other => panic!("an answer to a login: {other:?}"),
        }
    }

    pub async fn invite(
        &mut self,
        callees: &[&str],
        change: impl FnOnce(&mut Invite<Value>),
    ) -> Result<CallId, WireError> {
        let mut invite = invite(callees);
        change(&mut invite);
        let id = invite.call.clone();
        self.ask(Sent::Invite(invite)).await.map(|()| id)
    }

    /// Places an audio call and returns the caller's first snapshot of it.
    pub async fn call(&mut self, callees: &[&str]) -> Snapshot {
        self.invite(callees, |_| {}).await.unwrap();
        self.snapshot().await
    }

    pub async fn accept(&mut self, call: &Snapshot) -> Result<(), WireError> {
        self.ask(Sent::Accept(self.part_in(call))).await
    }

    pub async fn reject(&mut self, call: &Snapshot) -> Result<(), WireError> {
        self.ask(Sent::Reject(self.part_in(call))).await
    }

    pub async fn leave(&mut self, call: &Snapshot) -> Result<(), WireError> {
        let CallRef { call, generation } = self.part_in(call);
        self.ask(Sent::Leave(Leave { call, generation, because: None, at: None })).await
    }

    /// The `number`th invitation by this client.
    pub async fn invite_more(&mut self, call: &Snapshot, number: u32, callees: &[&str]) -> Result<(), WireError> {
        let CallRef { call, generation } = self.part_in(call);
        let callees = callees.iter().map(|name| user(name)).collect();
        let (user_data, timeout) = (format!("by {}", self.name), 30);
        self.ask(Sent::InviteMore(InviteMore { call, generation, number, callees, user_data, timeout })).await
    }

    pub async fn join(&mut self, to: Join) -> Result<(), WireError> {
        self.ask(Sent::Join(to)).await
    }

    pub async fn switch_media(&mut self, call: &Snapshot, media: MediaType) -> Result<(), WireError> {
        let CallRef { call, generation } = self.part_in(call);
        self.ask(Sent::SwitchMedia(SwitchMedia { call, generation, media })).await
    }

    pub async fn signal(&mut self, call: &Snapshot, to: &str, signal: Value) {
        let signal = SignalTo { call: call.id.clone(), to: user(to), signal };
        self.send(0, Sent::Signal(signal)).await;
    }

    /// A request that is answered with done or an error. What else arrives first is kept.
    pub async fn ask(&mut self, message: Sent) -> Result<(), WireError> {
        match self.request(message).await {
            Got::Done => Ok(()),
            Got::Error(error) => Err(error),
            other => panic!("an answer: {other:?}"),
        }
    }

    pub async fn request(&mut self, message: Sent) -> Got {
        self.last_id += 1;
        let id = self.last_id;
        self.send(id, message).await;
        self.answer_to(id).await
    }

    pub async fn answer_to(&mut self, id: u32) -> Got {
        loop {
            let frame = self.receive().await;
            if frame.re == id {
                return frame.body;
            }
            self.early.push_back(frame);
        }
    }

    pub async fn send(&mut self, id: u32, body: Sent) {
        self.send_text(serde_json::to_string(&ClientFrame { id, body }).unwrap()).await;
    }

    pub async fn send_text(&mut self, text: impl Into<String>) {
        self.socket.send(Message::text(text.into())).await.unwrap();
    }

    pub async fn snapshot(&mut self) -> Snapshot {
        self.update().await.call
    }

    /// Reads until a snapshot is like this.
    pub async fn snapshot_when(&mut self, is_so: impl Fn(&Snapshot) -> bool) -> Snapshot {
        loop {
            let call = self.snapshot().await;
            if is_so(&call) {
                return call;
            }
        }
    }

    pub async fn update(&mut self) -> CallUpdate<Value> {
        match self.next().await {
            Got::Call(update) => update,
            other => panic!("{}: a snapshot, not {other:?}", self.name),
        }
    }

    pub async fn signal_in(&mut self) -> SignalFrom<Value> {
        match self.next().await {
            Got::Signal(signal) => signal,
            other => panic!("{}: a signal, not {other:?}", self.name),
        }
    }

    /// The next frame that is not a beat.
    pub async fn next(&mut self) -> Got {
        match self.early.pop_front() {
            Some(frame) => frame.body,
            None => self.receive().await.body,
        }
    }

    /// The next frame from the socket, in the order of arrival.
    pub async fn receive(&mut self) -> ServerFrame<Value> {
        loop {
            let message = timeout(PATIENCE, self.socket.next()).await.expect("a frame in time");
            let text = match message {
                Some(Ok(Message::Text(text))) => text,
                other => panic!("{}: a frame, not {other:?}", self.name),
            };
            let frame: ServerFrame<Value> = serde_json::from_str(&text).unwrap();
            if frame.body != Got::Beat {
                return frame;
            }
            if self.answers_beats {
                self.send(0, Sent::Beat(self.beat.clone())).await;
            }
        }
    }

    /// As [`hears_nothing`](Self::hears_nothing), but for snapshots in which nothing that it may see has changed.
    pub async fn hears_nothing_but_revisions(&mut self) {
        self.is_answered().await;
        let mut seen: Vec<Snapshot> = Vec::new();
        for frame in self.early.drain(..) {
            match frame.body {
                Got::Call(CallUpdate { mut call, .. }) => {
                    (call.rev, call.now) = (0, 0);
                    seen.push(call);
                }
                other => panic!("{}: {other:?}", self.name),
            }
        }
        assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{}: {seen:?}", self.name);
    }

    /// A request that changes nothing is answered: whatever was sent before has come.
    async fn is_answered(&mut self) {
        let nowhere = CallRef { call: CallId::from_bits([0; 16]), generation: 1 };
        assert!(self.ask(Sent::Accept(nowhere)).await.is_err());
    }

    /// Nothing has been sent to this client: a request is answered, and nothing came before the answer.
    pub async fn hears_nothing(&mut self) {
        assert!(self.early.is_empty(), "{}: {:?}", self.name, self.early);
        self.is_answered().await;
        assert!(self.early.is_empty(), "{}: {:?}", self.name, self.early);
    }

    /// Reads to the end; the close code, or none when the connection just broke.
    pub async fn close_code(&mut self) -> Option<u16> {
        loop {
            match timeout(PATIENCE, self.socket.next()).await.expect("an end in time") {
                Some(Ok(Message::Close(Some(frame)))) => return Some(frame.code.into()),
                Some(Ok(Message::Close(None)) | Err(Error::ConnectionClosed | Error::Io(_) | Error::Protocol(_)))
                | None => {
                    return None;
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => panic!("{error}"),
            }
        }
    }

    /// The connection breaks, without a close frame; answers with what is needed to resume.
    pub fn lose_socket(self) -> Lost {
        Lost { name: self.name, resume: self.resume }
    }

    fn part_in(&self, call: &Snapshot) -> CallRef {
        let generation = call.member(&user(&self.name)).unwrap().generation;
        CallRef { call: call.id.clone(), generation }
    }
}

/// A client without a connection.
pub struct Lost {
    pub name: String,
    pub resume: String,
}

impl Lost {
    pub async fn resume(self, server: &Server) -> (Client, Welcome<Value>) {
        let mut client = Client::connect(server.address).await;
        let welcome = client.try_login(self.login(server)).await.unwrap();
        (client, welcome)
    }

    pub fn login(&self, server: &Server) -> Login {
        login(server, &self.name, &format!("device of {}", self.name), Some(self.resume.clone()))
    }
}

pub fn login(server: &Server, name: &str, device: &str, resume: Option<String>) -> Login {
    let page = String::new();
    Login {
        app: server.keys.id,
        user: user(name),
        sig: server.sig(name),
        device: device.into(),
        page,
        multi_device: false,
        returns: false,
        resume,
    }
}

pub fn invite(callees: &[&str]) -> Invite<Value> {
    Invite {
        call: call_id(),
        callees: callees.iter().map(|name| user(name)).collect(),
        media: MediaType::Audio,
        group: callees.len() > 1,
        room: Room::default(),
        chat_group: None,
        user_data: String::new(),
        timeout: 30,
        offer: None,
    }
}

/// A new one each time.
pub fn call_id() -> CallId {
    use std::sync::atomic::{AtomicU64, Ordering};
    static LAST: AtomicU64 = AtomicU64::new(0);
    let number = LAST.fetch_add(1, Ordering::Relaxed);
    CallId::from_bits((u128::from(std::process::id()) << 64 | u128::from(number)).to_be_bytes())
}
