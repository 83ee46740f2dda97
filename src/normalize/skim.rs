//! Skimming: passing over words that begin no name, without cutting them into segments.
//!
//! In: a text, and a judge that knows by a word's hash whether a name may begin with it. Out: the
//! place of the first word at which one may, or of the first word that is not *plain*. Plain words
//! are of letters and digits of one or two bytes, with nothing written to them but another plain
//! word and an apostrophe between: the bulk of Latin, Cyrillic, Greek, Arabic and Hebrew text. All
//! else is cut by [`Segmenter::next`], which decides.
//!
//! Words of ASCII alone are found in blocks of 64 bytes ([`Block`]), others are read character by
//! character.

use std::cell::{Cell, RefCell};

use super::block::Block;
use super::class::{Class, Info};
use super::hash;
use super::segment::{Segment, Segmenter};

/// A plain word's key.
pub(crate) struct PlainWord<'k> {
    /// Where the key stands, if the numbers do not hold it.
    room: &'k [u8],
    len: usize,
    low: u64,
    high: u64,
    /// How it begins.
    pub(crate) first: First,
}

/// How a plain word begins.
#[derive(Clone, Copy)]
pub(crate) struct First {
    /// With a small letter.
    pub(crate) small: bool,
    /// It may have no small letter: the second character is none of ASCII.
    pub(crate) capitals: bool,
    pub(crate) arabic: bool,
    pub(crate) hebrew: bool,
}

/// What knows whether a name may begin with a word.
pub(crate) trait Judge {
    /// Says whether a name may begin with a word.
    fn begins(&self, word: &PlainWord<'_>, hash: u64) -> Verdict;

    /// Says whether a name that may begin with words of one hash may go on with the next word.
    fn goes_on(&self, before: u64, next: u64) -> Verdict;
}

/// What a judge says.
pub(crate) enum Verdict {
    /// No.
    No,
    /// Perhaps.
    Perhaps,
    /// If the next word agrees, which is to be asked with this hash.
    Wait(u64),
}

/// Longest key of a plain word, or of two that an apostrophe joins.
const PLAIN: usize = 48;

/// Room for a key, for a fold written whole, and for reading 16 bytes from anywhere in the key.
type Room = [u8; PLAIN + 16];

/// First byte and end of a word; the end is zero where there is none.
type Word = (usize, usize);

/// What has been passed over so far.
#[derive(Clone, Copy, Default)]
struct Passed {
    /// The last word.
    word: Word,
    /// Names that may have begun, if the next word agrees.
    waiting: [Waiting; 2],
    count: usize,
    /// A name may begin with the next word.
    begins: bool,
}

/// A name that may have begun.
#[derive(Clone, Copy, Default)]
struct Waiting {
    /// Of its words so far.
    hash: u64,
    /// The word before it.
    before: Word,
}

/// Where a plain word ends.
struct PlainEnd {
    /// One past its last byte.
    end: usize,
    /// Bytes of the room that are used.
    len: usize,
    /// Bytes of the apostrophe that joins it to the next word, or zero.
    joint: usize,
}

/// Folds of ASCII letters and digits; zero for all other bytes.
const ASCII: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        if (byte as u8).is_ascii_alphanumeric() {
            table[byte] = (byte as u8).to_ascii_lowercase();
        }
        byte += 1;
    }
    table
};

impl<'k> PlainWord<'k> {
    /// A word with its key in the room.
    #[inline]
    fn new(room: &'k Room, from: usize, to: usize, first: First) -> Self {
        let number = |at: usize| {
            let bytes = room.get(at..).and_then(<[u8]>::first_chunk::<16>);
            bytes.map_or(0, |bytes| u128::from_le_bytes(*bytes))
        };
        // The room holds the rest of longer words before this one.
        let (low, high) = halves(number(from), to - from);
        Self { room: room.get(from..to).unwrap_or_default(), len: to - from, low, high, first }
    }

    /// The key, of a word that has letters beyond ASCII or more than 16 bytes.
    #[inline]
    pub(crate) fn key(&self) -> &'k [u8] {
        self.room
    }

    /// The hash of the key.
    #[inline(always)]
    pub(crate) fn hash(&self) -> u64 {
        match self.numbers() {
            Some((low, high)) => hash::hash_short(low, high),
            None => hash::hash(self.key()),
        }
    }

    /// The key as two little-endian numbers with zeros above its end, if it has up to 16 bytes.
    #[inline]
    pub(crate) fn numbers(&self) -> Option<(u64, u64)> {
        (self.len <= 16).then_some((self.low, self.high))
    }
}

