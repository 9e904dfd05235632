//! What an event says about how somebody came, taken apart and ready for rules.

use super::{
    address::{Address, is_same_site},
    bounded, lower,
    rules::AcquisitionRules,
    stated::{Campaign, Stated},
};
use compact_str::CompactString;
use std::borrow::Cow;

/// What stands where a text could not be decoded, as in old addresses that are not in UTF-8.
const UNREADABLE: char = '\u{fffd}';

/// One of the texts of a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CampaignText {
    Source,
    Medium,
    Name,
    Term,
    Content,
}

/// What an event says.
#[derive(Debug)]
pub(super) struct Evidence<'e> {
    /// What `context.campaign` says, and for the rest the parameters of the address.
    pub campaign: Campaign<'e>,
    /// Which of the rules' click ids are there, as their numbers.
    pub click_ids: Vec<usize>,
    /// Where somebody came from.
    pub referrer: Option<Address<'e>>,
    /// Where they arrived.
    pub page: Option<Address<'e>>,
    /// The site that the campaign's source names, or, where there is none, that the referrer belongs to.
    pub site: Option<usize>,
}

impl<'e> Evidence<'e> {
    pub fn of(stated: &'e Stated<'_>, rules: &AcquisitionRules) -> Self {
        let address = |text: &'e Option<Cow<'_, str>>| text.as_deref().and_then(Address::parse);
        let (page, referrer) = (address(&stated.url), address(&stated.referrer));
        let given = |text: &'e Option<Cow<'_, str>>| text.as_deref().map(Cow::Borrowed);
        let campaign = &stated.campaign;
        let mut evidence = Self {
            campaign: Campaign {
                source: given(&campaign.source),
                medium: given(&campaign.medium),
                name: given(&campaign.name),
                term: given(&campaign.term),
                content: given(&campaign.content),
            },
            click_ids: stated.click_ids.iter().filter_map(|name| rules.click_id(name)).collect(),
            referrer,
            page,
            site: None,
        };
        let query = evidence.page.as_ref().map(|page| page.query).filter(|query| !query.is_empty());
        let search = stated.search.as_deref().map(|search| search.trim_start_matches('?'));
        if let Some(query) = query.or(search) {
            evidence.read_query(query, rules);
        }
        evidence.site = match &evidence.campaign.source {
            Some(source) => rules.site_of_source(source),
            None => evidence.referrer.as_ref().and_then(|referrer| rules.site_of_host(&referrer.host)),
        };
        evidence
    }

    fn read_query(&mut self, query: &'e str, rules: &AcquisitionRules) {
        let mut ranks: [(Option<usize>, Option<Cow<'e, str>>); 5] = Default::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if value.trim().is_empty() {
                continue;
            }
            let name = name.to_lowercase();
            if let Some((text, rank)) = rules.parameter(&name) {
                let (best, kept) = &mut ranks[text as usize];
                if best.is_none_or(|best| rank < best) {
                    (*best, *kept) = (Some(rank), Some(value));
                }
            } else if let Some(id) = rules.click_id(&name) {
                self.click_ids.push(id);
            }
        }
        let [source, medium, name, term, content] = ranks.map(|(_, value)| value);
        let campaign = &mut self.campaign;
        let places = [
            (&mut campaign.source, source),
            (&mut campaign.medium, medium),
            (&mut campaign.name, name),
            (&mut campaign.term, term),
            (&mut campaign.content, content),
        ];
        for (place, value) in places {
            if place.is_none() {
                *place = value;
            }
        }
    }

    /// Whether nothing says where somebody came from.
    pub fn is_empty(&self) -> bool {
        let Campaign { source, medium, name, term, content } = &self.campaign;
        let campaign = [source, medium, name, term, content];
        self.referrer.is_none() && self.click_ids.is_empty() && campaign.iter().all(|text| text.is_none())
    }

    /// Whether the visit merely went on, from one page of a website to another. The parameters of the address do not count
    /// then: an application that changes its address keeps them.
    pub fn is_within_site(&self, rules: &AcquisitionRules) -> bool {
        let Some(referrer) = &self.referrer else { return false };
        let same_as = |page: &Address<'_>| is_same_site(&referrer.host, &page.host);
        rules.is_own_host(&referrer.host) || self.page.as_ref().is_some_and(same_as)
    }

    /// A text of the campaign.
    pub fn campaign_text(&self, which: CampaignText) -> Option<&str> {
        let campaign = &self.campaign;
        match which {
            CampaignText::Source => campaign.source.as_deref(),
            CampaignText::Medium => campaign.medium.as_deref(),
            CampaignText::Name => campaign.name.as_deref(),
            CampaignText::Term => campaign.term.as_deref(),
            CampaignText::Content => campaign.content.as_deref(),
        }
    }

    /// What the source is called: what the campaign calls it, or the rule, or the site that the referrer belongs to; or else
    /// the referring host. Every spelling of a known site becomes its name.
    pub fn source_name(&self, rules: &AcquisitionRules, by_rule: Option<&str>) -> Option<CompactString> {
        let site = self.site.map(|site| rules.site_name(site));
        match (&self.campaign.source, by_rule) {
            (Some(given), _) => site.map_or_else(|| lower(given), bounded),
            (None, Some(by_rule)) => bounded(by_rule),
            (None, None) => site.or_else(|| self.referrer.as_ref().map(Address::site)).and_then(bounded),
        }
    }

    /// What the campaign was paid for, or what was searched for where the search engine tells.
    pub fn term(&self, rules: &AcquisitionRules) -> Option<CompactString> {
        self.campaign.term.as_deref().and_then(bounded).or_else(|| {
            let referrer = self.referrer.as_ref().filter(|referrer| !referrer.query.is_empty())?;
            let parameters = rules.words_of(rules.site_of_host(&referrer.host)?);
            let words = form_urlencoded::parse(referrer.query.as_bytes())
                .find(|(name, value)| parameters.iter().any(|known| known == name) && !value.trim().is_empty());
            words.filter(|(_, value)| !value.contains(UNREADABLE)).and_then(|(_, value)| bounded(&value))
        })
    }
}
