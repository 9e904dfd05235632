//! Threads for work that gives way.
//!
//! What arrives has to be on the disk before its sender is answered; what becomes of it can follow a moment later. So
//! processing has threads of its own, which the system lets wait where the others need the processors. They are as fast as
//! any where there is room, and catch up after a storm.

use std::future::Future;
use tokio::{
    runtime::{Builder, Runtime},
    task::JoinHandle,
};

/// Of the system's 40 steps: with ten less a thread gets a tenth of what another one gets that wants the same processor.
#[cfg(target_os = "linux")]
const STEPS_DOWN: libc::c_int = 10;

/// A runtime of its own, which ends with this without waiting for what runs there.
pub struct Background(Option<Runtime>);

impl Background {
    /// Starts it.
    ///
    /// # Errors
    /// When the system has no room for its threads.
    pub fn start() -> std::io::Result<Self> {
        let mut builder = Builder::new_multi_thread();
        builder.enable_all().thread_name("processing").on_thread_start(give_way);
        Ok(Self(Some(builder.build()?)))
    }

    /// Begins some work there.
    pub fn spawn<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
        match &self.0 {
            Some(runtime) => runtime.spawn(work),
            // Only while it is being dropped, when nobody can ask any more.
            None => tokio::spawn(work),
        }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        // To wait is not allowed inside of another runtime, which is where this happens.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

fn give_way() {
    // SAFETY: sets a number of the calling thread, which on Linux is what 0 means; no memory is involved. Where it is not
    // allowed, nothing changes.
    #[cfg(target_os = "linux")]
    unsafe {
        libc::setpriority(libc::PRIO_PROCESS, 0, STEPS_DOWN);
    }
}
