//! Codings of the sections: packed numbers, variable-length numbers, front-coded strings.

/// Numbers of as many bytes as the largest needs: the width, then the numbers.
pub(crate) mod packed {
    use std::io::{self, Write};

    /// Writes numbers.
    pub(crate) struct Writer<W> {
        out: W,
        width: usize,
    }

    impl<W: Write> Writer<W> {
        /// For numbers of which `most` is the largest.
        pub(crate) fn new(mut out: W, most: u32) -> io::Result<Self> {
            let width = (32 - most.leading_zeros()).div_ceil(8).max(1) as usize;
            out.write_all(&[width as u8])?;
            Ok(Self { out, width })
        }

        pub(crate) fn push(&mut self, number: u32) -> io::Result<()> {
            self.out.write_all(number.to_le_bytes().get(..self.width).unwrap_or_default())
        }

        pub(crate) fn finish(self) -> W {
            self.out
        }
    }

    /// The numbers in a section.
    #[derive(Clone, Copy)]
    pub(crate) struct Packed<'g> {
        width: usize,
        bytes: &'g [u8],
    }

    impl<'g> Packed<'g> {
        pub(crate) fn new(section: &'g [u8]) -> Self {
            match section.split_first() {
                Some((width @ 1..=4, bytes)) => Self { width: usize::from(*width), bytes },
                _ => Self { width: 1, bytes: &[] },
            }
        }

        pub(crate) fn len(&self) -> usize {
            self.bytes.len() / self.width
        }

        /// The numbers from `start` up to, not including, `end`; fewer if there are not as many.
        pub(crate) fn range(
            &self,
            start: usize,
            end: usize,
        ) -> impl Iterator<Item = u32> + use<'g> {
            let clamp = |index: usize| index.min(self.len()) * self.width;
            let bytes = self.bytes.get(clamp(start)..clamp(end.max(start))).unwrap_or_default();
            bytes.chunks_exact(self.width).map(|bytes| {
                bytes.iter().rev().fold(0, |number, &byte| number << 8 | u32::from(byte))
            })
        }
    }
}

/// Variable-length numbers (LEB128).
pub(crate) mod varint {
    pub(crate) fn push(out: &mut Vec<u8>, mut value: u64) {
        while value >= 0x80 {
            out.push(value as u8 | 0x80);
            value >>= 7;
        }
        out.push(value as u8);
    }

    /// Reads a number from the front of `bytes`; `None` if it does not end.
    pub(crate) fn take(bytes: &mut &[u8]) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = bytes.split_first()?;
            *bytes = rest;
            value |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }
}

/// Strings in order, front-coded in blocks: a string is the length of the beginning that it shares
/// with the one before it, and the rest. The first of each block is whole, so that reading one
/// string costs at most a block.
///
/// `block offsets (u32 each) … | number of blocks (u32) at the end`, after the coded strings.
pub(crate) mod front {
    use std::io::Write;

    use zerocopy::FromBytes;
    use zerocopy::little_endian::U32;

    use super::varint;
    use crate::error::{Error, ErrorKind};

    const BLOCK: usize = 16;

    /// Codes strings one by one.
    pub(crate) struct Encoder<W> {
        out: W,
        written: u64,
        blocks: Vec<u32>,
        count: usize,
        last: Vec<u8>,
        coded: Vec<u8>,
    }

    impl<W: Write> Encoder<W> {
        pub(crate) fn new(out: W) -> Self {
            let (blocks, last, coded) = (Vec::new(), Vec::new(), Vec::new());
            Self { out, written: 0, blocks, count: 0, last, coded }
        }

        /// # Errors
        /// If writing fails, or the section grows past four gigabytes.
        pub(crate) fn push(&mut self, string: &str) -> Result<(), Error> {
            let string = string.as_bytes();
            let mut shared = 0;
            self.coded.clear();
            if self.count.is_multiple_of(BLOCK) {
                let limit = ErrorKind::Limit { what: "bytes of names", most: u32::MAX.into() };
                let start = u32::try_from(self.written).map_err(|_| Error::new(limit))?;
                self.blocks.push(start);
            } else {
                shared =
                    self.last.iter().zip(string).take_while(|(one, other)| one == other).count();
                varint::push(&mut self.coded, shared as u64);
            }
            let rest = string.get(shared..).unwrap_or_default();
            varint::push(&mut self.coded, rest.len() as u64);
            self.coded.extend_from_slice(rest);
            self.out.write_all(&self.coded)?;
            self.written += self.coded.len() as u64;
            self.last.truncate(shared);
            self.last.extend_from_slice(rest);
            self.count += 1;
            Ok(())
        }

        pub(crate) fn finish(mut self) -> Result<W, Error> {
            for block in &self.blocks {
                self.out.write_all(&block.to_le_bytes())?;
            }
            self.out.write_all(&(self.blocks.len() as u32).to_le_bytes())?;
            Ok(self.out)
        }
    }

    /// String number `index`, or `None` if there is none or the bytes do not fit the form.
    pub(crate) fn get(section: &[u8], index: usize) -> Option<String> {
        let (rest, blocks) = section.split_last_chunk::<4>()?;
        let blocks = u32::from_le_bytes(*blocks) as usize;
        let split = rest.len().checked_sub(blocks.checked_mul(4)?)?;
        let (coded, offsets) = rest.split_at(split);
        let offsets = <[U32]>::ref_from_bytes(offsets).ok()?;
        let start = offsets.get(index / BLOCK)?.get() as usize;
        let mut bytes = coded.get(start..)?;
        let mut string = Vec::new();
        for position in 0..=index % BLOCK {
            let shared = if position == 0 { 0 } else { varint::take(&mut bytes)? as usize };
            let rest = varint::take(&mut bytes)? as usize;
            if shared > string.len() || rest > bytes.len() {
                return None;
            }
            string.truncate(shared);
            let (rest, after) = bytes.split_at(rest);
            string.extend_from_slice(rest);
            bytes = after;
        }
        String::from_utf8(string).ok()
    }
}
