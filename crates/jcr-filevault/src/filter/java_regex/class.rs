//! Character classes of Java patterns: `[a-z&&[^x]]`, `\w`, `\p{Alpha}`.

use super::Failure::{Invalid, Unsupported};
use super::{Failure, LINE_ENDS, MAX_NESTING_LEVELS, Translator};

/// Java's POSIX classes, all of them ASCII.
const POSIX: [(&str, &str); 13] = [
    ("Lower", "a-z"),
    ("Upper", "A-Z"),
    ("ASCII", r"\x00-\x7F"),
    ("Alpha", "a-zA-Z"),
    ("Digit", "0-9"),
    ("Alnum", "a-zA-Z0-9"),
    ("Punct", r"!-/:-@\[-`\{-\x7E"),
    ("Graph", r"!-\x7E"),
    ("Print", r"\x20-\x7E"),
    ("Blank", r"\x20\t"),
    ("Cntrl", r"\x00-\x1F\x7F"),
    ("XDigit", "0-9a-fA-F"),
    ("Space", r"\x20\t\n\x0B\f\r"),
];

/// General categories, which have the same names in both engines.
const CATEGORIES: [&str; 34] = [
    "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe", "Pi",
    "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "Cc", "Cf", "Co",
];

impl Translator {
    /// Translates the class whose `[` was read, nested ones in it too.
    pub(super) fn class(&mut self) -> Result<(), Failure> {
        // For each open class whether it is negated.
        let mut open = vec![self.open_class()?];
        while let Some(&negated) = open.last() {
            match self.next().ok_or(Invalid("a character class without `]`"))? {
                ']' => {
                    self.out.push(']');
                    open.pop();
                }
                '[' if open.len() >= MAX_NESTING_LEVELS => return Err(Unsupported("classes are nested very deep")),
                '[' => open.push(self.open_class()?),
                '&' if self.peek() == Some('&') => {
                    self.at += 1;
                    if negated || matches!(self.peek(), Some(']' | '&') | None) {
                        return Err(Unsupported("an intersection that Java versions read differently"));
                    }
                    self.out.push_str("&&");
                }
                '\\' if self.eat("Q") => {
                    while !self.eat(r"\E") {
                        let quoted = self.next().ok_or(Invalid("a character class without `]`"))?;
                        self.class_literal(quoted);
                    }
                }
                c => self.class_item(c)?,
            }
        }
        Ok(())
    }

    /// Writes the `[` that was read, with its `^`; gives whether there is one.
    fn open_class(&mut self) -> Result<bool, Failure> {
        let negated = self.eat("^");
        if matches!(self.peek(), Some(']' | '&')) {
            return Err(Unsupported("a character class that starts with `]` or `&`"));
        }
        self.out.push_str(if negated { "[^" } else { "[" });
        Ok(negated)
    }

    /// A character, a range or a named class, of which `c` was read.
    fn class_item(&mut self, c: char) -> Result<(), Failure> {
        let low = match c {
            '\\' => {
                let escaped = self.next().ok_or(Invalid("a backslash at the end"))?;
                if "dDwWsShHvVpP".contains(escaped) {
                    let set = self.named_class(escaped)?;
                    self.out.push_str(&set);
                    let range = self.peek() == Some('-') && self.chars.get(self.at + 1) != Some(&']');
                    return if range { Err(Unsupported("a range that starts with a class")) } else { Ok(()) };
                }
                self.character(escaped)?
            }
            c => c,
        };
        let after = self.chars.get(self.at + 1).copied();
        if self.peek() != Some('-') || matches!(after, Some(']' | '[') | None) {
            self.class_literal(low);
            return Ok(());
        }
        self.at += 1;
        let high = match self.next() {
            Some('\\') => {
                let escaped = self.next().ok_or(Invalid("a backslash at the end"))?;
                if "dDwWsShHvVpPQ".contains(escaped) {
                    return Err(Unsupported("a range that ends with a class"));
                }
                self.character(escaped)?
            }
            Some('&') => return Err(Unsupported("a range that ends with `&`")),
            Some(c) => c,
            None => return Err(Invalid("a character class without `]`")),
        };
        if high < low {
            return Err(Invalid("a range whose end is before its start"));
        }
        self.class_literal(low);
        self.out.push('-');
        self.class_literal(high);
        Ok(())
    }

    fn class_literal(&mut self, c: char) {
        match c {
            '\\' | '[' | ']' | '^' | '-' | '&' | '~' => {
                self.out.push('\\');
                self.out.push(c);
            }
            c if c.is_control() || c == ' ' || c == '#' => self.out.push_str(&format!("\\x{{{:x}}}", u32::from(c))),
            c => self.out.push(c),
        }
    }

    /// The class of `\d`, `\P{Alpha}` and the like, as a class of its own; `c` is what follows the backslash.
    pub(super) fn named_class(&mut self, c: char) -> Result<String, Failure> {
        let set = match c.to_ascii_lowercase() {
            'd' => "0-9",
            'w' => "a-zA-Z0-9_",
            's' => r"\x20\t\n\x0B\f\r",
            'h' => r"\x20\t\xA0\x{1680}\x{180e}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}",
            'v' => LINE_ENDS,
            _ => return self.property(c == 'P'),
        };
        Ok(if c.is_ascii_uppercase() { format!("[^{set}]") } else { format!("[{set}]") })
    }

    /// `\p{…}` or `\pL`, after the `p`.
    fn property(&mut self, negated: bool) -> Result<String, Failure> {
        let mut name = String::new();
        match self.next().ok_or(Invalid("a `\\p` at the end"))? {
            '{' => loop {
                match self.next().ok_or(Invalid("a `\\p{` without `}`"))? {
                    '}' => break,
                    c => name.push(c),
                }
            },
            c => name.push(c),
        }
        let caret = if negated { "^" } else { "" };
        if let Some((_, set)) = POSIX.iter().find(|(posix, _)| *posix == name) {
            let ambiguous = self.ignore_case && matches!(name.as_str(), "Lower" | "Upper");
            return if ambiguous {
                Err(Unsupported("a case class with ignored case"))
            } else {
                Ok(format!("[{caret}{set}]"))
            };
        }
        let category = name.strip_prefix("Is").unwrap_or(&name);
        let known = CATEGORIES.contains(&category) || matches!(name.as_str(), "IsAlphabetic" | "IsWhite_Space");
        if !known || self.ignore_case {
            return Err(Unsupported("a character property"));
        }
        Ok(format!("[{caret}\\p{{{category}}}]"))
    }
}
