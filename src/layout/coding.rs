//! Codings of the sections: packed numbers, variable-length numbers, front-coded strings.

/// Numbers of as many bits as the largest needs: their width (1 byte), how many there are (4), the
/// numbers from the lowest bit up, and zeros, so that eight bytes can be read anywhere.
pub(crate) mod packed {
    use std::io::{self, Write};

    /// More bits do not fit eight bytes that begin within a byte.
    pub(crate) const WIDEST: u32 = 57;
    const PADDING: usize = 7;

    /// Bits that a number needs.
    pub(crate) const fn bits(number: u64) -> u32 {
        u64::BITS - number.leading_zeros()
    }

    /// Writes numbers.
    pub(crate) struct Writer<W> {
        out: W,
        width: u32,
        waiting: u64,
        filled: u32,
    }

    impl<W: Write> Writer<W> {
        /// For `count` numbers, of at most [`WIDEST`] bits, of which `most` is the largest.
        pub(crate) fn new(mut out: W, count: u32, most: u64) -> io::Result<Self> {
            let width = bits(most).max(1);
            out.write_all(&[width as u8])?;
            out.write_all(&count.to_le_bytes())?;
            Ok(Self { out, width, waiting: 0, filled: 0 })
        }

        pub(crate) fn push(&mut self, number: u64) -> io::Result<()> {
            self.waiting |= number << self.filled;
            self.filled += self.width;
            let full = (self.filled / 8) as usize;
            let bytes = self.waiting.to_le_bytes();
            self.out.write_all(bytes.get(..full).unwrap_or_default())?;
            self.waiting = self.waiting.checked_shr(full as u32 * 8).unwrap_or(0);
            self.filled %= 8;
            Ok(())
        }

        pub(crate) fn finish(mut self) -> io::Result<W> {
            if self.filled > 0 {
                self.out.write_all(&[self.waiting as u8])?;
            }
            self.out.write_all(&[0; PADDING])?;
            Ok(self.out)
        }
    }

    /// The numbers in a section.
    #[derive(Clone, Copy, Debug, Default)]
    pub(crate) struct Packed<'g> {
        width: usize,
        count: usize,
        bytes: &'g [u8],
    }

    impl<'g> Packed<'g> {
        /// The numbers in these bytes; none if the bytes do not fit the form.
        #[inline]
        pub(crate) fn new(section: &'g [u8]) -> Self {
            match Self::first(section) {
                Some((packed, [])) => packed,
                _ => Self::default(),
            }
        }

        /// The numbers with which these bytes begin, and what follows them; `None` if the bytes do
        /// not fit the form.
        #[inline]
        pub(crate) fn first(section: &'g [u8]) -> Option<(Self, &'g [u8])> {
            let (&[width, a, b, c, d], rest) = section.split_first_chunk()?;
            let (width, count) = (usize::from(width), u32::from_le_bytes([a, b, c, d]) as usize);
            let whole = count.checked_mul(width)?.div_ceil(8) + PADDING;
            let (bytes, rest) = rest.split_at_checked(whole)?;
            let sound = (1..=WIDEST as usize).contains(&width);
            sound.then_some((Self { width, count, bytes }, rest))
        }

        #[inline]
        pub(crate) fn len(&self) -> usize {
            self.count
        }

        #[inline]
        pub(crate) fn get(&self, index: usize) -> Option<u64> {
            if index >= self.count {
                return None;
            }
            let at = index * self.width;
            let bytes = self.bytes.get(at / 8..)?.first_chunk()?;
            let mask = u64::MAX >> (64 - self.width);
            Some(u64::from_le_bytes(*bytes) >> (at % 8) & mask)
        }

        /// The numbers from `start` up to, not including, `end`; fewer if there are not as many.
        pub(crate) fn range(self, start: usize, end: usize) -> impl Iterator<Item = u32> + use<'g> {
            (start..end.min(self.count)).filter_map(move |index| Some(self.get(index)? as u32))
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn numbers_of_every_width_come_back() {
            for width in 1..=WIDEST {
                let most = u64::MAX >> (64 - width);
                let numbers: Vec<u64> =
                    (0..100).map(|at: u64| at.wrapping_mul(0x9E37_79B9_7F4A_7C15) & most).collect();
                let numbers = [numbers, vec![most, 0, most]].concat();
                let mut writer = Writer::new(Vec::new(), numbers.len() as u32, most).unwrap();
                for &number in &numbers {
                    writer.push(number).unwrap();
                }
                let section = writer.finish().unwrap();
                let packed = Packed::new(&section);
                assert_eq!(packed.len(), numbers.len());
                for (at, &number) in numbers.iter().enumerate() {
                    assert_eq!(packed.get(at), Some(number), "{width} bits, {at}");
                }
                assert_eq!(packed.get(numbers.len()), None);
                assert_eq!(packed.range(100, 1000).count(), 3);
                assert_eq!(Packed::new(section.get(1..).unwrap()).len(), 0);
                assert_eq!(Packed::new(section.split_last().unwrap().1).len(), 0);
            }
            let none = Writer::new(Vec::new(), 0, 0).unwrap().finish().unwrap();
            assert_eq!((Packed::new(&none).len(), Packed::new(&[]).len()), (0, 0));
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

    const BLOCK: usize = 8;

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
        pub(crate) fn push(&mut self, string: &[u8]) -> Result<(), Error> {
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
        String::from_utf8(bytes(section, index)?).ok()
    }

    /// True if string number `index` is these bytes.
    pub(crate) fn is(section: &[u8], index: usize, wanted: &[u8]) -> bool {
        bytes(section, index).is_some_and(|string| string == wanted)
    }

    fn bytes(section: &[u8], index: usize) -> Option<Vec<u8>> {
        let mut reader = Reader::at(section, index)?;
        reader.read()?;
        Some(reader.string)
    }

    /// Reads strings one after the other: each costs less than by itself.
    pub(crate) struct Reader<'s> {
        bytes: &'s [u8],
        /// Number of the next string.
        next: usize,
        string: Vec<u8>,
    }

    impl<'s> Reader<'s> {
        /// Before string number `index`, or `None` if there is none or the bytes do not fit the form.
        pub(crate) fn at(section: &'s [u8], index: usize) -> Option<Self> {
            let (rest, blocks) = section.split_last_chunk::<4>()?;
            let blocks = u32::from_le_bytes(*blocks) as usize;
            let split = rest.len().checked_sub(blocks.checked_mul(4)?)?;
            let (coded, offsets) = rest.split_at(split);
            let offsets = <[U32]>::ref_from_bytes(offsets).ok()?;
            let start = offsets.get(index / BLOCK)?.get() as usize;
            let (next, string) = (index - index % BLOCK, Vec::with_capacity(64));
            let mut reader = Self { bytes: coded.get(start..)?, next, string };
            while reader.next < index {
                reader.read()?;
            }
            Some(reader)
        }

        /// The next string.
        pub(crate) fn read(&mut self) -> Option<&[u8]> {
            let begins = self.next.is_multiple_of(BLOCK);
            let shared = if begins { 0 } else { varint::take(&mut self.bytes)? as usize };
            let rest = varint::take(&mut self.bytes)? as usize;
            if shared > self.string.len() {
                return None;
            }
            let (rest, after) = self.bytes.split_at_checked(rest)?;
            self.string.truncate(shared);
            self.string.extend_from_slice(rest);
            (self.bytes, self.next) = (after, self.next + 1);
            Some(&self.string)
        }
    }
}
