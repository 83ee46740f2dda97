//! Verdicts, counted.
//!
//! In: gold documents with their answers. Out: [`Figures`]: a [`Tally`] of everything, and one for
//! each file, language, class and kind; calibration; the commonest errors with an example each.

use std::collections::BTreeMap;

use super::calibration::Calibration;
use super::gold::GoldDocument;
use super::judge::{Touches, Verdict, judge};
use super::{Answer, EvalOptions};
use crate::output::one_line;
use crate::record::Kind;
use crate::span::Span;

/// Characters of text shown on each side of an error.
const CONTEXT: usize = 40;

/// Counts, and the figures that follow from them. A figure without anything to count is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Tally {
    /// Documents.
    pub documents: u64,
    /// Gold mentions.
    pub gold: u64,
    /// Of these, found with exactly their span.
    pub found: u64,
    /// Of these, overlapped by an answer.
    pub overlapped: u64,
    /// Answers, without free ones.
    pub answers: u64,
    /// Of these, with exactly the span of a gold mention.
    pub right: u64,
    /// Answers that overlap a gold mention.
    pub overlapping: u64,
    /// Answers that overlap no gold at all.
    pub astray: u64,
    /// Gold mentions with an id that tells which entity is meant.
    pub linkable: u64,
    /// Of these, found with exactly their span.
    pub linked: u64,
    /// Of these, with the right entity.
    pub link_right: u64,
    /// Gold mentions with a location.
    pub located: u64,
    /// Of these, found with exactly their span and the right entity or one within 161 km.
    pub near: u64,
}

impl Tally {
    /// Share of answers that have the span of a gold mention.
    pub fn precision(&self) -> Option<f64> {
        ratio(self.right, self.answers)
    }

    /// Share of gold mentions whose span was answered.
    pub fn recall(&self) -> Option<f64> {
        ratio(self.found, self.gold)
    }

    /// Harmonic mean of precision and recall.
    pub fn f1(&self) -> Option<f64> {
        harmonic(self.precision(), self.recall())
    }

    /// Share of answers that overlap a gold mention; those that overlap only loose gold are left
    /// out.
    pub fn overlap_precision(&self) -> Option<f64> {
        ratio(self.overlapping, self.overlapping + self.astray)
    }

    /// Share of gold mentions that an answer overlaps.
    pub fn overlap_recall(&self) -> Option<f64> {
        ratio(self.overlapped, self.gold)
    }

    /// Harmonic mean of both.
    pub fn overlap_f1(&self) -> Option<f64> {
        harmonic(self.overlap_precision(), self.overlap_recall())
    }

    /// Share of right entities among those answered for linkable gold.
    pub fn link_precision(&self) -> Option<f64> {
        ratio(self.link_right, self.linked)
    }

    /// Share of linkable gold that was found with the right entity.
    pub fn link_recall(&self) -> Option<f64> {
        ratio(self.link_right, self.linkable)
    }

    /// Share of located gold that was found with the right entity or one within 161 km: what was
    /// missed is wrong.
    pub fn near_share(&self) -> Option<f64> {
        ratio(self.near, self.located)
    }

    /// Counts what the verdict says of gold.
    fn add_gold(&mut self, verdict: &Verdict<'_>) {
        let mut count = |linkable: bool, located: bool| {
            self.gold += 1;
            self.linkable += u64::from(linkable);
            self.located += u64::from(located);
        };
        match verdict {
            Verdict::Found { link, near, .. } => {
                count(link.is_some(), near.is_some());
                self.found += 1;
                self.overlapped += 1;
                self.linked += u64::from(link.is_some());
                self.link_right += u64::from(*link == Some(true));
                self.near += u64::from(*near == Some(true));
            }
            Verdict::Missed { gold, linkable, overlapped } => {
                count(*linkable, gold.location.is_some());
                self.overlapped += u64::from(*overlapped);
            }
            Verdict::False { .. } | Verdict::Free { .. } => {}
        }
    }

    /// Counts what the verdict says of an answer.
    fn add_answer(&mut self, verdict: &Verdict<'_>) {
        match verdict {
            Verdict::Found { .. } => {
                self.answers += 1;
                self.right += 1;
                self.overlapping += 1;
            }
            Verdict::False { touches, .. } => {
                self.answers += 1;
                self.overlapping += u64::from(*touches == Touches::Wanted);
                self.astray += u64::from(*touches == Touches::Nothing);
            }
            Verdict::Free { touches, .. } => {
                self.overlapping += u64::from(*touches == Touches::Wanted);
            }
            Verdict::Missed { .. } => {}
        }
    }
}

fn ratio(part: u64, all: u64) -> Option<f64> {
    (all > 0).then(|| part as f64 / all as f64)
}

