//! The test vectors: inputs with what the upstream Java code makes of them.

use serde_json::Value;

/// One line of a vector file.
#[derive(Debug)]
pub(crate) struct Vector {
    pub(crate) format: String,
    pub(crate) input: Value,
    pub(crate) expected: Value,
}

impl Vector {
    /// The content of the file: text, or bytes in Base64.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        match self.input["b64"].as_str() {
            Some(base64) => decode_base64(base64),
            None => self.input["text"].as_str().unwrap().as_bytes().to_vec(),
        }
    }

    /// Whether upstream refuses the input.
    pub(crate) fn is_refused(&self) -> bool {
        self.expected.get("error").is_some()
    }
}

/// The bytes that a Base64 text stands for.
fn decode_base64(text: &str) -> Vec<u8> {
    let six_bits = |byte: u8| {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        alphabet.iter().position(|letter| *letter == byte)
    };
    let digits: Vec<usize> = text.bytes().map_while(six_bits).collect();
    let bytes_of = |group: &[usize]| {
        let bits = group.iter().fold(0, |bits, digit| bits << 6 | digit) << (6 * (4 - group.len()));
        bits.to_be_bytes().into_iter().skip(size_of::<usize>() - 3).take(group.len() - 1).collect::<Vec<_>>()
    };
    digits.chunks(4).flat_map(bytes_of).collect()
}

/// Asserts that nothing is wrong; names all that is.
pub(crate) fn assert_none(wrong: &[String], of: usize) {
    assert!(wrong.is_empty(), "{} of {of}:\n{}", wrong.len(), wrong.join("\n"));
}

/// Reads a file of `testdata/vectors`.
pub(crate) fn read(file: &str) -> Vec<Vector> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/vectors").join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    let parse = |line: &str| {
        let mut value: Value = serde_json::from_str(line).unwrap();
        let format = value["format"].as_str().unwrap().to_owned();
        Vector { format, input: value["input"].take(), expected: value["expected"].take() }
    };
    text.lines().filter(|line| !line.is_empty()).map(parse).collect()
}
