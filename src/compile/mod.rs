//! Step 3 of the walk: from records to the bytes of a gazetteer.
//!
//! In: [`Record`]s, one by one. Out: the file of [`crate::layout`]. Keys are sorted, so that a key's
//! names are a range of rows; entities are sorted by id. Records may come in any order of entities:
//! the bytes depend only on what the lists say of each, and in which order; not on the memory that
//! sorting may take, nor on the number of threads.

mod beginnings;
mod entities;
mod facts;
pub(crate) mod lists;
mod names;
mod report;
mod rows;
mod scratch;
mod sort;

use std::collections::BTreeMap;
use std::io::Write;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use zerocopy::IntoBytes;

use crate::error::{Error, ErrorKind};
use crate::layout::{
    DatedRow, EntityRow, FORMAT, Header, MAGIC, Meta, OriginRow, Row, Section, SectionRow, Source,
    checksum, front, varint,
};
use crate::normalize::{KEY_SCHEME, UNICODE};
use crate::record::{Origin, Problem, Record, Role};

use entities::Entities;
pub(crate) use facts::RETRACTED;
use names::{Interner, Names, Prepared, prepare};
pub(crate) use names::{capitals, default_policy, digraphs};
pub use report::{CompileReport, Progress};
use scratch::{Room, Spool};
use sort::Sorter;

/// Whether a compiled file says for each name where it was listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Provenance {
    /// Lists, sources and licences only.
    #[default]
    Lists,
    /// File and line of every name, four bytes a name; `explain` shows them.
    Rows,
}

/// How to compile.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct CompileOptions {
    /// What to keep of where names come from.
    pub provenance: Provenance,
    /// Leave rows that break the contract out, and say so in the report, instead of failing. A
    /// list that cannot be read, or has no proper header, is an error all the same.
    pub skip_bad: bool,
    /// Threads that read and sort; none or one: the caller's alone. The result is the same.
    pub threads: usize,
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
///
/// Names take memory while they are sorted, some 100 bytes each. With
/// [`bounded`](Self::bounded) they take no more than it says, and the rest of them goes to
/// temporary files; entities stay in memory, at some 150 bytes each.
#[derive(Default)]
pub struct GazetteerBuilder {
    options: CompileOptions,
    room: Room,
    entities: Entities,
    names: Names,
    files: Vec<String>,
    sources: Vec<Source>,
    problems: Vec<Problem>,
    /// A problem is not of a row, and cannot be left out.
    hopeless: bool,
    /// What stopped the sorting; nothing is done after it.
    failed: AssertUnwindSafe<Option<Error>>,
    progress: Arc<Progress>,
}

impl GazetteerBuilder {
    /// An empty builder with default options.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty builder.
    pub fn with_options(options: CompileOptions) -> Self {
        let mut builder = Self { options, ..Self::default() };
        builder.names.sorter = Sorter::new(&Room::default(), options.threads);
        builder
    }

    /// Bounds the memory that names, and the sections being written, take to some `memory` bytes:
    /// what does not fit goes to temporary files in `folder`. They have no names, so that nothing
    /// is left behind however the program ends. To be called before anything is added; the result
    /// is the same with any bound.
    #[must_use]
    pub fn bounded(mut self, folder: impl Into<PathBuf>, memory: u64) -> Self {
        self.room = Room::new(folder.into(), memory);
        self.names.sorter = Sorter::new(&self.room, self.options.threads);
        self
    }

    /// How far the work is, to be asked from another thread.
    pub fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
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

    /// Adds problems found while reading: [`build`](Self::build) will fail with them, or report
    /// them where bad rows are left out.
    pub fn add_problems(&mut self, problems: impl IntoIterator<Item = Problem>) {
        for problem in problems {
            self.hopeless |= !problem.is_of_row();
            self.problems.push(problem);
        }
    }

    /// Adds one name and what its row states of the entity. What does not fit the format, or
    /// contradicts an earlier record, is kept as a problem, and the record is left out.
    pub fn add(&mut self, record: Record) {
        self.progress.rows.fetch_add(1, Ordering::Relaxed);
        let prepared = if record.name.is_empty() { Ok(None) } else { prepare(&record).map(Some) };
        self.add_prepared(&record, prepared);
    }

    fn add_prepared(&mut self, record: &Record, prepared: Result<Option<Prepared>, String>) {
        if self.failed.is_some() {
            return;
        }
        let prepared = prepared.map_err(|reason| ("name", reason));
        let added = prepared.and_then(|name| Ok((self.entities.add(record)?, name)));
        match added {
            Ok((_, None)) => {}
            Ok((number, Some(name))) => {
                *self.failed = self.names.add(number, record, &name).err();
            }
            Err((column, reason)) => self.problem(record.origin, column, reason),
        }
    }

