//! Cutting a text into words, many at once: the first look at every word of a text.
//!
//! In: a text. Out: [`Word`]s, that is the places of all [`Segment`]s with the hashes of their keys and
//! how they begin. Most words of a text begin no name and need no more; the few that may are cut
//! again, [`segment_of`](Segmenter::segment_of) tells all of them.
//!
//! Words of ASCII alone are found in blocks of 64 bytes ([`Block`]) and folded as numbers of 16;
//! words of letters of one or two bytes (Latin, Cyrillic, Greek, Arabic, Hebrew) are read letter by
//! letter from the table. All else is left to [`Segmenter::next`].

use super::block::{BLOCK, Block};
use super::class::{Class, Info};
use super::gap::Gap;
use super::hash::{hash, hash_short};
use super::segment::{Segment, Segmenter, two_bytes};
use super::{is_capital, is_small};

/// A segment as far as the first look tells. Fields are whole numbers of eight bytes: most of the
/// time of the first look goes into writing them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word {
    /// First byte in the text.
    pub(crate) start: usize,
    /// The hash of its key.
    pub(crate) hash: u64,
    /// From the lowest: its first two characters, those beyond ASCII as [`stand_in`]; marks; length.
    look: u64,
    /// Of a word beyond ASCII: where its key stands, the key's length, the last letter or digit.
    key: u64,
}

/// Something is written to it that may join it to the next word.
const JOINT: u64 = 1 << 16;
/// In a script that writes particles to words.
const ARABIC: u64 = 1 << 17;
const HEBREW: u64 = 1 << 18;
const HANGUL: u64 = 1 << 19;
/// It holds more than ASCII.
const BEYOND: u64 = 1 << 20;
/// It may be two words between which the blank was lost.
const GLUED: u64 = 1 << 21;
/// It is the first part of such a word, or a later one.
const FIRST_PART: u64 = 1 << 22;
const PART: u64 = 1 << 23;

/// Lowest bits of the length, and of parts of the key.
const LEN: u32 = 24;
const KEY_LEN: u32 = 32;
const LAST: u32 = 48;

impl Word {
    /// One past its last byte.
    #[inline]
    pub(crate) const fn end(&self) -> usize {
        self.start + (self.look >> LEN) as usize
    }

