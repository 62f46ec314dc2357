//! The algorithm of the Felix interpolation plugin (`Interpolator`), step by step, with a limit: nested placeholders
//! make the original run for ever or overflow its stack.

/// Bytes that may be read for one value, all passes over it together.
pub(super) const MAX_INTERPOLATION_BYTES: usize = 1 << 20;

/// Levels of placeholders inside placeholders.
const MAX_NESTED_PLACEHOLDERS: u32 = 16;

/// Looks up a value by type (`env`, `secret`, …) and name.
type Lookup<'a> = dyn Fn(&str, &str) -> Option<String> + 'a;

/// Replaces the placeholders of `value` by what `lookup` returns, or by their defaults. Placeholders with neither stay.
/// `None` if the value is too complex: it nests too deeply, or the bytes read use up `budget`.
pub(super) fn interpolate(value: &str, lookup: &Lookup<'_>, budget: &mut usize) -> Option<String> {
    Interpolator { lookup, budget }.replace(value, MAX_NESTED_PLACEHOLDERS)
}

struct Interpolator<'a> {
    lookup: &'a Lookup<'a>,
    budget: &'a mut usize,
}

fn spend(budget: &mut usize, bytes: usize) -> Option<()> {
    let left = budget.checked_sub(bytes);
    *budget = left.unwrap_or(0);
    left.map(|_| ())
}

impl Interpolator<'_> {
    fn replace(&mut self, value: &str, depth: u32) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        let mut result = value.to_owned();
        let mut index = 0;
        while index < result.len() {
            spend(self.budget, result.len())?;
            let Some((start, end)) = boundaries(&mut result, index, self.budget)? else { break };
            let key = result.get(start + 2..end)?;
            let Some((kind, rest)) = key.split_once(':') else {
                // The original goes on two characters behind where it began to search, not behind what it found.
                index = step(&result, index);
                continue;
            };
            let (name, directives) = rest.split_once(';').map_or((rest, None), |(name, rest)| (name, Some(rest)));
            let directives = match directives {
                Some(directives) => Some(self.replace(directives, depth)?),
                None => None,
            };
            let name = self.replace(name, depth)?;
            let found = (self.lookup)(kind, &name);
            match found.or_else(|| directive(&directives?, "default")) {
                None => index = step(&result, index),
                Some(replacement) => {
                    let replacement = self.replace(&replacement, depth)?;
                    result.replace_range(start..=end, &replacement);
                    index = start + replacement.len();
                }
            }
        }
        Some(result)
    }
}

/// Two bytes on, and on to the next character boundary.
fn step(text: &str, index: usize) -> usize {
    (index + 2..text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len())
}

/// The first unescaped placeholder from `index` on: where `$[` starts and where its `]` stands. Backslashes before
/// brackets that were looked at are taken out of `text`. The outer `None` is the end of the budget.
fn boundaries(text: &mut String, mut index: usize, budget: &mut usize) -> Option<Option<(usize, usize)>> {
    let start = loop {
        let Some(start) = text.get(index..).and_then(|rest| rest.find("$[")).map(|at| index + at) else {
            return Some(None);
        };
        if !escaped(text, start) {
            break start;
        }
        spend(budget, text.len())?;
        text.remove(start - 1);
        // What follows has moved one to the left; the character after it is where the original goes on.
        index = (start + 1).min(text.len());
    };
    let mut removed = Vec::new();
    let mut open = 1;
    let mut end = None;
    for at in start + 2..text.len() {
        let bracket = text.as_bytes().get(at).copied();
        match bracket {
            Some(b'[' | b']') if escaped(text, at) => removed.push(at - 1),
            Some(b'[') => open += 1,
            Some(b']') => {
                open -= 1;
                if open == 0 {
                    end = Some(at);
                    break;
                }
            }
            _ => {}
        }
    }
    let removed_before_end = removed.len();
    if removed_before_end > 0 {
        let mut gone = removed.iter().copied().peekable();
        let keep = |&(at, _): &(usize, char)| gone.next_if_eq(&at).is_none();
        *text = text.char_indices().filter(keep).map(|(_, c)| c).collect();
    }
    Some(end.map(|end| (start, end - removed_before_end)))
}

fn escaped(text: &str, at: usize) -> bool {
    let before = |n: usize| at.checked_sub(n).and_then(|at| text.as_bytes().get(at)) == Some(&b'\\');
    before(1) && !before(2)
}

/// The value of the directive `name` in `a=b;c=d`; the last one counts. `\;` is a plain semicolon, a directive
/// without `=` is empty.
pub(super) fn directive(directives: &str, name: &str) -> Option<String> {
    let mut parts = vec![String::new()];
    let mut at_part_start = 0;
    for (at, c) in directives.char_indices() {
        let Some(part) = parts.last_mut() else { break };
        if c != ';' {
            part.push(c);
        } else if at > at_part_start && escaped(directives.get(at_part_start..).unwrap_or_default(), at - at_part_start)
        {
            part.pop();
            part.push(';');
        } else {
            parts.push(String::new());
            at_part_start = at + 1;
        }
    }
    let value = |part: &String| {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        (key == name).then(|| value.to_owned())
    };
    parts.iter().rev().find_map(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors;

    #[test]
    fn interpolates_as_the_vectors_say() {
        let vectors = vectors::of("interpolation.jsonl", "interp");
        assert_eq!(vectors.len(), 32);
        for vector in vectors {
            let lookup = |kind: &str, name: &str| {
                let value = vector.input["vars"].get(format!("{kind}:{name}"));
                value.map(|value| value.as_str().unwrap().to_owned())
            };
            let found = interpolate(vector.get("value"), &lookup, &mut MAX_INTERPOLATION_BYTES.clone());
            assert_eq!(found.as_deref(), vector.expected.as_str(), "{vector:?}");
        }
    }

    #[test]
    fn directives_end_at_unescaped_semicolons() {
        assert_eq!(directive("default=a\\;b;type=X", "default").as_deref(), Some("a;b"));
        assert_eq!(directive("type=X;default", "default").as_deref(), Some(""));
        assert_eq!(directive("default=a;default=b", "default").as_deref(), Some("b"));
        assert_eq!(directive("Default=a", "default"), None);
    }

    #[test]
    fn endless_values_are_given_up() {
        let run = |value: &str, lookup: &Lookup<'_>| interpolate(value, lookup, &mut MAX_INTERPOLATION_BYTES.clone());
        assert_eq!(run("$[env:X]", &|_, _| Some("$[env:X]".to_owned())), None);
        let nothing = |_: &str, _: &str| None;
        let open = "$[env:".repeat(40);
        assert_eq!(run(&open, &nothing), Some(open.clone()));
        assert_eq!(run(&(open + &"]".repeat(40)), &nothing), None);
        assert_eq!(run(&"\\$[".repeat(100_000), &nothing), None);
    }
}
