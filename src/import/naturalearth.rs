//! Natural Earth: populated places, countries, states, and physical features; as the zip, its `.dbf`,
//! GeoJSON or CSV. Shapes are not read.
//!
//! The English name is the display form where there is one, then the map's own; `name_ar` and its
//! like are names in those languages. `-99` and `-1` stand for nothing.

use super::ImportSource;
use super::countries;
use super::files::At;
use super::run::{Form, Run};
use super::table::{Fields, read_table};
use crate::error::Error;
use crate::record::{Kind, Record, Role};

pub(super) const SOURCE: ImportSource = ImportSource {
    name: "naturalearth",
    about: "Natural Earth: any of its layers, as zip, dbf, GeoJSON or CSV",
    title: "Natural Earth",
    licence: "public domain",
    attribution: "Made with Natural Earth; https://www.naturalearthdata.com",
    attributes: &[],
    read,
};

fn read(run: &mut Run<'_>) -> Result<(), Error> {
    let inputs = run.inputs(|name| {
        [".dbf", ".geojson", ".json", ".csv"].iter().any(|end| name.ends_with(end))
    })?;
    for input in inputs {
        read_table(run, &input, &mut keep)?;
    }
    Ok(())
}

fn keep(run: &mut Run<'_>, at: At, fields: &Fields) -> Result<(), Error> {
    let name = fields.first(&["name", "name_en", "nameascii"]);
    if name.is_empty() {
        run.left_out("without a name");
        return Ok(());
    }
    let item = Some(fields.get("wikidataid")).filter(|item| item.starts_with('Q'));
    let item = item.map(|item| format!("wikidata:{item}"));
    let number =
        fields.number(&["geonameid", "gn_id", "geonamesid"]).filter(|number| *number > 0.0);
    let geonames = number.map(|number| format!("geonames:{number}"));
    let own = fields.number(&["ne_id"]).filter(|number| *number > 0.0);
    let own = own.map(|number| format!("naturalearth:{number}"));
    let mut ids = own.into_iter().chain(item).chain(geonames);
    let country = country(fields);
    // Some rows have no number of any kind; name and country tell them apart.
    let named =
        || format!("naturalearth:{}-{}", run.key(name).replace(' ', "-"), country.to_lowercase());
    let mut facts = Record::new(ids.next().unwrap_or_else(named), "");
    facts.same_as = ids.collect();
    facts.weight = fields.number(&["pop_max", "pop_est", "gn_pop"]).filter(|people| *people > 0.0);
    let kind = kind_of(fields.get("featurecla"), fields.get("type"), facts.weight.unwrap_or(0.0));
    facts.kind = Some(kind);
    facts.country = country;
    let lat = fields.number(&["latitude", "label_y", "lat_y"]);
    let lon = fields.number(&["longitude", "label_x", "long_x"]);
    facts.location = lat.zip(lon);
    let forms = forms(run, fields, name);
    run.entity(at, facts, forms).map(|_| ())
}

fn country(fields: &Fields) -> String {
    let codes = ["iso_a2", "iso_a2_eh", "adm0_a3", "sov_a3"];
    codes.iter().find_map(|column| countries::from_code(fields.get(column))).unwrap_or_default()
}

fn forms(run: &Run<'_>, fields: &Fields, name: &str) -> Vec<Form> {
    let english = fields.get("name_en");
    let mut forms = vec![Form::canonical(english, "en")];
    if name != english {
        forms.push(Form::canonical(name, ""));
    }
    for (column, value) in fields.iter() {
        if let Some(lang) = column.strip_prefix("name_").and_then(lang_of)
            && lang != "en"
        {
            forms.push(Form::canonical(value, lang));
        }
    }
    for (column, lang) in [
        ("name_long", "en"),
        ("formal_en", "en"),
        ("formal_fr", "fr"),
        ("name_ciawf", "en"),
        ("brk_name", "en"),
        ("namepar", ""),
        ("name_local", ""),
        ("namealt", ""),
        ("name_alt", ""),
    ] {
        let names = fields.get(column).split(['|', '/', ';']);
        forms.extend(names.map(str::trim).map(|name| Form::variant(name, lang)));
    }
    let ascii = fields.get("nameascii");
    if run.key(ascii) != run.key(name) {
        forms.push(Form::variant(ascii, ""));
    }
    // `Syria`, `U.A.E.`: many are cut forms.
    forms.push(Form::new(fields.get("abbrev"), "en", Role::Abbreviation).weak());
    forms
}

/// The language of a column `name_…`.
fn lang_of(end: &str) -> Option<&str> {
    match end {
        "zht" => Some("zh-Hant"),
        "alt" | "len" | "loc" => None,
        end => (end.len() == 2 || end == "fil").then_some(end),
    }
}

/// The kind of a feature class; countries, states and airports say more in their type.
fn kind_of(class: &str, of: &str, people: f64) -> Kind {
    let class = class.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| class.contains(word));
    if class.starts_with("admin-0") && !class.contains("capital") {
        return match of {
            "Geo subunit" | "Geo unit" | "Disputed" | "Indeterminate" => Kind::Region,
            _ => Kind::Country,
        };
    }
    if class.contains("capital") {
        Kind::City
    } else if class.starts_with("admin-1") {
        Kind::Region
    } else if class.starts_with("admin-2") {
        Kind::County
    } else if class == "populated place" || class == "historic place" {
        if people >= 15_000.0 { Kind::City } else { Kind::Locality }
    } else if has(&["station", "airport", "port", "park", "base"]) {
        Kind::Site
    } else if has(&["island", "atoll", "archipelago"]) {
        Kind::Island
    } else if has(&["range", "mtn", "mountain", "plateau", "foothills"]) {
        Kind::Mountain
    } else if class == "desert" {
        Kind::Desert
    } else if class == "continent" {
        Kind::Continent
    } else if has(&[
        "ocean",
        "sea",
        "gulf",
        "bay",
        "strait",
        "channel",
        "sound",
        "lake",
        "river",
        "reservoir",
        "inlet",
        "fjord",
        "lagoon",
        "canal",
        "reef",
        "water",
    ]) {
        Kind::Water
    } else {
        Kind::Other
    }
}
