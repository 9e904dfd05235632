//! The tracking plan: what it watches, flags and rejects, and that whatever it once let pass stays.

use super::{client::Answer, server::Server};
use crate::support::get;
use serde_json::{Value, json};

const PRICE: &str = r#"{"required":["price"],"properties":{"price":{"type":"number"}}}"#;

/// Puts an entry for `Seen` into force and gives its version.
fn plan(server: &Server, mode: &str) -> u64 {
    let schema: Value = serde_json::from_str(PRICE).unwrap();
    let body = json!({"event": "Seen", "mode": mode, "schema": schema, "note": "prices are needed"});
    let answer = server.api("PUT", "/plan/entry", &body);
    assert_eq!(answer.status, 200, "{answer:?}");
    let entry: Value = serde_json::from_str(&answer.body).unwrap();
    entry["current"]["version"].as_u64().unwrap()
}

fn send(server: &Server, id: &str, properties: &str) {
    let event = format!(
        r#"{{"type":"track","event":"Seen","userId":"ann","messageId":"{id}","timestamp":"2026-11-22T10:00:00Z","properties":{properties}}}"#
    );
    let answer = server.client().post("/v1/batch", &server.key, format!("{{\"batch\":[{event}]}}").as_bytes());
    assert_eq!(answer.unwrap().status, 200);
    server.settle();
}

/// The events that happened, and how many the profile counts.
fn happened(server: &Server) -> (Vec<Value>, u64) {
    let customers = get(&server.address, "/customers?q=ann");
    let Some(id) = customers["rows"][0]["id"].as_str() else { return (Vec::new(), 0) };
    let timeline = get(&server.address, &format!("/customers/{id}/timeline"));
    let profile = get(&server.address, &format!("/customers/{id}"));
    (timeline["events"].as_array().unwrap().clone(), profile["events"].as_u64().unwrap())
}

fn timeline(server: &Server) -> Vec<Value> {
    let (events, counted) = happened(server);
    assert_eq!(events.len() as u64, counted, "{events:?}");
    events
}

fn quarantined(server: &Server) -> Vec<Value> {
    get(&server.address, "/quality/rejects?q=ann")["rows"].as_array().unwrap().clone()
}

fn row(server: &Server, event: &str) -> Value {
    let plan = get(&server.address, "/plan");
    plan["events"].as_array().unwrap().iter().find(|row| row["event"] == event).cloned().unwrap_or_default()
}

fn violations(server: &Server, labels: &str) -> Option<f64> {
    let metrics = server.get("/metrics").unwrap().body;
    let line =
        metrics.lines().find(|line| line.starts_with("bellwether_plan_violations_total") && line.contains(labels))?;
    line.rsplit(' ').next()?.parse().ok()
}

