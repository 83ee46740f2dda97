//! `exonym diff`: two gazetteers in, what differs out; with a corpus, what that does to its mentions.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use exonym::Tagger;
use exonym::diff::{
    Change, Differences, EntityChange, FactChange, MentionChanges, MentionCount, NameChange,
    mention_changes,
};
use serde_json::{Map, Value, json};

use super::documents::{self, Input};
use super::{gazetteers, pipeline, weights};

/// Tell what differs between two gazetteers: entities and names that came, went or changed.
///
/// OLD and NEW are compiled files, or lists or folders of lists, which are compiled in memory. An id
/// that NEW no longer has lives on if `replaced_by`, or an external id, leads to another entity;
/// what the old one had is compared with that one. With --corpus, both tag the texts, layered on the
/// embedded gazetteer as `tag -g` layers them, and the mentions that come, go or change their entity
/// are counted.
///
/// In text, `+` came, `-` went, `~` changed, `>` lives on under another id.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  exonym diff old.gaz new.gaz\n  exonym diff names.gaz names.csv --exit-code > changes.txt\n  exonym diff old/ new/ --corpus news.jsonl.gz --format jsonl | jq 'select(.mention)'\n  exonym diff old.gaz new.gaz --corpus news.txt --input lines --no-embedded"
)]
pub(crate) struct Args {
    /// The gazetteer before.
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The gazetteer after.
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Texts, or folders of them, whose mentions to compare; `-` is the standard input. May be
    /// given several times.
    #[arg(long, value_name = "FILE")]
    corpus: Vec<PathBuf>,
    /// Form of the output.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// End with exit code 1 if anything differs.
    #[arg(long)]
    exit_code: bool,
    #[command(flatten)]
    gazetteers: gazetteers::Choice,
    #[command(flatten)]
    weights: weights::Choice,
    #[command(flatten)]
    reading: documents::Reading,
    #[command(flatten)]
    work: documents::Work,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A line for each entity, name and fact, and counts below.
    Text,
    /// One JSON object for each entity and each kind of mention, and one with counts.
    Jsonl,
}

/// How many came, went, changed, live on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts([u64; 4]);

const CHANGES: [Change; 4] = [Change::Came, Change::Went, Change::Changed, Change::Replaced];

impl Counts {
    fn add(&mut self, change: Change, count: u64) {
        self.0[change as usize] += count;
    }

    fn text(self) -> String {
        let [came, went, changed, replaced] = self.0;
        let more = if replaced > 0 { format!(", {replaced} replaced") } else { String::new() };
        format!("{came} came, {went} went, {changed} changed{more}")
    }

