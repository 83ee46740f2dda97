//! Whether scores mean what they say: of answers with a score about 0.8, eight in ten are right.

/// Bins of a reliability table.
const BINS: usize = 10;

/// Answers by their score, with how many were right.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Calibration {
    bins: [Bin; BINS],
}

/// The answers whose scores lie in one tenth of the range from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
#[non_exhaustive]
pub struct Bin {
    /// How many.
    pub count: u64,
    /// The sum of their scores.
    pub scores: f64,
    /// How many of them were right.
    pub right: u64,
}

impl Bin {
    /// Mean score; `None` without answers.
    pub fn score(&self) -> Option<f64> {
        (self.count > 0).then(|| self.scores / self.count as f64)
    }

    /// Share of right answers; `None` without answers.
    pub fn accuracy(&self) -> Option<f64> {
        (self.count > 0).then(|| self.right as f64 / self.count as f64)
    }
}

impl Calibration {
    /// Counts an answer. A score beyond 0 or 1 falls into the bin next to it.
    pub fn add(&mut self, score: f64, right: bool) {
        // A cast of no number, or of a negative one, is zero.
        let bin = ((score * BINS as f64) as usize).min(BINS - 1);
        if let Some(bin) = self.bins.get_mut(bin) {
            bin.count += 1;
            bin.scores += score;
            bin.right += u64::from(right);
        }
    }

    /// Adds what another one counted.
    pub fn merge(&mut self, other: &Self) {
        for (bin, other) in self.bins.iter_mut().zip(&other.bins) {
            bin.count += other.count;
            bin.scores += other.scores;
            bin.right += other.right;
        }
    }

    /// The reliability table: ten bins of equal width, lowest scores first.
    pub fn bins(&self) -> &[Bin] {
        &self.bins
    }

    /// The expected calibration error: how far mean score and share of right answers lie apart,
    /// averaged over the bins by their answers. `None` without answers.
    pub fn expected_error(&self) -> Option<f64> {
        let count: u64 = self.bins.iter().map(|bin| bin.count).sum();
        let apart: f64 = self.bins.iter().map(|bin| (bin.scores - bin.right as f64).abs()).sum();
        (count > 0).then(|| apart / count as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_that_say_how_often_they_are_right_have_no_error() {
        let mut calibration = Calibration::default();
        assert_eq!(calibration.expected_error(), None);
        for times in 0..8 {
            calibration.add(0.75, times < 6);
        }
        assert_eq!(calibration.expected_error(), Some(0.0));
        assert_eq!(calibration.bins()[7].accuracy(), Some(0.75));
        calibration.add(1.0, false);
        calibration.add(1.0, true);
        assert_eq!(calibration.bins()[9].count, 2);
        assert!((calibration.expected_error().unwrap() - 0.1).abs() < 1e-12);
        calibration.add(0.0, true);
        assert_eq!(calibration.bins()[0].score(), Some(0.0));
        let mut twice = calibration.clone();
        twice.merge(&calibration);
        assert_eq!(twice.expected_error(), calibration.expected_error());
    }

    #[test]
    fn each_bin_begins_at_its_tenth() {
        for (score, bin) in [(0.05, 0), (0.1, 1), (0.19, 1), (0.5, 5), (0.95, 9), (-1.0, 0)] {
            let mut calibration = Calibration::default();
            calibration.add(score, false);
            assert_eq!(calibration.bins().iter().position(|bin| bin.count > 0), Some(bin));
        }
    }
}
