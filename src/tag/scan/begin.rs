//! May a name begin here? The filters' answer.
//!
//! In: a word, and those after it. Out: no, or perhaps; a no is certain. [`Beginnings`] looks at a word
//! and the next one, and passes over nearly all; of the others the pieces and what comes after are
//! asked for.

use super::super::window::Looks;
use super::*;
use crate::tag::tables::FirstLetters;

impl<'g> Mentions<'_, 'g> {
    /// Asks the filters whether a name may begin at the current word; `hash` is that of its key, or of
    /// what a proclitic of `taken` bytes leaves of it. (A place to ask with stems, too.)
    #[inline]
    pub(super) fn may_begin(&mut self, word: &Word, taken: usize, hash: u64) -> bool {
        if self.attempts.is_some() {
            return true;
        }
        let case = self.ask(word.starts_lower(), word.may_be_capitals());
        let joined = self.is_joined(0);
        let known = self.knows(hash, case);
        if known.whole || known.first && !joined && self.goes_on(1, hash) {
            return true;
        }
        // The segment may be a part of a piece only: before an apostrophe or a dot, or with a
        // particle written to it.
        word.is_hangul() && self.may_begin_before_particle(case)
            || joined && self.may_begin_joined(taken)
    }

    /// True if the segment `ahead` is joined to the next one as a piece.
    fn is_joined(&mut self, ahead: usize) -> bool {
        self.window.peek(ahead).is_some_and(|word| word.may_join())
            && self
                .window
                .get(ahead)
                .zip(self.window.get(ahead + 1))
                .is_some_and(|(segment, next)| next.continues_piece(&segment))
    }

    /// What to ask the filters of a piece that begins with a small letter, or has none.
    #[inline]
    fn ask(&self, small: bool, capitals: bool) -> Case {
        Case::of_text(small && self.case == TextCase::Mixed, capitals)
    }

    fn knows(&self, hash: u64, case: Case) -> Known {
        self.tagger.scan.filters.know_any(hash, case)
    }

    /// True if a name that begins with the current segment may have more: `hash` is that of the
    /// segment's key, or of what a proclitic leaves of it.
    pub(super) fn may_go_on(&mut self, hash: u64) -> bool {
        // The filters do not know names that are for lookup only.
        if self.attempts.is_some() {
            return true;
        }
        let joins = self.window.peek(0).is_none_or(|word| word.may_join());
        joins || self.goes_on(1, hash)
    }

    /// True if a name may go on with the piece `ahead` after pieces with the hash `before`. The first
    /// word was asked for in its own case; what comes after is listed in any.
    pub(super) fn goes_on(&mut self, mut ahead: usize, mut before: u64) -> bool {
        loop {
            let Some(start) = self.window.peek(ahead) else { return false };
            let pair = filter::pair(before, start.hash);
            let known = self.knows(pair, Case::Capital);
            if known.whole {
                return true;
            }
            if start.may_join() || start.is_hangul() {
                return known.first || self.goes_on_joined(ahead, before);
            }
            if !known.first {
                return false;
            }
            (ahead, before) = (ahead + 1, pair);
        }
    }

    /// The same for pieces of several segments, which are not followed further, and before particles.
    fn goes_on_joined(&mut self, ahead: usize, before: u64) -> bool {
        // Most are of two.
        if let Some((start, next)) = self.window.peek(ahead).zip(self.window.peek(ahead + 1))
            && !start.is_hangul()
            && !next.is_hangul()
            && !next.may_join()
            && let Some(both) = start.joined(&next, self.text, self.window.word_keys())
        {
            return self.knows(filter::pair(before, both), Case::Capital).any();
        }
        let Some(start) = self.window.get(ahead) else { return false };
        let mut last = start;
        for next in ahead + 1..=ahead + MOST_JOINED {
            match self.window.get(next) {
                Some(after) if after.continues_piece(&last) => last = after,
                _ => return last.is_hangul() && self.goes_on_before_particle(&last, before),
            }
            let hash = filter::hash(self.window.key(&start, &last));
            if self.knows(filter::pair(before, hash), Case::Capital).any() {
                return true;
            }
        }
        true
    }

    fn goes_on_before_particle(&self, last: &Segment, before: u64) -> bool {
        let key = self.window.key(last, last);
        without_particle(key)
            .any(|rest| self.knows(filter::pair(before, filter::hash(rest)), Case::Capital).whole)
    }

    /// Asks whether a name may begin with a piece of several segments, from the shortest.
    fn may_begin_joined(&mut self, taken: usize) -> bool {
        let Some(first) = self.window.get(0) else { return false };
        let mut last = first;
        let mut capitals = !first.has_lower();
        for ahead in 1..=MOST_JOINED {
            match self.window.get(ahead) {
                Some(next) if next.continues_piece(&last) => last = next,
                _ => return false,
            }
            let key = self.window.key(&first, &last);
            let hash = filter::hash(key.get(taken..).unwrap_or_default());
            capitals &= !last.has_lower();
            let case = self.ask(first.starts_lower(), capitals);
            let known = self.knows(hash, case);
            if known.whole || known.first && self.goes_on(ahead + 1, hash) {
                return true;
            }
        }
        true
    }

    fn may_begin_before_particle(&mut self, case: Case) -> bool {
        let Some(first) = self.window.get(0) else { return false };
        let key = self.window.key(&first, &first);
        without_particle(key).any(|rest| self.knows(filter::hash(rest), case).whole)
    }
}

