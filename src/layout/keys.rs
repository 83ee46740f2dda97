//! The section of keys: an FST from each key to its first row, as small as the crate `fst` makes it.
//!
//! Two things keep it small. `fst` has no byte for the input of most one-way states if it is one of
//! 63 frequent bytes, which are those of URLs: in keys, bytes [trade places](stored) with them. And
//! numbers cost as much as targets, so keys share them: all keys that begin alike and have at most
//! [`MOST_ROWS`] rows are a *group*, the largest such, and the FST has the first row of the group
//! for each. Which of its keys one is, the walk counts where ways part: there, and only there, a
//! state with several ways on, or with an end and a way on, has no numbers. The rows say where the
//! rows of each key end.
//!
//! Keys stand in the order of their stored bytes.

use std::io::Write;

/// Rows of a group at most: so many keys are counted, and so many rows passed by.
pub(crate) const MOST_ROWS: u32 = 12;

/// Bytes of a key in a group with others at most, so that counting ends soon.
pub(crate) const LONGEST: usize = 100;

/// What `fst` finds frequent and keys rarely or never have …
const RARE: &[u8; 37] = b"%&+-./0123456789:=?ABCDEFGHILMNOPRST_";
/// … and what they have often: the space (first, so that the first words of names stay in order),
/// and bytes of letters in other scripts.
const OFTEN: &[u8; 37] = b" \x80\x81\x82\x83\x84\x85\x86\x87\x88\x8A\x8D\xA4\xA6\xA7\xA8\xAA\xAF\
    \xB0\xB1\xB2\xB3\xB4\xB5\xB8\xB9\xBA\xBD\xBE\xD0\xD1\xD7\xD8\xD9\xE0\xE1\xE3";

static STORED: [u8; 256] = {
    let mut stored = [0; 256];
    let mut byte = 0;
    while byte < stored.len() {
        stored[byte] = byte as u8;
        byte += 1;
    }
    let mut pair = 0;
    while pair < RARE.len() {
        stored[RARE[pair] as usize] = OFTEN[pair];
        stored[OFTEN[pair] as usize] = RARE[pair];
        pair += 1;
    }
    stored
};

/// The byte that stands for a key's byte, and the other way round.
#[inline]
pub(crate) fn stored(byte: u8) -> u8 {
    STORED[usize::from(byte)]
}

/// Writes the section.
pub(crate) struct Writer<W: Write> {
    fst: fst::MapBuilder<W>,
    /// Bytes of the keys that wait until their group is known, one after the other.
    bytes: Vec<u8>,
    waiting: Vec<Waiting>,
    /// The first row of the next key.
    next: u32,
}

struct Waiting {
    /// Where it ends in `bytes`.
    end: usize,
    /// How many bytes it shares with the key before it.
    shared: usize,
    row: u32,
    /// Its rows; too many for a group if it is too long for one.
    rows: u32,
}

impl<W: Write> Writer<W> {
    /// # Errors
    /// If writing fails, as for the others.
    pub(crate) fn new(out: W) -> fst::Result<Self> {
        let (bytes, waiting) = (Vec::new(), Vec::new());
        Ok(Self { fst: fst::MapBuilder::new(out)?, bytes, waiting, next: 0 })
    }

    /// Adds a key, in stored bytes and in their order, with so many rows.
    pub(crate) fn insert(&mut self, key: &[u8], rows: u32) -> fst::Result<()> {
        let last = match self.waiting.as_slice() {
            [.., before, _] => before.end,
            _ => 0,
        };
        let last = self.bytes.get(last..).unwrap_or_default();
        let shared = last.iter().zip(key).take_while(|(one, other)| one == other).count();
        self.bytes.extend_from_slice(key);
        self.waiting.push(Waiting {
            end: self.bytes.len(),
            shared,
            row: self.next,
            rows: if key.len() > LONGEST { MOST_ROWS + 1 } else { rows },
        });
        self.next = self.next.saturating_add(rows);
        self.write(false)
    }

    pub(crate) fn finish(mut self) -> fst::Result<W> {
        self.write(true)?;
        self.fst.into_inner()
    }

    /// Writes the groups that are known.
    fn write(&mut self, ended: bool) -> fst::Result<()> {
        while let Some(keys) = self.group(ended) {
            let (mut start, mut row) = (0, None);
            for key in self.waiting.drain(..keys) {
                let bytes = self.bytes.get(start..key.end).unwrap_or_default();
                self.fst.insert(bytes, u64::from(*row.get_or_insert(key.row)))?;
                start = key.end;
            }
            self.bytes.drain(..start);
            self.waiting.iter_mut().for_each(|key| key.end -= start);
        }
        Ok(())
    }

    /// How many of the keys that wait are the first group; `None` while the next key may belong
    /// to it, too.
    fn group(&self, ended: bool) -> Option<usize> {
        let (first, others) = self.waiting.split_first()?;
        let (mut rows, mut shared) = (first.rows, usize::MAX);
        for other in others {
            // How many bytes the first shares with this one: a group has all that begin alike.
            shared = shared.min(other.shared);
            rows = rows.saturating_add(other.rows);
            if shared <= first.shared || rows > MOST_ROWS {
                return Some(1 + others.iter().take_while(|other| other.shared > shared).count());
            }
        }
        ended.then_some(self.waiting.len())
    }
}

#[cfg(test)]
mod tests {
    use fst::Streamer;

    use super::*;

    /// The numbers that the section has for keys with so many rows.
    fn numbers(keys: &[(&str, u32)]) -> Vec<u64> {
        let mut writer = Writer::new(Vec::new()).unwrap();
        for (key, rows) in keys {
            writer.insert(key.as_bytes(), *rows).unwrap();
        }
        let map = fst::Map::new(writer.finish().unwrap()).unwrap();
        let (mut numbers, mut stream) = (Vec::new(), map.stream());
        while let Some((_, number)) = stream.next() {
            numbers.push(number);
        }
        numbers
    }

    #[test]
    fn bytes_trade_places_in_pairs() {
        for byte in 0..=u8::MAX {
            assert_eq!(stored(stored(byte)), byte);
            assert!(!byte.is_ascii_lowercase() || stored(byte) == byte);
        }
        assert_eq!((stored(b' '), stored(0xD0)), (b'%', b'M'));
        // A space is still the least of what names have.
        let least = b"0123456789abcxyz".iter().copied().chain(0x80..=0xFF).map(stored).min();
        assert!(Some(stored(b' ')) < least);
    }

    #[test]
    fn keys_that_begin_alike_share_their_number() {
        assert!(numbers(&[]).is_empty());
        assert_eq!(numbers(&[("a", 40)]), [0]);
        assert_eq!(numbers(&[("ab", 1), ("ac", 2), ("b", 3)]), [0, 0, 3]);
        // `a` and what follows it would be too many, `ab` and what follows it are not.
        assert_eq!(numbers(&[("a", 5), ("ab", 3), ("abc", 4), ("ac", 1)]), [0, 5, 5, 12]);
        assert_eq!(numbers(&[("a", 5), ("ab", 3), ("abc", 3), ("ac", 1)]), [0, 0, 0, 0]);
        assert_eq!(numbers(&[("a", 13), ("ab", 12), ("abc", 1)]), [0, 13, 25]);
        assert_eq!(numbers(&[("aab", 6), ("aac", 6), ("ab", 1)]), [0, 0, 12]);
        let long = "a".repeat(LONGEST + 1);
        assert_eq!(numbers(&[("a", 1), (&long, 1), ("b", 1), ("ba", 1)]), [0, 1, 2, 2]);
    }
}
