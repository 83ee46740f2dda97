//! Tables of attributes, as maps come with: dBASE (`.dbf`), CSV, and the properties of GeoJSON.
//!
//! In: a file. Out: [`Fields`], one row at a time, by the names of the columns in small letters.

use std::io::{self, Read};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::files::{At, Input, Reader};
use super::run::Run;
use crate::error::Error;

/// One row: the values that are not empty, by column.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The value of a column, without blanks around it; empty if there is none.
    pub(super) fn get(&self, column: &str) -> &str {
        self.0.iter().find(|(name, _)| name == column).map_or("", |(_, value)| value)
    }

    /// The first of the columns that has a value.
    pub(super) fn first(&self, columns: &[&str]) -> &str {
        columns.iter().map(|column| self.get(column)).find(|value| !value.is_empty()).unwrap_or("")
    }

    /// The first of the columns that holds a number.
    pub(super) fn number(&self, columns: &[&str]) -> Option<f64> {
        columns.iter().find_map(|column| self.get(column).parse().ok())
    }

    /// All columns with their values.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    fn push(&mut self, column: &str, value: &str) {
        let value = value.trim_matches(|char: char| char.is_whitespace() || char == '\0');
        if !value.is_empty() {
            self.0.push((column.to_owned(), value.to_owned()));
        }
    }

    /// Text, numbers and truths of an object; a list of texts as they are joined by `|`.
    pub(super) fn from_object(object: &Map<String, Value>) -> Self {
        let mut fields = Self::default();
        for (name, value) in object {
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Number(_) | Value::Bool(_) => value.to_string(),
                Value::Array(values) => {
                    let texts: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
                    texts.join("|")
                }
                _ => continue,
            };
            fields.push(&name.to_lowercase(), &text);
        }
        fields
    }
}

/// Reads the rows of a table of whatever form.
///
/// # Errors
/// If the file cannot be read, and what `keep` answers.
pub(super) fn read_table(
    run: &mut Run<'_>,
    input: &Input,
    keep: &mut dyn FnMut(&mut Run<'_>, At, &Fields) -> Result<(), Error>,
) -> Result<(), Error> {
    let name = input.name();
    if name.ends_with(".dbf") {
        read_dbf(run, input, keep)
    } else if name.ends_with("json") {
        read_geojson(run, input, keep)
    } else {
        let mut rows = input.rows(false)?;
        let Some((_, header)) = rows.next(run)? else { return Ok(()) };
        let header: Vec<String> = header.iter().map(str::to_lowercase).collect();
        while let Some((at, row)) = rows.next(run)? {
            let mut fields = Fields::default();
            for (column, value) in header.iter().zip(&row) {
                fields.push(column, value);
            }
            keep(run, at, &fields)?;
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct Collection {
    features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    properties: Option<Map<String, Value>>,
}

fn read_geojson(
    run: &mut Run<'_>,
    input: &Input,
    keep: &mut dyn FnMut(&mut Run<'_>, At, &Fields) -> Result<(), Error>,
) -> Result<(), Error> {
    let collection: Collection = match serde_json::from_reader(input.open()?) {
        Ok(collection) => collection,
        Err(error) if error.is_io() => return Err(io::Error::from(error).into()),
        Err(error) => {
            let at = At { line: error.line() as u64, ..input.at() };
            return run.problem(at, format!("no collection of features: {error}"));
        }
    };
    for (feature, number) in collection.features.iter().zip(1..) {
        run.read();
        let at = At { line: number, ..input.at() };
        if let Some(properties) = &feature.properties {
            keep(run, at, &Fields::from_object(properties))?;
        }
    }
    Ok(())
}

/// A column of a dBASE table.
struct Column {
    name: String,
    length: usize,
}

/// dBASE III: a header, a descriptor of 32 bytes for each column, rows of fixed length.
fn read_dbf(
    run: &mut Run<'_>,
    input: &Input,
    keep: &mut dyn FnMut(&mut Run<'_>, At, &Fields) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut reader = input.open()?;
    let mut header = [0; 32];
    let (count, length, columns) = match read_columns(&mut reader, &mut header) {
        Ok(found) => found,
        Err(error) => return run.problem(input.at(), format!("no dBASE table: {error}")),
    };
    let mut row = vec![0; length];
    for number in 1..=count {
        // Where a row has no line, its number stands for it.
        let at = At { line: number.into(), ..input.at() };
        if let Err(error) = reader.read_exact(&mut row) {
            return run.problem(at, format!("the table ends early: {error}"));
        }
        run.read();
        let (deleted, mut rest) =
            row.split_first().map_or((b' ', &[][..]), |(mark, rest)| (*mark, rest));
        if deleted == b'*' {
            continue;
        }
        let mut fields = Fields::default();
        for column in &columns {
            let (cell, after) = rest.split_at(column.length.min(rest.len()));
            rest = after;
            match std::str::from_utf8(cell) {
                Ok(text) => fields.push(&column.name, text),
                // A value too long for its column may be cut inside a character.
                Err(error) if error.error_len().is_none() => {
                    let text = cell.get(..error.valid_up_to()).unwrap_or_default();
                    fields.push(&column.name, std::str::from_utf8(text).unwrap_or_default());
                }
                Err(_) => run.problem(at, format!("column `{}`: not UTF-8", column.name))?,
            }
        }
        keep(run, at, &fields)?;
    }
    Ok(())
}

/// Number of rows, length of a row, columns.
fn read_columns(
    reader: &mut Reader,
    header: &mut [u8; 32],
) -> io::Result<(u32, usize, Vec<Column>)> {
    let damaged = || io::Error::new(io::ErrorKind::InvalidData, "its header is damaged");
    reader.read_exact(header)?;
    let [_, _, _, _, c0, c1, c2, c3, h0, h1, r0, r1, ..] = *header;
    let count = u32::from_le_bytes([c0, c1, c2, c3]);
    let head = usize::from(u16::from_le_bytes([h0, h1]));
    let length = usize::from(u16::from_le_bytes([r0, r1]));
    let mut rest = vec![0; head.checked_sub(32).ok_or_else(damaged)?];
    reader.read_exact(&mut rest)?;
    let mut columns = Vec::new();
    for field in rest.chunks_exact(32).take_while(|field| field.first() != Some(&0x0D)) {
        let name = field.get(..11).unwrap_or_default().split(|&byte| byte == 0).next();
        let name = String::from_utf8_lossy(name.unwrap_or_default()).to_lowercase();
        let length = field.get(16).copied().map_or(0, usize::from);
        columns.push(Column { name, length });
    }
    let whole = columns.iter().map(|column| column.length).sum::<usize>() + 1;
    if columns.is_empty() || whole > length {
        return Err(damaged());
    }
    Ok((count, length, columns))
}
