//! Words that hold more than ASCII, of letters of one or two bytes: the commonest alphabets.
//!
//! In: a run of bytes without blanks and marks of ASCII, or a place in the text. Out: the [`Word`] that
//! stands there. Short ones of Latin letters, some with accents, are folded at once; those all of letters
//! of two bytes (Cyrillic, Greek, Arabic, Hebrew) and others letter by letter.

use super::block::{AsciiRun, ShortWord};
use super::class::{Class, Info};
use super::hash::{hash, hash_short};
use super::segment::{Segmenter, two_bytes};
use super::word::{ARABIC, BEYOND, HEBREW, LEN, LONGEST, Word, key_at, stand_in};

/// First bytes of Latin letters with accents.
const LATIN: std::ops::RangeInclusive<u8> = 0xC3..=0xC5;

/// Room for a key, and for a fold written whole.
type Room = [u8; LONGEST + AsciiRun::MOST];

/// What is noted of the letters of a word.
struct Letters {
    first: Info,
    second: Info,
    /// How many are capitals.
    capitals: u32,
}

impl Segmenter<'_> {
    /// The word that `run` makes at `at`, of which `sixteen` are the first bytes or all and some more;
    /// `high` has a bit for each byte beyond ASCII. Its key is appended to `keys`; what may join it to
    /// others is left to tell. `None` if it is not of one alphabet, or too long.
    #[inline(never)]
    pub(super) fn plain_word(
        &self,
        at: usize,
        run: &[u8],
        sixteen: &[u8; 16],
        high: u64,
        keys: &mut Vec<u8>,
    ) -> Option<Word> {
        if high.trailing_ones() as usize == run.len() {
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
        let byte = |at: usize| bytes[at & 15];
        let entry = |at: usize| self.table.near(two_bytes(byte(at), byte(at + 1)));
        let mut capitals = ascii.capitals & !(high as u32);
        let (mut key, mut key_len) = (u128::from_le_bytes(ascii.fold), len);
        let mut rest = high;
        while rest != 0 {
            let at = rest.trailing_zeros() as usize;
            let accented = entry(at);
            let (fold, fold_len) =
                accented.letter().filter(|&(_, len)| len <= 2 && LATIN.contains(&byte(at)))?;
            let to = 8 * (at + key_len - len) as u32;
            let before = (1_u128 << to) - 1;
            let letters = u128::from(u16::from_le_bytes([fold[0], fold[1]])) << to;
            key = if fold_len == 1 {
                // What stands behind it moves to the front.
                key & before | letters | key >> 8 & !(before << 8 | 0xFF)
            } else {
                key & (before | !(before << 16 | 0xFFFF)) | letters
            };
            key_len = key_len + fold_len - 2;
            capitals |= u32::from(accented.info().is_upper()) << at;
            rest &= !(3 << at);
        }
        // As the text has it, or what stands for it; no text tells beforehand which.
        let look = |at: usize| {
            let accented = (high >> at & 1).wrapping_neg();
            stand_in(entry(at).info()) & accented | u64::from(byte(at)) & !accented
        };
        let second = 1 + (high & 1) as usize;
        let glued = if capitals > 1 { self.glued(at, at + len) } else { 0 };
        // A copy of fixed size costs least.
        let start = keys.len();
        keys.extend_from_slice(&key.to_le_bytes());
        keys.truncate(start + key_len);
        Some(Word {
            start: at,
            hash: hash_short(key.to_le_bytes()),
            look: look(0)
                | (if second < len { look(second) } else { look(0) }) << 8
                | BEYOND
                | glued
                | (len as u64) << LEN,
            key: key_at(start, key_len),
        })
    }

    /// The word that `run` makes at `at`; its key is appended to `keys`. `None` if it has others than
    /// letters of two bytes, or more than names have.
    #[inline]
    fn alphabet_word(&self, at: usize, run: &[u8], keys: &mut Vec<u8>) -> Option<Word> {
        let (letters, []) = run.as_chunks::<2>() else { return None };
        let info = |letter: &[u8; 2]| self.table.near(two_bytes(letter[0], letter[1])).info();
        let first = info(letters.first()?);
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
        let letters = Letters { first, second, capitals };
        Some(self.word_of_letters((at, at + run.len()), (key, hash(key)), letters, keys))
    }

    /// The word at `at`, if it is all of letters of one or two bytes that are folded one by one.
    #[inline]
    pub(super) fn mixed_word(&self, mut at: usize, keys: &mut Vec<u8>) -> Option<Word> {
        let bytes = self.text.as_bytes();
        let mut room: Room = [0; LONGEST + AsciiRun::MOST];
        let (start, mut len) = (at, 0);
        let mut capitals = 0;
        loop {
            let rest = bytes.get(at..)?;
            let entry = match rest {
                [byte, ..] if byte.is_ascii_alphanumeric() => {
                    let run = AsciiRun::at(rest);
                    *room.get_mut(len..)?.first_chunk_mut()? = run.fold;
                    len += run.len;
                    at += run.len;
                    capitals += run.capitals.count_ones();
                    continue;
                }
                [byte @ 0xC2..0xE0, next, ..] => self.table.near(two_bytes(*byte, *next)),
                // Quotes, dashes, dots; among them stand invisible characters.
                [0..0x80, ..] | [0xE2, 0x80, 0x90..=0xA6 | 0xB0..=0xBF, ..] | [] => break,
                _ => return None,
            };
            let Some((fold, fold_len)) = entry.letter() else {
                match entry.info().class() {
                    Class::Word | Class::Mark | Class::Ignorable => return None,
                    _ => break,
                }
            };
            *room.get_mut(len..)?.first_chunk_mut::<8>()? = fold;
            len += fold_len;
            at += 2;
            capitals += u32::from(entry.info().is_upper());
        }
        let (first, first_len) = self.near_at(start).filter(|_| at > start)?;
        let first = first.info();
        let second = self.near_at(start + first_len).map_or(first, |(second, _)| second.info());
        let letters = Letters { first, second, capitals };
        let key = room.get(..len)?;
        Some(self.word_of_letters((start, at), (key, hash(key)), letters, keys))
    }

    /// The word from `start` to `end` with this key, which is appended to `keys`, and its hash; what may
    /// join it to others is left to tell.
    #[inline]
    fn word_of_letters(
        &self,
        (start, end): (usize, usize),
        (key, hash): (&[u8], u64),
        letters: Letters,
        keys: &mut Vec<u8>,
    ) -> Word {
        let Letters { first, second, capitals } = letters;
        let inner = capitals > u32::from(first.is_upper());
        let particle = if first.is_arabic() {
            ARABIC
        } else if first.is_hebrew() {
            HEBREW
        } else {
            0
        };
        let key_start = keys.len();
        keys.extend_from_slice(key);
        Word {
            start,
            hash,
            look: stand_in(first)
                | stand_in(second) << 8
                | particle
                | BEYOND
                | if inner { self.glued(start, end) } else { 0 }
                | ((end - start) as u64) << LEN,
            key: key_at(key_start, key.len()),
        }
    }
}
