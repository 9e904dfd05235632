//! The places that events come from over HTTP: a website, a server, an app. Each has a write key of its own, so that one
//! of them can be switched off, or given a new key, without the others noticing.

use crate::{Hook, SourceId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr, sync::Arc};

/// What sends the events; it decides which start the console shows first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// Pages in a browser.
    Website,
    /// A program of the shop's own.
    Server,
    /// An app on phones.
    Mobile,
    /// Somebody else's service that calls when something happens.
    Webhook,
}

impl SourceKind {
    /// The kind as JSON spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Website => "website",
            Self::Server => "server",
            Self::Mobile => "mobile",
            Self::Webhook => "webhook",
        }
    }
}

/// What people call a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceName(String);

/// A text that cannot be a source's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceNameError {
    /// Nothing, or only blanks.
    #[error("a source needs a name, for example `Online shop`")]
    Empty,
    /// Nobody reads that much.
    #[error("a source's name has at most {} characters, and this one has {characters}", SourceName::MAX)]
    TooLong {
        /// Its length.
        characters: usize,
    },
    /// Line breaks and the like.
    #[error("a source's name stands in one line, and this one has the control character {character:?}")]
    Control {
        /// The first of them.
        character: char,
    },
}

impl SourceName {
    /// The most characters of a name.
    pub const MAX: usize = 80;
    /// The most characters of a short name, before a number is put behind it.
    const MAX_SLUG: usize = 48;

    /// The name as it was given, without blanks around it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The short name that goes with it: `[a-z0-9-]`, and one that is not taken. A name without a single Latin letter or
    /// digit gets the kind's.
    pub fn slug(&self, kind: SourceKind, is_taken: impl Fn(&str) -> bool) -> String {
        let base = match latin(&self.0) {
            latin if latin.is_empty() => kind.as_str().to_owned(),
            latin => latin,
        };
        let numbered = (2u64..).map(|number| format!("{base}-{number}"));
        std::iter::once(base.clone()).chain(numbered).find(|slug| !is_taken(slug)).unwrap_or(base)
    }
}

/// Latin letters and digits in lower case, with one `-` for whatever stands between them.
fn latin(name: &str) -> String {
    let mut slug = String::new();
    for character in name.chars() {
        if character.is_ascii_alphanumeric() {
            slug.push(character.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(SourceName::MAX_SLUG);
    slug.trim_end_matches('-').to_owned()
}

impl FromStr for SourceName {
    type Err = SourceNameError;

    fn from_str(text: &str) -> Result<Self, SourceNameError> {
        let name = text.trim();
        if let Some(character) = name.chars().find(|character| character.is_control()) {
            return Err(SourceNameError::Control { character });
        }
        match name.chars().count() {
            0 => Err(SourceNameError::Empty),
            characters if characters > Self::MAX => Err(SourceNameError::TooLong { characters }),
            _ => Ok(Self(name.to_owned())),
        }
    }
}

impl fmt::Display for SourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a sender shows to have its events taken. No `Display` and no serialiser: whoever prints it has to say so.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct WriteKey(Box<str>);

/// A text that is no write key. It does not repeat the text, which may be a key with a slip of the pen in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a write key has {} letters (a to z, A to Z) and digits, and nothing else", WriteKey::LENGTH)]
pub struct ParseWriteKeyError;

impl WriteKey {
    /// The characters of a key.
    pub const LENGTH: usize = 32;

    /// A new key of bytes that nobody can guess.
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(bytes.map(|byte| format!("{byte:02x}")).concat().into_boxed_str())
    }

    /// All of it, for whoever really needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Its last four characters, by which people tell keys apart.
    pub fn hint(&self) -> &str {
        &self.0[Self::LENGTH - 4..]
    }
}

impl FromStr for WriteKey {
    type Err = ParseWriteKeyError;

    /// Takes any 32 letters and digits, not only what [`WriteKey::from_random`] makes: a key that is in use elsewhere can
    /// be kept.
    fn from_str(text: &str) -> Result<Self, ParseWriteKeyError> {
        let fits = text.len() == Self::LENGTH && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if fits { Ok(Self(text.into())) } else { Err(ParseWriteKeyError) }
    }
}

impl fmt::Debug for WriteKey {
    /// Never the whole key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WriteKey(…{})", self.hint())
    }
}

/// A place that events come from over HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Which; derived from the short name.
    pub id: SourceId,
    /// The stable short name that its events carry as [`Origin::source`](crate::Origin::source); `[a-z0-9-]`, never
    /// changed. Shared, because every event gets it.
    pub slug: Arc<str>,
    /// What people call it.
    pub name: SourceName,
    /// What sends the events.
    pub kind: SourceKind,
    /// What a sender has to show.
    pub write_key: WriteKey,
    /// Whether its events are taken.
    pub enabled: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// How its deliveries are checked and read, where it is a web hook of another system.
    pub hook: Option<Hook>,
}

