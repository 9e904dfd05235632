//! The link that ends the messages, and the proof that we made it.
//!
//! A token is the message's id and a keyed hash of it (BLAKE3). Whoever has the message can unsubscribe its receiver, without logging in;
//! nobody can make a token for somebody else's message.

use bellwether_domain::MessageId;
use std::{fmt, net::IpAddr};

const CONTEXT: &str = "bellwether 2026 unsubscribe token v1";
const ID_DIGITS: usize = 32;

/// The key of an installation's tokens. Shown by nothing.
#[derive(Clone)]
pub struct UnsubscribeKey([u8; 32]);

impl fmt::Debug for UnsubscribeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UnsubscribeKey(hidden)")
    }
}

impl UnsubscribeKey {
    /// From the installation's secret, of any length. The same secret gives the same key, and old links go on working.
    pub fn from_secret(secret: &[u8]) -> Self {
        Self(blake3::derive_key(CONTEXT, secret))
    }

    /// 96 hexadecimal digits that can stand in an address as they are.
    pub fn token(&self, id: MessageId) -> String {
        format!("{}{}", id.as_uuid().as_simple(), self.proof(id).to_hex())
    }

    /// The message that a token was made for; `None` for one that we did not make. Takes the same time for every wrong token of the right form.
    pub fn verify(&self, token: &str) -> Option<MessageId> {
        let (id, proof) = token.split_at_checked(ID_DIGITS)?;
        let id: MessageId = format!("{}_{id}", MessageId::PREFIX).parse().ok()?;
        let proof = blake3::Hash::from_hex(proof).ok()?;
        // Comparing two `Hash` values is constant in time.
        (proof == self.proof(id)).then_some(id)
    }

    fn proof(&self, id: MessageId) -> blake3::Hash {
        blake3::keyed_hash(&self.0, id.as_uuid().as_bytes())
    }
}

/// Whether mail programs elsewhere can follow links to this address, and may: RFC 8058 wants https.
pub(crate) fn is_public_https(base: &str) -> bool {
    let Some(rest) = base.strip_prefix("https://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next().unwrap_or_default(),
        None => authority.rsplit_once(':').map_or(authority, |(host, _)| host),
    };
    let host = host.to_ascii_lowercase();
    let local = match host.parse::<IpAddr>() {
        Ok(ip) => ip.is_loopback() || ip.is_unspecified(),
        Err(_) => host.is_empty() || host == "localhost" || host.ends_with(".localhost"),
    };
    !local
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_that_only_this_machine_can_follow_are_known() {
        for good in ["https://shop.example/u/", "https://shop.example:8443/u/", "https://[2001:db8::1]/u/"] {
            assert!(is_public_https(good), "{good}");
        }
        let bad = ["http://shop.example/u/", "https://127.0.0.1:4180/u/", "https://LOCALHOST/u/", "https://[::1]:1/u/"];
        for bad in bad.into_iter().chain(["https://0.0.0.0/", "https://a.localhost/", "https:///u/"]) {
            assert!(!is_public_https(bad), "{bad}");
        }
    }

    fn message(name: &str) -> MessageId {
        MessageId::derive(&[name.as_bytes()])
    }

    #[test]
    fn a_token_leads_back_to_its_message() {
        let key = UnsubscribeKey::from_secret(b"secret");
        assert_eq!(key.verify(&key.token(message("a"))), Some(message("a")));
        assert_eq!(UnsubscribeKey::from_secret(b"secret").verify(&key.token(message("a"))), Some(message("a")));
    }

    #[test]
    fn every_changed_digit_is_noticed() {
        let key = UnsubscribeKey::from_secret(b"secret");
        let token = key.token(message("a"));
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
            assert_eq!(key.verify(std::str::from_utf8(&changed).unwrap()), None, "digit {at}");
        }
    }

    #[test]
    fn other_keys_other_messages_and_other_forms_are_refused() {
        let key = UnsubscribeKey::from_secret(b"secret");
        let (a, b) = (key.token(message("a")), key.token(message("b")));
        assert_eq!(UnsubscribeKey::from_secret(b"other").verify(&a), None);
        assert_eq!(key.verify(&format!("{}{}", &a[..ID_DIGITS], &b[ID_DIGITS..])), None);
        for wrong in ["", "x", &a[..95], &format!("{a}0"), &"é".repeat(48), &"g".repeat(96)] {
            assert_eq!(key.verify(wrong), None, "{wrong}");
        }
    }
}
