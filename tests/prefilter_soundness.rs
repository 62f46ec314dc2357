//! A file that holds a needle in any encoding is never skipped, and the encoder that says so is itself right.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use aemlint::internals::documents::prefilter::{FACTS, Prefilter};
use aemlint::internals::documents::{self, Content, Document};
use aemlint::internals::secret;
use aemlint::internals::signals::{self, NeedlePlace};
use osgi_config::Target;
use proptest::prelude::*;
use std::sync::Arc;
use support::encoder::{ROLES, Role, TRICKS, Trick, encode, ordinary};
use support::random::Random;
use zip_audit::{Container, ContainerKind, File, Place};

/// What can stand in a name.
fn is_name(needle: &str) -> bool {
    needle.starts_with(|first: char| first.is_ascii_alphabetic())
        && needle.chars().all(|character| character.is_ascii_alphanumeric() || "._-".contains(character))
}

/// What is written: the needle, or the name of a secret with it for one that counts only as a part of such a name.
fn text_with(needle: &str, place: NeedlePlace) -> String {
    if place != NeedlePlace::Names {
        return needle.to_owned();
    }
    let names = ["", "ord", "8", "Key"].map(|end| format!("{needle}{end}"));
    names.into_iter().find(|name| secret::is_secret_name(name)).expect("the needle is a part of the name of a secret")
}

fn roles_of(needle: &str, place: NeedlePlace) -> impl Iterator<Item = Role> + '_ {
    ROLES.into_iter().filter(move |role| match (role, place) {
        (Role::AttributeName, NeedlePlace::Anywhere | NeedlePlace::Names) => is_name(needle),
        (Role::ElementName, NeedlePlace::Anywhere) => is_name(needle),
        (Role::Host, _) => needle.contains(".adobe") || needle.starts_with("adobe"),
        (Role::NameInValue, NeedlePlace::Names) => true,
        (Role::Value | Role::SystemViewValue, NeedlePlace::Anywhere | NeedlePlace::Values) => true,
        _ => false,
    })
}

#[test]
fn every_single_trick_is_seen_through() {
    for (needle, place) in signals::needles() {
        for role in roles_of(needle, place) {
            for trick in TRICKS.into_iter().filter(|trick| trick.applies_to(role)) {
                for seed in 0..8 {
                    let document = encode(&mut Random::new(seed), &text_with(needle, place), role, &[trick]);
                    assert!(
                        !FACTS.may_skip(&document),
                        "{needle} as {role:?} by {trick:?}, seed {seed}:\n{}",
                        String::from_utf8_lossy(&document)
                    );
                }
            }
        }
    }
}

#[test]
fn names_are_read_without_what_is_not_seen() {
    let page = |name: &str, value: &str| {
        format!(
            "<?xml version=\"1.0\"?>\n<jcr:root xmlns:jcr=\"http://www.jcp.org/jcr/1.0\"\n    {name}=\"{value}\"/>\n"
        )
    };
    for part in ["\u{ad}", "\u{200b}", "\u{200d}", "\u{200f}", "\u{2060}", "\u{feff}"] {
        let code = format!("{:04x}", u32::from(part.chars().next().unwrap()));
        for part in [part, &format!("_x{code}_"), &format!("_x{}_", code.to_uppercase())] {
            for name in [format!("pass{part}word"), format!("{part}password"), format!("pa{part}ss{part}word")] {
                assert!(!FACTS.may_skip(page(&name, "x").as_bytes()), "{name}");
            }
        }
        // Where nothing is assigned it is a part of ordinary words.
        assert!(FACTS.may_skip(page("text", &format!("Ge{part}dan{part}ken, a{part}b")).as_bytes()), "{code}");
    }
}

#[test]
fn every_trick_but_case_hides_the_needle_from_a_search_in_the_bytes() {
    // Otherwise the tests here would pass with a plain search.
    for trick in TRICKS.into_iter().filter(|trick| !matches!(trick, Trick::Case | Trick::Utf8Mark)) {
        let role = ROLES.into_iter().find(|role| trick.applies_to(*role)).unwrap();
        let hidden = (0..50).any(|seed| {
            let document = encode(&mut Random::new(seed), "adobelogin.com", role, &[trick]);
            !String::from_utf8_lossy(&document).contains("adobelogin.com")
        });
        assert!(hidden || trick == Trick::AttributeDefault, "{trick:?}");
    }
}

#[test]
fn the_encoder_writes_what_a_reader_reads_back() {
    const TEXT: &str = "ims-na1.adobelogin.com";
    let tricks = [
        Trick::DecimalReference,
        Trick::HexReference,
        Trick::UnicodeEscape,
        Trick::NeedlessEscape,
        Trick::NullEscape,
        Trick::ReferencedEscape,
    ];
    for seed in 0..500 {
        let document = encode(&mut Random::new(seed), TEXT, Role::Value, &tricks);
        let document = String::from_utf8(document).unwrap();
        let (_, value) = document.split_once(" value=\"").unwrap();
        let (value, _) = value.split_once('"').unwrap();
        let unescaped = quick_xml::escape::unescape(value).unwrap();
        assert_eq!(docview_value(&unescaped), TEXT, "{value}");
    }
}

