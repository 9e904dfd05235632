//! How text is written as bytes: found out from the first part of a file, then turned into UTF-8 as it is read.

use crate::mapping::Encoding;
use encoding_rs::{DecoderResult, GB18030, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::io::{self, Read};

/// A byte that never stands in UTF-8. It marks what could not be decoded, so that the check of the row finds it.
const UNDECODABLE: u8 = 0xff;

/// The encoding of a file that begins with `sample`, and how many bytes its byte-order mark takes.
pub(super) fn detect(sample: &[u8], wanted: Encoding) -> (Encoding, usize) {
    let (marked, mark) = match sample {
        [0xef, 0xbb, 0xbf, ..] => (Encoding::Utf8, 3),
        [0xff, 0xfe, ..] => (Encoding::Utf16Le, 2),
        [0xfe, 0xff, ..] => (Encoding::Utf16Be, 2),
        _ => (Encoding::Detect, 0),
    };
    match wanted {
        Encoding::Detect if mark > 0 => (marked, mark),
        Encoding::Detect => (guess(sample), 0),
        told if told == marked => (told, mark),
        told => (told, 0),
    }
}

fn guess(sample: &[u8]) -> Encoding {
    if let Some(wide) = wide(sample) {
        return wide;
    }
    let utf8 = Utf8Count::of(sample);
    // A mostly healthy UTF-8 file with some broken rows must not be taken for something else.
    if utf8.broken == 0 || utf8.characters > 10 * utf8.broken {
        return Encoding::Utf8;
    }
    if looks_chinese(sample) {
        return Encoding::Gb18030;
    }
    if looks_western(sample) { Encoding::Latin1 } else { Encoding::Utf8 }
}

/// UTF-16 without a mark: commas, digits and line ends have a zero on one side, and always the same one.
fn wide(sample: &[u8]) -> Option<Encoding> {
    let pairs = sample.chunks_exact(2).take(2048);
    let total = pairs.len();
    let (low, high) = pairs.fold((0, 0), |(low, high), pair| match pair {
        [0, 0] => (low, high),
        [_, 0] => (low + 1, high),
        [0, _] => (low, high + 1),
        _ => (low, high),
    });
    match (low, high) {
        (low, high) if low * 5 > total && high * 20 < low => Some(Encoding::Utf16Le),
        (low, high) if high * 5 > total && low * 20 < high => Some(Encoding::Utf16Be),
        _ => None,
    }
}

struct Utf8Count {
    characters: usize,
    broken: usize,
}

impl Utf8Count {
    /// Counts the characters beyond ASCII and the places that are no UTF-8. The last few bytes may be half a character.
    fn of(sample: &[u8]) -> Self {
        let mut count = Self { characters: 0, broken: 0 };
        let chunks: Vec<_> = sample.utf8_chunks().collect();
        for (index, chunk) in chunks.iter().enumerate() {
            count.characters += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
            let cut_off = index + 1 == chunks.len() && chunk.invalid().len() < 4 && sample.len() > 4096;
            count.broken += usize::from(!chunk.invalid().is_empty() && !cut_off);
        }
        count
    }
}

/// In Chinese text the bytes beyond ASCII come in runs of pairs, mostly with blanks, digits or punctuation around them. In Western
/// text they stand singly, with ASCII letters next to them. What there is more of decides.
fn looks_chinese(sample: &[u8]) -> bool {
    let (mut chinese, mut western) = (0, 0);
    let mut at = 0;
    while let Some(gap) = sample[at..].iter().position(|byte| *byte >= 0x80) {
        let start = at + gap;
        let length = sample[start..].iter().take_while(|byte| **byte >= 0x80).count();
        at = start + length;
        let run = &sample[start..at];
        let beside = [start.checked_sub(1), Some(at)].into_iter().flatten().filter_map(|index| sample.get(index));
        let letters = beside.filter(|byte| byte.is_ascii_alphabetic()).count();
        match is_chinese(run, letters) {
            Some(true) => chinese += length / 2,
            Some(false) => western += 1,
            None => {}
        }
    }
    chinese > western
}

/// Whether a run of bytes beyond ASCII, with letters on so many sides, is Chinese or Western, if it tells. `手机` stands beside
/// letters in `iPhone手机`, but no Western word has four such bytes one behind the other. Of a single pair those that are frequent
/// characters begin, as in `LED灯`, with what are capital letters and signs in Latin-1; `éé` in `créé`, or `öß` in `Größe`, does not.
fn is_chinese(run: &[u8], letters: usize) -> Option<bool> {
    let common = |pair: &[u8]| matches!(pair, [0xa1..=0xa9 | 0xb0..=0xf7, 0xa1..=0xfe]);
    let frequent = matches!(run, [0xb0..=0xd7, _]);
    match letters {
        _ if run.len() % 2 == 1 || !run.chunks_exact(2).all(common) => Some(false),
        0 => Some(true),
        _ if run.len() >= 4 || letters == 1 && frequent => Some(true),
        2 if !frequent => Some(false),
        _ => None,
    }
}

/// Letters with accents, quotation marks, currency signs; not control codes, and not `ÿ` or `þ`, which are damage far more
/// often than text.
fn looks_western(sample: &[u8]) -> bool {
    let plausible = |byte: u8| matches!(byte, 0x80 | 0x82..=0x8c | 0x8e | 0x91..=0x9c | 0x9e..=0xef | 0xf1..=0xfd);
    sample.iter().filter(|byte| **byte >= 0x80).all(|byte| plausible(*byte))
}

/// Turns bytes of any supported encoding into UTF-8 while they are read.
pub(super) fn utf8(reader: impl Read + Send + 'static, encoding: Encoding) -> Box<dyn Read + Send> {
    let decoder = match encoding {
        Encoding::Utf8 | Encoding::Detect => return Box::new(reader),
        Encoding::Utf16Le => UTF_16LE.new_decoder_without_bom_handling(),
        Encoding::Utf16Be => UTF_16BE.new_decoder_without_bom_handling(),
        Encoding::Gb18030 => GB18030.new_decoder_without_bom_handling(),
        Encoding::Latin1 => WINDOWS_1252.new_decoder_without_bom_handling(),
    };
    Box::new(Transcoder {
        reader,
        decoder,
        input: vec![0; 64 * 1024],
        start: 0,
        end: 0,
        output: Vec::new(),
        given: 0,
        finished: false,
    })
}

struct Transcoder<R> {
    reader: R,
    decoder: encoding_rs::Decoder,
    input: Vec<u8>,
    start: usize,
    end: usize,
    output: Vec<u8>,
    given: usize,
    finished: bool,
}

impl<R: Read> Transcoder<R> {
    fn decode_more(&mut self) -> io::Result<()> {
        if self.start == self.end {
            (self.start, self.end) = (0, self.reader.read(&mut self.input)?);
        }
        let last = self.end == 0;
        self.output.clear();
        self.given = 0;
        // Up to three bytes of UTF-8 for each byte of input, and room for the mark of a broken character.
        let room = 3 * (self.end - self.start) + 64;
        self.output.resize(room, 0);
        let (result, read, written) =
            self.decoder.decode_to_utf8_without_replacement(&self.input[self.start..self.end], &mut self.output, last);
        self.output.truncate(written);
        self.start += read;
        match result {
            DecoderResult::Malformed(..) => self.output.push(UNDECODABLE),
            DecoderResult::InputEmpty => self.finished = last,
            DecoderResult::OutputFull => {}
        }
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        }
        Ok(())
    }
}

