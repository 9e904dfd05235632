//! From what a reader did to an event in the inbox.

use crate::{metrics::names, state::ApiState};
use axum::http::{HeaderMap, header};
use bellwether_domain::{
    EventKind, Message, MessageId, Origin, RawEvent,
    feedback::{EMAIL_LINK_CLICKED, EMAIL_OPENED, OF_MESSAGE, OWN_MESSAGES, UNSUBSCRIBED},
};
use bellwether_engage::TrackedLink;
use bellwether_inbox::encode_event;
use chrono::{DateTime, Utc};
use serde_json::{Value, json, value::RawValue};
use std::{borrow::Cow, sync::Arc, time::Duration};
use tokio::time::timeout;

/// How long a reader waits for the disk. A disk that is well needs a few thousandths.
const PATIENCE: Duration = Duration::from_secs(2);
/// What is repeated within so many seconds counts once: mail programs load a picture again when one scrolls.
const MOMENT: i64 = 60;
/// The most of a user agent that is kept, in characters.
const USER_AGENT: usize = 500;

/// What a reader did.
pub(super) enum Feedback<'a> {
    /// A link was followed.
    Clicked(&'a TrackedLink),
    /// A message was opened.
    Opened(MessageId),
}

impl Feedback<'_> {
    const fn message(&self) -> MessageId {
        match self {
            Self::Clicked(link) => link.message,
            Self::Opened(message) => *message,
        }
    }

    const fn name(&self) -> &'static str {
        match self {
            Self::Clicked(_) => EMAIL_LINK_CLICKED,
            Self::Opened(_) => EMAIL_OPENED,
        }
    }

    fn id(&self, now: DateTime<Utc>) -> String {
        let (message, moment) = (self.message(), now.timestamp().div_euclid(MOMENT));
        match self {
            Self::Clicked(link) => format!("click-{message}-{}-{moment}", link.number),
            Self::Opened(_) => format!("open-{message}-{moment}"),
        }
    }

    fn properties(&self) -> Value {
        let message = self.message().to_string();
        match self {
            Self::Clicked(link) => json!({ "message_id": message, "link": link.target, "link_number": link.number }),
            Self::Opened(_) => json!({ "message_id": message }),
        }
    }
}

/// Appends an event of a reader, and returns when it is on the disk, or at once when that takes too long.
pub(super) async fn tell(state: &ApiState, feedback: &Feedback<'_>, headers: &HeaderMap) {
    let now = state.clock.now();
    append(state, feedback.name(), feedback.message(), feedback.id(now), feedback.properties(), headers).await;
}

/// Appends that somebody wants no more messages. Once for each message: to do it again changes nothing.
pub(crate) async fn tell_unsubscribed(state: &ApiState, message: &Message, headers: &HeaderMap) {
    let id = format!("unsubscribed-{}", message.id);
    let properties = json!({ "message_id": message.id.to_string(), "channel": message.channel });
    append(state, UNSUBSCRIBED, message.id, id, properties, headers).await;
}

async fn append(
    state: &ApiState,
    name: &'static str,
    message: MessageId,
    id: String,
    properties: Value,
    headers: &HeaderMap,
) {
    let outcome = match line(name, message, id, &properties, headers, state.clock.now()) {
        Some(line) => write(state, line).await,
        None => "lost",
    };
    if outcome != "kept" {
        tracing::warn!(event = name, %message, outcome, "what a reader did with a message could not be written in time");
    }
    metrics::counter!(names::FEEDBACK, "event" => name, "outcome" => outcome).increment(1);
}

/// What became of it: `kept`, `lost`, or `late`, where the disk may still take it and nobody has waited for that.
async fn write(state: &ApiState, line: Vec<u8>) -> &'static str {
    let Some(collector) = &state.intake.collector else { return "lost" };
    match timeout(PATIENCE, collector.take_again(line, 1)).await {
        Ok(Ok(())) => {
            let source: Arc<str> = OWN_MESSAGES.into();
            metrics::counter!(names::EVENTS_RECEIVED, "source" => source).increment(1);
            "kept"
        }
        Ok(Err(_)) => "lost",
        Err(_) => "late",
    }
}

/// Whose message it is, the processing finds out: the Store need not be there for a reader to be sent on.
fn line(
    name: &'static str,
    message: MessageId,
    id: String,
    properties: &Value,
    headers: &HeaderMap,
    now: DateTime<Utc>,
) -> Option<Vec<u8>> {
    let agent = headers.get(header::USER_AGENT).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let agent: String = agent.unwrap_or_default().chars().take(USER_AGENT).collect();
    let context = json!({ "userAgent": agent, "library": { "name": "bellwether-messages" } });
    let properties = RawValue::from_string(properties.to_string()).ok()?;
    let event = RawEvent {
        message_id: id.into(),
        kind: EventKind::Track,
        event: Some(name.into()),
        user_id: None,
        anonymous_id: Some(format!("{OF_MESSAGE}{message}").into()),
        timestamp: now,
        utc_offset_minutes: 0,
        origin: Origin { source: OWN_MESSAGES.into(), line: None },
        order: None,
        traits: None,
        properties: Some(&properties),
        received_at: Some(now),
        context: Some(Cow::Owned(RawValue::from_string(context.to_string()).ok()?)),
        name: None,
        category: None,
        group_id: None,
        previous_id: None,
    };
    let mut line = Vec::new();
    encode_event(&mut line, &event).ok()?;
    Some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_counts_once_and_the_next_again() {
        let link = TrackedLink { message: MessageId::derive(&[b"a"]), number: 1, target: "https://x.example".into() };
        let at = |seconds: i64| DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap();
        let id = |seconds| Feedback::Clicked(&link).id(at(seconds));
        assert_eq!(id(0), id(59));
        assert_ne!(id(0), id(60));
        let second = TrackedLink { number: 2, ..link.clone() };
        assert_ne!(id(0), Feedback::Clicked(&second).id(at(0)));
        assert_ne!(id(0), Feedback::Opened(link.message).id(at(0)));
    }
}
