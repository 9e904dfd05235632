//! One message to one person: the decision that made it, and the ledger entry that follows it.

use crate::{CampaignId, MessageId, ProfileId, RefusedTransition, RunId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Why somebody of the audience got nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// There is no address for the channel.
    NoAddress,
    /// They unsubscribed, or their address bounced.
    Suppressed,
    /// Another member of the audience has the same address: one mailbox gets one message, and is held out or not as one.
    DuplicateAddress,
}

/// What was decided for one person of the audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "choice", rename_all = "snake_case")]
pub enum DecisionChoice {
    /// Gets the message.
    Send,
    /// Held out by chance, to measure the effect.
    HoldOut,
    /// Gets nothing.
    Skip {
        /// Why.
        reason: SkipReason,
    },
}

/// A logged decision: who, in which run, what, with what probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// In which run.
    pub run: RunId,
    /// About whom.
    pub profile: ProfileId,
    /// What.
    pub choice: DecisionChoice,
    /// The chance that this person had of being sent to, before the draw.
    pub send_probability: f64,
    /// When.
    pub decided_at: DateTime<Utc>,
}

/// Where a message stands in the send ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum MessageState {
    /// Nobody else may send it; nothing has left yet.
    Reserved {
        /// Since when.
        at: DateTime<Utc>,
    },
    /// The channel took it.
    HandedOver {
        /// When.
        at: DateTime<Utc>,
        /// What the channel calls it.
        receipt: String,
    },
    /// The channel refused it for good.
    Failed {
        /// When.
        at: DateTime<Utc>,
        /// What the channel said.
        error: String,
    },
    /// The process died between hand-over and receipt, on a channel that cannot tell afterwards. Never sent again by itself.
    Unknown {
        /// When that was noticed.
        at: DateTime<Utc>,
    },
}

/// An entry of the send ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Derived from run and profile: the same message cannot exist twice.
    pub id: MessageId,
    /// Which campaign.
    pub campaign: CampaignId,
    /// Which run of it.
    pub run: RunId,
    /// To whom.
    pub profile: ProfileId,
    /// Which channel.
    pub channel: String,
    /// The address on that channel.
    pub address: String,
    /// Where it stands.
    pub state: MessageState,
}

impl MessageState {
    /// The state's name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Reserved { .. } => "reserved",
            Self::HandedOver { .. } => "handed_over",
            Self::Failed { .. } => "failed",
            Self::Unknown { .. } => "unknown",
        }
    }
}

impl Message {
    /// The id of the one message that this person can get in this run.
    pub fn id_for(run: RunId, profile: ProfileId) -> MessageId {
        MessageId::derive(&[run.as_uuid().as_bytes(), profile.as_uuid().as_bytes()])
    }

    /// The channel took it.
    pub fn hand_over(&mut self, receipt: String, now: DateTime<Utc>) -> Result<(), RefusedTransition> {
        self.leave_reserved(MessageState::HandedOver { at: now, receipt })
    }

    /// The channel refused it.
    pub fn fail(&mut self, error: String, now: DateTime<Utc>) -> Result<(), RefusedTransition> {
        self.leave_reserved(MessageState::Failed { at: now, error })
    }

    /// Nobody can say whether it left.
    pub fn lose_track(&mut self, now: DateTime<Utc>) -> Result<(), RefusedTransition> {
        self.leave_reserved(MessageState::Unknown { at: now })
    }

    fn leave_reserved(&mut self, next: MessageState) -> Result<(), RefusedTransition> {
        if !matches!(self.state, MessageState::Reserved { .. }) {
            return Err(RefusedTransition {
                what: format!("message {}", self.id),
                from: self.state.name(),
                to: next.name(),
            });
        }
        self.state = next;
        Ok(())
    }
}
