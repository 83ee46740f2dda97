//! Unicode CLDR: names of countries and regions in some seven hundred locales, as
//! `main/LOCALE/territories.json` of the package `cldr-localenames-full`.
//!
//! Give the folder: English, which makes the display forms, is read first, then the others by name.
//! What a locale repeats of its language is left out. Names with a remark in parentheses are found by
//! lookup only; the part before it is a name, unless the locale has it twice (the two Congos). Codes
//! in the place of names are told.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use super::ImportSource;
use super::files::At;
use super::run::{Form, Kept, Run};
use crate::error::Error;
use crate::record::{Kind, Record, Role};

pub(super) const SOURCE: ImportSource = ImportSource {
    name: "cldr",
    about: "Unicode CLDR: the folder `main` of cldr-localenames-full, or its territories.json files",
    title: "CLDR",
    licence: "Unicode-3.0",
    attribution: "Names of countries and regions from the Unicode Common Locale Data Repository, Copyright © Unicode, Inc.; https://www.unicode.org/license.txt",
    attributes: &[],
    read,
};

/// `{"main":{"fr":{"localeDisplayNames":{"territories":{"SY":"Syrie"}}}}}`
#[derive(Deserialize)]
struct File {
    main: HashMap<String, Locale>,
}

#[derive(Deserialize)]
struct Locale {
    #[serde(rename = "localeDisplayNames")]
    names: Names,
}

#[derive(Deserialize)]
struct Names {
    territories: serde_json::Map<String, serde_json::Value>,
}

fn read(run: &mut Run<'_>) -> Result<(), Error> {
    let mut files: Vec<(String, At, Names)> = Vec::new();
    for input in run.inputs(|name| name == "territories.json")? {
        run.read();
        let file: File = match serde_json::from_reader(input.open()?) {
            Ok(file) => file,
            Err(error) if error.is_io() => return Err(std::io::Error::from(error).into()),
            Err(error) => {
                let at = At { line: error.line() as u64, ..input.at() };
                run.problem(at, format!("no territories.json of CLDR: {error}"))?;
                continue;
            }
        };
        files.extend(
            file.main.into_iter().map(|(locale, content)| (locale, input.at(), content.names)),
        );
    }
    files.sort_by(|one, other| {
        (one.0 != "en").cmp(&(other.0 != "en")).then_with(|| one.0.cmp(&other.0))
    });
    let mut kept: HashMap<String, bool> = HashMap::new();
    for (locale, at, names) in files {
        read_locale(run, at, &locale, &names, &mut kept)?;
    }
    Ok(())
}

fn read_locale(
    run: &mut Run<'_>,
    at: At,
    locale: &str,
    names: &Names,
    kept: &mut HashMap<String, bool>,
) -> Result<(), Error> {
    let primary = locale.split('-').next().unwrap_or_default();
    let lang = if primary == "und" { "" } else { locale };
    let mut forms: Vec<(&str, Form)> = Vec::new();
    let mut heads: HashMap<String, HashSet<&str>> = HashMap::new();
    for (key, name) in &names.territories {
        let (code, alt) = key.split_once("-alt-").unwrap_or((key, ""));
        let name = name.as_str().unwrap_or_default().trim();
        if kind_of(code).is_none() {
            run.left_out("the world, and codes for other uses");
            continue;
        }
        if (name == code && alt.is_empty())
            || name.ends_with("-variant")
            || name.ends_with("-short")
        {
            run.problem(at, format!("{key}: `{name}` is no name"))?;
            continue;
        }
        let role = match alt {
            "" => Role::Canonical,
            "short" => Role::Short,
            _ => Role::Variant,
        };
        let head = head(name);
        heads.entry(run.key(head.unwrap_or(name))).or_default().insert(code);
        match head {
            Some(head) => {
                forms.push((code, Form::new(head, lang, role)));
                forms.push((code, Form::new(name, lang, Role::Search)));
            }
            // What joins names is none itself.
            None if name.contains([',', '،', '、', '/', '(', '（']) && !has_inner_parts(name) => {
                forms.push((code, Form::new(name, lang, Role::Search)));
            }
            None => forms.push((code, Form::new(name, lang, role))),
        }
    }
    let mut by_code: Vec<(&str, Vec<Form>)> = Vec::new();
    for (code, form) in forms {
        let shared = heads.get(&run.key(&form.name)).is_some_and(|codes| codes.len() > 1);
        if shared && form.role != Some(Role::Search) {
            run.left_out("names that a locale gives to several");
            continue;
        }
        // A locale repeats what its language has.
        if !run.is_new(&format!("{code}\0{primary}\0{}", form.name)) {
            run.left_out("names that the language has already");
            continue;
        }
        match by_code.iter_mut().find(|(known, _)| *known == code) {
            Some((_, forms)) => forms.push(form),
            None => by_code.push((code, vec![form])),
        }
    }
    for (code, forms) in by_code {
        let id = id_of(code);
        match kept.get(code) {
            Some(false) => {}
            Some(true) => {
                for form in forms {
                    run.name(at, &id, form)?;
                }
            }
            None => {
                let mut facts = Record::new(id, "");
                facts.kind = kind_of(code);
                if facts.kind == Some(Kind::Country) {
                    code.clone_into(&mut facts.country);
                }
                match run.entity(at, facts, forms)? {
                    Kept::Nameless => {}
                    done => {
                        kept.insert(code.to_owned(), done == Kept::Yes);
                    }
                }
            }
        }
    }
    Ok(())
}

fn id_of(code: &str) -> String {
    let prefix = if code.starts_with(|char: char| char.is_ascii_digit()) { "m49" } else { "iso" };
    format!("{prefix}:{code}")
}

/// The kind of a territory; `None` for the world and for codes that stand for nothing.
fn kind_of(code: &str) -> Option<Kind> {
    match code {
        "001" | "ZZ" | "XA" | "XB" => None,
        "002" | "003" | "005" | "009" | "019" | "142" | "150" => Some(Kind::Continent),
        "EU" | "UN" => Some(Kind::Igo),
        "EZ" | "QO" => Some(Kind::Region),
        code if code.len() == 2 => Some(Kind::Country),
        _ => Some(Kind::Region),
    }
}

/// What stands before a remark in parentheses at the end of the name.
fn head(name: &str) -> Option<&str> {
    let end = name.strip_suffix([')', '）'])?;
    let head = end.split(['(', '（']).next()?.trim();
    (!head.is_empty() && !head.contains([',', '،', '、', '/'])).then_some(head)
}

/// `Cocos (Keeling) Islands` is a name.
fn has_inner_parts(name: &str) -> bool {
    !name.ends_with([')', '）']) && !name.contains([',', '،', '、', '/'])
}

#[cfg(test)]
mod tests {
    use super::head;

    #[test]
    fn remarks_are_cut_off() {
        assert_eq!(head("Myanmar (Burma)"), Some("Myanmar"));
        assert_eq!(head("刚果（金夏沙）"), Some("刚果"));
        assert_eq!(head("Cocos (Keeling) Islands"), None);
        assert_eq!(head("Syria"), None);
    }
}
