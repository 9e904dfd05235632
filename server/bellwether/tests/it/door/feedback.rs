//! What becomes of messages: who opens one or follows a link of it is seen on the customer's timeline, and whose mailbox bounces gets
//! nothing more.

use super::{client::Answer, server::Server};
use crate::{
    send::two_years,
    support::{MAPPING, get},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

/// One of the campaign's messages, as its receiver has it.
pub struct Letter {
    pub id: String,
    pub address: String,
    /// Paths of its tracked links, in order.
    pub links: Vec<String>,
    /// The path of its picture.
    pub picture: String,
    /// The path of its way out.
    pub unsubscribe: String,
    pub text: String,
}

/// A shop that has sent a campaign with tracked links; nothing runs yet.
pub fn sent(folder: &Path, settings: &[&str]) -> Server {
    let usual = ["engage.track=on", "engage.product_url=https://shop.example.com/p/{product}"];
    let settings: Vec<String> = usual.iter().chain(settings).map(|&text| text.to_owned()).collect();
    let server = Server::new(folder, &settings);
    std::fs::write(folder.join("orders.csv"), two_years()).unwrap();
    std::fs::write(folder.join("mapping.toml"), MAPPING).unwrap();
    for arguments in [
        &["import", "orders.csv", "--mapping", "mapping.toml"][..],
        &["refresh"],
        &["campaign", "add", "--pack", "retail"],
        &["campaign", "run", "thank-champions"],
    ] {
        ok(&server, arguments);
    }
    server
}

fn ok(server: &Server, arguments: &[&str]) -> String {
    let output = server.command(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What lies in the outbox, by message.
pub fn letters(server: &Server) -> Vec<Letter> {
    let files = std::fs::read_dir(server.data().join("outbox")).unwrap();
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
    paths.sort();
    paths.iter().map(|path| letter(path)).collect()
}

fn letter(path: &Path) -> Letter {
    let raw = std::fs::read_to_string(path).unwrap();
    let mut parts = raw.split("--=_").skip(1).map(readable);
    let (text, html) = (parts.next().unwrap(), parts.next().unwrap());
    let paths = |start: &str| -> Vec<String> {
        let base = format!("http://127.0.0.1:4180{start}");
        let found = html.split(&base).skip(1).map(|rest| format!("{start}{}", rest.split('"').next().unwrap()));
        found.collect()
    };
    let to = raw.lines().find_map(|line| line.strip_prefix("To: ")).unwrap();
    Letter {
        id: path.file_stem().unwrap().to_str().unwrap().to_owned(),
        address: to.rsplit('<').next().unwrap().trim_end_matches('>').to_owned(),
        links: paths("/c/"),
        picture: paths("/o/").pop().unwrap(),
        unsubscribe: paths("/u/").pop().unwrap(),
        text,
    }
}

/// A part with its transfer encoding undone.
fn readable(part: &str) -> String {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let (head, body) = part.split_once("\r\n\r\n").unwrap();
    let head = head.to_lowercase();
    let bytes = if head.contains("base64") {
        STANDARD.decode(body.split_whitespace().collect::<String>()).unwrap()
    } else if head.contains("quoted-printable") {
        let mut bytes = Vec::new();
        let mut rest = body.replace("=\r\n", "").into_bytes().into_iter();
        while let Some(byte) = rest.next() {
            bytes.push(if byte == b'=' {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            } else {
                byte
            });
        }
        bytes
    } else {
        body.as_bytes().to_vec()
    };
    String::from_utf8(bytes).unwrap()
}

/// Asks as a mail program does.
pub fn ask(server: &Server, method: &str, path: &str, agent: &str) -> Answer {
    let request = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\nuser-agent: {agent}\r\n\r\n", server.address);
    server.client().send(request.as_bytes()).unwrap()
}

const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0";

fn follow(server: &Server, link: &str) -> Answer {
    let answer = ask(server, "GET", link, BROWSER);
    assert_eq!(answer.status, 302, "{answer:?}");
    answer
}

/// The customer that a message went to.
fn customer(server: &Server, letter: &Letter) -> String {
    let page = get(&server.address, "/campaigns/thank-champions/messages?page_size=500");
    let row = page["rows"].as_array().unwrap().iter().find(|row| row["id"] == letter.id.as_str()).unwrap().clone();
    row["customer"]["id"].as_str().unwrap().to_owned()
}

/// What the newest events of the message's customer are, without orders.
fn timeline(server: &Server, letter: &Letter) -> Vec<Value> {
    server.settle();
    let page = get(&server.address, &format!("/customers/{}/timeline?limit=50", customer(server, letter)));
    let events = page["events"].as_array().unwrap().iter().filter(|event| event["order"].is_null());
    events.cloned().collect()
}

fn names(events: &[Value]) -> BTreeMap<&str, usize> {
    let mut names = BTreeMap::new();
    events.iter().for_each(|event| *names.entry(event["name"].as_str().unwrap()).or_insert(0) += 1);
    names
}

/// Leaves time enough within the minute that what is done now counts as one moment.
fn begin_a_moment() {
    let second = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() % 60;
    if second > 40 {
        std::thread::sleep(std::time::Duration::from_secs(61 - second));
    }
}

#[test]
fn who_opens_and_clicks_is_seen_on_the_timeline() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = sent(folder.path(), &[]);
    assert!(server.start(), "{}", server.log());
    let letters = letters(&server);
    let (reader, other) = (&letters[0], &letters[1]);
    assert!(reader.links.len() > 1 && reader.text.contains("https://shop.example.com") && !reader.text.contains("/c/"));
    begin_a_moment();
    let picture = ask(&server, "GET", &reader.picture, BROWSER);
    assert!(picture.status == 200 && picture.body.starts_with("GIF89a"), "{picture:?}");
    let head = picture.head.to_lowercase();
    for line in ["content-type: image/gif", "cache-control: no-store", "cross-origin-resource-policy: cross-origin"] {
        assert!(head.contains(line), "{head}");
    }
    // Twice within a moment is once; another link is another click; a look whether it is there is none.
    for _ in 0..2 {
        let answer = follow(&server, &reader.links[0]);
        assert!(answer.head.to_lowercase().contains("\r\nlocation: https://shop.example.com"), "{answer:?}");
        assert!(answer.head.to_lowercase().contains("cache-control: no-store"), "{answer:?}");
    }
    follow(&server, &reader.links[1]);
    assert_eq!(ask(&server, "HEAD", &reader.links[1], BROWSER).status, 302);
    assert_eq!(ask(&server, "HEAD", &other.links[0], BROWSER).status, 302);

    let events = timeline(&server, reader);
    assert_eq!(names(&events), BTreeMap::from([("Email Link Clicked", 2), ("Email Opened", 1)]));
    let click = events.iter().find(|event| event["properties"]["link_number"] == 1).unwrap();
    let properties = &click["properties"];
    assert_eq!(properties["campaign"], "thank-champions");
    assert_eq!(
        (properties["message_id"].as_str(), properties["channel"].as_str()),
        (Some(&*reader.id), Some("outbox"))
    );
    assert!(properties["link"].as_str().unwrap().starts_with("https://shop.example.com"), "{properties}");
    assert!(click["bot_probability"].as_f64().unwrap() < 0.1, "{click}");
    assert_eq!(names(&timeline(&server, other)), BTreeMap::new());
    // And nobody new came of it.
    assert_eq!(get(&server.address, "/customers?q=message")["total"], 0);
    server.stop();
    ok(&server, &["replay"]);
}

#[test]
fn programs_that_load_everything_are_told_from_people() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = sent(folder.path(), &[]);
    assert!(server.start(), "{}", server.log());
    let letters = letters(&server);
    let gmail = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)";
    let scanner = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0";
    let agents = [(BROWSER, false), (gmail, false), ("Mozilla/5.0", true), (scanner, true), ("", true)];
    for (letter, (agent, _)) in letters.iter().zip(agents) {
        ask(&server, "GET", &letter.picture, agent);
    }
    for (letter, (agent, is_bot)) in letters.iter().zip(agents) {
        let events = timeline(&server, letter);
        let probability = events[0]["bot_probability"].as_f64().unwrap();
        assert_eq!(probability > 0.5, is_bot, "{agent}: {probability}");
    }
}

