use crate::{scenario_01_accept::connected, shell::world::World};

#[test]
fn scenario_9_a_second_login_elsewhere_ends_the_call_and_then_kicks_once() {
    let mut world = connected();
    world.log_in("bob/phone");
    world.told("bob", &["end: HangUp by bob after 310", "kicked"]);
    world.told("ann", &["left bob", "end: HangUp by bob after 310"]);
    world.wait(60_000).told("bob", &[]).told("bob/phone", &[]);
    let bob = world.person("bob");
    assert_eq!((bob.client.user(), bob.socket), (None, None), "it stays away");
    world.nothing_left();
}

#[test]
fn scenario_9_a_second_login_of_the_caller_while_it_rings() {
    let mut world = World::of(&["ann", "bob"]);
    world.call("ann", &["bob"]);
    world.log_in("ann/phone");
    world.told("ann", &["call done", "not connected: Cancelled by ann", "kicked"]);
    world.told("bob", &["received from ann", "not connected: Cancelled by ann"]);
    world.nothing_left();
}

#[test]
fn scenario_9_a_second_login_of_the_callee_goes_on_ringing_there() {
    let mut world = World::of(&["ann", "bob"]);
    world.call("ann", &["bob"]);
    world.log_in("bob/phone");
    let told = world.person("bob").told();
    assert_eq!((told.len(), told[0].as_str(), told[2].as_str()), (3, "received from ann", "kicked"), "{told:?}");
    world.told("bob/phone", &["received from ann"]);
    world.accept("bob/phone");
    world.told("ann", &["call done", "joined bob", "accepted bob", "begin as caller", "audio bob true"]);
    world.hang_up("ann").nothing_left();
}

#[test]
fn scenario_9_a_device_that_was_away_when_the_person_moved_does_not_kick_the_other_one() {
    let mut world = connected();
    let now = world.now();
    world.person("bob").asleep_until = Some(now + 120_000);
    world.wait(1_000).log_in("bob/phone");
    world.told("ann", &["left bob", "end: HangUp by bob after 1310"]);
    world.call("ann", &["bob"]);
    world.accept("bob/phone");
    world.wait(150_000);
    let told = world.person("bob").told();
    assert_eq!(told.last().map(String::as_str), Some("kicked"), "{told:?}");
    assert!(world.person("bob/phone").client.in_call());
    world.hang_up("ann").nothing_left();
}

#[test]
fn scenario_9_with_several_devices_allowed_nobody_is_kicked() {
    let mut world = connected();
    world.cluster.multi_device.set(true);
    world.log_in("bob/phone");
    world.told("bob", &[]).told("ann", &[]).told("bob/phone", &[]);
    world.hang_up("bob").nothing_left();
}
