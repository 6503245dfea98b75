//! What a beat makes known before the news do.

use crate::shell::{conditions::Conditions, world::World};
use call_protocol::{BeatAnswer, ClientFrame, ClientMessage};

#[test]
fn whenever_a_beat_is_answered_a_callee_has_the_offer_once_it_rings() {
    for at in 0..400 {
        let mut world = World::new(Conditions { store: (20, 20), ..Conditions::calm() }, 1);
        world.log_in("ann");
        world.log_in("bob");
        world.wait(1_000).begin_call("ann", &["bob"]).wait(at);
        let socket = world.person("bob").socket.unwrap();
        world.send_up(socket, ClientFrame { id: 0, body: ClientMessage::Beat(BeatAnswer::default()) });
        world.wait(2_000);
        let bob = world.person("bob");
        assert!(bob.client.is_rung() && !bob.peers.is_empty(), "a beat {at} ms after the call");
    }
}
