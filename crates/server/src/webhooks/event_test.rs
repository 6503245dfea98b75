#![allow(clippy::unwrap_used)]

use super::event::news;
use crate::{clock::SystemClock, random};
use call_core::{Authority, Call, Committed, Key, MemoryStore, Place, Policy, Session, SessionId, Step, Store, Value};
use call_protocol::{CallId, MediaType, Room, UserId};
use std::sync::{Arc, Mutex};

const APP: u32 = 7;

fn user(name: &str) -> UserId {
    name.try_into().unwrap()
}

fn seat(id: u64) -> Session {
    Session { id: SessionId(id), device: "device".into(), node: 1 }
}

/// Places a call and takes `steps`. All of its revisions that anybody is told of.
async fn revisions(callees: &[&str], steps: Vec<Step>) -> Vec<Committed> {
    let store = Arc::new(MemoryStore::default());
    let authority = Authority::new(store.clone(), SystemClock, Policy::default());
    let told = Mutex::new(Vec::new());
    let tell = |committed| told.lock().unwrap().push(committed);
    let id = CallId::from_bits(random::bytes());
    let place = Place {
        app: APP,
        call: id.clone(),
        caller: user("ann"),
        session: seat(1),
        callees: callees.iter().map(|name| user(name)).collect(),
        media: MediaType::Audio,
        group: callees.len() > 1,
        room: Room::default(),
        room_number: 1,
        chat_group: None,
        user_data: "hello".into(),
        timeout: 60_000,
    };
    authority.place(place, &tell).await.unwrap();
    for step in steps {
        authority.act(APP, &id, step, &tell).await.unwrap();
    }
    let stored = store.get(&Key::Call(APP, id)).await.unwrap();
    assert!(matches!(stored, Some((Value::Call(_), _))));
    told.into_inner().unwrap()
}

fn accept(name: &str, session: u64) -> Step {
    Step::Accept { user: user(name), generation: 1, session: seat(session) }
}

fn leave(name: &str, session: u64) -> Step {
    Step::Leave { user: user(name), generation: 1, session: SessionId(session), because: None, at: None }
}

/// `KIND.USER.GENERATION`, in the order in which they go out.
fn names(before: Option<&Call>, call: &Call) -> Vec<String> {
    let events = news(before, call);
    assert!(events.is_sorted_by_key(|event| event.position));
    events.iter().map(|event| event.id.split_once('.').unwrap().1.to_owned()).collect()
}

async fn talk() -> Vec<Committed> {
    revisions(&["bob", "cat"], vec![accept("bob", 2), leave("bob", 2), leave("ann", 1)]).await
}

#[tokio::test]
async fn each_step_tells_what_is_new() {
    let told = talk().await;
    let news: Vec<_> =
        told.iter().map(|step| names(step.old.as_deref().filter(|old| old.rev > 1), &step.new)).collect();
    let expected: [&[&str]; 4] =
        [&["ringing.bob.1", "ringing.cat.1"], &["accepted.bob.1", "started"], &[], &["missed.cat.1", "ended"]];
    assert_eq!(news, expected);
}

/// A process may die between any two steps, or another node may have taken one.
#[tokio::test]
async fn whichever_steps_are_missed_the_news_is_the_same() {
    let told = talk().await;
    let last = &told.last().unwrap().new;
    let mut all = names(None, last);
    assert_eq!(all, ["ringing.bob.1", "ringing.cat.1", "accepted.bob.1", "started", "missed.cat.1", "ended"]);
    all.sort();
    for known in &told {
        let known = &known.new;
        let mut pieces = [names(None, known), names(Some(known), last)].concat();
        pieces.sort();
        assert_eq!(pieces, all);
        // And comes after everything before it.
        let positions = |events: Vec<crate::records::Event>| events.into_iter().map(|event| event.position);
        let earlier = positions(news(None, known)).max();
        assert!(positions(news(Some(known), last)).all(|position| Some(position) > earlier));
    }
}

#[tokio::test]
async fn a_busy_callee_misses_the_call_without_being_rung() {
    let told = revisions(&["bob"], vec![]).await;
    let mut busy = Call::clone(&told[0].new);
    busy.members[1].state = call_protocol::MemberState::Busy;
    assert_eq!(names(None, &busy), ["missed.bob.1"]);
}

#[tokio::test]
async fn a_call_that_ends_while_its_caller_is_about_to_come_back_is_told_and_recorded() {
    let enter = Step::Enter { user: user("ann"), session: seat(1), claim_time: 2_000, limit: 32 };
    let reject = Step::Reject { user: user("cat"), generation: 1, session: seat(3) };
    let steps = vec![accept("bob", 2), leave("ann", 1), enter, reject, leave("bob", 2)];
    let told = revisions(&["bob", "cat"], steps).await;
    let last = &told.last().unwrap().new;
    assert_eq!(names(told.last().unwrap().old.as_deref(), last), ["ended"]);
    assert!(crate::records::CallRecord::of(last).is_some());
}
