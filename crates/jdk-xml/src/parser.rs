//! The parser of a document: tags, text and entities, one after the other.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::attributes::{self, RawAttribute};
use crate::dtd::Dtd;
use crate::entities::{self, Budget, MAX_ENTITY_LEVELS, Reference, check_character};
use crate::handler::{Attribute, Element, Handler};
use crate::namespaces::{Namespaces, XML};
use crate::prolog::{check_comment, check_instruction};
use crate::report::Report;
use crate::span_map::SpanMap;
use crate::tag_preview::TagPreview;
use text_spans::Span;

/// Most attributes that a DTD may add in one file.
const MAX_DEFAULT_ATTRIBUTES: usize = 1_000_000;
/// How far up a mismatched end tag looks for its start tag.
const MAX_UNWOUND_ELEMENTS: usize = 256;

/// A text that is being read: the file, or the text of an entity that stands in content.
struct Source<'x> {
    text: &'x str,
    /// Where in `text` the reader began.
    base: usize,
    reader: Reader<&'x [u8]>,
    /// For an entity its name and where it is used.
    entity: Option<(&'x str, Span)>,
}

impl<'x> Source<'x> {
    fn new(text: &'x str, base: usize, entity: Option<(&'x str, Span)>) -> Self {
        let mut reader = Reader::from_str(text.get(base..).unwrap_or_default());
        let config = reader.config_mut();
        config.allow_dangling_amp = true;
        config.allow_unmatched_ends = true;
        config.check_end_names = false;
        Self { text, base, reader, entity }
    }

    fn at(&self) -> usize {
        self.base + usize::try_from(self.reader.buffer_position()).unwrap_or_default()
    }

    fn origin(&self) -> Option<Span> {
        self.entity.map(|(_, span)| span)
    }
}

/// An open element.
struct Open<'x> {
    name: &'x str,
    /// How many namespace bindings there were around it.
    bindings: usize,
}

pub(crate) struct Parser<'t, 'x, 'h, H> {
    /// The file.
    file: &'t str,
    /// Where it begins, behind a byte order mark.
    mark: usize,
    dtd: &'x Dtd,
    budget: Budget,
    defaults_left: usize,
    handler: &'h mut H,
    pub(crate) report: Report,
    open: Vec<Open<'x>>,
    namespaces: Namespaces<'t>,
    /// Buffers, kept between tags.
    raw: Vec<RawAttribute>,
    attributes: Vec<Attribute<'t>>,
}

