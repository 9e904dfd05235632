//! A campaign: goal, audience, content, hold-out; a state machine that can refuse.

use crate::{CampaignId, RunId, SegmentId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The languages that messages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[serde(rename = "en")]
    English,
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    Chinese,
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Localized {
    /// English.
    pub en: String,
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    pub zh_cn: String,
}

impl Localized {
    /// Both texts.
    pub fn new(en: impl Into<String>, zh_cn: impl Into<String>) -> Self {
        Self { en: en.into(), zh_cn: zh_cn.into() }
    }

    /// The text in one language.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::Chinese => &self.zh_cn,
        }
    }
}

/// What a campaign wants to cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goal {
    /// In words.
    pub description: Localized,
    /// The event that counts as success, for example `Order Completed`.
    pub event: String,
    /// Days after the message within which it counts.
    pub within_days: u32,
}

/// Whom a campaign is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audience {
    /// The members of this segment at the moment of the run.
    pub segment: SegmentId,
    /// How many in 10,000 are held out to measure the effect.
    pub holdout_per_10_000: u32,
}

/// What a campaign says: a template per language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Liquid.
    pub subject: Localized,
    /// Liquid that gives MJML.
    pub body: Localized,
    /// Whether it may be known who opened it and followed its links, where that is switched on at all.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub tracked: bool,
}

const fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the serialiser wants a reference")]
const fn is_yes(value: &bool) -> bool {
    *value
}

/// Where a campaign stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CampaignState {
    /// Can be edited.
    Draft,
    /// Messages are going out.
    Running {
        /// The run that is under way.
        run: RunId,
        /// Since when.
        since: DateTime<Utc>,
    },
    /// Every message of the run reached an end.
    Completed {
        /// The run that ended.
        run: RunId,
        /// When.
        at: DateTime<Utc>,
    },
}

/// A step that the present state does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} is {from} and cannot become {to}")]
pub struct RefusedTransition {
    /// Which thing.
    pub what: String,
    /// Where it stands.
    pub from: &'static str,
    /// Where it was to go.
    pub to: &'static str,
}

/// A campaign's definition and state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Campaign {
    /// Which.
    pub id: CampaignId,
    /// A stable short name for commands and addresses.
    pub slug: String,
    /// What people call it.
    pub name: Localized,
    /// What it wants to cause.
    pub goal: Goal,
    /// Whom it is for.
    pub audience: Audience,
    /// What it says.
    pub content: Content,
    /// Which channel carries it: `outbox` or `smtp`.
    pub channel: String,
    /// Raised by every edit; a run keeps the version that it started with.
    pub version: u32,
    /// Where it stands.
    pub state: CampaignState,
}

impl CampaignState {
    /// The state's name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Running { .. } => "running",
            Self::Completed { .. } => "completed",
        }
    }
}

impl Campaign {
    /// Starts a run, or goes on with the one that was interrupted. One run of one version exists once: its id says so.
    pub fn start(&mut self, now: DateTime<Utc>) -> Result<RunId, RefusedTransition> {
        let run = self.run_id();
        match &self.state {
            CampaignState::Draft => self.state = CampaignState::Running { run, since: now },
            CampaignState::Running { run: under_way, .. } if *under_way == run => {}
            CampaignState::Running { .. } | CampaignState::Completed { .. } => return Err(self.refuse("running")),
        }
        Ok(run)
    }

    /// Ends the run that is under way.
    pub fn complete(&mut self, now: DateTime<Utc>) -> Result<(), RefusedTransition> {
        match self.state {
            CampaignState::Running { run, .. } => {
                self.state = CampaignState::Completed { run, at: now };
                Ok(())
            }
            CampaignState::Draft | CampaignState::Completed { .. } => Err(self.refuse("completed")),
        }
    }

    /// The id of the run of this version.
    pub fn run_id(&self) -> RunId {
        RunId::derive(&[self.id.as_uuid().as_bytes(), &self.version.to_le_bytes()])
    }

    fn refuse(&self, to: &'static str) -> RefusedTransition {
        RefusedTransition { what: format!("campaign `{}`", self.slug), from: self.state.name(), to }
    }
}
