use crate::support::*;
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn a_destroyed_engine_leaves_nothing_behind() {
    until("earlier tests are gone", || open_sockets() == 0).await;
    let (listeners, timers) = (held_listeners(), held_timers());
    {
        let (ann, ben) = connected(2).await;
        add_container("torn-down");
        done(ann.engine.open_camera("torn-down".into(), JsValue::UNDEFINED)).await;
        ben.event("onUserVideoAvailable").await;
        assert!(open_connections() >= 2 && held_listeners() > listeners && open_sockets() == 2);
        done(ann.engine.destroy_instance()).await;
        ben.event("onCallEnd").await;
        assert_eq!(code(ann.engine.login(object(&[]))).await, -1201.0);
        assert_eq!(code(ann.engine.hangup()).await, -1201.0);
    }
    TimeoutFuture::new(100).await;
    assert_eq!(live_tracks(None), 0, "tracks");
    assert_eq!(open_connections(), 0, "peer connections");
    assert_eq!(open_sockets(), 0, "sockets");
    assert_eq!(held_listeners(), listeners, "listeners");
    assert_eq!(held_timers(), timers, "timers");
}

#[wasm_bindgen_test]
async fn what_is_granted_after_the_end_is_closed_at_once() {
    let (ann, ben) = connected(2).await;
    hold_captures();
    let camera = ann.engine.open_camera(JsValue::NULL, JsValue::UNDEFINED);
    until("the browser opened the camera", || live_tracks(Some("video")) == 1).await;
    done(ben.engine.hangup()).await;
    ann.event("onCallEnd").await;
    release_captures();
    assert_eq!(code(camera).await, -1203.0);
    assert_eq!(live_tracks(None), 0);
}

#[wasm_bindgen_test]
async fn login_and_destroy_at_once() {
    let ann = Person::new("ann").await;
    let sig = get(&credentials(&ann.name).await, "userSig");
    let login = ann.engine.login(object(&[("userID", (&*ann.name).into()), ("userSig", sig)]));
    done(ann.engine.destroy_instance()).await;
    assert_eq!(code(login).await, -1201.0);
    assert_eq!(open_sockets(), 0);
}
