use crate::{
    choices::{in_every_way, with_seeds},
    pair::{Pair, Wish},
};
use Wish::{AnswerNow, Gather, Offer};

#[test]
fn the_first_offer_meets_no_other_one() {
    let ways = in_every_way(|choices| {
        let mut pair = Pair::new();
        pair.sides[1].negotiation.answer_later();
        pair.run(&[Offer(0, false), AnswerNow(1)], choices);
        pair.check_agreed();
        let agreed = pair.sides[0].browser.agreed.clone().unwrap();
        assert_eq!(agreed, ("a/1".into(), "b/1".into()), "one offer, one answer");
    });
    assert!(ways > 3, "{ways} ways");
}

#[test]
fn two_renegotiations_at_once_come_to_rest_in_every_interleaving() {
    let ways = in_every_way(|choices| {
        let mut pair = Pair::connected();
        pair.run(&[Offer(0, false), Offer(1, false)], choices);
        pair.check_agreed();
        let made = |side: usize| pair.sides[side].browser.applied.len();
        assert!(made(0) >= 2 && made(1) >= 2, "both sides heard of the other's wish");
    });
    assert!(ways > 50, "{ways} ways");
}

#[test]
fn two_restarts_at_once_both_take_place_in_every_interleaving() {
    in_every_way(|choices| {
        let mut pair = Pair::connected();
        pair.run(&[Offer(0, true), Offer(1, true)], choices);
        pair.check_agreed();
        assert_eq!(pair.sides[0].browser.restarts, 1);
        assert!(pair.sides[1].browser.restarts >= 1, "a rolled back restart is made again");
    });
}

#[test]
fn three_offers_and_a_candidate_come_to_rest_in_every_interleaving() {
    let ways = in_every_way(|choices| {
        let mut pair = Pair::connected();
        pair.run(&[Offer(0, true), Offer(1, false), Gather(1)], choices);
        pair.check_agreed();
    });
    assert!(ways > 200, "{ways} ways");
}

#[test]
fn a_rolled_back_restart_is_made_again_as_a_restart() {
    let mut restarts = 0;
    in_every_way(|choices| {
        let mut pair = Pair::connected();
        pair.run(&[Offer(0, false), Offer(1, true)], choices);
        pair.check_agreed();
        let last = pair.sides[1].browser.restarts;
        let (offer, _) = pair.sides[1].browser.agreed.clone().unwrap();
        // Where the last agreement is on this side's offer, after a rollback, it was a restart once more.
        if last > 1 {
            assert!(offer.starts_with('b'));
            restarts += 1;
        }
    });
    assert!(restarts > 0, "no interleaving rolled it back");
}

#[test]
fn any_number_of_wishes_at_any_time_comes_to_rest() {
    with_seeds(3000, |rng| {
        let mut pair = Pair::new();
        pair.sides[1].negotiation.answer_later();
        let mut wishes = vec![AnswerNow(1)];
        for _ in 0..rng.between(0, 6) {
            wishes.push(Gather(rng.below(2)));
        }
        pair.run(&[Offer(0, false)], rng);
        for _ in 0..rng.between(0, 5) {
            wishes.push(Offer(rng.below(2), rng.chance(300)));
        }
        pair.run(&wishes, rng);
        pair.check_agreed();
    });
}
