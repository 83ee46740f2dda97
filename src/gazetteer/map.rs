//! Mapping a compiled file into memory: the only unsafe code of the gazetteer.
#![allow(unsafe_code, reason = "mapping a file cannot be proven safe; see `Gazetteer::map`")]

use std::fs::File;
use std::path::Path;

use super::Gazetteer;
use crate::error::Error;

/// A gazetteer over a mapped file: opened at once whatever its size, shared between processes.
pub type MappedGazetteer = Gazetteer<memmap2::Mmap>;

impl Gazetteer<memmap2::Mmap> {
    /// Maps a compiled file. Only the header is read now; each section is verified on first use.
    ///
    /// # Safety
    /// The file must not be changed in place while it is mapped. Files written by this program are
    /// only ever replaced by rename, which leaves the mapped file as it was.
    ///
    /// # Errors
    /// If the file cannot be mapped, is no gazetteer, is cut short, or is of another version.
    pub unsafe fn map(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let at = |error: Error| error.at(path);
        let file = File::open(path).map_err(|error| at(error.into()))?;
        // SAFETY: the caller keeps the file unchanged while the map lives.
        let map = unsafe { memmap2::Mmap::map(&file) }.map_err(|error| at(error.into()))?;
        Self::over(map).map_err(at)
    }
}
