//! Links that can be counted, the picture that says that a message was opened, and the proof that we made them.
//!
//! A token holds all that is needed to answer it: the message's id and, for a link, its number and where it leads, with a keyed
//! hash of all of that (BLAKE3) before it. Nothing is stored, and nobody can make a link of ours lead somewhere else.

use crate::template::{attribute_place, escape, tag_length, unescape};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bellwether_domain::MessageId;
use std::{fmt, fmt::Write as _};

const CONTEXT: &str = "bellwether 2026 tracking token v1";
const PROOF_BYTES: usize = 32;
const ID_BYTES: usize = 16;
/// Mail programs and proxies cut longer addresses; a link that would become one stays as it is.
const LONGEST_TARGET: usize = 1_500;
/// A token says what it is for: that of the picture is none for a link.
const OPEN: u8 = b'o';
const CLICK: u8 = b'c';

/// The key of an installation's tracking tokens. Shown by nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct TrackingKey([u8; 32]);

impl fmt::Debug for TrackingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TrackingKey(hidden)")
    }
}

/// Where tracked links lead, and what signs them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tracking {
    /// The server's address without a slash at its end.
    pub base: String,
    /// Signs the tokens.
    pub key: TrackingKey,
}

/// A link that somebody followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackedLink {
    /// In which message.
    pub message: MessageId,
    /// Which of its links, from 1, in the order in which they stand.
    pub number: u16,
    /// Where it leads: `http` or `https`.
    pub target: String,
}

impl TrackingKey {
    /// From the installation's secret, of any length. The same secret gives the same key, and old links go on working.
    pub fn from_secret(secret: &[u8]) -> Self {
        Self(blake3::derive_key(CONTEXT, secret))
    }

    /// The token of a message's picture; can stand in an address as it is.
    pub fn open_token(&self, id: MessageId) -> String {
        self.token(OPEN, id.as_uuid().as_bytes())
    }

    /// The token of a link, likewise.
    pub fn click_token(&self, link: &TrackedLink) -> String {
        let mut content = Vec::with_capacity(ID_BYTES + 2 + link.target.len());
        content.extend_from_slice(link.message.as_uuid().as_bytes());
        content.extend_from_slice(&link.number.to_be_bytes());
        content.extend_from_slice(link.target.as_bytes());
        self.token(CLICK, &content)
    }

    /// The message whose picture was loaded; `None` for a token that we did not make.
    pub fn verify_open(&self, token: &str) -> Option<MessageId> {
        message_id(&self.content(OPEN, token)?)
    }

    /// The link that was followed; `None` for a token that we did not make.
    pub fn verify_click(&self, token: &str) -> Option<TrackedLink> {
        let content = self.content(CLICK, token)?;
        let (id, rest) = content.split_at_checked(ID_BYTES)?;
        let (number, target) = rest.split_at_checked(2)?;
        Some(TrackedLink {
            message: message_id(id)?,
            number: u16::from_be_bytes(number.try_into().ok()?),
            target: std::str::from_utf8(target).ok()?.to_owned(),
        })
    }

    fn token(&self, kind: u8, content: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode([self.proof(kind, content).as_bytes().as_slice(), content].concat())
    }

    fn content(&self, kind: u8, token: &str) -> Option<Vec<u8>> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (proof, content) = bytes.split_at_checked(PROOF_BYTES)?;
        let proof = blake3::Hash::from_bytes(proof.try_into().ok()?);
        // Comparing two `Hash` values is constant in time.
        (proof == self.proof(kind, content)).then(|| content.to_vec())
    }

    fn proof(&self, kind: u8, content: &[u8]) -> blake3::Hash {
        blake3::Hasher::new_keyed(&self.0).update(&[kind]).update(content).finalize()
    }
}

fn message_id(bytes: &[u8]) -> Option<MessageId> {
    let digits = bytes.iter().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    });
    format!("{}_{digits}", MessageId::PREFIX).parse().ok()
}

impl Tracking {
    /// The document with its links leading over this server, and with the picture at its end. Links to `untouched` stay as
    /// they are, and so do all that lead to no website.
    pub(crate) fn track(&self, html: &str, message: MessageId, untouched: &str) -> String {
        let mut out = String::with_capacity(html.len() * 3 / 2);
        let (mut rest, mut number) = (html, 0_u16);
        while let Some(at) = link_start(rest) {
            let end = at + tag_length(&rest[at..]);
            out.push_str(&rest[..at]);
            let tag = &rest[at..end];
            match href(tag).filter(|href| can_be_tracked(&href.target) && !href.target.starts_with(untouched)) {
                Some(Href { target, place }) if number < u16::MAX => {
                    number += 1;
                    let token = self.key.click_token(&TrackedLink { message, number, target });
                    let address = format!("{}/c/{token}", self.base);
                    out.extend([&tag[..place.start], &escape(&address), &tag[place.end..]]);
                }
                _ => out.push_str(tag),
            }
            rest = &rest[end..];
        }
        out.push_str(rest);
        let picture = format!(
            r#"<img src="{}/o/{}.gif" width="1" height="1" alt="" style="display:block;width:1px;height:1px;border:0">"#,
            escape(&self.base),
            self.key.open_token(message)
        );
        let end = out.rfind("</body>").unwrap_or(out.len());
        out.insert_str(end, &picture);
        out
    }
}

/// Where the next `<a …>` begins.
fn link_start(html: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + html[from..].find("<a")?;
        if html[at + 2..].starts_with(|c: char| c.is_ascii_whitespace()) {
            return Some(at);
        }
        from = at + 2;
    }
}

