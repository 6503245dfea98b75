//! Nodes that die in the middle of inviting.

use crate::support::{
    desk::Desk,
    names::{GRACE, invite, place, user},
    scheduler::run,
    story,
};
use call_protocol::{MemberState, Phase};
use std::{
    future::Future,
    pin::pin,
    task::{Context, Waker},
};

const CLAIM_TIME: u64 = 2_000;

fn group_desk() -> Desk {
    let desk = Desk::new();
    desk.placed(&place(1, "ann", &["bob", "cat"]));
    desk.accept(1, "bob");
    desk
}

/// The inviter's node dies after any number of store operations; then the inviter asks again, at once or much later.
#[test]
fn repeating_it_finishes_what_a_dead_node_left() {
    for waited in [0, CLAIM_TIME, GRACE] {
        for polls in 0..30 {
            let desk = group_desk();
            let request = desk.authority.invite(invite(1, "ann", &["dan", "eve"]), &drop);
            let died = desk.crashes_after(polls, request);
            desk.wait(waited).invite(&invite(1, "ann", &["dan", "eve"])).unwrap();
            let call = desk.call(1);
            for who in ["dan", "eve"] {
                assert_eq!(call.member(&user(who)).unwrap().state, MemberState::Ringing, "after {polls}");
                assert_eq!(desk.current(who), Some(call.clone()));
            }
            assert_eq!(call.invites.len(), 2);
            if !died {
                break;
            }
            assert!(polls < 29, "it ends");
        }
    }
}

/// The same, and nobody asks again.
#[test]
fn a_dead_inviter_blocks_nobody_for_long() {
    for polls in 0..20 {
        let desk = group_desk();
        let died = desk.crashes_after(polls, desk.authority.invite(invite(1, "ann", &["dan"]), &drop));
        desk.wait(CLAIM_TIME);
        if desk.call(1).member(&user("dan")).is_some_and(|dan| dan.state == MemberState::Claiming) {
            assert_eq!(desk.placed(&place(2, "eve", &["dan"])).phase, Phase::Ringing, "after {polls}");
            desk.expire(1);
            assert_eq!(desk.call(1).member(&user("dan")).unwrap().state, MemberState::Aborted);
        }
        if !died {
            return;
        }
    }
    panic!("it ends");
}

/// Somebody else needs the claim that a dead inviter left, and thereby ends the call that waited for it.
#[test]
fn a_fence_of_a_running_call_is_told() {
    let desk = group_desk();
    desk.act(1, story::reject(&desk.call(1), "cat")).unwrap();
    assert!(desk.crashes_after(5, desk.authority.invite(invite(1, "ann", &["dan"]), &drop)));
    assert_eq!(desk.call(1).member(&user("dan")).unwrap().state, MemberState::Claiming);
    desk.leave(1, "bob");
    assert_eq!(desk.call(1).phase, Phase::Connected);
    desk.wait(CLAIM_TIME).placed(&place(2, "eve", &["dan"]));
    let told = desk.told.borrow();
    let fence = told.iter().find(|committed| committed.new.id == desk.call(1).id).expect("the fence is told");
    assert_eq!(fence.new.phase, Phase::Ended);
    assert!(fence.deliveries().iter().any(|delivery| *delivery.user == user("ann")));
    drop(told);
    assert_eq!(desk.current("ann"), None);
}

/// Two nodes work on one invitation. What the first one has claimed is given up and begun anew by the second one: the
/// first one's claims are worth nothing any more.
#[test]
fn a_claim_is_good_for_its_generation_only() {
    for polls in 1..12 {
        let desk = group_desk();
        let mut context = Context::from_waker(Waker::noop());
        let mut first = pin!(desk.authority.invite(invite(1, "ann", &["dan"]), &drop));
        for _ in 0..5 {
            assert!(first.as_mut().poll(&mut context).is_pending());
        }
        desk.wait(CLAIM_TIME).expire(1);
        assert_eq!(desk.call(1).member(&user("dan")).unwrap().state, MemberState::Aborted);
        desk.crashes_after(polls, desk.authority.invite(invite(1, "ann", &["dan"]), &drop));
        run(&desk.clock, first).unwrap();
        let call = desk.call(1);
        let dan = call.member(&user("dan")).unwrap();
        assert_eq!((dan.state, dan.generation), (MemberState::Ringing, 2), "after {polls}");
        assert_eq!(desk.current("dan"), Some(call), "after {polls}");
    }
}