impl Source {
    /// A source that takes events from now on.
    pub fn new(slug: &str, name: SourceName, kind: SourceKind, write_key: WriteKey, now: DateTime<Utc>) -> Self {
        let id = SourceId::derive(&[slug.as_bytes()]);
        Self { id, slug: slug.into(), name, kind, write_key, enabled: true, created_at: now, hook: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expected: &str) {
        let name: SourceName = name.parse().unwrap();
        assert_eq!(name.slug(SourceKind::Website, |_| false), expected, "{name}");
    }

    #[test]
    fn short_names_follow_from_names() {
        check("Online shop", "online-shop");
        check("  The  Shop (EU) -- 2026! ", "the-shop-eu-2026");
        check("Café Zürich", "caf-z-rich");
        check("官方网站", "website");
        check("App 小程序", "app");
        check("---", "website");
        check(&"ab ".repeat(26), &"ab-".repeat(16)[..47]);
    }

    #[test]
    fn a_taken_short_name_gets_a_number() {
        let taken = ["shop", "shop-2"];
        let name: SourceName = "Shop".parse().unwrap();
        assert_eq!(name.slug(SourceKind::Server, |slug| taken.contains(&slug)), "shop-3");
    }

    #[test]
    fn names_are_one_line_of_a_length_that_people_read() {
        let parse = |text: &str| text.parse::<SourceName>();
        assert_eq!(parse(" Shop ").unwrap().as_str(), "Shop");
        assert_eq!(parse(" \t "), Err(SourceNameError::Empty));
        assert_eq!(parse("a\nb"), Err(SourceNameError::Control { character: '\n' }));
        assert!(parse(&"客".repeat(80)).is_ok());
        let error = parse(&"a".repeat(81)).unwrap_err().to_string();
        assert_eq!(error, "a source's name has at most 80 characters, and this one has 81");
    }

    #[test]
    fn keys_are_made_of_random_bytes_and_read_back() {
        let key = WriteKey::from_random(std::array::from_fn(|n| n as u8 * 16));
        assert_eq!(key.reveal(), "00102030405060708090a0b0c0d0e0f0");
        assert_eq!(key.reveal().parse(), Ok(key.clone()));
        assert!("Abcdefghijklmnopqrstuvwxyz012345".parse::<WriteKey>().is_ok());
        for wrong in
            ["", "abc", "00102030405060708090a0b0c0d0e0f", "00102030405060708090a0b0c0d0e0-f", "ä".repeat(16).as_str()]
        {
            assert_eq!(wrong.parse::<WriteKey>(), Err(ParseWriteKeyError), "{wrong}");
        }
    }

    #[test]
    fn keys_are_never_shown_whole() {
        let key = WriteKey::from_random([0xab; 16]);
        let source =
            Source::new("shop", "Shop".parse().unwrap(), SourceKind::Server, key.clone(), DateTime::UNIX_EPOCH);
        let shown = format!("{source:?}");
        assert!(shown.contains("WriteKey(…abab)") && !shown.contains(key.reveal()), "{shown}");
    }

    #[test]
    fn kinds_are_spelled_as_in_json() {
        for kind in [SourceKind::Website, SourceKind::Server, SourceKind::Mobile, SourceKind::Webhook] {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }
}
