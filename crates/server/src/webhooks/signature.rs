//! Signatures as Standard Webhooks (standardwebhooks.com) defines them: there are libraries that check them in every language.

use base64::{Engine, prelude::BASE64_STANDARD};
use ring::hmac;
use std::{fmt, str::FromStr};

/// What the receiver checks signatures with: `whsec_` and base64, or any other text, whose bytes are the key.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(Vec<u8>);

impl FromStr for WebhookSecret {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let key = match text.strip_prefix("whsec_") {
            Some(encoded) => BASE64_STANDARD.decode(encoded).map_err(|_| "what follows whsec_ is not base64")?,
            None => text.as_bytes().to_vec(),
        };
        if key.is_empty() { Err("it is empty") } else { Ok(Self(key)) }
    }
}

impl WebhookSecret {
    /// The header `webhook-signature` for a body sent at `timestamp` (seconds since the Unix epoch).
    pub fn sign(&self, id: &str, timestamp: u64, body: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        let tag = hmac::sign(&key, format!("{id}.{timestamp}.{body}").as_bytes());
        format!("v1,{}", BASE64_STANDARD.encode(tag))
    }
}

// By hand, so that no log line can ever show it.
impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret")
    }
}
