//! `exonym info`: what a compiled gazetteer holds.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use exonym::{Gazetteer, Info};

use super::gazetteers;

/// Tell what a gazetteer holds: counts, languages, sources, sizes.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  exonym info\n  exonym info names.gaz --verify\n  exonym info --json | jq .by_kind"
)]
pub(crate) struct Args {
    /// A compiled file; without one, the embedded gazetteer.
    #[arg(value_name = "GAZ")]
    gazetteer: Option<PathBuf>,
    /// Test every checksum.
    #[arg(long)]
    verify: bool,
    /// Write one JSON object.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let info = match &args.gazetteer {
        None => read(Gazetteer::embedded(), args.verify)?,
        Some(path) => {
            // SAFETY: compiled files are replaced by rename, never changed in place.
            #[allow(unsafe_code, reason = "mapping a file; see `Gazetteer::map`")]
            let gazetteer = unsafe { Gazetteer::map(path)? };
            read(&gazetteer, args.verify)
                .map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?
        }
    };
    let mut out = io::stdout().lock();
    if args.json {
        serde_json::to_writer(&mut out, &info)?;
        writeln!(out)?;
    } else {
        write(&mut out, &info)?;
    }
    if args.verify {
        eprintln!("all checksums are right");
    }
    Ok(ExitCode::SUCCESS)
}

fn read<D: AsRef<[u8]>>(gazetteer: &Gazetteer<D>, verify: bool) -> Result<Info, exonym::Error> {
    if verify {
        gazetteer.verify()?;
    }
    gazetteer.info()
}

fn write(out: &mut dyn Write, info: &Info) -> io::Result<()> {
    writeln!(out, "entities    {}", info.entities)?;
    writeln!(out, "names       {}", info.names)?;
    writeln!(out, "keys        {} ({} ambiguous)", info.keys, info.ambiguous)?;
    let per_name = info.bytes as f64 / info.names.max(1) as f64;
    writeln!(out, "bytes       {} ({per_name:.1} a name)", info.bytes)?;
    writeln!(
        out,
        "format      {}, key scheme {}, Unicode {}",
        info.format, info.key_scheme, info.unicode
    )?;
    counts(out, "kinds", &info.by_kind)?;
    counts(out, "roles", &info.by_role)?;
    counts(out, "languages", &info.by_lang)?;
    counts(out, "sections", &info.sections)?;
    writeln!(out, "lists       {}", info.files.join(", "))?;
    for source in &info.sources {
        let licence = gazetteers::licence(source);
        writeln!(out, "source      {} ({licence}): {}", source.name, source.attribution)?;
    }
    Ok(())
}

/// Counts on one line, largest first.
fn counts(out: &mut dyn Write, title: &str, counts: &BTreeMap<String, u64>) -> io::Result<()> {
    let mut sorted: Vec<(&String, &u64)> = counts.iter().collect();
    sorted.sort_by(|one, other| other.1.cmp(one.1).then(one.0.cmp(other.0)));
    let shown: Vec<String> = sorted
        .iter()
        .map(|(name, count)| {
            format!("{} {count}", if name.is_empty() { "any" } else { name.as_str() })
        })
        .collect();
    writeln!(out, "{title:<11} {}", shown.join(", "))
}
