//! What the documents name: counted while they pass, written as a table at the end.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::io::{self, Write};

use crate::gazetteer::EntityKey;
use crate::record::Kind;
use crate::resolve::Resolved;
use crate::tag::{Level, Tagger};

use super::escape::{Count, Counted, Label};

/// Chips shown at once; the others are in the details.
const CHIPS: usize = 12;
/// Different reasons kept for one surface form; further ones are counted.
const REASONS: usize = 3;
/// Other entities that are named for one surface form.
const OTHERS: usize = 3;

/// Every entity met, accepted or not.
pub(super) struct Entities<'p, 'g> {
    pub(super) tagger: &'p Tagger<'g>,
    /// Language of display.
    names: String,
    all: HashMap<EntityKey, Seen>,
    forms: usize,
}

/// One entity and how it was named.
pub(super) struct Seen {
    pub(super) key: EntityKey,
    /// From 1, in the order of the text: its row is `#e1`.
    pub(super) number: usize,
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Kind and country in words.
    pub(super) what: String,
    /// Accepted mentions; zero for an entity met only in rejected ones.
    pub(super) mentions: u64,
    documents: u64,
    /// The last document that names it.
    last: u64,
    forms: BTreeMap<String, Form>,
}

/// One surface form of an entity in the documents.
#[derive(Default)]
struct Form {
    /// Its first mention stands at `#f1`.
    number: usize,
    count: u64,
    demonym: bool,
    how: How,
}

/// How a form came to mean its entity; forms with the same story are shown together.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
struct How {
    levels: Vec<Level>,
    reasons: Vec<String>,
    /// Mentions for reasons beyond those kept.
    further: u64,
    /// Other entities with this name, the most important first.
    others: Vec<EntityKey>,
    more_others: usize,
}

impl<'p, 'g> Entities<'p, 'g> {
    pub(super) fn new(tagger: &'p Tagger<'g>, names: &str) -> Self {
        Self { tagger, names: names.to_owned(), all: HashMap::new(), forms: 0 }
    }

    /// The entity, described and numbered when it is first met.
    pub(super) fn get(&mut self, key: EntityKey) -> &mut Seen {
        let number = self.all.len() + 1;
        let (tagger, names) = (self.tagger, &self.names);
        self.all.entry(key).or_insert_with(|| Seen {
            key,
            number,
            name: tagger.entity(key).canonical_name(names),
            kind: tagger.entity(key).kind(),
            what: what(tagger, key, names),
            mentions: 0,
            documents: 0,
            last: 0,
            forms: BTreeMap::new(),
        })
    }

    /// The entity's name in the page's language.
    pub(super) fn name(&self, key: EntityKey) -> String {
        self.tagger.entity(key).canonical_name(&self.names)
    }

    /// Counts a mention in document number `document`; the number of its form if it is the first.
    pub(super) fn count(
        &mut self,
        document: u64,
        text: &str,
        mention: &Resolved,
        reasons: &[String],
    ) -> Option<usize> {
        let surface = text.get(mention.span().range()).unwrap_or_default();
        let surface = surface.split_whitespace().collect::<Vec<_>>().join(" ");
        let next = self.forms + 1;
        let level = self.tagger.level(text, &mention.mention, Some(mention.entity));
        let seen = self.get(mention.entity);
        seen.mentions += 1;
        seen.documents += u64::from(seen.last != document);
        seen.last = document;
        let form = seen.forms.entry(surface).or_default();
        form.count += 1;
        form.demonym |= mention.demonym;
        form.how.add(mention, level, reasons);
        if form.count > 1 {
            return None;
        }
        form.number = next;
        self.forms = next;
        Some(next)
    }

    /// Entities with accepted mentions, those with most first.
    pub(super) fn ranked(&self) -> Vec<&Seen> {
        let mut ranked: Vec<_> = self.all.values().filter(|seen| seen.mentions > 0).collect();
        ranked.sort_by_key(|seen| (Reverse(seen.mentions), seen.number));
        ranked
    }
}

