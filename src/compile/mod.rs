//! Step 3 of the walk: from records to the bytes of a gazetteer.
//!
//! In: [`Record`]s, one by one. Out: the file of [`crate::layout`]. Keys are sorted, so that a key's
//! names are a range of rows; entities are sorted by id. Records may come in any order of entities:
//! the bytes depend only on what the lists say of each, and in which order.

mod entities;
pub(crate) mod lists;
mod names;

use std::collections::BTreeMap;

use zerocopy::IntoBytes;

use crate::error::{Error, ErrorKind};
use crate::layout::{
    DatedRow, EntityRow, FORMAT, Header, MAGIC, Meta, OriginRow, Row, Section, SectionRow, Source,
    checksum, filter, front, varint,
};
use crate::normalize::{KEY_SCHEME, UNICODE};
use crate::record::{Origin, Problem, Record, Role};

use entities::Entities;
pub(crate) use entities::RETRACTED;
use names::{Interner, Names};
pub(crate) use names::{capitals, default_policy, digraphs};

/// Whether a compiled file says for each name where it was listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Provenance {
    /// Lists, sources and licences only.
    #[default]
    Lists,
    /// File and line of every name, five bytes a name; `explain` shows them.
    Rows,
}

/// How to compile.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct CompileOptions {
    /// What to keep of where names come from.
    pub provenance: Provenance,
}

/// Collects records and compiles them.
///
/// ```
/// use exonym::{Gazetteer, GazetteerBuilder, Record};
/// let mut builder = GazetteerBuilder::new();
/// builder.add(Record::new("mosul", "Mosul"));
/// builder.add(Record::new("mosul", "Mossoul"));
/// let gazetteer = Gazetteer::from_bytes(builder.build()?)?;
/// assert_eq!(gazetteer.lookup("MOSSOUL")[0].entity().id(), "mosul");
/// # Ok::<(), exonym::Error>(())
/// ```
#[derive(Default)]
pub struct GazetteerBuilder {
    options: CompileOptions,
    entities: Entities,
    names: Names,
    files: Vec<String>,
    sources: Vec<Source>,
    problems: Vec<Problem>,
}

impl GazetteerBuilder {
    /// An empty builder with default options.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty builder.
    pub fn with_options(options: CompileOptions) -> Self {
        Self { options, ..Self::default() }
    }

    /// Names the next list; its number goes into the records' origins.
    pub(crate) fn add_file(&mut self, name: &str) -> u16 {
        self.files.push(name.to_owned());
        u16::try_from(self.files.len() - 1).unwrap_or(u16::MAX)
    }

    /// Adds the licence and attribution of a source.
    pub fn add_source(&mut self, source: Source) {
        if !self.sources.contains(&source) {
            self.sources.push(source);
        }
    }

    /// Adds problems found while reading: [`build`](Self::build) will fail with them.
    pub fn add_problems(&mut self, problems: impl IntoIterator<Item = Problem>) {
        self.problems.extend(problems);
    }

    /// Adds one name and what its row states of the entity. What does not fit the format, or
    /// contradicts an earlier record, is kept as a problem.
    pub fn add(&mut self, record: Record) {
        let added = self.entities.add(&record).and_then(|number| {
            if record.name.is_empty() {
                return Ok(());
            }
            self.names.add(number, &record).map_err(|reason| ("name", reason))
        });
        if let Err((column, reason)) = added {
            let Origin { file, line } = record.origin;
            let file = self.files.get(usize::from(file)).cloned().unwrap_or_default();
            let column = column.to_owned();
            self.problems.push(Problem { file, line: line.into(), column, reason });
        }
    }

    /// Compiles what was added.
    ///
    /// # Errors
    /// With every [`Problem`] of the records, if there is one; or if a limit of the format (four
    /// thousand million names or bytes of names) is passed.
    pub fn build(mut self) -> Result<Vec<u8>, Error> {
        let order = self.entities.sort();
        let file_name = |file: u16| self.files.get(usize::from(file)).cloned().unwrap_or_default();
        self.problems.extend(self.entities.check().into_iter().map(|(origin, column, reason)| {
            Problem { file: file_name(origin.file), line: origin.line.into(), column, reason }
        }));
        if !self.problems.is_empty() {
            return Err(self.problems.into());
        }
        self.names.sort(&order);
        let names = self.names.write(self.options.provenance)?;
        let mut meta = Meta {
            entities: 0,
            names: names.names,
            keys: names.keys,
            ambiguous: names.ambiguous,
            by_kind: BTreeMap::new(),
            by_lang: names.by_lang,
            by_role: names.by_role,
            langs: names.langs,
            files: self.files,
            prefixes: Vec::new(),
            columns: Vec::new(),
            sources: self.sources,
        };
        let entities = self.entities.write(&names.entity_rows, &names.listed, &mut meta)?;
        let meta =
            serde_json::to_vec(&meta).map_err(|error| Error::from(std::io::Error::from(error)))?;
        let sections = [
            meta,
            names.keys_fst,
            names.filter,
            names.rows,
            names.surfaces,
            entities.rows,
            entities.entity_rows,
            entities.ids,
            entities.facts,
            entities.index,
            names.dates,
            names.origins,
        ];
        Ok(assemble(&sections))
    }
}

/// Header, section table, sections.
fn assemble(sections: &[Vec<u8>; Section::ALL.len()]) -> Vec<u8> {
    let front = size_of::<Header>() + size_of::<SectionRow>() * sections.len();
    let length = front + sections.iter().map(Vec::len).sum::<usize>();
    let mut offset = front as u64;
    let mut table = Vec::with_capacity(sections.len());
    for section in sections {
        table.push(SectionRow {
            offset: offset.into(),
            length: (section.len() as u64).into(),
            checksum: checksum(section).into(),
        });
        offset += section.len() as u64;
    }
    let mut header = Header {
        magic: MAGIC,
        format: FORMAT.into(),
        key_scheme: KEY_SCHEME.into(),
        unicode: [UNICODE.0, UNICODE.1, UNICODE.2],
        sections: sections.len() as u8,
        length: (length as u64).into(),
        checksum: 0.into(),
    };
    let mut bytes = Vec::with_capacity(length);
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(table.as_bytes());
    header.checksum = checksum(&bytes).into();
    if let Some(start) = bytes.get_mut(..size_of::<Header>()) {
        start.copy_from_slice(header.as_bytes());
    }
    for section in sections {
        bytes.extend_from_slice(section);
    }
    bytes
}

fn fst_error(error: fst::Error) -> Error {
    Error::from(std::io::Error::other(error))
}

fn limit<T, E>(value: Result<T, E>, what: &'static str) -> Result<T, Error> {
    value.map_err(|_| Error::new(ErrorKind::Limit { what, most: u32::MAX.into() }))
}
