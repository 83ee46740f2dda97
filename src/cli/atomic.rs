//! Files that appear whole or not at all: written under a temporary name beside their place, and
//! moved there when they are complete. Where the program is interrupted, what is unfinished is
//! removed.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use anyhow::{Context, bail};
use tempfile::NamedTempFile;

/// Tells early if no file can stand at `path`, or if one does that is read.
pub(crate) fn check<'p>(
    path: &Path,
    read: impl IntoIterator<Item = &'p Path>,
) -> anyhow::Result<()> {
    if path.is_dir() || path.file_name().is_none() {
        bail!("{} is a folder; name a file", path.display());
    }
    if path == Path::new("-") {
        bail!("this is not written to the standard output; name a file");
    }
    let folder = folder(path);
    if !folder.is_dir() {
        bail!("there is no folder {}", folder.display());
    }
    if let Ok(there) = path.canonicalize() {
        let same = |read: &Path| read.canonicalize().is_ok_and(|read| read == there);
        if read.into_iter().any(same) {
            bail!("{} is read; name another file to write", path.display());
        }
    }
    Ok(())
}

/// The folder in which the file at `path` stands or will stand.
pub(crate) fn folder(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// Temporary files that are to be removed if the program is interrupted. While one appears or
/// becomes the result, this is locked, so that the end waits for it.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn unfinished() -> MutexGuard<'static, Vec<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on an interrupt (Ctrl-C, a closed terminal, `kill`) removes what is unfinished.
fn clean_up_on_interrupt() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Without a handler the program ends at once, and leaves the file.
        let _ = ctrlc::set_handler(|| {
            let unfinished = unfinished();
            for path in unfinished.iter() {
                let _ = std::fs::remove_file(path);
            }
            std::process::exit(130);
        });
    });
}

/// A file being written. It takes its place with [`keep`](File::keep); dropped before, it vanishes.
pub(crate) struct File {
    temporary: BufWriter<NamedTempFile>,
    path: PathBuf,
}

impl File {
    /// Begins a file at `path`; until it is complete, whatever stands there stays.
    pub(crate) fn create(path: &Path) -> anyhow::Result<Self> {
        clean_up_on_interrupt();
        let mut unfinished = unfinished();
        let folder = folder(path);
        let temporary = tempfile::Builder::new()
            .prefix(".exonym-")
            .tempfile_in(folder)
            .with_context(|| format!("cannot write in {}", folder.display()))?;
        unfinished.push(temporary.path().to_owned());
        Ok(Self { temporary: BufWriter::with_capacity(1 << 16, temporary), path: path.to_owned() })
    }

    /// Moves the complete file to its place.
    pub(crate) fn keep(self) -> anyhow::Result<()> {
        let persist = || -> io::Result<()> {
            let file = self.temporary.into_inner().map_err(io::IntoInnerError::into_error)?;
            set_usual_permissions(&file)?;
            let mut unfinished = unfinished();
            let temporary = file.path().to_owned();
            file.persist(&self.path).map_err(|error| error.error)?;
            unfinished.retain(|path| *path != temporary);
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
