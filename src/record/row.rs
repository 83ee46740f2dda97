//! Parsing the rows of a list: cells to a [`Record`], or to what is wrong with them.

use super::read::{Problem, ReadOptions, Row};
use super::{Date, Kind, Origin, Policy, Record, Role};

/// The columns of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Id,
    Name,
    Lang,
    Role,
    Policy,
    Since,
    Until,
    Kind,
    Country,
    Parent,
    Lat,
    Lon,
    Weight,
    SameAs,
    ReplacedBy,
    Source,
    /// For the people who keep the list; not compiled.
    Note,
    Attribute,
}

const COLUMNS: [(&str, Column); 17] = [
    ("id", Column::Id),
    ("name", Column::Name),
    ("lang", Column::Lang),
    ("role", Column::Role),
    ("policy", Column::Policy),
    ("since", Column::Since),
    ("until", Column::Until),
    ("kind", Column::Kind),
    ("country", Column::Country),
    ("parent", Column::Parent),
    ("lat", Column::Lat),
    ("lon", Column::Lon),
    ("weight", Column::Weight),
    ("same_as", Column::SameAs),
    ("replaced_by", Column::ReplacedBy),
    ("source", Column::Source),
    ("note", Column::Note),
];

/// The header of a list: what its cells mean.
pub(crate) struct Columns {
    list: Vec<(String, Column)>,
    pub(super) file: String,
    number: u16,
}

impl Columns {
    pub(super) fn new(
        headers: &csv::ByteRecord,
        file: &str,
        number: u16,
        options: ReadOptions,
    ) -> Result<Self, Vec<Problem>> {
        let mut columns = Self { list: Vec::new(), file: file.to_owned(), number };
        let mut problems = Vec::new();
        for header in headers {
            let header = String::from_utf8_lossy(header);
            let header = header.trim_start_matches('\u{FEFF}').trim().to_owned();
            let column =
                COLUMNS.iter().find(|(name, _)| *name == header).map(|&(_, column)| column);
            if columns.list.iter().any(|(name, _)| *name == header) {
                problems.push(columns.problem(1, &header, "stands twice in the header".into()));
            } else if header.chars().any(char::is_control) {
                problems.push(columns.problem(1, &header, "holds a control character".into()));
            } else if column.is_none() && options.strict {
                let known: Vec<_> = COLUMNS.iter().map(|(name, _)| *name).collect();
                let reason = format!("unknown; known are {}", known.join(", "));
                problems.push(columns.problem(1, &header, reason));
            }
            columns.list.push((header, column.unwrap_or(Column::Attribute)));
        }
        for needed in [Column::Id, Column::Name] {
            if !columns.list.iter().any(|(_, column)| *column == needed) {
                let name = COLUMNS.iter().find(|(_, column)| *column == needed);
                let name = name.map_or("", |(name, _)| name);
                let reason = "missing in the header; `id` and `name` are required";
                problems.push(columns.problem(1, name, reason.into()));
            }
        }
        if problems.is_empty() { Ok(columns) } else { Err(problems) }
    }

    fn problem(&self, line: u64, column: &str, reason: String) -> Problem {
        Problem { file: self.file.clone(), line, column: column.to_owned(), reason }
    }

    /// Parses a row to its records, or to its problems.
    pub(crate) fn parse(
        &self,
        row: Row<'_>,
        problems: &mut Vec<Problem>,
        keep: &mut dyn FnMut(Record),
    ) {
        let line = row.line;
        if row.len() > self.list.len() {
            let reason = format!(
                "{} cells, but the header has {}; quote cells that hold the delimiter",
                row.len(),
                self.list.len()
            );
            return problems.push(self.problem(line, "", reason));
        }
        let before = problems.len();
        let mut parser = RowParser::default();
        for (cell, (header, column)) in row.cells().zip(&self.list) {
            let Ok(cell) = std::str::from_utf8(cell) else {
                problems.push(self.problem(line, header, "not UTF-8".into()));
                continue;
            };
            if let Err(reason) = parser.cell(*column, header, cell.trim()) {
                problems.push(self.problem(line, header, reason));
            }
        }
        if let Err((column, reason)) = parser.finish() {
            problems.push(self.problem(line, column, reason));
        }
        if problems.len() == before {
            let mut record = parser.record;
            record.origin = Origin { file: self.number, line: u32::try_from(line).unwrap_or(0) };
            split_names(record, keep);
        }
    }
}

/// A row's forms are separated by `|`; each becomes a record, the first keeps the entity columns.
fn split_names(record: Record, keep: &mut dyn FnMut(Record)) {
    if !record.name.contains('|') {
        return keep(record);
    }
    let names: Vec<String> = record.name.split('|').map(|name| name.trim().to_owned()).collect();
    if names.iter().all(String::is_empty) {
        return keep(Record { name: String::new(), ..record });
    }
    let rest = Record {
        id: record.id.clone(),
        lang: record.lang.clone(),
        // A row has one display form: its first.
        role: record.role.map(|role| if role == Role::Canonical { Role::Variant } else { role }),
        policy: record.policy,
        since: record.since,
        until: record.until,
        note: record.note.clone(),
        origin: record.origin,
        ..Record::default()
    };
    let mut first = Some(record);
    for name in names.into_iter().filter(|name| !name.is_empty()) {
        let base = first.take().unwrap_or_else(|| rest.clone());
        keep(Record { name, ..base });
    }
}

#[derive(Default)]
struct RowParser {
    record: Record,
    lat: Option<f64>,
    lon: Option<f64>,
}

