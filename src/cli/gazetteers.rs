//! `-g` and `--no-embedded`: the gazetteers that a command works with.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use exonym::{
    CompileOptions, Gazetteer, GazetteerBuilder, LayerSource, Layers, MappedGazetteer, Source,
};

use super::pipeline;

/// Which gazetteers to use.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Choice {
    /// Layer a gazetteer: a compiled file, or a list or folder of lists compiled in memory.
    #[arg(short, long = "gazetteer", value_name = "GAZ")]
    gazetteers: Vec<PathBuf>,
    /// Leave the embedded gazetteer out.
    #[arg(long)]
    no_embedded: bool,
}

/// Gazetteers, opened.
pub(crate) struct Opened {
    embedded: bool,
    others: Vec<(PathBuf, Other)>,
}

enum Other {
    Mapped(MappedGazetteer),
    Compiled(Gazetteer<Vec<u8>>),
}

impl Other {
    fn source(&self) -> &dyn LayerSource {
        match self {
            Self::Mapped(gazetteer) => gazetteer,
            Self::Compiled(gazetteer) => gazetteer,
        }
    }
}

impl Choice {
    /// The same with one more on top, which may be the only one.
    pub(crate) fn open_below(&self, top: &Path) -> anyhow::Result<Opened> {
        let mut all = self.clone();
        all.gazetteers.push(top.to_owned());
        all.open()
    }

    /// Opens or compiles every gazetteer.
    pub(crate) fn open(&self) -> anyhow::Result<Opened> {
        if self.no_embedded && self.gazetteers.is_empty() {
            bail!("--no-embedded leaves no gazetteer: name one with -g");
        }
        let others = self.gazetteers.iter().map(|path| Ok((path.clone(), open(path)?)));
        let others = others.collect::<anyhow::Result<_>>()?;
        Ok(Opened { embedded: !self.no_embedded, others })
    }
}

impl Opened {
    /// All of them as one.
    pub(crate) fn layers(&self) -> anyhow::Result<Layers<'_>> {
        let embedded: Option<&dyn LayerSource> =
            if self.embedded { Some(Gazetteer::embedded()) } else { None };
        let others = self.others.iter().map(|(_, other)| other.source());
        let layers = Layers::new(embedded.into_iter().chain(others))
            .map_err(|error| self.damaged().unwrap_or_else(|| error.into()))?;
        for refused in layers.refused_joins() {
            eprintln!("exonym: not joined: {refused}");
        }
        Ok(layers)
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        usize::from(self.embedded) + self.others.len()
    }

    /// The last one alone.
    pub(crate) fn top(&self) -> anyhow::Result<&dyn LayerSource> {
        let (_, top) = self.others.last().context("no gazetteer is named")?;
        Ok(top.source())
    }

    /// The first damaged file.
    pub(crate) fn damaged(&self) -> Option<anyhow::Error> {
        self.others.iter().find_map(|(path, other)| {
            let verified = match other {
                Other::Mapped(gazetteer) => gazetteer.verify(),
                Other::Compiled(gazetteer) => gazetteer.verify(),
            };
            verified.with_context(|| path.display().to_string()).err()
        })
    }
}

/// Writes every bad row to stderr, one a line; what is left to say.
pub(crate) fn tell_rows(error: exonym::Error) -> anyhow::Error {
    let problems = error.problems();
    for problem in problems {
        eprintln!("{problem}");
    }
    match problems.len() {
        0 => error.into(),
        1 => anyhow!("1 bad row"),
        count => anyhow!("{count} bad rows"),
    }
}

/// The licence of a source, or that there is none known.
pub(crate) fn licence(source: &Source) -> &str {
    if source.licence.is_empty() { "licence not stated" } else { &source.licence }
}

/// True if the file is a list rather than a compiled gazetteer.
pub(crate) fn is_list(path: &Path) -> bool {
    let name =
        path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let plain = name.strip_suffix(".gz").unwrap_or(&name);
    path.is_dir() || plain.ends_with(".csv") || plain.ends_with(".tsv") || plain == "-"
}

fn open(path: &Path) -> anyhow::Result<Other> {
    if is_list(path) {
        let mut options = CompileOptions::default();
        options.threads = pipeline::processors();
        let mut builder = GazetteerBuilder::with_options(options);
        builder.read(path, Default::default())?;
        let bytes = builder.build().map_err(tell_rows);
        let bytes = bytes.with_context(|| format!("{} cannot be compiled", path.display()))?;
        return Ok(Other::Compiled(Gazetteer::from_bytes(bytes)?));
    }
    // SAFETY: this program and `exonym compile` replace compiled files by rename and never change
    // them in place.
    #[allow(unsafe_code, reason = "mapping a file; see `Gazetteer::map`")]
    let mapped = unsafe { Gazetteer::map(path)? };
    Ok(Other::Mapped(mapped))
}