struct Href {
    /// Without escapes.
    target: String,
    /// Where its text stands in the tag.
    place: std::ops::Range<usize>,
}

fn href(tag: &str) -> Option<Href> {
    let place = attribute_place(tag, "href")?;
    Some(Href { target: unescape(&tag[place.clone()]), place })
}

fn can_be_tracked(target: &str) -> bool {
    let is_web = target.starts_with("https://") || target.starts_with("http://");
    is_web && target.len() <= LONGEST_TARGET && !target.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> TrackingKey {
        TrackingKey::from_secret(b"secret")
    }

    fn message(name: &str) -> MessageId {
        MessageId::derive(&[name.as_bytes()])
    }

    fn link() -> TrackedLink {
        TrackedLink { message: message("a"), number: 2, target: "https://shop.example/?a=1&b=ü#c".to_owned() }
    }

    #[test]
    fn tokens_lead_back_to_what_they_were_made_for() {
        assert_eq!(key().verify_open(&key().open_token(message("a"))), Some(message("a")));
        let token = key().click_token(&link());
        assert_eq!(key().verify_click(&token), Some(link()));
        assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')), "{token}");
    }

    #[test]
    fn every_changed_or_missing_sign_is_noticed() {
        for token in [key().open_token(message("a")), key().click_token(&link())] {
            for at in 0..token.len() {
                let mut changed = token.clone().into_bytes();
                changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
                let changed = std::str::from_utf8(&changed).unwrap();
                assert_eq!((key().verify_open(changed), key().verify_click(changed)), (None, None), "sign {at}");
                assert_eq!((key().verify_open(&token[..at]), key().verify_click(&token[..at])), (None, None));
            }
            assert_eq!(key().verify_click(&format!("{token}A")), None);
        }
    }

    #[test]
    fn nobody_else_can_make_one() {
        // The same content under another key, and a picture's proof before a link.
        assert_eq!(key().verify_click(&TrackingKey::from_secret(b"other").click_token(&link())), None);
        assert_eq!(key().verify_open(&TrackingKey::from_secret(b"other").open_token(message("a"))), None);
        let open = key().open_token(message("a"));
        assert_eq!(key().verify_click(&open), None);
        assert_eq!(key().verify_open(&key().click_token(&link())), None);
        let foreign = [URL_SAFE_NO_PAD.decode(open).unwrap(), b"\0\x01https://evil.example".to_vec()].concat();
        assert_eq!(key().verify_click(&URL_SAFE_NO_PAD.encode(foreign)), None);
        for nonsense in ["", "x", "preview", "é", &"A".repeat(42), &"A".repeat(10_000)] {
            assert_eq!((key().verify_open(nonsense), key().verify_click(nonsense)), (None, None), "{nonsense}");
        }
    }

    fn tracked(html: &str) -> (String, Vec<TrackedLink>) {
        let tracking = Tracking { base: "https://bell.example".to_owned(), key: key() };
        let out = tracking.track(html, message("a"), "https://bell.example/u/");
        let tokens = out.split("https://bell.example/c/").skip(1).map(|rest| rest.split(['"', '\'']).next().unwrap());
        let links = tokens.map(|token| key().verify_click(token).unwrap()).collect();
        (out, links)
    }

    #[test]
    fn links_lead_over_the_server_and_keep_their_targets() {
        let html = r#"<body><a style="x" href="https://shop.example/?a=1&amp;b=2" class="y">One</a><p><a
            title='=' href = 'http://shop.example/2'>Two</a></p></body>"#;
        let (out, links) = tracked(html);
        let found: Vec<_> = links.iter().map(|link| (link.number, link.target.as_str())).collect();
        assert_eq!(found, [(1, "https://shop.example/?a=1&b=2"), (2, "http://shop.example/2")]);
        assert!(
            out.contains(r#"<a style="x" href="https://bell.example/c/"#) && out.contains(r#"" class="y">One</a>"#)
        );
        assert!(!out.contains("https://shop.example") && !out.contains("http://shop.example"));
    }

    #[test]
    fn what_is_no_website_stays_as_it_is() {
        let long = format!("https://shop.example/{}", "x".repeat(LONGEST_TARGET));
        for target in
            ["mailto:a@b.example", "tel:+431", "#top", "", "https://bell.example/u/0123", &long, "javascript:x"]
        {
            let html = format!(r#"<body><a href="{target}">x</a><abbr href="https://x.example">y</abbr></body>"#);
            let (out, links) = tracked(&html);
            assert_eq!(links, [], "{target}");
            assert!(out.starts_with(&html[..html.len() - "</body>".len()]), "{out}");
        }
    }

    #[test]
    fn the_picture_is_the_last_of_the_body_and_leads_back() {
        for (html, behind) in [("<html><body>Hi</body></html>", "</body></html>"), ("Hi", "")] {
            let (out, _) = tracked(html);
            let (_, rest) = out.split_once("https://bell.example/o/").unwrap();
            let (token, after) = rest.split_once(".gif\"").unwrap();
            assert_eq!(key().verify_open(token), Some(message("a")));
            assert_eq!(after.split_once('>').unwrap().1, behind);
        }
    }

    #[test]
    fn broken_markup_does_no_harm() {
        for html in
            ["<a", "<a ", "<a href=", "<a href=\"", "<a href=\"https://x.example", "<a href='https://x'>", "<a>"]
        {
            tracked(html);
        }
    }
}
