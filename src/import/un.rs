//! The consolidated list of the United Nations Security Council, as XML.
//!
//! Read entity by entity; persons are left out. Aliases of low quality are weak, former names are
//! historic. The country is that of the first address.

use std::collections::HashMap;
use std::io::{self, BufRead, Read};

use quick_xml::events::Event;

use super::ImportSource;
use super::countries;
use super::files::{At, Reader};
use super::names::{recase, split_acronym};
use super::run::{Form, Run};
use crate::error::Error;
use crate::record::{Kind, Record, Role};

pub(super) const SOURCE: ImportSource = ImportSource {
    name: "un",
    about: "United Nations Security Council: consolidated list (xml)",
    title: "UN",
    licence: "",
    attribution: "United Nations Security Council Consolidated List",
    attributes: &["list"],
    read,
};

/// What an `ENTITY` holds, element by element.
#[derive(Default)]
struct Listed {
    at: At,
    reference: String,
    name: String,
    original: String,
    list: String,
    country: String,
    aliases: Vec<(String, String)>,
    quality: String,
}

fn read(run: &mut Run<'_>) -> Result<(), Error> {
    let mut known = HashMap::new();
    for input in run.inputs(|name| name.ends_with(".xml"))? {
        let reader = Counted { inner: input.open()?, line: 1 };
        let mut xml = quick_xml::Reader::from_reader(reader);
        xml.config_mut().check_end_names = false;
        let mut bytes = Vec::new();
        let mut path: Vec<String> = Vec::new();
        let mut text = String::new();
        let mut listed: Option<Listed> = None;
        loop {
            bytes.clear();
            let at = At { line: xml.get_ref().line, ..input.at() };
            let event = match xml.read_event_into(&mut bytes) {
                Ok(event) => event,
                Err(quick_xml::Error::Io(error)) => {
                    return Err(io::Error::new(error.kind(), error.to_string()).into());
                }
                Err(error) => {
                    // What follows a fault in the form cannot be told apart.
                    run.problem(at, format!("the rest is not read: {error}"))?;
                    break;
                }
            };
            match event {
                Event::Start(start) => {
                    let name = start.name();
                    path.push(name.as_ref().to_owned());
                    text.clear();
                    match name.as_ref() {
                        "ENTITY" => listed = Some(Listed { at, ..Listed::default() }),
                        "INDIVIDUAL" => run.left_out("persons"),
                        _ => {}
                    }
                }
                Event::Text(part) => text.push_str(&part.xml10_content()),
                Event::CData(part) => text.push_str(&part.xml10_content()),
                Event::GeneralRef(entity) => push_reference(&mut text, &entity),
                Event::End(end) => {
                    path.pop();
                    if end.name().as_ref() == "ENTITY" {
                        run.read();
                        if let Some(listed) = listed.take() {
                            keep(run, listed, &mut known)?;
                        }
                    } else if let Some(listed) = &mut listed {
                        let parent = path.last().map_or("", String::as_str);
                        listed.take(parent, end.name().as_ref(), text.trim());
                    }
                    text.clear();
                }
                Event::Eof => break,
                _ => {}
            }
        }
    }
    Ok(())
}

/// `&amp;`, `&#233;`; what is unknown stays as it is written.
fn push_reference(text: &mut String, entity: &quick_xml::events::BytesRef<'_>) {
    if let Ok(Some(char)) = entity.resolve_char_ref() {
        text.push(char);
        return;
    }
    let name = entity.xml10_content();
    match quick_xml::escape::resolve_predefined_entity(&name) {
        Some(resolved) => text.push_str(resolved),
        None => text.push_str(&format!("&{name};")),
    }
}

impl Listed {
    fn take(&mut self, parent: &str, element: &str, text: &str) {
        match (parent, element) {
            ("ENTITY", "REFERENCE_NUMBER") => self.reference = text.to_owned(),
            ("ENTITY", "FIRST_NAME") => self.name = text.to_owned(),
            ("ENTITY", "NAME_ORIGINAL_SCRIPT") => self.original = text.to_owned(),
            ("ENTITY", "UN_LIST_TYPE") => self.list = text.to_owned(),
            ("ENTITY_ALIAS", "QUALITY") => self.quality = text.to_owned(),
            ("ENTITY_ALIAS", "ALIAS_NAME") => {
                self.aliases.push((std::mem::take(&mut self.quality), text.to_owned()));
            }
            // One without a name leaves none to the next.
            ("ENTITY", "ENTITY_ALIAS") => self.quality.clear(),
            ("ENTITY_ADDRESS", "COUNTRY") if self.country.is_empty() => {
                self.country = text.to_owned();
            }
            _ => {}
        }
    }
}

fn keep(
    run: &mut Run<'_>,
    listed: Listed,
    known: &mut HashMap<String, Option<String>>,
) -> Result<(), Error> {
    let reference: String = listed.reference.split_whitespace().collect();
    if reference.is_empty() || listed.name.is_empty() {
        return run.problem(listed.at, "an entity without reference number or name");
    }
    let mut facts = Record::new(format!("un:{reference}"), "");
    facts.kind = run.options.kind.or(Some(Kind::Organization));
    if !listed.country.is_empty() {
        let name = listed.country;
        let code = known.entry(name).or_insert_with_key(|name| countries::from_name(name));
        facts.country = code.clone().unwrap_or_default();
    }
    facts.attributes.push(("list".to_owned(), listed.list));
    let mut forms = Vec::new();
    push_forms(&mut forms, &listed.name, Role::Canonical, false);
    // Other spellings may follow in parentheses.
    let (original, others) = listed.original.split_once(" (").unwrap_or((&listed.original, ""));
    forms.push(Form::variant(original, ""));
    forms.extend(others.trim_end_matches(')').split(';').map(|name| Form::variant(name, "")));
    for (quality, alias) in &listed.aliases {
        let former = quality.starts_with("f.k.a");
        let role = if former { Role::Historic } else { Role::Variant };
        push_forms(&mut forms, alias, role, quality.eq_ignore_ascii_case("low"));
    }
    run.entity(listed.at, facts, forms).map(|_| ())
}

fn push_forms(forms: &mut Vec<Form>, name: &str, role: Role, weak: bool) {
    let mut push = |form: Form| forms.push(if weak { form.weak() } else { form });
    match split_acronym(name) {
        Some((head, acronym)) => {
            push(Form::new(recase(head), "", role));
            push(Form::new(acronym, "", Role::Abbreviation));
        }
        None => push(Form::new(recase(name), "", role)),
    }
}

/// A reader that counts lines.
struct Counted {
    inner: Reader,
    line: u64,
}

impl Read for Counted {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.len().min(bytes.len());
        let read = self.inner.fill_buf()?.take(length as u64).read(bytes)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Counted {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, length: usize) {
        if let Ok(bytes) = self.inner.fill_buf() {
            let read = bytes.get(..length).unwrap_or_default();
            self.line += read.iter().filter(|&&byte| byte == b'\n').count() as u64;
        }
        self.inner.consume(length);
    }
}
