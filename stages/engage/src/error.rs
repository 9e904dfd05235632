//! What can go wrong with a run.

use crate::ContentError;
use bellwether_channels::{ChannelError, SendError};
use bellwether_domain::RefusedTransition;

/// Why a run could not start, or stopped. It can be started again: what was done stands, and nobody gets two messages.
#[derive(Debug, thiserror::Error)]
pub enum EngageError {
    /// There is no campaign of this name.
    #[error("there is no campaign `{slug}`; create it first, or check its short name")]
    NoSuchCampaign {
        /// The name that was asked for.
        slug: String,
    },
    /// The campaign wants another channel than the one that was given.
    #[error("the campaign goes over the channel `{campaign}`, but `{given}` was given")]
    WrongChannel {
        /// What the campaign says.
        campaign: String,
        /// What was given.
        given: &'static str,
    },
    /// The content cannot be sent to anybody.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// The channel does not work now.
    #[error(transparent)]
    Channel(#[from] ChannelError),
    /// A message could be made for nobody.
    #[error("no message could be handed over: {0}")]
    Unsendable(#[from] SendError),
    /// Links that only this machine can follow must not go out.
    #[error(
        "the unsubscribe links would lead to `{base}`, which receivers cannot reach; set server.public_url to the https address that people reach this server by"
    )]
    PrivateLinks {
        /// Where they would lead.
        base: String,
    },
    /// The channel stopped taking messages. What it did not take waits for the next run.
    #[error("channel `{channel}` did not take {left} messages, which still wait: {reason}")]
    Stopped {
        /// Which.
        channel: &'static str,
        /// Messages that were tried and not handed over.
        left: u64,
        /// What the channel said last.
        reason: String,
    },
    /// The campaign or a message is in a state that does not allow this.
    #[error(transparent)]
    Refused(#[from] RefusedTransition),
    /// The Store failed.
    #[error(transparent)]
    Store(#[from] bellwether_store::Error),
    /// It could not be kept that mailboxes do not exist.
    #[error("bounces cannot be kept: {detail}")]
    Bounces {
        /// What went wrong.
        detail: String,
    },
    /// Rendering was stopped from outside.
    #[error("rendering was interrupted: {detail}")]
    Interrupted {
        /// What stopped it.
        detail: String,
    },
    /// Decisions and ledger do not agree, so the run is not complete.
    #[error(
        "campaign `{campaign}`: {decided} people were to get a message, but {accounted} have one with an outcome; run it again, and report this if it stays"
    )]
    NotReconciled {
        /// Which.
        campaign: String,
        /// Decided to get one.
        decided: u64,
        /// Messages with an outcome.
        accounted: u64,
    },
}
