//! How people came: from campaign parameters, click ids and referring addresses to source, medium, campaign and channel.
//!
//! What sites there are and what they mean is data: a TOML file that users can edit (`packs/acquisition.toml`, explained in
//! `docs/acquisition.md`). Here is only how it is read and applied. Names follow the `context.campaign` of the
//! [Segment specification](https://segment.com/docs/connections/spec/common/#context) and the UTM parameters.

mod address;
mod error;
mod evidence;
mod file;
mod hosts;
mod pattern;
mod rules;
mod stated;

pub use error::AcquisitionRulesError;
pub use rules::AcquisitionRules;

use bellwether_domain::{Channel, CleanEvent, EventKind, Touch};
use chrono::{DateTime, Utc};
use compact_str::CompactString;
use evidence::Evidence;
use rules::Outcome;
use stated::Stated;

/// The longest text of a touch, in characters.
const MAX_CHARS: usize = 255;
/// The longest landing page, in characters.
const MAX_PAGE_CHARS: usize = 1_000;

impl AcquisitionRules {
    /// The way by which somebody came with this event; `None` where it is none: nothing is said about pages or campaigns,
    /// the visit merely went on from another page of the same site, or a rule says that it does not count.
    ///
    /// That somebody came directly only a page view can say.
    pub fn touch(&self, event: &CleanEvent) -> Option<Touch> {
        let stated = Stated::of(event)?;
        let evidence = Evidence::of(&stated, self);
        if evidence.is_within_site(self) || (evidence.is_empty() && event.kind != EventKind::Page) {
            return None;
        }
        let (channel, source, medium) = match self.outcome(&evidence) {
            Some(Outcome::Ignore) => return None,
            Some(Outcome::Came { channel, source, medium }) => (*channel, source.as_deref(), medium.as_deref()),
            None if evidence.is_empty() => (Channel::Direct, None, None),
            None => (Channel::Other, None, None),
        };
        Some(Touch {
            time: whole_microseconds(event.time),
            channel,
            source: evidence.source_name(self, source),
            medium: evidence.campaign.medium.as_deref().or(medium).and_then(lower),
            campaign: evidence.campaign.name.as_deref().and_then(bounded),
            term: evidence.term(self),
            content: evidence.campaign.content.as_deref().and_then(bounded),
            landing_page: evidence.page.map(|page| cut(page.without_query, MAX_PAGE_CHARS).into()),
        })
    }
}

/// As the Store keeps it: otherwise it would matter whether two touches met before or after one of them was stored.
fn whole_microseconds(time: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(time.timestamp_micros()).unwrap_or(time)
}

/// Without blanks at its ends and not too long; `None` where nothing is left.
fn bounded(text: &str) -> Option<CompactString> {
    let text = cut(text.trim(), MAX_CHARS);
    (!text.is_empty()).then(|| text.into())
}

/// The same in lower case.
fn lower(text: &str) -> Option<CompactString> {
    bounded(&text.to_lowercase())
}

fn cut(text: &str, chars: usize) -> &str {
    text.char_indices().nth(chars).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests;
