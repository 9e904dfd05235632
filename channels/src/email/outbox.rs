//! A folder of `.eml` files that any mail program opens. One message is one file, named by the message's id.
//!
//! A file appears whole or not at all (temporary name, then rename), and is written over by the same bytes when it is sent again.
//! [`Outbox::flush`] makes a whole batch durable with one call to the file system.

use super::mime;
use crate::{Answer, Channel, ChannelDescription, ChannelError, OutgoingMessage, Receipt, ReceiptLookup, SendError};
use bellwether_domain::MessageId;
use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::Mutex,
};

const NAME: &str = "outbox";

/// The folder.
#[derive(Debug)]
pub struct Outbox {
    folder: PathBuf,
    /// Files that were renamed into place since the last flush.
    unflushed: Mutex<Vec<PathBuf>>,
}

impl Outbox {
    /// Uses `folder`, which is made when the first message (or the check) comes.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), unflushed: Mutex::new(Vec::new()) }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file of a message, whether it exists or not.
    pub fn path_of(&self, id: MessageId) -> PathBuf {
        self.folder.join(file_name(id))
    }

    fn unflushed(&self) -> std::sync::MutexGuard<'_, Vec<PathBuf>> {
        self.unflushed.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn error(&self, doing: &str, error: &io::Error) -> ChannelError {
        ChannelError { channel: NAME, detail: format!("cannot {doing} `{}`: {error}", self.folder.display()) }
    }
}

impl Channel for Outbox {
    fn describe(&self) -> ChannelDescription {
        ChannelDescription {
            name: NAME,
            destination: format!("the folder {}", self.folder.display()),
            can_tell_afterwards: true,
            leaves_this_machine: false,
            concurrency: std::thread::available_parallelism().map_or(1, usize::from).min(16) * 2,
        }
    }

    fn check(&self) -> Answer<'_, Result<(), ChannelError>> {
        let folder = self.folder.clone();
        Box::pin(async move {
            blocking(move || prove_writable(&folder)).await.map_err(|error| self.error("write to the folder", &error))
        })
    }

    fn check_message(&self, message: &OutgoingMessage) -> Result<(), SendError> {
        mime::build(message).map(drop)
    }

    fn send<'a>(&'a self, message: &'a OutgoingMessage) -> Answer<'a, Result<Receipt, SendError>> {
        Box::pin(async move {
            let (folder, own) = (self.folder.clone(), message.clone());
            // Encoding is work for a processor, and so kept away from those that serve connections.
            let written = tokio::task::spawn_blocking(move || -> Result<PathBuf, SendError> {
                let bytes = mime::build(&own)?.formatted();
                write_whole(&folder, &file_name(own.id), &bytes).map_err(|error| write_error(&folder, &error))
            });
            let path = written.await.map_err(|error| write_error(&self.folder, &io::Error::other(error)))??;
            self.unflushed().push(path);
            Ok(Receipt(file_name(message.id)))
        })
    }

    fn flush(&self) -> Answer<'_, Result<(), ChannelError>> {
        Box::pin(async move {
            let files = std::mem::take(&mut *self.unflushed());
            if files.is_empty() {
                return Ok(());
            }
            let (folder, pending) = (self.folder.clone(), files.clone());
            let done = blocking(move || make_durable(&folder, &pending)).await;
            done.map_err(|error| {
                self.unflushed().extend(files);
                self.error("make files durable in", &error)
            })
        })
    }

    fn find_receipt(&self, id: MessageId) -> Answer<'_, Result<ReceiptLookup, ChannelError>> {
        Box::pin(async move {
            let path = self.path_of(id);
            let complete = blocking({
                let path = path.clone();
                move || is_complete(&path, id)
            });
            match complete.await {
                Ok(true) => {
                    // It may have been renamed by a process that died before its flush.
                    self.unflushed().push(path);
                    Ok(ReceiptLookup::Sent(Receipt(file_name(id))))
                }
                Ok(false) => Ok(ReceiptLookup::NotSent),
                Err(error) => Err(self.error("look for a message in", &error)),
            }
        })
    }
}

fn file_name(id: MessageId) -> String {
    format!("{id}.eml")
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

fn prove_writable(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let probe = folder.join(format!(".probe-{}", std::process::id()));
    fs::write(&probe, b"probe")?;
    fs::remove_file(&probe)
}

fn write_whole(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    let temporary = folder.join(format!(".{name}.part"));
    let path = folder.join(name);
    let mut file = match File::create(&temporary) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(folder)?;
            File::create(&temporary)?
        }
        other => other?,
    };
    let written = file.write_all(bytes).and_then(|()| fs::rename(&temporary, &path));
    if written.is_err() {
        // Best effort: a leftover part is invisible to readers and is written over by the next try.
        let _ = fs::remove_file(&temporary);
    }
    written.map(|()| path)
}

/// A folder that cannot be written to, a full disk: no message would fare better.
fn write_error(folder: &Path, error: &io::Error) -> SendError {
    SendError::channel_wide(format!("cannot write to the outbox `{}`: {error}", folder.display()))
}

/// A message that was written to its end. A power failure can leave a file of the right name without its bytes.
fn is_complete(path: &Path, id: MessageId) -> io::Result<bool> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(128)))?;
    let mut tail = Vec::with_capacity(128);
    file.read_to_end(&mut tail)?;
    Ok(mime::is_complete(id, &tail))
}

/// One call for the whole batch where the system has one; a sync of every file and of the folder elsewhere.
#[cfg(target_os = "linux")]
fn make_durable(folder: &Path, _files: &[PathBuf]) -> io::Result<()> {
    use std::os::fd::AsRawFd;
    let folder = File::open(folder)?;
    // SAFETY: `syncfs` only reads the descriptor, which `folder` keeps open until after the call.
    match unsafe { libc::syncfs(folder.as_raw_fd()) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

#[cfg(not(target_os = "linux"))]
fn make_durable(folder: &Path, files: &[PathBuf]) -> io::Result<()> {
    for file in files {
        File::open(file)?.sync_all()?;
    }
    File::open(folder)?.sync_all()
}
