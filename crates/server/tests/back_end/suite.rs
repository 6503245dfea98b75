//! What records do, whatever the database. Each case gets an empty one.

use call_protocol::{CallId, MediaType, Millis, Reason, Room, UserId};
use call_server::{
    CallFilter, CallRecord, Cursor, Event, MemberOutcome, MemberRecord, Outcome, Records, Retry, Role, Settled,
};
use futures::future::join_all;
use std::collections::HashSet;

pub const APP: u32 = 7;

/// A case, by name.
type Case = (&'static str, fn(Records) -> futures::future::BoxFuture<'static, ()>);

macro_rules! cases {
    ($($case:ident)*) => { &[$((stringify!($case), |records| Box::pin($case(records)))),*] };
}

pub const CASES: &[Case] = cases! {
    a_record_comes_back_as_it_was
    writing_twice_changes_nothing
    many_at_once_are_all_there
    pages_have_everything_once_while_more_comes
    filters_find_what_they_name
    old_records_are_forgotten
    news_of_one_call_goes_out_in_order
    nobody_else_gets_what_is_on_its_way
    the_turn_is_never_lost_between_writers
    the_turn_passes_when_who_has_it_is_forgotten
    what_is_given_up_can_be_replayed
};

pub fn user(name: &str) -> UserId {
    name.try_into().unwrap()
}

fn id(number: u64) -> CallId {
    CallId::from_bits(u128::from(number).to_be_bytes())
}

fn record(number: u64, created_at: Millis) -> CallRecord {
    let member = |name: &str, role, joined_at| MemberRecord {
        user: user(name),
        role,
        outcome: MemberOutcome::Left,
        reason: Reason::HangUp,
        by: Some(user("ann")),
        joined_at,
        left_at: created_at + 9000,
        duration: 4000,
    };
    CallRecord {
        app: APP,
        id: id(number),
        caller: user("ann"),
        media: MediaType::Audio,
        group: false,
        chat_group: None,
        room: Room { int: 3, str: "a room's name: 'quoted' ?1 $1".into() },
        created_at,
        begun_at: Some(created_at + 5000),
        ended_at: created_at + 9000,
        duration: 4000,
        outcome: Outcome::NormalEnd,
        reason: Reason::HangUp,
        ended_by: Some(user("ann")),
        members: vec![
            member("ann", Role::Caller, Some(created_at)),
            member("bob", Role::Callee, Some(created_at + 5000)),
        ],
    }
}

pub fn event(call: u64, number: u64, created_at: Millis) -> Event {
    Event {
        app: APP,
        id: format!("{}.{number}", id(call)),
        call: id(call),
        position: number,
        body: format!("{{\"number\":{number}}}"),
        created_at,
    }
}

async fn a_record_comes_back_as_it_was(records: Records) {
    let plain = record(1, 1000);
    let mut other = record(2, 2000);
    other.begun_at = None;
    other.duration = 0;
    other.ended_by = None;
    other.chat_group = Some("team".into());
    (other.media, other.group) = (MediaType::Video, true);
    (other.outcome, other.reason) = (Outcome::NotAnswer, Reason::NoResponse);
    other.members[1].outcome = MemberOutcome::NoResponse;
    other.members[1].joined_at = None;
    other.members[1].by = None;
    records.add(&[plain.clone(), other.clone()], &[]).await.unwrap();
    assert_eq!(records.call(APP, &id(1)).await.unwrap(), Some(plain.clone()));
    assert_eq!(records.call(APP, &id(2)).await.unwrap(), Some(other.clone()));
    assert_eq!(records.call(APP, &id(3)).await.unwrap(), None);
    assert_eq!(records.call(APP + 1, &id(1)).await.unwrap(), None, "another app's");
    assert_eq!(records.calls(APP, &CallFilter::default()).await.unwrap().calls, [other, plain]);
    let since = records.ended_since(11_000).await.unwrap();
    assert_eq!(since, HashSet::from([(APP, id(2))]));
}

