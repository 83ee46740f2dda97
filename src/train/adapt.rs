//! Learning from a few judgements, starting from weights that many texts gave.
//!
//! In: samples and the weights to start from. Out: [`Adapted`]: weights that agree better with the
//! samples without straying far, and how well they do on judgements that they were not fitted to.
//!
//! Weights are pulled towards those of the start (a Gaussian prior around them). How strongly is
//! tried on parts of the samples, each held out in turn; if no strength helps there, the weights stay
//! as they are: a handful of judgements does no harm. What is told of the result is nested: a part on
//! which it is measured had no say in the strength either (Stone 1974). How much to doubt is learned
//! from the parts, too: it was that of texts of other sorts.

use super::doubt::{Claim, doubt};
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
    /// On the same mentions, by weights learned, and a strength of learning chosen, without them; as
    /// before where nothing was learned.
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
    /// document known change. Costs tagging the samples, and some eighty times what
    /// [`learn`](Self::learn) costs afterwards.
    pub fn adapt(&self, samples: &[Sample<'_>], start: &Weights) -> Adapted {
        let mut all = Parts(Vec::new());
        let known = &mut all.0;
        for (number, sample) in samples.iter().enumerate() {
            let of_sample = examples(std::slice::from_ref(sample), start, true);
            known.extend(of_sample.into_iter().map(|example| (number % FOLDS, example)));
        }
        if samples.len() < 2 * FOLDS {
            // Too few documents to hold some out: single mentions.
            for (number, (part, _)) in known.iter_mut().enumerate() {
                *part = number % FOLDS;
            }
        }
        let mentions = known.len();
        let mut adapted = Adapted {
            weights: start.clone(),
            mentions,
            before: None,
            after: None,
            changes: Vec::new(),
        };
        if mentions < 2 * FOLDS {
            return adapted;
        }
        let from = start.document.map(f64::from);
        let before = all.told(&from);
        (adapted.before, adapted.after) = (Some(before), Some(before));
        let (penalty, after) = self.strength(&all, &from);
        let Some(penalty) = penalty.filter(|_| after.likelihood > before.likelihood) else {
            return adapted;
        };
        adapted.after = Some(after);
        let fitted = self.without(&all, &[], &from, penalty);
        let claims = (0..FOLDS).flat_map(|part| {
            let weights = self.without(&all, &[part], &from, penalty);
            all.claims(part, &weights)
        });
        let claims: Vec<Claim> = claims.collect();
        adapted.weights.doubt = doubt(&claims, Some(start.doubt())) as f32;
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

/// Examples, each in one of the parts that are held out.
struct Parts(Vec<(usize, Example)>);

/// Sums over examples: all, those decided right, and the logarithm of the likelihood.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    all: f64,
    right: f64,
    log_likelihood: f64,
}

impl Parts {
    /// How well all parts are told by the same weights.
    fn told(&self, weights: &Numbers) -> HeldOut {
        let parts = (0..FOLDS).map(|part| self.told_of(part, weights));
        parts.fold(Sums::default(), Sums::and).mean()
    }

    /// What these weights claim of one part.
    fn claims(&self, part: usize, weights: &Numbers) -> Vec<Claim> {
        let claim = |(_, example): &(usize, Example)| {
            let odds = example.odds(weights);
            let all = 1.0 + odds.iter().sum::<f64>();
            let chances = example.candidates.iter().zip(&odds);
            let chances = chances.map(|((_, right), odds)| (odds / all, *right));
            Claim::of(chances, example.nothing)
        };
        self.0.iter().filter(|(own, _)| *own == part).filter_map(claim).collect()
    }

    /// How well one part is told.
    fn told_of(&self, part: usize, weights: &Numbers) -> Sums {
        let mut sums = Sums::default();
        for (_, example) in self.0.iter().filter(|(own, _)| *own == part) {
            let odds = example.odds(weights);
            let sum = 1.0 + odds.iter().sum::<f64>();
            sums.all += example.weight;
            sums.log_likelihood += example.weight * (example.right(&odds) / sum).max(1e-12).ln();
            sums.right += example.weight * f64::from(u8::from(example.is_right(&odds)));
        }
        sums
    }
}

impl Sums {
    fn and(self, other: Self) -> Self {
        Self {
            all: self.all + other.all,
            right: self.right + other.right,
            log_likelihood: self.log_likelihood + other.log_likelihood,
        }
    }

    fn mean(self) -> HeldOut {
        let all = f64::max(self.all, 1e-12);
        HeldOut { right: self.right / all, likelihood: (self.log_likelihood / all).exp() }
    }
}

impl Learner {
    /// Weights near `from`, learned without the parts `left_out`.
    fn without(&self, all: &Parts, left_out: &[usize], from: &Numbers, penalty: f64) -> Numbers {
        let rest = all.0.iter().filter(|(part, _)| !left_out.contains(part));
        self.fit(rest.map(|(_, example)| example), from, &[], penalty).0
    }

    /// The penalty that told held-out parts best, or none if the weights of `from` did; and how well
    /// each part is told by weights of which neither it nor a penalty that it chose had a say.
    fn strength(&self, all: &Parts, from: &Numbers) -> (Option<f64>, HeldOut) {
        let unchanged: Vec<Sums> = (0..FOLDS).map(|part| all.told_of(part, from)).collect();
        let tried = PENALTIES.map(|penalty| self.tried(all, from, penalty));
        // The best for some parts, each told without itself and `without`.
        let best = |parts: &[usize], without: Option<usize>| {
            let sum = |told: &dyn Fn(usize) -> Sums| {
                parts.iter().map(|&part| told(part).log_likelihood).sum::<f64>()
            };
            let start = sum(&|part| unchanged.get(part).copied().unwrap_or_default());
            let mut best = (None, start);
            for tried in &tried {
                let likelihood = sum(&|part| tried.told(part, without.unwrap_or(part)));
                if likelihood > best.1 {
                    best = (Some(tried), likelihood);
                }
            }
            best.0
        };
        let mut sums = Sums::default();
        for (part, unchanged) in unchanged.iter().enumerate() {
            let others: Vec<usize> = (0..FOLDS).filter(|other| *other != part).collect();
            let chosen = best(&others, Some(part));
            sums = sums.and(chosen.map_or(*unchanged, |tried| tried.told(part, part)));
        }
        let every: Vec<usize> = (0..FOLDS).collect();
        (best(&every, None).map(|tried| tried.penalty), sums.mean())
    }

    /// Tries a penalty with every pair of parts left out, and every single one.
    fn tried(&self, all: &Parts, from: &Numbers, penalty: f64) -> Tried {
        let mut told = Vec::new();
        for one in 0..FOLDS {
            for other in one..FOLDS {
                let weights = self.without(all, &[one, other], from, penalty);
                told.push((one, other, all.told_of(one, &weights)));
                told.push((other, one, all.told_of(other, &weights)));
            }
        }
        Tried { penalty, told }
    }
}

/// How well parts are told with a penalty: which part, and which was left out beside it.
struct Tried {
    penalty: f64,
    told: Vec<(usize, usize, Sums)>,
}

impl Tried {
    /// How well a part is told by weights learned without it and `without`.
    fn told(&self, part: usize, without: usize) -> Sums {
        let found = self.told.iter().find(|told| (told.0, told.1) == (part, without));
        found.map(|told| told.2).unwrap_or_default()
    }
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
    fn a_name_is_marked_with_its_proclitic_or_without() {
        let read = |lang: &str| {
            let line = format!(
                r#"{{"lang":"{lang}","text":"عاش في بغداد ثم ذهب للموصل","mentions":[
                {{"start":7,"end":12,"type":"place"}},{{"start":20,"end":26,"type":"place"}}]}}"#
            );
            gold::read(line.replace('\n', " ").as_bytes(), "a.jsonl", GoldForm::Jsonl).unwrap()
        };
        let right = |documents: &[GoldDocument]| {
            let tagger = Tagger::new(Gazetteer::embedded()).unwrap();
            let samples = [Sample { tagger: &tagger, document: &documents[0], weight: 1.0 }];
            let examples = examples(&samples, Weights::shipped(), true);
            examples.iter().filter(|example| !example.nothing).count()
        };
        assert_eq!((right(&read("ar")), right(&read("ckb"))), (2, 1));
    }

    #[test]
    fn hints_of_a_document_count_as_when_it_is_tagged() {
        let mut documents = documents("In [Mosul](mosul).\nNot in Mosul.\n");
        documents[1].exclude.push("mosul".into());
        assert_eq!(adapt(&documents).mentions, 1);
        let sample = |document: &GoldDocument| {
            let tagger = Tagger::new(Gazetteer::embedded()).unwrap();
            let samples = [Sample { tagger: &tagger, document, weight: 1.0 }];
            let [example] = <[Example; 1]>::try_from(examples(&samples, Weights::shipped(), true))
                .unwrap_or_else(|_| panic!("one mention"));
            example.candidates[0].0.iter().any(|(seen, _)| *seen == Feature::Expected as u8)
        };
        assert!(!sample(&documents[0]));
        documents[0].expect.push("IQ".into());
        assert!(sample(&documents[0]));
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
        assert!(agreed.weights.doubt <= Weights::shipped().doubt, "{agreed:?}");
        let still = agreed.after.unwrap();
        assert!(still.likelihood >= agreed.before.unwrap().likelihood);
    }
}
