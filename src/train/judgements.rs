//! Judgements: what somebody found right and wrong in the output of tagging.
//!
//! In: JSON Lines as `exonym tag --format jsonl` writes them, in which mentions, accepted or
//! rejected, were given a field `right`:
//!
//! - `true`: it means its `entity`;
//! - `false`: it does not, and what it means is not said;
//! - an id: it means that entity; `""`: nothing listed.
//!
//! Objects of gold ([`crate::eval::gold`]) may stand among them. Out: [`Judged`] documents; those
//! without a text of their own ask for it by their id. Mentions without `right` are not judged.

use std::io::BufRead;

use serde::Deserialize;
use serde_json::Value;

use crate::error::{Error, ErrorKind};
use crate::eval::gold::{self, GoldDocument, GoldMention, GoldType, Hints};
use crate::record::{Date, Problem};
use crate::span::{OffsetUnit, Offsets, Span};
use crate::tag::Document;

/// A document with what was judged in it.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Its id, as it came.
    pub id: Value,
    file: String,
    line: u64,
    read: Read,
}

#[derive(Clone, Debug)]
enum Read {
    Gold(Box<GoldDocument>),
    Tagged {
        /// Without marks; the text is empty if it stands elsewhere.
        own: Box<GoldDocument>,
        has_text: bool,
        unit: OffsetUnit,
        marks: Vec<Mark>,
    },
}

/// A mention of the output.
#[derive(Clone, Debug, Deserialize)]
struct Mark {
    start: usize,
    end: usize,
    text: Option<String>,
    entity: Option<Named>,
    right: Option<Right>,
}

#[derive(Clone, Debug, Deserialize)]
struct Named {
    id: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Right {
    Is(bool),
    Means(String),
}

/// What is read of a line of output.
#[derive(Deserialize)]
struct Output {
    #[serde(default)]
    id: Value,
    lang: Option<String>,
    date: Option<Value>,
    #[serde(default)]
    expect: Hints,
    #[serde(default)]
    exclude: Hints,
    offsets: Option<OffsetUnit>,
    #[serde(default)]
    mentions: Vec<Mark>,
    #[serde(default)]
    rejected: Vec<Mark>,
}

impl Judged {
    /// True if the text has to be found elsewhere: by the id, in what was tagged.
    pub fn needs_text(&self) -> bool {
        matches!(&self.read, Read::Tagged { has_text: false, .. })
    }

    /// How many mentions were judged; 0 for gold, which marks all there are.
    pub fn judgements(&self) -> usize {
        match &self.read {
            Read::Gold(_) => 0,
            Read::Tagged { marks, .. } => marks.iter().filter(|mark| mark.right.is_some()).count(),
        }
    }