    fn problem(&mut self, origin: Origin, column: &str, reason: String) {
        let Origin { file, line } = origin;
        let file = self.files.get(usize::from(file)).cloned().unwrap_or_default();
        let column = column.to_owned();
        self.problems.push(Problem { file, line: line.into(), column, reason });
    }

    /// Compiles what was added.
    ///
    /// # Errors
    /// With every [`Problem`] of the records, if there is one; if a limit of the format (four
    /// thousand million names or bytes of names) is passed; or if temporary files fail.
    pub fn build(self) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        self.write(&mut bytes)?;
        Ok(bytes)
    }

    /// Compiles what was added, and writes it to `out` from beginning to end.
    ///
    /// # Errors
    /// As [`build`](Self::build), and if writing fails.
    pub fn write(mut self, out: &mut dyn Write) -> Result<CompileReport, Error> {
        let progress = Arc::clone(&self.progress);
        progress.names.store(self.names.count.into(), Ordering::Relaxed);
        progress.reading_is_done.store(true, Ordering::Release);
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        self.entities.sort();
        let (index, contradictions) = self.entities.index(&self.room, self.options.threads)?;
        for (origin, column, reason) in contradictions {
            self.problem(origin, column, reason);
        }
        if !self.problems.is_empty() && (self.hopeless || !self.options.skip_bad) {
            return Err(self.problems.into());
        }
        let (names, langs) =
            rows::write(self.names, &self.entities, &self.room, self.options, &progress)?;
        let counts = names.counts;
        let named = |counts: &[u64], name: &dyn Fn(usize) -> String| -> BTreeMap<String, u64> {
            let counts = counts.iter().enumerate().filter(|(_, count)| **count > 0);
            counts.map(|(number, &count)| (name(number), count)).collect()
        };
        let mut meta = Meta {
            entities: 0,
            names: counts.names,
            keys: counts.keys,
            ambiguous: counts.ambiguous,
            by_kind: BTreeMap::new(),
            by_lang: named(&counts.by_lang, &|number| {
                langs.get(number).cloned().unwrap_or_default()
            }),
            by_role: named(&counts.by_role, &|code| Role::from_code(code as u16).name().to_owned()),
            langs,
            files: self.files,
            prefixes: Vec::new(),
            columns: Vec::new(),
            sources: self.sources,
        };
        let entities = self.entities.write(
            names.by_entity,
            (counts.names as u32, counts.last_row),
            &counts.listed,
            &self.room,
            &mut meta,
        )?;
        let mut head = Spool::new(&Room::default());
        serde_json::to_writer(&mut head, &meta)
            .map_err(|error| Error::from(std::io::Error::from(error)))?;
        let sections = [
            head,
            names.keys,
            names.filter,
            names.rows,
            names.surfaces,
            entities.rows,
            entities.entity_rows,
            entities.ids,
            entities.facts,
            index,
            names.dates,
            names.origins,
        ];
        let sizes = Section::ALL.iter().zip(&sections);
        let mut report = CompileReport {
            rows: progress.rows(),
            refused: self.problems,
            merged: counts.merged,
            entities: meta.entities,
            names: meta.names,
            keys: meta.keys,
            ambiguous: meta.ambiguous,
            bytes: 0,
            sections: sizes.map(|(section, bytes)| (section.name(), bytes.len())).collect(),
        };
        report.bytes = assemble(sections, out)?;
        Ok(report)
    }
}

/// Writes header, section table, sections; their length.
fn assemble(sections: [Spool; Section::ALL.len()], out: &mut dyn Write) -> Result<u64, Error> {
    let front = size_of::<Header>() + size_of::<SectionRow>() * sections.len();
    let mut offset = front as u64;
    let mut table = Vec::with_capacity(sections.len());
    for section in &sections {
        table.push(SectionRow {
            offset: offset.into(),
            length: section.len().into(),
            checksum: section.checksum().into(),
        });
        offset += section.len();
    }
    let mut header = Header {
        magic: MAGIC,
        format: FORMAT.into(),
        key_scheme: KEY_SCHEME.into(),
        unicode: [UNICODE.0, UNICODE.1, UNICODE.2],
        sections: sections.len() as u8,
        length: offset.into(),
        checksum: 0.into(),
    };
    let tested = [header.as_bytes(), table.as_bytes()].concat();
    header.checksum = checksum(&tested).into();
    out.write_all(header.as_bytes())?;
    out.write_all(table.as_bytes())?;
    for mut section in sections {
        std::io::copy(&mut section.reader()?, out)?;
    }
    Ok(offset)
}

fn fst_error(error: fst::Error) -> Error {
    Error::from(std::io::Error::other(error))
}

fn limit<T, E>(value: Result<T, E>, what: &'static str) -> Result<T, Error> {
    value.map_err(|_| Error::new(ErrorKind::Limit { what, most: u32::MAX.into() }))
}
