//! The answers to one document, held against its gold.
//!
//! In: gold and answers. Out: a [`Verdict`] for every gold mention that counts and for every answer.
//!
//! A gold mention that is loose ([`GoldMention::is_loose`]) may be found or not. An adjective or
//! inhabitant among the answers counts where the gold has it and is ignored elsewhere. In Arabic,
//! Persian and Hebrew an answer that lacks only a proclitic at the start of a gold span is that
//! span's.

use std::collections::HashMap;

use super::gold::{GoldDocument, GoldMention, GoldType};
use super::{Answer, EvalOptions};
use crate::gazetteer::distance_km;
use crate::span::Span;

/// Kilometres within which a place is as good as found: a hundred miles, by custom.
const NEAR: f64 = 161.0;

/// What may be missing at the start of a place.
const PROCLITICS: [&str; 32] = [
    "و", "ف", "ب", "ك", "ل", "لل", "وال", "فال", "بال", "كال", "ال", "وب", "ول", "ولل", "فب", "فل",
    "وبال", "ו", "ה", "ב", "כ", "ל", "מ", "ש", "וב", "ול", "ומ", "וה", "שב", "של", "מה", "בה",
];

/// What is to be said of one gold mention, or of one answer that is no gold mention's.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Verdict<'a> {
    /// An answer has exactly the gold's span.
    Found {
        /// What was to be found.
        gold: &'a GoldMention,
        /// What was answered.
        answer: &'a Answer,
        /// Whether the entity is the right one; `None` if the gold has no id that tells.
        link: Option<bool>,
        /// The answer has an id of a vocabulary of the gold's: without one, its entity cannot be
        /// told to be wrong, though its link counts as wrong.
        comparable: bool,
        /// Whether the entity is the right one or lies near the gold's location; `None` if that is
        /// unknown.
        near: Option<bool>,
    },
    /// No answer has the gold's span.
    Missed {
        /// What was to be found.
        gold: &'a GoldMention,
        /// The gold has an id that would tell which entity is meant.
        linkable: bool,
        /// An answer overlaps it.
        overlapped: bool,
    },
    /// An answer has the span of no gold mention.
    False {
        /// What was answered.
        answer: &'a Answer,
        /// What it overlaps.
        touches: Touches,
    },
    /// An answer that is neither right nor wrong: on loose gold, or a demonym.
    Free {
        /// What was answered.
        answer: &'a Answer,
        /// What it overlaps.
        touches: Touches,
    },
}

impl Verdict<'_> {
    /// Whether the answer is right, as far as can be told: its entity by its ids, else by its
    /// location, else its span. `None` for a missed mention and for a free answer.
    pub fn is_right(&self) -> Option<bool> {
        match self {
            Self::Found { link, comparable, near, .. } => Some(match link {
                Some(right) if *right || *comparable => *right,
                _ => near.unwrap_or(true),
            }),
            Self::False { .. } => Some(false),
            Self::Missed { .. } | Self::Free { .. } => None,
        }
    }

    /// The probability that [`is_right`](Self::is_right) judges: of the entity, or, where only the span
    /// can be told, of any entity. `told`: the document's gold tells entities. `None` as there.
    pub fn claim(&self, told: bool) -> Option<f64> {
        match self {
            Self::Found { answer, link, comparable, near, .. } => Some(match link {
                Some(right) if *right || *comparable => answer.score,
                _ => near.map_or(answer.any, |_| answer.score),
            }),
            Self::False { answer, .. } => Some(if told { answer.score } else { answer.any }),
            Self::Missed { .. } | Self::Free { .. } => None,
        }
    }
}

/// What an answer overlaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touches {
    /// Gold that counts.
    Wanted,
    /// Loose gold only.
    Loose,
    /// No gold.
    Nothing,
}

/// Holds the answers to a document against its gold: gold mentions that count in the order of the
/// gold, then the other answers in their order. Of several mentions or answers with one span the
/// last counts. Costs their number and its logarithm.
pub fn judge<'a>(
    gold: &'a GoldDocument,
    answers: &'a [Answer],
    options: &EvalOptions,
) -> Vec<Verdict<'a>> {
    let (mut wanted, mut loose) = (Spans::default(), Spans::default());
    for mention in gold.mentions.iter().filter(|mention| gold.is_in_scope(mention.span)) {
        let wants = options.types.wants(mention.type_);
        if wants && !mention.is_loose() {
            wanted.insert(mention.span, mention);
        } else if wants || matches!(mention.type_, GoldType::Untyped | GoldType::PlaceOrGroup) {
            loose.insert(mention.span, mention);
        }
    }
    let mut got = Spans::default();
    for answer in answers.iter().filter(|answer| gold.is_in_scope(answer.span)) {
        if options.types.judges(answer.kind.entity_type()) {
            got.insert(answer.span, answer);
        }
    }
    if writes_proclitics(gold) {
        add_proclitics(gold, &wanted, &loose, &mut got);
    }
    let (over_wanted, over_loose, over_got) = (wanted.cover(), loose.cover(), got.cover());
    let mut verdicts = Vec::with_capacity(wanted.items.len());
    for &(span, mention) in &wanted.items {
        let linkable = options.comparable(mention).next().is_some();
        verdicts.push(match got.get(span) {
            Some(answer) => found(mention, answer, linkable, options),
            None => Verdict::Missed { gold: mention, linkable, overlapped: over_got.touches(span) },
        });
    }
    for &(span, answer) in got.items.iter().filter(|(span, _)| wanted.get(*span).is_none()) {
        let touches = match () {
            () if over_wanted.touches(span) => Touches::Wanted,
            () if over_loose.touches(span) => Touches::Loose,
            () => Touches::Nothing,
        };
        let free = answer.demonym || loose.get(span).is_some();
        verdicts.push(match free {
            true => Verdict::Free { answer, touches },
            false => Verdict::False { answer, touches },
        });
    }
    verdicts
}

