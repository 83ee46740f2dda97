//! Gold: texts whose places and groups somebody marked, to judge and to learn from.
//!
//! In: lines, from a stream that the caller opened. Out: [`GoldDocument`]s with spans in bytes, the
//! same from both forms:
//!
//! - JSON Lines, an object a document: `{"id","lang","date","text","mentions":[{"start","end",
//!   "type","ids",…}]}`, positions in code points; it may have hints, `"expect"` and `"exclude"`.
//! - Annotated text, a line a document: `Fire in [Mossoul](mosul) and [Qorvia]()`. In the brackets
//!   the name as it stands, in the parentheses its id, empty where none is known. `% class NAME`
//!   gives the lines below it a class, `#` begins a comment line.
//!
//! [`GoldDocument::complete`] then takes from a gazetteer what it knows of the ids.

use std::io::BufRead;

use serde::Deserialize;
use serde_json::Value;

use super::annotated;
use crate::error::{Error, ErrorKind};
use crate::gazetteer::{Entity, Layers};
use crate::record::{Date, EntityType, Kind, Problem};
use crate::span::Span;
use crate::tag::Document;

/// A text with what somebody marked in it.
#[derive(Clone, Debug, PartialEq, Default)]
#[non_exhaustive]
pub struct GoldDocument {
    /// Its id; for annotated text `STEM:LINE`, for JSON without id the number of the line.
    pub id: String,
    /// Its language, as an ISO 639 tag; empty if unknown.
    pub lang: String,
    /// Its day, if known.
    pub date: Option<Date>,
    /// Ids of entities, or codes of countries, that it is expected to name.
    pub expect: Vec<String>,
    /// Ids of entities, or codes of countries, that it does not name.
    pub exclude: Vec<String>,
    /// The text, without marks.
    pub text: String,
    /// What it tests, such as `person` or `homonym`; empty if nothing is said.
    pub class: String,
    /// The part of the text that was annotated; `None` for all of it. Mentions may stand outside.
    pub scope: Option<Span>,
    /// Only what is marked was judged: of names without a mark nothing is known.
    pub only_marked: bool,
    /// What is marked, in the order of the source.
    pub mentions: Vec<GoldMention>,
}

/// A marked span.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct GoldMention {
    /// Where it stands, in bytes; never empty, always on character boundaries of the text.
    pub span: Span,
    /// What is meant.
    pub type_: GoldType,
    /// The entity's ids: own ids of a gazetteer or CURIEs. Empty if none is known.
    pub ids: Vec<String>,
    /// The entity's kind, if known: only [`GoldDocument::complete`] knows it.
    pub kind: Option<Kind>,
    /// Latitude and longitude, if known.
    pub location: Option<(f64, f64)>,
    /// Lies inside a longer marked name.
    pub nested: bool,
    /// The source leaves it to taste.
    pub optional: bool,
    /// A building, street or airport.
    pub facility: bool,
    /// The source says that its inventory of entities has none for it.
    pub nil: bool,
    /// It does not mean the entity with these ids; what it means is not known.
    pub wrong: bool,
}

/// What a marked span means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GoldType {
    /// A place.
    Place,
    /// A group.
    Group,
    /// A place or a group: the form does not say which, and no known id does.
    PlaceOrGroup,
    /// A person.
    Person,
    /// Something else: an event, an adjective, a job.
    Other,
    /// Anything: the source gives no type.
    Untyped,
}

/// The form of gold, told by a file's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoldForm {
    /// One JSON object a line.
    Jsonl,
    /// One annotated document a line.
    Annotated,
}

impl GoldForm {
    /// The form that a file's name tells: annotated for `.txt` and `.txt.gz`, else JSON Lines.
    pub fn of(file: &str) -> Self {
        let name = file.to_lowercase();
        let plain = name.strip_suffix(".gz").unwrap_or(&name);
        if plain.ends_with(".txt") { Self::Annotated } else { Self::Jsonl }
    }
}

