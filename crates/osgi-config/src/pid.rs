//! From the name of a configuration file or node to the PID of the configuration.

use super::formats::without_extension;
use super::target::Target;

/// The PID that a name stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pid {
    /// The PID of the factory, for an instance of one.
    pub factory: Option<String>,
    /// The name of the instance.
    pub name: Option<String>,
    /// What identifies the configuration: the PID, or `factory~name`.
    pub pid: String,
}

impl Pid {
    fn singleton(stem: &str) -> Self {
        Self { factory: None, name: None, pid: stem.to_owned() }
    }

    fn instance(factory: &str, name: &str) -> Self {
        let pid = format!("{factory}~{name}");
        Self { factory: Some(factory.to_owned()), name: Some(name.to_owned()), pid }
    }
}

/// The PID that `target` gives to the file or node `name` (without its folder).
pub fn pid(name: &str, target: Target) -> Pid {
    match target {
        Target::Aem65 => installer(name),
        Target::Cloud => converter(name),
    }
}

/// The installer's reading (`ConfigTaskCreator`): the extension goes, then a uuid behind a dot, the first `~` or the
/// first `-` separates factory and instance.
///
/// # Examples
/// ```
/// use osgi_config::pid::installer;
/// assert_eq!(installer("com.foo.Bar-one.config").pid, "com.foo.Bar~one");
/// assert_eq!(installer("com.foo.Bar.one.config").factory, None);
/// ```
pub fn installer(name: &str) -> Pid {
    let stem = without_extension(name);
    if let Some((factory, uuid)) = dot_uuid(stem) {
        return Pid::instance(factory, uuid);
    }
    for separator in ['~', '-'] {
        match stem.split_once(separator) {
            Some((factory, name)) if !factory.is_empty() => return Pid::instance(factory, name),
            // A name that starts with the separator is not looked at for the other one.
            Some(_) => return Pid::singleton(stem),
            None => {}
        }
    }
    Pid::singleton(stem)
}

/// The reading of the content-package converter (`AbstractConfigurationEntryHandler`): also `.xml` is an extension,
/// and a uuid behind a dot is nothing special.
pub fn converter(name: &str) -> Pid {
    converter_id(name.strip_suffix(".xml").unwrap_or_else(|| without_extension(name)))
}

/// The converter's reading of a name whose extension is gone.
pub(super) fn converter_id(stem: &str) -> Pid {
    let separator = if stem.contains('~') { '~' } else { '-' };
    match stem.split_once(separator) {
        Some((factory, name)) if !factory.is_empty() => Pid::instance(factory, name),
        // The hyphen is replaced even at the start; without a factory before it the result is a plain PID.
        Some((_, name)) => Pid::singleton(&format!("~{name}")),
        None => Pid::singleton(stem),
    }
}

/// Splits `factory.<lower-case uuid>`. The factory may be empty for the pattern of the installer, but the dot not.
fn dot_uuid(stem: &str) -> Option<(&str, &str)> {
    let at = stem.len().checked_sub(UUID_BYTES)?;
    let (factory, uuid) = (stem.get(..at)?.strip_suffix('.')?, stem.get(at..)?);
    is_lower_case_uuid(uuid).then_some((factory, uuid))
}

/// The length of a UUID with its hyphens.
const UUID_BYTES: usize = 36;

/// Whether an instance name is a UUID in lower case. The installer reads `factory.<uuid>` as an instance of `factory`
/// since its configuration factory 1.4.6 (SLING-12283, 2024); the converter does not.
pub fn is_lower_case_uuid(name: &str) -> bool {
    let hyphens = [8, 13, 18, 23];
    let fits = |(at, byte): (usize, u8)| {
        if hyphens.contains(&at) { byte == b'-' } else { matches!(byte, b'0'..=b'9' | b'a'..=b'f') }
    };
    name.len() == UUID_BYTES && name.bytes().enumerate().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors;

    const UUID: &str = "0a1b2c3d-0000-1111-2222-333344445555";

    #[test]
    fn reads_names_as_the_installer_does() {
        let vectors = vectors::of("sling-pid.jsonl", "sling.pid");
        assert_eq!(vectors.len(), 135);
        for vector in vectors {
            // The installer gets URLs; only their last part matters.
            let name = vector.get("url").rsplit(['/', '\\', ':']).next().unwrap();
            let found = installer(name);
            let expected = &vector.expected;
            assert_eq!(found.pid, expected["id"].as_str().unwrap(), "{vector:?}");
            assert_eq!(found.factory.as_deref(), expected["factoryPid"].as_str(), "{vector:?}");
            let name = found.name.as_deref().unwrap_or(&found.pid);
            assert_eq!(name, expected["pidOrName"].as_str().unwrap(), "{vector:?}");
        }
    }

    #[test]
    fn reads_names_as_the_converter_does() {
        let vectors = vectors::of("sling-pid.jsonl", "cpconverter.extractId");
        assert_eq!(vectors.len(), 41);
        for vector in vectors {
            assert_eq!(converter_id(vector.get("pid")).pid, vector.expected.as_str().unwrap(), "{vector:?}");
        }
        assert_eq!(converter("com.foo.Bar~x.xml").pid, "com.foo.Bar~x");
        assert_eq!(converter("com.foo.Bar.cfg.json").pid, "com.foo.Bar");
    }

    #[test]
    fn separates_the_instance_name() {
        let instance = |pid: Pid| pid.factory.zip(pid.name);
        let named = |factory: &str, name: &str| Some((factory.to_owned(), name.to_owned()));
        assert_eq!(instance(installer("a.B.config")), None);
        assert_eq!(instance(installer("a.B-1.config")), named("a.B", "1"));
        assert_eq!(instance(installer("a.B~1.cfg.json")), named("a.B", "1"));
        assert_eq!(instance(installer(&format!("a.B.{UUID}.config"))), named("a.B", UUID));
        let (factory, name) = format!("a.B.{UUID}").split_once('-').map(|(f, n)| (f.to_owned(), n.to_owned())).unwrap();
        assert_eq!(instance(converter(&format!("a.B.{UUID}.config"))), Some((factory, name)));
    }

    #[test]
    fn only_a_uuid_in_lower_case_stands_behind_a_dot() {
        assert!(is_lower_case_uuid(UUID));
        assert!(!is_lower_case_uuid(&UUID.to_uppercase()));
        assert!(!is_lower_case_uuid(&UUID[1..]));
        assert_eq!(installer(&format!("a.B.{}.config", UUID.to_uppercase())).factory.as_deref(), Some("a.B.0A1B2C3D"));
        assert_eq!(installer("a.B.one.config").factory, None);
    }
}
