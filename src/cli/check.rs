//! `exonym check`: what is wrong with name lists, one finding a line.
//!
//! In: lists and folders of lists. Out: findings on the standard output, a summary on the standard
//! error output. Exit code 2 for rows that cannot be compiled, 1 for warnings with `--strict`.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use exonym::{CheckOptions, Finding, Severity, check_lists};

/// Check name lists before they are compiled.
///
/// Prints `file:line: severity[code]: message` for each finding. A list is clean if it has no error
/// and no warning. A row that is meant as it is says so in its `note` column.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  exonym check mylist.csv\n  exonym check lists/ --strict --format jsonl"
)]
pub(crate) struct Args {
    /// Lists (CSV or TSV, also gzip) and folders of lists, checked as one; `-` is the standard
    /// input.
    #[arg(required = true, value_name = "CSV")]
    lists: Vec<PathBuf>,
    /// Refuse unknown columns, and fail on warnings.
    #[arg(long)]
    strict: bool,
    /// Judge the lists by themselves, not as a layer over the embedded gazetteer.
    #[arg(long)]
    no_embedded: bool,
    /// How to print findings.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// How to print findings.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq, Default)]
enum Format {
    /// One line each, for people and editors.
    #[default]
    Text,
    /// One JSON object a line.
    Jsonl,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut options = CheckOptions::default();
    options.strict = args.strict;
    options.alone = args.no_embedded;
    let findings = check_lists(&args.lists, &options)?;
    let mut out = BufWriter::new(io::stdout().lock());
    for finding in &findings {
        match args.format {
            Format::Text => writeln!(out, "{finding}")?,
            // Written as a string, so that a broken pipe stays an I/O error.
            Format::Jsonl => writeln!(out, "{}", serde_json::to_string(finding)?)?,
        }
    }
    out.flush()?;
    eprintln!("{}", summary(&findings));
    let worst = findings.iter().map(|finding| finding.severity).max();
    Ok(ExitCode::from(match worst {
        Some(Severity::Error) => 2,
        Some(Severity::Warning) if args.strict => 1,
        _ => 0,
    }))
}

/// `1 error (bad-row 1), 3 warnings (ambiguous 2, date 1), 0 notes`.
fn summary(findings: &[Finding]) -> String {
    let counts = [Severity::Error, Severity::Warning, Severity::Note].map(|severity| {
        let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
        for finding in findings.iter().filter(|finding| finding.severity == severity) {
            *codes.entry(finding.code).or_default() += 1;
        }
        let count: usize = codes.values().sum();
        let plural = if count == 1 { "" } else { "s" };
        let codes: Vec<String> =
            codes.iter().map(|(code, count)| format!("{code} {count}")).collect();
        let codes =
            if codes.is_empty() { String::new() } else { format!(" ({})", codes.join(", ")) };
        format!("{count} {}{plural}{codes}", severity.name())
    });
    counts.join(", ")
}
