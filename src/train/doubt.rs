//! How much to doubt even sure answers: what no evidence tells.
//!
//! In: answers to marked texts that their weights were not learned from ([`Claim`]s). Out: the share
//! of sure answers that is wrong.
//!
//! Of answers that all evidence speaks for, some are wrong in every text of another sort: places that
//! no list has, errors of lists and marks, sorts of text that nobody learned from. More evidence does
//! not make them fewer, so that no slope over the odds tells them (Platt 1999 has one). One number
//! does: every probability is made smaller by the same share, and the order of all stays.

use super::{Learned, Learner, Meant, Sample, fitting, look};
use crate::eval::gold::{GoldMention, GoldType};
use crate::eval::marked_at;
use crate::gazetteer::EntityKey;
use crate::record::Kind;
use crate::resolve::{LEAST, Observed, Open};
use crate::tag::Tagger;
use crate::weights::Weights;

/// Texts of one sort, to be learned from and held out together.
#[derive(Clone)]
#[non_exhaustive]
pub struct Source<'a> {
    /// The texts.
    pub samples: Vec<Sample<'a>>,
    /// They were written to be learned from: how sure answers to other texts are, they do not tell.
    pub written: bool,
}

impl<'a> Source<'a> {
    /// Texts that somebody wrote for readers.
    pub fn new(samples: Vec<Sample<'a>>) -> Self {
        Self { samples, written: false }
    }

    /// The same, `written` to be learned from or not.
    #[must_use]
    pub fn written(self, written: bool) -> Self {
        Self { written, ..self }
    }
}

/// An answer to a marked text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Claim {
    /// The probability that was given to it.
    chance: f64,
    right: bool,
}

