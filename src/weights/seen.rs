//! What was seen of a candidate: the evidence that the weights weigh.
//!
//! In: one piece of evidence after the other. Out: all of them, and their sum by the weights.

use super::Feature;

/// What was seen of one candidate, and how strongly: whole, a bit for each, or in numbers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    whole: u128,
    /// A second time.
    again: u128,
    /// How strongly, of the [`GRADED`].
    grades: [f32; GRADED.len()],
}

/// What is seen in numbers.
const GRADED: [Feature; 10] = [
    Feature::Weight,
    Feature::Lighter,
    Feature::WrittenSmall,
    Feature::FollowsNames,
    Feature::AfterOrgWord,
    Feature::AfterName,
    Feature::BeforeName,
    Feature::Sport,
    Feature::Results,
    Feature::SameName,
];

/// Where each feature stands among the [`GRADED`]; of others, behind them.
const GRADES: [u8; Feature::ALL.len()] = {
    let mut grades = [GRADED.len() as u8; Feature::ALL.len()];
    let mut at = 0;
    while at < GRADED.len() {
        grades[GRADED[at] as usize] = at as u8;
        at += 1;
    }
    grades
};

const _: () = assert!(Feature::ALL.len() <= u128::BITS as usize);

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

    /// Takes in what may be seen twice, and then counts twice.
    #[inline]
    pub(crate) fn see_again(&mut self, feature: Feature) {
        self.again |= self.whole & feature.bit();
        self.whole |= feature.bit();
    }

    /// Adds how strongly one of the [`GRADED`] was seen.
    #[inline]
    pub(crate) fn grade(&mut self, feature: Feature, value: f32) {
        let grade = self.grades.get_mut(usize::from(GRADES[feature as usize]));
        debug_assert!(grade.is_some(), "{feature:?} is seen whole");
        if let Some(grade) = grade {
            *grade += value;
        }
    }

    /// Takes in all of `others` but `but`.
    #[inline]
    pub(crate) fn extend(&mut self, others: &Self, but: Option<Feature>) {
        let left_out = but.map_or(0, Feature::bit);
        self.whole |= others.whole & !left_out;
        self.again |= others.again & !left_out;
        for ((grade, &other), feature) in self.grades.iter_mut().zip(&others.grades).zip(GRADED) {
            *grade += if Some(feature) == but { 0.0 } else { other };
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
        let whole = [self.whole, self.again].into_iter().flat_map(|mut rest| {
            std::iter::from_fn(move || {
                let &feature = Feature::ALL.get(rest.trailing_zeros() as usize)?;
                rest &= rest - 1;
                Some((feature, 1.0))
            })
        });
        let graded = GRADED.into_iter().zip(self.grades);
        whole.chain(graded.filter(|&(_, value)| value != 0.0))
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
        let mut again = self.again;
        while let Some(weight) = weights.get(again.trailing_zeros() as usize) {
            score += weight;
            again &= again - 1;
        }
        for (feature, value) in GRADED.into_iter().zip(self.grades) {
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
        seen.see_again(Feature::Listed);
        assert_eq!(seen.score(&weights), 2.0);
        seen.grade(Feature::Weight, 0.5);
        assert_eq!(seen.score(&weights), 7.0);
        assert_eq!(seen.iter().count(), 3);
        let mut other = Seen::default();
        other.extend(&seen, Some(Feature::Listed));
        assert_eq!(other.score(&weights), 5.0);
    }

    #[test]
    fn the_score_is_the_sum_of_what_was_seen() {
        let mut weights = [0.0; Feature::ALL.len()];
        for (at, weight) in weights.iter_mut().enumerate() {
            *weight = (at * at % 17) as f32 - 8.0;
        }
        for step in 1..Feature::ALL.len() {
            let mut seen = Seen::default();
            Feature::ALL.iter().step_by(step).for_each(|&feature| seen.see(feature));
            seen.grade(Feature::Sport, step as f32);
            let told = seen.iter().map(|(feature, value)| weights[feature as usize] * value);
            assert_eq!(seen.score(&weights), told.sum::<f32>(), "{step}");
        }
    }
}
