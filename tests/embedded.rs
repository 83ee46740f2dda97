//! The embedded gazetteer is what the library makes of the lists, and names what an article names.

use std::collections::BTreeSet;
use std::path::Path;

use exonym::{CompileOptions, EMBEDDED, Gazetteer, GazetteerBuilder, Provenance, Tagger};

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

/// What a news article of 2016 on the war in Syria names: all of it, and nothing else.
const ARTICLE: [&str; 28] = [
    "al-nusra-front",
    "aleppo",
    "anbar-governorate",
    "ataman",
    "damascus",
    "deir-ez-zor",
    "deraa",
    "hezbollah",
    "iran",
    "iraq",
    "islamic-state",
    "khanasser",
    "kobani",
    "latakia",
    "mosul",
    "palmyra",
    "rabia-latakia",
    "ramadi",
    "raqqa",
    "salma-latakia",
    "sheikh-maskin",
    "sinjar",
    "suwayda",
    "syria",
    "syrian-desert",
    "tikrit",
    "turkey",
    "united-states",
];

#[test]
fn the_seed_article_names_what_it_names() {
    let article = std::env::var_os("EXONYM_SHARED")
        .map(std::path::PathBuf::from)
        .and_then(|shared| std::fs::read_to_string(shared.join("seed/palmyre.txt")).ok());
    let Some(article) = article else {
        return println!("skipped: EXONYM_SHARED names no folder with seed/palmyre.txt");
    };
    let tagger = Tagger::new(Gazetteer::embedded()).unwrap();
    let tagged = tagger.tag(article.as_str());
    let named: BTreeSet<String> =
        tagged.mentions.iter().map(|mention| tagger.entity(mention.entity).id()).collect();
    let optional = ["yazidis", "syrian-desert", "international-coalition-against-islamic-state"];
    let wanted: BTreeSet<String> = ARTICLE.map(str::to_owned).into();
    let differ: Vec<_> =
        named.symmetric_difference(&wanted).filter(|id| !optional.contains(&id.as_str())).collect();
    assert!(differ.is_empty(), "{differ:?}");
}
