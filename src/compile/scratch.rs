//! Room for what is sorted and written: memory up to a bound, beyond that temporary files.
//!
//! A temporary file has no name once it is open (Unix), or is marked to vanish when it is closed
//! (Windows): nothing is left behind, however the program ends.

use std::fs::{File, OpenOptions};
use std::hash::BuildHasher;
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicIsize, Ordering};

use xxhash_rust::xxh3::Xxh3;

use crate::error::Error;
use crate::layout::checksum;

/// How much memory the work may take, and where its files go beyond that. Everything that sorts
/// or writes shares one.
#[derive(Clone, Debug, Default)]
pub(super) struct Room {
    bound: Option<Arc<Bound>>,
}

#[derive(Debug)]
struct Bound {
    folder: PathBuf,
    memory: usize,
    left: AtomicIsize,
}

impl Room {
    pub(super) fn new(folder: PathBuf, memory: u64) -> Self {
        let most = isize::MAX as u64;
        let memory = memory.min(most) as usize;
        Self { bound: Some(Arc::new(Bound { folder, memory, left: (memory as isize).into() })) }
    }

    /// A small part of all memory, but no more than `most`: what each may hold even where all is
    /// taken.
    pub(super) fn part(&self, most: usize) -> usize {
        self.bound.as_ref().map_or(most, |bound| (bound.memory / 32).min(most))
    }

    /// Takes memory; false if there was none, and its holders should turn to files.
    pub(super) fn take(&self, bytes: usize) -> bool {
        let Some(bound) = &self.bound else { return true };
        let bytes = bytes as isize;
        bound.left.fetch_sub(bytes, Ordering::Relaxed) >= bytes
    }

    pub(super) fn give_back(&self, bytes: usize) {
        if let Some(bound) = &self.bound {
            bound.left.fetch_add(bytes as isize, Ordering::Relaxed);
        }
    }

    /// A temporary file to be written and read.
    pub(super) fn file(&self) -> Result<File, Error> {
        let Some(bound) = &self.bound else {
            return Err(io::Error::from(io::ErrorKind::OutOfMemory).into());
        };
        nameless(&bound.folder).map_err(|error| Error::from(error).at(&bound.folder))
    }
}

fn nameless(folder: &Path) -> io::Result<File> {
    let random = std::hash::RandomState::new();
    for attempt in 0..100_u32 {
        let path = folder.join(format!(".exonym-{:016x}", random.hash_one(attempt)));
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        vanishing(&mut options);
        match options.open(&path) {
            Ok(file) => {
                #[cfg(not(windows))]
                std::fs::remove_file(&path)?;
                return Ok(file);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

#[cfg(unix)]
fn vanishing(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600);
}

#[cfg(windows)]
fn vanishing(options: &mut OpenOptions) {
    use std::os::windows::fs::OpenOptionsExt;
    const DELETE_ON_CLOSE: u32 = 0x0400_0000;
    const TEMPORARY: u32 = 0x100;
    options.custom_flags(DELETE_ON_CLOSE).attributes(TEMPORARY).share_mode(0);
}

#[cfg(not(any(unix, windows)))]
fn vanishing(_: &mut OpenOptions) {}

/// A section being written: in memory as long as there is room, then in a file.
pub(super) struct Spool {
    room: Room,
    /// What is not in the file.
    buffer: Vec<u8>,
    file: Option<(File, Xxh3)>,
    filed: u64,
}

/// Bytes of a section that are in memory in any case.
const BUFFER: usize = 1 << 18;

impl Spool {
    pub(super) fn new(room: &Room) -> Self {
        let room = room.clone();
        Self { room, buffer: Vec::new(), file: None, filed: 0 }
    }

    /// An empty one with the same room.
    pub(super) fn another(&self) -> Self {
        Self::new(&self.room)
    }

    pub(super) fn len(&self) -> u64 {
        self.filed + self.buffer.len() as u64
    }

    /// The checksum of everything written.
    pub(super) fn checksum(&self) -> u64 {
        match &self.file {
            None => checksum(&self.buffer),
            Some((_, hasher)) => {
                let mut hasher = hasher.clone();
                hasher.update(&self.buffer);
                hasher.digest()
            }
        }
    }

    /// Everything written, in order.
    pub(super) fn reader(&mut self) -> io::Result<impl Read + '_> {
        let filed: Box<dyn Read + '_> = match &mut self.file {
            Some((file, _)) => {
                file.rewind()?;
                Box::new(file.take(self.filed))
            }
            None => Box::new(io::empty()),
        };
        Ok(filed.chain(self.buffer.as_slice()))
    }

    /// Writes the buffer to the file.
    fn empty_buffer(&mut self) -> Result<(), Error> {
        let (file, hasher) = match &mut self.file {
            Some(file) => file,
            None => self.file.insert((self.room.file()?, Xxh3::new())),
        };
        hasher.update(&self.buffer);
        file.write_all(&self.buffer)?;
        self.filed += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.buffer.len() + bytes.len() > self.buffer.capacity() {
            // Once in a file, always: the memory is others' then.
            let full = self.file.is_some() && !self.buffer.is_empty();
            let before = self.buffer.capacity();
            if !full {
                grow(&mut self.buffer, bytes.len(), usize::MAX);
            }
            let free = full || self.room.take(self.buffer.capacity() - before);
            if full || !free && self.buffer.capacity() > self.room.part(BUFFER) {
                self.empty_buffer().map_err(|error| io::Error::other(error.to_string()))?;
            }
        }
        self.buffer.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        self.room.give_back(self.buffer.capacity());
    }
}

/// Makes room for `more` elements by doubling, but for no more than `most`.
pub(super) fn grow<T>(list: &mut Vec<T>, more: usize, most: usize) {
    let needed = list.len() + more;
    if needed > list.capacity() {
        let wanted = (list.capacity() * 2).max(1024).min(most).max(needed);
        list.reserve_exact(wanted - list.len());
    }
}
