use crate::support::{
    desk::Desk,
    names::{place, session},
    story::{self, Story},
};
use call_core::{AuthorityError, Committed, Place, Refused, Step};
use call_protocol::{MediaType, Phase};

#[test]
fn a_repeated_step_changes_nothing() {
    let mut story = Story::ringing(&place(1, "ann", &["bob"]));
    let accept = story::accept(&story.call, "bob");
    assert_eq!(story.take(Step::Ring { busy: vec![] }), Ok(false));
    assert_eq!(story.take(accept.clone()), Ok(true));
    assert_eq!(story.take(accept), Ok(false));
    assert_eq!(story.take(Step::Ring { busy: vec![] }), Ok(false));
    let leave = story::leave(&story.call, "bob");
    assert_eq!(story.take(leave.clone()), Ok(true));
    assert_eq!(story.take(leave), Ok(false));

    let mut story = Story::ringing(&place(1, "ann", &["bob"]));
    let reject = story::reject(&story.call, "bob");
    assert_eq!(story.take(reject.clone()), Ok(true));
    assert_eq!(story.take(reject), Ok(false));
}

#[test]
fn placing_again_answers_with_the_call_as_it_is() {
    let desk = Desk::new();
    let first = desk.placed(&place(1, "ann", &["bob"]));
    assert_eq!(desk.placed(&place(1, "ann", &["bob"])), first);
    let connected = desk.accept(1, "bob");
    assert_eq!(desk.placed(&place(1, "ann", &["bob"])), connected);
    let ended = desk.leave(1, "bob");
    assert_eq!(desk.placed(&place(1, "ann", &["bob"])), ended);
    assert_eq!(desk.place(&place(1, "ann", &["bob"])), Ok(vec![Committed { old: None, new: ended }]));
}

#[test]
fn a_busy_line_stays_the_answer() {
    let desk = Desk::new();
    desk.placed(&place(1, "ann", &["bob"]));
    let busy = desk.placed(&place(2, "cat", &["bob"]));
    desk.leave(1, "ann");
    assert_eq!(desk.placed(&place(2, "cat", &["bob"])), busy);
}

#[test]
fn a_call_id_belongs_to_the_session_that_made_it() {
    let desk = Desk::new();
    desk.placed(&place(1, "ann", &["bob"]));
    assert_eq!(desk.place(&place(1, "eve", &["bob"])), Err(AuthorityError::NoSuchCall));
    let other_session = Place { session: session("ann/phone"), ..place(1, "ann", &["bob"]) };
    assert_eq!(desk.place(&other_session), Err(Refused::WrongState.into()));
}

#[test]
fn a_repeated_crossing_call_answers_with_the_one_it_was_merged_into() {
    let desk = Desk::new();
    desk.placed(&place(1, "ann", &["bob"]));
    let crossing = Place { media: MediaType::Video, ..place(2, "bob", &["ann"]) };
    let merged = desk.placed(&crossing);
    assert_eq!((&merged.id, merged.phase), (&desk.call(1).id, Phase::Connected));
    assert_eq!(desk.placed(&crossing), merged);
}

#[test]
fn leaving_a_call_that_is_over_is_no_error() {
    let mut story = Story::connected(&place(1, "ann", &["bob"]), &["bob"]);
    let late = story::leave(&story.call, "ann");
    story.leave("bob").unwrap();
    assert_eq!(story.take(late), Ok(false));
}
