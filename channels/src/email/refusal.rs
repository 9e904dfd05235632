//! Whom a refusal of the mail server is about: this receiver or everybody.
//!
//! A refusal that is about everybody must not be taken for one about this message, or a forgotten password would write off a
//! whole audience. Codes are those of RFC 5321, section 4.2, and RFC 3463.

use crate::SendErrorKind;

/// What was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// The sender: the same for everybody.
    Sender,
    /// The receiver.
    Recipient,
    /// Whether a message may follow.
    Data,
    /// The message, after its last byte.
    Message,
}

/// What a refusal means. `words` is what the server said behind the code.
pub(crate) fn kind(step: Step, code: u16, words: &str) -> SendErrorKind {
    let about_this_message = match step {
        Step::Sender | Step::Data => false,
        Step::Recipient => is_about_recipient(code, words),
        Step::Message => is_about_message(code, words),
    };
    match code {
        _ if !about_this_message => SendErrorKind::ChannelWide,
        500.. if step == Step::Recipient && is_no_mailbox(words) => SendErrorKind::NoMailbox,
        500.. => SendErrorKind::Permanent,
        _ => SendErrorKind::Temporary,
    }
}

/// 450 and 550 to 553 speak of a mailbox, and so do the subjects 1 (address) and 2 (mailbox). A server that does not relay for us
/// says so with the same codes, and of every receiver.
fn is_about_recipient(code: u16, words: &str) -> bool {
    if is_about_us(code, words) {
        return false;
    }
    match subject(words) {
        Some(subject) => matches!(subject, 1 | 2) || (subject == 7 && code >= 500),
        None => matches!(code, 450 | 550..=554),
    }
}

/// A full mailbox may be emptied, and a rule against us changed; only what says that nobody is there is for good. Many servers say
/// 550 for all of these, so that without an enhanced code only their words tell.
fn is_no_mailbox(words: &str) -> bool {
    const NOBODY: [&str; 8] = [
        "user unknown",
        "unknown user",
        "no such user",
        "no such person",
        "no such recipient",
        "no such mailbox",
        "does not exist",
        "recipient not found",
    ];
    match subject(words) {
        Some(subject) => subject == 1,
        None => NOBODY.iter().any(|phrase| words.to_ascii_lowercase().contains(phrase)),
    }
}

/// Where the receiver was fine, a message that is refused for good was refused for what it says; one that is refused for now was not.
fn is_about_message(code: u16, words: &str) -> bool {
    !is_about_us(code, words)
        && match subject(words) {
            Some(subject) => matches!(subject, 1 | 2) || (matches!(subject, 0 | 6 | 7) && code >= 500),
            None => code >= 500,
        }
}

/// Commands that were not understood, a log-in that is missing, a server that closes or does not relay.
fn is_about_us(code: u16, words: &str) -> bool {
    matches!(code, 421 | 500..=504 | 521 | 530..=538)
        || ["relay", "authenticat"].iter().any(|word| words.to_ascii_lowercase().contains(word))
}

/// The second number of an enhanced status code such as `5.1.1`.
fn subject(words: &str) -> Option<u16> {
    let mut parts = words.split_whitespace().next()?.split('.');
    let class = parts.next().filter(|class| matches!(*class, "4" | "5"));
    let (subject, detail) = (parts.next()?.parse().ok()?, parts.next()?);
    (class.is_some() && parts.next().is_none() && detail.parse::<u16>().is_ok()).then_some(subject)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(step: Step, answer: &str, expected: SendErrorKind) {
        let (code, words) = answer.split_once(' ').unwrap();
        assert_eq!(kind(step, code.parse().unwrap(), words), expected, "{answer}");
    }

    #[test]
    fn a_receiver_is_told_from_everybody() {
        use SendErrorKind::{ChannelWide, NoMailbox, Permanent, Temporary};
        for (answer, expected) in [
            ("550 5.1.1 no such person", NoMailbox),
            ("550 Unknown User", NoMailbox),
            ("550 blocked", Permanent),
            ("552 5.2.2 mailbox full", Permanent),
            ("554 5.7.1 <a@b>: Recipient address rejected: Access denied", Permanent),
            ("450 4.2.0 <a@b>: Recipient address rejected: Greylisted", Temporary),
            ("452 4.2.2 mailbox full", Temporary),
            ("450 try later", Temporary),
            ("554 5.7.1 <a@b>: Relay access denied", ChannelWide),
            ("530 5.7.0 Authentication required", ChannelWide),
            ("550 5.7.1 Client was not authenticated", ChannelWide),
            ("550 5.4.5 Daily user sending limit exceeded", ChannelWide),
            ("451 4.7.1 too many messages", ChannelWide),
            ("451 local error", ChannelWide),
            ("421 4.3.2 shutting down", ChannelWide),
            ("503 bad sequence", ChannelWide),
        ] {
            check(Step::Recipient, answer, expected);
        }
    }

    #[test]
    fn a_message_is_told_from_everybody() {
        use SendErrorKind::{ChannelWide, Permanent};
        for (answer, expected) in [
            ("554 5.7.1 looks like spam", Permanent),
            ("552 too big", Permanent),
            ("550 5.4.5 Daily user sending limit exceeded", ChannelWide),
            ("451 4.3.0 queue file write error", ChannelWide),
            ("452 4.3.1 insufficient system storage", ChannelWide),
        ] {
            check(Step::Message, answer, expected);
        }
        for answer in ["550 5.1.0 sender unknown", "451 4.7.1 slow down", "530 5.7.0 log in first"] {
            check(Step::Sender, answer, ChannelWide);
            check(Step::Data, answer, ChannelWide);
        }
    }
}
