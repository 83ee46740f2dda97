//! Who's On First: features as GeoJSON, one a file (the folders of its repositories), one a line, or
//! a collection. Shapes are not read.
//!
//! Names are `name:LANGUAGE_x_preferred` and its like; what is deprecated or superseded is left out.
//! Languages of three letters are brought to two where there are two.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::files::{At, Input};
use super::run::{Form, Run};
use super::{ImportSource, countries};
use crate::error::Error;
use crate::record::{Date, Kind, Record, Role};

pub(super) const SOURCE: ImportSource = ImportSource {
    name: "wof",
    about: "Who's On First: folders of GeoJSON files, or features one a line",
    title: "Who's On First",
    licence: "",
    attribution: "Data from Who's On First, whose sources have terms of their own; https://whosonfirst.org/docs/licenses",
    attributes: &[],
    read,
};

/// ISO 639: three letters and two.
const LANGUAGES: &str = include_str!("../data/languages.txt");

/// A feature, or a collection of them.
#[derive(Deserialize)]
struct Feature {
    properties: Option<Map<String, Value>>,
    #[serde(default)]
    features: Vec<Feature>,
}

fn read(run: &mut Run<'_>) -> Result<(), Error> {
    let inputs = run.inputs(|name| {
        let whole = [".geojson", ".jsonl", ".ndjson", ".geojsonl", ".json"];
        whole.iter().any(|end| name.ends_with(end)) && !name.contains("-alt")
    })?;
    for input in inputs {
        if input.name().ends_with('l') || input.name().ends_with(".ndjson") || input.is_stdin() {
            let mut lines = input.lines()?;
            while let Some((at, line)) = lines.next(run)? {
                if !line.trim().is_empty() {
                    let feature = serde_json::from_str(line);
                    keep_all(run, at, feature)?;
                }
            }
        } else {
            read_file(run, &input)?;
        }
    }
    Ok(())
}

fn read_file(run: &mut Run<'_>, input: &Input) -> Result<(), Error> {
    run.read();
    match serde_json::from_reader(input.open()?) {
        Err(error) if error.is_io() => Err(std::io::Error::from(error).into()),
        feature => keep_all(run, input.at(), feature),
    }
}

fn keep_all(run: &mut Run<'_>, at: At, feature: serde_json::Result<Feature>) -> Result<(), Error> {
    let feature = match feature {
        Ok(feature) => feature,
        Err(error) => {
            let at = At { line: at.line.max(error.line() as u64), ..at };
            return run.problem(at, format!("no feature: {error}"));
        }
    };
    for feature in std::iter::once(&feature).chain(&feature.features) {
        if let Some(properties) = &feature.properties {
            keep(run, at, properties)?;
        }
    }
    Ok(())
}

fn keep(run: &mut Run<'_>, at: At, properties: &Map<String, Value>) -> Result<(), Error> {
    let text = |name: &str| properties.get(name).and_then(Value::as_str).unwrap_or_default();
    let number = |name: &str| properties.get(name).and_then(Value::as_f64);
    let Some(id) = properties.get("wof:id").and_then(Value::as_i64) else {
        return run.problem(at, "a feature without `wof:id`");
    };
    let deprecated = text("edtf:deprecated");
    let superseded = properties.get("wof:superseded_by").and_then(Value::as_array);
    if !matches!(deprecated, "" | "uuuu") || superseded.is_some_and(|ids| !ids.is_empty()) {
        run.left_out("deprecated or superseded");
        return Ok(());
    }
    let people =
        ["wof:population", "gn:population", "meso:pop"].iter().find_map(|name| number(name));
    let people = people.filter(|people| *people > 0.0);
    let placetype = text("wof:placetype");
    let Some(kind) = run.class([placetype], |class| kind_of(class, people)) else {
        run.left_out("of other classes");
        return Ok(());
    };
    let mut facts = Record::new(format!("wof:{id}"), "");
    facts.kind = kind;
    facts.country = countries::from_code(text("wof:country")).unwrap_or_default();
    facts.weight = people;
    facts.location = number("lbl:latitude")
        .zip(number("lbl:longitude"))
        .or(number("geom:latitude").zip(number("geom:longitude")));
    if let Some(parent) =
        properties.get("wof:parent_id").and_then(Value::as_i64).filter(|id| *id > 0)
    {
        facts.parent = run.parent(at, &facts.id, &format!("wof:{parent}"))?;
    }
    facts.same_as = same_as(properties.get("wof:concordances"));
    let until =
        Some(text("edtf:cessation")).filter(|date| *date != "uuuu").and_then(Date::parse_end);
    let mut forms = forms(properties, text("wof:name"));
    for form in &mut forms {
        form.until = until;
    }
    run.entity(at, facts, forms).map(|_| ())
}

