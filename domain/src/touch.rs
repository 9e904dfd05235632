//! How somebody came: the source, the campaign and the channel of a visit.

use chrono::{DateTime, Utc};
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// One way by which somebody came, as the rules of acquisition read it from an event.
///
/// Touches are ordered by time, and those of one moment by their content, so that of any two the same one stands first
/// in whatever order they arrive. All texts are bounded, and the time is in whole microseconds, as the Store keeps it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Touch {
    /// When.
    pub time: DateTime<Utc>,
    /// What kind of way it was.
    pub channel: Channel,
    /// Who sent them, in lower case: `google`, `newsletter`, `blog.example.org`; `None` for those who came by themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<CompactString>,
    /// How, in lower case: `organic`, `cpc`, `email`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub medium: Option<CompactString>,
    /// The campaign's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<CompactString>,
    /// The words that were searched for, or paid for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<CompactString>,
    /// Which of several advertisements or links.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<CompactString>,
    /// The page where they arrived, without its query and fragment, which may hold secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landing_page: Option<CompactString>,
}

impl Touch {
    /// What the latest touch is the greatest by: any way says more than "directly", and then the newer one.
    pub(crate) fn rank(&self) -> (bool, &Self) {
        (self.channel != Channel::Direct, self)
    }
}

/// A kind of way to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By themselves: the address was typed, bookmarked, or nothing says where it came from.
    Direct,
    /// A result of a search engine that nobody paid for.
    OrganicSearch,
    /// An advertisement beside the results of a search engine.
    PaidSearch,
    /// A post or profile on a social network.
    OrganicSocial,
    /// An advertisement on a social network.
    PaidSocial,
    /// A link in an e-mail.
    Email,
    /// A link in a text message.
    Sms,
    /// A banner or a video advertisement.
    Display,
    /// A partner who is paid by sale.
    Affiliate,
    /// A link on another website.
    Referral,
    /// A push notification.
    Push,
    /// An answer of an AI assistant.
    AiAssistant,
    /// A campaign that no rule knows.
    Other,
}

impl Channel {
    /// All, in the order of their declaration.
    pub const ALL: [Self; 13] = [
        Self::Direct,
        Self::OrganicSearch,
        Self::PaidSearch,
        Self::OrganicSocial,
        Self::PaidSocial,
        Self::Email,
        Self::Sms,
        Self::Display,
        Self::Affiliate,
        Self::Referral,
        Self::Push,
        Self::AiAssistant,
        Self::Other,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_touch_is_read_as_it_was_written() {
        let touch = Touch {
            time: DateTime::from_timestamp_micros(1_767_225_600_123_456).unwrap(),
            channel: Channel::AiAssistant,
            source: Some("chatgpt".into()),
            medium: None,
            campaign: None,
            term: None,
            content: None,
            landing_page: Some("https://shop.example/mugs".into()),
        };
        let json = serde_json::to_string(&touch).unwrap();
        assert!(json.contains(r#""channel":"ai_assistant""#) && !json.contains("medium"), "{json}");
        assert_eq!(serde_json::from_str::<Touch>(&json).unwrap(), touch);
    }
}
