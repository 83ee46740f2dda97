//! The way in: files, folders and archives opened, unpacked and cut into lines or rows.
//!
//! Gzip, zip and Zstandard are told by their magic bytes. A line or row that is not UTF-8 is told as
//! a problem and passed over; a file that cannot be read to its end is an error.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::run::Run;
use super::zip;
use crate::error::Error;

/// A line longer than this is passed over.
const LONGEST_LINE: u64 = 64 << 20;

/// A reader of what the source's file holds, unpacked.
pub(super) type Reader = Box<dyn BufRead + Send>;

/// A file to read: one given, one of a folder, or one of an archive.
#[derive(Clone, Debug)]
pub(super) struct Input {
    path: PathBuf,
    member: Option<zip::Member>,
    /// Its number, as in [`At`].
    number: u16,
}

/// A line of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) struct At {
    pub(super) input: u16,
    /// From 1; 0 for the file as a whole.
    pub(super) line: u64,
}

impl Input {
    /// True for the standard input, which is read but once.
    pub(super) fn is_stdin(&self) -> bool {
        self.path == Path::new("-")
    }

    /// The file's own name, in small letters, without `.gz` or `.zst`.
    pub(super) fn name(&self) -> String {
        let name = match &self.member {
            Some(member) => Path::new(&member.name).file_name(),
            None => self.path.file_name(),
        };
        plain_name(&name.unwrap_or_default().to_string_lossy())
    }

    /// Where the file as a whole stands in problems.
    pub(super) fn at(&self) -> At {
        At { input: self.number, line: 0 }
    }

    /// Opens the file, without its byte order mark.
    pub(super) fn open(&self) -> Result<Reader, Error> {
        let failed = |error: io::Error| Error::from(error).at(&self.path);
        let raw: Box<dyn Read + Send> = match &self.member {
            Some(member) => zip::open(&self.path, member).map_err(failed)?,
            None if self.is_stdin() => Box::new(io::stdin()),
            None => Box::new(File::open(&self.path).map_err(failed)?),
        };
        let mut reader = unpack(raw).map_err(failed)?;
        if reader.fill_buf().map_err(failed)?.starts_with(b"\xEF\xBB\xBF") {
            reader.consume(3);
        }
        Ok(reader)
    }

    /// The file's lines.
    pub(super) fn lines(&self) -> Result<Lines, Error> {
        let path = self.path.clone();
        Ok(Lines { reader: self.open()?, at: self.at(), path, bytes: Vec::new(), silent: false })
    }

    /// The same for a look ahead: nothing is told or counted, as the lines are read again.
    pub(super) fn peek(&self) -> Result<Lines, Error> {
        Ok(Lines { silent: true, ..self.lines()? })
    }

    /// The file's rows, as CSV with the delimiter that its first line has most often outside quotes:
    /// tab, comma or semicolon. In rows with tabs, quotes are plain characters if `plain_tabs`.
    pub(super) fn rows(&self, plain_tabs: bool) -> Result<Rows, Error> {
        let mut reader = self.open()?;
        let start = reader.fill_buf().map_err(|error| Error::from(error).at(&self.path))?;
        let delimiter = delimiter(start);
        let csv = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .quoting(!(plain_tabs && delimiter == b'\t'))
            .delimiter(delimiter)
            .from_reader(reader);
        let path = self.path.clone();
        Ok(Rows { csv, at: self.at(), path, bytes: csv::ByteRecord::new() })
    }
}

/// The delimiter of the first line: a tab, wherever it stands, else what is there most often.
fn delimiter(start: &[u8]) -> u8 {
    let (mut commas, mut semicolons, mut quoted) = (0, 0, false);
    for byte in start.iter().take_while(|&&byte| byte != b'\n') {
        match byte {
            b'"' => quoted = !quoted,
            b'\t' => return b'\t',
            b',' if !quoted => commas += 1,
            b';' if !quoted => semicolons += 1,
            _ => {}
        }
    }
    if semicolons > commas { b';' } else { b',' }
}

