use crate::shell::world::World;

/// ann has called bob, and he has accepted.
pub fn connected() -> World {
    let mut world = World::of(&["ann", "bob"]);
    world.call("ann", &["bob"]).accept("bob");
    world.told("ann", &["call done", "joined bob", "accepted bob", "begin as caller", "audio bob true"]);
    world.told("bob", &["received from ann", "begin as callee", "joined ann", "accept done", "audio ann true"]);
    world
}

#[test]
fn scenario_1_a_call_is_accepted() {
    let mut world = World::of(&["ann", "bob"]);
    world.call("ann", &["bob"]);
    world.told("ann", &["call done"]).told("bob", &["received from ann"]);
    world.wait(5000).accept("bob");
    world.told("ann", &["joined bob", "accepted bob", "begin as caller", "audio bob true"]);
    world.told("bob", &["begin as callee", "joined ann", "accept done", "audio ann true"]);
    for name in ["ann", "bob"] {
        let person = world.person(name);
        assert!(person.client.in_call() && person.microphone && !person.camera, "{name}");
        assert_eq!((person.peers.len(), person.live.len()), (1, 1), "one connection, from the first ring on");
    }
}

#[test]
fn scenario_1_a_callee_that_logs_in_while_it_rings_is_rung() {
    let mut world = World::of(&["ann"]);
    world.call("ann", &["bob"]).wait(10_000);
    world.log_in("bob");
    world.told("bob", &["received from ann"]);
    world.accept("bob");
    world.told("ann", &["call done", "joined bob", "accepted bob", "begin as caller", "audio bob true"]);
    world.told("bob", &["begin as callee", "joined ann", "accept done", "audio ann true"]);
    assert_eq!(world.person("bob").live.len(), 1);
}

#[test]
fn scenario_1_a_camera_that_was_on_before_is_told_after_the_begin() {
    let mut world = World::of(&["ann", "bob"]);
    world.turn("ann", false, true).call("ann", &["bob"]);
    world.told("bob", &["received from ann"]);
    world.accept("bob");
    world.told("bob", &["begin as callee", "joined ann", "accept done", "video ann true", "audio ann true"]);
    world.told("ann", &["call done", "joined bob", "accepted bob", "begin as caller", "audio bob true"]);
}
