//! Web hooks: another system that calls when something happens, and how it shows that it is who it says.

use chrono::{DateTime, Utc, serde::ts_microseconds};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use std::{borrow::Cow, collections::BTreeMap, fmt, str::FromStr, sync::Arc};

/// What is known of a source that is a web hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// Who calls.
    pub sender: HookSender,
    /// What its deliveries are signed with. Without one none is taken: some systems make the secret only once they know the
    /// address.
    pub secret: Option<HookSecret>,
    /// How its deliveries become events; without one by the mapping that comes with the product.
    pub mapping: Option<Arc<str>>,
}

/// Who calls, which decides how a delivery is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HookSender {
    /// Shopify.
    Shopify,
    /// A shop that runs WooCommerce.
    Woocommerce,
    /// Stripe.
    Stripe,
    /// Whatever else sends JSON.
    Generic(HookSignature),
}

/// The four senders without what they carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HookSystem {
    /// See [`HookSender::Shopify`].
    Shopify,
    /// See [`HookSender::Woocommerce`].
    Woocommerce,
    /// See [`HookSender::Stripe`].
    Stripe,
    /// See [`HookSender::Generic`].
    Generic,
}

/// How a system that is not known by name shows who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookSignature {
    /// The header that the proof stands in.
    pub header: HeaderName,
    /// What stands there.
    pub scheme: SignatureScheme,
}

/// What stands in the header of a [`HookSignature`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureScheme {
    /// The HMAC-SHA256 of the body as it was sent, in hexadecimal digits; `sha256=` may stand before it.
    HmacSha256Hex,
    /// The same in base64.
    HmacSha256Base64,
    /// The secret itself; `Bearer ` may stand before it. Whoever sees a delivery can make others.
    Token,
}

impl HookSender {
    /// Which of the four.
    pub const fn system(&self) -> HookSystem {
        match self {
            Self::Shopify => HookSystem::Shopify,
            Self::Woocommerce => HookSystem::Woocommerce,
            Self::Stripe => HookSystem::Stripe,
            Self::Generic(_) => HookSystem::Generic,
        }
    }

    /// How a system that is not known by name shows who it is.
    pub const fn signature(&self) -> Option<&HookSignature> {
        match self {
            Self::Generic(signature) => Some(signature),
            Self::Shopify | Self::Woocommerce | Self::Stripe => None,
        }
    }
}

/// The name of a header of HTTP, in small letters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HeaderName(Box<str>);

/// A text that is no header's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a header's name has 1 to {} letters (a to z), digits, `-` and `_`, for example `x-signature`",
    HeaderName::MAX
)]
pub struct ParseHeaderNameError;

impl HeaderName {
    /// The most characters of a name.
    pub const MAX: usize = 64;

    /// That many systems use.
    pub fn usual() -> Self {
        Self("x-signature".into())
    }

    /// It, in small letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for HeaderName {
    type Err = ParseHeaderNameError;

    fn from_str(text: &str) -> Result<Self, ParseHeaderNameError> {
        let name = text.trim().to_ascii_lowercase();
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let good = (1..=Self::MAX).contains(&name.len()) && name.bytes().all(fits);
        if good { Ok(Self(name.into())) } else { Err(ParseHeaderNameError) }
    }
}

/// What deliveries are signed with. No `Display` and no serialiser: whoever prints it has to say so.
#[derive(Clone, PartialEq, Eq)]
pub struct HookSecret(Box<str>);

/// A text that is no secret. It does not repeat the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a secret has {} to {} characters in one line; copy it as the other system shows it",
    HookSecret::MIN,
    HookSecret::MAX
)]
pub struct ParseHookSecretError;

impl HookSecret {
    /// The fewest characters: fewer can be guessed.
    pub const MIN: usize = 8;
    /// The most characters.
    pub const MAX: usize = 256;
    /// From so many on its last four may be shown.
    const LONG: usize = 16;

    /// All of it, for whoever really needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Its last four characters, by which people tell secrets apart; none of a short one, of which too little would be left.
    pub fn hint(&self) -> String {
        let count = self.0.chars().count();
        let shown = if count < Self::LONG { 0 } else { 4 };
        self.0.chars().skip(count - shown).collect()
    }
}

impl FromStr for HookSecret {
    type Err = ParseHookSecretError;

    /// Blanks around it come from copying and are cut.
    fn from_str(text: &str) -> Result<Self, ParseHookSecretError> {
        let secret = text.trim();
        let length = secret.chars().count();
        let good = (Self::MIN..=Self::MAX).contains(&length) && !secret.chars().any(char::is_control);
        if good { Ok(Self(secret.into())) } else { Err(ParseHookSecretError) }
    }
}

impl fmt::Debug for HookSecret {
    /// Never the whole secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HookSecret(…{})", self.hint())
    }
}

/// A delivery of a web hook, as it was received and before anybody has looked into it. It stands for itself: it says by which
/// mapping it is read, so that it becomes the same events whenever it is read again, also after somebody changed the mapping.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReceivedHook<'a> {
    /// When, by the server's clock; to the microsecond.
    #[serde(with = "ts_microseconds")]
    pub received_at: DateTime<Utc>,
    /// Which source's address it was sent to.
    pub source: Arc<str>,
    /// The mapping that reads it; empty where there is none yet.
    #[serde(borrow)]
    pub mapping: Cow<'a, str>,
    /// Those headers that the mapping asks for and those that say what it is about, in small letters.
    pub headers: BTreeMap<String, String>,
    /// One JSON value.
    #[serde(borrow, deserialize_with = "text_of_value")]
    pub body: &'a str,
}

fn text_of_value<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'de str, D::Error> {
    <&RawValue>::deserialize(deserializer).map(RawValue::get)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_never_shown_whole() {
        let secret: HookSecret = " whsec_0123456789abcdef\n".parse().unwrap();
        assert_eq!((secret.reveal(), secret.hint().as_str()), ("whsec_0123456789abcdef", "cdef"));
        assert_eq!(format!("{secret:?}"), "HookSecret(…cdef)");
        let short: HookSecret = "geheim-ä".parse().unwrap();
        assert_eq!((short.hint().as_str(), format!("{short:?}").as_str()), ("", "HookSecret(…)"));
        for wrong in ["", "1234567", " 1234567 ", "12345678\n9", &"x".repeat(257)] {
            assert_eq!(wrong.parse::<HookSecret>(), Err(ParseHookSecretError), "{wrong}");
        }
    }

    #[test]
    fn names_of_headers_are_in_small_letters() {
        assert_eq!(" X-Hub-Signature-256 ".parse::<HeaderName>().unwrap().as_str(), "x-hub-signature-256");
        for wrong in ["", " ", "x y", "x:", "ä", "a\nb", &"x".repeat(65)] {
            assert_eq!(wrong.parse::<HeaderName>(), Err(ParseHeaderNameError), "{wrong}");
        }
    }
}