/// The escapes of a docview value, undone as FileVault's `DocViewProperty2` does.
fn docview_value(value: &str) -> String {
    let mut read = String::new();
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match (character, characters.clone().next()) {
            ('\\', Some('u')) => {
                let code: String = characters.by_ref().skip(1).take(4).collect();
                read.extend(char::from_u32(u32::from_str_radix(&code, 16).unwrap()));
            }
            ('\\', Some(escaped)) => {
                characters.next();
                read.extend((escaped != '0').then_some(escaped));
            }
            _ => read.push(character),
        }
    }
    read
}

proptest! {
    #[test]
    fn no_document_with_a_needle_is_skipped(
        seed in any::<u64>(),
        needle in proptest::sample::select(signals::needles().collect::<Vec<_>>()),
        tricks in proptest::sample::subsequence(&TRICKS, 0..=TRICKS.len()),
    ) {
        let mut random = Random::new(seed);
        let (needle, place) = needle;
        let roles: Vec<Role> = roles_of(needle, place).collect();
        let role = *random.pick(&roles);
        let document = encode(&mut random, &text_with(needle, place), role, &tricks);
        prop_assert!(!FACTS.may_skip(&document), "{role:?}\n{}", String::from_utf8_lossy(&document));
    }

    #[test]
    fn needles_of_rules_are_no_worse_than_those_of_facts(
        seed in any::<u64>(),
        needle in "[A-Za-z0-9!#$%()*+,./:;=?@\\[\\]^_`{|}~-]{3,12}",
        others in proptest::collection::vec("[a-z]{3,20}", 0..40),
        tricks in proptest::sample::subsequence(&TRICKS, 0..=TRICKS.len()),
    ) {
        let prefilter = Prefilter::new(others.iter().chain([&needle])).unwrap();
        // `\{`, `\[` and the like escape a needle's own characters, and `%` stands for itself.
        let tricks: Vec<Trick> = tricks.into_iter().filter(|trick| *trick != Trick::Percent).collect();
        let document = encode(&mut Random::new(seed), &needle, Role::Value, &tricks);
        prop_assert!(!prefilter.may_skip(&document), "{needle}\n{}", String::from_utf8_lossy(&document));
    }

    #[test]
    fn every_name_of_a_secret_holds_a_needle(
        words in proptest::collection::vec(
            prop_oneof![
                "(client|api|private|access|secret|service|account|master|shared|signing|hmac|encryption|refresh|aes)",
                "(Key|Token|Secret|PEM|Details|Credentials|Password|Passphrase|PassCode|pwd|PKCS8|value|s|details)",
            ],
            1..5,
        ),
        separator in "[._ -]?",
    ) {
        let name = words.join(&separator);
        let document = format!("<a {}=\"x\"/>", name.replace(' ', "_x0020_"));
        prop_assert!(!secret::is_secret_name(&name) || !FACTS.may_skip(document.as_bytes()), "{name}");
        // The same as names in a value.
        for name in [name.replace(' ', "."), name.to_lowercase().replace(' ', "-")] {
            for value in [format!("{{&quot;{name}&quot;:&quot;x&quot;}}"), format!("a {name}=x"), format!("?a=b&amp;{name}=x")] {
                let document = format!("<a b=\"{value}\"/>");
                prop_assert!(!secret::is_secret_name(&name) || !FACTS.may_skip(document.as_bytes()), "{value}");
            }
        }
    }

    #[test]
    fn every_shape_of_a_secret_holds_a_needle(
        pieces in proptest::collection::vec(
            prop_oneof![
                "(-----BEGIN |RSA |EC |PRIVATE KEY-----|-----END |MIIEvg|MIIEpA|MIGHAgEAMBMGByqGSM49|LS0tLS1CRUdJTiB)",
                "(IBADANBgkqhkiG9w0BAQEFAASC|IBAAKCAQEA|IBAAKCAgEA|QUklWQVRFIEtFWS|eyJ|p8e-|s8e-|https://)",
                "[a-zA-Z0-9]{1,20}",
                "[@:. /]",
            ],
            0..12,
        ),
    ) {
        let value = pieces.concat();
        let document = format!("<a b=\"{value}\"/>");
        prop_assert!(secret::shapes(&value).is_empty() || !FACTS.may_skip(document.as_bytes()), "{value}");
    }

    #[test]
    fn ordinary_documents_are_skipped(seed in any::<u64>()) {
        let document = ordinary(&mut Random::new(seed));
        prop_assert!(FACTS.may_skip(&document), "{}", String::from_utf8_lossy(&document));
    }

    #[test]
    fn any_bytes_are_taken(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = FACTS.may_skip(&bytes);
        let _ = FACTS.may_skip(&[b"<", &bytes[..]].concat());
    }
}

