//! Hands a batch's messages to the channel, and tells what is wrong with a message from what is wrong with the channel.
//!
//! Only the channel's word about a message itself ends that message. What would have met everybody leaves it as it was, for the next run.

use super::{CampaignRun, in_flight};
use bellwether_channels::{OutgoingMessage, SendErrorKind};
use bellwether_domain::{Message, RefusedTransition};

/// So many refusals in a batch of which nothing was taken are not about the people in it.
const REFUSALS_OF_A_CHANNEL: usize = 8;

/// What became of a batch's messages.
#[derive(Default)]
pub(super) struct HandedOver {
    /// Have their outcome.
    pub done: Vec<Message>,
    /// Those of them whose mailbox does not exist, with what the mail server said.
    pub bounced: Vec<(Message, String)>,
    /// Certainly were not handed over, through no fault of their own.
    pub left: Vec<Message>,
    /// Why the last of those was left.
    pub reason: String,
}

/// A message on its way, with what the channel last said about it.
struct Attempt {
    message: Message,
    outgoing: OutgoingMessage,
    answer: Answer,
}

enum Answer {
    /// None yet.
    Waiting,
    Taken(String),
    Uncertain,
    /// Refused for good, because there is no such mailbox.
    NoMailbox(String),
    /// Refused for good.
    Refused(String),
    /// Not taken for now, because of the receiver.
    Later(String),
    /// Not taken for now, and not because of the receiver.
    ChannelWide(String),
}

impl CampaignRun<'_> {
    /// Tries every message until it has an outcome or the run's patience ends.
    pub(super) async fn hand_over(
        &self,
        ready: Vec<(Message, OutgoingMessage)>,
    ) -> Result<HandedOver, RefusedTransition> {
        let new = |(message, outgoing)| Attempt { message, outgoing, answer: Answer::Waiting };
        let mut attempts: Vec<Attempt> = ready.into_iter().map(new).collect();
        let mut pause = self.options.pause;
        for round in 1..=self.options.attempts.max(1) {
            if round > 1 {
                if !attempts.iter().any(Attempt::is_open) {
                    break;
                }
                tokio::time::sleep(pause).await;
                pause *= 2;
                let wide = attempts.iter().any(|attempt| matches!(attempt.answer, Answer::ChannelWide(_)));
                if wide && self.channel.check().await.is_err() {
                    break;
                }
            }
            self.one_round(&mut attempts).await;
        }
        self.outcomes(attempts)
    }

    async fn one_round(&self, attempts: &mut [Attempt]) {
        let mut open: Vec<&mut Attempt> = attempts.iter_mut().filter(|attempt| attempt.is_open()).collect();
        let sends = open.iter().map(|attempt| self.channel.send(&attempt.outgoing));
        let results = in_flight::all(sends, self.channel.describe().concurrency).await;
        for (attempt, result) in open.iter_mut().zip(results) {
            attempt.answer = match result {
                Ok(receipt) => Answer::Taken(receipt.0),
                Err(error) => match error.kind {
                    SendErrorKind::Uncertain => Answer::Uncertain,
                    SendErrorKind::NoMailbox => Answer::NoMailbox(error.detail),
                    SendErrorKind::Permanent => Answer::Refused(error.detail),
                    SendErrorKind::Temporary => Answer::Later(error.detail),
                    SendErrorKind::ChannelWide => Answer::ChannelWide(error.detail),
                },
            };
        }
    }

    fn outcomes(&self, attempts: Vec<Attempt>) -> Result<HandedOver, RefusedTransition> {
        let count = |wanted: fn(&Answer) -> bool| attempts.iter().filter(|attempt| wanted(&attempt.answer)).count();
        let taken = count(|answer| matches!(answer, Answer::Taken(_) | Answer::Uncertain));
        let refused = count(|answer| matches!(answer, Answer::Refused(_) | Answer::NoMailbox(_)));
        let nobody = taken == 0 && refused >= REFUSALS_OF_A_CHANNEL;
        let mut outcomes = HandedOver::default();
        let now = self.clock.now();
        for Attempt { mut message, answer, .. } in attempts {
            match answer {
                Answer::Taken(receipt) => message.hand_over(receipt, now)?,
                Answer::Uncertain => message.lose_track(now)?,
                Answer::NoMailbox(detail) if !nobody => {
                    message.fail(detail.clone(), now)?;
                    outcomes.bounced.push((message.clone(), detail));
                }
                Answer::Refused(detail) if !nobody => message.fail(detail, now)?,
                Answer::Later(detail) => {
                    message.fail(format!("gave up after {} tries: {detail}", self.options.attempts), now)?;
                }
                Answer::NoMailbox(reason) | Answer::Refused(reason) | Answer::ChannelWide(reason) => {
                    outcomes.left.push(message);
                    outcomes.reason = reason;
                    continue;
                }
                Answer::Waiting => {
                    outcomes.left.push(message);
                    continue;
                }
            }
            outcomes.done.push(message);
        }
        Ok(outcomes)
    }
}

impl Attempt {
    fn is_open(&self) -> bool {
        matches!(self.answer, Answer::Waiting | Answer::Later(_) | Answer::ChannelWide(_))
    }
}
