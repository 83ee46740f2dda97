//! Wikidata's JSON dump: one entity a line, in an array of which nothing is held in memory.
//!
//! If classes are asked for, their items are kept, and no others. Classes are those that the item
//! states: a stream knows nothing of what is a subclass of what. Without them, what an item itself
//! shows decides: a code of ISO 3166-1 makes a country; a class in `data/wikidata-classes.txt` says a
//! kind; something on Earth with inhabitants or an id of GeoNames is a place of unstated kind. The
//! classes of these are counted, so that the user can be told which to state. Labels become display forms, aliases variants; official, native and short
//! names and demonyms are statements. Deprecated statements do not count.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::ImportSource;
use super::countries;
use super::files::At;
use super::run::{Bits, Form, Kept, Run};
use crate::error::Error;
use crate::record::{EntityType, Kind, Record, Role};

pub(super) const SOURCE: ImportSource = ImportSource {
    name: "wikidata",
    about: "Wikidata: the JSON dump (gz, zst), or any of its lines",
    title: "Wikidata",
    licence: "CC0-1.0",
    attribution: "Items, names and statements from Wikidata; https://www.wikidata.org",
    attributes: &[],
    read,
};

/// Classes and the kinds they stand for.
const CLASSES: &str = include_str!("../data/wikidata-classes.txt");

/// The kind of the items of a class, if it is a known one.
pub(super) fn kind_of(class: &str) -> Option<Kind> {
    let mut lines = CLASSES.lines().filter_map(|line| line.split_once(' '));
    let kind = lines.find(|(item, _)| *item == class).map(|(_, rest)| rest)?;
    Kind::parse(kind.split(' ').next().unwrap_or_default())
}

/// A term in a language.
#[derive(Deserialize)]
struct Term<'a> {
    #[serde(borrow)]
    value: Cow<'a, str>,
}

/// A map, or the empty list that stands for an empty map.
struct Entries<T>(Vec<(String, T)>);

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(EntriesVisitor(std::marker::PhantomData))
    }
}

struct EntriesVisitor<T>(std::marker::PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for EntriesVisitor<T> {
    type Value = Entries<T>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Entries(entries))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Entries::default())
    }
}

/// The statements that are read; others are passed over without being built.
#[derive(Default)]
struct Claims(Vec<(String, Vec<Statement>)>);

const PROPERTIES: &[&str] =
    &["P31", "P17", "P131", "P625", "P1082", "P1566", "P297", "P1448", "P1705", "P1813", "P1549"];

impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct ClaimsVisitor;
        impl<'de> Visitor<'de> for ClaimsVisitor {
            type Value = Claims;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object of statements")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Claims, A::Error> {
                let mut claims = Vec::new();
                while let Some(property) = map.next_key::<Cow<'_, str>>()? {
                    if PROPERTIES.contains(&property.as_ref()) {
                        claims.push((property.into_owned(), map.next_value()?));
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(Claims(claims))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Claims, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Claims::default())
            }
        }
        from.deserialize_any(ClaimsVisitor)
    }
}

#[derive(Deserialize)]
struct Statement {
    mainsnak: Snak,
    #[serde(default)]
    rank: String,
}

#[derive(Deserialize)]
struct Snak {
    datavalue: Option<DataValue>,
}

#[derive(Deserialize)]
struct DataValue {
    value: Value,
}

#[derive(Deserialize)]
struct Item<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(default, borrow)]
    labels: Entries<Term<'a>>,
    #[serde(default, borrow)]
    aliases: Entries<Vec<Term<'a>>>,
    #[serde(default)]
    claims: Claims,
    #[serde(default)]
    sitelinks: Entries<IgnoredAny>,
}

fn read(run: &mut Run<'_>) -> Result<(), Error> {
    let mut listed = Bits::default();
    let inputs =
        run.inputs(|name| [".json", ".jsonl", ".ndjson"].iter().any(|end| name.ends_with(end)))?;
    for input in inputs {
        let mut lines = input.lines()?;
        let mut line_of = String::new();
        while let Some((at, line)) = lines.next(run)? {
            let line = line.trim().trim_end_matches(',');
            if matches!(line, "" | "[" | "]") {
                continue;
            }
            line_of.clear();
            line_of.push_str(line);
            let item: Item<'_> = match serde_json::from_str(&line_of) {
                Ok(item) => item,
                Err(error) => {
                    run.problem(at, format!("no entity of Wikidata: {error}"))?;
                    continue;
                }
            };
            keep(run, at, &item, &mut listed)?;
        }
    }
    Ok(())
}

