//! What was seen of the mentions of a document, and how likely each of their candidates is by it.
//!
//! In: mentions as they are looked at. Out: [`Observations`], which hand out each mention as
//! [`Observed`]. The candidates of all mentions stand in one row, without an allocation for each.

use std::cell::Cell;
use std::ops::Range;

use super::Evidence;
use super::lookout::AROUND;
use super::surroundings::Surroundings;
use crate::gazetteer::{EntityKey, Facts};
use crate::spare;
use crate::tag::Candidate;
use crate::weights::{Feature, Seen};

/// The mentions of a document with all that was seen of them, in order.
pub(crate) struct Observations {
    mentions: Vec<Observation>,
    /// What stands around each.
    around: Vec<Surroundings>,
    /// The candidates of all open mentions.
    candidates: Vec<Weighed>,
}

/// A mention with all that was seen of it.
#[derive(Clone, Copy)]
pub(crate) enum Observed<'o> {
    /// It means one of these, or nothing listed.
    Open(Open<'o>),
    /// It means nothing that was asked for.
    Refused(Option<EntityKey>, Evidence),
}

/// A mention to decide on.
#[derive(Clone, Copy)]
pub(crate) struct Open<'o> {
    pub(super) around: &'o Surroundings,
    pub(crate) candidates: &'o [Weighed],
    best: usize,
    any: f32,
}

/// A candidate with what was seen of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weighed {
    pub(crate) candidate: Candidate,
    pub(super) facts: Facts,
    /// What it lies in.
    pub(super) parent: Option<EntityKey>,
    /// A name of a list small enough to be kept by hand.
    pub(super) kept: bool,
    pub(crate) seen: Seen,
    /// Named, or supported, by other mentions: what wakes weak names.
    pub(crate) support: Option<Evidence>,
    /// Its probability, as far as is known.
    pub(crate) chance: f32,
}

/// [`Observed`] as it is kept.
enum Observation {
    Open {
        /// Which of all candidates are its own, of these the likeliest, and how likely any is.
        own: Range<usize>,
        best: usize,
        any: f32,
    },
    Refused(Option<EntityKey>, Evidence),
}

thread_local! {
    static MENTIONS: Cell<Vec<Observation>> = const { Cell::new(Vec::new()) };
    static CANDIDATES: Cell<Vec<Weighed>> = const { Cell::new(Vec::new()) };
}

impl Drop for Observations {
    fn drop(&mut self) {
        spare::give_back(&MENTIONS, &mut self.mentions);
        spare::give_back(&AROUND, &mut self.around);
        spare::give_back(&CANDIDATES, &mut self.candidates);
    }
}

impl Observations {
    /// None so far.
    pub(super) fn new() -> Self {
        let (mentions, candidates) = (spare::take(&MENTIONS), spare::take(&CANDIDATES));
        Self { mentions, around: Vec::new(), candidates }
    }

    /// The same with what stands around each mention.
    pub(super) fn surrounded(mut self, around: Vec<Surroundings>) -> Self {
        self.around = around;
        self
    }

    /// Adds a mention with these candidates.
    pub(super) fn open(&mut self, candidates: impl Iterator<Item = Weighed>) {
        let start = self.candidates.len();
        self.candidates.extend(candidates);
        let own = start..self.candidates.len();
        self.mentions.push(Observation::Open { own, best: 0, any: 0.0 });
    }

    /// Adds a mention that means nothing that was asked for.
    pub(super) fn refuse(&mut self, entity: Option<EntityKey>, evidence: Evidence) {
        self.mentions.push(Observation::Refused(entity, evidence));
    }

