//! `exonym compile`: name lists in, one compiled file out.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::anyhow;
use exonym::{
    CompileOptions, CompileReport, GazetteerBuilder, Problem, Progress, Provenance, ReadOptions,
    list_files,
};
use indicatif::{HumanCount, ProgressBar, ProgressStyle};

use super::{atomic, gazetteers, pipeline};

/// Compile name lists to one file that runs anywhere.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  exonym compile names.csv -o names.gaz\n  exonym compile lists/ extra.tsv.gz -o names.gaz --provenance rows --strict\n  exonym compile huge.csv.gz -o huge.gaz --memory 500M --skip-bad"
)]
pub(crate) struct Args {
    /// Lists, or folders of lists: CSV or TSV with a header, plain or gzip; `-` for stdin.
    #[arg(required = true, value_name = "CSV")]
    lists: Vec<PathBuf>,
    /// The compiled file; it is replaced only when the new one is complete.
    #[arg(short, long, value_name = "OUT.gaz")]
    output: PathBuf,
    /// What names may take while they are sorted, in bytes or with k, M, G; the rest goes to
    /// temporary files beside the output. Entities come on top, 150 bytes each.
    #[arg(long, value_name = "SIZE", default_value = "1G", value_parser = size)]
    memory: u64,
    /// Refuse columns that the contract does not know.
    #[arg(long)]
    strict: bool,
    /// Leave bad rows out instead of failing; each is told on stderr.
    #[arg(long)]
    skip_bad: bool,
    /// What to keep of where names come from.
    #[arg(long, value_enum, default_value = "lists")]
    provenance: Keep,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Keep {
    /// Lists, sources and licences.
    Lists,
    /// File and line of every name, four bytes a name.
    Rows,
}

/// The least that `--memory` takes: below it files would be too many and too small.
const LEAST: u64 = 1 << 20;

/// Bytes, from a number that may end with k, M or G.
fn size(text: &str) -> Result<u64, String> {
    let wrong = || format!("`{text}` is no size such as 500M or 2G");
    let digits = text.trim_end_matches(|char: char| !char.is_ascii_digit());
    let shift = match &text[digits.len()..] {
        "" => 0,
        "k" | "K" => 10,
        "M" | "m" => 20,
        "G" | "g" => 30,
        _ => return Err(wrong()),
    };
    let number: u64 = digits.parse().map_err(|_| wrong())?;
    let bytes = number.checked_mul(1 << shift).ok_or_else(wrong)?;
    if bytes < LEAST { Err("the least is 1M".into()) } else { Ok(bytes) }
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut options = CompileOptions::default();
    options.provenance = match args.provenance {
        Keep::Lists => Provenance::Lists,
        Keep::Rows => Provenance::Rows,
    };
    options.skip_bad = args.skip_bad;
    options.threads = pipeline::processors();
    let mut reading = ReadOptions::default();
    reading.strict = args.strict;
    atomic::check(&args.output, args.lists.iter().map(PathBuf::as_path))?;
    let mut builder =
        GazetteerBuilder::with_options(options).bounded(atomic::folder(&args.output), args.memory);
    let progress = builder.progress();
    let mut file = atomic::File::create(&args.output)?;
    let compiled = watched(&progress, total_bytes(&args.lists), || {
        for list in &args.lists {
            builder.read(list, reading)?;
        }
        builder.write(&mut file)
    });
    let report = compiled.map_err(|error| {
        if error.problems().is_empty() {
            return error.into();
        }
        let hint = if error.problems().iter().all(is_of_row) {
            ": correct them, or leave them out with --skip-bad"
        } else {
            ""
        };
        let reason = gazetteers::tell_rows(error);
        anyhow!("{reason}; nothing was written{hint}")
    })?;
    file.keep()?;
    tell(&args.output, &report);
    Ok(ExitCode::SUCCESS)
}

/// True if one row is meant, not a list as a whole or its header.
fn is_of_row(problem: &Problem) -> bool {
    problem.line > 1
}

fn tell(output: &Path, report: &CompileReport) {
    for problem in &report.refused {
        eprintln!("left out: {problem}");
    }
    eprintln!(
        "{}: {} entities, {} names, {} keys ({} ambiguous), {} bytes",
        output.display(),
        report.entities,
        report.names,
        report.keys,
        report.ambiguous,
        report.bytes
    );
    eprintln!(
        "  {} rows read, {} refused, {} repeated names merged",
        report.rows,
        report.refused.len(),
        report.merged
    );
    let a_name = |bytes: u64| bytes as f64 / report.names.max(1) as f64;
    let sections = report.sections.iter().filter(|(_, bytes)| *bytes > 0);
    let sections: Vec<String> =
        sections.map(|(name, bytes)| format!("{name} {:.1}", a_name(*bytes))).collect();
    eprintln!("  {:.1} bytes a name: {}", a_name(report.bytes), sections.join(", "));
}

/// Bytes of all lists, if they are known: stdin's are not.
fn total_bytes(lists: &[PathBuf]) -> Option<u64> {
    let mut total = 0;
    for list in lists {
        for file in list_files(list).ok()? {
            total += file.metadata().ok().filter(std::fs::Metadata::is_file)?.len();
        }
    }
    Some(total)
}

/// Does the work, and shows on a terminal how far it is.
fn watched<T>(progress: &Progress, total: Option<u64>, work: impl FnOnce() -> T) -> T {
    if !io::stderr().is_terminal() {
        return work();
    }
    let done = AtomicBool::new(false);
    let bar = ProgressBar::new(100).with_style(
        ProgressStyle::with_template("{bar:30} {msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let show = || {
        while !done.load(Ordering::Relaxed) {
            let (part, whole, message) = match progress.written() {
                Some((written, names)) => {
                    (written, names, format!("{} names written", HumanCount(written)))
                }
                None => {
                    let (bytes, rows) = (progress.bytes(), progress.rows());
                    (bytes, total.unwrap_or(bytes), format!("{} rows read", HumanCount(rows)))
                }
            };
            bar.set_position(part.saturating_mul(100) / whole.max(1));
            bar.set_message(message);
            thread::park_timeout(Duration::from_millis(200));
        }
        bar.finish_and_clear();
    };
    thread::scope(|scope| {
        let watcher = scope.spawn(show);
        // Also where the work panics, so that nobody waits for the watcher.
        let _end = End(|| {
            done.store(true, Ordering::Relaxed);
            watcher.thread().unpark();
        });
        work()
    })
}

/// Calls a function when it is dropped.
struct End<F: Fn()>(F);

impl<F: Fn()> Drop for End<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}
