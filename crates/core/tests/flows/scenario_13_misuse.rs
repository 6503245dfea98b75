use crate::{scenario_01_accept::connected, shell::world::World};

#[test]
fn scenario_13_a_call_in_a_call_is_refused_and_changes_nothing() {
    let mut world = connected();
    world.call("ann", &["bob"]).told("ann", &["call failed -1203"]);
    world.call("bob", &["cat"]).told("bob", &["call failed -1203"]);
    assert!(world.person("ann").client.in_call() && world.person("bob").client.in_call());
    world.hang_up("ann").nothing_left();
}

#[test]
fn scenario_13_nothing_can_be_answered_or_hung_up_without_a_call() {
    let mut world = World::of(&["ann"]);
    world.accept("ann").reject("ann").hang_up("ann");
    world.told("ann", &["accept failed -1203", "reject failed -1203", "hang up failed -1203"]);
    world.nothing_left();
}

#[test]
fn scenario_13_calling_oneself_alone_is_refused() {
    let mut world = World::of(&["ann"]);
    world.call("ann", &["ann"]).told("ann", &["call failed 101002"]);
    world.nothing_left();
}

#[test]
fn scenario_13_another_device_of_mine_in_a_call_makes_me_busy() {
    let mut world = connected();
    world.cluster.multi_device.set(true);
    world.log_in("bob/phone");
    world.call("bob/phone", &["cat"]).told("bob/phone", &["call failed -1203"]);
    world.told("bob", &[]).told("ann", &[]);
    world.hang_up("bob").nothing_left();
}
