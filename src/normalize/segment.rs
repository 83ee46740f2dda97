//! Segments: the smallest pieces of a text that a name can be made of.
//!
//! In: text. Out: a stream of [`Segment`]s, each with its key and with the [`Gap`] before it. Names
//! and texts are cut by this one function, so they meet.
//!
//! A segment is a run of letters, marks and digits; in scripts without spaces a single character
//! (Katakana: a run). Apostrophes, dots and dashes divide segments, and the gap says how they join.

use super::block::AsciiRun;
use super::class::{Class, Group, Info};
use super::fold::{Entry, Table};
use super::gap::{Gap, GapReader};
use super::hash::hash;
use super::word::Word;

/// One piece of text, with its key in the segmenter's buffer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment {
    /// First byte in the text.
    pub(crate) start: usize,
    /// One past the last byte; trailing invisible characters are left out.
    pub(crate) end: usize,
    /// Where its key stands in the key buffer.
    pub(crate) key_start: usize,
    pub(crate) key_end: usize,
    /// The hash of its key.
    pub(crate) hash: u64,
    /// What stands before it.
    pub(crate) gap: Gap,
    pub(crate) group: Group,
    shape: u8,
    units: u8,
}

const FIRST_UPPER: u8 = 1;
const FIRST_LOWER: u8 = 2;
const ANY_UPPER: u8 = 4;
const ANY_LOWER: u8 = 8;
const ARABIC: u8 = 16;
const HEBREW: u8 = 32;
const HANGUL: u8 = 64;

/// The shape bits that the first character decides.
#[inline]
fn first_shape(first: Info) -> u8 {
    let bit = |is: bool, bit: u8| if is { bit } else { 0 };
    bit(first.is_upper(), FIRST_UPPER)
        | bit(first.is_lower(), FIRST_LOWER)
        | bit(first.is_arabic(), ARABIC)
        | bit(first.is_hebrew(), HEBREW)
        | bit(first.is_hangul(), HANGUL)
}

/// The shape bits that any character may set.
#[inline]
fn any_shape(seen: Info) -> u8 {
    let bit = |is: bool, bit: u8| if is { bit } else { 0 };
    bit(seen.is_upper(), ANY_UPPER) | bit(seen.is_lower(), ANY_LOWER)
}

impl AsciiRun {
    /// The shape bits that its characters set.
    #[inline]
    fn shape(&self) -> u8 {
        let bit = |is: bool, bit: u8| if is { bit } else { 0 };
        bit(self.capitals != 0, ANY_UPPER) | bit(self.lower, ANY_LOWER)
    }
}

impl Segment {
    /// Starts with a capital letter.
    pub(crate) const fn is_capitalized(&self) -> bool {
        self.shape & FIRST_UPPER != 0
    }

    /// Starts with a small letter.
    pub(crate) const fn starts_lower(&self) -> bool {
        self.shape & FIRST_LOWER != 0
    }

    /// Holds a small letter.
    pub(crate) const fn has_lower(&self) -> bool {
        self.shape & ANY_LOWER != 0
    }

    /// Holds a capital letter.
    pub(crate) const fn has_upper(&self) -> bool {
        self.shape & ANY_UPPER != 0
    }

    /// Is one character.
    pub(crate) const fn is_single(&self) -> bool {
        self.units == 1
    }

    /// Is one letter of an alphabet: with dots between, such letters are an acronym.
    pub(super) const fn is_initial(&self) -> bool {
        self.is_single() && matches!(self.group, Group::Spaced) && !self.is_hangul()
    }

    /// True if it belongs to the same piece as the segment before it: joined by an apostrophe or
    /// dot. Where no blank is needed nothing joins, so that a name has the same pieces without the
    /// mark.
    pub(crate) fn continues_piece(&self, before: &Segment) -> bool {
        let spaced = self.group == Group::Spaced && before.group == Group::Spaced;
        spaced && self.gap != Gap::None && self.gap.joins(before, self)
    }

    pub(crate) const fn is_arabic(&self) -> bool {
        self.shape & ARABIC != 0
    }

    pub(crate) const fn is_hebrew(&self) -> bool {
        self.shape & HEBREW != 0
    }

    pub(crate) const fn is_hangul(&self) -> bool {
        self.shape & HANGUL != 0
    }
}