/// Of precision and recall. Where nothing was answered, nothing was found: zero.
fn harmonic(precision: Option<f64>, recall: Option<f64>) -> Option<f64> {
    match (precision, recall) {
        (Some(one), Some(other)) if one + other > 0.0 => Some(2.0 * one * other / (one + other)),
        (_, Some(0.0)) => Some(0.0),
        _ => None,
    }
}

/// How often one error was made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorCount {
    /// The text of the span.
    pub surface: String,
    /// The entity that was answered, by id and display form; empty for missed gold.
    pub answer: (String, String),
    /// Ids of the gold, joined by blanks; empty but for wrong links.
    pub gold: String,
    /// How often.
    pub count: u64,
    /// The first, on one line, with its surface in brackets.
    pub context: String,
}

/// Errors by surface, answer's id and gold's ids, with the answer's name, count and context.
type Errors = BTreeMap<(String, String, String), (String, u64, String)>;

/// What one file shows.
#[derive(Clone, Debug, Default)]
struct Set {
    tally: Tally,
    calibration: Calibration,
}

/// All figures. The same documents in the same order give the same figures.
#[derive(Clone, Debug)]
pub struct Figures {
    options: EvalOptions,
    all: Tally,
    sets: BTreeMap<String, Set>,
    langs: BTreeMap<String, Tally>,
    classes: BTreeMap<String, Tally>,
    kinds: BTreeMap<Option<Kind>, Tally>,
    missed: Errors,
    false_answers: Errors,
    wrong_links: Errors,
    /// First id of the gold and id of the answer, of found spans.
    pairs: BTreeMap<(String, String), u64>,
}

impl Figures {
    /// Nothing counted yet.
    pub fn new(options: EvalOptions) -> Self {
        Self {
            options,
            all: Tally::default(),
            sets: BTreeMap::new(),
            langs: BTreeMap::new(),
            classes: BTreeMap::new(),
            kinds: BTreeMap::new(),
            missed: Errors::new(),
            false_answers: Errors::new(),
            wrong_links: Errors::new(),
            pairs: BTreeMap::new(),
        }
    }

    /// Judges and counts the answers to a document of the file `set`.
    pub fn add(&mut self, set: &str, gold: &GoldDocument, answers: &[Answer]) {
        let verdicts = judge(gold, answers, &self.options);
        let set = self.sets.entry(set.to_owned()).or_default();
        let lang = self.langs.entry(gold.lang.clone()).or_default();
        let class = self.classes.entry(gold.class.clone()).or_default();
        for tally in [&mut self.all, &mut set.tally, lang, class] {
            tally.documents += 1;
            for verdict in &verdicts {
                tally.add_gold(verdict);
                tally.add_answer(verdict);
            }
        }
        let told = gold.mentions.iter().any(|one| !one.ids.is_empty() || one.location.is_some());
        for verdict in &verdicts {
            if let Some((claim, right)) = verdict.claim(told).zip(verdict.is_right()) {
                set.calibration.add(claim, right);
            }
        }
        for verdict in &verdicts {
            self.add_kind(verdict);
            self.add_error(gold, verdict);
        }
    }

    /// Gold counts for its own kind, an answer for its own.
    fn add_kind(&mut self, verdict: &Verdict<'_>) {
        if let Verdict::Found { gold, .. } | Verdict::Missed { gold, .. } = verdict {
            self.kinds.entry(gold.kind).or_default().add_gold(verdict);
        }
        if let Verdict::Found { answer, .. }
        | Verdict::False { answer, .. }
        | Verdict::Free { answer, .. } = verdict
        {
            self.kinds.entry(Some(answer.kind)).or_default().add_answer(verdict);
        }
    }

    fn add_error(&mut self, document: &GoldDocument, verdict: &Verdict<'_>) {
        let (errors, span, answer, ids) = match verdict {
            Verdict::Missed { gold, .. } => (&mut self.missed, gold.span, None, &[][..]),
            Verdict::False { answer, .. } => {
                (&mut self.false_answers, answer.span, Some(*answer), &[][..])
            }
            Verdict::Found { gold, answer, link, .. } => {
                if let Some(first) = gold.ids.first() {
                    let pair = (first.clone(), answer.id.clone());
                    *self.pairs.entry(pair).or_default() += 1;
                }
                if *link != Some(false) {
                    return;
                }
                (&mut self.wrong_links, gold.span, Some(*answer), &gold.ids[..])
            }
            Verdict::Free { .. } => return,
        };
        let surface = one_line(document.surface(span));
        let (id, name) = answer.map(|answer| (&answer.id, &answer.name)).unzip();
        let key = (surface, id.cloned().unwrap_or_default(), ids.join(" "));
        let entry = errors.entry(key).or_insert_with(|| {
            (name.cloned().unwrap_or_default(), 0, context(&document.text, span))
        });
        entry.1 += 1;
    }

    /// What was asked for.
    pub fn options(&self) -> &EvalOptions {
        &self.options
    }

