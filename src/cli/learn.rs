//! `exonym learn`: a corpus and judgements in, a table of weights out.

use std::collections::{BTreeSet, HashMap};
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use exonym::eval::gold::{self, GoldDocument, GoldForm};
use exonym::train::judgements::{self, Judged};
use exonym::train::{Adapted, Learner, Sample, WordCounts};
use exonym::{Layers, TagOptions, Tagger, Weights};

use super::documents::{self, Input, InputDocument};
use super::{atomic, counted, eval, gazetteers, pipeline, weights};

/// Fit the weights of evidence to your texts: by a corpus, by your judgements, or both.
///
/// From the CORPUS, which needs no marks, it counts how the words that are names, too, are used:
/// how often they are written small, and how often they follow a given name. From JUDGEMENTS it
/// learns how much each piece of evidence tells in such texts. Tag texts with `--format jsonl`, and
/// give mentions, or with `--rejected` those held back, a field `right`: `true` if they mean their
/// entity, `false` if not, or the id of what they mean (`""`: nothing listed). Mentions without it are
/// not judged. Gold, as `exonym eval` reads it, also serves. The texts, with their hints, are taken
/// from the corpus by their ids, or from the output itself if it was made with `--keep`.
///
/// Learning starts from the built-in weights (or --weights) and strays from them as far as held-out
/// judgements bear it out: a few change little or nothing. The figures it prints are of judgements
/// that neither the weights nor how far they may stray were fitted to.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  exonym tag --format jsonl news.jsonl > tagged.jsonl   (then judge some mentions)\n  exonym learn news.jsonl --judgements tagged.jsonl -o weights.txt\n  exonym tag --weights weights.txt news.jsonl\n  exonym learn --lang fr --input lines archive.txt.gz -o weights.txt\n  exonym learn --judgements gold/fr.txt --weights weights.txt -o better.txt"
)]
pub(crate) struct Args {
    /// Plain texts, or folders of them; `-` is the standard input.
    #[arg(value_name = "CORPUS", required_unless_present = "judgements")]
    corpus: Vec<PathBuf>,
    /// Judged output of `exonym tag`, or gold, or a folder of such; may be given several times.
    #[arg(long, value_name = "FILE")]
    judgements: Vec<PathBuf>,
    /// Where to write the table.
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    gazetteers: gazetteers::Choice,
    #[command(flatten)]
    weights: weights::Choice,
    /// Adjectives and inhabitants were judged, too: what was judged was tagged with --demonyms.
    #[arg(long)]
    demonyms: bool,
    /// Most words to keep counts of: those whose use is most telling.
    #[arg(long, value_name = "N", default_value_t = 3000)]
    most: usize,
    #[command(flatten)]
    reading: documents::Reading,
    #[command(flatten)]
    work: documents::Work,
}

/// What a file of judgements holds.
enum Read {
    Gold(Vec<GoldDocument>),
    Judged(Vec<Judged>),
}

/// What was taken from the corpus.
struct Corpus {
    counts: WordCounts,
    /// Judged documents by their ids.
    documents: HashMap<String, InputDocument>,
    failed: usize,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let files = args.corpus.iter().chain(&args.judgements);
    atomic::check(&args.out, files.map(PathBuf::as_path))?;
    let start = args.weights.open()?;
    let opened = args.gazetteers.open()?;
    let layers = opened.layers()?;
    let (gold, judged) = read(args)?;
    let corpus = read_corpus(args, &layers, &judged)?;
    let judgements: usize = judged.iter().map(Judged::judgements).sum();
    let mut documents = documents_of(&judged, &corpus.documents)?;
    documents.extend(gold);
    let mut unknown = BTreeSet::new();
    for document in &mut documents {
        unknown.extend(document.complete(&layers));
    }
    eval::tell_unknown(&unknown);
    let counted_words = !args.corpus.is_empty();
    let start = start.into_owned();
    let start = if counted_words { corpus.counts.into_weights(start, args.most) } else { start };
    let mut options = TagOptions::default();
    options.demonyms = args.demonyms;
    let tagger = Tagger::with_layers(&layers).options(options).weights(&start);
    let samples: Vec<_> = documents
        .iter()
        .map(|document| Sample { tagger: &tagger, document, weight: 1.0 })
        .collect();
    let adapted = Learner::default().adapt(&samples, &start);
    let mut file = atomic::File::create(&args.out)?;
    file.write_all(adapted.weights.table(&comment(args)).as_bytes())?;
    file.keep()?;
    let mut out = io::stdout().lock();
    match args.judgements.is_empty() {
        true => {}
        false if documents.is_empty() => tell_unjudged(&mut out)?,
        false => tell_learned(&mut out, judgements, &start, &adapted)?,
    }
    if counted_words {
        tell_words(&mut out, &adapted.weights)?;
    }
    out.flush()?;
    Ok(documents::end(corpus.failed))
}

/// The judgements: gold, whose texts stand with it, and judged output.
fn read(args: &Args) -> anyhow::Result<(Vec<GoldDocument>, Vec<Judged>)> {
    let files = eval::read_files(&args.judgements, |reader, file| match GoldForm::of(file) {
        form @ GoldForm::Annotated => gold::read(reader, file, form).map(Read::Gold),
        _ => judgements::read(reader, file, &args.reading.text_field).map(Read::Judged),
    })?;
    let (mut gold, mut judged) = (Vec::new(), Vec::new());
    for (_, read) in files {
        match read {
            Read::Gold(documents) => gold.extend(documents),
            Read::Judged(documents) => judged.extend(documents),
        }
    }
    Ok((gold, judged))
}

