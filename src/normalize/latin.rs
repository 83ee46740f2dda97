//! Words of one alphabet, the commonest beyond ASCII.
//!
//! In: a run of bytes without blanks and marks of ASCII. Out: the [`Word`] that it makes, if it is a short
//! one of Latin letters, some with accents, which is folded at once; or one all of letters of two bytes
//! (Cyrillic, Greek, Arabic, Hebrew), which is folded letter by letter.

use super::block::ShortWord;
use super::hash::{hash, hash_short};
use super::segment::{Segmenter, two_bytes};
use super::word::{ARABIC, BEYOND, HEBREW, LEN, LONGEST, Word, key_at, stand_in};

/// First bytes of the letters with accents.
const LEADS: std::ops::RangeInclusive<u8> = 0xC3..=0xC5;

impl Segmenter<'_> {
    /// The word that `run` makes at `at`, of which `sixteen` are the first bytes or all and some more;
    /// `high` has a bit for each byte beyond ASCII. Its key is appended to `keys`. `None` if it is not
    /// of one alphabet, or too long.
    #[inline(never)]
    pub(super) fn plain_word(
        &self,
        at: usize,
        run: &[u8],
        sixteen: &[u8; 16],
        high: u64,
        keys: &mut Vec<u8>,
    ) -> Option<Word> {
        if high.count_ones() as usize == run.len() {
            self.alphabet_word(at, run, keys)
        } else if run.len() < 16 {
            self.latin_word(at, run.len(), sixteen, high, keys)
        } else {
            None
        }
    }

    /// The word of `len` bytes at `at`, the first of `bytes`, of which `high` has a bit for each beyond
    /// ASCII; its key is appended to `keys`. `None` if it has others than ASCII letters and digits and
    /// those of Latin-1 Supplement and Latin Extended-A.
    #[inline]
    fn latin_word(
        &self,
        at: usize,
        len: usize,
        bytes: &[u8; 16],
        high: u64,
        keys: &mut Vec<u8>,
    ) -> Option<Word> {
        let ascii = ShortWord::of(bytes, len);
        let mut capitals = u64::from(ascii.capitals) & !high;
        let info = |at: usize| match (bytes.get(at), bytes.get(at + 1)) {
            (Some(&lead), Some(&next)) if high >> at & 1 == 1 => {
                self.table.near(two_bytes(lead, next)).info()
            }
            (byte, _) => self.table.near(byte.copied().unwrap_or_default().into()).info(),
        };
        let mut folded = [0; 32];
        *folded.first_chunk_mut()? = ascii.fold;
        let (mut key, mut key_len, mut rest) = (folded, len, high);
        while rest != 0 {
            let at = rest.trailing_zeros() as usize;
            let (&lead, &next) = (bytes.get(at)?, bytes.get(at + 1)?);
            let entry = self.table.near(two_bytes(lead, next));
            let (fold, fold_len) =
                entry.letter().filter(|&(_, len)| len <= 2 && LEADS.contains(&lead))?;
            // What stands behind it moves to the front, with zeros after the word.
            let to = at + key_len - len;
            *key.get_mut(to..)?.first_chunk_mut()? = fold;
            let behind: [u8; 16] = *folded.get(at + 2..)?.first_chunk()?;
            *key.get_mut(to + fold_len..)?.first_chunk_mut()? = behind;
            key_len = (key_len + fold_len).checked_sub(2)?;
            capitals |= u64::from(entry.info().is_upper()) << at;
            rest &= !(3 << at);
        }
        let key: [u8; 16] = *key.first_chunk()?;
        let first = info(0);
        let second = 1 + (high & 1) as usize;
        let second = if second < len { stand_in(info(second)) } else { stand_in(first) };
        let last = if high >> (len - 1) & 1 == 1 { info(len - 2) } else { info(len - 1) };
        let glued = if capitals > 1 { self.glued(at, at + len) } else { 0 };
        let key_start = keys.len();
        keys.extend_from_slice(&key);
        keys.truncate(key_start + key_len);
        Some(Word {
            start: at,
            hash: hash_short(key),
            look: stand_in(first)
                | second << 8
                | BEYOND
                | glued
                | self.joint(bytes[len & 15], at + len)
                | (len as u64) << LEN,
            key: key_at(key_start, key_len, last),
        })
    }

    /// The word that `run` makes at `at`; its key is appended to `keys`. `None` if it has others than
    /// letters of two bytes, or more than names have.
    #[inline]
    fn alphabet_word(&self, at: usize, run: &[u8], keys: &mut Vec<u8>) -> Option<Word> {
        let (letters, []) = run.as_chunks::<2>() else { return None };
        let info = |letter: &[u8; 2]| self.table.near(two_bytes(letter[0], letter[1])).info();
        let (first, last) = (info(letters.first()?), info(letters.last()?));
        let second = letters.get(1).map_or(first, info);
        let mut key = [0; LONGEST + 8];
        let (mut key_len, mut capitals) = (0, 0);
        for &[lead, next] in letters {
            let entry = self.table.near(two_bytes(lead, next));
            let (fold, fold_len) = entry.letter().filter(|_| (0xC2..0xE0).contains(&lead))?;
            *key.get_mut(key_len..)?.first_chunk_mut()? = fold;
            key_len += fold_len;
            capitals += u32::from(entry.info().is_upper());
        }
        let key = key.get(..key_len)?;
        let particle = if first.is_arabic() {
            ARABIC
        } else if first.is_hebrew() {
            HEBREW
        } else {
            0
        };
        let behind = self.text.as_bytes().get(at + run.len()).copied().unwrap_or_default();
        let (end, inside) = (at + run.len(), capitals > u32::from(first.is_upper()));
        let glued = if inside { self.glued(at, end) } else { 0 };
        let key_start = keys.len();
        keys.extend_from_slice(key);
        Some(Word {
            start: at,
            hash: hash(key),
            look: stand_in(first)
                | stand_in(second) << 8
                | particle
                | glued
                | BEYOND
                | self.joint(behind, end)
                | (run.len() as u64) << LEN,
            key: key_at(key_start, key_len, last),
        })
    }
}