    #[inline]
    pub(crate) const fn starts_lower(&self) -> bool {
        self.look as u8 >= b'a'
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

    /// The hash of the key that it makes with the next word of `text` where they are joined; `None` if
    /// that would be too long for a name's piece.
    pub(crate) fn joined(&self, next: &Self, text: &str, keys: &[u8]) -> Option<u64> {
        let mut room = [0; 2 * PLAIN];
        let mut len = 0;
        for word in [self, next] {
            let key = match word.look & BEYOND {
                0 => text.as_bytes().get(word.start..word.end())?,
                _ => word.key(keys),
            };
            room.get_mut(len..len + key.len())?.copy_from_slice(key);
            len += key.len();
        }
        let key = room.get_mut(..len)?;
        key.make_ascii_lowercase();
        Some(hash(key))
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

/// An ASCII character with the same case as one that `info` tells of.
const fn stand_in(info: Info) -> u64 {
    if info.is_lower() { b'a' as u64 } else { b'A' as u64 }
}

/// Longest key of a word that is read from the table.
const PLAIN: usize = 48;

/// Room for such a key, and for a fold written whole.
type Room = [u8; PLAIN + 8];

/// Bit that tells small letters from capitals, in each byte.
const SMALL_BIT: u128 = u128::from_le_bytes([0x20; 16]);

/// Masks of the lowest bytes of a number, by how many.
const LOWEST: [u128; 17] = {
    let mut masks = [u128::MAX; 17];
    let mut len = 0;
    while len < 16 {
        masks[len] = (1 << (8 * len)) - 1;
        len += 1;
    }
    masks
};

impl<'t> Segmenter<'t> {
    /// Appends the next words, `count` of them or some more if the text has as many, and the
    /// keys of those that hold more than ASCII. Segments without a key are left out. False at the end.
    pub(crate) fn cut(&mut self, count: usize, words: &mut Vec<Word>, keys: &mut Vec<u8>) -> bool {
        let enough = words.len() + count;
        let mut base = self.pos;
        while words.len() < enough {
            match self.cut_block(base, words, keys) {
                Some(next) => base = next,
                None => break,
            }
        }
        self.go_behind(words);
        words.len() >= enough
    }

    /// The segment of a word, after the word before it if there is one; its key is appended to `keys`.
    #[inline]
    pub(crate) fn segment_of(
        &self,
        word: &Word,
        before: Option<&Word>,
        keys: &mut Vec<u8>,
    ) -> Option<Segment> {
        let mut segmenter = Segmenter { pos: 0, last: None, ..*self };
        if let Some(before) = before {
            segmenter.go_behind(std::slice::from_ref(before));
        }
        if word.look & (FIRST_PART | PART) != 0 {
            segmenter.text = self.text.get(..word.end())?;
        }
        loop {
            let mut segment = segmenter.next(keys)?;
            if segment.key_end > segment.key_start {
                if word.is_part() {
                    segment.gap = Gap::Mark(' ');
                }
                return Some(segment);
            }
        }
    }

    /// The parts of a word that may be several between which blanks were lost, as scanned pages have
    /// them: `laFrance`, `615Allemagne`. Their keys are appended to `keys`.
    pub(crate) fn split(&self, word: &Word, keys: &mut Vec<u8>) -> Vec<Word> {
        let mut parts = Vec::new();
        let text = self.text.get(word.start..word.end()).unwrap_or_default();
        let mut start = word.start;
        for end in borders(text).map(|at| word.start + at).chain([word.end()]) {
            let part = self.text.get(..end).unwrap_or_default();
            let mut segmenter = Segmenter { text: part, table: self.table, pos: start, last: None };
            let from = keys.len();
            if let Some(segment) = segmenter.next(keys) {
                let mut word = segmenter.word_of(&segment, from, keys);
                word.look |= self.joint_at(end) | if parts.is_empty() { FIRST_PART } else { PART };
                parts.push(word);
            }
            start = end;
        }
        parts
    }

    /// What stands between a word and the next one.
    pub(crate) fn gap_after(&self, before: &Word) -> Option<Gap> {
        let mut segmenter = Segmenter { pos: 0, last: None, ..*self };
        segmenter.go_behind(std::slice::from_ref(before));
        segmenter.read_gap()
    }

    /// Goes right behind the last of some words.
    fn go_behind(&mut self, words: &[Word]) {
        let Some(word) = words.last().filter(|word| word.end() > self.pos) else { return };
        self.pos = word.end();
        self.last = Some(if word.look & BEYOND != 0 {
            Info::from_bits((word.key >> LAST) as u16)
        } else {
            let last = self.text.as_bytes().get(word.end() - 1).copied().unwrap_or_default();
            self.table.near(u32::from(last)).info()
        });
    }

    /// Appends the words of the block at byte `base`; returns where the next begins, if there is one.
    #[inline(always)]
    fn cut_block(
        &mut self,
        base: usize,
        words: &mut Vec<Word>,
        keys: &mut Vec<u8>,
    ) -> Option<usize> {
        let rest = self.text.as_bytes().get(base..).filter(|rest| !rest.is_empty())?;
        let mut padded = [0; BLOCK + 16];
        let bytes: &[u8; BLOCK + 16] = match rest.first_chunk() {
            Some(bytes) => bytes,
            None => {
                padded.get_mut(..rest.len())?.copy_from_slice(rest);
                &padded
            }
        };
        let block = Block::of(bytes.first_chunk()?);
        let (word, seen) = block.words_in_sight();
        let mut runs = Runs::of(word);
        while let Some((start, end)) = runs.next() {
            let len = end - start;
            if len < 16
                && (block.high == 0 || block.is_ascii(start, len))
                && let Some(sixteen) = bytes.get(start..).and_then(|bytes| bytes.first_chunk())
            {
                words.push(self.ascii_word(base + start, len, sixteen));
                continue;
            }
            self.go_behind(words);
            if !self.any_word(base + start, words, keys) {
                return None;
            }
            match self.pos - base {
                to if to < seen => runs = Runs::of(word & u64::MAX << to),
                _ => return Some(self.pos),
            }
        }
        Some(base + seen)
    }

    /// The word of `len` bytes at `at`, all of ASCII: the first of `bytes`.
    #[inline(always)]
    fn ascii_word(&self, at: usize, len: usize, bytes: &[u8; 16]) -> Word {
        let number = u128::from_le_bytes(*bytes);
        // Digits have the bit of small letters.
        let (own, lowest) = (number & LOWEST[len & 15], LOWEST[len & 15]);
        let fold = (number | SMALL_BIT) & lowest;
        // A capital that is not the first letter.
        let glued = if (fold ^ own) >> 8 != 0 { self.glued(at, at + len) } else { 0 };
        let joint = if bytes[len & 15] == b' ' { 0 } else { self.joint_at(at + len) };
        Word {
            start: at,
            hash: hash_short(fold as u64, (fold >> 64) as u64),
            look: u64::from(number as u16) | joint | glued | (len as u64) << LEN,
            key: 0,
        }
    }

    /// [`JOINT`] if what stands at byte `at` may join the words on both sides.
    fn joint_at(&self, at: usize) -> u64 {
        let joins = match self.text.as_bytes().get(at..) {
            Some([b'\'' | b'.' | b'`' | b'"', next, ..]) => {
                next.is_ascii_alphanumeric() || *next >= 0x80
            }
            Some([0x80..=0xFF, ..]) => {
                let char = self.text.get(at..).and_then(|rest| rest.chars().next());
                let class = char.map(|char| self.table.info(char).class());
                !matches!(
                    class,
                    None | Some(Class::Other | Class::Dash | Class::Space | Class::Newline)
                )
            }
            _ => false,
        };
        if joins { JOINT } else { 0 }
    }

    /// [`GLUED`] if the text from `start` to `end` may be several words.
    #[cold]
    fn glued(&self, start: usize, end: usize) -> u64 {
        let word = self.text.get(start..end).unwrap_or_default();
        if borders(word).next().is_some() { GLUED } else { 0 }
    }

    /// Appends the next word; its first byte that is no gap of ASCII is at `at`. False at the end of
    /// the text.
    #[inline(never)]
    fn any_word(&mut self, at: usize, words: &mut Vec<Word>, keys: &mut Vec<u8>) -> bool {
        // Where a word went on before, what comes now is no beginning.
        let apart = self.pos < at || self.last.is_none();
        if apart && let Some(word) = self.plain_word(at, keys) {
            self.go_behind(&[word]);
            words.push(word);
            return true;
        }
        let from = keys.len();
        let Some(segment) = self.next(keys) else { return false };
        if keys.len() > from {
            let mut word = self.word_of(&segment, from, keys);
            let mixed = segment.has_upper() && segment.has_lower();
            let glued = if mixed { self.glued(segment.start, segment.end) } else { 0 };
            word.look |= self.joint_at(segment.end) | glued;
            words.push(word);
        }
        true
    }

    /// The word of the last segment, whose key stands in `keys` from `key` on.
    fn word_of(&self, segment: &Segment, key: usize, keys: &[u8]) -> Word {
        let first = if segment.starts_lower() { b'a' } else { b'A' };
        let second = if segment.has_lower() { b'a' } else { b'A' };
        let bit = |is: bool, mark: u64| if is { mark } else { 0 };
        Word {
            start: segment.start,
            hash: segment.hash,
            look: u64::from(first)
                | u64::from(second) << 8
                | bit(segment.is_arabic(), ARABIC)
                | bit(segment.is_hebrew(), HEBREW)
                | bit(segment.is_hangul(), HANGUL)
                | BEYOND
                | ((segment.end - segment.start) as u64) << LEN,
            key: key_at(key, keys.len() - key, self.last.unwrap_or(Info::HAN)),
        }
    }

    /// The word at `at`, if it is all of letters of one or two bytes that are folded one by one.
    #[inline]
    fn plain_word(&self, mut at: usize, keys: &mut Vec<u8>) -> Option<Word> {
        let bytes = self.text.as_bytes();
        let mut room: Room = [0; PLAIN + 8];
        let (start, mut len) = (at, 0);
        let mut last = None;
        let mut capitals = 0;
        loop {
            let (entry, width) = match bytes.get(at..)? {
                [byte @ 0..0x80, ..] => (self.table.near(u32::from(*byte)), 1),
                [byte @ 0xC2..0xE0, next, ..] => (self.table.near(two_bytes(*byte, *next)), 2),
                // Quotes, dashes, dots; among them stand invisible characters.
                [0xE2, 0x80, 0x90..=0xA6 | 0xB0..=0xBF, ..] | [] => break,
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
            at += width;
            capitals += u32::from(entry.info().is_upper());
            last = Some(entry);
        }
        let last = last?.info();
        let key = room.get(..len)?;
        let info = |at: usize| match bytes.get(at..) {
            Some([byte @ 0..0x80, ..]) => self.table.near(u32::from(*byte)).info(),
            Some([byte, next, ..]) => self.table.near(two_bytes(*byte, *next)).info(),
            _ => last,
        };
        let first = info(start);
        let second = info(start + if bytes.get(start).is_some_and(u8::is_ascii) { 1 } else { 2 });
        let glued = if capitals > u32::from(first.is_upper()) { self.glued(start, at) } else { 0 };
        let particle = if first.is_arabic() {
            ARABIC
        } else if first.is_hebrew() {
            HEBREW
        } else {
            0
        };
        let key_start = keys.len();
        keys.extend_from_slice(key);
        Some(Word {
            start,
            hash: hash(key),
            look: stand_in(first)
                | stand_in(second) << 8
                | particle
                | glued
                | BEYOND
                | self.joint_at(at)
                | ((at - start) as u64) << LEN,
            key: key_at(key_start, len, last),
        })
    }
}

/// The key of a word beyond ASCII; one that is too long has none.
fn key_at(start: usize, len: usize, last: Info) -> u64 {
    u64::from(start as u32)
        | u64::from(u8::try_from(len).unwrap_or(0)) << KEY_LEN
        | u64::from(last.bits()) << LAST
}

/// Where blanks may have been lost in a word: after a small letter or a digit, before a capital and a
/// small letter; and a number or a short word in small letters stands before it, or a short word after
/// it, as many words of a sentence are: `laFrance`, `615Allemagne`, `EspagneLe`, but not `SouthSudan`,
/// `McAllen`, `YouTube`.
fn borders(word: &str) -> impl Iterator<Item = usize> {
    const SHORT: usize = 3;
    // Longer ones are no words.
    let word = if word.len() <= PLAIN { word } else { "" };
    let turns = move |from: usize| {
        let rest = word.get(from..).unwrap_or_default();
        let chars = rest.char_indices().zip(rest.chars().skip(1)).zip(rest.chars().skip(2));
        let ends = |char: char| is_small(char) || char.is_ascii_digit();
        let mut turns = chars.filter(move |&(((_, one), two), three)| {
            ends(one) && is_capital(two) && is_small(three)
        });
        turns.next().map(|(((at, one), _), _)| from + at + one.len_utf8())
    };
    let is_short = |part: &str| part.chars().count() <= SHORT;
    let mut start = 0;
    std::iter::from_fn(move || {
        loop {
            let turn = turns(start)?;
            let (before, next) = (word.get(start..turn)?, turns(turn).unwrap_or(word.len()));
            start = turn;
            let small = before.starts_with(is_small) && is_short(before);
            let number = before.bytes().all(|byte| byte.is_ascii_digit());
            if small || number || is_short(word.get(turn..next)?) {
                return Some(turn);
            }
        }
    })
}

/// Runs of ones in a mask, as beginning and end.
struct Runs {
    starts: u64,
    ends: u64,
}

impl Runs {
    #[inline(always)]
    const fn of(mask: u64) -> Self {
        Self { starts: mask & !(mask << 1), ends: mask << 1 & !mask }
    }

    #[inline(always)]
    const fn next(&mut self) -> Option<(usize, usize)> {
        if self.starts == 0 {
            return None;
        }
        let run = (self.starts.trailing_zeros() as usize, self.ends.trailing_zeros() as usize);
        self.starts &= self.starts - 1;
        self.ends &= self.ends.wrapping_sub(1);
        Some(run)
    }
}

/// Shows `see` the words at the beginning of a text, until it says no.
pub(crate) fn each_word(text: &str, mut see: impl FnMut(&Word) -> bool) {
    const AT_ONCE: usize = 32;
    let mut segmenter = Segmenter::new(text);
    let (mut words, mut keys) = (Vec::with_capacity(2 * AT_ONCE), Vec::new());
    loop {
        let goes_on = segmenter.cut(AT_ONCE, &mut words, &mut keys);
        if !words.iter().all(&mut see) || !goes_on {
            return;
        }
        words.clear();
        keys.clear();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Checks that a text is cut into the words that its segments are.
    fn check(text: &str, at_once: usize) {
        let (mut words, mut word_keys) = (Vec::new(), Vec::new());
        let mut segmenter = Segmenter::new(text);
        while segmenter.cut(at_once, &mut words, &mut word_keys) {}
        let (mut one_by_one, mut keys) = (Segmenter::new(text), Vec::new());
        let mut before = None;
        let mut rest = words.iter();
        while let Some(segment) = one_by_one.next(&mut keys) {
            let key = &keys[segment.key_start..segment.key_end];
            if key.is_empty() {
                continue;
            }
            let word = rest.next().expect("as many words as segments");
            assert_eq!((word.start, word.end()), (segment.start, segment.end), "{text:?}");
            assert_eq!((word.hash, segment.hash), (hash(key), hash(key)), "{text:?}");
            assert_eq!(word.starts_lower(), segment.starts_lower(), "{text:?}");
            // More words may be capitals, or joined, than are.
            assert!(segment.has_lower() || word.may_be_capitals(), "{text:?}");
            assert_eq!(word.is_arabic(), segment.is_arabic(), "{text:?}");
            assert_eq!(word.is_hebrew(), segment.is_hebrew(), "{text:?}");
            assert_eq!(word.is_hangul(), segment.is_hangul(), "{text:?}");
            if word.has_key() && key.len() < 256 {
                assert_eq!(word.key(&word_keys), key, "{text:?}");
            }
            // The closer look gives the segment, and the gap before it.
            let mut own = Vec::new();
            let again = segmenter.segment_of(word, before, &mut own).unwrap();
            assert_eq!(
                (again.start, again.end, again.gap),
                (segment.start, segment.end, segment.gap)
            );
            assert_eq!(own, key, "{text:?}");
            if let Some(before) = before {
                let joint = matches!(segment.gap, Gap::Apostrophe | Gap::Dot);
                assert!(!joint || before.may_join(), "{text:?}");
            }
            before = Some(word);
        }
        assert!(rest.next().is_none(), "{text:?}");
    }

    #[test]
    fn words_are_the_segments() {
        for text in [
            "",
            " ",
            "a",
            "Mossoul",
            "L’Irak et l'Iran, U.S.A. ou S.-E. d\u{2019}Alep. Le «Lens» — vu à 10%",
            "naïve cœur Straße ŁÓDŹ İstanbul ﬁn e\u{301}te\u{301} a\u{300}",
            "Мосул в Ираке, «Ёлка» и м\u{301}ир",
            "والموصل في العِراق ، بِالموصل الموصـــل",
            "ובירושלים צה\"ל צה״ל",
            "서울에서 대한민국 ㄱㄴㄷ",
            "北京大学とタイトル ﾊﾟﾘ กรุงเทพ ၁၂",
            "a\u{AD}b a\u{200B} \u{200B} b\u{200D}c \u{301}x x\u{301}",
            "x_y a@b.c www.example.org/Mossoul 3,5 10\u{A0}000 Nº5",
            "\u{10FFFF}\u{1F600}A\u{1F1EB}\u{1F1F7}",
        ] {
            for padding in ["", " ", &"word ".repeat(14), &"x".repeat(63), &"é".repeat(40)] {
                check(&format!("{padding}{text}"), 3);
                check(&format!("{text}{padding}{text} {text}"), 100);
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_cut_into_its_segments(
            text in "[a-zA-Zé’'.« \\n\u{301}\u{AD}\u{640}אهмМİ北タ한1-]{0,200}|\\PC{0,80}",
            at_once in 1..40_usize,
        ) {
            check(&text, at_once);
        }
    }
}
