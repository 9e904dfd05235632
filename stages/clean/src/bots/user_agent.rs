//! What a user agent says of its sender.

use super::signals;

/// A kind of sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AgentKind {
    /// There is one, and it is empty.
    Empty,
    /// A crawler, a monitor, a preview.
    Crawler,
    /// A library or a tool for requests.
    Library,
    /// A browser that a program drives.
    Automated,
    /// A mail service that looks into messages before people do.
    Prefetcher,
    /// A browser or an app.
    Ordinary,
    /// None of these.
    Strange,
}

impl AgentKind {
    pub fn of(user_agent: &str) -> Self {
        let agent = user_agent.trim().to_lowercase();
        let holds = |parts: &[&str]| parts.iter().any(|part| agent.contains(part));
        let begins = |parts: &[&str]| parts.iter().any(|part| agent.starts_with(part));
        if agent.is_empty() || agent == "-" || agent == "null" || agent == "undefined" {
            Self::Empty
        } else if signals::PREFETCHERS.contains(&agent.as_str()) || holds(&signals::LINK_SCANNERS) {
            Self::Prefetcher
        } else if holds(&signals::AUTOMATION) {
            Self::Automated
        } else if is_crawler(&agent) || holds(&signals::CRAWLERS) {
            Self::Crawler
        } else if is_library(&agent) {
            Self::Library
        } else if begins(&signals::ORDINARY) || holds(&signals::APPS) {
            Self::Ordinary
        } else {
            Self::Strange
        }
    }

    pub const fn weight(self) -> f64 {
        match self {
            Self::Empty => signals::EMPTY_AGENT,
            Self::Crawler => signals::CRAWLER,
            Self::Library => signals::LIBRARY,
            Self::Automated => signals::AUTOMATED,
            Self::Prefetcher => signals::PREFETCHER,
            Self::Ordinary => signals::ORDINARY_AGENT,
            Self::Strange => signals::STRANGE_AGENT,
        }
    }
}

/// Crawlers say who they are, and where to read about them.
fn is_crawler(agent: &str) -> bool {
    let words = agent.split(|c: char| !c.is_alphanumeric());
    let calls_itself_one = |word: &str| {
        signals::CRAWLER_ENDINGS.iter().any(|ending| word.ends_with(ending)) && !signals::NO_CRAWLERS.contains(&word)
    };
    agent.contains("http://") || agent.contains("https://") || words.into_iter().any(calls_itself_one)
}

/// A library stands alone or behind the name of its user; in the middle of a browser's words it is part of another word.
fn is_library(agent: &str) -> bool {
    signals::LIBRARIES.iter().any(|library| {
        agent.starts_with(library) || (!agent.starts_with("mozilla/") && agent.contains(&format!(" {library}")))
    })
}
