//! Mentions with what stands around them, as the scan passes by.
//!
//! In: a document. Out: [`Surrounded`]: its mentions, and the [`Surroundings`] of each, read while the
//! words around it are at hand: so the text is cut once, and no more of it is kept than the scan needs.

use super::form;
use super::surroundings::Surroundings;
use crate::tag::{Candidate, Document, Mention, Mentions, Tagger};

/// The mentions of a document or of a part of it.
pub(crate) struct Surrounded {
    pub(crate) mentions: Vec<Mention>,
    /// What stands around each; of those that are not weighed nothing.
    pub(super) around: Vec<Surroundings>,
    /// How much the text is about sport, from none to one.
    pub(super) sport: f32,
}

/// A scan that looks around.
pub(crate) struct Lookout<'t, 'g> {
    /// With its languages.
    pub(crate) document: Document<'t>,
    pub(crate) scan: Mentions<'t, 'g>,
    sport: f32,
    /// Adjectives are asked for, too.
    demonyms: bool,
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
        Self { document, scan, sport, demonyms, waiting: None }
    }

    /// The mentions from here on.
    pub(crate) fn look(&mut self) -> Surrounded {
        self.look_to(usize::MAX)
    }

    /// The mentions from here on that begin before byte `end`.
    pub(super) fn look_to(&mut self, end: usize) -> Surrounded {
        // As many as most documents have.
        let (mut mentions, mut around) = (Vec::with_capacity(8), Vec::with_capacity(8));
        if let Some((mention, surroundings)) = self.waiting.take() {
            mentions.push(mention);
            around.push(surroundings);
        }
        while mentions.last().is_none_or(|last: &Mention| last.span.start < end) {
            let Some(mention) = self.scan.next() else {
                return Surrounded { mentions, around, sport: self.sport };
            };
            around.push(self.look_around(&mention));
            mentions.push(mention);
        }
        // The last is of the next part.
        self.waiting = mentions.pop().zip(around.pop());
        Surrounded { mentions, around, sport: self.sport }
    }

    /// What stands around the mention that was found last, if it is to be weighed.
    fn look_around(&mut self, mention: &Mention) -> Surroundings {
        let candidates = &mention.candidates;
        let adjective = !self.demonyms && candidates.iter().all(Candidate::is_demonym);
        if adjective || candidates.iter().any(Candidate::is_decoy) {
            return Surroundings::default();
        }
        let run = self.document.langs.at(mention.span.start);
        let around = self.scan.around(mention.span);
        Surroundings::read(self.document.text, mention, &around, &run)
    }
}
