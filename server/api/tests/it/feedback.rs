//! Links and pictures of messages: the reader is answered whatever becomes of the event.

use crate::{
    app::App,
    shop::{SECRET, campaign, message},
};
use axum::http::{Method, StatusCode};
use bellwether_engage::{TrackedLink, TrackingKey};

fn link(target: &str) -> TrackedLink {
    TrackedLink { message: message(&campaign(), "13047").id, number: 1, target: target.to_owned() }
}

#[tokio::test]
async fn a_reader_is_sent_on_where_nothing_can_be_written() {
    let app = App::filled().await;
    let key = TrackingKey::from_secret(SECRET);
    let path = format!("/c/{}", key.click_token(&link("https://shop.example/ü?a=1&b=2#c")));
    for method in [Method::GET, Method::HEAD] {
        let answer = app.ask(method, &path, &[], "").await;
        assert_eq!(answer.status, StatusCode::FOUND);
        assert_eq!(answer.header("location"), Some("https://shop.example/%C3%BC?a=1&b=2#c"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        assert!(answer.header("cache-control").is_some_and(|value| value.contains("no-store")));
    }
    let picture = format!("/o/{}.gif", key.open_token(link("").message));
    let answer = app.ask(Method::GET, &picture, &[("sec-fetch-site", "cross-site")], "").await;
    assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, Some("image/gif")));
    assert_eq!(answer.header("cross-origin-resource-policy"), Some("cross-origin"));
}

#[tokio::test]
async fn what_was_not_made_here_leads_nowhere() {
    let app = App::filled().await;
    let foreign = TrackingKey::from_secret(b"another secret");
    let evil = foreign.click_token(&link("https://evil.example"));
    let open = foreign.open_token(link("").message);
    for path in [format!("/c/{evil}"), format!("/o/{open}.gif"), "/c/x".to_owned(), "/o/x.gif".to_owned()] {
        let answer = app.ask(Method::GET, &path, &[], "").await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::NOT_FOUND, None), "{path}");
    }
}
