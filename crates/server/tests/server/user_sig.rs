use crate::support::now;
use base64::{Engine, prelude::BASE64_STANDARD};
use call_server::{AppKeys, SigError, sign, verify};
use flate2::{Compression, write::ZlibEncoder};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{io::Write, path::Path, process::Command};

#[derive(Deserialize)]
struct Vectors {
    good: Vec<Good>,
    bad: Vec<Bad>,
}

#[derive(Deserialize)]
struct Good {
    name: String,
    app: u32,
    secret: String,
    user: String,
    /// Seconds.
    time: u64,
    expire: u64,
    sig: String,
}

/// What is different from the good one `of` that name.
#[derive(Deserialize)]
struct Bad {
    of: String,
    what: String,
    secret: Option<String>,
    at: Option<u64>,
    user: Option<String>,
    app: Option<u32>,
    cut: Option<usize>,
    code: i32,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../data/usersig-vectors.json")).unwrap()
}

fn keys(app: u32, secret: &str) -> AppKeys {
    AppKeys::new(app, vec![secret.into()]).unwrap()
}

#[test]
fn accepts_the_vendors_vectors_from_issue_to_expiry() {
    for good in vectors().good {
        let keys = keys(good.app, &good.secret);
        let expires = (good.time + good.expire) * 1000;
        for at in [good.time * 1000, expires - 1] {
            assert_eq!(verify(&keys, &good.user, &good.sig, at), Ok(expires), "{}", good.name);
        }
        assert_eq!(verify(&keys, &good.user, &good.sig, expires), Err(SigError::Expired { at: expires }));
    }
}

#[test]
fn refuses_what_was_changed() {
    let Vectors { good, bad } = vectors();
    for bad in bad {
        let good = good.iter().find(|good| good.name == bad.of).unwrap();
        let keys = keys(bad.app.unwrap_or(good.app), bad.secret.as_ref().unwrap_or(&good.secret));
        let sig = &good.sig[..good.sig.len() - bad.cut.unwrap_or(0)];
        let user = bad.user.as_ref().unwrap_or(&good.user);
        let error = verify(&keys, user, sig, bad.at.unwrap_or(good.time) * 1000).unwrap_err();
        assert_eq!(error.code().number(), bad.code, "{}, {}", bad.of, bad.what);
    }
}

#[test]
fn accepts_what_it_signs_with_the_first_secret_and_both_secrets() {
    let old = keys(7, "old");
    let both = AppKeys::new(7, vec!["new".into(), "old".into()]).unwrap();
    assert_eq!(verify(&old, "ann", &sign(&old, "ann", 5_000_000, 60), 5_000_000), Ok(5_060_000));
    assert_eq!(verify(&both, "ann", &sign(&old, "ann", 5_000_000, 60), 5_000_000), Ok(5_060_000));
    assert_eq!(verify(&old, "ann", &sign(&both, "ann", 5_000_000, 60), 5_000_000), Err(SigError::Wrong));
}

#[test]
fn refuses_malformed_text() {
    let keys = keys(7, "secret");
    assert_eq!(verify(&keys, "ann", "", 0), Err(SigError::Empty));
    let no_json = packed(b"TLS.ver 2.0");
    let no_sig = packed(json!({"TLS.ver": "2.0", "TLS.identifier": "ann"}).to_string().as_bytes());
    for sig in ["x", "####", "eJy", "日本", &no_json, &no_sig, &"A".repeat(60_000)] {
        assert_eq!(verify(&keys, "ann", sig, 0), Err(SigError::Malformed), "{sig:.20}");
    }
}

#[test]
fn refuses_a_bomb_before_it_has_unpacked_it() {
    let bomb = bomb_of_a_gigabyte();
    assert!(bomb.len() < 4 << 20);
    let peak_before = peak_memory();
    assert_eq!(verify(&keys(7, "secret"), "ann", &bomb, 0), Err(SigError::Malformed));
    // Other tests that run now need some, too.
    if let (Some(before), Some(after)) = (peak_before, peak_memory()) {
        assert!(after - before < 256 << 20, "grew by {}", after - before);
    }
}

