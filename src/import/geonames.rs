//! GeoNames: `allCountries`, `cities*`, extracts of countries, `alternateNamesV2`, `admin1CodesASCII`,
//! `admin2Codes`, `countryInfo`; each told by its columns, plain or packed, in any order.
//!
//! Tab-separated, no quotes, no header. Codes of administrative units become parents; units and
//! countries that no table of places lists become entities of their own. With alternate names, which
//! have languages, the list of names without languages in the table of places is not read. Left out
//! are postal, airport and UN/LOCODE codes, links, and romanizations made by machine.

use std::collections::HashMap;

use super::ImportSource;
use super::files::{At, Input, Lines};
use super::run::{Bits, Form, Kept, Run};
use crate::error::Error;
use crate::record::{Date, Kind, Record, Role};

pub(super) const SOURCE: ImportSource = ImportSource {
    name: "geonames",
    about: "GeoNames: allCountries, cities*, country extracts, alternateNamesV2, admin1CodesASCII, admin2Codes, countryInfo (txt or zip); stdin is a table of places",
    title: "GeoNames",
    licence: "CC-BY-4.0",
    attribution: "Places and names from GeoNames; https://www.geonames.org",
    attributes: &[],
    read,
};

/// What is imported unless the options say otherwise: administrative units, settlements, and the
/// large of the rest.
const FEATURES: &[&str] = &[
    "A", "P", "L.CONT", "L.RGN", "H.OCN", "H.SEA", "H.GULF", "H.STRT", "T.ISL", "T.ISLS", "T.MTS",
    "T.DSRT", "T.PEN",
];

/// Kinds of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Table {
    Places,
    AlternateNames,
    Admin1,
    Admin2,
    Countries,
}

/// An administrative unit of the tables of codes.
struct Unit {
    id: u32,
    name: String,
    at: At,
}

struct Country {
    unit: Unit,
    population: Option<f64>,
}

#[derive(Default)]
struct Tables {
    countries: HashMap<String, Country>,
    country_ids: HashMap<u32, String>,
    admin1: HashMap<String, Unit>,
    admin1_ids: Bits,
    admin2: HashMap<String, Unit>,
    admin2_ids: Bits,
    wikidata: HashMap<u32, u32>,
    has_alternates: bool,
    listed: Bits,
}

fn read(run: &mut Run<'_>) -> Result<(), Error> {
    let features = features(run)?;
    let inputs = run.inputs(|name| {
        name.ends_with(".txt")
            && !name.starts_with("readme")
            && !name.starts_with("iso-languagecodes")
    })?;
    let mut tables = Tables::default();
    let mut kinds = Vec::new();
    for input in &inputs {
        kinds.push(if input.is_stdin() { Some(Table::Places) } else { tell_table(run, input)? });
    }
    let of = |table: Table| {
        inputs
            .iter()
            .zip(&kinds)
            .filter(move |(_, kind)| **kind == Some(table))
            .map(|(input, _)| input)
    };
    for input in of(Table::Countries) {
        read_countries(run, &mut input.lines()?, &mut tables)?;
    }
    for input in of(Table::Admin1) {
        read_units(run, &mut input.lines()?, &mut tables.admin1, &mut tables.admin1_ids)?;
    }
    for input in of(Table::Admin2) {
        read_units(run, &mut input.lines()?, &mut tables.admin2, &mut tables.admin2_ids)?;
    }
    for input in of(Table::AlternateNames) {
        tables.has_alternates = true;
        read_items(run, &mut input.peek()?, &mut tables)?;
    }
    for input in of(Table::Places) {
        read_places(run, &mut input.lines()?, &features, &mut tables)?;
    }
    keep_units(run, &mut tables)?;
    let mut displayed = Displayed::default();
    for input in of(Table::AlternateNames) {
        read_names(run, &mut input.lines()?, &tables, &mut displayed)?;
    }
    Ok(())
}

/// The features asked for.
fn features(run: &Run<'_>) -> Result<Vec<String>, Error> {
    let asked = &run.options.features;
    if asked.is_empty() {
        return Ok(FEATURES.iter().map(|&feature| feature.to_owned()).collect());
    }
    for feature in asked {
        let class = feature.split('.').next().unwrap_or_default();
        if feature != "all" && !(class.len() == 1 && "AHLPRSTUV".contains(class)) {
            let reason = format!(
                "`{feature}` is no feature of GeoNames; say a class such as P, a code such as H.LK, or all"
            );
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, reason).into());
        }
    }
    Ok(asked.clone())
}

