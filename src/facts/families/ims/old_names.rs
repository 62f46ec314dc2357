//! What an earlier version of a package left on the instance under the name that its configuration had before.

use crate::facts::fact::{Fact, FactData};
use crate::signals::ims::{TOKEN_CUSTOMIZER, TOKEN_PROVIDER};
use osgi_config::pid::is_lower_case_uuid;

/// Sets `old_path` of a provider or customizer whose instance name AEM has made, if `is_left_out` says so of the path that it
/// had while a dot separated that name. `path` is where it is now.
pub(in crate::facts) fn note(facts: &mut [Fact], path: Option<&str>, is_left_out: impl Fn(&str) -> bool) {
    for fact in facts {
        let (factory, form, instance, old_path) = match &mut fact.data {
            FactData::TokenProvider(data) => (TOKEN_PROVIDER, data.name_form, &data.instance, &mut data.old_path),
            FactData::TokenCustomizer(data) => (TOKEN_CUSTOMIZER, data.name_form, &data.instance, &mut data.old_path),
            _ => continue,
        };
        let made = instance.as_deref().filter(|name| is_made_by_console(name));
        let (Some(name), Some(path), "hyphen") = (made, path, form) else { continue };
        let (now, before) = (format!("/{factory}-{name}"), format!("/{factory}.{name}"));
        *old_path = Some(path.replace(&now, &before)).filter(|before| before != path && is_left_out(before));
    }
}

/// Whether the web console has made the name of an instance: a number or a UUID.
fn is_made_by_console(name: &str) -> bool {
    name.len() >= 4 && name.bytes().all(|byte| byte.is_ascii_digit()) || is_lower_case_uuid(name)
}
