//! Who is told what, and where signals go.

use crate::support::{
    names::{place, session, user},
    story::{self, Story},
};
use call_core::{Audience, BeatNews, Call, Committed, Route, Step, transition};
use call_protocol::Phase;
use std::sync::Arc;

/// Whom a step is told to: "bob" = all of his sessions, "bob/phone" = that one. With "+" if the offer goes along.
fn told(story: &mut Story, step: Step, sessions: &[&str]) -> Vec<String> {
    let old = Arc::new(story.call.clone());
    story.take(step).unwrap();
    let committed = Committed { old: Some(old), new: Arc::new(story.call.clone()) };
    let name = |id| sessions.iter().find(|name| session(name).id == id).map_or("?", |name| *name).to_owned();
    let mut told = Vec::new();
    for delivery in committed.deliveries() {
        let offer = if delivery.with_offer { "+" } else { "" };
        match delivery.to {
            Audience::All => told.push(format!("{}*{offer}", delivery.user)),
            Audience::Only(ids) => {
                // Nothing to see is nothing told.
                let sees = |id: &&_| story.call.view_for(delivery.user, **id, story.now).is_some();
                told.extend(ids.iter().filter(sees).map(|id| format!("{}{offer}", name(*id))));
            }
        }
    }
    told.sort();
    told.dedup();
    told
}

const SESSIONS: [&str; 8] = ["ann", "ann/phone", "bob", "bob/phone", "cat", "cat/phone", "dan", "dan/phone"];

#[test]
fn the_commit_goes_to_the_caller_and_to_all_devices_of_who_rings() {
    let mut story = Story::placing(&place(1, "ann", &["bob", "cat"]));
    let ring = Step::Ring { busy: vec![user("cat")] };
    assert_eq!(told(&mut story, ring, &SESSIONS), ["ann", "bob*+"]);
}

#[test]
fn a_call_that_never_rang_is_told_to_its_caller_alone() {
    let mut story = Story::placing(&place(1, "ann", &["bob"]));
    let ring = Step::Ring { busy: vec![user("bob")] };
    assert_eq!(told(&mut story, ring, &SESSIONS), ["ann"]);
    assert_eq!(story.call.phase, Phase::Ended);
    let mut story = Story::placing(&place(1, "ann", &["bob"]));
    assert!(told(&mut story, Step::Abort, &SESSIONS).is_empty());
}

#[test]
fn an_answer_stops_the_other_devices_and_then_they_hear_nothing() {
    let mut story = Story::ringing(&place(1, "ann", &["bob"]));
    let accept = story::accept(&story.call, "bob/phone");
    assert_eq!(told(&mut story, accept, &SESSIONS), ["ann", "bob*"]);
    let leave = story::leave(&story.call, "ann");
    assert_eq!(told(&mut story, leave, &SESSIONS), ["ann", "bob/phone"]);
}

#[test]
fn who_is_out_hears_its_end_and_nothing_after_it() {
    let mut story = Story::connected(&place(1, "ann", &["bob", "cat"]), &["bob", "cat"]);
    let leave = story::leave(&story.call, "cat");
    assert_eq!(told(&mut story, leave, &SESSIONS), ["ann", "bob", "cat"]);
    let leave = story::leave(&story.call, "bob");
    assert_eq!(told(&mut story, leave, &SESSIONS), ["ann", "bob"]);
}

#[test]
fn an_invitation_in_mid_call_is_told_when_it_rings() {
    let mut story = Story::connected(&place(1, "ann", &["bob", "cat"]), &["bob", "cat"]);
    story.leave("cat").unwrap();
    let invite = story::invite(&story.call, "bob", &["cat", "dan"]);
    assert_eq!(told(&mut story, invite, &SESSIONS), ["ann", "bob"], "nobody who is claimed");
    let ring = story::ring_invited(&story.call, &["dan"]);
    assert_eq!(told(&mut story, ring, &SESSIONS), ["ann", "bob", "cat*"], "the caller's offer is not for cat");
}

#[test]
fn a_joiner_is_told_when_it_is_in() {
    let mut story = Story::connected(&place(1, "ann", &["bob", "cat"]), &["bob"]);
    assert_eq!(told(&mut story, story::enter("dan/phone"), &SESSIONS), ["ann", "bob", "cat*"]);
    let join = Step::Join { user: user("dan"), generation: 1 };
    assert_eq!(told(&mut story, join, &SESSIONS), ["ann", "bob", "cat*", "dan/phone"]);
    let leave = story::leave(&story.call, "dan/phone");
    story.take(leave).unwrap();
    // Back again and not in yet: what it would see is how it left.
    assert_eq!(told(&mut story, story::enter("dan"), &SESSIONS), ["ann", "bob", "cat*"]);
    let view = story.view("dan").unwrap();
    assert_eq!(view.member(&user("dan")).unwrap().generation, 1);
}

#[test]
fn what_a_beat_is_answered_with() {
    let story = Story::connected(&place(1, "ann", &["bob"]), &["bob"]);
    let news = |who: &str, rev| Call::beat_news(Some(&story.call), &user(who), session(who).id, rev, story.now);
    let rev = story.call.rev;
    assert_eq!(news("bob", rev), BeatNews::Nothing);
    assert_eq!(news("bob", rev - 1), BeatNews::Update(Box::new(story.view("bob").unwrap())));
    assert_eq!((news("eve", 1), news("eve", 0)), (BeatNews::Gone, BeatNews::Nothing));
    let unknown = |rev| Call::beat_news(None, &user("bob"), session("bob").id, rev, story.now);
    assert_eq!((unknown(1), unknown(0)), (BeatNews::Gone, BeatNews::Nothing));
}

#[test]
fn who_logs_in_is_shown_what_concerns_it() {
    let mut story = Story::ringing(&place(1, "ann", &["bob"]));
    let concerns =
        |story: &Story, name: &str, session_of: &str| story.call.concerns(&user(name), session(session_of).id);
    assert!(concerns(&story, "ann", "ann") && concerns(&story, "bob", "bob") && concerns(&story, "bob", "bob/phone"));
    assert!(!concerns(&story, "ann", "ann/phone") && !concerns(&story, "eve", "eve"));
    assert!(story.call.rings_with_offer(&user("bob")) && !story.call.rings_with_offer(&user("ann")));
    story.accept("bob").unwrap();
    assert!(concerns(&story, "bob", "bob") && !concerns(&story, "bob", "bob/phone"));
    assert!(!story.call.rings_with_offer(&user("bob")));
}

#[test]
fn signals_go_between_the_sessions_that_talk() {
    let story = Story::connected(&place(1, "ann", &["bob", "cat"]), &["bob"]);
    let route = |from: &str, to: &str| story.call.route((&user(story::name(from)), session(from).id), &user(to));
    assert_eq!(route("ann", "bob"), Some(Route::Session(session("bob").id)));
    assert_eq!(route("bob", "cat"), Some(Route::Everywhere));
    assert_eq!(route("cat/phone", "ann"), Some(Route::Session(session("ann").id)));
    for (from, to) in [("cat", "bob"), ("bob/phone", "ann"), ("eve", "ann"), ("ann", "eve"), ("ann", "ann")] {
        assert_eq!(route(from, to), None, "{from} to {to}");
    }
    let ended = transition(&story.call, &Step::EndByServer, story.now).unwrap().unwrap();
    assert_eq!(ended.route((&user("ann"), session("ann").id), &user("bob")), None);
}
