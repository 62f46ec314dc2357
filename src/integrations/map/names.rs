//! What things on the map are called.

use crate::facts::{Fact, ValueRef};

/// The folder of content that a file on disk lies in: what is above `jcr_root`, else its directory.
pub(super) fn content_folder(file: &str) -> &str {
    let end = file.find("/jcr_root/").or_else(|| file.rfind('/'));
    end.and_then(|end| file.get(..end)).filter(|folder| !folder.is_empty()).unwrap_or(".")
}

/// An agent is called as its page is; without one, as what it sends to.
pub(super) fn agent_name(fact: &Fact) -> String {
    let uri = || fact.attribute("transport_uri").and_then(ValueRef::as_text);
    fact.path.as_deref().map(page_name).or_else(uri).unwrap_or_default().to_owned()
}

/// A cloud service that names an IMS configuration is called as its page or file is.
pub(super) fn consumer_name(fact: &Fact) -> String {
    let file = fact.place.inside.last().unwrap_or(&fact.place.file);
    page_name(fact.path.as_deref().unwrap_or(file)).to_owned()
}

/// The name of a page by the path of its content.
fn page_name(path: &str) -> &str {
    let page = path.strip_suffix("/jcr:content").unwrap_or(path);
    page.rsplit('/').next().unwrap_or(page)
}

/// The product that a solution or a consumer is.
pub(super) fn solution_name(solution: &'static str) -> &'static str {
    match solution {
        "analytics" => "Adobe Analytics",
        "asset-compute" => "Asset Compute",
        "brand-portal" => "Brand Portal",
        "campaign" => "Adobe Campaign",
        "cloud-manager" => "Cloud Manager",
        "events" => "Adobe I/O Events",
        "launch" => "Launch (Tags)",
        "smart-tags" => "Smart Tags",
        "stock" => "Adobe Stock",
        "target" => "Adobe Target",
        "workfront" => "Workfront",
        "other" => "",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_pages() {
        assert_eq!(content_folder("ui.apps/src/main/content/jcr_root/apps/x/a.config"), "ui.apps/src/main/content");
        assert_eq!(content_folder("config/a.config"), "config");
        assert_eq!(content_folder("jcr_root/a.config"), "jcr_root");
        assert_eq!(content_folder("a.config"), ".");
        assert_eq!(page_name("/etc/replication/agents.author/mp-acme/jcr:content"), "mp-acme");
    }
}
