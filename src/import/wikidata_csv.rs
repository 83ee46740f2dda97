//! Tables of Wikidata's query service: CSV or TSV, with the columns that the query names.
//!
//! Columns are known by the usual names: `item`, `itemLabel`, `itemAltLabel` or `alias`, `lang`,
//! `coord`, `country`, `population`, `class`, `geonames`, `parent`. Items are addresses or `Q858`;
//! points are `Point(longitude latitude)`. The verbose TSV, with `<…>` and `"…"@lang`, is read, too.
//! An item's rows may be many, one for each name.

use std::collections::HashMap;

use super::files::{At, Rows};
use super::pairs::is_table;
use super::run::{Form, Kept, Run};
use super::{ImportSource, countries, wikidata};
use crate::error::Error;
use crate::record::{Kind, Record};

pub(super) const SOURCE: ImportSource = ImportSource {
    name: "wikidata-csv",
    about: "Wikidata query service: its CSV or TSV, with columns such as item, itemLabel, alias, lang, coord, country, population, class",
    read,
    ..wikidata::SOURCE
};

/// What a column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Item,
    Label,
    /// Names joined by commas, as the label service does.
    AltLabels,
    Alias,
    /// Names joined by `|` or `;`.
    Aliases,
    Lang,
    Point,
    Lat,
    Lon,
    Country,
    Population,
    Class,
    GeoNames,
    Parent,
    Unknown,
}

const COLUMNS: &[(Column, &[&str])] = &[
    (Column::Item, &["item", "entity", "qid", "wikidata", "wikidataid", "id"]),
    (Column::Label, &["itemlabel", "label", "name", "entitylabel"]),
    (Column::AltLabels, &["itemaltlabel", "altlabel", "altlabels", "entityaltlabel"]),
    (Column::Alias, &["alias", "variant", "altname"]),
    (Column::Aliases, &["aliases", "variants", "altnames"]),
    (Column::Lang, &["lang", "language", "itemlabellang", "labellang"]),
    (
        Column::Point,
        &[
            "coord",
            "coords",
            "coordinate",
            "coordinates",
            "coordinatelocation",
            "location",
            "geo",
            "point",
        ],
    ),
    (Column::Lat, &["lat", "latitude"]),
    (Column::Lon, &["lon", "long", "lng", "longitude"]),
    (Column::Country, &["country", "countrycode", "iso", "iso2", "cc"]),
    (Column::Population, &["population", "pop"]),
    (Column::Class, &["class", "type", "instanceof", "instance", "kind"]),
    (Column::GeoNames, &["geonames", "geonamesid", "geonameid"]),
    (Column::Parent, &["parent", "admin", "locatedin", "region"]),
];

fn read(run: &mut Run<'_>) -> Result<(), Error> {
    // What is known of each item: whether it was kept.
    let mut items: HashMap<String, bool> = HashMap::new();
    for input in run.inputs(is_table)? {
        let mut rows = input.rows(true)?;
        let Some((at, header)) = rows.next(run)? else { continue };
        let mut columns: Vec<Column> = header.iter().map(column).collect();
        if !columns.contains(&Column::Item) {
            // A query may name its item otherwise: `?city ?cityLabel`.
            let named = header.iter().position(|name| {
                let label = format!("{}label", plain(name));
                header.iter().any(|other| plain(other) == label)
            });
            let Some(slot) = named.and_then(|index| columns.get_mut(index)) else {
                run.problem(at, "no column `item` in the header; the file is not read")?;
                continue;
            };
            *slot = Column::Item;
            let name = named.and_then(|index| header.get(index)).map(plain).unwrap_or_default();
            for (slot, other) in columns.iter_mut().zip(&header) {
                match plain(other).strip_prefix(name.as_str()) {
                    Some("label") => *slot = Column::Label,
                    Some("altlabel") => *slot = Column::AltLabels,
                    _ => {}
                }
            }
        }
        for (name, column) in header.iter().zip(&columns) {
            if *column == Column::Unknown && !plain(name).ends_with("label") {
                run.problem(at, format!("the column `{name}` is not known; left out"))?;
            }
        }
        read_rows(run, &mut rows, &columns, &mut items)?;
    }
    Ok(())
}

