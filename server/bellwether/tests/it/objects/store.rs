//! The object store for tests, which `BELLWETHER_TEST_S3` names, and a way to it on which bytes are slow and counted.

use crate::support::Shop;
use object_store::{
    ObjectStoreExt, PutPayload,
    aws::{AmazonS3, AmazonS3Builder},
    path::Path,
};
use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// A folder of its own in the bucket `imports` of the tests' store, and a shop that imports from it.
pub struct Place {
    pub endpoint: String,
    key: String,
    secret: String,
    folder: String,
    client: AmazonS3,
}

impl Place {
    /// Where there is no server, that is said, or is a failure.
    pub fn new(name: &str) -> Option<Self> {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let Some(endpoint) = variable("BELLWETHER_TEST_S3") else {
            assert!(std::env::var_os("BELLWETHER_REQUIRE_ALL").is_none(), "BELLWETHER_TEST_S3 names no server");
            eprintln!("skipped: BELLWETHER_TEST_S3 names no server");
            return None;
        };
        let (key, secret) =
            (variable("BELLWETHER_TEST_S3_KEY").unwrap(), variable("BELLWETHER_TEST_S3_SECRET").unwrap());
        let client = AmazonS3Builder::new()
            .with_bucket_name("imports")
            .with_region("us-east-1")
            .with_endpoint(&endpoint)
            .with_allow_http(true)
            .with_access_key_id(&key)
            .with_secret_access_key(&secret)
            .build()
            .unwrap();
        Some(Self { endpoint, key, secret, folder: format!("{name}-{}", std::process::id()), client })
    }

    pub fn secret(&self) -> &str {
        &self.secret
    }

    pub fn address(&self, name: &str) -> String {
        format!("s3://imports/{}/{name}", self.folder)
    }

    /// Puts an object there.
    pub fn put(&self, name: &str, content: impl Into<Vec<u8>>) {
        let path = Path::parse(format!("{}/{name}", self.folder)).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(self.client.put(&path, PutPayload::from(content.into()))).unwrap();
    }

    /// An import from there.
    pub fn import(&self, shop: &Shop, name: &str) -> Command {
        self.import_by(&self.endpoint, shop, &self.address(name))
    }

    /// An import from an address by another endpoint.
    pub fn import_by(&self, endpoint: &str, shop: &Shop, address: &str) -> Command {
        let mut command = shop.command(&["import", address, "--mapping", "mapping.toml"]);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("AWS_")) {
            command.env_remove(name);
        }
        command
            .env("AWS_ENDPOINT_URL", endpoint)
            .env("AWS_ACCESS_KEY_ID", &self.key)
            .env("AWS_SECRET_ACCESS_KEY", &self.secret)
            .env("NO_PROXY", "127.0.0.1");
        command
    }
}

/// What a command says; it has to end well.
pub fn said(mut command: Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    said
}

/// What a command says; it has to fail.
pub fn fails(mut command: Command) -> String {
    let output = command.output().unwrap();
    assert!(!output.status.success(), "ended well: {}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}

/// A way to the store on which answers take their time, and are counted.
pub struct Way {
    pub endpoint: String,
    answered: Arc<AtomicU64>,
}

impl Way {
    /// A megabyte takes `pause`.
    pub fn to(endpoint: &str, pause: Duration) -> Self {
        let server = endpoint.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let way = Self { endpoint: format!("http://{}", listener.local_addr().unwrap()), answered: Arc::default() };
        let answered = Arc::clone(&way.answered);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(server) = TcpStream::connect(&server) else { return };
                let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                std::thread::spawn(move || carry(from, to, Duration::ZERO, &AtomicU64::new(0)));
                let answered = Arc::clone(&answered);
                std::thread::spawn(move || carry(server, client, pause / 16, &answered));
            }
        });
        way
    }

    /// Bytes that the store sent since the last time.
    pub fn answered(&self) -> u64 {
        self.answered.swap(0, Ordering::SeqCst)
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, pause: Duration, count: &AtomicU64) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        // Only what is more than a head takes time.
        if read > 4096 {
            std::thread::sleep(pause * u32::try_from(read).unwrap() / 65_536);
        }
        count.fetch_add(read as u64, Ordering::SeqCst);
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    // The other side may be gone already.
    let _ = (to.shutdown(Shutdown::Write), from.shutdown(Shutdown::Read));
}