fn same_as(concordances: Option<&Value>) -> Vec<String> {
    let id = |name: &str| match concordances?.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let item = id("wd:id").filter(|id| id.starts_with('Q')).map(|id| format!("wikidata:{id}"));
    let number = id("gn:id").filter(|id| id != "0" && id != "-1");
    item.into_iter().chain(number.map(|id| format!("geonames:{id}"))).collect()
}

/// English first, then the feature's own name, then the other languages.
fn forms(properties: &Map<String, Value>, own: &str) -> Vec<Form> {
    let mut english = Vec::new();
    let mut others = Vec::new();
    for (property, values) in properties {
        let (abbreviated, rest) =
            match (property.strip_prefix("name:"), property.strip_prefix("abrv:")) {
                (Some(rest), _) => (false, rest),
                (_, Some(rest)) => (true, rest),
                _ => continue,
            };
        let Some((lang, use_)) = rest.split_once("_x_") else { continue };
        let lang = lang_of(lang);
        let role = match use_ {
            _ if abbreviated => Role::Abbreviation,
            "preferred" => Role::Canonical,
            "historical" => Role::Historic,
            "abbreviation" => Role::Abbreviation,
            _ => Role::Variant,
        };
        let names = values.as_array().into_iter().flatten().filter_map(Value::as_str);
        let list = if lang == "en" { &mut english } else { &mut others };
        for name in names {
            let form = Form::new(name, &lang, role);
            list.push(if use_ == "colloquial" { form.weak() } else { form });
        }
    }
    english.sort_by_key(|form| form.role != Some(Role::Canonical));
    // A canonical form without language stands for those that have none.
    let mut forms = english;
    if !forms.iter().any(|form| form.name == own) {
        forms.push(Form::canonical(own, ""));
    }
    forms.extend(others);
    forms
}

/// `eng`, `zho_hans` and `por_br` as tags.
fn lang_of(code: &str) -> String {
    let (primary, rest) = code.split_once('_').unwrap_or((code, ""));
    let mut pairs = LANGUAGES.lines().filter_map(|line| line.split_once(' '));
    let primary = pairs.find(|(three, _)| *three == primary).map_or(primary, |(_, two)| two);
    let rest = match rest.len() {
        0 => String::new(),
        2 => format!("-{}", rest.to_uppercase()),
        4 => {
            let (first, others) = rest.split_at_checked(1).unwrap_or((rest, ""));
            format!("-{}{others}", first.to_uppercase())
        }
        _ => format!("-{rest}"),
    };
    if primary == "und" { String::new() } else { format!("{primary}{rest}") }
}

fn kind_of(placetype: &str, people: Option<f64>) -> Option<Kind> {
    Some(match placetype {
        "continent" => Kind::Continent,
        "country" | "dependency" | "empire" => Kind::Country,
        "macroregion" | "region" | "disputed" => Kind::Region,
        "macrocounty" | "county" | "localadmin" => Kind::County,
        "locality" if people.unwrap_or(0.0) >= 15_000.0 => Kind::City,
        "locality" => Kind::Locality,
        "borough" | "macrohood" | "neighbourhood" => Kind::Neighbourhood,
        "ocean" | "marinearea" => Kind::Water,
        "campus" => Kind::Site,
        _ => return None,
    })
}
