use crate::support::{
    desk::Desk,
    names::{RING, place, user},
    story::Story,
};
use call_core::Step;
use call_protocol::{MemberState, Phase, Reason};

#[test]
fn ringing_ends_at_the_deadline() {
    let mut story = Story::ringing(&place(1, "ann", &["bob"]));
    assert_eq!(story.call.next_deadline(), Some(story.now + RING));
    assert_eq!(story.wait(RING - 1).expire(), Ok(false));
    assert_eq!(story.wait(1).expire(), Ok(true));
    story.assert_out("bob", MemberState::NoResponse, Reason::NoResponse, "bob");
    story.assert_out("ann", MemberState::Left, Reason::NoResponse, "bob");
    story.assert_ended(Reason::NoResponse, "bob");
    assert_eq!(story.expire(), Ok(false));
}

#[test]
fn timeout_zero_rings_for_ever() {
    let mut story = Story::ringing(&call_core::Place { timeout: 0, ..place(1, "ann", &["bob"]) });
    assert_eq!(story.call.next_deadline(), None);
    assert_eq!(story.wait(365 * 24 * 3_600_000).expire(), Ok(false));
    story.accept("bob").unwrap();
}

#[test]
fn everybody_who_does_not_answer_is_one_step() {
    let mut story = Story::ringing(&place(1, "ann", &["bob", "cat", "dan"]));
    story.accept("cat").unwrap();
    story.wait(RING);
    story.expire().unwrap();
    story.assert_out("bob", MemberState::NoResponse, Reason::NoResponse, "bob");
    story.assert_out("dan", MemberState::NoResponse, Reason::NoResponse, "dan");
    assert_eq!(story.call.phase, Phase::Connected);
}

#[test]
fn deadlines_within_50_ms_are_one_step() {
    for (distance, together) in [(49, true), (50, true), (51, false)] {
        let mut story = Story::connected(&place(1, "ann", &["bob", "cat", "dan"]), &["bob", "cat", "dan"]);
        story.away("bob").unwrap();
        story.wait(distance).away("cat").unwrap();
        story.now = story.call.next_deadline().unwrap();
        story.expire().unwrap();
        assert_eq!(story.state("bob"), MemberState::Offline);
        assert_eq!(story.state("cat") == MemberState::Offline, together, "{distance} ms");
    }
}

#[test]
fn an_answer_that_comes_before_the_expiry_counts() {
    let mut story = Story::ringing(&place(1, "ann", &["bob"]));
    story.wait(RING + 10).accept("bob").unwrap();
    assert_eq!(story.expire(), Ok(false));
    assert_eq!(story.call.phase, Phase::Connected);
}

#[test]
fn both_are_free_after_it() {
    let desk = Desk::new();
    desk.placed(&place(1, "ann", &["bob"]));
    let committed = desk.wait(RING).act(1, Step::Expire).unwrap().unwrap();
    assert_eq!(committed.new.phase, Phase::Ended);
    assert_eq!(committed.old.unwrap().member(&user("bob")).unwrap().state, MemberState::Ringing);
    desk.assert_nothing_left();
}
