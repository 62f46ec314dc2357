//! Counting rules.

use super::*;

const TENANTS: &str = "on = 'brand_portal_tenant'\nat-most = 1\ndistinct = 'fact.tenant'\n\
                       message = '{count} tenants: {values}.'\nrelated = 'Tenant {fact.tenant}.'";

fn tenant(file: &str, tenant: &str) -> Fact {
    fact(Kind::BrandPortalTenant, file, &[("tenant", tenant.into())])
}

#[test]
fn one_finding_at_the_first_surplus_place_with_the_others_related() {
    let rules = rules(&[("tenants", TENANTS)]);
    let facts = [tenant("d", "c"), tenant("b", "a"), tenant("c", "b"), tenant("a", "a")];
    let findings = judge(&rules, &facts);
    assert_eq!(summary(&findings), [("tenants".to_owned(), "c".to_owned())]);
    assert_eq!(findings[0].message, "3 tenants: a, b, c.");
    let related: Vec<_> =
        findings[0].related.iter().map(|r| (r.location.place.to_string(), r.message.as_str())).collect();
    let expected = [("a", "Tenant a."), ("b", "Tenant a."), ("d", "Tenant c.")];
    assert_eq!(related, expected.map(|(file, text)| (file.to_owned(), text)));
}

#[test]
fn the_same_one_twice_is_one() {
    let rules = rules(&[("tenants", TENANTS)]);
    assert!(judge(&rules, &[tenant("a", "x"), tenant("b", "x")]).is_empty());
}

#[test]
fn deployments_and_groups_are_counted_apart_and_what_is_not_installed_not_at_all() {
    let rules = rules(&[(
        "solutions",
        "on = 'token_provider'\nat-most = 1\nper = 'fact.solution'\nmessage = '{fact.solution}.'",
    )]);
    let provider = |file: &str, solution: &str| fact(Kind::TokenProvider, file, &[("solution", solution.into())]);
    let mut elsewhere = provider("b", "target");
    elsewhere.deployment = 1;
    let mut inactive = provider("c", "target");
    inactive.not_installed = Some("x".to_owned());
    assert!(judge(&rules, &[provider("a", "target"), elsewhere, inactive, provider("d", "stock")]).is_empty());
    let findings = judge(&rules, &[provider("a", "target"), provider("d", "stock"), provider("e", "target")]);
    assert_eq!(summary(&findings), [("solutions".to_owned(), "e".to_owned())]);
}

#[test]
fn a_fact_on_which_a_more_specific_rule_fires_is_not_counted() {
    let rules = rules(&[
        ("count", "on = 'token_provider'\nat-most = 1\nmessage = 'm.'\ndefers-to = 'stale'"),
        ("stale", "on = 'token_provider'\nwhen = 'fact.superseded_by != null'\nmessage = 's.'"),
    ]);
    let facts = [fact(Kind::TokenProvider, "a", &[("superseded_by", "b".into())]), fact(Kind::TokenProvider, "b", &[])];
    assert_eq!(summary(&judge(&rules, &facts)), [("stale".to_owned(), "a".to_owned())]);
}

#[test]
fn exactly_finds_too_few_and_too_many() {
    let rules = rules(&[(
        "agents",
        "on = 'replication_agent'\nexactly = 2\nper = 'fact.tenant'\ndistinct = 'fact.path'\nmessage = '{count}.'",
    )]);
    let agent = |file: &str, tenant: &str| fact(Kind::ReplicationAgent, file, &[("tenant", tenant.into())]);
    let facts = [
        agent("a", "few"),
        agent("b", "right"),
        agent("c", "right"),
        agent("d", "many"),
        agent("e", "many"),
        agent("f", "many"),
    ];
    let findings = judge(&rules, &facts);
    let seen: Vec<_> = findings.iter().map(|f| (f.location.place.to_string(), f.message.clone())).collect();
    assert_eq!(seen, [("a".to_owned(), "1.".to_owned()), ("f".to_owned(), "3.".to_owned())]);
}

