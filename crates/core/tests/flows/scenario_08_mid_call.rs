use crate::{
    scenario_01_accept::connected,
    shell::world::World,
    support::names::{GRACE, user, users},
};
use call_core::CallInfo;
use call_protocol::{Join, Room};

/// What `who` is shown of the call that it was invited into: the inviter's words, and everybody who is there.
fn invited(world: &mut World, who: &str, by: &str, callees: &[&str]) {
    let placed = world.placed_last();
    let info = CallInfo {
        group: true,
        inviter: user(by),
        callees: users(callees),
        user_data: format!("more of {by}"),
        ..placed.clone()
    };
    world.shown_as.insert((placed.id, user(who)), info);
}

/// To a call of two that somebody was invited into.
fn becomes_a_group(world: &mut World) {
    let id = world.placed_last().id;
    world.placed.get_mut(&id).unwrap().group = true;
}

/// What `who` is shown of the call that it joins by itself: not what was said to others.
fn joining(world: &mut World, who: &str) {
    let placed = world.placed_last();
    world.shown_as.insert((placed.id.clone(), user(who)), CallInfo { user_data: String::new(), ..placed });
}

fn group_of_two() -> World {
    let mut world = World::of(&["ann", "bob", "cat", "dan"]);
    world.call("ann", &["bob", "cat"]).accept("bob").reject("cat");
    for name in ["ann", "bob", "cat"] {
        world.person(name).told();
    }
    world
}

#[test]
fn scenario_8_a_callee_invites_somebody_into_a_call_of_two() {
    let mut world = connected();
    world.log_in("cat");
    invited(&mut world, "cat", "bob", &["cat", "ann"]);
    becomes_a_group(&mut world);
    world.invite_more("bob", &["cat"]);
    world.told("ann", &["inviting cat"]).told("bob", &["inviting cat", "invite more done"]);
    world.told("cat", &["received from bob"]);
    world.accept("cat");
    world.told("ann", &["joined cat", "audio cat true"]);
    world.told("bob", &["joined cat", "accepted cat", "audio cat true"]);
    let cat = world.person("cat").told();
    assert_eq!(cat[..4], ["begin as callee", "joined ann", "joined bob", "accept done"]);
    assert_eq!(world.person("cat").live.len(), 2);
    world.hang_up("ann");
    let end = "end: HangUp by ann after 1180";
    world.told("ann", &[end, "hang up done"]).told("bob", &["left ann"]).told("cat", &["left ann"]);
    world.hang_up("bob").nothing_left();
}

#[test]
fn scenario_8_who_was_invited_rejects_or_lets_it_ring() {
    let mut world = connected();
    world.log_in("cat");
    world.log_in("dan");
    becomes_a_group(&mut world);
    invited(&mut world, "cat", "ann", &["cat", "dan", "bob"]);
    invited(&mut world, "dan", "ann", &["cat", "dan", "bob"]);
    world.invite_more("ann", &["cat", "dan"]);
    world.told("ann", &["inviting cat", "inviting dan", "invite more done"]);
    world.told("bob", &["inviting cat", "inviting dan"]);
    world.told("cat", &["received from ann"]).told("dan", &["received from ann"]);
    world.reject("cat");
    world.told("cat", &["not connected: Reject by cat", "reject done"]);
    for name in ["ann", "bob"] {
        world.told(name, &["rejected cat"]);
    }
    world.told("dan", &["rejected cat"]).wait(31_000);
    world.told("dan", &["own ringing expired", "not connected: NoResponse by dan"]);
    for name in ["ann", "bob"] {
        world.told(name, &["no response dan"]);
    }
    world.hang_up("bob").nothing_left();
}

#[test]
fn scenario_8_who_is_busy_is_told_to_the_inviter_alone() {
    let mut world = connected();
    world.log_in("cat");
    world.log_in("dan");
    world.call("cat", &["dan"]).told("cat", &["call done"]).told("dan", &["received from cat"]);
    world.invite_more("ann", &["cat"]);
    world.told("ann", &["busy cat", "invite more done"]).told("bob", &[]).told("cat", &[]);
    world.hang_up("cat").hang_up("ann").nothing_left();
}

#[test]
fn scenario_8_joining_by_id() {
    let mut world = group_of_two();
    let id = world.placed_last().id;
    joining(&mut world, "dan");
    world.join("dan", Join::Call(id));
    let told = world.person("dan").told();
    assert_eq!(told[..4], ["begin as callee", "joined ann", "joined bob", "join done"]);
    world.told("ann", &["joined dan", "audio dan true"]).told("bob", &["joined dan", "audio dan true"]);
    world.told("cat", &[]);
    world.hang_up("ann").hang_up("bob");
    world.told("dan", &["left ann", "left bob", "end: HangUp by bob after 579"]);
    world.nothing_left();
}

#[test]
fn scenario_8_joining_by_group_and_room() {
    let mut world = group_of_two();
    joining(&mut world, "cat");
    let room = Room { int: 77, str: String::new() };
    world.join("dan", Join::Room { group: "other team".into(), room: room.clone() });
    world.told("dan", &["join failed -1203"]);
    world.join("cat", Join::Room { group: "team".into(), room });
    let told = world.person("cat").told();
    assert_eq!(told[..4], ["begin as callee", "joined ann", "joined bob", "join done"], "though it had rejected");
    world.told("ann", &["joined cat", "audio cat true"]);
    world.hang_up("cat").told("ann", &["left cat"]);
    world.hang_up("bob").nothing_left();
}

#[test]
fn scenario_8_a_call_of_two_cannot_be_joined() {
    let mut world = connected();
    world.log_in("cat");
    let id = world.placed_last().id;
    world.join("cat", Join::Call(id)).told("cat", &["join failed -1203"]);
    world.told("ann", &[]).told("bob", &[]);
    world.hang_up("ann").nothing_left();
}

#[test]
fn scenario_8_the_last_one_to_leave_takes_the_only_other_one_along() {
    let mut world = group_of_two();
    let id = world.placed_last().id;
    joining(&mut world, "dan");
    world.join("dan", Join::Call(id));
    world.person("dan").told();
    for name in ["ann", "bob"] {
        world.person(name).told();
    }
    world.hang_up("ann").person("ann").told();
    world.told("bob", &["left ann"]).told("dan", &["left ann"]);
    world.hang_up("dan");
    world.told("dan", &["end: HangUp by dan after 579", "hang up done"]);
    world.told("bob", &["left dan", "end: HangUp by dan after 1180"]);
    world.nothing_left();
}

#[test]
fn scenario_8_who_left_is_invited_again() {
    let mut world = group_of_two();
    joining(&mut world, "dan");
    world.join("dan", Join::Call(world.placed_last().id));
    world.hang_up("ann");
    for name in ["ann", "bob", "dan"] {
        world.person(name).told();
    }
    world.invite_more("bob", &["ann"]);
    world.told("bob", &["inviting ann", "invite more done"]).told("dan", &["inviting ann"]);
    assert_eq!(world.person("ann").told(), ["received from bob"]);
    world.accept("ann");
    assert_eq!(world.person("ann").told()[..4], ["begin as callee", "joined bob", "accepted bob", "joined dan"]);
    world.told("bob", &["joined ann", "accepted ann", "audio ann true"]);
    world.crash("ann").wait(GRACE + 500).told("bob", &["left ann"]);
    world.hang_up("bob").nothing_left();
}
