//! Frames and sockets between pages and nodes.

use super::*;

impl World {
    pub(super) fn send_down(&mut self, id: usize, frame: ServerFrame<Signal>) {
        let now = self.now();
        let arrives = now + self.latency();
        let Some(socket) = self.sockets.get_mut(&id).filter(|socket| socket.open_at_node) else { return };
        let is_welcome = matches!(frame.body, ServerMessage::Welcome(_));
        if !socket.greeted && !is_welcome && frame.re == 0 {
            return socket.held.push(frame);
        }
        socket.greeted |= is_welcome;
        socket.down_last = arrives.max(socket.down_last);
        let at = socket.down_last;
        let (beat_at, session) = (socket.beat_at, self.cluster.state.borrow().at(id));
        let in_call = session
            .is_some_and(|id| self.cluster.state.borrow().session(id).is_some_and(|session| session.is_shown_a_call()));
        self.at(at, Item::ToPage(id, frame));
        if is_welcome && beat_at == Millis::MAX {
            self.set_beat(id, now);
        } else if in_call && beat_at > now + BEAT_IN_CALL && beat_at != Millis::MAX {
            self.set_beat(id, now + BEAT_IN_CALL);
        }
        let held = self.sockets.get_mut(&id).filter(|_| is_welcome).map(|socket| std::mem::take(&mut socket.held));
        held.into_iter().flatten().for_each(|frame| self.send_down(id, frame));
    }

    pub fn send_up(&mut self, id: usize, frame: ClientFrame<Signal>) {
        let arrives = self.now() + self.latency();
        let Some(socket) = self.sockets.get_mut(&id).filter(|socket| socket.open_at_page) else { return };
        socket.up_last = arrives.max(socket.up_last);
        let at = socket.up_last;
        self.at(at, Item::ToNode(id, frame));
    }

    /// The node closes a socket.
    pub(super) fn close(&mut self, id: usize, code: u16) {
        let arrives = self.now() + self.latency();
        let Some(socket) = self.sockets.get_mut(&id).filter(|socket| socket.open_at_node) else { return };
        socket.open_at_node = false;
        socket.inbox.push_back(Arrived::Gone);
        socket.down_last = arrives.max(socket.down_last);
        let at = socket.down_last;
        self.at(at, Item::GoneAtPage(id, code));
        self.work_off(id);
    }

    pub(super) fn hear(&mut self, id: usize, frame: ServerFrame<Signal>) {
        let now = self.now();
        let Some(socket) = self.sockets.get(&id).filter(|it| it.open_at_page && now <= it.down_until) else { return };
        let name = socket.page;
        let Some(person) = self.people.get_mut(name).filter(|person| person.socket == Some(id)) else { return };
        self.told_of_departed |= tells_of_departed(&frame.body, &person.client);
        person.client.handle_message(frame, now + person.skew);
        self.work(name);
    }

    /// The page notices that its socket is gone.
    pub fn lose(&mut self, id: usize, code: u16) {
        let now = self.now();
        let Some(socket) = self.sockets.get_mut(&id).filter(|it| it.open_at_page) else { return };
        if code != 1006 && now > socket.down_until {
            return;
        }
        socket.open_at_page = false;
        let name = socket.page;
        let Some(person) = self.people.get_mut(name).filter(|person| person.socket == Some(id)) else { return };
        person.socket = None;
        person.client.handle_socket(SocketEvent::Closed(code), now + person.skew);
        self.work(name);
    }

    /// Nothing gets through any more; each end notices after a while, or never.
    pub fn break_socket(&mut self, id: usize, page_notices: Option<Millis>, node_notices: Option<Millis>) {
        let now = self.now();
        let (up, down) = (now + self.latency(), now + self.latency());
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        socket.up_until = socket.up_until.min(up.saturating_sub(1));
        socket.down_until = socket.down_until.min(down.saturating_sub(1));
        if let Some(after) = page_notices {
            self.at(now + after, Item::GoneAtPage(id, 1006));
        }
        if let Some(after) = node_notices {
            self.at(now + after, Item::GoneAtNode(id));
        }
    }

