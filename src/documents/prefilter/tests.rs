use super::frequencies::{FREQUENCIES, MEASURED_BYTES};
use super::*;

const NEEDLES: [&str; 4] = ["adobe.io", "OsgiConfig", "clientSecret", "-----BEGIN"];

fn skips(document: &str) -> bool {
    Prefilter::new(NEEDLES).unwrap().may_skip(document.as_bytes())
}

fn page(value: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<jcr:root jcr:title=\"{value}\"/>\n")
}

#[test]
fn ordinary_content_is_skipped() {
    for value in [
        "Berg &amp; Tal",
        "first&#xa;second&#13;&#10;",
        "&#34;quoted&#x22; it&#39;s &#228; &#x1F600;",
        "[a\\,b,\\[c\\],\\{d}]",
        "100% 50%20wide a%2Fb 5% of",
        "snake_x_case _x0020_ _x00e4_",
        "grüße 日本語",
        "adobe-io adobe.com clientSecre",
        "C:\\\\",
    ] {
        assert!(skips(&page(value)), "{value}");
    }
    assert!(skips("<a/>") && skips("") && skips(" \n<a/>"));
    assert!(skips("<!-- Licensed as it is --><a><!----></a>"));
}

#[test]
fn needles_are_found_in_any_case_and_at_any_position() {
    let prefilter = Prefilter::new(NEEDLES).unwrap();
    for needle in NEEDLES {
        for form in [needle.to_owned(), needle.to_ascii_lowercase(), needle.to_ascii_uppercase()] {
            for before in 0..140 {
                let document = format!("<{}{form}", "a".repeat(before));
                assert!(!prefilter.may_skip(document.as_bytes()), "{form} after {before}");
                assert!(!prefilter.may_skip(format!("{document}{}", "z".repeat(before)).as_bytes()));
                let cut = &document.as_bytes()[..document.len() - 1];
                assert!(prefilter.may_skip(cut), "cut {form} after {before}");
            }
        }
    }
}

#[test]
fn whatever_can_hide_a_needle_is_parsed() {
    for value in [
        "ado&#98;e.io",
        "ado&#x62;e.io",
        "ado&#x0000062;e.io",
        "&#92;u0062",
        "&#x25;62",
        "broken &#x62 reference",
        "ado\\u0062e.io",
        "adobe\\0.io",
        "adobe\\.io",
        "\\-----BEGIN",
        "ado%62e.io",
        "adobe%2Eio",
        "client_x0053_ecret",
    ] {
        assert!(!skips(&page(value)), "{value}");
    }
    for document in [
        "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>",
        "<a><![CDATA[x]]></a>",
        "<?xml version=\"1.0\"?><a>b<?c?>d</a>",
        "<?other?><a/>",
    ] {
        assert!(!skips(document), "{document}");
    }
}

#[test]
fn other_encodings_are_parsed() {
    for declaration in ["UTF-16", "windows-1252", "IBM037", "UTF-7", "utf8"] {
        assert!(!skips(&format!("<?xml version=\"1.0\" encoding=\"{declaration}\"?><a/>")), "{declaration}");
    }
    for declaration in ["utf-8", "UTF-8", "ISO-8859-1", "us-ascii"] {
        assert!(skips(&format!("<?xml version='1.0' encoding = '{declaration}' ?><a/>")), "{declaration}");
    }
    let prefilter = Prefilter::new(NEEDLES).unwrap();
    for bytes in [&b"\xEF\xBB\xBF<a/>"[..], b"\xFF\xFE<\0a\0", b"<\0a\0/\0>\0", b"\0<\0a", b" \0<\0", b"\x4C\x6F\xA7"] {
        assert!(!prefilter.may_skip(bytes), "{bytes:x?}");
    }
    assert!(!skips("<?xml version=\"1.0\" encoding=UTF-8?><a/>"));
    assert!(!skips("<?xml version=\"1.0\""));
}

#[test]
fn a_character_of_a_needle_counts_when_escaped() {
    let comma = Prefilter::new(["a,b"]).unwrap();
    assert!(!comma.may_skip(b"<a b='x\\,y'/>"));
    let digit = Prefilter::new(["na1."]).unwrap();
    assert!(!digit.may_skip(b"<_x0031_/>"));
    assert!(skips("<_x0031_23/>"));
}

#[test]
fn unsearchable_needles_are_refused() {
    for needle in ["", "ab", "a b", "a<b>", "a&b", "it's", "\"ab\"", "a\\b", "gr\u{fc}n", "a\tb"] {
        assert_eq!(Prefilter::new([needle]).unwrap_err(), InvalidNeedle(needle.to_owned()));
    }
    assert!(!Prefilter::parse_everything().may_skip(b"<a/>"));
    assert!(Prefilter::parse_everything().mentions(""));
}

#[test]
fn paths_are_asked_by_themselves() {
    assert!(FACTS.mentions("/etc/cloudservices/SmartTagging/a"));
    assert!(!FACTS.mentions("/content/dam/a"));
    assert!(FACTS.may_skip(b"<a/>"), "the list of needles is valid");
}

