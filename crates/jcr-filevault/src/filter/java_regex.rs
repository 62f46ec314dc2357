//! Translates `java.util.regex` patterns for the `fancy-regex` crate.
//!
//! A pattern is translated only where both mean the same. What Java would refuse and what cannot be expressed here are
//! different failures: the first breaks the package, the second leaves the result of a match unknown.

mod class;

/// A translated pattern.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Translated {
    /// For a full match, in the syntax of `fancy-regex`.
    pub(super) pattern: String,
    /// Whether both engines agree only on texts of printable ASCII.
    pub(super) ascii_only: bool,
}

/// Why a pattern was not translated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// Java does not accept it.
    Invalid(&'static str),
    /// Java accepts it, or may do so, and it cannot be expressed with certainty.
    Unsupported(&'static str),
}

use Failure::{Invalid, Unsupported};

/// Largest repeat count that is translated; larger ones are never meant and cost memory.
const MAX_REPEAT_COUNT: u32 = 1000;
/// Deepest nesting that is handed to the recursive parser of the regex library.
const MAX_NESTING_LEVELS: usize = 100;
/// Longest pattern that is translated.
const MAX_PATTERN_BYTES: usize = 16 << 10;

const LINE_ENDS: &str = r"\n\x0B\f\r\x{85}\x{2028}\x{2029}";

/// Translates a pattern for `Matcher.matches()`.
pub(super) fn translate(pattern: &str) -> Result<Translated, Failure> {
    if pattern.len() > MAX_PATTERN_BYTES {
        return Err(Unsupported("the pattern is very long"));
    }
    let mut translator = Translator {
        chars: pattern.chars().collect(),
        at: 0,
        out: String::from(r"\A(?:"),
        groups: Vec::new(),
        captures: 0,
        dot_all: false,
        ignore_case: false,
        ascii_only: false,
    };
    translator.run()?;
    if translator.ignore_case && !pattern.is_ascii() {
        return Err(Unsupported("letters outside of ASCII with ignored case"));
    }
    translator.out.push_str(r")\z");
    Ok(Translated { pattern: translator.out, ascii_only: translator.ascii_only })
}

struct Translator {
    chars: Vec<char>,
    at: usize,
    out: String,
    /// The `dot_all` flag around each open group.
    groups: Vec<bool>,
    captures: u32,
    dot_all: bool,
    /// Whether case is ignored anywhere.
    ignore_case: bool,
    ascii_only: bool,
}

impl Translator {
    fn run(&mut self) -> Result<(), Failure> {
        // Whether something stands before that can be repeated.
        let mut atom = false;
        while let Some(c) = self.next() {
            match c {
                '*' | '+' | '?' | '{' if !atom => return Err(Invalid("a quantifier with nothing to repeat")),
                '*' | '+' | '?' => {
                    self.out.push(c);
                    self.quantifier_mode();
                    atom = false;
                    continue;
                }
                '{' => {
                    self.repeat()?;
                    atom = false;
                    continue;
                }
                '|' => {
                    self.out.push('|');
                    atom = false;
                    continue;
                }
                '(' => {
                    atom = false;
                    self.group()?;
                    continue;
                }
                ')' => {
                    self.dot_all = self.groups.pop().ok_or(Invalid("a `)` without `(`"))?;
                    self.out.push(')');
                }
                '[' => self.class()?,
                '.' if self.dot_all => self.out.push_str("(?s:.)"),
                '.' => self.out.push_str(r"[^\n\r\x{85}\x{2028}\x{2029}]"),
                '^' => self.out.push_str(r"\A"),
                '$' => self.end_of_text(),
                '\\' => self.escape()?,
                _ => self.literal(c),
            }
            atom = true;
        }
        if self.groups.is_empty() { Ok(()) } else { Err(Invalid("a `(` without `)`")) }
    }

    fn next(&mut self) -> Option<char> {
        let c = self.chars.get(self.at).copied();
        self.at += usize::from(c.is_some());
        c
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn eat(&mut self, text: &str) -> bool {
        let len = text.chars().count();
        let eaten = self.chars.get(self.at..self.at + len).is_some_and(|found| found.iter().copied().eq(text.chars()));
        self.at += if eaten { len } else { 0 };
        eaten
    }

    fn literal(&mut self, c: char) {
        if r"\.+*?()|[]{}^$".contains(c) {
            self.out.push('\\');
        }
        self.out.push(c);
    }

    /// `$` and `\Z` also match before a final line end; on texts without line ends that is the end.
    fn end_of_text(&mut self) {
        self.ascii_only = true;
        self.out.push_str(r"\z");
    }

    /// The `?` or `+` after a quantifier.
    fn quantifier_mode(&mut self) {
        if let Some(mode @ ('?' | '+')) = self.peek() {
            self.at += 1;
            self.out.push(mode);
        }
    }

    fn number(&mut self) -> Option<u32> {
        let start = self.at;
        let mut value: u32 = 0;
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
            value = value.saturating_mul(10).saturating_add(digit);
            self.at += 1;
        }
        (self.at > start).then_some(value)
    }

    fn repeat(&mut self) -> Result<(), Failure> {
        let low = self.number().ok_or(Invalid("a `{` that is no repetition"))?;
        let high = if self.eat(",") { self.number() } else { Some(low) };
        if !self.eat("}") {
            return Err(Invalid("a repetition without `}`"));
        }
        if high.is_some_and(|high| high < low) {
            return Err(Invalid("a repetition whose maximum is below its minimum"));
        }
        if low.max(high.unwrap_or(0)) > MAX_REPEAT_COUNT {
            return Err(Unsupported("a very large repetition"));
        }
        let high = high.map_or(String::new(), |high| high.to_string());
        self.out.push_str(&format!("{{{low},{high}}}"));
        self.quantifier_mode();
        Ok(())
    }

    /// Opens the group whose `(` was read, or sets flags.
    fn group(&mut self) -> Result<(), Failure> {
        if self.groups.len() >= MAX_NESTING_LEVELS {
            return Err(Unsupported("groups are nested very deep"));
        }
        let dot_all = self.dot_all;
        if !self.eat("?") {
            self.captures += 1;
            self.out.push('(');
        } else if let Some(start) = ["<=", "<!", "=", "!", ">", ":"].into_iter().find(|start| self.eat(start)) {
            self.out.push_str("(?");
            self.out.push_str(start);
        } else if self.eat("<") {
            let name = self.group_name()?;
            self.captures += 1;
            self.out.push_str(&format!("(?<{name}>"));
        } else {
            return self.flags(dot_all);
        }
        self.groups.push(dot_all);
        Ok(())
    }

    /// A group's name up to and including `>`.
    fn group_name(&mut self) -> Result<String, Failure> {
        let mut name = String::new();
        loop {
            match self.next() {
                Some('>') if !name.is_empty() => return Ok(name),
                Some(c) if c.is_ascii_alphabetic() || (c.is_ascii_digit() && !name.is_empty()) => name.push(c),
                _ => return Err(Invalid("a malformed group name")),
            }
        }
    }

    /// `(?i)` and `(?i:`, after the `(?`.
    fn flags(&mut self, outer: bool) -> Result<(), Failure> {
        let mut on = true;
        let mut case = None;
        loop {
            match self.next() {
                Some('-') if on => on = false,
                Some('i') => case = Some(on),
                Some('s') => self.dot_all = on,
                // Without `i` it does nothing; with it, both engines agree on ASCII.
                Some('u') => {}
                Some('d' | 'm' | 'x' | 'U') => return Err(Unsupported("a flag other than `i`, `s` and `u`")),
                Some(end @ (')' | ':')) => {
                    let flag = match case {
                        Some(true) => "i",
                        Some(false) => "-i",
                        None => "",
                    };
                    self.ignore_case |= case == Some(true);
                    self.ascii_only |= self.ignore_case;
                    if end == ':' {
                        self.out.push_str(&format!("(?{flag}:"));
                        self.groups.push(outer);
                    } else if !flag.is_empty() {
                        self.out.push_str(&format!("(?{flag})"));
                    }
                    return Ok(());
                }
                _ => return Err(Invalid("an unknown kind of group")),
            }
        }
    }

    /// An escape outside of a character class, after the backslash.
    fn escape(&mut self) -> Result<(), Failure> {
        let c = self.next().ok_or(Invalid("a backslash at the end"))?;
        match c {
            'd' | 'D' | 'w' | 'W' | 's' | 'S' | 'h' | 'H' | 'v' | 'V' | 'p' | 'P' => {
                let set = self.named_class(c)?;
                self.out.push_str(&set);
            }
            'R' => self.out.push_str(&format!(r"(?:\r\n|[{LINE_ENDS}])")),
            'b' if self.peek() == Some('{') => return Err(Unsupported("a `\\b{…}` boundary")),
            'b' | 'B' => {
                self.ascii_only = true;
                self.out.push('\\');
                self.out.push(c);
            }
            'A' | 'z' => {
                self.out.push('\\');
                self.out.push(c);
            }
            'Z' => self.end_of_text(),
            'G' | 'X' | 'N' => return Err(Unsupported("`\\G`, `\\X` or `\\N`")),
            'Q' => {
                while self.at < self.chars.len() && !self.eat(r"\E") {
                    let quoted = self.next().unwrap_or_default();
                    self.literal(quoted);
                }
            }
            '1'..='9' => {
                let number = c.to_digit(10).unwrap_or_default();
                if number > self.captures || self.peek().is_some_and(|c| c.is_ascii_digit()) {
                    return Err(Unsupported("a reference to a later group, or one of two digits"));
                }
                self.ascii_only |= self.ignore_case;
                self.out.push_str(&format!("(?:\\{number})"));
            }
            'k' => {
                if !self.eat("<") {
                    return Err(Invalid("`\\k` without group name"));
                }
                let name = self.group_name()?;
                if !self.out.contains(&format!("(?<{name}>")) {
                    return Err(Invalid("a reference to an unknown group"));
                }
                self.out.push_str(&format!("\\k<{name}>"));
            }
            _ => {
                let literal = self.character(c)?;
                self.literal(literal);
            }
        }
        Ok(())
    }

    /// The character that an escape stands for; `c` is what follows the backslash.
    fn character(&mut self, c: char) -> Result<char, Failure> {
        let code = match c {
            't' => 0x09,
            'n' => 0x0a,
            'r' => 0x0d,
            'f' => 0x0c,
            'a' => 0x07,
            'e' => 0x1b,
            'x' if self.eat("{") => {
                let mut value = 0u32;
                loop {
                    match self.next() {
                        Some('}') => break value,
                        Some(digit) => {
                            let digit = digit.to_digit(16).ok_or(Invalid("a malformed `\\x{…}`"))?;
                            value = value.checked_mul(16).ok_or(Invalid("a `\\x{…}` beyond Unicode"))? + digit;
                        }
                        None => return Err(Invalid("a malformed `\\x{…}`")),
                    }
                }
            }
            'x' => self.digits(2, 16)?,
            'u' => self.digits(4, 16)?,
            '0' => self.octal()?,
            'c' => u32::from(self.next().ok_or(Invalid("a `\\c` at the end"))?) ^ 0x40,
            c if c.is_ascii_alphanumeric() => return Err(Invalid("an unknown escape")),
            c => u32::from(c),
        };
        char::from_u32(code).ok_or(Unsupported("a surrogate"))
    }

    fn digits(&mut self, count: usize, radix: u32) -> Result<u32, Failure> {
        (0..count).try_fold(0, |value, _| {
            let digit = self.next().and_then(|c| c.to_digit(radix)).ok_or(Invalid("a malformed `\\x` or `\\u`"))?;
            Ok(value * radix + digit)
        })
    }

    /// One to three octal digits, at most 0377.
    fn octal(&mut self) -> Result<u32, Failure> {
        let mut value = self.digits(1, 8)?;
        for _ in 0..2 {
            let Some(digit) = self.peek().and_then(|c| c.to_digit(8)).filter(|digit| value * 8 + digit <= 0o377) else {
                break;
            };
            value = value * 8 + digit;
            self.at += 1;
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        let translated = translate(pattern).unwrap_or_else(|error| panic!("{pattern}: {error:?}"));
        let regex = fancy_regex::Regex::new(&translated.pattern);
        let regex = regex.unwrap_or_else(|error| panic!("{pattern} became {}: {error}", translated.pattern));
        regex.is_match(text).unwrap()
    }

    #[test]
    fn matches_as_java_does() {
        let yes = [
            (r"/apps/.*", "/apps/x"),
            (r"/a(/.*)?", "/a"),
            (r".*\.(gif|png)", "/x/y.gif"),
            (r"a|bc", "bc"),
            (r"(?!/apps/x).*", "/apps/y"),
            (r".*(?<!/config)", "/apps/x"),
            (r"(\w+)/\1", "ab/ab"),
            (r"(?<n>\d)-\k<n>", "4-4"),
            (r"a++b", "aab"),
            (r"(?>a*)b", "aab"),
            (r"\Q.*[\E.", ".*[x"),
            (r"[a-z&&[^aeiou]]+", "xyz"),
            (r"[\w.-]+", "a_b.c-d"),
            (r"[^/]+", "a.b"),
            (r"\p{Alpha}\p{Digit}\p{Lu}", "a1B"),
            (r"\h\R", " \r\n"),
            (r"(?i)/APPS/x", "/apps/X"),
            (r"(?s).", "\n"),
            (r"\x41\u0042\0103\x{44}", "ABCD"),
            (r"^/a$", "/a"),
            (r"a{2}b{1,}c{0,2}?", "aabc"),
            (r"[a\-z~&]+", "a-~&z"),
            (r"[\p{L}&&[^x]]", "é"),
            (r"[a-]", "-"),
            (r"\/\-\ \#", "/- #"),
            (r"a}]", "a}]"),
            (r"", ""),
        ];
        for (pattern, text) in yes {
            assert!(matches(pattern, text), "{pattern} matches {text}");
        }
        let no = [
            (r"a|bc", "abc"),
            (r"/apps", "/apps/x"),
            (r".", "\n"),
            (r"\d", "٣"),
            (r"\w", "é"),
            (r"a*+a", "aaa"),
            (r"(?>a*)ab", "aab"),
            (r"[a-z&&[^aeiou]]", "e"),
            (r"\p{Lower}", "é"),
            (r"[^\d]", "1"),
            (r"(?!/apps/x).*", "/apps/x"),
        ];
        for (pattern, text) in no {
            assert!(!matches(pattern, text), "{pattern} does not match {text}");
        }
    }

    #[test]
    fn tells_invalid_patterns_from_unsupported_ones() {
        for pattern in
            ["(", ")", "*a", "a**", "[a", "a{", "a{2,1}", r"\", r"\y", "(?<1>a)", "(?#c)", r"\xg1", "[b-a]", "|+"]
        {
            assert!(matches!(translate(pattern), Err(Invalid(_))), "{pattern}: {:?}", translate(pattern));
        }
        for pattern in [r"(?x)a b", r"\G", "[]a]", "[^a&&b]", r"(a)\2", r"\p{javaLowerCase}", "a{99999}", r"[\d-z]"] {
            assert!(matches!(translate(pattern), Err(Unsupported(_))), "{pattern}: {:?}", translate(pattern));
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(pattern in "[a-c(){}\\[\\]^$.*+?|\\\\&\\-0-9pPQEuxk<>:=!iLé]{0,16}", text in "[a-c0-9é\n]{0,6}") {
            if let Ok(translated) = translate(&pattern)
                && let Ok(regex) = fancy_regex::Regex::new(&translated.pattern)
            {
                let _ = regex.is_match(&text);
            }
        }
    }
}
