use super::*;
use bellwether_domain::{EventKind, Origin, feedback::EMAIL_OPENED};
use bellwether_inbox::{Record, decode_records};
use chrono::DateTime;
use serde_json::json;

/// One message to a customer, one to a visitor.
struct TwoMessages;

fn message(name: &str) -> MessageId {
    MessageId::derive(&[name.as_bytes()])
}

impl Ledger for TwoMessages {
    fn receivers(&self, messages: &[MessageId], mailboxes: &[String]) -> Result<Receivers> {
        let receiver = |user_id: &str, address: &str, campaign: Option<&str>| Receiver {
            user_id: user_id.to_owned(),
            campaign: campaign.map(str::to_owned),
            channel: "outbox".to_owned(),
            address: address.to_owned(),
        };
        let all = HashMap::from([
            (message("ann"), receiver("C1", "Ann@shop.example", Some("win-back"))),
            (message("visitor"), receiver("anonymous:v-1", "v@shop.example", None)),
        ]);
        let ann = receiver("C1", "Ann@shop.example", None);
        Ok(Receivers {
            by_message: all.into_iter().filter(|(id, _)| messages.contains(id)).collect(),
            by_mailbox: mailboxes
                .iter()
                .filter(|mailbox| *mailbox == "ann@shop.example")
                .map(|mailbox| (mailbox.clone(), ann.clone()))
                .collect(),
        })
    }
}

/// What becomes of an event, and whether it ends messages: user, visitor, properties, suppression.
fn told(name: &str, source: &str, anonymous_id: &str, properties: Value) -> (Value, Option<(String, String, String)>) {
    let properties = RawValue::from_string(properties.to_string()).unwrap();
    let event = RawEvent {
        message_id: "e-1".into(),
        kind: EventKind::Track,
        event: Some(name.to_owned().into()),
        user_id: None,
        anonymous_id: Some(anonymous_id.to_owned().into()),
        timestamp: DateTime::UNIX_EPOCH,
        utc_offset_minutes: 0,
        origin: Origin { source: source.into(), line: None },
        order: None,
        traits: None,
        properties: Some(&properties),
        received_at: Some(DateTime::UNIX_EPOCH),
        context: None,
        name: None,
        category: None,
        group_id: None,
        previous_id: None,
    };
    assert!(is_about_message(&event));
    let id = event_id(&event);
    let mut lines = Vec::new();
    let suppressions = resolve(vec![event], &TwoMessages, &mut lines).unwrap();
    let Some(Ok(Record::Event(event))) = decode_records(&lines).next() else { panic!("no event") };
    assert_eq!(event_id(&event), id, "whoever repeats it is known");
    let properties: Value = serde_json::from_str(event.properties.unwrap().get()).unwrap();
    let suppression = suppressions.into_iter().next().map(|(event, suppression)| {
        assert_eq!(event, id);
        (suppression.address, suppression.channel, suppression.reason)
    });
    (json!([event.user_id, event.anonymous_id, properties]), suppression)
}

fn some(address: &str, channel: &str, reason: &str) -> Option<(String, String, String)> {
    Some((address.to_owned(), channel.to_owned(), reason.to_owned()))
}

#[test]
fn an_event_gets_the_customer_of_its_message() {
    let id = message("ann").to_string();
    let (event, suppression) = told(EMAIL_OPENED, OWN_MESSAGES, &format!("message:{id}"), json!({ "message_id": id }));
    let properties = json!({ "message_id": id, "channel": "outbox", "campaign": "win-back" });
    assert_eq!((event, suppression), (json!(["C1", null, properties]), None));
    // As a mail service tells it: the mailbox may be any spelling, the message stands in brackets.
    let told_id = json!({ "message_id": format!("<{id}@shop.example>") });
    let (event, _) = told(EMAIL_OPENED, "hook", "mailbox:ANN@shop.example", told_id);
    assert_eq!(event, json!(["C1", null, properties]));
    // Without the message, by the mailbox alone.
    let (event, _) = told(EMAIL_OPENED, "hook", "mailbox:ANN@shop.example", json!({}));
    assert_eq!(event, json!(["C1", null, { "channel": "outbox" }]));
}

#[test]
fn visitors_stay_visitors_and_strangers_strangers() {
    let id = message("visitor").to_string();
    let (event, _) = told(EMAIL_OPENED, OWN_MESSAGES, &format!("message:{id}"), json!({}));
    assert_eq!(event, json!([null, "v-1", { "message_id": id, "channel": "outbox" }]));
    let id = message("nobody").to_string();
    let (event, _) = told(EMAIL_OPENED, OWN_MESSAGES, &format!("message:{id}"), json!({}));
    assert_eq!(event, json!([null, format!("message:{id}"), { "message_id": id }]));
}

#[test]
fn bounces_for_good_and_complaints_end_the_messages() {
    let id = message("ann").to_string();
    let permanent = |id: &str| json!({ "message_id": id, "bounce_type": "permanent" });
    let mailbox = "mailbox:Other@shop.example";
    // To the address that we wrote to, whatever the service says; without our message, to the one that it says.
    let (_, suppression) = told(EMAIL_BOUNCED, "hook", mailbox, permanent(&id));
    assert_eq!(suppression, some("Ann@shop.example", "outbox", "bounced"));
    let (_, suppression) = told(EMAIL_BOUNCED, "hook", mailbox, permanent("<other@ses.example>"));
    assert_eq!(suppression, some("other@shop.example", "smtp", "bounced"));
    let (_, suppression) = told(EMAIL_COMPLAINED, "hook", mailbox, json!({}));
    assert_eq!(suppression, some("other@shop.example", "smtp", "complained"));
    let (_, suppression) = told(UNSUBSCRIBED, "hook", mailbox, json!({}));
    assert_eq!(suppression, some("other@shop.example", "smtp", "unsubscribed"));
    // A mailbox that is full may be emptied; our own page has suppressed the address itself.
    assert_eq!(told(EMAIL_BOUNCED, "hook", mailbox, json!({ "bounce_type": "temporary" })).1, None);
    assert_eq!(told(EMAIL_BOUNCED, "hook", mailbox, json!({})).1, None);
    assert_eq!(told(UNSUBSCRIBED, OWN_MESSAGES, &format!("message:{id}"), json!({})).1, None);
    assert_eq!(told("Order Completed", "hook", mailbox, permanent(&id)).1, None);
}
