//! The vendor's interface for call records.

use crate::{
    people::{rejected, talk},
    program::{APP, OTHER_APP, Program, sig},
    support::{now, post},
};
use call_protocol::{MediaType, Room};
use serde_json::{Value, json};

const BY_ID: &str = "get_record_by_callid";
const BY_FILTER: &str = "get_record_by_filter";

async fn ask(program: &Program, route: &str, query: &str, body: &str) -> Value {
    let path = format!("/v4/call_record_http_srv/{route}?{query}");
    let answer = post(program.address, &path, &[], body).await;
    assert_eq!(answer.status, 200, "as the vendor's: {}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

fn credentials(app: u32, name: &str) -> String {
    format!("sdkappid={app}&identifier={name}&usersig={}&random=99999999&contenttype=json", sig(app, name))
}

#[tokio::test]
async fn records_have_the_vendors_shape() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(dir.path(), &["--administrator", "7:boss"]);
    let (mut ann, mut bob) = (program.login("ann").await, program.login("bob").await);
    let before = now() / 1000;
    let end = talk(&mut ann, &mut bob, |invite| {
        invite.media = MediaType::Video;
        invite.room = Room { int: 0, str: "roomid-1434".into() };
    })
    .await;
    let other = rejected(&mut ann, &mut bob).await;
    for id in [&end.id, &other.id] {
        program.record(id).await;
    }
    let boss = credentials(APP, "boss");
    let answer = ask(&program, BY_ID, &boss, &json!({ "CallId": end.id }).to_string()).await;
    assert_eq!(
        (&answer["ErrorCode"], &answer["ActionStatus"], &answer["ErrorInfo"]),
        (&json!(0), &json!("OK"), &json!(""))
    );
    assert!(answer["RequestId"].as_str().is_some_and(|id| !id.is_empty()));
    let mut record = answer["Response"]["CallRecord"].clone();
    let times = ["StartTime", "AcceptTime", "EndTime"].map(|name| record[name].take().as_u64().unwrap());
    assert!(before <= times[0] && times.is_sorted() && times[2] <= now() / 1000, "{times:?}");
    let expected = json!({
        "CallId": end.id, "Caller_Account": "ann", "MediaType": "Video", "CallType": "SingleCall",
        "StartTime": null, "AcceptTime": null, "EndTime": null, "CallResult": "NormalEnd",
        "CalleeList_Account": ["ann", "bob"], "RoomId": "roomid-1434", "RoomIdType": 2,
    });
    assert_eq!(record, expected);

    let list = async |body: Value| ask(&program, BY_FILTER, &boss, &body.to_string()).await["Response"].clone();
    let ids = |list: &Value| {
        list["CallRecordList"].as_array().unwrap().iter().map(|one| one["CallId"].clone()).collect::<Vec<_>>()
    };
    let all = list(json!({})).await;
    assert_eq!(
        (&all["TotalNum"], &all["Page"], ids(&all)),
        (&json!(2), &json!(1), vec![json!(other.id), json!(end.id)])
    );
    assert_eq!(all["CallRecordList"][0]["RoomIdType"], 1, "a number, if the caller named no room");
    let second = list(json!({ "NumberPerPage": 1, "Page": 2 })).await;
    assert_eq!((&second["TotalNum"], &second["Page"], ids(&second)), (&json!(2), &json!(2), vec![json!(end.id)]));
    assert_eq!(ids(&list(json!({ "CallResult": "Reject" })).await), [json!(other.id)]);
    assert_eq!(ids(&list(json!({ "CallType": "MultiCall" })).await).len(), 0);
    assert_eq!(ids(&list(json!({ "StartTime": 0, "EndTime": before - 10 })).await).len(), 0);
    assert_eq!(ids(&list(json!({ "StartTime": before, "EndTime": now() / 1000 })).await).len(), 2);
}

#[tokio::test]
async fn it_opens_to_administrators_only() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(dir.path(), &["--administrator", "7:boss", "--limits", "rest=1/3600:2"]);
    let wrong = sig(OTHER_APP, "boss");
    let cases = [
        (credentials(APP, "ann"), 60010),
        (credentials(OTHER_APP, "boss"), 60010),
        (format!("sdkappid={APP}&identifier=boss&usersig={wrong}&random=1"), 70014),
        (format!("sdkappid={APP}&identifier=boss&usersig={}&random=1", sig(APP, "ann")), 70013),
        (format!("sdkappid={APP}&identifier=boss&usersig=nonsense&random=1"), 70003),
        (format!("sdkappid={APP}&identifier=boss&random=1"), 70002),
        ("sdkappid=1&identifier=boss&usersig=x".to_owned(), 70014),
        (String::new(), 70014),
    ];
    for (query, code) in cases {
        for route in [BY_ID, BY_FILTER] {
            let answer = ask(&program, route, &query, "{\"CallId\":\"x\"}").await;
            assert_eq!(
                (&answer["ErrorCode"], &answer["ActionStatus"]),
                (&json!(code), &json!("FAIL")),
                "{route} {query}"
            );
            assert_eq!(answer["Response"], Value::Null);
        }
    }
    let boss = credentials(APP, "boss");
    assert_eq!(ask(&program, BY_ID, &boss, "{\"CallId\":\"x\"}").await["ErrorCode"], 101_050);
    assert_eq!(ask(&program, BY_ID, &boss, "{").await["ErrorCode"], 60003);
    assert_eq!(ask(&program, BY_ID, &boss, "{\"CallId\":\"x\"}").await["ErrorCode"], 60012, "too many");
    assert_eq!(ask(&program, BY_FILTER, &boss, "").await["ErrorCode"], 0, "each has its own limit");
}
