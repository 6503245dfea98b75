//! What is lost is said again, and what comes twice does no harm, whichever way it comes.

use crate::side::*;
use call_protocol::{DescriptionKind, Signal};

fn caller() -> Side {
    let mut side = Side::new('a', false);
    side.offer(false);
    side.finish();
    side
}

fn callee() -> Side {
    let mut side = Side::new('b', true);
    side.hear(offer("a/1"));
    side.finish();
    side.finish();
    side
}

#[test]
fn a_side_that_waits_for_an_answer_sends_its_offer_and_candidates_again() {
    let mut side = Side::new('a', false);
    side.hear(Signal::Resend);
    assert!(side.sent.is_empty(), "nothing to say yet");
    let mut side = caller();
    side.gather();
    side.sent.clear();
    side.hear(Signal::Resend);
    assert_eq!(side.sent, [offer("a/1"), candidate("a/1 1")]);
}

#[test]
fn once_it_is_answered_the_candidates_are_enough() {
    let mut side = caller();
    side.gather();
    side.hear(answer("b/1>a/1"));
    side.finish();
    side.sent.clear();
    side.hear(Signal::Resend);
    assert_eq!(side.sent, [candidate("a/1 1")]);
}

#[test]
fn an_offer_that_comes_again_gets_its_answer_again() {
    let mut side = callee();
    side.gather();
    let said = side.sent.clone();
    side.sent.clear();
    side.hear(offer("a/1"));
    assert!(!side.browser.is_busy(), "applied once");
    assert_eq!(side.sent, said);
}

#[test]
fn an_offer_that_is_being_answered_is_not_taken_twice() {
    let mut side = Side::new('b', true);
    side.hear(offer("a/1"));
    side.hear(offer("a/1"));
    side.finish();
    side.finish();
    assert!(!side.browser.is_busy());
    assert_eq!(side.sent, [answer("b/1>a/1")]);
}

#[test]
fn an_offer_older_than_the_last_is_ignored() {
    let mut side = Side::new('b', true);
    side.hear(second_offer("a/2"));
    side.finish();
    side.finish();
    side.sent.clear();
    side.hear(offer("a/1"));
    assert!(!side.browser.is_busy());
    assert!(side.sent.is_empty());
}

#[test]
fn the_late_answer_to_an_earlier_offer_is_not_taken_for_this_ones() {
    let mut side = caller();
    side.hear(answer("b/1>a/1"));
    side.finish();
    side.offer(true);
    side.finish();
    side.hear(answer("b/1>a/1"));
    assert!(!side.browser.is_busy());
    side.hear(description(DescriptionKind::Answer, 2, "b/2>a/2"));
    side.finish();
    assert_eq!(side.sent, [offer("a/1"), second_offer("a/2")]);
}

#[test]
fn an_offer_that_failed_may_come_again() {
    let mut side = Side::new('b', true);
    side.hear(offer("a/1"));
    side.fail();
    side.hear(offer("a/1"));
    side.finish();
    side.finish();
    assert_eq!(side.sent, [answer("b/1>a/1")]);
}
