//! The order of package versions: FileVault's `Version.compareTo`, which is that of Maven's `ComparableVersion`.

use std::cmp::Ordering;

/// Qualifiers that Maven knows, lowest first; the empty one is the release itself. Any other one is higher.
const QUALIFIERS: [&str; 7] = ["alpha", "beta", "milestone", "rc", "snapshot", "", "sp"];

/// Where the release itself stands in [`QUALIFIERS`].
const RELEASE: usize = 5;

/// Parts beyond this number are not compared: no version has as many, and versions are not trusted.
const MAX_VERSION_PARTS: usize = 64;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part<'v> {
    /// Digits without leading zeros.
    Number(&'v str),
    /// The place among the known qualifiers, or behind them with its text.
    Qualifier(usize, String),
    /// What a hyphen, or a change between letters and digits, starts.
    List(Vec<Part<'v>>),
}

/// Compares two versions of packages. `2.1-SNAPSHOT` comes before `2.1`, and `2.9` before `2.11`.
pub(crate) fn compare_versions(a: &str, b: &str) -> Ordering {
    compare_lists(&parse(a), &parse(b))
}

/// Reads a version. The lists inside each other are kept as a stack of those that are still open.
fn parse(version: &str) -> Vec<Part<'_>> {
    let mut open: Vec<Vec<Part<'_>>> = vec![Vec::new()];
    let bytes = version.as_bytes();
    let (mut start, mut number) = (0, false);
    let mut parts = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if parts >= MAX_VERSION_PARTS {
            break;
        }
        match byte {
            b'.' | b'-' => {
                let part = match version.get(start..at) {
                    Some("") | None => Part::Number(""),
                    Some(text) => part(text, number, false),
                };
                push_part(&mut open, part);
                start = at + 1;
                parts += 1;
                if byte == b'-' {
                    open.push(Vec::new());
                }
            }
            digit => {
                let is_digit = digit.is_ascii_digit();
                if at > start && is_digit != number {
                    // `1a` and `a1`: the rest is a list of its own.
                    if let Some(text) = version.get(start..at) {
                        // The letters of `rc1` may be an abbreviation.
                        push_part(&mut open, part(text, number, is_digit));
                    }
                    start = at;
                    parts += 1;
                    open.push(Vec::new());
                }
                number = is_digit;
            }
        }
    }
    if let Some(text) = version.get(start..).filter(|text| !text.is_empty() && parts < MAX_VERSION_PARTS) {
        push_part(&mut open, part(text, number, false));
    }
    // From the innermost outwards: parts at the end that say nothing go.
    let mut inner: Option<Vec<Part<'_>>> = None;
    while let Some(mut list) = open.pop() {
        normalize(&mut list);
        if let Some(inner) = inner.take().filter(|inner| !inner.is_empty()) {
            list.push(Part::List(inner));
        }
        inner = Some(list);
    }
    inner.unwrap_or_default()
}

fn push_part<'v>(open: &mut [Vec<Part<'v>>], part: Part<'v>) {
    if let Some(list) = open.last_mut() {
        list.push(part);
    }
}

fn part(text: &str, number: bool, before_digit: bool) -> Part<'_> {
    if number {
        return Part::Number(text.trim_start_matches('0'));
    }
    let text = text.to_lowercase();
    let name = match text.as_str() {
        "a" if before_digit => "alpha",
        "b" if before_digit => "beta",
        "m" if before_digit => "milestone",
        "cr" => "rc",
        "ga" | "final" | "release" => "",
        other => other,
    };
    let known = QUALIFIERS.iter().position(|qualifier| *qualifier == name);
    Part::Qualifier(known.unwrap_or(QUALIFIERS.len()), known.map_or_else(|| name.to_owned(), |_| String::new()))
}

fn normalize(list: &mut Vec<Part<'_>>) {
    while list.last().is_some_and(|part| match part {
        Part::Number(digits) => digits.is_empty(),
        Part::Qualifier(place, _) => *place == RELEASE,
        Part::List(list) => list.is_empty(),
    }) {
        list.pop();
    }
}

fn compare_lists(a: &[Part<'_>], b: &[Part<'_>]) -> Ordering {
    for at in 0..a.len().max(b.len()) {
        let order = match (a.get(at), b.get(at)) {
            (Some(a), Some(b)) => compare_parts(a, b),
            (Some(a), None) => compare_with_nothing(a),
            (None, Some(b)) => compare_with_nothing(b).reverse(),
            (None, None) => Ordering::Equal,
        };
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

fn compare_parts(a: &Part<'_>, b: &Part<'_>) -> Ordering {
    match (a, b) {
        (Part::Number(a), Part::Number(b)) => a.len().cmp(&b.len()).then_with(|| a.cmp(b)),
        (Part::Qualifier(a, text_a), Part::Qualifier(b, text_b)) => a.cmp(b).then_with(|| text_a.cmp(text_b)),
        (Part::List(a), Part::List(b)) => compare_lists(a, b),
        // `1.1` comes after `1-sp`, `1-1` between the two.
        _ => kind(a).cmp(&kind(b)),
    }
}

fn kind(part: &Part<'_>) -> u8 {
    match part {
        Part::Qualifier(..) => 0,
        Part::List(_) => 1,
        Part::Number(_) => 2,
    }
}

fn compare_with_nothing(part: &Part<'_>) -> Ordering {
    match part {
        Part::Number(digits) => (!digits.is_empty()).cmp(&false),
        Part::Qualifier(place, _) => place.cmp(&RELEASE),
        Part::List(list) => {
            list.iter().map(compare_with_nothing).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_versions_as_maven_does() {
        let rising = [
            "1-alpha",
            "1-beta",
            "1-rc1",
            "1-SNAPSHOT",
            "1",
            "1-sp",
            "1-acme",
            "1-1",
            "1.1-SNAPSHOT",
            "1.1",
            "1.2",
            "1.10",
            "2.0.1",
            "2.1-RC1",
            "2.1-SNAPSHOT",
            "2.1",
            "2.1.1",
            "2.9",
            "2.11",
            "10",
            "2024.1",
            "20240101120000",
        ];
        for (at, low) in rising.iter().enumerate() {
            assert_eq!(compare_versions(low, low), Ordering::Equal);
            for high in &rising[at + 1..] {
                assert_eq!(compare_versions(low, high), Ordering::Less, "{low} {high}");
                assert_eq!(compare_versions(high, low), Ordering::Greater, "{high} {low}");
            }
        }
        for (a, b) in [
            ("1", "1.0"),
            ("1.0.0", "1"),
            ("1-ga", "1"),
            ("1.0-final", "1"),
            ("01", "1"),
            ("1a1", "1-alpha-1"),
            ("", "0"),
        ] {
            assert_eq!(compare_versions(a, b), Ordering::Equal, "{a} {b}");
        }
    }

    #[test]
    fn a_hostile_version_costs_little() {
        let long = "1-".repeat(1_000_000);
        assert_eq!(compare_versions(&long, &long), Ordering::Equal);
        assert_eq!(compare_versions("ä.é", "ä.é"), Ordering::Equal);
    }
}
