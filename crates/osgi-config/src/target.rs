//! Which program reads the configurations.

/// The program whose reading of packages is modelled. Where the two differ, they differ on real packages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// AEM 6.5 and the local SDK: the Sling installer watches folders of the repository.
    #[default]
    Aem65,
    /// AEM as a Cloud Service: the content-package to feature-model converter reads packages at build time.
    Cloud,
}

impl Target {
    /// All targets.
    pub const ALL: [Self; 2] = [Self::Aem65, Self::Cloud];

    /// The name: `aem-6.5` or `cloud`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Aem65 => "aem-6.5",
            Self::Cloud => "cloud",
        }
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for Target {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|target| target.name() == name);
        found.ok_or_else(|| format!("unknown target `{name}`: expected `aem-6.5` or `cloud`"))
    }
}