    /// Everything.
    pub fn all(&self) -> &Tally {
        &self.all
    }

    /// By file, sorted by name.
    pub fn sets(&self) -> impl ExactSizeIterator<Item = (&str, &Tally)> {
        self.sets.iter().map(|(name, set)| (name.as_str(), &set.tally))
    }

    /// By language; the empty one is unknown.
    pub fn langs(&self) -> impl ExactSizeIterator<Item = (&str, &Tally)> {
        self.langs.iter().map(|(lang, tally)| (lang.as_str(), tally))
    }

    /// By class; the empty one is that of documents without.
    pub fn classes(&self) -> impl ExactSizeIterator<Item = (&str, &Tally)> {
        self.classes.iter().map(|(class, tally)| (class.as_str(), tally))
    }

    /// By kind: recall and links of the gold whose entity has it, precision of the answers whose
    /// entity has it. `None` is gold whose ids are unknown to the gazetteers. Documents are not
    /// counted.
    pub fn kinds(&self) -> impl ExactSizeIterator<Item = (Option<Kind>, &Tally)> {
        self.kinds.iter().map(|(kind, tally)| (*kind, tally))
    }

    /// Scores against right answers ([`Verdict::is_right`]). Free answers are left out.
    pub fn calibration(&self) -> Calibration {
        let mut all = Calibration::default();
        for set in self.sets.values() {
            all.merge(&set.calibration);
        }
        all
    }

    /// The same for one file; `None` for a file that was not counted.
    pub fn set_calibration(&self, set: &str) -> Option<&Calibration> {
        self.sets.get(set).map(|set| &set.calibration)
    }

    /// B-cubed F1 of the entities over the found spans that have a gold id of whatever vocabulary:
    /// whether mentions of one entity were given one entity, and of two, two.
    pub fn b_cubed(&self) -> Option<f64> {
        let (mut gold, mut answers) = (BTreeMap::new(), BTreeMap::new());
        for ((id, answer), count) in &self.pairs {
            *gold.entry(id).or_insert(0) += count;
            *answers.entry(answer).or_insert(0) += count;
        }
        let (mut precision, mut recall, mut all) = (0.0, 0.0, 0);
        for ((id, answer), count) in &self.pairs {
            let square = (count * count) as f64;
            precision += answers.get(answer).map_or(0.0, |all: &u64| square / *all as f64);
            recall += gold.get(id).map_or(0.0, |all: &u64| square / *all as f64);
            all += count;
        }
        (all > 0).then(|| {
            let (precision, recall) = (precision / all as f64, recall / all as f64);
            2.0 * precision * recall / (precision + recall)
        })
    }

    /// Gold that was not found, the commonest first, at most `most`.
    pub fn missed(&self, most: usize) -> Vec<ErrorCount> {
        commonest(&self.missed, most)
    }

    /// Answers that are no gold, the commonest first, at most `most`.
    pub fn false_answers(&self, most: usize) -> Vec<ErrorCount> {
        commonest(&self.false_answers, most)
    }

    /// Found gold with another entity, the commonest first, at most `most`.
    pub fn wrong_links(&self, most: usize) -> Vec<ErrorCount> {
        commonest(&self.wrong_links, most)
    }
}

fn commonest(errors: &Errors, most: usize) -> Vec<ErrorCount> {
    let mut sorted: Vec<_> = errors.iter().collect();
    sorted.sort_by_key(|(_, (_, count, _))| std::cmp::Reverse(*count));
    let first = sorted.into_iter().take(most);
    first
        .map(|((surface, id, gold), (name, count, context))| ErrorCount {
            surface: surface.clone(),
            answer: (id.clone(), name.clone()),
            gold: gold.clone(),
            count: *count,
            context: context.clone(),
        })
        .collect()
}

/// The span in brackets with some text around it, on one line, cut between words.
pub(crate) fn context(text: &str, span: Span) -> String {
    let before = text.get(..span.start).unwrap_or_default();
    let after = text.get(span.end..).unwrap_or_default();
    let surface = text.get(span.range()).unwrap_or_default();
    let from = before.char_indices().rev().nth(CONTEXT - 1).map_or(0, |(byte, _)| byte);
    let to = after.char_indices().nth(CONTEXT).map_or(after.len(), |(byte, _)| byte);
    let mut shown = (before.get(from..).unwrap_or_default(), after.get(..to).unwrap_or_default());
    // Where words are written apart, the outermost ones may be halves.
    if let Some((_, whole)) = shown.0.split_once(char::is_whitespace).filter(|_| from > 0) {
        shown.0 = whole;
    }
    if let Some((whole, _)) = shown.1.rsplit_once(char::is_whitespace).filter(|_| to < after.len())
    {
        shown.1 = whole;
    }
    one_line(&format!("{}[{surface}]{}", shown.0, shown.1))
}
