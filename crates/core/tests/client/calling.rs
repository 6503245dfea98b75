use crate::support::*;
use call_core::{CallError, CallEvent, Command, CommandId, Completed, Output, PeerId, PeerInput};
use call_protocol::*;

fn names(events: &[CallEvent]) -> Vec<String> {
    let name = |event: &CallEvent| format!("{event:?}").split([' ', '(', '{']).next().unwrap().to_owned();
    events.iter().map(name).collect()
}

/// ann has placed a call to ben, who is ringing.
fn placed() -> Desk {
    let mut ann = Desk::logged_in("ann");
    ann.command(2, Command::Invite(new_call("ben")));
    let offer = PeerInput::LocalDescription { kind: DescriptionKind::Offer, sdp: "offer".into() };
    ann.peer(PeerId(1), offer);
    let invite = ann.sent().pop().unwrap();
    assert!(matches!(&invite.body, ClientMessage::Invite(invite) if invite.offer.is_some()), "the offer rides along");
    ann.told(Story::ringing("ann").call);
    ann.answer(invite.id, ServerMessage::Done);
    assert!(ann.outputs.contains(&Output::Complete {
        command: CommandId(2),
        result: Ok(Completed::Placed { call: call_id(), room: Room { int: 9, str: String::new() } }),
    }));
    ann.take();
    ann
}

fn rung() -> Desk {
    let mut ben = Desk::logged_in("ben");
    ben.told(Story::ringing("ben").call);
    assert_eq!(names(&ben.events()), ["Received"]);
    ben.take();
    ben
}

#[test]
fn the_end_of_a_call_releases_everything() {
    let mut ann = placed();
    ann.told(Story::ringing("ann").accepted(false).call);
    assert_eq!(names(&ann.events()), ["Joined", "Accepted", "Begin"]);
    assert!(ann.outputs.contains(&Output::StartMicrophone));
    ann.take();
    ann.told(Story::ringing("ann").accepted(false).ended(Reason::HangUp, "ben", &[]).call);
    assert_eq!(names(&ann.events()), ["Left", "End"]);
    assert!(ann.outputs.contains(&Output::ClosePeer { peer: PeerId(1) }));
    assert!(ann.outputs.contains(&Output::ReleaseMedia));
    assert!(!ann.client.is_busy());
}
