//! The doors of the program, one file per subcommand, over the library's public face.
//!
//! Data goes to stdout, everything else to stderr. Exit code 0: done; 1: nothing found, where that
//! was asked for, or a list that is not clean; 2: error. A closed pipe is silent.

mod atomic;
mod check;
mod compile;
mod diff;
mod documents;
mod eval;
mod explain;
mod gaps;
mod gazetteers;
mod html_text;
mod import;
mod info;
mod learn;
mod lookup;
mod pipeline;
mod tag;
mod train;
mod weights;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

/// Finds names of places and groups in text and brings each to its canonical entity.
#[derive(Parser)]
#[command(
    name = "exonym",
    version,
    about,
    max_term_width = 100,
    after_help = "Examples:\n  exonym tag article.txt\n  exonym tag --format jsonl --input lines news.txt.gz\n  exonym lookup Daesh داعش ИГИЛ\n  exonym explain \"L'EI recule à Mossoul\""
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Tag(Box<tag::Args>),
    Lookup(lookup::Args),
    Explain(explain::Args),
    Gaps(gaps::Args),
    Eval(eval::Args),
    Learn(Box<learn::Args>),
    Train(train::Args),
    Diff(diff::Args),
    Compile(compile::Args),
    Check(check::Args),
    Info(info::Args),
    Import(Box<import::Args>),
    /// Write the completion script of a shell.
    #[command(
        after_help = "Examples:\n  exonym completions bash > /etc/bash_completion.d/exonym\n  exonym completions zsh > ~/.zfunc/_exonym"
    )]
    Completions {
        /// Shell to write for.
        shell: clap_complete::Shell,
    },
    /// Write the manual: one page for the program and one for each subcommand.
    #[command(after_help = "Examples:\n  exonym man | man -l -\n  exonym man > exonym.1")]
    Man,
}

/// Runs the program.
pub(crate) fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let failed = error.use_stderr();
            // A closed pipe while printing help is no error.
            let _ = error.print();
            return ExitCode::from(if failed { 2 } else { 0 });
        }
    };
    let done = match &cli.command {
        Command::Tag(args) => tag::run(args),
        Command::Lookup(args) => lookup::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Gaps(args) => gaps::run(args),
        Command::Eval(args) => eval::run(args),
        Command::Learn(args) => learn::run(args),
        Command::Train(args) => train::run(args),
        Command::Diff(args) => diff::run(args),
        Command::Compile(args) => compile::run(args),
        Command::Check(args) => check::run(args),
        Command::Info(args) => info::run(args),
        Command::Import(args) => import::run(args),
        Command::Completions { shell } => completions(*shell),
        Command::Man => man(),
    };
    match done {
        Ok(code) => code,
        Err(error) => ExitCode::from(tell(&error)),
    }
}

/// Tells of an error that ends the program; the exit code. A closed pipe is not told.
fn tell(error: &anyhow::Error) -> u8 {
    if is_closed_pipe(error) {
        return 0;
    }
    // With `anyhow`, the alternate form shows the whole chain of causes.
    let _ = writeln!(io::stderr(), "exonym: {error:#}");
    2
}

fn completions(shell: clap_complete::Shell) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "exonym", &mut script);
    io::stdout().write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}

fn man() -> anyhow::Result<ExitCode> {
    let mut pages = Vec::new();
    let mut program = Cli::command().disable_help_subcommand(true);
    // Gives the subcommands their whole names.
    program.build();
    for command in std::iter::once(&program).chain(program.get_subcommands()) {
        let source = concat!("exonym ", env!("CARGO_PKG_VERSION"));
        clap_mangen::Man::new(command.clone()).source(source).render(&mut pages)?;
    }
    io::stdout().write_all(&pages)?;
    Ok(ExitCode::SUCCESS)
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|io| io.kind() == io::ErrorKind::BrokenPipe)
            || cause
                .downcast_ref::<serde_json::Error>()
                .is_some_and(|json| json.io_error_kind() == Some(io::ErrorKind::BrokenPipe))
    })
}

/// `1 line`, `2 lines`: a number of things whose plural has an s.
fn counted(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// True if stdout is a terminal on which colours are welcome.
fn colours() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
        || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    io::stdout().is_terminal() && !refused
}
