//! Many callers, one writer: what they bring waits in a bounded queue and becomes durable in groups.
//!
//! Waiting for the disk takes the same time for one record as for thousands. So the writer takes whatever has come while it
//! was waiting for the last group, and nobody ever waits for a group to fill.

use crate::{Error, Inbox, NewBatch, Result, inbox::count_lines};
use bellwether_domain::{Clock, Offset};
use std::{
    collections::VecDeque,
    fmt,
    path::PathBuf,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
};
use tokio::sync::oneshot;

/// How much may wait, and how much becomes durable together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppenderLimits {
    /// Requests that may wait.
    pub waiting_requests: usize,
    /// Bytes that may wait, not compressed.
    pub waiting_bytes: usize,
    /// Requests of one group.
    pub group_requests: usize,
    /// Bytes of one group, not compressed; a request that is larger is a group by itself.
    pub group_bytes: usize,
    /// Events of one group. Whoever reads the inbox works batch by batch, and holds one in memory.
    pub group_events: u64,
}

impl Default for AppenderLimits {
    fn default() -> Self {
        Self {
            waiting_requests: 4096,
            waiting_bytes: 64 << 20,
            group_requests: 256,
            group_bytes: 2 << 20,
            group_events: 4096,
        }
    }
}

/// Appends for many callers at once. Clones share the queue and its thread; when the last of them is dropped, what waits
/// is still written, and everybody who waits is told.
#[derive(Clone)]
pub struct Appender(Arc<Handle>);

struct Handle {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    path: PathBuf,
    limits: AppenderLimits,
    queue: Mutex<Queue>,
    arrived: Condvar,
    /// Requests whose senders wait: in the queue, or being written.
    unanswered: AtomicUsize,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Request>,
    bytes: usize,
    closed: bool,
}

/// One caller's records.
struct Request {
    lines: Vec<u8>,
    records: u32,
    events: u32,
    answer: oneshot::Sender<Result<Offset>>,
}

impl Inbox {
    /// Starts a thread that appends for others. `clock` says when each batch was appended.
    ///
    /// # Errors
    /// When the system has no room for another thread.
    pub fn appender(self: &Arc<Self>, clock: Arc<dyn Clock>, limits: AppenderLimits) -> Result<Appender> {
        let shared = Arc::new(Shared {
            path: self.path().to_owned(),
            limits,
            queue: Mutex::default(),
            arrived: Condvar::new(),
            unanswered: AtomicUsize::new(0),
        });
        let (inbox, queue) = (Arc::clone(self), Arc::clone(&shared));
        let thread = thread::Builder::new()
            .name("inbox writer".to_owned())
            .spawn(move || write_groups(&inbox, &queue, &*clock))
            .map_err(|e| Error::from_io(self.path(), "start the writer of", e))?;
        Ok(Appender(Arc::new(Handle { shared, thread: Mutex::new(Some(thread)) })))
    }
}

impl Appender {
    /// Puts whole lines into the queue: `records` of them, which hold `events` events. The future is ready when they are
    /// on the disk, and gives the offset of the batch that holds them; it needs no particular runtime. To drop it does not
    /// take the records back.
    ///
    /// # Errors
    /// [`Error::Overloaded`] and [`Error::RecordCount`] at once, without anything being kept; [`Error::DiskFull`] and the
    /// others of [`Inbox::append`] when the group could not be written, again without anything being kept;
    /// [`Error::Stopped`] when nobody can say.
    pub fn append(
        &self,
        lines: Vec<u8>,
        records: u32,
        events: u32,
    ) -> impl Future<Output = Result<Offset>> + Send + 'static + use<> {
        let shared = Arc::clone(&self.0.shared);
        let queued = shared.enqueue(lines, records, events);
        async move { queued?.await.unwrap_or_else(|_| Err(shared.stopped())) }
    }

    /// How many requests wait to be written.
    pub fn waiting(&self) -> usize {
        self.0.shared.lock().waiting.len()
    }

    /// How many requests are not answered yet: those that wait, and those that are being written.
    pub fn unanswered(&self) -> usize {
        self.0.shared.unanswered.load(Ordering::Relaxed)
    }

    /// Takes nothing more, and returns when all that waits is written and everybody told. Blocking.
    pub fn close(&self) {
        self.0.shared.close();
        let thread = self.0.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A thread that panicked has nothing more to say: those who waited know already.
        drop(thread.map(JoinHandle::join));
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.close();
    }
}

