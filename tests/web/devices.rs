use crate::support::*;
use gloo_timers::future::TimeoutFuture;
use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

async fn list(person: &Person, device_type: &str) -> Vec<JsValue> {
    Array::from(&done(person.engine.device_list(device_type.into())).await).to_vec()
}

fn id(device: &JsValue) -> String {
    text(&get(device, "deviceId"))
}

fn choice(device_type: &str, device: &str) -> JsValue {
    object(&[("deviceType", device_type.into()), ("deviceId", device.into())])
}

#[wasm_bindgen_test]
async fn devices_are_listed_by_every_name_of_their_type() {
    let ann = Person::logged_in("ann").await;
    // Names are known to pages that may use the device.
    done(ann.engine.open_camera(JsValue::NULL, JsValue::UNDEFINED)).await;
    for names in [&["camera", "video"][..], &["microphone", "microphones", "audio"]] {
        let first = list(&ann, names[0]).await;
        assert!(!first.is_empty(), "{}", names[0]);
        for device in &first {
            assert!(!id(device).is_empty() && get(device, "deviceName").is_string());
            assert_eq!(get(device, "deviceName"), get(device, "label"));
        }
        for other in &names[1..] {
            assert_eq!(list(&ann, other).await.len(), first.len());
        }
    }
    assert_eq!(list(&ann, "toaster").await.len(), 0);
    assert_eq!(id(&done(ann.engine.current_device("camera".into())).await), id(&list(&ann, "camera").await[0]));
    done(ann.engine.close_camera()).await;
}

#[wasm_bindgen_test]
async fn a_microphone_is_switched_in_mid_call_and_stays_muted() {
    let (ann, _ben) = connected(1).await;
    received("audio", "packetsReceived", 0.0).await;
    let microphones = list(&ann, "microphone").await;
    let in_use = id(&done(ann.engine.current_device("microphone".into())).await);
    let other = microphones.iter().map(id).find(|id| *id != in_use).expect("Chromium fakes several microphones");
    done(ann.engine.close_microphone()).await;
    assert_eq!(done(ann.engine.switch_device(choice("microphone", &other))).await, JsValue::TRUE);
    let told = ann.event("onDeviceUpdated").await;
    assert_eq!(id(&get(&told, "currentMicrophone")), other);
    assert_eq!(text(&get(&told, "currentMicrophoneID")), other);
    assert_eq!(Array::from(&get(&told, "microphoneList")).length() as usize, microphones.len());
    assert_eq!(live_tracks(Some("audio")), 2, "the old one is closed");
    assert_eq!(open_microphones(), 1, "ann's is still muted");
    done(ann.engine.open_microphone()).await;
    assert_eq!(open_microphones(), 2);
    received("audio", "totalAudioEnergy", 0.0).await;
}

#[wasm_bindgen_test]
async fn a_camera_is_switched_under_its_preview() {
    let (ann, ben) = connected(2).await;
    add_container("switched-ann");
    done(ann.engine.open_camera("switched-ann".into(), JsValue::UNDEFINED)).await;
    ben.event("onUserVideoAvailable").await;
    received("video", "framesDecoded", 3.0).await;
    let before = negotiated();
    for device in list(&ann, "camera").await {
        done(ann.engine.switch_device(choice("camera", &id(&device)))).await;
        assert_eq!(id(&done(ann.engine.current_device("camera".into())).await), id(&device));
        assert_eq!(live_tracks(Some("video")), 1);
        until("a preview", || brightness("switched-ann") > 5.0).await;
    }
    done(ann.engine.switch_camera(1.into())).await;
    done(ann.engine.switch_camera(0.into())).await;
    assert_eq!(live_tracks(Some("video")), 1);
    assert_eq!(negotiated(), before, "a track replaces another without a word between the two sides");
    assert!(!ben.names().contains(&"onCallEnd".into()));
    assert_eq!(ben.count("onUserVideoAvailable"), 1, "to the others the camera was on all the time");
}

