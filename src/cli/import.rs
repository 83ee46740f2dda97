//! `exonym import`: the lists of others in, a list of the contract or a compiled file out.
//!
//! In: files of one source. Out: CSV, or a gazetteer. Problems go to the standard error output, one
//! a line, and end with a count; they fail the import only with `--strict`.

use std::cell::Cell;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use exonym::{
    CompileOptions, GazetteerBuilder, IMPORT_SOURCES, ImportOptions, ImportReport, ImportSource,
    Kind, ListWriter, Problem, Record, import,
};

use super::{atomic, gazetteers, pipeline};

/// Bring lists of others to the form of your own: GeoNames, Wikidata, sanctions lists and more.
///
/// Files are plain, gzip, zip or Zstandard; a folder stands for the files in it. A line that is not
/// what it should be is told and passed over.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  exonym import geonames cities15000.zip admin1CodesASCII.txt countryInfo.txt -o cities.csv\n  exonym import geonames allCountries.zip alternateNamesV2.zip --min-population 1000 -o world.gaz\n  exonym import wikidata latest-all.json.gz --langs en,fr,ar --min-sitelinks 10 -o wikidata.csv.gz\n  exonym import wikidata latest-all.json.gz --classes classes.txt -o wikidata.gaz\n  exonym import wikidata-csv query.csv --class Q5119=city -o - | exonym check -\n  exonym import pairs ours.csv --prefix ours: --kind organization -o ours.gaz"
)]
pub(crate) struct Args {
    /// What the files are.
    #[arg(value_name = "SOURCE", value_parser = source_parser())]
    source: String,
    /// Files, or folders of files; `-` for stdin.
    #[arg(required = true, value_name = "FILES")]
    files: Vec<PathBuf>,
    /// `.csv` or `.csv.gz` for a list, `.gaz` for a compiled file, `-` for CSV on stdout.
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// Stop at the first problem; nothing is written.
    #[arg(long)]
    strict: bool,
    /// Only names in these languages, and names without language.
    #[arg(long, value_name = "L,…", value_delimiter = ',')]
    langs: Vec<String>,
    /// Only entities of these countries.
    #[arg(long, value_name = "CC,…", value_delimiter = ',')]
    countries: Vec<String>,
    /// Only settlements of this many people or more.
    #[arg(long, value_name = "N", default_value_t = 0)]
    min_population: u64,
    /// geonames: feature classes or codes, such as P,A.ADM1,H.LK; `all` for all. Without it,
    /// administrative units, settlements, and large islands, mountains, waters.
    #[arg(long, value_name = "F,…", value_delimiter = ',')]
    features: Vec<String>,
    /// wikidata: only items with this many pages in Wikimedia projects or more.
    #[arg(long, value_name = "N", default_value_t = 0)]
    min_sitelinks: u64,
    /// Only entities of these classes: items of wikidata, schemas of ftm and opensanctions,
    /// placetypes of wof, labels of spacy. `CLASS=KIND` states what a class is.
    #[arg(long = "class", value_name = "CLASS[=KIND],…", value_delimiter = ',', value_parser = class)]
    classes: Vec<(String, Option<Kind>)>,
    /// The same from a file: a class on each line, with a blank or `=` and its kind, if it has one;
    /// `#` begins a comment.
    #[arg(long = "classes", value_name = "FILE")]
    class_files: Vec<PathBuf>,
    /// The kind of entities of which the files do not say it.
    #[arg(long, value_parser = kind)]
    kind: Option<Kind>,
    /// The language of names of which the files do not say it.
    #[arg(long, value_name = "L", default_value = "", hide_default_value = true)]
    lang: String,
    /// What ids of own lists begin with, instead of the source's name and a colon; may be empty.
    #[arg(long)]
    prefix: Option<String>,
}

fn source_parser() -> clap::builder::PossibleValuesParser {
    let value = |source: &ImportSource| {
        clap::builder::PossibleValue::new(source.name()).help(source.about())
    };
    clap::builder::PossibleValuesParser::new(IMPORT_SOURCES.iter().map(value).collect::<Vec<_>>())
}

