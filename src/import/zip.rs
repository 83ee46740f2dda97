//! Zip archives, in which GeoNames and Natural Earth publish: which files they hold, and one of
//! these as a stream, checked at its end.
//!
//! Stored and deflated files of up to 4 GB; no encryption.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use flate2::CrcReader;
use flate2::bufread::DeflateDecoder;

/// How a zip archive begins.
pub(super) const MAGIC: &[u8] = b"PK\x03\x04";

/// A file in an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) name: String,
    method: u16,
    crc: u32,
    packed: u64,
    header: u64,
}

/// The files of the archive, in its order, without folders.
///
/// # Errors
/// If the archive cannot be read, is damaged or of a kind that is not supported.
pub(super) fn members(path: &Path) -> io::Result<Vec<Member>> {
    let mut file = File::open(path)?;
    let length = file.seek(SeekFrom::End(0))?;
    // The end record is 22 bytes and a comment of up to 65,535.
    let tail_start = length.saturating_sub(22 + 65_535);
    file.seek(SeekFrom::Start(tail_start))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    let end = (0..tail.len().saturating_sub(21))
        .rev()
        .find(|&at| tail.get(at..at + 4) == Some(b"PK\x05\x06"))
        .and_then(|at| tail.get(at..))
        .ok_or_else(|| damaged("its directory is missing; download it again"))?;
    let count = u16_at(end, 10)?;
    let start = u32_at(end, 16)?;
    if start == u32::MAX || count == u16::MAX {
        return Err(damaged("too large a kind of archive (zip64); unpack it first"));
    }
    file.seek(SeekFrom::Start(start.into()))?;
    let mut directory = Vec::new();
    BufReader::new(file).take(length.saturating_sub(start.into())).read_to_end(&mut directory)?;
    let mut rest = directory.as_slice();
    let mut members = Vec::new();
    for _ in 0..count {
        if !rest.starts_with(b"PK\x01\x02") {
            return Err(damaged("its directory is damaged; download it again"));
        }
        let (name, extra, comment) = (u16_at(rest, 28)?, u16_at(rest, 30)?, u16_at(rest, 32)?);
        let name_end = 46 + usize::from(name);
        let name = rest.get(46..name_end).unwrap_or_default();
        let member = Member {
            name: String::from_utf8_lossy(name).into_owned(),
            method: u16_at(rest, 10)?,
            crc: u32_at(rest, 16)?,
            packed: u32_at(rest, 20)?.into(),
            header: u32_at(rest, 42)?.into(),
        };
        if u16_at(rest, 8)? & 1 != 0 {
            return Err(damaged("encrypted; unpack it first"));
        }
        if member.packed == u64::from(u32::MAX) || member.header == u64::from(u32::MAX) {
            return Err(damaged("too large a kind of archive (zip64); unpack it first"));
        }
        if !member.name.ends_with('/') {
            members.push(member);
        }
        rest = rest.get(name_end + usize::from(extra) + usize::from(comment)..).unwrap_or_default();
    }
    Ok(members)
}

/// One file of the archive.
///
/// # Errors
/// If the archive cannot be read, or the file is packed in an unknown way. Reading fails at the end
/// if the bytes are not those that were packed.
pub(super) fn open(path: &Path, member: &Member) -> io::Result<Box<dyn Read + Send>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(member.header))?;
    let mut header = [0; 30];
    file.read_exact(&mut header)?;
    if !header.starts_with(MAGIC) {
        return Err(damaged("its directory is damaged; download it again"));
    }
    let skip = i64::from(u16_at(&header, 26)?) + i64::from(u16_at(&header, 28)?);
    file.seek(SeekFrom::Current(skip))?;
    let packed = BufReader::with_capacity(1 << 16, file).take(member.packed);
    let crc = member.crc;
    match member.method {
        0 => Ok(Box::new(Checked { inner: CrcReader::new(packed), crc })),
        8 => Ok(Box::new(Checked { inner: CrcReader::new(DeflateDecoder::new(packed)), crc })),
        _ => Err(damaged("packed in an unknown way; unpack it first")),
    }
}

/// A stream that fails at its end if its checksum differs.
struct Checked<R> {
    inner: CrcReader<R>,
    crc: u32,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(bytes)?;
        if read == 0 && !bytes.is_empty() && self.inner.crc().sum() != self.crc {
            return Err(damaged("a file in it is damaged; download it again"));
        }
        Ok(read)
    }
}

fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("zip archive: {what}"))
}

fn bytes<const N: usize>(from: &[u8], at: usize) -> io::Result<[u8; N]> {
    let bytes = from.get(at..at + N).and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| damaged("cut short; download it again"))
}

fn u16_at(from: &[u8], at: usize) -> io::Result<u16> {
    bytes(from, at).map(u16::from_le_bytes)
}

fn u32_at(from: &[u8], at: usize) -> io::Result<u32> {
    bytes(from, at).map(u32::from_le_bytes)
}