/// The files that the paths stand for. Of folders and archives those whose names, in small letters
/// and without `.gz` or `.zst`, are `wanted`; in order of their names.
pub(super) fn inputs(
    files: &[PathBuf],
    wanted: fn(&str) -> bool,
    shown: &mut Vec<(String, u16)>,
) -> Result<Vec<Input>, Error> {
    let mut inputs = Vec::new();
    for (file, owner) in files.iter().zip(0_u16..) {
        let failed = |error: io::Error| Error::from(error).at(file);
        let mut paths = Vec::new();
        if file.is_dir() {
            walk(file, wanted, &mut paths, 0).map_err(failed)?;
            paths.sort();
        } else {
            paths.push(file.clone());
        }
        let found = inputs.len();
        for path in paths {
            let mut members = vec![None];
            if is_archive(&path).map_err(failed)? {
                let all = zip::members(&path).map_err(failed)?;
                members =
                    all.into_iter().filter(|m| wanted(&plain_name(&m.name))).map(Some).collect();
            }
            for member in members {
                let mut name = path.display().to_string();
                if let Some(member) = &member {
                    name = format!("{name}/{}", member.name);
                }
                let number = u16::try_from(shown.len()).unwrap_or(u16::MAX);
                shown.push((name, owner));
                inputs.push(Input { path: path.clone(), member, number });
            }
        }
        if inputs.len() == found {
            let reason = "nothing in it that this source reads";
            return Err(failed(io::Error::new(io::ErrorKind::NotFound, reason)));
        }
    }
    Ok(inputs)
}

/// The file of this name in the folder of another; not for archives and the standard input.
pub(super) fn beside(input: &Input, name: &str, shown: &mut Vec<(String, u16)>) -> Option<Input> {
    let path = input.path.parent()?.join(name);
    if input.member.is_some() || input.is_stdin() || !path.is_file() {
        return None;
    }
    let owner = shown.get(usize::from(input.number)).map_or(0, |(_, owner)| *owner);
    let number = u16::try_from(shown.len()).unwrap_or(u16::MAX);
    shown.push((path.display().to_string(), owner));
    Some(Input { path, member: None, number })
}

fn plain_name(name: &str) -> String {
    let name = name.to_lowercase();
    let name = name.rsplit('/').next().unwrap_or_default();
    name.strip_suffix(".gz").or(name.strip_suffix(".zst")).unwrap_or(name).to_owned()
}

fn walk(
    folder: &Path,
    wanted: fn(&str) -> bool,
    found: &mut Vec<PathBuf>,
    depth: u32,
) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            // Links may go round.
            if depth < 32 {
                walk(&path, wanted, found, depth + 1)?;
            }
        } else if wanted(&plain_name(&name)) {
            found.push(path);
        }
    }
    Ok(())
}

fn is_archive(path: &Path) -> io::Result<bool> {
    if path == Path::new("-") {
        return Ok(false);
    }
    let mut start = Vec::new();
    File::open(path)?.take(zip::MAGIC.len() as u64).read_to_end(&mut start)?;
    Ok(start == zip::MAGIC)
}

/// Unpacks gzip and Zstandard, told by their magic bytes; passes anything else through, but for
/// what is surely packed in another way.
fn unpack(reader: impl Read + Send + 'static) -> io::Result<Reader> {
    let mut reader = BufReader::with_capacity(1 << 16, reader);
    let start = reader.fill_buf()?;
    if start.starts_with(&[0x1F, 0x8B]) {
        let unpacked = flate2::bufread::MultiGzDecoder::new(reader);
        return Ok(Box::new(BufReader::with_capacity(1 << 16, unpacked)));
    }
    // A frame, or one of the skippable frames that may stand before it.
    let zstandard = start.starts_with(&[0x28, 0xB5, 0x2F, 0xFD])
        || (start.get(1..4) == Some(&[0x2A, 0x4D, 0x18]) && start[0] & 0xF0 == 0x50);
    if zstandard {
        let frames = Frames { source: reader, decoder: FrameDecoder::new(), open: false };
        return Ok(Box::new(BufReader::with_capacity(1 << 16, frames)));
    }
    for (magic, name, tool) in [
        (&b"BZh"[..], "bzip2", "bzcat"),
        (b"\xFD7zXZ", "xz", "xzcat"),
        (zip::MAGIC, "zip", "funzip"),
    ] {
        if start.starts_with(magic) {
            let reason = format!(
                "packed with {name}; unpack it first, or pipe it in: `{tool} FILE | exonym import … -`"
            );
            return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
        }
    }
    Ok(Box::new(reader))
}

