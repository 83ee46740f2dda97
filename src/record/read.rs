//! Reading name lists: CSV or TSV with a header, plain or gzip, from a file, a folder or a stream.
//!
//! In: bytes. Out: [`Record`]s in order, and a [`Problem`] for every row that breaks the contract;
//! the caller decides that a list with problems is not compiled.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::{Date, Kind, Origin, Policy, Record, Role};

/// How to read a list.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct ReadOptions {
    /// Refuse columns that the contract does not know, instead of keeping them as attributes.
    pub strict: bool,
}

/// A row, or a whole file, that breaks the contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file, as given.
    pub file: String,
    /// Line from 1; 0 if the file as a whole is meant.
    pub line: u64,
    /// Header of the column; empty if the row as a whole is meant.
    pub column: String,
    /// What is wrong and what would be right.
    pub reason: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.file)?;
        if self.line > 0 {
            write!(out, ":{}", self.line)?;
        }
        if !self.column.is_empty() {
            write!(out, ": column `{}`", self.column)?;
        }
        write!(out, ": {}", self.reason)
    }
}

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

/// The list files that `path` stands for: itself, or the `.csv`, `.tsv` (and `.gz` of these) files
/// of a folder, sorted by name, folders inside it left out.
///
/// # Errors
/// If the path cannot be read, or is a folder without lists.
pub fn list_files(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path)? {
        let file = entry?.path();
        let name = file.file_name().map(|name| name.to_string_lossy().to_lowercase());
        let name = name.unwrap_or_default();
        let plain = name.strip_suffix(".gz").unwrap_or(&name);
        if file.is_file() && (plain.ends_with(".csv") || plain.ends_with(".tsv")) {
            files.push(file);
        }
    }
    files.sort();
    if files.is_empty() {
        let reason = format!("no .csv or .tsv file in the folder {}", path.display());
        return Err(io::Error::new(io::ErrorKind::NotFound, reason));
    }
    Ok(files)
}

/// Opens a file, or the standard input for `-`, unpacking gzip told by its magic bytes.
///
/// # Errors
/// If the file cannot be opened or read.
pub fn open(path: &Path) -> io::Result<Box<dyn BufRead + Send>> {
    if path == Path::new("-") {
        return unpack(io::stdin());
    }
    unpack(File::open(path)?)
}

/// Unpacks gzip, told by its magic bytes; passes anything else through.
///
/// # Errors
/// If the first bytes cannot be read.
fn unpack(reader: impl Read + Send + 'static) -> io::Result<Box<dyn BufRead + Send>> {
    let mut reader = BufReader::with_capacity(1 << 16, reader);
    if reader.fill_buf()?.starts_with(&[0x1F, 0x8B]) {
        let unpacked = flate2::bufread::MultiGzDecoder::new(reader);
        return Ok(Box::new(BufReader::with_capacity(1 << 16, unpacked)));
    }
    Ok(Box::new(reader))
}

/// Reads one list. `file` names it in problems, `number` in origins; each record goes to `keep`.
/// The delimiter is a tab if the header holds one, else a comma.
pub fn read_list(
    mut reader: impl BufRead,
    file: &str,
    number: u16,
    options: ReadOptions,
    keep: &mut dyn FnMut(Record),
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let fail = |line: u64, column: &str, reason: String| Problem {
        file: file.to_owned(),
        line,
        column: column.to_owned(),
        reason,
    };
    let tab = match reader.fill_buf() {
        Ok(start) => start.iter().take_while(|&&byte| byte != b'\n').any(|&byte| byte == b'\t'),
        Err(error) => return vec![fail(0, "", format!("cannot be read: {error}"))],
    };
    let mut csv = csv::ReaderBuilder::new()
        .delimiter(if tab { b'\t' } else { b',' })
        .flexible(true)
        .from_reader(LineFeeds { reader, held: false });
    let headers = match csv.byte_headers() {
        Ok(headers) => headers.clone(),
        Err(error) => return vec![fail(1, "", format!("the header cannot be read: {error}"))],
    };
    let mut columns = Vec::new();
    for header in &headers {
        let header = String::from_utf8_lossy(header);
        let header = header.trim_start_matches('\u{FEFF}').trim().to_owned();
        let column = COLUMNS.iter().find(|(name, _)| *name == header).map(|&(_, column)| column);
        if columns.iter().any(|(name, _)| *name == header) {
            problems.push(fail(1, &header, "stands twice in the header".into()));
        } else if header.chars().any(char::is_control) {
            problems.push(fail(1, &header, "holds a control character".into()));
        } else if column.is_none() && options.strict {
            let known: Vec<_> = COLUMNS.iter().map(|(name, _)| *name).collect();
            problems.push(fail(1, &header, format!("unknown; known are {}", known.join(", "))));
        }
        columns.push((header, column.unwrap_or(Column::Attribute)));
    }
    for needed in [Column::Id, Column::Name] {
        if !columns.iter().any(|(_, column)| *column == needed) {
            let name = COLUMNS.iter().find(|(_, column)| *column == needed);
            let name = name.map_or("", |(name, _)| name);
            problems.push(fail(
                1,
                name,
                "missing in the header; `id` and `name` are required".into(),
            ));
        }
    }
    if !problems.is_empty() {
        return problems;
    }
    let mut row = csv::ByteRecord::new();
    loop {
        match csv.read_byte_record(&mut row) {
            Ok(true) => {}
            Ok(false) => return problems,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                problems.push(fail(line, "", format!("cannot be read: {error}")));
                return problems;
            }
        }
        let line = row.position().map_or(0, csv::Position::line);
        if row.len() > columns.len() {
            let reason = format!(
                "{} cells, but the header has {}; quote cells that hold the delimiter",
                row.len(),
                columns.len()
            );
            problems.push(fail(line, "", reason));
            continue;
        }
        let before = problems.len();
        let mut parser = RowParser::default();
        for (cell, (header, column)) in row.iter().zip(&columns) {
            let Ok(cell) = std::str::from_utf8(cell) else {
                problems.push(fail(line, header, "not UTF-8".into()));
                continue;
            };
            if let Err(reason) = parser.cell(*column, header, cell.trim()) {
                problems.push(fail(line, header, reason));
            }
        }
        if let Err((column, reason)) = parser.finish() {
            problems.push(fail(line, column, reason));
        }
        if problems.len() == before {
            let mut record = parser.record;
            record.origin = Origin { file: number, line: u32::try_from(line).unwrap_or(0) };
            split_names(record, keep);
        }
    }
}

