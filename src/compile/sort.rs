//! Sorting more records than memory holds.
//!
//! In: records, each a key and a payload. Out: the same in the order of their keys; of equal keys,
//! in the order in which they came. Records gather in blocks; when there is no more room for blocks,
//! they are sorted and written to a temporary file as one *run*; at the end all runs and blocks are
//! merged. Without a bound nothing is ever written.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::sync::Mutex;

use super::scratch::{Room, grow};
use crate::error::{Error, ErrorKind};

/// Bytes of texts in a block, at most: small enough to sort well, and to share out over threads.
const BLOCK: usize = 1 << 23;
/// Runs of one level that are merged into one of the next, so that few files are open at a time.
const FAN_IN: usize = 32;
/// Bytes of key length and payload length before each record.
const HEAD: usize = 4;
/// Bytes read at a time from a run.
const BUFFER: usize = 1 << 16;

/// A record in its block, and the beginning of its key: most comparisons need no more.
#[derive(Clone, Copy)]
struct Entry {
    prefix: (u64, u32),
    at: u32,
}

#[derive(Default)]
struct Block {
    records: Vec<u8>,
    entries: Vec<Entry>,
}

/// Key and payload.
pub(super) type Record<'r> = (&'r [u8], &'r [u8]);

/// Sorted records in a file.
struct Run {
    file: File,
    level: u32,
}

/// Collects records, and gives them back sorted.
#[derive(Default)]
pub(super) struct Sorter {
    room: Room,
    threads: usize,
    blocks: Vec<Block>,
    /// Memory of the blocks.
    held: usize,
    runs: Vec<Run>,
}

fn prefix(key: &[u8]) -> (u64, u32) {
    let mut bytes = [0; 12];
    for (slot, byte) in bytes.iter_mut().zip(key) {
        *slot = *byte;
    }
    let [a, b, c, d, e, f, g, h, i, j, k, l] = bytes;
    (u64::from_be_bytes([a, b, c, d, e, f, g, h]), u32::from_be_bytes([i, j, k, l]))
}

/// Key and payload of the record that begins `bytes`.
fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    let Some(&[a, b, c, d]) = bytes.first_chunk::<HEAD>() else { return (&[], &[]) };
    let key = usize::from(u16::from_le_bytes([a, b]));
    let payload = usize::from(u16::from_le_bytes([c, d]));
    let end = HEAD + key;
    let key = bytes.get(HEAD..end).unwrap_or_default();
    (key, bytes.get(end..end + payload).unwrap_or_default())
}

impl Block {
    fn memory(&self) -> usize {
        self.records.capacity() + self.entries.capacity() * size_of::<Entry>()
    }

    fn record(&self, entry: &Entry) -> &[u8] {
        self.records.get(entry.at as usize..).unwrap_or_default()
    }

    fn push(&mut self, lengths: [[u8; 2]; 2], key: &[u8], payload: &[u8], most: usize) {
        let entry = Entry { prefix: prefix(key), at: self.records.len() as u32 };
        grow(&mut self.entries, 1, usize::MAX);
        self.entries.push(entry);
        grow(&mut self.records, HEAD + key.len() + payload.len(), most);
        self.records.extend_from_slice(lengths.as_flattened());
        self.records.extend_from_slice(key);
        self.records.extend_from_slice(payload);
    }

    fn sort(&mut self) {
        let Self { records, entries } = self;
        let key = |entry: &Entry| split(records.get(entry.at as usize..).unwrap_or_default()).0;
        entries.sort_unstable_by(|one, other| {
            one.prefix
                .cmp(&other.prefix)
                .then_with(|| key(one).cmp(key(other)))
                .then_with(|| one.at.cmp(&other.at))
        });
    }
}

impl Sorter {
    pub(super) fn new(room: &Room, threads: usize) -> Self {
        Self { room: room.clone(), threads, ..Self::default() }
    }

    /// Adds a record.
    ///
    /// # Errors
    /// If key or payload are longer than 65,535 bytes, or a run cannot be written.
    pub(super) fn push(&mut self, key: &[u8], payload: &[u8]) -> Result<(), Error> {
        let length = |bytes: &[u8]| {
            let limit = ErrorKind::Limit { what: "bytes in a name or id", most: u16::MAX.into() };
            u16::try_from(bytes.len()).map(u16::to_le_bytes).map_err(|_| Error::new(limit))
        };
        let lengths = [length(key)?, length(payload)?];
        let most = self.room.part(BLOCK);
        let bytes = HEAD + key.len() + payload.len();
        if self.blocks.last().is_none_or(|block| block.records.len() + bytes > most) {
            self.blocks.push(Block::default());
        }
        let Some(block) = self.blocks.last_mut() else { return Ok(()) };
        let before = block.memory();
        block.push(lengths, key, payload, most);
        let grown = block.memory() - before;
        if grown > 0 {
            self.held += grown;
            if !self.room.take(grown) && self.held > most {
                self.spill()?;
            }
        }
        Ok(())
    }

