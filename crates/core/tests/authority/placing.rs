use crate::support::{
    desk::Desk,
    names::{START, place, user, users},
    story::Story,
};
use call_core::{AuthorityError, Place, Policy, Step};
use call_protocol::{ErrorCode, MemberState, Phase, Room};
use std::{
    future::Future,
    pin::pin,
    task::{Context, Waker},
};

const CLAIM_TIME: u64 = 2_000;

#[test]
fn callees_are_counted_once_and_never_the_caller() {
    let doubled = Place { callees: users(&["bob", "ann", "bob", "cat"]), ..place(1, "ann", &["bob"]) };
    let call = doubled.draft(&Policy::default(), START).unwrap();
    assert_eq!(call.invites[0].callees, users(&["bob", "cat"]));
    assert!(call.group);
    let with_himself = Place { callees: users(&["bob", "ann", "bob"]), ..place(1, "ann", &["bob"]) };
    assert!(with_himself.draft(&Policy::default(), START).unwrap().is_one_to_one());
}

#[test]
fn nobody_or_too_many_is_refused() {
    let desk = Desk::with(Policy { max_callees: 2, ..Policy::default() });
    for callees in [&[][..], &["ann"], &["bob", "cat", "dan"]] {
        let error = desk.place(&Place { callees: users(callees), ..place(1, "ann", &[]) }).unwrap_err();
        assert_eq!((&error, error.code()), (&AuthorityError::BadCallees, ErrorCode::BadUser));
    }
    assert!(desk.store.memory.is_empty());
}

#[test]
fn the_room_is_what_was_asked_for_or_a_number() {
    let draft = |room: Room| Place { room, ..place(1, "ann", &["bob"]) }.draft(&Policy::default(), START).unwrap().room;
    let named = Room { int: 0, str: "lobby".into() };
    let numbered = Room { int: 5, str: String::new() };
    assert_eq!(draft(named.clone()), named);
    assert_eq!(draft(numbered.clone()), numbered);
    assert_eq!(draft(Room::default()), Room { int: 1001, str: String::new() });
}

#[test]
fn late_claims_are_fenced() {
    let mut story = Story::placing(&place(1, "ann", &["bob"]));
    assert_eq!(story.wait(CLAIM_TIME - 1).take(Step::Fence), Ok(false));
    assert_eq!(story.wait(1).take(Step::Fence), Ok(true));
    assert!(story.call.is_aborted());
    assert_eq!(story.take(Step::Abort), Ok(false));

    story.take(Step::PlaceAgain { claim_time: CLAIM_TIME }).unwrap();
    assert_eq!(story.take(Step::PlaceAgain { claim_time: CLAIM_TIME }), Ok(false));
    let ann = story.call.member(&user("ann")).unwrap();
    assert_eq!((ann.generation, ann.state), (2, MemberState::Claiming));
    story.take(Step::Ring { busy: vec![] }).unwrap();
    assert_eq!(story.view("bob").unwrap().member(&user("bob")).unwrap().generation, 2);
}

#[test]
fn expiry_fences_too() {
    let mut story = Story::placing(&place(1, "ann", &["bob"]));
    story.wait(CLAIM_TIME).expire().unwrap();
    assert!(story.call.is_aborted());
}

/// A placer that dies after so many store operations, from none to all.
fn crashed_after(operations: usize) -> Desk {
    let desk = Desk::new();
    {
        let mut placing = pin!(desk.authority.place(place(1, "ann", &["bob"]), &drop));
        for _ in 0..=operations {
            if placing.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
                break;
            }
        }
    }
    desk
}

#[test]
fn a_placer_that_dies_blocks_nobody_for_long() {
    for operations in 0..10 {
        let desk = crashed_after(operations);
        desk.wait(CLAIM_TIME);
        let rung = desk.store.memory.calls().iter().any(|call| call.phase == Phase::Ringing);
        if !rung {
            assert_eq!(desk.placed(&place(2, "bob", &["cat"])).phase, Phase::Ringing, "after {operations}");
            assert_eq!(desk.placed(&place(3, "ann", &["dan"])).phase, Phase::Ringing, "after {operations}");
        }
    }
}

#[test]
fn repeating_the_call_finishes_what_a_dead_placer_left() {
    for operations in 0..10 {
        for waited in [0, CLAIM_TIME] {
            let desk = crashed_after(operations);
            desk.wait(waited);
            let call = desk.placed(&place(1, "ann", &["bob"]));
            assert_eq!(call.phase, Phase::Ringing, "after {operations}");
            assert_eq!(desk.current("ann"), Some(call.clone()));
            assert_eq!(desk.current("bob"), Some(call));
        }
    }
}

#[test]
fn a_user_claimed_by_a_call_being_placed_is_waited_for() {
    let desk = crashed_after(2);
    assert_eq!(desk.call(1).phase, Phase::Placing);
    let before = desk.clock.clone();
    let call = desk.placed(&place(2, "cat", &["ann"]));
    assert_eq!(call.member(&user("ann")).unwrap().state, MemberState::Busy);
    let waited = call_core::Clock::now(&before) - START;
    assert!((200..400).contains(&waited), "{waited} ms");
}

#[test]
fn a_placer_that_wakes_up_much_later_rings_nobody() {
    let desk = Desk::new();
    let mut placing = pin!(desk.authority.place(place(1, "ann", &["bob"]), &drop));
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..3 {
        assert!(placing.as_mut().poll(&mut context).is_pending());
    }
    desk.wait(60_000);
    let answer = (0..1_000).find_map(|_| match placing.as_mut().poll(&mut context) {
        std::task::Poll::Ready(answer) => Some(answer),
        std::task::Poll::Pending => None,
    });
    assert_eq!(answer.unwrap().unwrap_err().code(), ErrorCode::Unavailable);
    assert!(desk.call(1).is_aborted());
    desk.assert_nothing_left();
}
