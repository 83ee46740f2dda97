//! The command-line program: reads the arguments, runs one subcommand, tells how it ended.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
