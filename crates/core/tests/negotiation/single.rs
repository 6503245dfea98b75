use crate::{
    browser::State,
    side::{EPOCH, Side, answer, candidate, offer, second_offer},
};
use call_protocol::{Candidate, Description, DescriptionKind, Signal};

fn callee() -> Side {
    Side::new('b', true)
}

fn caller() -> Side {
    Side::new('a', false)
}

#[test]
fn a_held_answer_waits_until_it_is_wanted() {
    let mut side = callee();
    side.negotiation.answer_later();
    side.hear(offer("a/1"));
    side.finish();
    assert_eq!(side.browser.state(), State::HaveRemoteOffer);
    assert!(!side.browser.is_busy() && side.sent.is_empty(), "nothing is set, gathered or sent");
    side.answer_now();
    side.finish();
    assert_eq!(side.sent, [answer("b/1>a/1")]);
}

#[test]
fn an_answer_wanted_before_the_offer_arrived_is_not_held() {
    let mut side = callee();
    side.negotiation.answer_later();
    side.answer_now();
    side.hear(offer("a/1"));
    side.finish();
    side.finish();
    assert_eq!(side.sent, [answer("b/1>a/1")]);
}

#[test]
fn an_offer_that_comes_again_while_the_answer_is_held_is_answered_once() {
    let mut side = callee();
    side.negotiation.answer_later();
    side.hear(offer("a/1"));
    side.finish();
    side.hear(offer("a/1"));
    side.answer_now();
    side.finish();
    assert_eq!(side.sent, [answer("b/1>a/1")]);
    assert!(!side.browser.is_busy());
}

#[test]
fn an_own_wish_to_offer_waits_while_the_answer_is_held() {
    let mut side = callee();
    side.negotiation.answer_later();
    side.hear(offer("a/1"));
    side.finish();
    side.offer(true);
    assert!(!side.browser.is_busy());
    side.answer_now();
    side.finish();
    side.finish();
    assert_eq!(side.sent, [answer("b/1>a/1"), offer("b/2")]);
    assert_eq!(side.browser.restarts, 1);
}

#[test]
fn wishes_to_offer_become_one_and_a_restart_is_not_forgotten() {
    let mut side = caller();
    side.offer(false);
    side.offer(true);
    side.offer(false);
    side.finish();
    assert_eq!((side.sent.len(), side.browser.restarts), (1, 0));
    side.hear(answer("b/1>a/1"));
    side.finish();
    side.finish();
    assert_eq!(side.sent[1..], [second_offer("a/2")]);
    assert_eq!(side.browser.restarts, 1);
}

#[test]
fn candidates_wait_for_the_remote_description_and_keep_their_order() {
    let mut side = callee();
    side.hear(candidate("a/1 1"));
    side.hear(candidate("a/1 2"));
    side.hear(offer("a/1"));
    side.hear(candidate("a/1 3"));
    assert!(side.browser.candidates.is_empty());
    side.finish();
    assert_eq!(side.browser.candidates, ["a/1 1", "a/1 2", "a/1 3"]);
    side.finish();
    side.hear(candidate("a/1 4"));
    assert_eq!(side.browser.candidates.len(), 4);
}

#[test]
fn own_candidates_are_sent_after_the_description_they_belong_to() {
    let mut side = caller();
    side.offer(false);
    side.negotiation.local_candidate("a/1 1".into(), Some("0".into()), Some(0));
    assert!(side.sent.is_empty());
    side.finish();
    assert_eq!(side.sent, [offer("a/1"), candidate("a/1 1")]);
    side.gather();
    assert_eq!(side.sent.len(), 3);
}

#[test]
fn candidates_found_while_a_new_offer_is_being_made_follow_it() {
    let mut side = caller();
    side.offer(false);
    side.finish();
    side.hear(answer("b/1>a/1"));
    side.finish();
    side.offer(true);
    side.negotiation.local_candidate("a/2 1".into(), Some("0".into()), Some(0));
    side.finish();
    assert_eq!(side.sent[1..], [second_offer("a/2"), candidate("a/2 1")]);
}

#[test]
fn an_offer_that_rides_elsewhere_is_returned_and_not_sent() {
    let mut side = caller();
    side.negotiation.offer(false);
    side.negotiation.local_candidate("a/1 1".into(), Some("0".into()), Some(0));
    let returned = side.negotiation.local_description(DescriptionKind::Offer, "a/1".into(), false);
    assert_eq!(Signal::Description(returned), offer("a/1"));
    side.negotiation.poll_order();
    let then: Vec<_> = std::iter::from_fn(|| side.negotiation.poll_order()).collect();
    assert_eq!(then, [call_core::Order::Send(candidate("a/1 1"))], "the candidates follow by themselves");
}

#[test]
fn what_belongs_to_another_epoch_is_ignored() {
    let mut side = callee();
    for epoch in [EPOCH - 1, EPOCH + 1] {
        side.hear(Signal::Description(Description { epoch, n: 1, kind: DescriptionKind::Offer, sdp: "x/1".into() }));
        assert!(!side.browser.is_busy());
    }
    side.hear(offer("a/1"));
    side.finish();
    side.hear(Signal::Candidate(Candidate { epoch: EPOCH + 1, candidate: "x/1 1".into(), mid: None, index: None }));
    side.finish();
    assert!(side.browser.candidates.is_empty());
    assert_eq!(side.negotiation.epoch(), EPOCH);
    assert!(side.sent.iter().all(|sent| matches!(sent, Signal::Description(it) if it.epoch == EPOCH)));
}

#[test]
fn an_answer_that_nobody_waits_for_is_ignored() {
    let mut side = caller();
    side.hear(answer("b/1>a/1"));
    assert!(!side.browser.is_busy());
    side.offer(false);
    side.finish();
    side.hear(answer("b/1>a/1"));
    side.finish();
    side.hear(answer("b/1>a/1"));
    assert!(!side.browser.is_busy(), "doubled");
}
