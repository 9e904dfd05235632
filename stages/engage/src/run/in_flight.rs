//! Many futures, a few at once.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    task::Poll,
};

/// Drives all futures to their ends, at most `at_once` together. The results come in the order of the futures.
pub(super) async fn all<F: Future + Unpin>(futures: impl Iterator<Item = F>, at_once: usize) -> Vec<F::Output> {
    let mut waiting = futures.enumerate();
    let mut running: Vec<(usize, F)> = Vec::new();
    let mut results: Vec<Option<F::Output>> = Vec::new();
    let mut finished: Vec<(usize, F::Output)> = Vec::new();
    loop {
        while running.len() < at_once.max(1) {
            let Some(next) = waiting.next() else { break };
            results.push(None);
            running.push(next);
        }
        if running.is_empty() {
            return results.into_iter().flatten().collect();
        }
        poll_fn(|context| {
            let mut at = 0;
            while at < running.len() {
                match Pin::new(&mut running[at].1).poll(context) {
                    Poll::Ready(output) => finished.push((running.swap_remove(at).0, output)),
                    Poll::Pending => at += 1,
                }
            }
            if finished.is_empty() { Poll::Pending } else { Poll::Ready(()) }
        })
        .await;
        for (index, output) in finished.drain(..) {
            results[index] = Some(output);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn results_keep_their_order_and_the_limit_is_kept() {
        static RUNNING: AtomicUsize = AtomicUsize::new(0);
        static MOST: AtomicUsize = AtomicUsize::new(0);
        let work = |number: usize| {
            Box::pin(async move {
                MOST.fetch_max(RUNNING.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                for _ in 0..number % 7 {
                    tokio::task::yield_now().await;
                }
                RUNNING.fetch_sub(1, Ordering::SeqCst);
                number
            })
        };
        assert_eq!(all((0..100).map(work), 5).await, (0..100).collect::<Vec<_>>());
        assert_eq!(MOST.load(Ordering::SeqCst), 5);
        assert!(all((0..0).map(work), 5).await.is_empty());
    }
}
