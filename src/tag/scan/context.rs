//! How a mention is written: capitals, and whether it begins a sentence.
//!
//! In: a mention's first segment and its shape. Out: its [`Context`], which resolving weighs.

use super::*;

impl<'g> Mentions<'_, 'g> {
    /// How the mention that `first` begins is written.
    pub(super) fn context(&mut self, first: &Segment, shape: &Shape) -> Context {
        Context {
            capitalized: shape.is_capitalized() || !shape.is_cased(),
            small: shape.is_cased() && !shape.is_capitalized() && self.case == TextCase::Mixed,
            all_upper: shape.all_upper(),
            cased: shape.is_cased(),
            inside_sentence: self.inside_sentence(first),
        }
    }

    /// True if the segment does not begin a sentence or a quotation.
    pub(super) fn inside_sentence(&mut self, first: &Segment) -> bool {
        let mut gap = first.gap;
        if gap == Gap::Apostrophe
            && let Some(before) = self.window.before()
        {
            gap = before.gap;
        }
        match gap {
            Gap::Start | Gap::Break => false,
            Gap::DotSpace => self.window.before().is_some_and(|before| {
                tables::holds(tables::ABBREVIATIONS, self.window.key(&before, &before))
            }),
            Gap::Mark(mark) => {
                !matches!(mark, '!' | '?' | ':' | '…' | '"' | '“' | '„' | '«' | '»' | '‹')
            }
            _ => true,
        }
    }
}
