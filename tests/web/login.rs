use crate::support::*;
use open_call_engine::engine::TUICallEngine;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn a_wrong_user_sig_is_refused_with_the_contracts_number() {
    let ann = Person::new("ann").await;
    let login = |sig: &str| ann.engine.login(object(&[("userID", (&*ann.name).into()), ("userSig", sig.into())]));
    assert_eq!(code(login("")).await, 70002.0);
    assert_eq!(code(login("no signature")).await, 70003.0);
    let of_another = text(&get(&credentials("somebody-else").await, "userSig"));
    assert_eq!(code(login(&of_another)).await, 70013.0);
    ann.login().await;
}

#[wasm_bindgen_test]
async fn a_server_that_is_not_there() {
    let settings = object(&[("SDKAppID", 1.into()), ("serverUrl", "http://127.0.0.1:9".into())]);
    let engine = TUICallEngine::new(&settings).unwrap();
    let login = engine.login(object(&[("userID", "ann".into()), ("userSig", "sig".into())]));
    assert_eq!(code(login).await, 2805.0);
    done(engine.destroy_instance()).await;
}

#[wasm_bindgen_test]
async fn logging_in_again_changes_nothing_and_logging_out_ends_it() {
    let ann = Person::logged_in("ann").await;
    let sig = get(&credentials(&ann.name).await, "userSig");
    done(ann.engine.login(object(&[("userID", (&*ann.name).into()), ("userSig", sig)]))).await;
    done(ann.engine.logout()).await;
    assert_eq!(code(ann.engine.hangup()).await, -1201.0);
    assert_eq!(code(ann.engine.logout()).await, -1201.0);
    ann.login().await;
}

#[wasm_bindgen_test]
async fn nothing_but_login_works_before_login() {
    let ann = Person::new("ann").await;
    let some = || object(&[("userID", "ben".into()), ("type", 1.into()), ("videoViewDomID", "x".into())]);
    let engine = &ann.engine;
    for promise in [
        engine.call(some()),
        engine.calls(some()),
        engine.accept(),
        engine.reject(),
        engine.hangup(),
        engine.open_camera(JsValue::NULL, JsValue::NULL),
        engine.close_camera(),
        engine.open_microphone(),
        engine.close_microphone(),
        engine.start_remote_view(some()),
        engine.stop_remote_view(some()),
        engine.logout(),
    ] {
        assert_eq!(code(promise).await, -1201.0);
    }
}
