//! Web hooks as they are made and changed.

use crate::{HeaderName, Hook, HookSecret, HookSender, HookSignature, HookSystem, SignatureScheme};
use std::sync::Arc;

/// What is to change about a web hook, read and checked; what is left out stays.
#[derive(Debug, Default)]
pub struct HookPatch {
    /// What its deliveries are signed with.
    pub secret: Option<HookSecret>,
    /// The header that the proof stands in; of generic web hooks only.
    pub header: Option<HeaderName>,
    /// What stands there; of generic web hooks only.
    pub scheme: Option<SignatureScheme>,
    /// How deliveries become events; the inner `None` brings back what comes with the product.
    pub mapping: Option<Option<Arc<str>>>,
}

impl HookPatch {
    /// Whether it says something that only systems have which are not known by name.
    pub const fn is_of_generic(&self) -> bool {
        self.header.is_some() || self.scheme.is_some()
    }

    /// Changes a web hook. What it says of generic ones is passed over for others.
    pub fn apply(self, hook: &mut Hook) {
        if let Some(secret) = self.secret {
            hook.secret = Some(secret);
        }
        if let Some(mapping) = self.mapping {
            hook.mapping = mapping;
        }
        if let HookSender::Generic(signature) = &mut hook.sender {
            signature.scheme = self.scheme.unwrap_or(signature.scheme);
            if let Some(header) = self.header {
                signature.header = header;
            }
        }
    }
}

impl Hook {
    /// One of which nothing is known but who calls. A generic one is signed as most systems do it.
    pub fn new(system: HookSystem) -> Self {
        let sender = match system {
            HookSystem::Shopify => HookSender::Shopify,
            HookSystem::Woocommerce => HookSender::Woocommerce,
            HookSystem::Stripe => HookSender::Stripe,
            HookSystem::Generic => HookSender::Generic(HookSignature {
                header: HeaderName::usual(),
                scheme: SignatureScheme::HmacSha256Hex,
            }),
        };
        Self { sender, secret: None, mapping: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(system: HookSystem, patch: HookPatch, header: Option<&str>, secret: bool) {
        let mut hook = Hook::new(system);
        patch.apply(&mut hook);
        assert_eq!(hook.sender.signature().map(|signature| signature.header.as_str()), header, "{system:?}");
        assert_eq!(hook.secret.is_some(), secret, "{system:?}");
    }

    #[test]
    fn what_is_left_out_stays() {
        let header = || Some("x-proof".parse().unwrap());
        let secret = || Some("0123456789".parse().unwrap());
        check(HookSystem::Generic, HookPatch::default(), Some("x-signature"), false);
        check(HookSystem::Generic, HookPatch { header: header(), ..HookPatch::default() }, Some("x-proof"), false);
        check(HookSystem::Generic, HookPatch { secret: secret(), ..HookPatch::default() }, Some("x-signature"), true);
        check(HookSystem::Stripe, HookPatch { header: header(), ..HookPatch::default() }, None, false);
    }
}
