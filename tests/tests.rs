//! The one test binary: every module tests the library or the program through its public face.
#![allow(unreachable_pub, reason = "no other crate uses a test binary")]

mod brute;
mod cases;
mod check;
mod compile;
#[cfg(feature = "cli")]
mod cli;
#[cfg(feature = "cli")]
mod eval;
#[cfg(feature = "cli")]
mod gaps;
mod html;
#[cfg(feature = "import")]
mod import;
mod current;
mod damage;
mod diff;
mod embedded;
mod found;
mod json;
mod layers;
mod lookup;
mod normalize;
mod parts;
mod properties;
