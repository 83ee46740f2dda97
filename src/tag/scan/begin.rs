//! May a name begin here? The filters' answer.
//!
//! In: a word, and those after it. Out: no, or perhaps; a no is certain. [`Beginnings`] looks at a word
//! and the next one, and passes over nearly all; of the others the pieces and what comes after are
//! asked for.

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
        match self.listed(hash, case) {
            Some(Use::Whole) => return true,
            Some(Use::First) if !joined && self.goes_on(1, hash) => return true,
            _ => {}
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

    fn listed(&self, hash: u64, case: Case) -> Option<Use> {
        listed(&self.tagger.scan.filters, hash, case)
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
            let listed = self.listed(pair, Case::Capital);
            if listed == Some(Use::Whole) {
                return true;
            }
            if start.may_join() || start.is_hangul() {
                return listed.is_some() || self.goes_on_joined(ahead, before);
            }
            if listed.is_none() {
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
            return self.listed(filter::pair(before, both), Case::Capital).is_some();
        }
        let Some(start) = self.window.get(ahead) else { return false };
        let mut last = start;
        for next in ahead + 1..=ahead + MOST_JOINED {
            match self.window.get(next) {
                Some(after) if after.continues_piece(&last) => last = after,
                _ => return last.is_hangul() && self.goes_on_before_particle(&last, before),
            }
            let hash = filter::hash(self.window.key(&start, &last));
            if self.listed(filter::pair(before, hash), Case::Capital).is_some() {
                return true;
            }
        }
        true
    }

    fn goes_on_before_particle(&self, last: &Segment, before: u64) -> bool {
        let key = self.window.key(last, last);
        without_particle(key).any(|rest| {
            self.listed(filter::pair(before, filter::hash(rest)), Case::Capital) == Some(Use::Whole)
        })
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
            match self.listed(hash, case) {
                Some(Use::Whole) => return true,
                Some(Use::First) if self.goes_on(ahead + 1, hash) => return true,
                _ => {}
            }
        }
        true
    }

    fn may_begin_before_particle(&mut self, case: Case) -> bool {
        let Some(first) = self.window.get(0) else { return false };
        let key = self.window.key(&first, &first);
        without_particle(key).any(|rest| self.listed(filter::hash(rest), case) == Some(Use::Whole))
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
    filters: &'a [Filter<'g>],
    smalls: &'a Smalls<'g>,
    text: &'a str,
    mixed: bool,
}

impl<'a, 'g> Beginnings<'a, 'g> {
    /// `mixed` if capitals mean something in the text.
    pub(super) fn new(tables: &'a Tables<'g>, text: &'a str, mixed: bool) -> Self {
        Self { filters: &tables.filters, smalls: &tables.smalls, text, mixed }
    }

    /// `None` where [`Mentions::try_here`] would find nothing at `word`, before `next`; `keys` hold
    /// those of words beyond ASCII.
    #[inline(always)]
    pub(super) fn stops(&self, word: &Word, next: Option<&Word>, keys: &[u8]) -> Option<Stop> {
        // Most words begin with a small letter, and names that do are few. One jump for all three.
        if self.mixed & word.is_small_alone() & !self.smalls.may_begin(word.hash) {
            return None;
        }
        self.may_stop(word, next, keys)
    }

    /// The same for the others.
    #[inline(never)]
    fn may_stop(&self, word: &Word, next: Option<&Word>, keys: &[u8]) -> Option<Stop> {
        let small = self.mixed && word.starts_lower();
        if small && word.is_small_alone() {
            let both = next.map(|next| filter::pair(word.hash, next.hash));
            // Pieces of several segments are not known by the first.
            let goes_on = next.zip(both).is_none_or(|(next, both)| {
                next.may_join() || next.is_hangul() || self.smalls.may_begin(both)
            });
            if !goes_on && !self.smalls.may_begin(filter::whole(word.hash)) {
                return None;
            }
        }
        let case = Case::of_text(small, word.may_be_capitals());
        if word.may_join() && (word.may_have_particle() || self.joins(word, next, keys, small)) {
            return Some(Stop::Ask);
        }
        // If not, a name may begin behind a particle, or end before one.
        let walk = if word.may_have_particle() { Stop::Ask } else { Stop::Walk };
        match self.listed(word.hash, case) {
            Some(Use::Whole) => return Some(walk),
            // What comes after the first word is listed in any case.
            Some(Use::First) => {
                let pair = next.map(|next| filter::pair(word.hash, next.hash));
                match pair.and_then(|pair| self.listed(pair, Case::Capital)) {
                    Some(Use::Whole) => return Some(walk),
                    Some(Use::First) => return Some(Stop::Ask),
                    None if next.is_some_and(|next| next.may_join() || next.is_hangul()) => {
                        return Some(Stop::Ask);
                    }
                    None => {}
                }
            }
            None => {}
        }
        let particle = word.may_have_particle() && self.has_particle(word, next, keys);
        (particle || word.is_glued()).then_some(Stop::Ask)
    }

    /// True if a name may begin with the word and the next one as a piece.
    #[inline(never)]
    fn joins(&self, word: &Word, next: Option<&Word>, keys: &[u8], small: bool) -> bool {
        let both =
            next.and_then(|next| word.joined(next, self.text, keys).filter(|_| !next.may_join()));
        let Some(both) = both else { return true };
        // Of what is not small all may be capitals.
        let case = if small { Case::Small } else { Case::Capitals };
        self.listed(both, case).is_some()
    }

    #[inline(always)]
    fn listed(&self, hash: u64, case: Case) -> Option<Use> {
        listed(self.filters, hash, case)
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
                match self.listed(hash, Case::Capital) {
                    Some(Use::Whole) => true,
                    Some(Use::First) => next.is_some_and(|next| {
                        let pair = filter::pair(hash, next.hash);
                        next.may_join() || self.listed(pair, Case::Capital).is_some()
                    }),
                    None => false,
                }
            })
    }
}

/// What the filters of all layers know of a hash.
#[inline(always)]
fn listed(filters: &[Filter<'_>], hash: u64, case: Case) -> Option<Use> {
    let mut known = None;
    for filter in filters {
        match filter.may_begin(hash, case) {
            Some(Use::Whole) => return Some(Use::Whole),
            first => known = first.or(known),
        }
    }
    known
}

/// What is left of a Korean word before each particle that it may end with.
pub(super) fn without_particle(key: &[u8]) -> impl Iterator<Item = &[u8]> {
    tables::KOREAN.iter().filter_map(move |particle| key.strip_suffix(particle.as_bytes()))
}
