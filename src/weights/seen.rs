//! What was seen of a candidate: the evidence that the weights weigh.
//!
//! In: one piece of evidence after the other. Out: all of them, or those until some time, and their
//! sum by the weights.

use smallvec::SmallVec;

use super::Feature;

/// What was seen of one candidate, and how strongly: once and whole, a bit for each, or in numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    whole: u128,
    graded: SmallVec<[(Feature, f32); 3]>,
}

/// How much had been seen at some time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mark {
    whole: u128,
    graded: usize,
}

const _: () = assert!(Feature::ALL.len() <= u128::BITS as usize);

impl Seen {
    /// Takes in what was seen once more.
    #[inline]
    pub(crate) fn see(&mut self, feature: Feature) {
        if self.has(feature) {
            self.graded.push((feature, 1.0));
        }
        self.whole |= feature.bit();
    }

    /// The same if it `is` so.
    #[inline]
    pub(crate) fn see_if(&mut self, is: bool, feature: Feature) {
        if is {
            self.see(feature);
        }
    }

    /// Takes in how strongly something was seen.
    #[inline]
    pub(crate) fn grade(&mut self, feature: Feature, value: f32) {
        self.graded.push((feature, value));
    }

    /// Takes in all of `others` but `but`.
    #[inline]
    pub(crate) fn extend(&mut self, others: &Self, but: Option<Feature>) {
        let left_out = but.map_or(0, Feature::bit);
        self.whole |= others.whole & !left_out;
        let graded = others.graded.iter();
        self.graded.extend(graded.filter(|(feature, _)| Some(*feature) != but).copied());
    }

    /// True if it was seen whole.
    #[inline]
    pub(crate) const fn has(&self, feature: Feature) -> bool {
        self.whole & feature.bit() != 0
    }

    /// How much has been seen so far.
    #[inline]
    pub(crate) fn mark(&self) -> Mark {
        Mark { whole: self.whole, graded: self.graded.len() }
    }

    /// All that was seen.
    #[inline]
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Feature, f32)> + '_ {
        self.until(self.mark())
    }

    /// What had been seen at the time of `mark`.
    #[inline]
    pub(crate) fn until(&self, mark: Mark) -> impl Iterator<Item = (Feature, f32)> + '_ {
        let mut rest = mark.whole;
        let whole = std::iter::from_fn(move || {
            let &feature = Feature::ALL.get(rest.trailing_zeros() as usize)?;
            rest &= rest - 1;
            Some((feature, 1.0))
        });
        whole.chain(self.graded.iter().take(mark.graded).copied())
    }

    /// The score by these weights.
    #[inline]
    pub(crate) fn score(&self, weights: &[f32; Feature::ALL.len()]) -> f32 {
        let mut score = 0.0;
        let mut rest = self.whole;
        while let Some(weight) = weights.get(rest.trailing_zeros() as usize) {
            score += weight;
            rest &= rest - 1;
        }
        for &(feature, value) in &self.graded {
            score += weights[feature as usize] * value;
        }
        score
    }
}
