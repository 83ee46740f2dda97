//! JRC-Names of the European Commission: names of organizations and persons as news write them.
//!
//! Tab-separated: number, type, language, name; `+` stands for a blank, language `u` for any. The
//! first line is a header. The first name of any language is the display form. Persons are left out.

use std::collections::HashMap;

use super::ImportSource;
use super::files::At;
use super::run::{Form, Kept, Run};
use crate::error::Error;
use crate::record::{Kind, Record};

pub(super) const SOURCE: ImportSource = ImportSource {
    name: "jrc",
    about: "JRC-Names: entities.gzip",
    title: "JRC-Names",
    licence: "JRC conditions of use",
    attribution: "JRC-Names, European Commission, Joint Research Centre; the conditions come with the files",
    attributes: &[],
    read,
};

/// The rows of one number.
#[derive(Default)]
struct Group {
    at: At,
    number: String,
    kind: Option<Kind>,
    forms: Vec<Form>,
}

fn read(run: &mut Run<'_>) -> Result<(), Error> {
    let mut kept = HashMap::new();
    for input in run.inputs(|name| name.starts_with("entities"))? {
        let mut lines = input.lines()?;
        let mut group = Group::default();
        while let Some((at, line)) = lines.next(run)? {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
            let &[number, of, lang, name, ..] = cells.as_slice() else {
                run.problem(at, format!("{} cells, not 4", cells.len()))?;
                continue;
            };
            if !number.bytes().all(|byte| byte.is_ascii_digit()) || number.is_empty() {
                if at.line > 1 {
                    run.problem(at, format!("`{number}` is no number"))?;
                }
                continue;
            }
            let known = |of: &str| (of == "O").then_some(Kind::Organization);
            let Some(kind) = run.class([of], known) else {
                run.left_out("names of persons and others");
                continue;
            };
            if group.number != number {
                keep(run, std::mem::take(&mut group), &mut kept)?;
                group = Group { at, number: number.to_owned(), kind, forms: Vec::new() };
            }
            let lang = if lang == "u" { "" } else { lang };
            group.forms.push(Form::variant(name.replace('+', " "), lang));
        }
        keep(run, group, &mut kept)?;
    }
    Ok(())
}

fn keep(run: &mut Run<'_>, group: Group, kept: &mut HashMap<String, bool>) -> Result<(), Error> {
    let Group { at, number, kind, mut forms } = group;
    if number.is_empty() {
        return Ok(());
    }
    let id = format!("jrc:{number}");
    if let Some(&listed) = kept.get(&number) {
        for form in forms {
            if listed {
                run.name(at, &id, form)?;
            }
        }
        return Ok(());
    }
    let first = forms.iter().position(|form| form.lang.is_empty()).unwrap_or(0);
    if let Some(form) = forms.get_mut(first) {
        form.role = Some(crate::record::Role::Canonical);
    }
    let facts = Record { kind, ..Record::new(id, "") };
    let done = run.entity(at, facts, forms)?;
    kept.insert(number, done == Kept::Yes);
    Ok(())
}
