//! From the name of a configuration file or node to the PID of the configuration.

use super::Target;

/// The extensions that the installer takes from a name, in its order (Sling installer `InternalResource`).
const EXTENSIONS: [&str; 4] = [".config", ".properties", ".cfg", ".cfg.json"];

/// How a name tells a factory's PID from the name of the instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameForm {
    /// No instance: the name is the PID.
    Singleton,
    /// `factory-name`
    Hyphen,
    /// `factory~name`
    Tilde,
    /// `factory.<uuid>`, the uuid in lower case; only the installer knows it, since its version 1.4.6 of 2024.
    DotUuid,
}

/// The PID that a name stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pid {
    /// The PID of the factory, for an instance of one.
    pub factory: Option<String>,
    /// The name of the instance.
    pub name: Option<String>,
    /// What identifies the configuration: the PID, or `factory~name`.
    pub pid: String,
    /// How the name was written.
    pub form: NameForm,
}

impl Pid {
    fn singleton(stem: &str) -> Self {
        Self { factory: None, name: None, pid: stem.to_owned(), form: NameForm::Singleton }
    }

    fn instance(factory: &str, name: &str, form: NameForm) -> Self {
        let pid = format!("{factory}~{name}");
        Self { factory: Some(factory.to_owned()), name: Some(name.to_owned()), pid, form }
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
    let stem = EXTENSIONS.iter().find_map(|extension| name.strip_suffix(extension)).unwrap_or(name);
    if let Some((factory, uuid)) = dot_uuid(stem) {
        return Pid::instance(factory, uuid, NameForm::DotUuid);
    }
    for (separator, form) in [('~', NameForm::Tilde), ('-', NameForm::Hyphen)] {
        match stem.split_once(separator) {
            Some((factory, name)) if !factory.is_empty() => return Pid::instance(factory, name, form),
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
    let xml = name.strip_suffix(".xml");
    let stem = xml.or_else(|| EXTENSIONS.iter().find_map(|extension| name.strip_suffix(extension)));
    converter_id(stem.unwrap_or(name))
}

/// The converter's reading of a name whose extension is gone.
pub(super) fn converter_id(stem: &str) -> Pid {
    let (separator, form) = if stem.contains('~') { ('~', NameForm::Tilde) } else { ('-', NameForm::Hyphen) };
    match stem.split_once(separator) {
        Some((factory, name)) if !factory.is_empty() => Pid::instance(factory, name, form),
        // The hyphen is replaced even at the start; without a factory before it the result is a plain PID.
        Some((_, name)) => Pid::singleton(&format!("~{name}")),
        None => Pid::singleton(stem),
    }
}

/// The instance name in `name` if it was meant as an instance of `factory` and separated by a dot, which `target`
/// reads otherwise: as a singleton, or as an instance of a factory that does not exist.
///
/// # Examples
/// ```
/// use osgi_config::{Target, pid::dotted_instance};
/// assert_eq!(dotted_instance("com.foo.Bar", "com.foo.Bar.1.config", Target::Aem65), Some("1"));
/// assert_eq!(dotted_instance("com.foo.Bar", "com.foo.Bar-1.config", Target::Aem65), None);
/// ```
pub fn dotted_instance<'n>(factory: &str, name: &'n str, target: Target) -> Option<&'n str> {
    if pid(name, target).factory.as_deref() == Some(factory) {
        return None;
    }
    let instance = name.strip_prefix(factory)?.strip_prefix('.')?;
    let file = format!(".{instance}");
    let extension = EXTENSIONS.iter().chain(&[".xml"]).find(|extension| file.ends_with(*extension));
    let length = instance.len().saturating_sub(extension.map_or(0, |extension| extension.len()));
    instance.get(..length).filter(|instance| !instance.is_empty())
}

/// Splits `factory.<lower-case uuid>`. The factory may be empty for the pattern of the installer, but the dot not.
fn dot_uuid(stem: &str) -> Option<(&str, &str)> {
    let at = stem.len().checked_sub(36)?;
    let (factory, uuid) = (stem.get(..at)?.strip_suffix('.')?, stem.get(at..)?);
    let hyphens = [8, 13, 18, 23];
    let fits = |(at, byte): (usize, u8)| {
        if hyphens.contains(&at) { byte == b'-' } else { matches!(byte, b'0'..=b'9' | b'a'..=b'f') }
    };
    uuid.bytes().enumerate().all(fits).then_some((factory, uuid))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors;

    const UUID: &str = "0a1b2c3d-0000-1111-2222-333344445555";

    #[test]
    fn reads_names_as_the_installer_does() {
        let vectors = vectors::of("sling-pid.jsonl", "sling.pid");
        assert_eq!(vectors.len(), 45);
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
    fn tells_the_forms_apart() {
        let form = |name: &str| installer(name).form;
        assert_eq!(form("a.B.config"), NameForm::Singleton);
        assert_eq!(form("a.B-1.config"), NameForm::Hyphen);
        assert_eq!(form("a.B~1.cfg.json"), NameForm::Tilde);
        assert_eq!(form(&format!("a.B.{UUID}.config")), NameForm::DotUuid);
        assert_eq!(converter(&format!("a.B.{UUID}.config")).form, NameForm::Hyphen);
    }

    #[test]
    fn finds_names_that_a_dot_separates() {
        let dotted = |name: &str, target| dotted_instance("a.B", name, target).map(str::to_owned);
        let file = format!("a.B.{UUID}.config");
        assert_eq!(dotted("a.B.one.config", Target::Aem65).as_deref(), Some("one"));
        assert_eq!(dotted("a.B.one", Target::Cloud).as_deref(), Some("one"));
        assert_eq!(dotted(&file, Target::Aem65), None, "the installer understands a uuid");
        assert_eq!(dotted(&file, Target::Cloud).as_deref(), Some(UUID));
        assert_eq!(dotted(&file.to_uppercase().replace("A.B", "a.B"), Target::Aem65).map(|n| n.len()), Some(43));
        for other in ["a.B.config", "a.B", "a.Bx.1.config", "a.B~x.y.config", "a.B.cfg.json", "a.B."] {
            assert_eq!(dotted(other, Target::Aem65), None, "{other}");
        }
    }
}