/// Which table the file is, by its first lines; a file that is none is told.
fn tell_table(run: &mut Run<'_>, input: &Input) -> Result<Option<Table>, Error> {
    let mut lines = input.peek()?;
    for _ in 0..200 {
        let Some((_, line)) = lines.next(run)? else { break };
        if line.starts_with("#ISO\t") {
            return Ok(Some(Table::Countries));
        }
        if line.starts_with('#') {
            continue;
        }
        let cells: Vec<&str> = line.split('\t').collect();
        let cell = |index: usize| cells.get(index).copied().unwrap_or_default();
        let number = |index: usize| cell(index).parse::<u32>().is_ok();
        let table = match cells.len() {
            19 if number(0) => Table::Places,
            19 if cell(0).len() == 2 => Table::Countries,
            4 if !number(0) && number(3) => match cell(0).matches('.').count() {
                1 => Table::Admin1,
                2 => Table::Admin2,
                _ => continue,
            },
            4..=10 if number(0) && number(1) => Table::AlternateNames,
            _ => continue,
        };
        return Ok(Some(table));
    }
    run.problem(input.at(), "no table of GeoNames that is imported; left out")?;
    Ok(None)
}

fn read_countries(run: &mut Run<'_>, lines: &mut Lines, tables: &mut Tables) -> Result<(), Error> {
    while let Some((at, line)) = lines.next(run)? {
        if line.starts_with('#') || line.is_empty() {
            continue;
        }
        let cells: Vec<&str> = line.split('\t').collect();
        let cell = |index: usize| cells.get(index).copied().unwrap_or_default().trim();
        let (code, id) = (cell(0).to_owned(), cell(16).parse::<u32>());
        let Ok(id) = id.map_err(|_| ()) else {
            // Former countries have no number.
            run.problem(at, format!("country `{code}` has no number of GeoNames; left out"))?;
            continue;
        };
        let population = cell(7).parse().ok().filter(|people| *people > 0.0);
        let unit = Unit { id, name: cell(4).to_owned(), at };
        tables.country_ids.insert(id, code.clone());
        tables.countries.insert(code, Country { unit, population });
    }
    Ok(())
}

fn read_units(
    run: &mut Run<'_>,
    lines: &mut Lines,
    units: &mut HashMap<String, Unit>,
    ids: &mut Bits,
) -> Result<(), Error> {
    while let Some((at, line)) = lines.next(run)? {
        let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
        let &[code, name, _, id] = cells.as_slice() else {
            run.problem(at, format!("{} cells, not 4", cells.len()))?;
            continue;
        };
        let Ok(id) = id.parse() else {
            run.problem(at, format!("`{id}` is no number of GeoNames"))?;
            continue;
        };
        ids.insert(id);
        units.insert(code.to_owned(), Unit { id, name: name.to_owned(), at });
    }
    Ok(())
}

/// The items of Wikidata that stand among the alternate names.
fn read_items(run: &mut Run<'_>, lines: &mut Lines, tables: &mut Tables) -> Result<(), Error> {
    while let Some((_, line)) = lines.next(run)? {
        let mut cells = line.split('\t').skip(1);
        let (Some(id), Some("wkdt"), Some(item)) = (cells.next(), cells.next(), cells.next())
        else {
            continue;
        };
        let number = item.trim().strip_prefix('Q').and_then(|number| number.parse().ok());
        if let (Ok(id), Some(number)) = (id.parse(), number) {
            tables.wikidata.entry(id).or_insert(number);
        }
    }
    Ok(())
}

fn read_places(
    run: &mut Run<'_>,
    lines: &mut Lines,
    features: &[String],
    tables: &mut Tables,
) -> Result<(), Error> {
    while let Some((at, line)) = lines.next(run)? {
        let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
        let &[
            number,
            name,
            ascii,
            others,
            lat,
            lon,
            class,
            code,
            country,
            _,
            a1,
            a2,
            _,
            _,
            people,
            ..,
        ] = cells.as_slice()
        else {
            run.problem(at, format!("{} cells, but a place has 19", cells.len()))?;
            continue;
        };
        let Ok(number) = number.parse::<u32>() else {
            run.problem(at, format!("`{number}` is no number of GeoNames"))?;
            continue;
        };
        if !wants(features, class, code) {
            run.left_out("features that were not asked for");
            continue;
        }
        let (Ok(lat), Ok(lon)) = (lat.parse::<f64>(), lon.parse::<f64>()) else {
            run.problem(at, format!("`{lat}`, `{lon}` are no degrees"))?;
            continue;
        };
        if !tables.listed.insert(number) {
            run.left_out("listed before");
            continue;
        }
        let people = people.parse::<f64>().ok().filter(|people| *people > 0.0);
        let kind = kind_of(class, code, people.unwrap_or(0.0));
        if is_lower_unit(code) && people.unwrap_or(0.0) < run.options.min_population {
            run.left_out("of fewer people");
            continue;
        }
        let mut facts = Record::new(id(number), "");
        facts.kind = Some(kind);
        facts.country = country.to_owned();
        facts.parent = tables.parent(number, kind, country, a1, a2);
        facts.location = Some((lat, lon));
        facts.weight = people;
        facts.same_as = tables.same_as(number);
        let mut names = Vec::new();
        if let Some(code) = tables.country_ids.get(&number)
            && let Some(country) = tables.countries.get(code)
        {
            names.push(Form::canonical(&country.unit.name, "en"));
        }
        names.push(Form::canonical(name, ""));
        // The key knows most of it; what it does not fold is worth a name.
        if run.key(ascii) != run.key(name) {
            names.push(Form::variant(ascii, ""));
        }
        if !tables.has_alternates {
            let known = |other: &&str| *other != name && *other != ascii;
            for other in others.split(',').map(str::trim).filter(known) {
                if is_name(other) {
                    names.push(Form::variant(other, ""));
                } else if !other.is_empty() {
                    run.left_out("codes, links and romanizations made by machine");
                }
            }
        }
        if run.new_entity(at, facts, names)? != Kept::Yes {
            tables.listed.remove(number);
        }
    }
    Ok(())
}

