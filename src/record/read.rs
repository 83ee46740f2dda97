//! Reading name lists: CSV or TSV with a header, plain or gzip, from a file, a folder or a stream.
//!
//! In: bytes. Out: [`Record`]s in order, and a [`Problem`] for every row that breaks the contract;
//! the caller decides that a list with problems is not compiled. Rows are read in batches, which may
//! be parsed on other threads.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Record;
pub(crate) use super::row::Columns;

/// Bytes of cells that are read at a time.
const BATCH: usize = 1 << 17;

/// How to read a list.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct ReadOptions {
    /// Refuse columns that the contract does not know, instead of keeping them as attributes.
    pub strict: bool,
}

/// A row, or a whole file, that breaks the contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file, as given.
    pub file: String,
    /// Line from 1; 0 if the file as a whole is meant.
    pub line: u64,
    /// Header of the column; empty if the row as a whole is meant.
    pub column: String,
    /// What is wrong and what would be right.
    pub reason: String,
}

impl Problem {
    /// True if one row is meant, not a list as a whole or its header.
    pub(crate) fn is_of_row(&self) -> bool {
        self.line > 1
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.file)?;
        if self.line > 0 {
            write!(out, ":{}", self.line)?;
        }
        if !self.column.is_empty() {
            write!(out, ": column `{}`", self.column)?;
        }
        write!(out, ": {}", self.reason)
    }
}

/// The list files that `path` stands for: itself, or the `.csv`, `.tsv` (and `.gz` of these) files
/// of a folder, sorted by name, folders inside it left out.
///
/// # Errors
/// If the path cannot be read, or is a folder without lists.
pub fn list_files(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path)? {
        let file = entry?.path();
        let name = file.file_name().map(|name| name.to_string_lossy().to_lowercase());
        let name = name.unwrap_or_default();
        let plain = name.strip_suffix(".gz").unwrap_or(&name);
        if file.is_file() && (plain.ends_with(".csv") || plain.ends_with(".tsv")) {
            files.push(file);
        }
    }
    files.sort();
    if files.is_empty() {
        let reason = format!("no .csv or .tsv file in the folder {}", path.display());
        return Err(io::Error::new(io::ErrorKind::NotFound, reason));
    }
    Ok(files)
}

/// Opens a file, or the standard input for `-`, unpacking gzip told by its magic bytes.
///
/// # Errors
/// If the file cannot be opened or read.
pub fn open(path: &Path) -> io::Result<Box<dyn BufRead + Send>> {
    if path == Path::new("-") {
        return unpack(io::stdin());
    }
    unpack(File::open(path)?)
}

/// Unpacks gzip, told by its magic bytes; passes anything else through.
///
/// # Errors
/// If the first bytes cannot be read.
pub(crate) fn unpack(reader: impl Read + Send + 'static) -> io::Result<Box<dyn BufRead + Send>> {
    let mut reader = BufReader::with_capacity(1 << 16, reader);
    if reader.fill_buf()?.starts_with(&[0x1F, 0x8B]) {
        let unpacked = flate2::bufread::MultiGzDecoder::new(reader);
        return Ok(Box::new(BufReader::with_capacity(1 << 16, unpacked)));
    }
    Ok(Box::new(reader))
}

/// Reads one list. `file` names it in problems, `number` in origins; each record goes to `keep`.
/// The delimiter is a tab if the header holds one, else a comma.
pub fn read_list(
    reader: impl BufRead,
    file: &str,
    number: u16,
    options: ReadOptions,
    keep: &mut dyn FnMut(Record),
) -> Vec<Problem> {
    let mut list = match ListReader::new(reader, file, number, options) {
        Ok(list) => list,
        Err(problems) => return problems,
    };
    let mut problems = Vec::new();
    let mut batch = Batch::default();
    loop {
        let more = list.fill(&mut batch);
        for row in batch.rows() {
            list.columns.parse(row, &mut problems, keep);
        }
        match more {
            Ok(true) => {}
            Ok(false) => return problems,
            Err(problem) => {
                problems.push(problem);
                return problems;
            }
        }
    }
}

/// Rows as they stand in the list, not yet parsed.
#[derive(Default)]
pub(crate) struct Batch {
    bytes: Vec<u8>,
    /// Ends of the cells in `bytes`.
    cells: Vec<usize>,
    /// Line, and end of the row in `cells`.
    rows: Vec<(u64, usize)>,
}

