//! Step 6 of the walk: finding names in text.
//!
//! In: a [`Document`]. Out: [`Mention`]s: exact spans of the untouched text with every candidate
//! entity, in order; [`Tagger::tag`] then has them resolved. By default the leftmost longest name
//! wins and decoys consume their text; every overlapping name comes on request.
//!
//! A mention begins and ends where its name does in the raw text: elided particles, Arabic and
//! Hebrew proclitics, possessives and suffixes after an apostrophe stay outside.

mod around;
mod code;
mod habits;
mod languages;
mod policy;
mod scan;
mod tables;
mod window;

use smallvec::SmallVec;

use crate::error::Error;
use crate::gazetteer::{Entity, EntityKey, Gazetteer, Layers, Name, OwnedLayers};
use crate::normalize::Word;
use crate::record::{Date, Kind, Policy, Role};
use crate::span::Span;
use crate::weights::Weights;

pub(crate) use around::Around;
pub(crate) use habits::Habits;
pub(crate) use languages::{LanguageRuns, Run};
pub use policy::Mismatch;
pub(crate) use policy::exact_form;
pub use scan::Mentions;
pub(crate) use scan::Step;
pub(crate) use tables::{
    ABBREVIATIONS, ARABIC, ELISIONS, HEBREW, POSSESSIVES, Proclitic, TURKIC_SUFFIXES, holds,
};

/// How a text met a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Level {
    /// The same characters.
    Exact,
    /// The same key: case, accents, punctuation, letter variants differ.
    Folded,
    /// After taking off a proclitic or particle that is written together with the name.
    Clitic,
    /// A form made from the listed one.
    Shape,
    /// The same sound in another script.
    Romanized,
    /// A similar spelling.
    Fuzzy,
}

impl Level {
    /// The word used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Folded => "folded",
            Self::Clitic => "clitic",
            Self::Shape => "shape",
            Self::Romanized => "romanized",
            Self::Fuzzy => "fuzzy",
        }
    }
}

/// How a text as a whole uses capitals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum TextCase {
    /// Capitals mark names: the rule.
    #[default]
    Mixed,
    /// Nearly no capitals: posts, transcripts. Capitals are not asked for.
    Lower,
}

/// A text with what is known of it.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Document<'t> {
    /// The text.
    pub text: &'t str,
    /// Its language, as an ISO 639 tag; empty if unknown.
    pub lang: &'t str,
    /// Its day: decides between names that are valid at different times.
    pub date: Option<Date>,
    /// Ids of entities, or codes of countries (`IQ`), that it is expected to name.
    pub expect: &'t [String],
    /// Ids of entities, or codes of countries, that it does not name.
    pub exclude: &'t [String],
    /// Its languages, as stated or as its words tell; see [`sense`](Self::sense).
    pub(crate) langs: LanguageRuns<'t>,
}

impl<'t> Document<'t> {
    /// A text of unknown language and date.
    pub fn new(text: &'t str) -> Self {
        Self { text, ..Self::default() }
    }

    /// The same with its language.
    #[must_use]
    pub fn lang(self, lang: &'t str) -> Self {
        Self { lang, ..self }
    }

    /// The same with its date.
    #[must_use]
    pub fn date(self, date: Option<Date>) -> Self {
        Self { date, ..self }
    }

    /// The same with ids of entities or codes of countries that it is expected to name, and others
    /// that it does not name.
    #[must_use]
    pub fn hints(self, expect: &'t [String], exclude: &'t [String]) -> Self {
        Self { expect, exclude, ..self }
    }

    /// The same with its languages sensed by its words, if none is stated.
    #[must_use]
    pub(crate) fn sense(self) -> Self {
        let words = if self.lang.is_empty() { languages::first_words(self.text) } else { vec![] };
        self.sense_by(&words)
    }

    /// The same by the words at its beginning.
    fn sense_by(self, words: &[Word]) -> Self {
        let langs = match self.lang {
            "" => LanguageRuns::sense(self.text, words),
            stated => LanguageRuns::stated(stated),
        };
        Self { langs, ..self }
    }
}

impl<'t> From<&'t str> for Document<'t> {
    fn from(text: &'t str) -> Self {
        Self::new(text)
    }
}

impl<'t> From<&'t String> for Document<'t> {
    fn from(text: &'t String) -> Self {
        Self::new(text)
    }
}

/// What the tagger looks for and reports.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct TagOptions {
    /// Report adjectives and inhabitants of places, marked as such.
    pub demonyms: bool,
    /// Report every name, also those that overlap longer ones.
    pub overlapping: bool,
    /// Report entities of these kinds only; empty for all.
    pub kinds: Vec<Kind>,
    /// Report entities of these countries only (ISO 3166-1 alpha-2); empty for all.
    pub countries: Vec<String>,
    /// Use names in these languages, and names for any language; empty for all.
    pub langs: Vec<String>,
    /// Report entities from these sources only; empty for all.
    pub sources: Vec<String>,
    /// Report mentions with at least this score.
    pub min_score: f64,
    /// Kinds whose mentions need another score; of several for one kind, the last counts.
    pub min_scores: Vec<(Kind, f64)>,
}

impl TagOptions {
    /// The least score with which mentions of a kind are reported.
    pub fn least_score(&self, kind: Kind) -> f64 {
        let own = self.min_scores.iter().rev().find(|(other, _)| *other == kind);
        own.map_or(self.min_score, |&(_, score)| score)
    }
}

