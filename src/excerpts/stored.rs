//! Excerpts that outlive the process.

use super::Excerpts;
use super::rows::{Range32, Shown};
use crate::stored::{Stored, array};
use serde_json::Value as Json;
use text_spans::Span;

impl Stored for Excerpts {
    fn write(&self) -> Json {
        let rows = self.rows.iter().map(|row| Json::from(self.text.get(row.range()).unwrap_or_default())).collect();
        let beginning = if self.is_beginning { Json::from(&*self.text) } else { Json::Null };
        let order = self.order.iter().copied().map(Json::from).collect();
        let shown = self.shown.iter().map(|(mark, shown)| Json::Array(vec![mark.write(), shown.write()])).collect();
        Json::Array(vec![beginning, rows, order, shown, self.hashes.write()])
    }

    fn read(json: &Json) -> Option<Self> {
        let [beginning, rows, order, shown, hashes] = array(json)?;
        if let Some(text) = beginning.as_str() {
            return Some(Self { text: text.into(), is_beginning: true, ..Self::default() });
        }
        let mut text = String::new();
        let mut ranges: Vec<Range32> = Vec::new();
        for row in rows.as_array()? {
            let start = text.len();
            text.push_str(row.as_str()?);
            u32::try_from(text.len()).ok()?;
            ranges.push(Range32::from(start..text.len()));
        }
        let order: Vec<u32> = Stored::read(order)?;
        let row = |index: &u32| text.get(ranges.get(*index as usize)?.range());
        let lines: Vec<&str> = order.iter().map(row).collect::<Option<_>>()?;
        let shown: Vec<(Span, Shown)> = Stored::read(shown)?;
        if !shown.iter().all(|(_, shown)| shown.fits(&lines)) {
            return None;
        }
        let hashes = Stored::read(hashes)?;
        Some(Self {
            text: text.into(),
            rows: ranges.into(),
            order: order.into(),
            shown: shown.into(),
            hashes,
            is_beginning: false,
        })
    }
}

impl Shown {
    /// Whether both ends of the label are in these lines of all marks, between characters and in their order.
    fn fits(&self, lines: &[&str]) -> bool {
        let Some(own) = lines.get(self.rows.range()) else { return false };
        let is_there =
            |(row, byte): (u32, u32)| own.get(row as usize).is_some_and(|line| line.is_char_boundary(byte as usize));
        is_there(self.start) && is_there(self.end) && self.start <= self.end && self.first_line > 0
    }
}

impl Stored for Shown {
    fn write(&self) -> Json {
        let Self { first_line, rows, start, end } = self;
        [*first_line, rows.start, rows.end, start.0, start.1, end.0, end.1].into_iter().map(Json::from).collect()
    }

    fn read(json: &Json) -> Option<Self> {
        let numbers: Vec<u32> = Stored::read(json)?;
        let [first_line, from, to, row, byte, end_row, end_byte] = numbers.try_into().ok()?;
        let rows = Range32 { start: from, end: to };
        (from <= to).then_some(Self { first_line, rows, start: (row, byte), end: (end_row, end_byte) })
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
