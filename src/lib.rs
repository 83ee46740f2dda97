#![doc = "scaffold"]
mod span; mod error; mod normalize; mod record; mod words; mod layout; mod compile;
mod gazetteer; mod lookup; mod tag; mod resolve;
pub use gazetteer::*;
pub use compile::*;
pub use record::*;
pub use lookup::*;
pub use tag::*;
pub use resolve::*;
pub use error::Error;
pub use normalize::{Normalizer, KEY_SCHEME, UNICODE};
pub use span::*;
