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

use super::block::{BLOCK, Block};
use super::class::{Class, Info};
use super::segment::{Segment, Segmenter};

/// A plain word's key.
pub(crate) struct PlainWord<'k> {
    /// Where the key stands, if the numbers do not hold it.
    room: &'k [u8],
    len: usize,
    low: u64,
    high: u64,
    /// The first character.
    pub(crate) first: Info,
    /// May have no small letter: the second character is none of ASCII.
    pub(crate) capitals: bool,
}

/// What knows whether a name may begin with a word.
pub(crate) trait Judge {
    /// Says what to do about `word`; `before` is the hash that the last verdict asked to wait for.
    fn judge(&self, word: &PlainWord<'_>, before: Option<u64>) -> Verdict;
}

/// What to do about a plain word.
pub(crate) enum Verdict {
    /// No name begins with it.
    Pass,
    /// A name may begin with it.
    Stop,
    /// A name may begin with it if the next word agrees; the hash is shown then.
    Wait(u64),
    /// It agrees so far: the word after it is to be asked with this hash.
    On(u64),
    /// It agrees: a name may begin with the word that waits.
    Back,
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
    /// The hash that waits for the next word, and the word before the first that waits: skimming
    /// goes back to it if the next word is not plain.
    waiting: Option<u64>,
    before: Word,
    /// A name may begin with the next word.
    begins: bool,
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
    fn new(room: &'k Room, from: usize, to: usize, first: (Info, bool)) -> Self {
        let (first, capitals) = first;
        let number = |at: usize| {
            let bytes = room.get(at..).and_then(<[u8]>::first_chunk::<16>);
            bytes.map_or(0, |bytes| u128::from_le_bytes(*bytes))
        };
        // The room holds the rest of longer words before this one.
        let (low, high) = halves(number(from), to - from);
        Self {
            room: room.get(from..to).unwrap_or_default(),
            len: to - from,
            low,
            high,
            first,
            capitals,
        }
    }

    /// The key, of a word that has letters beyond ASCII or more than 16 bytes.
    #[inline]
    pub(crate) fn key(&self) -> &'k [u8] {
        self.room
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
    let (low, high) = (number as u64, (number >> 64) as u64);
    let mask = |len: usize| u64::MAX >> (64 - 8 * len.clamp(1, 8));
    (low & mask(len), if len > 8 { high & mask(len - 8) } else { 0 })
}

impl Segmenter<'_> {
    /// Moves over plain words as long as `judge` lets them pass; it is shown each word, and the hash
    /// that it asked to wait for. Afterwards [`next`](Self::next) gives the word at which a name may
    /// begin, or the first that is not plain. Returns the last word that was passed over, if one
    /// was; its key is empty; and true if the judge said that a name may begin now.
    pub(crate) fn skim(&mut self, judge: &impl Judge) -> (Option<Segment>, bool) {
        let mut passed = Passed::default();
        self.pass_words(judge, &mut passed);
        let (start, end) = if passed.waiting.is_some() { passed.before } else { passed.word };
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
            let mut left = block.word;
            let mut next = base + BLOCK;
            while left != 0 {
                let start = left.trailing_zeros() as usize;
                let len = (!(left >> start)).trailing_zeros() as usize;
                let end = start + len;
                // What stands after the word must be in sight.
                if end + 1 >= BLOCK && start > 0 {
                    next = base + start;
                    break;
                }
                let special = block.special >> start & ((2 << len.min(62)) - 1) != 0;
                let at = base + start;
                if !special
                    && end + 1 < BLOCK
                    && let Some(word) = self.ascii_word(at, len)
                {
                    let verdict = judge.judge(&word, passed.waiting);
                    if !passed.note(verdict, (at, at + len)) {
                        return;
                    }
                    left &= u64::MAX << end;
                    continue;
                }
                let Some(to) = self.pass_careful(at, &mut room, judge, passed) else { return };
                match to.checked_sub(base) {
                    Some(to @ 0..BLOCK) => left &= u64::MAX << to,
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
        // Sets the bit that tells small letters from capitals; digits have it.
        let fold = u128::from_le_bytes(*bytes) | u128::from_le_bytes([0x20; 16]);
        let (low, high) = halves(fold, len);
        let first = self.table.near(u32::from(bytes[0])).info;
        let capitals = len < 2 || !bytes[1].is_ascii_lowercase();
        (len <= 16).then_some(PlainWord { room: &[], len, low, high, first, capitals })
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
        let verdict = judge.judge(&PlainWord::new(room, 0, word.len, first), passed.waiting);
        if word.joint == 0 {
            return passed.note(verdict, (start, word.end)).then_some(word.end);
        }
        // l’Irak: the particle, the word, and both as one.
        let second = word.end + word.joint;
        let next = self.plain_end(second, word.len, room).filter(|next| next.joint == 0)?;
        let both = judge.judge(&PlainWord::new(room, 0, next.len, first), passed.waiting);
        let own = PlainWord::new(room, word.len, next.len, self.beginning(second));
        let own = judge.judge(&own, None);
        // No name goes on with a blank where the text has an apostrophe.
        if !matches!(verdict, Verdict::Pass | Verdict::Wait(_)) {
            return None;
        }
        match (both, own) {
            (Verdict::Pass, own) => {
                passed.note(Verdict::Pass, (start, word.end));
                passed.note(own, (second, next.end)).then_some(next.end)
            }
            (both @ Verdict::Wait(_), Verdict::Pass) => {
                passed.note(both, (second, next.end)).then_some(next.end)
            }
            _ => None,
        }
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

    /// The first character of a word, and whether the next may be no small letter.
    #[inline]
    fn beginning(&self, at: usize) -> (Info, bool) {
        let bytes = self.text.as_bytes();
        let length = if bytes.get(at).is_some_and(u8::is_ascii) { 1 } else { 2 };
        (self.info_at(at), !bytes.get(at + length).is_some_and(u8::is_ascii_lowercase))
    }

    #[inline]
    fn info_at(&self, at: usize) -> Info {
        self.table.near(self.code_at(at)).info
    }
}

impl Passed {
    /// Notes a word and what the judge said of it; true to go on.
    #[inline]
    fn note(&mut self, verdict: Verdict, word: Word) -> bool {
        match verdict {
            Verdict::Pass => self.waiting = None,
            Verdict::Wait(hash) => (self.waiting, self.before) = (Some(hash), self.word),
            Verdict::On(hash) => self.waiting = Some(hash),
            Verdict::Stop => {
                (self.waiting, self.begins) = (None, true);
                return false;
            }
            Verdict::Back => {
                self.begins = true;
                return false;
            }
        }
        self.word = word;
        true
    }
}