/// One row, not yet parsed.
pub(crate) struct Row<'b> {
    pub(super) line: u64,
    bytes: &'b [u8],
    start: usize,
    ends: &'b [usize],
}

impl<'b> Row<'b> {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn cells(&self) -> impl Iterator<Item = &'b [u8]> + use<'b> {
        let (bytes, mut start) = (self.bytes, self.start);
        self.ends.iter().map(move |&end| {
            let cell = bytes.get(start..end).unwrap_or_default();
            start = end;
            cell
        })
    }
}

impl Batch {
    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let (mut first, mut start) = (0, 0);
        self.rows.iter().map(move |&(line, last)| {
            let ends = self.cells.get(first..last).unwrap_or_default();
            let row = Row { line, bytes: &self.bytes, start, ends };
            (first, start) = (last, ends.last().copied().unwrap_or(start));
            row
        })
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.cells.clear();
        self.rows.clear();
    }

    fn push(&mut self, line: u64, row: &csv::ByteRecord) {
        for cell in row {
            self.bytes.extend_from_slice(cell);
            self.cells.push(self.bytes.len());
        }
        self.rows.push((line, self.cells.len()));
    }
}

/// A list, read in batches.
pub(crate) struct ListReader<R: BufRead> {
    pub(crate) columns: Arc<Columns>,
    csv: csv::Reader<LineFeeds<R>>,
    row: csv::ByteRecord,
}

impl<R: BufRead> ListReader<R> {
    /// Reads the header.
    pub(crate) fn new(
        mut reader: R,
        file: &str,
        number: u16,
        options: ReadOptions,
    ) -> Result<Self, Vec<Problem>> {
        let fail = |line: u64, reason: String| {
            vec![Problem { file: file.to_owned(), line, column: String::new(), reason }]
        };
        let tab = match reader.fill_buf() {
            Ok(start) => start.iter().take_while(|&&byte| byte != b'\n').any(|&byte| byte == b'\t'),
            Err(error) => return Err(fail(0, format!("cannot be read: {error}"))),
        };
        let mut csv = csv::ReaderBuilder::new()
            .delimiter(if tab { b'\t' } else { b',' })
            .flexible(true)
            .from_reader(LineFeeds { reader, held: false });
        let columns = match csv.byte_headers() {
            Ok(headers) => Arc::new(Columns::new(headers, file, number, options)?),
            Err(error) => return Err(fail(1, format!("the header cannot be read: {error}"))),
        };
        Ok(Self { columns, csv, row: csv::ByteRecord::new() })
    }

    /// Reads the next rows; false if they are the last.
    pub(crate) fn fill(&mut self, batch: &mut Batch) -> Result<bool, Problem> {
        batch.clear();
        while batch.bytes.len() < BATCH {
            match self.csv.read_byte_record(&mut self.row) {
                Ok(true) => {}
                Ok(false) => return Ok(false),
                Err(error) => {
                    // What follows is not known: this is no matter of one row.
                    let file = self.columns.file.clone();
                    let reason = format!("cannot be read: {error}");
                    return Err(Problem { file, line: 0, column: String::new(), reason });
                }
            }
            batch.push(self.row.position().map_or(0, csv::Position::line), &self.row);
        }
        Ok(true)
    }
}

/// A text with `\n` for `\r\n`: the line numbers of `csv` lag behind after the latter.
struct LineFeeds<R> {
    reader: R,
    /// A return that came last, of which is not known what follows.
    held: bool,
}

impl<R: BufRead> Read for LineFeeds<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut written = 0;
        while written == 0 && !out.is_empty() {
            let bytes = self.reader.fill_buf()?;
            let Some(&next) = bytes.first() else {
                // A return at the very end.
                if std::mem::take(&mut self.held)
                    && let Some(slot) = out.first_mut()
                {
                    *slot = b'\r';
                    return Ok(1);
                }
                return Ok(0);
            };
            if std::mem::take(&mut self.held) && next != b'\n' {
                if let Some(slot) = out.get_mut(written) {
                    *slot = b'\r';
                    written += 1;
                }
                continue;
            }
            let line = bytes.iter().take(out.len()).position(|&byte| byte == b'\r');
            let plain = line.unwrap_or(bytes.len().min(out.len()));
            if let (Some(to), Some(from)) = (out.get_mut(..plain), bytes.get(..plain)) {
                to.copy_from_slice(from);
            }
            self.held = line.is_some();
            self.reader.consume(plain + usize::from(self.held));
            written = plain;
        }
        Ok(written)
    }
}