#[test]
fn nobody_makes_a_link_of_ours_lead_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = sent(folder.path(), &[]);
    assert!(server.start(), "{}", server.log());
    let letter = letters(&server).remove(0);
    let token = letter.links[0].strip_prefix("/c/").unwrap();
    let forged = |token: &str| {
        let answer = ask(&server, "GET", &format!("/c/{token}"), BROWSER);
        assert!(answer.status == 404 && !answer.head.to_lowercase().contains("location:"), "{answer:?}");
    };
    forged(&token[..token.len() - 4]);
    forged(&format!("{token}AAAA"));
    forged(&token.replacen(&token[..4], "AAAA", 1));
    forged("aHR0cHM6Ly9ldmlsLmV4YW1wbGU");
    forged(letter.picture.trim_start_matches("/o/").trim_end_matches(".gif"));
    assert_eq!(ask(&server, "GET", &letter.picture.replace(".gif", ""), BROWSER).status, 404);
    assert_eq!(ask(&server, "GET", &format!("/o/{token}.gif"), BROWSER).status, 404);
    assert_eq!(names(&timeline(&server, &letter)), BTreeMap::new());
}

/// Opens one message after the other, and kills the server as soon as it has answered; how many of that are known afterwards.
fn kept_after_kills(server: &mut Server, letters: &[Letter]) -> usize {
    for letter in letters {
        assert!(server.start(), "{}", server.log());
        follow(server, &letter.links[0]);
        server.kill();
    }
    assert!(server.start(), "{}", server.log());
    letters.iter().filter(|letter| !timeline(server, letter).is_empty()).count()
}

