//! Who may do what: only members act on a call, and only for themselves. Whoever else tries hears what he would hear of
//! a call that does not exist, and nobody in the call hears anything.

use crate::support::{APP, Client, Got, Sent, Server, call_id, invite, login, now, user};
use call_protocol::{
    BeatAnswer, CallId, CallRef, Gone, InviteMore, Join, Leave, Login, MediaType, MemberState, Reason, Room, SignalTo,
    Snapshot, SwitchMedia, WireError,
};
use call_server::{AppKeys, sign};
use serde_json::json;

const GROUP: &str = "team";
const ROOM: u32 = 4711;

/// Every operation on a call of others, as somebody who guessed all there is to guess.
fn attempts(call: &CallId) -> Vec<(&'static str, Sent)> {
    let (call, generation) = (call.clone(), 1);
    let part = CallRef { call: call.clone(), generation };
    let leave = Leave { call: call.clone(), generation, because: None, at: None };
    let more = InviteMore {
        call: call.clone(),
        generation,
        number: 1,
        callees: vec![user("dan")],
        user_data: String::new(),
        timeout: 30,
    };
    let signal = SignalTo { call: call.clone(), to: user("ann"), signal: json!({ "sdp": "v=0" }) };
    vec![
        ("accept", Sent::Accept(part.clone())),
        ("reject", Sent::Reject(part)),
        ("leave", Sent::Leave(leave.clone())),
        ("leave for another", Sent::Leave(Leave { because: Some(user("ann")), ..leave })),
        ("invite more", Sent::InviteMore(more)),
        ("switch media", Sent::SwitchMedia(SwitchMedia { call: call.clone(), generation, media: MediaType::Audio })),
        ("signal", Sent::Signal(signal)),
        ("join", Sent::Join(Join::Call(call))),
    ]
}

/// What a stranger hears: no more than about a call that was never made.
async fn hears_of_no_such_call(stranger: &mut Client, call: &CallId, except: &[&str]) {
    let unknown = attempts(&call_id());
    for ((what, attempt), (_, of_nothing)) in attempts(call).into_iter().zip(unknown) {
        if except.contains(&what) {
            continue;
        }
        let answer = stranger.ask(attempt).await;
        let to_nothing = stranger.ask(of_nothing).await;
        assert_eq!(plain(answer), plain(to_nothing), "{}: {what}", stranger.name);
    }
    // Who believes to be in it, and vouches for its members, is told that it is gone, as of one that never was.
    for call in [call.clone(), call_id()] {
        stranger.send(0, Sent::Beat(BeatAnswer { call: Some(call.clone()), rev: 1, heard: vec![user("ann")] })).await;
        assert_eq!(stranger.next().await, Got::Gone(Gone { call, reason: Reason::EndedByServer }));
    }
    stranger.send(0, Sent::Beat(BeatAnswer::default())).await;
}

fn plain(answer: Result<(), WireError>) -> Result<(), (i32, String)> {
    answer.map_err(|error| (error.code, error.message))
}

async fn log_in_elsewhere(server: &Server, name: &str) -> Client {
    let other = AppKeys::new(APP + 1, vec!["the other app's secret".into()]).unwrap();
    let mut client = Client::connect(server.address).await;
    let own = login(server, name, &format!("device of {name} elsewhere"), None);
    let login = Login { app: APP + 1, sig: sign(&other, name, now(), 3600), ..own };
    client.try_login(login).await.unwrap();
    client
}

struct Scene {
    server: Server,
    ann: Client,
    bob: Client,
    call: Snapshot,
}

/// Ann and Bob talk.
async fn scene(group: bool) -> Scene {
    let server = Server::start().await;
    let mut ann = Client::login(&server, "ann").await;
    let mut bob = Client::login(&server, "bob").await;
    let room = Room { int: ROOM, str: String::new() };
    let placed = Sent::Invite(call_protocol::Invite {
        group,
        room,
        chat_group: group.then(|| GROUP.to_owned()),
        ..invite(&["bob"])
    });
    ann.ask(placed).await.unwrap();
    ann.snapshot().await;
    let rung = bob.snapshot().await;
    bob.accept(&rung).await.unwrap();
    let call = bob.snapshot().await;
    ann.snapshot().await;
    Scene { server, ann, bob, call }
}

impl Scene {
    /// Nobody was told of anything, and the call is as it was.
    async fn stays_untouched(mut self) {
        self.ann.hears_nothing().await;
        self.bob.hears_nothing().await;
        self.bob.signal(&self.call, "ann", json!("still here")).await;
        assert_eq!(self.ann.signal_in().await.signal, json!("still here"));
        self.bob.leave(&self.call).await.unwrap();
        assert_eq!(self.ann.snapshot().await.rev, self.call.rev + 1, "nothing happened in between");
    }
}

#[tokio::test]
async fn people_of_the_same_name_in_another_app() {
    for group in [false, true] {
        let scene = scene(group).await;
        for name in ["ann", "bob", "eve"] {
            let mut stranger = log_in_elsewhere(&scene.server, name).await;
            hears_of_no_such_call(&mut stranger, &scene.call.id, &[]).await;
            let room = Room { int: ROOM, str: String::new() };
            let by_room = stranger.join(Join::Room { group: GROUP.into(), room }).await;
            let nowhere = stranger.join(Join::Room { group: GROUP.into(), room: Room { int: 1, str: String::new() } });
            assert_eq!(plain(by_room), plain(nowhere.await), "the rooms of an app are its own");
            // Its users are not called either: nobody of that name is logged in there but this one.
            stranger.hears_nothing().await;
        }
        scene.stays_untouched().await;
    }
}

#[tokio::test]
async fn people_of_the_same_app_who_are_not_in_the_call() {
    let scene = scene(false).await;
    let mut eve = Client::login(&scene.server, "eve").await;
    hears_of_no_such_call(&mut eve, &scene.call.id, &[]).await;
    eve.hears_nothing().await;
    scene.stays_untouched().await;
}

#[tokio::test]
async fn a_running_group_call_lets_in_who_knows_it_and_nothing_else() {
    let mut scene = scene(true).await;
    let mut eve = Client::login(&scene.server, "eve").await;
    hears_of_no_such_call(&mut eve, &scene.call.id, &["join"]).await;
    scene.ann.hears_nothing().await;
    eve.join(Join::Call(scene.call.id.clone())).await.unwrap();
    assert_eq!(eve.snapshot().await.id, scene.call.id);
}

#[tokio::test]
async fn who_has_left() {
    let mut scene = scene(true).await;
    let mut cat = Client::login(&scene.server, "cat").await;
    cat.join(Join::Call(scene.call.id.clone())).await.unwrap();
    let joined = cat.snapshot().await;
    cat.leave(&joined).await.unwrap();
    for member in [&mut scene.ann, &mut scene.bob] {
        scene.call = member
            .snapshot_when(|call| call.member(&user("cat")).is_some_and(|cat| cat.state == MemberState::Left))
            .await;
    }
    for (what, attempt) in attempts(&scene.call.id) {
        // A second farewell is as good as the first, and the door is open again to who has left.
        if !what.starts_with("leave") && what != "join" {
            let refused = cat.ask(attempt).await;
            assert!(refused.is_err() || what == "signal", "{what}: {refused:?}");
        }
    }
    scene.stays_untouched().await;
}