#[test]
fn the_product_reads_back_what_the_encoder_writes() {
    const TEXT: &str = "ims-na1.adobelogin.com";
    for trick in TRICKS.into_iter().filter(|trick| trick.applies_to(Role::Value)) {
        for seed in 0..50 {
            let document = encode(&mut Random::new(seed), TEXT, Role::Value, &[trick]);
            let decoded = jcr_filevault::decode_xml(&document);
            let read = jcr_filevault::docview::read(&decoded.text, "/content");
            let mut values = read.nodes.iter().flat_map(|node| &node.properties).flat_map(|property| &property.values);
            assert!(
                values.any(|value| value.eq_ignore_ascii_case(TEXT)),
                "{trick:?}, seed {seed}:\n{}\n{:?}",
                decoded.text,
                read.error
            );
        }
    }
}

#[test]
fn no_reader_joins_the_texts_around_a_comment() {
    const TEXT: &str = "ims-na1.adobelogin.com";
    let content = b"<jcr:root xmlns:jcr=\"http://www.jcp.org/jcr/1.0\" xmlns:sv=\"http://www.jcp.org/jcr/sv/1.0\">\
        <sv:value>ims-na1.adobe<!-- -->login.com</sv:value></jcr:root>";
    let everything = Prefilter::parse_everything();
    for name in ["jcr_root/a/.content.xml", "jcr_root/a/b.xml", "SLING-INF/a.xml", "a.xml"] {
        let is_joined = |document: Document<'_>| match &document.content {
            Content::DocView { nodes, .. } if nodes.iter().any(|node| !node.properties.is_empty()) => true,
            _ => document.text.contains(TEXT),
        };
        assert_eq!(read(name, content, &everything, is_joined), Some(false), "{name}");
    }
}

/// What a look at the document that is read of an entry of an archive gives, if it is read.
fn read<T>(name: &str, content: &[u8], prefilter: &Prefilter, look: impl Fn(Document<'_>) -> T) -> Option<T> {
    let place = Place::on_disk("a.zip");
    let container = Container { place, parent: None, kind: ContainerKind::Archive, depth: 1, input: 0, start: None };
    let file = File { container: &Arc::new(container), name, bytes: content, partial: false };
    documents::read(&file, Target::Aem65, prefilter, &documents::Everything).map(look)
}

/// Whether the entry of an archive is read.
fn is_read(name: &str, content: &[u8]) -> bool {
    read(name, content, &FACTS, |_| ()).is_some()
}

#[test]
fn a_path_that_tells_something_is_read_however_it_is_written() {
    const PAGE: &[u8] = b"<jcr:root xmlns:jcr=\"http://www.jcp.org/jcr/1.0\"/>";
    for name in [
        "jcr_root/etc/cloudservices/smarttagging/.content.xml",
        "jcr_root/etc/cloudservices/Smart%54agging/.content.xml",
        "jcr_root/etc/cloudservices/%53marttagging.xml",
        "jcr_root/etc/__smarttagging/.content.xml",
        "jcr_root/etc/replication.dir/components/agent/.content.xml",
        "META-INF/vault/filter.xml",
        "META-INF/vault/properties.xml",
        "META-INF/MANIFEST.MF",
    ] {
        assert!(is_read(name, PAGE), "{name}");
    }
    for name in ["jcr_root/content/a/.content.xml", "jcr_root/content/_jcr_content/a%3ab.xml", "x/filter.xml"] {
        assert!(!is_read(name, PAGE), "{name}");
    }
}

#[test]
fn json_is_read_where_it_is_a_configuration_or_holds_a_telling_value() {
    let plain = br#"{"title": "Berg \"Tal\"", "a": ["\\", 1]}"#;
    assert!(!is_read("jcr_root/apps/a/i18n.json", plain));
    for name in ["jcr_root/apps/a/config/x.cfg.json", "jcr_root/apps/a/config/x.cf%67.json", "x.CFG.json"] {
        assert!(is_read(name, plain), "{name}");
    }
    for text in [
        r#"{"a": "https://mc.adobe.io/"}"#,
        r#"{"a": "https:\/\/mc.ad\u006fbe.io"}"#,
        r#"{"a": "https://mc.ad&#111;be.io"}"#,
        "{\"a\": \"https://mc.ad\\\nobe.io\"}",
        "{\"a\": \"https://mc.ad\\\robe.io\"}",
        r#"{"a": "https://mc%2Eadobe%2Eio"}"#,
        r#"{"configurations": {}}"#,
    ] {
        assert!(is_read("jcr_root/apps/a/i18n.json", text.as_bytes()), "{text}");
    }
}
