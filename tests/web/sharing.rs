use crate::support::*;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

async fn limited(expected: &[&str]) {
    until(&format!("{expected:?}"), || video_limits() == expected).await;
}

#[wasm_bindgen_test]
async fn each_gets_less_of_the_camera_when_the_group_grows() {
    let (ann, ben) = connected(2).await;
    done(ann.engine.open_camera(JsValue::NULL, JsValue::UNDEFINED)).await;
    limited(&["900000 1"]).await;
    let mut others = Vec::new();
    for (name, expected) in [("cat", &["630000 1"; 2][..]), ("dan", &["420000 1.5"; 3])] {
        let person = Person::logged_in(name).await;
        let list = js_sys::Array::of1(&(&*person.name).into());
        done(ann.engine.invite_user(object(&[("userIDList", list.into())]))).await;
        person.event("onCallReceived").await;
        done(person.engine.accept()).await;
        ann.event_about("onUserJoin", &person).await;
        limited(expected).await;
        others.push(person);
    }
    done(others[1].engine.hangup()).await;
    done(ben.engine.hangup()).await;
    limited(&["900000 1"]).await;
    done(ann.engine.set_video_quality("720p".into())).await;
    assert_eq!(done(ann.engine.video_quality()).await, "720p");
    limited(&["1500000 1"]).await;
    assert_eq!(code(ann.engine.set_video_quality("8K".into())).await, -1202.0);
}
