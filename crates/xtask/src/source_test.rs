use super::{named_paths, without_comments_and_text};

fn paths(source: &str) -> Vec<String> {
    named_paths(source).iter().map(|path| format!("{} {}", path.line, path.segments.join("::"))).collect()
}

#[test]
fn spells_out_use_trees() {
    let source = "use std::{fmt, time::{Duration, Instant as Now}};\nuse tokio;\npub use crate::call::*;\n";
    let expected = ["1 std::fmt", "1 std::time::Duration", "1 std::time::Instant", "2 tokio", "3 crate::call::*"];
    assert_eq!(paths(source), expected);
}

#[test]
fn a_use_tree_may_span_lines_and_end_in_a_comma() {
    let source = "use crate::{\n    driver::Driver,\n    web,\n};\nfn f() {}\nuse super::b;\n";
    assert_eq!(paths(source), ["2 crate::driver::Driver", "3 crate::web", "6 super::b"]);
}

#[test]
fn sees_paths_in_code_and_attributes_but_no_lone_names() {
    let source = "#[tokio::test]\nasync fn f(rand: u8) { let x = Vec::<u8>::new(); crate::web::now(); x.tokio; }\n";
    assert_eq!(paths(source), ["1 tokio::test", "2 crate::web::now"]);
}

#[test]
fn comments_and_texts_name_nothing() {
    let source = "// tokio::spawn\n/* a /* js_sys::x */ b::c */\nlet a = \"web_sys::A \\\" b::c\";\nlet b = r#\"d::e\" f::g\"#;\n\
        let c = '\"'; let d = '\\''; fn f<'a>(x: &'a h::I) {}\n";
    assert_eq!(paths(source), ["5 h::I"]);
}

#[test]
fn lines_stay_in_place() {
    let source = "/*\n\n*/ a::b \"\n\" c::d";
    assert_eq!(without_comments_and_text(source).lines().count(), source.lines().count());
    assert_eq!(paths(source), ["3 a::b", "4 c::d"]);
}

#[test]
fn unfinished_source_does_not_break_it() {
    for source in ["use a::{b", "use", "\"", "r#\"", "'", "/*", "a::", "use a::{,}", "b'\\", "\"\\"] {
        named_paths(source);
    }
}