impl fmt::Debug for Appender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Appender").field("path", &self.0.shared.path).finish_non_exhaustive()
    }
}

impl Shared {
    fn enqueue(&self, mut lines: Vec<u8>, records: u32, events: u32) -> Result<oneshot::Receiver<Result<Offset>>> {
        // Here, because behind this only the whole group could be refused.
        let found = count_lines(&lines);
        if found != records as usize {
            return Err(Error::RecordCount { index: 0, said: records, found });
        }
        if lines.last().is_some_and(|byte| *byte != b'\n') {
            lines.push(b'\n');
        }
        let (answer, receiver) = oneshot::channel();
        let mut queue = self.lock();
        if queue.closed {
            return Err(self.stopped());
        }
        let waiting = queue.waiting.len();
        let bytes = queue.bytes + lines.len();
        if waiting >= self.limits.waiting_requests || (waiting > 0 && bytes > self.limits.waiting_bytes) {
            return Err(Error::Overloaded { path: self.path.clone(), waiting });
        }
        queue.bytes = bytes;
        queue.waiting.push_back(Request { lines, records, events, answer });
        self.unanswered.fetch_add(1, Ordering::Relaxed);
        drop(queue);
        self.arrived.notify_one();
        Ok(receiver)
    }

    /// Waits for the next requests; `None` when there will be no more.
    fn next_group(&self) -> Option<Vec<Request>> {
        let mut queue = self.lock();
        while queue.waiting.is_empty() && !queue.closed {
            queue = self.arrived.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        let group = queue.take_group(&self.limits);
        (!group.is_empty()).then_some(group)
    }

    fn close(&self) {
        self.lock().closed = true;
        self.arrived.notify_one();
    }

    fn stopped(&self) -> Error {
        Error::Stopped { path: self.path.clone() }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn take_group(&mut self, limits: &AppenderLimits) -> Vec<Request> {
        let (mut group, mut bytes, mut events) = (Vec::new(), 0, 0);
        while let Some(next) = self.waiting.front() {
            bytes += next.lines.len();
            events += u64::from(next.events);
            let full =
                group.len() >= limits.group_requests || bytes > limits.group_bytes || events > limits.group_events;
            if full && !group.is_empty() {
                break;
            }
            self.bytes -= next.lines.len();
            group.extend(self.waiting.pop_front());
        }
        group
    }
}

/// The writer's thread.
fn write_groups(inbox: &Inbox, shared: &Shared, clock: &dyn Clock) {
    let _whatever_happens = EndsTheWaiting(shared);
    while let Some(group) = shared.next_group() {
        let (batch, answers) = joined(group);
        let written = inbox.append(&[batch], None, clock.now());
        shared.unanswered.fetch_sub(answers.len(), Ordering::Relaxed);
        for answer in answers {
            // Who has gone away meanwhile need not be told.
            drop(answer.send(written.as_ref().map(|offset| *offset).map_err(Error::repeated)));
        }
    }
}

/// The group as one batch, and who waits for it.
fn joined(group: Vec<Request>) -> (NewBatch, Vec<oneshot::Sender<Result<Offset>>>) {
    let records = group.iter().map(|request| request.records).sum();
    let mut body = Vec::with_capacity(group.iter().map(|request| request.lines.len()).sum());
    let mut answers = Vec::with_capacity(group.len());
    for request in group {
        body.extend_from_slice(&request.lines);
        answers.push(request.answer);
    }
    (NewBatch { records, body }, answers)
}

/// However the writer's thread ends: nobody waits for it any longer.
struct EndsTheWaiting<'s>(&'s Shared);

impl Drop for EndsTheWaiting<'_> {
    fn drop(&mut self) {
        let mut queue = self.0.lock();
        queue.closed = true;
        queue.bytes = 0;
        // Dropping a sender is what wakes its receiver.
        queue.waiting.clear();
    }
}

#[cfg(test)]
#[path = "appender_tests.rs"]
mod tests;