/// The first `len` bytes of a number of 16, as two numbers of eight.
#[inline]
fn halves(number: u128, len: usize) -> (u64, u64) {
    let mask = MASKS[len.min(16)];
    (number as u64 & mask.0, (number >> 64) as u64 & mask.1)
}

/// The lowest bytes of two numbers of eight, by how many.
const MASKS: [(u64, u64); 17] = {
    let mut masks = [(u64::MAX, u64::MAX); 17];
    let mut len = 0;
    while len < 16 {
        let mask = (1_u128 << (8 * len)) - 1;
        masks[len] = (mask as u64, (mask >> 64) as u64);
        len += 1;
    }
    masks
};

/// Shows `see` the hashes of the keys of a text's words, until it says no. Of words that an apostrophe
/// joins it is also shown the two as one.
pub(crate) fn each_word(text: &str, see: impl FnMut(u64) -> bool) {
    let reader = Reader { see: RefCell::new(see), done: Cell::new(false) };
    let mut segmenter = Segmenter::new(text);
    let mut keys = Vec::with_capacity(64);
    // Plain words are only passed over; what stops that is cut.
    loop {
        segmenter.skim(&reader);
        keys.clear();
        if reader.done.get() || segmenter.next(&mut keys).is_none() {
            break;
        }
        reader.show(hash::hash(&keys));
    }
}

/// Lets every word pass that it is shown.
struct Reader<S> {
    see: RefCell<S>,
    done: Cell<bool>,
}

impl<S: FnMut(u64) -> bool> Reader<S> {
    fn show(&self, hash: u64) {
        if !self.done.get() {
            self.done.set(!(self.see.borrow_mut())(hash));
        }
    }
}

impl<S: FnMut(u64) -> bool> Judge for Reader<S> {
    #[inline]
    fn begins(&self, _: &PlainWord<'_>, hash: u64) -> Verdict {
        self.show(hash);
        if self.done.get() { Verdict::Perhaps } else { Verdict::No }
    }

    fn goes_on(&self, _: u64, _: u64) -> Verdict {
        Verdict::No
    }
}

