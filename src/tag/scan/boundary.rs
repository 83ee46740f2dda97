//! Where names may begin and end, and which gaps they may cross.
//!
//! In: segments and what stands between them. Out: whether a name may run on, begin or end there.

use super::*;

impl<'g> Mentions<'_, 'g> {
    /// May a name run from one segment into the next?
    pub(super) fn crossing(&self, before: &Segment, after: &Segment) -> Option<Crossing> {
        match after.gap {
            Gap::Start | Gap::Break => None,
            // "Iraqi's" is not the listed "Iraqis", but "McDonald's" is itself.
            Gap::Apostrophe
                if tables::holds(tables::POSSESSIVES, self.window.key(after, after)) =>
            {
                Some(Crossing::Listed)
            }
            Gap::None | Gap::Apostrophe => Some(Crossing::Joined),
            Gap::Dot if after.gap.joins(before, after) => Some(Crossing::Joined),
            Gap::Dash | Gap::Space => Some(Crossing::Apart),
            Gap::DotSpace if self.is_abbreviation(before) => Some(Crossing::Apart),
            Gap::Dot if self.is_abbreviation(before) && after.is_capitalized() => {
                Some(Crossing::Apart)
            }
            Gap::Dot | Gap::DotSpace | Gap::Mark(_) => Some(Crossing::Listed),
        }
    }

    /// True if a full stop after `segment` need not end a sentence.
    pub(super) fn is_abbreviation(&self, segment: &Segment) -> bool {
        let key = self.window.key(segment, segment);
        segment.is_single() && segment.is_capitalized() || tables::holds(tables::ABBREVIATIONS, key)
    }

    /// True if a name may begin at the first segment, after what stands before it.
    pub(super) fn boundary_before(&mut self, first: &Segment) -> bool {
        let before = match first.gap {
            Gap::Apostrophe | Gap::Dot => self.window.before(),
            // A number or another script may touch a name, a hash sign too.
            _ => None,
        };
        before.is_none_or(|before| match first.gap {
            // After a proclitic set off by gershayim, or after an elided particle.
            Gap::Apostrophe => tables::holds(tables::ELISIONS, self.window.key(&before, &before)),
            _ => !first.gap.joins(&before, first),
        })
    }

    /// True if a name may end with the segment `ahead`, before what stands after it.
    pub(super) fn boundary_after(&mut self, ahead: usize, segment: &Segment) -> bool {
        if !self.window.peek(ahead).is_some_and(|word| word.may_join()) {
            return true;
        }
        let Some(after) = self.window.get(ahead + 1) else { return true };
        match after.gap {
            Gap::Apostrophe => {
                let key = self.window.key(&after, &after);
                tables::holds(tables::POSSESSIVES, key)
                    || self.turkic
                        && (!after.is_capitalized() || !after.has_lower() && !segment.has_lower())
                        && tables::holds(tables::TURKIC_SUFFIXES, key)
            }
            Gap::Dot => !after.gap.joins(segment, &after),
            _ => true,
        }
    }

    /// The end of the mention, with the last dot of a dotted acronym.
    pub(super) fn with_last_dot(&mut self, end: &End) -> usize {
        if end.particle || end.segments < 2 || self.text.as_bytes().get(end.end) != Some(&b'.') {
            return end.end;
        }
        let last = self.window.get(end.segments - 1);
        let dotted =
            self.window.get(end.segments - 2).zip(last).is_some_and(|(before, last)| {
                last.gap == Gap::Dot && last.gap.joins(&before, &last)
            });
        if dotted { end.end + 1 } else { end.end }
    }

    /// Bytes of a full stop after the span with which the listed name ends (Calif.).
    pub(super) fn trailing_dot(&self, span: Span, candidates: &[Candidate]) -> usize {
        const LONGEST: usize = 8;
        if span.len() > LONGEST || self.text.as_bytes().get(span.end) != Some(&b'.') {
            return 0;
        }
        let listed = candidates.iter().any(|candidate| {
            let name = self.tagger.name(candidate).map(|name| name.text()).unwrap_or_default();
            name.find('.').is_some_and(|dot| dot + 1 == name.len())
        });
        usize::from(listed)
    }

    /// Bytes of an apostrophe before the span with which the listed name begins ('s-Hertogenbosch).
    pub(super) fn leading_apostrophe(&self, span: Span, candidates: &[Candidate]) -> usize {
        let before = self.text.get(..span.start).and_then(|before| before.chars().next_back());
        let Some(mark) = before.filter(|&char| crate::normalize::plain(char) == Some('\'')) else {
            return 0;
        };
        let listed = candidates.iter().any(|candidate| {
            let name = self.tagger.name(candidate).map(|name| name.text()).unwrap_or_default();
            name.chars().next().and_then(crate::normalize::plain) == Some('\'')
        });
        if listed { mark.len_utf8() } else { 0 }
    }
}

impl Crossing {
    /// What stands in the key between the segments.
    pub(super) fn separator(&self, after: &Segment) -> &'static str {
        match self {
            Self::Joined => "",
            Self::Listed if after.gap == Gap::Apostrophe => "",
            Self::Apart | Self::Listed => " ",
        }
    }
}

/// How a name crosses a gap.
pub(super) enum Crossing {
    /// Keys stand together.
    Joined,
    /// A space in the key.
    Apart,
    /// Only names that are listed with the same mark; a space in the key unless it is an apostrophe.
    Listed,
}
