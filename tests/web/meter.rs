use crate::support::*;
use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

fn entries(payload: &JsValue, key: &str) -> Vec<JsValue> {
    Array::from(&get(payload, key)).to_vec()
}

fn number(entry: &JsValue, key: &str) -> f64 {
    get(entry, key).as_f64().unwrap_or_else(|| panic!("{key} of {entry:?}"))
}

fn users(entries: &[JsValue]) -> Vec<String> {
    entries.iter().map(|entry| text(&get(entry, "userId"))).collect()
}

#[wasm_bindgen_test]
async fn volumes_of_everybody_the_own_first() {
    let (ann, ben) = connected(1).await;
    let (mut own, mut others) = (0.0_f64, 0.0_f64);
    // The fake microphone beeps once a second, so a single look may fall between two beeps.
    for _ in 0..10 {
        let told = entries(&ann.event("onUserVoiceVolumeChanged").await, "volumeMap");
        assert_eq!(users(&told), [ann.name.clone(), ben.name.clone()]);
        assert!(told.iter().all(|entry| (0.0..=100.0).contains(&number(entry, "audioVolume"))));
        own = own.max(number(&told[0], "audioVolume"));
        others = others.max(number(&told[1], "audioVolume"));
        if own > 0.0 && others > 0.0 {
            break;
        }
    }
    assert!(own > 0.0 && others > 0.0, "{own} {others}");
    done(ann.engine.close_microphone()).await;
    ann.event("onUserVoiceVolumeChanged").await;
    let told = entries(&ann.event("onUserVoiceVolumeChanged").await, "volumeMap");
    assert_eq!(number(&told[0], "audioVolume"), 0.0, "muted");
    done(ann.engine.hangup()).await;
    let before = ann.count("onUserVoiceVolumeChanged");
    gloo_timers::future::TimeoutFuture::new(1500).await;
    assert_eq!(ann.count("onUserVoiceVolumeChanged"), before, "after the call there are none");
}

#[wasm_bindgen_test]
async fn a_good_network_is_told_as_one() {
    let (ann, ben) = connected(1).await;
    for _ in 0..10 {
        let told = entries(&ann.event("onUserNetworkQualityChanged").await, "networkQualityList");
        assert_eq!(users(&told), [ann.name.clone(), ben.name.clone()]);
        let quality = number(&told[1], "quality");
        assert!(quality < 6.0, "a connected member is not down");
        if quality > 0.0 && number(&told[0], "quality") > 0.0 {
            assert_eq!(number(&told[1], "downLoss"), 0.0, "on this machine nothing is lost");
            assert!(number(&told[1], "delay") < 1000.0);
            return;
        }
    }
    panic!("the quality was never known");
}

#[wasm_bindgen_test]
async fn nobody_listens_and_nothing_is_measured() {
    let (ann, ben) = connected(1).await;
    for person in [&ann, &ben] {
        for event in ["onUserVoiceVolumeChanged", "onUserNetworkQualityChanged"] {
            person.engine.off(&event.into(), &JsValue::UNDEFINED, &JsValue::UNDEFINED).unwrap();
        }
    }
    gloo_timers::future::TimeoutFuture::new(1200).await;
    let looks = stats_looks();
    gloo_timers::future::TimeoutFuture::new(2500).await;
    assert_eq!(stats_looks(), looks);
}
