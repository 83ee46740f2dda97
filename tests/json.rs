//! Objects written piece by piece are those built as a whole.

use exonym::output::{self, DisplayNames, Place, Report};
use exonym::{Document, Gazetteer, OffsetUnit, Span, TagOptions, Tagger};
use serde_json::{Map, Value, json};

const TEXT: &str = "L’armée irakienne à Mossoul 😀, dit l'État islamique (EI)\u{A0}: Mossoul,\n\
    Nice, Nice-Matin, Paris Hilton, les Syriens et la Syrie ; الموصل.";

fn fields(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

#[test]
fn an_object_written_is_the_one_built() {
    let mut options = TagOptions::default();
    options.demonyms = true;
    let tagger = Tagger::new(Gazetteer::embedded()).unwrap().options(options);
    let firsts = [
        json!({}),
        json!({"id": 7}),
        json!({"title": "a", "mentions": [], "lang": "xx", "rejected": 1, "id": "b", "parts": 2}),
    ];
    let shift = |span: Span| (span.start + 1, span.end + 1, "…".to_owned());
    for lang in ["fr", ""] {
        for text in [TEXT, ""] {
            let document = Document::new(text).lang(lang);
            let tagged = tagger.tag(document.clone());
            assert!(text.is_empty() || tagged.mentions.len() > 4 && tagged.rejected.len() > 1);
            for names in [DisplayNames::Default, DisplayNames::Document] {
                let (tagger, document, tagged, names) = (&tagger, &document, &tagged, &names);
                let report = Report { tagger, document, tagged, names };
                for (first, rejected) in
                    firsts.iter().flat_map(|first| [(first, true), (first, false)])
                {
                    for placed in [true, false] {
                        let mut shift = [shift, shift];
                        let [one, other] = &mut shift;
                        let one = placed.then_some(one as &mut Place<'_>);
                        let other = placed.then_some(other as &mut Place<'_>);
                        let unit = OffsetUnit::Utf16;
                        let mut built = fields(first.clone());
                        built.extend(output::json_document(&report, unit, rejected, one));
                        let (mut written, first) = (Vec::new(), fields(first.clone()));
                        output::write_json(&mut written, &first, &report, unit, rejected, other)
                            .unwrap();
                        assert_eq!(
                            String::from_utf8(written).unwrap(),
                            Value::Object(built).to_string()
                        );
                    }
                }
            }
        }
    }
}
