//! Skimming: passing over words that begin no name, without cutting them into segments.
//!
//! In: a text, and a judge that knows by a word's hash whether a name may begin with it. Out: the
//! place of the first word at which one may, or of the first word that is not *plain*. Plain words
//! are of letters and digits of one or two bytes, with nothing written to them: the bulk of Latin,
//! Cyrillic, Greek, Arabic and Hebrew text. All else is cut by [`Segmenter::next`], which decides.

use super::class::{Class, Info};
use super::segment::{Segment, Segmenter};

/// A plain word's key.
pub(crate) struct PlainWord<'k> {
    bytes: &'k [u8; PLAIN],
    len: usize,
    /// The first character.
    pub(crate) first: Info,
}

/// Longest key of a plain word.
const PLAIN: usize = 48;

/// What to do about a plain word.
pub(crate) enum Verdict {
    /// No name begins with it.
    Pass,
    /// A name may begin with it.
    Stop,
    /// A name may begin with it if the next word agrees; the hash is shown then.
    Wait(u64),
    /// It agrees: a name may begin with the word before it.
    Back,
}

/// Where skimming goes back to, should the word that waits turn out to begin a name.
struct Waiting {
    hash: u64,
    passed: Option<(usize, usize)>,
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

impl PlainWord<'_> {
    /// The key.
    #[inline]
    pub(crate) fn key(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// The first 16 bytes of the key as two little-endian numbers with zeros above its end, if it is
    /// no longer.
    #[inline]
    pub(crate) fn numbers(&self) -> Option<(u64, u64)> {
        let [low, high, ..] = self.bytes.as_chunks::<8>().0 else { return None };
        let (low, high) = (u64::from_le_bytes(*low), u64::from_le_bytes(*high));
        // The buffer holds the rest of longer words before this one.
        let mask = |bytes: usize| if bytes >= 8 { u64::MAX } else { (1 << (8 * bytes)) - 1 };
        match self.len {
            0..=8 => Some((low & mask(self.len), 0)),
            9..=16 => Some((low, high & mask(self.len - 8))),
            _ => None,
        }
    }
}

impl Segmenter<'_> {
    /// Moves over plain words as long as `judge` lets them pass; it is shown each word, and the hash
    /// that it asked to wait for. Afterwards [`next`](Self::next) gives the word at which a name may
    /// begin, or the first that is not plain. Returns the last word that was passed over, if one
    /// was; its key is empty.
    pub(crate) fn skim(
        &mut self,
        mut judge: impl FnMut(&PlainWord<'_>, Option<u64>) -> Verdict,
    ) -> Option<Segment> {
        let mut passed: Option<(usize, usize)> = None;
        let mut waiting: Option<Waiting> = None;
        let mut at = self.pos;
        let mut key = [0_u8; PLAIN];
        while let Some(start) = self.plain_start(at) {
            let Some((end, len)) = self.plain_end(start, &mut key) else { break };
            at = end;
            let first = self.info_at(start);
            let word = PlainWord { bytes: &key, len, first };
            match judge(&word, waiting.as_ref().map(|waiting| waiting.hash)) {
                Verdict::Pass => waiting = None,
                Verdict::Stop => {
                    waiting = None;
                    break;
                }
                Verdict::Back => break,
                Verdict::Wait(hash) => waiting = Some(Waiting { hash, passed }),
            }
            passed = Some((start, end));
        }
        if let Some(waiting) = waiting {
            passed = waiting.passed;
        }
        let (start, end) = passed?;
        let word = self.text.get(start..end).unwrap_or_default();
        let infos = word.chars().map(|char| self.table.info(char));
        self.pos = end;
        self.last = infos.clone().last().map(|last| (end, last));
        Some(Segment::plain(start, end, infos))
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

    /// The end of the plain word that begins at `at`, and the length of its key, which is written to
    /// `key`; `None` if it is not plain.
    #[inline]
    fn plain_end(&self, mut at: usize, key: &mut [u8; PLAIN]) -> Option<(usize, usize)> {
        let bytes = self.text.as_bytes();
        let mut len = 0;
        loop {
            let byte = bytes.get(at).copied().unwrap_or_default();
            let fold = ASCII[usize::from(byte)];
            if fold != 0 {
                *key.get_mut(len)? = fold;
                len += 1;
                at += 1;
                continue;
            }
            match byte {
                0..0x80 => break,
                0xC2..0xE0 => {
                    let entry = self.table.near(self.code_at(at));
                    match entry.info.class() {
                        Class::Word => {}
                        Class::Mark | Class::Ignorable | Class::Apostrophe => return None,
                        _ => break,
                    }
                    let fold = entry.short()?;
                    key.get_mut(len..len + fold.len())?.copy_from_slice(fold);
                    len += fold.len();
                    at += 2;
                }
                0xE2 => break,
                _ => return None,
            }
        }
        // What is written to the word: an apostrophe, a dot and more, an invisible character.
        let plain = match bytes.get(at..)? {
            [b'\'' | b'`' | b'.' | b'"', next, ..] => !next.is_ascii_alphanumeric() && *next < 0x80,
            [0xE2, 0x80, 0x98 | 0x99 | 0x9B | 0xA7 | 0xB2, ..] => false,
            [0xE2, 0x80, 0x90..=0xBF, ..] | [0..0x80 | 0xC2..0xE0, ..] | [] => true,
            _ => false,
        };
        plain.then_some((at, len))
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

    #[inline]
    fn info_at(&self, at: usize) -> Info {
        self.table.near(self.code_at(at)).info
    }
}