#[test]
fn at_least_finds_too_few_and_nothing_where_something_is_expected() {
    let rules = rules(&[(
        "ims",
        "on = 'token_provider'\nat-least = 2\nmessage = '{count}.'\n\
         expected-in = { on = 'package', when = \"fact.group == 'acme'\", message = '{fact.name} has {count}.' }",
    )]);
    let provider = |file: &str, deployment| {
        let mut fact = fact(Kind::TokenProvider, file, &[]);
        fact.deployment = deployment;
        fact
    };
    let package = |file: &str, group: &str, deployment| {
        let mut fact = fact(Kind::Package, file, &[("group", group.into()), ("name", file.into())]);
        fact.deployment = deployment;
        fact
    };
    let facts = [
        provider("few", 0),
        provider("one", 1),
        provider("two", 1),
        package("a", "acme", 1),
        package("b", "acme", 2),
        package("c", "acme", 2),
        package("d", "other", 3),
    ];
    let findings = judge(&rules, &facts);
    let seen: Vec<_> = findings.iter().map(|f| (f.location.place.to_string(), f.message.clone())).collect();
    assert_eq!(seen, [("b".to_owned(), "b has 0.".to_owned()), ("few".to_owned(), "1.".to_owned())]);
}

#[test]
fn what_is_expected_must_be_counted_from_below() {
    let expected = "expected-in = { on = 'package', message = 'm.' }";
    for wrong in [
        format!("on = 'node'\nmessage = 'm.'\nat-most = 1\n{expected}"),
        format!("on = 'node'\nmessage = 'm.'\nat-least = 1\nper = 'fact.path'\n{expected}"),
        format!("on = 'node'\nmessage = 'm.'\n{expected}"),
        "on = 'node'\nmessage = 'm.'\nat-least = 1\nexactly = 1".to_owned(),
    ] {
        assert!(try_rules(&[("wrong", &wrong)]).is_err(), "{wrong}");
    }
}

#[test]
fn a_single_rule_may_defer_to_a_counting_rule() {
    let rules = rules(&[
        ("tenants", TENANTS),
        ("single", "on = 'brand_portal_configuration'\nmessage = 's.'\ndefers-to = 'tenants'"),
    ]);
    let configuration = |file: &str| fact(Kind::BrandPortalConfiguration, file, &[]);
    let facts = [tenant("a", "x"), tenant("b", "y"), configuration("a"), configuration("c")];
    let expected = [("tenants", "b"), ("single", "c")];
    assert_eq!(summary(&judge(&rules, &facts)), expected.map(|(rule, file)| (rule.to_owned(), file.to_owned())));
}

fn tenant_in(file: &str, name: &str, modes: &str) -> Fact {
    let mut fact = tenant(file, name);
    fact.run_modes = RunModes::parse(modes);
    fact
}

#[test]
fn run_modes_that_exclude_each_other_are_never_counted_together() {
    let rules = rules(&[("tenants", TENANTS)]);
    assert!(judge(&rules, &[tenant_in("a", "x", "author"), tenant_in("b", "y", "publish")]).is_empty());
    assert!(judge(&rules, &[tenant_in("a", "x", "author.dev"), tenant_in("b", "y", "author.prod")]).is_empty());
    assert!(judge(&rules, &[tenant_in("a", "x", "author.publish"), tenant("b", "y")]).is_empty(), "never active");
    let findings = judge(&rules, &[tenant_in("a", "x", "author"), tenant_in("b", "y", "prod")]);
    assert_eq!(summary(&findings), [("tenants".to_owned(), "b".to_owned())]);
}

#[test]
fn only_what_one_set_of_run_modes_sees_is_too_many() {
    // Each two of a, b and c can be active together with d; a, b and c exclude one another.
    let facts =
        [tenant_in("a", "a", "dev"), tenant_in("b", "b", "stage"), tenant_in("c", "c", "prod"), tenant("d", "d")];
    let two = TENANTS.replace("at-most = 1", "at-most = 2");
    assert!(judge(&rules(&[("tenants", &two)]), &facts).is_empty());
    let findings = judge(&rules(&[("tenants", TENANTS)]), &facts);
    assert_eq!(summary(&findings), [("tenants".to_owned(), "d".to_owned())]);
    assert_eq!(findings[0].related.len(), 3);
}
