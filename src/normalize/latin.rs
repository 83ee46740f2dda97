//! Short words of Latin letters, some with accents: folded at once, not letter by letter.
//!
//! In: up to 15 bytes of ASCII letters and digits and of letters of two bytes (Latin-1 Supplement, Latin
//! Extended-A). Out: the [`Word`] that they make.

use super::block::ShortWord;
use super::hash::hash_short;
use super::segment::{Segmenter, two_bytes};
use super::word::{BEYOND, LEN, Word, key_at, stand_in};

/// First bytes of the letters with accents.
const LEADS: std::ops::RangeInclusive<u8> = 0xC3..=0xC5;

impl Segmenter<'_> {
    /// The word of `len` bytes at `at`, the first of `bytes`, of which `high` has a bit for each beyond
    /// ASCII; its key is appended to `keys`. `None` if it has other letters.
    #[inline(never)]
    pub(super) fn latin_word(
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
                | self.joint_at(at + len)
                | (len as u64) << LEN,
            key: key_at(key_start, key_len, last),
        })
    }
}
