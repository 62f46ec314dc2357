//! Texts that hide their meaning: encodings, escapes, entities, and files that are broken before and behind.

use super::canary::{IMS, IMS_TEXT, JWT, LEGACY, TAGS, URL, check_entry, page};

const UTF8: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// Checks that every content of an entry of this name raises the rule.
fn all_found(rule: &str, entry: &str, cases: impl IntoIterator<Item = (&'static str, Vec<u8>)>) {
    let mut missed = Vec::new();
    for (name, content) in cases {
        let report = check_entry(entry, &content);
        if !report.has(rule) {
            missed.push(format!("{name}: {:?} {:?}", report.rules(), report.unread()));
        }
    }
    assert!(missed.is_empty(), "{} cases miss {rule}:\n{}", missed.len(), missed.join("\n"));
}

fn utf16(text: &str, mark: bool, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    mark.then_some(0xFEFF).into_iter().chain(text.encode_utf16()).flat_map(unit).collect()
}

fn utf32(text: &str, unit: fn(u32) -> [u8; 4]) -> Vec<u8> {
    text.chars().map(u32::from).flat_map(unit).collect()
}

/// The page in a declared encoding, with a title of that encoding's own.
fn declared(encoding: &str, title: &[u8]) -> Vec<u8> {
    let page = page(&format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?>\n"), LEGACY);
    let (before, after) = page.split_once("Canary").unwrap();
    [before.as_bytes(), title, after.as_bytes()].concat()
}

/// The page in EBCDIC (code page 037), written with the letters that it needs.
fn ebcdic() -> Vec<u8> {
    let page = page("<?xml version=\"1.0\" encoding=\"Cp037\"?>\n", LEGACY);
    page.bytes()
        .map(|byte| to_ebcdic(byte).unwrap_or_else(|| panic!("{:?} is not in the table", byte as char)))
        .collect()
}

fn to_ebcdic(byte: u8) -> Option<u8> {
    Some(match byte {
        b'a'..=b'i' => byte - b'a' + 0x81,
        b'j'..=b'r' => byte - b'j' + 0x91,
        b's'..=b'z' => byte - b's' + 0xA2,
        b'A'..=b'I' => byte - b'A' + 0xC1,
        b'J'..=b'R' => byte - b'J' + 0xD1,
        b'S'..=b'Z' => byte - b'S' + 0xE2,
        b'0'..=b'9' => byte - b'0' + 0xF0,
        b' ' => 0x40,
        b'\n' => 0x25,
        b'.' => 0x4B,
        b'<' => 0x4C,
        b'/' => 0x61,
        b'>' => 0x6E,
        b'?' => 0x6F,
        b':' => 0x7A,
        b'=' => 0x7E,
        b'"' => 0x7F,
        b'-' => 0x60,
        b'_' => 0x6D,
        _ => return None,
    })
}

#[test]
fn xml_in_every_encoding() {
    let plain = page("", LEGACY);
    let sixteen = page("<?xml version=\"1.0\" encoding=\"UTF-16\"?>\n", LEGACY);
    all_found(
        URL,
        TAGS,
        [
            ("UTF-8 with a mark", [b"\xEF\xBB\xBF", page(UTF8, LEGACY).as_bytes()].concat()),
            ("UTF-16 LE with a mark", utf16(&sixteen, true, u16::to_le_bytes)),
            ("UTF-16 BE with a mark", utf16(&sixteen, true, u16::to_be_bytes)),
            ("UTF-16 LE without a mark", utf16(&sixteen, false, u16::to_le_bytes)),
            ("UTF-16 BE without a mark", utf16(&sixteen, false, u16::to_be_bytes)),
            ("UTF-16 LE, mark, no declaration", utf16(&plain, true, u16::to_le_bytes)),
            ("UTF-16 BE, mark, no declaration", utf16(&plain, true, u16::to_be_bytes)),
            ("UTF-16 LE, no mark, no declaration", utf16(&plain, false, u16::to_le_bytes)),
            ("UTF-32 LE", utf32(&plain, u32::to_le_bytes)),
            ("UTF-32 BE", utf32(&plain, u32::to_be_bytes)),
            ("ISO-8859-1", declared("ISO-8859-1", b"Gr\xFC\xDFe")),
            ("ISO-8859-15", declared("iso-8859-15", b"\xA4")),
            ("windows-1252", declared("windows-1252", b"\x80\x93")),
            ("Shift_JIS", declared("Shift_JIS", b"\x93\xFA\x96\x7B")),
            ("EUC-JP", declared("EUC-JP", b"\xC6\xFC\xCB\xDC")),
            ("GBK", declared("GBK", b"\xD6\xD0\xCE\xC4")),
            ("KOI8-R", declared("KOI8-R", b"\xCD\xC9\xD2")),
            ("US-ASCII", declared("US-ASCII", b"Canary")),
            ("EBCDIC", ebcdic()),
            ("a declaration that is wrong", declared("UTF-16", b"Canary")),
            ("UTF-16 LE that declares UTF-8", utf16(&page(UTF8, LEGACY), true, u16::to_le_bytes)),
            ("UTF-16 LE without a mark that declares UTF-8", utf16(&page(UTF8, LEGACY), false, u16::to_le_bytes)),
            ("UTF-32 LE that declares UTF-8", utf32(&page(UTF8, LEGACY), u32::to_le_bytes)),
            ("an encoding that nobody knows", declared("x-nobody", b"Canary")),
            ("bytes that are no UTF-8", declared("UTF-8", b"\xFF\xFE\x00")),
        ],
    );
}

#[test]
fn xml_that_says_it_otherwise() {
    let with = |doctype: &str, url: &str| page(&format!("{UTF8}<!DOCTYPE jcr:root [{doctype}]>\n"), url).into_bytes();
    let plain = |url: &str| page(UTF8, url).into_bytes();
    let element = |element: &str| {
        page(UTF8, "").replace(" serviceUrl=\"\"/>", &format!(" a=\"\">{element}</jcr:content>")).into_bytes()
    };
    let attribute = |attributes: &str| page(UTF8, "").replace("serviceUrl=\"\"", attributes).into_bytes();
    all_found(
        URL,
        TAGS,
        [
            ("an entity", with("<!ENTITY host 'mc.adobe.io'>", "https://&host;/marketingcloud/smartcontent")),
            (
                "entities in entities",
                with("<!ENTITY a 'mc.ad'><!ENTITY b '&a;obe.io'>", "https://&b;/marketingcloud/smartcontent"),
            ),
            (
                "an attribute's default",
                page(&format!("{UTF8}<!DOCTYPE jcr:root [<!ATTLIST jcr:content serviceUrl CDATA '{LEGACY}'>]>\n"), "")
                    .replace(" serviceUrl=\"\"", "")
                    .into_bytes(),
            ),
            ("decimal references", plain("https://mc&#46;adobe&#0046;io/marketingcloud/smartcontent")),
            ("hexadecimal references", plain("https://&#x6D;&#x63;.adobe.io/marketingcloud/smartcontent")),
            ("Unicode escapes", plain("https://mc.\\u0061dobe.io/marketingcloud/smartcontent")),
            ("needless escapes", plain("https://\\m\\c.adobe.io/marketingcloud/smartcontent")),
            ("referenced escapes", plain("https://mc.&#92;u0061dobe.io/marketingcloud/smartcontent")),
            ("a type", plain(&format!("{{String}}{LEGACY}"))),
            ("a list", plain(&format!("[first\\,one,{LEGACY}]"))),
            ("a typed list", plain(&format!("{{Name}}[a,{LEGACY},b]"))),
            (
                "single quotes",
                page(UTF8, LEGACY).replace(&format!("\"{LEGACY}\""), &format!("'{LEGACY}'")).into_bytes(),
            ),
            ("an encoded name", attribute(&format!("service_x0055_rl=\"{LEGACY}\""))),
            ("the second of two attributes", attribute(&format!("url=\"none\" url=\"{LEGACY}\""))),
            ("the first of two attributes", attribute(&format!("url=\"{LEGACY}\" url=\"none\""))),
            ("an undeclared prefix", attribute(&format!("nobody:url=\"{LEGACY}\""))),
            ("no quotes", attribute(&format!("url={LEGACY}"))),
            ("blanks around", plain(&format!("  {LEGACY}\n "))),
            ("comments and CDATA around", element(&format!("<!-- a --><![CDATA[<x/>]]><b url=\"{LEGACY}\"/><?p?>"))),
            ("an unclosed element before", element(&format!("<a><b url=\"{LEGACY}\"/>"))),
            ("a closed element that was not open", element(&format!("</x><b url=\"{LEGACY}\"/>"))),
            ("cut off behind", page(UTF8, LEGACY).split_once("/>").unwrap().0.as_bytes().to_vec()),
            ("junk before", [b"junk ", &plain(LEGACY)[..]].concat()),
            ("junk behind", [&plain(LEGACY)[..], b" junk <a", LEGACY.as_bytes()].concat()),
            ("NUL before", [b"\0", &plain(LEGACY)[..]].concat()),
            ("control characters in it", plain(&format!("{LEGACY}/\u{1}\u{1b}[2J"))),
            ("an unknown entity", plain(&format!("&unknown;{LEGACY}"))),
            ("an entity that includes itself", with("<!ENTITY a '&b;'><!ENTITY b '&a;'>", &format!("{LEGACY}/&a;"))),
            ("an external entity", with("<!ENTITY a SYSTEM 'file:///etc/passwd'>", &format!("{LEGACY}/&a;"))),
            ("a document type that does not end", format!("<!DOCTYPE a [ <!ENTITY b '{LEGACY}'> ").into_bytes()),
        ],
    );
}

#[test]
fn urls_in_every_spelling() {
    // In a text for people it connects to nothing.
    let spellings = [
        "https://MC.Adobe.IO/marketingcloud/smartcontent",
        "HTTPS://mc.adobe.io/marketingcloud/smartcontent",
        "https://mc.adobe.io./marketingcloud/smartcontent",
        "https://mc.adobe.io:443/marketingcloud/smartcontent",
        "https://someone@mc.adobe.io/marketingcloud/smartcontent",
        "https://mc%2Eadobe%2eio/marketingcloud/smartcontent",
        "https://%6d%63.adobe.io/marketingcloud/smartcontent",
        "https://mc.adobe.io/marketingcloud/%73martcontent",
        "https://mc.adobe.io/marketingcloud/./smartcontent",
        "https://mc.adobe.io/x/../marketingcloud/smartcontent",
        "http://mc.adobe.io/marketingcloud/smartcontent/services",
    ];
    all_found(URL, TAGS, spellings.map(|url| (url, page(UTF8, url).into_bytes())));
}

#[test]
fn broken_config_files() {
    let lines: Vec<&str> = IMS_TEXT.lines().collect();
    let text = IMS_TEXT;
    let exchange = lines.iter().position(|line| line.contains("exchange")).unwrap();
    let cut = lines[..=exchange].join("\n");
    all_found(
        JWT,
        IMS,
        [
            ("junk before", format!("%% this is no property %%\n{text}").into_bytes()),
            ("an open quote behind", format!("{text}last=\"never closed\n").into_bytes()),
            ("an open list behind", format!("{text}last=[ \\\n  \"a\", \\\n").into_bytes()),
            ("an open list before", format!("first=[ \"a\"\n{text}").into_bytes()),
            ("an unknown type before", format!("first=Q\"1\"\n{text}").into_bytes()),
            ("cut in a value", cut.as_bytes()[..cut.len() - 1].to_vec()),
            ("a mark before", [b"\xEF\xBB\xBF", text.as_bytes()].concat()),
            ("NUL before", [b"\0\0\n", text.as_bytes()].concat()),
            ("bytes that are no UTF-8", [b"title=\"\xFF\xFE\"\n", text.as_bytes()].concat()),
            ("other line ends", text.replace('\n', "\r").into_bytes()),
            ("escapes", text.replace("adobelogin", "\\u0061dobelogin").into_bytes()),
            ("needless escapes", text.replace('=', "\\ =").replace("https:", "https\\:").into_bytes()),
            ("a very long line before", format!("first=\"{}\"\n{text}", "x".repeat(1 << 20)).into_bytes()),
        ],
    );
}

#[test]
fn json_that_says_it_otherwise() {
    let json = |member: &str| {
        format!("{{\"name\":\"Canary\",\"auth.token.provider.title\":\"Canary\",{member}}}").into_bytes()
    };
    let alias = "\"auth.token.provider.keypair.alias\":\"canary\"";
    let name = IMS.replace(".provider-canary.config", ".provider~canary.cfg.json");
    all_found(
        JWT,
        &name,
        [
            ("plain", json(alias)),
            (
                "escapes",
                json(
                    "\"auth.access.token.request\":\"https:\\/\\/ims\\u002Dna1.adobelogin.com/ims/exchange/\\u006awt\"",
                ),
            ),
            ("an escaped key", json("\"auth.token.provider.\\u006beypair.alias\":\"canary\"")),
            ("comments", json(&format!("/* a */ {alias} // b\n"))),
            ("a mark", [b"\xEF\xBB\xBF", &json(alias)[..]].concat()),
            ("the last of two keys", json(&format!("\"auth.token.provider.keypair.alias\":\"\",{alias}"))),
            ("a broken tail", json(&format!("{alias},\"open"))),
            ("a tail that is cut", json(alias)[..json(alias).len() - 1].to_vec()),
            ("junk behind", [&json(alias)[..], b"}} junk"].concat()),
            ("a comma too much", json(&format!("{alias},"))),
            ("a type in the key", json("\"auth.token.provider.keypair.alias:String\":\"canary\"")),
            ("a list", json("\"auth.token.provider.keypair.alias\":[\"canary\"]")),
        ],
    );
}

#[test]
fn both_values_of_a_key_are_judged() {
    let name = "jcr_root/apps/acme/config/com.acme.Tagging~a.cfg.json";
    for json in
        [format!("{{\"url\":\"{LEGACY}\",\"url\":\"none\"}}"), format!("{{\"url\":\"none\",\"url\":\"{LEGACY}\"}}")]
    {
        assert!(check_entry(name, json.as_bytes()).has(URL), "{json}");
    }
    let alias = "\"auth.token.provider.keypair.alias\"";
    let name = IMS.replace(".provider-canary.config", ".provider~canary.cfg.json");
    let report = check_entry(&name, format!("{{{alias}:\"canary\",{alias}:\"\"}}").as_bytes());
    assert!(report.has("lost-property"), "{:?}", report.rules());
}

#[test]
fn system_view_values_are_read_whatever_is_around_them() {
    let view = |value: &str| {
        format!(
            "<sv:node xmlns:sv=\"http://www.jcp.org/jcr/sv/1.0\" sv:name=\"a\"><sv:property sv:name=\"url\" \
             sv:type=\"String\"><sv:value>{value}</sv:value></sv:property></sv:node>"
        )
    };
    all_found(
        URL,
        "jcr_root/conf/acme/settings/a.xml",
        [
            ("plain", view(LEGACY).into_bytes()),
            ("CDATA", view(&format!("<![CDATA[{LEGACY}]]>")).into_bytes()),
            ("references", view(&LEGACY.replace("adobe", "&#97;dobe")).into_bytes()),
        ],
    );
}

#[test]
fn what_is_not_read_as_what_it_is_is_said() {
    for (content, code) in [
        (declared("x-nobody", b"Canary"), 3),
        (page(UTF8, LEGACY).replace("</jcr:root>", "").into_bytes(), 1),
        (format!("{}<a><![CDATA[ {LEGACY}", page(UTF8, "")).into_bytes(), 3),
        (page(UTF8, LEGACY).into_bytes(), 1),
    ] {
        let report = check_entry(TAGS, &content);
        assert!(report.has(URL));
        assert_eq!(report.code, code, "{}: {:?}", String::from_utf8_lossy(&content), report.unread());
    }
    let dtd = page("<!DOCTYPE jcr:root [<!ENTITY a 'b'>]>", LEGACY);
    assert!(check_entry(TAGS, dtd.as_bytes()).has("ambiguous-archive"));
}

#[test]
fn what_is_no_text_of_its_kind_is_searched_all_the_same() {
    let legacy = |text: String| text.into_bytes();
    for entry in ["jcr_root/apps/acme/a.json", "jcr_root/apps/acme/x.properties", "a.xml", "b.cfg", "c.CONFIG"] {
        let report = check_entry(entry, &legacy(format!("{{ ,, url = {LEGACY}\n")));
        assert!(report.has(URL), "{entry}: {:?}", report.rules());
    }
}
