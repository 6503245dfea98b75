//! As many as fit into a call, each with a connection to each.

use crate::{shell::world::World, support::names::user};
use call_protocol::{Join, MemberState};

const NAMES: [&str; 33] = [
    "p00", "p01", "p02", "p03", "p04", "p05", "p06", "p07", "p08", "p09", "p10", "p11", "p12", "p13", "p14", "p15",
    "p16", "p17", "p18", "p19", "p20", "p21", "p22", "p23", "p24", "p25", "p26", "p27", "p28", "p29", "p30", "p31",
    "late",
];

#[test]
fn thirty_two_in_one_call() {
    let mut world = World::of(&NAMES);
    let (late, crowd) = NAMES.split_last().unwrap();
    let (invited, joining) = crowd[1..].split_at(8);
    world.call(crowd[0], invited);
    for name in invited {
        world.accept(name);
    }
    let id = world.placed_last().id;
    for name in joining {
        world.join(name, Join::Call(id.clone()));
    }
    for name in crowd {
        let view = world.person(name).client.call().unwrap_or_else(|| panic!("{name} is in no call"));
        let joined = view.call.members.iter().filter(|member| member.state == MemberState::Joined).count();
        assert_eq!(joined, crowd.len(), "{name} sees everybody");
        assert_eq!(world.person(name).peers.len(), crowd.len() - 1, "{name} has a connection to each");
    }
    world.join(late, Join::Call(id));
    assert!(!world.person(late).client.is_busy(), "the call is full");

    world.hang_up(crowd[0]);
    let view = world.person(crowd[1]).client.call().unwrap();
    assert_eq!(view.call.member(&user(crowd[0])).map(|member| member.state), Some(MemberState::Left));
    for name in &crowd[1..crowd.len() - 1] {
        world.hang_up(name);
    }
    world.nothing_left();
}
