use crate::{shell::world::World, support::names::GRACE};
use call_core::Command;

fn ringing() -> World {
    let mut world = World::of(&["ann", "bob"]);
    world.call("ann", &["bob"]);
    world.told("ann", &["call done"]).told("bob", &["received from ann"]);
    world
}

#[test]
fn scenario_3_the_caller_cancels() {
    let mut world = ringing();
    world.hang_up("ann");
    world.told("ann", &["not connected: Cancelled by ann", "hang up done"]);
    world.told("bob", &["not connected: Cancelled by ann"]);
    world.nothing_left();
}

#[test]
fn scenario_3_the_callee_rejects() {
    for command in [Command::Reject, Command::HangUp] {
        let mut world = ringing();
        world.command("bob", "reject", command);
        world.told("ann", &["rejected bob", "not connected: Reject by bob"]);
        world.told("bob", &["not connected: Reject by bob", "reject done"]);
        world.nothing_left();
    }
}

#[test]
fn scenario_3_nobody_answers_in_time() {
    let mut world = ringing();
    world.wait(29_000).told("ann", &[]).told("bob", &[]);
    world.wait(1500);
    world.told("ann", &["no response bob", "not connected: NoResponse by bob"]);
    world.told("bob", &["own ringing expired", "not connected: NoResponse by bob"]);
    world.nothing_left();
}

#[test]
fn scenario_3_the_callee_is_busy() {
    let mut world = World::of(&["ann", "bob", "cat"]);
    world.call("cat", &["bob"]).accept("bob");
    world.told("cat", &["call done", "joined bob", "accepted bob", "begin as caller", "audio bob true"]);
    world.told("bob", &["received from cat", "begin as callee", "joined cat", "accept done", "audio cat true"]);
    world.call("ann", &["bob"]);
    world.told("ann", &["busy bob", "not connected: LineBusy by bob", "call done"]);
    world.told("bob", &[]).told("cat", &[]);
    world.hang_up("bob").nothing_left();
}

#[test]
fn scenario_3_a_callee_that_is_rung_or_calls_is_busy_too() {
    let mut world = World::of(&["ann", "bob", "cat", "dan"]);
    world.call("ann", &["bob"]).call("cat", &["bob"]).call("dan", &["ann"]);
    world.told("cat", &["busy bob", "not connected: LineBusy by bob", "call done"]);
    world.told("dan", &["busy ann", "not connected: LineBusy by ann", "call done"]);
    world.told("ann", &["call done"]).told("bob", &["received from ann"]);
    world.hang_up("ann").nothing_left();
}

#[test]
fn scenario_3_the_callee_is_offline() {
    let mut world = World::of(&["ann"]);
    world.call("ann", &["bob"]).wait(31_000);
    world.told("ann", &["call done", "no response bob", "not connected: NoResponse by bob"]);
    world.log_in("bob");
    world.told("bob", &[]).nothing_left();
}

#[test]
fn scenario_3_the_callers_page_is_lost_without_a_word() {
    let mut world = ringing();
    world.crash("ann").wait(GRACE - 500).told("bob", &[]);
    world.wait(1000).told("bob", &["not connected: Offline by ann"]);
    world.nothing_left();
}

#[test]
fn scenario_3_the_callers_page_says_goodbye() {
    let mut world = ringing();
    world.command("ann", "logout", Command::Logout);
    world.told("ann", &["not connected: Cancelled by ann", "logout done"]);
    world.told("bob", &["not connected: Cancelled by ann"]);
    world.nothing_left();
}

#[test]
fn scenario_3_the_callers_connection_breaks_while_it_rings_and_comes_back() {
    let mut world = ringing();
    world.cut("ann").wait(3000).notice("ann").wait(1000).accept("bob");
    world.told("ann", &["joined bob", "accepted bob", "begin as caller", "audio bob true"]);
    world.told("bob", &["begin as callee", "joined ann", "accept done", "audio ann true"]);
    world.hang_up("bob").nothing_left();
}

#[test]
fn scenario_3_the_callees_connection_breaks_while_it_rings_and_comes_back() {
    let mut world = ringing();
    world.cut("bob").wait(3000).notice("bob").wait(1000).told("bob", &[]);
    world.accept("bob").told("bob", &["begin as callee", "joined ann", "accept done", "audio ann true"]);
    world.hang_up("bob").nothing_left();
}

#[test]
fn scenario_3_the_caller_cancels_while_the_callee_is_cut_off() {
    let mut world = ringing();
    world.cut("bob").hang_up("ann").notice("bob").wait(1000);
    world.told("ann", &["not connected: Cancelled by ann", "hang up done"]);
    world.told("bob", &["not connected: Cancelled by ann"]);
    world.nothing_left();
}

#[test]
fn scenario_3_the_server_ends_the_call() {
    let mut world = ringing();
    world.end_by_the_server();
    world.told("ann", &["not connected: EndedByServer by nobody"]);
    world.told("bob", &["not connected: EndedByServer by nobody"]);
    world.nothing_left();
}

#[test]
fn scenario_3_cancelled_and_accepted_at_once() {
    for (first, second) in [("ann", "bob"), ("bob", "ann")] {
        let mut world = ringing();
        let command = |who| if who == "ann" { ("hang up", Command::HangUp) } else { ("accept", Command::Accept) };
        for who in [first, second] {
            let (label, command) = command(who);
            world.begin(who, label, command);
        }
        world.wait(500);
        if first == "ann" {
            world.told("ann", &["not connected: Cancelled by ann", "hang up done"]);
            world.told("bob", &["not connected: Cancelled by ann", "accept failed -1203"]);
        } else {
            let end = "end: HangUp by ann after 1";
            world.told("ann", &["joined bob", "accepted bob", "begin as caller", end, "hang up done"]);
            world.told("bob", &["begin as callee", "joined ann", "accept done", "left ann", end]);
        }
        world.nothing_left();
    }
}
