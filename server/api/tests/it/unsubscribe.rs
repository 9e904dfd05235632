//! The way out of messages.

use crate::{
    app::App,
    shop::{SECRET, campaign, message},
};
use axum::http::{Method, StatusCode};
use bellwether_engage::UnsubscribeKey;

const ADDRESS: &str = "customer-13047@example.com";

fn link() -> String {
    format!("/u/{}", UnsubscribeKey::from_secret(SECRET).token(message(&campaign(), "13047").id))
}

async fn is_suppressed(app: &App, channel: &str) -> bool {
    !app.shop.store.suppressed(channel, &[ADDRESS.to_owned()]).await.expect("the store").is_empty()
}

#[tokio::test]
async fn opening_the_link_only_asks() {
    let app = App::filled().await;
    let answer = app.ask(Method::GET, &link(), &[], "").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text.contains(r#"<form method="post">"#) && answer.text.contains("退订"), "{}", answer.text);
    assert!(answer.text.contains("Lamps &amp; Bags"), "the shop's name is escaped");
    assert!(!answer.text.contains(ADDRESS), "messages are forwarded");
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    assert!(!is_suppressed(&app, "outbox").await);
}

#[tokio::test]
async fn one_click_suppresses_the_address_on_the_messages_channel() {
    let app = App::filled().await;
    // As a mail provider posts it (RFC 8058): from elsewhere, without any session.
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "cross-site")];
    for _ in 0..2 {
        let answer = app.ask(Method::POST, &link(), &headers, "List-Unsubscribe=One-Click").await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(!answer.text.contains("<form"), "nothing is left to do");
    }
    assert!(is_suppressed(&app, "outbox").await);
    assert!(!is_suppressed(&app, "smtp").await);
}

#[tokio::test]
async fn links_that_were_not_made_here_change_nothing() {
    let app = App::filled().await;
    let forged = UnsubscribeKey::from_secret(b"another secret").token(message(&campaign(), "13047").id);
    let unknown = UnsubscribeKey::from_secret(SECRET).token(message(&campaign(), "nobody").id);
    for token in [forged.as_str(), unknown.as_str(), "x", "preview"] {
        for method in [Method::GET, Method::POST] {
            let answer = app.ask(method, &format!("/u/{token}"), &[], "").await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{token}");
        }
    }
    assert!(!is_suppressed(&app, "outbox").await);
}
