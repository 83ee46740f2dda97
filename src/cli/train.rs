//! `exonym train`: gold in, a table of weights out.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, ensure};
use exonym::eval::gold::GoldDocument;
use exonym::train::{Learner, Sample, Source};
use exonym::{Gazetteer, TagOptions, Tagger, Weights};

use super::{atomic, eval, gazetteers, weights};

/// Learn from marked texts how much each piece of evidence tells.
///
/// Reads gold as `exonym eval` does and writes the table of weights that resolving reads. Every text
/// is looked at twice: with the first gazetteer alone, and with all layers. `GOLD=2` counts a file's
/// mentions twice. The same texts in the same order give the same table.
///
/// How much to doubt even the surest answers is learned, too: every file is held out in turn and
/// answered by what the others teach, as texts of a sort that nobody learned from will be. Sentences
/// that were written to be learned from (--written) are easier than such texts, and not held out.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  exonym train train/sentences --out weights.txt\n  exonym train --written train/sentences=2 interviews.jsonl --demonyms news.jsonl.gz -g world.gaz --out weights.txt"
)]
pub(crate) struct Args {
    /// Gold files, or folders of them; `=N` counts their mentions N times.
    #[arg(value_name = "GOLD[=N]", required_unless_present_any = ["written", "demonyms"])]
    gold: Vec<String>,
    /// Gold of sentences that were written to be learned from.
    #[arg(long, value_name = "GOLD[=N]")]
    written: Vec<String>,
    /// Gold that marks adjectives and inhabitants, too.
    #[arg(long, value_name = "GOLD[=N]")]
    demonyms: Vec<String>,
    #[command(flatten)]
    gazetteers: gazetteers::Choice,
    /// Take over the counts of words of this table, which `exonym learn` wrote.
    #[arg(long, value_name = "FILE")]
    words: Option<PathBuf>,
    /// Where to write the table.
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    /// How much large weights are disliked.
    #[arg(long, value_name = "X", default_value_t = Learner::default().penalty, value_parser = penalty)]
    penalty: f64,
}

fn penalty(word: &str) -> Result<f64, String> {
    match word.parse::<f64>() {
        Ok(penalty) if (0.0..=MOST).contains(&penalty) => Ok(penalty),
        _ => Err(format!("`{word}` is no number from 0 to {MOST}")),
    }
}

/// The largest penalty, and the most times that mentions count: beyond it, numbers overflow.
const MOST: f64 = 1e6;

/// How the documents of a file are marked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Marks {
    Plain,
    Written,
    /// Adjectives, too.
    Demonyms,
}

/// Documents of one file, and how often they count.
struct Set {
    documents: Vec<GoldDocument>,
    weight: f64,
    marks: Marks,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let given = [
        (&args.written, Marks::Written),
        (&args.gold, Marks::Plain),
        (&args.demonyms, Marks::Demonyms),
    ];
    let all = given.into_iter().flat_map(|(all, marks)| all.iter().map(move |one| (one, marks)));
    let all = all.map(|(gold, marks)| Ok((split(gold)?, marks)));
    let all: Vec<_> = all.collect::<anyhow::Result<_>>()?;
    atomic::check(&args.out, all.iter().map(|((path, _), _)| path.as_path()))?;
    let opened = args.gazetteers.open()?;
    let layers = opened.layers()?;
    let mut sets = Vec::new();
    let mut unknown = BTreeSet::new();
    for ((path, weight), marks) in all {
        for (_, mut documents) in eval::read(&[path])? {
            for document in &mut documents {
                unknown.extend(document.complete(&layers));
            }
            sets.push(Set { documents, weight, marks });
        }
    }
    eval::tell_unknown(&unknown);
    let options = |demonyms| {
        let mut options = TagOptions::default();
        options.demonyms = demonyms;
        options
    };
    let words = args.words.as_deref().map(weights::open).transpose()?;
    let words = words.as_ref().unwrap_or(Weights::shipped());
    let embedded = Gazetteer::embedded();
    let mut taggers =
        vec![[false, true].map(|demonyms| {
            Tagger::with_layers(&layers).options(options(demonyms)).weights(words)
        })];
    if opened.count() > 1 {
        let alone = |demonyms| {
            Tagger::new(embedded).map(|tagger| tagger.options(options(demonyms)).weights(words))
        };
        taggers.push([alone(false)?, alone(true)?]);
    }
    let mut sources = Vec::new();
    for set in &sets {
        let samples = taggers.iter().flat_map(|[plain, adjectives]| {
            let tagger = if set.marks == Marks::Demonyms { adjectives } else { plain };
            let sample = move |document| Sample { tagger, document, weight: set.weight };
            set.documents.iter().map(sample)
        });
        sources.push(Source::new(samples.collect()).written(set.marks == Marks::Written));
    }
    let mut learner = Learner::default();
    learner.penalty = args.penalty;
    let learned = learner.learn_from(&sources);
    ensure!(learned.mentions > 0, "nothing to learn from: no gazetteer has a name of these texts");
    let comment = format!(
        "Weights of evidence, learned by `exonym train` from {}; for a look at a mention by itself, then with its document.",
        args.written
            .iter()
            .chain(&args.gold)
            .chain(&args.demonyms)
            .map(|gold| name(gold))
            .collect::<Vec<_>>()
            .join(", ")
    );
    let mut file = atomic::File::create(&args.out)?;
    file.write_all(learned.table(&comment).as_bytes())?;
    file.keep()?;
    eprintln!(
        "{}: learned from {} mentions; what is marked has a mean probability of {:.3}",
        args.out.display(),
        learned.mentions,
        learned.likelihood
    );
    match learned.held_out {
        0 => eprintln!("nothing is doubted: no file could be held out"),
        1 => eprintln!("doubt {:.3}, of one answer held out", learned.doubt()),
        held_out => eprintln!("doubt {:.3}, of {held_out} answers held out", learned.doubt()),
    }
    Ok(ExitCode::SUCCESS)
}

/// A path and how often it counts.
fn split(gold: &str) -> anyhow::Result<(PathBuf, f64)> {
    let Some((path, word)) = gold.rsplit_once('=') else { return Ok((gold.into(), 1.0)) };
    let times: f64 = word.parse().with_context(|| format!("{gold}: `{word}` is no number"))?;
    ensure!(times > 0.0 && times <= MOST, "{gold}: `{word}` is no number above 0, up to {MOST}");
    Ok((path.into(), times))
}

/// What a file is called, without its folders.
fn name(gold: &str) -> &str {
    gold.rsplit('/').next().unwrap_or(gold)
}
