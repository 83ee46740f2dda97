//! Patterns of spaCy's EntityRuler and SpanRuler: JSON, one a line.
//!
//! Taken are patterns that are texts, and lists of tokens that ask for nothing but `TEXT`, `ORTH` or
//! `LOWER`; others are told. Patterns with one `id` are one entity; an item of Wikidata is known as
//! such. The label says the kind; it stands in the attribute `label`.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::ImportSource;
use super::files::At;
use super::pairs::Entities;
use super::run::{Form, Kept, Run};
use crate::error::Error;
use crate::record::{Kind, Record, is_curie};

pub(super) const SOURCE: ImportSource = ImportSource {
    name: "spacy",
    about: "spaCy: patterns of EntityRuler or SpanRuler (jsonl)",
    title: "",
    licence: "",
    attribution: "",
    attributes: &["label"],
    read,
};

#[derive(Deserialize)]
struct Pattern {
    label: String,
    pattern: Value,
    #[serde(default)]
    id: Value,
}

fn read(run: &mut Run<'_>) -> Result<(), Error> {
    let mut named = Entities::new(run, "spacy:");
    let mut known: HashMap<String, bool> = HashMap::new();
    for input in run.inputs(|name| name.ends_with(".jsonl") || name.ends_with(".json"))? {
        let mut lines = input.lines()?;
        while let Some((at, line)) = lines.next(run)? {
            if line.trim().is_empty() {
                continue;
            }
            let pattern: Pattern = match serde_json::from_str(line) {
                Ok(pattern) => pattern,
                Err(error) => {
                    run.problem(at, format!("no pattern: {error}"))?;
                    continue;
                }
            };
            let Some(kind) = run.class([pattern.label.as_str()], kind_of) else {
                run.left_out("of other classes");
                continue;
            };
            let Some(name) = text_of(&pattern.pattern) else {
                run.problem(at, "the pattern asks for more than texts of tokens; left out")?;
                continue;
            };
            let mut facts = Record { kind, ..Record::default() };
            facts.attributes.push(("label".to_owned(), pattern.label));
            let id = match &pattern.id {
                Value::String(id) => id.trim().replace(char::is_whitespace, "-"),
                Value::Number(id) => id.to_string(),
                _ => String::new(),
            };
            if id.is_empty() {
                named.add_with(run, at, &name, [], facts)?;
            } else {
                keep(run, at, &id_of(run, &id), facts, &name, &mut known)?;
            }
        }
    }
    Ok(())
}

/// One more name of the entity with this id.
fn keep(
    run: &mut Run<'_>,
    at: At,
    id: &str,
    facts: Record,
    name: &str,
    known: &mut HashMap<String, bool>,
) -> Result<(), Error> {
    let is_new = run.is_new(&format!("{id}\0{name}"));
    match known.get(id) {
        Some(true) if is_new => run.name(at, id, Form::variant(name, "")),
        Some(_) => Ok(()),
        None => {
            let facts = Record { id: id.to_owned(), ..facts };
            match run.entity(at, facts, [Form::canonical(name, "")])? {
                Kept::Nameless => {}
                kept => {
                    known.insert(id.to_owned(), kept == Kept::Yes);
                }
            }
            Ok(())
        }
    }
}

fn id_of(run: &Run<'_>, id: &str) -> String {
    let is_item = id
        .strip_prefix('Q')
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()));
    if is_item {
        format!("wikidata:{id}")
    } else if is_curie(id) {
        id.to_owned()
    } else {
        format!("{}{id}", run.options.prefix.as_deref().unwrap_or("spacy:"))
    }
}

/// The text of a pattern, if it is nothing more. Tokens in small letters meet any case, as the name
/// does that they make.
fn text_of(pattern: &Value) -> Option<String> {
    let tokens = match pattern {
        Value::String(text) => return Some(text.clone()),
        Value::Array(tokens) => tokens,
        _ => return None,
    };
    let texts: Option<Vec<&str>> =
        tokens.iter().map(|token| token_text(token.as_object()?)).collect();
    let texts = texts.filter(|texts| !texts.is_empty())?;
    Some(texts.join(" "))
}

fn token_text(token: &Map<String, Value>) -> Option<&str> {
    let mut conditions = token.iter();
    let (attribute, value) = conditions.next()?;
    let plain = matches!(attribute.to_ascii_uppercase().as_str(), "TEXT" | "ORTH" | "LOWER");
    if plain && conditions.next().is_none() { value.as_str() } else { None }
}

fn kind_of(label: &str) -> Option<Kind> {
    match label {
        "GPE" | "LOC" | "LOCATION" | "PLACE" => Some(Kind::Other),
        "FAC" | "FACILITY" => Some(Kind::Site),
        "ORG" | "ORGANIZATION" | "ORGANISATION" => Some(Kind::Organization),
        "NORP" => Some(Kind::People),
        "COUNTRY" => Some(Kind::Country),
        "CITY" => Some(Kind::City),
        _ => None,
    }
}
