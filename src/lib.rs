#![doc = "scaffold"]
mod compile;
mod error;
mod explain;
mod gazetteer;
mod layout;
mod lookup;
mod normalize;
pub mod output;
mod record;
mod resolve;
mod span;
mod tag;
mod words;

pub use compile::{CompileOptions, GazetteerBuilder, Provenance};
pub use error::Error;
pub use explain::{Explanation, Trial, key_of};
pub use gazetteer::{
    EMBEDDED, Entity, EntityKey, Gazetteer, Info, LayerSource, Layers, MappedGazetteer, Name,
};
pub use layout::{FORMAT, Source};
pub use lookup::Found;
pub use normalize::{KEY_SCHEME, Normalizer, UNICODE};
pub use record::read::{list_files, open as open_input, read_list};
pub use record::{Date, EntityType, Kind, Origin, Policy, Problem, ReadOptions, Record, Role};
pub use resolve::{Evidence, Rejected, Resolved, Tagged};
pub use span::{OffsetUnit, Offsets, Span};
pub use tag::{
    Candidate, Document, Level, Mention, Mentions, Mismatch, TagOptions, Tagger, TextCase,
};
