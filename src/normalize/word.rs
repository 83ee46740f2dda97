//! Words: what the first look at a text tells of its segments.
//!
//! In: what [`super::cut`] found. Out: [`Word`]: a segment's place, the hash of its key, how it begins,
//! and what may join it to others, in 32 bytes.

use super::block::ShortWord;
use super::class::Info;
use super::hash::{hash, hash_short};

/// A segment as far as the first look tells. Fields are whole numbers of eight bytes: most of the
/// time of the first look goes into writing them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word {
    /// First byte in the text.
    pub(crate) start: usize,
    /// The hash of its key.
    pub(crate) hash: u64,
    /// From the lowest: its first two characters, those beyond ASCII as [`stand_in`]; marks; length.
    pub(super) look: u64,
    /// Of a word beyond ASCII: where its key stands, and the key's length.
    pub(super) key: u64,
}

/// Bits that small letters have, and neither capitals nor digits.
const SMALL: u64 = 0x60;
/// Something is written to it that may join it to the next word.
pub(super) const JOINT: u64 = 1 << 16;
/// In a script that writes particles to words.
pub(super) const ARABIC: u64 = 1 << 17;
pub(super) const HEBREW: u64 = 1 << 18;
pub(super) const HANGUL: u64 = 1 << 19;
/// It holds more than ASCII.
pub(super) const BEYOND: u64 = 1 << 20;
/// It may be two words between which the blank was lost.
pub(super) const GLUED: u64 = 1 << 21;
/// It is the first part of such a word, or a later one.
pub(super) const FIRST_PART: u64 = 1 << 22;
pub(super) const PART: u64 = 1 << 23;

/// Lowest bits of the length, and of parts of the key.
pub(super) const LEN: u32 = 24;
pub(super) const KEY_LEN: u32 = 32;

impl Word {
    /// One past its last byte.
    #[inline]
    pub(crate) const fn end(&self) -> usize {
        self.start + (self.look >> LEN) as usize
    }

    #[inline]
    pub(crate) const fn starts_lower(&self) -> bool {
        self.look & SMALL == SMALL
    }

    /// True if it starts with a small letter and is surely one piece, without a blank lost.
    #[inline]
    pub(crate) const fn is_small_alone(&self) -> bool {
        self.look & (SMALL | JOINT | GLUED) == SMALL
    }

    /// True if it starts with a small letter, something is written to it that may join it to the next
    /// word, and nothing else is to be told of it.
    #[inline]
    pub(crate) const fn is_small_joint(&self) -> bool {
        self.look & (SMALL | JOINT | GLUED | ARABIC | HEBREW | HANGUL) == SMALL | JOINT
    }

    /// True if it may begin with a digit. Digits of other scripts look like capital letters here.
    #[inline]
    pub(crate) const fn may_be_number(&self) -> bool {
        self.look as u8 <= b'A'
    }

    /// True if it may have no small letter: the second character is none.
    #[inline]
    pub(crate) const fn may_be_capitals(&self) -> bool {
        self.look >> LEN == 1 || ((self.look >> 8) as u8) < b'a'
    }

    /// True if it may make a piece with the next word.
    #[inline]
    pub(crate) const fn may_join(&self) -> bool {
        self.look & JOINT != 0
    }

    /// True if it may be words between which the blank was lost; [`Segmenter::split`] tells which.
    #[inline]
    pub(crate) const fn is_glued(&self) -> bool {
        self.look & GLUED != 0
    }

    /// True if the blank before it was lost.
    #[inline]
    pub(crate) const fn is_part(&self) -> bool {
        self.look & PART != 0
    }

    #[inline]
    pub(crate) const fn is_arabic(&self) -> bool {
        self.look & ARABIC != 0
    }

    #[inline]
    pub(crate) const fn is_hebrew(&self) -> bool {
        self.look & HEBREW != 0
    }

    #[inline]
    pub(crate) const fn is_hangul(&self) -> bool {
        self.look & HANGUL != 0
    }

    /// In a script that writes particles to words.
    #[inline]
    pub(crate) const fn may_have_particle(&self) -> bool {
        self.look & (ARABIC | HEBREW | HANGUL) != 0
    }

