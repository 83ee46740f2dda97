//! What the lists say of entities, or do not: `no-canonical`, `two-canonicals`, `unknown-parent`,
//! `replaced-by`, `no-kind`, `no-country`, `no-location`; and `date`.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::lists::{ListFile, ListedEntity, ListedName};
use super::{Base, Report, Severity};
use crate::record::{Kind, Origin, Role};

pub(super) fn check(base: Base<'_>, report: &mut Report<'_>) {
    check_canonicals(report);
    let lists = report.lists;
    for entity in &lists.entities {
        check_kind(entity, report);
        if entity.has_ending_canonical && !entity.has_lasting_canonical {
            let message = format!(
                "every canonical name of `{}` has an end: documents that look back do not find them",
                entity.id
            );
            report.add(Severity::Note, "date", entity.origin, message);
        }
    }
    // What a bad row says of names and ids is unknown.
    if !lists.problems.is_empty() {
        return;
    }
    let known = |id: &str| lists.knows(id) || base.is_some_and(|base| base.entity(id).is_some());
    for entity in &lists.entities {
        for (stated, code, column) in [
            (&entity.parent, "unknown-parent", "parent"),
            (&entity.replaced_by, "replaced-by", "replaced_by"),
        ] {
            if let Some((id, at)) = stated.as_ref().filter(|(id, _)| !known(id)) {
                let message = format!(
                    "the `{column}` of `{}` is `{id}`, which no list has as an id",
                    entity.id
                );
                report.add(Severity::Warning, code, *at, message);
            }
        }
    }
    check_absent(
        report,
        "no-canonical",
        |file| file.has_canonicals,
        |entity| {
            // A single name is the display form anyway.
            let severity = if entity.names == 1 { Severity::Note } else { Severity::Warning };
            let absent = !entity.has_canonical;
            absent.then(|| {
                (severity, format!("`{}` has no canonical name to be displayed", entity.id))
            })
        },
    );
    check_absent(
        report,
        "no-kind",
        |file| file.has_kinds,
        |entity| {
            let absent = entity.kind.is_none();
            absent.then(|| {
                let message = format!(
                    "no row of `{}` states its kind: it is read as `other`, a place",
                    entity.id
                );
                (Severity::Warning, message)
            })
        },
    );
}

/// Two display forms of one entity in one language: the first is shown.
fn check_canonicals(report: &mut Report<'_>) {
    let lists = report.lists;
    let mut first: HashMap<(u32, &str), &ListedName> = HashMap::new();
    for name in lists.names.iter().filter(|name| name.role == Role::Canonical) {
        match first.entry((name.entity, &name.lang)) {
            Entry::Vacant(entry) => {
                entry.insert(name);
            }
            Entry::Occupied(entry) if entry.get().text != name.text => {
                let place = report.place(entry.get().origin, name.origin.file);
                let lang = if name.lang.is_empty() { "any language" } else { &name.lang };
                let message = format!(
                    "“{}” is a second canonical name of `{}` in {lang}; “{}” ({place}) is the one \
                     displayed: make this a variant",
                    name.text,
                    lists.id(name.entity),
                    entry.get().text
                );
                report.add(Severity::Warning, "two-canonicals", name.origin, message);
            }
            Entry::Occupied(_) => {}
        }
    }
}

/// What a settlement should have.
fn check_kind(entity: &ListedEntity, report: &mut Report<'_>) {
    if !matches!(entity.kind, Some(Kind::City | Kind::Locality)) || entity.names == 0 {
        return;
    }
    for (has, code, what) in [
        (entity.has_country, "no-country", "country"),
        (entity.has_location, "no-location", "latitude and longitude"),
    ] {
        if !has {
            let message = format!("no row of the settlement `{}` states its {what}", entity.id);
            report.add(Severity::Note, code, entity.origin, message);
        }
    }
}

/// Entities that state nothing of a kind. A file in which none does makes one finding.
fn check_absent(
    report: &mut Report<'_>,
    code: &'static str,
    has_any: impl Fn(&ListFile) -> bool,
    absent: impl Fn(&ListedEntity) -> Option<(Severity, String)>,
) {
    let lists = report.lists;
    for (file, number) in lists.files.iter().zip(0_u16..) {
        let here = lists.entities.iter().filter(|entity| {
            entity.origin.file == number && entity.names > 0 && entity.replaced_by.is_none()
        });
        let lacking: Vec<_> =
            here.filter_map(|entity| Some((entity.origin, absent(entity)?))).collect();
        if let [(_, (severity, message)), .., _] = lacking.as_slice()
            && !has_any(file)
        {
            let severity =
                lacking.iter().map(|(_, (severity, _))| *severity).max().unwrap_or(*severity);
            let message =
                format!("{message}; so it is with all {} entities of this list", lacking.len());
            report.add(severity, code, Origin { file: number, line: 1 }, message);
            continue;
        }
        for (at, (severity, message)) in lacking {
            report.add(severity, code, at, message);
        }
    }
}
