use crate::support::{
    desk::Desk,
    names::{GRACE, NODE, RING, place, session, user},
    story::Story,
};
use call_core::{Policy, Step};
use call_protocol::{MemberState, Phase};

fn away(who: &str) -> Step {
    Step::Away { user: user(who), session: session(who).id, node: NODE, grace: GRACE }
}

fn connected(callees: &[&str]) -> Desk {
    let desk = Desk::new();
    desk.placed(&place(1, "ann", callees));
    desk.accept(1, callees[0]);
    desk
}

#[test]
fn a_grace_that_ended_unseen_starts_anew() {
    let desk = connected(&["bob"]);
    let Policy { grace, outage, .. } = Policy::default();
    desk.act(1, away("bob")).unwrap();
    desk.wait(GRACE + outage);
    assert_eq!(desk.expire(1).unwrap().phase, Phase::Connected);
    let left = desk.call(1).next_deadline().unwrap() - call_core::Clock::now(&desk.clock);
    assert!((grace - 100..=grace).contains(&left), "{left}");
    assert_eq!(desk.expire(1), None);
    desk.wait(grace);
    assert_eq!(desk.expire(1).unwrap().phase, Phase::Ended);
}

#[test]
fn a_grace_that_is_seen_in_time_just_ends() {
    let desk = connected(&["bob"]);
    desk.act(1, away("bob")).unwrap();
    assert_eq!(desk.wait(GRACE - 10).expire(1), None);
    desk.wait(Policy::default().outage);
    assert_eq!(desk.expire(1).unwrap().phase, Phase::Ended);
}

#[test]
fn ringing_that_ended_unseen_has_ended() {
    let desk = connected(&["bob", "cat"]);
    desk.act(1, away("bob")).unwrap();
    desk.wait(RING + 60_000);
    desk.expire(1);
    let state = |who: &str| desk.call(1).member(&user(who)).unwrap().state;
    assert_eq!((state("cat"), state("bob")), (MemberState::NoResponse, MemberState::Joined));
}

#[test]
fn grace_is_given_once_for_one_outage() {
    let mut story = Story::connected(&place(1, "ann", &["bob"]), &["bob"]);
    story.away("bob").unwrap();
    let until = story.now + 2 * GRACE;
    assert_eq!(story.take(Step::GraceAnew { until }), Ok(true));
    assert_eq!(story.take(Step::GraceAnew { until }), Ok(false));
    assert_eq!(story.take(Step::GraceAnew { until: until - 1 }), Ok(false));
    assert_eq!(story.call.next_deadline(), Some(until));
}

#[test]
fn who_was_on_a_dead_node_is_away() {
    let mut story = Story::connected(&place(1, "ann", &["bob", "cat"]), &["bob"]);
    let elsewhere = Step::Back { user: user("bob"), session: session("bob").id, node: NODE + 1 };
    assert_eq!(story.take(elsewhere.clone()), Ok(true));
    assert_eq!(story.take(elsewhere), Ok(false));
    let lost = Step::NodeLost { node: NODE, grace: GRACE };
    assert_eq!(story.take(lost.clone()), Ok(true));
    assert_eq!(story.take(lost.clone()), Ok(false));
    assert!(story.call.is_away(&user("ann")) && !story.call.is_away(&user("bob")));
    assert_eq!(story.state("cat"), MemberState::Ringing);
    // On another node it is safe from the death of the first one.
    story.take(Step::Back { user: user("ann"), session: session("ann").id, node: NODE + 2 }).unwrap();
    assert_eq!(story.take(lost), Ok(false));
}

#[test]
fn a_node_that_is_late_does_not_lose_who_is_on_another_one() {
    let mut story = Story::connected(&place(1, "ann", &["bob"]), &["bob"]);
    story.take(Step::Back { user: user("bob"), session: session("bob").id, node: NODE + 1 }).unwrap();
    assert_eq!(story.take(away("bob")), Ok(false));
    assert!(!story.call.is_away(&user("bob")));
}