    /// The document with its marks; `known`, what was tagged, stands in for what it does not have
    /// itself: text, language, date, hints.
    ///
    /// # Errors
    /// With every judgement that does not agree with the text.
    pub fn document(&self, known: &Document<'_>) -> Result<GoldDocument, Error> {
        let (own, unit, marks) = match &self.read {
            Read::Gold(gold) => return Ok(GoldDocument::clone(gold)),
            Read::Tagged { own, unit, marks, .. } => (own, *unit, marks),
        };
        let mut document = GoldDocument::clone(own);
        if self.needs_text() {
            known.text.clone_into(&mut document.text);
        }
        if document.lang.is_empty() {
            known.lang.clone_into(&mut document.lang);
        }
        document.date = document.date.or(known.date);
        for (own, known) in
            [(&mut document.expect, known.expect), (&mut document.exclude, known.exclude)]
        {
            if own.is_empty() {
                known.clone_into(own);
            }
        }
        let mut offsets = Offsets::new(&document.text, unit);
        let (mut mentions, mut problems) = (Vec::new(), Vec::new());
        for mark in marks {
            match mark.gold(&document.text, &mut offsets) {
                Ok(mention) => mentions.extend(mention),
                Err(reason) => problems.push(Problem {
                    file: self.file.clone(),
                    line: self.line,
                    column: String::new(),
                    reason: format!("at {}..{} {reason}", mark.start, mark.end),
                }),
            }
        }
        if !problems.is_empty() {
            return Err(problems.into());
        }
        document.mentions = mentions;
        Ok(document)
    }
}

impl Mark {
    /// What was judged of it, if anything was.
    fn gold(&self, text: &str, offsets: &mut Offsets<'_>) -> Result<Option<GoldMention>, String> {
        let Some(right) = &self.right else { return Ok(None) };
        let start = offsets.byte_of(self.start);
        let span = start.zip(offsets.byte_of(self.end)).filter(|(start, end)| start < end);
        let (start, end) = span.ok_or("is no span of the text")?;
        let found = text.get(start..end).unwrap_or_default();
        if let Some(wanted) = self.text.as_deref().filter(|wanted| *wanted != found) {
            return Err(format!(
                "stands “{found}”, not “{wanted}”; is it the text that was tagged?"
            ));
        }
        let mention = |type_| GoldMention::new(Span::new(start, end), type_);
        let named = self.entity.as_ref().map(|entity| entity.id.clone());
        let (id, wrong) = match (right, named) {
            (Right::Means(id), _) if id.is_empty() => return Ok(Some(mention(GoldType::Other))),
            (Right::Means(id), _) => (id.clone(), false),
            (Right::Is(right), Some(id)) => (id, !right),
            // It was not taken for anything, and should not be.
            (Right::Is(false), None) => return Ok(None),
            (Right::Is(true), None) => {
                return Err("no entity stands that could be right; write its id as `right`".into());
            }
        };
        Ok(Some(GoldMention { ids: vec![id], wrong, ..mention(GoldType::PlaceOrGroup) }))
    }
}

/// Reads judgements to the end. `file` names them in problems; `text_field` is the field in which
/// kept input objects (`exonym tag --keep`) have their text. Documents in which nothing was judged
/// are left out.
///
/// # Errors
/// If the stream cannot be read, or with every line that is neither output nor gold.
pub fn read(reader: impl BufRead, file: &str, text_field: &str) -> Result<Vec<Judged>, Error> {
    let (mut all, mut problems) = (Vec::new(), Vec::new());
    for (line, number) in reader.split(b'\n').zip(1..) {
        let line = line.map_err(|error| Error::new(ErrorKind::Io(error)).at(file.as_ref()))?;
        let read = std::str::from_utf8(&line)
            .map_err(|error| format!("not UTF-8 at byte {}; convert the file", error.valid_up_to()))
            .map(|line| line.trim_start_matches('\u{FEFF}'))
            .and_then(|line| match line.trim().is_empty() {
                true => Ok(None),
                false => judged(line, number, file, text_field).map(Some),
            });
        match read {
            Ok(judged) => {
                let gold = |judged: &Judged| matches!(judged.read, Read::Gold(_));
                all.extend(judged.filter(|judged| gold(judged) || judged.judgements() > 0));
            }
            Err(reason) => problems.push(Problem {
                file: file.to_owned(),
                line: number,
                column: String::new(),
                reason,
            }),
        }
    }
    if problems.is_empty() { Ok(all) } else { Err(problems.into()) }
}

fn judged(line: &str, number: u64, file: &str, text_field: &str) -> Result<Judged, String> {
    let told = |error: &serde_json::Error| {
        // It counts lines in this one.
        let told = error.to_string();
        let reason = told.split(" at line ").next().unwrap_or_default().to_owned();
        match error.column() {
            0 => format!("no document of judgements: {reason}"),
            column => format!("column {column}: no document of judgements: {reason}"),
        }
    };
    let object: Value = serde_json::from_str(line).map_err(|error| told(&error))?;
    let judged = |id: Value, read| Judged { id, file: file.to_owned(), line: number, read };
    if object.get("offsets").is_none() {
        return gold::object(object, line, number)
            .map(|gold| judged(gold.id.clone().into(), Read::Gold(Box::new(gold))));
    }
    let text = object.get(text_field).and_then(Value::as_str).map(str::to_owned);
    let output = Output::deserialize(object).map_err(|error| {
        // Only the line tells the column.
        let error = serde_json::from_str::<Output>(line).err().unwrap_or(error);
        let right = "`right` is true, false, or the id of what is meant";
        let rest = "`offsets` is byte, codepoint or utf16, hints are ids or codes of countries";
        format!("{}; {right}, {rest}", told(&error))
    })?;
    let mut marks = output.mentions;
    marks.extend(output.rejected);
    let id = output.id;
    let has_text = text.is_some();
    let own = GoldDocument {
        id: id.as_str().map_or_else(|| id.to_string(), str::to_owned),
        lang: output.lang.unwrap_or_default(),
        date: output.date.as_ref().and_then(Value::as_str).and_then(Date::parse),
        expect: output.expect.into(),
        exclude: output.exclude.into(),
        text: text.unwrap_or_default(),
        only_marked: true,
        ..GoldDocument::default()
    };
    let unit = output.offsets.unwrap_or_default();
    Ok(judged(id, Read::Tagged { own: Box::new(own), has_text, unit, marks }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_lines(lines: &str) -> Result<Vec<Judged>, Error> {
        read(lines.as_bytes(), "tagged.jsonl", "body")
    }

    #[test]
    fn marks_are_judged_in_the_unit_of_the_output() {
        let judged = read_lines(concat!(
            r#"{"id":7,"lang":"fr","expect":"BE","offsets":"utf16","mentions":["#,
            r#"{"start":2,"end":6,"text":"Nice","entity":{"id":"nice"},"right":true},"#,
            r#"{"start":9,"end":14,"text":"Tours","entity":{"id":"tours"},"right":false},"#,
            r#"{"start":9,"end":14,"text":"Tours","entity":{"id":"tours"}}],"#,
            r#""rejected":[{"start":17,"end":20,"entity":null,"right":"lyon"},"#,
            r#"{"start":17,"end":20,"entity":{"id":"lyon"},"right":""},"#,
            r#"{"start":17,"end":20,"entity":null,"right":false}]}"#,
            "\n\n",
            r#"{"id":"x","offsets":"codepoint","body":"Nice","mentions":[]}"#,
            "\n",
            r#"{"id":"g","text":"Nice","mentions":[]}"#,
        ))
        .unwrap();
        let [first, gold] = judged.as_slice() else { panic!("{judged:?}") };
        assert!(first.needs_text() && !gold.needs_text());
        assert_eq!((first.judgements(), gold.judgements()), (5, 0));
        let document = first.document(&"À Nice 😀Toura,  LYO".into()).unwrap_err();
        assert!(
            document.to_string().starts_with("tagged.jsonl:1: at 9..14 stands “Toura”"),
            "{document}"
        );
        let text = "À Nice 😀Tours,  LYO";
        let hints = ["IQ", "nice"].map(str::to_owned);
        let known = Document::new(text).lang("en").date(Date::parse("2020"));
        let document = first.document(&known.hints(&hints[..1], &hints[1..])).unwrap();
        assert!(document.only_marked && document.lang == "fr" && document.id == "7");
        assert_eq!((document.expect[0].as_str(), document.exclude.as_slice()), ("BE", &hints[1..]));
        assert_eq!((document.text.as_str(), document.date), (text, Date::parse("2020")));
        let marks: Vec<_> = document
            .mentions
            .iter()
            .map(|mark| (document.surface(mark.span), mark.ids.join(""), mark.wrong, mark.type_))
            .collect();
        let either = GoldType::PlaceOrGroup;
        assert_eq!(marks[0], ("Nice", "nice".to_owned(), false, either));
        assert_eq!(marks[1], ("Tours", "tours".to_owned(), true, either));
        assert_eq!(marks[2], ("LYO", "lyon".to_owned(), false, either));
        assert_eq!(marks[3], ("LYO", String::new(), false, GoldType::Other));
        assert_eq!(marks.len(), 4);
    }

    #[test]
    fn what_is_no_judgement_is_named() {
        let error = read_lines(concat!(
            r#"{"offsets":"byte","mentions":[{"start":0,"end":1,"right":4}]}"#,
            "\n{\n[]\n",
            r#"{"id":1,"mentions":[]}"#,
            "\n",
            r#"{"id":1,"offsets":"bytes","mentions":[]}"#,
            "\n",
            r#"{"id":1,"offsets":"byte","expect":[7]}"#,
        ))
        .unwrap_err();
        let lines: Vec<_> = error.problems().iter().map(|problem| problem.line).collect();
        assert_eq!(lines, [1, 2, 3, 4, 5, 6]);
        let told = error.to_string();
        assert!(told.contains("`right` is true, false, or the id"), "{told}");
        assert!(told.starts_with("tagged.jsonl:1: column "), "{told}");
        let entity =
            r#"{"offsets":"byte","text":"Nice","mentions":[{"start":0,"end":4,"right":true}]}"#;
        let judged = read(entity.as_bytes(), "t", "text").unwrap();
        let error = judged[0].document(&"".into()).unwrap_err();
        assert!(error.to_string().contains("write its id as `right`"), "{error}");
    }
}
