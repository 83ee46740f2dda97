//! The words around a mention, as the scan has cut them.
//!
//! In: the [`Window`](super::window::Window) of a scan that has found a mention, and its span.
//! Out: the words of the mention and some on both sides, by number, with the gaps between them.

use smallvec::SmallVec;

use super::tables::holds;
use super::window::Window;
use crate::layout::filter;
use crate::normalize::{Gap, Word, is_capital, is_small};
use crate::span::Span;

/// Words in order, those of a mention among them. What is asked of a number that has none is empty.
pub(crate) struct Around<'w, 't> {
    text: &'t str,
    window: &'w Window<'t>,
    /// First word of the mention, and the first behind it.
    pub(crate) first: usize,
    pub(crate) after: usize,
    /// First word within reach before the mention, and the first out of reach behind it.
    pub(crate) edge: usize,
    pub(crate) end: usize,
}

/// Bytes of text looked at on each side, and words behind the mention.
const BEFORE: usize = 40;
const AFTER: usize = 40;
const WORDS_AFTER: usize = 4;

/// A key, or several in a row.
pub(crate) type Key = SmallVec<[u8; 24]>;

impl<'w, 't> Around<'w, 't> {
    /// The words around `span`, at which the window has been when it was at word `place`.
    pub(super) fn new(text: &'t str, window: &'w mut Window<'t>, span: Span, place: usize) -> Self {
        let (first, after) = window.words_of(span, place, WORDS_AFTER);
        let (words, reach) = (window.words(), text.len().min(span.end + AFTER));
        let from = span.start.saturating_sub(BEFORE);
        let before = words.get(..first).unwrap_or_default().iter().rev();
        // A word in part out of reach is out of it.
        let edge = first - before.take_while(|word| word.start >= from).count();
        let behind = words.get(after..).unwrap_or_default().iter().take(WORDS_AFTER);
        let end = after + behind.take_while(|word| word.end() <= reach).count();
        Self { text, window, first, after, edge, end }
    }

    fn word(&self, at: usize) -> Option<&'w Word> {
        self.window.words().get(at)
    }

    /// The hash of a word's key.
    #[inline]
    pub(crate) fn hash(&self, at: usize) -> u64 {
        self.word(at).map_or(0, |word| word.hash)
    }

    /// The hash of the keys of all words of the mention as one.
    #[inline]
    pub(crate) fn own_hash(&self) -> u64 {
        if self.after == self.first + 1 {
            return self.hash(self.first);
        }
        let mut all = Key::new();
        for at in self.first..self.after {
            all.extend_from_slice(&self.key(at));
        }
        filter::hash(&all)
    }

    /// A word's key.
    pub(crate) fn key(&self, at: usize) -> Key {
        let Some(word) = self.word(at) else { return Key::new() };
        if word.has_key() {
            return Key::from_slice(word.key(self.window.word_keys()));
        }
        let mut key = Key::from_slice(self.surface(at).as_bytes());
        key.make_ascii_lowercase();
        key
    }

    /// True if a word's key stands in a table.
    pub(crate) fn is_one_of(&self, at: usize, table: &[&str]) -> bool {
        match self.word(at) {
            Some(word) if word.has_key() => holds(table, word.key(self.window.word_keys())),
            _ => {
                let surface = self.surface(at);
                table.iter().any(|word| word.eq_ignore_ascii_case(surface))
            }
        }
    }

    /// True if a word's key begins with a digit.
    #[inline]
    pub(crate) fn begins_with_digit(&self, at: usize) -> bool {
        let first = match self.word(at) {
            Some(word) if word.has_key() => word.key(self.window.word_keys()).first(),
            _ => self.surface(at).as_bytes().first(),
        };
        first.is_some_and(u8::is_ascii_digit)
    }

    /// What stands before a word; a break behind the last.
    #[inline]
    pub(crate) fn gap(&self, at: usize) -> Gap {
        let before = at.checked_sub(1).and_then(|before| self.word(before));
        match (before, self.word(at)) {
            (Some(before), Some(word))
                if word.start == before.end() + 1
                    && self.text.as_bytes().get(before.end()) == Some(&b' ') =>
            {
                Gap::Space
            }
            (_, None) => Gap::Break,
            (_, Some(word)) if word.is_part() => Gap::Space,
            (None, _) => Gap::Start,
            (Some(before), _) => self.window.gap_after(before),
        }
    }

    /// A word as it is written.
    #[inline]
    pub(crate) fn surface(&self, at: usize) -> &'t str {
        self.word(at).and_then(|word| self.text.get(word.start..word.end())).unwrap_or_default()
    }

    /// First byte and end of a word in the text.
    #[inline]
    pub(crate) fn span(&self, at: usize) -> Span {
        self.word(at).map_or(Span::default(), |word| Span::new(word.start, word.end()))
    }

    pub(crate) fn is_arabic(&self, at: usize) -> bool {
        self.word(at).is_some_and(Word::is_arabic)
    }

    pub(crate) fn is_hebrew(&self, at: usize) -> bool {
        self.word(at).is_some_and(Word::is_hebrew)
    }

    /// Starts with a capital letter.
    #[inline]
    pub(crate) fn is_capitalized(&self, at: usize) -> bool {
        let Some(word) = self.word(at).filter(|word| !word.starts_lower()) else { return false };
        let rest = self.text.get(word.start..);
        rest.and_then(|rest| rest.chars().next()).is_some_and(is_capital)
    }

    /// Holds a small letter.
    #[inline]
    pub(crate) fn has_lower(&self, at: usize) -> bool {
        // Nearly all words tell by how they begin.
        let begins = |word: &Word| word.starts_lower() || !word.may_be_capitals();
        self.word(at).is_some_and(begins) || self.surface(at).chars().any(is_small)
    }

    /// Holds a capital letter.
    #[inline]
    pub(crate) fn has_upper(&self, at: usize) -> bool {
        self.surface(at).chars().any(is_capital)
    }

    /// Characters of a word's key.
    #[inline]
    pub(crate) fn letters(&self, at: usize) -> usize {
        match self.word(at) {
            Some(word) if word.has_key() => {
                let key = word.key(self.window.word_keys());
                key.iter().filter(|&&byte| byte & 0xC0 != 0x80).count()
            }
            word => word.map_or(0, |word| word.end() - word.start),
        }
    }

    /// How many words outside the mention are numbers of one or two digits.
    pub(crate) fn short_numbers(&self) -> usize {
        let within = self.window.words().get(self.edge..self.end).unwrap_or_default();
        let own = self.first - self.edge..self.after - self.edge;
        let numbers = within.iter().enumerate().filter(|(_, word)| self.is_short_number(word));
        numbers.filter(|(at, _)| !own.contains(at)).count()
    }

    #[inline]
    fn is_short_number(&self, word: &Word) -> bool {
        word.may_be_number() && self.is_short_key(word)
    }

    /// True if a word's key is of one or two digits.
    #[cold]
    fn is_short_key(&self, word: &Word) -> bool {
        // Digits of other scripts take up to three bytes.
        let most = if word.has_key() { 6 } else { 2 };
        if word.end() - word.start > most {
            return false;
        }
        let key = match word.has_key() {
            true => word.key(self.window.word_keys()),
            false => self.text.as_bytes().get(word.start..word.end()).unwrap_or_default(),
        };
        key.len() <= 2 && key.iter().all(u8::is_ascii_digit)
    }
}
