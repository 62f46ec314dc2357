//! Writes a text into a docview or system-view file in one of the many ways that a repository reads as that text.
//!
//! For tests that nothing is lost by not parsing a file: whatever this writes, a full parse finds the text again.

use super::random::Random;

/// Where in the document the text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// In the value of an attribute, as a part of it.
    Value,
    /// As the host of an `https` URL in the value of an attribute, where percent-encoding counts too.
    Host,
    /// In the name of an attribute.
    AttributeName,
    /// In the name of an element.
    ElementName,
    /// In the text of an `sv:value` element.
    SystemViewValue,
    /// As a name inside the value of an attribute, to which something is assigned there.
    NameInValue,
}

/// All roles.
pub const ROLES: [Role; 6] =
    [Role::Value, Role::Host, Role::AttributeName, Role::ElementName, Role::SystemViewValue, Role::NameInValue];

/// What can stand around a name to which something is assigned inside the value of an attribute.
const ASSIGNMENTS: [(&str, &str); 8] = [
    ("", "=x1"),
    ("?a=b&amp;", "Key=x1"),
    ("{&quot;", "&quot;: &quot;x1&quot;}"),
    ("{\\&quot;my.", ".value\\&quot;:\\&quot;x1\\&quot;}"),
    ("{'", "' : 'x1'}"),
    ("&#34;", "_of_mine&#34; &#xa;: &#34;x1&#34;"),
    ("&amp;quot;", "&amp;quot;:&amp;quot;x1"),
    ("%22", "%22:%22x1"),
];

/// One way to write a character or a document other than plainly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trick {
    /// The other case, for what is compared without case.
    Case,
    /// `&#100;`, with leading zeros now and then.
    DecimalReference,
    /// `&#x64;`, with leading zeros now and then.
    HexReference,
    /// `\u0064` (docview)
    UnicodeEscape,
    /// `\d` (docview)
    NeedlessEscape,
    /// `\0`, which stands for nothing (docview)
    NullEscape,
    /// A backslash that is itself a character reference, then `u0064`.
    ReferencedEscape,
    /// `%64`
    Percent,
    /// `_x0064_` (ISO 9075)
    EncodedName,
    /// An internal entity holds a part.
    Entity,
    /// The DTD gives the attribute its value by default.
    AttributeDefault,
    /// A CDATA section holds a part of an element's text.
    CData,
    /// A processing instruction cuts an element's text in two.
    Instruction,
    /// UTF-8 with a byte order mark.
    Utf8Mark,
    /// UTF-16, either byte order, with or without a mark.
    Utf16,
    /// UTF-32, either byte order.
    Utf32,
}

/// Every trick.
pub const TRICKS: [Trick; 16] = [
    Trick::Case,
    Trick::DecimalReference,
    Trick::HexReference,
    Trick::UnicodeEscape,
    Trick::NeedlessEscape,
    Trick::NullEscape,
    Trick::ReferencedEscape,
    Trick::Percent,
    Trick::EncodedName,
    Trick::Entity,
    Trick::AttributeDefault,
    Trick::CData,
    Trick::Instruction,
    Trick::Utf8Mark,
    Trick::Utf16,
    Trick::Utf32,
];

impl Trick {
    /// Whether a document in which `role` is written with this trick still has the same meaning.
    pub fn applies_to(self, role: Role) -> bool {
        let attribute = matches!(role, Role::Value | Role::Host | Role::NameInValue);
        match self {
            Self::Case | Self::Utf8Mark | Self::Utf16 | Self::Utf32 => true,
            Self::DecimalReference | Self::HexReference | Self::Entity => attribute || role == Role::SystemViewValue,
            Self::UnicodeEscape
            | Self::NeedlessEscape
            | Self::NullEscape
            | Self::ReferencedEscape
            | Self::AttributeDefault => attribute,
            Self::Percent => role == Role::Host,
            Self::EncodedName => matches!(role, Role::AttributeName | Role::ElementName),
            Self::CData | Self::Instruction => role == Role::SystemViewValue,
        }
    }
}

