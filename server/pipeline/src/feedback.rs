//! Events that know a message or a mailbox get their customer: that of the send ledger. And what they mean for later messages.
//!
//! Only what is trusted is asked about: web hooks whose signature was right, files, and this program itself. What anybody may send
//! with the write key of a website names nobody by a message, and stops no messages.

use anyhow::Result;
use bellwether_clean::event_id;
use bellwether_domain::{
    EventId, Message, MessageId, RawEvent, Suppression,
    feedback::{
        BOUNCE_TYPE, EMAIL_BOUNCED, EMAIL_COMPLAINED, OF_MAILBOX, OF_MESSAGE, OWN_MESSAGES, PERMANENT, UNSUBSCRIBED,
        is_of_message, message_in,
    },
};
use bellwether_inbox::encode_event;
use bellwether_store::Store;
use serde_json::{Map, Value, value::RawValue};
use std::collections::{BTreeSet, HashMap};
use tokio::runtime::Handle;

/// What an unknown visitor's shown id begins with; see the profile stage.
const VISITOR: &str = "anonymous:";
/// The channel of mailboxes that we never wrote to.
const MAIL: &str = "smtp";

/// Knows who got which message.
pub trait Ledger: Send + Sync {
    /// The receivers of these messages, and somebody for each of these mailboxes (in small letters), as far as they are known.
    fn receivers(&self, messages: &[MessageId], mailboxes: &[String]) -> Result<Receivers>;
}

/// Who got what.
#[derive(Debug, Default)]
pub struct Receivers {
    /// By message.
    pub by_message: HashMap<MessageId, Receiver>,
    /// By mailbox.
    pub by_mailbox: HashMap<String, Receiver>,
}

/// Somebody who got a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receiver {
    /// The id that people are shown.
    pub user_id: String,
    /// The campaign's short name, where that is there.
    pub campaign: Option<String>,
    /// Which channel carried it.
    pub channel: String,
    /// To which address.
    pub address: String,
}

/// The ledger of a Store, asked from a thread that may wait.
pub struct StoreLedger {
    store: Store,
    runtime: Handle,
}

impl StoreLedger {
    /// To be made within a runtime, and asked outside of one.
    pub fn new(store: Store) -> Self {
        Self { store, runtime: Handle::current() }
    }

    async fn look_up(&self, messages: &[MessageId], mailboxes: &[String]) -> Result<Receivers> {
        let by_message = self.store.messages_by_id(messages).await?;
        let by_mailbox = self.store.message_to_each(mailboxes).await?;
        let profiles: BTreeSet<_> =
            by_message.iter().chain(by_mailbox.values()).map(|message| message.profile).collect();
        let profiles = self.store.profiles_by_id(&profiles.into_iter().collect::<Vec<_>>()).await?;
        let users: HashMap<_, _> = profiles.into_iter().map(|profile| (profile.id, profile.user_id)).collect();
        let campaigns = self.store.campaigns().await?;
        let receiver = |message: &Message| {
            let campaign = campaigns.iter().find(|campaign| campaign.id == message.campaign);
            Some(Receiver {
                user_id: users.get(&message.profile)?.clone(),
                campaign: campaign.map(|campaign| campaign.slug.clone()),
                channel: message.channel.clone(),
                address: message.address.clone(),
            })
        };
        Ok(Receivers {
            by_message: by_message.iter().filter_map(|message| Some((message.id, receiver(message)?))).collect(),
            by_mailbox: by_mailbox
                .into_iter()
                // Which of the messages to a mailbox is meant, nobody says.
                .filter_map(|(mailbox, message)| Some((mailbox, Receiver { campaign: None, ..receiver(&message)? })))
                .collect(),
        })
    }
}

impl Ledger for StoreLedger {
    fn receivers(&self, messages: &[MessageId], mailboxes: &[String]) -> Result<Receivers> {
        self.runtime.block_on(self.look_up(messages, mailboxes))
    }
}

/// Whether an event waits for its customer.
pub fn is_about_message(event: &RawEvent<'_>) -> bool {
    event.user_id.is_none() && event.anonymous_id.as_deref().is_some_and(is_of_message)
}