    /// All mentions in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Observed<'_>> {
        let mentions = self.mentions.iter().zip(&self.around);
        mentions.map(|(mention, around)| observed(mention, around, &self.candidates, 0))
    }

    /// A mention to decide on with its candidates, and all others.
    pub(super) fn split(
        &mut self,
        at: usize,
    ) -> Option<(Others<'_>, &Surroundings, &mut [Weighed])> {
        let Observation::Open { own, .. } = self.mentions.get(at)? else { return None };
        let (before, rest) = self.candidates.split_at_mut_checked(own.start)?;
        let (candidates, after) = rest.split_at_mut_checked(own.len())?;
        let (mentions, around) = (&self.mentions, &self.around);
        let others = Others { mentions, around, at, before, after, end: own.end };
        Some((others, around.get(at)?, candidates))
    }

    /// Gives all candidates their probabilities.
    pub(super) fn weigh(&mut self, weights: &[f32; Feature::ALL.len()], document: bool) {
        for mention in &mut self.mentions {
            if let Observation::Open { own, best, any, .. } = mention
                && let Some(candidates) = self.candidates.get_mut(own.clone())
            {
                (*best, *any) = weigh(candidates, weights, document);
            }
        }
    }
}

/// All mentions but one.
#[derive(Clone, Copy)]
pub(super) struct Others<'o> {
    mentions: &'o [Observation],
    around: &'o [Surroundings],
    at: usize,
    before: &'o [Weighed],
    after: &'o [Weighed],
    /// Where those after it begin among all candidates.
    end: usize,
}

impl<'o> Others<'o> {
    /// Mention number `at`, if it is another and to be decided on.
    pub(super) fn open(self, at: usize) -> Option<Open<'o>> {
        let mention = self.mentions.get(at).filter(|_| at != self.at)?;
        let (candidates, from) =
            if at < self.at { (self.before, 0) } else { (self.after, self.end) };
        match observed(mention, self.around.get(at)?, candidates, from) {
            Observed::Open(open) => Some(open),
            Observed::Refused(..) => None,
        }
    }
}

/// A mention as it is handed out; `candidates` are all those from number `from` on.
fn observed<'o>(
    mention: &'o Observation,
    around: &'o Surroundings,
    candidates: &'o [Weighed],
    from: usize,
) -> Observed<'o> {
    match mention {
        Observation::Open { own, best, any } => {
            let own = own.start.wrapping_sub(from)..own.end.wrapping_sub(from);
            let candidates = candidates.get(own).unwrap_or_default();
            Observed::Open(Open { around, candidates, best: *best, any: *any })
        }
        &Observation::Refused(entity, evidence) => Observed::Refused(entity, evidence),
    }
}

/// Gives every candidate its probability: the share of its odds, where meaning nothing listed has
/// odds of one. Returns the likeliest, of equals the first, and the probability of any.
fn weigh(
    candidates: &mut [Weighed],
    weights: &[f32; Feature::ALL.len()],
    document: bool,
) -> (usize, f32) {
    // Where one is strong, nothing listed has no odds to be measured by.
    let held = candidates.iter().any(|weighed| weighed.candidate.is_strong());
    let mut most = if held { f32::NEG_INFINITY } else { 0.0 };
    for weighed in candidates.iter_mut() {
        weighed.chance = weighed.seen.score(weights);
        // Weak names are nothing without support.
        if document && weighed.candidate.is_weak() && weighed.support.is_none() {
            weighed.chance = f32::NEG_INFINITY;
        }
        most = most.max(weighed.chance);
    }
    let mut all = 0.0;
    for weighed in candidates.iter_mut() {
        // Mostly it is the only one.
        weighed.chance = if weighed.chance == most { 1.0 } else { (weighed.chance - most).exp() };
        all += weighed.chance;
    }
    all += if held { 0.0 } else { (-most).exp() };
    let (mut best, mut highest, mut any) = (0, f32::NEG_INFINITY, 0.0);
    for (at, weighed) in candidates.iter_mut().enumerate() {
        weighed.chance /= all;
        any += weighed.chance;
        if weighed.chance > highest {
            (best, highest) = (at, weighed.chance);
        }
    }
    (best, any)
}

impl<'o> Open<'o> {
    /// The probability that it means any of them.
    pub(crate) const fn any(&self) -> f32 {
        self.any
    }

    /// The likeliest candidate; of equals the first.
    pub(crate) fn best(&self) -> Option<&'o Weighed> {
        self.candidates.get(self.best)
    }

    /// True if it may mean one of these.
    pub(super) fn shares(&self, others: &[Weighed]) -> bool {
        self.candidates.iter().any(|own| {
            let same = |one: &Weighed| one.candidate.entity == own.candidate.entity;
            others.iter().any(same)
        })
    }
}
