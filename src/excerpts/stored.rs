//! Excerpts that outlive the process.

use super::rows::Shown;
use super::{Excerpts, Marked};
use crate::stored::{Stored, array};
use serde_json::Value as Json;
use text_spans::Span;

impl Stored for Excerpts {
    fn write(&self) -> Json {
        let nothing = Marked::default();
        let (beginning, marked) = match &self.marked {
            Some(marked) => (Json::Null, &**marked),
            None if self.text.is_empty() => (Json::Null, &nothing),
            None => (Json::from(&*self.text), &nothing),
        };
        let rows = self.rows(marked).map(Json::from).collect();
        let order = marked.order.iter().copied().map(Json::from).collect();
        let shown = marked.shown.iter().map(|(mark, shown)| Json::Array(vec![mark.write(), shown.write()])).collect();
        Json::Array(vec![beginning, rows, order, shown, marked.hashes.to_vec().write()])
    }

    fn read(json: &Json) -> Option<Self> {
        let [beginning, rows, order, shown, hashes] = array(json)?;
        if let Some(text) = beginning.as_str() {
            return Some(Self { text: text.into(), marked: None });
        }
        let mut text = String::new();
        let mut ends: Vec<u32> = Vec::new();
        for row in rows.as_array()? {
            text.push_str(row.as_str()?);
            ends.push(u32::try_from(text.len()).ok()?);
        }
        let order: Vec<u32> = Stored::read(order)?;
        let order: Vec<u16> = order.into_iter().map(|row| u16::try_from(row).ok()).collect::<Option<_>>()?;
        let shown: Vec<(Span, Shown)> = Stored::read(shown)?;
        let hashes: Vec<(u32, Box<str>)> = Stored::read(hashes)?;
        let marked = Marked { ends: ends.into(), order: order.into(), shown: shown.into(), hashes: hashes.into() };
        if marked == Marked::default() {
            return Some(Self::default());
        }
        let lines: Vec<&str> = marked.order.iter().map(|&row| text.get(marked.row(row)?)).collect::<Option<_>>()?;
        if !marked.shown.iter().all(|(_, shown)| shown.fits(&lines)) {
            return None;
        }
        Some(Self { text: text.into(), marked: Some(Box::new(marked)) })
    }
}

impl Shown {
    /// Whether both ends of the label are in these lines of all marks, between characters and in their order.
    fn fits(&self, lines: &[&str]) -> bool {
        let Some(own) = lines.get(self.rows()) else { return false };
        let is_there =
            |(row, byte): (u8, u16)| own.get(usize::from(row)).is_some_and(|line| line.is_char_boundary(byte.into()));
        is_there(self.start) && is_there(self.end) && self.start <= self.end && self.first_line > 0
    }
}

impl Stored for Shown {
    fn write(&self) -> Json {
        let Self { first_line, start, end, .. } = self;
        let rows = self.rows();
        let labels = [start.0.into(), start.1, end.0.into(), end.1].map(Json::from);
        [Json::from(*first_line), rows.start.into(), rows.end.into()].into_iter().chain(labels).collect()
    }

    fn read(json: &Json) -> Option<Self> {
        let numbers: Vec<u32> = Stored::read(json)?;
        let [first_line, from, to, row, byte, end_row, end_byte] = numbers.try_into().ok()?;
        Some(Self {
            first_line,
            first_row: from.try_into().ok()?,
            row_count: to.checked_sub(from)?.try_into().ok()?,
            start: (row.try_into().ok()?, byte.try_into().ok()?),
            end: (end_row.try_into().ok()?, end_byte.try_into().ok()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use text_spans::SourceRange;

    #[test]
    fn excerpts_are_read_back() {
        let text = "a=\"1\"\nb=\"é\"\npassword=\"hunter2\"\n";
        let marks = [Span::new(0, 5), Span::new(6, 12), SourceRange::FILE.span];
        for on_disk in [true, false] {
            let excerpts = Excerpts::new(text, &[], &marks, on_disk);
            assert_eq!(Excerpts::read(&excerpts.write()), Some(excerpts));
        }
        let beginning = Excerpts::beginning("a\nb\nc\nd").unwrap();
        assert_eq!(Excerpts::read(&beginning.write()), Some(beginning));
    }

    #[test]
    fn labels_outside_of_their_lines_are_not_read() {
        let shown = |label: Json| json!([null, ["aé"], [0], [[[0, 1], label]], []]);
        assert!(Excerpts::read(&shown(json!([1, 0, 1, 0, 0, 0, 3]))).is_some());
        for label in [
            json!([1, 0, 1, 0, 2, 0, 3]),
            json!([1, 0, 1, 0, 0, 0, 4]),
            json!([1, 0, 2, 0, 0, 0, 1]),
            json!([1, 0, 1, 0, 1, 0, 0]),
            json!([1, 0, 0, 0, 0, 0, 0]),
            json!([1, 0, 1, 1, 0, 1, 0]),
        ] {
            assert_eq!(Excerpts::read(&shown(label.clone())), None, "{label}");
        }
    }
}
