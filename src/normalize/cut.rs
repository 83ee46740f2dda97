//! Cutting a text into words, many at once: the first look at every word of a text.
//!
//! In: a text. Out: [`Word`]s, that is the places of all [`Segment`]s with the hashes of their keys and
//! how they begin. Most words of a text begin no name and need no more; the few that may are cut
//! again, [`segment_of`](Segmenter::segment_of) tells all of them.
//!
//! Words are found in blocks of 64 bytes ([`Block`]). Those of ASCII alone are folded as numbers of 16;
//! those of the commonest alphabets are read by [`super::alphabet`]. All else is left to
//! [`Segmenter::next`].

use super::block::{BLOCK, Block, ShortWord};
use super::class::Class;
use super::gap::Gap;
use super::hash::hash_short;
use super::segment::{Segment, Segmenter};
use super::word::{ARABIC, BEYOND, FIRST_PART, HANGUL, HEBREW, JOINT, LEN, PART, Word, key_at};

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

    /// The segment of a word, after the word before it if there is one; `word_keys` are those of the
    /// words. Its key is appended to `keys`.
    #[inline]
    pub(crate) fn segment_of(
        &self,
        word: &Word,
        before: Option<&Word>,
        word_keys: &[u8],
        keys: &mut Vec<u8>,
    ) -> Option<Segment> {
        let part = word.look & (FIRST_PART | PART) != 0;
        if let Some(before) = before.filter(|_| !part)
            && let Some(segment) = self.plain_segment_of(word, before, word_keys, keys)
        {
            return Some(segment);
        }
        self.any_segment_of(word, before, keys)
    }

    fn any_segment_of(
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

    /// What stands between a word and the next one.
    pub(crate) fn gap_after(&self, before: &Word) -> Option<Gap> {
        if let Some((gap, _)) = self.plain_gap(before.end()) {
            return Some(gap);
        }
        let mut segmenter = Segmenter { pos: 0, last: None, ..*self };
        segmenter.go_behind(std::slice::from_ref(before));
        segmenter.read_any_gap()
    }

    /// Goes right behind the last of some words.
    fn go_behind(&mut self, words: &[Word]) {
        let Some(word) = words.last().filter(|word| word.end() > self.pos) else { return };
        self.pos = word.end();
        let text = self.text.get(word.start..word.end()).unwrap_or_default();
        if let Some(&last) = text.as_bytes().last().filter(|last| last.is_ascii()) {
            self.last = Some(self.table.near(last.into()).info());
            return;
        }
        // Marks and what is invisible belong to the letter before.
        let infos = text.chars().rev().map(|char| self.table.info(char));
        self.last = infos.into_iter().find(|info| info.class() == Class::Word).or(self.last);
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
        let block = Block::of(bytes);
        let (word, seen) = block.words_in_sight();
        // A run as long as the block may go on behind it, and so may its rest.
        let goes_on = word == u64::MAX;
        let ascii = if goes_on { 0 } else { block.behind_ascii(word) };
        let mut runs = Runs::of(word);
        while let Some((start, end)) = runs.next() {
            let len = end - start;
            let joint = (block.joins >> (end % BLOCK) & 1) * JOINT;
            if len < 16
                && ascii >> (end % BLOCK) & 1 == 1
                && let Some(sixteen) = bytes.get(start..).and_then(|bytes| bytes.first_chunk())
            {
                words.push(self.ascii_word(base + start, len, sixteen, joint));
                continue;
            }
            if !goes_on
                && let Some(sixteen) = bytes.get(start..).and_then(|bytes| bytes.first_chunk())
                && let Some(run) = rest.get(start..end)
                && let Some(mut word) =
                    self.plain_word(base + start, run, sixteen, block.high_in(start, len), keys)
            {
                word.look |= joint;
                words.push(word);
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

    /// The word of `len` bytes at `at`, all of ASCII: the first of `bytes`; `joint` is its [`JOINT`].
    #[inline(always)]
    fn ascii_word(&self, at: usize, len: usize, bytes: &[u8; 16], joint: u64) -> Word {
        let word = ShortWord::of(bytes, len);
        // A capital that is not the first letter.
        let glued = if word.capitals > 1 { self.glued_ascii(word.capitals, at, len) } else { 0 };
        Word {
            start: at,
            hash: hash_short(word.fold),
            look: u64::from(u16::from_le_bytes([bytes[0], bytes[1]]))
                | joint
                | glued
                | (len as u64) << LEN,
            key: 0,
        }
    }

    /// [`JOINT`] if what stands at byte `at` may join the words on both sides.
    pub(super) fn joint_at(&self, at: usize) -> u64 {
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

    /// Appends the next word; its first byte that is no gap of ASCII is at `at`. False at the end of
    /// the text.
    #[inline(never)]
    fn any_word(&mut self, at: usize, words: &mut Vec<Word>, keys: &mut Vec<u8>) -> bool {
        // Where a word went on before, what comes now is no beginning.
        let apart = self.pos < at || self.last.is_none();
        if apart && let Some(mut word) = self.mixed_word(at, keys) {
            word.look |= self.joint_at(word.end());
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
    pub(super) fn word_of(&self, segment: &Segment, key: usize, keys: &[u8]) -> Word {
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
            key: key_at(key, keys.len() - key),
        }
    }
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

    use super::super::hash::hash;
    use super::*;

    /// Checks that a text is cut into the words that its segments are.
    fn check(text: &str, at_once: usize) {
        let (mut words, mut word_keys) = (Vec::new(), Vec::new());
        let mut segmenter = Segmenter::new(text);
        while segmenter.cut(at_once, &mut words, &mut word_keys) {}
        let (mut one_by_one, mut keys) = (Segmenter::new(text), Vec::new());
        let (mut before, mut apart) = (None, false);
        let mut rest = words.iter();
        while let Some(segment) = one_by_one.next(&mut keys) {
            let key = &keys[segment.key_start..segment.key_end];
            if key.is_empty() {
                // Such as a mark by itself: the words on both sides are not joined.
                apart = true;
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
            let again = segmenter.segment_of(word, before, &word_keys, &mut own).unwrap();
            assert_eq!(
                (again.start, again.end, again.gap),
                (segment.start, segment.end, segment.gap)
            );
            assert_eq!(own, key, "{text:?}");
            if let Some(before) = before {
                let joint = matches!(segment.gap, Gap::Apostrophe | Gap::Dot);
                assert!(!joint || apart || before.may_join(), "{text:?}");
            }
            (before, apart) = (Some(word), false);
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
            "abcdefghijklm Ünïversité",
            "x_y a@b.c www.example.org/Mossoul 3,5 10\u{A0}000 Nº5",
            "\u{10FFFF}\u{1F600}A\u{1F1EB}\u{1F1F7}",
            "এ[\u{FE70}'\u{1AFF5}",
        ] {
            for padding in
                ["", " ", &"word ".repeat(14), &"x".repeat(63), &"é".repeat(40), &"北".repeat(19)]
            {
                check(&format!("{padding}{text}"), 3);
                check(&format!("{text}{padding}{text} {text}"), 100);
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_cut_into_its_segments(
            text in "[a-zA-ZéŒßłŉŸİı’'.« \\n\u{301}\u{AD}\u{640}אهмМİ北タ한1-]{0,200}|\\PC{0,80}",
            at_once in 1..40_usize,
        ) {
            check(&text, at_once);
        }
    }
}
