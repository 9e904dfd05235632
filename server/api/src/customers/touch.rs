//! How a person came.

use bellwether_domain::{Channel, Touch};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// One way by which a person came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CustomerTouch {
    /// When.
    pub time: DateTime<Utc>,
    /// What kind of way it was.
    pub channel: ChannelName,
    /// Who sent them: `google`, `newsletter`, `blog.example.org`.
    pub source: Option<String>,
    /// How: `organic`, `cpc`, `email`.
    pub medium: Option<String>,
    /// The campaign's name.
    pub campaign: Option<String>,
    /// The words that were searched for, or paid for.
    pub term: Option<String>,
    /// Which of several advertisements or links.
    pub content: Option<String>,
    /// The page where they arrived, without its query.
    pub landing_page: Option<String>,
}

/// A kind of way to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChannelName {
    /// By themselves.
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

impl From<&Touch> for CustomerTouch {
    fn from(touch: &Touch) -> Self {
        let text = |text: &Option<_>| text.as_ref().map(ToString::to_string);
        Self {
            time: touch.time,
            channel: touch.channel.into(),
            source: text(&touch.source),
            medium: text(&touch.medium),
            campaign: text(&touch.campaign),
            term: text(&touch.term),
            content: text(&touch.content),
            landing_page: text(&touch.landing_page),
        }
    }
}

impl From<Channel> for ChannelName {
    fn from(channel: Channel) -> Self {
        match channel {
            Channel::Direct => Self::Direct,
            Channel::OrganicSearch => Self::OrganicSearch,
            Channel::PaidSearch => Self::PaidSearch,
            Channel::OrganicSocial => Self::OrganicSocial,
            Channel::PaidSocial => Self::PaidSocial,
            Channel::Email => Self::Email,
            Channel::Sms => Self::Sms,
            Channel::Display => Self::Display,
            Channel::Affiliate => Self::Affiliate,
            Channel::Referral => Self::Referral,
            Channel::Push => Self::Push,
            Channel::AiAssistant => Self::AiAssistant,
            Channel::Other => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files of rules and the API spell channels alike.
    #[test]
    fn channels_are_spelt_as_in_the_rules() {
        for channel in Channel::ALL {
            let name = serde_json::to_value(ChannelName::from(channel)).expect("a word");
            assert_eq!(serde_json::to_value(channel).expect("a word"), name);
        }
    }
}
