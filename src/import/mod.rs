//! Beside the walk: lists of others, brought to the CSV contract.
//!
//! In: files as GeoNames, Wikidata, sanctions lists and others publish them. Out: [`Record`]s in the
//! form of [`crate::record`], one by one, and a [`Problem`] for each line that is not what it should
//! be. A source is a row of [`IMPORT_SOURCES`]: its name, its terms, and the function that reads its
//! files. What all sources need is in [`run`]: opening files, telling of problems, cleaning names,
//! options, and keeping the rows free of contradictions, so that they always compile.

mod cldr;
mod countries;
mod files;
mod gate;
mod geonames;
mod jrc;
mod list;
mod names;
mod naturalearth;
mod ofac;
mod opensanctions;
mod pairs;
mod petrarch;
mod run;
mod spacy;
mod synonyms;
mod table;
mod un;
mod wikidata;
mod wikidata_csv;
mod wof;
mod zip;

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::compile::GazetteerBuilder;
use crate::error::Error;
use crate::layout::Source;
use crate::record::{Kind, Problem, Record};

pub use list::ListWriter;
use run::Run;

/// A kind of files that can be imported.
#[derive(Clone, Copy, Debug)]
pub struct ImportSource {
    name: &'static str,
    about: &'static str,
    title: &'static str,
    licence: &'static str,
    attribution: &'static str,
    attributes: &'static [&'static str],
    read: fn(&mut Run<'_>) -> Result<(), Error>,
}

/// All sources, in the order of the help.
pub static IMPORT_SOURCES: &[ImportSource] = &[
    geonames::SOURCE,
    wikidata::SOURCE,
    wikidata_csv::SOURCE,
    naturalearth::SOURCE,
    cldr::SOURCE,
    ofac::SOURCE,
    un::SOURCE,
    petrarch::SOURCE,
    wof::SOURCE,
    jrc::SOURCE,
    opensanctions::SOURCE,
    opensanctions::FTM,
    pairs::SOURCE,
    spacy::SOURCE,
    synonyms::SOURCE,
    gate::SOURCE,
];

impl ImportSource {
    /// The source with this name.
    pub fn find(name: &str) -> Option<&'static Self> {
        IMPORT_SOURCES.iter().find(|source| source.name == name)
    }

    /// The word of the command line, such as `geonames`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its files, in a few words.
    pub fn about(&self) -> &'static str {
        self.about
    }

    /// Licence and attribution; empty name if the files are the user's own.
    pub fn terms(&self) -> Source {
        Source {
            name: self.title.to_owned(),
            licence: self.licence.to_owned(),
            attribution: self.attribution.to_owned(),
        }
    }

    /// The columns that its rows have beyond those of the contract.
    pub fn attributes(&self) -> &'static [&'static str] {
        self.attributes
    }
}

/// What to take from the files. Empty lists ask for nothing.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ImportOptions {
    /// Stop at the first problem.
    pub strict: bool,
    /// Names in these languages, and names without language.
    pub langs: Vec<String>,
    /// Entities of these countries (ISO 3166-1 alpha-2).
    pub countries: Vec<String>,
    /// `geonames`: feature classes or codes (`P`, `A.ADM1`, `all`).
    pub features: Vec<String>,
    /// Entities of these classes, each with the kind it stands for, if that is stated: items of
    /// Wikidata, schemas of `ftm` and `opensanctions`, placetypes of `wof`, labels of `spacy`.
    pub classes: Vec<(String, Option<Kind>)>,
    /// Settlements of at least this many people; where the source does not know, there are none.
    pub min_population: f64,
    /// `wikidata`: entities with at least this many pages in Wikimedia projects.
    pub min_sitelinks: u64,
    /// The kind of entities of which the files do not say it.
    pub kind: Option<Kind>,
    /// The language of names of which the files do not say it.
    pub lang: String,
    /// What ids of own lists begin with, instead of the source's name and a colon.
    pub prefix: Option<String>,
}

/// What an import has read and made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImportReport {
    /// Lines, rows or objects read.
    pub read: u64,
    /// Entities.
    pub entities: u64,
    /// Names of them.
    pub names: u64,
    /// Problems told.
    pub problems: u64,
    /// What was left out as the options or the source's rules say, by reason.
    pub left_out: BTreeMap<&'static str, u64>,
    /// `wikidata`, `wikidata-csv`: the classes of entities that were kept without a kind, with the
    /// number of these.
    pub without_kind: BTreeMap<String, u64>,
}

/// Reads the files of a source. Each record goes to `keep`, in an order that depends on nothing but
/// the files; each problem to `tell`. The files are streamed: what is held in memory grows only with
/// the number of entities, by a few bytes each (`pairs` and other small lists: by their size).
///
/// # Errors
/// If a file cannot be read, is compressed in an unknown way, or is none of this source's; what
/// `keep` answers; with [`ImportOptions::strict`], the first problem.
///
/// ```no_run
/// use exonym::{ImportOptions, ImportSource, import};
/// let source = ImportSource::find("geonames").unwrap();
/// let mut names = Vec::new();
/// import(source, &["SY.zip".into()], &ImportOptions::default(), &mut |record| {
///     names.push(record.name);
///     Ok(())
/// }, &mut |problem| eprintln!("{problem}"))?;
/// # Ok::<(), exonym::Error>(())
/// ```
pub fn import(
    source: &ImportSource,
    files: &[PathBuf],
    options: &ImportOptions,
    keep: &mut dyn FnMut(Record) -> Result<(), Error>,
    tell: &mut dyn FnMut(&Problem),
) -> Result<ImportReport, Error> {
    let mut run = Run::new(source.title, files, options, keep, tell);
    (source.read)(&mut run)?;
    Ok(run.report())
}

impl GazetteerBuilder {
    /// Imports files of a source into the gazetteer, with its licence and attribution.
    ///
    /// # Errors
    /// As [`import`].
    pub fn import(
        &mut self,
        source: &ImportSource,
        files: &[PathBuf],
        options: &ImportOptions,
        tell: &mut dyn FnMut(&Problem),
    ) -> Result<ImportReport, Error> {
        let mut first = 0;
        for (index, file) in files.iter().enumerate() {
            let number = self.add_file(&file.display().to_string());
            if index == 0 {
                first = number;
            }
        }
        if !source.title.is_empty() {
            self.add_source(source.terms());
        }
        let mut keep = |mut record: Record| {
            record.origin.file = record.origin.file.saturating_add(first);
            self.add(record);
            Ok(())
        };
        import(source, files, options, &mut keep, tell)
    }
}
