use crate::{scenario_01_accept::connected, support::names::GRACE};
use call_core::Command;

#[test]
fn scenario_4_a_member_that_is_lost_in_the_middle() {
    let mut world = connected();
    world.cut("bob").wait(GRACE - 1000).told("ann", &[]);
    world.wait(2000);
    let end = format!("end: Offline by bob after {}", GRACE + 290);
    world.told("ann", &["left bob", &end]);
    // Its session is over, too: the server has nothing to say to the new one.
    world.notice("bob").wait(1000);
    let told = world.person("bob").told();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("end: EndedByServer by nobody after"), "{told:?}");
    world.nothing_left();
}

#[test]
fn scenario_4_a_break_within_the_grace_time_is_no_event() {
    let mut world = connected();
    world.cut("bob").wait(5000).notice("bob").wait(GRACE * 2);
    world.told("ann", &[]).told("bob", &[]);
    world.turn("ann", false, true).told("bob", &["video ann true", "audio ann false"]);
    world.hang_up("ann").nothing_left();
}

#[test]
fn scenario_4_what_was_switched_during_a_break_is_told_after_it() {
    let mut world = connected();
    world.cut("bob").turn("ann", true, true).told("bob", &[]);
    world.notice("bob").wait(1000).told("bob", &["video ann true"]);
    world.turn("bob", false, false).told("ann", &["audio bob false"]);
    world.hang_up("ann").nothing_left();
}

#[test]
fn scenario_4_a_page_that_is_loaded_again_ends_its_part_at_once() {
    let mut world = connected();
    world.crash("bob").wait(1000);
    world.log_in("bob");
    world.told("ann", &["left bob", "end: Offline by bob after 1310"]).told("bob", &[]);
    world.nothing_left();
}

#[test]
fn scenario_4_hung_up_while_cut_off_is_over_here_at_once_and_there_on_return() {
    let mut world = connected();
    world.cut("bob").notice("bob").begin("bob", "hang up", Command::HangUp);
    world.told("bob", &["end: HangUp by bob after 280", "hang up done"]).wait(1000);
    let told = world.person("ann").told();
    assert_eq!(told[0], "left bob");
    assert!(told[1].starts_with("end: HangUp by bob"), "{told:?}");
    world.nothing_left();
}

#[test]
fn scenario_4_who_was_cut_off_when_the_other_hung_up_is_told_on_return_how_it_ended() {
    let mut world = connected();
    world.cut("bob").hang_up("ann").wait(5000).notice("bob").wait(1000);
    let end = "end: HangUp by ann after 280";
    world.told("ann", &[end, "hang up done"]).told("bob", &["left ann", end]);
    world.nothing_left();
}

#[test]
fn scenario_4_the_server_ends_the_call() {
    let mut world = connected();
    world.end_by_the_server();
    world.told("ann", &["end: EndedByServer by nobody after 290"]);
    world.told("bob", &["end: EndedByServer by nobody after 290"]);
    world.nothing_left();
}