impl<'t: 'x, 'x, 'h, H: Handler<'t>> Parser<'t, 'x, 'h, H> {
    pub(crate) fn new(file: &'t str, dtd: &'x Dtd, budget: Budget, handler: &'h mut H, report: Report) -> Self {
        Self {
            file,
            mark: if file.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 },
            dtd,
            budget,
            defaults_left: MAX_DEFAULT_ATTRIBUTES,
            handler,
            report,
            open: Vec::new(),
            namespaces: Namespaces::default(),
            raw: Vec::new(),
            attributes: Vec::new(),
        }
    }

    pub(crate) fn run(&mut self, text: &'x str, start: usize) {
        let mut sources = vec![Source::new(text, start, None)];
        while let Some(source) = sources.last_mut() {
            let before = source.at();
            let event = source.reader.read_event();
            let (source_text, after, origin) = (source.text, source.at(), source.origin());
            let span = |range: Range<usize>| origin.unwrap_or(Span::new(range.start, range.end));
            let mut salvage_from = None;
            match event {
                Ok(Event::Start(tag)) => {
                    let start = after.saturating_sub(tag.len() + 1);
                    salvage_from = self.tag(source_text, start..after.saturating_sub(1), origin, false);
                }
                Ok(Event::Empty(tag)) => {
                    let start = after.saturating_sub(tag.len() + 2);
                    salvage_from = self.tag(source_text, start..after.saturating_sub(2), origin, true);
                }
                Ok(Event::End(tag)) => {
                    let name_len = tag.name().as_ref().len();
                    let start = (before + 2).min(after);
                    let name = source_text.get(start..start + name_len).unwrap_or_default();
                    self.end(name, span(start..start + name_len));
                }
                Ok(Event::Text(content)) => {
                    let start = after.saturating_sub(content.len());
                    self.text(source_text.get(start..after).unwrap_or_default(), span(start..after));
                }
                Ok(Event::CData(content)) => {
                    let end = after.saturating_sub("]]>".len());
                    let start = end.saturating_sub(content.len());
                    if self.open.is_empty() {
                        self.report.fail(span(start..end), "text outside of the root element");
                    }
                    self.handler.text(source_text.get(start..end).unwrap_or_default(), span(start..end));
                }
                Ok(Event::GeneralRef(_)) => {
                    let range = before..after;
                    let name = source_text.get(before + 1..after.saturating_sub(1)).unwrap_or_default();
                    if let Some(text) = self.reference(name, span(range.clone())) {
                        let nested = sources.iter().any(|source| source.entity.is_some_and(|(open, _)| open == name));
                        if nested {
                            self.report.fail(span(range), "an entity that contains itself");
                        } else if sources.len() > MAX_ENTITY_LEVELS || !self.budget.take(text.len()) {
                            self.report.cut(span(range), "entities expand to more than is allowed");
                        } else {
                            sources.push(Source::new(text, 0, Some((name, span(range)))));
                        }
                        continue;
                    }
                }
                Ok(Event::DocType(_)) => {
                    self.report.cut(span(before..after), "a document type that is not at the start");
                    salvage_from = Some((before + 1).min(after));
                }
                // The one at the start of the file is known already.
                Ok(Event::Decl(_)) if before == source.base && before == self.mark && origin.is_none() => {}
                Ok(Event::PI(_) | Event::Decl(_)) => {
                    let inside = source_text.get(before + 2..after.saturating_sub(2)).unwrap_or_default();
                    check_instruction(inside, span(before..after), &mut self.report);
                }
                Ok(Event::Comment(content)) => check_comment(&content, span(before..after), &mut self.report),
                Ok(Event::Eof) => {
                    sources.pop();
                }
                Err(error) => {
                    let at = source.base + usize::try_from(source.reader.error_position()).unwrap_or_default();
                    self.report.cut(span(at..(at + 1).min(source_text.len())), reason(&error));
                    salvage_from = Some(at);
                }
            }
            if let Some(from) = salvage_from {
                self.report.partial = true;
                self.salvage(source_text, from, origin);
                sources.pop();
            }
        }
        let end = Span::new(text.len(), text.len());
        if !self.open.is_empty() {
            self.report.fail(end, "an element without end tag");
        } else if !self.report.has_root {
            self.report.fail(end, "no root element");
        }
    }

    /// Reads the tag in `text[range]`, which is without `<`, `/` and `>`. Gives the offset of a tag that is hidden in
    /// one of its values by a quote without end.
    fn tag(&mut self, text: &'x str, range: Range<usize>, origin: Option<Span>, empty: bool) -> Option<usize> {
        let span = |range: Range<usize>| origin.unwrap_or(Span::new(range.start, range.end));
        let name_start = range.start;
        let name_end = attributes::end_of_name(text.as_bytes(), name_start).min(range.end);
        let name = text.get(name_start..name_end).unwrap_or_default();
        if !attributes::is_qualified_name(name.as_bytes()) {
            self.report.fail(span(name_start..name_end), "not an XML name");
        }
        if self.open.is_empty() {
            if self.report.has_root {
                self.report.fail(span(name_start..name_end), "a second root element");
            }
            self.report.has_root = true;
        }
        self.raw.clear();
        let scan = attributes::scan(text, name_end..range.end, false, &mut self.raw);
        if let Some((at, reason)) = scan.error {
            self.report.fail(span(at..(at + 1).min(text.len())), reason);
        }
        let bindings = self.namespaces.len();
        let passes = scan.is_literal
            && origin.is_none()
            && self.dtd.is_empty()
            && TagPreview::new(text, name, range, &self.raw, &self.namespaces)
                .is_some_and(|preview| self.handler.passes(&preview));
        if !passes {
            self.decode(text, name, origin);
            let mut element = Element {
                name,
                span: span(name_start..name_end),
                attributes: &mut self.attributes,
                namespaces: &self.namespaces,
                salvaged: false,
            };
            self.handler.start(&mut element, &mut self.report);
        }
        if empty {
            self.handler.end();
            self.namespaces.truncate(bindings);
        } else {
            self.open.push(Open { name, bindings });
        }
        scan.hidden_tag
    }

    /// Decodes the raw attributes, adds the DTD's defaults and binds the namespaces that are declared.
    fn decode(&mut self, text: &'x str, element: &str, origin: Option<Span>) {
        self.attributes.clear();
        let around = self.namespaces.len();
        for raw in self.raw.drain(..) {
            let span = |range: Range<usize>| origin.unwrap_or(Span::new(range.start, range.end));
            let (name_span, value_span) = (span(raw.name.clone()), span(raw.value.clone()));
            // What stands in the text of an entity lives no longer than the document type.
            let (name, (value, map)) = match origin {
                None => {
                    let (dtd, budget, report) = (self.dtd, &mut self.budget, &mut self.report);
                    let name = Cow::Borrowed(self.file.get(raw.name).unwrap_or_default());
                    (name, entities::decode_value(self.file, raw.value, None, dtd, budget, report))
                }
                Some(_) => {
                    let (dtd, budget, report) = (self.dtd, &mut self.budget, &mut self.report);
                    let name = text.get(raw.name).unwrap_or_default().to_owned();
                    let (value, map) = entities::decode_value(text, raw.value, origin, dtd, budget, report);
                    (Cow::Owned(name), (Cow::Owned(value.into_owned()), map))
                }
            };
            match declared_prefix(&name) {
                Some(prefix) => {
                    if self.namespaces.is_bound_since(around, prefix) {
                        self.report.fail(name_span, "the namespace declaration is repeated");
                    }
                    if let Some(reason) = wrong_binding(prefix, &value) {
                        self.report.fail(name_span, reason);
                    }
                    let start = name.len() - prefix.len();
                    self.namespaces.bind(tail(name, start), value);
                }
                None => {
                    let is_cdata = self.dtd.is_cdata(element, &name);
                    self.attributes.push(Attribute { name, name_span, value, map, is_cdata, value_span });
                }
            }
        }
        self.add_defaults(element);
        if let Some(span) = repeated(&self.attributes, &self.namespaces) {
            self.report.fail(span, "the attribute is repeated");
        }
    }

    /// Adds the attributes that the DTD gives an element that does not have them.
    fn add_defaults(&mut self, element: &str) {
        let defaults = self.dtd.defaults(element);
        if defaults.is_empty() {
            return;
        }
        if defaults.len() > self.defaults_left {
            self.report.cut(Span::default(), "the DTD adds more attributes than is allowed");
            return;
        }
        self.defaults_left -= defaults.len();
        let written: HashSet<Cow<'_, str>> = self.attributes.iter().map(|attribute| attribute.name.clone()).collect();
        for default in defaults {
            let value = Cow::Owned(default.value.clone());
            if let Some(prefix) = declared_prefix(&default.name) {
                // A declaration in the tag itself was bound before and has to win.
                if self.namespaces.resolve(prefix).is_none() {
                    self.namespaces.bind(Cow::Owned(prefix.to_owned()), value);
                }
            } else if !written.contains(default.name.as_str()) {
                self.attributes.push(Attribute {
                    name: Cow::Owned(default.name.clone()),
                    name_span: default.name_span,
                    value,
                    map: SpanMap::Whole(default.value_span),
                    is_cdata: self.dtd.is_cdata(element, &default.name),
                    value_span: default.value_span,
                });
            }
        }
    }

    /// Closes elements for an end tag, also for one that does not match.
    fn end(&mut self, name: &str, span: Span) {
        let matching = self.open.iter().rev().take(MAX_UNWOUND_ELEMENTS).position(|open| open.name == name);
        if matching != Some(0) {
            self.report.fail(span, "an end tag that matches no start tag");
        }
        for _ in 0..matching.map_or(0, |depth| depth + 1) {
            let Some(open) = self.open.pop() else { return };
            self.namespaces.truncate(open.bindings);
            self.handler.end();
        }
    }

    fn text(&mut self, text: &str, span: Span) {
        if text.starts_with('&') {
            self.report.fail(span, "`&` must be written `&amp;`");
        }
        if memchr::memmem::find(text.as_bytes(), b"]]>").is_some() {
            self.report.fail(span, "`]]>` in text must be written `]]&gt;`");
        }
        if self.open.is_empty() && !text.trim_matches([' ', '\t', '\r', '\n']).is_empty() {
            self.report.fail(span, "text outside of the root element");
        }
        self.handler.text(text, span);
    }

    /// Handles a reference in content; gives the text of an entity, which has to be read in its place.
    fn reference(&mut self, name: &str, span: Span) -> Option<&'x str> {
        if self.open.is_empty() {
            self.report.fail(span, "text outside of the root element");
        }
        match entities::resolve(name, self.dtd) {
            Reference::Char(c) => {
                check_character(c, span, &mut self.report);
                self.handler.text(c.encode_utf8(&mut [0; 4]), span);
            }
            Reference::Text(text) => return Some(text),
            Reference::External => {}
            Reference::Unknown => self.report.fail(span, "a reference to an entity that is not declared"),
        }
        None
    }

    /// Searches `text` from `at` on for what looks like tags with attributes.
    pub(crate) fn salvage(&mut self, text: &'x str, mut at: usize, origin: Option<Span>) {
        let span = |range: Range<usize>| origin.unwrap_or(Span::new(range.start, range.end));
        let bytes = text.as_bytes();
        self.report.partial = true;
        while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr(b'<', rest)) {
            let name_start = at + found + 1;
            let name_end = attributes::end_of_name(bytes, name_start);
            self.raw.clear();
            let scan = attributes::scan(text, name_end..text.len(), true, &mut self.raw);
            at = scan.end.max(name_start);
            let name = text.get(name_start..name_end).unwrap_or_default();
            // Declared namespaces stay in scope: without structure their end is unknown.
            self.decode(text, name, origin);
            if !self.attributes.is_empty() {
                let mut element = Element {
                    name,
                    span: span(name_start..name_end),
                    attributes: &mut self.attributes,
                    namespaces: &self.namespaces,
                    salvaged: true,
                };
                self.handler.start(&mut element, &mut self.report);
            }
        }
    }
}