/// A text with `\n` for `\r\n`: the line numbers of `csv` lag behind after the latter.
struct LineFeeds<R> {
    reader: R,
    /// A return that came last, of which is not known what follows.
    held: bool,
}

impl<R: BufRead> Read for LineFeeds<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut written = 0;
        while written == 0 && !out.is_empty() {
            let bytes = self.reader.fill_buf()?;
            let Some(&next) = bytes.first() else {
                // A return at the very end.
                if std::mem::take(&mut self.held)
                    && let Some(slot) = out.first_mut()
                {
                    *slot = b'\r';
                    return Ok(1);
                }
                return Ok(0);
            };
            if std::mem::take(&mut self.held) && next != b'\n' {
                if let Some(slot) = out.get_mut(written) {
                    *slot = b'\r';
                    written += 1;
                }
                continue;
            }
            let line = bytes.iter().take(out.len()).position(|&byte| byte == b'\r');
            let plain = line.unwrap_or(bytes.len().min(out.len()));
            if let (Some(to), Some(from)) = (out.get_mut(..plain), bytes.get(..plain)) {
                to.copy_from_slice(from);
            }
            self.held = line.is_some();
            self.reader.consume(plain + usize::from(self.held));
            written = plain;
        }
        Ok(written)
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
            return Err("holds a control character".into());
        }
        match column {
            Column::Id => record.id = word(cell)?,
            Column::Name => record.name = cell.to_owned(),
            Column::Lang => record.lang = language(cell)?,
            Column::Role => {
                let known = Role::ALL.map(Role::name).join(", ");
                record.role = Some(
                    Role::parse(cell).ok_or(format!("`{cell}` is no role; known are {known}"))?,
                );
            }
            Column::Policy => record.policy = Some(policy(cell)?),
            Column::Since => record.since = Some(Date::parse(cell).ok_or_else(|| no_date(cell))?),
            Column::Until => {
                record.until = Some(Date::parse_end(cell).ok_or_else(|| no_date(cell))?);
            }
            Column::Kind => {
                let known: Vec<_> = Kind::ALL.iter().map(|kind| kind.name()).collect();
                let known = known.join(", ");
                record.kind = Some(
                    Kind::parse(cell).ok_or(format!("`{cell}` is no kind; known are {known}"))?,
                );
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
            super::check_name(name, &crate::normalize::Normalizer::new().key(name))
                .map_err(|reason| ("name", reason))?;
            if name.chars().any(char::is_control) {
                return Err(("name", "holds a control character".into()));
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
    if cell.chars().any(char::is_whitespace) {
        return Err(format!("`{cell}` holds a blank"));
    }
    if cell.len() > 250 {
        return Err(format!("{} bytes long; an id has at most 250", cell.len()));
    }
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
    let known = Policy::ALL.map(|(_, word)| word).join(", ");
    let mut policy = Policy::default();
    for word in cell.split([' ', '|']).filter(|word| !word.is_empty()) {
        let flag =
            Policy::parse(word).ok_or(format!("`{word}` is no policy; known are {known}"))?;
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