/// Why the scan stops at a word.
#[derive(Clone, Copy)]
pub(super) enum Stop {
    /// A name may well begin here.
    Walk,
    /// One may: the filters are to be asked again, with what follows.
    Ask,
}

/// The filters of all layers, asked about a word and the next one alone.
pub(super) struct Beginnings<'a, 'g> {
    filters: &'a Filters<'g>,
    text: &'a str,
    mixed: bool,
}

impl<'a, 'g> Beginnings<'a, 'g> {
    /// `mixed` if capitals mean something in the text.
    pub(super) fn new(tables: &'a Tables<'g>, text: &'a str, mixed: bool) -> Self {
        Self { filters: &tables.filters, text, mixed }
    }

    /// [`stops`](Looks::stops) for a word of which [`Word::is_small_joint`] holds: most are elided, as in
    /// French.
    #[inline(never)]
    fn small_joint(&self, word: &Word, next: Option<&Word>, keys: &[u8]) -> Option<Stop> {
        let both = next.filter(|next| !next.may_join());
        let both = both.and_then(|next| word.joined(next, self.text, keys));
        let begins = |hash| self.filters.may_begin_small(hash);
        let is_name = || begins(word.hash) && self.may_begin_small_before(word, next);
        match both {
            Some(both) if !begins(both) && !is_name() => None,
            _ => self.any(word, next, keys),
        }
    }

    /// The same for a word of which [`Word::is_plain`] holds, and that begins with a small letter.
    #[inline(never)]
    fn small(&self, word: &Word, next: Option<&Word>) -> Option<Stop> {
        self.plain(word, next, Case::Small)
    }

    /// The same for one that begins with a capital, or a digit.
    #[inline(never)]
    fn capital(&self, word: &Word, next: Option<&Word>) -> Option<Stop> {
        self.plain(word, next, Case::Capital)
    }

    #[inline(always)]
    fn plain(&self, word: &Word, next: Option<&Word>, case: Case) -> Option<Stop> {
        let known = self.filters.know(word.hash, case);
        match known.whole {
            true => Some(Stop::Walk),
            false if known.first => self.goes_on(word, next?),
            false => None,
        }
    }

    /// The same for others.
    #[inline(never)]
    fn any(&self, word: &Word, next: Option<&Word>, keys: &[u8]) -> Option<Stop> {
        let small = self.mixed && word.starts_lower();
        if word.may_join() && (word.may_have_particle() || self.joins(word, next, keys, small)) {
            return Some(Stop::Ask);
        }
        let known = self.filters.know_any(word.hash, Case::of_text(small, word.may_be_capitals()));
        let stop = match next {
            _ if known.whole => Some(Stop::Walk),
            Some(next) if known.first => self.goes_on(word, next),
            _ => None,
        };
        if !word.may_have_particle() {
            return stop.or(word.is_glued().then_some(Stop::Ask));
        }
        // If not, a name may begin behind the particle, or end before it.
        let may_begin = stop.is_some() || word.is_glued() || self.has_particle(word, next, keys);
        may_begin.then_some(Stop::Ask)
    }

