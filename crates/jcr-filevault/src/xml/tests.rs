//! What is read beside quick-xml is the same as what is read with it.

use super::*;

/// Writes down all that it is told.
#[derive(Default)]
struct Recorder {
    told: Vec<String>,
}

impl<'t> Handler<'t> for Recorder {
    fn start(&mut self, element: &mut Element<'_, 't>, report: &mut Report) {
        let scope = ["", "a", "b", "jcr", "xml"].map(|prefix| element.namespaces.resolve(prefix).map(str::to_owned));
        let Element { name, span, attributes, salvaged, .. } = element;
        self.told.push(format!("{name} {span:?} {attributes:?} {salvaged} {scope:?} {:?}", report.error));
    }

    fn end(&mut self) {
        self.told.push("end".to_owned());
    }

    fn text(&mut self, text: &str, span: Span) {
        self.told.push(format!("{text:?} {span:?}"));
    }
}

fn told(text: &str, beside: bool) -> (Vec<String>, Report) {
    let mut recorder = Recorder::default();
    let report = read_noting_bytes(text, &mut recorder, beside);
    (recorder.told, report)
}

#[test]
fn ordinary_tags_are_told_of_as_by_quick_xml() {
    for text in [
        "<?xml version='1.0'?>\n<a>\n <b c='d'/> <b/></a>",
        "<?xml version='1.0'?><a></b></a></a><a/>",
        "<?xml version='1.0'?><a><b c='&lt;&#10;'> </b > <b c='<'/>x<b/>&amp;<b/><![CDATA[ ]]> <b/></a> x",
        "<!DOCTYPE a [<!ENTITY e '<b c=\"&#38;lt;\"/>'><!ATTLIST b d CDATA 'e'>]><!-- --> <a> <b/>&e; <b c='&e;'/></a>",
        "<!---->\u{feff}<a>\u{feff}<b/></a>",
        "<!----><a>\u{feff}<b/>\u{feff}</a>",
        "<!----><a b='1' b='2' xmlns:a='u'><a:b a:c='1'/><b xmlns='v'><c/></b> </a><!---->",
    ] {
        let (beside, report) = told(text, true);
        let (with, expected) = told(text, false);
        assert_eq!(beside, with, "{text}");
        assert_eq!(format!("{report:?}"), format!("{expected:?}"), "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn quick_xml_would_have_said_the_same(
        start in "(<\\?xml \\?>|<!---->|<!DOCTYPE a \\[<!ENTITY e '<b>x</b>'><!ATTLIST b c CDATA 'd'>\\]>)?",
        content in "(<[ab]>|</[ab]>|<[ab]/>|<a:b c='1' a:d=\"[&<;]{0,2}\"/>|<a xmlns:a='u'>|<b xmlns='u' b = '1'>|[ \n]{1,3}|&e;|&lt;|<!---->|<\\?p\\?>|<!\\[CDATA\\[x\\]\\]>|[\u{feff}<>/'&x]){0,20}",
    ) {
        let text = format!("{start}<a>{content}</a>");
        let (beside, report) = told(&text, true);
        let (with, expected) = told(&text, false);
        proptest::prop_assert_eq!(beside, with);
        proptest::prop_assert_eq!(format!("{report:?}"), format!("{expected:?}"));
    }
}
