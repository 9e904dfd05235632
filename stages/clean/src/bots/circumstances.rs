//! What the context of an event says of its sender.
//!
//! Whoever sends it may write anything: what is not of the expected form is as if it were not there.

use super::{signals, user_agent::AgentKind};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// What kind of place an event was sent from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sender {
    /// A script on a website.
    Website,
    /// A library on a server, on behalf of people.
    Server,
    /// An app, or nothing says what.
    Unknown,
}

/// What a context says.
#[derive(Debug)]
pub(super) struct Circumstances<'c> {
    pub sender: Sender,
    pub user_agent: Option<Cow<'c, str>>,
    is_driven: bool,
    /// Width and height; of what is missing, nothing is known.
    screen: [Option<f64>; 2],
    /// Whether the languages are given and there are none.
    speaks_nothing: bool,
}

#[derive(Default, Deserialize)]
struct Context<'c> {
    #[serde(borrow, default, rename = "userAgent")]
    user_agent: Option<&'c RawValue>,
    #[serde(borrow, default)]
    library: Option<&'c RawValue>,
    #[serde(borrow, default)]
    page: Option<&'c RawValue>,
    #[serde(borrow, default)]
    screen: Option<&'c RawValue>,
    #[serde(borrow, default)]
    locale: Option<&'c RawValue>,
    #[serde(borrow, default)]
    languages: Option<&'c RawValue>,
    #[serde(borrow, default)]
    webdriver: Option<&'c RawValue>,
}

#[derive(Default, Deserialize)]
struct Library<'c> {
    #[serde(borrow, default)]
    name: Option<&'c RawValue>,
}

#[derive(Default, Deserialize)]
struct Screen<'c> {
    #[serde(borrow, default)]
    width: Option<&'c RawValue>,
    #[serde(borrow, default)]
    height: Option<&'c RawValue>,
}

impl<'c> Circumstances<'c> {
    pub fn of(context: &'c str) -> Self {
        let context: Context<'c> = serde_json::from_str(context).unwrap_or_default();
        let library: Library<'c> = read(context.library).unwrap_or_default();
        let screen: Screen<'c> = read(context.screen).unwrap_or_default();
        let is_blank = |text: Cow<'_, str>| text.trim().is_empty();
        let no_locale = text(context.locale).is_some_and(is_blank);
        let no_languages = context.languages.is_some_and(|raw| matches!(raw.get(), "[]" | "\"\""));
        Self {
            sender: sender(text(library.name).as_deref(), context.page.is_some()),
            user_agent: text(context.user_agent),
            is_driven: context.webdriver.is_some_and(|raw| raw.get() == "true"),
            screen: [screen.width, screen.height].map(read),
            speaks_nothing: no_locale || no_languages,
        }
    }

    /// Whether there is anything to judge by. The user agent of a server's own library says nothing of people.
    pub fn can_be_judged(&self, agent: Option<AgentKind>) -> bool {
        match (self.sender, agent) {
            (Sender::Website, _) => true,
            (Sender::Server, Some(AgentKind::Library | AgentKind::Strange | AgentKind::Empty) | None) => false,
            (_, agent) => agent.is_some() || self.is_driven,
        }
    }

    /// What all but the user agent weighs.
    pub fn weight(&self) -> f64 {
        let no_agent = self.sender == Sender::Website && self.user_agent.is_none();
        let impossible = |size: f64| !(0.0..=signals::LARGEST_SCREEN).contains(&size);
        let sizes = || self.screen.iter().flatten().copied();
        [
            (no_agent, signals::NO_AGENT_ON_A_WEBSITE),
            (self.is_driven, signals::WEBDRIVER),
            (sizes().any(|size| size == 0.0), signals::NO_SCREEN),
            (sizes().any(impossible), signals::IMPOSSIBLE_SCREEN),
            (self.speaks_nothing, signals::NO_LANGUAGE),
        ]
        .into_iter()
        .filter_map(|(holds, weight)| holds.then_some(weight))
        .sum()
    }
}

fn sender(library: Option<&str>, has_page: bool) -> Sender {
    let library = library.unwrap_or_default().to_lowercase();
    if signals::WEB_LIBRARIES.contains(&library.as_str()) {
        Sender::Website
    } else if signals::SERVER_LIBRARIES.iter().any(|name| library.starts_with(name)) {
        Sender::Server
    } else if has_page {
        Sender::Website
    } else {
        Sender::Unknown
    }
}

fn read<'c, T: Deserialize<'c>>(raw: Option<&'c RawValue>) -> Option<T> {
    serde_json::from_str(raw?.get()).ok()
}

fn text(raw: Option<&RawValue>) -> Option<Cow<'_, str>> {
    let json = raw?.get();
    match serde_json::from_str::<&str>(json) {
        Ok(text) => Some(Cow::Borrowed(text)),
        // It has escapes, or is no text.
        Err(_) => serde_json::from_str::<String>(json).ok().map(Cow::Owned),
    }
}
