//! The test vectors: inputs with what the upstream Java code makes of them.

use serde_json::Value;

/// One line of a vector file.
#[derive(Debug)]
pub(crate) struct Vector {
    pub(crate) format: String,
    pub(crate) input: Value,
    pub(crate) expected: Value,
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
