//! Actor dictionaries of PETRARCH, TABARI and Phoenix: `NAME_WITH_UNDERSCORES_`, `+SYNONYM_`, then
//! codes in brackets, with the dates between which they hold.
//!
//! `#` begins a comment. Where every code of an entry has dates, its names are valid between the
//! first and the last. The code says kind and country; it stands in the attribute `cameo`. The
//! files are written by hand, and much is not as it should be: it is told, and read as it is meant.

use super::ImportSource;
use super::countries;
use super::files::At;
use super::names::{recase, split_acronym};
use super::pairs::Entities;
use super::run::{Form, Run};
use crate::error::Error;
use crate::record::{Date, Kind, Record, Role};

pub(super) const SOURCE: ImportSource = ImportSource {
    name: "petrarch",
    about: "PETRARCH, TABARI, Phoenix: dictionaries of actors (txt)",
    title: "PETRARCH",
    licence: "MIT",
    attribution: "Actor dictionaries of the Open Event Data Alliance; https://github.com/openeventdata",
    attributes: &["cameo"],
    read,
};

/// A name, its synonyms and its codes.
#[derive(Default)]
struct Entry {
    at: At,
    names: Vec<(At, String)>,
    codes: Vec<Code>,
    /// A blank line stood after the codes.
    closed: bool,
}

/// An actor code, and when it holds.
#[derive(Default)]
struct Code {
    code: String,
    since: Option<Date>,
    until: Option<Date>,
}

fn read(run: &mut Run<'_>) -> Result<(), Error> {
    let mut entities = Entities::new(run, "petrarch:");
    for input in run.inputs(|name| name.ends_with(".txt"))? {
        let mut lines = input.lines()?;
        let mut entry = Entry::default();
        while let Some((at, line)) = lines.next(run)? {
            let line = line.split('#').next().unwrap_or_default();
            let (names, codes) = match line.find('[') {
                Some(start) => line.split_at(start),
                None => (line, ""),
            };
            let (names, codes) = (names.trim().to_owned(), codes.trim().to_owned());
            if names.is_empty() && codes.is_empty() {
                entry.closed |= !entry.codes.is_empty();
                continue;
            }
            if let Some(synonyms) = names.strip_prefix('+') {
                if entry.names.is_empty() || entry.closed {
                    run.problem(at, format!("`{names}` is a synonym of nothing; taken as a name"))?;
                    keep(run, &mut entities, std::mem::take(&mut entry))?;
                    entry.at = at;
                }
                add_names(run, at, synonyms, &mut entry)?;
            } else if !names.is_empty() {
                keep(run, &mut entities, std::mem::take(&mut entry))?;
                entry.at = at;
                add_names(run, at, &names, &mut entry)?;
            }
            for code in codes.split('[').filter(|code| !code.trim().is_empty()) {
                let code = parse_code(run, at, code)?;
                entry.codes.push(code);
            }
        }
        keep(run, &mut entities, entry)?;
    }
    Ok(())
}

/// The names of a line: one, or several that a plus joins by mistake.
fn add_names(run: &mut Run<'_>, at: At, text: &str, entry: &mut Entry) -> Result<(), Error> {
    for (index, part) in text.split('+').enumerate() {
        let name = part.replace('_', " ");
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        if index > 0 {
            run.problem(at, format!("`{text}` joins names by `+`; taken apart"))?;
        }
        if name.contains([';', '&', '<', '>']) {
            run.problem(at, format!("`{name}` holds what is left of a web page; left out"))?;
        } else if !name.chars().any(char::is_alphabetic) {
            run.problem(at, format!("`{name}` holds no letter; left out"))?;
        } else if name.matches('(').count() == name.matches(')').count() {
            entry.names.push((at, name));
        } else {
            let head = name.split('(').next().unwrap_or_default().trim();
            run.problem(
                at,
                format!("`{name}` has a parenthesis without the other; cut to `{head}`"),
            )?;
            entry.names.push((at, head.to_owned()));
        }
    }
    Ok(())
}

