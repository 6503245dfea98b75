use crate::support::{
    names::{call_id, place, session, user},
    story::Story,
};
use call_core::Told;

fn connected() -> (Story, Told) {
    let story = Story::connected(&place(1, "ann", &["bob"]), &["bob"]);
    let mut told = Told::default();
    assert!(told.takes_note(&story.call, &user("ann"), session("ann").id));
    (story, told)
}

/// A beat is sent, and answered with this call.
fn beat(told: &mut Told, names: Option<u8>) -> bool {
    told.beat_sent();
    told.beat_answered(names.map(call_id).as_ref()).is_some()
}

#[test]
fn nothing_is_told_twice_over_one_link() {
    let (mut story, mut told) = connected();
    let (ann, at) = (user("ann"), session("ann").id);
    assert!(!told.takes_note(&story.call, &ann, at));
    told.moves();
    assert!(told.takes_note(&story.call, &ann, at));
    assert_eq!((told.call(), told.call_before()), (Some(&call_id(1)), Some(&call_id(1))));
    story.leave("bob").unwrap();
    assert!(told.takes_note(&story.call, &ann, at));
    assert_eq!((told.call(), told.was_shown_a_call()), (None, false));
}

#[test]
fn the_offer_is_told_once_also_to_who_knows_already_that_it_rings() {
    let story = Story::ringing(&place(1, "ann", &["bob"]));
    let mut told = Told::default();
    // By the answer to a beat, say.
    assert!(told.takes_note(&story.call, &user("bob"), session("bob").id));
    assert!(told.takes_offer(&story.call) && !told.takes_offer(&story.call));
    told.moves();
    assert!(told.takes_offer(&story.call));
    let another = Story::ringing(&place(2, "cat", &["bob"]));
    assert!(told.takes_offer(&another.call));
}

#[test]
fn who_answers_two_beats_in_a_row_without_its_call_is_out_of_it() {
    let (_, mut told) = connected();
    assert!(!beat(&mut told, Some(1)) && !beat(&mut told, None));
    assert!(!beat(&mut told, Some(1)) && !beat(&mut told, None));
    assert!(beat(&mut told, Some(2)), "in another call, it says");
}

#[test]
fn answers_from_before_it_knew_do_not_count() {
    let story = Story::connected(&place(1, "ann", &["bob"]), &["bob"]);
    let mut told = Told::default();
    for _ in 0..3 {
        told.beat_sent();
    }
    told.takes_note(&story.call, &user("ann"), session("ann").id);
    for _ in 0..3 {
        assert_eq!(told.beat_answered(None), None);
    }
    assert!(!beat(&mut told, None) && beat(&mut told, None));
}

#[test]
fn who_was_not_told_over_this_link_need_not_know() {
    let (_, mut told) = connected();
    told.moves();
    assert!((0..5).all(|_| !beat(&mut told, None)));
}
