//! Step 8 of the walk: what was found, written down.
//!
//! In: texts and what the tagger says of them. Out: pages for people ([`Page`]).

mod html;

pub use html::Page;