#[test]
fn what_was_answered_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = sent(folder.path(), &[]);
    let letters = letters(&server);
    assert_eq!(kept_after_kills(&mut server, &letters[..10]), 10);
}

#[test]
fn without_waiting_for_the_disk_a_kill_would_lose_some() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = sent(folder.path(), &[]).with_fault("acknowledge-early");
    let letters = letters(&server);
    let kept = kept_after_kills(&mut server, &letters[..10]);
    assert!(kept < 10, "all {kept} are there");
}

#[test]
fn who_unsubscribes_is_seen_on_the_timeline() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = sent(folder.path(), &[]);
    assert!(server.start(), "{}", server.log());
    let letter = letters(&server).remove(0);
    for _ in 0..2 {
        let answer = server.client().post_with(&letter.unsubscribe, "", b"List-Unsubscribe=One-Click").unwrap();
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    let events = timeline(&server, &letter);
    assert_eq!(names(&events), BTreeMap::from([("Unsubscribed", 1)]));
    assert_eq!(events[0]["properties"]["campaign"], "thank-champions");
}

const SECRET: &str = "0123456789abcdef";
const SENDGRID: &str = include_str!("../../../../../packs/mappings/webhooks/sendgrid.toml");

/// A web hook of SendGrid, which takes the secret as the password in the address.
fn with_hook(server: &Server) {
    let hook = json!({
        "system": "generic", "secret": SECRET, "signature_header": "authorization", "signature_scheme": "token",
        "mapping": SENDGRID,
    });
    let answer = server.api("POST", "/sources", &json!({ "name": "Mail", "kind": "webhook", "hook": hook }));
    assert_eq!(answer.status, 201, "{answer:?}");
}

fn deliver(server: &Server, password: &str, told: &Value) -> u16 {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let basic = STANDARD.encode(format!("bellwether:{password}"));
    let headers = format!("content-type: application/json\r\nauthorization: Basic {basic}\r\n");
    server.client().post_with("/v1/hooks/mail", &headers, told.to_string().as_bytes()).unwrap().status
}

fn bounce(letter: &Letter, id: &str, kind: &str) -> Value {
    json!([{
        "event": "bounce", "type": kind, "email": letter.address, "timestamp": 1_793_610_862, "reason": "550 5.1.1 unknown",
        "sg_event_id": id, "bellwether_message": letter.id,
    }])
}