impl Learner {
    /// Learns from all sources together, and how much to doubt: every source that was not written to
    /// be learned from is held out in turn, and answered by what the others teach. Costs what
    /// [`learn`](Self::learn) does for each source, and once more.
    pub fn learn_from(&self, sources: &[Source<'_>]) -> Learned {
        let all: Vec<Sample<'_>> =
            sources.iter().flat_map(|source| source.samples.iter().copied()).collect();
        let mut learned = self.learn(&all);
        if sources.len() < 2 {
            return learned;
        }
        let mut claims = Vec::new();
        for (held_out, source) in sources.iter().enumerate().filter(|(_, source)| !source.written) {
            let others = sources.iter().enumerate().filter(|(other, _)| *other != held_out);
            let others: Vec<Sample<'_>> =
                others.flat_map(|(_, other)| other.samples.iter().copied()).collect();
            let weights = self.learn(&others).weights;
            claims.extend(source.samples.iter().flat_map(|sample| claims_of(sample, &weights)));
        }
        learned.weights.doubt = doubt(&claims, None) as f32;
        learned.held_out = claims.len();
        learned
    }
}

/// The answers that are given to a text by these weights, as far as its marks tell whether they are
/// right.
fn claims_of(sample: &Sample<'_>, weights: &Weights) -> Vec<Claim> {
    let mut claims = Vec::new();
    look(sample, weights, |mention, observed| {
        let Observed::Open(open) = observed else { return };
        let marked = marked_at(sample.document, mention.span);
        let best = open.best().filter(|best| !best.candidate.is_weak() || best.support.is_some());
        // Adjectives are marked in few texts.
        let Some(best) = best.filter(|best| marked.is_some() || !best.candidate.is_demonym())
        else {
            return;
        };
        let meant = super::meant(sample, mention, open);
        let meant = match marked {
            Some(marked) if meant.as_ref().is_some_and(|meant| meant.unlisted) => {
                // Here a country's team is the country; who marks the team says nothing of that.
                let country = best.candidate.kind == Kind::Country;
                if country && marked.type_ == GoldType::Group {
                    return;
                }
                match is_comparable(sample.tagger, best.candidate.entity, marked) {
                    true => meant,
                    // Only the span can be judged.
                    false => fitting(open, marked).map(Meant::from),
                }
            }
            _ => meant,
        };
        claims.extend(meant.and_then(|meant| answer(open, &meant)));
    });
    claims
}

/// True if an entity would have an id that is marked, or lie there, if it were meant.
fn is_comparable(tagger: &Tagger<'_>, key: EntityKey, marked: &GoldMention) -> bool {
    let entity = tagger.entity(key);
    let ids = entity.ids();
    let known = |marked: &String| match marked.split_once(':') {
        Some((vocabulary, _)) => {
            ids.iter().any(|id| id.split_once(':').is_some_and(|(own, _)| own == vocabulary))
        }
        None => true,
    };
    marked.ids.iter().any(known) || marked.location.is_some() && entity.location().is_some()
}

fn answer(open: &Open<'_>, meant: &Meant) -> Option<Claim> {
    let chances = open.candidates.iter().zip(&meant.right);
    Claim::of(chances.map(|(one, right)| (f64::from(one.chance), *right)), meant.nothing)
}

impl Claim {
    /// What is claimed by probabilities of candidates, each right or not; `None` if that is that none
    /// of them is meant.
    pub(super) fn of(
        chances: impl Iterator<Item = (f64, bool)> + Clone,
        nothing: bool,
    ) -> Option<Self> {
        let any: f64 = chances.clone().map(|(chance, _)| chance).sum();
        let (chance, right) =
            chances.clone().reduce(|best, one| if one.0 > best.0 { one } else { best })?;
        // Nothing, or any but one: it is not told what is right.
        if any < f64::from(LEAST) || right && nothing {
            return None;
        }
        // Where the marks do not tell which, any of them.
        let rights = chances.filter(|(_, right)| *right).map(|(chance, _)| chance);
        Some(Self { chance: if right { rights.sum() } else { chance }, right })
    }
}

/// The largest share that is taken away.
const MOST: f64 = 0.5;

/// So many sure answers are as good as what is known before.
const KNOWN: f64 = 50.0;

/// The share by which probabilities have to be made smaller for the claims to be likeliest. `known`
/// is what was thought of it before.
pub(super) fn doubt(claims: &[Claim], known: Option<f64>) -> f64 {
    let known = known.map_or([0.0; 2], |doubt| [KNOWN * (1.0 - doubt), KNOWN * doubt]);
    // The likelihood has one maximum: its slope falls.
    let slope = |doubt: f64| -> f64 {
        let rights = -1.0 / (1.0 - doubt);
        let slope_of = |claim: &Claim| match claim.right {
            true => rights,
            false => claim.chance / (1.0 - claim.chance * (1.0 - doubt)).max(1e-9),
        };
        let known = known[0] * rights + known[1] / doubt.max(1e-9);
        known + claims.iter().map(slope_of).sum::<f64>()
    };
    let (mut low, mut high) = (0.0, MOST);
    for _ in 0..40 {
        let middle = (low + high) / 2.0;
        if slope(middle) > 0.0 { low = middle } else { high = middle }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::gold::{self, GoldDocument, GoldForm};
    use crate::gazetteer::Gazetteer;

    fn claims(chance: f64, right: usize, wrong: usize) -> Vec<Claim> {
        let claim = |right| Claim { chance, right };
        let all = std::iter::repeat_n(claim(true), right);
        all.chain(std::iter::repeat_n(claim(false), wrong)).collect()
    }

    #[test]
    fn probabilities_shrink_to_the_share_that_is_right() {
        let told = |claims: &[Claim]| doubt(claims, None);
        assert!((told(&claims(1.0, 90, 10)) - 0.1).abs() < 1e-6);
        assert!((told(&claims(0.8, 72, 28)) - 0.1).abs() < 1e-6);
        // Not sure enough already, and never more than half.
        assert!(told(&claims(0.8, 95, 5)) < 1e-6 && told(&[]) < 1e-6);
        assert!((told(&claims(0.9, 1, 99)) - MOST).abs() < 1e-6);
        // Few claims change little of what is known.
        let known = |claims: &[Claim]| doubt(claims, Some(0.06));
        assert!((known(&[]) - 0.06).abs() < 1e-6);
        assert!((known(&claims(1.0, 10, 0)) - 3.0 / 60.0).abs() < 1e-6);
    }

    #[test]
    fn what_is_claimed_is_the_best_or_all_that_may_be_right() {
        let of = |chances: &[(f64, bool)], nothing| {
            let claim = Claim::of(chances.iter().copied(), nothing)?;
            Some((claim.chance, claim.right))
        };
        assert_eq!(of(&[(0.25, false), (0.5, true)], false), Some((0.5, true)));
        assert_eq!(of(&[(0.25, true), (0.5, true)], false), Some((0.75, true)));
        assert_eq!(of(&[(0.25, true), (0.5, false)], false), Some((0.5, false)));
        assert_eq!(of(&[(0.25, false), (0.5, false)], true), Some((0.5, false)));
        assert_eq!(of(&[(0.25, true), (0.125, false)], false), None);
        assert_eq!(of(&[(0.25, false), (0.5, true)], true), None);
        assert_eq!(of(&[], true), None);
    }

    #[test]
    fn what_others_teach_is_doubted_as_far_as_it_fails() {
        let read = |text: &str| gold::read(text.as_bytes(), "en.txt", GoldForm::Annotated).unwrap();
        let taught =
            read(&"They live in [Mosul](mosul) now.\nOff to [Paris](paris) again.\n".repeat(20));
        let same = read(&"They live in [Mosul](mosul) again.\n".repeat(20));
        let other =
            read(&"They live in [Mosul](mosul) again.\nThey live in Mosul forever.\n".repeat(10));
        let tagger = Tagger::new(Gazetteer::embedded()).unwrap();
        let of = |documents| Source::new(samples_of(&tagger, documents));
        let learn = |sources: &[Source<'_>]| Learner::default().learn_from(sources);
        let agreed = learn(&[of(&taught).written(true), of(&same)]);
        let denied = learn(&[of(&taught).written(true), of(&other)]);
        assert_eq!((agreed.held_out, denied.held_out), (20, 20));
        assert!(agreed.weights.doubt < 0.01 && denied.weights.doubt > 0.3, "{denied:?}");
        let alone = learn(&[of(&other)]);
        assert_eq!((alone.held_out, alone.weights.doubt), (0, 0.0));
    }

    fn samples_of<'a>(tagger: &'a Tagger<'a>, documents: &'a [GoldDocument]) -> Vec<Sample<'a>> {
        documents.iter().map(|document| Sample { tagger, document, weight: 1.0 }).collect()
    }
}
