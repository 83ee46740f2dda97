//! Synonyms of Solr, Elasticsearch and Lucene: `a, b, c` or `a, b => c`.
//!
//! The first name of a line, or the first after `=>`, is the canonical one. `#` begins a comment; a
//! backslash takes a comma or arrow as it is.

use super::ImportSource;
use super::pairs::Entities;
use super::run::{Form, Run};
use crate::error::Error;
use crate::record::Record;

pub(super) const SOURCE: ImportSource = ImportSource {
    name: "synonyms",
    about: "Solr, Elasticsearch: synonyms.txt",
    title: "",
    licence: "",
    attribution: "",
    attributes: &[],
    read,
};

fn read(run: &mut Run<'_>) -> Result<(), Error> {
    let mut entities = Entities::new(run, "synonyms:");
    for input in run.inputs(|name| name.ends_with(".txt"))? {
        let mut lines = input.lines()?;
        while let Some((at, line)) = lines.next(run)? {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if line.starts_with("s(") && line.ends_with(").") {
                run.problem(at, "a line in WordNet's form, which is not read")?;
                continue;
            }
            let sides = split(line);
            let (left, right) = match sides.as_slice() {
                [names] => (&[][..], names.as_slice()),
                [left, right] => (left.as_slice(), right.as_slice()),
                _ => {
                    run.problem(at, "more than one `=>`")?;
                    continue;
                }
            };
            let Some((canonical, others)) = right.split_first() else {
                run.problem(at, "no name stands after `=>`")?;
                continue;
            };
            let names = others.iter().chain(left).map(|name| Form::variant(name, ""));
            let names: Vec<Form> = names.collect();
            if names.is_empty() {
                run.problem(at, format!("`{canonical}` has no synonym"))?;
            }
            entities.add_with(run, at, canonical, names, Record::default())?;
        }
    }
    Ok(())
}

/// The names of each side of the arrow, without empty ones.
fn split(line: &str) -> Vec<Vec<String>> {
    let mut sides = vec![Vec::new()];
    let mut name = String::new();
    let mut chars = line.chars().peekable();
    let push = |sides: &mut Vec<Vec<String>>, name: &mut String| {
        let taken = std::mem::take(name);
        if let Some(side) = sides.last_mut()
            && !taken.trim().is_empty()
        {
            side.push(taken.trim().to_owned());
        }
    };
    while let Some(char) = chars.next() {
        match char {
            '\\' => name.extend(chars.next()),
            ',' => push(&mut sides, &mut name),
            '=' if chars.peek() == Some(&'>') => {
                chars.next();
                push(&mut sides, &mut name);
                sides.push(Vec::new());
            }
            char => name.push(char),
        }
    }
    push(&mut sides, &mut name);
    sides
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn escapes_are_taken_as_they_are() {
        assert_eq!(split(r"a\, b, c => d"), [vec!["a, b", "c"], vec!["d"]]);
        assert_eq!(split("i-pod, i pod"), [vec!["i-pod", "i pod"]]);
        assert_eq!(split("a =>"), [vec!["a"], Vec::<&str>::new()]);
    }
}
