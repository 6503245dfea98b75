use crate::support::{
    desk::Desk,
    names::{RING, invite, place, session, user, users},
    story::{self, Story},
};
use call_core::{AuthorityError, Invite, Policy, Refused, Step};
use call_protocol::{ErrorCode, MemberState, Phase, Reason};

const CLAIM_TIME: u64 = 2_000;

/// A group call of ann and bob.
fn group() -> Story {
    Story::connected(&place(1, "ann", &["bob", "cat"]), &["bob"])
}

fn group_desk() -> Desk {
    let desk = Desk::new();
    desk.placed(&place(1, "ann", &["bob", "cat"]));
    desk.accept(1, "bob");
    desk
}

#[test]
fn whoever_is_invited_rings_and_sees_by_whom() {
    let mut story = group();
    story.wait(1_000).invite("bob", &["dan", "eve"], &[]).unwrap();
    let view = story.view("dan").unwrap();
    let dan = view.member(&user("dan")).unwrap();
    assert_eq!((dan.state, dan.generation, dan.invite), (MemberState::Ringing, 1, 1));
    assert_eq!((dan.invited_by.as_ref(), dan.ring_until), (Some(&user("bob")), Some(story.now + RING)));
    assert_eq!((view.invite.by, view.invite.user_data), (user("bob"), "data of bob".into()));
    assert_eq!((view.invite.callees, view.caller), (users(&["dan", "eve"]), user("ann")));
    assert_eq!(story.view("ann").unwrap().invite.callees, users(&["bob", "cat"]));
    story.accept("dan").unwrap();
    assert_eq!(story.call.member(&user("dan")).unwrap().join_no, 3);
}

#[test]
fn nobody_sees_whose_claim_is_being_taken() {
    let mut story = group();
    let step = story::invite(&story.call, "ann", &["dan"]);
    story.take(step).unwrap();
    assert_eq!(story.state("dan"), MemberState::Claiming);
    assert_eq!(story.view("dan"), None);
    assert_eq!(story.view("bob").unwrap().member(&user("dan")), None);
}

#[test]
fn the_inviter_hears_who_is_busy() {
    let mut story = group();
    story.invite("bob", &["dan", "eve"], &["dan"]).unwrap();
    story.assert_out("dan", MemberState::Busy, Reason::LineBusy, "dan");
    assert_eq!(story.state("eve"), MemberState::Ringing);
    assert_eq!(story.view("dan"), None);
    let seen = story.view("bob").unwrap().member(&user("dan")).cloned().unwrap();
    assert_eq!((seen.state, seen.invited_by), (MemberState::Busy, Some(user("bob"))));
}

#[test]
fn who_is_out_is_invited_again_under_a_new_generation() {
    let mut story = Story::connected(&place(1, "ann", &["bob", "cat", "dan"]), &["bob", "cat"]);
    story.leave("cat").unwrap();
    story.reject("dan").unwrap();
    story.invite("bob", &["cat", "dan"], &["dan"]).unwrap();
    let seen = story.view("ann").unwrap();
    let cat = seen.member(&user("cat")).unwrap();
    assert_eq!((cat.generation, cat.state, cat.joined_at), (2, MemberState::Ringing, None));
    let before = cat.prev.as_ref().unwrap();
    assert_eq!((before.generation, before.state, before.reason), (1, MemberState::Left, Some(Reason::HangUp)));
    let dan = seen.member(&user("dan")).unwrap();
    assert_eq!((dan.generation, dan.state), (2, MemberState::Busy));
    assert_eq!(dan.prev.as_ref().map(|prev| prev.state), Some(MemberState::Rejected));
    // A late command for the first membership does nothing to the second one.
    let late = Step::Accept { user: user("cat"), generation: 1, session: session("cat") };
    assert_eq!(story.take(late), Err(Refused::WrongGeneration));
    // And who did not learn of it still sees how the last one ended that it knew.
    let own = story.view("dan").unwrap();
    assert_eq!((own.member(&user("dan")).unwrap().generation, own.invite.by), (1, user("ann")));
}