impl Segmenter<'_> {
    /// Moves over plain words as long as `judge` lets them pass; it is shown each word, and the hash
    /// that it asked to wait for. Afterwards [`next`](Self::next) gives the word at which a name may
    /// begin, or the first that is not plain. Returns the last word that was passed over, if one
    /// was; its key is empty; and true if the judge said that a name may begin now.
    pub(crate) fn skim(&mut self, judge: &impl Judge) -> (Option<Segment>, bool) {
        let mut passed = Passed::default();
        self.pass_words(judge, &mut passed);
        let (start, end) = passed.last();
        if end == 0 {
            return (None, passed.begins);
        }
        let word = self.text.get(start..end).unwrap_or_default();
        let infos = word.chars().map(|char| self.table.info(char));
        self.pos = end;
        self.last = infos.clone().next_back().map(|last| (end, last));
        (Some(Segment::plain(start, end, infos)), passed.begins)
    }

    /// Passes over words until `judge` or the text says stop.
    #[inline]
    fn pass_words(&self, judge: &impl Judge, passed: &mut Passed) {
        let text = self.text.as_bytes();
        let mut room: Room = [0; PLAIN + 16];
        let mut base = self.pos;
        while let Some(block) = Block::at(text, base) {
            // All bits below stand for bytes that have been dealt with.
            let (mut left, seen) = block.words_in_sight();
            let mut next = base + seen;
            while left != 0 {
                let start = left.trailing_zeros() as usize;
                let len = (!(left >> start)).trailing_zeros() as usize;
                let end = start + len;
                let at = base + start;
                if !block.is_special(start, len)
                    && let Some(word) = self.ascii_word(at, len)
                {
                    if !passed.take(judge, &word, (at, at + len)) {
                        return;
                    }
                    left &= u64::MAX << end;
                    continue;
                }
                let Some(to) = self.pass_careful(at, &mut room, judge, passed) else { return };
                match to.checked_sub(base) {
                    Some(to) if to < seen => left &= u64::MAX << to,
                    _ => {
                        next = to;
                        break;
                    }
                }
            }
            base = next;
        }
    }

    /// The ASCII word of `len` bytes at `at`, if it has up to 16 and as many of text are at hand.
    #[inline]
    fn ascii_word(&self, at: usize, len: usize) -> Option<PlainWord<'static>> {
        let bytes = self.text.as_bytes().get(at..)?.first_chunk::<16>()?;
        let number = u128::from_le_bytes(*bytes);
        // Sets the bit that tells small letters from capitals; digits have it.
        let (low, high) = halves(number | u128::from_le_bytes([0x20; 16]), len);
        let first = First {
            small: number as u8 >= b'a',
            capitals: len < 2 || ((number as u16) >> 8) < u16::from(b'a'),
            arabic: false,
            hebrew: false,
        };
        (len <= 16).then_some(PlainWord { room: &[], len, low, high, first })
    }

    /// Passes over the word at or after `at`, and the one that an apostrophe joins to it; returns
    /// where to go on.
    #[inline(never)]
    fn pass_careful(
        &self,
        at: usize,
        room: &mut Room,
        judge: &impl Judge,
        passed: &mut Passed,
    ) -> Option<usize> {
        let start = self.plain_start(at)?;
        let word = self.plain_end(start, 0, room)?;
        let first = self.beginning(start);
        if word.joint == 0 {
            let key = PlainWord::new(room, 0, word.len, first);
            return passed.take(judge, &key, (start, word.end)).then_some(word.end);
        }
        // l’Irak: the particle, the word, and both as one. No name goes on with a blank where the
        // text has an apostrophe, so the particle waits for nothing.
        let second = word.end + word.joint;
        let next = self.plain_end(second, word.len, room).filter(|next| next.joint == 0)?;
        for len in [word.len, next.len] {
            let piece = PlainWord::new(room, 0, len, first);
            let hash = piece.hash();
            let own = judge.begins(&piece, hash);
            let begins = match own {
                Verdict::No => false,
                Verdict::Wait(_) => len == next.len,
                Verdict::Perhaps => true,
            };
            if begins || passed.goes_on(judge, hash) {
                return None;
            }
        }
        passed.count = 0;
        passed.word = (start, word.end);
        let own = PlainWord::new(room, word.len, next.len, self.beginning(second));
        passed.take(judge, &own, (second, next.end)).then_some(next.end)
    }

    /// The first plain letter or digit from `at` on; `None` if what comes first is not plain.
    #[inline]
    fn plain_start(&self, mut at: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        loop {
            let byte = *bytes.get(at)?;
            if ASCII[usize::from(byte)] != 0 {
                return Some(at);
            }
            match byte {
                0..0x80 => at += 1,
                0xC2..0xE0 => match self.info_at(at).class() {
                    Class::Word => return Some(at),
                    Class::Mark | Class::Ignorable => return None,
                    _ => at += 2,
                },
                // Typographic quotes and dashes.
                0xE2 if bytes.get(at + 1) == Some(&0x80) => at += 3,
                _ => return None,
            }
        }
    }

    /// The end of the plain word that begins at `at`; its key is written to the room from `len` on.
    /// `None` if it is not plain.
    #[inline]
    fn plain_end(&self, mut at: usize, mut len: usize, room: &mut Room) -> Option<PlainEnd> {
        let bytes = self.text.as_bytes();
        loop {
            let byte = bytes.get(at).copied().unwrap_or_default();
            if len > PLAIN {
                return None;
            }
            match byte {
                0..0x80 => {
                    let fold = ASCII[usize::from(byte)];
                    if fold == 0 {
                        break;
                    }
                    *room.get_mut(len)? = fold;
                    len += 1;
                    at += 1;
                }
                0xC2..0xE0 => {
                    let entry = self.table.near(self.code_at(at));
                    match entry.info.class() {
                        Class::Word => {}
                        Class::Mark | Class::Ignorable | Class::Apostrophe => return None,
                        _ => break,
                    }
                    // Written whole, whatever its length.
                    let (fold, fold_len) = entry.padded()?;
                    *room.get_mut(len..)?.first_chunk_mut::<8>()? = fold;
                    len += fold_len;
                    at += 2;
                }
                0xE2 => break,
                _ => return None,
            }
        }
        // What is written to the word: an apostrophe and a word, a dot and more, an invisible
        // character.
        let plain_next = |next: &u8| next.is_ascii_alphanumeric() || (0xC3..0xE0).contains(next);
        let joint = match bytes.get(at..)? {
            [b'\'', next, ..] if plain_next(next) => Some(1),
            [0xE2, 0x80, 0x99, next, ..] if plain_next(next) => Some(3),
            [b'\'' | b'`' | b'.' | b'"', next, ..] => {
                (!next.is_ascii_alphanumeric() && *next < 0x80).then_some(0)
            }
            [0xE2, 0x80, 0x98 | 0x99 | 0x9B | 0xA7 | 0xB2, ..] => None,
            [0xE2, 0x80, 0x90..=0xBF, ..] | [0..0x80 | 0xC2..0xE0, ..] | [] => Some(0),
            _ => None,
        };
        joint.filter(|_| len <= PLAIN).map(|joint| PlainEnd { end: at, len, joint })
    }

    /// The code point of one or two bytes at `at`.
    #[inline]
    fn code_at(&self, at: usize) -> u32 {
        match self.text.as_bytes().get(at..) {
            Some([byte @ 0..0x80, ..]) => u32::from(*byte),
            Some([byte, next, ..]) => u32::from(byte & 31) << 6 | u32::from(next & 63),
            _ => 0,
        }
    }

    /// How the word at `at` begins.
    #[inline]
    fn beginning(&self, at: usize) -> First {
        let bytes = self.text.as_bytes();
        let length = if bytes.get(at).is_some_and(u8::is_ascii) { 1 } else { 2 };
        let info = self.info_at(at);
        First {
            small: info.is_lower(),
            capitals: !bytes.get(at + length).is_some_and(u8::is_ascii_lowercase),
            arabic: info.is_arabic(),
            hebrew: info.is_hebrew(),
        }
    }

    #[inline]
    fn info_at(&self, at: usize) -> Info {
        self.table.near(self.code_at(at)).info
    }
}

