//! `exonym explain`: why a span was tagged or not.

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::{Context, bail};
use exonym::{Date, Document, Offsets, Resolved, Span, TagOptions, Tagger, key_of};

use super::tag::Unit;
use super::{gazetteers, weights};

/// Tell why a text's spans were tagged or not, and which row of which list says so.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  exonym explain \"L'EI recule à Mossoul\"\n  exonym explain \"What is Nice like?\" --span 8..12\n  exonym explain \"Tripoli is calm\" --expect LB --weights mine.txt"
)]
pub(crate) struct Args {
    /// The text.
    text: String,
    /// Only names that touch this part: first..end, end exclusive.
    #[arg(long, value_name = "A..B", value_parser = span)]
    span: Option<(usize, usize)>,
    #[command(flatten)]
    gazetteers: gazetteers::Choice,
    #[command(flatten)]
    weights: weights::Choice,
    /// Language of the text.
    #[arg(long, default_value = "", hide_default_value = true)]
    lang: String,
    /// Date of the text.
    #[arg(long, value_parser = |word: &str| Date::parse(word).ok_or("write YYYY-MM-DD"))]
    date: Option<Date>,
    /// Ids of entities, or codes of countries, that the text is expected to name.
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    expect: Vec<String>,
    /// Ids of entities, or codes of countries, that the text does not name.
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    exclude: Vec<String>,
    /// Unit of positions.
    #[arg(long, value_enum, default_value = "codepoint")]
    offsets: Unit,
    /// Report adjectives and inhabitants, too.
    #[arg(long)]
    demonyms: bool,
}

fn span(word: &str) -> Result<(usize, usize), String> {
    let (start, end) = word.split_once("..").ok_or("write A..B, such as 3..10")?;
    let number = |part: &str| part.parse().map_err(|_| format!("`{part}` is no number"));
    let (start, end) = (number(start)?, number(end)?);
    if start < end { Ok((start, end)) } else { Err("the end must lie after the start".into()) }
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let opened = args.gazetteers.open()?;
    let layers = opened.layers()?;
    let mut options = TagOptions::default();
    options.demonyms = args.demonyms;
    let weights = args.weights.open()?;
    let tagger = Tagger::with_layers(&layers).options(options).weights(&weights);
    let document = Document::new(&args.text).lang(&args.lang).date(args.date);
    let document = document.hints(&args.expect, &args.exclude);
    let explanation = tagger.explain(document);
    let mut offsets = Offsets::new(&args.text, args.offsets.into());
    let wanted = match args.span {
        None => Span::new(0, args.text.len()),
        Some((start, end)) => {
            let mut byte = |offset| {
                let found = offsets.byte_of(offset);
                found.context("the span does not begin and end between characters of the text")
            };
            Span::new(byte(start)?, byte(end)?)
        }
    };
    if wanted.is_empty() {
        bail!("the text is empty");
    }
    let text = args.text.as_str();
    let mut out = io::stdout().lock();
    let mut shown = 0;
    for mention in
        explanation.tagged.mentions.iter().filter(|mention| mention.span().overlaps(wanted))
    {
        shown += 1;
        accepted(&mut out, &tagger, &args.text, &mut offsets, mention)?;
    }
    for rejected in explanation.tagged.rejected.iter().filter(|one| one.span().overlaps(wanted)) {
        shown += 1;
        let surface = &text[rejected.span()];
        let entity = rejected.entity.map_or("none".to_owned(), |key| tagger.entity(key).id());
        let place = place(&mut offsets, rejected.span());
        writeln!(out, "{place} “{surface}” rejected: {entity}")?;
        for why in &rejected.why {
            writeln!(out, "  {}: {}", why.code(), why.text(&tagger, text))?;
        }
    }
    let weighed = explanation.weighed.iter().filter(|weighing| weighing.span.overlaps(wanted));
    for (at, weighing) in weighed.enumerate() {
        if at == 0 {
            writeln!(out, "evidence, as what it adds to the logarithm of the odds:")?;
        }
        let place = place(&mut offsets, weighing.span);
        let id = tagger.entity(weighing.entity).id();
        writeln!(out, "  {place} {id}: probability {:.3}", weighing.chance)?;
        for (code, text, told) in &weighing.seen {
            writeln!(out, "    {told:+.2} {code}: {text}")?;
        }
    }
    let trials = explanation.trials.iter().filter(|trial| trial.span.overlaps(wanted));
    let mut header = false;
    for trial in trials {
        if !header {
            writeln!(out, "names tried:")?;
            header = true;
        }
        let at =
            trial.name.origin().map_or(String::new(), |(file, line)| format!(" [{file}:{line}]"));
        let verdict = trial.refused.map_or("meets the text", |mismatch| mismatch.text());
        let policy = match trial.name.policy().to_string() {
            policy if policy.is_empty() => policy,
            policy => format!(", {policy}"),
        };
        let place = place(&mut offsets, trial.span);
        writeln!(
            out,
            "  {place} “{}” = {} “{}” ({}{policy}){at}: {verdict}",
            &text[trial.span],
            trial.id,
            trial.name.text(),
            trial.name.role().name(),
        )?;
        shown += 1;
    }
    if shown == 0 {
        let key = key_of(&text[wanted]);
        writeln!(
            out,
            "no listed name has a key that runs along this text (its own key is “{key}”)"
        )?;
        let found = layers.lookup(&text[wanted]);
        for found in found.iter().take(5) {
            let listed = found.name.text();
            writeln!(out, "  lookup knows it as {} (“{listed}”)", found.entity().id())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn place(offsets: &mut Offsets<'_>, span: Span) -> String {
    format!("{}..{}", offsets.at(span.start), offsets.at(span.end))
}

fn accepted(
    out: &mut dyn Write,
    tagger: &Tagger<'_>,
    text: &str,
    offsets: &mut Offsets<'_>,
    mention: &Resolved,
) -> io::Result<()> {
    let entity = tagger.entity(mention.entity);
    let span = mention.span();
    writeln!(
        out,
        "{} “{}” = {} ({}, {}), {}, score {:.2}",
        place(offsets, span),
        &text[span],
        entity.id(),
        entity.canonical_name(""),
        entity.kind().name(),
        tagger.level(text, &mention.mention, Some(mention.entity)).name(),
        mention.score
    )?;
    for why in &mention.why {
        writeln!(out, "  {}: {}", why.code(), why.text(tagger, text))?;
    }
    for candidate in &mention.mention.candidates {
        let entity = tagger.entity(candidate.entity);
        let name = tagger.name(candidate);
        let listed = name.map(|name| name.text()).unwrap_or_default();
        let at = name
            .and_then(|name| name.origin())
            .map_or(String::new(), |(file, line)| format!(" [{file}:{line}]"));
        let weak = if candidate.is_weak() { ", weak" } else { "" };
        let weight = entity.weight().map_or("none".to_owned(), |weight| weight.to_string());
        writeln!(out, "  candidate {} “{listed}”{at}, weight {weight}{weak}", entity.id())?;
    }
    Ok(())
}
