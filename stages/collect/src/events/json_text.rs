//! Writing JSON.

/// A text as JSON.
pub(super) fn write_text(into: &mut Vec<u8>, text: &str) {
    let written = serde_json::to_writer(&mut *into, text);
    debug_assert!(written.is_ok(), "a Vec takes all bytes");
}

/// JSON without blanks between its parts: one line of the inbox is one record.
pub(super) fn write_compact(into: &mut Vec<u8>, json: &str) {
    if !json.bytes().any(|byte| matches!(byte, b'\n' | b'\r' | b'\t' | b' ')) {
        into.extend_from_slice(json.as_bytes());
        return;
    }
    let (mut in_text, mut escaped) = (false, false);
    for byte in json.bytes() {
        if !in_text && byte.is_ascii_whitespace() {
            continue;
        }
        into.push(byte);
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_between_parts_are_left_out() {
        let mut written = Vec::new();
        write_compact(&mut written, "{ \"a b\" :\r\n[1, \"\\\" \\\\\" , true ]\t}");
        assert_eq!(String::from_utf8(written).unwrap(), r#"{"a b":[1,"\" \\",true]}"#);
    }
}
