use crate::shell::world::World;

fn ringing_on_two() -> World {
    let mut world = World::of(&["ann", "bob", "bob/phone"]);
    world.call("ann", &["bob"]);
    for device in ["bob", "bob/phone"] {
        world.told(device, &["received from ann"]);
    }
    world.told("ann", &["call done"]);
    world
}

#[test]
fn scenario_3_answered_on_another_device() {
    let mut world = ringing_on_two();
    world.accept("bob/phone");
    world.told("bob/phone", &["begin as callee", "joined ann", "accept done", "audio ann true"]);
    world.told("bob", &["not connected: AnsweredElsewhere by bob"]);
    world.told("ann", &["joined bob", "accepted bob", "begin as caller", "audio bob true"]);
    world.hang_up("ann").told("bob", &[]);
    world.nothing_left();
}

#[test]
fn scenario_3_rejected_on_another_device() {
    let mut world = ringing_on_two();
    world.reject("bob");
    world.told("bob", &["not connected: Reject by bob", "reject done"]);
    world.told("bob/phone", &["not connected: RejectedElsewhere by bob"]);
    world.told("ann", &["rejected bob", "not connected: Reject by bob"]);
    world.nothing_left();
}

#[test]
fn scenario_3_cancelled_on_all_devices() {
    let mut world = ringing_on_two();
    world.hang_up("ann");
    for device in ["bob", "bob/phone"] {
        world.told(device, &["not connected: Cancelled by ann"]);
    }
    world.nothing_left();
}

#[test]
fn scenario_3_two_devices_answer_at_once_and_the_first_one_wins() {
    let mut world = ringing_on_two();
    world.begin("bob", "accept", call_core::Command::Accept);
    world.begin("bob/phone", "accept", call_core::Command::Accept).wait(500);
    world.told("bob", &["begin as callee", "joined ann", "accept done", "audio ann true"]);
    world.told("bob/phone", &["not connected: AnsweredElsewhere by bob", "accept failed -1203"]);
    world.told("ann", &["joined bob", "accepted bob", "begin as caller", "audio bob true"]);
    world.hang_up("bob").nothing_left();
}
