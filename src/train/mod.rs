//! Beside the walk: learning how much each piece of evidence tells, from marked texts.
//!
//! In: [`GoldDocument`]s and a tagger. Out: the table of weights that resolving reads, learned from
//! nothing ([`Learner::learn`]) or from another table, which few marks change little
//! ([`Learner::adapt`]; [`judgements`] reads what somebody found right and wrong). Plain text tells
//! how words are used ([`Tagger::count_words`]).
//!
//! Twice the conditional log-likelihood of the marked meanings is brought to its maximum, with a
//! quadratic penalty on the weights: once with what is seen of a mention by itself, then with the
//! rest of the document known as far as the first weights tell it. The model is that of a
//! multinomial logistic regression over the candidates and *nothing listed* (McFadden 1974); its
//! probabilities are calibrated as far as the texts are like those learned from.
//!
//! Deterministic: the same texts in the same order give the same table.

mod adapt;
mod counts;
mod doubt;
pub mod judgements;

use crate::eval::gold::{GoldDocument, GoldMention, GoldType};
use crate::eval::marked_at;
use crate::gazetteer::{EntityKey, distance_km};
use crate::record::{EntityType, Kind};
use crate::resolve::{Lookout, Observed, Open, observe};
use crate::tag::{Mention, Tagger};
use crate::weights::{Feature, Weights};

pub use adapt::{Adapted, HeldOut};
pub use counts::WordCounts;
pub use doubt::Source;

/// All weights of one look.
type Numbers = [f64; Feature::ALL.len()];

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
    /// How much [`learn`](Self::learn) dislikes large weights.
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
    /// Answers to held-out sources that told how much to doubt; without any, nothing is doubted.
    pub held_out: usize,
}

impl Learned {
    /// The table of weights, after a comment.
    pub fn table(&self, comment: &str) -> String {
        self.weights.table(comment)
    }

    /// The share by which probabilities are made smaller.
    pub fn doubt(&self) -> f64 {
        self.weights.doubt()
    }
}

/// Weights that are not learned. Marked texts are full of homonyms chosen for their difficulty: how
/// much the heavier of two namesakes is the likelier in ordinary text they do not tell. This one
/// makes the odds grow with about the third root of the weights' ratio. Neither do they tell how much
/// the very characters of one namesake are worth, or accents that no name has (Quitó el sombrero): few
/// languages in them write marks.
/// A given name right before, or after one that is itself a given name, means a person, whatever the
/// few persons in the texts are called. Where the region after a name says which place is meant, the
/// others of this name are not, however great; an acronym that the text explains means that. No text
/// comes with hints. The shipped table has no counts of words: what those of other tables tell was
/// tried by hand, on Arabic, French and Spanish.
const HELD: [(Feature, f64); 10] = [
    (Feature::Lighter, -5.0),
    (Feature::Exact, 0.2),
    (Feature::AddedMarks, -2.0),
    (Feature::AfterGivenName, -5.0),
    (Feature::GivenBeforeName, -5.0),
    (Feature::Expected, 3.0),
    (Feature::WrittenSmall, -1.0),
    (Feature::FollowsNames, -2.0),
    (Feature::OtherSense, -4.0),
    (Feature::OtherAcronym, -6.0),
];

/// Kilometres within which a place without comparable ids is taken for the marked one.
const SAME_PLACE: f64 = 50.0;

/// One mention: what was seen of its candidates, and which may be right.
struct Example {
    candidates: Vec<(Vec<(u8, f32)>, bool)>,
    /// Nothing listed may be right.
    nothing: bool,
    weight: f64,
}

/// Which candidates a mention may mean, and whether it may mean nothing listed.
struct Meant {
    right: Vec<bool>,
    nothing: bool,
    /// An entity is marked, but no candidate is it: of the list, not of the evidence.
    unlisted: bool,
}

impl From<Vec<bool>> for Meant {
    /// Nothing listed, where no candidate is right.
    fn from(right: Vec<bool>) -> Self {
        Self { nothing: !right.contains(&true), right, unlisted: false }
    }
}

