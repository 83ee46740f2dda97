//! Reasons: each with a code for programs and a text for people.

use super::*;

/// One reason for or against an entity.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Evidence {
    /// The text has a listed name that needs no further evidence.
    Named,
    /// Of several entities with this name, this one weighs most.
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
    /// Against: a weak name supported by its country or parent, but not capitalized.
    NotCapitalized,
    /// Against: a weak name supported by its country or parent, but its capital may be the sentence's.
    BeginsSentence,
    /// Against: a weak name supported by its country or parent, but capitals tell nothing here.
    AllCapitals,
    /// Against: a given name stands right before it.
    AfterGivenName,
    /// Against: a person's title stands right before it.
    AfterTitle,
    /// Against: a given name, and a capitalized word that names nothing listed follows.
    GivenName,
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
            Self::NotCapitalized => "not-capitalized",
            Self::BeginsSentence => "begins-sentence",
            Self::AllCapitals => "all-capitals",
            Self::AfterGivenName => "after-given-name",
            Self::AfterTitle => "after-title",
            Self::GivenName => "given-name",
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
            Self::Prior { rivals, weight } => {
                let others = if *rivals == 1 { "the other entity" } else { "the other entities" };
                format!("weighs more ({weight}) than {others} with this name ({rivals})")
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
            Self::NotCapitalized => "a weak name that is not capitalized here".into(),
            Self::BeginsSentence => "a weak name whose capital may be that of the sentence".into(),
            Self::AllCapitals => "a weak name in capitals, which tell nothing".into(),
            Self::AfterGivenName => "a given name stands before it: a person's name".into(),
            Self::AfterTitle => "a person's title stands before it".into(),
            Self::GivenName => "a given name, with a family name after it".into(),
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
