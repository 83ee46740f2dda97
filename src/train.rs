//! Beside the walk: learning how much each piece of evidence tells, from marked texts.
//!
//! In: [`GoldDocument`]s and a tagger. Out: the table of weights that resolving reads. Twice the
//! conditional log-likelihood of the marked meanings is brought to its maximum, with a quadratic
//! penalty on the weights: once with what is seen of a mention by itself, then with the rest of the
//! document known as far as the first weights tell it. The model is that of a multinomial logistic
//! regression over the candidates and *nothing listed* (McFadden 1974); its probabilities are
//! calibrated as far as the texts are like those learned from.
//!
//! Deterministic: the same texts in the same order give the same table.

use crate::eval::gold::{GoldDocument, GoldMention, GoldType};
use crate::gazetteer::{EntityKey, distance_km};
use crate::record::{EntityType, Kind};
use crate::resolve::{Feature, Observed, Open, Weights, observe};
use crate::tag::{Document, Mention, Mentions, Tagger};

/// Learns weights of evidence.
///
/// ```
/// use exonym::eval::gold::{self, GoldForm};
/// use exonym::train::{Learner, Sample};
/// use exonym::{Gazetteer, Tagger};
///
/// let tagger = Tagger::new(Gazetteer::embedded())?;
/// let marked = "Fire in [Mosul](mosul).\nMr Paris spoke.\n";
/// let documents = gold::read(marked.as_bytes(), "en.txt", GoldForm::Annotated)?;
/// let samples: Vec<Sample> =
///     documents.iter().map(|document| Sample { tagger: &tagger, document, weight: 1.0 }).collect();
/// let table = Learner::default().learn(&samples).table("of two sentences");
/// assert!(table.starts_with("# of two sentences"));
/// # Ok::<(), exonym::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Learner {
    /// How much large weights are disliked.
    pub penalty: f64,
    /// Steps towards the maximum.
    pub steps: usize,
}

impl Default for Learner {
    fn default() -> Self {
        Self { penalty: 6.0, steps: 600 }
    }
}

/// A marked text to learn from.
#[derive(Clone, Copy)]
pub struct Sample<'a> {
    /// Finds its mentions.
    pub tagger: &'a Tagger<'a>,
    /// The text, and what is marked in it.
    pub document: &'a GoldDocument,
    /// How much its mentions count.
    pub weight: f64,
}

/// What was learned.
#[derive(Clone, Debug)]
pub struct Learned {
    weights: Weights,
    /// Mentions learned from.
    pub mentions: usize,
    /// Mean probability that was given to what is marked.
    pub likelihood: f64,
}

impl Learned {
    /// The table of weights, after a comment.
    pub fn table(&self, comment: &str) -> String {
        self.weights.write(comment)
    }
}

/// Weights that are not learned. Marked texts are full of homonyms chosen for their difficulty: how
/// much the heavier of two namesakes is the likelier in ordinary text they do not tell. This one
/// makes the odds grow with about the third root of the weights' ratio. Neither do they tell how much
/// the very characters of one namesake are worth: few languages in them write marks.
/// A given name right before, or after one that is itself a given name, means a person, whatever the
/// few persons in the texts are called. Where the region after a name says which place is meant, the
/// others of this name are not, however great; an acronym that the text explains means that.
const HELD: [(Feature, f64); 6] = [
    (Feature::Lighter, -5.0),
    (Feature::Exact, 0.2),
    (Feature::AfterGivenName, -5.0),
    (Feature::GivenBeforeName, -5.0),
    (Feature::OtherSense, -4.0),
    (Feature::OtherAcronym, -6.0),
];

/// Kilometres within which a place without comparable ids is taken for the marked one.
const SAME_PLACE: f64 = 50.0;

/// One mention: what was seen of its candidates, and which are right. Nothing listed is right where
/// none is.
struct Example {
    candidates: Vec<(Vec<(u8, f32)>, bool)>,
    weight: f64,
}

