use crate::{
    choices::{in_every_way, with_seeds},
    pair::{Pair, Wish},
};
use Wish::{AnswerNow, Break, Gather, Offer};

#[test]
fn no_candidate_is_applied_before_its_description_in_any_interleaving() {
    let ways = in_every_way(|choices| {
        let mut pair = Pair::new();
        pair.run(&[Offer(0, false), Gather(0), Gather(0), Gather(1)], choices);
        pair.check_agreed();
    });
    assert!(ways > 100, "{ways} ways");
}

#[test]
fn candidates_of_a_ringing_call_are_applied_while_the_answer_is_held() {
    with_seeds(500, |rng| {
        let mut pair = Pair::new();
        pair.sides[1].negotiation.answer_later();
        pair.run(&[Offer(0, false)], rng);
        pair.run(&[Gather(0), Gather(0), Gather(0)], rng);
        assert_eq!(pair.sides[1].browser.candidates.len(), 3);
        pair.run(&[AnswerNow(1), Gather(1)], rng);
        pair.check_agreed();
    });
}

#[test]
fn what_was_lost_is_made_good_when_either_side_comes_back() {
    for side in [0, 1] {
        let ways = in_every_way(|choices| {
            let mut pair = Pair::new();
            pair.run(&[Offer(0, false), Break(side)], choices);
            let offers = pair.sides.each_ref().map(|side| side.browser.agreed.clone().map(|(offer, _)| offer));
            assert_eq!(offers, [Some("a/1".into()), Some("a/1".into())]);
            pair.check_at_rest();
            pair.check_mends(choices);
        });
        assert!(ways > 3, "{ways} ways");
    }
}

#[test]
fn a_renegotiation_comes_to_rest_after_a_break_in_every_interleaving() {
    for (offerer, side) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        in_every_way(|choices| {
            let mut pair = Pair::connected();
            pair.run(&[Offer(offerer, true), Break(side)], choices);
            pair.check_at_rest();
            pair.check_mends(choices);
        });
    }
}

#[test]
fn glare_and_breaks_at_once_come_to_rest() {
    with_seeds(4000, |rng| {
        let mut pair = Pair::connected();
        let mut wishes = vec![Offer(0, rng.chance(500)), Offer(1, rng.chance(500))];
        wishes.extend((0..rng.between(1, 3)).map(|_| Break(rng.below(2))));
        pair.run(&wishes, rng);
        pair.check_at_rest();
        pair.check_mends(rng);
    });
}
