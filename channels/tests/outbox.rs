//! The outbox: what is in the files, and what is promised about them.

use bellwether_channels::{Channel, Mailbox, Outbox, OutgoingMessage, ReceiptLookup, SendErrorKind};
use bellwether_domain::MessageId;
use chrono::DateTime;
use std::fs;
use tempfile::TempDir;

fn message() -> OutgoingMessage {
    OutgoingMessage {
        id: MessageId::derive(&[b"m"]),
        from: Mailbox::new(Some("The Shop"), "shop@example.com"),
        reply_to: Some(Mailbox::new(None, "help@example.com")),
        to: Mailbox::new(Some("Ann Example"), "ann@example.com"),
        subject: "Hello".to_owned(),
        html: "<p>Hi</p>".to_owned(),
        text: "Hi\n".to_owned(),
        headers: vec![
            ("List-Unsubscribe".to_owned(), format!("<https://shop.example/u/{}>", "0123456789abcdef".repeat(6))),
            ("List-Unsubscribe-Post".to_owned(), "List-Unsubscribe=One-Click".to_owned()),
        ],
        date: DateTime::from_timestamp(1_323_000_000, 0).unwrap(),
    }
}

async fn file_of(message: &OutgoingMessage) -> String {
    let folder = TempDir::new().unwrap();
    let outbox = Outbox::new(folder.path());
    outbox.send(message).await.unwrap();
    fs::read_to_string(outbox.path_of(message.id)).unwrap()
}

#[tokio::test]
async fn a_file_is_a_whole_mime_message() {
    let file = file_of(&message()).await;
    let id = message().id;
    for expected in [
        "From: \"The Shop\" <shop@example.com>\r\n",
        "To: \"Ann Example\" <ann@example.com>\r\n",
        "Reply-To: help@example.com\r\n",
        "Subject: Hello\r\n",
        "Date: Sun, 04 Dec 2011 12:00:00 +0000\r\n",
        &format!("Message-ID: <{id}@example.com>\r\n"),
        "MIME-Version: 1.0\r\n",
        &format!("boundary=\"=_{id}\""),
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
        &format!("List-Unsubscribe: <https://shop.example/u/{}>\r\n", "0123456789abcdef".repeat(6)),
    ] {
        assert!(file.contains(expected), "{expected:?} is not in\n{file}");
    }
    let (plain, html) = (file.find("text/plain").unwrap(), file.find("text/html").unwrap());
    assert!(plain < html, "readers show the last part that they understand");
    assert!(file.ends_with(&format!("--=_{id}--\r\n")));
}

#[tokio::test]
async fn the_same_message_has_the_same_bytes() {
    let mut other = message();
    assert_eq!(file_of(&message()).await, file_of(&other).await);
    other.date += chrono::Duration::seconds(1);
    assert_ne!(file_of(&message()).await, file_of(&other).await);
}

#[tokio::test]
async fn other_scripts_are_encoded_and_come_back() {
    let mut message = message();
    message.subject = "好久不见，为您挑了几样好物，全部来自您以往的喜好，希望您会喜欢".to_owned();
    message.from = Mailbox::new(Some("铃羊商店"), "shop@example.com");
    message.to = Mailbox::new(Some("Zoë \"Zed\" O'Brien <x@y>"), "zoe@example.com");
    message.html = "<p>您好</p>".repeat(500);
    let file = file_of(&message).await;
    assert!(file.is_ascii(), "everything is encoded");
    assert!(file.lines().all(|line| line.len() <= 998));
    let head = file.split("\r\n\r\n").next().unwrap();
    assert_eq!(decoded(head, "Subject"), message.subject);
    assert!(decoded(head, "From").starts_with("铃羊商店"), "{}", decoded(head, "From"));
    assert_eq!(head.lines().filter(|line| line.starts_with("To:")).count(), 1);
    assert!(head.contains("<zoe@example.com>"));
}

