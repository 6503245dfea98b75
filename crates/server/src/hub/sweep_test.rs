#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::{Hub, Session};
use crate::{
    config::Config,
    random,
    store::{CallStore, SavedSession, SessionKey},
};
use call_core::{Call, Key, Member, Place, SessionId, Step, Store, Value};
use call_protocol::{CallId, MediaType, MemberState, Phase, Room, UserId};
use std::sync::Arc;

const APP: u32 = 7;
const ANN: SessionId = SessionId(1);
const BOB: SessionId = SessionId(2);

fn user(name: &str) -> UserId {
    name.try_into().unwrap()
}

/// A hub that is not running, and a call that another process has placed in its store.
struct Scene {
    hub: Arc<Hub>,
    id: CallId,
}

impl Scene {
    async fn ringing() -> Self {
        let hub = Hub::new(Arc::new(Config::default()), CallStore::Memory(Arc::default()), Vec::new());
        let id = CallId::from_bits(random::bytes());
        let place = Place {
            app: APP,
            call: id.clone(),
            caller: user("ann"),
            session: seat(ANN),
            callees: vec![user("bob")],
            media: MediaType::Audio,
            group: false,
            room: Room::default(),
            room_number: 1,
            chat_group: None,
            user_data: String::new(),
            timeout: 60_000,
        };
        hub.authority.place(place, &|_| {}).await.unwrap();
        Self { hub, id }
    }

    async fn connected() -> Self {
        let scene = Self::ringing().await;
        let accept = Step::Accept { user: user("bob"), generation: 1, session: seat(BOB) };
        scene.hub.authority.act(APP, &scene.id, accept, &|_| {}).await.unwrap();
        scene
    }

    async fn call(&self) -> Call {
        Call::clone(&*self.hub.stored_call(APP, &self.id).await.unwrap().unwrap())
    }

    async fn change(&self, change: impl FnOnce(&mut Call)) {
        let key = Key::Call(APP, self.id.clone());
        let (_, version) = self.hub.store.get(&key).await.unwrap().unwrap();
        let mut call = self.call().await;
        change(&mut call);
        assert!(self.hub.store.put(&key, Value::Call(Arc::new(call)), Some(version)).await.unwrap().is_some());
    }

    fn has_session(&self, name: &str, id: SessionId) {
        let saved = SavedSession {
            device: "device".into(),
            page: String::new(),
            sig_expires: u64::MAX,
            token: String::new(),
            previous_token: None,
        };
        let key = SessionKey { app: APP, user: user(name), id };
        self.hub.sessions.restore(Arc::new(Session::restored(key, saved)));
    }
}

fn seat(id: SessionId) -> call_core::Session {
    call_core::Session { id, device: "device".into(), node: 1 }
}

fn is_away(call: &Call) -> Vec<bool> {
    call.members.iter().map(Member::is_away).collect()
}

#[tokio::test]
async fn who_has_no_session_is_away() {
    let scene = Scene::connected().await;
    scene.has_session("bob", BOB);
    scene.hub.sweep().await;
    let call = scene.call().await;
    assert_eq!((call.phase, is_away(&call)), (Phase::Connected, vec![true, false]));
    assert!(call.next_deadline().is_some(), "and has a time to come back");
    scene.hub.sweep().await;
    assert_eq!(scene.call().await, call, "once is enough");
}

#[tokio::test]
async fn a_deadline_without_a_timer_is_met() {
    let scene = Scene::ringing().await;
    scene.has_session("ann", ANN);
    scene.change(|call| call.members[1].deadline.as_mut().unwrap().at = 1).await;
    scene.hub.sweep().await;
    let call = scene.call().await;
    assert_eq!((call.phase, call.members[1].state), (Phase::Ended, MemberState::NoResponse));
}

#[tokio::test]
async fn a_placing_that_nobody_goes_on_with_is_given_up() {
    let scene = Scene::ringing().await;
    scene
        .change(|call| {
            call.phase = Phase::Placing;
            for member in &mut call.members {
                member.state = MemberState::Claiming;
                member.deadline = Some(call_core::Deadline { kind: call_core::DeadlineKind::Claim, at: 1 });
            }
        })
        .await;
    scene.hub.sweep().await;
    assert!(scene.call().await.is_aborted());
    scene.hub.store.prune(u64::MAX).await;
    for name in ["ann", "bob"] {
        assert_eq!(scene.hub.store.get(&Key::Claim(APP, user(name))).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_call_that_is_well_is_left_alone() {
    let scene = Scene::connected().await;
    scene.has_session("ann", ANN);
    scene.has_session("bob", BOB);
    let before = scene.call().await;
    scene.hub.sweep().await;
    assert_eq!(scene.call().await, before);
}
