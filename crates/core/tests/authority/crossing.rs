use crate::support::{
    desk::Desk,
    names::{place, session, user},
    scheduler::run,
    story::{self, Story, name},
};
use call_core::{Place, Policy, Refused, Step};
use call_protocol::{MediaType, MemberState, Phase, Reason};
use std::{
    future::Future,
    pin::pin,
    task::{Context, Waker},
};

fn cross(who: &str, media: MediaType) -> Step {
    Step::Cross { user: user(name(who)), session: session(who), media }
}

#[test]
fn a_ringing_call_is_answered_by_the_crossing_one() {
    let mut story = Story::ringing(&place(1, "ann", &["bob"]));
    assert_eq!(story.take(cross("bob", MediaType::Audio)), Ok(true));
    assert_eq!(story.call.phase, Phase::Connected);
    assert_eq!(story.call.begun_at, Some(story.now));
    assert_eq!(story.take(cross("bob", MediaType::Audio)), Ok(false));
    assert_eq!(story.take(cross("bob/phone", MediaType::Audio)), Err(Refused::WrongState));
}

#[test]
fn a_call_being_placed_is_connected_by_its_commit() {
    let mut story = Story::placing(&place(1, "ann", &["bob"]));
    assert_eq!(story.take(cross("bob", MediaType::Audio)), Ok(true));
    assert_eq!(story.take(cross("bob", MediaType::Audio)), Ok(false));
    assert_eq!(story.take(cross("ann", MediaType::Audio)), Err(Refused::WrongState));
    story.take(Step::Ring { busy: vec![] }).unwrap();
    assert_eq!((story.call.phase, story.call.crossed.as_ref()), (Phase::Connected, None));
    assert_eq!(story.call.member(&user("bob")).unwrap().session, Some(session("bob")));
}

#[test]
fn who_crossed_and_got_busy_meanwhile_is_busy() {
    let mut story = Story::placing(&place(1, "ann", &["bob"]));
    story.take(cross("bob", MediaType::Audio)).unwrap();
    story.take(Step::Ring { busy: vec![user("bob")] }).unwrap();
    story.assert_out("bob", MemberState::Busy, Reason::LineBusy, "bob");
    story.assert_ended(Reason::LineBusy, "bob");
}

#[test]
fn different_media_become_audio() {
    for (first, second) in [(MediaType::Video, MediaType::Audio), (MediaType::Audio, MediaType::Video)] {
        let mut story = Story::ringing(&Place { media: first, ..place(1, "ann", &["bob"]) });
        story.take(cross("bob", second)).unwrap();
        assert_eq!(story.call.media.kind, MediaType::Audio);
    }
    let mut story = Story::ringing(&Place { media: MediaType::Video, ..place(1, "ann", &["bob"]) });
    story.take(cross("bob", MediaType::Video)).unwrap();
    assert_eq!((story.call.media.kind, story.call.media.generation), (MediaType::Video, 1));
}

#[test]
fn groups_do_not_cross() {
    let group = Place { group: true, ..place(1, "ann", &["bob"]) };
    assert_eq!(Story::ringing(&group).take(cross("bob", MediaType::Audio)), Err(Refused::WrongState));
    let desk = Desk::new();
    desk.placed(&group);
    assert!(desk.place(&place(2, "bob", &["ann"])).is_err());
    assert_eq!(desk.call(1).phase, Phase::Ringing);
}

#[test]
fn calling_who_is_calling_me_connects_us() {
    let desk = Desk::new();
    desk.placed(&place(1, "ann", &["bob"]));
    let commits = desk.place(&place(2, "bob", &["ann"])).unwrap();
    let committed = &commits[0];
    assert_eq!((commits.len(), committed.new.phase), (1, Phase::Connected));
    assert_eq!(committed.old.as_ref().map(|old| old.phase), Some(Phase::Ringing));
    assert_eq!(committed.new.origin.user, user("ann"));
    assert!(desk.call(2).is_aborted());
    assert_eq!(desk.current("ann"), desk.current("bob"));
    desk.leave(1, "bob");
    desk.assert_nothing_left();
}

#[test]
fn another_device_in_that_call_is_busy() {
    let desk = Desk::new();
    desk.placed(&place(1, "ann", &["bob"]));
    desk.accept(1, "bob/phone");
    assert!(desk.place(&place(2, "bob", &["ann"])).is_err());
    assert_eq!(desk.call(1).phase, Phase::Connected);
}

#[test]
fn a_policy_makes_it_busy() {
    let desk = Desk::with(Policy { crossing_invites_connect: false, ..Policy::default() });
    desk.placed(&place(1, "ann", &["bob"]));
    assert!(desk.place(&place(2, "bob", &["ann"])).is_err());
    assert_eq!(desk.call(1).phase, Phase::Ringing);
}

#[test]
fn who_cancels_in_the_middle_of_crossing_is_not_connected() {
    for operations in 1..7 {
        let desk = Desk::new();
        desk.placed(&place(1, "ann", &["bob"]));
        let tell = desk.tell();
        let mut crossing = pin!(desk.authority.place(place(2, "bob", &["ann"]), &tell));
        for _ in 0..=operations {
            assert!(crossing.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        }
        let before = desk.call(2);
        let cancelled = desk.act(2, story::leave(&before, "bob")).unwrap().is_some();
        run(&desk.clock, crossing).unwrap();
        let told = desk.told.borrow().last().unwrap().new.clone();
        let phase = if cancelled { Phase::Ringing } else { Phase::Connected };
        assert_eq!(desk.call(1).phase, phase, "after {operations}");
        assert_eq!(told, desk.call(if cancelled { 2 } else { 1 }));
        assert_eq!(cancelled, before.phase == Phase::Placing);
    }
}
