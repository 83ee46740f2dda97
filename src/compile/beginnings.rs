//! The beginnings of names, for the filter.
//!
//! In: keys with the lengths of their first pieces, in order. Out: the section of the filter.

use std::io::Write;

use hashbrown::HashTable;
use zerocopy::little_endian::U16;

use super::scratch::Spool;
use crate::error::Error;
use crate::layout::{Row, filter};
use crate::record::Policy;

/// The texts that a name meets, by how they begin.
pub(super) fn text_case(row: &Row, key: &[u8]) -> filter::Case {
    let first = std::str::from_utf8(key).unwrap_or_default().chars().next();
    let policy = row.policy();
    if !first.is_some_and(|char| char.is_lowercase() || char.is_uppercase()) {
        filter::Case::Capital
    } else if policy.has(Policy::ANYCASE) || row.capitals & 1 == 0 && !policy.has(Policy::UPPER) {
        filter::Case::Small
    } else if policy.has(Policy::UPPER) {
        filter::Case::Capitals
    } else {
        filter::Case::Capital
    }
}

/// The beginnings of names, each noted once or little more: names that begin alike follow each
/// other. How many there are decides the size of the filter, so they are kept until all are known.
pub(super) struct Beginnings {
    noted: Spool,
    /// Those with the first piece at hand.
    recent: HashTable<(u64, u8)>,
    first: u64,
    count: usize,
    /// Those for the table of small letters.
    smalls: usize,
}

/// For the table of small letters: where others have use and case.
const SMALL: u8 = 6;

impl Beginnings {
    pub(super) fn new(noted: Spool) -> Self {
        Self { noted, recent: HashTable::new(), first: 0, count: 0, smalls: 0 }
    }

    /// Notes the beginnings of a name, in the forms in which the tagger will ask.
    pub(super) fn note(
        &mut self,
        key: &[u8],
        pieces: &[U16; 3],
        case: filter::Case,
    ) -> std::io::Result<()> {
        use filter::{Case, Use};
        let mut rest = key;
        let mut hashes = pieces.iter().map_while(|length| {
            let length = usize::from(length.get());
            let (piece, after) = rest.split_at_checked(length / 2).filter(|_| length > 1)?;
            rest = after.get(length & 1..).unwrap_or_default();
            Some((filter::hash(piece), piece.len()))
        });
        let Some((first, _)) = hashes.next() else { return Ok(()) };
        let (second, third) = (hashes.next(), hashes.next());
        if first != self.first {
            self.first = first;
            self.recent.clear();
        }
        let both = second.map(|(second, _)| filter::pair(first, second));
        if case == Case::Small {
            self.keep_code(first, SMALL)?;
            self.keep_code(both.unwrap_or(filter::whole(first)), SMALL)?;
        }
        let (Some(both), Some((_, length))) = (both, second) else {
            // What meets small letters meets capitals too.
            if case == Case::Small {
                self.keep(first, Use::Whole, Case::Capital)?;
            }
            return self.keep(first, Use::Whole, case);
        };
        self.keep(first, Use::First, Case::Capital)?;
        if case == Case::Small {
            self.keep(first, Use::First, Case::Small)?;
        }
        match third.filter(|_| length <= filter::SHORT) {
            None => self.keep(both, Use::Whole, Case::Capital),
            Some((third, _)) => {
                self.keep(both, Use::First, Case::Capital)?;
                self.keep(filter::pair(both, third), Use::Whole, Case::Capital)
            }
        }
    }

    fn keep(&mut self, hash: u64, use_: filter::Use, case: filter::Case) -> std::io::Result<()> {
        self.keep_code(hash, use_ as u8 * 3 + case as u8)
    }

    fn keep_code(&mut self, hash: u64, code: u8) -> std::io::Result<()> {
        let known = self.recent.find(hash, |known| *known == (hash, code));
        if known.is_some() {
            return Ok(());
        }
        self.recent.insert_unique(hash, (hash, code), |(hash, _)| *hash);
        self.count += 1;
        self.smalls += usize::from(code == SMALL);
        self.noted.write_all(&hash.to_le_bytes())?;
        self.noted.write_all(&[code])
    }

    pub(super) fn finish(mut self) -> Result<Spool, Error> {
        use filter::{Case, Use};
        let mut builder = filter::Builder::new(self.count - self.smalls, self.smalls);
        let mut out = self.noted.another();
        let mut noted = std::io::BufReader::new(self.noted.reader()?);
        let mut record = [0; 9];
        for _ in 0..self.count {
            std::io::Read::read_exact(&mut noted, &mut record)?;
            let [hash @ .., code] = record;
            let hash = u64::from_le_bytes(hash);
            if code == SMALL {
                builder.add_small(hash);
                continue;
            }
            let use_ = if code < 3 { Use::Whole } else { Use::First };
            let case = [Case::Capital, Case::Small, Case::Capitals];
            let case = case.get(usize::from(code % 3)).copied().unwrap_or(Case::Capital);
            builder.add(hash, use_, case);
        }
        for word in builder.finish() {
            out.write_all(&word.to_le_bytes())?;
        }
        Ok(out)
    }
}
