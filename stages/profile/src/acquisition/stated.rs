//! What an event says of its page and its campaign, still as it was sent.
//!
//! Whoever sends it may write anything: what is not of the expected form is as if it were not there.

use bellwether_domain::{CleanEvent, EventKind};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{borrow::Cow, collections::BTreeMap};

/// Events whose own properties say where somebody arrived, beside page views: apps that were opened by a link.
const OPENED_BY_LINK: [&str; 2] = ["Deep Link Opened", "Application Opened"];

/// What an event says.
#[derive(Debug, Default)]
pub(super) struct Stated<'e> {
    /// `context.campaign`.
    pub campaign: Campaign<'e>,
    /// The names of `context.clickIds` that have a value, in lower case.
    pub click_ids: Vec<String>,
    /// The page's address.
    pub url: Option<Cow<'e, str>>,
    /// The query of the page's address, where it is given by itself.
    pub search: Option<Cow<'e, str>>,
    /// The address that led to the page.
    pub referrer: Option<Cow<'e, str>>,
}

/// A campaign: the five texts of UTM parameters.
#[derive(Debug, Default)]
pub(super) struct Campaign<'e> {
    pub source: Option<Cow<'e, str>>,
    pub medium: Option<Cow<'e, str>>,
    pub name: Option<Cow<'e, str>>,
    pub term: Option<Cow<'e, str>>,
    pub content: Option<Cow<'e, str>>,
}

impl<'e> Stated<'e> {
    /// `None`, at once, for events that can say nothing: orders from files have no context.
    pub fn of(event: &'e CleanEvent) -> Option<Self> {
        let context: Context<'_> = event.context.as_deref().and_then(read).unwrap_or_default();
        let properties: Page<'_> = match &event.properties {
            Some(properties) if has_own_address(event) => read(properties).unwrap_or_default(),
            _ => Page::default(),
        };
        let page: Page<'_> = context.page.and_then(|raw| read(raw.get())).unwrap_or_default();
        let stated = Self {
            campaign: context.campaign.and_then(|raw| read(raw.get())).map(Campaign::of).unwrap_or_default(),
            click_ids: context.click_ids.map_or_else(Vec::new, names_with_values),
            url: text(page.url).or_else(|| text(properties.url)),
            search: text(page.search).or_else(|| text(properties.search)),
            referrer: text(page.referrer).or_else(|| text(properties.referrer)),
        };
        (event.kind == EventKind::Page || !stated.is_empty()).then_some(stated)
    }

    fn is_empty(&self) -> bool {
        let Campaign { source, medium, name, term, content } = &self.campaign;
        let texts = [source, medium, name, term, content, &self.url, &self.search, &self.referrer];
        self.click_ids.is_empty() && texts.iter().all(|text| text.is_none())
    }
}

fn has_own_address(event: &CleanEvent) -> bool {
    event.kind == EventKind::Page || OPENED_BY_LINK.contains(&&*event.name)
}

#[derive(Default, Deserialize)]
struct Context<'e> {
    #[serde(borrow, default)]
    campaign: Option<&'e RawValue>,
    #[serde(borrow, default)]
    page: Option<&'e RawValue>,
    #[serde(borrow, default, rename = "clickIds")]
    click_ids: Option<&'e RawValue>,
}

#[derive(Default, Deserialize)]
struct Page<'e> {
    #[serde(borrow, default)]
    url: Option<&'e RawValue>,
    #[serde(borrow, default)]
    search: Option<&'e RawValue>,
    #[serde(borrow, default)]
    referrer: Option<&'e RawValue>,
}

#[derive(Default, Deserialize)]
struct RawCampaign<'e> {
    #[serde(borrow, default)]
    source: Option<&'e RawValue>,
    #[serde(borrow, default)]
    medium: Option<&'e RawValue>,
    #[serde(borrow, default)]
    name: Option<&'e RawValue>,
    #[serde(borrow, default)]
    term: Option<&'e RawValue>,
    #[serde(borrow, default)]
    content: Option<&'e RawValue>,
}

impl<'e> Campaign<'e> {
    fn of(raw: RawCampaign<'e>) -> Self {
        Self {
            source: text(raw.source),
            medium: text(raw.medium),
            name: text(raw.name),
            term: text(raw.term),
            content: text(raw.content),
        }
    }
}

fn read<'e, T: Deserialize<'e>>(json: &'e str) -> Option<T> {
    serde_json::from_str(json).ok()
}

/// A text that is not blank; a number as its digits.
fn text(raw: Option<&RawValue>) -> Option<Cow<'_, str>> {
    let json = raw?.get();
    let text = match json.as_bytes().first()? {
        b'"' => match serde_json::from_str::<&str>(json) {
            Ok(text) => Cow::Borrowed(text),
            // It has escapes.
            Err(_) => Cow::Owned(serde_json::from_str(json).ok()?),
        },
        b'-' | b'0'..=b'9' => Cow::Borrowed(json),
        _ => return None,
    };
    (!text.trim().is_empty()).then_some(text)
}

fn names_with_values(raw: &RawValue) -> Vec<String> {
    let ids: BTreeMap<String, &RawValue> = read(raw.get()).unwrap_or_default();
    ids.into_iter().filter(|(_, value)| text(Some(value)).is_some()).map(|(name, _)| name.to_lowercase()).collect()
}