/// Writes the events with their customers into `lines`, in the inbox's form, and says whose addresses get nothing more because of
/// which event. Who is not in the ledger stays unknown, and no profile is made for a mailbox.
pub fn resolve(
    events: Vec<RawEvent<'_>>,
    ledger: &dyn Ledger,
    lines: &mut Vec<u8>,
) -> Result<Vec<(EventId, Suppression)>> {
    let told: Vec<Told<'_>> = events.into_iter().map(Told::new).collect();
    let messages: BTreeSet<MessageId> = told.iter().filter_map(|told| told.message).collect();
    let mailboxes: BTreeSet<String> = told.iter().filter_map(|told| told.mailbox.clone()).collect();
    let receivers = ledger.receivers(&Vec::from_iter(messages), &mailboxes.into_iter().collect::<Vec<_>>())?;
    let mut suppressions = Vec::new();
    for told in told {
        let by_message = told.message.and_then(|message| receivers.by_message.get(&message));
        let by_mailbox = || receivers.by_mailbox.get(told.mailbox.as_deref()?);
        let receiver = by_message.or_else(by_mailbox);
        suppressions.extend(told.suppression(by_message).map(|suppression| (event_id(&told.event), suppression)));
        told.write(receiver, lines)?;
    }
    Ok(suppressions)
}

/// An event, and what it says of message and mailbox.
struct Told<'e> {
    event: RawEvent<'e>,
    properties: Map<String, Value>,
    message: Option<MessageId>,
    /// In small letters.
    mailbox: Option<String>,
}

impl<'e> Told<'e> {
    fn new(event: RawEvent<'e>) -> Self {
        let properties: Map<String, Value> =
            event.properties.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default();
        let id = event.anonymous_id.as_deref().unwrap_or_default();
        let named = id.strip_prefix(OF_MESSAGE).or_else(|| properties.get("message_id").and_then(Value::as_str));
        let message = named.and_then(message_in);
        let mailbox = id.strip_prefix(OF_MAILBOX).map(|mailbox| mailbox.trim().to_lowercase());
        Self { properties, message, mailbox, event }
    }

    /// Of a bounce that is for good, a complaint, and somebody who unsubscribed elsewhere. Our own page has done so itself.
    fn suppression(&self, receiver: Option<&Receiver>) -> Option<Suppression> {
        let reason = match self.event.event.as_deref()? {
            EMAIL_BOUNCED if self.properties.get(BOUNCE_TYPE).and_then(Value::as_str) == Some(PERMANENT) => "bounced",
            EMAIL_COMPLAINED => "complained",
            UNSUBSCRIBED if *self.event.origin.source != *OWN_MESSAGES => "unsubscribed",
            _ => return None,
        };
        let address = receiver.map(|receiver| receiver.address.clone()).or_else(|| self.mailbox.clone())?;
        let channel = receiver.map_or(MAIL, |receiver| &receiver.channel).to_owned();
        let at = self.event.received_at.unwrap_or(self.event.timestamp);
        (!address.is_empty()).then_some(Suppression { address, channel, reason: reason.to_owned(), at })
    }

    fn write(self, receiver: Option<&Receiver>, lines: &mut Vec<u8>) -> Result<()> {
        let Self { mut event, mut properties, message, .. } = self;
        if let Some(message) = message {
            properties.insert("message_id".to_owned(), message.to_string().into());
        }
        if let Some(receiver) = receiver {
            match receiver.user_id.strip_prefix(VISITOR) {
                Some(visitor) => event.anonymous_id = Some(visitor.to_owned().into()),
                None => {
                    event.user_id = Some(receiver.user_id.clone().into());
                    event.anonymous_id = None;
                }
            }
            properties.insert("channel".to_owned(), receiver.channel.clone().into());
            if let Some(campaign) = &receiver.campaign {
                properties.insert("campaign".to_owned(), campaign.clone().into());
            }
        }
        let properties = RawValue::from_string(serde_json::to_string(&properties)?)?;
        // The text lives only until it is written.
        let event = RawEvent { properties: Some(&properties), ..event };
        Ok(encode_event(lines, &event)?)
    }
}

#[cfg(test)]
#[path = "feedback_tests.rs"]
mod tests;
