//! `exonym eval`: gold in, figures out.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use exonym::eval::gold::{self, GoldDocument, GoldForm};
use exonym::eval::{self, Calibration, ErrorCount, EvalOptions, Figures, Tally, Types};
use exonym::output::width;
use exonym::{Kind, TagOptions, Tagger};
use serde_json::{Map, Value, json};

use super::{counted, gazetteers, pipeline, weights};

/// Measure how well tagging does on texts whose places and groups are marked.
///
/// A gold file is JSON Lines, `{"id","lang","date","text","mentions":[{"start","end","type","ids"}]}`
/// with positions in code points, or, if its name ends in `.txt`, annotated text: a document a line,
/// `Fire in [Mossoul](mosul) and [Qorvia]()` with ids of the gazetteer or CURIEs, `% class NAME` above
/// the lines of a class, `#` before a comment, and its language as the file's name (`fr.txt`).
///
/// Prints precision, recall and F1 of spans (P, R, F1: exactly the gold's; over: overlapping), of the
/// entities of gold with ids (link), the share of gold with a location whose entity was found right
/// or within 161 km, and whether scores mean what they say (ECE: expected calibration error): an
/// answer is right if its entity is, or, where ids cannot tell, its location, or, where that is
/// unknown, its span, for which the scores of all its entities count together.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  exonym eval gold.jsonl.gz\n  exonym eval --types all --errors 20 traps/\n  exonym eval --weights mine.txt gold/\n  exonym eval -g world.gaz --demonyms --format json news.jsonl | jq .all.f1"
)]
pub(crate) struct Args {
    /// Gold files, or folders of them; `-` is JSON Lines from the standard input.
    #[arg(value_name = "GOLD", required = true)]
    gold: Vec<PathBuf>,
    #[command(flatten)]
    gazetteers: gazetteers::Choice,
    #[command(flatten)]
    weights: weights::Choice,
    /// Tag adjectives and inhabitants, too: for gold that marks them.
    #[arg(long)]
    demonyms: bool,
    /// Which mentions count.
    #[arg(long, value_enum, default_value = "place")]
    types: Wanted,
    /// Form of the output.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Most errors of each sort to show.
    #[arg(long, value_name = "N", default_value_t = 10)]
    errors: usize,
    #[command(flatten)]
    threads: pipeline::Threads,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Tables.
    Text,
    /// One JSON object.
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Wanted {
    /// Places.
    Place,
    /// Groups.
    Group,
    /// Places and groups, also those of which the gold does not say which they are.
    All,
}

impl Wanted {
    const fn types(self) -> Types {
        match self {
            Self::Place => Types::Place,
            Self::Group => Types::Group,
            Self::All => Types::All,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Place => "place",
            Self::Group => "group",
            Self::All => "all",
        }
    }
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut documents = read(&args.gold)?;
    let opened = args.gazetteers.open()?;
    let layers = opened.layers()?;
    let mut options = EvalOptions::default();
    options.types = args.types.types();
    let mut unknown = BTreeSet::new();
    for (_, documents) in &mut documents {
        options.add_vocabularies(documents, &layers);
        unknown.extend(documents.iter_mut().flat_map(|document| document.complete(&layers)));
    }
    tell_unknown(&unknown);
    let mut tag_options = TagOptions::default();
    tag_options.demonyms = args.demonyms;
    let weights = args.weights.open()?;
    let tagger = Tagger::with_layers(&layers).options(tag_options).weights(&weights);
    let plan = args.threads.plan(32);
    let mut figures = Figures::new(options);
    pipeline::run(
        &plan,
        |(_, gold): &(&str, &GoldDocument)| gold.text.len(),
        |keep| {
            for (set, documents) in &documents {
                if !documents.iter().all(|gold| keep((set.as_str(), gold))) {
                    break;
                }
            }
            Ok(())
        },
        |(set, gold)| (set, gold, eval::answers(&tagger, gold)),
        |(set, gold, answers)| {
            figures.add(set, gold, &answers);
            Ok(())
        },
    )?;
    let shown = match args.format {
        Format::Text => text(args, &figures)?,
        Format::Json => format!("{}\n", object(args, &figures)),
    };
    let mut out = io::stdout().lock();
    out.write_all(shown.as_bytes())?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// The documents of every gold file, with its name.
pub(super) fn read(given: &[PathBuf]) -> anyhow::Result<Vec<(String, Vec<GoldDocument>)>> {
    read_files(given, |reader, file| gold::read(reader, file, GoldForm::of(file)))
}

/// Reads files, and those of folders, by `read`, which is also given their names. All that is wrong
/// in them goes to stderr.
pub(super) fn read_files<T>(
    given: &[PathBuf],
    read_one: impl Fn(Box<dyn BufRead + Send>, &str) -> Result<T, exonym::Error>,
) -> anyhow::Result<Vec<(String, T)>> {
    let mut files = Vec::new();
    for path in given {
        if path.is_dir() {
            let inside = gold_files(path).with_context(|| path.display().to_string())?;
            if inside.is_empty() {
                bail!("{}: no .jsonl or .txt file in the folder", path.display());
            }
            files.extend(inside);
        } else {
            files.push(path.clone());
        }
    }
    let mut read = Vec::new();
    let mut bad = 0;
    for path in files {
        let file = path.display().to_string();
        let reader = exonym::open_input(&path).with_context(|| file.clone())?;
        match read_one(reader, &file) {
            Ok(documents) => read.push((file, documents)),
            Err(error) if error.problems().is_empty() => return Err(error.into()),
            Err(error) => {
                eprintln!("{error}");
                bad += error.problems().len();
            }
        }
    }
    if bad > 0 {
        bail!(counted(bad, "bad line"));
    }
    Ok(read)
}

/// The gold files of a folder, sorted, folders inside it left out.
fn gold_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().to_lowercase();
        let plain = name.strip_suffix(".gz").unwrap_or(&name);
        let gold = [".txt", ".jsonl", ".ndjson"].iter().any(|ending| plain.ends_with(ending));
        if gold && !name.starts_with('.') && entry.path().is_file() {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

/// Ids of annotated text that no gazetteer has are mistakes, or of a gazetteer that was not given.
pub(super) fn tell_unknown(unknown: &BTreeSet<String>) {
    const SHOWN: usize = 5;
    if unknown.is_empty() {
        return;
    }
    let first: Vec<_> = unknown.iter().take(SHOWN).map(String::as_str).collect();
    let more = if unknown.len() > SHOWN { ", …" } else { "" };
    let ids = if unknown.len() == 1 { "id of the gold is" } else { "ids of the gold are" };
    eprintln!("exonym: {} {ids} in no gazetteer: {}{more}", unknown.len(), first.join(", "));
}

const HEADER: [&str; 14] = [
    "documents",
    "gold",
    "answers",
    "P",
    "R",
    "F1",
    "over P",
    "over R",
    "over F1",
    "with id",
    "link P",
    "link R",
    "located",
    "161 km",
];

/// The figures as tables.
fn text(args: &Args, figures: &Figures) -> anyhow::Result<String> {
    let mut out = String::new();
    let mentions = match args.types {
        Wanted::Place => "places",
        Wanted::Group => "groups",
        Wanted::All => "places and groups",
    };
    let mut rows = vec![header(mentions)];
    rows[0].push("ECE".into());
    let with_error = |name: &str, tally: &Tally, calibration: &Calibration| {
        let mut row = row(name, tally);
        row.push(share(calibration.expected_error()));
        row
    };
    for (set, tally) in figures.sets() {
        if let Some(calibration) = figures.set_calibration(set) {
            rows.push(with_error(set, tally, calibration));
        }
    }
    let calibration = figures.calibration();
    if rows.len() != 2 {
        rows.push(with_error("all", figures.all(), &calibration));
    }
    write_table(&mut out, &rows)?;
    let groups: [(&str, Vec<(&str, &Tally)>); 3] = [
        ("language", figures.langs().collect()),
        ("class", figures.classes().collect()),
        (
            "kind",
            figures.kinds().map(|(kind, tally)| (kind.map_or("", Kind::name), tally)).collect(),
        ),
    ];
    for (title, mut tallies) in groups {
        tallies.retain(|(_, tally)| tally.gold + tally.answers > 0);
        if tallies.iter().all(|(name, _)| name.is_empty()) {
            continue;
        }
        let mut rows = vec![header(title)];
        for (name, tally) in tallies {
            let mut row = row(if name.is_empty() { "-" } else { name }, tally);
            if let ("kind", Some(documents)) = (title, row.get_mut(1)) {
                // Documents have no kind.
                "-".clone_into(documents);
            }
            rows.push(row);
        }
        write_table(&mut out, &rows)?;
    }
    if let Some(b_cubed) = figures.b_cubed() {
        writeln!(out, "B-cubed F1 of the entities of found spans: {b_cubed:.3}\n")?;
    }
    let mut rows = vec![["score", "answers", "mean", "right"].map(str::to_owned).to_vec()];
    for (number, bin) in calibration.bins().iter().enumerate().filter(|(_, bin)| bin.count > 0) {
        let range = format!("{:.1}-{:.1}", number as f64 / 10.0, (number + 1) as f64 / 10.0);
        rows.push(vec![range, bin.count.to_string(), share(bin.score()), share(bin.accuracy())]);
    }
    if let Some(error) = calibration.expected_error() {
        writeln!(out, "scores against right answers: expected calibration error {error:.3}")?;
        write_table(&mut out, &rows)?;
    }
    for (title, errors) in errors(args, figures) {
        if errors.is_empty() {
            continue;
        }
        writeln!(out, "{title}")?;
        for error in &errors {
            let said = match (error.answer.0.as_str(), error.gold.as_str()) {
                ("", _) => String::new(),
                (answer, "") => format!(" = {answer}"),
                (answer, gold) => format!(" = {answer}, not {gold}"),
            };
            writeln!(out, "{:>6}  {}{said}: {}", error.count, error.surface, error.context)?;
        }
        writeln!(out)?;
    }
    out.truncate(out.trim_end().len() + 1);
    Ok(out)
}

fn errors(args: &Args, figures: &Figures) -> [(&'static str, Vec<ErrorCount>); 3] {
    [
        ("missed", figures.missed(args.errors)),
        ("false", figures.false_answers(args.errors)),
        ("wrong link", figures.wrong_links(args.errors)),
    ]
}

fn share(share: Option<f64>) -> String {
    share.map_or_else(|| "-".into(), |share| format!("{share:.3}"))
}

fn header(title: &str) -> Vec<String> {
    std::iter::once(title).chain(HEADER).map(str::to_owned).collect()
}

fn row(name: &str, tally: &Tally) -> Vec<String> {
    vec![
        name.to_owned(),
        tally.documents.to_string(),
        tally.gold.to_string(),
        tally.answers.to_string(),
        share(tally.precision()),
        share(tally.recall()),
        share(tally.f1()),
        share(tally.overlap_precision()),
        share(tally.overlap_recall()),
        share(tally.overlap_f1()),
        tally.linkable.to_string(),
        share(tally.link_precision()),
        share(tally.link_recall()),
        tally.located.to_string(),
        share(tally.near_share()),
    ]
}

/// Names to the left, figures to the right; an empty line below.
fn write_table(out: &mut String, rows: &[Vec<String>]) -> std::fmt::Result {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let most = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| width(cell)).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(most).collect();
    for row in rows {
        for (column, (cell, most)) in row.iter().zip(&widths).enumerate() {
            let blanks = " ".repeat(most - width(cell));
            match column {
                0 => write!(out, "{cell}{blanks}")?,
                _ => write!(out, "  {blanks}{cell}")?,
            }
        }
        writeln!(out)?;
    }
    writeln!(out)
}

/// The figures as one object.
fn object(args: &Args, figures: &Figures) -> Value {
    let named = |tallies: &mut dyn Iterator<Item = (&str, &Tally)>| -> Value {
        tallies.map(|(name, tally)| (name.to_owned(), tally_object(tally))).collect()
    };
    let mut sets = named(&mut figures.sets());
    for (set, _) in figures.sets() {
        if let Some(calibration) = figures.set_calibration(set) {
            sets[set]["calibration"] = calibration_object(calibration);
        }
    }
    let kinds = figures.kinds().map(|(kind, tally)| {
        let mut object = tally_object(tally);
        // Documents have no kind.
        object["documents"] = Value::Null;
        (kind.map_or("", Kind::name).to_owned(), object)
    });
    let kinds: Map<String, Value> = kinds.collect();
    let errors: Map<String, Value> = errors(args, figures)
        .into_iter()
        .map(|(title, errors)| (title.replace(' ', "_"), errors.iter().map(error_object).collect()))
        .collect();
    json!({
        "types": args.types.name(),
        "all": tally_object(figures.all()),
        "b_cubed": figures.b_cubed(),
        "calibration": calibration_object(&figures.calibration()),
        "by_file": sets,
        "by_lang": named(&mut figures.langs()),
        "by_class": named(&mut figures.classes()),
        "by_kind": kinds,
        "errors": errors,
    })
}

fn tally_object(tally: &Tally) -> Value {
    json!({
        "documents": tally.documents,
        "gold": tally.gold,
        "answers": tally.answers,
        "precision": tally.precision(),
        "recall": tally.recall(),
        "f1": tally.f1(),
        "overlap_precision": tally.overlap_precision(),
        "overlap_recall": tally.overlap_recall(),
        "overlap_f1": tally.overlap_f1(),
        "with_id": tally.linkable,
        "link_precision": tally.link_precision(),
        "link_recall": tally.link_recall(),
        "located": tally.located,
        "within_161_km": tally.near_share(),
    })
}

fn calibration_object(calibration: &Calibration) -> Value {
    let bins = calibration.bins().iter().enumerate().map(|(number, bin)| {
        json!({
            "from": number as f64 / 10.0,
            "to": (number + 1) as f64 / 10.0,
            "answers": bin.count,
            "mean": bin.score(),
            "right": bin.accuracy(),
        })
    });
    json!({
        "expected_error": calibration.expected_error(),
        "bins": bins.collect::<Vec<_>>(),
    })
}

fn error_object(error: &ErrorCount) -> Value {
    let mut object = json!({
        "text": error.surface,
        "count": error.count,
        "context": error.context,
    });
    let (id, name) = &error.answer;
    if !id.is_empty() {
        object["answer"] = json!({"id": id, "name": name});
    }
    if !error.gold.is_empty() {
        object["gold"] = error.gold.split(' ').collect();
    }
    object
}
