//! Beside the walk: how well tagging does on texts whose names somebody marked.
//!
//! [`gold`] reads such texts, in two forms, to one.

mod annotated;
pub mod gold;