    fn object(self) -> Value {
        let counts = CHANGES.iter().zip(self.0).map(|(change, count)| (change.name(), count));
        counts.map(|(name, count)| (name.to_owned(), count.into())).collect::<Map<_, _>>().into()
    }
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let old = args.gazetteers.open_below(&args.old)?;
    let new = args.gazetteers.open_below(&args.new)?;
    let damaged = || old.damaged().or_else(|| new.damaged());
    let differences = Differences::new(old.top()?, new.top()?)
        .map_err(|error| damaged().unwrap_or_else(|| error.into()))?;
    let mut out = BufWriter::new(io::stdout().lock());
    let (mut entities, mut names) = (Counts::default(), Counts::default());
    for change in differences {
        entities.add(change.change, 1);
        for name in &change.names {
            names.add(name.change, 1);
        }
        match args.format {
            Format::Text => write_entity(&mut out, &change)?,
            Format::Jsonl => writeln!(out, "{}", entity_object(&change))?,
        }
    }
    let mut differ = entities != Counts::default();
    let mut failed = 0;
    let mut mentions = None;
    if !args.corpus.is_empty() {
        let layers = (old.layers()?, new.layers()?);
        let weights = args.weights.open()?;
        let tagger = |layers| Tagger::with_layers(layers).weights(&weights);
        let taggers = (tagger(&layers.0), tagger(&layers.1));
        let found = compare(args, &taggers.0, &taggers.1, &mut failed)?;
        let ranked = found.ranked();
        differ |= !ranked.is_empty();
        if args.format == Format::Text && !ranked.is_empty() && entities != Counts::default() {
            writeln!(out)?;
        }
        for count in ranked {
            match args.format {
                Format::Text => write_mention(&mut out, count)?,
                Format::Jsonl => writeln!(out, "{}", mention_object(count))?,
            }
        }
        mentions = Some(found);
    }
    match args.format {
        Format::Text => {
            if differ {
                writeln!(out)?;
            }
            writeln!(out, "entities: {}", entities.text())?;
            writeln!(out, "names: {}", names.text())?;
            if let Some(mentions) = &mentions {
                let (changed, all) = (mentions.changed_documents(), mentions.documents());
                let documents = if all == 1 { "document" } else { "documents" };
                let counts = mention_counts(mentions).text();
                writeln!(out, "mentions: {counts}, in {changed} of {all} {documents}")?;
            }
        }
        Format::Jsonl => {
            let mut summary = json!({"entities": entities.object(), "names": names.object()});
            if let Some(mentions) = &mentions {
                summary["mentions"] = mention_counts(mentions).object();
                summary["documents"] = mentions.documents().into();
                summary["changed_documents"] = mentions.changed_documents().into();
            }
            writeln!(out, "{}", json!({ "summary": summary }))?;
        }
    }
    out.flush()?;
    if failed > 0 {
        return Ok(documents::end(failed));
    }
    Ok(ExitCode::from(u8::from(args.exit_code && differ)))
}

fn mention_counts(mentions: &MentionChanges) -> Counts {
    let mut counts = Counts::default();
    for change in CHANGES {
        counts.add(change, mentions.count(change));
    }
    counts
}

/// Tags the corpus twice and counts what differs.
fn compare(
    args: &Args,
    old: &Tagger<'_>,
    new: &Tagger<'_>,
    failed: &mut usize,
) -> anyhow::Result<MentionChanges> {
    let corpus = documents::Args { files: args.corpus.clone(), reading: args.reading.clone() };
    let plan = args.work.threads.plan(32);
    let mut found = MentionChanges::new();
    pipeline::run(
        &plan,
        Input::len,
        |keep| corpus.each(keep),
        |input| {
            let input = corpus.item(input).map_err(|failure| failure.error)?;
            let changes = mention_changes(old, new, input.document());
            let id = input.id.as_str().map_or_else(|| input.id.to_string(), str::to_owned);
            Ok((id, changes))
        },
        |result: anyhow::Result<_>| {
            match result {
                Ok((id, changes)) => found.add(&id, changes),
                Err(error) if args.work.on_error == documents::OnError::Stop => bail!(error),
                Err(error) => {
                    eprintln!("exonym: {error:#}");
                    *failed += 1;
                }
            }
            Ok(())
        },
    )?;
    Ok(found)
}

const fn sign(change: Change) -> char {
    match change {
        Change::Came => '+',
        Change::Went => '-',
        Change::Changed => '~',
        Change::Replaced => '>',
    }
}

fn write_entity(out: &mut dyn Write, change: &EntityChange) -> io::Result<()> {
    let EntityChange { id, name, .. } = change;
    write!(out, "{} {id} = {name} ({})", sign(change.change), change.kind.name())?;
    if let Some(by) = &change.by {
        write!(out, ": lives on as {by}")?;
    }
    writeln!(out)?;
    if !change.replaces.is_empty() {
        writeln!(out, "    replaces {}", change.replaces.join(", "))?;
    }
    if !change.heirs.is_empty() {
        let heirs = change.heirs.join(", ");
        writeln!(out, "    {heirs} shares an external id: with replaced_by, {id} would live on")?;
    }
    for fact in &change.facts {
        writeln!(out, "    ~ {}", shown(fact))?;
    }
    for name in &change.names {
        write_name(out, name)?;
    }
    Ok(())
}

