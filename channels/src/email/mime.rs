//! A message as the bytes that mail programs read: `multipart/alternative`, plain text first.
//!
//! The boundary and the `Message-ID` come from the message's id, so the same message has the same bytes whenever it is made.

use crate::{Mailbox, OutgoingMessage, SendError};
use bellwether_domain::MessageId;
use chrono::Datelike;
use lettre::{
    Address, Message,
    message::{
        Mailbox as MimeMailbox, MessageBuilder, MultiPart, MultiPartKind, SinglePart,
        header::{HeaderName, HeaderValue},
    },
};

/// Headers that this module writes itself. Letting a template write them too would let it forge them.
const OWN_HEADERS: [&str; 14] = [
    "from",
    "sender",
    "reply-to",
    "to",
    "cc",
    "bcc",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "return-path",
    "received",
];
const MAX_SUBJECT_CHARS: usize = 500;

/// Builds the message, or says which field cannot be used.
pub(crate) fn build(message: &OutgoingMessage) -> Result<Message, SendError> {
    // Everybody's messages have the same sender, so a wrong one says nothing about this message.
    let of_the_shop = |error: SendError| SendError::channel_wide(error.detail);
    let from = mailbox("sender", &message.from).map_err(of_the_shop)?;
    let message_id = format!("<{}@{}>", message.id, from.email.domain());
    let mut builder = Message::builder()
        .from(from)
        .to(mailbox("recipient", &message.to)?)
        .subject(subject(&message.subject)?)
        .date(date(message)?)
        .message_id(Some(message_id));
    if let Some(reply_to) = &message.reply_to {
        builder = builder.reply_to(mailbox("reply-to", reply_to).map_err(of_the_shop)?);
    }
    for (name, value) in &message.headers {
        builder = header(builder, name, value)?;
    }
    let body = MultiPart::builder()
        .kind(MultiPartKind::Alternative)
        .boundary(boundary(message.id))
        .singlepart(SinglePart::plain(message.text.clone()))
        .singlepart(SinglePart::html(message.html.clone()));
    builder.multipart(body).map_err(|error| SendError::permanent(format!("the message cannot be built: {error}")))
}

/// What separates the parts. `=_` cannot stand in quoted-printable or base64 text, so no body can contain it.
pub(crate) fn boundary(id: MessageId) -> String {
    format!("=_{id}")
}

/// Whether these are the last bytes of a message that was written to its end.
pub(crate) fn is_complete(id: MessageId, bytes: &[u8]) -> bool {
    bytes.ends_with(format!("--{}--\r\n", boundary(id)).as_bytes())
}

fn mailbox(role: &str, mailbox: &Mailbox) -> Result<MimeMailbox, SendError> {
    let name = mailbox.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    if let Some(name) = name {
        one_line(&format!("{role}'s name"), name)?;
    }
    let address: Address = mailbox.address.parse().map_err(|_| {
        SendError::permanent(format!(
            "`{}` is not an e-mail address ({role}; expected local@domain)",
            mailbox.address.escape_debug()
        ))
    })?;
    Ok(MimeMailbox::new(name.map(str::to_owned), address))
}

fn subject(subject: &str) -> Result<String, SendError> {
    one_line("subject", subject)?;
    if subject.trim().is_empty() {
        return Err(SendError::permanent("the subject is empty; a message without one is taken for spam"));
    }
    if subject.chars().count() > MAX_SUBJECT_CHARS {
        return Err(SendError::permanent(format!("the subject has more than {MAX_SUBJECT_CHARS} characters")));
    }
    Ok(subject.to_owned())
}

fn date(message: &OutgoingMessage) -> Result<std::time::SystemTime, SendError> {
    // The header's writer knows four-digit years after 1970 and panics on others.
    if (1971..=9998).contains(&message.date.year()) {
        Ok(message.date.into())
    } else {
        Err(SendError::permanent(format!("the date {} cannot be written as an e-mail date", message.date)))
    }
}

fn header(builder: MessageBuilder, name: &str, value: &str) -> Result<MessageBuilder, SendError> {
    let well_formed =
        !name.is_empty() && name.len() <= 76 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !well_formed {
        return Err(SendError::permanent(format!(
            "`{}` is not a header name (letters, digits and -)",
            name.escape_debug()
        )));
    }
    if OWN_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
        return Err(SendError::permanent(format!("the header `{name}` is written by the channel and cannot be set")));
    }
    one_line(name, value)?;
    let header_name = HeaderName::new_from_ascii(name.to_owned())
        .map_err(|_| SendError::permanent(format!("`{name}` is not a header name")))?;
    Ok(builder.raw_header(HeaderValue::new(header_name, value.to_owned())))
}

/// A line break in a header would let a value add headers, or a body, of its own.
fn one_line(field: &str, text: &str) -> Result<(), SendError> {
    match text.chars().find(|character| character.is_control() && *character != '\t') {
        None => Ok(()),
        Some(character) => Err(SendError::permanent(format!(
            "the {field} contains the control character {} and was refused",
            character.escape_debug()
        ))),
    }
}
