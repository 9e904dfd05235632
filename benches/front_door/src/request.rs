//! Requests that are ready to be sent but for the ids of their events.

use crate::clickstream::{Clickstream, Numbers, UUID_LENGTH, patch_uuid};
use std::{
    fmt::{Display, Write as _},
    str::FromStr,
};

/// By which call events are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Many in one request: `POST /v1/batch`.
    Batch,
    /// One in each: `POST /v1/track`.
    Track,
}

impl FromStr for Mode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "batch" => Ok(Self::Batch),
            "track" => Ok(Self::Track),
            _ => Err("it must be `batch` or `track`".to_owned()),
        }
    }
}

/// Where requests go, and by what key.
#[derive(Debug, Clone)]
pub struct Target {
    /// Name and port: `127.0.0.1:8400`.
    pub address: String,
    /// The write key; the user of Basic authentication, without a password.
    pub key: String,
    /// The call.
    pub mode: Mode,
}

/// Head and body in one piece, and where the `messageId`s are in it.
#[derive(Debug)]
pub struct Request {
    bytes: Vec<u8>,
    places: Vec<usize>,
}

impl Request {
    /// With the next `events` of a stream.
    pub fn new(target: &Target, stream: &mut Clickstream, events: usize) -> Self {
        let (mut body, mut places) = (Vec::new(), Vec::new());
        match target.mode {
            Mode::Track => places.extend(stream.next_event().write_call(&mut body, true)),
            Mode::Batch => {
                body.extend_from_slice(b"{\"batch\":[");
                for number in 0..events {
                    if number > 0 {
                        body.push(b',');
                    }
                    places.extend(stream.next_event().write_call(&mut body, true));
                }
                body.extend_from_slice(b"]}");
            }
        }
        let mut bytes = head(target, body.len()).into_bytes();
        places.iter_mut().for_each(|place| *place += bytes.len());
        bytes.append(&mut body);
        Self { bytes, places }
    }

    /// How many events it holds.
    pub fn events(&self) -> usize {
        self.places.len()
    }

    /// The bytes to send, with events that nobody has sent before.
    pub fn renewed(&mut self, numbers: &mut Numbers) -> &[u8] {
        for place in &self.places {
            patch_uuid(&mut self.bytes[*place..*place + UUID_LENGTH], numbers.uuid());
        }
        &self.bytes
    }
}

fn head(target: &Target, length: usize) -> String {
    let path = if target.mode == Mode::Batch { "/v1/batch" } else { "/v1/track" };
    let credentials = base64(format!("{}:", target.key).as_bytes());
    let address: &dyn Display = &target.address;
    format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Basic {credentials}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    )
}

/// RFC 4648, with padding.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word = (0..3).fold(0, |word, place| word << 8 | u32::from(chunk.get(place).copied().unwrap_or(0)));
        for place in 0..4 {
            let symbol = char::from(ALPHABET[(word >> (18 - 6 * place)) as usize & 63]);
            let _ = text.write_char(if place <= chunk.len() { symbol } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn base64_is_that_of_the_rfc() {
        let cases =
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy")];
        for (plain, encoded) in cases {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
    }

    #[test]
    fn a_request_is_whole_and_never_the_same_twice() {
        let target = Target { address: "127.0.0.1:1".into(), key: "k".into(), mode: Mode::Batch };
        let mut request = Request::new(&target, &mut Clickstream::new(1), 10);
        let (mut numbers, mut ids) = (Numbers::new(9), HashSet::new());
        for _ in 0..3 {
            let bytes = String::from_utf8(request.renewed(&mut numbers).to_vec()).unwrap();
            let (head, body) = bytes.split_once("\r\n\r\n").unwrap();
            assert!(head.starts_with("POST /v1/batch HTTP/1.1\r\n"));
            assert!(head.ends_with(&format!("Content-Length: {}", body.len())));
            let body: serde_json::Value = serde_json::from_str(body).unwrap();
            ids.extend(body["batch"].as_array().unwrap().iter().map(|call| call["messageId"].to_string()));
        }
        assert_eq!(ids.len(), 30);
    }
}