/// Kind and country in words.
fn what(tagger: &Tagger<'_>, key: EntityKey, names: &str) -> String {
    let entity = tagger.entity(key);
    let kind = match entity.kind() {
        Kind::Other => "place".to_owned(),
        Kind::Igo => "IGO".to_owned(),
        kind => kind.name().replace('_', " "),
    };
    if entity.kind() == Kind::Country {
        return kind;
    }
    let Some(code) = entity.country() else { return kind };
    let country = tagger.layers().find(&format!("iso:{code}"));
    let country = country.map_or(code, |key| tagger.entity(key).canonical_name(names));
    format!("{kind}, {country}")
}

impl How {
    fn add(&mut self, mention: &Resolved, level: Level, reasons: &[String]) {
        if !self.levels.contains(&level) {
            self.levels.push(level);
        }
        for reason in reasons {
            if self.reasons.contains(reason) {
                continue;
            }
            if self.reasons.len() < REASONS {
                self.reasons.push(reason.clone());
            } else {
                self.further += 1;
            }
        }
        if self.others.is_empty() && mention.mention.candidates.len() > 1 {
            for candidate in &mention.mention.candidates {
                let other = candidate.entity;
                if other == mention.entity || candidate.is_decoy() || self.others.contains(&other) {
                    continue;
                }
                if self.others.len() < OTHERS {
                    self.others.push(other);
                } else {
                    self.more_others += 1;
                }
            }
        }
    }
}

impl Seen {
    pub(super) fn class(&self) -> &'static str {
        self.kind.entity_type().name()
    }

    fn forms(&self) -> Vec<(&str, &Form)> {
        let mut forms: Vec<_> =
            self.forms.iter().map(|(surface, form)| (surface.as_str(), form)).collect();
        forms.sort_by_key(|(_, form)| Reverse(form.count));
        forms
    }
}

/// Name and kind, for an attribute.
impl fmt::Display for Seen {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "\u{2068}{}\u{2069}: {}", Label(&self.name), Label(&self.what))
    }
}

/// The table of entities, the one with most mentions first.
pub(super) fn write_table(
    out: &mut Vec<u8>,
    entities: &Entities<'_, '_>,
    ranked: &[&Seen],
) -> io::Result<()> {
    writeln!(out, "<section id=\"entities\" aria-labelledby=\"entities-title\">")?;
    writeln!(out, "<h2 id=\"entities-title\">Entities</h2>")?;
    if ranked.is_empty() {
        return writeln!(out, "<p class=\"empty\">No listed name was accepted.</p>\n</section>");
    }
    writeln!(
        out,
        "<table>\n<thead><tr><th scope=\"col\">Name</th><th scope=\"col\">Mentions</th>\
         <th scope=\"col\">Documents</th></tr></thead>\n<tbody>"
    )?;
    for seen in ranked {
        write_row(out, entities, seen)?;
    }
    writeln!(out, "</tbody>\n</table>\n</section>")
}

fn write_row(out: &mut Vec<u8>, entities: &Entities<'_, '_>, seen: &Seen) -> io::Result<()> {
    let entity = entities.tagger.entity(seen.key);
    let forms = seen.forms();
    let number = seen.number;
    let country = entity.country().unwrap_or_default();
    writeln!(out, "<tr id=\"e{number}\" class=\"{}\">\n<th scope=\"row\">", seen.class())?;
    write!(out, "<p class=\"name\"><bdi>{}</bdi> ", Label(&seen.name))?;
    write!(out, "<span class=\"what\" title=\"{}\">", Label(&country))?;
    writeln!(out, "{}</span></p>", Label(&seen.what))?;
    write!(out, "<p class=\"forms\">")?;
    for (surface, form) in forms.iter().take(CHIPS) {
        let class = if form.demonym { " class=\"demonym\"" } else { "" };
        write!(out, "<a href=\"#f{}\"{class}><bdi>{}</bdi>", form.number, Label(surface))?;
        writeln!(out, " <b>{}</b></a>", Count(form.count))?;
    }
    if forms.len() > CHIPS {
        writeln!(out, "<span>and {} more</span>", Count((forms.len() - CHIPS) as u64))?;
    }
    let id = entity.id();
    writeln!(
        out,
        "</p>\n<details><summary><code>{}</code><span> · why</span></summary>",
        Label(&id)
    )?;
    write_ids(out, std::iter::once(id).filter(|id| address(id).is_some()).chain(entity.ids()))?;
    write_reasons(out, entities, &forms)?;
    writeln!(out, "</details>\n</th>")?;
    writeln!(out, "<td>{}</td><td>{}</td>\n</tr>", Count(seen.mentions), Count(seen.documents))
}

