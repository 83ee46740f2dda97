//! Learning from a few judgements, starting from weights that many texts gave.
//!
//! In: samples and the weights to start from. Out: [`Adapted`]: weights that agree better with the
//! samples without straying far, and how well they do on judgements that they were not fitted to.
//!
//! Weights are pulled towards those of the start (a Gaussian prior around them). How strongly is
//! tried on parts of the samples, each held out in turn; if no strength helps there, the weights stay
//! as they are: a handful of judgements does no harm.

use super::{Example, Learner, Numbers, Sample, examples};
use crate::resolve::LEAST;
use crate::weights::{Feature, Weights};

/// What judgements changed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Adapted {
    /// The weights, those of the start where nothing was learned.
    pub weights: Weights,
    /// Mentions learned from. Names whose policy decides alone are not among them: strong ones, weak
    /// ones without support, decoys.
    pub mentions: usize,
    /// On mentions held out, by the weights of the start; `None` if there are too few to hold out.
    pub before: Option<HeldOut>,
    /// On the same mentions, by weights learned without them.
    pub after: Option<HeldOut>,
    /// Weights that changed, the most changed first: code, meaning, before and after.
    pub changes: Vec<(&'static str, &'static str, f64, f64)>,
}

/// How well mentions that were held out are told.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct HeldOut {
    /// The share that is decided as was judged.
    pub right: f64,
    /// The geometric mean of the probability given to what was judged right.
    pub likelihood: f64,
}

/// Parts that are held out in turn.
const FOLDS: usize = 5;

/// How strongly weights may be pulled to those of the start, the strongest first.
const PENALTIES: [f64; 5] = [256.0, 64.0, 16.0, 4.0, 1.0];

/// Weights that changed less are not told.
const TOLD: f64 = 0.005;

impl Learner {
    /// Learns from samples, starting at the weights of `start`: only those for a look with the
    /// document known change. Costs tagging the samples, and some twenty times what
    /// [`learn`](Self::learn) costs afterwards.
    pub fn adapt(&self, samples: &[Sample<'_>], start: &Weights) -> Adapted {
        let mut known: Vec<(usize, Example)> = Vec::new();
        for (number, sample) in samples.iter().enumerate() {
            let of_sample = examples(std::slice::from_ref(sample), start, true);
            known.extend(of_sample.into_iter().map(|example| (number, example)));
        }
        if samples.len() < 2 * FOLDS {
            // Too few documents to hold some out: single mentions.
            for (number, (part, _)) in known.iter_mut().enumerate() {
                *part = number;
            }
        }
        let mut adapted = Adapted {
            weights: start.clone(),
            mentions: known.len(),
            before: None,
            after: None,
            changes: Vec::new(),
        };
        if known.len() < 2 * FOLDS {
            return adapted;
        }
        let from = start.document.map(f64::from);
        let before = held_out(&known, |_| from);
        (adapted.before, adapted.after) = (Some(before), Some(before));
        let mut best = (before, None);
        for penalty in PENALTIES {
            let without = |fold| {
                let rest = known.iter().filter(move |(part, _)| part % FOLDS != fold);
                self.fit(rest.map(|(_, example)| example), &from, &[], penalty).0
            };
            let told = held_out(&known, without);
            if told.likelihood > best.0.likelihood {
                best = (told, Some(penalty));
            }
        }
        let (after, Some(penalty)) = best else { return adapted };
        adapted.after = Some(after);
        let (fitted, _) = self.fit(known.iter().map(|(_, example)| example), &from, &[], penalty);
        for ((feature, before), after) in Feature::ALL.iter().zip(from).zip(fitted) {
            if (after - before).abs() >= TOLD {
                adapted.changes.push((feature.name(), feature.text(), before, after));
            }
        }
        adapted.changes.sort_by(|one, other| {
            let size = |change: &(_, _, f64, f64)| (change.3 - change.2).abs();
            size(other).total_cmp(&size(one))
        });
        adapted.weights.document = fitted.map(|weight| weight as f32);
        adapted
    }
}

/// How well each part is told by the weights that `of` gives for it.
fn held_out(known: &[(usize, Example)], of: impl Fn(usize) -> Numbers) -> HeldOut {
    let (mut right, mut log_likelihood, mut all) = (0.0, 0.0, 0.0);
    for fold in 0..FOLDS {
        let weights = of(fold);
        for (_, example) in known.iter().filter(|(part, _)| part % FOLDS == fold) {
            let odds = example.odds(&weights);
            let sum = 1.0 + odds.iter().sum::<f64>();
            all += example.weight;
            log_likelihood += example.weight * (example.right(&odds) / sum).max(1e-12).ln();
            if example.is_right(&odds) {
                right += example.weight;
            }
        }
    }
    let all = f64::max(all, 1e-12);
    HeldOut { right: right / all, likelihood: (log_likelihood / all).exp() }
}

impl Example {
    /// True if resolving decides as is right.
    fn is_right(&self, odds: &[f64]) -> bool {
        let any: f64 = odds.iter().sum();
        if any / (1.0 + any) < f64::from(LEAST) {
            return self.nothing;
        }
        let candidates = self.candidates.iter().zip(odds);
        let best = candidates.reduce(|best, one| if one.1 > best.1 { one } else { best });
        best.is_some_and(|((_, right), _)| *right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::gold::{self, GoldDocument, GoldForm};
    use crate::gazetteer::Gazetteer;
    use crate::tag::Tagger;

    fn documents(lines: &str) -> Vec<GoldDocument> {
        gold::read(lines.as_bytes(), "en.txt", GoldForm::Annotated).unwrap()
    }

    fn adapt(documents: &[GoldDocument]) -> Adapted {
        let tagger = Tagger::new(Gazetteer::embedded()).unwrap();
        let samples: Vec<_> = documents
            .iter()
            .map(|document| Sample { tagger: &tagger, document, weight: 1.0 })
            .collect();
        Learner::default().adapt(&samples, Weights::shipped())
    }

    #[test]
    fn few_judgements_change_nothing() {
        let adapted = adapt(&documents("In [Mosul](mosul).\nNot in Mosul.\n"));
        assert_eq!((adapted.mentions, adapted.before), (2, None));
        assert_eq!(&adapted.weights, Weights::shipped());
    }

    #[test]
    fn judgements_that_agree_change_little_and_others_more() {
        let lines = |mosul: &str| {
            let cities = ["Mosul", "Paris", "Berlin", "Madrid", "Aleppo", "Cairo"];
            let line = |city: &&str| match mosul {
                "" => format!("It is a {city} thing, they say.\n"),
                _ => format!("They went to [{city}]({}) yesterday.\n", city.to_lowercase()),
            };
            cities.iter().cycle().take(60).map(line).collect::<String>()
        };
        let moved = |adapted: &Adapted| {
            adapted.changes.iter().map(|change| (change.3 - change.2).abs()).sum::<f64>()
        };
        let agreed = adapt(&documents(&lines("is")));
        let denied = adapt(&documents(&lines("")));
        let (before, after) = (denied.before.unwrap(), denied.after.unwrap());
        assert!(after.likelihood > before.likelihood && after.right >= before.right);
        assert!(moved(&denied) > moved(&agreed), "{denied:?} {agreed:?}");
        assert_eq!(denied.weights, adapt(&documents(&lines(""))).weights);
        let still = agreed.after.unwrap();
        assert!(still.likelihood >= agreed.before.unwrap().likelihood);
    }
}
