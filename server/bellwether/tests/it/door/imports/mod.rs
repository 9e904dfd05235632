//! Files that are given to the running server: taken as a whole or not at all, read once whatever dies, and everything as the
//! command line makes it.

mod crash;
mod files;
mod form;
mod rules;

use super::{client::Answer, server::Server};
pub use crate::support::MAPPING;
use serde_json::{Value, json};
use std::{path::Path, time::Duration};

/// Gives a file to the server.
pub fn send(server: &Server, name: &str, bytes: &[u8]) -> Answer {
    let path = format!("/api/v1/imports/uploads?name={name}");
    server.client().post_with(&path, "content-type: application/octet-stream\r\n", bytes).unwrap()
}

/// The same, which has to be taken; gives its id.
pub fn upload(server: &Server, name: &str, bytes: &[u8]) -> String {
    let answer = send(server, name, bytes);
    assert_eq!(answer.status, 201, "{answer:?}");
    let upload = value(&answer);
    assert_eq!((&upload["state"], upload["bytes"].as_u64()), (&"uploaded".into(), Some(bytes.len() as u64)));
    upload["id"].as_str().unwrap().to_owned()
}

pub fn value(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
}

/// What a problem document says: status and code.
pub fn problem(answer: &Answer) -> (u16, String) {
    (answer.status, value(answer)["code"].as_str().unwrap_or_default().to_owned())
}

pub fn start(server: &Server, id: &str, mapping: &str) -> Answer {
    server.api("POST", &format!("/imports/uploads/{id}/start"), &json!({ "mapping": mapping }))
}

/// The same, which has to be taken.
pub fn begin(server: &Server, id: &str, mapping: &str) {
    let answer = start(server, id, mapping);
    assert_eq!(answer.status, 202, "{answer:?}");
}

pub fn preview(server: &Server, id: &str, mapping: &str) -> Value {
    let answer = server.api("POST", &format!("/imports/uploads/{id}/preview"), &json!({ "mapping": mapping }));
    assert_eq!(answer.status, 200, "{answer:?}");
    value(&answer)
}

pub fn shown(server: &Server, id: &str) -> Value {
    value(&server.get(&format!("/api/v1/imports/uploads/{id}")).unwrap())
}

/// Waits until an import has this state.
pub fn wait(server: &Server, id: &str, state: &str) -> Value {
    let is = |answer: &Answer| {
        let state_now = value(answer)["state"].as_str().unwrap_or_default().to_owned();
        assert!(state_now != "failed" || state == "failed", "{answer:?}\n{}", server.log());
        state_now == state
    };
    value(&server.wait_until(&format!("/api/v1/imports/uploads/{id}"), is))
}

/// Waits until some rows of an import are in, but not all; says whether that was seen.
pub fn wait_for_the_middle(server: &Server, id: &str, more_than: u64) -> bool {
    loop {
        let now = shown(server, id);
        match now["state"].as_str().unwrap() {
            "queued" => {}
            "running" if now["progress"]["rows"].as_u64().is_some_and(|rows| rows > more_than) => {
                return !now["progress"]["is_read"].as_bool().unwrap();
            }
            "running" => {}
            _ => return false,
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Names of whatever lies in the folder of uploads.
pub fn left_over(server: &Server) -> Vec<String> {
    let entries = std::fs::read_dir(server.data().join("uploads")).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The digest of everything that is true, when no process runs.
pub fn digest(server: &Server) -> String {
    let output = server.command(&["doctor", "--digest"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What the same files give that the command line imports one after the other.
pub fn by_command_line(folder: &Path, settings: &[String], files: &[(&str, &[u8], &str)]) -> String {
    let mut server = Server::new(folder, settings);
    for (name, bytes, mapping) in files {
        std::fs::write(folder.join(name), bytes).unwrap();
        std::fs::write(folder.join("mapping.toml"), mapping).unwrap();
        let output = server.command(&["import", name, "--mapping", "mapping.toml"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    // A server that starts brings into force what the import has settled.
    assert!(server.start(), "{}", server.log());
    server.stop();
    digest(&server)
}
