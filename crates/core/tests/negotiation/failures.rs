use crate::{
    browser::State,
    choices::with_seeds,
    pair::{Pair, Wish},
    side::{Side, answer, description, offer, second_offer},
};
use call_protocol::DescriptionKind;

fn caller() -> Side {
    Side::new('a', false)
}

#[test]
fn an_offer_that_could_not_be_made_can_be_made_later() {
    let mut side = caller();
    side.offer(false);
    side.fail();
    assert!(!side.browser.is_busy() && side.sent.is_empty());
    side.offer(false);
    side.finish();
    assert_eq!(side.sent, [offer("a/1")]);
}

#[test]
fn an_offer_that_could_not_be_applied_gives_way_to_the_next() {
    let mut side = Side::new('b', true);
    side.hear(offer("a/1"));
    side.hear(offer("a/2"));
    side.fail();
    side.finish();
    side.finish();
    assert_eq!(side.sent, [answer("b/1>a/2")]);
}

#[test]
fn an_answer_that_could_not_be_made_gives_way_to_the_next_offer() {
    let mut side = Side::new('b', true);
    side.hear(offer("a/1"));
    side.finish();
    side.fail();
    assert!(!side.browser.is_busy(), "it is not tried again and again");
    side.hear(offer("a/2"));
    side.finish();
    side.finish();
    assert_eq!(side.sent, [answer("b/1>a/2")]);
}

#[test]
fn after_an_answer_that_could_not_be_applied_a_new_offer_can_be_made() {
    let mut side = caller();
    side.offer(false);
    side.finish();
    side.hear(answer("b/1>a/1"));
    side.fail();
    assert!(!side.browser.is_busy(), "it is not tried again and again");
    side.offer(true);
    side.finish();
    assert_eq!(side.sent[1..], [second_offer("a/2")]);
    side.hear(description(DescriptionKind::Answer, 2, "b/2>a/2"));
    side.finish();
    assert_eq!(side.browser.state(), State::Stable);
}

#[test]
fn after_an_answer_that_could_not_be_applied_the_others_offer_is_taken() {
    let mut side = caller();
    side.offer(false);
    side.finish();
    side.hear(answer("b/1>a/1"));
    side.fail();
    side.hear(offer("b/2"));
    side.finish();
    side.finish();
    assert_eq!(side.sent[1..], [answer("a/2>b/2")]);
}

#[test]
fn a_report_of_failure_that_nothing_was_asked_for_changes_nothing() {
    let mut side = caller();
    side.negotiation.failed();
    side.offer(false);
    side.finish();
    assert_eq!(side.sent, [offer("a/1")]);
}

#[test]
fn after_any_failure_a_side_that_comes_back_and_a_restart_connect_again() {
    with_seeds(4000, |rng| {
        let mut pair = Pair::connected();
        let mut wishes = vec![Wish::Offer(0, rng.chance(500)), Wish::Offer(1, rng.chance(500))];
        wishes.extend((0..rng.between(1, 3)).map(|_| Wish::Fail(rng.below(2))));
        pair.run(&wishes, rng);
        pair.run(&[Wish::Break(rng.below(2))], rng);
        pair.check_mends(rng);
    });
}
