//! Who may do what: every operation with every key.

use crate::{
    people::{rung, talk},
    program::{KEY, OTHER_KEY, Program, json},
    support::{get, http::request},
};
use serde_json::Value;

#[tokio::test]
async fn without_its_key_nobody_gets_anything_of_an_app() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(dir.path(), &[]);
    let (mut ann, mut bob) = (program.login("ann").await, program.login("bob").await);
    // The same names in the other app.
    let (mut other_ann, mut other_bob) =
        (program.login_to_other_app("ann").await, program.login_to_other_app("bob").await);
    let ended = talk(&mut ann, &mut bob, |_| {}).await.id;
    program.record(&ended).await;
    let (live, _) = rung(&mut ann, &mut bob, |_| {}).await;
    let (other_live, _) = rung(&mut other_ann, &mut other_bob, |_| {}).await;

    let operations = [
        ("GET", "/v1/calls".to_owned()),
        ("GET", format!("/v1/calls/{ended}")),
        ("GET", "/v1/live-calls".to_owned()),
        ("GET", format!("/v1/live-calls/{}", live.id)),
        ("DELETE", format!("/v1/live-calls/{}", live.id)),
        ("GET", "/v1/users?users=ann,bob".to_owned()),
        ("GET", "/v1/users/ann".to_owned()),
        ("DELETE", "/v1/users/ann/logins".to_owned()),
        ("GET", "/v1/webhooks/dead".to_owned()),
        ("POST", "/v1/webhooks/dead/replay".to_owned()),
        ("POST", "/v1/webhooks/dead/x.ringing.bob.1/replay".to_owned()),
    ];
    let almost = &KEY[..KEY.len() - 1];
    for (method, path) in &operations {
        for key in [None, Some(""), Some("x"), Some(almost), Some("the first app's key "), Some("hush")] {
            // A space at the end is no part of a key.
            if key.is_some_and(|key| key.trim() == KEY) {
                continue;
            }
            let answer = program.ask_with(key, method, path).await;
            assert_eq!(answer.status, 401, "{method} {path} with {key:?}");
        }
        // Nothing of it is on the public port, whatever the key.
        let header = format!("Authorization: Bearer {KEY}");
        let answer = request(program.address, method, path, &[&header], "").await;
        assert!([404, 405].contains(&answer.status), "{method} {path}: {}", answer.status);
    }
    // The other app's key opens the other app.
    let of_other = async |method: &str, path: &str| json(&program.ask_with(Some(OTHER_KEY), method, path).await);
    assert_eq!(of_other("GET", "/v1/calls").await.1["calls"].as_array().unwrap().len(), 0);
    for path in [format!("/v1/calls/{ended}"), format!("/v1/live-calls/{}", live.id)] {
        let (status, body) = of_other("GET", &path).await;
        let (unknown, of_nothing) = of_other("GET", "/v1/calls/00000000000000000000000000000000").await;
        assert_eq!((status, body), (unknown, of_nothing), "as if there were none");
    }
    assert_eq!(of_other("DELETE", &format!("/v1/live-calls/{}", live.id)).await.0, 404);
    let (_, calls) = of_other("GET", "/v1/live-calls").await;
    assert_eq!(calls["calls"].as_array().unwrap().len(), 1);
    assert_eq!(calls["calls"][0]["id"], other_live.id.as_str());
    let (_, user) = of_other("GET", "/v1/users/ann").await;
    assert_eq!(user["call"], other_live.id.as_str());
    assert_eq!(of_other("DELETE", "/v1/users/ann/logins").await.1["logins"], 1);
    let still = program.get("/v1/users/ann").await;
    assert_eq!((&still["online"], &still["call"]), (&Value::Bool(true), &Value::from(live.id.as_str())));
}

#[tokio::test]
async fn the_admin_port_serves_nothing_of_the_public_one() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(dir.path(), &[]);
    for path in ["/", "/v1/ws", "/pkg/index.mjs", "/v1/profiles"] {
        assert_eq!(get(program.admin, path, &[]).await.status, 404, "{path}");
    }
    assert_eq!(get(program.admin, "/healthz", &[]).await.status, 200);
    assert_eq!(get(program.address, "/openapi.json", &[]).await.status, 404);
}