    /// Whether a name that begins with the word may go on with the next one.
    #[inline]
    fn goes_on(&self, word: &Word, next: &Word) -> Option<Stop> {
        // What comes after the first word is listed in any case.
        let known = self.filters.know_any(filter::pair(word.hash, next.hash), Case::Capital);
        let ask = known.first || next.may_join() || next.is_hangul();
        if known.whole { Some(Stop::Walk) } else { ask.then_some(Stop::Ask) }
    }

    /// True if a name may begin with the word and the next one as a piece.
    #[inline(never)]
    fn joins(&self, word: &Word, next: Option<&Word>, keys: &[u8], small: bool) -> bool {
        let both =
            next.and_then(|next| word.joined(next, self.text, keys).filter(|_| !next.may_join()));
        let Some(both) = both else { return true };
        // Of what is not small all may be capitals.
        let case = if small { Case::Small } else { Case::Capitals };
        self.filters.know_any(both, case).any()
    }

    /// True if a name may begin after a particle written to the word, or before one.
    #[inline(never)]
    fn has_particle(&self, word: &Word, next: Option<&Word>, keys: &[u8]) -> bool {
        let (table, first) = match word {
            _ if word.is_arabic() => (tables::ARABIC, FirstLetters::ARABIC),
            _ if word.is_hebrew() => (tables::HEBREW, FirstLetters::HEBREW),
            _ => return true,
        };
        let key = word.key(keys);
        if key.is_empty() {
            return true;
        }
        first.may_begin(key)
            && table.iter().any(|proclitic| {
                let Some(rest) = proclitic.strip(key) else { return false };
                let hash = proclitic.hash(rest);
                let known = self.filters.know_any(hash, Case::Capital);
                let goes_on = |next: &Word| {
                    let pair = filter::pair(hash, next.hash);
                    next.may_join() || self.filters.know_any(pair, Case::Capital).any()
                };
                known.whole || known.first && next.is_some_and(goes_on)
            })
    }
}

/// Most words begin with a small letter, and few names do.
impl Looks for Beginnings<'_, '_> {
    type Stop = Stop;

    #[inline(always)]
    fn is_small(&self, word: &Word) -> bool {
        self.mixed & word.is_small_alone()
    }

    #[inline(always)]
    fn may_begin_small(&self, word: &Word) -> bool {
        self.filters.may_begin_small(word.hash)
    }

    /// Whether a name in small letters is the word, or may go on with the next one.
    #[inline(always)]
    fn may_begin_small_before(&self, word: &Word, next: Option<&Word>) -> bool {
        // Pieces of several segments are not known by the first.
        let goes_on = next.is_none_or(|next| {
            let both = filter::pair(word.hash, next.hash);
            next.may_join() | next.is_hangul() | self.filters.may_begin_small(both)
        });
        goes_on | self.filters.may_begin_small(filter::whole(word.hash))
    }

    /// `None` where [`Mentions::try_here`] would find nothing.
    #[inline]
    fn stops(&self, word: &Word, next: Option<&Word>, keys: &[u8]) -> Option<Stop> {
        match word.is_plain() {
            true if self.mixed & word.starts_lower() => self.small(word, next),
            true if !word.may_be_acronym() => self.capital(word, next),
            false if self.mixed & word.is_small_joint() => self.small_joint(word, next, keys),
            _ => self.any(word, next, keys),
        }
    }
}

/// Every word is tried.
pub(super) struct Everywhere;

impl Looks for Everywhere {
    type Stop = Stop;

    fn is_small(&self, _: &Word) -> bool {
        false
    }

    fn may_begin_small(&self, _: &Word) -> bool {
        true
    }

    fn may_begin_small_before(&self, _: &Word, _: Option<&Word>) -> bool {
        true
    }

    fn stops(&self, _: &Word, _: Option<&Word>, _: &[u8]) -> Option<Stop> {
        Some(Stop::Ask)
    }
}

/// What is left of a Korean word before each particle that it may end with.
pub(super) fn without_particle(key: &[u8]) -> impl Iterator<Item = &[u8]> {
    tables::KOREAN.iter().filter_map(move |particle| key.strip_suffix(particle.as_bytes()))
}
