//! A window on the words of a text: the tagger looks ahead as far as a name may reach, and back at
//! what stands before one.
//!
//! In: a text. Out: its [`Word`]s, cut some dozen at a time, and the [`Segment`]s of those that are
//! looked at closely.

use std::cell::Cell;

use crate::normalize::{Gap, Segment, Segmenter, Word};
use crate::span::Span;
use crate::spare;

/// The words around the current one.
pub(crate) struct Window<'t> {
    segmenter: Segmenter<'t>,
    words: Vec<Word>,
    /// Of the words beyond ASCII.
    word_keys: Vec<u8>,
    head: usize,
    /// Segments from the current word on, as far as they were asked for, and the one before it.
    segments: Vec<Segment>,
    before: Option<Segment>,
    keys: Vec<u8>,
    /// For so many words from the current one on, which are not dull.
    marked: usize,
    marks: u64,
}

thread_local! {
    static WORDS: Cell<Vec<Word>> = const { Cell::new(Vec::new()) };
    static WORD_KEYS: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
    static SEGMENTS: Cell<Vec<Segment>> = const { Cell::new(Vec::new()) };
    static KEYS: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Words that are cut at a time.
const AT_ONCE: usize = 64;

/// Words that are marked at a time: one less than there are bits, so that all can be shifted out.
const MARKS: usize = 63;

/// Words kept behind the current one.
const KEPT: usize = 64;

/// Words behind the current one at which the window is full.
const BEHIND: usize = 512;

/// What is asked of words that [`Window::pass`] comes by, the more the fewer are left.
pub(super) trait Looks {
    /// Why it stops at a word.
    type Stop;

    /// One of the many words of which the next two questions tell nearly all.
    fn is_small(&self, word: &Word) -> bool;

    /// False if it does not stop at a word that is small.
    fn may_begin_small(&self, word: &Word) -> bool;

    /// The same of one of which that was true, with the word after it, if there is one.
    fn may_begin_small_before(&self, word: &Word, next: Option<&Word>) -> bool;

    /// Whether it stops at a word, before the one after it; `keys` hold those of words beyond ASCII.
    fn stops(&self, word: &Word, next: Option<&Word>, keys: &[u8]) -> Option<Self::Stop>;
}

/// How far [`Window::pass`] came.
pub(super) enum Pass<S> {
    /// To a word that stops.
    Stop(S),
    /// Past some words.
    On,
    /// To the end of the text.
    End,
}

impl<'t> Window<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let mut words = spare::take(&WORDS);
        words.reserve(BEHIND + 2 * AT_ONCE);
        Self {
            segmenter: Segmenter::new(text),
            words,
            word_keys: spare::take(&WORD_KEYS),
            head: 0,
            segments: spare::take(&SEGMENTS),
            before: None,
            keys: spare::take(&KEYS),
            marked: 0,
            marks: 0,
        }
    }

    /// The segment `ahead` places after the current one.
    #[inline]
    pub(super) fn get(&mut self, ahead: usize) -> Option<Segment> {
        match self.segments.get(ahead) {
            Some(segment) => Some(*segment),
            None => self.look_at(ahead),
        }
    }

    fn look_at(&mut self, ahead: usize) -> Option<Segment> {
        while self.segments.len() <= ahead {
            let number = self.head + self.segments.len();
            self.word(number)?;
            let segment = self.segment(number)?;
            self.segments.push(segment);
        }
        self.segments.get(ahead).copied()
    }

    /// The segment just before the current one.
    pub(super) fn before(&mut self) -> Option<Segment> {
        if self.before.is_none() {
            self.before = self.segment(self.head.checked_sub(1)?);
        }
        self.before
    }

    /// The segment of a word.
    fn segment(&mut self, number: usize) -> Option<Segment> {
        let before = number.checked_sub(1).and_then(|before| self.words.get(before));
        let word = self.words.get(number)?;
        self.segmenter.segment_of(word, before, &self.word_keys, &mut self.keys)
    }

    /// Splits the current word, if blanks may have been lost in it; false if not.
    pub(super) fn split(&mut self) -> bool {
        let Some(&word) = self.words.get(self.head).filter(|word| word.is_glued()) else {
            return false;
        };
        let parts = self.segmenter.split(&word, &mut self.word_keys);
        self.words.splice(self.head..=self.head, parts);
        self.marked = 0;
        self.move_on();
        true
    }

    /// Moves on over some words to the next one at which `looks` [stops](Looks::stops), from the current
    /// one on.
    #[inline]
    pub(super) fn pass<L: Looks>(&mut self, looks: &L) -> Pass<L::Stop> {
        if self.marked == 0 && !self.mark(looks) {
            return Pass::End;
        }
        let words = self.words.get(self.head..).unwrap_or_default();
        let mut marks = self.marks;
        while marks != 0 {
            let at = marks.trailing_zeros() as usize;
            let Some(word) = words.get(at) else { break };
            if let Some(stop) = looks.stops(word, words.get(at + 1), &self.word_keys) {
                self.advance(at);
                return Pass::Stop(stop);
            }
            marks &= marks - 1;
        }
        self.advance(self.marked);
        Pass::On
    }

    /// Marks which of the next words are not dull, all at once, as no text tells beforehand which the
    /// next one is. False at the end of the text.
    #[inline(always)]
    fn mark<L: Looks>(&mut self, looks: &L) -> bool {
        // The word after the last of them is cut, too, if there is one.
        self.word(self.head + MARKS);
        let words = self.words.get(self.head..).unwrap_or_default();
        let (mut small, mut may_begin) = (0_u64, 0_u64);
        for (word, at) in words.iter().take(MARKS).zip(0..) {
            small |= u64::from(looks.is_small(word)) << at;
            may_begin |= u64::from(looks.may_begin_small(word)) << at;
        }
        self.marked = words.len().min(MARKS);
        let mut marks = !small & ((1 << self.marked) - 1);
        let mut rest = small & may_begin;
        while rest != 0 {
            let at = rest.trailing_zeros() as usize;
            let Some(word) = words.get(at) else { break };
            marks |= u64::from(looks.may_begin_small_before(word, words.get(at + 1))) << at;
            rest &= rest - 1;
        }
        self.marks = marks;
        self.marked > 0
    }

    /// The word `ahead` places after the current one: costs less than its segment.
    #[inline]
    pub(super) fn peek(&mut self, ahead: usize) -> Option<Word> {
        self.word(self.head + ahead).copied()
    }

    /// The word of this number, if the text has one.
    #[inline]
    fn word(&mut self, number: usize) -> Option<&Word> {
        if self.words.len() <= number {
            self.cut_to(number);
        }
        self.words.get(number)
    }

    #[cold]
    fn cut_to(&mut self, number: usize) {
        while self.words.len() <= number
            && self.segmenter.cut(AT_ONCE, &mut self.words, &mut self.word_keys)
        {}
    }

    /// Key bytes from the start of one segment to the end of another in the window.
    #[inline]
    pub(super) fn key(&self, first: &Segment, last: &Segment) -> &[u8] {
        self.keys.get(first.key_start..last.key_end).unwrap_or_default()
    }

    /// Moves on by `count` segments.
    #[inline]
    pub(super) fn advance(&mut self, count: usize) {
        self.head += count;
        self.marks = self.marks.unbounded_shr(count as u32);
        self.marked = self.marked.saturating_sub(count);
        self.move_on();
    }

    /// The number of the current word, which holds until the window [forgets](Self::forget).
    pub(super) const fn place(&self) -> usize {
        self.head
    }

    /// The numbers of the first word of `span` and of the first behind it; `more` words behind it are
    /// cut, too. The span begins not far from word `place`.
    pub(super) fn words_of(&mut self, span: Span, place: usize, more: usize) -> (usize, usize) {
        let mut first = place;
        while self.word(first).is_some_and(|word| word.end() <= span.start) {
            first += 1;
        }
        let ends_in = |word: &Word| word.end() > span.start;
        while first.checked_sub(1).and_then(|before| self.words.get(before)).is_some_and(ends_in) {
            first -= 1;
        }
        let mut after = first;
        while self.word(after).is_some_and(|word| word.start < span.end) {
            after += 1;
        }
        self.word(after + more);
        (first, after)
    }

    /// The words that are kept, by their numbers.
    pub(super) fn words(&self) -> &[Word] {
        &self.words
    }

    /// What holds the keys of words beyond ASCII.
    pub(super) fn word_keys(&self) -> &[u8] {
        &self.word_keys
    }

    /// What stands between a word and the next one; a break behind the last.
    pub(super) fn gap_after(&self, word: &Word) -> Gap {
        self.segmenter.gap_after(word).unwrap_or(Gap::Break)
    }

    /// True if the word `ahead` places after the current one begins a sentence, or the text.
    pub(super) fn begins_sentence(&self, ahead: usize) -> bool {
        let before = (self.head + ahead).checked_sub(1).and_then(|before| self.words.get(before));
        before.map_or(Gap::Start, |before| self.gap_after(before)).begins_sentence()
    }

    /// The words of the first `bytes` of the text, and some more; to be asked for before the scan.
    pub(super) fn beginning(&mut self, bytes: usize) -> &[Word] {
        while self.words.last().is_none_or(|word| word.start < bytes)
            && self.segmenter.cut(AT_ONCE, &mut self.words, &mut self.word_keys)
        {}
        &self.words
    }

    /// Gives up what belongs to the word that was the current one.
    #[inline]
    fn move_on(&mut self) {
        self.segments.clear();
        self.keys.clear();
        self.before = None;
    }

    /// True if enough words are behind that they should be forgotten.
    #[inline]
    pub(super) const fn is_full(&self) -> bool {
        self.head > BEHIND
    }

    /// Gives up the words far behind; returns how many.
    #[cold]
    pub(super) fn forget(&mut self) -> usize {
        let behind = self.head.saturating_sub(KEPT).min(self.words.len());
        self.words.drain(..behind);
        self.head -= behind;
        let first = self.words.iter().find(|word| word.has_key());
        let moved = first.map_or(self.word_keys.len(), Word::key_start);
        self.word_keys.drain(..moved);
        for word in &mut self.words {
            word.move_key(moved);
        }
        behind
    }
}

impl Drop for Window<'_> {
    fn drop(&mut self) {
        spare::give_back(&WORDS, &mut self.words);
        spare::give_back(&WORD_KEYS, &mut self.word_keys);
        spare::give_back(&SEGMENTS, &mut self.segments);
        spare::give_back(&KEYS, &mut self.keys);
    }
}
