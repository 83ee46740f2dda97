//! The one test binary: every module tests the library or the program through its public face.

mod brute;
mod cases;
mod check;
#[cfg(feature = "cli")]
mod cli;
mod html;
mod damage;
mod found;
mod layers;
mod normalize;
mod properties;
