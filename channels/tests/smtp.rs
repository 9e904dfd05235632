//! The SMTP channel against a real conversation on the loopback.

mod sink;

use bellwether_channels::{
    Channel, Mailbox, OutgoingMessage, ReceiptLookup, Secret, SendErrorKind, Smtp, SmtpSettings, TlsMode,
};
use bellwether_domain::MessageId;
use chrono::DateTime;
use sink::{Behaviour, Sink};

fn message(to: &str) -> OutgoingMessage {
    OutgoingMessage {
        id: MessageId::derive(&[to.as_bytes()]),
        from: Mailbox::new(Some("The Shop"), "shop@example.com"),
        reply_to: None,
        to: Mailbox::new(None, to),
        subject: "Hello".to_owned(),
        html: "<p>Hi</p>\r\n.\r\n<p>after a dot</p>".to_owned(),
        text: "Hi\r\n".to_owned(),
        headers: Vec::new(),
        date: DateTime::from_timestamp(1_323_000_000, 0).unwrap(),
    }
}

fn settings(sink: &Sink) -> SmtpSettings {
    let mut settings = SmtpSettings::new("127.0.0.1");
    settings.port = Some(sink.address.port());
    settings.tls = TlsMode::None;
    settings.timeout_seconds = 5;
    settings
}

#[track_caller]
fn kind(result: Result<bellwether_channels::Receipt, bellwether_channels::SendError>) -> SendErrorKind {
    result.unwrap_err().kind
}

#[tokio::test]
async fn a_message_arrives_whole() {
    let sink = Sink::start(Behaviour::default()).await;
    let smtp = Smtp::new(settings(&sink));
    smtp.check().await.unwrap();
    let receipt = smtp.send(&message("ann@example.com")).await.unwrap();
    assert!(receipt.0.contains("queued as 42"), "{receipt:?}");
    let arrived = sink.arrived("ann@example.com");
    assert_eq!(arrived.len(), 1);
    assert!(arrived[0].contains("Subject: Hello") && arrived[0].contains("after a dot"), "{}", arrived[0]);
    assert_eq!(smtp.find_receipt(message("ann@example.com").id).await, Ok(ReceiptLookup::CannotTell));
    assert!(!smtp.describe().can_tell_afterwards);
}

#[tokio::test]
async fn refusals_are_told_apart() {
    let sink = Sink::start(Behaviour::default()).await;
    let smtp = Smtp::new(settings(&sink));
    let send = async |to: &str| smtp.send(&message(to)).await;
    assert_eq!(kind(send("refused@example.com").await), SendErrorKind::NoMailbox);
    assert_eq!(kind(send("spam@example.com").await), SendErrorKind::Permanent);
    assert_eq!(kind(send("later@example.com").await), SendErrorKind::Temporary);
    assert_eq!(kind(send("busy@example.com").await), SendErrorKind::ChannelWide);
    assert_eq!(kind(send("hangup@example.com").await), SendErrorKind::ChannelWide);
    assert_eq!(kind(send("not an address").await), SendErrorKind::Permanent);
    let refusal = send("refused@example.com").await.unwrap_err();
    assert!(refusal.detail.contains("550") && refusal.detail.contains("no such person"), "{refusal}");
    send("fine@example.com").await.unwrap();
    assert_eq!(sink.seen.lock().unwrap().messages.len(), 1);
}

#[tokio::test]
async fn what_would_meet_everybody_is_not_held_against_a_message() {
    for outage in
        [(0, "MAIL", "530 5.7.0 log in first"), (0, "RCPT", "554 5.7.1 Relay access denied"), (0, "DATA", "451 no")]
    {
        let sink = Sink::start(Behaviour { outage: Some(outage), ..Behaviour::default() }).await;
        let smtp = Smtp::new(settings(&sink));
        assert_eq!(kind(smtp.send(&message("ann@example.com")).await), SendErrorKind::ChannelWide, "{outage:?}");
        sink.recover();
        smtp.send(&message("ann@example.com")).await.unwrap();
        assert_eq!(sink.arrived("ann@example.com").len(), 1);
    }
    let sink = Sink::start(Behaviour::default()).await;
    let mut wrong = message("ann@example.com");
    wrong.from.address = "shop@".to_owned();
    let smtp = Smtp::new(settings(&sink));
    assert_eq!(smtp.check_message(&wrong).unwrap_err().kind, SendErrorKind::ChannelWide);
    assert_eq!(kind(smtp.send(&wrong).await), SendErrorKind::ChannelWide);
    assert!(sink.seen.lock().unwrap().commands.is_empty());
}

