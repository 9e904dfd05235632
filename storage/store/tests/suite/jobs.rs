use super::{Case, fixtures::*};
use bellwether_domain::{Job, JobState};
use bellwether_store::Error;
use serde_json::json;
use std::collections::HashSet;

const KINDS: &[&str] = &["demo/import", "demo/train"];

pub async fn a_job_is_enqueued_once(fresh: Case) {
    let store = &fresh.store;
    assert!(store.enqueue(&job(1, at(0))).await.unwrap());
    assert!(!store.enqueue(&job(1, at(5))).await.unwrap());
    assert_eq!(store.job(job(1, at(0)).id).await.unwrap(), Some(job(1, at(0))));
    assert_eq!(store.job(job(2, at(0)).id).await.unwrap(), None);
    let mut done = store.claim(KINDS, at(1), at(2)).await.unwrap().unwrap();
    done.finish(json!(1), at(2)).unwrap();
    store.save_job(&done).await.unwrap();
    assert!(!store.enqueue(&job(1, at(9))).await.unwrap(), "work that is done is not done again");
    assert_eq!(store.jobs().await.unwrap(), [done]);
}

pub async fn a_job_waits_for_its_time(fresh: Case) {
    let store = &fresh.store;
    store.enqueue(&job(1, at(10))).await.unwrap();
    store.enqueue(&job(2, at(5))).await.unwrap();
    assert_eq!(store.claim(KINDS, at(4), at(100)).await.unwrap(), None);
    assert_eq!(store.claim(&["other"], at(20), at(100)).await.unwrap(), None);
    assert_eq!(store.claim(&[], at(20), at(100)).await.unwrap(), None);
    let claimed = store.claim(KINDS, at(20), at(100)).await.unwrap().unwrap();
    let mut expected = job(2, at(5));
    expected.claim(at(20), at(100)).unwrap();
    assert_eq!(claimed, expected, "the one that waits longest, as the domain would have claimed it");
    assert_eq!(store.job(expected.id).await.unwrap(), Some(expected));
    assert_eq!(store.claim(KINDS, at(20), at(100)).await.unwrap().map(|job| job.id), Some(job(1, at(0)).id));
    assert_eq!(store.claim(KINDS, at(20), at(100)).await.unwrap(), None);
}

pub async fn jobs_are_claimed_by_one_worker_each(fresh: Case) {
    for n in 0..60 {
        fresh.store.enqueue(&job(n, at(0))).await.unwrap();
    }
    let mut workers = Vec::new();
    for _ in 0..4 {
        let store = fresh.another().await;
        workers.push(tokio::spawn(async move {
            let mut claimed = Vec::new();
            while let Some(job) = store.claim(KINDS, at(1), at(100)).await.unwrap() {
                assert_eq!(job.attempts, 1);
                claimed.push(job.id);
            }
            claimed
        }));
    }
    let mut all = Vec::new();
    for worker in workers {
        all.extend(worker.await.unwrap());
    }
    assert_eq!(all.len(), 60, "some job was claimed twice, or by nobody");
    assert_eq!(all.into_iter().collect::<HashSet<_>>().len(), 60);
}

pub async fn a_lease_that_ran_out_is_taken_over(fresh: Case) {
    let store = &fresh.store;
    store.enqueue(&job(1, at(0))).await.unwrap();
    let first = store.claim(KINDS, at(1), at(10)).await.unwrap().unwrap();
    assert_eq!(store.claim(KINDS, at(9), at(20)).await.unwrap(), None);
    let second = store.claim(KINDS, at(10), at(20)).await.unwrap().unwrap();
    assert_eq!((second.id, second.attempts), (first.id, 2));
    // A lease that was renewed in time is not taken.
    let mut renewed = second;
    renewed.state = JobState::Running { since: at(10), lease_until: at(50) };
    renewed.progress = Some((3, 10, "reading".to_owned()));
    store.save_job(&renewed).await.unwrap();
    assert_eq!(store.claim(KINDS, at(30), at(40)).await.unwrap(), None);
    assert_eq!(store.job(renewed.id).await.unwrap(), Some(renewed));
}

