use crate::support::*;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

fn counter(count: &Rc<Cell<u32>>) -> Closure<dyn FnMut(JsValue)> {
    let count = count.clone();
    Closure::new(move |_| count.set(count.get() + 1))
}

#[wasm_bindgen_test]
async fn older_event_strings_are_heard() {
    let (ann, ben) = (Person::logged_in("ann").await, Person::logged_in("ben").await);
    let count = Rc::default();
    let listener = counter(&count);
    for older in ["onUserEnter", "onUserJoin"] {
        ann.engine.on(&older.into(), &function(&listener), &JsValue::UNDEFINED).unwrap();
    }
    ann.calls(&ben, 1).await;
    ben.event("onCallReceived").await;
    done(ben.engine.accept()).await;
    ann.event("onCallBegin").await;
    assert_eq!(count.get(), 2);
}

#[wasm_bindgen_test]
async fn once_off_and_context() {
    let ann = Person::new("ann").await;
    let (once, kept, removed) = (Rc::default(), Rc::default(), Rc::default());
    let (once_fn, kept_fn, removed_fn) = (counter(&once), counter(&kept), counter(&removed));
    let event = "onConnectionStateChanged".into();
    ann.engine.once(&event, &function(&once_fn), &JsValue::UNDEFINED).unwrap();
    let context = object(&[]);
    ann.engine.on(&event, &function(&kept_fn), &context).unwrap();
    ann.engine.on(&event, &function(&removed_fn), &context).unwrap();
    ann.engine.off(&event, &function(&removed_fn), &context).unwrap();
    ann.engine.off(&event, &function(&kept_fn), &object(&[])).unwrap();
    let seen = js_sys::Function::new_with_args("payload", "this.seen = payload.state");
    ann.engine.on(&event, &seen, &context).unwrap();
    ann.login().await;
    assert_eq!((once.get(), kept.get(), removed.get()), (1, 2, 0), "connecting and connected; once; off");
    assert_eq!(text(&get(&context, "seen")), "connected");
}

#[wasm_bindgen_test]
async fn a_throwing_listener_harms_nobody() {
    let ann = Person::new("ann").await;
    ann.engine.set_log_level(&4.into()).unwrap();
    let throws = js_sys::Function::new_no_args("throw new Error('from a listener')");
    ann.engine.on(&"sdkReady".into(), &throws, &JsValue::UNDEFINED).unwrap();
    let count = Rc::default();
    let after = counter(&count);
    ann.engine.on(&"sdkReady".into(), &function(&after), &JsValue::UNDEFINED).unwrap();
    ann.login().await;
    assert_eq!(count.get(), 1);
    ann.engine.set_log_level(&1.into()).unwrap();
}

#[wasm_bindgen_test]
async fn a_listener_may_hang_up() {
    let (ann, ben) = (Rc::new(Person::logged_in("ann").await), Person::logged_in("ben").await);
    let caller = ann.clone();
    let listener = Closure::<dyn FnMut(JsValue)>::new(move |_| {
        let _ = caller.engine.hangup();
    });
    ann.engine.on(&"onCallBegin".into(), &function(&listener), &JsValue::UNDEFINED).unwrap();
    ann.calls(&ben, 1).await;
    ben.event("onCallReceived").await;
    done(ben.engine.accept()).await;
    ann.event("onCallEnd").await;
    ben.event("onCallEnd").await;
    until("released", || live_tracks(None) == 0).await;
    ann.engine.off(&"onCallBegin".into(), &JsValue::UNDEFINED, &JsValue::UNDEFINED).unwrap();
}

#[wasm_bindgen_test]
async fn what_is_no_event_or_no_function_is_refused() {
    let ann = Person::new("ann").await;
    let code = |result: Result<(), JsValue>| get(&result.unwrap_err(), "code").as_f64();
    assert_eq!(code(ann.engine.on(&1.into(), &JsValue::NULL, &JsValue::UNDEFINED)), Some(-1202.0));
    assert_eq!(code(ann.engine.on(&"onError".into(), &JsValue::NULL, &JsValue::UNDEFINED)), Some(-1202.0));
    assert_eq!(code(ann.engine.off(&JsValue::UNDEFINED, &JsValue::NULL, &JsValue::UNDEFINED)), Some(-1202.0));
    assert_eq!(code(ann.engine.set_log_level(&9.into())), Some(-1202.0));
}
