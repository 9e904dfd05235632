use super::*;
use bellwether_domain::HookSignature;
use chrono::TimeDelta;

/// From the example in the documentation of GitHub's web hooks.
const GITHUB: (&str, &str, &str) =
    ("It's a Secret to Everybody", "Hello, World!", "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");

fn hook(sender: HookSender, secret: &str) -> Hook {
    Hook { sender, secret: Some(secret.parse().unwrap()), mapping: None }
}

fn generic(scheme: SignatureScheme, secret: &str) -> Hook {
    hook(HookSender::Generic(HookSignature { header: "X-Signature".parse().unwrap(), scheme }), secret)
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

/// Verifies with one header.
fn check(hook: &Hook, name: &str, value: &str, body: &str) -> Result<(), NotVerified> {
    check_at(hook, name, value, body, at(0))
}

fn check_at(hook: &Hook, name: &str, value: &str, body: &str, now: DateTime<Utc>) -> Result<(), NotVerified> {
    verify(hook, |asked| (asked == name).then_some(value), body.as_bytes(), now)
}

#[test]
fn published_digests_are_right() {
    let (secret, body, digest) = GITHUB;
    let hex = generic(SignatureScheme::HmacSha256Hex, secret);
    for value in [digest.to_owned(), format!("sha256={digest}"), digest.to_uppercase()] {
        assert_eq!(check(&hex, "x-signature", &value, body), Ok(()), "{value}");
    }
    // The same digest in the base64 of Shopify and WooCommerce.
    let base64 = "dXEH6g6yUJ/CESIczphLijdXC211hsIsRvQ3nIsEPhc=";
    for (sender, header) in
        [(HookSender::Shopify, "x-shopify-hmac-sha256"), (HookSender::Woocommerce, "x-wc-webhook-signature")]
    {
        assert_eq!(check(&hook(sender, secret), header, base64, body), Ok(()), "{header}");
    }
    assert_eq!(check(&generic(SignatureScheme::HmacSha256Base64, secret), "x-signature", base64, body), Ok(()));
}

#[test]
fn another_body_secret_or_signature_is_wrong() {
    let (secret, body, digest) = GITHUB;
    let hex = generic(SignatureScheme::HmacSha256Hex, secret);
    let wrong = Err(NotVerified::Wrong { header: "x-signature".to_owned() });
    assert_eq!(check(&hex, "x-signature", digest, "Hello, World"), wrong);
    assert_eq!(check(&generic(SignatureScheme::HmacSha256Hex, "another secret"), "x-signature", digest, body), wrong);
    assert_eq!(check(&hex, "x-signature", &digest.replacen('7', "8", 1), body), wrong);
    // A right beginning is as wrong as everything else.
    let base64 = generic(SignatureScheme::HmacSha256Base64, secret);
    assert_eq!(check(&base64, "x-signature", "dXEH6g6yUJ/CESIczphLig==", body), wrong);
    let empty = check(&base64, "x-signature", " ", body);
    assert_eq!(empty, Err(NotVerified::NoSignature { header: "x-signature".to_owned() }));
    for value in ["?", "757107", "gg", "ä"] {
        let unreadable = check(&hex, "x-signature", value, body).unwrap_err();
        assert!(matches!(unreadable, NotVerified::Unreadable { .. }), "{value}: {unreadable}");
    }
    assert_eq!(
        check(&hex, "x-other", digest, body),
        Err(NotVerified::NoSignature { header: "x-signature".to_owned() })
    );
    let without = Hook { secret: None, ..hex };
    assert_eq!(check(&without, "x-signature", digest, body), Err(NotVerified::NoSecret));
}

#[test]
fn a_token_must_be_the_secret_itself() {
    let hook = generic(SignatureScheme::Token, "open sesame");
    // The last two are `bellwether:open sesame` and `:open sesame` in base64.
    let basic = ["Basic YmVsbHdldGhlcjpvcGVuIHNlc2FtZQ==", "basic Om9wZW4gc2VzYW1l"];
    for value in ["open sesame", "Bearer open sesame", " bearer open sesame "].into_iter().chain(basic) {
        assert_eq!(check(&hook, "x-signature", value, "anything"), Ok(()), "{value}");
    }
    // `open sesame:` and `x:open sesam`: the secret is no user name, and must be whole.
    let basic = ["Basic b3BlbiBzZXNhbWU6", "Basic eDpvcGVuIHNlc2Ft", "Basic", "Basic ?"];
    for value in ["open sesam", "open sesame!", "Open sesame", "Bearer", "Bearer  "].into_iter().chain(basic) {
        let wrong = check(&hook, "x-signature", value, "anything");
        assert_eq!(wrong, Err(NotVerified::Wrong { header: "x-signature".to_owned() }), "{value}");
    }
}

/// Made with openssl: `printf '1760000000.{"id":"evt_1"}' | openssl dgst -sha256 -hmac whsec_test_secret`.
const STRIPE: &str = "8c032c6b5729dcb3cc1f3a2c4ec17af66b2885bdbac65e2108d19a14282d243d";

#[test]
fn stripe_signs_the_time_too() {
    let hook = hook(HookSender::Stripe, "whsec_test_secret");
    let body = r#"{"id":"evt_1"}"#;
    let check = |value: &str, away: i64| {
        let now = at(1_760_000_000) + TimeDelta::seconds(away);
        check_at(&hook, "stripe-signature", value, body, now)
    };
    let value = format!("t=1760000000,v1={STRIPE}");
    for away in [0, 300, -300] {
        assert_eq!(check(&value, away), Ok(()), "{away}");
    }
    for away in [301, -301] {
        assert_eq!(check(&value, away), Err(NotVerified::OutOfTime { seconds: 301 }), "{away}");
    }
    // While a secret is replaced there is one for each; schemes that nobody knows are passed over.
    let zeros = "0".repeat(64);
    assert_eq!(check(&format!("t=1760000000, v1={zeros}, v1={STRIPE}, v0={zeros}, v9=x"), 0), Ok(()));
    let wrong = Err(NotVerified::Wrong { header: "stripe-signature".to_owned() });
    assert_eq!(check(&format!("t=1760000001,v1={STRIPE}"), 0), wrong, "another time is another signature");
    assert_eq!(check(&format!("t=1760000000,v1={zeros}"), 9_999), wrong, "a wrong one says nothing about time");
    let many = format!("v1={zeros},").repeat(MOST_SIGNATURES);
    assert_eq!(check(&format!("t=1760000000,{many}v1={STRIPE}"), 0), wrong);
    for value in [format!("v1={STRIPE}"), "t=1760000000".to_owned(), format!("t=now,v1={STRIPE}"), "t=1,v1=ab".into()] {
        assert!(matches!(check(&value, 0), Err(NotVerified::Unreadable { .. })), "{value}");
    }
    assert!(check(&format!("t=1760000000,v0={STRIPE}"), 0).is_err(), "only v1 counts");
}
