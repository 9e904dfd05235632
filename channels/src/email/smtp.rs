//! Hands messages to a mail server.
//!
//! The steps of one delivery are separate here because they fail differently: until the message's last byte is out, a broken
//! connection means that nothing was sent; after it, nobody can say. A connection goes back to the pool only when
//! nothing is left to be read from it, so an answer can never be taken for that of another message.

use super::{
    mime,
    refusal::{self, Step},
    settings::{SmtpSettings, TlsMode},
};
use crate::{Answer, Channel, ChannelDescription, ChannelError, OutgoingMessage, Receipt, ReceiptLookup, SendError};
use bellwether_domain::MessageId;
use lettre::{
    address::Envelope,
    transport::smtp::{
        Error as SmtpError,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Mail, Rcpt, Rset},
        extension::{ClientId, Extension, MailParameter},
        response::Response,
    },
};
use std::{error::Error as _, fmt, future::Future, sync::Mutex};
use tokio::sync::Semaphore;

const NAME: &str = "smtp";

/// A mail server.
pub struct Smtp {
    settings: SmtpSettings,
    idle: Mutex<Vec<AsyncSmtpConnection>>,
    slots: Semaphore,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Smtp {
    /// Nothing is connected before the first message.
    pub fn new(settings: SmtpSettings) -> Self {
        let slots = Semaphore::new(settings.connections.clamp(1, 100));
        Self { settings, idle: Mutex::new(Vec::new()), slots }
    }

    async fn deliver(&self, message: &OutgoingMessage) -> Result<Receipt, SendError> {
        let mail = mime::build(message)?;
        let _slot = self.slots.acquire().await.map_err(|_| SendError::channel_wide("the channel was closed"))?;
        let mut connection = self.connection().await?;
        let result = self.converse(&mut connection, mail.envelope(), &mail.formatted()).await;
        if result.as_ref().err().is_none_or(|failure| failure.answered) {
            self.idle().push(connection);
        }
        result.map_err(|failure| failure.error)
    }

    /// `MAIL`, `RCPT`, `DATA`: nothing has left before the last of them is answered. Then the message itself.
    async fn converse(
        &self,
        connection: &mut AsyncSmtpConnection,
        envelope: &Envelope,
        bytes: &[u8],
    ) -> Result<Receipt, Failure> {
        let parameters = self.mail_parameters(connection, envelope)?;
        self.ask(Step::Sender, connection.command(Mail::new(envelope.from().cloned(), parameters))).await?;
        for recipient in envelope.to() {
            self.ask(Step::Recipient, connection.command(Rcpt::new(recipient.clone(), Vec::new()))).await?;
        }
        self.ask(Step::Data, connection.command(Data)).await?;
        match tokio::time::timeout(self.settings.timeout(), connection.message(bytes)).await {
            Ok(Ok(response)) => Ok(Receipt(words(&response))),
            Ok(Err(error)) if error.status().is_some() => Err(failure(Step::Message, &error)),
            Ok(Err(error)) => Err(uncertain(format!("no answer after the message was sent: {error}"))),
            Err(_) => {
                let seconds = self.settings.timeout_seconds;
                Err(uncertain(format!("no answer within {seconds} s after the message was sent")))
            }
        }
    }

    fn mail_parameters(
        &self,
        connection: &AsyncSmtpConnection,
        envelope: &Envelope,
    ) -> Result<Vec<MailParameter>, Failure> {
        let addresses = || envelope.from().into_iter().chain(envelope.to());
        if addresses().all(|address| address.to_string().is_ascii()) {
            return Ok(Vec::new());
        }
        if connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            Ok(vec![MailParameter::SmtpUtfEight])
        } else {
            let detail = format!("{} does not take addresses with non-ASCII letters", self.settings.host);
            let ours = envelope.from().is_some_and(|from| !from.to_string().is_ascii());
            let error = if ours { SendError::channel_wide(detail) } else { SendError::permanent(detail) };
            Err(Failure { error, answered: true })
        }
    }

