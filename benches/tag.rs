//! How fast is tagging, and does its cost stay linear on hostile text?
//!
//! `cargo bench --bench tag` tags the articles in `docs/`, repeated; with `EXONYM_SHARED` set to a
//! folder that has `text/en.txt.gz` and others (one document a line) it tags those. One thread;
//! megabytes of UTF-8 a second of processor time, best of five passes: `find` is the scan to
//! mentions with candidates, `tag` resolves them as well. Hostile texts are tagged at one, two and
//! four times a length: where cost is linear, the ratios are near 2 and 4.

use std::hint::black_box;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use exonym::{Gazetteer, Tagger};

fn main() {
    let tagger = Tagger::new(Gazetteer::embedded()).expect("the embedded gazetteer is sound");
    println!("{:<28}{:>8}{:>12}{:>12}{:>12}", "text", "MB", "find MB/s", "tag MB/s", "mentions");
    for (name, text) in texts() {
        let documents: Vec<&str> = text.lines().collect();
        let bytes = text.len() as f64 / 1e6;
        let mut mentions = 0;
        let find = best(|| {
            for document in &documents {
                black_box(tagger.find_iter(*document).count());
            }
        });
        let tag = best(|| {
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

/// Seconds of this process's processor time where the system tells it, else of the clock.
fn seconds(start: Instant) -> f64 {
    let spent = std::fs::read_to_string("/proc/self/schedstat").ok();
    let nanoseconds = spent.and_then(|line| line.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| start.elapsed().as_secs_f64(), |spent| spent / 1e9)
}

fn best(mut pass: impl FnMut()) -> f64 {
    let start = Instant::now();
    let mut best = f64::MAX;
    for _ in 0..5 {
        let before = seconds(start);
        pass();
        best = best.min(seconds(start) - before);
    }
    best.max(1e-9)
}

fn texts() -> Vec<(String, String)> {
    if let Some(folder) = std::env::var_os("EXONYM_SHARED").map(PathBuf::from) {
        let names = ["en", "fr", "es", "ru", "uk", "ar"];
        return names.map(|name| (name.to_owned(), unpack(&folder, name))).to_vec();
    }
    println!("EXONYM_SHARED is not set: the articles in docs/, repeated");
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let names = ["article-en.txt", "article-fr.txt", "article-ru.txt", "article-ar.txt"];
    let repeated = names.map(|name| {
        let text = std::fs::read_to_string(docs.join(name)).expect("the articles are there");
        let line = text.replace('\n', " ") + "\n";
        (name.to_owned(), line.repeat(5_000_000 / line.len()))
    });
    repeated.to_vec()
}

fn unpack(folder: &Path, name: &str) -> String {
    let path = folder.join("text").join(format!("{name}.txt.gz"));
    let mut text = String::new();
    exonym::open_input(&path)
        .and_then(|mut reader| reader.read_to_string(&mut text))
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text
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
        ("names that begin names", "United States of ", 100_000),
        ("names without spaces", "北京", 300_000),
        ("dotted letters", "U.", 1_000_000),
        ("elided letters", "d'", 1_000_000),
        ("base64", "QUJDREVGR0hJSktMTU5PUA", 100_000),
        ("proclitics", "و", 1_000_000),
        ("newlines", "\n", 2_000_000),
    ]
}