impl Learner {
    /// Learns from samples. Costs tagging them twice, and some hundred passes over what was seen.
    pub fn learn(&self, samples: &[Sample<'_>]) -> Learned {
        let mut weights = Weights::none();
        (weights.alone, _) = self.fit(&examples(samples, &weights, false));
        let examples = examples(samples, &weights, true);
        let (document, likelihood) = self.fit(&examples);
        weights.document = document;
        Learned { weights, mentions: examples.len(), likelihood }
    }

    /// The weights that make the examples likeliest, and the mean probability they give to them
    /// (Adam: Kingma and Ba 2015, over all examples at once).
    fn fit(&self, examples: &[Example]) -> ([f32; Feature::ALL.len()], f64) {
        const SIZE: usize = Feature::ALL.len();
        let mut weights = [0.0_f64; SIZE];
        for (feature, weight) in HELD {
            weights[feature as usize] = weight;
        }
        let (mut first, mut second) = ([0.0_f64; SIZE], [0.0_f64; SIZE]);
        let mut likelihood = 0.0;
        let all: f64 = examples.iter().map(|example| example.weight).sum::<f64>().max(1.0);
        for step in 1..=self.steps {
            let mut gradient = [0.0_f64; SIZE];
            let mut log_likelihood = 0.0;
            for example in examples {
                log_likelihood += example.climb(&weights, &mut gradient);
            }
            likelihood = (log_likelihood / all).exp();
            for (feature, weight) in HELD {
                // Its slope against its dislike of large weights is none.
                gradient[feature as usize] = self.penalty * weight;
            }
            let rate = 0.1 * (1.0 - step as f64 / (self.steps + 1) as f64);
            for at in 0..SIZE {
                let slope = (gradient[at] - self.penalty * weights[at]) / all;
                first[at] = 0.9 * first[at] + 0.1 * slope;
                second[at] = 0.999 * second[at] + 0.001 * slope * slope;
                let [one, other] = [0.9_f64, 0.999].map(|decay| 1.0 - decay.powi(step as i32));
                weights[at] += rate * (first[at] / one) / ((second[at] / other).sqrt() + 1e-9);
            }
        }
        (weights.map(|weight| weight as f32), likelihood)
    }
}

impl Example {
    /// Adds the slope of the example's log-likelihood; returns that.
    fn climb(&self, weights: &[f64], gradient: &mut [f64]) -> f64 {
        let score = |seen: &[(u8, f32)]| {
            let told = seen.iter().filter_map(|&(feature, value)| {
                Some(weights.get(usize::from(feature))? * f64::from(value))
            });
            told.sum::<f64>().clamp(-30.0, 30.0).exp()
        };
        let odds: Vec<f64> = self.candidates.iter().map(|(seen, _)| score(seen)).collect();
        let all = 1.0 + odds.iter().sum::<f64>();
        let right = self.candidates.iter().zip(&odds).filter(|((_, right), _)| *right);
        let right: f64 = right.map(|(_, odds)| odds).sum();
        let nothing = !self.candidates.iter().any(|(_, right)| *right);
        for ((seen, is_right), odds) in self.candidates.iter().zip(&odds) {
            let wanted = if *is_right { odds / right.max(1e-12) } else { 0.0 };
            let pull = self.weight * (wanted - odds / all);
            for &(feature, value) in seen {
                if let Some(slope) = gradient.get_mut(usize::from(feature)) {
                    *slope += pull * f64::from(value);
                }
            }
        }
        let likelihood: f64 = if nothing { 1.0 / all } else { right / all };
        self.weight * likelihood.max(1e-12).ln()
    }
}

/// Looks at every sample; with the whole document known if `document`, else at each mention alone.
fn examples(samples: &[Sample<'_>], weights: &Weights, document: bool) -> Vec<Example> {
    let mut examples = Vec::new();
    for sample in samples {
        let gold = sample.document;
        let text = Document::new(&gold.text).lang(&gold.lang).date(gold.date).sense();
        let mentions: Vec<Mention> = Mentions::new(sample.tagger, &text).collect();
        let observed = observe(sample.tagger, &text, &mentions, weights);
        for (mention, observed) in mentions.iter().zip(&observed) {
            if let Observed::Open(open) = observed
                && let Some(right) = meant(sample, mention, open)
            {
                examples.extend(example(open, &right, document, sample.weight));
            }
        }
    }
    examples
}

fn example(open: &Open, right: &[bool], document: bool, weight: f64) -> Option<Example> {
    let weighed = open.candidates.iter().zip(right).filter(|(weighed, _)| {
        !document || weighed.support.is_some() || !weighed.candidate.is_weak()
    });
    let candidates: Vec<_> = weighed
        .map(|(weighed, &right)| {
            let until = if document { weighed.seen.mark() } else { weighed.own };
            (
                weighed.seen.until(until).map(|(feature, value)| (feature as u8, value)).collect(),
                right,
            )
        })
        .collect();
    (!candidates.is_empty()).then_some(Example { candidates, weight })
}

/// Which candidates a mention means by its marks; `None` where they do not tell.
fn meant(sample: &Sample<'_>, mention: &Mention, open: &Open) -> Option<Vec<bool>> {
    let gold = sample.document;
    if !gold.is_in_scope(mention.span)
        || open.candidates.iter().any(|weighed| weighed.candidate.is_strong())
    {
        return None;
    }
    let keys =
        open.candidates.iter().map(|weighed| (weighed.candidate.entity, weighed.candidate.kind));
    let Some(marked) = gold.mention_at(mention.span) else {
        let span = mention.span;
        let loose = gold.mentions.iter().any(|marked| {
            let meets = marked.span.start < span.end && span.start < marked.span.end;
            meets && marked.is_loose()
        });
        return (!loose).then(|| vec![false; open.candidates.len()]);
    };
    if marked.is_loose() {
        return None;
    }
    let wanted = match marked.type_ {
        GoldType::Place => |type_: EntityType| type_ == EntityType::Place,
        GoldType::Group => |type_: EntityType| type_ == EntityType::Group,
        GoldType::PlaceOrGroup => |_: EntityType| true,
        _ => return Some(vec![false; open.candidates.len()]),
    };
    let fitting: Vec<bool> = keys.clone().map(|(_, kind)| wanted(kind.entity_type())).collect();
    let right: Vec<bool> = keys
        .zip(&fitting)
        .map(|((key, kind), fits)| *fits && is_meant(sample.tagger, key, kind, marked))
        .collect();
    if right.contains(&true) {
        return Some(right);
    }
    // No id tells which: any of the type.
    (marked.ids.is_empty() && marked.location.is_none() && fitting.contains(&true))
        .then_some(fitting)
}

fn is_meant(tagger: &Tagger<'_>, key: EntityKey, kind: Kind, marked: &GoldMention) -> bool {
    let entity = tagger.entity(key);
    if marked.ids.contains(&entity.id()) || entity.ids().iter().any(|id| marked.ids.contains(id)) {
        return true;
    }
    kind != Kind::Country
        && entity
            .location()
            .zip(marked.location)
            .is_some_and(|(one, other)| distance_km(one, other) < SAME_PLACE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(feature: u8, right: bool) -> Example {
        Example { candidates: vec![(vec![(feature, 1.0)], right)], weight: 1.0 }
    }

    #[test]
    fn what_goes_with_right_answers_weighs_for_them() {
        let mut examples: Vec<_> = (0..40).map(|_| example(1, true)).collect();
        examples.extend((0..40).map(|_| example(2, false)));
        examples.extend((0..40).map(|at| example(3, at % 4 == 0)));
        let learner = Learner { penalty: 0.1, ..Learner::default() };
        let (weights, likelihood) = learner.fit(&examples);
        assert!(weights[1] > 2.0 && weights[2] < -2.0, "{weights:?}");
        // Right in one of four: odds of one to three.
        assert!((weights[3] + 3.0_f32.ln()).abs() < 0.1, "{}", weights[3]);
        assert!(likelihood > 0.7 && likelihood < 0.9);
        assert_eq!(weights, learner.fit(&examples).0);
    }
}
