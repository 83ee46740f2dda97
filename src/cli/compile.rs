//! `exonym compile`: name lists in, one compiled file out.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::anyhow;
use exonym::{CompileOptions, Gazetteer, GazetteerBuilder, Provenance, ReadOptions};

use super::{atomic, gazetteers};

/// Compile name lists to one file that runs anywhere.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  exonym compile names.csv -o names.gaz\n  exonym compile lists/ extra.tsv.gz -o names.gaz --provenance rows --strict"
)]
pub(crate) struct Args {
    /// Lists, or folders of lists: CSV or TSV with a header, plain or gzip; `-` for stdin.
    #[arg(required = true, value_name = "CSV")]
    lists: Vec<PathBuf>,
    /// The compiled file; it is replaced only when the new one is complete.
    #[arg(short, long, value_name = "OUT.gaz")]
    output: PathBuf,
    /// Refuse columns that the contract does not know.
    #[arg(long)]
    strict: bool,
    /// What to keep of where names come from.
    #[arg(long, value_enum, default_value = "lists")]
    provenance: Keep,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Keep {
    /// Lists, sources and licences.
    Lists,
    /// File and line of every name, five bytes a name.
    Rows,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut options = CompileOptions::default();
    options.provenance = match args.provenance {
        Keep::Lists => Provenance::Lists,
        Keep::Rows => Provenance::Rows,
    };
    let mut reading = ReadOptions::default();
    reading.strict = args.strict;
    atomic::check(&args.output)?;
    let mut builder = GazetteerBuilder::with_options(options);
    for list in &args.lists {
        builder.read(list, reading)?;
    }
    let bytes = builder.build().map_err(|error| {
        let reason = gazetteers::tell_rows(error);
        anyhow!("{reason}; nothing was written")
    })?;
    let mut file = atomic::File::create(&args.output)?;
    file.write_all(&bytes)?;
    file.keep()?;
    let info = Gazetteer::over(bytes)?.info()?;
    eprintln!(
        "{}: {} entities, {} names, {} keys ({} ambiguous), {} bytes",
        args.output.display(),
        info.entities,
        info.names,
        info.keys,
        info.ambiguous,
        info.bytes
    );
    Ok(ExitCode::SUCCESS)
}