fn keep(run: &mut Run<'_>, at: At, item: &Item<'_>, listed: &mut Bits) -> Result<(), Error> {
    let Some(number) = item.id.strip_prefix('Q').and_then(|number| number.parse().ok()) else {
        run.left_out("properties and lexemes");
        return Ok(());
    };
    let classes: Vec<&str> = item.claims.of("P31").filter_map(item_id).collect();
    let country = item.claims.of("P297").find_map(Value::as_str).is_some_and(is_country);
    let kind = match run.class(classes.iter().copied(), kind_of) {
        Some(kind) => kind.or_else(|| country.then_some(Kind::Country)),
        None if !run.options.classes.is_empty() => {
            run.left_out("of other classes");
            return Ok(());
        }
        None if country => Some(Kind::Country),
        None if item.is_place() => None,
        None => {
            run.left_out("neither of a known class nor a place with inhabitants or GeoNames id");
            return Ok(());
        }
    };
    if (item.sitelinks.0.len() as u64) < run.options.min_sitelinks {
        run.left_out("with fewer sitelinks");
        return Ok(());
    }
    if !listed.insert(number) {
        run.left_out("listed before");
        return Ok(());
    }
    let is_place = kind.is_none_or(|kind| kind.entity_type() == EntityType::Place);
    let mut facts = Record::new(format!("wikidata:{}", item.id), "");
    facts.kind = kind;
    facts.country = item.country();
    if is_place {
        facts.location = item.claims.of("P625").find_map(on_earth);
        facts.weight = item.claims.of("P1082").filter_map(amount).reduce(f64::max);
        facts.same_as.extend(
            item.claims
                .of("P1566")
                .filter_map(Value::as_str)
                .take(1)
                .map(|id| format!("geonames:{id}")),
        );
    }
    if kind == Some(Kind::Country) {
        let code = item.claims.of("P297").find_map(Value::as_str);
        facts.same_as.extend(code.map(|code| format!("iso:{code}")));
    } else {
        let country = || item.claims.of("P17").find_map(item_id);
        let parent = item.claims.of("P131").find_map(item_id).or_else(country);
        let parent = parent.filter(|parent| *parent != item.id);
        let parent = parent.map(|parent| format!("wikidata:{parent}")).unwrap_or_default();
        // Only what is kept may close a circle.
        if run.wants_country(&facts.country) {
            facts.parent = run.parent(at, &facts.id, &parent)?;
        }
    }
    let forms: Vec<Form> = item.forms();
    let mut named = Vec::with_capacity(forms.len());
    for form in forms {
        // Flags and signs are aliases, too.
        if run.key(&form.name).is_empty() {
            run.left_out("aliases without letter or digit");
        } else {
            named.push(form);
        }
    }
    let kept = run.new_entity(at, facts, named)?;
    if kept == Kept::Yes && kind.or(run.options.kind).is_none() {
        run.without_kind(classes);
    }
    Ok(())
}

fn is_country(code: &str) -> bool {
    countries::from_code(code).as_deref() == Some(code)
}

impl Claims {
    /// The values of a property: those of preferred rank, if there are any, else the others.
    fn of(&self, property: &str) -> impl Iterator<Item = &Value> {
        let statements = self.0.iter().filter(move |(name, _)| name == property);
        let statements: Vec<&Statement> = statements.flat_map(|(_, list)| list).collect();
        let preferred = statements.iter().any(|statement| statement.rank == "preferred");
        let rank = if preferred { "preferred" } else { "normal" };
        statements
            .into_iter()
            .filter(move |statement| {
                statement.rank == rank || (statement.rank.is_empty() && !preferred)
            })
            .filter_map(|statement| statement.mainsnak.datavalue.as_ref())
            .map(|value| &value.value)
    }
}

fn item_id(value: &Value) -> Option<&str> {
    value.get("id").and_then(Value::as_str)
}

fn amount(value: &Value) -> Option<f64> {
    value.get("amount")?.as_str()?.trim_start_matches('+').parse().ok()
}

fn on_earth(value: &Value) -> Option<(f64, f64)> {
    let globe = value.get("globe").and_then(Value::as_str).unwrap_or_default();
    if !(globe.is_empty() || globe.ends_with("/Q2")) {
        return None;
    }
    Some((value.get("latitude")?.as_f64()?, value.get("longitude")?.as_f64()?))
}

impl Item<'_> {
    /// True for what lies on Earth and has inhabitants or an id of GeoNames.
    fn is_place(&self) -> bool {
        self.claims.of("P625").any(|value| on_earth(value).is_some())
            && ["P1082", "P1566"].iter().any(|property| self.claims.of(property).next().is_some())
    }

    /// The code of the only country that the item is in.
    fn country(&self) -> String {
        if let Some(code) = self.claims.of("P297").find_map(Value::as_str) {
            return code.to_owned();
        }
        let mut items: Vec<&str> = self.claims.of("P17").filter_map(item_id).collect();
        items.dedup();
        match items.as_slice() {
            [item] => countries::from_id(&format!("wikidata:{item}")).unwrap_or_default(),
            _ => String::new(),
        }
    }

    /// The names, English and language-independent labels first.
    fn forms(&self) -> Vec<Form> {
        let label = |lang: &str| {
            let found = self.labels.0.iter().find(|(tag, _)| tag == lang);
            found.map(|(_, term)| term.value.as_ref())
        };
        let mut forms = Vec::new();
        let first = ["en", "mul"].iter().filter_map(|&lang| Some((lang, label(lang)?)));
        let rest = self.labels.0.iter().filter(|(tag, _)| tag != "en" && tag != "mul");
        let rest = rest.map(|(tag, term)| (tag.as_str(), term.value.as_ref()));
        for (tag, name) in first.chain(rest) {
            // `en-gb` has most often what `en` has.
            let primary = tag.split('-').next().unwrap_or_default();
            if primary == tag || label(primary) != Some(name) {
                forms.push(Form::canonical(name, lang_of(tag)));
            }
        }
        for (property, role) in [
            ("P1448", Role::Variant),
            ("P1705", Role::Variant),
            ("P1813", Role::Short),
            ("P1549", Role::Demonym),
        ] {
            for value in self.claims.of(property) {
                let text = |field| value.get(field).and_then(Value::as_str);
                if let (Some(name), Some(tag)) = (text("text"), text("language")) {
                    forms.push(Form::new(name, lang_of(tag), role));
                }
            }
        }
        for (tag, aliases) in &self.aliases.0 {
            forms.extend(
                aliases.iter().map(|alias| Form::variant(alias.value.as_ref(), lang_of(tag))),
            );
        }
        forms
    }
}

/// The tag of a language in the contract for that of Wikidata.
fn lang_of(tag: &str) -> &str {
    match tag {
        "simple" => "en",
        "mul" => "",
        "be-x-old" => "be-tarask",
        "zh-classical" => "lzh",
        "zh-min-nan" => "nan",
        "zh-yue" => "yue",
        tag => tag,
    }
}
