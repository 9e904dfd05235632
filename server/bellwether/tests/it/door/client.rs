//! A sender on one connection, without anything that a library would do for it.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

/// Longer than any answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    /// Whether the sender was told when to come again.
    pub fn says_when(&self) -> bool {
        self.head.to_lowercase().contains("\r\nretry-after:")
    }
}

/// A connection that is kept.
pub struct Client {
    address: String,
    stream: Option<TcpStream>,
}

impl Client {
    pub fn new(address: &str) -> Self {
        Self { address: address.to_owned(), stream: None }
    }

    /// Posts a body with a write key. Nothing where the connection fails, or ends before the answer is whole.
    pub fn post(&mut self, path: &str, key: &str, body: &[u8]) -> Option<Answer> {
        self.post_with(path, &format!("x-write-key: {key}\r\ncontent-type: application/json\r\n"), body)
    }

    /// The same with headers of one's own, each of which ends its line.
    pub fn post_with(&mut self, path: &str, headers: &str, body: &[u8]) -> Option<Answer> {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\n{headers}content-length: {}\r\n\r\n",
            self.address,
            body.len()
        );
        let mut request = head.into_bytes();
        request.extend_from_slice(body);
        self.send(&request)
    }

    /// Asks for a page.
    pub fn get(&mut self, path: &str) -> Option<Answer> {
        self.send(format!("GET {path} HTTP/1.1\r\nhost: {}\r\n\r\n", self.address).as_bytes())
    }

    /// Sends bytes as they are, and waits for an answer.
    pub fn send(&mut self, request: &[u8]) -> Option<Answer> {
        let answer = self.try_to_send(request).ok();
        if answer.as_ref().is_none_or(|answer| answer.head.to_lowercase().contains("connection: close")) {
            self.stream = None;
        }
        answer
    }

    fn try_to_send(&mut self, request: &[u8]) -> std::io::Result<Answer> {
        if self.stream.is_none() {
            let stream = TcpStream::connect(&self.address)?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            self.stream = Some(stream);
        }
        let stream = self.stream.as_mut().ok_or(std::io::ErrorKind::NotConnected)?;
        // Whoever refuses a body may answer before it is sent.
        let written = stream.write_all(request);
        read_answer(stream).or_else(|error| written.and(Err(error)))
    }
}

fn read_answer(stream: &mut TcpStream) -> std::io::Result<Answer> {
    let mut bytes = Vec::new();
    let mut part = [0; 4096];
    loop {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let head = end.map(|end| String::from_utf8_lossy(&bytes[..end + 2]).into_owned());
        if let (Some(end), Some(head)) = (end, head) {
            let length = header(&head, "content-length").and_then(|length| length.parse().ok()).unwrap_or(0usize);
            if bytes.len() >= end + 4 + length {
                let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
                let body = String::from_utf8_lossy(&bytes[end + 4..end + 4 + length]).into_owned();
                return Ok(Answer { status, head, body });
            }
        }
        match stream.read(&mut part)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            count => bytes.extend_from_slice(&part[..count]),
        }
    }
}

fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    head.lines()
        .find_map(|line| line.split_once(':').filter(|(key, _)| key.eq_ignore_ascii_case(name)))
        .map(|(_, value)| value.trim())
}
