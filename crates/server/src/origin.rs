//! Which pages may connect.

use crate::config::ConfigError;

/// Origins in the form in which browsers send them.
pub fn normal_origins(origins: &[String]) -> Result<Vec<String>, ConfigError> {
    origins.iter().map(|text| normal(text).ok_or_else(|| ConfigError::BadOrigin(text.clone()))).collect()
}

/// Whether a page of `origin` may open a socket on the server that it called `host`.
pub fn is_allowed(origin: &str, host: &str, allowed: &[String]) -> bool {
    let Some(origin) = normal(origin) else { return false };
    allowed.contains(&origin) || is_same(&origin, host)
}

/// Compares without the scheme: behind a proxy that speaks TLS the server does not know its own.
fn is_same(origin: &str, host: &str) -> bool {
    let Some((scheme, _)) = origin.split_once("://") else { return false };
    normal(&format!("{scheme}://{host}")).is_some_and(|own| own == *origin)
}

fn normal(origin: &str) -> Option<String> {
    let origin = origin.trim().to_ascii_lowercase();
    let (scheme, authority) = origin.split_once("://")?;
    let authority = authority.strip_suffix('/').unwrap_or(authority);
    let default_port = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => "",
    };
    let authority = authority.strip_suffix(default_port).unwrap_or(authority);
    let is_plain = |text: &str, extra: &str| {
        !text.is_empty() && text.chars().all(|letter| letter.is_ascii_alphanumeric() || extra.contains(letter))
    };
    (is_plain(scheme, "+-.") && is_plain(authority, "-._:[]")).then(|| format!("{scheme}://{authority}"))
}
