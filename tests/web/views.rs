use crate::support::*;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn pictures_change_how_they_are_shown() {
    let ann = Person::logged_in("ann").await;
    add_container("shown-ann");
    done(ann.engine.open_camera("shown-ann".into(), JsValue::UNDEFINED)).await;
    let style = |key: &str| style_of("shown-ann", key);
    assert_eq!((style("objectFit"), style("transform")), ("cover".into(), "scaleX(-1)".into()), "like a mirror");
    let me = || ("userID", JsValue::from(&*ann.name));
    let change = |entries: &[(&str, JsValue)]| ann.engine.set_video_render_params(object(entries));
    done(change(&[me(), ("objectFit", "contain".into()), ("mirror", false.into())])).await;
    assert_eq!((style("objectFit"), style("transform")), ("contain".into(), String::new()));
    done(change(&[("rotation", 1.into())])).await;
    assert_eq!((style("objectFit"), style("transform")), ("contain".into(), "rotate(90deg)".into()), "of all pictures");
    assert_eq!((style("width"), style("height")), ("240px".into(), "320px".into()), "it lies on its side");
    done(change(&[("fillMode", 0.into()), ("rotation", 2.into())])).await;
    assert_eq!((style("objectFit"), style("width")), ("cover".into(), "100%".into()));
    assert_eq!(code(change(&[("rotation", 90.into())])).await, -1202.0);
    assert_eq!(code(change(&[("objectFit", "stretch".into())])).await, -1202.0);
    assert_eq!(code(change(&[("userID", "nobody".into())])).await, -1203.0);
    assert_eq!(code(ann.engine.set_video_render_params(JsValue::UNDEFINED)).await, -1202.0);
    done(ann.engine.close_camera()).await;
}

#[wasm_bindgen_test]
async fn everybody_can_be_silenced_until_the_call_ends() {
    let (ann, ben) = connected(1).await;
    until("both are heard", || silenced().len() == 2).await;
    ann.engine.mute_all_remote_audio(true);
    assert_eq!(silenced().iter().filter(|muted| muted.is_truthy()).count(), 1, "ben still hears ann");
    ann.engine.mute_all_remote_audio(false);
    assert!(silenced().iter().all(|muted| muted.is_falsy()));
    ann.engine.mute_all_remote_audio(true);
    done(ann.engine.hangup()).await;
    ben.event("onCallEnd").await;
    assert!(silenced().is_empty());
    ben.calls(&ann, 1).await;
    ann.event("onCallReceived").await;
    done(ann.engine.accept()).await;
    until("both are heard again", || silenced().len() == 2).await;
    assert!(silenced().iter().all(|muted| muted.is_falsy()));
}

#[wasm_bindgen_test]
async fn the_status_of_the_call() {
    let (ann, ben) = (Person::logged_in("ann").await, Person::logged_in("ben").await);
    assert_eq!(ann.engine.call_status(), "idle");
    ann.calls(&ben, 1).await;
    ben.event("onCallReceived").await;
    assert_eq!((ann.engine.call_status(), ben.engine.call_status()), ("calling".into(), "calling".into()));
    done(ben.engine.accept()).await;
    ann.event("onCallBegin").await;
    assert_eq!(ann.engine.call_status(), "connected");
    done(ann.engine.hangup()).await;
    ann.event("onCallEnd").await;
    assert_eq!(ann.engine.call_status(), "idle");
}
