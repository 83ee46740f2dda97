//! May a name begin here? The filters' answer, for plain words that are skimmed and for segments.
//!
//! In: a word or segment. Out: no, or perhaps; a no is certain.

use super::*;

impl<'g> Mentions<'_, 'g> {
    /// Asks the filters whether a name may begin here; `hash` is that of the first segment's key, or
    /// of what a proclitic of `taken` bytes leaves of it. (A place to ask with stems, too.)
    #[inline]
    pub(super) fn may_begin(&mut self, first: &Segment, taken: usize, hash: u64) -> bool {
        let case = self.ask(first, !first.has_lower());
        if self.attempts.is_some()
            || self.listed(hash, Use::Whole, case)
            || self.listed(hash, Use::First, case)
                && !self.is_joined(first)
                && self.pair_goes_on(1, hash)
        {
            return true;
        }
        // The segment may be a part of a piece only: before an apostrophe or a dot, or with a
        // particle written to it.
        if first.is_hangul() && self.may_begin_before_particle(first, case) {
            return true;
        }
        self.may_join(first) && self.may_begin_joined(first, taken)
    }

    /// True if what stands right after the segment may join it to the next one; looks at one byte,
    /// so that the scan does not run ahead for nothing.
    #[inline]
    pub(super) fn may_join(&self, segment: &Segment) -> bool {
        let after = self.text.as_bytes().get(segment.end);
        after.is_some_and(|&byte| matches!(byte, b'\'' | b'.' | b'`' | b'"') || byte >= 0x80)
    }

    /// True if the segment is only the beginning of a piece.
    fn is_joined(&mut self, segment: &Segment) -> bool {
        self.may_join(segment)
            && self.window.get(1).is_some_and(|next| next.continues_piece(segment))
    }

    /// What to ask the filters of a piece, by its first segment and whether it has no small letter.
    #[inline]
    fn ask(&self, first: &Segment, capitals: bool) -> Case {
        Case::of_text(first.starts_lower() && self.case == TextCase::Mixed, capitals)
    }

    #[inline]
    pub(super) fn listed(&self, hash: u64, use_: Use, case: Case) -> bool {
        self.tagger.scan.filters.iter().any(|filter| filter.may_hold(hash, use_, case))
    }

    /// True if a name may go on with the piece `ahead` after a first piece with hash `first`.
    pub(super) fn pair_goes_on(&mut self, ahead: usize, first: u64) -> bool {
        let Some(start) = self.window.get(ahead) else { return false };
        let mut last = start;
        for next in ahead + 1.. {
            if next > ahead + MOST_JOINED {
                return true;
            }
            let hash = filter::hash(self.window.key(&start, &last));
            let pair = filter::pair(first, hash);
            if self.listed(pair, Use::Whole, Case::Capital)
                || self.listed(pair, Use::First, Case::Capital)
            {
                return true;
            }
            if !self.may_join(&last) {
                break;
            }
            match self.window.get(next) {
                Some(after) if after.continues_piece(&last) => last = after,
                _ => break,
            }
        }
        let key = self.window.key(&last, &last);
        last.is_hangul()
            && without_particle(key).any(|rest| {
                self.listed(filter::pair(first, filter::hash(rest)), Use::Whole, Case::Capital)
            })
    }

    /// The same for pieces of several segments, from the shortest.
    pub(super) fn may_begin_joined(&mut self, first: &Segment, taken: usize) -> bool {
        let mut last = *first;
        let mut capitals = !first.has_lower();
        for ahead in 1..=MOST_JOINED {
            match self.window.get(ahead) {
                Some(next) if next.continues_piece(&last) => last = next,
                _ => return false,
            }
            let key = self.window.key(first, &last);
            let hash = filter::hash(key.get(taken..).unwrap_or_default());
            capitals &= !last.has_lower();
            let case = self.ask(first, capitals);
            if self.listed(hash, Use::Whole, case)
                || self.listed(hash, Use::First, case) && self.pair_goes_on(ahead + 1, hash)
            {
                return true;
            }
        }
        true
    }

    pub(super) fn may_begin_before_particle(&self, first: &Segment, case: Case) -> bool {
        let key = self.window.key(first, first);
        without_particle(key).any(|rest| self.listed(filter::hash(rest), Use::Whole, case))
    }
}

/// The filters of all layers, for skimming. A word passes only where [`Mentions::try_here`] would find
/// nothing.
pub(super) struct Beginnings<'a, 'g> {
    first: Filter<'g>,
    rest: &'a [Filter<'g>],
    mixed: bool,
}

impl<'a, 'g> Beginnings<'a, 'g> {
    /// `mixed` if capitals mean something in the text.
    pub(super) fn new(tables: &'a Tables<'g>, mixed: bool) -> Self {
        let (&first, rest) = tables.filters.split_first().unwrap_or((&Filter::NONE, &[]));
        Self { first, rest, mixed }
    }
}

impl Judge for Beginnings<'_, '_> {
    #[inline(always)]
    fn begins(&self, word: &PlainWord<'_>, hash: u64) -> Verdict {
        let small = self.mixed && word.first.small;
        if small
            && !self.first.may_begin_small(hash)
            && !self.rest.iter().any(|filter| filter.may_begin_small(hash))
        {
            return Verdict::No;
        }
        if (word.first.arabic || word.first.hebrew) && self.begins_after_proclitic(word) {
            return Verdict::Perhaps;
        }
        match self.may_begin(hash, Case::of_text(small, word.first.capitals)) {
            None => Verdict::No,
            Some(Use::Whole) => Verdict::Perhaps,
            Some(Use::First) => Verdict::Wait(hash),
        }
    }

    #[inline]
    fn goes_on(&self, before: u64, next: u64) -> Verdict {
        // The first word was asked for in its own case; what comes after is listed in any.
        let pair = filter::pair(before, next);
        match self.may_begin(pair, Case::Capital) {
            None => Verdict::No,
            Some(Use::Whole) => Verdict::Perhaps,
            Some(Use::First) => Verdict::Wait(pair),
        }
    }
}

impl Beginnings<'_, '_> {
    #[inline(always)]
    fn may_begin(&self, hash: u64, case: Case) -> Option<Use> {
        let mut first = self.first.may_begin(hash, case);
        for filter in self.rest {
            if first == Some(Use::Whole) {
                break;
            }
            first = filter.may_begin(hash, case).or(first);
        }
        first
    }

    /// True if a name may begin after a proclitic of the word.
    fn begins_after_proclitic(&self, word: &PlainWord<'_>) -> bool {
        let table = if word.first.arabic { tables::ARABIC } else { tables::HEBREW };
        let key = word.key();
        table.iter().any(|proclitic| {
            let Some(rest) = proclitic.strip(key) else { return false };
            self.may_begin(proclitic.hash(rest), Case::Capital).is_some()
        })
    }
}

/// What is left of a Korean word before each particle that it may end with.
pub(super) fn without_particle(key: &[u8]) -> impl Iterator<Item = &[u8]> {
    tables::KOREAN.iter().filter_map(move |particle| key.strip_suffix(particle.as_bytes()))
}