impl Learner {
    /// Learns from samples. Costs tagging them twice, and some hundred passes over what was seen.
    /// The counts of words of the first sample's tagger go into the table.
    pub fn learn(&self, samples: &[Sample<'_>]) -> Learned {
        let mut weights = Weights::none();
        if let Some(first) = samples.first() {
            weights.uses.clone_from(&first.tagger.weights.uses);
        }
        let mut start = [0.0; Feature::ALL.len()];
        for (feature, weight) in HELD {
            start[feature as usize] = weight;
        }
        let held = HELD.map(|(feature, _)| feature);
        let alone = examples(samples, &weights, false);
        let (alone, _) = self.fit(&alone, &start, &held, self.penalty);
        weights.alone = alone.map(|weight| weight as f32);
        let examples = examples(samples, &weights, true);
        let (document, likelihood) = self.fit(&examples, &start, &held, self.penalty);
        weights.document = document.map(|weight| weight as f32);
        Learned { weights, mentions: examples.len(), likelihood, held_out: 0 }
    }

    /// The weights that make the examples likeliest without straying far from `start`, and the mean
    /// probability they give to them (Adam: Kingma and Ba 2015, over all examples at once). What is
    /// `held` stays.
    fn fit<'e>(
        &self,
        examples: impl IntoIterator<Item = &'e Example> + Clone,
        start: &Numbers,
        held: &[Feature],
        penalty: f64,
    ) -> (Numbers, f64) {
        let mut weights = *start;
        let none = [0.0_f64; Feature::ALL.len()];
        let (mut first, mut second, mut likelihood) = (none, none, 0.0);
        let counted = examples.clone().into_iter().map(|example| example.weight);
        let all = counted.sum::<f64>().max(1.0);
        for step in 1..=self.steps {
            let mut gradient = none;
            let mut log_likelihood = 0.0;
            for example in examples.clone() {
                log_likelihood += example.climb(&weights, &mut gradient);
            }
            likelihood = (log_likelihood / all).exp();
            let rate = 0.1 * (1.0 - step as f64 / (self.steps + 1) as f64);
            for (at, feature) in Feature::ALL.iter().enumerate() {
                if held.contains(feature) {
                    continue;
                }
                let slope = (gradient[at] - penalty * (weights[at] - start[at])) / all;
                first[at] = 0.9 * first[at] + 0.1 * slope;
                second[at] = 0.999 * second[at] + 0.001 * slope * slope;
                let [one, other] = [0.9_f64, 0.999].map(|decay| 1.0 - decay.powi(step as i32));
                weights[at] += rate * (first[at] / one) / ((second[at] / other).sqrt() + 1e-9);
            }
        }
        (weights, likelihood)
    }
}

impl Example {
    /// The odds of each candidate against nothing listed.
    fn odds(&self, weights: &Numbers) -> Vec<f64> {
        let odds = |seen: &[(u8, f32)]| {
            let told = seen.iter().filter_map(|&(feature, value)| {
                Some(weights.get(usize::from(feature))? * f64::from(value))
            });
            told.sum::<f64>().clamp(-30.0, 30.0).exp()
        };
        self.candidates.iter().map(|(seen, _)| odds(seen)).collect()
    }

    /// The odds of all that may be right.
    fn right(&self, odds: &[f64]) -> f64 {
        let right = self.candidates.iter().zip(odds).filter(|((_, right), _)| *right);
        right.map(|(_, odds)| odds).sum::<f64>() + if self.nothing { 1.0 } else { 0.0 }
    }

    /// Adds the slope of the example's log-likelihood; returns that.
    fn climb(&self, weights: &Numbers, gradient: &mut Numbers) -> f64 {
        let odds = self.odds(weights);
        let all = 1.0 + odds.iter().sum::<f64>();
        let right = self.right(&odds);
        for ((seen, is_right), odds) in self.candidates.iter().zip(&odds) {
            let wanted = if *is_right { odds / right.max(1e-12) } else { 0.0 };
            let pull = self.weight * (wanted - odds / all);
            for &(feature, value) in seen {
                if let Some(slope) = gradient.get_mut(usize::from(feature)) {
                    *slope += pull * f64::from(value);
                }
            }
        }
        self.weight * (right / all).max(1e-12).ln()
    }
}

/// Looks at every sample; with the whole document known if `document`, else at each mention alone.
fn examples(samples: &[Sample<'_>], weights: &Weights, document: bool) -> Vec<Example> {
    let mut examples = Vec::new();
    for sample in samples {
        look(sample, weights, |mention, observed| {
            if let Observed::Open(open) = observed
                && let Some(meant) = meant(sample, mention, open).filter(|meant| !meant.unlisted)
            {
                examples.extend(example(open, &meant, document, sample.weight));
            }
        });
    }
    examples
}

/// Gives every mention of a sample to `see`, with what is seen of it.
fn look(sample: &Sample<'_>, weights: &Weights, mut see: impl FnMut(&Mention, &Observed<'_>)) {
    let mut lookout = Lookout::new(sample.tagger, sample.document.document());
    let mut surrounded = lookout.look();
    let observed = observe(sample.tagger, &lookout.document, &mut surrounded, weights);
    for (mention, observed) in surrounded.mentions.iter().zip(observed.iter()) {
        see(mention, &observed);
    }
}