    /// True if it is surely one piece, without particle or lost blank: its hash and its case say all.
    #[inline]
    pub(crate) const fn is_plain(&self) -> bool {
        self.look & (JOINT | GLUED | ARABIC | HEBREW | HANGUL) == 0
    }

    /// True if it may be of capital letters alone.
    #[inline]
    pub(crate) const fn may_be_acronym(&self) -> bool {
        self.look as u8 >= b'A' && self.may_be_capitals()
    }

    /// The hash of the key that it makes with the next word of `text` where they are joined; `None` if
    /// that would be too long for a name's piece.
    pub(crate) fn joined(&self, next: &Self, text: &str, keys: &[u8]) -> Option<u64> {
        let len = next.end() - next.start;
        if self.look & BEYOND | next.look & BEYOND == 0
            && self.end() - self.start == 1
            && len < 15
            && let Some(bytes) = text.as_bytes().get(next.start - 1..)
            && let Some(mut bytes) = bytes.first_chunk().copied()
        {
            // One letter, as of elided articles: it takes the place of the mark.
            bytes[0] = *text.as_bytes().get(self.start)?;
            return Some(hash_short(ShortWord::of(&bytes, len + 1).fold));
        }
        if let Some((key, len)) = self.short_key(text, keys)
            && let Some((more, more_len)) = next.short_key(text, keys)
            && len + more_len <= 16
        {
            // One behind the other, with zeros after them.
            let mut both = [0; 32];
            *both.first_chunk_mut()? = key;
            *both.get_mut(len..)?.first_chunk_mut()? = more;
            return Some(hash_short(*both.first_chunk()?));
        }
        let mut room = [0; 2 * LONGEST];
        let mut len = 0;
        for word in [self, next] {
            let key = match word.look & BEYOND {
                0 => text.as_bytes().get(word.start..word.end())?,
                _ => Some(word.key(keys)).filter(|key| !key.is_empty())?,
            };
            room.get_mut(len..len + key.len())?.copy_from_slice(key);
            len += key.len();
        }
        let key = room.get_mut(..len)?;
        key.make_ascii_lowercase();
        Some(hash(key))
    }

    /// Its key with zeros after it, and the key's length; `None` if it is longer than 15 or 16
    /// bytes, or the text ends soon.
    #[inline]
    fn short_key(&self, text: &str, keys: &[u8]) -> Option<([u8; 16], usize)> {
        if self.has_key() {
            let key = self.key(keys);
            let mut bytes = [0; 16];
            bytes.get_mut(..key.len())?.copy_from_slice(key);
            return (!key.is_empty()).then_some((bytes, key.len()));
        }
        let len = self.end() - self.start;
        let bytes = text.as_bytes().get(self.start..)?.first_chunk()?;
        (len < 16).then(|| (ShortWord::of(bytes, len).fold, len))
    }

    /// Where its key stands in the buffer that it was cut to.
    pub(crate) const fn key_start(&self) -> usize {
        self.key as u32 as usize
    }

    /// Notes that the first bytes of the buffer were given up.
    pub(crate) const fn move_key(&mut self, bytes: usize) {
        let moved = (self.key as u32).wrapping_sub(bytes as u32);
        self.key = self.key >> 32 << 32 | moved as u64;
    }

    /// True if its key stands in the buffer that it was cut to: it holds more than ASCII.
    pub(crate) const fn has_key(&self) -> bool {
        self.look & BEYOND != 0
    }

    /// Its key in the buffer that it was cut to, if it has one there and is not too long.
    pub(crate) fn key<'k>(&self, keys: &'k [u8]) -> &'k [u8] {
        let (start, len) = (self.key_start(), usize::from((self.key >> KEY_LEN) as u8));
        keys.get(start..start + len).unwrap_or_default()
    }
}

/// About the longest key of a word that is read from the table.
pub(super) const LONGEST: usize = 48;

/// An ASCII character with the same case as one that `info` tells of.
pub(super) const fn stand_in(info: Info) -> u64 {
    if info.is_lower() { b'a' as u64 } else { b'A' as u64 }
}

/// The key of a word beyond ASCII; one that is too long has none.
pub(super) fn key_at(start: usize, len: usize) -> u64 {
    u64::from(start as u32) | u64::from(u8::try_from(len).unwrap_or(0)) << KEY_LEN
}
