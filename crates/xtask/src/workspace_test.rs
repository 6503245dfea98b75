use super::locked_version;

const LOCK: &str = "version = 4\n\n[[package]]\nname = \"wasm-bindgen-shared\"\nversion = \"0.1.0\"\n\n\
    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"registry\"\n";

#[test]
fn reads_the_version_of_exactly_that_crate() {
    assert_eq!(locked_version(LOCK, "wasm-bindgen").as_deref(), Some("0.2.130"));
    assert_eq!(locked_version(LOCK, "wasm-bindgen-shared").as_deref(), Some("0.1.0"));
}

#[test]
fn a_crate_that_is_not_locked_has_no_version() {
    assert_eq!(locked_version(LOCK, "bindgen"), None);
}