    /// Writes what is in memory as a run.
    fn spill(&mut self) -> Result<(), Error> {
        let blocks = std::mem::take(&mut self.blocks);
        let merge = Merge::new(self.sorted(blocks))?;
        self.write_run(merge, 0)?;
        self.room.give_back(std::mem::take(&mut self.held));
        // Consecutive runs, so that equal keys keep their order.
        while let Some(last) = self.runs.last().map(|run| run.level)
            && self.runs.iter().rev().take_while(|run| run.level == last).count() >= FAN_IN
        {
            let runs = self.runs.split_off(self.runs.len() - FAN_IN);
            let sources = runs.into_iter().map(Source::of_run).collect::<Result<_, _>>()?;
            self.write_run(Merge::new(sources)?, last + 1)?;
        }
        Ok(())
    }

    fn write_run(&mut self, mut merge: Merge, level: u32) -> Result<(), Error> {
        let mut out = BufWriter::with_capacity(BUFFER, self.room.file()?);
        while let Some(record) = merge.next_record()? {
            out.write_all(record)?;
        }
        let mut file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        self.runs.push(Run { file, level });
        Ok(())
    }

    /// Sorts the blocks, several at a time.
    fn sorted(&self, mut blocks: Vec<Block>) -> Vec<Source> {
        let waiting = Mutex::new(blocks.iter_mut());
        let sort = || {
            while let Some(block) = waiting.lock().ok().and_then(|mut blocks| blocks.next()) {
                block.sort();
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..self.threads {
                // Where there is no further thread, this one does it all.
                let _ = std::thread::Builder::new().spawn_scoped(scope, sort);
            }
            sort();
        });
        blocks.into_iter().map(|block| Source::Block { block, next: 0 }).collect()
    }

    /// All records, sorted.
    ///
    /// # Errors
    /// If a run cannot be read.
    pub(super) fn finish(mut self) -> Result<Merge, Error> {
        let held = Held { room: self.room.clone(), bytes: std::mem::take(&mut self.held) };
        let runs = std::mem::take(&mut self.runs);
        let blocks = std::mem::take(&mut self.blocks);
        let mut sources = runs.into_iter().map(Source::of_run).collect::<Result<Vec<_>, _>>()?;
        sources.extend(self.sorted(blocks));
        Ok(Merge { _held: held, ..Merge::new(sources)? })
    }
}

/// Memory that is taken until this is dropped.
#[derive(Default)]
struct Held {
    room: Room,
    bytes: usize,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.room.give_back(self.bytes);
    }
}

/// Sorted records, one at a time.
enum Source {
    Block { block: Block, next: usize },
    Run { reader: BufReader<File>, record: Vec<u8> },
}

impl Source {
    fn of_run(run: Run) -> Result<Self, Error> {
        let reader = BufReader::with_capacity(BUFFER, run.file);
        Ok(Self::Run { reader, record: Vec::new() })
    }

    /// The record at hand.
    fn record(&self) -> &[u8] {
        match self {
            Self::Block { block, next } => {
                let entry = next.checked_sub(1).and_then(|last| block.entries.get(last));
                entry.map_or(&[], |entry| {
                    let record = block.record(entry);
                    let (key, payload) = split(record);
                    record.get(..HEAD + key.len() + payload.len()).unwrap_or_default()
                })
            }
            Self::Run { record, .. } => record,
        }
    }

    /// Goes to the next record; its prefix, or `None` if there is none.
    fn advance(&mut self) -> Result<Option<(u64, u32)>, Error> {
        match self {
            Self::Block { block, next } => {
                let entry = block.entries.get(*next);
                *next += 1;
                Ok(entry.map(|entry| entry.prefix))
            }
            Self::Run { reader, record } => {
                let mut head = [0; HEAD];
                if reader.read(&mut head[..1])? == 0 {
                    return Ok(None);
                }
                reader.read_exact(&mut head[1..])?;
                let [a, b, c, d] = head;
                let key = usize::from(u16::from_le_bytes([a, b]));
                let payload = usize::from(u16::from_le_bytes([c, d]));
                record.clear();
                record.extend_from_slice(&head);
                record.resize(HEAD + key + payload, 0);
                reader.read_exact(record.get_mut(HEAD..).unwrap_or_default())?;
                Ok(Some(prefix(split(record).0)))
            }
        }
    }
}