/// An entity that a mention may mean, and the name that says so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// The entity.
    pub entity: EntityKey,
    pub(crate) layer: u16,
    pub(crate) row: u32,
    /// The name's policy, with what it inherits from earlier layers.
    pub policy: Policy,
    pub(crate) prior: f32,
    pub(crate) kind: Kind,
    /// What the name is to its entity.
    pub(crate) role: Role,
    /// The listed name begins with a capital.
    pub(crate) capital: bool,
    /// One of the entity's names with this key is in the text's language.
    pub(crate) native: bool,
}

impl Candidate {
    /// Held back without evidence.
    pub const fn is_weak(&self) -> bool {
        self.policy.has(Policy::WEAK)
    }

    /// The name is an adjective or inhabitant.
    pub const fn is_demonym(&self) -> bool {
        matches!(self.role, Role::Demonym)
    }

    /// The name is a decoy: its text means no entity.
    pub const fn is_decoy(&self) -> bool {
        matches!(self.role, Role::Decoy)
    }
}

/// A span of text with the entities that it may mean, before resolving.
#[derive(Clone, Debug, PartialEq)]
pub struct Mention {
    /// Where it stands, in bytes.
    pub span: Span,
    /// Candidates, most important first; never empty.
    pub candidates: SmallVec<[Candidate; 2]>,
    pub(crate) clitic: bool,
    pub(crate) context: Context,
}

/// What the scan saw around a mention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Context {
    /// Begins with a capital, or in a script without case.
    pub(crate) capitalized: bool,
    /// Begins with a small letter where capitals mark names.
    pub(crate) small: bool,
    /// Letters are all capitals.
    pub(crate) all_upper: bool,
    /// It has letters with case.
    pub(crate) cased: bool,
    /// Does not begin a sentence.
    pub(crate) inside_sentence: bool,
}

/// Finds the names of one or several gazetteers in texts. `Send` and `Sync`: share one between
/// threads.
///
/// ```
/// use exonym::{Gazetteer, Tagger};
/// let tagger = Tagger::new(Gazetteer::embedded())?;
/// let text = "L’armée irakienne entre dans MOSSOUL.";
/// let mentions = tagger.tag(text).mentions;
/// assert_eq!(&text[mentions[0].span()], "MOSSOUL");
/// assert_eq!(tagger.entity(mentions[0].entity).id(), "mosul");
/// # Ok::<(), exonym::Error>(())
/// ```
pub struct Tagger<'g> {
    pub(crate) layers: std::borrow::Cow<'g, Layers<'g>>,
    pub(crate) scan: scan::Tables<'g>,
    pub(crate) options: TagOptions,
    pub(crate) weights: &'g Weights,
}

impl<'g> Tagger<'g> {
    /// A tagger with one gazetteer and default options.
    ///
    /// # Errors
    /// If the gazetteer is damaged.
    pub fn new<D: AsRef<[u8]>>(gazetteer: &'g Gazetteer<D>) -> Result<Self, Error> {
        Ok(Self::over(std::borrow::Cow::Owned(Layers::single(gazetteer.view()?))))
    }

    /// A tagger with several gazetteers used as one.
    pub fn with_layers(layers: &'g Layers<'g>) -> Self {
        Self::over(std::borrow::Cow::Borrowed(layers))
    }

    /// The same over gazetteers that own their bytes, such as those of the moment, see
    /// [`CurrentLayers`](crate::CurrentLayers). Costs microseconds: make one for each document.
    ///
    /// # Errors
    /// None, as long as mapped files stay as they are.
    pub fn with_owned(layers: &'g OwnedLayers) -> Result<Self, Error> {
        Ok(Self::over(std::borrow::Cow::Owned(layers.layers()?)))
    }

    fn over(layers: std::borrow::Cow<'g, Layers<'g>>) -> Self {
        let scan = scan::Tables::new(layers.views());
        Self { layers, scan, options: TagOptions::default(), weights: Weights::shipped() }
    }

    /// The same tagger with other options.
    #[must_use]
    pub fn options(self, options: TagOptions) -> Self {
        Self { options, ..self }
    }

    /// The same tagger with other weights of evidence.
    #[must_use]
    pub fn weights(self, weights: &'g Weights) -> Self {
        Self { weights, ..self }
    }

    /// The gazetteers.
    pub fn layers(&self) -> &Layers<'g> {
        &self.layers
    }

    /// The entity of a candidate or mention.
    pub fn entity(&self, key: EntityKey) -> Entity<'g> {
        self.layers.entity(key)
    }

    /// The name through which a candidate was met.
    pub fn name(&self, candidate: &Candidate) -> Option<Name<'g>> {
        let view = *self.layers.views().get(usize::from(candidate.layer))?;
        Some(Name { view, row: candidate.row })
    }

    /// The mentions of `text` in order, unresolved: weak names and decoys are among them. Costs
    /// one pass over the text and no allocation but for mentions with more than two candidates, once the
    /// thread has its buffers: some of up to 256 kB, which it keeps for its next text.
    pub fn find_iter<'t>(&'t self, document: impl Into<Document<'t>>) -> Mentions<'t, 'g> {
        Mentions::new(self, &document.into())
    }
}

impl std::fmt::Debug for Tagger<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Tagger").field("options", &self.options).finish_non_exhaustive()
    }
}