fn kind(word: &str) -> Result<Kind, String> {
    let known: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
    let found = Kind::ALL.iter().copied().find(|kind| kind.name() == word);
    found.ok_or_else(|| format!("no kind; known are {}", known.join(", ")))
}

fn class(word: &str) -> Result<(String, Option<Kind>), String> {
    match word.split_once('=') {
        Some((class, word)) => Ok((class.to_owned(), Some(kind(word)?))),
        None => Ok((word.to_owned(), None)),
    }
}

/// The classes of the command line and of files.
fn classes(args: &Args) -> anyhow::Result<Vec<(String, Option<Kind>)>> {
    let mut classes = args.classes.clone();
    for file in &args.class_files {
        let shown = file.display();
        let text = std::fs::read_to_string(file).with_context(|| shown.to_string())?;
        for (number, line) in (1..).zip(text.lines()) {
            let stated = line.split('#').next().unwrap_or_default();
            let words: Vec<&str> = stated
                .split(|char: char| char == '=' || char.is_whitespace())
                .filter(|word| !word.is_empty())
                .collect();
            match words.as_slice() {
                [] => {}
                [class] => classes.push(((*class).to_owned(), None)),
                [class, word] => {
                    let kind = kind(word)
                        .map_err(|reason| anyhow!("{shown}:{number}: `{word}` is {reason}"))?;
                    classes.push(((*class).to_owned(), Some(kind)));
                }
                _ => bail!("{shown}:{number}: more than a class and a kind; write `Q5119 city`"),
            }
        }
    }
    Ok(classes)
}