impl RowParser {
    fn cell(&mut self, column: Column, header: &str, cell: &str) -> Result<(), String> {
        let record = &mut self.record;
        if cell.is_empty() {
            return Ok(());
        }
        if column != Column::Name && cell.chars().any(char::is_control) {
            let char = cell.chars().find(|char| char.is_control()).unwrap_or_default();
            return Err(super::control(char));
        }
        match column {
            Column::Id => record.id = word(cell)?,
            Column::Name => record.name = cell.to_owned(),
            Column::Lang => record.lang = language(cell)?,
            Column::Role => {
                record.role = Some(Role::parse(cell).ok_or_else(|| {
                    let known = Role::ALL.map(Role::name).join(", ");
                    format!("`{cell}` is no role; known are {known}")
                })?);
            }
            Column::Policy => record.policy = Some(policy(cell)?),
            Column::Since => record.since = Some(Date::parse(cell).ok_or_else(|| no_date(cell))?),
            Column::Until => {
                record.until = Some(Date::parse_end(cell).ok_or_else(|| no_date(cell))?);
            }
            Column::Kind => {
                record.kind = Some(Kind::parse(cell).ok_or_else(|| {
                    let known: Vec<_> = Kind::ALL.iter().map(|kind| kind.name()).collect();
                    format!("`{cell}` is no kind; known are {}", known.join(", "))
                })?);
            }
            Column::Country => {
                if cell.len() != 2 || !cell.bytes().all(|byte| byte.is_ascii_uppercase()) {
                    return Err(format!("`{cell}` is no ISO 3166-1 alpha-2 code such as IQ"));
                }
                record.country = cell.to_owned();
            }
            Column::Parent => record.parent = word(cell)?,
            Column::Lat => self.lat = Some(degrees(cell, 90.0)?),
            Column::Lon => self.lon = Some(degrees(cell, 180.0)?),
            Column::Weight => {
                let weight: f64 = cell.parse().map_err(|_| format!("`{cell}` is no number"))?;
                if !weight.is_finite() || weight < 0.0 {
                    return Err(format!("`{cell}` is no number from 0 up"));
                }
                record.weight = Some(weight);
            }
            Column::SameAs => {
                for id in cell.split('|').map(str::trim).filter(|id| !id.is_empty()) {
                    super::check_curie(id)?;
                    record.same_as.push(word(id)?);
                }
            }
            Column::ReplacedBy => record.replaced_by = word(cell)?,
            Column::Source => record.source = cell.to_owned(),
            Column::Note => record.note = cell.to_owned(),
            Column::Attribute => record.attributes.push((header.to_owned(), cell.to_owned())),
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), (&'static str, String)> {
        let record = &mut self.record;
        if record.id.is_empty() {
            return Err(("id", "empty; every row names its entity".into()));
        }
        let names: Vec<&str> =
            record.name.split('|').map(str::trim).filter(|name| !name.is_empty()).collect();
        if names.is_empty() && record.role != Some(Role::Retract) {
            let replaced = !record.replaced_by.is_empty();
            if !replaced {
                return Err(("name", "empty; only `retract` rows may leave it out".into()));
            }
        }
        for name in &names {
            // A letter or digit is never without a key: most names need not be cut here.
            let key = if name.chars().any(crate::normalize::is_word) {
                (*name).into()
            } else {
                crate::normalize::Normalizer::new().key(name)
            };
            super::check_name(name, &key).map_err(|reason| ("name", reason))?;
            if let Some(char) = name.chars().find(|char| char.is_control()) {
                return Err(("name", super::control(char)));
            }
        }
        match (self.lat, self.lon) {
            (Some(lat), Some(lon)) => record.location = Some((lat, lon)),
            (None, None) => {}
            (Some(_), None) => return Err(("lon", "empty, but `lat` is stated".into())),
            (None, Some(_)) => return Err(("lat", "empty, but `lon` is stated".into())),
        }
        if let (Some(since), Some(until)) = (record.since, record.until)
            && since > until
        {
            return Err(("until", format!("{until} lies before `since` {since}")));
        }
        Ok(())
    }
}

fn no_date(cell: &str) -> String {
    format!("`{cell}` is no date such as 2014, 2014-06 or 2014-06-29")
}

fn word(cell: &str) -> Result<String, String> {
    super::check_id(cell)?;
    Ok(cell.to_owned())
}

fn language(cell: &str) -> Result<String, String> {
    let primary = cell.split('-').next().unwrap_or_default();
    let valid = (2..=8).contains(&primary.len())
        && primary.bytes().all(|byte| byte.is_ascii_lowercase())
        && cell.len() <= 35
        && cell.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if valid { Ok(cell.to_owned()) } else { Err(format!("`{cell}` is no language tag such as fr")) }
}

fn policy(cell: &str) -> Result<Policy, String> {
    let mut policy = Policy::default();
    for word in cell.split([' ', '|']).filter(|word| !word.is_empty()) {
        let flag = Policy::parse(word).ok_or_else(|| {
            let known = Policy::ALL.map(|(_, word)| word).join(", ");
            format!("`{word}` is no policy; known are {known}")
        })?;
        policy = policy.with(flag);
    }
    for [one, other] in [
        [Policy::WEAK, Policy::STRONG],
        [Policy::UPPER, Policy::TITLE],
        [Policy::ANYCASE, Policy::UPPER],
        [Policy::ANYCASE, Policy::TITLE],
        [Policy::ANYCASE, Policy::EXACT],
    ] {
        if policy.has(one) && policy.has(other) {
            return Err(format!("`{one}` and `{other}` exclude each other"));
        }
    }
    Ok(policy)
}

fn degrees(cell: &str, most: f64) -> Result<f64, String> {
    let value: f64 = cell.parse().map_err(|_| format!("`{cell}` is no number"))?;
    // No number is not between them either.
    if value.is_nan() || value.abs() > most {
        return Err(format!("`{cell}` is not between -{most} and {most} degrees"));
    }
    Ok(value)
}
