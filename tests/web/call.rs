use crate::support::*;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

const ENDED: [&str; 3] = ["onCallNotConnected", "onCallCancelled", "onCallingCancel"];

#[wasm_bindgen_test]
async fn two_people_see_and_hear_each_other() {
    let (ann, ben) = (Person::logged_in("ann").await, Person::logged_in("ben").await);
    add_container("to-ann");
    let preview = ann.engine.open_camera(JsValue::NULL, JsValue::UNDEFINED);
    let placed = ann.calls(&ben, 2).await;
    done(preview).await;
    let received_call = ben.event("onCallReceived").await;
    assert_eq!(text(&get(&received_call, "callerId")), ann.name);
    assert_eq!(get(&received_call, "callId"), get(&placed, "callId"));
    assert_eq!(get(&received_call, "roomID"), get(&placed, "roomID"));
    assert_eq!(live_tracks(Some("video")), 1, "only the caller's camera is on while it rings");

    let camera = ben.engine.open_camera(JsValue::NULL, JsValue::UNDEFINED);
    done(ben.engine.accept()).await;
    done(camera).await;
    ben.event("onCallBegin").await;
    ann.event("onUserVideoAvailable").await;
    let options = object(&[("userID", (&*ben.name).into()), ("videoViewDomID", "to-ann".into())]);
    done(ann.engine.start_remote_view(options)).await;
    until("a picture", || brightness("to-ann") > 5.0).await;
    received("video", "framesDecoded", 5.0).await;
    received("audio", "totalAudioEnergy", 0.0).await;

    done(ann.engine.hangup()).await;
    let end = ben.event("onCallEnd").await;
    assert_eq!((text(&get(&end, "userID")), get(&end, "reason").as_f64()), (ann.name.clone(), Some(1.0)));
    ann.event("onCallEnd").await;
    assert_eq!(live_tracks(None), 0);
    assert_eq!(
        ann.names(),
        ["onUserJoin", "onUserAccept", "onCallBegin", "onUserVideoAvailable", "onUserAudioAvailable", "onCallEnd"]
            .map(String::from)
    );
}

#[wasm_bindgen_test]
async fn a_rejected_call_ends_on_both_sides() {
    let (ann, ben) = (Person::logged_in("ann").await, Person::logged_in("ben").await);
    ann.calls(&ben, 1).await;
    ben.event("onCallReceived").await;
    done(ben.engine.reject()).await;
    let end = ann.event("onCallingCancel").await;
    assert_eq!((text(&get(&end, "userID")), get(&end, "reason").as_f64()), (ben.name.clone(), Some(2.0)));
    ben.event("onCallingCancel").await;
    assert_eq!(ann.names(), [&["onUserReject"][..], &ENDED].concat());
    assert_eq!(ben.names(), [&["onCallReceived", "onInvited"][..], &ENDED].concat());
    assert_eq!(live_tracks(None), 0);
}

#[wasm_bindgen_test]
async fn a_cancelled_call_stops_ringing() {
    let (ann, ben) = (Person::logged_in("ann").await, Person::logged_in("ben").await);
    ann.calls(&ben, 1).await;
    ben.event("onCallReceived").await;
    done(ann.engine.hangup()).await;
    let end = ben.event("onCallingCancel").await;
    assert_eq!((text(&get(&end, "userID")), get(&end, "reason").as_f64()), (ann.name.clone(), Some(6.0)));
    ann.event("onCallingCancel").await;
    assert_eq!(ann.names(), ENDED);
    assert_eq!(live_tracks(None), 0);
}

#[wasm_bindgen_test]
async fn a_busy_callee_is_not_disturbed() {
    let (ann, ben) = connected(1).await;
    let carl = Person::logged_in("carl").await;
    carl.calls(&ben, 1).await;
    assert_eq!(carl.names(), [&["onUserLineBusy"][..], &ENDED].concat());
    let before = ben.names().len();
    done(ann.engine.hangup()).await;
    ben.event("onCallEnd").await;
    assert!(ben.names()[before..].iter().all(|name| !ENDED.contains(&name.as_str())));
}

#[wasm_bindgen_test]
async fn calling_again_after_a_call_works() {
    let (ann, ben) = connected(1).await;
    done(ben.engine.hangup()).await;
    ann.event("onCallEnd").await;
    ben.calls(&ann, 1).await;
    ann.event("onCallReceived").await;
    done(ann.engine.accept()).await;
    ben.event("onCallBegin").await;
    received("audio", "packetsReceived", 0.0).await;
}