/// A deflated stretch that continues the one before it can be repeated as it is.
fn bomb_of_a_gigabyte() -> String {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    let mut ends = Vec::new();
    for _ in 0..2 {
        encoder.write_all(&[b' '; 1 << 20]).unwrap();
        encoder.flush().unwrap();
        ends.push(encoder.get_ref().len());
    }
    let mut packed = encoder.get_ref().clone();
    let stretch = packed[ends[0]..ends[1]].to_vec();
    packed.extend(stretch.repeat(1022));
    to_sig(&packed)
}

#[test]
fn a_token_that_is_genuine_but_for_one_member_is_refused() {
    let keys = keys(7, "secret");
    let token = unpacked(&sign(&keys, "ann", 5_000_000, 60));
    let changes = [
        ("TLS.ver", json!("1.0"), SigError::Malformed),
        ("TLS.ver", json!(2.0), SigError::Malformed),
        ("TLS.expire", json!(6000), SigError::Wrong),
        ("TLS.expire", json!(-1), SigError::Malformed),
        ("TLS.expire", json!(1.5), SigError::Malformed),
        ("TLS.time", json!(5001), SigError::Wrong),
        ("TLS.userbuf", json!("AAAA"), SigError::Wrong),
        ("TLS.sig", json!(""), SigError::Wrong),
        ("TLS.sig", json!("????"), SigError::Malformed),
        ("TLS.sdkappid", json!(4_294_967_303_u64), SigError::OtherApp),
    ];
    for (member, value, expected) in changes {
        let mut changed = token.clone();
        changed[member] = value.clone();
        let sig = packed(changed.to_string().as_bytes());
        assert_eq!(verify(&keys, "ann", &sig, 5_000_000), Err(expected), "{member} {value}");
    }
    let mut as_text = token.clone();
    for member in ["TLS.sdkappid", "TLS.time", "TLS.expire"] {
        as_text[member] = json!(token[member].to_string());
    }
    as_text["TLS.more"] = json!([]);
    assert_eq!(verify(&keys, "ann", &packed(as_text.to_string().as_bytes()), 5_000_000), Ok(5_060_000));
}

#[test]
fn accepts_what_the_vendors_generator_makes_now() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    if !root.join("node_modules/tls-sig-api-v2").exists() {
        println!("skipped: npm package tls-sig-api-v2 is not installed (npm ci)");
        return;
    }
    let cases =
        [(1_400_000_000, "5bd2850fff3ecb11", "xiaojun", 86_400), (1, "k", "A_-9", 60), (u32::MAX, "ä b", "z", 1)];
    let oracle = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/user_sig_oracle.cjs");
    let made = Command::new("node").arg(oracle).arg(json!(cases).to_string()).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let sigs: Vec<Vec<String>> = serde_json::from_slice(&made.stdout).unwrap();
    assert_eq!(sigs.len(), cases.len());
    for ((app, secret, user, expire), sigs) in cases.into_iter().zip(sigs) {
        for sig in sigs {
            // Not the clock's time: the shortest of them may be over by now.
            let issued = unpacked(&sig)["TLS.time"].as_u64().unwrap();
            assert!(issued <= now() / 1000);
            let expires = (issued + expire) * 1000;
            assert_eq!(verify(&keys(app, secret), user, &sig, issued * 1000), Ok(expires));
        }
    }
}

fn packed(content: &[u8]) -> String {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    to_sig(&encoder.finish().unwrap())
}

fn to_sig(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes).replace('+', "*").replace('/', "-").replace('=', "_")
}

fn unpacked(sig: &str) -> Value {
    let packed = BASE64_STANDARD.decode(sig.replace('*', "+").replace('-', "/").replace('_', "=")).unwrap();
    serde_json::from_reader(flate2::read::ZlibDecoder::new(&packed[..])).unwrap()
}

/// Bytes; none where the system does not tell.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}