/// Reads an encoded header the way a mail program does (RFC 2047, base64 words).
fn decoded(head: &str, name: &str) -> String {
    let unfolded = head.replace("\r\n ", " ");
    let line = unfolded.lines().find_map(|line| line.strip_prefix(&format!("{name}: "))).unwrap().to_owned();
    let words = line.split(' ').filter_map(|word| word.strip_prefix("=?utf-8?b?")?.strip_suffix("?="));
    String::from_utf8(words.flat_map(base64).collect()).unwrap()
}

fn base64(text: &str) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bits = 0_u32;
    let mut count = 0;
    let mut out = Vec::new();
    for digit in text.bytes().filter(|byte| *byte != b'=') {
        bits = (bits << 6) | DIGITS.iter().position(|known| *known == digit).unwrap() as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    out
}

#[tokio::test]
async fn nothing_can_add_a_header_or_a_receiver() {
    let evil = "x\r\nBcc: victim@example.com";
    let change: [fn(&mut OutgoingMessage, &str); 7] = [
        |message, evil| message.subject = evil.to_owned(),
        |message, evil| message.to.name = Some(evil.to_owned()),
        |message, evil| message.from.name = Some(evil.to_owned()),
        |message, evil| message.to.address = format!("ann@example.com{evil}"),
        |message, evil| message.headers.push(("X-Test".to_owned(), evil.to_owned())),
        |message, evil| message.headers.push((evil.to_owned(), "x".to_owned())),
        |message, _| message.headers.push(("bcc".to_owned(), "victim@example.com".to_owned())),
    ];
    let folder = TempDir::new().unwrap();
    let outbox = Outbox::new(folder.path());
    for (number, change) in change.into_iter().enumerate() {
        let mut message = message();
        change(&mut message, evil);
        let error = outbox.send(&message).await.unwrap_err();
        // The third change is the shop's own name: wrong for everybody.
        let expected = if number == 2 { SendErrorKind::ChannelWide } else { SendErrorKind::Permanent };
        assert_eq!(error.kind, expected, "change {number}");
        assert!(!error.detail.contains('\n'), "{error}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn impossible_dates_and_empty_subjects_are_refused() {
    let outbox = Outbox::new("/nowhere");
    let mut empty = message();
    empty.subject = "  ".to_owned();
    assert_eq!(outbox.send(&empty).await.unwrap_err().kind, SendErrorKind::Permanent);
    let mut early = message();
    early.date = DateTime::from_timestamp(-1_000_000_000, 0).unwrap();
    assert_eq!(outbox.send(&early).await.unwrap_err().kind, SendErrorKind::Permanent);
}

#[tokio::test]
async fn the_outbox_can_tell_what_it_has() {
    let folder = TempDir::new().unwrap();
    let outbox = Outbox::new(folder.path().join("made/when/needed"));
    let id = message().id;
    assert_eq!(outbox.find_receipt(id).await, Ok(ReceiptLookup::NotSent));
    let receipt = outbox.send(&message()).await.unwrap();
    assert_eq!(outbox.find_receipt(id).await, Ok(ReceiptLookup::Sent(receipt)));
    outbox.flush().await.unwrap();

    // A power failure can leave the name without the bytes.
    let whole = fs::read(outbox.path_of(id)).unwrap();
    for left in [0, 1, whole.len() / 2, whole.len() - 1] {
        fs::write(outbox.path_of(id), &whole[..left]).unwrap();
        assert_eq!(outbox.find_receipt(id).await, Ok(ReceiptLookup::NotSent), "{left} bytes left");
    }
    outbox.send(&message()).await.unwrap();
    assert_eq!(fs::read(outbox.path_of(id)).unwrap(), whole);
    assert_eq!(fs::read_dir(outbox.folder()).unwrap().count(), 1, "no temporary file stays");
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_says_so() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("a file");
    fs::write(&file, "x").unwrap();
    let outbox = Outbox::new(file.join("below"));
    let error = outbox.check().await.unwrap_err().to_string();
    assert!(error.contains("outbox") && error.contains("a file"), "{error}");
    assert_eq!(outbox.send(&message()).await.unwrap_err().kind, SendErrorKind::ChannelWide);
    Outbox::new(folder.path().join("fine")).check().await.unwrap();
}
