//! Whether a delivery is from whom it says.
//!
//! | sender | header | holds |
//! | --- | --- | --- |
//! | Shopify | `x-shopify-hmac-sha256` | HMAC-SHA256 of the body, base64 |
//! | WooCommerce | `x-wc-webhook-signature` | the same |
//! | Stripe | `stripe-signature` | `t=` seconds since 1970, and `v1=` HMAC-SHA256 of those, a point and the body, in hexadecimal digits; several `v1` while a secret is replaced |
//! | generic | of one's choice | HMAC-SHA256 of the body in hexadecimal digits or base64, or the secret itself, also as the password of Basic authorisation |
//!
//! Everything is compared in constant time, so that the time of an answer tells nothing about a right signature.

use super::TOLERANCE_SECONDS;
use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use bellwether_domain::{Hook, HookSecret, HookSender, SignatureScheme};
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// With or without the signs that fill it up.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// No more are looked at: a header could hold thousands, each of which costs a round of hashing.
const MOST_SIGNATURES: usize = 16;

/// Why a delivery is not taken for what it says it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotVerified {
    /// Nobody has said what it is signed with.
    #[error("the source has no secret yet; enter the one that the deliveries are signed with on its page")]
    NoSecret,
    /// It is not signed.
    #[error("the request has no header `{header}`, which says who sent it")]
    NoSignature {
        /// Where the signature should stand.
        header: String,
    },
    /// What stands there is no signature.
    #[error("the header `{header}` does not hold {expected}")]
    Unreadable {
        /// Where it stands.
        header: String,
        /// What should stand there.
        expected: &'static str,
    },
    /// Made with another secret, or for another body.
    #[error(
        "the signature in `{header}` is not of this body and the secret of the source; compare the secret with that of the other system, and let no proxy change the body"
    )]
    Wrong {
        /// Where it stands.
        header: String,
    },
    /// Right, but of another time: somebody may be repeating what he once saw.
    #[error(
        "the signature is {seconds} seconds away from this server's clock, and {TOLERANCE_SECONDS} are the most; let the sender send again, or set the clock"
    )]
    OutOfTime {
        /// How far.
        seconds: u64,
    },
}

/// Holds the signature of a delivery against its body, which must be as it was sent. `header` gives a header's value by its
/// name in small letters.
///
/// # Errors
/// Why the delivery must not be taken.
pub fn verify<'h>(
    hook: &Hook,
    header: impl Fn(&str) -> Option<&'h str>,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<(), NotVerified> {
    let secret = hook.secret.as_ref().ok_or(NotVerified::NoSecret)?;
    let name = header_of(&hook.sender);
    let value = header(name).map(str::trim).filter(|value| !value.is_empty());
    let value = value.ok_or_else(|| NotVerified::NoSignature { header: name.to_owned() })?;
    let proof = Proof { secret, name, value };
    match &hook.sender {
        HookSender::Shopify | HookSender::Woocommerce => proof.base64(body),
        HookSender::Stripe => proof.stripe(body, now),
        HookSender::Generic(signature) => match signature.scheme {
            SignatureScheme::HmacSha256Hex => proof.hex(body),
            SignatureScheme::HmacSha256Base64 => proof.base64(body),
            SignatureScheme::Token => proof.token(),
        },
    }
}

/// The header that a sender's signature stands in.
pub(super) fn header_of(sender: &HookSender) -> &str {
    match sender {
        HookSender::Shopify => "x-shopify-hmac-sha256",
        HookSender::Woocommerce => "x-wc-webhook-signature",
        HookSender::Stripe => "stripe-signature",
        HookSender::Generic(signature) => signature.header.as_str(),
    }
}

struct Proof<'a> {
    secret: &'a HookSecret,
    name: &'a str,
    value: &'a str,
}

