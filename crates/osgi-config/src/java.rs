//! The few rules of the Java class library that the configuration formats inherit: UTF-16 text, white space and
//! number syntax.

/// Collects UTF-16 units, as Java strings hold them, into UTF-8. A lone surrogate becomes U+FFFD.
#[derive(Debug, Default)]
pub(super) struct JavaText {
    out: String,
    high: Option<u16>,
}

impl JavaText {
    /// Appends one UTF-16 unit, as a `\u` escape yields it.
    pub(super) fn unit(&mut self, unit: u16) {
        if let Some(high) = self.high.take() {
            if (0xDC00..0xE000).contains(&unit) {
                let code = 0x10000 + ((u32::from(high) - 0xD800) << 10) + (u32::from(unit) - 0xDC00);
                self.out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                return;
            }
            self.out.push(char::REPLACEMENT_CHARACTER);
        }
        if (0xD800..0xDC00).contains(&unit) {
            self.high = Some(unit);
        } else {
            self.out.push(char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
    }

    /// Appends a character.
    pub(super) fn push(&mut self, c: char) {
        if self.high.take().is_some() {
            self.out.push(char::REPLACEMENT_CHARACTER);
        }
        self.out.push(c);
    }

    /// Appends a text.
    pub(super) fn push_str(&mut self, text: &str) {
        if !text.is_empty() && self.high.take().is_some() {
            self.out.push(char::REPLACEMENT_CHARACTER);
        }
        self.out.push_str(text);
    }

    /// The text.
    pub(super) fn finish(mut self) -> String {
        if self.high.is_some() {
            self.out.push(char::REPLACEMENT_CHARACTER);
        }
        self.out
    }
}

/// `Character.isWhitespace`: Unicode separators without the non-breaking ones, and the ASCII controls that separate.
pub(super) fn is_whitespace(c: char) -> bool {
    matches!(c,
        '\t'..='\r' | '\u{1C}'..=' ' | '\u{1680}' | '\u{2000}'..='\u{2006}' | '\u{2008}'..='\u{200A}'
        | '\u{2028}' | '\u{2029}' | '\u{205F}' | '\u{3000}')
}

/// `String.trim`: everything up to U+0020 goes, at both ends.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c <= ' ')
}

/// The zeros of the decimal digits outside ASCII in the Basic Multilingual Plane (Unicode general category Nd).
const ZEROS: [u32; 36] = [
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6, 0x0E50,
    0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50,
    0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
];

/// `Character.digit` for one UTF-16 unit.
fn digit(c: char, radix: u32) -> Option<u32> {
    if let Some(value) = c.to_digit(radix) {
        return Some(value);
    }
    let code = u32::from(c);
    let value = match code {
        // Fullwidth Latin letters count as digits from ten on.
        0xFF21..=0xFF3A => code - 0xFF21 + 10,
        0xFF41..=0xFF5A => code - 0xFF41 + 10,
        _ => ZEROS.iter().find(|&&zero| (zero..zero + 10).contains(&code)).map(|zero| code - zero)?,
    };
    (value < radix).then_some(value)
}

/// `Integer.parseInt` and its sisters: an optional sign, at least one digit, the result within `range`.
pub(super) fn parse_integer(text: &str, radix: u32, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() {
        return None;
    }
    let mut value = 0_i64;
    for c in digits.chars() {
        let digit = i64::from(digit(c, radix)?);
        value = value.checked_mul(i64::from(radix))?;
        value = if negative { value.checked_sub(digit)? } else { value.checked_add(digit)? };
    }
    range.contains(&value).then_some(value)
}

/// `Double.parseDouble`, without its hexadecimal form: white space around, a trailing type letter, `NaN`, `Infinity`.
pub(super) fn parse_double(text: &str) -> Option<f64> {
    let text = trim(text);
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    match unsigned {
        "NaN" => return Some(f64::NAN),
        "Infinity" => return Some(sign * f64::INFINITY),
        _ => {}
    }
    let number = unsigned.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(unsigned);
    // Rust also reads words such as `inf`; Java wants a digit or a point first.
    number
        .starts_with(|c: char| c.is_ascii_digit() || c == '.')
        .then(|| number.parse::<f64>().ok())
        .flatten()
        .map(|n| sign * n)
}

/// `Double.toString`: a point always, an exponent outside 10^-3 up to 10^7.
pub(super) fn double_text(value: f64) -> String {
    if value.is_nan() {
        return "NaN".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.into();
    }
    let size = value.abs();
    if size == 0.0 || (1e-3..1e7).contains(&size) {
        return format!("{value:?}");
    }
    let text = format!("{value:E}");
    match text.split_once('E') {
        Some((mantissa, exponent)) if !mantissa.contains('.') => format!("{mantissa}.0E{exponent}"),
        _ => text,
    }
}

/// The decimal a Java `float` prints, as a double: 3.6 rather than 3.5999999046325684.
pub(super) fn widen(value: f32) -> f64 {
    if value.is_finite() { value.to_string().parse().unwrap_or(f64::from(value)) } else { f64::from(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_surrogates_and_replaces_lone_ones() {
        let mut text = JavaText::default();
        for unit in [0x41, 0xD83D, 0xDE00, 0xD83D, 0x42, 0xDE00, 0xD83D] {
            text.unit(unit);
        }
        assert_eq!(text.finish(), "A😀\u{FFFD}B\u{FFFD}\u{FFFD}");
    }

    #[test]
    fn reads_numbers_as_java_does() {
        let int = |text| parse_integer(text, 10, i64::from(i32::MIN)..=i64::from(i32::MAX));
        assert_eq!(int("+7"), Some(7));
        assert_eq!(int("007"), Some(7));
        assert_eq!(int("-2147483648"), Some(-2_147_483_648));
        assert_eq!(int("٤٢"), Some(42));
        for bad in ["", "+", "2147483648", " 1", "1.0", "1_0", "99999999999999999999"] {
            assert_eq!(int(bad), None, "{bad}");
        }
        assert_eq!(parse_integer("+041", 16, 0..=0xFFFF), Some(0x41));
        assert_eq!(parse_double(" 1.5f "), Some(1.5));
        assert_eq!(parse_double("-Infinity"), Some(f64::NEG_INFINITY));
        assert_eq!(parse_double("inf"), None);
        assert_eq!(parse_double("-"), None);
    }

    #[test]
    fn writes_doubles_as_java_does() {
        for (value, text) in [(1.0, "1.0"), (1000.5, "1000.5"), (1e7, "1.0E7"), (1.25e-4, "1.25E-4"), (0.001, "0.001")]
        {
            assert_eq!(double_text(value), text);
        }
    }

    #[test]
    fn white_space_is_javas() {
        assert!(['\u{2003}', '\u{3000}', '\u{2028}', '\u{1C}', '\t'].into_iter().all(is_whitespace));
        assert!(!['\u{A0}', '\u{200B}', '\u{85}', '\u{FEFF}'].into_iter().any(is_whitespace));
    }
}
