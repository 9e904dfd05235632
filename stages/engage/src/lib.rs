//! Campaigns: audience, content, hold-out, and the send ledger's rules.
//!
//! **Takes** a campaign, the members of its segment and a channel. **Gives** a logged decision for every member and, for those who are to get one,
//! a message whose fate the ledger knows.
//! **Promises** that nobody gets two messages of one run, however often it is started or killed; that everybody who got none has a reason; that a run
//! is complete only when its counts reconcile; that a link of a message leads where the message said, and is counted only where the campaign lets it.
//! **Never** sends past the [`gate`], renders data without escaping it, or sends marketing without a way out.

mod audience;
mod content;
mod error;
/// The one place that every send passes.
pub mod gate;
mod packs;
mod person;
/// Who of an audience gets a message.
pub mod plan;
mod run;
pub mod template;
mod tracking;
mod unsubscribe;

#[cfg(test)]
mod content_tests;
#[cfg(test)]
mod samples;

pub use audience::{AudienceContext, AudienceOptions, StoreAudience, reserved_address};
pub use content::{ContentError, ContentRenderer, ContentSettings, MailService, Preview};
pub use error::EngageError;
pub use packs::{CampaignTemplate, PackError, read_campaigns, retail_campaigns};
pub use person::{ItemReason, Person, RecommendedItem};
pub use run::{Bounce, Bounces, CampaignReport, CampaignRun, RunOptions, RunProgress, RunStep, run_campaign};
pub use tracking::{TrackedLink, Tracking, TrackingKey};
pub use unsubscribe::UnsubscribeKey;