impl GoldDocument {
    /// Its text with what is known of it, to be tagged.
    pub fn document(&self) -> Document<'_> {
        let document = Document::new(&self.text).lang(&self.lang).date(self.date);
        document.hints(&self.expect, &self.exclude)
    }

    /// The mention with exactly this span; of several, the last, as the scorer of the gold sets
    /// has it. Costs a pass over the mentions.
    pub fn mention_at(&self, span: Span) -> Option<&GoldMention> {
        self.mentions.iter().rev().find(|mention| mention.span == span)
    }

    /// True if the span lies in the part of the text that was annotated.
    pub fn is_in_scope(&self, span: Span) -> bool {
        self.scope.is_none_or(|scope| scope.start <= span.start && span.end <= scope.end)
    }

    /// The text of a span; empty if it is no span of this text.
    pub fn surface(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// Takes from `layers` what they know of the mentions' ids: the kind, the ids that took the
    /// place of old ones, and, for [`GoldType::PlaceOrGroup`], type and location. What the gold
    /// states stays. Returns the own ids (those without colon) that no layer knows: mistakes of the
    /// gold, or names of another gazetteer.
    pub fn complete(&mut self, layers: &Layers<'_>) -> Vec<String> {
        let mut unknown = Vec::new();
        for mention in &mut self.mentions {
            let mut known: Option<Entity<'_>> = None;
            for id in &mut mention.ids {
                match layers.find(id).map(|key| layers.entity(key)) {
                    Some(entity) => {
                        if !id.contains(':') {
                            *id = entity.id();
                        }
                        known = known.or(Some(entity));
                    }
                    None if !id.contains(':') => unknown.push(id.clone()),
                    None => {}
                }
            }
            let Some(entity) = known else { continue };
            mention.kind = Some(entity.kind());
            if mention.type_ == GoldType::PlaceOrGroup {
                mention.type_ = match entity.entity_type() {
                    EntityType::Place => GoldType::Place,
                    EntityType::Group => GoldType::Group,
                };
                mention.location = mention.location.or_else(|| entity.location());
            }
        }
        unknown
    }
}

impl GoldMention {
    /// A mention of unknown type without anything said of it.
    pub(crate) fn new(span: Span, type_: GoldType) -> Self {
        Self {
            span,
            type_,
            ids: Vec::new(),
            kind: None,
            location: None,
            nested: false,
            optional: false,
            facility: false,
            nil: false,
            wrong: false,
        }
    }

    /// True if finding it or not should cost nothing: it lies inside another name, is left to
    /// taste, is a facility, or has no type.
    pub fn is_loose(&self) -> bool {
        self.nested || self.optional || self.facility || self.type_ == GoldType::Untyped
    }
}

/// Reads gold to its end. `file` names it in problems; its stem is the language of annotated text
/// if it looks like one (`fr.txt`, `zh-Hant.txt.gz`).
///
/// # Errors
/// If the stream cannot be read, or with every line that is no gold: [`Error::problems`] names each
/// with its line and what is wrong.
pub fn read(reader: impl BufRead, file: &str, form: GoldForm) -> Result<Vec<GoldDocument>, Error> {
    let stem = stem(file);
    let mut class = String::new();
    let (mut documents, mut problems) = (Vec::new(), Vec::new());
    for (line, number) in reader.split(b'\n').zip(1..) {
        let line = line.map_err(|error| Error::new(ErrorKind::Io(error)).at(file.as_ref()))?;
        let read = std::str::from_utf8(&line)
            .map_err(|error| format!("not UTF-8 at byte {}; convert the file", error.valid_up_to()))
            .and_then(|line| {
                let line = line.strip_suffix('\r').unwrap_or(line);
                let line = if number == 1 { line.trim_start_matches('\u{FEFF}') } else { line };
                match form {
                    _ if line.trim().is_empty() => Ok(None),
                    GoldForm::Jsonl => jsonl(line, number).map(Some),
                    GoldForm::Annotated => annotated::line(line, &mut class).map(|found| {
                        let (id, lang) = (format!("{stem}:{number}"), language(stem));
                        found.map(|found| GoldDocument { id, lang, ..found })
                    }),
                }
            });
        match read {
            Ok(document) => documents.extend(document),
            Err(reason) => problems.push(Problem {
                file: file.to_owned(),
                line: number,
                column: String::new(),
                reason,
            }),
        }
    }
    if problems.is_empty() { Ok(documents) } else { Err(problems.into()) }
}

/// The file's name without folders and without anything from its first dot on.
fn stem(file: &str) -> &str {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    name.split('.').next().unwrap_or(name)
}

/// The stem, if it looks like a language tag.
fn language(stem: &str) -> String {
    let primary = stem.split('-').next().unwrap_or_default();
    let tag = (2..=3).contains(&primary.len())
        && primary.bytes().all(|byte| byte.is_ascii_lowercase())
        && stem.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if tag { stem.to_owned() } else { String::new() }
}

