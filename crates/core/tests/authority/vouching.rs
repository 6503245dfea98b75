use crate::support::{
    names::{GRACE, place, user},
    story::Story,
};
use call_protocol::{MemberState, Phase, Reason};

const LONGEST: u64 = 600_000;

fn away() -> Story {
    let mut story = Story::connected(&place(1, "ann", &["bob", "cat"]), &["bob", "cat"]);
    story.away("bob").unwrap();
    story
}

fn deadline(story: &Story, who: &str) -> u64 {
    story.call.member(&user(who)).unwrap().deadline.unwrap().at
}

#[test]
fn who_is_heard_by_another_one_stays() {
    let mut story = away();
    let lost = story.now;
    while story.now < lost + 10 * GRACE {
        story.wait(4_000).vouch("ann", &["bob"]).unwrap();
        assert_eq!(story.expire(), Ok(false), "after {}", story.now - lost);
    }
    story.wait(GRACE).expire().unwrap();
    story.assert_out("bob", MemberState::Offline, Reason::Offline, "bob");
}

#[test]
fn it_makes_a_revision_only_when_half_of_the_grace_is_gone() {
    let mut story = away();
    let rev = story.call.rev;
    for _ in 0..4 {
        assert_eq!(story.wait(2_000).vouch("ann", &["bob"]), Ok(false));
    }
    assert_eq!(story.wait(2_000).vouch("ann", &["bob"]), Ok(true));
    assert_eq!((story.call.rev, deadline(&story, "bob")), (rev + 1, story.now + GRACE));
}

#[test]
fn ten_minutes_at_most() {
    let mut story = away();
    let lost = story.now;
    while story.now < lost + LONGEST - 1_000 {
        story.wait(1_000).vouch("ann", &["bob"]).unwrap();
    }
    assert_eq!(deadline(&story, "bob"), lost + LONGEST);
    assert_eq!(story.vouch("ann", &["bob"]), Ok(false));
    story.wait(1_000).expire().unwrap();
    assert_eq!(story.state("bob"), MemberState::Offline);
}

#[test]
fn who_comes_back_begins_anew() {
    let mut story = away();
    story.wait(GRACE / 2).vouch("ann", &["bob"]).unwrap();
    story.back("bob").unwrap();
    assert_eq!(story.call.member(&user("bob")).unwrap().deadline, None);
    assert_eq!(story.wait(LONGEST).vouch("ann", &["bob"]), Ok(false), "nothing to extend");
    story.away("bob").unwrap();
    assert_eq!(deadline(&story, "bob"), story.now + GRACE);
}

#[test]
fn only_members_vouch_and_only_for_others() {
    let mut story = away();
    story.wait(GRACE - 1);
    assert_eq!(story.vouch("bob", &["bob"]), Ok(false));
    assert!(story.vouch("eve", &["bob"]).is_err());
    assert_eq!(story.vouch("ann", &["eve", "cat"]), Ok(false));
    story.leave("cat").unwrap();
    assert_eq!(story.vouch("cat", &["bob"]), Ok(false));
    story.wait(1).expire().unwrap();
    assert_eq!(story.call.phase, Phase::Ended);
}
