//! Finds the names of places and groups in text, in any language and script, says which real-world
//! entity each means, and gives its canonical name: Daech = État islamique = داعش = ИГИЛ.
//!
//! ```
//! use exonym::{Gazetteer, Tagger};
//!
//! let tagger = Tagger::new(Gazetteer::embedded())?;
//! let text = "Daech recule à Mossoul. داعش يتراجع في الموصل.";
//! let found: Vec<(&str, String)> = tagger
//!     .tag(text)
//!     .mentions
//!     .iter()
//!     .map(|mention| (&text[mention.span()], tagger.entity(mention.entity).id()))
//!     .collect();
//! assert_eq!(found[0], ("Daech", "islamic-state".to_owned()));
//! assert_eq!(found[3], ("الموصل", "mosul".to_owned()));
//! # Ok::<(), exonym::Error>(())
//! ```
//!
//! # The walk
//!
//! `gazetteer/*.csv -> Record -> Key -> sorted -> FST + tables -> bytes -> Gazetteer -> Tagger ->
//! Mention -> resolve -> output`. The modules stand in this order, and each uses only those above
//! it; the lower half (up to `compile`) is also mounted by the build script.
//!
//! | to | use |
//! |---|---|
//! | open names | [`Gazetteer::embedded`], [`Gazetteer::open`], [`Gazetteer::from_bytes`], [`Gazetteer::map`] |
//! | use several as one | [`Layers`] |
//! | replace them while others work with them | [`CurrentLayers`] |
//! | make one | [`GazetteerBuilder`] |
//! | tag a text | [`Tagger::tag`], or without resolving [`Tagger::find_iter`] |
//! | tag a text of any length in bounded memory | [`Tagger::tag_parts`] |
//! | look a name up | [`Gazetteer::lookup`], [`Layers::lookup`] |
//! | compare names by key | [`Normalizer::key`] |
//! | weigh evidence by numbers of your own | [`Weights`], [`Tagger::weights`] |
//! | know why | [`Tagger::explain`], [`Evidence`] |
//! | find what a list lacks | [`Tagger::unlisted`], [`UnlistedNames`] |
//! | check lists | [`check_lists`] |
//! | read lists of others | `import`, with the feature of that name |
//! | write results | [`output`] |
//! | judge tagging by marked texts | [`eval`] |
//! | fit weights to marked texts, or to few judgements | [`train`] |
//! | compare two gazetteers | [`diff`] |
//!
//! # Features
//!
//! - `cli` (default): the program `exonym` and what only it needs. Library users say
//!   `default-features = false`. No feature changes keys or results.
//! - `import` (with `cli`): reads the lists of others, such as GeoNames and Wikidata.

// The lower half: also mounted by the build script through #[path].
mod span;
mod normalize;
mod words;
mod record;
mod error;
mod layout;
mod compile;
// The upper half.
mod spare;
mod gazetteer;
mod weights;
mod tag;
mod phrases;
mod lookup;
mod resolve;
mod explain;
mod gaps;
mod check;
#[cfg(feature = "import")]
mod import;
pub mod output;
pub mod eval;
pub mod train;
pub mod diff;

pub use check::{CheckOptions, Finding, Severity, check_lists};
pub use compile::{CompileOptions, CompileReport, GazetteerBuilder, Progress, Provenance};
pub use error::Error;
pub use explain::{Explanation, Trial, Weighing, key_of};
pub use gaps::{Sightings, Unlisted, UnlistedNames};
pub use gazetteer::{
    CurrentLayers, EMBEDDED, Entity, EntityKey, Gazetteer, Info, LayerSource, Layers,
    MappedGazetteer, Name, OwnedLayers,
};
#[cfg(feature = "import")]
pub use import::{IMPORT_SOURCES, ImportOptions, ImportReport, ImportSource, ListWriter, import};
pub use layout::{FORMAT, Source};
pub use lookup::Found;
pub use normalize::{KEY_SCHEME, Normalizer, UNICODE};
pub use output::html::Page;
pub use record::read::{list_files, open as open_input, read_list};
pub use record::{Date, EntityType, Kind, Origin, Policy, Problem, ReadOptions, Record, Role};
pub use resolve::{Evidence, PART_BYTES, Parts, Rejected, Resolved, Tagged, TaggedParts, parts};
pub use span::{OffsetUnit, Offsets, Span};
pub use tag::{
    Candidate, Document, Level, Mention, Mentions, Mismatch, TagOptions, Tagger, TextCase,
};
pub use weights::Weights;
