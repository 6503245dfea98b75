use crate::support::*;
use js_sys::Array;
use open_call_engine::engine::TUICallEngine;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

fn list(users: &[&str]) -> JsValue {
    users.iter().map(|user| JsValue::from_str(user)).collect::<Array>().into()
}

#[wasm_bindgen_test]
fn settings() {
    let refused = |options: JsValue| get(&TUICallEngine::new(&options).err().unwrap(), "code").as_f64();
    let with = |key: &str, value: JsValue| {
        let url = ("serverUrl", JsValue::from_str("http://127.0.0.1:9"));
        object(&[("SDKAppID", 1.into()), url, (key, value)])
    };
    for options in [
        JsValue::UNDEFINED,
        object(&[]),
        with("SDKAppID", "1".into()),
        with("SDKAppID", 0.into()),
        with("SDKAppID", 1.5.into()),
        with("serverUrl", "ftp://127.0.0.1".into()),
        with("serverUrl", "nonsense".into()),
        with("serverUrl", 1.into()),
        with("iceTransportPolicy", "none".into()),
    ] {
        assert_eq!(refused(options), Some(-1202.0));
    }
}

#[wasm_bindgen_test]
async fn calls() {
    let ann = Person::logged_in("ann").await;
    let calls = |users: JsValue, key: &str, value: JsValue| {
        ann.engine.calls(object(&[("userIDList", users), ("type", 1.into()), (key, value)]))
    };
    let nothing = || ("x", JsValue::UNDEFINED);
    let long = "x".repeat(33);
    for (users, (key, value), expected) in [
        (JsValue::UNDEFINED, nothing(), -1202.0),
        ("ben".into(), nothing(), -1202.0),
        (list(&[]), nothing(), -1202.0),
        (list(&[&ann.name]), nothing(), -1202.0),
        (Array::of1(&5.into()).into(), nothing(), -1202.0),
        (list(&[""]), nothing(), -1202.0),
        (list(&["b n"]), nothing(), 101002.0),
        (list(&["用户"]), nothing(), 101002.0),
        (list(&[&long]), nothing(), 101002.0),
        (list(&["a", "b", "c", "d", "e", "f", "g", "h", "i"]), nothing(), 101002.0),
        (list(&["ben"]), ("type", 3.into()), -1202.0),
        (list(&["ben"]), ("type", "1".into()), -1202.0),
        (list(&["ben"]), ("timeout", (-1).into()), -1202.0),
        (list(&["ben"]), ("timeout", f64::NAN.into()), -1202.0),
        (list(&["ben"]), ("roomID", 0.into()), -1202.0),
        (list(&["ben"]), ("roomID", 2_147_483_648.0.into()), -1202.0),
        (list(&["ben"]), ("strRoomID", 7.into()), -1202.0),
        (list(&["ben"]), ("userData", 7.into()), -1202.0),
        (list(&["ben"]), ("userData", "x".repeat(4097).into()), -1202.0),
        (list(&["ben"]), ("chatGroupID", true.into()), -1202.0),
    ] {
        assert_eq!(code(calls(users, key, value)).await, expected, "{key}");
    }
    assert_eq!(code(ann.engine.calls(JsValue::UNDEFINED)).await, -1202.0);
    assert_eq!(code(ann.engine.call(object(&[("userID", 3.into()), ("type", 1.into())]))).await, -1202.0);
    assert_eq!(live_tracks(None), 0, "a refused call opens no microphone");

    let ben = Person::logged_in("ben").await;
    let doubled = list(&[&ben.name, &ben.name, &ann.name]);
    done(ann.engine.calls(object(&[("userIDList", doubled), ("type", 1.into())]))).await;
    let received = ben.event("onCallReceived").await;
    assert_eq!(
        Array::from(&get(&received, "calleeIdList")).length(),
        1,
        "a doubled id counts once, the own not at all"
    );
    assert_eq!(get(&received, "isFromGroup"), false);
}

#[wasm_bindgen_test]
async fn methods_in_the_wrong_state() {
    let ann = Person::logged_in("ann").await;
    for promise in [
        ann.engine.accept(),
        ann.engine.reject(),
        ann.engine.hangup(),
        ann.engine.open_microphone(),
        ann.engine.close_microphone(),
        ann.engine.start_remote_view(object(&[("userID", "ben".into()), ("videoViewDomID", "x".into())])),
    ] {
        assert_eq!(code(promise).await, -1203.0);
    }
    let (ben, carl) = connected(1).await;
    assert_eq!(code(ben.engine.accept()).await, -1203.0);
    let again = object(&[("userID", (&*ann.name).into()), ("type", 1.into())]);
    assert_eq!(code(ben.engine.call(again)).await, -1203.0);
    received("audio", "packetsReceived", 0.0).await;
    done(carl.engine.hangup()).await;
    ben.event("onCallEnd").await;
}
