//! What is passed by before it is made would not have been kept.

use super::super::Telling;
use super::super::node_filter::can_matter;
use crate::documents::Interest;
use crate::signals::{FAMILIES, SignalKind};
use jcr_filevault::docview;
use proptest::prelude::*;

/// The paths of the nodes that are kept, and how many were passed by.
fn kept(text: &str, root: &str, interest: Option<&dyn Interest>) -> (Vec<String>, usize) {
    let mut kept = Vec::new();
    let passed = std::cell::Cell::new(0);
    let passes = |node: &docview::Ahead<'_>| {
        let passes = interest.is_some_and(|interest| interest.passes(node));
        passed.set(passed.get() + usize::from(passes));
        passes
    };
    docview::read_with(text, root, &passes, &mut |node| {
        if can_matter(node) {
            kept.push(node.path.clone());
        }
    });
    (kept, passed.get())
}

fn page(elements: &str) -> String {
    format!("<?xml version='1.0'?><jcr:root xmlns:jcr='http://www.jcp.org/jcr/1.0'>{elements}</jcr:root>")
}

#[test]
fn ordinary_content_is_passed_by_and_what_tells_is_not() {
    let ordinary = page("<a jcr:title='About us' text='&lt;p&gt;'/><b jcr:created='{Date}2020-01-01'/><c/>");
    assert_eq!(kept(&ordinary, "/content/x", Some(&Telling)), (vec![], 3));
    assert_eq!(kept(&ordinary, "/etc/cloudservices/smarttagging/x", Some(&Telling)).0.len(), 4);
    for telling in ["imsConfig='x'", "clientSecret=''", "a='https://x'", "b='{String}[x,adobe.io]'", "c='s8e-x://'"] {
        let (found, passed) = kept(&page(&format!("<a {telling}/><b/>")), "/content/x", Some(&Telling));
        assert_eq!((found, passed), (vec!["/content/x/a".to_owned()], 1), "{telling}");
    }
}

proptest! {
    #[test]
    fn nothing_is_lost(
        rows in proptest::collection::vec(
            (
                "(a|cloudservices|keystore)",
                "(imsConfig|imsConfigId|rep:authorizableId|tenantURL|transportUri|sling:resourceType|cq:template|client[sS]ecret|to[kK]en|text)",
                proptest::collection::vec((0_usize..128, "[ax:&;]{0,2}|&lt;|&#100;|\\\\\\\\|\\[|,"), 0..4),
            ),
            0..6,
        ),
    ) {
        let signals = FAMILIES.iter().flat_map(|family| family.signals);
        let in_values = signals.filter(|signal| !matches!(signal.kind, SignalKind::Pid | SignalKind::Extension));
        let words = ["u:p@", "http", "MII", "xxx", "-----"];
        let words: Vec<&str> = in_values.map(|signal| signal.literal).chain(words).collect();
        let ns = "xmlns:rep='internal' xmlns:sling='http://sling.apache.org/jcr/sling/1.0' xmlns:cq='http://www.day.com/jcr/cq/1.0'";
        let mut elements = format!("<x {ns}>");
        for (element, name, parts) in rows {
            let words = parts.iter().map(|(at, rest)| format!("{}{rest}", words[at % words.len()]));
            elements += &format!("<{element} {name}='{}'>", words.collect::<String>());
            elements += &format!("<a b='c'/></{element}>");
        }
        let text = page(&(elements + "</x>"));
        let (found, _) = kept(&text, "/content/x", Some(&Telling));
        prop_assert_eq!(found, kept(&text, "/content/x", None).0);
    }
}