/// The frames of a Zstandard stream, one after the other.
struct Frames<R> {
    source: R,
    decoder: FrameDecoder,
    open: bool,
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        loop {
            if self.open {
                while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                    self.decoder
                        .decode_blocks(&mut self.source, BlockDecodingStrategy::UptoBlocks(1))
                        .map_err(io::Error::other)?;
                }
                let read = self.decoder.read(bytes)?;
                if read > 0 {
                    return Ok(read);
                }
                self.open = false;
            }
            if self.source.fill_buf()?.is_empty() {
                return Ok(0);
            }
            // Long-distance matching asks for windows of up to this size.
            self.decoder.set_max_window_size(1 << 31);
            match self.decoder.init(&mut self.source) {
                Ok(()) => self.open = true,
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let mut skipped = (&mut self.source).take(length.into());
                    io::copy(&mut skipped, &mut io::sink())?;
                }
                Err(error) => return Err(io::Error::other(error)),
            }
        }
    }
}

/// Lines of a file, one at a time.
pub(super) struct Lines {
    reader: Reader,
    at: At,
    path: PathBuf,
    bytes: Vec<u8>,
    silent: bool,
}

impl Lines {
    /// The next line that is UTF-8, without its end.
    pub(super) fn next(&mut self, run: &mut Run<'_>) -> Result<Option<(At, &str)>, Error> {
        loop {
            self.bytes.clear();
            let read = (&mut self.reader).take(LONGEST_LINE).read_until(b'\n', &mut self.bytes);
            let read = read.map_err(|error| Error::from(error).at(&self.path))?;
            if read == 0 {
                return Ok(None);
            }
            self.at.line += 1;
            if !self.silent {
                run.read();
            }
            if self.bytes.last() != Some(&b'\n') && read as u64 == LONGEST_LINE {
                self.skip_line().map_err(|error| Error::from(error).at(&self.path))?;
                if !self.silent {
                    run.problem(self.at, format!("longer than {LONGEST_LINE} bytes"))?;
                }
                continue;
            }
            while let Some(b'\n' | b'\r') = self.bytes.last() {
                self.bytes.pop();
            }
            match std::str::from_utf8(&self.bytes) {
                Ok(_) => break,
                Err(_) if self.silent => {}
                Err(error) => {
                    run.problem(self.at, format!("not UTF-8 at byte {}", error.valid_up_to()))?;
                }
            }
        }
        Ok(Some((self.at, std::str::from_utf8(&self.bytes).unwrap_or_default())))
    }

    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                return Ok(());
            }
            let end = buffer.iter().position(|&byte| byte == b'\n');
            let length = end.map_or(buffer.len(), |end| end + 1);
            self.reader.consume(length);
            if end.is_some() {
                return Ok(());
            }
        }
    }
}

/// Rows of a CSV file, one at a time.
pub(super) struct Rows {
    csv: csv::Reader<Reader>,
    at: At,
    path: PathBuf,
    bytes: csv::ByteRecord,
}

impl Rows {
    /// The next row that is UTF-8, its cells without blanks around them.
    pub(super) fn next(
        &mut self,
        run: &mut Run<'_>,
    ) -> Result<Option<(At, csv::StringRecord)>, Error> {
        loop {
            match self.csv.read_byte_record(&mut self.bytes) {
                Ok(true) => {}
                Ok(false) => return Ok(None),
                Err(error) => return Err(Error::from(io::Error::from(error)).at(&self.path)),
            }
            self.at.line = self.bytes.position().map_or(0, csv::Position::line);
            run.read();
            match csv::StringRecord::from_byte_record(std::mem::take(&mut self.bytes)) {
                Ok(mut row) => {
                    row.trim();
                    return Ok(Some((self.at, row)));
                }
                Err(error) => {
                    run.problem(
                        self.at,
                        format!("not UTF-8 in cell {}", error.utf8_error().field() + 1),
                    )?;
                }
            }
        }
    }
}