/// Sends another campaign to the same people, and says what was decided about the receivers of these letters.
fn decided(server: &mut Server, slug: &str, letters: &[&Letter]) -> Vec<String> {
    server.stop();
    let pack = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/retail/campaigns");
    let own = server.folder.join(slug);
    std::fs::create_dir(&own).unwrap();
    for ending in ["toml", "en.mjml", "zh-CN.mjml"] {
        let text = std::fs::read_to_string(pack.join(format!("thank-champions.{ending}"))).unwrap();
        std::fs::write(own.join(format!("{slug}.{ending}")), text.replace("thank-champions", slug)).unwrap();
    }
    ok(server, &["campaign", "add", slug]);
    ok(server, &["campaign", "run", slug]);
    assert!(server.start(), "{}", server.log());
    let choice = |letter: &&Letter| {
        let path = format!("/campaigns/{slug}/decisions/{}", customer(server, letter));
        let choice = get(&server.address, &path)["choice"].as_str().unwrap().to_owned();
        // Who is held out could have been sent to.
        if choice == "hold_out" { "send".to_owned() } else { choice }
    };
    letters.iter().map(choice).collect()
}

#[test]
fn whose_mailbox_bounces_gets_nothing_more() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = sent(folder.path(), &[]);
    assert!(server.start(), "{}", server.log());
    with_hook(&server);
    let letters = letters(&server);
    let [gone, full, forged, complains, untold] = [0, 1, 2, 3, 4].map(|number| &letters[number]);
    assert_eq!(deliver(&server, "another password", &bounce(forged, "sg-0", "bounce")), 401);
    assert_eq!(deliver(&server, SECRET, &bounce(gone, "sg-1", "bounce")), 200);
    assert_eq!(deliver(&server, SECRET, &bounce(full, "sg-2", "blocked")), 200);
    let complaint = json!([{
        "event": "spamreport", "email": complains.address.to_uppercase(), "timestamp": 1_793_610_862, "sg_event_id": "sg-3",
        "bellwether_message": complains.id,
    }]);
    assert_eq!(deliver(&server, SECRET, &complaint), 200);
    // Anybody has the key of a website: whoever makes up a bounce with it stops nobody's messages.
    let made_up = json!({
        "type": "track", "event": "Email Bounced", "anonymousId": format!("mailbox:{}", forged.address),
        "messageId": "made-up", "properties": { "bounce_type": "permanent", "message_id": forged.id },
    });
    assert_eq!(server.client().post("/v1/track", &server.key, made_up.to_string().as_bytes()).unwrap().status, 200);
    assert_eq!(names(&timeline(&server, gone)), BTreeMap::from([("Email Bounced", 1)]));
    assert_eq!(names(&timeline(&server, full)), BTreeMap::from([("Email Bounced", 1)]));
    assert_eq!(names(&timeline(&server, complains)), BTreeMap::from([("Email Marked as Spam", 1)]));
    assert_eq!(names(&timeline(&server, forged)), BTreeMap::new());

    let choices = decided(&mut server, "second", &[gone, full, forged, complains, untold]);
    assert_eq!(choices, ["suppressed", "send", "send", "suppressed", "send"]);

    // Somebody allows both addresses again. What is delivered once more changes nothing, what is new does.
    server.stop();
    let store = rusqlite::Connection::open(server.data().join("store.sqlite")).unwrap();
    let reasons: Vec<String> = store
        .prepare("SELECT reason FROM suppressions ORDER BY reason")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(reasons, ["bounced", "complained"]);
    store.execute("DELETE FROM suppressions", []).unwrap();
    drop(store);
    assert!(server.start(), "{}", server.log());
    assert_eq!(deliver(&server, SECRET, &bounce(gone, "sg-1", "bounce")), 200);
    assert_eq!(deliver(&server, SECRET, &bounce(complains, "sg-4", "bounce")), 200);
    server.settle();
    assert_eq!(decided(&mut server, "third", &[gone, complains]), ["send", "suppressed"]);
}
