//! The product's words, as types. Every arrow on the data's way is one of them:
//! `RawEvent → CleanEvent | Reject → Profile → Score → Membership → Decision → Delivery → Outcome`.
//!
//! **Never**: reads a clock, a file, a socket or a random source. Time and chance arrive as arguments.

mod branch;
mod call;
mod campaign;
mod change;
mod clock;
mod decimal;
mod event;
mod experiment;
mod features;
pub mod feedback;
mod history;
mod hook;
mod hook_patch;
mod ids;
mod item;
mod item_rules;
mod job;
pub mod json;
mod message;
mod order_document;
mod plan;
mod profile;
mod recommendation;
mod reject;
mod segment;
mod source;
mod source_activity;
mod touch;

pub use branch::{
    Branch, BranchActivity, BranchChange, BranchCode, BranchError, NamedBranch, ParseBranchCodeError, Place,
};
pub use call::ReceivedCall;
pub use campaign::{Audience, Campaign, CampaignState, Content, Goal, Language, Localized, RefusedTransition};
pub use change::{Baseline, ChangeSet, EventFile, ImportRecord, Offset, Removal, Roll, RuleCount, SeenChange, SeenRun};
pub use clock::{Clock, ManualClock};
pub use decimal::{Money, ParseDecimalError, Quantity};
pub use event::{
    CleanEvent, EventKind, LineFlag, LineFlags, Order, OrderKind, OrderLine, Origin, RawEvent, RawOrder, RawProduct,
};
pub use experiment::{ArmSummary, ExperimentDefinition, ExperimentKind, Metric, MetricKind, SegmentArm};
pub use features::ProfileFeatures;
pub use feedback::Suppression;
pub use history::{HistoryLine, OrderHead, OrderHistory};
pub use hook::{
    HeaderName, Hook, HookSecret, HookSender, HookSignature, HookSystem, ParseHeaderNameError, ParseHookSecretError,
    ReceivedHook, SignatureScheme,
};
pub use hook_patch::HookPatch;
pub use ids::{
    CampaignId, EventId, ExperimentId, FileId, ImportId, JobId, MessageId, ModelId, ParseIdError, ProfileId, RunId,
    SegmentId, SourceId, SubjectId, UploadId,
};
pub use item::Item;
pub use item_rules::{CategoryRule, ItemRules, NameCase};
pub use job::{Job, JobState};
pub use message::{Decision, DecisionChoice, Message, MessageState, SkipReason};
pub use order_document::OrderDocument;
pub use plan::{
    NewPlanChange, PlanActivity, PlanChange, PlanContent, PlanKey, PlanMark, PlanMode, PlanProblem, PlanRefusal,
    PlanVersion,
};
pub use profile::{Commerce, Profile};
pub use recommendation::{Reason, Recommendation, RecommendationList};
pub use reject::{MAX_EVENT, NotReplayable, Reject, RejectId, RejectReason, kept_of_event, kept_of_row};
pub use segment::{Membership, Segment, SegmentKind};
pub use source::{ParseWriteKeyError, Source, SourceKind, SourceName, SourceNameError, WriteKey};
pub use source_activity::{SourceActivity, SourceError};
pub use touch::{Channel, Touch};
