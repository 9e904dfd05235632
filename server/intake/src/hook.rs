//! `POST /v1/hooks/{slug}`: what another system tells when something happens.
//!
//! The signature is held against the body as it was sent, before a word of it is read. The answer is 200 when the delivery is
//! on the disk, as for all events. Systems send again what was answered otherwise, Shopify for hours and Stripe for days, and
//! at last stop sending; so a delivery that is signed and can be read is never refused for what it says.

use crate::{
    Intake,
    answer::{self, NotTaken},
    body::{self, Place},
    deliveries::bounded_headers,
    names,
    ready_hook::ReadyHook,
    receive::{PATIENCE, refused},
};
use axum::{
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use bellwether_collect::hooks::{self, MAX_BODY};
use bellwether_domain::{HookSystem, ReceivedHook};
use bellwether_inbox::encode_hook;
use std::{borrow::Cow, collections::BTreeMap, sync::Arc};
use tokio::time::timeout;

/// `POST /v1/hooks/{slug}`.
pub async fn receive(
    State(intake): State<Intake>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    request: Body,
) -> Response {
    let answer = match take(&intake, &slug, &headers, request).await {
        Ok(()) => answer::received().await,
        Err(why) => why.into_response(),
    };
    metrics::counter!(names::REQUESTS, "call" => "hooks", "status" => answer.status().as_str().to_owned()).increment(1);
    answer
}

async fn take(intake: &Intake, slug: &str, headers: &HeaderMap, request: Body) -> Result<(), NotTaken> {
    let Some(collector) = &intake.collector else {
        return Err(NotTaken::Later(StatusCode::SERVICE_UNAVAILABLE, "this server takes no events".to_owned()));
    };
    let ready = hook_of(intake, slug).await?;
    let mut place = Place::new(&intake.room);
    let body = body::read(headers, request, MAX_BODY, StatusCode::PAYLOAD_TOO_LARGE, &mut place).await?;
    if is_ping(&ready, headers, &body) {
        return Ok(());
    }
    let now = intake.clock.now();
    hooks::verify(&ready.hook, |name| text(headers, name), &body, now)
        .map_err(|why| not_verified(intake, &ready, &why.to_string()))?;
    let checked = hooks::check(&body).map_err(|why| {
        intake.refusals.note(&ready.slug, now, &why.to_string());
        refused(StatusCode::BAD_REQUEST, why.to_string())
    })?;
    if checked.documents == 0 {
        return Ok(());
    }
    let delivery = ReceivedHook {
        received_at: now,
        source: Arc::clone(&ready.slug),
        mapping: Cow::Borrowed(&ready.mapping),
        headers: kept(&ready, headers),
        body: checked.body,
    };
    let mut line = Vec::new();
    encode_hook(&mut line, &delivery).map_err(|why| refused(StatusCode::BAD_REQUEST, why.to_string()))?;
    collector.append(line, 1, checked.documents).await?;
    let is_secret = |name: &str| hooks::is_secret(&ready.hook.sender, name);
    intake.deliveries.note(&ready.slug, now, headers, is_secret, checked.body);
    let documents = u64::from(checked.documents);
    intake.meters.record(&ready.slug, documents, 0, now);
    metrics::counter!(names::EVENTS_RECEIVED, "source" => Arc::clone(&ready.slug)).increment(documents);
    Ok(())
}

/// WooCommerce asks for an answer when a web hook is saved, before it signs anything. There is nothing to take.
fn is_ping(ready: &ReadyHook, headers: &HeaderMap, body: &Bytes) -> bool {
    let is_signed = headers.contains_key("x-wc-webhook-signature");
    ready.hook.sender.system() == HookSystem::Woocommerce && !is_signed && hooks::is_ping(body)
}

async fn hook_of(intake: &Intake, slug: &str) -> Result<Arc<ReadyHook>, NotTaken> {
    let later = || {
        let why = "web hooks cannot be looked up at the moment; send it again a little later";
        NotTaken::Later(StatusCode::SERVICE_UNAVAILABLE, why.to_owned())
    };
    match timeout(PATIENCE, intake.write_keys.hook(slug)).await {
        Err(_) => Err(later()),
        Ok(Ok(Some(ready))) => Ok(ready),
        Ok(Ok(None)) => {
            let why = "no enabled web hook has this address; copy it from the page of its source in the console";
            Err(refused(StatusCode::NOT_FOUND, why.to_owned()))
        }
        Ok(Err(error)) => {
            tracing::error!(%error, "web hooks cannot be read");
            Err(later())
        }
    }
}

/// Counted and shown on the page of the source. Not in the log: anybody could fill it.
fn not_verified(intake: &Intake, ready: &ReadyHook, why: &str) -> NotTaken {
    let now = intake.clock.now();
    intake.refusals.note(&ready.slug, now, why);
    intake.meters.record(&ready.slug, 0, 1, now);
    refused(StatusCode::UNAUTHORIZED, why.to_owned())
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// What the mapping asks for. As long as there is none, nobody knows what it will ask for when the delivery is sent again.
fn kept(ready: &ReadyHook, headers: &HeaderMap) -> BTreeMap<String, String> {
    let Some(asked) = &ready.headers else {
        return bounded_headers(headers, |name| hooks::is_secret(&ready.hook.sender, name));
    };
    let value = |name: &str| Some(String::from_utf8_lossy(headers.get(name)?.as_bytes()).into_owned());
    asked.iter().filter_map(|name| Some((name.clone(), value(name)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_domain::{Hook, HookSender, HookSignature, SignatureScheme};

    fn check(mapping: &str, expected: &[&str]) {
        let signature = HookSignature { header: "x-signature".parse().unwrap(), scheme: SignatureScheme::Token };
        let sender = HookSender::Generic(signature);
        let parsed = hooks::parse_mapping(mapping).ok();
        let headers = parsed.map(|mapping| hooks::kept_headers(&sender, Some(&mapping)));
        let hook = Hook { sender, secret: Some("0123456789abcdef".parse().unwrap()), mapping: None };
        let ready = ReadyHook { slug: "booking".into(), hook, mapping: mapping.into(), headers };
        let mut sent = HeaderMap::new();
        let long = "y".repeat(10_000);
        for (name, value) in [
            ("host", "a"),
            ("x-event", "booked"),
            ("x-other", "1"),
            ("x-signature", "secret"),
            ("authorization", "secret"),
            ("cookie", "secret"),
            ("x-long", &long),
        ] {
            sent.insert(name, value.parse().unwrap());
        }
        assert_eq!(kept(&ready, &sent).into_keys().collect::<Vec<_>>(), expected, "{mapping}");
    }

    #[test]
    fn before_there_is_a_mapping_all_headers_are_kept_that_prove_nothing() {
        check("", &["x-event", "x-other"]);
        check("kind = 7", &["x-event", "x-other"]);
        let mapping = "kind = \"events\"\nsource = \"x\"\n[[event]]\nevent = \"header.x-event\"\nuser_id = \"id\"\n";
        check(mapping, &["x-event"]);
    }
}