pub async fn a_worker_that_lost_its_job_cannot_save_it(fresh: Case) {
    let store = &fresh.store;
    store.enqueue(&job(1, at(0))).await.unwrap();
    let mut slow = store.claim(KINDS, at(1), at(10)).await.unwrap().unwrap();
    let mut fast = store.claim(KINDS, at(11), at(20)).await.unwrap().unwrap();
    slow.finish(json!("slow"), at(12)).unwrap();
    let error = store.save_job(&slow).await.unwrap_err();
    assert!(matches!(&error, Error::JobNotHeld { state, attempt: 1, .. } if state == "running"), "{error}");
    fast.finish(json!("fast"), at(13)).unwrap();
    store.save_job(&fast).await.unwrap();
    assert_eq!(store.job(fast.id).await.unwrap(), Some(fast.clone()));
    // What has ended stays ended.
    let error = store.save_job(&fast).await.unwrap_err();
    assert!(matches!(&error, Error::JobNotHeld { state, .. } if state == "done"), "{error}");
    let error = store.save_job(&job(7, at(0))).await.unwrap_err();
    assert!(matches!(&error, Error::JobNotHeld { state, .. } if state == "unknown"), "{error}");
}

pub async fn jobs_come_back_in_every_state(fresh: Case) {
    let store = &fresh.store;
    for n in 0..4 {
        store.enqueue(&job(n, at(0))).await.unwrap();
    }
    let mut ends: Vec<Job> = Vec::new();
    for _ in 0..4 {
        ends.push(store.claim(KINDS, at(1), at(10)).await.unwrap().unwrap());
    }
    ends[0].finish(json!({"rows": 541_909}), at(2)).unwrap();
    ends[1].fail("the file is gone".to_owned(), at(3)).unwrap();
    ends[2].retry_at(at(60)).unwrap();
    ends[3].progress = Some((1, 2, String::new()));
    for end in &ends {
        store.save_job(end).await.unwrap();
        assert_eq!(store.job(end.id).await.unwrap().as_ref(), Some(end));
    }
    assert_eq!(store.jobs().await.unwrap().len(), 4);
    // The one that was put back can be claimed again when its time has come.
    let again = store.claim(KINDS, at(60), at(70)).await.unwrap().unwrap();
    assert_eq!(again.attempts, 2);
}

pub async fn a_job_is_ended_in_the_queue_and_at_work(fresh: Case) {
    let store = &fresh.store;
    store.enqueue(&job(1, at(0))).await.unwrap();
    store.enqueue(&job(2, at(100))).await.unwrap();
    let mut running = store.claim(KINDS, at(1), at(10)).await.unwrap().unwrap();
    let mut waiting = job(2, at(100));
    assert!(!store.remove_ended_job(waiting.id).await.unwrap(), "it has not ended");
    for job in [&mut running, &mut waiting] {
        let worker = job.clone();
        job.cancel(at(5)).unwrap();
        store.end_job(job).await.unwrap();
        assert_eq!(store.job(job.id).await.unwrap().as_ref(), Some(&*job));
        let error = store.save_job(&worker).await.unwrap_err();
        assert!(matches!(&error, Error::JobNotHeld { state, .. } if state == "failed"), "{error}");
        let error = store.end_job(job).await.unwrap_err();
        assert!(matches!(&error, Error::JobNotHeld { state, .. } if state == "failed"), "{error}");
        assert!(job.cancel(at(6)).is_err());
    }
    assert_eq!(store.claim(KINDS, at(200), at(300)).await.unwrap(), None);
    assert!(store.remove_ended_job(running.id).await.unwrap());
    assert!(!store.remove_ended_job(running.id).await.unwrap());
    assert_eq!(store.jobs().await.unwrap(), [waiting]);
}

pub async fn what_a_process_that_is_gone_has_left_is_put_back(fresh: Case) {
    let store = &fresh.store;
    for n in 0..3 {
        store.enqueue(&job(n, at(0))).await.unwrap();
    }
    let mut done = store.claim(KINDS, at(1), at(1_000)).await.unwrap().unwrap();
    done.finish(json!(1), at(2)).unwrap();
    store.save_job(&done).await.unwrap();
    let mut left = store.claim(KINDS, at(3), at(1_000)).await.unwrap().unwrap();
    // Neither what waits nor what has ended, and only these kinds.
    assert_eq!(store.requeue_jobs(&["other"], at(4)).await.unwrap(), 0);
    assert_eq!(store.requeue_jobs(KINDS, at(4)).await.unwrap(), 1);
    assert_eq!(store.job(done.id).await.unwrap(), Some(done));
    // The attempt counts, so whoever thought to have it has lost it.
    let mut attempts = Vec::new();
    while let Some(job) = store.claim(KINDS, at(5), at(1_000)).await.unwrap() {
        attempts.push((job.id == left.id, job.attempts));
    }
    attempts.sort_unstable();
    assert_eq!(attempts, [(false, 1), (true, 2)]);
    left.finish(json!(2), at(6)).unwrap();
    assert!(store.save_job(&left).await.is_err());
}
