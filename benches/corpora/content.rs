//! The files of the corpora: docview pages, dialogs, code, images, and the planted findings.

use std::fmt::Write as _;

use crate::vocabulary::Vocabulary;

/// Set in the number of a corpus that is made of the words that are held out.
pub(crate) const HELD_OUT: u64 = 1 << 63;

/// A small deterministic source of numbers (SplitMix64).
pub(crate) struct Random {
    state: u64,
    held_out: bool,
}

impl Random {
    /// The source of the file with that number in a corpus.
    pub(crate) fn of(corpus: u64, file: u64) -> Self {
        let state = corpus.wrapping_mul(0xA076_1D64_78BD_642F) ^ file;
        let mut random = Self { state, held_out: corpus & HELD_OUT != 0 };
        random.next();
        random
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    pub(crate) fn is_held_out(&self) -> bool {
        self.held_out
    }

    fn pick(&mut self, from: &[&'static str]) -> &'static str {
        from[self.below(from.len())]
    }
}

const TYPES: [&str; 12] = [
    "core/wcm/components/text/v2/text",
    "core/wcm/components/image/v3/image",
    "core/wcm/components/container/v1/container",
    "granite/ui/components/coral/foundation/form/textfield",
    "granite/ui/components/coral/foundation/form/select",
    "granite/ui/components/coral/foundation/container",
    "granite/ui/components/coral/foundation/fixedcolumns",
    "site/components/teaser",
    "site/components/carousel",
    "site/components/structure/page",
    "dam/gui/coral/components/admin/assetdetails",
    "cq/gui/components/authoring/dialog/richtext",
];

const NAMES: [&str; 24] = [
    "items",
    "column",
    "title",
    "text",
    "image",
    "teaser",
    "container",
    "responsivegrid",
    "par",
    "header",
    "footer",
    "navigation",
    "link",
    "target",
    "alt",
    "variant",
    "layout",
    "tabs",
    "heading",
    "button",
    "list",
    "embed",
    "separator",
    "breadcrumb",
];

/// The head of most files of projects: the comment of a licence.
const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
const LICENCE: &str = "<!--\n  ~ Copyright of those who wrote it.\n  ~\n  ~ Licensed under terms that stand elsewhere; \
    distributed on an \"AS IS\" BASIS,\n  ~ WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND.\n  -->\n";

/// Of ten files of an application so many begin with a comment: 71 % of those of six public projects do.
const WITH_LICENCE: usize = 7;

/// The namespaces that FileVault writes at the head of a page.
const HEAD: &str = "<jcr:root \
    xmlns:sling=\"http://sling.apache.org/jcr/sling/1.0\" xmlns:granite=\"http://www.adobe.com/jcr/granite/1.0\" \
    xmlns:cq=\"http://www.day.com/jcr/cq/1.0\" xmlns:jcr=\"http://www.jcp.org/jcr/1.0\" \
    xmlns:nt=\"http://www.jcp.org/jcr/nt/1.0\"\n    jcr:primaryType=\"cq:Page\">\n    <jcr:content\n";

/// The URL that the rule `legacy-smart-content-url` looks for.
const LEGACY: &str = "https://mc.adobe.io/marketingcloud/smartcontent";

/// A docview page of about `size` bytes, with `planted` as the value of a property in the middle.
pub(crate) fn page(random: &mut Random, size: usize, planted: Option<&str>) -> String {
    let mut page = String::with_capacity(size + 1024);
    page += DECLARATION;
    if random.below(10) < WITH_LICENCE {
        page += LICENCE;
    }
    page += HEAD;
    let _ = writeln!(page, "        jcr:title=\"{}\"\n        jcr:primaryType=\"cq:PageContent\">", words(random, 4));
    let mut planted = planted;
    while page.len() < size {
        if let Some(value) = planted.take_if(|_| page.len() > size / 2) {
            let _ = writeln!(page, "        <service jcr:primaryType=\"nt:unstructured\" serviceUrl=\"{value}\"/>");
        }
        let name = random.pick(&NAMES);
        let kind = random.pick(&TYPES);
        let _ = write!(
            page,
            "        <{name}_{}\n            jcr:created=\"{{Date}}20{}-0{}-1{}T08:{}:00.000Z\"\n            \
             jcr:primaryType=\"nt:unstructured\"\n            sling:resourceType=\"{kind}\"\n",
            random.next() as u32,
            10 + random.below(15),
            1 + random.below(9),
            random.below(10),
            10 + random.below(50),
        );
        match random.below(4) {
            0 => {
                let text = (words(random, 14), words(random, 9));
                let _ = writeln!(page, "            text=\"&lt;p>{}&lt;/p>&#xa;&lt;p>{}&lt;/p>&#xa;\"", text.0, text.1);
                page += "            textIsRich=\"true\"/>\n";
            }
            1 => {
                let path =
                    format!("{}/{}-{}.jpg", Vocabulary::word(random), Vocabulary::word(random), random.next() as u16);
                let _ = writeln!(page, "            alt=\"{}\"", words(random, 6));
                let _ = writeln!(page, "            fileReference=\"/content/dam/site/{path}\"/>");
            }
            2 => {
                let _ =
                    writeln!(page, "            fieldLabel=\"{}\"\n            name=\"./{name}\"", words(random, 3));
                page += "            required=\"{Boolean}true\"/>\n";
            }
            _ => {
                let tags = (Vocabulary::word(random), Vocabulary::word(random), random.next() as u16);
                let _ = writeln!(page, "            cq:tags=\"[site:{}/{},site:{}]\"", tags.0, tags.1, tags.2);
                let _ = writeln!(page, "            jcr:description=\"{}\"/>", words(random, 20));
            }
        }
    }
    if let Some(value) = planted {
        let _ = writeln!(page, "        <service jcr:primaryType=\"nt:unstructured\" serviceUrl=\"{value}\"/>");
    }
    page += "    </jcr:content>\n</jcr:root>\n";
    page
}

/// A page with a legacy Smart Content URL; every eighth is written so that a search in the bytes misses it.
pub(crate) fn planted_page(random: &mut Random, size: usize, number: usize) -> Vec<u8> {
    if number % 8 != 7 {
        return page(random, size, Some(LEGACY)).into_bytes();
    }
    match number / 8 % 4 {
        0 => {
            page(random, size, Some(&LEGACY.replace("adobe", "ad&#x6f;be").replace("smart", "sm&#97;rt"))).into_bytes()
        }
        1 => page(random, size, Some(&LEGACY.replace("adobe", "ado\\u0062e").replace("smart", "\\u0073mart")))
            .into_bytes(),
        2 => page(random, size, Some(&LEGACY.replace("adobe", "ad\\0obe").replace("smart", "s\\mart"))).into_bytes(),
        _ => {
            let text = page(random, size, Some(LEGACY)).replacen("UTF-8", "UTF-16", 1);
            [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
        }
    }
}

/// A Felix configuration with a legacy Smart Content URL.
pub(crate) fn planted_config(random: &mut Random) -> Vec<u8> {
    format!("title=\"{}\"\nretries=I\"3\"\nservice.url=\"{LEGACY}\"\n", words(random, 3)).into_bytes()
}

/// A JSON configuration with a legacy Smart Content URL.
pub(crate) fn planted_json(random: &mut Random) -> Vec<u8> {
    format!("{{\n  \"title\": \"{}\",\n  \"service.url\": \"{LEGACY}\"\n}}\n", words(random, 3)).into_bytes()
}

/// A configuration with nothing to find.
pub(crate) fn config(random: &mut Random) -> Vec<u8> {
    let mut text = String::new();
    for _ in 0..3 + random.below(10) {
        let _ = writeln!(text, "{}.{}=\"{}\"", Vocabulary::word(random), random.pick(&NAMES), words(random, 3));
    }
    text.into_bytes()
}

/// A JSON file with nothing to find.
pub(crate) fn json(random: &mut Random, size: usize) -> Vec<u8> {
    let mut text = String::from("{\n");
    while text.len() < size {
        let _ = writeln!(text, "  \"{}.{}\": \"{}\",", random.pick(&NAMES), random.next() as u32, words(random, 6));
    }
    text += "  \"end\": true\n}\n";
    text.into_bytes()
}

/// A script, which no scanner has to read.
pub(crate) fn script(random: &mut Random, size: usize) -> Vec<u8> {
    let mut text = String::new();
    while text.len() < size {
        let id = random.next();
        let _ = writeln!(
            text,
            "function {}_{id:x}(e) {{ return '{}' + e.{}; }}",
            random.pick(&NAMES),
            id >> 9,
            Vocabulary::word(random)
        );
    }
    text.into_bytes()
}

/// An image: bytes that do not pack.
pub(crate) fn image(random: &mut Random, size: usize) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    while bytes.len() < size {
        bytes.extend(random.next().to_le_bytes());
    }
    bytes
}

fn words(random: &mut Random, count: usize) -> String {
    let mut text = String::with_capacity(count * 8);
    for index in 0..count {
        if index > 0 {
            text.push(' ');
        }
        text += Vocabulary::word(random);
    }
    text
}