/// What is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Stdout,
    List,
    PackedList,
    Gazetteer,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let source = ImportSource::find(&args.source)
        .ok_or_else(|| anyhow!("there is no source `{}`", args.source))?;
    let mut options = ImportOptions::default();
    options.strict = args.strict;
    options.langs.clone_from(&args.langs);
    options.countries = args.countries.iter().map(|code| code.to_uppercase()).collect();
    options.features.clone_from(&args.features);
    options.classes = classes(args)?;
    options.min_population = args.min_population as f64;
    options.min_sitelinks = args.min_sitelinks;
    options.kind = args.kind;
    options.lang.clone_from(&args.lang);
    options.prefix.clone_from(&args.prefix);
    let form = form(&args.output)?;
    if form != Form::Stdout {
        atomic::check(&args.output, args.files.iter().map(PathBuf::as_path))?;
    }
    match form {
        Form::Stdout => {
            let out = BufWriter::new(io::stdout().lock());
            let (mut out, report) = write_list(out, source, args, &options)?;
            out.flush()?;
            tell(source, "-", &report);
        }
        Form::List => {
            let file = atomic::File::create(&args.output)?;
            let (file, report) = write_list(file, source, args, &options)?;
            file.keep()?;
            write_terms(source, &args.output)?;
            tell(source, &args.output.display().to_string(), &report);
        }
        Form::PackedList => {
            let file = atomic::File::create(&args.output)?;
            let file = flate2::write::GzEncoder::new(file, flate2::Compression::default());
            let (file, report) = write_list(file, source, args, &options)?;
            file.finish()?.keep()?;
            write_terms(source, &args.output)?;
            tell(source, &args.output.display().to_string(), &report);
        }
        Form::Gazetteer => compile(source, args, &options)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn form(output: &Path) -> anyhow::Result<Form> {
    let name = output.to_string_lossy().to_lowercase();
    match name.as_str() {
        "-" => Ok(Form::Stdout),
        name if name.ends_with(".gaz") => Ok(Form::Gazetteer),
        name if name.ends_with(".csv") => Ok(Form::List),
        name if name.ends_with(".csv.gz") => Ok(Form::PackedList),
        _ => bail!("{}: name it .csv, .csv.gz or .gaz, or - for stdout", output.display()),
    }
}

fn print(problem: &Problem) {
    eprintln!("{problem}");
}

fn write_list<W: Write>(
    out: W,
    source: &ImportSource,
    args: &Args,
    options: &ImportOptions,
) -> anyhow::Result<(W, ImportReport)> {
    let mut list = ListWriter::new(out, source.attributes())?;
    let closed = Cell::new(None);
    let mut keep = |record: Record| {
        list.write(&record).map_err(|error| {
            closed.set(Some(error.kind()));
            error.into()
        })
    };
    match import(source, &args.files, options, &mut keep, &mut print) {
        Ok(report) => {
            check(source, &report)?;
            Ok((list.finish()?, report))
        }
        Err(error) => match closed.get() {
            // As an I/O error it is known as what it is.
            Some(kind) => Err(io::Error::new(kind, error.to_string()).into()),
            None => Err(failed(error)),
        },
    }
}

/// Files of which nothing could be used are those of another source.
fn check(source: &ImportSource, report: &ImportReport) -> anyhow::Result<()> {
    if report.entities == 0 && report.problems > 0 {
        bail!("nothing found; {} reads {}", source.name(), source.about());
    }
    Ok(())
}

fn failed(error: exonym::Error) -> anyhow::Error {
    if error.problems().is_empty() {
        return error.into();
    }
    anyhow!("{error}; nothing was written, as --strict asks")
}

/// What names may take in memory while they are sorted, as in `compile`.
const MEMORY: u64 = 1 << 30;

fn compile(source: &ImportSource, args: &Args, options: &ImportOptions) -> anyhow::Result<()> {
    let mut compiling = CompileOptions::default();
    compiling.threads = pipeline::processors();
    let mut builder =
        GazetteerBuilder::with_options(compiling).bounded(atomic::folder(&args.output), MEMORY);
    let report = builder.import(source, &args.files, options, &mut print).map_err(failed)?;
    check(source, &report)?;
    let mut file = atomic::File::create(&args.output)?;
    let compiled = builder.write(&mut file).map_err(|error| {
        let reason = gazetteers::tell_rows(error);
        anyhow!("{reason}; nothing was written")
    })?;
    file.keep()?;
    tell(source, &args.output.display().to_string(), &report);
    eprintln!(
        "{} keys ({} ambiguous), {} bytes",
        compiled.keys, compiled.ambiguous, compiled.bytes
    );
    Ok(())
}

/// Licence and attribution go beside the list, where `compile` finds them.
fn write_terms(source: &ImportSource, output: &Path) -> anyhow::Result<()> {
    let terms = source.terms();
    let mut path = output.as_os_str().to_owned();
    path.push(".sources.json");
    if terms.name.is_empty() {
        // That of an earlier list with this name would be taken for its own.
        if Path::new(&path).is_file() {
            std::fs::remove_file(&path)?;
        }
        return Ok(());
    }
    let mut file = atomic::File::create(Path::new(&path))?;
    writeln!(file, "{}", serde_json::to_string_pretty(&[terms])?)?;
    file.keep()
}

/// Which classes a user might state, most frequent first.
fn tell_classes(report: &ImportReport) {
    const SHOWN: usize = 10;
    let mut classes: Vec<(&String, &u64)> = report.without_kind.iter().collect();
    if classes.is_empty() {
        return;
    }
    classes.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let first: Vec<String> =
        classes.iter().take(SHOWN).map(|(class, count)| format!("{class} ({count})")).collect();
    let more = if classes.len() > SHOWN { ", …" } else { "" };
    eprintln!("kept without a kind, by class: {}{more}", first.join(", "));
    eprintln!("state what classes are with --class CLASS=KIND or --classes FILE");
}

/// What was read and made, and on what terms it may be used.
fn tell(source: &ImportSource, output: &str, report: &ImportReport) {
    for (reason, count) in &report.left_out {
        eprintln!("left out: {reason} ({count})");
    }
    tell_classes(report);
    let terms = source.terms();
    if !terms.name.is_empty() {
        let licence = gazetteers::licence(&terms);
        eprintln!("source: {} ({licence}): {}", terms.name, terms.attribution);
    }
    let plural = if report.problems == 1 { "" } else { "s" };
    eprintln!(
        "{output}: {} entities, {} names from {} lines; {} problem{plural}",
        report.entities, report.names, report.read, report.problems
    );
}
