//! `aemlint check --show-settings`: every setting in force, and where it comes from.

use super::args::Check;
use super::columns;
use super::console::{self, Console};
use super::options::{ConfigSource, Inputs};
use super::setup::Settings;
use crate::policy::{Config, Extended, FailOn, LIMITS, hash_to_pin};
use crate::rules::{Confidence, Severity};
use crate::scan::Grouping;
use crate::secret::mask_shapes;
use miette::Report;
use std::path::Path;

/// Where a setting comes from that nothing sets.
const DEFAULT: &str = "default";

/// Lists the settings.
///
/// # Errors
/// A mistake in a configuration or rule file, a name of a rule that does not exist.
pub(super) fn run(args: &Check, inputs: &Inputs, console: &Console) -> Result<u8, Report> {
    let settings = Settings::for_inputs(&args.setup.source.config, inputs)?;
    // What could not be judged by must not be shown as if it could.
    settings.judging(&args.setup.source.directories, &args.policy.counting)?;
    let mut list = List { config: &settings.config, rows: Vec::new() };
    list.inputs(&args.setup.source.config, &settings, inputs);
    list.judgement(args, &settings);
    list.limits(args, &settings);
    list.entries();
    let masked = |row: [String; 3]| row.map(|cell| mask_shapes(&cell).into_owned()).to_vec();
    let rows: Vec<Vec<String>> = list.rows.into_iter().map(masked).collect();
    let width = console::width().unwrap_or(usize::MAX);
    console.print(columns::list(&["setting", "value", "from"], &rows, width).as_bytes())?;
    Ok(0)
}

/// The settings that are listed so far: name, value, origin.
struct List<'s> {
    config: &'s Config,
    rows: Vec<[String; 3]>,
}

