//! The outbox as a part of the digest: what the messages say, without what differs between two runs of the same work.

use anyhow::{Context as _, Result};
use std::{io::ErrorKind, path::Path};

/// Digits of a message's id in an unsubscribe link; behind them stand those of the proof, which every installation makes
/// with a secret of its own.
const ID_DIGITS: usize = 32;
const PROOF_DIGITS: usize = 64;

/// Adds every message by its name and content.
pub fn add(hasher: &mut blake3::Hasher, outbox: &Path) -> Result<()> {
    let mut messages: Vec<_> = match std::fs::read_dir(outbox) {
        Ok(entries) => entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?,
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", outbox.display())),
    };
    messages.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
    messages.sort();
    for path in &messages {
        let content = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        hasher.update(path.file_name().unwrap_or_default().as_encoded_bytes()).update(&[0]);
        hasher.update(&without_proofs(&decoded(&content))).update(&[0]);
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum Encoding {
    Plain,
    QuotedPrintable,
    Base64,
}

/// The lines with their transfer encoding undone, without the `Date` header.
fn decoded(message: &[u8]) -> Vec<u8> {
    let (mut out, mut encoding, mut in_body) = (Vec::with_capacity(message.len()), Encoding::Plain, false);
    for line in message.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line)) {
        let header = String::from_utf8_lossy(line).to_ascii_lowercase();
        // Of all that a body may hold, only a boundary begins so: see the channel.
        if line.starts_with(b"--=_") {
            (encoding, in_body) = (Encoding::Plain, false);
        } else if line.is_empty() {
            in_body = true;
        } else if !in_body && header.starts_with("date:") {
            continue;
        } else if let Some(name) = header.strip_prefix("content-transfer-encoding:").filter(|_| !in_body) {
            encoding = match name.trim() {
                "quoted-printable" => Encoding::QuotedPrintable,
                "base64" => Encoding::Base64,
                _ => Encoding::Plain,
            };
        } else if in_body {
            match encoding {
                Encoding::QuotedPrintable => {
                    quoted_printable(line, &mut out);
                    continue;
                }
                // Lines hold whole groups of four signs.
                Encoding::Base64 => {
                    base64(line, &mut out);
                    continue;
                }
                Encoding::Plain => {}
            }
        }
        out.extend_from_slice(line);
        out.push(b'\n');
    }
    out
}

fn quoted_printable(line: &[u8], out: &mut Vec<u8>) {
    let (line, goes_on) = line.strip_suffix(b"=").map_or((line, false), |line| (line, true));
    let mut rest = line;
    while let Some((first, others)) = rest.split_first() {
        let code = others.get(..2).filter(|_| *first == b'=').and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                rest = &others[2..];
            }
            None => {
                out.push(*first);
                rest = others;
            }
        }
    }
    if !goes_on {
        out.push(b'\n');
    }
}

fn base64(line: &[u8], out: &mut Vec<u8>) {
    let value = |byte: &u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    for group in line.chunks(4) {
        let digits: Vec<u32> = group.iter().filter_map(value).map(u32::from).collect();
        let bits = digits.iter().fold(0, |bits, digit| bits << 6 | digit) << (6 * (4 - digits.len()));
        out.extend_from_slice(&bits.to_be_bytes()[1..(1 + digits.len() * 6 / 8)]);
    }
}

/// Leaves the proofs of unsubscribe links out.
fn without_proofs(text: &[u8]) -> Vec<u8> {
    let hexadecimal = |bytes: Option<&[u8]>| bytes.is_some_and(|bytes| bytes.iter().all(u8::is_ascii_hexdigit));
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.first() {
        let token = rest.strip_prefix(b"/u/").map(|token| token.get(..ID_DIGITS + PROOF_DIGITS));
        let kept = if token.is_some_and(hexadecimal) { 3 + ID_DIGITS } else { 1 };
        match kept {
            1 => out.push(*first),
            _ => out.extend_from_slice(&rest[..kept]),
        }
        rest = &rest[if kept > 1 { kept + PROOF_DIGITS } else { 1 }..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(date: &str, proof: char, encoding: &str, body: &str) -> String {
        let proof = proof.to_string().repeat(PROOF_DIGITS);
        format!(
            "To: a@b\r\nDate: {date}\r\nList-Unsubscribe: <http://x/u/{}{proof}>\r\n\r\n--=_1\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}\r\n--=_1--\r\n",
            "0".repeat(ID_DIGITS)
        )
    }

    fn digest(message: &str) -> blake3::Hash {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("m.eml"), message).unwrap();
        std::fs::write(folder.path().join("m.tmp"), "half").unwrap();
        let mut hasher = blake3::Hasher::new();
        add(&mut hasher, folder.path()).unwrap();
        hasher.finalize()
    }

    #[test]
    fn what_is_said_counts_and_when_and_with_which_secret_does_not() {
        let first = digest(&message("Mon", 'a', "7bit", "Hello"));
        assert_eq!(digest(&message("Tue", 'b', "7bit", "Hello")), first);
        assert_ne!(digest(&message("Mon", 'a', "7bit", "Hallo")), first);
        assert_ne!(digest(&message("Mon", 'a', "7bit", "Date: x")), digest(&message("Mon", 'a', "7bit", "Date: y")));
    }

    #[test]
    fn encoded_links_lose_their_proof_too() {
        let link = |proof: &str| format!("/u/{}{}", "0".repeat(ID_DIGITS), proof.repeat(PROOF_DIGITS));
        let folded = |link: &str| format!("caf=C3=A9 {}=\r\n{}", &link[..50], &link[50..]);
        let quoted = |proof| digest(&message("Mon", 'a', "quoted-printable", &folded(&link(proof))));
        assert_eq!(quoted("a"), quoted("b"));
        assert!(
            String::from_utf8(decoded(folded_message(&folded(&link("a"))).as_bytes())).unwrap().contains("café /u/0")
        );
    }

    fn folded_message(body: &str) -> String {
        message("Mon", 'a', "quoted-printable", body)
    }

    #[test]
    fn base64_is_read() {
        let check = |text: &str, expected: &str| {
            let mut out = Vec::new();
            base64(text.as_bytes(), &mut out);
            assert_eq!(out, expected.as_bytes());
        };
        check("5L2g5aW9", "你好");
        check("YQ==", "a");
        check("YWI=", "ab");
        check("", "");
    }
}
