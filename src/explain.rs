//! Why a span was tagged or not, and which row of which list says so.
//!
//! In: a [`Document`]. Out: an [`Explanation`]: every listed name that has the key of some span of
//! the text, with what came of it, and the resolved mentions.

use crate::gazetteer::Name;
use crate::normalize::Normalizer;
use crate::resolve::{self, Tagged};
use crate::span::Span;
use crate::tag::{Document, Mention, Mentions, Mismatch, Tagger};

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
    /// The decision.
    pub tagged: Tagged,
}

impl<'g> Tagger<'g> {
    /// Tags `document`, keeping every listed name that was tried on the way. Names inside a longer
    /// accepted one are not tried. Costs more than [`tag`](Self::tag).
    pub fn explain<'t>(&self, document: impl Into<Document<'t>>) -> Explanation<'g> {
        let document = document.into();
        let mut scan = Mentions::new(self, &document).noting_attempts();
        let mentions: Vec<Mention> = scan.by_ref().collect();
        let mut trials: Vec<Trial<'g>> = Vec::new();
        for attempt in scan.attempts() {
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
        Explanation { trials, tagged: resolve::resolve(self, &document, mentions) }
    }
}

/// What a span's text is to the normalizer and the lists.
pub fn key_of(text: &str) -> String {
    Normalizer::new().key(text).into_owned()
}
