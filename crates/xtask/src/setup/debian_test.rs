#![allow(clippy::unwrap_used)]

use super::{numbers, parse_version};

#[test]
fn reads_what_the_compiler_says_of_itself() {
    let text =
        "rustc 1.96.0 (ac68faa20 2026-05-25)\nhost: x86_64-unknown-linux-gnu\nrelease: 1.96.0\nLLVM version: 22.1.8\n";
    let compiler = parse_version(text).unwrap();
    assert_eq!(compiler.release, "1.96.0");
    assert_eq!(compiler.host, "x86_64-unknown-linux-gnu");
    assert_eq!(compiler.llvm, "22");
    assert!(parse_version("rustc 1.96.0").is_none());
}

#[test]
fn versions_compare_by_number() {
    assert!(numbers("1.100.0") > numbers("1.89"));
    assert!(numbers("1.63.0") < numbers("1.89"));
    assert_eq!(numbers("1.96.0-beta.2"), [1, 96, 0]);
}
