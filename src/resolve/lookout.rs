//! Mentions with what stands around them, as the scan passes by.
//!
//! In: a document. Out: [`Surrounded`]: its mentions, and the [`Surroundings`] of each, read while the
//! words around it are at hand: so the text is cut once, and no more of it is kept than the scan needs.

use std::cell::Cell;

use super::form;
use super::surroundings::Surroundings;
use crate::spare;
use crate::tag::{Candidate, Document, Mention, Mentions, Step, Tagger};

thread_local! {
    /// Room for the mentions of a document, and for what stands around them: given back by those that
    /// are done with them.
    pub(super) static MENTIONS: Cell<Vec<Mention>> = const { Cell::new(Vec::new()) };
    pub(super) static AROUND: Cell<Vec<Surroundings>> = const { Cell::new(Vec::new()) };
}

/// The mentions of a document or of a part of it.
pub(crate) struct Surrounded {
    pub(crate) mentions: Vec<Mention>,
    /// What stands around each; of those that are not weighed nothing.
    pub(super) around: Vec<Surroundings>,
    /// How much the text is about sport, from none to one.
    pub(super) sport: f32,
}

/// Words behind a mention's first that the scan is to have passed: more than are looked at, so that
/// blanks lost in them are found.
const WITHIN_SIGHT: usize = 32;

/// A scan that looks around.
pub(crate) struct Lookout<'t, 'g> {
    /// With its languages.
    pub(crate) document: Document<'t>,
    pub(crate) scan: Mentions<'t, 'g>,
    sport: f32,
    /// Adjectives are asked for, too.
    demonyms: bool,
    /// Where the scan found the mentions that it has not looked around yet.
    places: Vec<usize>,
    /// Found, but not yet asked for.
    waiting: Option<(Mention, Surroundings)>,
}

impl<'t, 'g> Lookout<'t, 'g> {
    /// Senses the document's languages, if none is stated.
    pub(crate) fn new(tagger: &'t Tagger<'g>, document: Document<'t>) -> Self {
        let mut scan = Mentions::new(tagger, &document);
        let (document, words) = scan.sense(document);
        let sport = form::sport(words, document.langs.at(0).langs);
        let demonyms = tagger.options.demonyms;
        Self { document, scan, sport, demonyms, places: Vec::new(), waiting: None }
    }

    /// The mentions from here on.
    pub(crate) fn look(&mut self) -> Surrounded {
        self.look_to(usize::MAX)
    }

    /// The mentions from here on that begin before byte `end`.
    pub(super) fn look_to(&mut self, end: usize) -> Surrounded {
        let (mut mentions, mut around) = (spare::take(&MENTIONS), spare::take(&AROUND));
        if let Some((mention, surroundings)) = self.waiting.take() {
            mentions.push(mention);
            around.push(surroundings);
        }
        let mut ended = false;
        while !ended && mentions.last().is_none_or(|last: &Mention| last.span.start < end) {
            match self.scan.step() {
                Step::Found(mention, place) => {
                    mentions.push(mention);
                    self.places.push(place);
                }
                Step::Full => {
                    let passed = self.scan.place().saturating_sub(WITHIN_SIGHT);
                    self.look_around(&mentions, &mut around, passed);
                    let forgotten = self.scan.forget();
                    self.places.iter_mut().for_each(|place| *place -= forgotten);
                }
                Step::End => ended = true,
            }
        }
        self.look_around(&mentions, &mut around, usize::MAX);
        if !ended {
            // The last is of the next part.
            self.waiting = mentions.pop().zip(around.pop());
        }
        Surrounded { mentions, around, sport: self.sport }
    }

    /// Looks around the mentions before place `end` that it was not done for: many in a row cost less
    /// than one at a time between two steps of the scan, as the processor keeps but one of the two at
    /// hand.
    fn look_around(&mut self, mentions: &[Mention], around: &mut Vec<Surroundings>, end: usize) {
        let new = mentions.get(around.len()..).unwrap_or_default();
        let count = self.places.iter().take_while(|&&place| place < end).count();
        for (mention, place) in new.iter().zip(self.places.drain(..count)) {
            let candidates = &mention.candidates;
            let adjective = !self.demonyms && candidates.iter().all(Candidate::is_demonym);
            if adjective || candidates.iter().any(Candidate::is_decoy) {
                around.push(Surroundings::default());
                continue;
            }
            let run = self.document.langs.at(mention.span.start);
            let words = self.scan.around(mention.span, place);
            around.push(Surroundings::read(self.document.text, mention, &words, &run));
        }
    }
}