#[wasm_bindgen_test]
async fn a_device_that_is_not_there_is_refused_and_the_old_one_stays() {
    let (ann, _ben) = connected(1).await;
    for wrong in [
        JsValue::UNDEFINED,
        choice("toaster", "x"),
        choice("camera", "nothing"),
        choice("microphone", ""),
        choice("speaker", "nothing"),
    ] {
        assert_eq!(code(ann.engine.switch_device(wrong)).await, -1202.0);
    }
    assert_eq!(code(ann.engine.switch_camera(2.into())).await, -1202.0);
    until("both microphones", || live_tracks(Some("audio")) == 2).await;
}

#[wasm_bindgen_test]
async fn an_unplugged_microphone_is_replaced() {
    let (ann, ben) = connected(1).await;
    ben.event("onUserAudioAvailable").await;
    done(ann.engine.close_microphone()).await;
    ben.event("onUserAudioAvailable").await;
    unplug("audio");
    until("another microphone", || live_tracks(Some("audio")) == 2).await;
    TimeoutFuture::new(100).await;
    assert_eq!(open_microphones(), 1, "it is as muted as the old one");
    assert!(!ann.names().contains(&"onError".into()));
}

#[wasm_bindgen_test]
async fn an_unplugged_microphone_that_was_chosen_falls_back_and_the_application_is_told() {
    let (ann, ben) = connected(1).await;
    ben.event("onUserAudioAvailable").await;
    let microphones = list(&ann, "microphone").await;
    let chosen = id(microphones.last().unwrap());
    done(ann.engine.switch_device(choice("microphone", &chosen))).await;
    let current = async || text(&get(&ann.event("onDeviceUpdated").await, "currentMicrophoneID"));
    while current().await != chosen {}
    done(ann.engine.close_microphone()).await;
    hide_device(&chosen);
    // Ann's is the one that was captured last.
    unplug_last("audio");
    while current().await != id(&microphones[0]) {}
    until("another microphone", || live_tracks(Some("audio")) == 2).await;
    assert_eq!(open_microphones(), 1, "still muted");
    hide_device("");
    done(ann.engine.open_microphone()).await;
    received("audio", "totalAudioEnergy", 0.0).await;
}

#[wasm_bindgen_test]
async fn a_device_that_is_plugged_in_is_told_and_listed() {
    let ann = Person::logged_in("ann").await;
    let microphones = list(&ann, "microphone").await;
    let last = id(microphones.last().unwrap());
    hide_device(&last);
    let count = async || Array::from(&get(&ann.event("onDeviceUpdated").await, "microphoneList")).length() as usize;
    while count().await != microphones.len() - 1 {}
    hide_device("");
    while count().await != microphones.len() {}
    assert_eq!(id(list(&ann, "microphone").await.last().unwrap()), last);
}

#[wasm_bindgen_test]
async fn a_microphone_that_the_system_holds_back_is_told_to_all_and_comes_back() {
    let (ann, ben) = connected(1).await;
    let available = async || get(&ben.event("onUserAudioAvailable").await, "isAudioAvailable") == true;
    assert!(available().await);
    hold_back("audio", true);
    assert_eq!(get(&ann.event("onError").await, "code"), 60104);
    assert!(!available().await);
    hold_back("audio", false);
    assert!(available().await);
    // Some phones never give it back by themselves.
    hold_back("audio", true);
    assert!(!available().await);
    assert_eq!(live_tracks(Some("audio")), 2);
    look_again();
    assert!(available().await);
    assert_eq!(live_tracks(Some("audio")), 2, "the silent one is closed");
    received("audio", "totalAudioEnergy", 0.0).await;
}

#[wasm_bindgen_test]
async fn an_unplugged_camera_without_another_is_told() {
    let (ann, ben) = connected(2).await;
    done(ann.engine.open_camera(JsValue::NULL, JsValue::UNDEFINED)).await;
    assert_eq!(get(&ben.event("onUserVideoAvailable").await, "isVideoAvailable"), true);
    refuse_captures("NotFoundError: refused by the test");
    unplug("video");
    assert_eq!(get(&ann.event("onError").await, "code"), 60004);
    allow_captures();
    assert_eq!(get(&ben.event("onUserVideoAvailable").await, "isVideoAvailable"), false);
    assert_eq!(live_tracks(Some("video")), 0);
}