async fn writing_twice_changes_nothing(records: Records) {
    let (first, events) = (record(1, 1000), [event(1, 1, 1000)]);
    records.add(std::slice::from_ref(&first), &events).await.unwrap();
    let mut changed = first.clone();
    changed.reason = Reason::Offline;
    changed.members[0].outcome = MemberOutcome::Offline;
    records.add(&[changed, record(2, 2000)], &[events[0].clone(), event(1, 2, 1000)]).await.unwrap();
    assert_eq!(records.call(APP, &id(1)).await.unwrap(), Some(first));
    assert_eq!(records.count(APP, &CallFilter::default()).await.unwrap(), 2);
    // What was delivered is not sent again.
    let due = records.take_due(APP, 5000, 6000, 10).await.unwrap();
    assert_eq!(due.len(), 1);
    records.settle(APP, &[(due[0].clone(), Settled::Delivered)]).await.unwrap();
    records.add(&[], &events).await.unwrap();
    let due = records.take_due(APP, 5000, 6000, 10).await.unwrap();
    assert_eq!(due.iter().map(|event| &*event.body).collect::<Vec<_>>(), ["{\"number\":2}"]);
}

/// As several nodes do that find the same calls.
async fn many_at_once_are_all_there(records: Records) {
    let all: Vec<_> = (1..=60).map(|number| record(number, number * 1000)).collect();
    let writers = (0..6).map(|_| async {
        for some in all.chunks(20) {
            records.add(some, &[]).await.unwrap();
        }
    });
    join_all(writers).await;
    assert_eq!(records.count(APP, &CallFilter::default()).await.unwrap(), 60);
    let filter = CallFilter { limit: Some(100), ..CallFilter::default() };
    let mut found = records.calls(APP, &filter).await.unwrap().calls;
    found.reverse();
    assert_eq!(found, all);
}

async fn pages_have_everything_once_while_more_comes(records: Records) {
    // Two and two were placed at the same time.
    let all: Vec<_> = (1..=25).map(|number| record(number, number / 2 * 1000)).collect();
    records.add(&all, &[]).await.unwrap();
    let mut filter = CallFilter { limit: Some(10), ..CallFilter::default() };
    let mut found = Vec::new();
    let mut sizes = Vec::new();
    loop {
        let page = records.calls(APP, &filter).await.unwrap();
        sizes.push(page.calls.len());
        found.extend(page.calls.into_iter().map(|call| call.id));
        let newer = 100 + found.len() as u64;
        records.add(&[record(newer, newer * 1000)], &[]).await.unwrap();
        let Some(next) = page.next else { break };
        filter.cursor = Some(next.parse().unwrap());
    }
    assert_eq!(sizes, [10, 10, 5]);
    assert_eq!(found, (1..=25).rev().map(id).collect::<Vec<_>>());
    assert!("nonsense".parse::<Cursor>().is_err());
}

async fn filters_find_what_they_name(records: Records) {
    let mut all: Vec<_> = (1..=8).map(|number| record(number, number * 1000)).collect();
    all[0].members[1].user = user("cat");
    all[1].chat_group = Some("team".into());
    all[2].outcome = Outcome::Reject;
    all[3].media = MediaType::Video;
    all[4].group = true;
    all[7].app = APP + 1;
    records.add(&all, &[]).await.unwrap();
    let none = CallFilter::default;
    let cases = [
        (none(), vec![7, 6, 5, 4, 3, 2, 1]),
        (CallFilter { user: Some(user("cat")), ..none() }, vec![1]),
        (CallFilter { user: Some(user("ann")), limit: Some(2), ..none() }, vec![7, 6]),
        (CallFilter { user: Some(user("eve")), ..none() }, vec![]),
        (CallFilter { chat_group: Some("team".into()), ..none() }, vec![2]),
        (CallFilter { outcome: Some(Outcome::Reject), ..none() }, vec![3]),
        (CallFilter { media: Some(MediaType::Video), ..none() }, vec![4]),
        (CallFilter { group: Some(true), ..none() }, vec![5]),
        (CallFilter { from: Some(3000), to: Some(6000), ..none() }, vec![5, 4, 3]),
        (
            CallFilter { from: Some(3000), user: Some(user("bob")), media: Some(MediaType::Audio), ..none() },
            vec![7, 6, 5, 3],
        ),
        (CallFilter { offset: 5, ..none() }, vec![2, 1]),
    ];
    for (filter, expected) in cases {
        let page = records.calls(APP, &filter).await.unwrap();
        let found: Vec<_> = page.calls.iter().map(|call| call.id.clone()).collect();
        assert_eq!(found, expected.iter().map(|number| id(*number)).collect::<Vec<_>>(), "{filter:?}");
        if filter.limit.is_none() && filter.offset == 0 {
            assert_eq!(records.count(APP, &filter).await.unwrap(), expected.len() as u64, "{filter:?}");
        }
    }
}

