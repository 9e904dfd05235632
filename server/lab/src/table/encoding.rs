//! Bytes to text: UTF-8, UTF-16, GB18030 and Latin-1, detected or named.

use crate::{LabError, Result};
use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Text, and how it was written.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub text: String,
    /// Name of the encoding, as IANA writes it.
    pub encoding: &'static str,
    /// Some bytes made no sense in this encoding and became `�`.
    pub damaged: bool,
}

/// Decodes all bytes; `forced` is the user's word.
pub(crate) fn decode(bytes: Vec<u8>, forced: Option<&str>) -> Result<Decoded> {
    let encoding = match forced {
        Some(name) => by_name(name)?,
        None => detect(&bytes),
    };
    if encoding == UTF_8 {
        return Ok(decode_utf8(bytes));
    }
    let (text, used, damaged) = encoding.decode(&bytes);
    Ok(Decoded { text: text.into_owned(), encoding: used.name(), damaged })
}

fn decode_utf8(mut bytes: Vec<u8>) -> Decoded {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    match String::from_utf8(bytes) {
        Ok(text) => Decoded { text, encoding: UTF_8.name(), damaged: false },
        Err(error) => {
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            Decoded { text, encoding: UTF_8.name(), damaged: true }
        }
    }
}

fn by_name(name: &str) -> Result<&'static Encoding> {
    let simple = name.trim().to_ascii_lowercase().replace('_', "-");
    let label = match simple.as_str() {
        "latin-1" | "latin-9" | "iso8859-1" => "latin1",
        "utf-8-sig" | "utf8-sig" => "utf-8",
        "utf16" | "utf-16-le" => "utf-16le",
        "utf-16-be" => "utf-16be",
        "cp936" => "gbk",
        other => other,
    };
    Encoding::for_label(label.as_bytes()).ok_or_else(|| {
        LabError::usage(format!(
            "--encoding `{name}` is not known (utf-8, utf-16, gb18030, latin-1, windows-1252, big5, shift_jis, …)"
        ))
    })
}

fn detect(bytes: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    if let Some(encoding) = utf16_without_mark(bytes) {
        return encoding;
    }
    match std::str::from_utf8(bytes) {
        Ok(_) => UTF_8,
        Err(_) => single_or_double_bytes(bytes),
    }
}

/// Mostly ASCII text in UTF-16 has a zero in every second byte.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(4096) & !1];
    if sample.len() < 4 {
        return None;
    }
    let zeros = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|&&b| b == 0).count();
    let (even, odd, pairs) = (zeros(0), zeros(1), sample.len() / 2);
    match (even * 10 > pairs * 7, odd * 10 > pairs * 7) {
        (false, true) if even * 10 < pairs => Some(UTF_16LE),
        (true, false) if odd * 10 < pairs => Some(UTF_16BE),
        _ => None,
    }
}

/// Not UTF-8: damaged UTF-8, Chinese, or a Western code page, by how the high bytes stand together.
fn single_or_double_bytes(bytes: &[u8]) -> &'static Encoding {
    let sample = &bytes[..bytes.len().min(1 << 20)];
    let high = sample.iter().filter(|b| **b >= 0x80).count();
    if utf8_high_bytes(sample) * 10 >= high * 9 {
        return UTF_8;
    }
    if chinese_high_bytes(sample) * 10 >= high * 9 && !GB18030.decode_without_bom_handling(sample).1
        || looks_cut(sample, high)
    {
        return GB18030;
    }
    WINDOWS_1252
}

/// A Chinese sample may be cut in the middle of a character, which is no sign against it.
fn looks_cut(sample: &[u8], high: usize) -> bool {
    let cut = &sample[..sample.len().saturating_sub(4)];
    chinese_high_bytes(sample) * 20 >= high * 19 && !GB18030.decode_without_bom_handling(cut).1
}

/// High bytes that are part of well-formed UTF-8 sequences.
fn utf8_high_bytes(sample: &[u8]) -> usize {
    sample.utf8_chunks().map(|chunk| chunk.valid().bytes().filter(|b| *b >= 0x80).count()).sum()
}

/// High bytes that are part of pairs in the area of common Chinese characters and punctuation.
fn chinese_high_bytes(sample: &[u8]) -> usize {
    let (mut index, mut count) = (0, 0);
    while index < sample.len() {
        let pair = (sample[index], sample.get(index + 1).copied().unwrap_or(0));
        if matches!(pair, (0xa1..=0xf7, 0xa1..=0xfe)) {
            count += 2;
            index += 2;
        } else {
            index += 1;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], encoding: &str, text: &str) {
        let decoded = decode(bytes.to_vec(), None).unwrap();
        assert_eq!((decoded.encoding, decoded.text.as_str()), (encoding, text));
    }

    #[test]
    fn encodings_are_told_apart() {
        check("名字,café".as_bytes(), "UTF-8", "名字,café");
        check(b"\xef\xbb\xbfID;x", "UTF-8", "ID;x");
        let utf16: Vec<u8> = "name,value\n商品,1\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        check(&utf16, "UTF-16LE", "name,value\n商品,1\n");
        let mut marked = vec![0xfe, 0xff];
        marked.extend("名字".encode_utf16().flat_map(u16::to_be_bytes));
        check(&marked, "UTF-16BE", "名字");
        check(&GB18030.encode("姓名,城市\n张三,北京\n").0, "gb18030", "姓名,城市\n张三,北京\n");
        check(b"name\ncaf\xe9\nM\xfcller\n", "windows-1252", "name\ncafé\nMüller\n");
    }

    #[test]
    fn a_cut_utf8_file_stays_utf8() {
        let whole = "城市,北京市,上海市".as_bytes();
        let decoded = decode(whole[..whole.len() - 1].to_vec(), None).unwrap();
        assert_eq!(decoded.encoding, "UTF-8");
        assert!(decoded.damaged);
        assert!(decoded.text.starts_with("城市,北京市,上海"));
    }

    #[test]
    fn a_named_encoding_is_used() {
        assert_eq!(decode(b"\xe9".to_vec(), Some("latin-1")).unwrap().text, "é");
        assert!(decode(Vec::new(), Some("klingon")).unwrap_err().to_string().contains("klingon"));
    }
}
