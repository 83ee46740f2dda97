//! The way out: records written as rows of the CSV contract.

use std::io::{self, Write};

use crate::record::{Date, Record};

/// The columns that are always written, in this order.
const COLUMNS: [&str; 15] = [
    "id", "name", "lang", "role", "policy", "since", "until", "kind", "country", "parent", "lat",
    "lon", "weight", "same_as", "source",
];

/// Writes records as a list that `compile` reads: CSV with a header, a line feed after each row.
pub struct ListWriter<W: Write> {
    csv: csv::Writer<W>,
    attributes: Vec<String>,
    row: csv::StringRecord,
}

impl<W: Write> ListWriter<W> {
    /// Writes the header. `attributes` are the columns beyond those of the contract; other
    /// attributes of records are not written.
    ///
    /// # Errors
    /// If writing fails.
    pub fn new(out: W, attributes: &[&str]) -> io::Result<Self> {
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record(COLUMNS.iter().chain(attributes)).map_err(io_error)?;
        let attributes = attributes.iter().map(|&name| name.to_owned()).collect();
        Ok(Self { csv, attributes, row: csv::StringRecord::new() })
    }

    /// Writes one row.
    ///
    /// # Errors
    /// If writing fails.
    pub fn write(&mut self, record: &Record) -> io::Result<()> {
        let date = |date: Option<Date>| date.map_or(String::new(), |date| date.to_string());
        let number =
            |number: Option<f64>| number.map_or(String::new(), |number| number.to_string());
        self.row.clear();
        self.row.push_field(&record.id);
        self.row.push_field(&record.name);
        self.row.push_field(&record.lang);
        self.row.push_field(record.role.map_or("", |role| role.name()));
        self.row.push_field(&record.policy.map_or(String::new(), |policy| policy.to_string()));
        self.row.push_field(&date(record.since));
        self.row.push_field(&date(record.until));
        self.row.push_field(record.kind.map_or("", |kind| kind.name()));
        self.row.push_field(&record.country);
        self.row.push_field(&record.parent);
        self.row.push_field(&number(record.location.map(|(lat, _)| lat)));
        self.row.push_field(&number(record.location.map(|(_, lon)| lon)));
        self.row.push_field(&number(record.weight));
        self.row.push_field(&record.same_as.join("|"));
        self.row.push_field(&record.source);
        for attribute in &self.attributes {
            let value = record.attributes.iter().find(|(name, _)| name == attribute);
            self.row.push_field(value.map_or("", |(_, value)| value));
        }
        self.csv.write_record(&self.row).map_err(io_error)
    }

    /// Writes what is buffered and gives the output back.
    ///
    /// # Errors
    /// If writing fails.
    pub fn finish(self) -> io::Result<W> {
        self.csv.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

/// The error of the output as it is, so that a closed pipe is known as one.
fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}
