//! Running the binary in folders of its own.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::Duration,
};

/// A mapping for the small shop that tests make up.
pub const MAPPING: &str = r#"kind = "orders"
source = "small-shop"

[columns]
order = "order"
customer = "customer"
time = "time"
item = "item"
quantity = "quantity"
price = "price"
currency = { constant = "EUR" }
"#;

/// A folder with a data folder, an orders file and its mapping.
pub struct Shop {
    folder: tempfile::TempDir,
}

impl Shop {
    /// A shop whose orders are `csv`.
    pub fn new(csv: &str) -> Self {
        Self::mapped(csv, MAPPING)
    }

    /// The same with a mapping of its own.
    pub fn mapped(csv: &str, mapping: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("orders.csv"), csv).unwrap();
        std::fs::write(folder.path().join("mapping.toml"), mapping).unwrap();
        Self { folder }
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The command, ready to run.
    pub fn command(&self, arguments: &[&str]) -> Command {
        command(self.folder.path(), &self.path("data"), arguments)
    }

    /// Runs it to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs it, and wants it to end well.
    pub fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs it, wants it to fail, and gives what it said.
    pub fn fails(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(!output.status.success(), "{arguments:?} ended well: {}", String::from_utf8_lossy(&output.stdout));
        String::from_utf8(output.stderr).unwrap()
    }

    /// As [`Self::ok`], but gives what it said on the terminal.
    pub fn said(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{arguments:?}: {said}");
        said
    }

    /// Puts another text in place of one of the mapping's.
    pub fn edit_mapping(&self, from: &str, to: &str) {
        let mapping = std::fs::read_to_string(self.path("mapping.toml")).unwrap();
        assert!(mapping.contains(from), "{mapping}");
        std::fs::write(self.path("mapping.toml"), mapping.replacen(from, to, 1)).unwrap();
    }

    /// Damages a database of the data folder.
    pub fn sql(&self, database: &str, sql: &str) {
        rusqlite::Connection::open(self.path("data").join(database)).unwrap().execute_batch(sql).unwrap();
    }

    /// Imports the orders.
    pub fn import(&self) -> Output {
        self.run(&["import", "orders.csv", "--mapping", "mapping.toml"])
    }

    /// Starts an import and kills it after a while; says whether it was still running then.
    pub fn import_killed_after(&self, pause: Duration) -> bool {
        let mut command = self.command(&["import", "orders.csv", "--mapping", "mapping.toml"]);
        kill_after(&mut command, pause)
    }

    /// The digest of all state.
    pub fn digest(&self) -> String {
        self.ok(&["doctor", "--digest"])
    }

    /// The report as JSON.
    pub fn report(&self) -> serde_json::Value {
        serde_json::from_str(&self.ok(&["report", "--format", "json", "--output", "-"])).unwrap()
    }
}

/// The binary in `folder` with this data folder, unmoved by settings of whoever runs the tests.
pub fn command(folder: &Path, data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bellwether"));
    command.current_dir(folder).arg("--data").arg(data).args(arguments);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("BELLWETHER_")) {
        command.env_remove(name);
    }
    command
}

/// Starts a command and kills it (SIGKILL) after a while; says whether it was still running then.
pub fn kill_after(command: &mut Command, pause: Duration) -> bool {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(pause);
    let running = child.try_wait().unwrap().is_none();
    // Fails only where it has ended by itself in the meantime.
    let _ = child.kill();
    child.wait().unwrap();
    running
}

/// What the API of a running server answers.
pub fn get(address: &str, path: &str) -> serde_json::Value {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    write!(stream, "GET /api/v1{path} HTTP/1.0\r\nHost: {address}\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(" 200 "), "{path}: {answer}");
    serde_json::from_str(body).unwrap()
}

/// Orders of a made-up shop: `orders` orders of `lines` lines for 97 customers, some of them returns.
pub fn orders(orders: u32, lines: u32) -> String {
    let mut csv = String::from("order,customer,time,item,quantity,price\n");
    for order in 0..orders {
        let (day, hour) = (order / 24 % 28 + 1, order % 24);
        let month = order / 24 / 28 % 12 + 1;
        for line in 0..lines {
            let item = (order * 7 + line * 13) % 211;
            csv += &format!(
                "{order},C{},2024-{month:02}-{day:02} {hour:02}:00:00,P{item},{},{}.{:02}\n",
                order % 97,
                line % 5 + 1,
                item % 40 + 1,
                item % 100
            );
        }
    }
    csv
}

/// The shared data sets, where they are at hand; otherwise says what is skipped.
pub fn data_set(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("BELLWETHER_DATA").map(|folder| PathBuf::from(folder).join(name));
    let found = path.filter(|path| path.exists());
    if found.is_none() {
        assert!(std::env::var_os("BELLWETHER_REQUIRE_ALL").is_none(), "{name} is missing in BELLWETHER_DATA");
        eprintln!("skipped: {name} is not in BELLWETHER_DATA");
    }
    found
}

/// How often a test does what it does, and in which round of a long run it is: `make soak` says so in the environment.
pub fn rounds(variable: &str, usually: u32) -> (u32, u32) {
    let number = |name: &str| {
        let text = std::env::var(name).ok()?;
        Some(text.parse().unwrap_or_else(|_| panic!("{name}={text} is no number")))
    };
    (number(variable).unwrap_or(usually), number("BELLWETHER_ROUND").unwrap_or(0))
}
