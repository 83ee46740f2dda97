//! `exonym gaps`: what the gazetteer lacks, as rows of a list, ready to be filled.

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Context;
use exonym::{Sightings, Tagger, UnlistedNames};

use super::documents::{self, Input, Item};
use super::{gazetteers, pipeline};

/// Find the names in a corpus that the gazetteer lacks.
///
/// Writes rows of a name list, most important first: frequent capitalized word groups, and what
/// stands after phrases such as `ville de` or `militia`, that no listed name covers. Fill in kind and
/// country, take out what is no place or group, and layer the file with -g.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  exonym gaps --lang fr archive/ > gaps.csv\n  exonym gaps --input lines --least 10 --most 100 news.txt.gz"
)]
pub(crate) struct Args {
    #[command(flatten)]
    documents: documents::Args,
    #[command(flatten)]
    gazetteers: gazetteers::Choice,
    /// Most rows to write.
    #[arg(long, value_name = "N", default_value_t = 500)]
    most: usize,
    /// Least times that a name is seen.
    #[arg(long, value_name = "N", default_value_t = 3)]
    least: u64,
    #[command(flatten)]
    work: documents::Work,
}

/// The columns of a list, and what was counted.
const HEADER: [&str; 19] = [
    "id",
    "name",
    "lang",
    "role",
    "policy",
    "since",
    "until",
    "kind",
    "country",
    "parent",
    "lat",
    "lon",
    "weight",
    "same_as",
    "source",
    "note",
    "count",
    "documents",
    "context",
];

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let opened = args.gazetteers.open()?;
    let layers = opened.layers()?;
    let tagger = Tagger::with_layers(&layers);
    let plan = args.work.threads.plan(32);
    let mut names = UnlistedNames::new();
    let mut failed = 0;
    pipeline::run(
        &plan,
        Input::len,
        |keep| args.documents.each(keep),
        |input| sightings(&tagger, args.documents.item(input)),
        |result| {
            match result {
                Ok(sightings) => names.add(sightings),
                Err(error) if args.work.on_error == documents::OnError::Stop => return Err(error),
                Err(error) => {
                    eprintln!("exonym: {error:#}");
                    failed += 1;
                }
            }
            Ok(())
        },
    )?;
    if names.forgotten() > 0 {
        eprintln!("exonym: too many names to remember; counts of rare ones may be too low");
    }
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(HEADER)?;
    for name in names.ranked(&layers, args.least).iter().take(args.most) {
        let (count, documents) = (name.count.to_string(), name.documents.to_string());
        let row = HEADER.map(|column| match column {
            "id" => name.id.as_str(),
            "name" => &name.name,
            "lang" => &name.lang,
            "role" => "canonical",
            "count" => &count,
            "documents" => &documents,
            "context" => &name.context,
            _ => "",
        });
        csv.write_record(row)?;
    }
    let rows = csv.into_inner().context("the rows cannot be written")?;
    let mut out = io::stdout().lock();
    out.write_all(&rows)?;
    out.flush()?;
    Ok(documents::end(failed))
}

fn sightings(tagger: &Tagger<'_>, item: Item) -> anyhow::Result<Sightings> {
    let input = item.map_err(|failure| failure.error)?;
    Ok(tagger.unlisted(input.document()))
}
