use crate::{
    support::{
        names::{RING, place, user, users},
        story::Story,
    },
    watcher::{NOTHING, Watcher},
};
use call_protocol::{InviteView, MemberState, MemberView, Previous, Reason, Snapshot};

/// A group call of ann and bob, where cat is rung, as `viewer` sees it.
fn call(viewer: &str) -> Snapshot {
    Story::connected(&place(1, "ann", &["bob", "cat"]), &["bob"]).view(viewer).unwrap()
}

/// `who` was invited once more, by bob, after its part had ended like this.
fn invited_again(call: &mut Snapshot, who: &str, ended: (MemberState, Reason)) {
    call.rev += 2;
    call.now += 1000;
    let now = call.now;
    let member = call.members.iter_mut().find(|member| member.user == user(who)).unwrap();
    *member = MemberView {
        generation: member.generation + 1,
        state: MemberState::Ringing,
        at: now,
        invited_by: Some(user("bob")),
        invite: 1,
        ring_until: Some(now + RING),
        joined_at: None,
        join_no: 0,
        reason: None,
        by: None,
        here: false,
        away: false,
        user: member.user.clone(),
        prev: Some(Previous {
            generation: member.generation,
            state: ended.0,
            reason: Some(ended.1),
            by: Some(user(who)),
            at: call.now,
            joined_at: member.joined_at,
            here: member.here,
        }),
    };
}

#[test]
fn the_end_of_the_earlier_part_is_told_before_the_new_invitation() {
    for (state, reason, expected) in [
        (MemberState::Rejected, Reason::Reject, vec!["rejected cat", "inviting cat"]),
        (MemberState::NoResponse, Reason::NoResponse, vec!["no response cat", "inviting cat"]),
        (MemberState::Left, Reason::HangUp, vec!["inviting cat"]),
    ] {
        let mut ann = Watcher::new("ann");
        let mut snapshot = call("ann");
        ann.take(snapshot.clone());
        invited_again(&mut snapshot, "cat", (state, reason));
        assert_eq!(ann.take(snapshot), expected, "{state:?}");
    }
}

#[test]
fn what_was_told_of_the_earlier_part_is_not_told_again() {
    let mut ann = Watcher::new("ann");
    let mut snapshot = call("ann");
    ann.take(snapshot.clone());
    crate::watcher::set(&mut snapshot, "cat", MemberState::Rejected);
    snapshot.rev += 1;
    assert_eq!(ann.take(snapshot.clone()), ["rejected cat"]);
    invited_again(&mut snapshot, "cat", (MemberState::Rejected, Reason::Reject));
    assert_eq!(ann.take(snapshot), ["inviting cat"]);
}

#[test]
fn who_left_and_is_invited_again_has_left_first() {
    let mut ann = Watcher::new("ann");
    let mut snapshot = call("ann");
    ann.take(snapshot.clone());
    invited_again(&mut snapshot, "bob", (MemberState::Left, Reason::HangUp));
    assert_eq!(ann.take(snapshot), ["left bob", "inviting bob"]);
}

#[test]
fn an_own_new_invitation_first_ends_the_part_before() {
    let mut bob = Watcher::new("bob");
    let mut snapshot = call("bob");
    bob.take(snapshot.clone());
    invited_again(&mut snapshot, "bob", (MemberState::Left, Reason::HangUp));
    snapshot.invite = InviteView { by: user("ann"), callees: users(&["bob"]), user_data: String::new() };
    assert_eq!(bob.take(snapshot), ["end: HangUp by bob after 1000", "received from ann"]);

    let mut cat = Watcher::new("cat");
    let mut snapshot = call("cat");
    cat.take(snapshot.clone());
    invited_again(&mut snapshot, "cat", (MemberState::Cancelled, Reason::Cancelled));
    assert_eq!(cat.take(snapshot), ["not connected: Cancelled by cat", "received from ann"]);
}

#[test]
fn a_page_that_came_back_as_another_session_was_in_the_part_before_all_the_same() {
    let mut bob = Watcher::new("bob");
    let mut snapshot = call("bob");
    bob.take(snapshot.clone());
    // Kicked without hearing of it, and logged in again.
    invited_again(&mut snapshot, "bob", (MemberState::Kicked, Reason::HangUp));
    let own = snapshot.members.iter_mut().find(|member| member.user == user("bob")).unwrap();
    own.prev.as_mut().unwrap().here = false;
    snapshot.invite = InviteView { by: user("ann"), callees: users(&["bob"]), user_data: String::new() };
    assert_eq!(bob.take(snapshot), ["end: HangUp by bob after 1000", "received from ann"]);
}

#[test]
fn an_own_new_invitation_after_the_end_is_only_received() {
    let mut cat = Watcher::new("cat");
    let mut snapshot = call("cat");
    cat.take(snapshot.clone());
    crate::watcher::set(&mut snapshot, "cat", MemberState::Rejected);
    snapshot.rev += 1;
    cat.take(snapshot.clone());
    invited_again(&mut snapshot, "cat", (MemberState::Rejected, Reason::Reject));
    assert_eq!(cat.take(snapshot.clone()), ["received from ann"]);
    snapshot.rev += 1;
    assert_eq!(cat.take(snapshot), NOTHING);
}

/// As a session sees it that missed two parts, when the next one is being claimed: of what was before the last one the
/// snapshot says nothing.
fn rejected_once_more(call: &mut Snapshot, who: &str) {
    invited_again(call, who, (MemberState::Left, Reason::HangUp));
    crate::watcher::set(call, who, MemberState::Rejected);
    let member = call.members.iter_mut().find(|member| member.user == user(who)).unwrap();
    (member.reason, member.prev) = (Some(Reason::Reject), None);
}

#[test]
fn a_part_whose_end_is_not_known_any_more_has_ended_nevertheless() {
    let mut ann = Watcher::new("ann");
    let mut snapshot = call("ann");
    ann.take(snapshot.clone());
    rejected_once_more(&mut snapshot, "bob");
    assert_eq!(ann.take(snapshot), ["left bob", "rejected bob"]);

    let mut bob = Watcher::new("bob");
    let mut snapshot = call("bob");
    bob.take(snapshot.clone());
    rejected_once_more(&mut snapshot, "bob");
    assert_eq!(bob.take(snapshot), ["end: EndedByServer by nobody after 1000"]);
}