/// A document as it is written in JSON.
#[derive(Deserialize)]
struct JsonDocument {
    #[serde(default)]
    id: Value,
    #[serde(default)]
    lang: Option<String>,
    #[serde(default)]
    date: Option<String>,
    #[serde(default)]
    expect: Hints,
    #[serde(default)]
    exclude: Hints,
    text: String,
    #[serde(default)]
    class: Option<String>,
    evaluation_span: Option<(usize, usize)>,
    mentions: Vec<JsonMention>,
}

#[derive(Deserialize)]
struct JsonMention {
    start: usize,
    end: usize,
    text: Option<String>,
    #[serde(rename = "type")]
    type_: Option<String>,
    #[serde(default)]
    ids: Vec<String>,
    #[serde(default)]
    lat: Value,
    #[serde(default)]
    lon: Value,
    #[serde(default)]
    untyped: bool,
    #[serde(default)]
    nested: bool,
    #[serde(default)]
    optional: bool,
    #[serde(default)]
    facility: bool,
    #[serde(default)]
    nil: bool,
}

/// Hints as an object may have them: none, one, or several.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(untagged)]
pub(crate) enum Hints {
    #[default]
    None,
    One(String),
    Several(Vec<String>),
}

impl From<Hints> for Vec<String> {
    fn from(hints: Hints) -> Self {
        match hints {
            Hints::None => Self::new(),
            Hints::One(hint) => vec![hint],
            Hints::Several(hints) => hints,
        }
    }
}

/// Reads a document from its JSON object; else what is wrong with it. One without id gets `number`.
pub(crate) fn jsonl(line: &str, number: u64) -> Result<GoldDocument, String> {
    if !line.trim_start().starts_with('{') {
        return Err("not a JSON object".into());
    }
    let read: JsonDocument = serde_json::from_str(line).map_err(|error| {
        // It counts lines in this one.
        let told = error.to_string();
        let reason = told.split(" at line ").next().unwrap_or_default();
        format!("column {}: no document of gold: {reason}", error.column())
    })?;
    read.gold(number)
}

/// The same of a line that was parsed already.
pub(crate) fn object(object: Value, line: &str, number: u64) -> Result<GoldDocument, String> {
    let read = object.is_object().then(|| JsonDocument::deserialize(object));
    match read {
        Some(Ok(read)) => read.gold(number),
        // Only the line tells the column of what is wrong.
        _ => jsonl(line, number),
    }
}

impl JsonDocument {
    fn gold(self, number: u64) -> Result<GoldDocument, String> {
        let read = self;
        let starts: Vec<usize> =
            read.text.char_indices().map(|(byte, _)| byte).chain([read.text.len()]).collect();
        let byte = |position: usize| starts.get(position).copied();
        let mentions: Result<_, String> = read
        .mentions
        .iter()
        .map(|mention| {
            let (start, end) = (mention.start, mention.end);
            let span = byte(start).zip(byte(end)).filter(|(start, end)| start < end);
            let Some((first, last)) = span else {
                let most = starts.len() - 1;
                return Err(format!(
                    "no span of the text: {start}..{end} of 0..{most} code points"
                ));
            };
            let found = read.text.get(first..last).unwrap_or_default();
            match &mention.text {
                Some(text) if text != found => Err(format!(
                    "at {start}..{end} stands “{found}”, not “{text}”; positions count code points"
                )),
                _ => Ok(mention.gold(Span::new(first, last))),
            }
        })
        .collect();
        let end = |position| byte(position).unwrap_or(read.text.len());
        Ok(GoldDocument {
            id: match read.id {
                Value::Null => number.to_string(),
                Value::String(id) => id,
                id => id.to_string(),
            },
            lang: read.lang.unwrap_or_default(),
            date: read.date.as_deref().and_then(Date::parse),
            expect: read.expect.into(),
            exclude: read.exclude.into(),
            class: read.class.unwrap_or_default(),
            scope: read.evaluation_span.map(|(first, last)| Span::new(end(first), end(last))),
            only_marked: false,
            mentions: mentions?,
            text: read.text,
        })
    }
}