#[test]
fn what_is_watched_goes_on_and_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::running(folder.path());
    send(&server, "0", "{}");
    // The control: without a plan nothing is counted.
    assert_eq!((row(&server, "Seen")["checked"].clone(), violations(&server, "Seen")), (json!(0), None));
    plan(&server, "watch");
    send(&server, "1", r#"{"price":7}"#);
    send(&server, "2", r#"{"price":"7"}"#);
    // Sent again it is no news.
    send(&server, "2", r#"{"price":"7"}"#);
    let events = timeline(&server);
    assert!(events.len() == 3 && events.iter().all(|event| event["plan_problems"] == json!([])), "{events:?}");
    assert_eq!(quarantined(&server), [] as [Value; 0]);
    let row = row(&server, "Seen");
    assert_eq!(
        (&row["planned"], &row["mode"], &row["checked"], &row["failed"]),
        (&json!(true), &json!("watch"), &json!(2), &json!(1))
    );
    assert_eq!(row["last_problem"], r#"/price: "7" is not of type "number""#);
    assert_eq!(violations(&server, r#"event="Seen""#), Some(1.0));
}

#[test]
fn what_is_flagged_goes_on_with_a_mark() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::running(folder.path());
    plan(&server, "flag");
    send(&server, "1", r#"{"price":7}"#);
    send(&server, "2", r#"{"prize":7}"#);
    let marked = |server: &Server| {
        let mut events = timeline(server);
        events.sort_by_key(|event| event["properties"].to_string());
        let problems = events.iter().map(|event| event["plan_problems"].clone());
        problems.collect::<Vec<_>>()
    };
    let expected = json!([{"path": "/price", "rule": "required", "message": "\"price\" is a required property"}]);
    assert_eq!(marked(&server), [json!([]), expected]);
    assert_eq!((quarantined(&server).len(), violations(&server, r#"mode="flag""#)), (0, Some(1.0)));
}

#[test]
fn what_is_rejected_is_mended_and_sent_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::running(folder.path());
    let version = plan(&server, "reject");
    send(&server, "1", r#"{"price":7}"#);
    send(&server, "2", r#"{"products":[],"price":"7"}"#);
    send(&server, "2", r#"{"products":[],"price":"7"}"#);
    let rows = quarantined(&server);
    // Nobody can know that it was set aside before: it stands there as often as it came.
    assert_eq!((rows.len(), timeline(&server).len()), (2, 1));
    let field = |name: &str| rows[0][name].as_str().unwrap().to_owned();
    assert_eq!((field("reason"), field("field")), ("plan_violation".to_owned(), "properties.price".to_owned()));
    let detail = format!(
        "event `2`, `properties.price`: \"7\" is not of type \"number\" (rule `type` of version {version} of the tracking plan for `Seen`)"
    );
    assert_eq!(field("detail"), detail);
    let replay = |server: &Server, row: &Value, body: &Value| {
        let answer = server.api("POST", &format!("/quality/rejects/{}/replay", row["id"]), body);
        assert_eq!(answer.status, 200, "{answer:?}");
        server.settle();
    };
    // As it came it comes back; mended it is true; and the other one is the same event, which counts once.
    replay(&server, &rows[0], &json!({}));
    assert_eq!((quarantined(&server).len(), timeline(&server).len()), (2, 1));
    let mended = json!({"event": {"type": "track", "event": "Seen", "userId": "ann", "messageId": "2", "properties": {"price": 7}}});
    let rows = quarantined(&server);
    replay(&server, &rows[0], &mended);
    assert_eq!((quarantined(&server).len(), timeline(&server).len()), (1, 2));
    replay(&server, &rows[1], &json!({}));
    assert_eq!((quarantined(&server).len(), timeline(&server).len()), (0, 2));
    server.stop();
    let replayed = server.command(&["replay"]).output().unwrap();
    assert!(replayed.status.success(), "{}", String::from_utf8_lossy(&replayed.stdout));
}

#[test]
fn what_nobody_planned_follows_the_policy() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::running(folder.path());
    assert_eq!(server.api("PUT", "/plan/unplanned", &json!({"mode": "reject"})).status, 204);
    send(&server, "1", "{}");
    let rows = quarantined(&server);
    assert_eq!((rows.len(), &rows[0]["reason"], timeline(&server).len()), (1, &json!("unplanned_event"), 0));
    assert_eq!(violations(&server, r#"event="(unplanned)""#), Some(1.0), "names of strangers are no labels");
    assert_eq!(row(&server, "Seen")["failed"], 1);
    assert_eq!(server.api("PUT", "/plan/unplanned", &json!({"mode": "watch"})).status, 204);
    let body = json!({"source": "shop"});
    assert_eq!(server.api("POST", "/quality/rejects/replay", &body).status, 200);
    server.settle();
    assert_eq!((quarantined(&server).len(), timeline(&server).len()), (0, 1));
}

/// Everything between the Store and the Lake's files is cleaned once more after a crash, by whatever plan is in force then.
#[test]
fn a_stricter_plan_takes_nothing_back_after_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::running(folder.path());
    send(&server, "1", "{}");
    let version = plan(&server, "reject");
    send(&server, "2", "{}");
    assert_eq!((timeline(&server).len(), quarantined(&server).len()), (1, 1));
    server.kill();
    assert!(server.start(), "{}", server.log());
    server.settle();
    assert_eq!((timeline(&server).len(), quarantined(&server).len()), (1, 1), "version {version}");
    assert_eq!(server.api("PUT", "/plan/unplanned", &json!({"mode": "watch"})).status, 204);
    assert_eq!(server.api("DELETE", "/plan/entry?event=Seen", &Value::Null).status, 200);
    server.kill();
    assert!(server.start(), "{}", server.log());
    server.settle();
    assert_eq!((timeline(&server).len(), quarantined(&server).len()), (1, 1), "and a milder one adds nothing");
    server.stop();
    let replayed = server.command(&["replay"]).output().unwrap();
    assert!(replayed.status.success(), "{}", String::from_utf8_lossy(&replayed.stdout));
}

/// The control: where events are judged once more, what was accepted is lost.
#[test]
fn judged_again_after_a_crash_it_would_be_lost() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::new(folder.path(), &[]).with_fault("judge-again");
    assert!(server.start(), "{}", server.log());
    send(&server, "1", "{}");
    plan(&server, "reject");
    assert_eq!(happened(&server).0.len(), 1);
    server.kill();
    assert!(server.start(), "{}", server.log());
    server.settle();
    let (events, counted) = happened(&server);
    assert_eq!((events.len(), counted), (0, 1));
}

#[test]
fn what_is_no_schema_is_refused_and_nothing_changes() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::running(folder.path());
    let version = plan(&server, "watch");
    let put = |schema: Value| server.api("PUT", "/plan/entry", &json!({"event": "Seen", "schema": schema}));
    let refused = put(json!({"properties": {"a": {"type": "numbr"}}}));
    let problem: Value = serde_json::from_str(&refused.body).unwrap();
    assert_eq!((refused.status, &problem["field"]), (400, &json!("schema/properties/a/type")));
    let remote = put(json!({"$ref": "https://example.com/schema.json"}));
    assert!(remote.status == 400 && remote.body.contains("nothing is fetched"), "{remote:?}");
    let moved = server.api("PUT", "/plan/entry", &json!({"event": "Seen", "schema": {}, "based_on": version + 7}));
    assert!(moved.status == 409 && moved.body.contains("plan_moved"), "{moved:?}");
    let entry = get(&server.address, "/plan/entry?event=Seen");
    assert_eq!((&entry["current"]["version"], entry["history"].as_array().unwrap().len()), (&json!(version), 1));
    // A schema that would keep another server busy for ever.
    let hostile = json!({"properties": {"a": {"pattern": "^(a+)+$"}}});
    assert_eq!(put(hostile).status, 200);
    let long = "a".repeat(30_000);
    send(&server, "1", &format!(r#"{{"a":"{long}!"}}"#));
    assert_eq!(row(&server, "Seen")["failed"], 1);
    // Whoever looks at an older version neither removes the newer one nor puts another back over it.
    let stale = |answer: Answer| assert!(answer.status == 409 && answer.body.contains("plan_moved"), "{answer:?}");
    stale(server.api("DELETE", &format!("/plan/entry?event=Seen&based_on={version}"), &Value::Null));
    stale(server.api("POST", "/plan/restore", &json!({"version": version, "based_on": version})));
    // What was in force before is put back, which is a change, too.
    let restored = server.api("POST", "/plan/restore", &json!({"version": version, "note": "too slow"}));
    let entry: Value = serde_json::from_str(&restored.body).unwrap();
    assert_eq!((restored.status, entry["history"].as_array().unwrap().len()), (200, 3));
    assert_eq!(entry["current"]["schema"], serde_json::from_str::<Value>(PRICE).unwrap());
}

#[test]
fn a_plan_is_learned_tried_and_kept_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::running(folder.path());
    for n in 0..40 {
        let price = if n == 7 { r#""7""#.to_owned() } else { n.to_string() };
        send(&server, &n.to_string(), &format!(r#"{{"price":{price},"color":"{}"}}"#, ["red", "blue"][n % 2]));
    }
    let learned = server.api("POST", "/plan/learn", &json!({"event": "Seen"}));
    let learned: Value = serde_json::from_str(&learned.body).unwrap();
    let proposal = &learned["proposals"][0];
    assert_eq!((&proposal["events"], &proposal["planned"]), (&json!(40), &json!(false)));
    assert_eq!(proposal["schema"]["properties"]["color"]["enum"], json!(["blue", "red"]));
    assert_eq!(get(&server.address, "/plan")["version"], 0, "nothing is switched on");
    let schema: Value = serde_json::from_str(PRICE).unwrap();
    let tried = server.api("POST", "/plan/trial", &json!({"event": "Seen", "schema": schema}));
    let tried: Value = serde_json::from_str(&tried.body).unwrap();
    assert_eq!((&tried["tried"], &tried["failed"]), (&json!(40), &json!(1)));
    assert_eq!(tried["problems"], json!([{"path": "/price", "rule": "type", "events": 1}]));
    assert_eq!(tried["examples"][0]["properties"]["price"], "7");
    server.stop();

    let run = |arguments: &[&str]| {
        let output = server.command(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.success(), said)
    };
    let file = folder.path().join("plan.toml");
    let file = file.to_str().unwrap();
    let (done, said) = run(&["plan", "learn", "--output", file]);
    assert!(done && said.contains("Seen: learned from 40 events; 0 of them"), "{said}");
    let (done, said) = run(&["plan", "check", "--events", file]);
    assert!(done && said.contains("Seen: 0 of the last 40 events"), "{said}");
    let (done, said) = run(&["plan", "import", file, "--note", "from git"]);
    assert!(done && said.contains("1 changes; the plan has 1 entries"), "{said}");
    assert!(run(&["plan", "import", file]).1.contains("0 changes"));
    let (done, said) = run(&["plan", "mode", "reject", "Seen"]);
    assert!(done && said.contains("reject from now on, version 2"), "{said}");
    let (done, said) = run(&["plan", "show", "Seen"]);
    assert!(done && said.contains("watch, version 1  command line: from git"), "{said}");
    let exported = folder.path().join("exported.json");
    assert!(run(&["plan", "export", exported.to_str().unwrap()]).0);
    let exported: Value = serde_json::from_str(&std::fs::read_to_string(&exported).unwrap()).unwrap();
    assert_eq!((&exported["events"][0]["mode"], &exported["unplanned"]), (&json!("reject"), &json!("watch")));
    let (done, said) = run(&["plan", "mode", "flag", "Unknown"]);
    assert!(!done && said.contains("does not name `Unknown`"), "{said}");
    std::fs::write(file, "[[events]]\nevent = \"A\"\nschema.type = \"numbr\"\n").unwrap();
    let (done, said) = run(&["plan", "check", file]);
    assert!(!done && said.contains("entry 1, A: the schema at /type"), "{said}");
}

/// A mapping makes orders beside the properties; the plan sees them as a website would have sent them.
#[test]
fn an_order_of_a_web_hook_keeps_to_a_plan_made_for_websites() {
    const PAID: &str = include_str!("../../../../../packs/mappings/webhooks/shopify/orders-paid.json");
    let folder = tempfile::tempdir().unwrap();
    let server = Server::running(folder.path());
    let schema = json!({
        "required": ["order_id", "currency", "products"],
        "properties": {
            "currency": {"enum": ["EUR"]},
            "products": {"minItems": 1, "items": {"required": ["product_id", "price"], "properties": {"price": {"type": "number"}}}},
        },
    });
    let entry = json!({"event": "Order Completed", "mode": "reject", "schema": schema});
    assert_eq!(server.api("PUT", "/plan/entry", &entry).status, 200);
    let hook = json!({"name": "Hook", "kind": "webhook", "hook": {
        "system": "generic", "secret": "a long secret", "signature_scheme": "token", "signature_header": "x-token",
        "mapping": include_str!("../../../../../packs/mappings/webhooks/shopify.toml"),
    }});
    assert_eq!(server.api("POST", "/sources", &hook).status, 201);
    let headers = "x-token: a long secret\r\nx-shopify-topic: orders/paid\r\n";
    let deliver = |body: &str| {
        assert_eq!(server.client().post_with("/v1/hooks/hook", headers, body.as_bytes()).unwrap().status, 200);
        server.settle();
        let checked = row(&server, "Order Completed");
        (checked["checked"].as_u64().unwrap(), checked["failed"].as_u64().unwrap())
    };
    assert_eq!(deliver(PAID), (1, 0));
    let in_yen = PAID.replace("\"EUR\"", "\"JPY\"").replace("820982911946154508", "820982911946154600");
    assert_eq!(deliver(&in_yen), (2, 1));
    let trial = server.api("POST", "/plan/trial", &json!({"event": "Order Completed", "schema": schema}));
    let trial: Value = serde_json::from_str(&trial.body).unwrap();
    assert_eq!((&trial["tried"], &trial["failed"]), (&json!(1), &json!(0)), "{trial}");
}
