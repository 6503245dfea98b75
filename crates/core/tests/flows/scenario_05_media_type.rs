use crate::{scenario_01_accept::connected, shell::world::World};
use call_core::Command;
use call_protocol::MediaType;

fn switch(world: &mut World, who: &'static str, to: MediaType) {
    world.command(who, "switch", Command::SwitchMedia(to));
    let id = world.placed_last().id;
    world.placed.get_mut(&id).unwrap().media = to;
}

#[test]
fn scenario_5_a_video_call_becomes_an_audio_call_for_both_and_cameras_go_off() {
    for (asker, other) in [("ann", "bob"), ("bob", "ann")] {
        let mut world = connected();
        world.turn("ann", true, true).turn("bob", true, true);
        world.told("ann", &["video bob true"]).told("bob", &["video ann true"]);
        switch(&mut world, asker, MediaType::Audio);
        let (mine, theirs) = (format!("video {asker} false"), format!("video {other} false"));
        world.told(asker, &["Video becomes Audio", "switch done", &theirs]);
        world.told(other, &["Video becomes Audio", &mine]);
        assert!(!world.person("ann").camera && !world.person("bob").camera);
        world.hang_up("ann").nothing_left();
    }
}

#[test]
fn scenario_5_an_audio_call_becomes_a_video_call_and_cameras_stay_as_they_are() {
    let mut world = connected();
    switch(&mut world, "ann", MediaType::Audio);
    world.told("ann", &["Video becomes Audio", "switch done"]).told("bob", &["Video becomes Audio"]);
    switch(&mut world, "bob", MediaType::Video);
    world.told("bob", &["Audio becomes Video", "switch done"]).told("ann", &["Audio becomes Video"]);
    assert!(!world.person("ann").camera && !world.person("bob").camera, "nobody is seen without having asked for it");
    world.turn("ann", true, true).told("bob", &["video ann true"]);
    world.hang_up("ann").nothing_left();
}

#[test]
fn scenario_5_a_ringing_callee_is_told_too() {
    let mut world = World::of(&["ann", "bob"]);
    world.call("ann", &["bob"]).told("ann", &["call done"]).told("bob", &["received from ann"]);
    switch(&mut world, "ann", MediaType::Audio);
    world.told("ann", &["Video becomes Audio", "switch done"]).told("bob", &["Video becomes Audio"]);
    world.accept("bob");
    world.told("bob", &["begin as callee", "joined ann", "accept done", "audio ann true"]);
    world.hang_up("ann").nothing_left();
}

#[test]
fn scenario_5_what_is_so_already_and_a_group_are_refused() {
    let mut world = connected();
    world.command("ann", "switch", Command::SwitchMedia(MediaType::Video)).told("ann", &["switch failed -1204"]);
    world.told("bob", &[]).hang_up("ann").nothing_left();

    let mut world = World::of(&["ann", "bob", "cat"]);
    world.call("ann", &["bob", "cat"]).accept("bob");
    world.person("ann").told();
    world.command("ann", "switch", Command::SwitchMedia(MediaType::Audio)).told("ann", &["switch failed -1205"]);
    world.hang_up("ann").hang_up("bob").nothing_left();
}
