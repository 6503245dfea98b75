use call_core::{
    Account, CallError, CallEvent, Client, Command, CommandId, Completed, LinkState, NewCall, Order, Output, PeerId,
    PeerInput, SocketEvent,
};
use call_protocol::{CallId, DescriptionKind, MediaType, Millis, Room, ServerFrame, ServerMessage, Signal, UserId};
use futures::{SinkExt, StreamExt};
use std::{
    collections::{HashMap, VecDeque},
    future::Future,
    hash::{BuildHasher, Hasher, RandomState},
    net::SocketAddr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::{
    net::TcpStream,
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
    time::{sleep, timeout},
};
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::Message};

/// Longer than anything takes: only so that a broken test ends.
const PATIENCE: Duration = Duration::from_secs(120);

/// Who hangs up reckons the server's time from the last snapshot, which a busy machine may bring so late, in milliseconds.
pub const LATE: Millis = 1000;

/// Somebody with the SDK's own client, on a real socket. Only the media connections are make-believe.
pub struct Person {
    pub name: String,
    asks: mpsc::UnboundedSender<Ask>,
    seen: watch::Receiver<Seen>,
    task: JoinHandle<()>,
}

pub type Answer = Result<Completed, CallError>;

/// Where somebody may log in.
pub trait Servers {
    /// The first one is asked first; after a break, the next one.
    fn addresses(&self) -> Vec<SocketAddr>;

    /// An SDKAppID and a userSig.
    fn sig(&self, user: &str) -> impl Future<Output = (u32, String)>;
}

enum Ask {
    Command(Command, oneshot::Sender<Answer>),
    /// Microphone and camera.
    Publish(bool, bool),
}

/// What happened to somebody so far, in order.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    pub events: Vec<(Millis, CallEvent)>,
    /// How often a server said that it would stop.
    pub go_aways: u32,
}

struct Driver {
    addresses: Vec<SocketAddr>,
    /// Of these addresses.
    at: usize,
    client: Client,
    socket: Option<WebSocketStream<TcpStream>>,
    pending: HashMap<CommandId, oneshot::Sender<Answer>>,
    last_command: u32,
    seen: watch::Sender<Seen>,
    /// What make-believe media connections report.
    reports: VecDeque<(PeerId, PeerInput)>,
}

impl Person {
    pub async fn login(servers: &impl Servers, name: &str) -> Self {
        Self::login_from(servers, name, &format!("device of {name}")).await
    }

    /// From a device of this name.
    pub async fn login_from(servers: &impl Servers, name: &str, device: &str) -> Self {
        let (app, sig) = servers.sig(name).await;
        let (asks, asked) = mpsc::unbounded_channel();
        let (seen, seeing) = watch::channel(Seen::default());
        let driver = Driver {
            addresses: servers.addresses(),
            at: 0,
            client: Client::new(random()),
            socket: None,
            pending: HashMap::new(),
            last_command: 0,
            seen,
            reports: VecDeque::new(),
        };
        let person = Self { name: name.into(), asks, seen: seeing, task: tokio::spawn(driver.run(asked)) };
        let page = format!("page of {name} on {device}");
        let account = Account { app, device: device.into(), page, user: user(name), sig };
        person.ask(Command::Login(account)).await.unwrap();
        person
    }

    pub async fn ask(&self, command: Command) -> Answer {
        let (sender, answer) = oneshot::channel();
        self.send(Ask::Command(command, sender));
        let answer = timeout(PATIENCE, answer).await;
        answer.unwrap_or_else(|_| panic!("{} was not answered: {:#?}", self.name, self.seen().last())).unwrap()
    }

    /// Turns microphone and camera on or off.
    pub fn publish(&self, audio: bool, video: bool) {
        self.send(Ask::Publish(audio, video));
    }

    fn send(&self, ask: Ask) {
        self.asks.send(ask).unwrap_or_else(|_| panic!("{} is alive", self.name));
    }

    /// Asks again while the server has no answer to give.
    pub async fn insist(&self, command: Command) -> Answer {
        loop {
            match self.ask(command.clone()).await {
                Err(error) if error.code == CallError::NO_ANSWER => sleep(Duration::from_millis(50)).await,
                answer => return answer,
            }
        }
    }

    /// Waits until `find` finds something in what has happened.
    pub async fn until<T>(&self, what: &str, find: impl Fn(&Seen) -> Option<T>) -> T {
        let mut seen = self.seen.clone();
        let found = timeout(PATIENCE, seen.wait_for(|seen| find(seen).is_some())).await;
        let found = found.unwrap_or_else(|_| panic!("{} does not see {what}: {:#?}", self.name, self.seen().last()));
        find(&found.unwrap()).unwrap()
    }

