//! The one test binary: every module tests the library or the program through its public face.

mod brute;
mod cases;
mod check;
mod gaps;
mod html;
mod damage;
mod found;
mod normalize;
