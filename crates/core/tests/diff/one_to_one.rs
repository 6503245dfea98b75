use crate::{
    support::{
        names::{GRACE, RING, call_id, place, user, users},
        story::Story,
    },
    watcher::{NOTHING, Watcher, at_first_sight},
};
use call_core::{CallEvent, Place, Role, Step};
use call_protocol::{MediaType, Reason, Room};

fn ringing() -> (Story, Watcher, Watcher) {
    let story = Story::ringing(&place(1, "ann", &["bob"]));
    let (mut ann, mut bob) = (Watcher::new("ann"), Watcher::new("bob"));
    assert_eq!(ann.look(&story), NOTHING);
    assert_eq!(bob.look(&story), ["received from ann"]);
    (story, ann, bob)
}

fn connected() -> (Story, Watcher, Watcher) {
    let (mut story, mut ann, mut bob) = ringing();
    story.wait(1000).accept("bob").unwrap();
    assert_eq!(ann.look(&story), ["joined bob", "accepted bob", "begin as caller"]);
    assert_eq!(bob.look(&story), ["begin as callee", "joined ann"]);
    (story, ann, bob)
}

#[test]
fn the_one_who_hangs_up_is_told_the_end_and_the_other_first_who_left() {
    for (leaver, other) in [("ann", "bob"), ("bob", "ann")] {
        let (mut story, ann, bob) = connected();
        story.wait(2500).leave(leaver).unwrap();
        let (mut gone, mut left) = if leaver == "ann" { (ann, bob) } else { (bob, ann) };
        let end = format!("end: HangUp by {leaver} after 2500");
        assert_eq!(gone.look(&story), std::slice::from_ref(&end), "{leaver}");
        assert_eq!(left.look(&story), [format!("left {leaver}"), end], "{other}");
    }
}

#[test]
fn a_cancelled_call_is_only_not_connected_on_both_sides() {
    let (mut story, mut ann, mut bob) = ringing();
    story.leave("ann").unwrap();
    assert_eq!(ann.look(&story), ["not connected: Cancelled by ann"]);
    assert_eq!(bob.look(&story), ["not connected: Cancelled by ann"]);
}

#[test]
fn the_caller_is_told_who_rejected_before_it_is_told_the_end() {
    let (mut story, mut ann, mut bob) = ringing();
    story.reject("bob").unwrap();
    assert_eq!(ann.look(&story), ["rejected bob", "not connected: Reject by bob"]);
    assert_eq!(bob.look(&story), ["not connected: Reject by bob"]);
}

#[test]
fn a_callee_whose_own_ringing_expired_gets_no_no_response() {
    let (mut story, mut ann, mut bob) = ringing();
    story.wait(RING).expire().unwrap();
    assert_eq!(ann.look(&story), ["no response bob", "not connected: NoResponse by bob"]);
    assert_eq!(bob.look(&story), ["own ringing expired", "not connected: NoResponse by bob"]);
    assert!(ann.told.contains(&CallEvent::NoResponse { inviter: user("ann"), users: users(&["bob"]) }));
    assert!(bob.told.contains(&CallEvent::RingingTimeout { inviter: user("ann"), user: user("bob") }));
}

#[test]
fn a_busy_callee_is_told_to_the_calling_session_alone() {
    let story = Story::busy(&place(1, "ann", &["bob"]), &["bob"]);
    assert_eq!(at_first_sight(&story, "ann"), ["busy bob", "not connected: LineBusy by bob"]);
    assert_eq!(at_first_sight(&story, "ann/phone"), NOTHING);
    assert_eq!(story.view("bob"), None);
}

#[test]
fn a_caller_lost_while_ringing_is_reason_offline_and_nothing_else() {
    let (mut story, mut ann, mut bob) = ringing();
    story.away("ann").unwrap();
    assert_eq!((ann.look(&story), bob.look(&story)), (vec![], vec![]));
    story.wait(GRACE).expire().unwrap();
    assert_eq!(bob.look(&story), ["not connected: Offline by ann"]);
    assert_eq!(ann.look(&story), ["not connected: Offline by ann"]);
}

