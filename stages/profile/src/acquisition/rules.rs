//! The rules, ready to be applied.

use super::{
    error::AcquisitionRulesError,
    evidence::{CampaignText, Evidence},
    file,
    hosts::Hosts,
    pattern::Pattern,
};
use bellwether_domain::Channel;
use compact_str::CompactString;
use rustc_hash::FxHashMap;

/// What most installations use.
const SHIPPED: &str = include_str!("../../../../packs/acquisition.toml");

/// Which sites are known and what a visit from somewhere is: ordered rules, of which the first that fits counts.
///
/// Give one to [`crate::apply`]; it never changes.
#[derive(Debug, Clone, Default)]
pub struct AcquisitionRules {
    pub(super) own_hosts: Hosts<()>,
    /// Parameters of addresses by name, with their rank among those of the same text.
    pub(super) parameters: FxHashMap<CompactString, (CampaignText, usize)>,
    /// Click ids by name, numbered.
    pub(super) click_ids: FxHashMap<CompactString, usize>,
    pub(super) sites: Vec<Site>,
    pub(super) sites_by_source: FxHashMap<CompactString, usize>,
    pub(super) sites_by_host: Hosts<usize>,
    pub(super) rules: Vec<Rule>,
}

/// A site that is known.
#[derive(Debug, Clone)]
pub(super) struct Site {
    pub name: CompactString,
    pub kind: CompactString,
    /// The parameters of a referring address that hold what was searched for.
    pub words: Vec<CompactString>,
}

/// One rule.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    /// All of them must hold.
    pub conditions: Vec<Condition>,
    pub outcome: Outcome,
}

/// What a rule asks for; of a list one entry is enough.
#[derive(Debug, Clone)]
pub(super) enum Condition {
    Campaign(CampaignText, Vec<Pattern>),
    ClickId(Vec<usize>),
    Site(Vec<usize>),
    /// Any referrer at all.
    Referred,
    /// By these patterns, or from these sites.
    Referrer(Hosts<()>, Vec<usize>),
}

/// What a rule says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is no way to come.
    Ignore,
    /// It is this one; source and medium where the campaign does not say them.
    Came { channel: Channel, source: Option<CompactString>, medium: Option<CompactString> },
}

impl AcquisitionRules {
    /// The rules that come with the product: `packs/acquisition.toml`.
    pub fn shipped() -> Self {
        // That they can be read is a test.
        Self::parse("packs/acquisition.toml", SHIPPED).unwrap_or_default()
    }

    /// The text of the rules that come with the product, for whoever wants to change a copy.
    pub const fn shipped_text() -> &'static str {
        SHIPPED
    }

    /// Reads rules. `file` is only used to speak of it in errors.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line and column.
    pub fn parse(file: &str, text: &str) -> Result<Self, AcquisitionRulesError> {
        file::parse(file, text)
    }

    /// How many rules there are.
    pub fn rule_count(&self) -> usize {
        self.rules.len()
    }

    /// How many sites are known.
    pub fn site_count(&self) -> usize {
        self.sites.len()
    }

    /// What the first rule that fits says.
    pub(super) fn outcome(&self, evidence: &Evidence<'_>) -> Option<&Outcome> {
        let fits = |rule: &&Rule| rule.conditions.iter().all(|condition| self.holds(condition, evidence));
        self.rules.iter().find(fits).map(|rule| &rule.outcome)
    }

    fn holds(&self, condition: &Condition, evidence: &Evidence<'_>) -> bool {
        match condition {
            Condition::Campaign(which, patterns) => evidence.campaign_text(*which).is_some_and(|text| {
                let text = text.trim().to_lowercase();
                patterns.iter().any(|pattern| pattern.fits(&text))
            }),
            Condition::ClickId(ids) => evidence.click_ids.iter().any(|id| ids.contains(id)),
            Condition::Site(sites) => evidence.site.is_some_and(|site| sites.contains(&site)),
            Condition::Referred => evidence.referrer.is_some(),
            Condition::Referrer(hosts, sites) => evidence.referrer.as_ref().is_some_and(|referrer| {
                hosts.get(&referrer.host).is_some()
                    || (!sites.is_empty()
                        && self.site_of_host(&referrer.host).is_some_and(|site| sites.contains(&site)))
            }),
        }
    }

    pub(super) fn is_own_host(&self, host: &str) -> bool {
        self.own_hosts.get(host).is_some()
    }

    /// Names in lower case.
    pub(super) fn parameter(&self, name: &str) -> Option<(CampaignText, usize)> {
        self.parameters.get(name).copied()
    }

    /// Names in lower case.
    pub(super) fn click_id(&self, name: &str) -> Option<usize> {
        self.click_ids.get(name).copied()
    }

    /// By one of its spellings, or by a host that was written in the place of a name.
    pub(super) fn site_of_source(&self, source: &str) -> Option<usize> {
        let source = source.trim().to_lowercase();
        let by_name = self.sites_by_source.get(source.as_str()).copied();
        by_name.or_else(|| source.contains('.').then(|| self.site_of_host(&source)).flatten())
    }

    pub(super) fn site_of_host(&self, host: &str) -> Option<usize> {
        self.sites_by_host.get(host)
    }

    pub(super) fn site_name(&self, site: usize) -> &str {
        &self.sites[site].name
    }

    pub(super) fn words_of(&self, site: usize) -> &[CompactString] {
        &self.sites[site].words
    }
}
