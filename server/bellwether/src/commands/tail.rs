//! `bellwether tail`: what a running server is told, as it is told it.

use crate::{cli::TailOptions, config::Config};
use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Write},
    net::TcpStream,
};

/// Shows events until the server or the reader ends.
pub fn tail(config: &Config, options: &TailOptions) -> Result<()> {
    let address = config.server.listen.to_string();
    let cookie = match config.server.admin_password.reveal() {
        Some(password) => Some(sign_in(&address, password)?),
        None => None,
    };
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in [("source", &options.source), ("event", &options.event)] {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    let path = format!("/api/v1/events/live?{}", query.finish());
    let mut answer = ask(&address, "GET", &path, cookie.as_deref(), "")?;
    read_head(&mut answer)?;
    eprintln!("Events as they arrive at http://{address} (Ctrl+C ends)");
    let mut out = std::io::stdout();
    let mut kind = String::new();
    for line in answer.lines() {
        let line = line.context("the server has ended")?;
        match line.split_once(": ") {
            Some(("event", name)) => kind = name.to_owned(),
            Some(("data", data)) if kind == "skipped" => eprintln!("({data} batches came too fast to be shown)"),
            Some(("data", data)) if kind == "more" => eprintln!("(and {data} more events at once)"),
            Some(("data", data)) if options.json => writeln!(out, "{data}")?,
            Some(("data", data)) => writeln!(out, "{}", sentence(data)?)?,
            _ if line.is_empty() => kind.clear(),
            _ => {}
        }
    }
    Ok(())
}

/// One event in one line.
fn sentence(data: &str) -> Result<String> {
    let event: Value = serde_json::from_str(data)?;
    let text = |field: &str| event[field].as_str().unwrap_or_default();
    let who = match (text("user_id"), text("anonymous_id")) {
        ("", "") => "nobody".to_owned(),
        ("", visitor) => format!("visitor {visitor}"),
        (user, _) => user.to_owned(),
    };
    let properties = match &event["properties"] {
        Value::Null => String::new(),
        properties => format!("  {properties}"),
    };
    Ok(format!("{}  {}  {}  {who}{properties}", text("time"), text("source"), text("name")))
}

fn sign_in(address: &str, password: &str) -> Result<String> {
    let body = serde_json::json!({ "password": password }).to_string();
    let head = read_head(&mut ask(address, "POST", "/api/v1/session", None, &body)?)?;
    let cookie = head.iter().find_map(|line| line.strip_prefix("set-cookie: ")?.split(';').next());
    Ok(cookie.context("the server gave no session")?.to_owned())
}

/// Asks in the oldest form of HTTP, in which an answer ends with its connection.
fn ask(address: &str, method: &str, path: &str, cookie: Option<&str>, body: &str) -> Result<BufReader<TcpStream>> {
    let mut stream = TcpStream::connect(address)
        .with_context(|| format!("no server answers at {address}; start it with `bellwether serve`"))?;
    let cookie = cookie.map(|cookie| format!("Cookie: {cookie}\r\n")).unwrap_or_default();
    let kind = if body.is_empty() { "" } else { "Content-Type: application/json\r\n" };
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nHost: {address}\r\n{cookie}{kind}Content-Length: {length}\r\n\r\n{body}"
    )?;
    Ok(BufReader::new(stream))
}

/// The lines of an answer's head, which must be a good one.
fn read_head(answer: &mut BufReader<TcpStream>) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if answer.read_line(&mut line)? == 0 || line.trim_end().is_empty() {
            break;
        }
        lines.push(line.trim_end().to_owned());
    }
    match lines.first().and_then(|line| line.split(' ').nth(1)) {
        Some("200") => Ok(lines),
        Some("401" | "403") => bail!("the server wants another password (setting server.admin_password)"),
        _ => bail!("the server answered `{}`", lines.first().map_or("", String::as_str)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(event: &str, expected: &str) {
        assert_eq!(sentence(event).unwrap(), expected);
    }

    #[test]
    fn an_event_is_one_line() {
        check(
            r#"{"time":"2026-01-01T00:00:00Z","source":"shop","name":"Page","user_id":"u","properties":{"a":1}}"#,
            r#"2026-01-01T00:00:00Z  shop  Page  u  {"a":1}"#,
        );
        check(
            r#"{"time":"2026-01-01T00:00:00Z","source":"shop","name":"Page","user_id":null,"anonymous_id":"v","properties":null}"#,
            "2026-01-01T00:00:00Z  shop  Page  visitor v",
        );
    }
}
