//! Tells which Adobe solution an IMS configuration is for.

/// What the words of a title or name say. Several words must follow one another.
const WORDS: &[(&[&str], &str)] = &[
    (&["smart", "tags"], "smart-tags"),
    (&["smart", "tag"], "smart-tags"),
    (&["smart", "tagging"], "smart-tags"),
    (&["smart", "content"], "smart-tags"),
    (&["smarttags"], "smart-tags"),
    (&["smarttag"], "smart-tags"),
    (&["smarttagging"], "smart-tags"),
    (&["smartcontent"], "smart-tags"),
    (&["similaritysearch"], "smart-tags"),
    (&["brand", "portal"], "brand-portal"),
    (&["brandportal"], "brand-portal"),
    (&["target"], "target"),
    (&["analytics"], "analytics"),
    (&["launch"], "launch"),
    (&["stock"], "stock"),
    (&["campaign"], "campaign"),
    (&["workfront"], "workfront"),
    (&["asset", "compute"], "asset-compute"),
    (&["cloud", "manager"], "cloud-manager"),
];

/// Metascopes of JWT credentials, each for one solution.
const METASCOPES: &[(&str, &str)] = &[
    ("ent_smartcontent_sdk", "smart-tags"),
    ("ent_sensei_image_sdk", "smart-tags"),
    ("ent_brand_portal_sdk", "brand-portal"),
    ("ent_marketing_sdk", "target"),
    ("ent_analytics_bulk_ingest_sdk", "analytics"),
    ("ent_campaign_sdk", "campaign"),
    ("ent_reactor_developer_sdk", "launch"),
    ("ent_reactor_approver_sdk", "launch"),
    ("ent_reactor_publisher_sdk", "launch"),
    ("ent_reactor_extension_developer_sdk", "launch"),
    ("ent_reactor_sdk", "launch"),
    ("ent_stocksearch_sdk", "stock"),
    ("ent_cloudmgr_sdk", "cloud-manager"),
    ("event_receiver_api", "events"),
];

/// What an IMS configuration says about itself.
pub(crate) struct Signs<'s> {
    pub(crate) validator: Option<&'s str>,
    pub(crate) metascopes: &'s [&'s str],
    pub(crate) scopes: &'s [String],
    /// Title, name and instance name.
    pub(crate) names: &'s [&'s str],
}

/// The solution, or `None` where it cannot be told. The validator type is stronger than scopes, scopes than names;
/// names that speak of two solutions tell none.
pub(crate) fn solution(signs: &Signs<'_>) -> Option<&'static str> {
    if signs.validator == Some("adobe-ims-similaritysearch") {
        return Some("smart-tags");
    }
    let by_metascope =
        METASCOPES.iter().filter(|(scope, _)| signs.metascopes.contains(scope)).map(|(_, solution)| *solution);
    if let Some(solution) = the_only(by_metascope) {
        return Some(solution);
    }
    if signs.scopes.iter().any(|scope| scope == "read_pc.dma_smart_content") {
        return Some("smart-tags");
    }
    the_only(signs.names.iter().flat_map(|name| by_name(name)))
}

fn by_name(name: &str) -> Vec<&'static str> {
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    WORDS
        .iter()
        .filter(|(wanted, _)| words.windows(wanted.len()).any(|window| window == *wanted))
        .map(|(_, solution)| *solution)
        .collect()
}

/// The only distinct value.
fn the_only(mut found: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let first = found.next()?;
    found.all(|other| other == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_names(names: &[&str]) -> Option<&'static str> {
        solution(&Signs { validator: None, metascopes: &[], scopes: &[], names })
    }

    #[test]
    fn titles_tell_the_solution_by_whole_words() {
        assert_eq!(by_names(&["Adobe Brand Portal"]), Some("brand-portal"));
        assert_eq!(by_names(&["Adobe Launch(2)"]), Some("launch"));
        assert_eq!(by_names(&["Smart Tags", "similaritysearch"]), Some("smart-tags"));
        assert_eq!(by_names(&["Stockholm office"]), None);
        assert_eq!(by_names(&["Target and Analytics"]), None);
        assert_eq!(by_names(&["IMS 1"]), None);
    }

    #[test]
    fn what_is_technical_is_stronger_than_a_title() {
        let signs = Signs {
            validator: Some("adobe-ims-similaritysearch"),
            metascopes: &[],
            scopes: &[],
            names: &["Brand Portal"],
        };
        assert_eq!(solution(&signs), Some("smart-tags"));
        let signs =
            Signs { validator: Some("adobe-ims"), metascopes: &["ent_marketing_sdk"], scopes: &[], names: &["x"] };
        assert_eq!(solution(&signs), Some("target"));
    }
}
