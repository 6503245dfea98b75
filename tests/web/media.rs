use crate::support::*;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn the_microphone_starts_by_itself_and_can_be_muted() {
    let (ann, ben) = connected(1).await;
    let available = ben.event("onUserAudioAvailable").await;
    assert_eq!(get(&available, "isAudioAvailable"), true);
    done(ann.engine.close_microphone()).await;
    assert_eq!(get(&ben.event("onUserAudioAvailable").await, "isAudioAvailable"), false);
    assert_eq!(live_tracks(Some("audio")), 2, "a muted microphone stays captured");
    done(ann.engine.open_microphone()).await;
    done(ann.engine.open_microphone()).await;
    assert_eq!(get(&ben.event("onUserAudioAvailable").await, "isAudioAvailable"), true);
    assert_eq!(live_tracks(Some("audio")), 2);
}

#[wasm_bindgen_test]
async fn muted_before_the_call_begins_stays_muted() {
    let (ann, ben) = (Person::logged_in("ann").await, Person::logged_in("ben").await);
    ann.calls(&ben, 1).await;
    done(ann.engine.close_microphone()).await;
    ben.event("onCallReceived").await;
    done(ben.engine.accept()).await;
    ann.event("onUserAudioAvailable").await;
    done(ann.engine.open_microphone()).await;
    assert_eq!(get(&ben.event("onUserAudioAvailable").await, "isAudioAvailable"), true);
    let told = ben.names().iter().filter(|name| *name == "onUserAudioAvailable").count();
    assert_eq!(told, 1, "nothing was said of the microphone while it was off");
}

#[wasm_bindgen_test]
async fn a_camera_that_is_off_is_stopped() {
    let (ann, ben) = connected(2).await;
    add_container("camera-ann");
    done(ann.engine.open_camera("camera-ann".into(), JsValue::UNDEFINED)).await;
    assert_eq!(get(&ben.event("onUserVideoAvailable").await, "isVideoAvailable"), true);
    received("video", "framesDecoded", 3.0).await;
    done(ann.engine.close_camera()).await;
    assert_eq!(live_tracks(Some("video")), 0);
    assert_eq!(get(&ben.event("onUserVideoAvailable").await, "isVideoAvailable"), false);
    done(ann.engine.open_camera("camera-ann".into(), JsValue::UNDEFINED)).await;
    assert_eq!(get(&ben.event("onUserVideoAvailable").await, "isVideoAvailable"), true);
    until("a preview", || brightness("camera-ann") > 5.0).await;
}

#[wasm_bindgen_test]
async fn a_preview_goes_live_when_the_call_begins() {
    let (ann, ben) = (Person::logged_in("ann").await, Person::logged_in("ben").await);
    add_container("preview-ann");
    done(ann.engine.open_camera("preview-ann".into(), JsValue::UNDEFINED)).await;
    until("a preview", || brightness("preview-ann") > 5.0).await;
    ann.calls(&ben, 2).await;
    ben.event("onCallReceived").await;
    done(ben.engine.accept()).await;
    assert_eq!(get(&ben.event("onUserVideoAvailable").await, "isVideoAvailable"), true);
    received("video", "framesDecoded", 3.0).await;
    done(ann.engine.hangup()).await;
    ben.event("onCallEnd").await;
    assert_eq!(live_tracks(None), 0);
    assert_eq!(brightness("preview-ann"), -1.0, "the picture is gone");
}

#[wasm_bindgen_test]
async fn a_view_without_its_element_is_refused() {
    let (ann, ben) = connected(1).await;
    let view = |id: &str| {
        ann.engine.start_remote_view(object(&[("userID", (&*ben.name).into()), ("videoViewDomID", id.into())]))
    };
    assert_eq!(code(view("nowhere")).await, -1202.0);
    assert_eq!(code(view("")).await, -1202.0);
    done(ann.engine.stop_remote_view(object(&[("userID", (&*ben.name).into())]))).await;
}
