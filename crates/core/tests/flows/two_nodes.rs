use crate::{
    acts::SOON,
    shell::{conditions::Conditions, world::World},
};
use call_core::RING_AGAIN;
use call_protocol::Millis;

/// ann and bob are connected to two nodes that do not hear each other.
fn apart() -> World {
    let conditions = Conditions { skews: vec![0, 0], ..Conditions::calm() };
    for seed in 0.. {
        let mut world = World::new(conditions.clone(), seed);
        world.log_in("ann");
        world.log_in("bob");
        let node = |world: &World, who| world.sockets[&world.people[who].socket.expect("connected")].node;
        if node(&world, "ann") != node(&world, "bob") {
            world.cluster.bus_loss.set(1000);
            return world;
        }
    }
    unreachable!("seeds enough")
}

fn heals_at(millis: Millis) -> Vec<String> {
    let mut world = apart();
    world.call("ann", &["bob"]);
    world.told("bob", &[]).wait(millis - SOON);
    world.cluster.bus_loss.set(0);
    let next = RING_AGAIN.iter().find(|at| **at > millis).expect("another attempt");
    world.wait(next - millis + SOON);
    let told = world.person("bob").told();
    world.accept("bob");
    assert!(world.person("bob").client.in_call() && world.person("ann").client.in_call());
    assert_eq!(world.person("bob").peers.len(), 1, "the connection of the offer that came along");
    world.hang_up("ann").nothing_left();
    told
}

#[test]
fn a_ring_that_is_lost_between_nodes_is_passed_on_again_and_again() {
    for lost_until in [300, 700, 1500, 3500] {
        assert_eq!(heals_at(lost_until), ["received from ann"], "lost until {lost_until}");
    }
}

#[test]
fn a_ring_that_all_nodes_have_heard_of_is_shown_once() {
    let mut world = apart();
    world.cluster.bus_loss.set(0);
    world.call("ann", &["bob"]).wait(5000).told("bob", &["received from ann"]);
    world.hang_up("ann").nothing_left();
}

#[test]
fn who_did_not_hear_of_a_ring_at_all_hears_of_it_by_the_beat() {
    let mut world = apart();
    world.call("ann", &["bob"]).wait(5000);
    world.cluster.bus_loss.set(0);
    world.told("bob", &[]).wait(15_000).told("bob", &["received from ann"]);
    world.hang_up("ann").nothing_left();
}
