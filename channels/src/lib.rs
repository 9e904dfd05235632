//! The channel contract and the channels that fulfil it: `outbox`, a folder of `.eml` files, and `smtp`.
//!
//! **Takes** a finished [`OutgoingMessage`]. **Gives** a [`Receipt`], or a [`SendError`] that says whether another try can help.
//! **Promises** that one message id is one message: the same message has the same bytes on every machine and in every run.
//! **Never** decides whether a message may be sent, and never writes a password to a log.

mod contract;
/// Channels that carry e-mail, and the form that they share.
pub mod email;

pub use contract::{
    Answer, Channel, ChannelDescription, ChannelError, Mailbox, OutgoingMessage, Receipt, ReceiptLookup, SendError,
    SendErrorKind,
};
pub use email::{Outbox, Secret, Smtp, SmtpSettings, TlsMode};