impl List<'_> {
    fn add(&mut self, name: &str, value: impl Into<String>, origin: impl Into<String>) {
        self.rows.push([name.to_owned(), value.into(), origin.into()]);
    }

    /// The place of a key in the configuration, if it is there.
    fn line_of(&self, key: &str) -> Option<String> {
        self.config.origins.get(key).map(ToString::to_string)
    }

    /// A setting with one value: of the option, else of the file, else the default.
    fn value(
        &mut self,
        name: &str,
        given: Option<&'static str>,
        configured: Option<&'static str>,
        default: &'static str,
    ) {
        let of_file = || configured.zip(self.line_of(name));
        let (value, origin) = match given {
            Some(value) => (value, format!("--{name}")),
            None => of_file().unwrap_or((default, DEFAULT.to_owned())),
        };
        self.add(name, value, origin);
    }

    fn inputs(&mut self, source: &ConfigSource, settings: &Settings, inputs: &Inputs) {
        let reading = &inputs.reading;
        match &self.config.file {
            Some(file) => {
                let origin = if source.config.is_some() { "--config" } else { "found" };
                self.add("configuration", file.display().to_string(), origin);
            }
            None => self.add("configuration", "none", if source.no_config { "--no-config" } else { DEFAULT }),
        }
        for extended in &self.config.extended {
            self.add("extends", extended_text(extended), extended.origin.to_string());
        }
        for path in &inputs.paths {
            self.add("path", path.display().to_string(), if path == Path::new(".") { DEFAULT } else { "argument" });
        }
        let root = settings.root.as_ref().map_or(".".to_owned(), |root| root.display().to_string());
        let of_root = match (&reading.root, &settings.root) {
            (Some(_), _) => "--root",
            (None, Some(_)) => "the repository",
            (None, None) => DEFAULT,
        };
        self.add("root", root, of_root);
        let (grouping, origin) = match reading.grouping() {
            Grouping::Together => ("all paths are one", "--together"),
            Grouping::Apart => ("each package and module is one", "--apart"),
            Grouping::Usual | Grouping::Inputs => ("each path, and each package of a directory without trees", DEFAULT),
        };
        self.add("deployments", grouping, origin);
        match reading.walk.no_default_excludes {
            true => self.add("default excludes", "none", "--no-default-excludes"),
            false => self.add("default excludes", ".git, node_modules, target", DEFAULT),
        }
        for exclude in &self.config.exclude {
            self.add("exclude", &exclude.glob, exclude.origin.to_string());
        }
        for glob in &reading.walk.exclude {
            self.add("exclude", glob, "--exclude");
        }
        match reading.walk.threads {
            Some(number) => self.add("threads", number.to_string(), "--threads"),
            None => self.add("threads", "one for each processor", DEFAULT),
        }
        self.flag("allow-empty", reading.allow_empty);
        self.flag("search-packed", reading.walk.search_packed);
    }

    fn flag(&mut self, name: &str, is_set: bool) {
        let origin = if is_set { format!("--{name}") } else { DEFAULT.to_owned() };
        self.add(name, is_set.to_string(), origin);
    }

    fn judgement(&mut self, args: &Check, settings: &Settings) {
        let (config, counting) = (self.config, &args.policy.counting);
        let target = args.setup.target.map(|target| target.name());
        self.value("target", target, config.target.map(|target| target.name()), settings.target(None).target.name());
        let level = |level: Option<Severity>| level.map(Severity::name);
        let confidence = |sure: Option<Confidence>| sure.map(Confidence::name);
        let fails = |fail_on: Option<FailOn>| fail_on.map(FailOn::name);
        self.value("fail-on", fails(counting.fail_on), fails(config.fail_on), FailOn::default().name());
        self.value("min-severity", level(counting.min_severity), level(config.min_severity), Severity::Note.name());
        let lowest = Confidence::Low.name();
        self.value("min-confidence", confidence(counting.min_confidence), confidence(config.min_confidence), lowest);
        for entry in &config.levels {
            self.add(&format!("levels.{}", entry.name), entry.setting.name(), entry.origin.to_string());
        }
        for (option, names) in [("select", &counting.select), ("ignore", &counting.ignore)] {
            names.iter().for_each(|name| self.add(option, name, format!("--{option}")));
        }
        for rules in &config.rules {
            self.add("rules", rules.source.to_string(), rules.origin.to_string());
        }
        for directory in &args.setup.source.directories {
            self.add("rules", directory.display().to_string(), "--rules");
        }
        for group in &config.exclusive {
            self.add("run-modes.exclusive", group.modes.join(", "), group.origin.to_string());
        }
        if let Some(baseline) = &args.policy.baseline {
            self.add("baseline", baseline.display().to_string(), "--baseline");
        }
        self.flag("no-ignores", counting.no_ignores);
    }

    fn limits(&mut self, args: &Check, settings: &Settings) {
        let limits = settings.limits(&args.limits);
        for limit in LIMITS {
            let name = format!("limits.{}", limit.name);
            let origin =
                if args.limits.sets(limit) { Some(format!("--{}", limit.option)) } else { self.line_of(&name) };
            self.add(&name, limit.text_of(&limits), origin.unwrap_or_else(|| DEFAULT.to_owned()));
        }
    }

    /// The `[[ignore]]` and `[[vendor]]` entries.
    fn entries(&mut self) {
        for ignore in &self.config.ignores {
            let mut value = ignore.rule.clone();
            if !ignore.paths.is_empty() {
                value += &format!(" in {}", ignore.paths.join(", "));
            }
            value += &ignore.fingerprint.as_ref().map(|it| format!(", fingerprint {it}")).unwrap_or_default();
            value += &ignore.until.map(|until| format!(", until {until}")).unwrap_or_default();
            self.add("ignore", value, ignore.origin.to_string());
        }
        for vendor in &self.config.vendors {
            let mut value: Vec<String> = Vec::new();
            value.extend(vendor.paths.iter().map(|glob| format!("path {glob}")));
            value.extend(vendor.groups.iter().map(|glob| format!("group {glob}")));
            value.extend(vendor.level.map(|level| format!("level {}", level.name())));
            value.extend(vendor.summarise.then(|| "summarise".to_owned()));
            self.add("vendor", value.join(", "), vendor.origin.to_string());
        }
    }
}

/// A file that is extended, with the hash that it is pinned by or can be.
fn extended_text(extended: &Extended) -> String {
    match (&extended.sha256, hash_to_pin(&extended.path)) {
        (Some(pinned), _) => format!("{}, pinned by sha256: {pinned}", extended.file),
        (None, Some(hash)) => format!("{}, not pinned, sha256: {hash}", extended.file),
        (None, None) => format!("{}, not pinned", extended.file),
    }
}
