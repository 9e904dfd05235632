//! Who is answered, and who is not.

use crate::{
    app::{Answer, App, expected},
    shop::{Shop, administrator, settings},
};
use axum::http::{Method, StatusCode};
use bellwether_api::ApiSettings;
use chrono::Duration;
use serde_json::json;

const JSON: (&str, &str) = ("content-type", "application/json");

async fn guarded() -> App {
    App::with(Shop::empty().await, ApiSettings { administrator: Some(administrator()), ..settings() })
}

async fn sign_in(app: &App, password: &str) -> Answer {
    app.ask(Method::POST, "/api/v1/session", &[JSON], &json!({ "password": password }).to_string()).await
}

/// The cookie that a browser would send back.
fn cookie(answer: &Answer) -> String {
    let set = answer.header("set-cookie").expect("a cookie");
    set.split(';').next().expect("a pair").to_owned()
}

async fn with_cookie(app: &App, cookie: &str) -> StatusCode {
    app.ask(Method::GET, "/api/v1/segments", &[("cookie", cookie)], "").await.status
}

#[tokio::test]
async fn without_a_password_this_machine_may_read_everything() {
    let app = App::with(Shop::empty().await, settings());
    let shop = json!({ "name": "Lamps & Bags", "currency": "GBP", "time_zone": "Europe/London", "public_url": null });
    assert_eq!(app.get("/session").await, json!({ "password_required": false, "signed_in": true, "shop": shop }));
    app.get("/segments").await;
    let answer = sign_in(&app, "anything").await;
    assert_eq!(answer.problem(), expected(409, "no_password_configured", None));
}

#[tokio::test]
async fn with_a_password_only_session_and_health_answer_strangers() {
    let app = guarded().await;
    for path in ["/overview", "/customers", "/jobs", "/campaigns/x/preview"] {
        assert_eq!(app.problem(path).await, expected(401, "sign_in_required", None), "{path}");
    }
    assert_eq!(app.get("/session").await, json!({ "password_required": true, "signed_in": false, "shop": null }));
    app.get("/health/live").await;
    app.get("/health/ready").await;
    assert_eq!(app.ask(Method::GET, "/", &[("accept", "text/html")], "").await.header("x-frame-options"), Some("DENY"));
}