    pub fn seen(&self) -> Seen {
        self.seen.borrow().clone()
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Seen {
    /// As much of it as says what went wrong.
    fn last(&self) -> &[(Millis, CallEvent)] {
        &self.events[self.events.len().saturating_sub(20)..]
    }

    pub fn find<T>(&self, find: impl Fn(&CallEvent) -> Option<T>) -> Option<T> {
        self.events.iter().find_map(|(_, event)| find(event))
    }

    /// When it was logged in, if that is so and was not always so since `time`.
    pub fn is_connected_since(&self, time: Millis) -> Option<Millis> {
        let link = self.events.iter().rev().find_map(|(at, event)| match event {
            CallEvent::Link { state, .. } => Some((*at, *state)),
            _ => None,
        });
        link.filter(|(at, state)| *state == LinkState::Connected && *at >= time).map(|(at, _)| at)
    }
}

impl Driver {
    async fn run(mut self, mut asked: mpsc::UnboundedReceiver<Ask>) {
        loop {
            self.perform().await;
            let due = self.client.poll_timeout();
            let pause = Duration::from_millis(due.unwrap_or(u64::MAX).saturating_sub(now()).min(3_600_000));
            tokio::select! {
                ask = asked.recv() => match ask {
                    Some(Ask::Command(command, answer)) => {
                        self.last_command += 1;
                        let id = CommandId(self.last_command);
                        self.pending.insert(id, answer);
                        self.client.handle_command(id, command, now());
                    }
                    Some(Ask::Publish(audio, video)) => self.client.handle_published(audio, video, false),
                    None => return,
                },
                incoming = next(&mut self.socket) => self.take(incoming),
                () = sleep(pause) => self.client.handle_timeout(now()),
            }
        }
    }

    fn take(&mut self, incoming: Option<Message>) {
        match incoming {
            Some(Message::Text(text)) => {
                let frame: ServerFrame<Signal> = serde_json::from_str(&text).unwrap();
                if matches!(frame.body, ServerMessage::GoAway(_)) {
                    self.seen.send_modify(|seen| seen.go_aways += 1);
                }
                self.client.handle_message(frame, now());
            }
            Some(Message::Close(frame)) => self.lost(frame.map_or(1005, |frame| frame.code.into())),
            Some(_) => {}
            None => self.lost(1006),
        }
    }

    fn lost(&mut self, code: u16) {
        self.socket = None;
        self.client.handle_socket(SocketEvent::Closed(code), now());
    }

    async fn perform(&mut self) {
        loop {
            if let Some(output) = self.client.poll_output() {
                self.put_out(output).await;
            } else if let Some((peer, report)) = self.reports.pop_front() {
                self.client.handle_peer(peer, report, now());
            } else {
                return;
            }
        }
    }

    async fn put_out(&mut self, output: Output) {
        match output {
            Output::Connect => self.connect().await,
            Output::Disconnect => self.socket = None,
            Output::Send(frame) => {
                let text = serde_json::to_string(&frame).unwrap();
                let Some(socket) = &mut self.socket else { return };
                if socket.send(Message::text(text)).await.is_err() {
                    self.lost(1006);
                }
            }
            Output::Emit(event) => self.seen.send_modify(|seen| seen.events.push((now(), event))),
            Output::Complete { command, result } => {
                if let Some(pending) = self.pending.remove(&command) {
                    let _ = pending.send(result);
                }
            }
            Output::Negotiate { peer, order } => self.reports.extend(report(order).map(|report| (peer, report))),
            _ => {}
        }
    }

    async fn connect(&mut self) {
        self.socket = None;
        let address = self.addresses[self.at % self.addresses.len()];
        // Should this one be lost, another one is next.
        self.at += 1;
        let url = format!("ws://{address}/v1/ws");
        let opened = match TcpStream::connect(address).await {
            Ok(stream) => client_async(url, stream).await.ok(),
            Err(_) => None,
        };
        let event = if opened.is_some() { SocketEvent::Open } else { SocketEvent::Closed(1006) };
        self.socket = opened.map(|(socket, _)| socket);
        self.client.handle_socket(event, now());
    }
}

fn report(order: Order) -> Option<PeerInput> {
    let local = |kind| PeerInput::LocalDescription { kind, sdp: "v=0 ".repeat(200) };
    match order {
        Order::MakeOffer { .. } => Some(local(DescriptionKind::Offer)),
        Order::MakeAnswer => Some(local(DescriptionKind::Answer)),
        Order::ApplyRemote(_) => Some(PeerInput::RemoteApplied),
        Order::AddCandidate(_) | Order::Send(_) => None,
    }
}

async fn next(socket: &mut Option<WebSocketStream<TcpStream>>) -> Option<Message> {
    match socket {
        Some(socket) => socket.next().await.and_then(Result::ok),
        None => std::future::pending().await,
    }
}

pub fn new_call(callee: &str) -> NewCall {
    NewCall {
        id: CallId::from_bits((u128::from(random()) << 64 | u128::from(random())).to_be_bytes()),
        callees: vec![user(callee)],
        media: MediaType::Video,
        group: false,
        room: Room::default(),
        chat_group: None,
        user_data: String::new(),
        timeout: 60,
    }
}

pub fn user(name: &str) -> UserId {
    name.try_into().unwrap()
}

pub fn now() -> Millis {
    u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// Another one each time, in every run.
fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
