//! Lists of GATE: `lists.def` with `file.lst:major:minor:language:annotation`, and the `.lst` files
//! that it names, one entry a line, perhaps with features.
//!
//! Every entry is an entity, but those with a feature `canonical` (or `normalized`) are names of it.
//! The major and minor type say the kind; lists of persons, titles, dates and others are left out. A
//! `.lst` file without its index is known by its name: `city.lst`.

use super::ImportSource;
use super::files::{At, Input};
use super::pairs::Entities;
use super::run::{Form, Run};
use crate::error::Error;
use crate::record::{Kind, Record};

pub(super) const SOURCE: ImportSource = ImportSource {
    name: "gate",
    about: "GATE: lists.def and its .lst files, or their folder",
    title: "",
    licence: "",
    attribution: "",
    attributes: &["major", "minor"],
    read,
};

/// What separates an entry from its features.
const SEPARATORS: &[char] = &['\t', '&', '$', '@', ':', ';', '#', '~'];

/// What the index says of a list.
struct List {
    input: Input,
    major: String,
    minor: String,
    lang: String,
}

fn read(run: &mut Run<'_>) -> Result<(), Error> {
    let inputs = run.inputs(|name| name.ends_with(".def") || name.ends_with(".lst"))?;
    let mut lists: Vec<List> = Vec::new();
    for index in inputs.iter().filter(|input| input.name().ends_with(".def")) {
        read_index(run, index, &inputs, &mut lists)?;
    }
    for input in inputs.iter().filter(|input| !input.name().ends_with(".def")) {
        if !lists.iter().any(|list| list.input.name() == input.name()) {
            let name = input.name();
            let major = name.strip_suffix(".lst").unwrap_or(&name).to_owned();
            lists.push(List {
                input: input.clone(),
                major,
                minor: String::new(),
                lang: String::new(),
            });
        }
    }
    let mut entities = Entities::new(run, "gate:");
    for list in &lists {
        read_list(run, list, &mut entities)?;
    }
    Ok(())
}

fn read_index(
    run: &mut Run<'_>,
    index: &Input,
    inputs: &[Input],
    lists: &mut Vec<List>,
) -> Result<(), Error> {
    let mut lines = index.lines()?;
    while let Some((at, line)) = lines.next(run)? {
        if line.trim().is_empty() {
            continue;
        }
        let mut cells = line.split(':').map(str::trim);
        let mut cell = || cells.next().unwrap_or_default().to_owned();
        let (file, major, minor, lang) = (cell(), cell(), cell(), cell());
        let given = inputs.iter().find(|input| input.name() == file.to_lowercase()).cloned();
        match given.or_else(|| run.beside(index, &file)) {
            Some(input) => lists.push(List { input, major, minor, lang }),
            None => run.problem(at, format!("the list `{file}` is not there"))?,
        }
    }
    Ok(())
}

fn read_list(run: &mut Run<'_>, list: &List, entities: &mut Entities) -> Result<(), Error> {
    let both = format!("{}:{}", list.major, list.minor);
    let Some(kind) = run.class([both.as_str(), &list.major], kind_of) else {
        run.left_out("lists of other classes");
        return Ok(());
    };
    let mut lines = list.input.lines()?;
    while let Some((at, line)) = lines.next(run)? {
        let (entry, features) = split(line.trim());
        if entry.is_empty() {
            continue;
        }
        let canonical = ["canonical", "normalized", "normalised", "preferred"]
            .iter()
            .find_map(|wanted| features.iter().find(|(name, _)| name == wanted))
            .map_or(entry, |(_, value)| value);
        keep(run, at, list, entities, kind, (canonical, entry))?;
    }
    Ok(())
}

fn keep(
    run: &mut Run<'_>,
    at: At,
    list: &List,
    entities: &mut Entities,
    kind: Option<Kind>,
    (canonical, entry): (&str, &str),
) -> Result<(), Error> {
    let mut facts = Record { kind, ..Record::default() };
    facts.attributes.push(("major".to_owned(), list.major.clone()));
    facts.attributes.push(("minor".to_owned(), list.minor.clone()));
    entities.add_with(run, at, canonical, [Form::variant(entry, &list.lang)], facts)
}

/// An entry and its features, `entry<separator>name=value…`.
fn split(line: &str) -> (&str, Vec<(&str, &str)>) {
    for separator in SEPARATORS {
        let Some((entry, rest)) = line.split_once(*separator) else { continue };
        let features: Option<Vec<(&str, &str)>> = rest
            .split(*separator)
            .map(|feature| feature.split_once('=').map(|(name, value)| (name.trim(), value.trim())))
            .collect();
        if let Some(features) = features {
            return (entry.trim(), features);
        }
    }
    (line, Vec::new())
}

/// The kind of `major:minor`, or of `major` alone.
fn kind_of(class: &str) -> Option<Kind> {
    Some(match class {
        "location:country" | "country" | "location:country_abbrev" => Kind::Country,
        "location:city" | "city" => Kind::City,
        "location:province" | "location:region" | "province" | "region" => Kind::Region,
        "location:county" | "county" => Kind::County,
        "location:mountain" | "mountain" => Kind::Mountain,
        "location:water" | "location:river" | "water" => Kind::Water,
        "location:island" | "island" => Kind::Island,
        "location:continent" | "continent" => Kind::Continent,
        "location:airport" | "facility" | "airport" => Kind::Site,
        "location" => Kind::Other,
        "organization:political" | "organization:party" => Kind::Party,
        "organization" | "organisation" | "company" | "government" => Kind::Organization,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn features_stand_after_any_separator() {
        assert_eq!(split("Mossoul&canonical=Mosul"), ("Mossoul", vec![("canonical", "Mosul")]));
        assert_eq!(split("Barnes & Noble"), ("Barnes & Noble", vec![]));
        assert_eq!(split("Mosul\ta=1\tb=2"), ("Mosul", vec![("a", "1"), ("b", "2")]));
    }
}