async fn old_records_are_forgotten(records: Records) {
    let all: Vec<_> = (1..=4).map(|number| record(number, number * 10_000)).collect();
    let events: Vec<_> = (1..=4).map(|number| event(number, 1, number * 10_000)).collect();
    records.add(&all, &events).await.unwrap();
    let due = records.take_due(APP, 100_000, 200_000, 10).await.unwrap();
    let delivered = due.into_iter().take(3).map(|event| (event, Settled::Delivered));
    records.settle(APP, &delivered.collect::<Vec<_>>()).await.unwrap();
    // The first two calls are old; the events of the first three are known no more once delivered.
    records.prune(30_000, 40_000).await.unwrap();
    let left = records.calls(APP, &CallFilter::default()).await.unwrap().calls;
    assert_eq!(left, [all[3].clone(), all[2].clone()]);
    records.add(&[], &events).await.unwrap();
    let due = records.take_due(APP, 100_000, 200_000, 10).await.unwrap();
    assert_eq!(due.len(), 3, "made anew, but for the one under way: {due:?}");
}

async fn news_of_one_call_goes_out_in_order(records: Records) {
    // As they are found out: not in order, and those of two calls mixed.
    let events = [event(1, 3, 300), event(2, 1, 100), event(1, 1, 100), event(1, 2, 200)];
    records.add(&[], &events).await.unwrap();
    assert_eq!(records.next_due(APP).await.unwrap(), Some(100));
    assert_eq!(records.take_due(APP, 99, 1000, 10).await.unwrap(), [], "none is due yet");
    let mut sent = Vec::new();
    for _ in 0..3 {
        let due = records.take_due(APP, 500, 1000, 10).await.unwrap();
        sent.push(due.iter().map(|event| event.id.clone()).collect::<HashSet<_>>());
        let settled: Vec<_> = due.into_iter().map(|event| (event, Settled::Delivered)).collect();
        records.settle(APP, &settled).await.unwrap();
    }
    let name = |call: u64, number: u64| format!("{}.{number}", id(call));
    assert_eq!(sent[0], HashSet::from([name(1, 1), name(2, 1)]));
    assert_eq!(sent[1], HashSet::from([name(1, 2)]));
    assert_eq!(sent[2], HashSet::from([name(1, 3)]));
    assert_eq!(records.next_due(APP).await.unwrap(), None);
}

