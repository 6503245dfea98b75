//! The one place where decisions become deeds: owns the [`Client`], feeds it and performs its outputs.

mod devices;

use crate::{
    arguments::Settings,
    dialect::web::project,
    emitter::Emitter,
    error::Result,
    local_media::LocalMedia,
    media_devices::Told,
    media_session::MeshSession,
    page::{Page, PageEvent},
    signaling::{Incoming, Signaling},
    views::Views,
    web::{self, Timeout, log},
};
use call_core::{CallError, CallEvent, Client, Command, CommandId, Completed, Output};
use call_protocol::{MediaType, UserId};
use futures::channel::oneshot;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

pub struct Driver {
    client: RefCell<Client>,
    signaling: Signaling,
    session: Rc<MeshSession>,
    local: LocalMedia,
    views: Views,
    _told: [Told; 2],
    emitter: Emitter,
    promises: RefCell<Vec<(CommandId, Promise)>>,
    next_command: Cell<u32>,
    page: Page,
    /// When the client is next asked what time has brought, and what wakes it.
    alarm: RefCell<Option<(u64, Timeout)>>,
    closed: Cell<bool>,
}

type Promise = oneshot::Sender<Result<Completed, CallError>>;

impl Driver {
    pub fn new(settings: Settings) -> Rc<Self> {
        Rc::new_cyclic(|this: &Weak<Self>| {
            let signaling = Signaling::new(settings.url, with(this, |driver, incoming| driver.take(incoming)));
            let report = this.clone();
            let session = MeshSession::new(
                settings.relay_only,
                settings.video_codec,
                Rc::new(move |peer, input| {
                    if let Some(driver) = report.upgrade() {
                        driver.input(|client, now| client.handle_peer(peer, input, now));
                    }
                }),
                with(this, |driver, user| driver.refresh_views(&user)),
            );
            let mut client = Client::new(u128::from_le_bytes(web::random_bytes()) as u64);
            if let Some(wanted) = settings.connect_while_ringing {
                client.connect_while_ringing(wanted);
            }
            let changed = told(this, |driver, report| driver.devices_changed(report));
            let lost = told(this, |driver, kind| driver.device_lost(&kind));
            let waits = told(this, |driver, user| {
                if let Ok(user) = UserId::try_from(user) {
                    driver.emit(&CallEvent::AutoplayFailed { user });
                }
            });
            let sized = told(this, |driver, user| driver.tell_shown(&user));
            Self {
                client: RefCell::new(client),
                signaling,
                local: LocalMedia::new(session.clone(), changed, lost),
                session,
                views: Views::new(&waits, &sized),
                _told: [waits, sized],
                emitter: Emitter::default(),
                promises: RefCell::default(),
                next_command: Cell::new(1),
                page: Page::default(),
                alarm: RefCell::default(),
                closed: Cell::new(false),
            }
        })
    }

    /// The name of this page for this user.
    pub async fn page_name(self: &Rc<Self>, user: &UserId) -> String {
        self.page.watch(with(&Rc::downgrade(self), Self::take_page_event));
        self.page.name(user).await
    }

    /// Whether the user may be logged in on other devices as well.
    pub fn allow_devices(self: &Rc<Self>, several: bool) {
        self.input(|client, now| client.allow_devices(several, now));
    }

    fn take_page_event(self: &Rc<Self>, event: PageEvent) {
        self.input(|client, now| match event {
            PageEvent::Hide => client.handle_page_hide(now),
            PageEvent::Visible => client.handle_visible(now),
            PageEvent::Online => client.handle_online(now),
        });
    }

    pub fn emitter(&self) -> &Emitter {
        &self.emitter
    }

    /// A command that starts or takes a call fails before anybody is told if the microphone can't be had.
    pub async fn run(self: &Rc<Self>, command: Command) -> Result<Completed> {
        // A call that the state forbids is refused by the client, without asking for the microphone first.
        let camera = match &command {
            Command::Invite(call) if !self.client.borrow().is_busy() => Some(call.media == MediaType::Video),
            // Somebody without a camera can still answer a video call.
            Command::Accept if self.client.borrow().is_rung() => Some(false),
            Command::Join(_) if !self.client.borrow().is_busy() => Some(false),
            _ => None,
        };
        if let Some(camera) = camera {
            self.local.ready(camera).await?;
        }
        let id = CommandId(self.next_command.get());
        self.next_command.set(id.0.wrapping_add(1));
        let (sender, receiver) = oneshot::channel();
        self.promises.borrow_mut().push((id, sender));
        self.input(|client, now| client.handle_command(id, command, now));
        let outcome = receiver.await.unwrap_or_else(|_| Err(CallError::not_logged_in()));
        self.publish();
        self.watch_devices();
        Ok(outcome?)
    }