fn example(open: &Open<'_>, meant: &Meant, document: bool, weight: f64) -> Option<Example> {
    let weighed = open.candidates.iter().zip(&meant.right).filter(|(weighed, _)| {
        !document || weighed.support.is_some() || !weighed.candidate.is_weak()
    });
    let candidates: Vec<_> = weighed
        .map(|(weighed, &right)| {
            let seen = weighed.seen.iter();
            let seen = seen.filter(|(feature, _)| document || !feature.is_of_document());
            (seen.map(|(feature, value)| (feature as u8, value)).collect(), right)
        })
        .collect();
    // Of what is right, all may have been held back.
    let nothing = meant.nothing || !candidates.iter().any(|(_, right)| *right);
    (!candidates.is_empty()).then_some(Example { candidates, nothing, weight })
}

/// Which candidates a mention means by its marks; `None` where they do not tell.
fn meant(sample: &Sample<'_>, mention: &Mention, open: &Open<'_>) -> Option<Meant> {
    let gold = sample.document;
    if !gold.is_in_scope(mention.span)
        || open.candidates.iter().any(|weighed| weighed.candidate.is_strong())
    {
        return None;
    }
    let keys =
        open.candidates.iter().map(|weighed| (weighed.candidate.entity, weighed.candidate.kind));
    let Some(marked) = marked_at(gold, mention.span) else {
        let span = mention.span;
        if gold.only_marked {
            return None;
        }
        let loose = gold.mentions.iter().any(|marked| {
            let meets = marked.span.start < span.end && span.start < marked.span.end;
            meets && marked.is_loose()
        });
        return (!loose).then(|| vec![false; open.candidates.len()].into());
    };
    if marked.is_loose() {
        return None;
    }
    if marked.wrong {
        let right = keys.map(|(key, kind)| !is_meant(sample.tagger, key, kind, marked));
        return Some(Meant { right: right.collect(), nothing: true, unlisted: false });
    }
    let Some(fitting) = fitting(open, marked) else {
        return Some(vec![false; open.candidates.len()].into());
    };
    let right: Vec<bool> = keys
        .zip(&fitting)
        .map(|((key, kind), fits)| *fits && is_meant(sample.tagger, key, kind, marked))
        .collect();
    if right.contains(&true) {
        return Some(right.into());
    }
    if marked.ids.is_empty() && marked.location.is_none() {
        // No id tells which: any of the type.
        return fitting.contains(&true).then(|| fitting.into());
    }
    Some(Meant { right, nothing: true, unlisted: true })
}

/// Which candidates are of the marked type; `None` if it is neither place nor group.
fn fitting(open: &Open<'_>, marked: &GoldMention) -> Option<Vec<bool>> {
    let wanted = match marked.type_ {
        GoldType::Place => |type_: EntityType| type_ == EntityType::Place,
        GoldType::Group => |type_: EntityType| type_ == EntityType::Group,
        GoldType::PlaceOrGroup => |_: EntityType| true,
        _ => return None,
    };
    let types = open.candidates.iter().map(|one| one.candidate.kind.entity_type());
    Some(types.map(wanted).collect())
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
        let candidates = vec![(vec![(feature, 1.0)], right)];
        Example { candidates, nothing: !right, weight: 1.0 }
    }

    #[test]
    fn what_goes_with_right_answers_weighs_for_them() {
        let mut examples: Vec<_> = (0..40).map(|_| example(1, true)).collect();
        examples.extend((0..40).map(|_| example(2, false)));
        examples.extend((0..40).map(|at| example(3, at % 4 == 0)));
        let learner = Learner::default();
        let start = [0.0; Feature::ALL.len()];
        let (weights, likelihood) = learner.fit(&examples, &start, &[], 0.1);
        assert!(weights[1] > 2.0 && weights[2] < -2.0, "{weights:?}");
        // Right in one of four: odds of one to three.
        assert!((weights[3] + 3.0_f64.ln()).abs() < 0.1, "{}", weights[3]);
        assert!(likelihood > 0.7 && likelihood < 0.9);
        assert_eq!(weights, learner.fit(&examples, &start, &[], 0.1).0);
        // Near another table, and what is held at it.
        let start = [0.5; Feature::ALL.len()];
        let (near, _) = learner.fit(&examples, &start, &[Feature::ALL[2]], 500.0);
        assert!(near[1] > 0.5 && near[1] < 0.7 && near[2] == 0.5 && near[0] == 0.5, "{near:?}");
    }
}