/// Several sorted sources as one.
pub(super) struct Merge {
    sources: Vec<Source>,
    /// Prefixes and numbers of the sources that are not at their end, as a binary heap.
    heap: Vec<((u64, u32), usize)>,
    begun: bool,
    _held: Held,
}

impl Merge {
    fn new(mut sources: Vec<Source>) -> Result<Self, Error> {
        let mut heap = Vec::with_capacity(sources.len());
        for (number, source) in sources.iter_mut().enumerate() {
            if let Some(prefix) = source.advance()? {
                heap.push((prefix, number));
            }
        }
        let mut merge = Self { sources, heap, begun: false, _held: Held::default() };
        for at in (0..merge.heap.len() / 2).rev() {
            merge.sift(at);
        }
        Ok(merge)
    }

    fn key(&self, number: usize) -> &[u8] {
        self.sources.get(number).map_or(&[], |source| split(source.record()).0)
    }

    /// True if the heap's place `one` comes before `other`.
    fn before(&self, one: usize, other: usize) -> bool {
        let (Some(one), Some(other)) = (self.heap.get(one), self.heap.get(other)) else {
            return false;
        };
        let order = one.0.cmp(&other.0).then_with(|| self.key(one.1).cmp(self.key(other.1)));
        order.then(one.1.cmp(&other.1)).is_lt()
    }

    /// Moves what stands at `at` down to its place.
    fn sift(&mut self, mut at: usize) {
        loop {
            let (left, right) = (2 * at + 1, 2 * at + 2);
            let mut first = if self.before(left, at) { left } else { at };
            if self.before(right, first) {
                first = right;
            }
            if first == at {
                return;
            }
            self.heap.swap(at, first);
            at = first;
        }
    }

    /// The next record with its lengths.
    fn next_record(&mut self) -> Result<Option<&[u8]>, Error> {
        if self.begun
            && let Some(&(_, number)) = self.heap.first()
            && let Some(source) = self.sources.get_mut(number)
        {
            match source.advance()? {
                Some(prefix) => {
                    if let Some(first) = self.heap.first_mut() {
                        first.0 = prefix;
                    }
                }
                None => {
                    // What is at its end takes no more room.
                    *source = Source::Block { block: Block::default(), next: 0 };
                    self.heap.swap_remove(0);
                }
            }
            self.sift(0);
        }
        self.begun = true;
        let source = self.heap.first().and_then(|&(_, number)| self.sources.get(number));
        Ok(source.map(Source::record))
    }

    /// Key and payload of the next record.
    ///
    /// # Errors
    /// If a run cannot be read.
    pub(super) fn next(&mut self) -> Result<Option<Record<'_>>, Error> {
        Ok(self.next_record()?.map(split))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sorts numbers spread over a long common beginning; keys repeat.
    fn sorted(room: &Room, threads: usize) -> (Vec<(Vec<u8>, u32)>, usize) {
        let mut sorter = Sorter::new(room, threads);
        let mut number = 1_u32;
        for place in 0..5000_u32 {
            number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let key = format!("{:0>1$}", number >> 21, (number as usize >> 18) % 5 * 6);
            sorter.push(key.as_bytes(), &place.to_le_bytes()).unwrap();
        }
        let runs = sorter.runs.len();
        let mut merge = sorter.finish().unwrap();
        let mut out = Vec::new();
        while let Some((key, payload)) = merge.next().unwrap() {
            out.push((key.to_vec(), u32::from_le_bytes(payload.try_into().unwrap())));
        }
        (out, runs)
    }

    #[test]
    fn any_room_and_any_number_of_threads_give_the_same_order() {
        let folder = std::env::temp_dir();
        let (wanted, runs) = sorted(&Room::default(), 1);
        assert_eq!((wanted.len(), runs), (5000, 0));
        // Equal keys in the order in which they came.
        assert!(wanted.is_sorted());
        let mut most = 0;
        for memory in [1, 300, 1000, 4096, 20_000, 100_000, 1 << 30] {
            for threads in [1, 3] {
                let (found, runs) = sorted(&Room::new(folder.clone(), memory), threads);
                assert!(found == wanted, "{memory} bytes, {threads} threads");
                most = most.max(runs);
            }
        }
        // With the smallest room runs of several levels were merged.
        assert!(most >= FAN_IN / 2, "{most}");
    }
}