impl Proof<'_> {
    fn base64(&self, body: &[u8]) -> Result<(), NotVerified> {
        let value = without_prefix(self.value, "sha256=");
        let signature = BASE64.decode(value).map_err(|_| self.unreadable("an HMAC-SHA256 in base64"))?;
        self.fits(&[body], &signature)
    }

    fn hex(&self, body: &[u8]) -> Result<(), NotVerified> {
        let signature = digits(without_prefix(self.value, "sha256="));
        let signature = signature.ok_or_else(|| self.unreadable("an HMAC-SHA256 in 64 hexadecimal digits"))?;
        self.fits(&[body], &signature)
    }

    /// Digests of equal length are compared, and those in constant time.
    fn token(&self) -> Result<(), NotVerified> {
        let wanted = blake3::hash(self.secret.reveal().as_bytes());
        let is_right = |shown: &[u8]| blake3::hash(shown) == wanted;
        let right = is_right(without_prefix(self.value, "Bearer ").trim().as_bytes())
            || self.password().is_some_and(|password| is_right(&password));
        if right { Ok(()) } else { Err(self.wrong()) }
    }

    /// That of Basic authorisation, whatever the user name: services that can send no header of one's own take both in the address.
    fn password(&self) -> Option<Vec<u8>> {
        let packed = without_prefix(self.value, "Basic ");
        let pair = BASE64.decode(packed.trim()).ok().filter(|_| packed.len() < self.value.len())?;
        let colon = pair.iter().position(|byte| *byte == b':')?;
        Some(pair[colon + 1..].to_vec())
    }

    /// First whether it is right, then whether it is of now: what is not signed says nothing about time.
    fn stripe(&self, body: &[u8], now: DateTime<Utc>) -> Result<(), NotVerified> {
        const EXPECTED: &str = "`t=` with a time and `v1=` with an HMAC-SHA256 in 64 hexadecimal digits";
        let (mut time, mut signatures) = (None, Vec::new());
        for part in self.value.split(',') {
            match part.trim().split_once('=') {
                Some(("t", value)) => time = Some(value),
                Some(("v1", value)) => signatures.extend(digits(value)),
                // `v0` is made for tests; others may come one day.
                _ => {}
            }
        }
        let stated = time.and_then(|time| Some((time, time.parse::<i64>().ok()?)));
        let (text, seconds) = stated.filter(|_| !signatures.is_empty()).ok_or_else(|| self.unreadable(EXPECTED))?;
        let signed = [text.as_bytes(), b".", body];
        let right = signatures.iter().take(MOST_SIGNATURES).any(|signature| self.fits(&signed, signature).is_ok());
        let away = now.timestamp().abs_diff(seconds);
        match right {
            false => Err(self.wrong()),
            true if away > TOLERANCE_SECONDS.unsigned_abs() => Err(NotVerified::OutOfTime { seconds: away }),
            true => Ok(()),
        }
    }

    /// Compared in constant time.
    fn fits(&self, parts: &[&[u8]], signature: &[u8]) -> Result<(), NotVerified> {
        // A key of any length is one.
        let mac = Hmac::<Sha256>::new_from_slice(self.secret.reveal().as_bytes()).map_err(|_| self.wrong())?;
        let mac = parts.iter().fold(mac, |mac, part| mac.chain_update(part));
        mac.verify_slice(signature).map_err(|_| self.wrong())
    }

    fn wrong(&self) -> NotVerified {
        NotVerified::Wrong { header: self.name.to_owned() }
    }

    fn unreadable(&self, expected: &'static str) -> NotVerified {
        NotVerified::Unreadable { header: self.name.to_owned(), expected }
    }
}

/// Whatever the case of the prefix.
fn without_prefix<'v>(value: &'v str, prefix: &str) -> &'v str {
    match value.split_at_checked(prefix.len()) {
        Some((start, rest)) if start.eq_ignore_ascii_case(prefix) => rest,
        _ => value,
    }
}

/// 32 bytes from their hexadecimal digits.
fn digits(text: &str) -> Option<[u8; 32]> {
    let text = text.trim().as_bytes();
    if text.len() != 64 {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        let digit = |sign: u8| char::from(sign).to_digit(16);
        *byte = u8::try_from(16 * digit(pair[0])? + digit(pair[1])?).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
#[path = "signature_tests.rs"]
mod tests;
