use crate::support::{
    desk::Desk,
    names::{APP, GRACE, NODE, RING, entry, entry_in, place, place_in, session, user},
    scheduler::run,
    story::{self, Story},
};
use call_core::{AuthorityError, DropReason, Entry, Joining, Key, Place, Policy, Refused, Step, Store, Value};
use call_protocol::{ErrorCode, Join, MemberState, Phase, Room};
use std::{
    future::Future,
    pin::pin,
    task::{Context, Waker},
};

const CLAIM_TIME: u64 = 2_000;

fn desk() -> Desk {
    let desk = Desk::new();
    desk.placed(&place_in(1, "ann", &["bob", "cat"], "team", 5));
    desk.accept(1, "bob");
    desk
}

fn state(desk: &Desk, who: &str) -> MemberState {
    desk.call(1).member(&user(who)).unwrap().state
}

#[test]
fn by_its_id_or_by_its_group_and_room() {
    for entry in [entry(1, "dan"), entry_in("team", 5, "dan")] {
        let desk = desk();
        desk.wait(1_000).join(&entry).unwrap();
        let call = desk.call(1);
        let dan = call.member(&user("dan")).unwrap();
        assert_eq!((dan.state, dan.invite, dan.join_no), (MemberState::Joined, None, 3));
        assert_eq!(dan.session, Some(session("dan")));
        assert_eq!(desk.current("dan"), Some(call.clone()));
        let view = call.view_for(&user("dan"), session("dan").id, call.updated_at).unwrap();
        assert!(view.member(&user("dan")).unwrap().here);
        assert_eq!((view.invite.user_data.as_str(), view.invite.by), ("", user("ann")), "not meant for dan");
    }
}

#[test]
fn a_call_that_ends_while_its_caller_is_about_to_come_back_was_a_call() {
    let mut story = Story::connected(&place(1, "ann", &["bob", "cat"]), &["bob"]);
    story.leave("ann").unwrap();
    story.take(story::enter("ann")).unwrap();
    story.reject("cat").unwrap();
    story.leave("bob").unwrap();
    assert_eq!((story.call.phase, story.state("ann")), (Phase::Ended, MemberState::Aborted));
    assert!(!story.call.is_aborted(), "else it had no record, and could be placed again");
}

#[test]
fn it_begins_a_ringing_call() {
    let desk = Desk::new();
    desk.placed(&place(1, "ann", &["bob", "cat"]));
    desk.join(&entry(1, "dan")).unwrap();
    let call = desk.call(1);
    assert_eq!((call.phase, call.begun_at), (Phase::Connected, call.member(&user("dan")).unwrap().joined_at));
    assert_eq!(state(&desk, "bob"), MemberState::Ringing);
}

#[test]
fn who_is_rung_answers_by_it() {
    let desk = desk();
    desk.join(&entry(1, "cat/phone")).unwrap();
    let call = desk.call(1);
    let cat = call.member(&user("cat")).unwrap();
    assert_eq!((cat.state, cat.generation, &cat.session), (MemberState::Joined, 1, &Some(session("cat/phone"))));
}

#[test]
fn who_left_comes_back_under_a_new_generation() {
    let desk = desk();
    desk.leave(1, "bob");
    desk.join(&entry(1, "bob")).unwrap();
    let call = desk.call(1);
    let bob = call.member(&user("bob")).unwrap();
    assert_eq!((bob.generation, bob.join_no, bob.invite), (2, 3, None));
    let prev = bob.prev.as_ref().unwrap();
    assert_eq!((prev.generation, prev.state, prev.join_no), (1, MemberState::Left, 2));
    desk.leave(1, "bob");
    assert_eq!(desk.current("bob"), None);
}

#[test]
fn a_repeated_one_changes_nothing() {
    let desk = desk();
    desk.join(&entry(1, "dan")).unwrap();
    let call = desk.call(1);
    desk.join(&entry(1, "dan")).unwrap();
    desk.join(&entry(1, "bob")).unwrap();
    assert_eq!(desk.call(1), call);
    assert_eq!(desk.join(&entry(1, "dan/phone")), Err(Refused::WrongState.into()), "in it on another device");
}

