//! The forms in which a configuration is written down, and the table of the files among them.

/// The form of a configuration file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileFormat {
    /// Felix `.config`, typed.
    Config,
    /// Configurator resource, `.cfg.json`.
    CfgJson,
    /// `java.util.Properties` in a `.cfg` file.
    Cfg,
    /// `java.util.Properties` in a `.properties` file.
    Properties,
}

/// How a configuration is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// A file, which [`read_file`](crate::read_file) reads.
    File(FileFormat),
    /// A `sling:OsgiConfig` node of the repository. This crate has the types for its properties, but no reader.
    OsgiNode,
}

/// What belongs to one form of configuration files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormatSpec {
    /// The form.
    pub format: FileFormat,
    /// The end of the names of its files, with the dot. No extension is the end of another one.
    pub extension: &'static str,
}

/// The forms of configuration files, each with the extension that the Sling installer (`InternalResource`) and the
/// content-package converter know it by.
pub const FORMATS: [FormatSpec; 4] = [
    FormatSpec { format: FileFormat::Config, extension: ".config" },
    FormatSpec { format: FileFormat::CfgJson, extension: ".cfg.json" },
    FormatSpec { format: FileFormat::Cfg, extension: ".cfg" },
    FormatSpec { format: FileFormat::Properties, extension: ".properties" },
];

impl FormatSpec {
    /// The name of the form: its extension without the dot.
    pub fn name(&self) -> &'static str {
        self.extension.trim_start_matches('.')
    }
}

impl FileFormat {
    /// `config`, `cfg.json`, `cfg` or `properties`.
    pub fn name(self) -> &'static str {
        FORMATS.iter().find(|spec| spec.format == self).map_or("", FormatSpec::name)
    }
}

impl Format {
    /// The form of that [name](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        let file = FORMATS.iter().find(|spec| spec.name() == name).map(|spec| Self::File(spec.format));
        file.or_else(|| (name == Self::OsgiNode.name()).then_some(Self::OsgiNode))
    }

    /// The name of a file's form, or `osgi-node`.
    pub fn name(self) -> &'static str {
        match self {
            Self::File(format) => format.name(),
            Self::OsgiNode => "osgi-node",
        }
    }
}

impl From<FileFormat> for Format {
    fn from(format: FileFormat) -> Self {
        Self::File(format)
    }
}

/// The form that the name of a file shows; `None` if the installer takes no configuration from such a file.
/// Upper and lower case differ.
pub fn format_of(name: &str) -> Option<FileFormat> {
    FORMATS.iter().find(|spec| name.ends_with(spec.extension)).map(|spec| spec.format)
}

/// The name without the extension of a configuration file.
pub(crate) fn without_extension(name: &str) -> &str {
    FORMATS.iter().find_map(|spec| name.strip_suffix(spec.extension)).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors;

    #[test]
    fn knows_the_extensions_that_the_installer_knows() {
        let vectors = vectors::of("sling-pid.jsonl", "sling.isConfigExtension");
        assert_eq!(vectors.len(), 41);
        for vector in vectors {
            assert_eq!(format_of(vector.get("url")).is_some(), vector.expected.as_bool().unwrap(), "{vector:?}");
        }
        assert_eq!(format_of("a.cfg.json"), Some(FileFormat::CfgJson));
        assert_eq!(without_extension("a.cfg.json"), "a");
    }

    #[test]
    fn every_format_has_one_row() {
        for spec in FORMATS {
            assert_eq!(format_of(&format!("a{}", spec.extension)), Some(spec.format));
            assert_eq!(FORMATS.iter().filter(|other| other.format == spec.format).count(), 1);
            assert_eq!(FORMATS.iter().filter(|other| other.extension.ends_with(spec.extension)).count(), 1);
        }
        let names =
            [FileFormat::Config, FileFormat::CfgJson, FileFormat::Cfg, FileFormat::Properties].map(FileFormat::name);
        assert_eq!(names, ["config", "cfg.json", "cfg", "properties"]);
    }
}
