//! The frames of the protocol: a header with the length, then JSON-RPC.
//!
//! What is no frame is skipped up to the next header, and what is no JSON is reported to the client: neither ends the
//! connection.

use serde_json::Value;
use std::io::{self, BufRead, Read as _, Write};

/// Most bytes of a message. A larger one is skipped.
const MAX_MESSAGE_BYTES: u64 = 256 << 20;
/// Most bytes of a line of a header that are kept.
const MAX_HEADER_LINE_BYTES: u64 = 4096;

/// What the client sent.
#[derive(Debug, PartialEq)]
pub(super) enum Frame {
    /// A message, which is some JSON value.
    Message(Value),
    /// Something that is none, and why.
    Malformed(&'static str),
    /// The client closed its side.
    End,
}

/// Reads the next frame.
///
/// # Errors
/// What the system says.
pub(super) fn read(input: &mut impl BufRead) -> io::Result<Frame> {
    let mut length = None;
    let mut is_garbage = false;
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.by_ref().take(MAX_HEADER_LINE_BYTES).read_until(b'\n', &mut line)? == 0 {
            return Ok(if is_garbage { Frame::Malformed("the input ends in what is no message") } else { Frame::End });
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches(['\r', '\n']);
        if text.is_empty() {
            match length {
                Some(length) => return body(input, length),
                None if is_garbage => return Ok(Frame::Malformed("a header has no Content-Length")),
                None => continue,
            }
        }
        match content_length(text) {
            Some(found) => length = Some(found),
            // A header that is not known, such as Content-Type, is none of our business.
            None => is_garbage |= length.is_none(),
        }
    }
}

/// The length that a line of a header states, wherever in the line: what is before it is left over from something else.
fn content_length(line: &str) -> Option<u64> {
    const NAME: &str = "content-length:";
    let at = line.to_ascii_lowercase().rfind(NAME)?;
    line.get(at + NAME.len()..)?.trim().parse().ok()
}

fn body(input: &mut impl BufRead, length: u64) -> io::Result<Frame> {
    let mut rest = input.take(length);
    if length > MAX_MESSAGE_BYTES {
        io::copy(&mut rest, &mut io::sink())?;
        return Ok(Frame::Malformed("a message is too large"));
    }
    let mut bytes = Vec::new();
    rest.read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < length {
        return Ok(Frame::End);
    }
    Ok(serde_json::from_slice(&bytes).map_or(Frame::Malformed("a message is not JSON"), Frame::Message))
}

/// Writes a message.
///
/// # Errors
/// What the system says: the client has gone.
pub(super) fn write(output: &mut impl Write, message: &Value) -> io::Result<()> {
    let text = message.to_string();
    write!(output, "Content-Length: {}\r\n\r\n{text}", text.len())?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn frames(input: &[u8]) -> Vec<Frame> {
        let mut input = input;
        let mut frames = Vec::new();
        loop {
            match read(&mut input).unwrap() {
                Frame::End => return frames,
                frame => frames.push(frame),
            }
        }
    }

    fn framed(text: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{text}", text.len())
    }

    #[test]
    fn what_is_written_can_be_read() {
        let mut bytes = Vec::new();
        write(&mut bytes, &json!({"a": "é"})).unwrap();
        write(&mut bytes, &json!([1])).unwrap();
        assert_eq!(frames(&bytes), [Frame::Message(json!({"a": "é"})), Frame::Message(json!([1]))]);
    }

    #[test]
    fn after_what_is_no_frame_the_next_one_is_found() {
        let good = framed("{}");
        let json = Frame::Message(json!({}));
        for garbage in ["junk\r\n\r\n", "junk", "Content-Length: x\r\n\r\n", "\r\n\r\n", "Content-Type: y\r\n"] {
            let found = frames(format!("{garbage}{good}{good}").as_bytes());
            assert_eq!(found.iter().filter(|frame| **frame == json).count(), 2, "{garbage:?}: {found:?}");
        }
        let broken = format!("{}{good}", framed("{\"a\":"));
        assert_eq!(frames(broken.as_bytes()), [Frame::Malformed("a message is not JSON"), json]);
        assert_eq!(frames(b"Content-Length: 9\r\n\r\n{}"), [], "the client ended in the middle of a message");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_come_to_an_end(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            frames(&bytes);
        }
    }
}
