//! Bodies of batches, at hand and to be used again. Fresh memory for every batch cost an import a tenth of its processor
//! time, most of it in page faults.

use crate::StoredBatch;
use bellwether_domain::Offset;
use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Batches that wait for a reader who is almost as fast as the writer. One who is further behind reads the file.
const AT_HAND: usize = 2;
/// Bodies that nobody uses at the moment.
const SPARE: usize = 3;

#[derive(Default)]
pub(crate) struct Memory {
    at_hand: Mutex<VecDeque<StoredBatch>>,
    spare: Mutex<Vec<Vec<u8>>>,
}

impl Memory {
    /// Keeps a batch that is durable.
    pub fn keep(&self, batch: StoredBatch) {
        let mut at_hand = lock(&self.at_hand);
        if at_hand.len() < AT_HAND {
            at_hand.push_back(batch);
        } else {
            drop(at_hand);
            self.give_back(batch.body);
        }
    }

    /// The batch of an offset, if it is here; those before it are not needed any more.
    pub fn at_hand(&self, offset: Offset) -> Option<StoredBatch> {
        let mut at_hand = lock(&self.at_hand);
        while at_hand.front().is_some_and(|batch| batch.offset < offset) {
            let passed = at_hand.pop_front();
            passed.into_iter().for_each(|batch| self.give_back(batch.body));
        }
        at_hand.pop_front_if(|batch| batch.offset == offset)
    }

    /// Frees what nobody uses.
    pub fn forget_spares(&self) {
        lock(&self.spare).clear();
    }

    /// An empty body with room for so many bytes.
    pub fn take(&self, bytes: usize) -> Vec<u8> {
        match lock(&self.spare).pop() {
            Some(body) if body.capacity() >= bytes => body,
            // Growing would copy what is not needed any more; the next one may be a little larger.
            _ => Vec::with_capacity(bytes + bytes / 4),
        }
    }

    pub fn give_back(&self, mut body: Vec<u8>) {
        body.clear();
        let mut spare = lock(&self.spare);
        if spare.len() < SPARE {
            spare.push(body);
        }
    }
}

fn lock<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}