fn write_ids(out: &mut Vec<u8>, ids: impl Iterator<Item = String>) -> io::Result<()> {
    let mut ids = ids.peekable();
    if ids.peek().is_none() {
        return Ok(());
    }
    write!(out, "<p class=\"ids\">")?;
    for id in ids {
        let shown = Label(&id);
        match address(&id) {
            Some(address) => {
                let rel = "external noopener noreferrer";
                write!(out, "<a href=\"{address}\" rel=\"{rel}\">{shown}</a> ")?;
            }
            None => write!(out, "<code>{shown}</code> ")?,
        }
    }
    writeln!(out, "</p>")
}

/// The page about an external id, for those id spaces that have one. Nothing of a list gets into an
/// address but digits.
fn address(curie: &str) -> Option<String> {
    let (space, id) = curie.split_once(':')?;
    let (letter, digits) = match space {
        "wikidata" => ("Q", id.strip_prefix('Q')?),
        "geonames" => ("", id),
        _ => return None,
    };
    if digits.is_empty() || digits.len() > 12 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let site = if letter.is_empty() { "www.geonames.org" } else { "www.wikidata.org/wiki" };
    Some(format!("https://{site}/{letter}{digits}"))
}

/// Why each form means the entity; forms with the same reasons together.
fn write_reasons(
    out: &mut Vec<u8>,
    entities: &Entities<'_, '_>,
    forms: &[(&str, &Form)],
) -> io::Result<()> {
    let mut stories: Vec<(&How, Vec<(&str, &Form)>)> = Vec::new();
    let mut numbers: HashMap<&How, usize> = HashMap::new();
    for &(surface, form) in forms {
        let number = *numbers.entry(&form.how).or_insert(stories.len());
        match stories.get_mut(number) {
            Some((_, forms)) => forms.push((surface, form)),
            None => stories.push((&form.how, vec![(surface, form)])),
        }
    }
    writeln!(out, "<ul class=\"why\">")?;
    for (how, forms) in stories {
        write!(out, "<li>")?;
        for (index, (surface, form)) in forms.into_iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            let (number, surface) = (form.number, Label(surface));
            write!(out, "{comma}<a href=\"#f{number}\"><bdi>{surface}</bdi></a>")?;
        }
        for (index, level) in how.levels.iter().enumerate() {
            let before = if index == 0 { ": " } else { ", " };
            write!(out, "{before}<i title=\"{}\">{}</i>", level_text(*level), level.name())?;
        }
        for reason in &how.reasons {
            write!(out, "; {}", Label(reason))?;
        }
        if how.further > 0 {
            write!(out, "; {} for similar reasons", Counted(how.further, "mention", "mentions"))?;
        }
        for (index, &other) in how.others.iter().enumerate() {
            let before = if index == 0 { ". Also a name of " } else { "; " };
            let (name, what) =
                (entities.name(other), what(entities.tagger, other, &entities.names));
            write!(out, "{before}<bdi>{}</bdi> ({})", Label(&name), Label(&what))?;
        }
        if how.more_others > 0 {
            write!(out, " and {} more", how.more_others)?;
        }
        writeln!(out, "</li>")?;
    }
    writeln!(out, "</ul>")
}

/// What a level means, for those who meet the word here first.
const fn level_text(level: Level) -> &'static str {
    match level {
        Level::Exact => "the same characters as the listed name",
        Level::Folded => {
            "case, accents, punctuation or letter variants differ from the listed name"
        }
        Level::Clitic => "written together with a particle, which is not part of the name",
        Level::Shape => "a form made from the listed name",
        Level::Romanized => "the same sound in another script",
        Level::Fuzzy => "a similar spelling",
    }
}
