//! What a client makes of a call that its login is answered with.
use crate::{
    desk::Desk,
    support::{Story, account, description, user, welcome},
};
use call_core::{CallEvent, Command, Order, Output, SocketEvent};
use call_protocol::{ServerMessage, Signal, Welcome};

/// Ben logs in while ann calls.
fn log_in(offer: Option<Signal>) -> Desk {
    let mut ben = Desk::new();
    ben.command(1, Command::Login(account("ben")));
    ben.socket(SocketEvent::Open);
    let login = ben.sent().pop().unwrap();
    let call = Some(Story::ringing("ben").call);
    ben.answer(login.id, ServerMessage::Welcome(Welcome { offer, ..welcome(call) }));
    ben
}

fn opened(desk: &Desk) -> Vec<&Output> {
    desk.outputs.iter().filter(|output| matches!(output, Output::OpenPeer { .. } | Output::Negotiate { .. })).collect()
}

#[test]
fn the_offer_that_comes_with_it_prepares_the_connection() {
    let ben = log_in(Some(description("offer")));
    assert!(ben.events().iter().any(|event| matches!(event, CallEvent::Received(_))));
    let Output::OpenPeer { user: peer, offers, .. } = opened(&ben)[0] else { panic!("{:?}", ben.outputs) };
    assert_eq!((peer, *offers), (&user("ann"), false));
    let Output::Negotiate { order: Order::ApplyRemote(applied), .. } = opened(&ben)[1] else {
        panic!("{:?}", ben.outputs)
    };
    assert_eq!(Signal::Description(applied.clone()), description("offer"));
}

#[test]
fn without_an_offer_it_only_rings() {
    let ben = log_in(None);
    assert!(ben.events().iter().any(|event| matches!(event, CallEvent::Received(_))));
    assert!(opened(&ben).is_empty());
}
