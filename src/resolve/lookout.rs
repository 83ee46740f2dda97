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
    /// What stands around each; of decoys nothing.
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
    /// Found, but not yet asked for.
    waiting: Option<(Mention, Surroundings)>,
}

impl<'t, 'g> Lookout<'t, 'g> {
    /// Senses the document's languages, if none is stated.
    pub(crate) fn new(tagger: &'t Tagger<'g>, document: Document<'t>) -> Self {
        let mut scan = Mentions::new(tagger, &document);
        let (document, words) = scan.sense(document);
        let sport = form::sport(words, document.langs.at(0).langs);
        Self { document, scan, sport, waiting: None }
    }

    /// The mentions from here on.
    pub(crate) fn look(&mut self) -> Surrounded {
        self.look_to(usize::MAX)
    }

    /// The mentions from here on that begin before byte `end`.
    pub(super) fn look_to(&mut self, end: usize) -> Surrounded {
        // As many as most documents have.
        let (mut mentions, mut around) = (Vec::with_capacity(16), Vec::with_capacity(16));
        while let Some(next) = self.waiting.take().or_else(|| self.next()) {
            if next.0.span.start >= end {
                self.waiting = Some(next);
                break;
            }
            mentions.push(next.0);
            around.push(next.1);
        }
        Surrounded { mentions, around, sport: self.sport }
    }

    fn next(&mut self) -> Option<(Mention, Surroundings)> {
        let mention = self.scan.next()?;
        let Document { text, langs, .. } = &self.document;
        let around = if mention.candidates.iter().any(Candidate::is_decoy) {
            Surroundings::default()
        } else {
            let run = langs.at(mention.span.start);
            Surroundings::read(text, &mention, &self.scan.around(mention.span), &run)
        };
        Some((mention, around))
    }
}
