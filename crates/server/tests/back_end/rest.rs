use crate::{
    people::{rejected, rung, talk},
    program::Program,
    support::Got,
};
use call_protocol::{CloseCode, MediaType};
use serde_json::{Value, json};

fn ids(page: &Value) -> Vec<String> {
    page["calls"].as_array().unwrap().iter().map(|call| call["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn calls_are_listed_filtered_and_paged() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(dir.path(), &[]);
    let (mut ann, mut bob) = (program.login("ann").await, program.login("bob").await);
    let mut cat = program.login("cat").await;
    let mut expected = Vec::new();
    let team = |invite: &mut call_protocol::Invite<Value>| invite.chat_group = Some("team".into());
    expected.push(talk(&mut ann, &mut bob, team).await.id.to_string());
    expected.push(talk(&mut ann, &mut bob, |invite| invite.media = MediaType::Video).await.id.to_string());
    expected.push(rejected(&mut ann, &mut bob).await.id.to_string());
    expected.push(talk(&mut cat, &mut bob, |_| {}).await.id.to_string());
    expected.push(talk(&mut bob, &mut cat, |_| {}).await.id.to_string());
    for id in &expected {
        program.record(id).await;
    }
    let list = async |query: &str| ids(&program.get(&format!("/v1/calls?{query}")).await);
    let of = |numbers: &[usize]| numbers.iter().map(|number| expected[*number].clone()).collect::<Vec<_>>();
    assert_eq!(list("user=ann").await, of(&[2, 1, 0]));
    assert_eq!(list("user=eve").await, of(&[]));
    assert_eq!(list("chat_group=team").await, of(&[0]));
    assert_eq!(list("media=video").await, of(&[1]));
    assert_eq!(list("outcome=reject").await, of(&[2]));
    assert_eq!(list("outcome=normal_end&user=ann&media=audio").await, of(&[0]));
    assert_eq!(list("group=true").await, of(&[]));
    let second = program.record(&expected[1]).await["created_at"].as_u64().unwrap();
    let fourth = program.record(&expected[3]).await["created_at"].as_u64().unwrap();
    assert_eq!(list(&format!("from={second}&to={fourth}")).await, of(&[2, 1]));

    let mut pages = Vec::new();
    let mut query = "limit=2".to_owned();
    loop {
        let page = program.get(&format!("/v1/calls?{query}")).await;
        pages.push(ids(&page));
        let Some(next) = page["next"].as_str() else { break };
        query = format!("limit=2&cursor={next}");
    }
    assert_eq!(pages, [of(&[4, 3]), of(&[2, 1]), of(&[0])]);
    for bad in ["limit=0", "limit=201", "cursor=x", "media=smell", "outcome=bad", "user=a%20b", "from=-1", "nonsense=1"]
    {
        let (status, body) = program.ask("GET", &format!("/v1/calls?{bad}")).await;
        assert_eq!((status, &body["code"]), (400, &json!(40001)), "{bad}: {body}");
    }
    assert_eq!(program.ask("GET", "/v1/calls/nonsense").await.0, 404);
}

#[tokio::test]
async fn live_calls_are_seen_and_ended() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(dir.path(), &[]);
    let (mut ann, mut bob) = (program.login("ann").await, program.login("bob").await);
    let (at_ann, at_bob) = rung(&mut ann, &mut bob, |_| {}).await;
    let path = format!("/v1/live-calls/{}", at_ann.id);
    let live = program.get(&path).await;
    assert_eq!((&live["phase"], &live["caller"], &live["media"]), (&json!("ringing"), &json!("ann"), &json!("audio")));
    let states: Vec<_> = live["members"].as_array().unwrap().iter().map(|member| &member["state"]).collect();
    assert_eq!(states, ["joined", "ringing"]);
    bob.accept(&at_bob).await.unwrap();
    ann.snapshot().await;
    bob.snapshot().await;
    let all = program.get("/v1/live-calls").await;
    assert_eq!((ids(&all), &all["calls"][0]["phase"]), (vec![at_ann.id.to_string()], &json!("connected")));
    let user = program.get("/v1/users/bob").await;
    assert_eq!((&user["online"], &user["call"]), (&json!(true), &json!(at_ann.id)));
    // In the records it is only when it has ended.
    assert_eq!(program.ask("GET", &format!("/v1/calls/{}", at_ann.id)).await.0, 404);

    for _ in 0..2 {
        assert_eq!(program.ask("DELETE", &path).await.0, 204);
    }
    for client in [&mut ann, &mut bob] {
        let end = client.snapshot().await.end.unwrap();
        assert_eq!((end.reason.code(), end.by), (9, None));
    }
    assert_eq!(program.ask("GET", &path).await.0, 404);
    assert_eq!(ids(&program.get("/v1/live-calls").await), Vec::<String>::new());
    assert_eq!(program.get("/v1/users/bob").await["call"], Value::Null);
    assert_eq!(program.ask("DELETE", "/v1/live-calls/00000000000000000000000000000000").await.0, 404);
}

#[tokio::test]
async fn users_are_seen_and_kicked() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(dir.path(), &[]);
    let (mut ann, mut bob) = (program.login("ann").await, program.login("bob").await);
    let users = program.get("/v1/users?users=ann,zoe,bob").await;
    let online: Vec<_> = users["users"].as_array().unwrap().iter().map(|user| &user["online"]).collect();
    assert_eq!(online, [true, false, true]);
    assert_eq!(users["users"][0]["logins"], json!([{ "device": "device of ann", "connected": true }]));
    let (status, _) = program.ask("GET", &format!("/v1/users?users={}", ["x"; 101].join(","))).await;
    assert_eq!(status, 400);

    let (_, at_bob) = rung(&mut ann, &mut bob, |_| {}).await;
    bob.accept(&at_bob).await.unwrap();
    ann.snapshot().await;
    bob.snapshot().await;
    let (status, body) = program.ask("DELETE", "/v1/users/bob/logins").await;
    assert_eq!((status, &body["logins"]), (200, &json!(1)));
    assert!(matches!(bob.next().await, Got::Call(_) | Got::Kicked(_)));
    assert_eq!(bob.close_code().await, Some(CloseCode::Kicked.number()));
    assert!(ann.snapshot().await.end.is_some());
    assert_eq!(program.get("/v1/users/bob").await["online"], false);
    assert_eq!(program.ask("DELETE", "/v1/users/bob/logins").await.1["logins"], 0);
    // Who is kicked may log in again.
    program.login("bob").await;
}

#[tokio::test]
async fn requests_are_limited() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(dir.path(), &["--limits", "rest=1/3600:3"]);
    for _ in 0..3 {
        assert_eq!(program.ask("GET", "/v1/live-calls").await.0, 200);
    }
    let answer = program.ask_with(Some(crate::program::KEY), "GET", "/v1/live-calls").await;
    assert_eq!(answer.status, 429);
    assert!(answer.headers["retry-after"].parse::<u32>().unwrap() > 60);
    // Another app has its own.
    let answer = program.ask_with(Some(crate::program::OTHER_KEY), "GET", "/v1/live-calls").await;
    assert_eq!(answer.status, 200);
}