/// Counts the words of the corpus, and keeps the documents that were judged.
fn read_corpus(args: &Args, layers: &Layers<'_>, judged: &[Judged]) -> anyhow::Result<Corpus> {
    let mut found = Corpus { counts: WordCounts::default(), documents: HashMap::new(), failed: 0 };
    if args.corpus.is_empty() {
        return Ok(found);
    }
    let missing = judged.iter().filter(|judged| judged.needs_text());
    let missing: BTreeSet<String> = missing.map(|judged| judged.id.to_string()).collect();
    let corpus = documents::Args { files: args.corpus.clone(), reading: args.reading.clone() };
    let tagger = Tagger::with_layers(layers);
    pipeline::run(
        &args.work.threads.plan(32),
        Input::len,
        |keep| corpus.each(keep),
        |input| {
            let input = corpus.item(input).map_err(|failure| failure.error)?;
            let counts = tagger.count_words(input.document());
            let id = input.id.to_string();
            Ok((counts, missing.contains(&id).then_some((id, input))))
        },
        |result: anyhow::Result<_>| {
            match result {
                Ok((counts, judged)) => {
                    found.counts.add(counts);
                    found.documents.extend(judged);
                }
                Err(error) if args.work.on_error == documents::OnError::Stop => return Err(error),
                Err(error) => {
                    eprintln!("exonym: {error:#}");
                    found.failed += 1;
                }
            }
            Ok(())
        },
    )?;
    Ok(found)
}

/// The judged documents with their texts.
fn documents_of(
    all: &[Judged],
    corpus: &HashMap<String, InputDocument>,
) -> anyhow::Result<Vec<GoldDocument>> {
    const SHOWN: usize = 5;
    let (mut documents, mut missing, mut bad) = (Vec::new(), Vec::new(), 0);
    for judged in all {
        let id = judged.id.to_string();
        let input = corpus.get(&id);
        if judged.needs_text() && input.is_none() {
            missing.push(id);
            continue;
        }
        if judged.needs_text() && input.is_some_and(|input| input.html.is_some()) {
            bail!(
                "{id} is a web page: positions in it are not those of its text; judge the text by itself"
            );
        }
        let known = input.map(InputDocument::document).unwrap_or_default();
        match judged.document(&known) {
            Ok(document) => documents.push(document),
            Err(error) => {
                eprintln!("{error}");
                bad += error.problems().len();
            }
        }
    }
    if !missing.is_empty() {
        let first: Vec<_> = missing.iter().take(SHOWN).map(String::as_str).collect();
        let more = if missing.len() > SHOWN { ", …" } else { "" };
        bail!(
            "no text for {} of the judged documents: {}{more}; name the files that were tagged as CORPUS and read them as then (--input), or tag with --keep",
            missing.len(),
            first.join(", ")
        );
    }
    match bad {
        0 => Ok(documents),
        1 => bail!("1 judgement does not agree with its text"),
        _ => bail!("{bad} judgements do not agree with their texts"),
    }
}

/// Where the table comes from; names of files without their folders.
fn comment(args: &Args) -> String {
    let names = |paths: &[PathBuf]| {
        let name = |path: &PathBuf| {
            path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
        };
        paths.iter().map(name).collect::<Vec<_>>().join(", ")
    };
    let mut comment = "Weights of evidence, by `exonym learn`".to_owned();
    if !args.judgements.is_empty() {
        comment.push_str(&format!(" from judgements in {}", names(&args.judgements)));
    }
    if !args.corpus.is_empty() {
        comment.push_str(&format!("; counts of words from {}", names(&args.corpus)));
    }
    comment.push_str(&format!("; starting from {}.", args.weights.name()));
    comment
}

fn tell_learned(
    out: &mut dyn Write,
    judgements: usize,
    start: &Weights,
    adapted: &Adapted,
) -> io::Result<()> {
    const SHOWN: usize = 12;
    if judgements > 0 {
        write!(out, "{}, ", counted(judgements, "judgement"))?;
    }
    writeln!(out, "{} to learn from", counted(adapted.mentions, "mention"))?;
    let (Some(before), Some(after)) = (adapted.before, adapted.after) else {
        return writeln!(out, "weights are as before: these are too few to learn from");
    };
    writeln!(out, "held out            before  after")?;
    writeln!(out, "  decided right     {:.3}   {:.3}", before.right, after.right)?;
    writeln!(out, "  mean probability  {:.3}   {:.3}", before.likelihood, after.likelihood)?;
    if adapted.changes.is_empty() {
        return writeln!(out, "weights are as before: no change did better on what was held out");
    }
    let (doubt, doubt_after) = (start.doubt(), adapted.weights.doubt());
    writeln!(out, "of the surest, wrong  {doubt:.3}   {doubt_after:.3}")?;
    writeln!(out, "weights that changed, of {} the most", adapted.changes.len())?;
    for (code, text, before, after) in adapted.changes.iter().take(SHOWN) {
        writeln!(out, "  {before:+.2} -> {after:+.2}  {code}: {text}")?;
    }
    Ok(())
}

fn tell_unjudged(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "weights are as before: no mention was judged; give some a field `right`")
}

fn tell_words(out: &mut dyn Write, weights: &Weights) -> io::Result<()> {
    let words = weights.words();
    if words.is_empty() {
        return writeln!(out, "no words counted: none of the corpus is a name, too");
    }
    let shown = |(lang, count): (&str, usize)| {
        format!("{count} of {}", if lang.is_empty() { "unknown language" } else { lang })
    };
    let all: Vec<_> = words.into_iter().map(shown).collect();
    writeln!(out, "words with counts: {}", all.join(", "))
}
