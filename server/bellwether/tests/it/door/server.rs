//! The server as a process that can be killed.

use super::client::{Answer, Client};
use crate::support::command;
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// A data folder with a source, and the server on it.
pub struct Server {
    pub folder: PathBuf,
    pub address: String,
    /// The source's write key.
    pub key: String,
    settings: Vec<String>,
    fault: Option<&'static str>,
    process: Option<Child>,
}

impl Server {
    /// Makes the data folder below `folder`; nothing runs yet.
    pub fn new(folder: &Path, settings: &[String]) -> Self {
        let address = format!("127.0.0.1:{}", free_port());
        let mut all = vec!["--set".to_owned(), format!("server.listen={address}")];
        all.extend(settings.iter().flat_map(|setting| ["--set".to_owned(), setting.clone()]));
        let mut server =
            Self { folder: folder.to_owned(), address, key: String::new(), settings: all, fault: None, process: None };
        let output = server.command(&["source", "add", "Shop", "--kind", "server"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let said = String::from_utf8(output.stdout).unwrap();
        let key = said.lines().find_map(|line| line.strip_prefix("write key")).expect(&said);
        server.key = key.trim().to_owned();
        server
    }

    /// The same, and it runs.
    pub fn running(folder: &Path) -> Self {
        let mut server = Self::new(folder, &[]);
        assert!(server.start(), "{}", server.log());
        server
    }

    /// With a protection switched off.
    pub fn with_fault(mut self, fault: &'static str) -> Self {
        self.fault = Some(fault);
        self
    }

    /// Starts it and waits until it answers; says whether it does.
    pub fn start(&mut self) -> bool {
        let log = std::fs::File::options().create(true).append(true).open(self.folder.join("log.txt")).unwrap();
        let mut command = self.command(&["serve"]);
        if let Some(fault) = self.fault {
            command.env("BELLWETHER_FAULT", fault);
        }
        let mut process = command.stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let begun = Instant::now();
        let answers = loop {
            if self.get("/healthz").is_some_and(|answer| answer.status == 200) {
                break true;
            }
            if process.try_wait().unwrap().is_some() || begun.elapsed() > Duration::from_secs(60) {
                break false;
            }
            std::thread::sleep(Duration::from_millis(10));
        };
        self.process = Some(process);
        answers
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        let Some(mut process) = self.process.take() else { return };
        process.kill().unwrap();
        process.wait().unwrap();
    }

    /// SIGTERM: it finishes what it has begun.
    pub fn stop(&mut self) {
        let Some(mut process) = self.process.take() else { return };
        let asked = Command::new("kill").args(["-TERM", &process.id().to_string()]).status().unwrap();
        assert!(asked.success() && process.wait().unwrap().success(), "{}", self.log());
    }

    /// Stops a server that is through with all that it has taken, however long a busy machine needs for that; one that cannot get
    /// through is stopped after a while. One that is told to stop finishes what it can in some seconds, and leaves the rest in the
    /// inbox for the next start.
    pub fn stop_when_through(&mut self) {
        let begun = Instant::now();
        while !self.is_through() && begun.elapsed() < Duration::from_secs(240) {
            std::thread::sleep(Duration::from_millis(50));
        }
        self.stop();
    }

    fn is_through(&self) -> bool {
        self.get("/metrics")
            .is_some_and(|answer| all_is_true(&answer) || self.get("/readyz").is_none_or(|ready| ready.status != 200))
    }

    /// Waits until the server has something to say that is right.
    pub fn wait_until(&self, path: &str, right: impl Fn(&Answer) -> bool) -> Answer {
        let begun = Instant::now();
        loop {
            let answer = self.get(path);
            match answer {
                Some(answer) if right(&answer) => return answer,
                answer => {
                    assert!(begun.elapsed() < Duration::from_secs(60), "{path}: {answer:?}\n{}", self.log());
                }
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until all that was taken is true.
    pub fn settle(&self) {
        self.wait_until("/metrics", all_is_true);
    }

    pub fn get(&self, path: &str) -> Option<Answer> {
        Client::new(&self.address).get(path)
    }

    /// Asks the console's API for something, with a JSON body.
    pub fn api(&self, method: &str, path: &str, body: &Value) -> Answer {
        let body = body.to_string();
        let head = format!(
            "{method} /api/v1{path} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            self.address,
            body.len()
        );
        self.client().send((head + &body).as_bytes()).unwrap()
    }

    pub fn client(&self) -> Client {
        Client::new(&self.address)
    }

    /// Memory that the process has at the moment, in bytes.
    pub fn memory(&self) -> u64 {
        let answer = self.get("/metrics").unwrap();
        let line = answer.body.lines().find(|line| line.starts_with("process_resident_memory_bytes ")).unwrap();
        line.rsplit(' ').next().unwrap().parse::<f64>().unwrap() as u64
    }

    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(&self.folder, &self.data(), arguments);
        command.args(&self.settings);
        command
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log.txt")).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Whether the metrics say that all of the inbox is processed.
fn all_is_true(metrics: &Answer) -> bool {
    let value = |name: &str| {
        let line = metrics.body.lines().find(|line| line.starts_with(name) && !line.starts_with('#'));
        line.and_then(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
    };
    value("bellwether_inbox_appended_batch") == value("bellwether_inbox_applied_batch")
}
