//! `exonym tag`: documents in, mentions out.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use exonym::output::html::Page;
use exonym::output::{self, DisplayNames, Report, Style};
use exonym::{EntityType, Kind, OffsetUnit, Offsets, TagOptions, Tagged, Tagger};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Map, Value};

use super::documents::{self, Failure, Input, InputDocument, Item, OnError};
use super::{gazetteers, pipeline, weights};

/// Find the places and groups that documents name.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  exonym tag article.txt\n  cat article.txt | exonym tag --names fr\n  exonym tag --input lines --format jsonl news.txt.gz > mentions.jsonl\n  exonym tag --text-field body --keep feed.jsonl --format jsonl\n  exonym tag --format html article.html > page.html\n  exonym tag -g mylist.csv --format csv archive/\n  exonym tag --min-score 0.6,group=0.8,country=0.5 feed.jsonl\n\nAn object of JSON Lines may hold hints: `\"expect\": [\"IQ\", \"mosul\"]` and `\"exclude\": \"nice\"` name\nentities, or countries, that the document is likely, or not at all, about."
)]
pub(crate) struct Args {
    #[command(flatten)]
    documents: documents::Args,
    #[command(flatten)]
    gazetteers: gazetteers::Choice,
    #[command(flatten)]
    weights: weights::Choice,
    /// Form of the output.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Copy each input object and add the result (with --format jsonl).
    #[arg(long)]
    keep: bool,
    /// Unit of start and end.
    #[arg(long, value_enum, default_value = "codepoint")]
    offsets: Unit,
    /// Language in which entities are displayed, or `doc` for each document's own.
    #[arg(long, value_name = "LANG|doc", default_value = "", hide_default_value = true)]
    names: String,
    /// Report mentions with at least this score; `place=X`, `group=X` or a kind sets that of its
    /// own: 0.5,group=0.7,city=0.6.
    #[arg(long, value_name = "X", value_delimiter = ',', value_parser = bound)]
    min_score: Vec<Bound>,
    /// Report also what was held back, with the reason.
    #[arg(long)]
    rejected: bool,
    /// Report adjectives and inhabitants (Syrian, Iraqis), marked as such.
    #[arg(long)]
    demonyms: bool,
    /// Report names that overlap longer ones, too.
    #[arg(long)]
    overlapping: bool,
    /// Report these kinds only (country, city, armed_group, …).
    #[arg(long, value_name = "KINDS", value_delimiter = ',', value_parser = kind)]
    kinds: Vec<Kind>,
    /// Report entities of these countries only (ISO 3166-1 alpha-2).
    #[arg(long, value_name = "CODES", value_delimiter = ',', value_parser = country)]
    countries: Vec<String>,
    /// Use names in these languages only, and those for any language.
    #[arg(long, value_name = "LANGS", value_delimiter = ',')]
    langs: Vec<String>,
    /// Report entities from these sources only.
    #[arg(long, value_name = "SOURCES", value_delimiter = ',')]
    sources: Vec<String>,
    #[command(flatten)]
    work: documents::Work,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// The text with its mentions set off, and a table below.
    Text,
    /// One JSON object per document.
    Jsonl,
    /// One row per mention.
    Csv,
    /// The text with every mention replaced by its canonical name.
    Replace,
    /// One page to look at.
    Html,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Unit {
    Byte,
    Codepoint,
    Utf16,
}

impl From<Unit> for OffsetUnit {
    fn from(unit: Unit) -> Self {
        match unit {
            Unit::Byte => Self::Byte,
            Unit::Codepoint => Self::Codepoint,
            Unit::Utf16 => Self::Utf16,
        }
    }
}

fn kind(word: &str) -> Result<Kind, String> {
    Kind::ALL.iter().copied().find(|kind| kind.name() == word).ok_or_else(|| {
        let known: Vec<_> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        format!("known are {}", known.join(", "))
    })
}

/// A least score, and what it holds for.
#[derive(Clone, Copy, Debug)]
struct Bound {
    of: Of,
    least: f64,
}

#[derive(Clone, Copy, Debug)]
enum Of {
    All,
    Type(EntityType),
    Kind(Kind),
}

fn bound(word: &str) -> Result<Bound, String> {
    let (of, least) = match word.split_once('=') {
        None => (Of::All, word),
        Some(("place", least)) => (Of::Type(EntityType::Place), least),
        Some(("group", least)) => (Of::Type(EntityType::Group), least),
        Some((of, least)) => {
            (Of::Kind(kind(of).map_err(|known| format!("{known}, place, group"))?), least)
        }
    };
    match least.parse::<f64>() {
        Ok(least) if (0.0..=1.0).contains(&least) => Ok(Bound { of, least }),
        _ => Err(format!("`{least}` is no number from 0 to 1")),
    }
}

fn country(word: &str) -> Result<String, String> {
    let valid = word.len() == 2 && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    if valid { Ok(word.to_ascii_uppercase()) } else { Err("write two letters, such as IQ".into()) }
}

/// What came of one document: bytes to be written, or for the page, all of it.
enum Done {
    Bytes(Vec<u8>),
    Page(Box<(InputDocument, Tagged)>),
    Failed(Failure),
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    if args.keep && args.format != Format::Jsonl {
        bail!("--keep goes with --format jsonl");
    }
    let opened = args.gazetteers.open()?;
    let layers = opened.layers()?;
    let weights = args.weights.open()?;
    let tagger = Tagger::with_layers(&layers).options(options(args)).weights(&weights);
    let names = DisplayNames::parse(&args.names);
    let out = io::stdout().lock();
    let mut out = BufWriter::with_capacity(1 << 16, out);
    let sink = match args.format {
        Format::Html => {
            let display = if args.names == "doc" { "" } else { &args.names };
            Sink::Page(Page::begin(&mut out, &tagger, "Places and groups", display)?)
        }
        Format::Csv => {
            writeln!(out, "{}", output::CSV_HEADER.join(","))?;
            Sink::Bytes(&mut out)
        }
        _ => Sink::Bytes(&mut out),
    };
    let mut writer = Writer { args, sink, failed: 0 };
    let plan = args.work.threads.plan(if args.documents.is_stdin() { 1 } else { 32 });
    let mut progress = Progress::new(args.documents.is_stdin());
    pipeline::run(
        &plan,
        Input::len,
        |keep| args.documents.each(keep),
        |input| work(args, &tagger, &names, args.documents.item(input)),
        |(done, bytes)| {
            progress.add(bytes);
            if let Err(error) = writer.write(done) {
                progress.bar.finish_and_clear();
                // Not by returning: the reader may wait for input that never comes.
                std::process::exit(writer.abandon(&error).into());
            }
            Ok(())
        },
    )?;
    progress.bar.finish_and_clear();
    let code = writer.finish()?;
    out.flush()?;
    Ok(code)
}

fn options(args: &Args) -> TagOptions {
    let mut options = TagOptions::default();
    options.demonyms = args.demonyms;
    options.overlapping = args.overlapping;
    options.kinds.clone_from(&args.kinds);
    options.countries.clone_from(&args.countries);
    options.langs.clone_from(&args.langs);
    options.sources.clone_from(&args.sources);
    for Bound { of, least } in &args.min_score {
        match of {
            Of::All => options.min_score = *least,
            Of::Type(type_) => {
                let kinds = Kind::ALL.iter().filter(|kind| kind.entity_type() == *type_);
                // Bounds of kinds, which are narrower, come after them.
                options.min_scores.splice(..0, kinds.map(|kind| (*kind, *least)).rev());
            }
            Of::Kind(kind) => options.min_scores.push((*kind, *least)),
        }
    }
    options
}

/// A counter on stderr for work that lasts: shown from the second second on, at a terminal that
/// does not show the results.
struct Progress {
    bar: ProgressBar,
    wanted: bool,
}

impl Progress {
    fn new(is_stdin: bool) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        if let Ok(style) =
            ProgressStyle::with_template("{spinner} {bytes} of text, {bytes_per_sec}")
        {
            bar.set_style(style);
        }
        let terminal = io::stderr().is_terminal() && !io::stdout().is_terminal();
        Self { bar, wanted: terminal && !is_stdin }
    }