#[wasm_bindgen_test]
async fn changes_that_come_together_are_told_once() {
    let ann = Person::logged_in("ann").await;
    list(&ann, "camera").await;
    rename_devices("new ");
    for _ in 0..5 {
        announce_devices();
    }
    let told = ann.event("onDeviceUpdated").await;
    let camera = get(&Array::from(&get(&told, "cameraList")).get(0), "deviceName");
    assert!(text(&camera).starts_with("new "));
    TimeoutFuture::new(400).await;
    rename_devices("");
    announce_devices();
    ann.event("onDeviceUpdated").await;
    announce_devices();
    TimeoutFuture::new(400).await;
    assert_eq!(ann.count("onDeviceUpdated"), 2, "nothing new is not told");
}

#[wasm_bindgen_test]
async fn a_call_does_not_look_for_devices_again() {
    let (ann, ben) = (Person::logged_in("ann").await, Person::logged_in("ben").await);
    list(&ann, "camera").await;
    list(&ben, "camera").await;
    let looked = device_look_ups();
    ann.calls(&ben, 2).await;
    ben.event("onCallReceived").await;
    done(ben.engine.accept()).await;
    ann.event("onCallBegin").await;
    // After the first capture the devices may have names, and are listed once more.
    assert!(device_look_ups() <= looked + 2, "{} look-ups", device_look_ups() - looked);
}

#[wasm_bindgen_test]
async fn a_refused_microphone_fails_before_anybody_is_told() {
    let (ann, ben) = (Person::logged_in("ann").await, Person::logged_in("ben").await);
    refuse_captures("NotAllowedError: Permission denied");
    deny_microphone(true);
    announce_devices();
    let list = js_sys::Array::of1(&(&*ben.name).into());
    let options = || object(&[("userIDList", list.clone().into()), ("type", 1.into())]);
    let outcome = code(ann.engine.calls(options())).await;
    deny_microphone(false);
    allow_captures();
    assert_eq!(outcome, -1101.0);
    hide_devices(true);
    announce_devices();
    let outcome = code(ann.engine.calls(options())).await;
    hide_devices(false);
    announce_devices();
    assert_eq!(outcome, 60003.0);
    TimeoutFuture::new(200).await;
    assert!(ben.names().is_empty(), "{:?}", ben.names());
}

#[wasm_bindgen_test]
async fn what_the_browser_refuses_with_has_a_number_each() {
    let ann = Person::logged_in("ann").await;
    for (error, expected) in [
        ("NotAllowedError: Permission denied", -1101.0),
        ("NotAllowedError: Permission denied by system", -1003.0),
        ("NotFoundError: Requested device not found", 60004.0),
        ("NotReadableError: Could not start video source", -1102.0),
        ("OverconstrainedError: deviceId", 60103.0),
        ("TypeError: whatever", -1100.0),
    ] {
        refuse_captures(error);
        let outcome = code(ann.engine.open_camera(JsValue::NULL, JsValue::UNDEFINED)).await;
        allow_captures();
        assert_eq!(outcome, expected, "{error}");
    }
    done(ann.engine.open_camera(JsValue::NULL, JsValue::UNDEFINED)).await;
    done(ann.engine.close_camera()).await;
    assert_eq!(live_tracks(Some("video")), 0);
}

#[wasm_bindgen_test]
async fn a_chosen_device_that_has_gone_is_forgotten() {
    let ann = Person::logged_in("ann").await;
    let microphones = list(&ann, "microphone").await;
    let last = id(microphones.last().unwrap());
    let current = async || id(&done(ann.engine.current_device("microphone".into())).await);
    done(ann.engine.switch_device(choice("microphone", &last))).await;
    assert_eq!(current().await, last);
    hide_devices(true);
    announce_devices();
    ann.event("onDeviceUpdated").await;
    assert_eq!(current().await, "");
    hide_devices(false);
    announce_devices();
    assert_eq!(current().await, id(&microphones[0]));
}
