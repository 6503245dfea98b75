use crate::shell::world::World;

#[test]
fn scenario_12_two_who_call_each_other_are_connected() {
    let mut world = World::of(&["ann", "bob"]);
    world.begin_call("ann", &["bob"]).begin_call("bob", &["ann"]).wait(500);
    // The one whose invitation came first is the caller of both.
    world.told("ann", &["call done", "joined bob", "accepted bob", "begin as caller", "audio bob true"]);
    let told = world.person("bob").told();
    assert!(!told.iter().any(|line| line.starts_with("received") || line.starts_with("busy")), "{told:?}");
    assert_eq!(told, ["begin as callee", "joined ann", "call done", "audio ann true"]);
    for name in ["ann", "bob"] {
        let person = world.person(name);
        assert_eq!((person.peers.len(), person.live.len()), (1, 1), "{name}");
    }
    world.hang_up("ann").nothing_left();
}

#[test]
fn scenario_12_calling_the_one_who_rings_me_accepts() {
    let mut world = World::of(&["ann", "bob"]);
    world.call("ann", &["bob"]).told("bob", &["received from ann"]);
    world.call("bob", &["ann"]);
    world.told("bob", &["begin as callee", "joined ann", "call done", "audio ann true"]);
    world.told("ann", &["call done", "joined bob", "accepted bob", "begin as caller", "audio bob true"]);
    world.hang_up("bob").nothing_left();
}

#[test]
fn scenario_12_three_in_a_ring_find_each_other_busy() {
    let mut world = World::of(&["ann", "bob", "cat"]);
    world.begin_call("ann", &["bob"]).begin_call("bob", &["cat"]).begin_call("cat", &["ann"]).wait(500);
    world.told("ann", &["call done"]);
    world.told("bob", &["received from ann", "call failed -1203"]);
    world.told("cat", &["busy ann", "not connected: LineBusy by ann", "call done"]);
    world.hang_up("ann").nothing_left();
}
