#![allow(clippy::unwrap_used)]

use super::WebhookSecret;

/// The example of the Standard Webhooks specification.
#[test]
fn signs_as_standard_webhooks_says() {
    let secret: WebhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap();
    let signature = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, "{\"test\": 2432232314}");
    assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

#[test]
fn a_secret_is_base64_or_text() {
    assert!("".parse::<WebhookSecret>().is_err());
    assert!("whsec_".parse::<WebhookSecret>().is_err());
    assert!("whsec_???".parse::<WebhookSecret>().is_err());
    let text: WebhookSecret = "any text".parse().unwrap();
    assert_ne!(text.sign("id", 1, ""), text.sign("id", 2, ""));
    assert_eq!(format!("{text:?}"), "WebhookSecret");
}
