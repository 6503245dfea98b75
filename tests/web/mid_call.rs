use crate::support::*;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

fn list(people: &[&Person]) -> JsValue {
    people.iter().map(|person| JsValue::from(&*person.name)).collect::<js_sys::Array>().into()
}

fn room(of: &JsValue) -> [(&'static str, JsValue); 3] {
    [("type", 1.into()), ("groupID", "team".into()), ("roomID", get(of, "roomID"))]
}

#[wasm_bindgen_test]
async fn a_group_grows_by_invitation_and_by_joining() {
    let (ann, ben) = (Person::logged_in("ann").await, Person::logged_in("ben").await);
    let group = object(&[("userIDList", list(&[&ben])), ("type", 1.into()), ("groupID", "team".into())]);
    let placed = done(ann.engine.group_call(group)).await;
    let call = ben.event("onCallReceived").await;
    assert_eq!((get(&call, "isFromGroup"), text(&get(&call, "groupID"))), (JsValue::TRUE, "team".into()));
    done(ben.engine.accept()).await;
    ann.event("onCallBegin").await;

    let cat = Person::logged_in("cat").await;
    done(ben.engine.invite_user(object(&[("userIDList", list(&[&cat])), ("userData", "come".into())]))).await;
    ann.event_about("onUserInviting", &cat).await;
    let call = cat.event("onCallReceived").await;
    assert_eq!((text(&get(&call, "callerId")), text(&get(&call, "userData"))), (ben.name.clone(), "come".into()));
    done(cat.engine.accept()).await;
    cat.event("onCallBegin").await;
    ann.event_about("onUserJoin", &cat).await;

    let dan = Person::logged_in("dan").await;
    done(dan.engine.join_in_group_call(object(&room(&placed)))).await;
    dan.event("onCallBegin").await;
    for other in [&ann, &ben, &cat] {
        other.event_about("onUserJoin", &dan).await;
    }
    // Everybody hears everybody: four microphones, each heard by three.
    until_heard(12).await;
    for _ in 0..3 {
        dan.event("onUserAudioAvailable").await;
    }

    done(ann.engine.hangup()).await;
    dan.event_about("onUserLeave", &ann).await;
    done(ann.engine.join(object(&[("callId", get(&call, "callId"))]))).await;
    ann.event("onCallBegin").await;
    dan.event_about("onUserJoin", &ann).await;
    until_heard(12).await;
    // The last one is left alone, which ends it.
    for person in [&ann, &ben, &cat] {
        done(person.engine.hangup()).await;
    }
    dan.event("onCallEnd").await;
    assert_eq!(live_tracks(None), 0);
}

#[wasm_bindgen_test]
async fn a_call_of_two_switches_to_audio_and_back() {
    let (ann, ben) = connected(2).await;
    done(ann.engine.open_camera(JsValue::NULL, JsValue::UNDEFINED)).await;
    ben.event("onUserVideoAvailable").await;
    done(ben.engine.switch_call_media_type(1.into())).await;
    for person in [&ann, &ben] {
        let changed = person.event("onCallMediaTypeChanged").await;
        assert_eq!((get(&changed, "oldCallMediaType"), get(&changed, "newCallMediaType")), (2.into(), 1.into()));
    }
    let off = ben.event("onUserVideoAvailable").await;
    assert_eq!(get(&off, "isVideoAvailable"), JsValue::FALSE);
    until("the camera is off", || live_tracks(Some("video")) == 0).await;
    assert_eq!(code(ann.engine.switch_call_media_type(1.into())).await, -1204.0);
    done(ann.engine.switch_call_media_type(2.into())).await;
    ben.event("onCallMediaTypeChanged").await;
}

#[wasm_bindgen_test]
async fn what_no_call_allows_is_refused() {
    let ann = Person::logged_in("ann").await;
    let nobody = object(&[("userIDList", js_sys::Array::new().into())]);
    assert_eq!(code(ann.engine.invite_user(nobody)).await, -1202.0);
    let ben = object(&[("userIDList", js_sys::Array::of1(&"ben".into()).into())]);
    assert_eq!(code(ann.engine.invite_user(ben)).await, -1203.0);
    assert_eq!(code(ann.engine.switch_call_media_type(1.into())).await, -1203.0);
    assert_eq!(code(ann.engine.switch_call_media_type(3.into())).await, -1202.0);
    assert_eq!(code(ann.engine.join(object(&[("callId", "".into())]))).await, -1202.0);
    let unknown = [("type", 1.into()), ("groupID", "team".into()), ("roomID", 5.into())];
    assert_eq!(code(ann.engine.join_in_group_call(object(&unknown))).await, -1203.0);
    assert_eq!(code(ann.engine.join_in_group_call(object(&unknown[..2]))).await, -1202.0);
    assert_eq!(live_tracks(None), 0);
}