#[tokio::test]
async fn a_line_that_dies_after_the_message_leaves_its_fate_open() {
    let sink = Sink::start(Behaviour::default()).await;
    let smtp = Smtp::new(settings(&sink));
    assert_eq!(kind(smtp.send(&message("lost@example.com")).await), SendErrorKind::Uncertain);
    // It did arrive: sending again would have made two.
    assert_eq!(sink.arrived("lost@example.com").len(), 1);
}

#[tokio::test]
async fn a_refused_message_does_not_disturb_the_next_one_on_the_same_line() {
    let sink = Sink::start(Behaviour::default()).await;
    let smtp = Smtp::new(settings(&sink));
    assert_eq!(kind(smtp.send(&message("refused@example.com")).await), SendErrorKind::NoMailbox);
    assert_eq!(kind(smtp.send(&message("greylisted@example.com")).await), SendErrorKind::ChannelWide);
    assert_eq!(kind(smtp.send(&message("spam@example.com")).await), SendErrorKind::Permanent);
    for to in ["greylisted@example.com", "fine@example.com"] {
        smtp.send(&message(to)).await.unwrap();
        assert_eq!(sink.arrived(to).len(), 1);
    }
    assert_eq!(sink.seen.lock().unwrap().connections, 1);
}

#[tokio::test]
async fn many_at_once_share_a_few_connections() {
    let sink = Sink::start(Behaviour::default()).await;
    let mut settings = settings(&sink);
    settings.connections = 3;
    let smtp = std::sync::Arc::new(Smtp::new(settings));
    let sends = (0..60).map(|number| {
        let smtp = std::sync::Arc::clone(&smtp);
        tokio::spawn(async move { smtp.send(&message(&format!("p{number}@example.com"))).await })
    });
    for send in sends.collect::<Vec<_>>() {
        send.await.unwrap().unwrap();
    }
    let seen = sink.seen.lock().unwrap();
    assert_eq!(seen.messages.len(), 60);
    for (to, body) in &seen.messages {
        assert!(body.contains(&format!("To: {to}")), "{to} got {body}");
    }
    assert!(seen.connections <= 3 && seen.most_at_once <= 3, "{} {}", seen.connections, seen.most_at_once);
}

#[tokio::test]
async fn the_password_lets_us_in_and_is_never_shown() {
    let sink = Sink::start(Behaviour { authentication: true, ..Behaviour::default() }).await;
    let with = |password: &str| {
        let mut settings = settings(&sink);
        settings.username = Some("user".to_owned());
        settings.password = Some(Secret::new(password));
        settings
    };
    let smtp = Smtp::new(with("letmein"));
    smtp.send(&message("ann@example.com")).await.unwrap();
    assert!(!format!("{smtp:?} {:?}", with("letmein")).contains("letmein"));

    let wrong = Smtp::new(with("wr0ng-pa55"));
    let error = wrong.check().await.unwrap_err().to_string();
    assert!(error.contains("535") && !error.contains("wr0ng-pa55"), "{error}");
}

#[tokio::test]
async fn a_server_without_tls_gets_neither_password_nor_message() {
    let sink = Sink::start(Behaviour { authentication: true, ..Behaviour::default() }).await;
    let mut settings = settings(&sink);
    settings.tls = TlsMode::Starttls;
    settings.username = Some("user".to_owned());
    settings.password = Some(Secret::new("letmein"));
    let result = Smtp::new(settings).send(&message("ann@example.com")).await;
    assert!(result.unwrap_err().detail.contains("STARTTLS"));
    let seen = sink.seen.lock().unwrap();
    assert!(seen.messages.is_empty());
    assert!(
        seen.commands.iter().all(|line| !line.starts_with("AUTH") && !line.starts_with("MAIL")),
        "{:?}",
        seen.commands
    );
}

#[tokio::test]
async fn silence_and_absence_end_in_time() {
    let sink = Sink::start(Behaviour { silent: true, ..Behaviour::default() }).await;
    let mut silent = settings(&sink);
    silent.timeout_seconds = 1;
    assert_eq!(kind(Smtp::new(silent).send(&message("ann@example.com")).await), SendErrorKind::ChannelWide);

    let mut absent = settings(&sink);
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    absent.port = Some(free.local_addr().unwrap().port());
    drop(free);
    let error = Smtp::new(absent).check().await.unwrap_err();
    assert!(error.to_string().contains("cannot connect to"), "{error}");
}
