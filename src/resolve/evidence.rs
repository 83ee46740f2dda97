//! Reasons: each with a code for programs and a text for people.

use super::*;

/// One reason for or against an entity.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Evidence {
    /// The text has a listed name that needs no further evidence.
    Named,
    /// Of several entities with this name, this one is the likeliest.
    Prior {
        /// Entities passed over.
        rivals: u32,
        /// Its weight.
        weight: f32,
    },
    /// The document names the same entity strongly.
    SameEntity {
        /// Where.
        span: Span,
    },
    /// The document names the containing entity strongly.
    Parent {
        /// Which.
        parent: EntityKey,
        /// Where.
        span: Span,
    },
    /// The document names the country strongly.
    Country {
        /// Which.
        country: EntityKey,
        /// Where.
        span: Span,
    },
    /// Against: the name is weak and nothing else speaks for it.
    Weak,
    /// Something seen of the text or the entity.
    Seen {
        /// Its word for programs.
        code: &'static str,
        /// The same for people.
        text: &'static str,
    },
    /// Against: nothing in particular speaks for it.
    Unlikely,
    /// Against: the document's hints exclude it.
    Excluded,
    /// Against: the text is a decoy.
    Decoy {
        /// The decoy's name.
        candidate: Candidate,
    },
    /// Against: an adjective or inhabitant.
    Demonym,
    /// Against: below the least score asked for.
    LowScore,
    /// Against: a kind, country or source that was not asked for.
    Filtered,
}

impl From<Feature> for Evidence {
    fn from(feature: Feature) -> Self {
        Self::Seen { code: feature.name(), text: feature.text() }
    }
}

impl Evidence {
    /// A word for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Named => "named",
            Self::Prior { .. } => "prior",
            Self::SameEntity { .. } => "same-entity",
            Self::Parent { .. } => "parent",
            Self::Country { .. } => "country",
            Self::Weak => "weak",
            Self::Seen { code, .. } => code,
            Self::Unlikely => "unlikely",
            Self::Excluded => "excluded",
            Self::Decoy { .. } => "decoy",
            Self::Demonym => "demonym",
            Self::LowScore => "low-score",
            Self::Filtered => "filtered",
        }
    }

    /// The reason in words; `text` is the document's.
    pub fn text(&self, tagger: &Tagger<'_>, text: &str) -> String {
        let quote = |span: &Span| text.get(span.range()).unwrap_or_default().to_owned();
        match self {
            Self::Named => "a listed name that needs no further evidence".into(),
            Self::Prior { rivals: 1, .. } => "likelier than the other entity with this name".into(),
            Self::Prior { rivals, .. } => {
                format!("the likeliest of {} entities with this name", rivals + 1)
            }
            Self::SameEntity { span } => format!("the document also names it as “{}”", quote(span)),
            Self::Parent { parent, span } => {
                let parent = tagger.entity(*parent).canonical_name("");
                format!("the document names {parent}, in which it lies, as “{}”", quote(span))
            }
            Self::Country { country, span } => {
                let country = tagger.entity(*country).canonical_name("");
                format!("the document names its country {country} as “{}”", quote(span))
            }
            Self::Weak => "a weak name, and the document names neither the entity by another name, nor its region or country".into(),
            Self::Seen { text, .. } => (*text).into(),
            Self::Unlikely => "nothing speaks for a place or group here".into(),
            Self::Excluded => "excluded for this document".into(),
            Self::Decoy { candidate } => {
                let name = tagger.name(candidate).map(|name| name.text()).unwrap_or_default();
                format!("“{name}” is listed as meaning no place or group")
            }
            Self::Demonym => "an adjective or inhabitant; `--demonyms` reports these".into(),
            Self::LowScore => "below the least score asked for".into(),
            Self::Filtered => "of a kind, country or source that was not asked for".into(),
        }
    }
}
