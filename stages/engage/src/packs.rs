//! Campaigns that come as data: a TOML file, and beside it an MJML file per language.

use bellwether_domain::{Audience, Campaign, CampaignId, CampaignState, Content, Goal, Localized, SegmentId};
use serde::Deserialize;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Why a campaign file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// A file or the folder cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The TOML is not of the expected form.
    #[error("`{file}`: {source}")]
    Form {
        /// Which file.
        file: String,
        /// Where in it, and what is wrong.
        source: Box<toml::de::Error>,
    },
    /// More is held out than there is.
    #[error("`{file}`: holdout_per_10_000 is {holdout}; at most 10000 can be held out")]
    HoldOut {
        /// Which file.
        file: String,
        /// What it says.
        holdout: u32,
    },
    /// Two files describe a campaign of the same short name.
    #[error("`{file}`: the short name `{slug}` is taken by another file of this folder")]
    Twice {
        /// The second file.
        file: String,
        /// The name.
        slug: String,
    },
}

/// A campaign before it has a segment of a certain shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignTemplate {
    /// A stable short name.
    pub slug: String,
    /// The short name of the segment that it is for, for example `rfm-at-risk`.
    pub segment: String,
    /// Which channel carries it.
    pub channel: String,
    /// How many in 10,000 are held out.
    pub holdout_per_10_000: u32,
    /// What people call it.
    pub name: Localized,
    /// What it wants to cause.
    pub goal: Goal,
    /// What it says.
    pub content: Content,
}

impl CampaignTemplate {
    /// The campaign for this segment: a draft whose id comes from its short name.
    pub fn campaign(&self, segment: SegmentId) -> Campaign {
        Campaign {
            id: CampaignId::derive(&[self.slug.as_bytes()]),
            slug: self.slug.clone(),
            name: self.name.clone(),
            goal: self.goal.clone(),
            audience: Audience { segment, holdout_per_10_000: self.holdout_per_10_000 },
            content: self.content.clone(),
            channel: self.channel.clone(),
            version: 1,
            state: CampaignState::Draft,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    slug: String,
    segment: String,
    channel: String,
    holdout_per_10_000: u32,
    name: Localized,
    goal: Goal,
    subject: Localized,
    /// Whether it may be known who opened it and followed its links.
    #[serde(default = "yes")]
    tracked: bool,
}

const fn yes() -> bool {
    true
}

macro_rules! embedded {
    ($($slug:literal),* $(,)?) => {
        [$((
            concat!($slug, ".toml"),
            include_str!(concat!("../../../packs/retail/campaigns/", $slug, ".toml")),
            include_str!(concat!("../../../packs/retail/campaigns/", $slug, ".en.mjml")),
            include_str!(concat!("../../../packs/retail/campaigns/", $slug, ".zh-CN.mjml")),
        )),*]
    };
}

/// The campaigns for shops that come with the program.
pub fn retail_campaigns() -> Result<Vec<CampaignTemplate>, PackError> {
    let files = embedded!["win-back-at-risk", "thank-champions", "second-order-new-customers"];
    files.into_iter().map(|(file, toml, en, zh_cn)| template(file, toml, Localized::new(en, zh_cn))).collect()
}

/// The campaigns of a folder: every `<name>.toml` with `<name>.en.mjml` and `<name>.zh-CN.mjml`, by file name.
pub fn read_campaigns(folder: &Path) -> Result<Vec<CampaignTemplate>, PackError> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(|source| unreadable(folder, source))? {
        let path = entry.map_err(|source| unreadable(folder, source))?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    let mut templates: Vec<CampaignTemplate> = Vec::with_capacity(files.len());
    for path in files {
        let body = |language: &str| read(&path.with_extension(format!("{language}.mjml")));
        let file = path.display().to_string();
        let template = template(&file, &read(&path)?, Localized::new(body("en")?, body("zh-CN")?))?;
        if templates.iter().any(|other| other.slug == template.slug) {
            return Err(PackError::Twice { file, slug: template.slug });
        }
        templates.push(template);
    }
    Ok(templates)
}

fn template(file: &str, text: &str, body: Localized) -> Result<CampaignTemplate, PackError> {
    let parsed: File =
        toml::from_str(text).map_err(|source| PackError::Form { file: file.to_owned(), source: Box::new(source) })?;
    if parsed.holdout_per_10_000 > 10_000 {
        return Err(PackError::HoldOut { file: file.to_owned(), holdout: parsed.holdout_per_10_000 });
    }
    Ok(CampaignTemplate {
        slug: parsed.slug,
        segment: parsed.segment,
        channel: parsed.channel,
        holdout_per_10_000: parsed.holdout_per_10_000,
        name: parsed.name,
        goal: parsed.goal,
        content: Content { subject: parsed.subject, body, tracked: parsed.tracked },
    })
}

fn read(path: &Path) -> Result<String, PackError> {
    fs::read_to_string(path).map_err(|source| unreadable(path, source))
}

fn unreadable(path: &Path, source: io::Error) -> PackError {
    PackError::Read { path: path.to_owned(), source }
}