#[test]
fn many_needles_share_the_buckets() {
    let needles: Vec<String> = (0..300).map(|n| format!("needle-{n:03}-end")).collect();
    let prefilter = Prefilter::new(&needles).unwrap();
    assert!(needles.iter().all(|needle| !prefilter.may_skip(format!("<a b='{needle}'/>").as_bytes())));
    assert!(prefilter.may_skip(b"<a b='needle-300-end'/>"));
}

#[test]
fn a_password_in_a_url_is_a_fact() {
    for value in ["https://me:hush@host.example/", "jdbc:x://me:hush&amp;hush@host", "a https://u:\\,p@h"] {
        assert!(!FACTS.may_skip(page(value).as_bytes()), "{value}");
    }
    for value in ["mail@host.example", "https://host.example/a:b@c", "https://me@host", "time 08:00 @ https://host"] {
        assert!(FACTS.may_skip(page(value).as_bytes()), "{value}");
    }
    let far = format!("<a b='x://u:{}@h'/>", "p".repeat(1 << 16));
    assert!(!FACTS.may_skip(far.as_bytes()));
    for many in ["://", "x@", "x:", "/@"] {
        assert!(FACTS.may_skip(format!("<a b='{}'/>", many.repeat(1 << 18)).as_bytes()), "{many}");
    }
    assert!(!FACTS.may_skip(format!("<a b='x://u:{}'/>", "@".repeat(1 << 18)).as_bytes()));
}

#[test]
fn words_of_names_count_where_names_stand() {
    for document in [
        "<a sharedKey=\"x\"/>",
        "<a x:accountKey = 'x'/>",
        "<a b=\"https://host/?accountKey=x\"/>",
        "<a b=\"{&quot;master_key&quot;: &quot;x&quot;}\"/>",
        "<a b=\"Authorization: Basic eA==\"/>",
    ] {
        assert!(!FACTS.may_skip(document.as_bytes()), "{document}");
    }
    for document in [
        "<master/>",
        "<a cq:isMaster=\"{Boolean}true\" accountId='x' sharedWith='x' passwordLabel='x'/>",
        "<a b=\"https://host/?account=x&amp;tokenUrl=x\"/>",
        "<a b=\"Your account, shared\"/>",
        "<a b=\"master\" c=\"The secret: keep calm\"/>",
        "<a b=\"/content/experience-fragments/a/master\"/>",
        "<!-- private, signing --><a/>",
    ] {
        assert!(FACTS.may_skip(document.as_bytes()), "{document}");
    }
    assert!(!FACTS.mentions("/content/a/master/shared-account"));
}

#[test]
fn reasons_say_what_a_file_is_parsed_for() {
    assert_eq!(FACTS.reasons(b"<a masterKey='x' b='\\x' c='y:\\x'/>"), ["\\", "master"]);
    assert_eq!(FACTS.reasons(b"\0<a/>"), ["another encoding"]);
    assert!(FACTS.reasons(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?><a b='master'/>").is_empty());
}

#[test]
fn values_do_not_make_names_suspicious() {
    assert!(FACTS.may_skip(b"<_x0038_-columns/>"), "the digit of client secrets");
    assert!(!FACTS.may_skip(b"<a b='p\\8e-'/>"));
}

#[test]
fn the_places_of_the_patterns_of_the_built_in_rules_are_known() {
    let rules = crate::rules::RuleSet::builtin();
    let rules = rules.needles();
    let mut all: Vec<(&str, NeedlePlace)> = signals::needles().collect();
    all.extend(rules.literals.iter().map(|literal| (AsRef::as_ref(literal), NeedlePlace::Anywhere)));
    let needles = Needles::new(all.into_iter()).unwrap();
    let wanted: Vec<Wanted<'_>> = patterns(&needles).chain([user_info()]).map(|(_, wanted)| wanted).collect();
    sieve::tests::assert_known(&wanted);
}

/// How often a needle may count in a million bytes of real content. Of words that are more frequent every page would be parsed.
const MAX_COUNTING_PER_MILLION: u64 = 2;

#[test]
fn the_frequency_of_every_needle_in_real_content_is_known() {
    let known: Vec<&str> = FREQUENCIES.iter().map(|frequency| frequency.needle).collect();
    assert_eq!(known, FACTS.needles(), "measure it: see the module `frequencies`");
    for Occurrences { needle, all, counting } in FREQUENCIES {
        assert!(counting <= all && *counting * 1_000_000 <= MAX_COUNTING_PER_MILLION * MEASURED_BYTES, "{needle}");
    }
}

#[test]
fn occurrences_are_told_apart_by_whether_they_count() {
    let found = FACTS.occurrences(b"<a masterKey='x' isMaster='x' b='MASTER'/>");
    assert_eq!(found, [Occurrences { needle: "master", all: 3, counting: 1 }]);
}