/// The header in small letters, without marks.
fn plain(header: &str) -> String {
    header.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
}

fn column(header: &str) -> Column {
    let header = plain(header);
    let known = COLUMNS.iter().find(|(_, names)| names.contains(&header.as_str()));
    known.map_or(Column::Unknown, |(column, _)| *column)
}

fn read_rows(
    run: &mut Run<'_>,
    rows: &mut Rows,
    columns: &[Column],
    items: &mut HashMap<String, bool>,
) -> Result<(), Error> {
    while let Some((at, row)) = rows.next(run)? {
        let cells: Vec<Cell> = row.iter().map(Cell::read).collect();
        let cell = |wanted: Column| {
            let mut found = columns.iter().zip(&cells).filter(|(column, _)| **column == wanted);
            found.find(|(_, cell)| !cell.text.is_empty()).map(|(_, cell)| cell)
        };
        let text = |wanted: Column| cell(wanted).map_or("", |cell| cell.text.as_str());
        let Some(item) = item_of(text(Column::Item)) else {
            run.problem(
                at,
                format!("`{}` is no item of Wikidata such as Q858", text(Column::Item)),
            )?;
            continue;
        };
        let id = format!("wikidata:{item}");
        let mut forms = Vec::new();
        let mut push = |name: &str, cell: &Cell, canonical: bool| {
            let lang = if cell.lang.is_empty() { text(Column::Lang) } else { &cell.lang };
            let name = name.trim();
            // The label service gives the item where it has no label.
            if !name.is_empty() && name != item {
                forms.push(if canonical {
                    Form::canonical(name, lang)
                } else {
                    Form::variant(name, lang)
                });
            }
        };
        if let Some(cell) = cell(Column::Label) {
            push(&cell.text, cell, true);
        }
        if let Some(cell) = cell(Column::Alias) {
            push(&cell.text, cell, false);
        }
        if let Some(cell) = cell(Column::AltLabels) {
            cell.text.split(", ").for_each(|name| push(name, cell, false));
        }
        if let Some(cell) = cell(Column::Aliases) {
            cell.text.split(['|', ';']).for_each(|name| push(name, cell, false));
        }
        match items.get(&id) {
            Some(false) => {}
            Some(true) => {
                for form in forms {
                    keep_name(run, at, &id, form)?;
                }
            }
            None => {
                let class = text(Column::Class);
                let class = item_of(class).unwrap_or(class);
                let kind = kind_of(run, class);
                if kind.is_none() && !run.options.classes.is_empty() {
                    run.left_out("of other classes");
                    items.insert(id, false);
                    continue;
                }
                let mut facts = Record::new(id.clone(), "");
                facts.kind = kind.flatten();
                let unknown = facts.kind.or(run.options.kind).is_none() && !class.is_empty();
                facts.country = country_of(text(Column::Country));
                facts.location =
                    location(run, at, text(Column::Point), (text(Column::Lat), text(Column::Lon)))?;
                facts.weight = text(Column::Population).parse().ok();
                let geonames = text(Column::GeoNames);
                if geonames.parse::<u32>().is_ok() {
                    facts.same_as.push(format!("geonames:{geonames}"));
                }
                if let Some(parent) = item_of(text(Column::Parent)) {
                    facts.parent = run.parent(at, &id, &format!("wikidata:{parent}"))?;
                }
                for form in &forms {
                    run.is_new(&seen(&id, form));
                }
                match run.entity(at, facts, forms)? {
                    Kept::Nameless => {}
                    kept => {
                        if kept == Kept::Yes && unknown {
                            run.without_kind([class]);
                        }
                        items.insert(id, kept == Kept::Yes);
                    }
                }
            }
        }
    }
    Ok(())
}

fn seen(id: &str, form: &Form) -> String {
    format!("{id}\0{}\0{}", form.name, form.lang)
}

