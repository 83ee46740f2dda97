//! Step 8 of the walk: what a document names, written for people and programs.
//!
//! In: a text and what [`Tagger::tag`] says of it. Out: JSON objects, CSV rows, highlighted text,
//! replaced text, an HTML page. Positions count in the unit asked for; nothing here reads or writes
//! files.

mod csv;
pub mod html;
mod json;
mod text;

use crate::gazetteer::{Entity, EntityKey};
use crate::resolve::Tagged;
use crate::span::Span;
use crate::tag::{Document, Level, Mention, Tagger};

pub use self::csv::{HEADER as CSV_HEADER, rows as csv_rows};
pub use self::json::{
    Place, document as json_document, entity as json_entity, found as json_found,
    write as write_json,
};
pub use self::text::{Style, highlight, replace, table, width};

/// The language in which entities are displayed.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum DisplayNames {
    /// Each entity's default display.
    #[default]
    Default,
    /// The document's language.
    Document,
    /// This language.
    Lang(String),
}

impl DisplayNames {
    /// Reads what `--names` takes: a language tag, or `doc`.
    pub fn parse(word: &str) -> Self {
        match word {
            "" => Self::Default,
            "doc" => Self::Document,
            lang => Self::Lang(lang.to_owned()),
        }
    }

    /// The canonical name of `entity` in a document in `lang`.
    pub fn of(&self, entity: &Entity<'_>, lang: &str) -> String {
        match self {
            Self::Default => entity.canonical_name(""),
            Self::Document => entity.canonical_name(lang),
            Self::Lang(lang) => entity.canonical_name(lang),
        }
    }
}

/// A document, its mentions, and how to write them.
#[derive(Clone, Copy)]
pub struct Report<'a, 'g> {
    /// The tagger that found the mentions.
    pub tagger: &'a Tagger<'g>,
    /// The text and its language.
    pub document: &'a Document<'a>,
    /// What it names.
    pub tagged: &'a Tagged,
    /// In which language entities are displayed.
    pub names: &'a DisplayNames,
}

/// One entity of a document with its mentions.
#[derive(Clone, Debug)]
pub struct EntityCount {
    /// The entity.
    pub key: EntityKey,
    /// Number of mentions.
    pub count: usize,
    /// Distinct surface forms with their counts, in order of appearance.
    pub forms: Vec<(String, usize)>,
}

impl Report<'_, '_> {
    /// The text of a span.
    pub fn surface(&self, span: Span) -> &str {
        self.document.text.get(span.range()).unwrap_or_default()
    }

    /// How the text met the name of an entity that a mention is taken for.
    pub fn level(&self, mention: &Mention, entity: Option<EntityKey>) -> Level {
        self.tagger.level(self.document.text, mention, entity)
    }

    /// The display form of an entity.
    pub fn name(&self, key: EntityKey) -> String {
        self.names.of(&self.tagger.entity(key), self.document.lang)
    }

    /// The entities in order of first mention.
    pub fn entities(&self) -> Vec<EntityCount> {
        let mut places = std::collections::HashMap::new();
        let mut counts: Vec<EntityCount> = Vec::new();
        for mention in &self.tagged.mentions {
            let place = *places.entry(mention.entity).or_insert_with(|| {
                counts.push(EntityCount { key: mention.entity, count: 0, forms: Vec::new() });
                counts.len() - 1
            });
            let Some(entity) = counts.get_mut(place) else { continue };
            entity.count += 1;
            let form = one_line(self.surface(mention.span()));
            match entity.forms.iter_mut().find(|(known, _)| *known == form) {
                Some((_, count)) => *count += 1,
                None => entity.forms.push((form, 1)),
            }
        }
        counts
    }
}

/// A surface form on one line: line breaks and runs of blanks as one space.
pub(crate) fn one_line(surface: &str) -> String {
    surface.split_whitespace().collect::<Vec<_>>().join(" ")
}
