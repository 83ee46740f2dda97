//! What was seen of a candidate: the evidence that the weights weigh.
//!
//! In: one piece of evidence after the other. Out: all of them, and their sum by the weights.

use super::Feature;

/// What was seen of one candidate, and how strongly: once and whole, a bit for each, or in numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    whole: u128,
    /// What was seen in numbers: so many of these.
    count: usize,
    features: [Feature; MOST],
    values: [f32; MOST],
}

/// Most that is kept in numbers: ten features are graded, each once, and two may be seen again.
const MOST: usize = 16;

const _: () = assert!(Feature::ALL.len() <= u128::BITS as usize);

impl Default for Seen {
    fn default() -> Self {
        Self { whole: 0, count: 0, features: [Feature::Place; MOST], values: [0.0; MOST] }
    }
}

impl Seen {
    /// Takes in what was seen; that it was seen before changes nothing.
    #[inline]
    pub(crate) fn see(&mut self, feature: Feature) {
        self.see_if(true, feature);
    }

    /// The same if it `is` so.
    #[inline]
    pub(crate) fn see_if(&mut self, is: bool, feature: Feature) {
        self.whole |= u128::from(is) << feature as u8;
    }

    /// Takes in what may be seen several times, and counts each.
    #[inline]
    pub(crate) fn see_again(&mut self, feature: Feature) {
        if self.has(feature) {
            self.grade(feature, 1.0);
        }
        self.see(feature);
    }

    /// Takes in how strongly something was seen.
    #[inline]
    pub(crate) fn grade(&mut self, feature: Feature, value: f32) {
        if let (Some(slot), Some(number)) =
            (self.features.get_mut(self.count), self.values.get_mut(self.count))
        {
            (*slot, *number) = (feature, value);
            self.count += 1;
        }
    }

    /// Takes in all of `others` but `but`.
    #[inline]
    pub(crate) fn extend(&mut self, others: &Self, but: Option<Feature>) {
        let left_out = but.map_or(0, Feature::bit);
        self.whole |= others.whole & !left_out;
        for (feature, value) in others.graded() {
            if Some(feature) != but {
                self.grade(feature, value);
            }
        }
    }

    /// True if it was seen whole.
    #[inline]
    pub(crate) const fn has(&self, feature: Feature) -> bool {
        self.whole & feature.bit() != 0
    }

    /// All that was seen.
    #[inline]
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Feature, f32)> + '_ {
        let mut rest = self.whole;
        let whole = std::iter::from_fn(move || {
            let &feature = Feature::ALL.get(rest.trailing_zeros() as usize)?;
            rest &= rest - 1;
            Some((feature, 1.0))
        });
        whole.chain(self.graded())
    }

    /// What was seen in numbers.
    #[inline]
    fn graded(&self) -> impl Iterator<Item = (Feature, f32)> + '_ {
        self.features.iter().copied().zip(self.values).take(self.count)
    }

    /// The score by these weights.
    #[inline]
    pub(crate) fn score(&self, weights: &[f32; Feature::ALL.len()]) -> f32 {
        let mut score = 0.0;
        let (low, high) = weights.split_at(64);
        for (mut rest, weights) in [(self.whole as u64, low), ((self.whole >> 64) as u64, high)] {
            while let Some(weight) = weights.get(rest.trailing_zeros() as usize) {
                score += weight;
                rest &= rest - 1;
            }
        }
        for (feature, value) in self.graded() {
            score += weights[feature as usize] * value;
        }
        score
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_adds_up() {
        let mut seen = Seen::default();
        let mut weights = [0.0; Feature::ALL.len()];
        (weights[Feature::Listed as usize], weights[Feature::Weight as usize]) = (1.0, 10.0);
        seen.see_again(Feature::Listed);
        assert_eq!(seen.score(&weights), 1.0);
        for _ in 1..MOST {
            seen.see_again(Feature::Listed);
        }
        seen.grade(Feature::Weight, 0.5);
        assert_eq!(seen.score(&weights), MOST as f32 + 5.0);
        assert_eq!(seen.iter().count(), MOST + 1);
        let mut other = Seen::default();
        other.extend(&seen, Some(Feature::Listed));
        assert_eq!(other.score(&weights), 5.0);
    }
}