/// A further name; of several labels in a language the first is the display form.
fn keep_name(run: &mut Run<'_>, at: At, id: &str, form: Form) -> Result<(), Error> {
    if run.is_new(&seen(id, &form)) { run.name(at, id, form) } else { Ok(()) }
}

/// `Some(None)` for a class that is asked for without a kind; `None` for one that is not asked for.
fn kind_of(run: &Run<'_>, class: &str) -> Option<Option<Kind>> {
    run.class([class], |class| wikidata::kind_of(class).or_else(|| Kind::parse(class)))
}

/// `Q858`, `wd:Q858`, or its address.
fn item_of(text: &str) -> Option<&str> {
    let item = text.rsplit(['/', ':', '#']).next()?.trim();
    let digits = item.strip_prefix('Q')?;
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(item)
}

fn country_of(text: &str) -> String {
    let code = match item_of(text) {
        Some(item) => countries::from_id(&format!("wikidata:{item}")),
        None => countries::from_code(text).or_else(|| countries::from_name(text)),
    };
    code.unwrap_or_default()
}

fn location(
    run: &mut Run<'_>,
    at: At,
    point: &str,
    (lat, lon): (&str, &str),
) -> Result<Option<(f64, f64)>, Error> {
    if !lat.is_empty() && !lon.is_empty() {
        if let (Ok(lat), Ok(lon)) = (lat.parse(), lon.parse()) {
            return Ok(Some((lat, lon)));
        }
        run.problem(at, format!("`{lat}`, `{lon}` are no degrees"))?;
    }
    if point.is_empty() {
        return Ok(None);
    }
    // Another globe stands before the point: `<http://…/Q405> Point(…)`.
    if point.starts_with('<') {
        return Ok(None);
    }
    let found = parse_point(point);
    if found.is_none() {
        run.problem(at, format!("`{point}` is no point such as Point(43.13 36.34)"))?;
    }
    Ok(found)
}

/// Latitude and longitude of `Point(longitude latitude)`.
fn parse_point(text: &str) -> Option<(f64, f64)> {
    let (word, rest) = text.trim().split_once('(')?;
    if !word.trim().eq_ignore_ascii_case("point") {
        return None;
    }
    let mut numbers = rest.strip_suffix(')')?.split_whitespace().map(str::parse);
    let lon = numbers.next()?.ok()?;
    let lat = numbers.next()?.ok()?;
    Some((lat, lon))
}

/// A cell without the marks of the verbose TSV.
struct Cell {
    text: String,
    lang: String,
}

impl Cell {
    fn read(cell: &str) -> Self {
        let plain = |text: &str| Self { text: text.to_owned(), lang: String::new() };
        if let Some(address) = cell.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
            return plain(address);
        }
        let Some((text, rest)) = cell.strip_prefix('"').and_then(|rest| rest.rsplit_once('"'))
        else {
            return plain(cell);
        };
        let text = text.replace("\\\"", "\"").replace("\\\\", "\\");
        Self { text, lang: rest.strip_prefix('@').unwrap_or_default().to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, item_of, parse_point};

    #[test]
    fn longitude_stands_first() {
        assert_eq!(parse_point("Point(43.13 36.34)"), Some((36.34, 43.13)));
        assert_eq!(parse_point("POINT (-0.5 51)"), Some((51.0, -0.5)));
        assert_eq!(parse_point("36.34, 43.13"), None);
    }

    #[test]
    fn items_and_cells_are_read_in_all_forms() {
        for text in ["Q858", "http://www.wikidata.org/entity/Q858", "wd:Q858"] {
            assert_eq!(item_of(text), Some("Q858"));
        }
        assert_eq!(item_of("P31"), None);
        let cell = Cell::read("\"Mossoul\"@fr");
        assert_eq!((cell.text.as_str(), cell.lang.as_str()), ("Mossoul", "fr"));
        assert_eq!(
            Cell::read("<http://www.wikidata.org/entity/Q858>").text,
            "http://www.wikidata.org/entity/Q858"
        );
    }
}