    /// Performs what a page's client wants.
    pub fn work(&mut self, who: &'static str) {
        let (outs, life) = {
            let person = self.person(who);
            (person.work(), person.life)
        };
        for out in outs {
            match out {
                Out::Connect => self.connect(who),
                Out::Disconnect => self.hang_up_socket(who),
                Out::Send(frame) => {
                    if let Some(socket) = self.person(who).socket {
                        self.send_up(socket, frame);
                    }
                }
                Out::Later(delay, later) => self.page_later(delay, who, life, later),
                Out::Live(peer) => self.went_live(who, peer),
                Out::Closed(peer) => self.closed_peer(who, peer),
                Out::ToPeer(peer, signal) => self.send_to_peer(who, peer, signal),
            }
        }
    }

    pub fn page_later(&mut self, delay: Millis, who: &'static str, life: u32, later: Later) {
        self.at(self.now() + delay, Item::Page(who, life, later));
    }

    pub fn connect_later(&mut self, delay: Millis, one: End, other: End) {
        self.at(self.now() + delay, Item::Channel([one, other]));
    }

    pub(super) fn connect(&mut self, who: &'static str) {
        self.hang_up_socket(who);
        self.last += 1;
        let id = self.last as usize;
        let alive: Vec<usize> = {
            let state = self.cluster.state.borrow();
            (0..state.nodes.len()).filter(|node| state.nodes[*node].alive).collect()
        };
        let now = self.now();
        let latency = self.latency();
        let person = self.person(who);
        person.socket = Some(id);
        let is_offline = person.offline_until.max(person.no_server_until).is_some_and(|until| until > now);
        let life = person.life;
        let node = if alive.is_empty() { 0 } else { *self.rng.pick(&alive) };
        self.sockets.insert(id, Socket::new(who, node));
        if is_offline || alive.is_empty() {
            let socket = self.sockets.get_mut(&id).expect("just made");
            (socket.open_at_node, socket.up_until, socket.down_until) = (false, 0, 0);
            self.at(now + latency, Item::GoneAtPage(id, 1006));
        } else {
            self.at(now + latency, Item::Page(who, life, Later::Opened(id)));
        }
    }

    pub fn hang_up_socket(&mut self, who: &'static str) {
        let Some(id) = self.person(who).socket.take() else { return };
        let arrives = self.now() + self.latency();
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        socket.open_at_page = false;
        let (at, gets_through) = (arrives.max(socket.up_last), socket.up_until == Millis::MAX);
        if gets_through {
            self.at(at, Item::GoneAtNode(id));
        }
    }

    // Nodes.

    pub(super) fn beat(&mut self, id: usize) {
        let now = self.now();
        let Some(socket) = self.sockets.get_mut(&id).filter(|it| it.open_at_node && it.beat_at <= now) else { return };
        let session = self.cluster.state.borrow().at(id);
        if !std::mem::replace(&mut socket.heard, false) {
            // Its frames are not read any more.
            socket.inbox.clear();
            self.close(id, CloseCode::Silent.number());
            return;
        }
        let Some(session) = session else { return };
        let in_call = {
            let mut state = self.cluster.state.borrow_mut();
            let node = self.sockets[&id].node;
            let in_call = state.session_mut(session).and_then(|session| {
                session.told.beat_sent();
                session.is_shown_a_call().then_some(())
            });
            state.send(node, session, ServerMessage::Beat);
            in_call.is_some()
        };
        self.set_beat(id, now + if in_call { BEAT_IN_CALL } else { BEAT_IDLE });
        self.take_effects();
    }

    pub(super) fn set_beat(&mut self, id: usize, at: Millis) {
        if let Some(socket) = self.sockets.get_mut(&id) {
            socket.beat_at = at;
            self.at(at, Item::Beat(id));
        }
    }

    // Tasks.
}
