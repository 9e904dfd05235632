//! The plug pulled again and again under load: what a file system has not been told to keep is gone.
//!
//! A killed process loses nothing that it has written, for the system still has it. So the data folder lies on a file system
//! of its own, which is shut down as the people who make file systems test theirs (`EXT4_IOC_SHUTDOWN` without the log): from
//! that moment nothing reaches the disk, and what was in memory alone is forgotten. Needs root and loop devices.

use super::{
    load::Load,
    server::Server,
    truth::{Expected, found},
};
use crate::support::rounds;
use std::{
    fs::File,
    os::fd::AsRawFd,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

/// Pulls of the short form; the long one is `make soak`.
const PULLS: u32 = 12;
const IMAGE_BYTES: u64 = 512 << 20;
/// `_IOR('X', 125, __u32)` of the kernel's ext4.h.
const SHUTDOWN: libc::c_ulong = 0x8004_587d;
const WITHOUT_THE_LOG: u32 = 2;

/// A file system in a file, mounted on a folder.
struct Disk {
    image: PathBuf,
    folder: PathBuf,
}

impl Disk {
    /// None where this machine lets nobody have one.
    fn make(below: &Path) -> Option<Self> {
        let disk = Self { image: below.join("disk.img"), folder: below.join("data") };
        std::fs::create_dir(&disk.folder).unwrap();
        File::create(&disk.image).unwrap().set_len(IMAGE_BYTES).unwrap();
        let made = run(Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&disk.image));
        match made.and_then(|()| disk.mount()) {
            Ok(()) => Some(disk),
            Err(why) => {
                eprintln!("skipped: a file system of one's own needs root and loop devices ({why})");
                None
            }
        }
    }

    fn mount(&self) -> Result<(), String> {
        run(Command::new("mount").args(["-o", "loop"]).arg(&self.image).arg(&self.folder))
    }

    /// From now on nothing that is only in memory can reach the disk any more.
    fn pull_the_plug(&self) {
        let folder = File::open(&self.folder).unwrap();
        let how = WITHOUT_THE_LOG;
        // SAFETY: the descriptor is open, and this call reads one u32, which lives until it returns.
        let result = unsafe { libc::ioctl(folder.as_raw_fd(), SHUTDOWN, &raw const how) };
        assert_eq!(result, 0, "{}", std::io::Error::last_os_error());
    }

    /// The power is back: the file system is what it finds on its disk.
    fn start_again(&self) {
        run(Command::new("umount").arg(&self.folder)).unwrap();
        self.mount().unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(run(Command::new("umount").arg(&self.folder)));
    }
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()) }
}

/// A few pauses between 30 and 400 ms, others in every round. What they meet is left to chance.
fn pause(pull: u32, round: u32) -> Duration {
    Duration::from_millis(30 + u64::from(pull.wrapping_mul(7_919).wrapping_add(round * 104_729) % 371))
}

/// Sends while the plug is pulled; says what must be true and what is, or why the server could not be started again.
fn pulled_under_load(pulls: u32, round: u32, fault: Option<&'static str>) -> Option<Result<usize, String>> {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::make(folder.path())?;
    let mut server = Server::new(folder.path(), &["lake.seconds_until_file=0".to_owned()]);
    if let Some(fault) = fault {
        server = server.with_fault(fault);
    }
    assert!(server.start(), "{}", server.log());
    let load = Load::start(&server.address, &server.key, 4);
    for pull in 0..pulls {
        std::thread::sleep(pause(pull, round));
        // The process lives on for a moment, and asks a file system for something that has forgotten what it was asked before: a
        // waiting `fsync` can then end as if all were well. Where there is no power there is no such moment.
        load.believe_no_answer(true);
        disk.pull_the_plug();
        server.kill();
        disk.start_again();
        load.believe_no_answer(false);
        if !server.start() {
            // Nobody will answer any more, and the senders end with the test.
            return Some(Err(server.log()));
        }
    }
    let expected = load.finish();
    server.stop_when_through();
    let wrong = |wrong| format!("{wrong}\n{}", server.log());
    Some(compare(&server, &expected).map_err(wrong))
}

fn compare(server: &Server, expected: &Expected) -> Result<usize, String> {
    expected.compare(&found(server, None))?;
    for question in ["doctor", "replay"] {
        let output = server.command(&[question]).output().unwrap();
        assert!(output.status.success(), "{question}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(expected.events.len())
}

#[test]
fn the_plug_is_pulled_and_every_event_with_a_200_is_true_once() {
    let (pulls, round) = rounds("BELLWETHER_PULLS", PULLS);
    let begun = Instant::now();
    let Some(result) = pulled_under_load(pulls, round, None) else { return };
    let events = result.unwrap_or_else(|wrong| panic!("{wrong}"));
    eprintln!("{events} events, {pulls} plugs pulled in {:.1} s", begun.elapsed().as_secs_f64());
}

/// The negative control: written, but the disk was never told to keep it.
#[test]
fn without_asking_the_disk_to_keep_it_events_are_lost() {
    for round in 0..5 {
        match pulled_under_load(4, round, Some("no-sync")) {
            None => return,
            Some(Err(wrong)) => return assert!(wrong.contains("are missing") || wrong.contains("inbox"), "{wrong}"),
            Some(Ok(_)) => {}
        }
    }
    panic!("without fsync nothing was lost: the test shows nothing");
}

/// The same for files: the inbox has forgotten what is in them. Who reads a file that is not whole says so, and goes no further.
fn files_are_lost(fault: &'static str, ending: &str) {
    for round in 0..5 {
        let wrong = match std::panic::catch_unwind(|| pulled_under_load(6, round, Some(fault))) {
            Ok(None) => return,
            Ok(Some(Ok(_))) => continue,
            Ok(Some(Err(wrong))) => wrong,
            Err(panic) => panic.downcast_ref::<String>().cloned().unwrap_or_default(),
        };
        return assert!(wrong.contains(ending), "{wrong}");
    }
    panic!("without fsync no file was lost: the test shows nothing");
}

#[test]
fn without_asking_the_disk_to_keep_event_files_events_are_lost() {
    files_are_lost("no-sync-of-files", ".parquet");
}

#[test]
fn without_asking_the_disk_to_keep_ids_it_is_not_known_what_was_counted() {
    files_are_lost("no-sync-of-ids", ".ids");
}