/// The place of the first attribute that has the name of one before it, or its local name in the same namespace.
fn repeated(attributes: &[Attribute<'_>], namespaces: &Namespaces<'_>) -> Option<Span> {
    /// Up to here comparing each with each is faster than a table.
    const MAX_COMPARED_ATTRIBUTES: usize = 16;
    // Without a prefix an attribute is in no namespace; one that is not declared stands for itself.
    let expanded = |attribute: &Attribute<'_>| -> (Cow<'_, str>, Cow<'_, str>) {
        let (prefix, local) = attribute.name.split_once(':').unwrap_or(("", &attribute.name));
        let uri = if prefix.is_empty() { None } else { namespaces.resolve(prefix) };
        (uri.unwrap_or(prefix).to_owned().into(), local.to_owned().into())
    };
    if attributes.len() <= MAX_COMPARED_ATTRIBUTES {
        let same = |one: &Attribute<'_>, other: &Attribute<'_>| {
            one.name == other.name
                || local_name(&one.name) == local_name(&other.name) && expanded(one) == expanded(other)
        };
        let mut later = attributes.iter().enumerate();
        return later
            .find(|(index, attribute)| attributes.iter().take(*index).any(|earlier| same(earlier, attribute)))
            .map(|(_, attribute)| attribute.name_span);
    }
    let mut known = HashSet::with_capacity(attributes.len());
    attributes.iter().find(|attribute| !known.insert(expanded(attribute))).map(|attribute| attribute.name_span)
}