fn id(number: u32) -> String {
    format!("geonames:{number}")
}

fn wants(features: &[String], class: &str, code: &str) -> bool {
    features.iter().any(|feature| match feature.split_once('.') {
        Some((asked_class, asked_code)) => asked_class == class && asked_code == code,
        None => feature == class || feature == "all",
    })
}

/// Units of the third level and below, which double the towns that they surround.
fn is_lower_unit(code: &str) -> bool {
    matches!(code, "ADM3" | "ADM4" | "ADM5" | "ADMD" | "ADM3H" | "ADM4H" | "ADM5H" | "ADMDH")
}

fn kind_of(class: &str, code: &str, people: f64) -> Kind {
    match (class, code) {
        ("A", "TERR") => Kind::Country,
        ("A", code) if code.starts_with("PCL") => Kind::Country,
        ("A", "ADM1" | "ADM1H") => Kind::Region,
        ("A", code) if code.starts_with("ADM") || code == "PRSH" => Kind::County,
        ("P", "PPLX") => Kind::Neighbourhood,
        ("P", "PPLC" | "PPLA") => Kind::City,
        ("P", _) if people >= 15_000.0 => Kind::City,
        ("P", _) | ("L", "LCTY") => Kind::Locality,
        ("H", _) | ("U", _) => Kind::Water,
        ("T", code) if code.starts_with("ISL") || code == "ATOL" => Kind::Island,
        ("T", "DSRT" | "ERG") => Kind::Desert,
        ("T", code) if code.starts_with("MT") || code.starts_with("HLL") => Kind::Mountain,
        ("T", "PK" | "PKS" | "PASS" | "VLC" | "RDGE") => Kind::Mountain,
        ("L", "CONT") => Kind::Continent,
        ("L", code) if code.starts_with("RGN") || code == "AREA" => Kind::Region,
        ("S", _) => Kind::Site,
        _ => Kind::Other,
    }
}

/// Not every cell of the list of names is one.
fn is_name(name: &str) -> bool {
    let ascii = name.chars().any(|char| char.is_ascii_alphabetic());
    let airport = name.len() == 3 && name.bytes().all(|byte| byte.is_ascii_uppercase());
    let machine = ascii && !name.chars().any(char::is_uppercase);
    name.chars().any(char::is_alphabetic) && !airport && !machine && !name.contains("://")
}

impl Tables {
    /// The unit that a place lies in: as many levels up as its own makes needed.
    fn parent(&self, number: u32, kind: Kind, country: &str, a1: &str, a2: &str) -> String {
        let is_country = kind == Kind::Country || self.country_ids.contains_key(&number);
        if is_country || kind == Kind::Continent {
            return String::new();
        }
        let is_first = kind == Kind::Region || self.admin1_ids.has(number);
        let is_second = self.admin2_ids.has(number);
        let second = || self.admin2.get(&format!("{country}.{a1}.{a2}")).map(|unit| unit.id);
        let first = || self.admin1.get(&format!("{country}.{a1}")).map(|unit| unit.id);
        let country = || self.countries.get(country).map(|country| country.unit.id);
        let levels: [Option<u32>; 3] = [
            if is_first || is_second || a2.is_empty() { None } else { second() },
            if is_first || a1.is_empty() { None } else { first() },
            country(),
        ];
        let above = levels.into_iter().flatten().find(|&above| above != number);
        above.map(id).unwrap_or_default()
    }