/// Which pieces of a name or a span are capitalized. Pieces, not segments, so that `D.C.` and `DC`
/// compare.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Capitals {
    /// Bit per piece, the first lowest; the eighth stands for all further ones.
    pub(crate) mask: u8,
    pieces: u8,
}

impl Capitals {
    /// Takes in the next segment.
    #[inline]
    pub(crate) fn push(&mut self, segment: &Segment, before: Option<&Segment>) {
        if before.is_some_and(|before| segment.continues_piece(before)) {
            return;
        }
        if segment.is_capitalized() {
            self.mask |= 1 << self.pieces;
        }
        self.pieces = (self.pieces + 1).min(7);
    }
}

/// Cuts one text into segments, front to back.
pub(crate) struct Segmenter<'t> {
    pub(super) text: &'t str,
    pub(super) pos: usize,
    pub(super) table: Table,
    /// The last letter or digit of the last segment.
    pub(super) last: Option<Info>,
}

impl<'t> Segmenter<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, pos: 0, table: Table::get(), last: None }
    }

    #[inline]
    fn peek(&self) -> Option<(char, Info, usize)> {
        let &byte = self.text.as_bytes().get(self.pos)?;
        if byte < 0x80 {
            return Some((byte as char, self.table.near(u32::from(byte)).info(), 1));
        }
        let char = self.text.get(self.pos..)?.chars().next()?;
        Some((char, self.table.info(char), char.len_utf8()))
    }

    /// The next segment; its key is appended to `keys`. `None` at the end of the text.
    #[inline]
    pub(crate) fn next(&mut self, keys: &mut Vec<u8>) -> Option<Segment> {
        match self.plain_segment(keys) {
            Some(segment) => Some(segment),
            None => self.any_segment(keys),
        }
    }

    /// The next segment if it is the commonest: up to 15 letters and digits of ASCII with more ASCII
    /// after them, and one of the commonest gaps before.
    #[inline]
    fn plain_segment(&mut self, keys: &mut Vec<u8>) -> Option<Segment> {
        let (gap, len) = self.plain_gap(self.pos)?;
        let start = self.pos + len;
        let rest = self.text.as_bytes().get(start..)?;
        let run = AsciiRun::at(rest);
        let &last = rest.get(run.len.checked_sub(1)?)?;
        if run.len >= AsciiRun::MOST || !rest.get(run.len).is_some_and(u8::is_ascii) {
            return None;
        }
        let gap = if self.last.is_some() { gap } else { Gap::Start };
        let mut segment = self.ascii_segment(start, run, gap, keys);
        segment.hash = hash(keys.get(segment.key_start..).unwrap_or_default());
        self.pos = segment.end;
        self.last = Some(self.table.near(u32::from(last)).info());
        Some(segment)
    }

    /// The segment that `run` makes at `start`, but for its hash.
    #[inline]
    fn ascii_segment(&self, start: usize, run: AsciiRun, gap: Gap, keys: &mut Vec<u8>) -> Segment {
        let first = self.text.as_bytes().get(start).copied().unwrap_or_default();
        let (key_start, len) = (keys.len(), run.len);
        keys.extend_from_slice(&run.fold);
        keys.truncate(key_start + len);
        Segment {
            start,
            end: start + len,
            key_start,
            key_end: key_start + len,
            hash: 0,
            gap,
            group: Group::Spaced,
            shape: first_shape(self.table.near(u32::from(first)).info()) | run.shape(),
            units: len as u8,
        }
    }

    /// The segment of a word that was cut before, if it and the gap behind the word before it are of
    /// the commonest; `word_keys` holds its key if it is beyond ASCII.
    #[inline]
    pub(super) fn plain_segment_of(
        &self,
        word: &Word,
        before: &Word,
        word_keys: &[u8],
        keys: &mut Vec<u8>,
    ) -> Option<Segment> {
        let (gap, len) = self.plain_gap(before.end())?;
        let (start, end) = (word.start, word.end());
        if before.end() + len != start {
            return None;
        }
        if word.has_key() {
            return self.letters_segment(word, gap, word.key(word_keys), keys);
        }
        let run = AsciiRun::at(self.text.as_bytes().get(start..)?);
        if run.len != end - start || run.len == AsciiRun::MOST {
            return None;
        }
        Some(Segment { hash: word.hash, ..self.ascii_segment(start, run, gap, keys) })
    }

    /// The segment of a word with this key, if it is all of letters and digits of one or two bytes.
    fn letters_segment(
        &self,
        word: &Word,
        gap: Gap,
        key: &[u8],
        keys: &mut Vec<u8>,
    ) -> Option<Segment> {
        let (start, end) = (word.start, word.end());
        let (mut at, mut first, mut any, mut units) = (start, None, 0, 0_u8);
        while at < end {
            let (entry, len) = self.near_at(at)?;
            let info = entry.info();
            if info.class() != Class::Word || info.group() != Group::Spaced {
                return None;
            }
            first.get_or_insert(info);
            any |= any_shape(info);
            units = units.saturating_add(1);
            at += len;
        }
        let key_start = keys.len();
        let shape = first_shape(first.filter(|_| !key.is_empty())?) | any;
        keys.extend_from_slice(key);
        let key_end = keys.len();
        let group = Group::Spaced;
        Some(Segment { start, end, key_start, key_end, hash: word.hash, gap, group, shape, units })
    }

    /// The entry of the character of one or two bytes at byte `at`, and its length.
    #[inline]
    pub(super) fn near_at(&self, at: usize) -> Option<(Entry, usize)> {
        match *self.text.as_bytes().get(at..)? {
            [byte @ 0..0x80, ..] => Some((self.table.near(byte.into()), 1)),
            [byte @ 0xC2..0xE0, next, ..] => Some((self.table.near(two_bytes(byte, next)), 2)),
            _ => None,
        }
    }

    fn any_segment(&mut self, keys: &mut Vec<u8>) -> Option<Segment> {
        let gap = self.read_gap()?;
        let (_, info, _) = self.peek()?;
        let group = info.group();
        let mut segment = Segment {
            start: self.pos,
            end: self.pos,
            key_start: keys.len(),
            key_end: 0,
            hash: 0,
            gap,
            group,
            shape: first_shape(info),
            units: 0,
        };
        self.last = Some(self.read_word(&mut segment, keys));
        segment.key_end = keys.len();
        segment.hash = hash(keys.get(segment.key_start..).unwrap_or_default());
        Some(segment)
    }

    /// Reads up to the next word character; `None` if there is none.
    #[inline]
    pub(super) fn read_gap(&mut self) -> Option<Gap> {
        if let Some((gap, len)) = self.plain_gap(self.pos) {
            self.pos += len;
            return Some(if self.last.is_some() { gap } else { Gap::Start });
        }
        self.read_any_gap()
    }

    /// The same where the gap is none of the commonest.
    pub(super) fn read_any_gap(&mut self) -> Option<Gap> {
        let mut gap = GapReader::default();
        loop {
            let (char, info, len) = self.peek()?;
            match info.class() {
                Class::Word => break,
                class => gap.push(class, char),
            }
            self.pos += len;
        }
        let Some(before) = self.last else { return Some(Gap::Start) };
        let after = self.peek().map_or(before, |(_, info, _)| info);
        Some(gap.finish(before, after))
    }

    /// The gap that begins at byte `at` and its bytes, if it is one of the commonest: a blank, or an
    /// apostrophe, comma or full stop, right before a letter of one or two bytes.
    #[inline]
    pub(super) fn plain_gap(&self, at: usize) -> Option<(Gap, usize)> {
        let rest = self.text.as_bytes().get(at..)?;
        let (gap, len) = match rest {
            [b' ', ..] => (Gap::Space, 1),
            [b',', b' ', ..] => (Gap::Mark(','), 2),
            [b'.', b' ', ..] => (Gap::DotSpace, 2),
            [b'\'', ..] => (Gap::Apostrophe, 1),
            [0xE2, 0x80, 0x99, ..] => (Gap::Apostrophe, 3),
            _ => return None,
        };
        let word = match *rest.get(len..)? {
            [next @ 0..0x80, ..] => next.is_ascii_alphanumeric(),
            [byte @ 0xC2..0xE0, next, ..] => {
                self.table.near(two_bytes(byte, next)).info().class() == Class::Word
            }
            _ => false,
        };
        word.then_some((gap, len))
    }

    /// Reads one word (or one dense character) from the current position; returns the last
    /// character's info.
    #[inline]
    fn read_word(&mut self, segment: &mut Segment, keys: &mut Vec<u8>) -> Info {
        let bytes = self.text.as_bytes();
        let mut unit = (self.pos, keys.len());
        let mut last = Info::HAN;
        // Most words are of ASCII alone, or begin so.
        let rest = bytes.get(self.pos..).unwrap_or_default();
        let run = AsciiRun::at(rest);
        if run.len > 0 {
            unit = (self.pos + run.len - 1, keys.len() + run.len - 1);
            last = self.table.near(u32::from(rest[run.len - 1])).info();
            let end = keys.len() + run.len;
            keys.extend_from_slice(&run.fold);
            keys.truncate(end);
            segment.shape |= run.shape();
            segment.units = run.len as u8;
            self.pos += run.len;
            segment.end = self.pos;
        }
        loop {
            // The common case: an ASCII letter or digit, followed by anything ASCII.
            if let Some(&byte) = bytes.get(self.pos)
                && byte < 0x80
            {
                let entry = self.table.near(u32::from(byte));
                if entry.info().class() != Class::Word || segment.group != Group::Spaced {
                    break;
                }
                unit = (self.pos, keys.len());
                keys.push(byte.to_ascii_lowercase());
                last = entry.info();
                self.pos += 1;
            } else if let Some((info, (fold, len))) = self.near_letter(segment.group) {
                unit = (self.pos, keys.len());
                keys.extend_from_slice(&fold);
                keys.truncate(unit.1 + len);
                last = info;
                self.pos += 2;
            } else {
                let Some((char, info, len)) = self.peek() else { break };
                match info.class() {
                    Class::Word if info.group() != segment.group => break,
                    Class::Word if info.is_jamo() && (last.is_hangul() || last.is_jamo()) => {
                        self.refold(unit, len, true, keys);
                        segment.end = self.pos;
                        continue;
                    }
                    Class::Word if segment.group == Group::Dense && segment.units > 0 => break,
                    Class::Word => {
                        unit = (self.pos, keys.len());
                        self.table.fold_char(char, keys);
                        last = info;
                        self.pos += len;
                    }
                    Class::Mark => {
                        let jamo = last.is_hangul() || last.is_jamo();
                        self.refold(unit, len, jamo, keys);
                        segment.end = self.pos;
                        continue;
                    }
                    Class::Ignorable if self.skip_ignorables(segment.group) => continue,
                    _ => break,
                }
            }
            segment.units = segment.units.saturating_add(1);
            segment.end = self.pos;
            segment.shape |= any_shape(last);
        }
        last
    }

    /// The letter of two bytes that stands here, if it goes on a word of `group`, and its fold.
    #[inline]
    fn near_letter(&self, group: Group) -> Option<(Info, ([u8; 8], usize))> {
        let &[byte @ 0xC2..0xE0, next, ..] = self.text.as_bytes().get(self.pos..)? else {
            return None;
        };
        let entry = self.table.near(two_bytes(byte, next));
        let goes_on = entry.info().class() == Class::Word && entry.info().group() == group;
        Some((entry.info(), entry.padded().filter(|_| goes_on && group == Group::Spaced)?))
    }

    /// Takes the next `len` bytes into the unit that began at text byte and key byte `unit`, and
    /// folds the unit anew as a whole; `jamo` if it may go on with jamo.
    fn refold(&mut self, unit: (usize, usize), len: usize, jamo: bool, keys: &mut Vec<u8>) {
        self.pos += len;
        // Marks and jamo come in runs, with invisible characters among them: fold once at the end.
        let mut end = self.pos;
        while let Some((_, info, len)) = self.peek() {
            let inside = info.class() == Class::Mark || jamo && info.is_jamo();
            if !inside && info.class() != Class::Ignorable {
                break;
            }
            self.pos += len;
            if inside {
                end = self.pos;
            }
        }
        self.pos = end;
        keys.truncate(unit.1);
        if let Some(text) = self.text.get(unit.0..self.pos) {
            self.table.fold_unit(text, keys);
        }
    }

    /// Steps over a run of invisible characters if the same word goes on after it.
    #[cold]
    fn skip_ignorables(&mut self, group: Group) -> bool {
        let here = self.pos;
        while let Some((_, info, len)) = self.peek() {
            match info.class() {
                Class::Ignorable => self.pos += len,
                Class::Mark => return true,
                Class::Word if info.group() == group && group != Group::Dense => return true,
                _ => break,
            }
        }
        self.pos = here;
        false
    }
}

/// The code point of two bytes.
#[inline]
pub(super) fn two_bytes(byte: u8, next: u8) -> u32 {
    u32::from(byte & 31) << 6 | u32::from(next & 63)
}