async fn nobody_else_gets_what_is_on_its_way(records: Records) {
    let events: Vec<_> = (1..=20).map(|call| event(call, 1, 100)).collect();
    records.add(&[], &events).await.unwrap();
    let takers = (0..5).map(|_| async { records.take_due(APP, 500, 1000, 7).await.unwrap() });
    let taken: Vec<_> = join_all(takers).await.into_iter().flatten().map(|event| event.id).collect();
    let rest = records.take_due(APP, 500, 1000, 20).await.unwrap().into_iter().map(|event| event.id);
    let taken: Vec<_> = taken.into_iter().chain(rest).collect();
    assert_eq!((taken.len(), taken.iter().collect::<HashSet<_>>().len()), (20, 20));
    // Who took it is gone: after its time another one gets it, as a second attempt.
    let again = records.take_due(APP, 1000, 2000, 1).await.unwrap();
    assert_eq!(again[0].attempt, 2);
    let later = Retry { at: 5000, problem: "answered 500".into() };
    records.settle(APP, &[(again[0].clone(), Settled::Again(later))]).await.unwrap();
    let others = records.take_due(APP, 1000, 2000, 100).await.unwrap();
    assert_eq!(others.len(), 19);
}

/// One writes news of a call while another one says that what was before it is delivered: whichever comes first.
async fn the_turn_is_never_lost_between_writers(records: Records) {
    let all = |number| (1..=50).map(move |call| event(call, number, 100));
    records.add(&[], &all(1).collect::<Vec<_>>()).await.unwrap();
    let mut sent = records.take_due(APP, 500, 1000, 100).await.unwrap();
    for number in 2..=6 {
        assert_eq!(sent.len(), 50, "those that come as number {}", number - 1);
        sent.sort_by(|one, other| one.id.cmp(&other.id));
        let both = sent.into_iter().zip(all(number)).map(async |(sent, next)| {
            let delivered = [(sent, Settled::Delivered)];
            let (one, other) =
                tokio::join!(records.settle(APP, &delivered), records.add(&[], std::slice::from_ref(&next)));
            one.and(other).unwrap();
        });
        join_all(both).await;
        sent = records.take_due(APP, 500, 1000, 100).await.unwrap();
    }
    assert_eq!(sent.len(), 50);
}

async fn the_turn_passes_when_who_has_it_is_forgotten(records: Records) {
    records.add(&[], &[event(1, 1, 100), event(1, 2, 200), event(1, 3, 300)]).await.unwrap();
    records.prune(150, 150).await.unwrap();
    let due = records.take_due(APP, 500, 1000, 10).await.unwrap();
    assert_eq!(due.iter().map(|event| event.created_at).collect::<Vec<_>>(), [200]);
}

async fn what_is_given_up_can_be_replayed(records: Records) {
    records.add(&[], &[event(1, 1, 100), event(1, 2, 200), event(2, 1, 300)]).await.unwrap();
    for at in [1000, 2000] {
        let due = records.take_due(APP, at, at + 500, 10).await.unwrap();
        let given_up = due.into_iter().map(|event| (event, Settled::GivenUp { problem: "answered 404".into() }));
        records.settle(APP, &given_up.collect::<Vec<_>>()).await.unwrap();
    }
    let dead = records.dead_letters(APP, None, 2).await.unwrap();
    assert_eq!(dead.iter().map(|letter| letter.created_at).collect::<Vec<_>>(), [100, 200], "the oldest first");
    assert_eq!((dead[0].attempts, dead[0].problem.as_deref()), (1, Some("answered 404")));
    assert_eq!((&*dead[0].call, &*dead[0].body), (id(1).as_str(), "{\"number\":1}"));
    let rest = records.dead_letters(APP, Some(&dead[1].id), 2).await.unwrap();
    assert_eq!(rest.len(), 1);
    assert_eq!(records.dead_letters(APP + 1, None, 2).await.unwrap(), []);
    assert_eq!(records.replay(APP + 1, None, 9000).await.unwrap(), 0, "another app's");
    assert_eq!(records.replay(APP, Some(&dead[1].id), 9000).await.unwrap(), 1);
    assert_eq!(records.replay(APP, Some(&dead[1].id), 9000).await.unwrap(), 0, "it is under way");
    assert_eq!(records.replay(APP, None, 9000).await.unwrap(), 2);
    let due = records.take_due(APP, 9000, 9500, 10).await.unwrap();
    assert_eq!(due.len(), 2, "of each call one");
    assert!(due.iter().all(|event| event.attempt == 1));
}
