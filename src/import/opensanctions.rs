//! OpenSanctions: `targets.simple.csv`, and the FollowTheMoney entities that it and Aleph publish as
//! JSON, one a line.
//!
//! Organizations are kept, persons, ships and the rest are not. Lists in a cell are separated by
//! semicolons, with quotes where needed. Weak aliases are weak, previous names are historic.

use std::collections::HashMap;

use serde::Deserialize;

use super::ImportSource;
use super::countries;
use super::files::{At, Rows};
use super::names::recase;
use super::run::{Form, Run};
use crate::error::Error;
use crate::record::{Kind, Record, Role};

pub(super) const SOURCE: ImportSource = ImportSource {
    name: "opensanctions",
    about: "OpenSanctions: targets.simple.csv",
    title: "OpenSanctions",
    licence: "CC-BY-NC-4.0",
    attribution: "OpenSanctions, https://www.opensanctions.org; commercial use needs a licence",
    attributes: &["schema"],
    read: read_simple,
};

pub(super) const FTM: ImportSource = ImportSource {
    name: "ftm",
    about: "FollowTheMoney: entities one a line (entities.ftm.json), of OpenSanctions or Aleph",
    title: "FollowTheMoney",
    licence: "",
    attribution: "Entities in FollowTheMoney form; the terms are those of the data sets (OpenSanctions: CC-BY-NC-4.0)",
    attributes: &["schema"],
    read: read_ftm,
};

fn kind_of(schema: &str) -> Option<Kind> {
    let known = ["Organization", "PublicBody", "Company", "LegalEntity"];
    known.contains(&schema).then_some(Kind::Organization)
}

/// What both forms say of an entity.
struct Entity<'e> {
    id: &'e str,
    schema: &'e str,
    country: &'e str,
    item: &'e str,
    prefix: &'e str,
    forms: Vec<Form>,
}

fn keep(run: &mut Run<'_>, at: At, entity: Entity<'_>) -> Result<(), Error> {
    let Some(kind) = run.class([entity.schema], kind_of) else {
        run.left_out("persons, ships and others");
        return Ok(());
    };
    if entity.id.is_empty() {
        return run.problem(at, "an entity without id");
    }
    let prefix = run.options.prefix.clone().unwrap_or_else(|| entity.prefix.to_owned());
    let mut facts = Record::new(format!("{prefix}{}", entity.id), "");
    facts.kind = kind;
    facts.country = countries::from_code(entity.country).unwrap_or_default();
    // Entities of Wikidata have its numbers as ids.
    let item = [entity.item, entity.id].into_iter().find(|id| is_item(id));
    facts.same_as = item.map(|item| format!("wikidata:{item}")).into_iter().collect();
    facts.attributes.push(("schema".to_owned(), entity.schema.to_owned()));
    run.entity(at, facts, entity.forms).map(|_| ())
}

fn is_item(id: &str) -> bool {
    let digits = id.strip_prefix('Q').unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn read_simple(run: &mut Run<'_>) -> Result<(), Error> {
    for input in run.inputs(|name| name.ends_with(".csv"))? {
        let mut rows = input.rows(false)?;
        let Some((at, header)) = rows.next(run)? else { continue };
        let column = |name: &str| header.iter().position(|cell| cell == name);
        let (Some(id), Some(schema), Some(name)) = (column("id"), column("schema"), column("name"))
        else {
            run.problem(at, "no columns `id`, `schema`, `name`; the file is not read")?;
            continue;
        };
        let columns = [Some(id), Some(schema), Some(name), column("aliases"), column("countries")];
        read_rows(run, &mut rows, columns)?;
    }
    Ok(())
}

fn read_rows(run: &mut Run<'_>, rows: &mut Rows, columns: [Option<usize>; 5]) -> Result<(), Error> {
    while let Some((at, row)) = rows.next(run)? {
        let [id, schema, name, aliases, countries] =
            columns.map(|column| column.and_then(|index| row.get(index)).unwrap_or_default());
        let mut forms = vec![Form::canonical(recase(name), "")];
        forms.extend(list(aliases).iter().map(|alias| Form::variant(recase(alias), "")));
        let countries = list(countries);
        let country = countries.first().map_or("", String::as_str);
        keep(run, at, Entity { id, schema, country, item: "", prefix: "opensanctions:", forms })?;
    }
    Ok(())
}

/// The values of a cell: a row of CSV with semicolons.
fn list(cell: &str) -> Vec<String> {
    let mut rows = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(b';')
        .from_reader(cell.as_bytes());
    let values = rows
        .records()
        .flatten()
        .flat_map(|row| row.iter().map(|value| value.trim().to_owned()).collect::<Vec<_>>());
    values.filter(|value| !value.is_empty()).collect()
}

/// A line of FollowTheMoney.
#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    id: String,
    #[serde(default)]
    caption: String,
    #[serde(default)]
    schema: String,
    #[serde(default)]
    properties: HashMap<String, Vec<serde_json::Value>>,
}

impl Line {
    fn values(&self, property: &str) -> impl Iterator<Item = &str> {
        self.properties.get(property).into_iter().flatten().filter_map(serde_json::Value::as_str)
    }
}

fn read_ftm(run: &mut Run<'_>) -> Result<(), Error> {
    let inputs = run.inputs(|name| {
        [".json", ".jsonl", ".ndjson", ".ijson"].iter().any(|end| name.ends_with(end))
    })?;
    for input in inputs {
        let mut lines = input.lines()?;
        while let Some((at, line)) = lines.next(run)? {
            if line.trim().is_empty() {
                continue;
            }
            let line: Line = match serde_json::from_str(line) {
                Ok(line) => line,
                Err(error) => {
                    run.problem(at, format!("no entity of FollowTheMoney: {error}"))?;
                    continue;
                }
            };
            let mut forms = vec![Form::canonical(recase(&line.caption), "")];
            for (property, role) in [
                ("name", Role::Variant),
                ("alias", Role::Variant),
                ("previousName", Role::Historic),
                ("abbreviation", Role::Abbreviation),
            ] {
                forms.extend(line.values(property).map(|name| Form::new(recase(name), "", role)));
            }
            forms.extend(
                line.values("weakAlias").map(|name| Form::variant(recase(name), "").weak()),
            );
            let first = |properties: &[&str]| {
                properties.iter().find_map(|property| line.values(property).next()).unwrap_or("")
            };
            let entity = Entity {
                id: &line.id,
                schema: &line.schema,
                country: first(&["mainCountry", "jurisdiction", "country"]),
                item: first(&["wikidataId"]),
                prefix: "ftm:",
                forms,
            };
            keep(run, at, entity)?;
        }
    }
    Ok(())
}