    pub fn call_status(&self) -> &'static str {
        let client = self.client.borrow();
        match (client.in_call(), client.is_busy()) {
            (true, _) => "connected",
            (false, true) => "calling",
            (false, false) => "idle",
        }
    }

    pub async fn open_microphone(self: &Rc<Self>) -> Result<()> {
        self.check_calling()?;
        self.local.mute(false);
        let outcome = self.local.start_microphone().await;
        self.publish();
        outcome
    }

    pub fn close_microphone(self: &Rc<Self>) -> Result<()> {
        self.check_calling()?;
        self.local.mute(true);
        self.publish();
        Ok(())
    }

    /// Leaves everything: nothing is captured, connected, listened to or timed any more.
    pub fn close(self: &Rc<Self>) {
        if self.closed.get() {
            return;
        }
        self.input(|client, now| {
            if client.user().is_some() {
                client.handle_command(CommandId(0), Command::Logout, now);
            }
        });
        self.closed.set(true);
        self.watch_devices();
        self.signaling.close();
        self.release();
        self.session.close_all();
        self.emitter.clear();
        self.page.close();
        self.alarm.take();
        self.promises.take();
    }

    pub fn user(&self) -> Option<UserId> {
        self.client.borrow().user().cloned()
    }

    pub fn check_open(&self) -> Result<()> {
        if self.closed.get() {
            return Err(CallError::new(CallError::NOT_LOGGED_IN, "the engine has been destroyed").into());
        }
        Ok(())
    }

    pub fn check_login(&self) -> Result<UserId> {
        self.check_open()?;
        Ok(self.user().ok_or_else(CallError::not_logged_in)?)
    }

    fn check_calling(&self) -> Result<()> {
        if self.client.borrow().is_busy() { Ok(()) } else { Err(CallError::wrong_state("no call").into()) }
    }

    fn take(self: &Rc<Self>, incoming: Incoming) {
        self.input(|client, now| match incoming {
            Incoming::Socket(event) => client.handle_socket(event, now),
            Incoming::Frame(frame) => client.handle_message(*frame, now),
        });
    }

    fn publish(self: &Rc<Self>) {
        let (audio, video, screen) = self.local.published();
        self.input(|client, _| client.handle_published(audio, video, screen));
    }

    fn input(self: &Rc<Self>, input: impl FnOnce(&mut Client, u64)) {
        if self.closed.get() {
            return;
        }
        input(&mut self.client.borrow_mut(), web::now());
        self.pump();
    }

    fn pump(self: &Rc<Self>) {
        loop {
            let Some(output) = self.client.borrow_mut().poll_output() else { break };
            self.perform(output);
        }
        self.set_alarm();
    }

    fn perform(self: &Rc<Self>, output: Output) {
        match output {
            Output::Connect => self.signaling.connect(),
            Output::Disconnect => self.signaling.close(),
            Output::Send(frame) => self.signaling.send(&frame),
            Output::Emit(event) => {
                self.emit(&event);
                if let CallEvent::Screen { user, .. } = &event {
                    self.refresh_views(user);
                }
            }
            Output::Complete { command, result } => self.settle(command, result),
            Output::IceServers(servers) => {
                self.session.set_servers(servers);
                self.session.prepare();
            }
            Output::OpenPeer { peer, user, offers, relayed } => self.session.open(peer, user, offers, relayed),
            Output::LiftRelay { peer } => self.session.lift_relay(peer),
            Output::ClosePeer { peer } => self.session.close(peer),
            Output::Negotiate { peer, order } => self.session.negotiate(peer, order),
            Output::SendPeer { peer, signal } => self.session.say(peer, &signal),
            Output::Limit { peer, shows } => self.session.limit(peer, shows),
            Output::GoLive { peer } => self.session.go_live(peer),
            Output::StartMicrophone => {
                self.start_microphone();
                self.measure();
            }
            Output::StopCamera => self.stop_camera(),
            Output::ReleaseMedia => {
                self.release();
                self.session.prepare();
            }
            Output::Log(text) => log::warn(&text),
        }
    }

    fn start_microphone(self: &Rc<Self>) {
        let this = self.clone();
        web::spawn(async move {
            let outcome = this.local.start_microphone().await;
            if !this.client.borrow().in_call() {
                return this.local.release();
            }
            this.publish();
            if let Err(error) = outcome {
                this.emit(&CallEvent::Error { code: error.code(), message: error.message() });
            }
        });
    }

    fn stop_camera(self: &Rc<Self>) {
        let me = self.user();
        if let Some(me) = me {
            self.close_camera(&me);
        }
    }

    fn release(self: &Rc<Self>) {
        self.local.release();
        self.views.clear();
        self.publish();
    }

    fn emit(&self, event: &CallEvent) {
        self.emitter.emit(project(event));
    }

    fn settle(&self, command: CommandId, result: Result<Completed, CallError>) {
        let promise = {
            let mut promises = self.promises.borrow_mut();
            let index = promises.iter().position(|(id, _)| *id == command);
            index.map(|index| promises.swap_remove(index).1)
        };
        if let Some(promise) = promise {
            let _ = promise.send(result);
        }
    }

    /// One that is due sooner stays as it is: deadlines mostly move away, and whoever is woken early looks again.
    fn set_alarm(self: &Rc<Self>) {
        let Some(due) = self.client.borrow().poll_timeout() else { return drop(self.alarm.take()) };
        if self.alarm.borrow().as_ref().is_some_and(|(set, _)| *set <= due) {
            return;
        }
        let this = Rc::downgrade(self);
        let wait = due.saturating_sub(web::now()).min(i32::MAX as u64) as u32;
        let timer = Timeout::new(wait, move || {
            if let Some(driver) = this.upgrade() {
                driver.alarm.take();
                driver.input(|client, now| client.handle_timeout(now));
            }
        });
        *self.alarm.borrow_mut() = Some((due, timer));
    }
}

/// A callback that does nothing once the driver is gone.
fn with<A>(driver: &Weak<Driver>, callback: impl Fn(&Rc<Driver>, A) + 'static) -> Rc<dyn Fn(A)> {
    let driver = driver.clone();
    Rc::new(move |argument| {
        if let Some(driver) = driver.upgrade() {
            callback(&driver, argument);
        }
    })
}

/// The same for a callback of the browser's.
fn told(driver: &Weak<Driver>, callback: impl Fn(&Rc<Driver>, String) + 'static) -> Told {
    let driver = driver.clone();
    Told::new(move |text| {
        if let Some(driver) = driver.upgrade() {
            callback(&driver, text);
        }
    })
}