#[tokio::test]
async fn the_right_password_opens_a_session_that_ends() {
    let app = guarded().await;
    let wrong = sign_in(&app, "incorrect horse").await;
    assert_eq!(wrong.problem(), expected(401, "wrong_password", Some("password")));
    assert_eq!(wrong.header("set-cookie"), None);

    let right = sign_in(&app, "correct horse").await;
    let shop = json!({ "currency": "GBP", "name": "Lamps & Bags", "time_zone": "Europe/London", "public_url": null });
    assert_eq!(right.json(), json!({ "password_required": true, "signed_in": true, "shop": shop }));
    let attributes = right.header("set-cookie").expect("a cookie");
    assert!(attributes.contains("HttpOnly; SameSite=Strict") && !attributes.contains("Secure"), "{attributes}");
    let session = cookie(&right);
    assert_eq!(with_cookie(&app, &session).await, StatusCode::OK);
    assert_eq!(with_cookie(&app, &format!("theme=dark; {session}")).await, StatusCode::OK);

    app.shop.clock.advance(Duration::hours(12));
    assert_eq!(with_cookie(&app, &session).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn forged_and_foreign_sessions_are_refused() {
    let app = guarded().await;
    let session = cookie(&sign_in(&app, "correct horse").await);
    let (name_and_time, signature) = session.split_once('.').expect("a signature");
    let (name, time) = name_and_time.split_once('=').expect("a value");
    let later: i64 = time.parse::<i64>().expect("a time") + 1_000_000;
    for forged in [
        format!("{name}={later}.{signature}"),
        format!("{name}={time}.{}", signature.replace(|c: char| c.is_ascii_digit(), "f")),
        format!("{name}={time}."),
        format!("{name}={time}"),
        format!("other={time}.{signature}"),
        name.to_owned(),
    ] {
        assert_eq!(with_cookie(&app, &forged).await, StatusCode::UNAUTHORIZED, "{forged}");
    }
    for other in ["password", "key"] {
        let mut administrator = administrator();
        match other {
            "password" => administrator.password.push('!'),
            _ => administrator.session_key = [8; 32],
        }
        let changed = ApiSettings { administrator: Some(administrator), ..settings() };
        let app = App::with(Shop::empty().await, changed);
        assert_eq!(with_cookie(&app, &session).await, StatusCode::UNAUTHORIZED, "another {other}");
    }
}

#[tokio::test]
async fn signing_out_takes_the_cookie_away() {
    let app = guarded().await;
    let answer = app.ask(Method::DELETE, "/api/v1/session", &[], "").await;
    assert_eq!(answer.json(), json!({ "password_required": true, "signed_in": false, "shop": null }));
    assert!(answer.header("set-cookie").expect("a cookie").contains("bellwether_session=; Path=/; Max-Age=0"));
}

#[tokio::test]
async fn cookies_are_secure_where_the_address_is() {
    let settings = ApiSettings {
        administrator: Some(administrator()),
        public_url: Some("https://bellwether.example".into()),
        ..settings()
    };
    let app = App::with(Shop::empty().await, settings);
    let answer = sign_in(&app, "correct horse").await;
    assert!(answer.header("set-cookie").expect("a cookie").ends_with("; Secure"));
    assert_eq!(answer.json()["shop"]["public_url"], json!("https://bellwether.example"));
}

#[tokio::test]
async fn passwords_cannot_be_tried_without_end() {
    let app = guarded().await;
    for _ in 0..10 {
        assert_eq!(sign_in(&app, "guess").await.problem().1, "wrong_password");
    }
    let refused = sign_in(&app, "correct horse").await;
    assert_eq!(refused.problem(), expected(429, "too_many_attempts", None));
    assert!(refused.header("retry-after").is_some());
    app.shop.clock.advance(Duration::minutes(1));
    assert_eq!(sign_in(&app, "correct horse").await.status, StatusCode::OK);
}

#[tokio::test]
async fn other_host_names_are_not_answered() {
    let host = async |app: &App, host: &str| app.ask(Method::GET, "/api/v1/segments", &[("host", host)], "").await;
    let app = App::with(Shop::empty().await, settings());
    for own in ["localhost", "localhost:4180", "127.0.0.1:4180", "[::1]:4180"] {
        assert_eq!(host(&app, own).await.status, StatusCode::OK, "{own}");
    }
    for foreign in ["evil.example", "localhost.evil.example:4180", "192.168.0.7", ""] {
        assert_eq!(host(&app, foreign).await.problem(), expected(421, "host_not_allowed", None), "{foreign}");
    }
    let page = app.ask(Method::GET, "/", &[("host", "evil.example"), ("accept", "text/html")], "").await;
    assert_eq!(page.status, StatusCode::MISDIRECTED_REQUEST, "neither is the console");

    // A public name without a password would open every customer to whoever knows it.
    let named =
        |settings: ApiSettings| ApiSettings { public_url: Some("https://bellwether.example:8443".into()), ..settings };
    let open = App::with(Shop::empty().await, named(settings()));
    assert_eq!(host(&open, "bellwether.example:8443").await.status, StatusCode::MISDIRECTED_REQUEST);
    assert_eq!(host(&open, "localhost").await.status, StatusCode::OK);
    let closed =
        App::with(Shop::empty().await, named(ApiSettings { administrator: Some(administrator()), ..settings() }));
    assert_eq!(host(&closed, "bellwether.example:8443").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(host(&closed, "evil.example").await.status, StatusCode::MISDIRECTED_REQUEST);

    // With a password and no name of its own, a server may be reached by any name.
    assert_eq!(host(&guarded().await, "crm.intranet").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn changes_are_not_taken_from_other_sites() {
    let app = guarded().await;
    let body = json!({ "password": "correct horse" }).to_string();
    let post = async |headers: &[(&str, &str)]| {
        let headers: Vec<_> = [JSON].iter().chain(headers).copied().collect();
        app.ask(Method::POST, "/api/v1/session", &headers, &body).await
    };
    assert_eq!(post(&[("sec-fetch-site", "cross-site")]).await.problem(), expected(403, "cross_origin", None));
    assert_eq!(post(&[("origin", "http://evil.example")]).await.problem(), expected(403, "cross_origin", None));
    assert_eq!(post(&[("sec-fetch-site", "same-origin")]).await.status, StatusCode::OK);
    assert_eq!(post(&[("origin", "http://localhost:4180")]).await.status, StatusCode::OK);
    // Reading is not changing: the browser keeps the answer from the other site, since nothing here allows it (CORS).
    let read = app.ask(Method::GET, "/api/v1/session", &[("origin", "http://evil.example")], "").await;
    assert_eq!((read.status, read.header("access-control-allow-origin")), (StatusCode::OK, None));
}

#[tokio::test]
async fn bodies_that_cannot_be_read() {
    let app = guarded().await;
    let post = async |headers: &[(&str, &str)], body: &str| {
        app.ask(Method::POST, "/api/v1/session", headers, body).await.problem()
    };
    assert_eq!(post(&[], "{}").await, expected(400, "invalid_body", None));
    assert_eq!(
        post(&[("content-type", "text/plain")], "{\"password\":\"x\"}").await,
        expected(400, "invalid_body", None)
    );
    assert_eq!(post(&[JSON], "{").await, expected(400, "invalid_body", None));
    assert_eq!(post(&[JSON], "{\"password\":7}").await, expected(400, "invalid_body", Some("password")));
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_too() {
    let app = App::with(Shop::empty().await, settings());
    assert_eq!(app.problem("/nothing").await, expected(404, "not_found", None));
    let old = app.ask(Method::GET, "/api/v0/customers", &[("accept", "text/html")], "").await;
    assert_eq!(old.problem(), expected(404, "not_found", None), "no console below /api");
    let wrong = app.ask(Method::POST, "/api/v1/customers", &[], "").await;
    assert_eq!(wrong.problem(), expected(405, "method_not_allowed", None));
    let encoded = app.ask(Method::GET, "/api/v1/customers/%ff", &[], "").await;
    assert_eq!(encoded.problem().1, "invalid_parameter");
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let app = App::with(Shop::empty().await, settings());
    for (path, host) in
        [("/api/v1/segments", "localhost"), ("/", "localhost"), ("/u/x", "localhost"), ("/", "evil.example")]
    {
        let answer = app.ask(Method::GET, path, &[("host", host), ("accept", "text/html")], "").await;
        let policy = answer.header("content-security-policy").unwrap_or_else(|| panic!("{path}"));
        assert!(policy.contains("script-src 'self';") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    }
}

#[tokio::test]
async fn long_answers_are_compressed_for_those_who_can_read_it() {
    let app = App::filled().await;
    let ask =
        async |encoding: &str| app.ask(Method::GET, "/api/v1/overview", &[("accept-encoding", encoding)], "").await;
    assert_eq!(ask("gzip").await.header("content-encoding"), Some("gzip"));
    assert_eq!(ask("identity").await.header("content-encoding"), None);
}
