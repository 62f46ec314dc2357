//! The OSGi factories and components of the Adobe integrations, recognised by file or node name, in whatever form an
//! instance name was put behind them.

use crate::signals::{self, SignalKind};
use osgi_config::{FORMATS, pid};

const PID: [SignalKind; 1] = [SignalKind::Pid];

/// The PIDs of all families.
const KNOWN: [&str; signals::count(&PID)] = signals::literals(&PID);

/// A name that bears the PID of an Adobe integration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Known<'n> {
    /// Which one, one of the PIDs among the signals.
    pub(crate) factory: &'static str,
    /// What separates the instance name, and the instance name.
    pub(crate) instance: Option<(char, &'n str)>,
    /// The extension with its dot, or nothing.
    pub(crate) extension: &'n str,
}

/// Recognises the PID of an Adobe integration in a file or node name.
pub(crate) fn is_known(name: &str) -> bool {
    known(name).is_some()
}

/// Recognises the PID of an Adobe integration in a file or node name, whatever separates the instance name.
pub(crate) fn known(name: &str) -> Option<Known<'_>> {
    // Configuration files, and docview files with their nodes.
    let mut extensions = FORMATS.iter().map(|spec| spec.extension).chain([".xml"]);
    let extension = extensions.find(|extension| name.ends_with(extension)).map_or(0, str::len);
    let (stem, extension) = name.split_at(name.len() - extension);
    KNOWN.into_iter().find_map(|factory| {
        let rest = stem.strip_prefix(factory)?;
        let instance = match rest.chars().next() {
            None => None,
            Some(separator @ ('-' | '~' | '.')) => Some((separator, rest.get(1..).unwrap_or_default())),
            Some(_) => return None,
        };
        Some(Known { factory, instance, extension })
    })
}

impl Known<'_> {
    /// How the instance name is separated: `hyphen`, `tilde`, `dot`, `dot-uuid` (a dot and a lower-case UUID, which the
    /// installer accepts since SLING-12283), or `singleton`.
    pub(crate) fn name_form(&self) -> &'static str {
        match self.instance {
            None => "singleton",
            Some(('~', _)) => "tilde",
            Some(('-', _)) => "hyphen",
            Some((_, name)) if pid::is_lower_case_uuid(name) => "dot-uuid",
            Some(_) => "dot",
        }
    }

    /// The file name that every consumer reads as an instance of the factory, where the present one is not.
    pub(crate) fn proper_name(&self) -> Option<String> {
        let (separator, name) = self.instance?;
        if separator != '.' || name.is_empty() {
            return None;
        }
        // Readers split at the first tilde before they look for a hyphen.
        let separator = if name.contains('~') { '~' } else { '-' };
        Some(format!("{}{separator}{name}{}", self.factory, self.extension))
    }

    /// The instance name.
    pub(crate) fn instance_name(&self) -> Option<&str> {
        self.instance.map(|(_, name)| name).filter(|name| !name.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::ims::TOKEN_PROVIDER;
    use crate::signals::jwt::ACS_INTEGRATION;

    fn form(suffix: &str) -> (&'static str, Option<String>) {
        let name = format!("{TOKEN_PROVIDER}{suffix}");
        let known = known(&name).unwrap();
        (known.name_form(), known.proper_name())
    }

    #[test]
    fn every_form_of_an_instance_name_is_recognised() {
        assert_eq!(form(".config"), ("singleton", None));
        assert_eq!(form("-42.config"), ("hyphen", None));
        assert_eq!(form("~smart-tags.cfg.json"), ("tilde", None));
        assert_eq!(form(".1.config"), ("dot", Some(format!("{TOKEN_PROVIDER}-1.config"))));
        assert_eq!(form(".a~b.xml"), ("dot", Some(format!("{TOKEN_PROVIDER}~a~b.xml"))));
        let uuid = "0a1b2c3d-0000-1111-2222-333344445555";
        assert_eq!(form(&format!(".{uuid}.cfg.json")), ("dot-uuid", Some(format!("{TOKEN_PROVIDER}-{uuid}.cfg.json"))));
        assert_eq!(form(&format!(".{}.config", uuid.to_uppercase())).0, "dot");
    }

    #[test]
    fn names_that_only_begin_alike_are_others() {
        assert_eq!(known(&format!("{TOKEN_PROVIDER}s.config")), None);
        assert_eq!(known("com.adobe.granite.auth.oauth.accesstoken.config"), None);
        assert_eq!(known(ACS_INTEGRATION).unwrap().factory, ACS_INTEGRATION);
        assert!(is_known("com.adobe.acs.commons.adobeio.core.service.impl.IntegrationServiceImpl-campaign.config"));
    }
}