#[test]
fn who_is_in_the_call_is_left_alone() {
    let mut story = group();
    assert_eq!(story.invite("ann", &["bob", "cat"], &[]), Ok(false));
    assert_eq!(story.call.invites.len(), 1);
    story.invite("ann", &["bob", "dan"], &[]).unwrap();
    assert_eq!((story.state("bob"), story.state("dan")), (MemberState::Joined, MemberState::Ringing));
    assert_eq!(story.call.invites[1].callees, users(&["dan"]));
}

#[test]
fn only_who_has_joined_invites_and_through_its_session() {
    let mut story = group();
    for who in ["cat", "ann/phone"] {
        assert_eq!(story.invite(who, &["dan"], &[]), Err(Refused::WrongState));
    }
    assert_eq!(story.invite("eve", &["dan"], &[]), Err(Refused::NotMember));
    story.leave("bob").unwrap();
    assert_eq!(story.invite("bob", &["dan"], &[]), Err(Refused::WrongState));
}

#[test]
fn a_call_of_two_becomes_a_group_call_once_it_is_connected() {
    let mut story = Story::ringing(&place(1, "ann", &["bob"]));
    assert_eq!(story.invite("ann", &["cat"], &[]), Err(Refused::WrongState));
    story.accept("bob").unwrap();
    story.invite("bob", &["cat"], &["cat"]).unwrap();
    assert!(!story.call.group, "nobody came");
    story.invite("bob", &["dan"], &[]).unwrap();
    assert!(story.call.group);
    story.leave("ann").unwrap();
    assert_eq!(story.call.phase, Phase::Connected);
    story.accept("dan").unwrap();
}

#[test]
fn inviting_while_a_group_rings() {
    let mut story = Story::ringing(&place(1, "ann", &["bob", "cat"]));
    story.invite("ann", &["dan"], &[]).unwrap();
    story.reject("bob").unwrap();
    story.reject("cat").unwrap();
    assert_eq!(story.call.phase, Phase::Ringing);
    story.accept("dan").unwrap();
    assert_eq!(story.call.phase, Phase::Connected);
}

#[test]
fn each_invitation_rings_for_its_own_time() {
    let mut story = group();
    story.wait(10_000).invite("ann", &["dan"], &[]).unwrap();
    story.wait(RING - 10_000).expire().unwrap();
    assert_eq!((story.state("cat"), story.state("dan")), (MemberState::NoResponse, MemberState::Ringing));
    story.wait(10_000).expire().unwrap();
    story.assert_out("dan", MemberState::NoResponse, Reason::NoResponse, "dan");
}

#[test]
fn who_waits_alone_ends_with_who_did_not_come() {
    for (busy, reason, by) in [(vec!["dan"], Reason::LineBusy, "dan"), (vec![], Reason::Reject, "dan")] {
        let mut story = Story::connected(&place(1, "ann", &["bob", "cat"]), &["bob", "cat"]);
        let step = story::invite(&story.call, "ann", &["dan"]);
        story.take(step).unwrap();
        story.leave("bob").unwrap();
        story.leave("cat").unwrap();
        assert_eq!(story.call.phase, Phase::Connected, "dan may yet come");
        let is_busy = !busy.is_empty();
        let step = story::ring_invited(&story.call, &busy);
        story.take(step).unwrap();
        if !is_busy {
            story.reject("dan").unwrap();
        }
        story.assert_ended(reason, by);
        story.assert_out("ann", MemberState::Left, reason, by);
    }
}

#[test]
fn a_fence_ends_a_call_as_the_last_one_who_left_did() {
    let mut story = Story::connected(&place(1, "ann", &["bob", "cat"]), &["bob", "cat"]);
    let step = story::invite(&story.call, "ann", &["dan"]);
    story.take(step).unwrap();
    let until = story.now + CLAIM_TIME;
    story.leave("bob").unwrap();
    story.wait(10).away("cat").unwrap();
    story.now = until - 1;
    story.expire().unwrap();
    assert_eq!(story.state("dan"), MemberState::Claiming);
    story.wait(1).expire().unwrap();
    assert_eq!((story.state("dan"), story.call.phase), (MemberState::Aborted, Phase::Connected));

    let step = story::invite(&story.call, "ann", &["dan"]);
    story.take(step).unwrap();
    story.back("cat").unwrap();
    story.leave("cat").unwrap();
    story.wait(CLAIM_TIME).take(Step::Fence).unwrap();
    story.assert_ended(Reason::HangUp, "cat");
    story.assert_out("ann", MemberState::Left, Reason::HangUp, "cat");
}

