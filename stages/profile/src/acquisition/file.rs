//! The file of rules. It is read strictly: what is unknown, impossible or of no use is an error with its place.

use super::{
    error::{AcquisitionRulesError, Document},
    evidence::CampaignText,
    hosts::{HostProblem, Hosts},
    lower,
    pattern::Pattern,
    rules::{AcquisitionRules, Condition, Outcome, Rule, Site},
};
use bellwether_domain::Channel;
use serde::Deserialize;
use toml::Spanned;

type Result<T> = std::result::Result<T, AcquisitionRulesError>;
type Texts = Vec<Spanned<String>>;
/// A list that may be left out, but not empty.
type Choices = Option<Spanned<Texts>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    own_hosts: Texts,
    #[serde(default)]
    parameters: Parameters,
    #[serde(default, rename = "site")]
    sites: Vec<SiteTable>,
    #[serde(rename = "rule")]
    rules: Vec<Spanned<RuleTable>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Parameters {
    source: Texts,
    medium: Texts,
    campaign: Texts,
    term: Texts,
    content: Texts,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SiteTable {
    name: Spanned<String>,
    kind: Spanned<String>,
    #[serde(default)]
    hosts: Texts,
    #[serde(default)]
    sources: Texts,
    #[serde(default)]
    words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleTable {
    /// For people.
    #[serde(rename = "name")]
    _name: Option<String>,
    #[serde(default)]
    when: When,
    channel: Option<Spanned<Channel>>,
    #[serde(default)]
    ignore: bool,
    source: Option<String>,
    medium: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct When {
    source: Choices,
    medium: Choices,
    campaign: Choices,
    term: Choices,
    content: Choices,
    click_id: Choices,
    referrer: Choices,
    site: Choices,
}

/// Reads a file of rules.
pub(super) fn parse(file: &str, text: &str) -> Result<AcquisitionRules> {
    let text = text.trim_start_matches('\u{feff}');
    let document = Document { file, text };
    let file: File = toml::from_str(text)
        .map_err(|error| document.error_at(error.span().map_or(0, |span| span.start), error.message()))?;
    let mut reader = Reader { document, rules: AcquisitionRules::default() };
    for host in &file.own_hosts {
        reader.own_host(host)?;
    }
    reader.parameters(&file.parameters)?;
    file.sites.iter().try_for_each(|site| reader.site(site))?;
    let last = file.rules.len().saturating_sub(1);
    for (number, rule) in file.rules.iter().enumerate() {
        reader.rule(rule, number == last)?;
    }
    Ok(reader.rules)
}

struct Reader<'t> {
    document: Document<'t>,
    rules: AcquisitionRules,
}

impl Reader<'_> {
    fn error<T>(&self, at: &Spanned<T>, message: impl Into<String>) -> AcquisitionRulesError {
        self.document.error_at(at.span().start, message)
    }

    fn own_host(&mut self, host: &Spanned<String>) -> Result<()> {
        let added = self.rules.own_hosts.insert(host.get_ref(), ());
        added.map_err(|problem| self.host_error(host, problem, |()| "`own_hosts`".to_owned()))
    }

    fn host_error<T>(
        &self,
        at: &Spanned<String>,
        problem: HostProblem<T>,
        owner: impl FnOnce(T) -> String,
    ) -> AcquisitionRulesError {
        let host = at.get_ref();
        let message = match problem {
            HostProblem::NoHost => {
                format!("`{host}` is no host; write `example.com`, or `example.*` for every country")
            }
            HostProblem::Taken(other) => format!("`{host}` stands in {} already", owner(other)),
        };
        self.error(at, message)
    }

    fn parameters(&mut self, parameters: &Parameters) -> Result<()> {
        let all = [
            (CampaignText::Source, &parameters.source),
            (CampaignText::Medium, &parameters.medium),
            (CampaignText::Name, &parameters.campaign),
            (CampaignText::Term, &parameters.term),
            (CampaignText::Content, &parameters.content),
        ];
        for (text, names) in all {
            for (rank, name) in names.iter().enumerate() {
                let key = self.word(name)?;
                if self.rules.parameters.insert(key, (text, rank)).is_some() {
                    return Err(self.error(name, format!("the parameter `{}` stands here twice", name.get_ref())));
                }
            }
        }
        Ok(())
    }

    fn site(&mut self, table: &SiteTable) -> Result<()> {
        let number = self.rules.sites.len();
        let (name, kind) = (self.word(&table.name)?, self.word(&table.kind)?);
        let words = table.words.iter().map(|word| word.as_str().into()).collect();
        self.rules.sites.push(Site { name, kind, words });
        for source in std::iter::once(&table.name).chain(&table.sources) {
            let key = self.word(source)?;
            if let Some(other) = self.rules.sites_by_source.insert(key, number) {
                let other = self.rules.site_name(other);
                return Err(self.error(source, format!("`{}` stands for the site `{other}` already", source.get_ref())));
            }
        }
        for host in &table.hosts {
            let added = self.rules.sites_by_host.insert(host.get_ref(), number);
            let name = |other| format!("the site `{}`", self.rules.site_name(other));
            added.map_err(|problem| self.host_error(host, problem, name))?;
        }
        Ok(())
    }

    fn rule(&mut self, spanned: &Spanned<RuleTable>, is_last: bool) -> Result<()> {
        let rule = spanned.get_ref();
        let conditions = self.conditions(&rule.when)?;
        if conditions.is_empty() && !is_last {
            return Err(self.error(spanned, "a rule without `when` fits everything; it must be the last one"));
        }
        let outcome = match (&rule.channel, rule.ignore) {
            (None, true) => Outcome::Ignore,
            (Some(channel), false) => Outcome::Came {
                channel: *channel.get_ref(),
                source: rule.source.as_deref().and_then(lower),
                medium: rule.medium.as_deref().and_then(lower),
            },
            (Some(channel), true) => return Err(self.error(channel, "a rule that ignores has no `channel`")),
            (None, false) => {
                let why = "the rule says nothing; give it a `channel`, for example \"referral\", or `ignore = true`";
                return Err(self.error(spanned, why));
            }
        };
        self.rules.rules.push(Rule { conditions, outcome });
        Ok(())
    }

    fn conditions(&mut self, when: &When) -> Result<Vec<Condition>> {
        let mut conditions = Vec::new();
        let texts = [
            (CampaignText::Source, &when.source),
            (CampaignText::Medium, &when.medium),
            (CampaignText::Name, &when.campaign),
            (CampaignText::Term, &when.term),
            (CampaignText::Content, &when.content),
        ];
        for (which, choices) in texts {
            if let Some(choices) = self.choices(choices)? {
                let patterns = choices.iter().map(|text| self.word(text).map(|word| Pattern::new(&word)));
                conditions.push(Condition::Campaign(which, patterns.collect::<Result<_>>()?));
            }
        }
        if let Some(choices) = self.choices(&when.click_id)? {
            let ids = choices.iter().map(|name| self.click_id(name)).collect::<Result<_>>()?;
            conditions.push(Condition::ClickId(ids));
        }
        if let Some(choices) = self.choices(&when.site)? {
            let mut sites = Vec::new();
            choices.iter().try_for_each(|choice| self.sites_named(choice).map(|found| sites.extend(found)))?;
            conditions.push(Condition::Site(sites));
        }
        if let Some(choices) = self.choices(&when.referrer)? {
            conditions.push(self.referrer(choices)?);
        }
        Ok(conditions)
    }

    fn choices<'c>(&self, choices: &'c Choices) -> Result<Option<&'c Texts>> {
        match choices {
            Some(list) if list.get_ref().is_empty() => {
                Err(self.error(list, "an empty list fits nothing; leave the key out, or write \"*\" for anything"))
            }
            Some(list) => Ok(Some(list.get_ref())),
            None => Ok(None),
        }
    }

    fn click_id(&mut self, name: &Spanned<String>) -> Result<usize> {
        let key = self.word(name)?;
        if self.rules.parameters.contains_key(&key) {
            return Err(
                self.error(name, format!("`{key}` is a parameter of campaigns; it cannot be a click id as well"))
            );
        }
        let next = self.rules.click_ids.len();
        Ok(*self.rules.click_ids.entry(key).or_insert(next))
    }

    fn referrer(&self, choices: &Texts) -> Result<Condition> {
        let (mut hosts, mut sites) = (Hosts::default(), Vec::new());
        for choice in choices {
            match choice.get_ref().as_str() {
                "*" => return Ok(Condition::Referred),
                kind if kind.starts_with('@') => sites.extend(self.sites_named(choice)?),
                host => {
                    let added = hosts.insert(host, ());
                    added.map_err(|problem| self.host_error(choice, problem, |()| "this list".to_owned()))?;
                }
            }
        }
        Ok(Condition::Referrer(hosts, sites))
    }

    /// The sites of a kind, `@search`, or the one of this name.
    fn sites_named(&self, choice: &Spanned<String>) -> Result<Vec<usize>> {
        let word = self.word(choice)?;
        let sites = self.rules.sites.iter().enumerate();
        let found: Vec<usize> = match word.strip_prefix('@') {
            Some(kind) => sites.filter(|(_, site)| site.kind == kind).map(|(number, _)| number).collect(),
            None => sites.filter(|(_, site)| site.name == word).map(|(number, _)| number).collect(),
        };
        if found.is_empty() {
            let mut kinds: Vec<String> = self.rules.sites.iter().map(|site| format!("`@{}`", site.kind)).collect();
            kinds.sort_unstable();
            kinds.dedup();
            let known = kinds.join(", ");
            return Err(self.error(choice, format!("no site is called or of the kind `{word}`; there are {known}")));
        }
        Ok(found)
    }

    /// In lower case; not blank.
    fn word(&self, text: &Spanned<String>) -> Result<compact_str::CompactString> {
        lower(text.get_ref()).ok_or_else(|| self.error(text, "an empty text fits nothing"))
    }
}