/// A document that holds `text` in `role`, written with at least one of `tricks`; those that do not fit are ignored.
pub fn encode(random: &mut Random, text: &str, role: Role, tricks: &[Trick]) -> Vec<u8> {
    let tricks: Vec<Trick> = tricks.iter().copied().filter(|trick| trick.applies_to(role)).collect();
    let has = |trick| tricks.contains(&trick);
    let mut entities = String::new();
    let written = characters(random, text, &tricks, &mut entities);

    let assigned = random.pick(&ASSIGNMENTS);
    let mut filler = || plain(random);
    let (before, after) = (filler(), filler());
    let mut doctype = String::new();
    let body = match role {
        Role::Value | Role::Host | Role::NameInValue => {
            let value = match role {
                Role::Host => format!("https://{written}/path"),
                Role::NameInValue => format!("{}{written}{}", assigned.0, assigned.1),
                _ => written,
            };
            if has(Trick::AttributeDefault) {
                doctype = format!("<!ATTLIST hidden value CDATA \"{value}\">");
                format!("<hidden jcr:primaryType=\"nt:unstructured\" a=\"{before}\"/>")
            } else {
                format!("<item a=\"{before}\" value=\"{value}\" b=\"{after}\"/>")
            }
        }
        Role::AttributeName => format!("<item a=\"{before}\" {written}=\"{after}\"/>"),
        Role::ElementName => format!("<{written} a=\"{before}\"/>"),
        Role::SystemViewValue => {
            format!("<sv:property sv:name=\"{before}\"><sv:value>{written}</sv:value></sv:property>")
        }
    };
    if !entities.is_empty() || !doctype.is_empty() {
        doctype = format!("<!DOCTYPE jcr:root [{entities}{doctype}]>\n");
    }
    let utf16 = has(Trick::Utf16);
    let declaration = match random.below(3) {
        _ if utf16 && random.one_in(2) => "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\n",
        _ if utf16 || has(Trick::Utf32) => "",
        0 => "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
        1 => "<?xml version=\"1.0\"?>\n",
        _ => "",
    };
    let document = format!(
        "{declaration}{doctype}<jcr:root xmlns:jcr=\"http://www.jcp.org/jcr/1.0\" \
         xmlns:sv=\"http://www.jcp.org/jcr/sv/1.0\" jcr:primaryType=\"cq:Page\">\n  {body}\n  <a b=\"{after}\"/>\n\
         </jcr:root>\n"
    );
    bytes(random, &document, &tricks)
}

/// A document with nothing to find and nothing that hides anything.
pub fn ordinary(random: &mut Random) -> Vec<u8> {
    let mut document = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<jcr:root");
    for index in 0..random.below(40) {
        document += &format!(" a{index}=\"{}\"", plain(random));
    }
    (document + "/>\n").into_bytes()
}

/// The text with some of its characters written by some of the tricks, at least one if any is for characters.
fn characters(random: &mut Random, text: &str, tricks: &[Trick], entities: &mut String) -> String {
    let for_characters: Vec<Trick> = (tricks.iter().copied())
        .filter(|trick| !matches!(trick, Trick::Utf8Mark | Trick::Utf16 | Trick::Utf32 | Trick::AttributeDefault))
        .collect();
    if for_characters.is_empty() {
        return text.to_owned();
    }
    let forced = random.below(text.len());
    let mut written = String::new();
    for (index, character) in text.chars().enumerate() {
        if index == forced || random.one_in(3) {
            let trick = *random.pick(&for_characters);
            written += &character_by(random, trick, character, entities);
        } else {
            written.push(character);
        }
    }
    written
}

fn character_by(random: &mut Random, trick: Trick, character: char, entities: &mut String) -> String {
    let code = u32::from(character);
    let zeros = "0".repeat(random.below(3) * 4);
    match trick {
        Trick::Case if character.is_ascii_lowercase() => character.to_ascii_uppercase().to_string(),
        Trick::Case => character.to_ascii_lowercase().to_string(),
        Trick::DecimalReference => format!("&#{zeros}{code};"),
        Trick::HexReference if random.one_in(2) => format!("&#x{zeros}{code:X};"),
        Trick::HexReference => format!("&#x{zeros}{code:x};"),
        Trick::UnicodeEscape => format!("\\u{code:04x}"),
        Trick::NeedlessEscape if !matches!(character, 'u' | '0') => format!("\\{character}"),
        Trick::NeedlessEscape | Trick::NullEscape => format!("\\0{character}"),
        Trick::ReferencedEscape => format!("&#92;u{code:04x}"),
        Trick::Percent => format!("%{code:02x}"),
        Trick::EncodedName => format!("_x{code:04x}_"),
        Trick::Entity => {
            let name = format!("e{}", entities.len());
            *entities += &format!("<!ENTITY {name} '{character}'>");
            format!("&{name};")
        }
        Trick::CData => format!("<![CDATA[{character}]]>"),
        Trick::Instruction => format!("<?p?>{character}"),
        Trick::AttributeDefault | Trick::Utf8Mark | Trick::Utf16 | Trick::Utf32 => character.to_string(),
    }
}

fn bytes(random: &mut Random, document: &str, tricks: &[Trick]) -> Vec<u8> {
    let (mark, little) = (random.one_in(2), random.one_in(2));
    if tricks.contains(&Trick::Utf16) {
        let units = mark.then_some(0xFEFF).into_iter().chain(document.encode_utf16());
        return units.flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect();
    }
    if tricks.contains(&Trick::Utf32) {
        let units = mark.then_some('\u{FEFF}').into_iter().chain(document.chars()).map(u32::from);
        return units.flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect();
    }
    let marked = tricks.contains(&Trick::Utf8Mark);
    [if marked { &b"\xEF\xBB\xBF"[..] } else { b"" }, document.as_bytes()].concat()
}

/// Text as it stands in attribute values of ordinary content.
fn plain(random: &mut Random) -> String {
    const PIECES: [&str; 16] = [
        "content",
        "dam",
        "&amp;",
        "&#xa;",
        "&#39;",
        " ",
        "/",
        "{Boolean}true",
        "[a,b]",
        "\\,",
        "gr\u{fc}n",
        "&lt;p>",
        "50% ",
        "%20",
        "_x_",
        "\u{65e5}\u{672c}",
    ];
    (0..random.below(12)).map(|_| *random.pick(&PIECES)).collect()
}
