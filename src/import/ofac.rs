//! OFAC: `sdn.csv`, `alt.csv`, `add.csv` (and their `cons_` kin), told by their columns.
//!
//! No header; `-0-` stands for an empty cell. Persons, ships and aircraft are left out. Names are
//! written in capitals and brought to what text writes; what the remarks call `a.k.a.` in quotes is
//! weak, as the list says. The country is that of the first address.

use std::collections::HashMap;

use super::ImportSource;
use super::countries;
use super::files::{Input, Rows};
use super::names::{recase, split_acronym};
use super::run::{Form, Run};
use crate::error::Error;
use crate::record::{Kind, Record, Role};

pub(super) const SOURCE: ImportSource = ImportSource {
    name: "ofac",
    about: "OFAC, United States: sdn.csv with alt.csv and add.csv",
    title: "OFAC",
    licence: "",
    attribution: "Sanctions lists of the Office of Foreign Assets Control, U.S. Department of the Treasury (a work of the United States government)",
    attributes: &["program"],
    read,
};

/// How many columns each table has.
const SDN: usize = 12;
const ALT: usize = 5;
const ADD: usize = 6;

/// What other tables say of an entity.
#[derive(Default)]
struct Others {
    names: HashMap<String, Vec<(String, Role)>>,
    countries: HashMap<String, String>,
}

fn read(run: &mut Run<'_>) -> Result<(), Error> {
    let inputs = run.inputs(|name| name.ends_with(".csv") || name.ends_with(".txt"))?;
    let mut others = Others::default();
    let mut sdn = Vec::new();
    for input in &inputs {
        match columns(input)? {
            SDN => sdn.push(input),
            ALT => read_names(run, &mut input.rows(false)?, &mut others)?,
            ADD => read_addresses(run, &mut input.rows(false)?, &mut others)?,
            count => {
                run.problem(
                    input.at(),
                    format!("{count} columns: no sdn, alt or add table of OFAC"),
                )?;
            }
        }
    }
    for input in sdn {
        read_entities(run, &mut input.rows(false)?, &mut others)?;
    }
    Ok(())
}

/// The number of columns of the first row.
fn columns(input: &Input) -> Result<usize, Error> {
    let mut rows =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(input.open()?);
    let mut row = csv::ByteRecord::new();
    let read = rows.read_byte_record(&mut row).map_err(std::io::Error::from)?;
    Ok(if read { row.len() } else { 0 })
}

/// A cell; `-0-` is empty.
fn cell(row: &csv::StringRecord, index: usize) -> &str {
    match row.get(index) {
        None | Some("-0-") => "",
        Some(cell) => cell,
    }
}

/// The mark that ends the files.
fn is_end(row: &csv::StringRecord) -> bool {
    row.len() <= 1 && row.get(0).is_none_or(|cell| cell.is_empty() || cell == "\u{1A}")
}

fn read_names(run: &mut Run<'_>, rows: &mut Rows, others: &mut Others) -> Result<(), Error> {
    while let Some((at, row)) = rows.next(run)? {
        if is_end(&row) {
            continue;
        }
        let (id, name) = (cell(&row, 0), cell(&row, 3));
        if id.is_empty() || name.is_empty() {
            run.problem(at, "a row without number or name")?;
            continue;
        }
        let role = if cell(&row, 2) == "fka" { Role::Historic } else { Role::Variant };
        others.names.entry(id.to_owned()).or_default().push((name.to_owned(), role));
    }
    Ok(())
}

fn read_addresses(run: &mut Run<'_>, rows: &mut Rows, others: &mut Others) -> Result<(), Error> {
    let mut known: HashMap<String, Option<String>> = HashMap::new();
    while let Some((_, row)) = rows.next(run)? {
        let (id, country) = (cell(&row, 0), cell(&row, 4));
        if country.is_empty() || others.countries.contains_key(id) {
            continue;
        }
        let code = known.entry(country.to_owned()).or_insert_with(|| countries::from_name(country));
        if let Some(code) = code {
            others.countries.insert(id.to_owned(), code.clone());
        }
    }
    Ok(())
}

fn read_entities(run: &mut Run<'_>, rows: &mut Rows, others: &mut Others) -> Result<(), Error> {
    while let Some((at, row)) = rows.next(run)? {
        if is_end(&row) {
            continue;
        }
        let (number, name) = (cell(&row, 0), cell(&row, 1));
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) || name.is_empty()
        {
            run.problem(at, "a row without number or name")?;
            continue;
        }
        match cell(&row, 2) {
            "" => {}
            "individual" => {
                run.left_out("persons");
                continue;
            }
            _ => {
                run.left_out("ships and aircraft");
                continue;
            }
        }
        let mut facts = Record::new(format!("ofac:{number}"), "");
        facts.kind = run.options.kind.or(Some(Kind::Organization));
        facts.country = others.countries.remove(number).unwrap_or_default();
        facts.attributes.push(("program".to_owned(), cell(&row, 3).replace("] [", " ")));
        let mut forms = forms(name, Role::Canonical);
        for (name, role) in others.names.remove(number).unwrap_or_default() {
            forms.extend(self::forms(&name, role));
        }
        forms.extend(weak_names(cell(&row, 11)).map(|name| Form::variant(recase(name), "").weak()));
        run.entity(at, facts, forms)?;
    }
    Ok(())
}

/// A name, and the acronym that it ends with in parentheses.
fn forms(name: &str, role: Role) -> Vec<Form> {
    match split_acronym(name) {
        Some((head, acronym)) => {
            vec![Form::new(recase(head), "", role), Form::new(acronym, "", Role::Abbreviation)]
        }
        None => vec![Form::new(recase(name), "", role)],
    }
}

/// The names that the remarks give as `a.k.a. 'BNC'`.
fn weak_names(remarks: &str) -> impl Iterator<Item = &str> {
    remarks.split("k.a. '").skip(1).filter_map(|rest| {
        let end = rest.find("';").or_else(|| rest.find("'.")).or_else(|| rest.rfind('\''))?;
        rest.get(..end).map(str::trim)
    })
}