    fn add(&mut self, bytes: usize) {
        self.bar.inc(bytes as u64);
        if self.wanted && self.bar.elapsed() > Duration::from_secs(1) {
            self.wanted = false;
            self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(4));
        }
    }
}

/// Tags one document and formats the result, on a worker's thread.
fn work(args: &Args, tagger: &Tagger<'_>, names: &DisplayNames, item: Item) -> (Done, usize) {
    let input = match item {
        Ok(input) => input,
        Err(failure) => return (Done::Failed(failure), 0),
    };
    let document = input.document();
    let tagged = tagger.tag(document.clone());
    if tagged.parts > 1 {
        let (id, parts) = (shown_id(&input.id), tagged.parts);
        eprintln!("exonym: {id}: longer than 16 MB, resolved in {parts} parts");
    }
    let report = Report { tagger, document: &document, tagged: &tagged, names };
    let bytes = input.text.len();
    let done = match args.format {
        Format::Html => {
            return (Done::Page(Box::new((input, tagged))), bytes);
        }
        Format::Jsonl => json_line(args, &input, &report),
        Format::Csv => csv_rows(args, &input, &report),
        Format::Replace => Ok(replaced(&input, &report)),
        Format::Text => Ok(text(&input, &report)),
    };
    match done {
        Ok(out) => (Done::Bytes(out), bytes),
        Err(error) => (Done::Failed(Failure { id: input.id, error }), bytes),
    }
}