    /// An idle connection that still answers, or a new one.
    async fn connection(&self) -> Result<AsyncSmtpConnection, SendError> {
        loop {
            let idle = self.idle().pop();
            let Some(mut connection) = idle else { return self.connect().await };
            // Also clears what an earlier message left behind.
            if self.ask(Step::Data, connection.command(Rset)).await.is_ok() {
                return Ok(connection);
            }
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, SendError> {
        let opened = tokio::time::timeout(self.settings.timeout(), self.open());
        match opened.await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(SendError::channel_wide(format!(
                "{}:{} did not answer within {} s",
                self.settings.host,
                self.settings.effective_port(),
                self.settings.timeout_seconds
            ))),
        }
    }

    async fn open(&self) -> Result<AsyncSmtpConnection, SendError> {
        let SmtpSettings { host, tls, hello_name, .. } = &self.settings;
        let hello = hello_name.clone().map_or_else(ClientId::default, ClientId::Domain);
        let parameters = || TlsParameters::new(host.clone()).map_err(|error| self.cannot("prepare TLS for", &error));
        let wrapper = if *tls == TlsMode::Tls { Some(parameters()?) } else { None };
        let address = (host.as_str(), self.settings.effective_port());
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(address, Some(self.settings.timeout()), &hello, wrapper, None)
                .await
                .map_err(|error| self.cannot("connect to", &error))?;
        if *tls == TlsMode::Starttls {
            // Before the password and before any message: a server that cannot encrypt gets neither.
            connection.starttls(parameters()?, &hello).await.map_err(|error| self.cannot("start TLS with", &error))?;
        }
        self.authenticate(&mut connection).await?;
        Ok(connection)
    }

    async fn authenticate(&self, connection: &mut AsyncSmtpConnection) -> Result<(), SendError> {
        let (Some(username), Some(password)) = (&self.settings.username, &self.settings.password) else {
            return Ok(());
        };
        let credentials = Credentials::new(username.clone(), password.reveal().to_owned());
        // Some servers repeat what they were sent, so their words are not passed on.
        let refused = |error: SmtpError| {
            let code = error.status().map_or_else(|| "no usable method".to_owned(), |code| code.to_string());
            SendError::channel_wide(format!("{} refused the user name or password ({code})", self.settings.host))
        };
        connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await.map(drop).map_err(refused)
    }

    /// One command and its answer, in bounded time, before anything has left.
    async fn ask(&self, step: Step, command: impl Future<Output = Result<Response, SmtpError>>) -> Result<(), Failure> {
        match tokio::time::timeout(self.settings.timeout(), command).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(failure(step, &error)),
            Err(_) => {
                let detail =
                    format!("{} did not answer within {} s", self.settings.host, self.settings.timeout_seconds);
                Err(Failure { error: SendError::channel_wide(detail), answered: false })
            }
        }
    }

    fn cannot(&self, doing: &str, error: &SmtpError) -> SendError {
        SendError::channel_wide(format!(
            "cannot {doing} {}:{}: {error}",
            self.settings.host,
            self.settings.effective_port()
        ))
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<AsyncSmtpConnection>> {
        self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// A delivery that did not succeed.
struct Failure {
    error: SendError,
    /// Every question was answered, so nothing is left to be read and the connection can serve the next message.
    answered: bool,
}

/// What the server said, or that the conversation broke.
fn failure(step: Step, error: &SmtpError) -> Failure {
    let Some(code) = error.status() else {
        let detail = format!("the conversation with the mail server broke: {error}");
        return Failure { error: SendError::channel_wide(detail), answered: false };
    };
    let words = error.source().map(ToString::to_string).unwrap_or_default();
    let kind = refusal::kind(step, u16::from(code), &words);
    Failure { error: SendError { kind, detail: format!("the mail server refused: {error}") }, answered: true }
}

fn uncertain(detail: String) -> Failure {
    Failure { error: SendError::uncertain(detail), answered: false }
}

fn words(response: &Response) -> String {
    let lines: Vec<&str> = response.message().collect();
    format!("{} {}", response.code(), lines.join(" "))
}

impl Channel for Smtp {
    fn describe(&self) -> ChannelDescription {
        ChannelDescription {
            name: NAME,
            destination: format!("the mail server {}:{}", self.settings.host, self.settings.effective_port()),
            can_tell_afterwards: false,
            leaves_this_machine: true,
            concurrency: self.settings.connections.clamp(1, 100),
        }
    }

    fn check(&self) -> Answer<'_, Result<(), ChannelError>> {
        Box::pin(async move {
            let connection =
                self.connection().await.map_err(|error| ChannelError { channel: NAME, detail: error.detail })?;
            self.idle().push(connection);
            Ok(())
        })
    }

    fn check_message(&self, message: &OutgoingMessage) -> Result<(), SendError> {
        mime::build(message).map(drop)
    }

    fn send<'a>(&'a self, message: &'a OutgoingMessage) -> Answer<'a, Result<Receipt, SendError>> {
        Box::pin(self.deliver(message))
    }

    /// What the server answered for is the server's to keep.
    fn flush(&self) -> Answer<'_, Result<(), ChannelError>> {
        Box::pin(async { Ok(()) })
    }

    fn find_receipt(&self, _id: MessageId) -> Answer<'_, Result<ReceiptLookup, ChannelError>> {
        Box::pin(async { Ok(ReceiptLookup::CannotTell) })
    }
}
