//! Templates that projects are made from: what names and texts show that something is still to be put in.

/// The folder in which a Maven archetype keeps its files.
const ARCHETYPE_FOLDER: &str = "archetype-resources";

/// Whether a name or text holds `{{ … }}` (Handlebars, Mustache, cookiecutter) or, with `velocity`, `${…}`.
fn has_mark(text: &str, open: &str, close: &str) -> bool {
    text.split_once(open).is_some_and(|(_, rest)| rest.contains(close))
}

/// Whether a text has a part to be filled in, `{{ … }}`. No JSON and no configuration holds such a thing by itself.
pub(crate) fn has_moustache(text: &str) -> bool {
    has_mark(text, "{{", "}}")
}

/// Whether a path has a segment that is still to be named (`{{app}}`, `${appId}`), or lies in a Maven archetype.
pub(crate) fn is_template_path(path: &str) -> bool {
    path.split('/').any(|segment| segment == ARCHETYPE_FOLDER || has_moustache(segment) || has_mark(segment, "${", "}"))
}

/// Whether a path has a segment that a Maven archetype names: `__appId__`, also as a part. Other things are named so, too.
pub(crate) fn has_archetype_name(path: &str) -> bool {
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    // Of the parts between the marks, the first and the last are outside.
    path.split('/').any(|segment| {
        let parts: Vec<&str> = segment.split("__").collect();
        parts.len() > 2 && parts.iter().skip(1).take(parts.len() - 2).any(|part| is_name(part))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_templates() {
        for path in ["{{module}}/a", "a/{{#if x}}b{{/if}}", "${artifactId}/a", "a/archetype-resources/b"] {
            assert!(is_template_path(path), "{path}");
        }
        for path in ["{a}/b", "}}/{{", "a/$b{c}", "archetype-resources-x/a", "{{/}}", ""] {
            assert!(!is_template_path(path), "{path}");
        }
        for path in ["__appId__/a", "a/__rootArtifactId__.core/b", "x__a__y"] {
            assert!(has_archetype_name(path), "{path}");
        }
        for path in ["__a/b__", "____", "a__b", "__ a __"] {
            assert!(!has_archetype_name(path), "{path}");
        }
    }
}