fn json_line(
    args: &Args,
    input: &InputDocument,
    report: &Report<'_, '_>,
) -> anyhow::Result<Vec<u8>> {
    let unit = args.offsets.into();
    let mut object = if args.keep { input.object.clone() } else { Map::new() };
    object.insert("id".into(), input.id.clone());
    let mut line = Vec::new();
    match &input.html {
        Some(html) => {
            let mut offsets: Offsets<'_> = html.offsets(unit);
            let mut place = |span| html.place(span, &mut offsets);
            let place: Option<&mut output::Place<'_>> = Some(&mut place);
            output::write_json(&mut line, &object, report, unit, args.rejected, place)?;
        }
        None => output::write_json(&mut line, &object, report, unit, args.rejected, None)?,
    }
    line.push(b'\n');
    Ok(line)
}

fn csv_rows(
    args: &Args,
    input: &InputDocument,
    report: &Report<'_, '_>,
) -> anyhow::Result<Vec<u8>> {
    let unit = args.offsets.into();
    let id = shown_id(&input.id);
    let rows = match &input.html {
        Some(html) => {
            let mut offsets: Offsets<'_> = html.offsets(unit);
            let mut place = |span| html.place(span, &mut offsets);
            output::csv_rows(&id, report, unit, Some(&mut place))
        }
        None => output::csv_rows(&id, report, unit, None),
    };
    let mut csv = csv::Writer::from_writer(Vec::new());
    for row in rows {
        csv.write_record(&row)?;
    }
    csv.into_inner().context("the rows cannot be written")
}

/// The id as text: strings without quotes.
fn shown_id(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

fn replaced(input: &InputDocument, report: &Report<'_, '_>) -> Vec<u8> {
    let Some(html) = &input.html else {
        let mut text = output::replace(report).into_bytes();
        if !text.ends_with(b"\n") {
            text.push(b'\n');
        }
        return text;
    };
    let page = html.page();
    let (mut out, mut written) = (String::with_capacity(page.len()), 0);
    for resolved in report.tagged.mentions.iter().filter(|resolved| !resolved.demonym) {
        let span = resolved.span();
        let (start, end) = (html.in_page(span.start, false), html.in_page(span.end, true));
        if start >= written {
            out.push_str(page.get(written..start).unwrap_or_default());
            out.push_str(&htmlize::escape_text(report.name(resolved.entity)));
            // Tags within the name stay, or what they open and close would no longer match.
            out.extend(html.markup(start, end));
            written = end;
        }
    }
    out.push_str(page.get(written..).unwrap_or_default());
    out.into_bytes()
}

fn text(input: &InputDocument, report: &Report<'_, '_>) -> Vec<u8> {
    let style = if super::colours() { Style::Ansi } else { Style::Brackets };
    let text = output::highlight(report, style);
    let mut out = format!("── {} ──\n{}\n\n", shown_id(&input.id), text.trim_end());
    out.push_str(&output::table(report));
    out.push('\n');
    out.into_bytes()
}

/// Where results go.
enum Sink<'a, 'g> {
    Bytes(&'a mut dyn Write),
    Page(Page<'a, 'g>),
}

/// Writes results in order.
struct Writer<'a, 'g> {
    args: &'a Args,
    sink: Sink<'a, 'g>,
    failed: usize,
}

impl Writer<'_, '_> {
    fn write(&mut self, done: Done) -> anyhow::Result<()> {
        match (done, &mut self.sink) {
            (Done::Bytes(bytes), Sink::Bytes(out)) => {
                out.write_all(&bytes)?;
                if self.args.documents.is_stdin() {
                    out.flush()?;
                }
            }
            (Done::Page(result), Sink::Page(page)) => {
                let (input, tagged) = *result;
                let document = input.document();
                page.document(&shown_id(&input.id), document, &tagged)?;
            }
            (Done::Failed(failure), _) => self.fail(failure)?,
            _ => unreachable!("a page is made of pages' results"),
        }
        Ok(())
    }

    fn fail(&mut self, failure: Failure) -> anyhow::Result<()> {
        if self.args.work.on_error == OnError::Stop {
            return Err(failure.error);
        }
        self.failed += 1;
        let error = format!("{:#}", failure.error);
        match &mut self.sink {
            Sink::Bytes(out) if self.args.format == Format::Jsonl => {
                let object = serde_json::json!({"id": failure.id, "error": error});
                writeln!(out, "{object}")?;
            }
            _ => eprintln!("exonym: {error}"),
        }
        Ok(())
    }

    /// Tells of an error that ends the work, after what was written before it; the exit code.
    fn abandon(&mut self, error: &anyhow::Error) -> u8 {
        if let Sink::Bytes(out) = &mut self.sink {
            // If this fails, it fails for the reason that is told.
            let _ = out.flush();
        }
        super::tell(error)
    }

    fn finish(self) -> anyhow::Result<ExitCode> {
        match self.sink {
            Sink::Bytes(out) => out.flush()?,
            Sink::Page(page) => page.end()?,
        }
        Ok(documents::end(self.failed))
    }
}
