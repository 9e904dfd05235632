//! What becomes of a message after it left: opened, clicked, bounced, marked as spam. It comes back as events like all others.
//!
//! Whoever tells of it mostly knows a message or a mailbox and no customer. Such an event has an anonymous id that says which,
//! and gets its customer when it is processed, from the send ledger.

use crate::MessageId;
use chrono::{DateTime, Utc};

/// The picture in a message was loaded.
pub const EMAIL_OPENED: &str = "Email Opened";
/// A link of a message was followed.
pub const EMAIL_LINK_CLICKED: &str = "Email Link Clicked";
/// The receiver's mail server took a message.
pub const EMAIL_DELIVERED: &str = "Email Delivered";
/// The receiver's mail server refused a message; the property `bounce_type` says for how long.
pub const EMAIL_BOUNCED: &str = "Email Bounced";
/// The receiver called a message spam.
pub const EMAIL_COMPLAINED: &str = "Email Marked as Spam";
/// The receiver wants no more messages.
pub const UNSUBSCRIBED: &str = "Unsubscribed";

/// The property that says how a message bounced.
pub const BOUNCE_TYPE: &str = "bounce_type";
/// There is no such mailbox, and there will be none.
pub const PERMANENT: &str = "permanent";

/// The source of the events that this program makes of its own messages. No source that people make can be called so: short
/// names have no colon.
pub const OWN_MESSAGES: &str = "bellwether:messages";
/// What an anonymous id begins with that stands for a message.
pub const OF_MESSAGE: &str = "message:";
/// What an anonymous id begins with that stands for a mailbox.
pub const OF_MAILBOX: &str = "mailbox:";

/// An address that gets nothing more on a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The address.
    pub address: String,
    /// The channel's name.
    pub channel: String,
    /// `unsubscribed`, `bounced` or `complained`.
    pub reason: String,
    /// Since when.
    pub at: DateTime<Utc>,
}

/// Whether an anonymous id stands for a message or a mailbox, and so for nobody by itself.
pub fn is_of_message(anonymous_id: &str) -> bool {
    anonymous_id.starts_with(OF_MESSAGE) || anonymous_id.starts_with(OF_MAILBOX)
}

/// The id of ours in a text that a mail service tells, such as `<msg_0123…@shop.example>`.
pub fn message_in(text: &str) -> Option<MessageId> {
    const DIGITS: usize = 32;
    let start = text.find(MessageId::PREFIX)?;
    text.get(start..start + MessageId::PREFIX.len() + 1 + DIGITS)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_ids_are_found_in_what_services_tell() {
        let id = MessageId::derive(&[b"a"]);
        for text in [format!("{id}"), format!("<{id}@shop.example>"), format!("message:{id}")] {
            assert_eq!(message_in(&text), Some(id), "{text}");
        }
        for text in ["", "msg_", "<abc@ses.example>", "msg_é0123456789012345678901234567890", &id.to_string()[..35]] {
            assert_eq!(message_in(text), None, "{text}");
        }
    }
}
