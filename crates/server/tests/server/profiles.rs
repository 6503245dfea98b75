use crate::support::{APP, HttpAnswer, Server, post};
use call_server::{AppKeys, sign};
use serde_json::{Value, json};

async fn ask(server: &Server, user: &str, more: Value) -> HttpAnswer {
    let mut request = json!({ "SDKAppID": APP, "userID": user, "userSig": server.sig(user) });
    request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    post(server.address, "/v1/profiles", &[], &request.to_string()).await
}

fn profiles(answer: &HttpAnswer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.body);
    serde_json::from_str::<Value>(&answer.body).unwrap()["profiles"].take()
}

#[tokio::test]
async fn everybody_of_the_app_sees_what_one_sets() {
    let server = Server::start().await;
    let set = json!({ "set": { "nick": "Ann", "avatar": "https://example.com/a.png" }, "get": ["ann"] });
    let ann = json!({ "userID": "ann", "nick": "Ann", "avatar": "https://example.com/a.png" });
    assert_eq!(profiles(&ask(&server, "ann", set).await), json!([ann]));
    assert_eq!(profiles(&ask(&server, "bob", json!({ "get": ["carol", "ann", "bob"] })).await), json!([ann]));
    assert_eq!(profiles(&ask(&server, "bob", json!({})).await), json!([]));

    let other = AppKeys::new(APP + 1, vec!["the other app's secret".into()]).unwrap();
    let sig = sign(&other, "bob", crate::support::now(), 3600);
    let elsewhere = json!({ "SDKAppID": APP + 1, "userSig": sig, "get": ["ann"] });
    assert_eq!(profiles(&ask(&server, "bob", elsewhere).await), json!([]), "not one of another app");
}

#[tokio::test]
async fn what_is_not_named_stays() {
    let server = Server::start().await;
    for set in [json!({ "nick": "Ann", "avatar": "a" }), json!({ "nick": "Annie" }), json!({ "avatar": "" })] {
        ask(&server, "ann", json!({ "set": set })).await;
    }
    let found = profiles(&ask(&server, "ann", json!({ "get": ["ann"] })).await);
    assert_eq!(found, json!([{ "userID": "ann", "nick": "Annie", "avatar": "" }]));
}

#[tokio::test]
async fn strangers_are_told_nothing() {
    let server = Server::start().await;
    ask(&server, "ann", json!({ "set": { "nick": "Ann" } })).await;
    let expired = server.sig_that_expires_in("bob", -1);
    let cases = [
        (json!({ "userSig": "" }), 70002),
        (json!({ "userSig": "no such thing" }), 70003),
        (json!({ "userSig": server.sig("ann") }), 70013),
        (json!({ "userSig": expired }), 70001),
        (json!({ "SDKAppID": 9 }), 70014),
    ];
    for (mut more, code) in cases {
        more["get"] = json!(["ann"]);
        more["set"] = json!({ "nick": "Bob" });
        let answer = ask(&server, "bob", more).await;
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!((answer.status, &body["code"]), (401, &json!(code)), "{body}");
    }
    assert_eq!(profiles(&ask(&server, "bob", json!({ "get": ["bob"] })).await), json!([]), "nothing was set");
}

#[tokio::test]
async fn bad_requests_are_refused() {
    let server = Server::start().await;
    let many: Vec<String> = (0..101).map(|number| format!("user{number}")).collect();
    let cases = [
        json!({ "get": many }),
        json!({ "get": ["a b"] }),
        json!({ "get": "ann" }),
        json!({ "set": { "nick": "x".repeat(501) } }),
        json!({ "set": { "avatar": 5 } }),
        json!({ "userID": "" }),
        json!({ "userID": null }),
    ];
    for more in cases {
        let answer = ask(&server, "bob", more.clone()).await;
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!((answer.status, &body["code"]), (400, &json!(40001)), "{more}");
    }
    assert_eq!(post(server.address, "/v1/profiles", &[], "not json").await.status, 400);
    assert_eq!(post(server.address, "/v1/profiles", &[], &"x".repeat(20_000)).await.status, 413);
}

#[tokio::test]
async fn pages_of_other_origins_ask_as_they_may_connect() {
    let server = Server::start_with(|config| config.origins = vec!["https://app.example".into()]).await;
    let request = json!({ "SDKAppID": APP, "userID": "ann", "userSig": server.sig("ann") }).to_string();
    let answer = post(server.address, "/v1/profiles", &["Origin: https://app.example"], &request).await;
    assert_eq!((answer.status, answer.headers["access-control-allow-origin"].as_str()), (200, "https://app.example"));
    let answer = post(server.address, "/v1/profiles", &["Origin: https://elsewhere.example"], &request).await;
    assert_eq!((answer.status, answer.headers.get("access-control-allow-origin")), (403, None));
}
