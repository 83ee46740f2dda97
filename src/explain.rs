//! Why a span was tagged or not, and which row of which list says so.
//!
//! In: a [`Document`]. Out: an [`Explanation`]: every listed name that has the key of some span of
//! the text, with what came of it, and the resolved mentions.

use crate::gazetteer::{EntityKey, Name};
use crate::normalize::Normalizer;
use crate::resolve::{self, Lookout, Observations, Observed, Tagged};
use crate::span::Span;
use crate::tag::{Document, Mention, Mismatch, Tagger};
use crate::weights::{Feature, Weights};

/// A listed name that has the key of a span.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Trial<'g> {
    /// The span, in bytes.
    pub span: Span,
    /// The name.
    pub name: Name<'g>,
    /// The id of its entity.
    pub id: String,
    /// Why the name does not meet the text, if it does not.
    pub refused: Option<Mismatch>,
}

/// What the tagger tried in a text, and what it decided.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Explanation<'g> {
    /// Names tried, in order of their spans.
    pub trials: Vec<Trial<'g>>,
    /// What was seen of each candidate of each mention that was decided on, in order.
    pub weighed: Vec<Weighing>,
    /// The decision.
    pub tagged: Tagged,
}

/// A candidate on the scales.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Weighing {
    /// The mention, in bytes.
    pub span: Span,
    /// The candidate.
    pub entity: EntityKey,
    /// Its probability.
    pub chance: f64,
    /// What was seen: a word for programs, the same for people, and what it added to the logarithm
    /// of the odds. What tells most comes first.
    pub seen: Vec<(&'static str, &'static str, f64)>,
}

impl<'g> Tagger<'g> {
    /// Tags `document`, keeping every listed name that was tried on the way. Names inside a longer
    /// accepted one are not tried. Costs more than [`tag`](Self::tag).
    pub fn explain<'t>(&self, document: impl Into<Document<'t>>) -> Explanation<'g> {
        let mut lookout = Lookout::new(self, document.into());
        lookout.scan = lookout.scan.noting_attempts();
        let mut surrounded = lookout.look();
        let mut trials: Vec<Trial<'g>> = Vec::new();
        for attempt in lookout.scan.take_attempts() {
            let Some(&view) = self.layers.views().get(usize::from(attempt.layer)) else { continue };
            let name = Name { view, row: attempt.row };
            let index = view.row(attempt.row).map_or(0, |row| row.entity.get());
            trials.push(Trial {
                span: attempt.span,
                name,
                id: view.id(index),
                refused: attempt.refused,
            });
        }
        trials.sort_by_key(|trial| (trial.span.start, std::cmp::Reverse(trial.span.end)));
        let weights = self.weights;
        let observed = resolve::observe(self, &lookout.document, &mut surrounded, weights);
        let mentions = surrounded.mentions;
        let weighed = weigh(&mentions, &observed, weights);
        Explanation { trials, weighed, tagged: resolve::resolve(self, mentions, &observed) }
    }
}

/// The candidates of all mentions with their evidence.
fn weigh(mentions: &[Mention], observed: &Observations, weights: &Weights) -> Vec<Weighing> {
    let open =
        mentions.iter().zip(observed.iter()).filter_map(|(mention, observed)| match observed {
            Observed::Open(open) => Some((mention.span, open)),
            Observed::Refused(..) => None,
        });
    open.flat_map(|(span, open)| {
        open.candidates.iter().map(move |weighed| {
            let told = |(feature, value): (Feature, f32)| {
                let told = weights.document[feature as usize] * value;
                (feature.name(), feature.text(), f64::from(told))
            };
            let mut seen: Vec<_> = weighed.seen.iter().map(told).collect();
            seen.sort_by(|one, other| other.2.abs().total_cmp(&one.2.abs()));
            let (entity, chance) = (weighed.candidate.entity, f64::from(weighed.chance));
            Weighing { span, entity, chance, seen }
        })
    })
    .collect()
}

/// What a span's text is to the normalizer and the lists.
pub fn key_of(text: &str) -> String {
    Normalizer::new().key(text).into_owned()
}
