//! What a channel is. A new channel implements [`Channel`] and nothing else.

use bellwether_domain::MessageId;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::{future::Future, pin::Pin};

/// What an asynchronous method of a channel returns: a future in a box, so that channels can stand behind `dyn Channel`.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Something that carries messages to people.
pub trait Channel: Send + Sync {
    /// What this channel is, for people and for the ledger.
    fn describe(&self) -> ChannelDescription;

    /// Whether it could work now: the folder can be written, the server answers and lets us in.
    fn check(&self) -> Answer<'_, Result<(), ChannelError>>;

    /// Whether the message has a form that can be handed over, as far as can be seen without handing it over.
    fn check_message(&self, message: &OutgoingMessage) -> Result<(), SendError>;

    /// Hands one message over. May be called many times at once.
    fn send<'a>(&'a self, message: &'a OutgoingMessage) -> Answer<'a, Result<Receipt, SendError>>;

    /// Makes everything that was handed over so far survive a power failure. Called once a batch, before its outcomes are recorded.
    fn flush(&self) -> Answer<'_, Result<(), ChannelError>>;

    /// Whether a message of an interrupted run had been handed over. Never guesses: see [`ReceiptLookup::CannotTell`].
    fn find_receipt(&self, id: MessageId) -> Answer<'_, Result<ReceiptLookup, ChannelError>>;
}

/// What a channel is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChannelDescription {
    /// The name that campaigns and the ledger use.
    pub name: &'static str,
    /// Where the messages go, in words, without any secret.
    pub destination: String,
    /// Whether [`Channel::find_receipt`] knows the answer. Where it does not, a message whose fate is open is never sent again.
    pub can_tell_afterwards: bool,
    /// Whether messages reach people elsewhere, so that the links in them must work from everywhere.
    pub leaves_this_machine: bool,
    /// How many messages are worth handing over at once.
    pub concurrency: usize,
}

/// A person or a shop with an e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mailbox {
    /// The name to show, in any script.
    pub name: Option<String>,
    /// `local@domain`.
    pub address: String,
}

impl Mailbox {
    /// An address with a name beside it.
    pub fn new(name: Option<&str>, address: impl Into<String>) -> Self {
        Self { name: name.map(str::to_owned), address: address.into() }
    }
}

/// A finished message to one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutgoingMessage {
    /// Its id in the send ledger, and its name everywhere else.
    pub id: MessageId,
    /// Who sends it.
    pub from: Mailbox,
    /// Where answers go, if not to the sender.
    pub reply_to: Option<Mailbox>,
    /// Who gets it.
    pub to: Mailbox,
    /// One line of text.
    pub subject: String,
    /// The body for those who see HTML.
    pub html: String,
    /// The same for those who do not.
    pub text: String,
    /// Further headers, for example `List-Unsubscribe`: one line of ASCII each.
    pub headers: Vec<(String, String)>,
    /// The `Date` header. The same message keeps its date when it is rendered again.
    pub date: DateTime<Utc>,
}

/// The channel's word that it took a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Receipt(
    /// What the channel calls the message: a file name, or the server's answer.
    pub String,
);

/// What a channel knows about a message of the past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReceiptLookup {
    /// It was handed over.
    Sent(Receipt),
    /// It certainly was not.
    NotSent,
    /// This channel keeps no record.
    CannotTell,
}

/// Whether another try can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendErrorKind {
    /// Nothing left, because of the receiver; the same message may go through later.
    Temporary,
    /// Nothing left, and not because of the receiver: the sender, the server, the disk or the line is the matter, so that
    /// others would fare the same. Says nothing about the message.
    ChannelWide,
    /// Nothing left, and nothing will: the mail server of the receiver knows no such mailbox.
    NoMailbox,
    /// Nothing left, and nothing will.
    Permanent,
    /// The connection broke after the last byte and before the answer: it may have arrived. Must not be sent again.
    Uncertain,
}

/// Why a message was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct SendError {
    /// Whether another try can help.
    pub kind: SendErrorKind,
    /// What happened and what to do.
    pub detail: String,
}

impl SendError {
    pub(crate) fn channel_wide(detail: impl Into<String>) -> Self {
        Self { kind: SendErrorKind::ChannelWide, detail: detail.into() }
    }

    pub(crate) fn permanent(detail: impl Into<String>) -> Self {
        Self { kind: SendErrorKind::Permanent, detail: detail.into() }
    }

    pub(crate) fn uncertain(detail: impl Into<String>) -> Self {
        Self { kind: SendErrorKind::Uncertain, detail: detail.into() }
    }
}

/// Why a channel as a whole cannot work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("channel `{channel}`: {detail}")]
pub struct ChannelError {
    /// Which.
    pub channel: &'static str,
    /// What happened and what to do.
    pub detail: String,
}