/// `PSEREBHMS 19870101-20040322]`, `KHMREB <19750417]`, `SYRGOV >20000717]`.
fn parse_code(run: &mut Run<'_>, at: At, text: &str) -> Result<Code, Error> {
    let Some((text, _)) = text.split_once(']') else {
        run.problem(at, format!("`[{text}` has no closing bracket"))?;
        return Ok(Code { code: text.trim().to_owned(), ..Code::default() });
    };
    let text = text.trim();
    let (mut code, mut dates) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    // The date may stand first.
    if code.starts_with(|char: char| "<>".contains(char) || char.is_ascii_digit()) {
        (code, dates) = (dates, code);
    }
    let (code, dates) = (code.trim().to_owned(), dates.trim());
    let (since, until) = match (dates.strip_prefix('<'), dates.strip_prefix('>')) {
        _ if dates.is_empty() => return Ok(Code { code, ..Code::default() }),
        (Some(end), _) => ("", end),
        (_, Some(start)) => (start, ""),
        _ => dates.split_once('-').unwrap_or((dates, "")),
    };
    let (since_day, until_day) = (day(since), day(until));
    if (since_day.is_none() && !since.is_empty()) || (until_day.is_none() && !until.is_empty()) {
        run.problem(at, format!("`{dates}` are no dates such as 19870101-20040322"))?;
    }
    Ok(Code { code, since: since_day, until: until_day })
}

/// A day as `YYYYMMDD`, or as `YYMMDD` of the last century.
fn day(text: &str) -> Option<Date> {
    let text = text.trim();
    let text = if text.len() == 6 { format!("19{text}") } else { text.to_owned() };
    let (year, month, day) = (text.get(..4)?, text.get(4..6)?, text.get(6..)?);
    Date::parse(&format!("{year}-{month}-{day}"))
}

fn keep(run: &mut Run<'_>, entities: &mut Entities, entry: Entry) -> Result<(), Error> {
    let Some((_, first)) = entry.names.first() else { return Ok(()) };
    if entry.codes.is_empty() {
        run.problem(entry.at, format!("`{first}` has no code"))?;
    }
    let canonical = match split_acronym(first) {
        Some((head, _)) => recase(head),
        None => recase(first),
    };
    let dated = !entry.codes.is_empty()
        && entry.codes.iter().all(|code| code.since.is_some() || code.until.is_some());
    let since = entry.codes.iter().map(|code| code.since).min().flatten().filter(|_| dated);
    let open = entry.codes.iter().any(|code| code.until.is_none());
    let until = entry.codes.iter().filter_map(|code| code.until).max().filter(|_| dated && !open);
    let mut forms = vec![Form::canonical(canonical.clone(), "")];
    for (_, name) in &entry.names {
        match split_acronym(name) {
            Some((head, acronym)) => {
                forms.push(Form::variant(recase(head), ""));
                forms.push(Form::new(acronym, "", Role::Abbreviation));
            }
            None => forms.push(Form::variant(recase(name), "")),
        }
    }
    for form in &mut forms {
        (form.since, form.until) = (since, until);
    }
    let codes: Vec<&str> = entry.codes.iter().map(|code| code.code.as_str()).collect();
    let mut facts = Record::default();
    facts.kind = codes.first().and_then(|code| kind_of(code)).or(run.options.kind);
    facts.kind = facts.kind.or(Some(Kind::Organization));
    let country = codes.first().and_then(|code| countries::from_code(code.get(..3)?));
    facts.country = country.unwrap_or_default();
    if !codes.is_empty() {
        facts.attributes.push(("cameo".to_owned(), codes.join(" ")));
    }
    entities.add_with(run, entry.at, &canonical, forms, facts)
}

/// What the roles in a code, three letters each, say of the actor.
fn kind_of(code: &str) -> Option<Kind> {
    let roles: Vec<&str> =
        (0..code.len()).step_by(3).filter_map(|at| code.get(at..at + 3)).collect();
    let has = |wanted: &[&str]| roles.iter().any(|role| wanted.contains(role));
    match roles.as_slice() {
        [country] if countries::from_code(country).is_some() => Some(Kind::Country),
        ["IGO", ..] => Some(Kind::Igo),
        _ if has(&["REB", "UAF", "INS", "SEP", "RAD", "MIL", "IMG"]) => Some(Kind::ArmedGroup),
        _ if has(&["PTY"]) => Some(Kind::Party),
        _ => None,
    }
}
