//! `-g` and `--no-embedded`: the gazetteers that a command works with.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use exonym::{Gazetteer, GazetteerBuilder, LayerSource, Layers, MappedGazetteer};

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
    others: Vec<Other>,
}

enum Other {
    Mapped(MappedGazetteer),
    Compiled(Gazetteer<Vec<u8>>),
}

impl Choice {
    /// Opens or compiles every gazetteer.
    pub(crate) fn open(&self) -> anyhow::Result<Opened> {
        if self.no_embedded && self.gazetteers.is_empty() {
            bail!("--no-embedded leaves no gazetteer: name one with -g");
        }
        let others =
            self.gazetteers.iter().map(|path| open(path)).collect::<anyhow::Result<_>>()?;
        Ok(Opened { embedded: !self.no_embedded, others })
    }
}

impl Opened {
    /// All of them as one.
    pub(crate) fn layers(&self) -> anyhow::Result<Layers<'_>> {
        let embedded: Option<&dyn LayerSource> =
            if self.embedded { Some(Gazetteer::embedded()) } else { None };
        let others = self.others.iter().map(|other| -> &dyn LayerSource {
            match other {
                Other::Mapped(gazetteer) => gazetteer,
                Other::Compiled(gazetteer) => gazetteer,
            }
        });
        let layers = Layers::new(embedded.into_iter().chain(others))?;
        for refused in layers.refused_joins() {
            eprintln!("exonym: not joined: {refused}");
        }
        Ok(layers)
    }
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
        let mut builder = GazetteerBuilder::new();
        builder.read(path, Default::default())?;
        let bytes = builder.build().context("the list cannot be compiled")?;
        return Ok(Other::Compiled(Gazetteer::from_bytes(bytes)?));
    }
    // SAFETY: this program and `exonym compile` replace compiled files by rename and never change
    // them in place.
    #[allow(unsafe_code, reason = "mapping a file; see `Gazetteer::map`")]
    let mapped = unsafe { Gazetteer::map(path)? };
    Ok(Other::Mapped(mapped))
}
