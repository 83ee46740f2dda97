//! Files that appear whole or not at all: written under a temporary name beside their place, and
//! moved there when they are complete.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use tempfile::NamedTempFile;

/// Tells early if no file can stand at `path`.
pub(crate) fn check(path: &Path) -> anyhow::Result<()> {
    if path.is_dir() || path.file_name().is_none() {
        bail!("{} is a folder; name a file", path.display());
    }
    let folder = folder(path);
    if !folder.is_dir() {
        bail!("there is no folder {}", folder.display());
    }
    Ok(())
}

fn folder(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// A file being written. It takes its place with [`keep`](File::keep); dropped before, it vanishes.
pub(crate) struct File {
    temporary: BufWriter<NamedTempFile>,
    path: PathBuf,
}

impl File {
    /// Begins a file at `path`; until it is complete, whatever stands there stays.
    pub(crate) fn create(path: &Path) -> anyhow::Result<Self> {
        let folder = folder(path);
        let temporary = tempfile::Builder::new()
            .prefix(".exonym-")
            .tempfile_in(folder)
            .with_context(|| format!("cannot write in {}", folder.display()))?;
        Ok(Self { temporary: BufWriter::new(temporary), path: path.to_owned() })
    }

    /// Moves the complete file to its place.
    pub(crate) fn keep(self) -> anyhow::Result<()> {
        let persist = || -> io::Result<()> {
            let file = self.temporary.into_inner().map_err(io::IntoInnerError::into_error)?;
            set_usual_permissions(&file)?;
            file.persist(&self.path).map_err(|error| error.error)?;
            Ok(())
        };
        persist().context("the result cannot be moved to its place")
    }
}

/// Temporary files are private; a result is as readable as other new files.
#[cfg(unix)]
fn set_usual_permissions(file: &NamedTempFile) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn set_usual_permissions(_: &NamedTempFile) -> io::Result<()> {
    Ok(())
}

impl Write for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.temporary.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.temporary.flush()
    }
}
