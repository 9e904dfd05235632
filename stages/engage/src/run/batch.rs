//! Renders, hands over and records the messages of one batch.

use super::{CampaignRun, in_flight, reserved_at};
use crate::{ContentError, ContentRenderer, EngageError, Person};
use bellwether_channels::{OutgoingMessage, SendErrorKind};
use bellwether_domain::{Campaign, Message, ProfileId, RefusedTransition};
use chrono::{DateTime, Utc};
use std::{collections::HashMap, sync::Arc};

/// Reserved messages on their way to an outcome.
#[derive(Default)]
pub(super) struct Batch {
    /// Have their outcome, and wait for it to be recorded.
    pub settled: Vec<Message>,
    /// Are rendered and wait to be handed over.
    pub ready: Vec<(Message, OutgoingMessage)>,
}

impl CampaignRun<'_> {
    /// Renders reserved messages. Those that cannot be rendered, or must not be sent any more, fail.
    pub(super) async fn fill(
        &self,
        batch: &mut Batch,
        campaign: &Campaign,
        renderer: &Arc<ContentRenderer>,
        messages: Vec<Message>,
        mut people: HashMap<ProfileId, Person>,
    ) -> Result<(), EngageError> {
        // Asked again at the moment of sending: somebody may have unsubscribed since the decision.
        let suppressed = self.suppressed(campaign, messages.iter().map(|message| message.address.as_str())).await?;
        let now = self.clock.now();
        let mut work = Vec::with_capacity(messages.len());
        for mut message in messages {
            let refusal = if suppressed.contains(&message.address) {
                Some("the address was suppressed after the decision")
            } else if message.address.is_empty() {
                Some("the person has no address any more")
            } else {
                None
            };
            match (refusal, people.remove(&message.profile)) {
                (None, Some(person)) => work.push((message, person)),
                (refusal, _) => {
                    message.fail(refusal.unwrap_or("the person does not exist any more").to_owned(), now)?;
                    batch.settled.push(message);
                }
            }
        }
        for (mut message, rendered) in render_all(renderer, work, now).await? {
            match rendered {
                Ok(outgoing) => batch.ready.push((message, outgoing)),
                Err(error) => {
                    message.fail(error.to_string(), now)?;
                    batch.settled.push(message);
                }
            }
        }
        Ok(())
    }

    /// Hands over, makes durable, records: in this order. Says how many were handed over now.
    pub(super) async fn deliver(&self, batch: Batch) -> Result<u64, EngageError> {
        let Batch { mut settled, ready } = batch;
        let delivered = self.hand_over(ready).await?;
        let sent = delivered.iter().filter(|message| message.state.name() == "handed_over").count();
        settled.extend(delivered);
        self.channel.flush().await?;
        self.store.record_outcomes(&settled).await?;
        Ok(sent as u64)
    }

    async fn hand_over(&self, ready: Vec<(Message, OutgoingMessage)>) -> Result<Vec<Message>, RefusedTransition> {
        let at_once = self.channel.describe().concurrency;
        let mut done = Vec::with_capacity(ready.len());
        let mut pending = ready;
        let mut pause = self.options.pause;
        for attempt in 1..=self.options.attempts.max(1) {
            if attempt > 1 {
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
            let sends = pending.iter().map(|(_, outgoing)| self.channel.send(outgoing));
            let results = in_flight::all(sends, at_once).await;
            let mut again = Vec::new();
            for ((mut message, outgoing), result) in pending.into_iter().zip(results) {
                let now = self.clock.now();
                match result {
                    Ok(receipt) => message.hand_over(receipt.0, now)?,
                    Err(error) if error.kind == SendErrorKind::Uncertain => message.lose_track(now)?,
                    Err(error) if error.kind == SendErrorKind::Permanent => message.fail(error.detail, now)?,
                    Err(_) if attempt < self.options.attempts => {
                        again.push((message, outgoing));
                        continue;
                    }
                    Err(error) => message.fail(format!("gave up after {attempt} tries: {}", error.detail), now)?,
                }
                done.push(message);
            }
            pending = again;
            if pending.is_empty() {
                break;
            }
        }
        Ok(done)
    }
}

type Rendered = (Message, Result<OutgoingMessage, ContentError>);

/// Rendering is work for processors: all of them, and not those that serve connections.
async fn render_all(
    renderer: &Arc<ContentRenderer>,
    mut work: Vec<(Message, Person)>,
    now: DateTime<Utc>,
) -> Result<Vec<Rendered>, EngageError> {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let share = work.len().div_ceil(processors).max(1);
    let mut tasks = Vec::with_capacity(processors);
    while !work.is_empty() {
        let rest = work.split_off(share.min(work.len()));
        let share = std::mem::replace(&mut work, rest);
        let renderer = Arc::clone(renderer);
        tasks.push(tokio::task::spawn_blocking(move || render(&renderer, share, now)));
    }
    let mut rendered = Vec::new();
    for task in tasks {
        rendered.extend(task.await.map_err(|error| EngageError::Interrupted { detail: error.to_string() })?);
    }
    Ok(rendered)
}

fn render(renderer: &ContentRenderer, work: Vec<(Message, Person)>, now: DateTime<Utc>) -> Vec<Rendered> {
    let one = |(message, person): (Message, Person)| {
        let outgoing = renderer.render(&message, &person, reserved_at(&message, now));
        (message, outgoing)
    };
    work.into_iter().map(one).collect()
}