fn shown(fact: &FactChange) -> String {
    let FactChange { fact, old, new, note } = fact;
    if fact == "same_as" {
        // Of many ids, a few change.
        let ids = |all: &str, other: &str, sign: char| {
            let known: Vec<&str> = other.split('|').collect();
            let only = all.split('|').filter(|id| !id.is_empty() && !known.contains(id));
            only.map(|id| format!(" {sign}{id}")).collect::<String>()
        };
        return format!("{fact}:{}{}", ids(new, old, '+'), ids(old, new, '-'));
    }
    let cell = |cell: &str| if cell.is_empty() { "(none)".to_owned() } else { cell.to_owned() };
    let note = if note.is_empty() { String::new() } else { format!(" ({note})") };
    format!("{fact}: {} -> {}{note}", cell(old), cell(new))
}

fn write_name(out: &mut dyn Write, change: &NameChange) -> io::Result<()> {
    write!(out, "    {} “{}”", sign(change.change), change.name)?;
    if !change.lang.is_empty() {
        write!(out, " [{}]", change.lang)?;
    }
    if change.facts.is_empty() {
        write!(out, " {}", change.role.name())?;
        let policy = change.policy.to_string();
        if !policy.is_empty() {
            write!(out, ", {policy}")?;
        }
    } else {
        let facts: Vec<String> = change.facts.iter().map(shown).collect();
        write!(out, " {}", facts.join(", "))?;
    }
    writeln!(out)
}

fn write_mention(out: &mut dyn Write, count: &MentionCount) -> io::Result<()> {
    let change = &count.example;
    let means = match change.change {
        Change::Came => change.new.0.clone(),
        Change::Went => change.old.0.clone(),
        _ => format!("{} -> {}", change.old.0, change.new.0),
    };
    let times = if count.count == 1 { String::new() } else { format!(" ×{}", count.count) };
    writeln!(out, "{} “{}”{times} = {means}", sign(change.change), change.text)?;
    if !change.why.is_empty() {
        let side = if change.change == Change::Came { "before" } else { "now" };
        writeln!(out, "    {side}: {}", change.why)?;
    }
    writeln!(out, "    {}: {}", count.document, change.context)
}

fn fact_objects(facts: &[FactChange]) -> Value {
    let object = |FactChange { fact, old, new, note }: &FactChange| {
        let mut object = json!({"fact": fact, "old": old, "new": new});
        if !note.is_empty() {
            object["note"] = note.as_str().into();
        }
        object
    };
    facts.iter().map(object).collect()
}

fn entity_object(change: &EntityChange) -> Value {
    let names = change.names.iter().map(|name| {
        let mut object = json!({
            "change": name.change.name(),
            "name": name.name,
            "lang": name.lang,
            "role": name.role.name(),
            "policy": name.policy.to_string(),
        });
        if !name.facts.is_empty() {
            object["facts"] = fact_objects(&name.facts);
        }
        object
    });
    let names: Value = names.collect();
    let mut object = json!({
        "entity": change.id,
        "change": change.change.name(),
        "name": change.name,
        "kind": change.kind.name(),
    });
    if let Some(by) = &change.by {
        object["by"] = by.as_str().into();
    }
    for (field, ids) in [("replaces", &change.replaces), ("heirs", &change.heirs)] {
        if !ids.is_empty() {
            object[field] = ids.as_slice().into();
        }
    }
    object["facts"] = fact_objects(&change.facts);
    object["names"] = names;
    object
}

fn mention_object(count: &MentionCount) -> Value {
    let change = &count.example;
    let entity = |(id, name): &(String, String)| match id.as_str() {
        "" => Value::Null,
        id => json!({"id": id, "name": name}),
    };
    json!({
        "mention": change.text,
        "change": change.change.name(),
        "count": count.count,
        "documents": count.documents,
        "old": entity(&change.old),
        "new": entity(&change.new),
        "why": change.why,
        "document": count.document,
        "context": change.context,
    })
}
