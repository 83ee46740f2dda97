//! How fast is tagging, and does its cost stay linear on hostile text?
//!
//! `cargo bench --bench tag` tags the articles in `docs/`, repeated; with `EXONYM_SHARED` set to a
//! folder that has `text/en.txt.gz` and others (one document a line) it tags those. One thread;
//! megabytes of UTF-8 a second of processor time, best of five passes: `find` is the scan to
//! mentions with candidates, `tag` resolves them as well. Hostile texts are tagged at one, two and
//! four times a length: where cost is linear, the ratios are near 2 and 4.

mod common;

use std::hint::black_box;
use std::time::Instant;

use exonym::{Gazetteer, Tagger};

fn main() {
    let tagger = Tagger::new(Gazetteer::embedded()).expect("the embedded gazetteer is sound");
    println!("{:<28}{:>8}{:>12}{:>12}{:>12}", "text", "MB", "find MB/s", "tag MB/s", "mentions");
    for (name, text) in common::texts() {
        let documents: Vec<&str> = text.lines().collect();
        let bytes = text.len() as f64 / 1e6;
        let mut mentions = 0;
        let find = common::best(5, || {
            for document in &documents {
                black_box(tagger.find_iter(*document).count());
            }
        });
        let tag = common::best(5, || {
            mentions = documents.iter().map(|document| tagger.tag(*document).mentions.len()).sum();
        });
        println!("{name:<28}{bytes:>8.1}{:>12.0}{:>12.0}{mentions:>12}", bytes / find, bytes / tag);
    }
    println!("\n{:<28}{:>8}{:>12}{:>8}{:>8}", "hostile text", "MB", "ms at 1x", "2x", "4x");
    for (name, piece, count) in hostile() {
        let time = |times: usize| {
            let text = piece.repeat(count * times);
            let start = Instant::now();
            black_box(tagger.tag(text.as_str()).mentions.len());
            start.elapsed().as_secs_f64()
        };
        let [once, twice, four] = [1, 2, 4].map(time);
        let bytes = (piece.len() * count) as f64 / 1e6;
        let ratio = |time: f64| time / once.max(1e-9);
        println!(
            "{name:<28}{bytes:>8.1}{:>12.1}{:>8.1}{:>8.1}",
            once * 1e3,
            ratio(twice),
            ratio(four)
        );
    }
}

/// Name, piece, and how often it stands in the text at first.
fn hostile() -> Vec<(&'static str, &'static str, usize)> {
    vec![
        ("one line of words", "the words of one endless line, ", 100_000),
        ("NULs", "\0", 2_000_000),
        ("lone combining marks", "\u{301}\u{5B0}\u{64E}", 300_000),
        ("marks on one letter", "e\u{301}", 500_000),
        ("zero-width characters", "a\u{200B}", 500_000),
        ("a mention in a row", "Mossoul ", 250_000),
        ("sentences of a name", "Mossoul! ", 250_000),
        ("names that begin names", "United States of ", 100_000),
        ("names without spaces", "北京", 300_000),
        ("dotted letters", "U.", 1_000_000),
        ("elided letters", "d'", 1_000_000),
        ("base64", "QUJDREVGR0hJSktMTU5PUA", 100_000),
        ("proclitics", "و", 1_000_000),
        ("newlines", "\n", 2_000_000),
    ]
}
