//! The embedded gazetteer is what the library makes of the lists.

use std::path::Path;

use exonym::{CompileOptions, EMBEDDED, GazetteerBuilder, Provenance};

#[test]
fn compiling_the_lists_gives_the_embedded_bytes() {
    let lists = option_env!("EXONYM_GAZETTEER_DIR").unwrap_or("gazetteer");
    let mut options = CompileOptions::default();
    options.provenance = Provenance::Rows;
    let mut builder = GazetteerBuilder::with_options(options);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    builder.read(&root.join(lists), Default::default()).unwrap();
    // Compared as a whole: the bytes are too many to print.
    assert!(builder.build().unwrap() == EMBEDDED, "the build script compiled other lists");
}