impl JsonMention {
    fn gold(&self, span: Span) -> GoldMention {
        let type_ = match self.type_.as_deref() {
            _ if self.untyped => GoldType::Untyped,
            Some("place") => GoldType::Place,
            Some("group") => GoldType::Group,
            Some("person") => GoldType::Person,
            Some(_) => GoldType::Other,
            None => GoldType::PlaceOrGroup,
        };
        GoldMention {
            ids: self.ids.clone(),
            location: degrees(&self.lat).zip(degrees(&self.lon)),
            nested: self.nested,
            optional: self.optional,
            facility: self.facility,
            nil: self.nil,
            ..GoldMention::new(span, type_)
        }
    }
}

/// A number, or a text that is one.
fn degrees(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_jsonl(lines: &str) -> Result<Vec<GoldDocument>, Error> {
        read(lines.as_bytes(), "gold.jsonl", GoldForm::Jsonl)
    }

    #[test]
    fn positions_become_bytes_and_what_is_stated_stays() {
        let documents = read_jsonl(concat!(
            "\u{FEFF}{\"id\":7,\"lang\":\"fr\",\"date\":\"2017-07-09\",\"text\":\"À l’Été, Nîmes 😀 Rome\",",
            "\"evaluation_span\":[0,14],\"class\":\"plain\",\"mentions\":[",
            "{\"start\":9,\"end\":14,\"text\":\"Nîmes\",\"type\":\"place\",\"ids\":[\"geonames:1\"],",
            "\"lat\":\"43.8\",\"lon\":4.4,\"facility\":true},",
            "{\"start\":17,\"end\":21,\"type\":\"other\",\"untyped\":true}]}\r\n\n",
            "{\"text\":\"x\",\"mentions\":[{\"start\":0,\"end\":1}]}",
        ))
        .unwrap();
        let [first, second] = documents.as_slice() else { panic!("{documents:?}") };
        assert_eq!((first.id.as_str(), first.lang.as_str()), ("7", "fr"));
        assert_eq!((first.class.as_str(), first.date), ("plain", Date::parse("2017-07-09")));
        let [nimes, rome] = first.mentions.as_slice() else { panic!("{first:?}") };
        assert_eq!(first.surface(nimes.span), "Nîmes");
        assert_eq!(nimes.location, Some((43.8, 4.4)));
        assert!(nimes.is_loose() && nimes.facility && first.is_in_scope(nimes.span));
        assert_eq!(
            (nimes.type_, nimes.ids.as_slice()),
            (GoldType::Place, &["geonames:1".into()][..])
        );
        assert_eq!((first.surface(rome.span), rome.type_), ("Rome", GoldType::Untyped));
        assert!(rome.is_loose() && !first.is_in_scope(rome.span));
        assert_eq!(first.mention_at(rome.span), Some(rome));
        assert_eq!((second.id.as_str(), second.mentions[0].type_), ("3", GoldType::PlaceOrGroup));
        assert!(!second.mentions[0].is_loose());
    }

    #[test]
    fn every_bad_line_is_named() {
        let error = read_jsonl(concat!(
            "{\"text\":\"été\",\"mentions\":[{\"start\":2,\"end\":4}]}\n",
            "{\"text\":\"été\",\"mentions\":[{\"start\":1,\"end\":2,\"text\":\"é\"}]}\n",
            "{\"text\":\"été\",\"mentions\":[]}\n",
            "{\"text\":\"été\"}\n[4]",
        ))
        .unwrap_err();
        let lines: Vec<u64> = error.problems().iter().map(|problem| problem.line).collect();
        assert_eq!(lines, [1, 2, 4, 5]);
        let told = error.to_string();
        for part in
            ["gold.jsonl:1: no span", "2..4 of 0..3", "“t”, not “é”", "`mentions`", "object"]
        {
            assert!(told.contains(part), "{part}: {told}");
        }
    }

    #[test]
    fn a_file_name_tells_form_and_language() {
        assert_eq!(GoldForm::of("train/fr.TXT.gz"), GoldForm::Annotated);
        assert_eq!(GoldForm::of("gold.jsonl.gz"), GoldForm::Jsonl);
        assert_eq!(GoldForm::of("-"), GoldForm::Jsonl);
        let of = |file: &str| language(stem(file));
        assert_eq!(
            [of("a/fr.txt"), of("zh-Hant.txt.gz"), of("b\\ckb.txt")],
            ["fr", "zh-Hant", "ckb"]
        );
        assert_eq!([of("gold.txt"), of("EN.txt"), of("-")], ["", "", ""]);
    }
}