impl Passed {
    /// Passes over a word, if the judge lets it; true to go on.
    #[inline(always)]
    fn take(&mut self, judge: &impl Judge, key: &PlainWord<'_>, word: Word) -> bool {
        let hash = key.hash();
        let own = judge.begins(key, hash);
        if self.count == 0 && matches!(own, Verdict::No) {
            self.word = word;
            return true;
        }
        self.weigh(judge, hash, own, word)
    }

    /// The same where something waits or begins to.
    fn weigh(&mut self, judge: &impl Judge, hash: u64, own: Verdict, word: Word) -> bool {
        let mut kept = 0;
        let all = self.waiting;
        for waiting in all.into_iter().take(self.count) {
            let hash = match judge.goes_on(waiting.hash, hash) {
                Verdict::No => continue,
                Verdict::Perhaps => return self.stop_before(waiting.before),
                Verdict::Wait(hash) => hash,
            };
            if let Some(slot) = self.waiting.get_mut(kept) {
                *slot = Waiting { hash, ..waiting };
                kept += 1;
            }
        }
        self.count = kept;
        match own {
            Verdict::No => {}
            Verdict::Perhaps => return self.stop_before(self.last()),
            Verdict::Wait(hash) => match self.waiting.get_mut(kept) {
                Some(slot) => {
                    *slot = Waiting { hash, before: self.word };
                    self.count += 1;
                }
                None => return self.stop_before(self.last()),
            },
        }
        self.word = word;
        true
    }

    /// True if something that waits may go on.
    fn goes_on(&self, judge: &impl Judge, hash: u64) -> bool {
        let waiting = self.waiting.get(..self.count).unwrap_or_default();
        waiting.iter().any(|one| !matches!(judge.goes_on(one.hash, hash), Verdict::No))
    }

    /// The last word before all that waits.
    fn last(&self) -> Word {
        match self.waiting.first() {
            Some(oldest) if self.count > 0 => oldest.before,
            _ => self.word,
        }
    }

    /// A name may begin after this word.
    fn stop_before(&mut self, word: Word) -> bool {
        *self = Self { word, begins: true, ..Self::default() };
        false
    }
}
