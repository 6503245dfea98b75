use super::content_type;

#[test]
fn files_have_the_types_that_browsers_insist_on() {
    let expected = [
        ("index.html", "text/html; charset=utf-8"),
        ("index.js", "text/javascript; charset=utf-8"),
        ("deep/engine.mjs", "application/javascript; charset=utf-8"),
        ("style.css", "text/css; charset=utf-8"),
        ("package.json", "application/json; charset=utf-8"),
        ("engine_bg.wasm", "application/wasm"),
        ("icon.svg", "image/svg+xml"),
        ("LICENSE", "application/octet-stream"),
    ];
    for (name, kind) in expected {
        assert_eq!(content_type(name), kind, "{name}");
    }
}