    fn same_as(&self, number: u32) -> Vec<String> {
        let item = self.wikidata.get(&number).map(|item| format!("wikidata:Q{item}"));
        let code = self.country_ids.get(&number).map(|code| format!("iso:{code}"));
        item.into_iter().chain(code).collect()
    }
}

/// Units and countries that no table of places has listed.
fn keep_units(run: &mut Run<'_>, tables: &mut Tables) -> Result<(), Error> {
    let mut rest: Vec<(At, Record, &str)> = Vec::new();
    for (code, country) in &tables.countries {
        let mut facts = Record::new(id(country.unit.id), "");
        facts.kind = Some(Kind::Country);
        facts.country.clone_from(code);
        facts.weight = country.population;
        facts.same_as = tables.same_as(country.unit.id);
        rest.push((country.unit.at, facts, &country.unit.name));
    }
    for (units, kind) in [(&tables.admin1, Kind::Region), (&tables.admin2, Kind::County)] {
        for (code, unit) in units {
            let mut parts = code.split('.');
            let mut part = || parts.next().unwrap_or_default();
            let (country, a1, a2) = (part(), part(), part());
            let mut facts = Record::new(id(unit.id), "");
            facts.kind = Some(kind);
            facts.country = country.to_owned();
            facts.parent = tables.parent(unit.id, kind, country, a1, a2);
            facts.same_as = tables.same_as(unit.id);
            rest.push((unit.at, facts, &unit.name));
        }
    }
    rest.sort_by_key(|(at, ..)| (at.input, at.line));
    for (at, facts, name) in rest {
        let number: u32 =
            facts.id.strip_prefix("geonames:").and_then(|n| n.parse().ok()).unwrap_or(0);
        if !tables.listed.insert(number) {
            continue;
        }
        let lang = if facts.kind == Some(Kind::Country) { "en" } else { "" };
        if run.new_entity(at, facts, [Form::canonical(name, lang)])? != Kept::Yes {
            tables.listed.remove(number);
        }
    }
    Ok(())
}

/// Which entities have a display form in which language.
#[derive(Default)]
struct Displayed {
    langs: HashMap<String, u32>,
    pairs: std::collections::HashSet<(u32, u32)>,
}

impl Displayed {
    /// True once for each entity and language.
    fn is_first(&mut self, number: u32, lang: &str) -> bool {
        let next = self.langs.len() as u32;
        let lang = match self.langs.get(lang) {
            Some(&lang) => lang,
            None => *self.langs.entry(lang.to_owned()).or_insert(next),
        };
        self.pairs.insert((number, lang))
    }
}

fn read_names(
    run: &mut Run<'_>,
    lines: &mut Lines,
    tables: &Tables,
    displayed: &mut Displayed,
) -> Result<(), Error> {
    while let Some((at, line)) = lines.next(run)? {
        let cells: Vec<&str> = line.split('\t').collect();
        let cell = |index: usize| cells.get(index).copied().unwrap_or_default().trim();
        let (Ok(number), name) = (cell(1).parse::<u32>(), cell(3)) else {
            run.problem(at, format!("`{}` is no number of GeoNames", cell(1)))?;
            continue;
        };
        if !tables.listed.has(number) {
            run.left_out("names of places that are not listed");
            continue;
        }
        let Some((lang, coded)) = lang_of(cell(2)) else {
            run.left_out("codes, links and romanizations made by machine");
            continue;
        };
        let flag = |index: usize| cell(index) == "1";
        let role = match coded {
            Some(role) => role,
            None if flag(7) => Role::Historic,
            None if flag(5) => Role::Short,
            None if flag(4)
                && !lang.is_empty()
                && !(lang == "en" && tables.country_ids.contains_key(&number))
                && displayed.is_first(number, lang) =>
            {
                Role::Canonical
            }
            None => Role::Variant,
        };
        let mut form = Form::new(name, lang, role);
        if flag(6) {
            form = form.weak();
        }
        form.since = Date::parse(cell(8));
        form.until = Date::parse_end(cell(9));
        run.name(at, &id(number), form)?;
    }
    Ok(())
}

/// The language that a code stands for, and the role if it says one; `None` if what it marks is no
/// name.
fn lang_of(code: &str) -> Option<(&str, Option<Role>)> {
    match code {
        "abbr" => Some(("", Some(Role::Abbreviation))),
        "fr_1793" => Some(("fr", Some(Role::Historic))),
        "piny" => Some(("zh-Latn", None)),
        _ => {
            let primary = code.split('-').next().unwrap_or_default();
            (code.is_empty() || (2..=3).contains(&primary.len())).then_some((code, None))
        }
    }
}