#[test]
fn who_is_in_another_call_stays_there() {
    let desk = desk();
    desk.placed(&place(2, "dan", &["eve"]));
    assert_eq!(desk.join(&entry(1, "dan")), Err(AuthorityError::InAnotherCall));
    assert_eq!(desk.current("dan"), Some(desk.call(2)));
    assert_eq!(desk.call(1).member(&user("dan")), None);
    desk.leave(2, "dan");
    desk.join(&entry(1, "dan")).unwrap();
}

#[test]
fn what_cannot_be_joined_is_all_the_same() {
    let desk = desk();
    desk.placed(&place(2, "eve", &["fay"]));
    desk.accept(2, "fay");
    desk.placed(&place(3, "gus", &["hal", "ida"]));
    desk.leave(3, "gus");
    let other_app = Entry { app: 7, ..entry(1, "dan") };
    for entry in [
        entry(9, "dan"),
        entry(2, "dan"),
        entry(3, "dan"),
        entry(3, "hal"),
        entry_in("team", 6, "dan"),
        entry_in("other", 5, "dan"),
        other_app,
    ] {
        assert_eq!(desk.join(&entry).unwrap_err().code(), ErrorCode::NoSuchCall, "{entry:?}");
    }
    // Also to somebody who could not join anyhow.
    assert_eq!(desk.join(&entry(2, "bob")).unwrap_err().code(), ErrorCode::NoSuchCall);
}

#[test]
fn a_full_call_takes_nobody() {
    let desk = Desk::with(Policy { max_members: 3, ..Policy::default() });
    desk.placed(&place(1, "ann", &["bob", "cat"]));
    assert_eq!(desk.join(&entry(1, "dan")).unwrap_err().code(), ErrorCode::WrongState);
    desk.reject(1, "cat");
    desk.join(&entry(1, "dan")).unwrap();
}

#[test]
fn a_policy_lets_only_the_invited_in() {
    let desk = Desk::with(Policy { joining: Joining::Invited, ..Policy::default() });
    desk.placed(&place(1, "ann", &["bob", "cat"]));
    desk.reject(1, "bob");
    assert_eq!(desk.join(&entry(1, "dan")), Err(AuthorityError::NoSuchCall));
    desk.join(&entry(1, "bob")).unwrap();
}

#[test]
fn the_place_is_free_when_its_call_has_ended() {
    let desk = desk();
    desk.reject(1, "cat");
    desk.leave(1, "bob");
    assert_eq!(desk.call(1).phase, Phase::Ended);
    desk.assert_nothing_left();
    assert_eq!(desk.join(&entry_in("team", 5, "dan")), Err(AuthorityError::NoSuchCall));
    desk.placed(&place_in(2, "eve", &["fay"], "team", 5));
    desk.join(&entry_in("team", 5, "dan")).unwrap();
    assert_eq!(desk.current("dan"), Some(desk.call(2)));
}

#[test]
fn the_first_call_keeps_the_place_while_it_runs() {
    let desk = desk();
    desk.placed(&place_in(2, "eve", &["fay"], "team", 5));
    desk.join(&entry_in("team", 5, "dan")).unwrap();
    assert_eq!(desk.current("dan"), Some(desk.call(1)));
    // The second one's end does not take it away.
    desk.leave(2, "eve");
    desk.join(&entry_in("team", 5, "gus")).unwrap();
}

#[test]
fn a_room_with_both_names_is_found_by_its_number() {
    let desk = Desk::new();
    let both = Room { int: 5, str: "five".into() };
    let text = Room { int: 0, str: "six".into() };
    desk.placed(&Place { room: both.clone(), ..place_in(1, "ann", &["bob"], "team", 5) });
    desk.placed(&Place { room: text.clone(), ..place_in(2, "cat", &["dan"], "team", 5) });
    desk.join(&entry_in("team", 5, "eve")).unwrap();
    let by = |who: &str, room: Room| Entry { to: Join::Room { group: "team".into(), room }, ..entry(0, who) };
    desk.join(&by("fay", both)).unwrap();
    desk.join(&by("gus", text)).unwrap();
    let five = Room { int: 0, str: "five".into() };
    assert_eq!(desk.join(&by("hal", five)), Err(AuthorityError::NoSuchCall));
    assert_eq!(desk.current("fay"), desk.current("eve"));
    assert_eq!(desk.current("gus"), Some(desk.call(2)));
}

