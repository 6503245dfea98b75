use crate::{scenario_01_accept::connected, shell::world::World};

#[test]
fn scenario_6_each_toggle_is_told_to_the_other_side_and_not_to_oneself() {
    let mut world = connected();
    world.turn("ann", true, true).told("bob", &["video ann true"]);
    world.turn("ann", false, true).told("bob", &["audio ann false"]);
    world.turn("ann", true, true).told("bob", &["audio ann true"]);
    world.turn("bob", true, true).told("ann", &["video bob true"]);
    world.turn("ann", true, false).told("bob", &["video ann false"]);
    world.told("ann", &[]).told("bob", &[]);
    world.hang_up("ann").nothing_left();
}

#[test]
fn scenario_6_both_at_once_are_told_camera_first() {
    let mut world = connected();
    world.turn("ann", false, true).told("bob", &["video ann true", "audio ann false"]);
    world.hang_up("ann").nothing_left();
}

#[test]
fn scenario_6_no_toggle_is_told_while_it_rings() {
    let mut world = World::of(&["ann", "bob"]);
    world.call("ann", &["bob"]).turn("ann", true, true).turn("bob", true, true).turn("ann", false, false);
    world.told("ann", &["call done"]).told("bob", &["received from ann"]);
    world.hang_up("ann");
}

#[test]
fn scenario_6_in_a_group_everybody_else_is_told() {
    let mut world = World::of(&["ann", "bob", "cat"]);
    world.call("ann", &["bob", "cat"]).accept("bob").accept("cat");
    for name in ["ann", "bob", "cat"] {
        world.person(name).told();
    }
    world.turn("bob", false, true);
    world.told("ann", &["video bob true", "audio bob false"]);
    world.told("cat", &["video bob true", "audio bob false"]);
    world.told("bob", &[]);
    world.hang_up("ann").hang_up("bob").nothing_left();
}