impl<R: Read> Read for Transcoder<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.given == self.output.len() && !self.finished {
            self.decode_more()?;
        }
        let ready = &self.output[self.given..];
        let count = ready.len().min(into.len());
        into[..count].copy_from_slice(&ready[..count]);
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn check(bytes: &[u8], expected: Encoding) {
        assert_eq!(detect(bytes, Encoding::Detect).0, expected, "{bytes:?}");
    }

    #[test]
    fn encodings_are_told_apart() {
        check("name,price\ncafé,1".as_bytes(), Encoding::Utf8);
        check("\u{feff}name".as_bytes(), Encoding::Utf8);
        check(b"name,price\ncaf\xe9,\xa32\nna\xefve,1", Encoding::Latin1);
        check(b"name,price\nGr\xf6\xdfe,2\n", Encoding::Latin1);
        check(&GB18030.encode("名称,价格\n白色灯笼,12\nT恤,5\n").0, Encoding::Gb18030);
        let wide: Vec<u8> = "name,价格\n灯笼,12\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        check(&wide, Encoding::Utf16Le);
        let wide: Vec<u8> = "name,price\nlantern,12\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        check(&wide, Encoding::Utf16Be);
    }

    #[test]
    fn chinese_beside_letters_is_chinese() {
        let items = "name,price\niPhone手机壳,12\nUSB数据线,5\nLED灯,3\n";
        check(&GB18030.encode(items).0, Encoding::Gb18030);
        check(&GB18030.encode("name\nLED灯\nT恤\n").0, Encoding::Gb18030);
        check(&GB18030.encode("name\niPhone手机Pro\nA面B\n").0, Encoding::Gb18030);
        for western in
            ["Müller,Café", "Größe", "créé,12", "pää\njää", "Süße Äpfel,5 €", "GRÖSSE,MÉÈRE", "naïveté – déjà"]
        {
            check(&WINDOWS_1252.encode(&format!("name\n{western}\n")).0, Encoding::Latin1);
        }
    }

    #[test]
    fn damage_does_not_change_the_encoding() {
        check(b"name,price\nlantern,1\nlan\xff\xfetern,2\n", Encoding::Utf8);
        let mut text = "größe,ähnlich,süß,öl,übel,Äpfel,Öfen\n".repeat(3).into_bytes();
        text.extend_from_slice(b"k\xe4se\n");
        check(&text, Encoding::Utf8);
    }

    #[test]
    fn what_is_told_is_believed() {
        assert_eq!(detect("é".as_bytes(), Encoding::Latin1), (Encoding::Latin1, 0));
        assert_eq!(detect(b"\xff\xfea\0", Encoding::Utf16Le), (Encoding::Utf16Le, 2));
    }

    #[test]
    fn decoding_does_not_depend_on_how_bytes_arrive() {
        struct Slow(Cursor<Vec<u8>>);
        impl Read for Slow {
            fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
                self.0.read(&mut into[..1])
            }
        }
        let text = "名称,价格\n白色灯笼𠮷,12.5\n";
        for (encoding, bytes) in [
            (Encoding::Gb18030, GB18030.encode(text).0.into_owned()),
            (Encoding::Utf16Le, text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ] {
            let mut decoded = String::new();
            utf8(Slow(Cursor::new(bytes)), encoding).read_to_string(&mut decoded).unwrap();
            assert_eq!(decoded, text);
        }
    }

    #[test]
    fn what_cannot_be_decoded_is_marked() {
        let mut decoded = Vec::new();
        utf8(Cursor::new(b"a\xff,b\n".to_vec()), Encoding::Gb18030).read_to_end(&mut decoded).unwrap();
        assert!(decoded.starts_with(b"a\xff") && std::str::from_utf8(&decoded).is_err());
        let mut odd = Vec::new();
        utf8(Cursor::new(b"a\0b".to_vec()), Encoding::Utf16Le).read_to_end(&mut odd).unwrap();
        assert_eq!(odd, b"a\xff");
    }
}
