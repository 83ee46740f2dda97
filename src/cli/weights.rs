//! `--weights`: the table of evidence that a command resolves by.

use std::borrow::Cow;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use exonym::Weights;

use super::counted;

/// Which weights to use.
#[derive(clap::Args, Clone, Debug)]
#[group(skip)]
pub(crate) struct Choice {
    /// Weigh evidence by this table, which `exonym learn` or `train` wrote, instead of the
    /// built-in one.
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
}

impl Choice {
    /// What the table is called, without its folders.
    pub(crate) fn name(&self) -> String {
        let named = self.weights.as_deref().and_then(Path::file_name);
        named.map_or("the built-in table".into(), |name| name.to_string_lossy().into_owned())
    }

    /// The table that was named, or the built-in one.
    pub(crate) fn open(&self) -> anyhow::Result<Cow<'static, Weights>> {
        match &self.weights {
            Some(path) => open(path).map(Cow::Owned),
            None => Ok(Cow::Borrowed(Weights::shipped())),
        }
    }
}

/// Reads a table; every line that is wrong goes to stderr.
pub(crate) fn open(path: &Path) -> anyhow::Result<Weights> {
    let file = path.display().to_string();
    let mut bytes = Vec::new();
    let read = exonym::open_input(path).and_then(|mut reader| reader.read_to_end(&mut bytes));
    read.with_context(|| file.clone())?;
    let table = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        anyhow!("{file}: no table of weights: not UTF-8 at byte {at}")
    })?;
    Weights::read(&table, &file).map_err(|error| {
        const SHOWN: usize = 10;
        let problems = error.problems();
        for problem in problems.iter().take(SHOWN) {
            eprintln!("{problem}");
        }
        let lines = counted(problems.len(), "bad line");
        anyhow!("{file} is no table of weights: {lines}; `exonym learn` writes one")
    })
}
