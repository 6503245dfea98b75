//! The demo at `/` and the npm package's files at `/pkg/`, both inside the binary.

#[cfg(test)]
#[path = "assets_test.rs"]
mod assets_test;

use axum::{
    http::{
        HeaderMap, StatusCode, Uri,
        header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, X_CONTENT_TYPE_OPTIONS},
    },
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../../www"]
struct Demo;

#[derive(RustEmbed)]
#[folder = "../../pkg"]
#[allow_missing = true]
struct Package;

pub async fn serve(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    match path.strip_prefix("pkg/") {
        Some(name) => match Package::get(name) {
            Some(file) => answer(name, file, &headers),
            None if Package::iter().next().is_none() => {
                not_found("the package was not there when this server was built: build it, then the server\n")
            }
            None => not_found("no such file in the package\n"),
        },
        None => {
            let name = if path.is_empty() { "index.html" } else { path };
            Demo::get(name).map_or_else(|| not_found("no such page\n"), |file| answer(name, file, &headers))
        }
    }
}

fn answer(name: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", crate::random::hex(&file.metadata.sha256_hash()[..16]));
    // Always asked for again, hardly ever sent again: after an update nobody has old code.
    let common = [(ETAG, tag.as_str()), (CACHE_CONTROL, "no-cache"), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if known.split(',').any(|known| known.trim().trim_start_matches("W/") == tag) {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    (common, [(CONTENT_TYPE, content_type(name))], file.data).into_response()
}

fn content_type(name: &str) -> String {
    let kind = mime_guess::from_path(name).first_or_octet_stream();
    let is_text = kind.type_() == "text" || matches!(kind.subtype().as_str(), "javascript" | "json");
    if is_text { format!("{kind}; charset=utf-8") } else { kind.to_string() }
}

fn not_found(text: &'static str) -> Response {
    (StatusCode::NOT_FOUND, text).into_response()
}
