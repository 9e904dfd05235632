//! Renders, hands over and records the messages of one batch.

use super::{Bounce, CampaignRun, hand_over::HandedOver, reserved_at};
use crate::{ContentError, ContentRenderer, EngageError, Person};
use bellwether_channels::OutgoingMessage;
use bellwether_domain::{Campaign, Message, MessageId, ProfileId};
use chrono::{DateTime, Utc};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// Reserved messages on their way to an outcome.
#[derive(Default)]
pub(super) struct Batch {
    /// Have their outcome, and wait for it to be recorded.
    pub settled: Vec<Message>,
    /// Are rendered and wait to be handed over.
    pub ready: Vec<(Message, OutgoingMessage)>,
    /// Whose mailbox another message of the run is for.
    pub doubles: HashSet<MessageId>,
}

/// What a batch came to.
pub(super) struct Delivered {
    /// Messages that the channel took.
    pub sent: u64,
    /// Whether it took any, or may have.
    pub anything_taken: bool,
    /// Messages that were not handed over because the channel does not work.
    pub left: u64,
    /// Why.
    pub reason: String,
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
            } else if batch.doubles.contains(&message.id) {
                Some("another customer with this address is in the run; one mailbox gets one message")
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

    /// Hands over, makes durable, records: in this order. What was not handed over through no fault of its own stays reserved, for the
    /// next run to ask about; on a channel that could not be asked it leaves the ledger, since this process knows.
    pub(super) async fn deliver(&self, batch: Batch) -> Result<Delivered, EngageError> {
        let Batch { mut settled, ready, .. } = batch;
        let HandedOver { done, bounced, left, reason } = self.hand_over(ready).await?;
        let in_state = |name: &str| done.iter().filter(|message| message.state.name() == name).count() as u64;
        let delivered = Delivered {
            sent: in_state("handed_over"),
            anything_taken: in_state("handed_over") + in_state("unknown") > 0,
            left: left.len() as u64,
            reason,
        };
        settled.extend(done);
        self.channel.flush().await?;
        // Before the ledger: whoever hears it twice knows it by its message, and nobody would tell it later.
        self.tell_bounces(bounced).await?;
        self.store.record_outcomes(&settled).await?;
        if !self.channel.describe().can_tell_afterwards {
            self.store.release(&left.iter().map(|message| message.id).collect::<Vec<_>>()).await?;
        }
        Ok(delivered)
    }
}

impl CampaignRun<'_> {
    async fn tell_bounces(&self, bounced: Vec<(Message, String)>) -> Result<(), EngageError> {
        let at = self.clock.now();
        let bounces: Vec<Bounce> =
            bounced.into_iter().map(|(message, reason)| Bounce { message, reason, at }).collect();
        if bounces.is_empty() { Ok(()) } else { self.bounces.tell(&bounces).await }
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
