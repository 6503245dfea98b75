use crate::support::{
    desk::Desk,
    names::{NODE, call_id, place, session, user},
    scheduler::run,
    story::{Story, accept},
};
use call_core::{AppId, AuthorityError, DropReason, Refused, Step};
use call_protocol::{ErrorCode, MediaType};

#[test]
fn only_members_act() {
    let mut story = Story::ringing(&place(1, "ann", &["bob"]));
    let eve = (user("eve"), session("eve"));
    for step in [
        Step::Accept { user: eve.0.clone(), generation: 1, session: eve.1.clone() },
        Step::Reject { user: eve.0.clone(), generation: 1, session: eve.1.clone() },
        Step::Leave { user: eve.0.clone(), generation: 1, session: eve.1.id, because: None, at: None },
        Step::Away { user: eve.0.clone(), session: eve.1.id, node: NODE, grace: 1 },
        Step::Back { user: eve.0.clone(), session: eve.1.id, node: NODE },
        Step::Drop { user: eve.0.clone(), session: eve.1.id, reason: DropReason::Left },
        Step::Cross { user: eve.0.clone(), session: eve.1.clone(), media: MediaType::Audio },
    ] {
        assert_eq!(story.take(step), Err(Refused::NotMember));
    }
}

#[test]
fn a_command_for_another_membership_is_refused() {
    let mut story = Story::ringing(&place(1, "ann", &["bob"]));
    for generation in [0, 2] {
        let step = Step::Accept { user: user("bob"), generation, session: session("bob") };
        assert_eq!(story.take(step), Err(Refused::WrongGeneration));
    }
}

#[test]
fn the_caller_does_not_answer_its_own_call() {
    let mut story = Story::ringing(&place(1, "ann", &["bob"]));
    assert_eq!(story.accept("ann/phone"), Err(Refused::WrongState));
    assert_eq!(story.reject("ann"), Err(Refused::WrongState));
}

#[test]
fn nothing_happens_to_a_call_that_is_over() {
    let mut story = Story::ringing(&place(1, "ann", &["bob"]));
    story.reject("bob").unwrap();
    assert_eq!(story.accept("bob"), Err(Refused::WrongState));
    assert_eq!(story.reject("bob/phone"), Err(Refused::WrongState));
    assert_eq!(story.take(Step::Abort), Err(Refused::WrongState));
    assert_eq!(story.take(Step::Ring { busy: vec![] }), Err(Refused::WrongState));
    assert_eq!(story.take(Step::PlaceAgain { claim_time: 1 }), Err(Refused::WrongState));
    assert_eq!(story.take(Step::Fence), Ok(false));
    assert_eq!(story.wait(1_000_000).expire(), Ok(false));
}

#[test]
fn nobody_answers_before_the_commit() {
    let mut story = Story::placing(&place(1, "ann", &["bob"]));
    assert_eq!(story.accept("bob"), Err(Refused::WrongState));
    assert_eq!(story.reject("bob"), Err(Refused::WrongState));
    assert_eq!(story.leave("bob"), Err(Refused::WrongState));
}

#[test]
fn a_ringing_call_cannot_be_aborted() {
    let mut story = Story::ringing(&place(1, "ann", &["bob"]));
    assert_eq!(story.take(Step::Abort), Err(Refused::WrongState));
    assert_eq!(story.take(Step::PlaceAgain { claim_time: 1 }), Err(Refused::WrongState));
}

#[test]
fn an_unknown_call_and_one_of_others_give_the_same_answer() {
    let desk = Desk::new();
    desk.placed(&place(1, "ann", &["bob"]));
    let by_eve =
        || Step::Leave { user: user("eve"), generation: 1, session: session("eve").id, because: None, at: None };
    let forbidden = desk.act(1, by_eve()).unwrap_err();
    let unknown = desk.act(9, by_eve()).unwrap_err();
    assert_eq!((forbidden.code(), unknown.code()), (ErrorCode::NoSuchCall, ErrorCode::NoSuchCall));
}

#[test]
fn apps_do_not_see_each_other() {
    const OTHER: AppId = 7;
    let desk = Desk::new();
    let call = desk.placed(&place(1, "ann", &["bob"]));
    let step = accept(&call, "bob");
    let id = call_id(1);
    let answer = run(&desk.clock, desk.authority.act(OTHER, &id, step, &drop));
    assert_eq!(answer, Err(AuthorityError::NoSuchCall));
    let elsewhere = call_core::Place { app: OTHER, ..place(2, "cat", &["bob"]) };
    assert_eq!(desk.placed(&elsewhere).phase, call_protocol::Phase::Ringing);
}