#[test]
fn who_gives_up_on_the_way_in_was_never_there() {
    for gone in [story::leave as fn(&call_core::Call, &str) -> Step, |_, who| Step::Drop {
        user: user(who),
        session: session(who).id,
        reason: DropReason::Kicked,
    }] {
        let mut story = Story::connected(&place(1, "ann", &["bob", "cat"]), &["bob"]);
        story.take(story::enter("dan")).unwrap();
        let step = gone(&story.call, "dan");
        assert_eq!(story.take(step), Ok(true));
        assert_eq!((story.state("dan"), story.view("dan")), (MemberState::Aborted, None));
        let join = Step::Join { user: user("dan"), generation: 1 };
        assert_eq!(story.take(join), Err(Refused::WrongState));
    }
}

#[test]
fn who_gets_into_another_call_on_the_way_in_is_not_seen() {
    let desk = desk();
    let mut joining = pin!(desk.authority.join(entry(1, "dan"), &drop));
    while state_if_any(&desk, "dan").is_none() {
        assert!(joining.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    desk.placed(&place(2, "dan", &["eve"]));
    assert_eq!(run(&desk.clock, joining), Err(AuthorityError::InAnotherCall));
    assert_eq!(state(&desk, "dan"), MemberState::Aborted);
    assert_eq!(desk.call(1).view_for(&user("ann"), session("ann").id, 0).unwrap().member(&user("dan")), None);
    assert_eq!(desk.current("dan"), Some(desk.call(2)));
}

#[test]
fn a_claim_that_is_left_over_is_in_nobodys_way() {
    let desk = desk();
    let left_over = Value::Claim(desk.placed(&place(2, "eve", &["fay"])).id.clone(), 1);
    assert!(run(&desk.clock, desk.store.put(&Key::Claim(APP, user("dan")), left_over, None)).unwrap().is_some());
    desk.join(&entry(1, "dan")).unwrap();
    assert_eq!(desk.current("dan"), Some(desk.call(1)));
}

/// The node dies after any number of store operations; then the user asks again, at once or later.
#[test]
fn repeating_it_finishes_what_a_dead_node_left() {
    for waited in [0, CLAIM_TIME, GRACE] {
        for polls in 0..30 {
            let desk = desk();
            let died = desk.crashes_after(polls, desk.authority.join(entry_in("team", 5, "dan"), &drop));
            desk.wait(waited);
            if let Err(error) = desk.join(&entry_in("team", 5, "dan")) {
                assert_eq!(error.code(), ErrorCode::Unavailable, "too late, and harmless");
                desk.join(&entry_in("team", 5, "dan")).unwrap();
            }
            assert_eq!(state(&desk, "dan"), MemberState::Joined, "after {polls}");
            assert_eq!(desk.current("dan"), Some(desk.call(1)));
            if !died {
                break;
            }
            assert!(polls < 29, "it ends");
        }
    }
}

#[test]
fn a_dead_joiner_blocks_nobody_for_long() {
    for polls in 0..30 {
        let desk = desk();
        let died = desk.crashes_after(polls, desk.authority.join(entry(1, "dan"), &drop));
        desk.wait(CLAIM_TIME);
        if state_if_any(&desk, "dan") == Some(MemberState::Claiming) {
            // Another device of the same user finds what the first one left.
            desk.join(&entry(1, "dan/phone")).unwrap();
            assert_eq!(state(&desk, "dan"), MemberState::Joined);
        }
        if !died {
            return;
        }
    }
    panic!("it ends");
}

#[test]
fn one_who_is_being_invited_waits_for_it() {
    let desk = desk();
    let invite = crate::support::names::invite(1, "ann", &["dan"]);
    assert!(desk.crashes_after(3, desk.authority.invite(invite, &drop)));
    assert_eq!(state(&desk, "dan"), MemberState::Claiming);
    assert_eq!(desk.join(&entry(1, "dan")), Err(Refused::WrongState.into()), "after a while");
    desk.wait(CLAIM_TIME).join(&entry(1, "dan")).unwrap();
    let joined = desk.call(1);
    assert_eq!(joined.member(&user("dan")).unwrap().generation, 2);
    assert_eq!(joined.member(&user("dan")).unwrap().session.as_ref().unwrap().node, NODE);
    desk.wait(RING).expire(1);
    assert_eq!(state(&desk, "dan"), MemberState::Joined);
}

fn state_if_any(desk: &Desk, who: &str) -> Option<MemberState> {
    desk.call(1).member(&user(who)).map(|member| member.state)
}