#[test]
fn a_member_lost_in_the_middle_has_left_before_the_call_ends() {
    let (mut story, mut ann, mut bob) = connected();
    story.wait(700).away("bob").unwrap();
    assert_eq!((ann.look(&story), bob.look(&story)), (vec![], vec![]));
    story.wait(GRACE).expire().unwrap();
    assert_eq!(ann.look(&story), ["left bob".to_owned(), format!("end: Offline by bob after {}", 700 + GRACE)]);
    assert_eq!(bob.look(&story), [format!("end: Offline by bob after {}", 700 + GRACE)]);
}

#[test]
fn the_server_ends_a_call_by_nobody() {
    let (mut story, mut ann, mut bob) = ringing();
    story.take(Step::EndByServer).unwrap();
    assert_eq!(ann.look(&story), ["not connected: EndedByServer by nobody"]);
    assert_eq!(bob.look(&story), ["not connected: EndedByServer by nobody"]);

    let (mut story, mut ann, mut bob) = connected();
    story.wait(30).take(Step::EndByServer).unwrap();
    assert_eq!(ann.look(&story), ["end: EndedByServer by nobody after 30"]);
    assert_eq!(bob.look(&story), ["end: EndedByServer by nobody after 30"]);
}

#[test]
fn another_device_of_mine_answered() {
    let (mut story, _, mut bob) = ringing();
    let mut phone = Watcher::new("bob/phone");
    assert_eq!(phone.look(&story), ["received from ann"]);
    story.accept("bob").unwrap();
    assert_eq!(bob.look(&story), ["begin as callee", "joined ann"]);
    assert_eq!(phone.look(&story), ["not connected: AnsweredElsewhere by bob"]);
    story.leave("bob").unwrap();
    assert_eq!(phone.look(&story), NOTHING, "over is over");
}

#[test]
fn another_device_of_mine_rejected() {
    let (mut story, _, mut bob) = ringing();
    let mut phone = Watcher::new("bob/phone");
    phone.look(&story);
    story.reject("bob/phone").unwrap();
    assert_eq!(phone.look(&story), ["not connected: Reject by bob"]);
    assert_eq!(bob.look(&story), ["not connected: RejectedElsewhere by bob"]);
}

#[test]
fn crossing_calls_begin_for_the_other_side_as_callee_without_being_received() {
    let (mut story, mut ann, _) = ringing();
    let mut phone = Watcher::new("bob");
    let cross =
        Step::Cross { user: user("bob"), session: crate::support::names::session("bob"), media: MediaType::Audio };
    story.take(cross).unwrap();
    assert_eq!(phone.look(&story), ["begin as callee", "joined ann"]);
    assert_eq!(ann.look(&story), ["joined bob", "accepted bob", "begin as caller"]);
}

#[test]
fn every_payload_describes_the_call_as_this_member_knows_it() {
    let place = Place {
        media: MediaType::Video,
        room: Room { int: 0, str: "room".into() },
        chat_group: Some("team".into()),
        group: true,
        ..place(1, "ann", &["bob"])
    };
    let mut story = Story::ringing(&place);
    let (mut ann, mut bob) = (Watcher::new("ann"), Watcher::new("bob"));
    ann.look(&story);
    bob.look(&story);
    story.accept("bob").unwrap();
    story.wait(1).leave("ann").unwrap();
    ann.look(&story);
    bob.look(&story);
    for (watcher, role) in [(&ann, Role::Caller), (&bob, Role::Callee)] {
        let infos: Vec<_> = watcher.told.iter().filter_map(info).collect();
        assert_eq!(infos.len(), if role == Role::Caller { 2 } else { 3 }, "{:?}", watcher.told);
        for info in infos {
            assert_eq!((&info.id, &info.room.str, info.room.int), (&call_id(1), &"room".to_owned(), 0));
            assert_eq!((info.media, info.role, info.group), (MediaType::Video, role, true));
            assert_eq!(info.chat_group.as_deref(), Some("team"));
            assert_eq!((&info.caller, &info.inviter, &info.callees), (&user("ann"), &user("ann"), &users(&["bob"])));
            assert_eq!(info.user_data, "data of ann");
        }
    }
    assert!(matches!(ann.told.last(), Some(CallEvent::End { reason: Reason::HangUp, duration: 1, .. })));
}

fn info(event: &CallEvent) -> Option<&call_core::CallInfo> {
    match event {
        CallEvent::Received(call) | CallEvent::Begin(call) => Some(call),
        CallEvent::NotConnected { call, .. } | CallEvent::End { call, .. } => Some(call),
        _ => None,
    }
}
