//! Beside the walk: how well tagging does on texts whose names somebody marked.
//!
//! In: [`gold::GoldDocument`]s, and the [`Answer`]s that a tagger gave to their texts. Out:
//! [`Figures`]: precision and recall of spans and links, accuracy within 161 km, calibration of the
//! scores, the commonest errors; by file, language, class and kind. [`gold`] reads the texts,
//! [`judge`] holds the answers to one document against it, [`Figures::add`] counts the verdicts.
//! Nothing here opens files or prints.
//!
//! ```
//! use exonym::eval::{self, EvalOptions, Figures, gold};
//! use exonym::{Gazetteer, Layers, Tagger};
//!
//! let layers = Layers::new([Gazetteer::embedded() as &dyn exonym::LayerSource])?;
//! let tagger = Tagger::with_layers(&layers);
//! let marked = "Le maire de [Mossoul](mosul) est à [Qorvia]().\n";
//! let mut figures = Figures::new(EvalOptions::default());
//! for mut document in gold::read(marked.as_bytes(), "fr.txt", gold::GoldForm::Annotated)? {
//!     document.complete(&layers);
//!     let answers = eval::answers(&tagger, &document);
//!     figures.add("fr.txt", &document, &answers);
//! }
//! assert_eq!(figures.all().link_recall(), Some(1.0));
//! # Ok::<(), exonym::Error>(())
//! ```

mod annotated;
mod calibration;
mod figures;
pub mod gold;
mod judge;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::gazetteer::Layers;
use crate::record::{EntityType, Kind};
use crate::span::Span;
use crate::tag::Tagger;
use gold::{GoldDocument, GoldMention, GoldType};

pub use calibration::{Bin, Calibration};
pub(crate) use figures::context;
pub use figures::{ErrorCount, Figures, Tally};
pub(crate) use judge::marked_at;
pub use judge::{Touches, Verdict, judge};

/// Which mentions count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Types {
    /// Places.
    #[default]
    Place,
    /// Groups.
    Group,
    /// Both; a place found as a group is found.
    All,
}

impl Types {
    /// True if gold of this type is to be found.
    pub const fn wants(self, type_: GoldType) -> bool {
        match self {
            Self::Place => matches!(type_, GoldType::Place),
            Self::Group => matches!(type_, GoldType::Group),
            Self::All => {
                matches!(type_, GoldType::Place | GoldType::Group | GoldType::PlaceOrGroup)
            }
        }
    }

    /// True if answers of this type are judged.
    pub const fn judges(self, type_: EntityType) -> bool {
        match self {
            Self::Place => matches!(type_, EntityType::Place),
            Self::Group => matches!(type_, EntityType::Group),
            Self::All => true,
        }
    }
}

/// What counts, and which ids can be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EvalOptions {
    /// Which mentions count.
    pub types: Types,
    /// Prefixes of the CURIEs that say which entity is meant; those of other vocabularies cannot
    /// be right or wrong. Own ids, which have no colon, always say it.
    pub vocabularies: BTreeSet<String>,
}

impl Default for EvalOptions {
    /// Places, by their ids of GeoNames and Wikidata.
    fn default() -> Self {
        let vocabularies = ["geonames", "wikidata"].map(str::to_owned).into();
        Self { types: Types::Place, vocabularies }
    }
}

impl EvalOptions {
    /// Adds the vocabularies of the gold's ids of which `layers` know at least one. Costs a search
    /// for each id.
    pub fn add_vocabularies(&mut self, documents: &[GoldDocument], layers: &Layers<'_>) {
        let mentions = documents.iter().flat_map(|document| &document.mentions);
        for id in mentions.flat_map(|mention| &mention.ids) {
            if let Some((prefix, _)) = id.split_once(':')
                && !self.vocabularies.contains(prefix)
                && layers.find(id).is_some()
            {
                self.vocabularies.insert(prefix.to_owned());
            }
        }
    }

    /// The ids of a mention that say which entity is meant.
    fn comparable<'m>(&self, mention: &'m GoldMention) -> impl Iterator<Item = &'m String> {
        mention.ids.iter().filter(|id| {
            id.split_once(':').is_none_or(|(prefix, _)| self.vocabularies.contains(prefix))
        })
    }
}

/// A span that a tagger reported, with its entity.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Where it stands, in bytes.
    pub span: Span,
    /// The entity's id.
    pub id: String,
    /// Its other ids.
    pub ids: Vec<String>,
    /// Its display form.
    pub name: String,
    /// Its kind, which has the type in it.
    pub kind: Kind,
    /// Its latitude and longitude, if known.
    pub location: Option<(f64, f64)>,
    /// How sure the tagger is of this entity, from 0 to 1.
    pub score: f64,
    /// How sure it is that the text means any of its candidates, from 0 to 1.
    pub any: f64,
    /// An adjective or inhabitant: right where the gold has it, ignored elsewhere.
    pub demonym: bool,
}

/// Tags the text of a gold document, with what is known of it. Costs what tagging costs.
pub fn answers(tagger: &Tagger<'_>, gold: &GoldDocument) -> Vec<Answer> {
    let mentions = tagger.tag(gold.document()).mentions.into_iter();
    mentions
        .map(|mention| {
            let entity = tagger.entity(mention.entity);
            Answer {
                span: mention.span(),
                id: entity.id(),
                ids: entity.ids(),
                name: entity.canonical_name(""),
                kind: entity.kind(),
                location: entity.location(),
                score: mention.score,
                any: mention
                    .alternatives
                    .iter()
                    .fold(mention.score, |any, &(_, one)| any + f64::from(one)),
                demonym: mention.demonym,
            }
        })
        .collect()
}
