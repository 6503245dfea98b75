use crate::{shell::world::World, support::names::GRACE};

fn ringing(names: &[&'static str]) -> World {
    let mut world = World::of(names);
    world.call("ann", &names[1..]);
    world.told("ann", &["call done"]);
    for name in &names[1..] {
        world.told(name, &["received from ann"]);
    }
    world
}

#[test]
fn scenario_7_one_accepts_one_rejects_one_lets_it_ring_and_the_last_one_leaves() {
    let mut world = ringing(&["ann", "bob", "cat", "dan"]);
    world.accept("bob");
    world.told("ann", &["joined bob", "accepted bob", "begin as caller", "audio bob true"]);
    world.told("bob", &["begin as callee", "joined ann", "accept done", "audio ann true"]);
    world.told("cat", &["joined bob"]).told("dan", &["joined bob"]);

    world.reject("cat");
    world.told("ann", &["rejected cat"]).told("bob", &["rejected cat"]).told("dan", &["rejected cat"]);
    world.told("cat", &["not connected: Reject by cat", "reject done"]);

    world.wait(30_000);
    world.told("ann", &["no response dan"]).told("bob", &["no response dan"]).told("cat", &[]);
    world.told("dan", &["own ringing expired", "not connected: NoResponse by dan"]);

    world.hang_up("bob");
    let end = "end: HangUp by bob after 30580";
    world.told("bob", &[end, "hang up done"]).told("ann", &["left bob", end]);
    world.told("cat", &[]).told("dan", &[]).nothing_left();
}

#[test]
fn scenario_7_all_reject() {
    let mut world = ringing(&["ann", "bob", "cat"]);
    world.reject("bob").told("cat", &["rejected bob"]);
    world.reject("cat");
    world.told("ann", &["rejected bob", "rejected cat", "not connected: Reject by cat"]);
    world.told("bob", &["not connected: Reject by bob", "reject done"]);
    world.told("cat", &["not connected: Reject by cat", "reject done"]);
    world.nothing_left();
}

#[test]
fn scenario_7_all_let_it_ring() {
    let mut world = ringing(&["ann", "bob", "cat"]);
    world.wait(31_000);
    world.told("ann", &["no response bob cat", "not connected: NoResponse by bob"]);
    for name in ["bob", "cat"] {
        world.told(name, &["own ringing expired", &format!("not connected: NoResponse by {name}")]);
    }
    world.nothing_left();
}

#[test]
fn scenario_7_the_caller_cancels() {
    let mut world = ringing(&["ann", "bob", "cat"]);
    world.hang_up("ann").told("ann", &["not connected: Cancelled by ann", "hang up done"]);
    for name in ["bob", "cat"] {
        world.told(name, &["not connected: Cancelled by ann"]);
    }
    world.nothing_left();
}

#[test]
fn scenario_7_a_busy_callee_is_told_to_the_inviter_alone() {
    let mut world = World::of(&["ann", "bob", "cat", "dan"]);
    world.call("dan", &["bob"]);
    world.told("dan", &["call done"]).told("bob", &["received from dan"]);
    world.call("ann", &["bob", "cat"]);
    world.told("ann", &["busy bob", "call done"]).told("cat", &["received from ann"]).told("bob", &[]);
    world.accept("cat");
    world.told("ann", &["joined cat", "accepted cat", "begin as caller", "audio cat true"]);
    world.hang_up("ann").hang_up("dan").nothing_left();
}

#[test]
fn scenario_7_all_are_busy() {
    let mut world = World::of(&["ann", "bob", "cat", "dan"]);
    world.call("dan", &["bob"]).accept("bob");
    world.call("cat", &["eve"]);
    world.call("ann", &["bob", "cat"]);
    world.told("ann", &["busy bob", "busy cat", "not connected: LineBusy by bob", "call done"]);
    world.hang_up("dan").hang_up("cat").nothing_left();
}

#[test]
fn scenario_7_three_talk_each_pair_is_connected_and_the_caller_leaves_first() {
    let mut world = ringing(&["ann", "bob", "cat"]);
    world.accept("bob").accept("cat");
    world.told(
        "ann",
        &[
            "joined bob",
            "accepted bob",
            "begin as caller",
            "audio bob true",
            "joined cat",
            "accepted cat",
            "audio cat true",
        ],
    );
    world.told(
        "bob",
        &["begin as callee", "joined ann", "accept done", "audio ann true", "joined cat", "audio cat true"],
    );
    let cat = world.person("cat").told();
    assert_eq!(cat[..4], ["joined bob", "begin as callee", "joined ann", "accept done"]);
    let mut tracks = cat[4..].to_vec();
    tracks.sort();
    assert_eq!(tracks, ["audio ann true", "audio bob true"]);
    for name in ["ann", "bob", "cat"] {
        assert_eq!(world.person(name).live.len(), 2, "{name}");
    }
    world.hang_up("ann").told("ann", &["end: HangUp by ann after 580", "hang up done"]);
    world.told("bob", &["left ann"]).told("cat", &["left ann"]);
    world.hang_up("cat").told("cat", &["end: HangUp by cat after 580", "hang up done"]);
    world.told("bob", &["left cat", "end: HangUp by cat after 880"]);
    world.told("ann", &[]).nothing_left();
}

#[test]
fn scenario_7_a_lost_member_leaves_after_its_grace_and_the_others_go_on() {
    let mut world = ringing(&["ann", "bob", "cat"]);
    world.accept("bob").accept("cat");
    for name in ["ann", "bob", "cat"] {
        world.person(name).told();
    }
    world.crash("cat").wait(GRACE + 500);
    world.told("ann", &["left cat"]).told("bob", &["left cat"]);
    world.hang_up("bob").nothing_left();
}