/// What is wrong with the declaration of a prefix.
fn wrong_binding(prefix: &str, uri: &str) -> Option<&'static str> {
    const XMLNS: &str = "http://www.w3.org/2000/xmlns/";
    if prefix == "xmlns" || uri == XMLNS || (prefix == "xml") != (uri == XML) {
        Some("a namespace declaration that XML reserves for itself")
    } else {
        (!prefix.is_empty() && uri.is_empty()).then_some("the namespace of a prefix is empty")
    }
}

/// The part of a name behind its prefix.
fn local_name(name: &str) -> &str {
    name.split_once(':').map_or(name, |(_, local)| local)
}

/// The part of a text from the byte `start` on.
fn tail(text: Cow<'_, str>, start: usize) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(start..).unwrap_or_default()),
        Cow::Owned(mut text) => {
            text.drain(..start.min(text.len()));
            Cow::Owned(text)
        }
    }
}

/// The prefix that an attribute of this name declares.
fn declared_prefix(name: &str) -> Option<&str> {
    let rest = name.strip_prefix("xmlns")?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix(':') }
}

/// What to say about an error of quick-xml; its own text may quote the file.
fn reason(error: &quick_xml::Error) -> &'static str {
    use quick_xml::errors::SyntaxError;
    match error {
        quick_xml::Error::Syntax(SyntaxError::UnclosedComment) => "a comment without end",
        quick_xml::Error::Syntax(SyntaxError::UnclosedCData) => "a CDATA section without end",
        quick_xml::Error::Syntax(SyntaxError::UnclosedPI | SyntaxError::UnclosedXmlDecl) => {
            "a processing instruction without end"
        }
        quick_xml::Error::Syntax(SyntaxError::UnclosedDoctype) => "a document type without end",
        quick_xml::Error::Syntax(SyntaxError::UnclosedTag) => "a tag without end",
        quick_xml::Error::Syntax(
            SyntaxError::UnclosedSingleQuotedAttributeValue | SyntaxError::UnclosedDoubleQuotedAttributeValue,
        ) => "an attribute value without closing quote",
        quick_xml::Error::Syntax(SyntaxError::InvalidBangMarkup) => "`<!` that starts nothing known",
        _ => "not well-formed XML",
    }
}
