//! Compiles the lists in `gazetteer/` (or in `$EXONYM_GAZETTEER_DIR`) into the bytes that
//! `Gazetteer::embedded` serves.

#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    reason = "the library uses what the build does not"
)]

// The lower half of the library, under the names it has in `src/lib.rs`.
#[path = "src/compile/mod.rs"]
mod compile;
#[path = "src/error.rs"]
mod error;
#[path = "src/layout/mod.rs"]
mod layout;
#[path = "src/normalize/mod.rs"]
mod normalize;
#[path = "src/record/mod.rs"]
mod record;
#[path = "src/words.rs"]
mod words;

use std::path::PathBuf;
use std::process::ExitCode;

use compile::{CompileOptions, GazetteerBuilder, Provenance};

fn main() -> ExitCode {
    println!("cargo::rerun-if-env-changed=EXONYM_GAZETTEER_DIR");
    let lists =
        PathBuf::from(std::env::var_os("EXONYM_GAZETTEER_DIR").unwrap_or("gazetteer".into()));
    println!("cargo::rerun-if-changed={}", lists.display());
    let options = CompileOptions { provenance: Provenance::Rows, ..Default::default() };
    let mut builder = GazetteerBuilder::with_options(options);
    let bytes = builder.read(&lists, Default::default()).and_then(|()| builder.build());
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default()).join("gazetteer.gaz");
    match bytes.and_then(|bytes| std::fs::write(out, bytes).map_err(Into::into)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            for line in error.to_string().lines() {
                println!("cargo::error={line}");
            }
            ExitCode::FAILURE
        }
    }
}