fn found<'a>(
    gold: &'a GoldMention,
    answer: &'a Answer,
    linkable: bool,
    options: &EvalOptions,
) -> Verdict<'a> {
    let right = options.comparable(gold).any(|id| *id == answer.id || answer.ids.contains(id));
    let known = |id: &String| match id.split_once(':') {
        Some((prefix, _)) => std::iter::once(&answer.id)
            .chain(&answer.ids)
            .any(|other| other.split_once(':').is_some_and(|(known, _)| known == prefix)),
        None => true,
    };
    let comparable = options.comparable(gold).any(known);
    let near = gold.location.map(|place| {
        right || answer.location.is_some_and(|found| distance_km(place, found) <= NEAR)
    });
    Verdict::Found { gold, answer, link: linkable.then_some(right), comparable, near }
}

/// True if the text is in a language that writes proclitics with the word.
fn writes_proclitics(gold: &GoldDocument) -> bool {
    matches!(gold.lang.split('-').next(), Some("ar" | "fa" | "he"))
}

/// The gold mention that an answer with this span is: it may lack a proclitic that the gold has.
pub(crate) fn marked_at(gold: &GoldDocument, span: Span) -> Option<&GoldMention> {
    let lacking = |mention: &&GoldMention| {
        let before = gold.text.get(mention.span.start..span.start);
        mention.span.end == span.end && before.is_some_and(|before| PROCLITICS.contains(&before))
    };
    let longer = || gold.mentions.iter().rev().find(lacking);
    gold.mention_at(span).or_else(|| longer().filter(|_| writes_proclitics(gold)))
}

/// Gives answers that lack only a proclitic the span of the gold.
fn add_proclitics(
    gold: &GoldDocument,
    wanted: &Spans<&GoldMention>,
    loose: &Spans<&GoldMention>,
    got: &mut Spans<&Answer>,
) {
    let spans = wanted.items.iter().chain(&loose.items).map(|(span, _)| *span);
    let ends: HashMap<usize, Span> = spans.map(|span| (span.end, span)).collect();
    for place in 0..got.items.len() {
        let Some(&(span, _)) = got.items.get(place) else { continue };
        let Some(&full) = ends.get(&span.end) else { continue };
        let before = gold.text.get(full.start..span.start).unwrap_or_default();
        let free = wanted.get(span).is_none()
            && loose.get(span).is_none()
            && got.get(full).is_none()
            && PROCLITICS.contains(&before);
        if free {
            got.rename(place, full);
        }
    }
}

/// Things by their spans, in the order in which the spans came first.
struct Spans<T> {
    items: Vec<(Span, T)>,
    places: HashMap<Span, usize>,
}

impl<T> Default for Spans<T> {
    fn default() -> Self {
        Self { items: Vec::new(), places: HashMap::new() }
    }
}

impl<T: Copy> Spans<T> {
    fn insert(&mut self, span: Span, item: T) {
        let place = *self.places.entry(span).or_insert(self.items.len());
        match self.items.get_mut(place) {
            Some(known) => known.1 = item,
            None => self.items.push((span, item)),
        }
    }

    fn get(&self, span: Span) -> Option<T> {
        self.places.get(&span).and_then(|&place| self.items.get(place)).map(|(_, item)| *item)
    }

    /// Gives the thing at `place` another span, which must be free.
    fn rename(&mut self, place: usize, span: Span) {
        if let Some(item) = self.items.get_mut(place) {
            self.places.remove(&item.0);
            item.0 = span;
            self.places.insert(span, place);
        }
    }

    fn cover(&self) -> Cover {
        let mut spans: Vec<Span> = self.items.iter().map(|(span, _)| *span).collect();
        spans.sort_unstable();
        let mut farthest = 0;
        for span in &mut spans {
            farthest = farthest.max(span.end);
            span.end = farthest;
        }
        Cover { spans }
    }
}

/// What some spans cover.
struct Cover {
    /// Sorted by their starts; each reaches to the farthest end so far.
    spans: Vec<Span>,
}

impl Cover {
    /// True if one of the spans overlaps this one.
    fn touches(&self, span: Span) -> bool {
        let before = self.spans.partition_point(|other| other.start < span.end);
        let last = before.checked_sub(1).and_then(|last| self.spans.get(last));
        last.is_some_and(|last| last.end > span.start)
    }
}