#[test]
fn no_more_than_thirty_two_and_no_endless_growth() {
    let names: Vec<String> = (0..300).map(|number| format!("user{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut story = group();
    story.invite("ann", &names[..29], &[]).unwrap();
    assert_eq!(story.invite("ann", &["dan"], &[]), Err(Refused::Full));

    let mut story = group();
    let refused = names.chunks(2).find_map(|pair| {
        let answer = story.invite("ann", pair, &[]).err();
        if answer.is_none() {
            pair.iter().for_each(|callee| assert_eq!(story.reject(callee), Ok(true)));
        }
        answer
    });
    assert_eq!(refused, Some(Refused::Full));
    assert!((100..=128).contains(&story.call.members.len()), "{}", story.call.members.len());
}

#[test]
fn their_claims_are_taken_and_given_back() {
    let desk = group_desk();
    desk.invite(&invite(1, "ann", &["dan", "ann", "dan"])).unwrap();
    assert_eq!(desk.current("dan"), Some(desk.call(1)));
    desk.reject(1, "dan");
    assert_eq!(desk.current("dan"), None);
    for who in ["cat", "bob"] {
        desk.act(1, story::leave(&desk.call(1), who)).unwrap();
    }
    assert_eq!(desk.call(1).phase, Phase::Ended);
    desk.assert_nothing_left();
}

#[test]
fn who_is_in_another_call_is_busy() {
    let desk = group_desk();
    desk.placed(&place(2, "dan", &["eve"]));
    desk.invite(&invite(1, "ann", &["dan"])).unwrap();
    assert_eq!(desk.call(1).member(&user("dan")).unwrap().state, MemberState::Busy);
    assert_eq!(desk.current("dan"), Some(desk.call(2)));
}

#[test]
fn a_repeated_invitation_is_the_same_one() {
    let desk = group_desk();
    desk.invite(&invite(1, "ann", &["dan"])).unwrap();
    desk.reject(1, "dan");
    desk.invite(&invite(1, "ann", &["dan"])).unwrap();
    assert_eq!(desk.call(1).member(&user("dan")).unwrap().state, MemberState::Rejected, "rung once");
    desk.invite(&Invite { number: 2, ..invite(1, "ann", &["dan"]) }).unwrap();
    assert_eq!(desk.call(1).member(&user("dan")).unwrap().generation, 2);
}

#[test]
fn what_cannot_be_invited() {
    let desk = group_desk();
    let code = |invite: Invite| desk.invite(&invite).unwrap_err().code();
    assert_eq!(code(invite(1, "ann", &[])), ErrorCode::BadUser);
    assert_eq!(code(invite(1, "ann", &["ann"])), ErrorCode::BadUser);
    let nine = ["c", "d", "e", "f", "g", "h", "i", "j", "k"];
    assert_eq!(code(invite(1, "ann", &nine)), ErrorCode::BadUser);
    assert_eq!(code(invite(9, "ann", &["dan"])), ErrorCode::NoSuchCall);
    assert_eq!(code(invite(1, "eve", &["dan"])), ErrorCode::NoSuchCall);
    assert_eq!(code(Invite { generation: 2, ..invite(1, "ann", &["dan"]) }), ErrorCode::WrongState);

    let small = Desk::with(Policy { max_members: 3, ..Policy::default() });
    small.placed(&place(1, "ann", &["bob", "cat"]));
    assert_eq!(small.invite(&invite(1, "ann", &["dan"])), Err(AuthorityError::BadCallees));
}
