//! A small mail server for tests: speaks SMTP on a free port of the loopback, takes what it likes and remembers everything.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream, tcp::OwnedWriteHalf},
};

/// What the server saw.
#[derive(Debug, Default)]
pub struct Seen {
    /// Recipient and message of everything that was accepted.
    pub messages: Vec<(String, String)>,
    /// Every line that a client sent outside of messages.
    pub commands: Vec<String>,
    /// Connections so far.
    pub connections: usize,
    /// Messages being received at once, at most.
    pub most_at_once: usize,
    now: usize,
    recovered: bool,
}

/// What the server offers and how it behaves.
#[derive(Debug, Clone, Copy, Default)]
pub struct Behaviour {
    /// Takes so many messages, and answers this command with that until [`Sink::recover`]: `(5, "MAIL", "530 log in first")`.
    pub outage: Option<(usize, &'static str, &'static str)>,
    /// Offers `AUTH PLAIN LOGIN` and takes the password `letmein` only.
    pub authentication: bool,
    /// Says nothing at all after the connection is open.
    pub silent: bool,
}

/// The running server.
pub struct Sink {
    pub address: SocketAddr,
    pub seen: Arc<Mutex<Seen>>,
}

impl Sink {
    /// Starts; ends with the test's runtime.
    pub async fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let shared = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.lock().unwrap().connections += 1;
                tokio::spawn(Conversation::new(stream, Arc::clone(&shared), behaviour).hold());
            }
        });
        Self { address, seen }
    }

    /// Ends the outage.
    pub fn recover(&self) {
        self.seen.lock().unwrap().recovered = true;
    }

    /// The messages that arrived for an address.
    pub fn arrived(&self, recipient: &str) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        seen.messages.iter().filter(|(to, _)| to == recipient).map(|(_, message)| message.clone()).collect()
    }
}

struct Conversation {
    reader: BufReader<tokio::net::tcp::OwnedReadHalf>,
    writer: OwnedWriteHalf,
    seen: Arc<Mutex<Seen>>,
    behaviour: Behaviour,
    tries: usize,
}

impl Conversation {
    fn new(stream: TcpStream, seen: Arc<Mutex<Seen>>, behaviour: Behaviour) -> Self {
        let (reader, writer) = stream.into_split();
        Self { reader: BufReader::new(reader), writer, seen, behaviour, tries: 0 }
    }

    async fn hold(mut self) {
        if self.behaviour.silent {
            let _ = self.line().await;
            return;
        }
        self.say("220 sink ready").await;
        let mut recipient = String::new();
        while let Some(line) = self.line().await {
            self.seen.lock().unwrap().commands.push(line.clone());
            let upper = line.to_uppercase();
            if upper.starts_with("EHLO") {
                self.greet().await;
            } else if let Some(answer) = self.outage(&upper) {
                self.say(answer).await;
            } else if upper.starts_with("AUTH PLAIN") {
                // \0user\0letmein
                let right = line.ends_with("AHVzZXIAbGV0bWVpbg==");
                self.say(if right { "235 welcome" } else { "535 5.7.8 no such user or password" }).await;
            } else if upper.starts_with("RCPT TO:") {
                recipient = line["RCPT TO:".len()..].trim_matches(['<', '>', ' ']).to_owned();
                if !self.judge(&recipient).await {
                    return;
                }
            } else if upper == "DATA" {
                self.say("354 go on").await;
                if !self.receive(&recipient).await {
                    return;
                }
            } else if upper == "QUIT" {
                self.say("221 bye").await;
                return;
            } else {
                self.say("250 ok").await;
            }
        }
    }

    fn outage(&self, command: &str) -> Option<&'static str> {
        let (after, refused, answer) = self.behaviour.outage?;
        let seen = self.seen.lock().unwrap();
        (!seen.recovered && seen.messages.len() >= after && command.starts_with(refused)).then_some(answer)
    }

    async fn greet(&mut self) {
        self.say("250-sink").await;
        if self.behaviour.authentication {
            self.say("250-AUTH PLAIN LOGIN").await;
        }
        self.say("250 8BITMIME").await;
    }

    /// The name says what happens: `refused@…` 550, `later@…` 450, `busy@…` 451, `greylisted@…` 451 once, `hangup@…` the line goes dead.
    async fn judge(&mut self, recipient: &str) -> bool {
        let local = recipient.split('@').next().unwrap_or_default();
        match local {
            "refused" => self.say("550 5.1.1 no such person").await,
            "later" => self.say("450 4.2.1 come back later").await,
            "busy" => self.say("451 4.3.0 come back later").await,
            "greylisted" if self.tries == 0 => {
                self.tries += 1;
                self.say("451 4.7.1 greylisted").await;
            }
            "hangup" => return false,
            _ => self.say("250 ok").await,
        }
        true
    }

    /// `lost@…`: the message is taken and the line goes dead before the answer. `spam@…`: refused after it was read.
    async fn receive(&mut self, recipient: &str) -> bool {
        {
            let mut seen = self.seen.lock().unwrap();
            seen.now += 1;
            seen.most_at_once = seen.most_at_once.max(seen.now);
        }
        let mut message = String::new();
        while let Some(line) = self.line().await {
            if line == "." {
                break;
            }
            message.push_str(line.strip_prefix('.').unwrap_or(&line));
            message.push_str("\r\n");
        }
        tokio::task::yield_now().await;
        self.seen.lock().unwrap().now -= 1;
        if recipient.starts_with("spam@") {
            self.say("554 5.7.1 looks like spam").await;
            return true;
        }
        self.seen.lock().unwrap().messages.push((recipient.to_owned(), message));
        if recipient.starts_with("lost@") {
            return false;
        }
        self.say("250 2.0.0 queued as 42").await;
        true
    }

    async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let length = self.reader.read_line(&mut line).await.ok()?;
        (length > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
    }

    async fn say(&mut self, line: &str) {
        let _ = self.writer.write_all(format!("{line}\r\n").as_bytes()).await;
    }
}
