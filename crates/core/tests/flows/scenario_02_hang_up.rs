use crate::scenario_01_accept::connected;
use call_protocol::Millis;

#[test]
fn scenario_2_either_side_hangs_up() {
    for (leaver, other) in [("ann", "bob"), ("bob", "ann")] {
        let mut world = connected();
        world.wait(61_000).hang_up(leaver);
        let end = format!("end: HangUp by {leaver} after 61280");
        world.told(leaver, &[&end, "hang up done"]);
        world.told(other, &[&format!("left {leaver}"), &end]);
        world.nothing_left();
    }
}

#[test]
fn scenario_2_both_hang_up_at_once() {
    let mut world = connected();
    world.begin("ann", "hang up", call_core::Command::HangUp);
    world.begin("bob", "hang up", call_core::Command::HangUp).wait(500);
    let end = "end: HangUp by ann after 280";
    world.told("ann", &[end, "hang up done"]).told("bob", &["left ann", end, "hang up done"]);
    world.nothing_left();
}

#[test]
fn scenario_2_accepted_and_hung_up_in_one_breath() {
    let mut world = crate::shell::world::World::of(&["ann", "bob"]);
    world.call("ann", &["bob"]);
    world.begin("bob", "accept", call_core::Command::Accept);
    world.wait(20);
    world.begin("bob", "hang up", call_core::Command::HangUp).wait(500);
    let end = "end: HangUp by bob after 1";
    world.told("bob", &["received from ann", "begin as callee", "joined ann", "accept done", end, "hang up done"]);
    world.told("ann", &["call done", "joined bob", "accepted bob", "begin as caller", "left bob", end]);
    world.nothing_left();
}

#[test]
fn scenario_2_after_a_call_the_next_one_works() {
    let mut world = connected();
    world.hang_up("bob").told("bob", &["end: HangUp by bob after 280", "hang up done"]);
    world.told("ann", &["left bob", "end: HangUp by bob after 280"]);
    world.call("bob", &["ann"]).accept("ann");
    world.told("bob", &["call done", "joined ann", "accepted ann", "begin as caller", "audio ann true"]);
    world.told("ann", &["received from bob", "begin as callee", "joined bob", "accept done", "audio bob true"]);
    world.hang_up("bob").nothing_left();
}

#[test]
fn scenario_2_hung_up_while_the_server_cannot_be_reached() {
    let mut world = connected();
    world.wait(60_000).cut("ann").wait(2_000).notice("ann");
    world.person("ann").told();
    world.person("ann").no_server_until = Some(Millis::MAX);
    world.wait(2_000).hang_up("ann");
    let end = "end: HangUp by ann after 64280";
    world.told("ann", &[end, "hang up done"]).told("bob", &[]).wait(3_000);
    world.person("ann").no_server_until = None;
    world.wait(8_000).told("bob", &["left ann", end]);
    world.nothing_left();
}
