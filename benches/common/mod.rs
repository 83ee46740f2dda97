//! What the benches share: texts and names to work on, and the clock.
//!
//! `EXONYM_SHARED` names a folder with `text/en.txt.gz` and others (one document a line) and
//! `gazetteers/world.csv.gz` (a list of the contract). Without it the articles in `docs/` and the
//! embedded gazetteer serve, and a line says so.
#![allow(dead_code, reason = "each bench uses a part")]

use std::collections::HashSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use exonym::{Gazetteer, GazetteerBuilder, ReadOptions, Record, Role};

/// The folder with texts and lists, if there is one.
pub(crate) fn shared() -> Option<PathBuf> {
    std::env::var_os("EXONYM_SHARED").map(PathBuf::from)
}

/// Seconds of this process's processor time where the system tells it, else of the clock.
pub(crate) fn seconds(start: Instant) -> f64 {
    let spent = std::fs::read_to_string("/proc/self/schedstat").ok();
    let nanoseconds = spent.and_then(|line| line.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| start.elapsed().as_secs_f64(), |spent| spent / 1e9)
}

/// Seconds of the clock that one call takes, and what it answers: for work that may use threads.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let done = work();
    (start.elapsed().as_secs_f64(), done)
}

/// Seconds of processor time of the quickest of several passes, on this thread. The system counts in
/// ticks of some milliseconds: a short pass is done so often that they do not matter.
pub(crate) fn best(passes: usize, mut pass: impl FnMut()) -> f64 {
    const LEAST: f64 = 0.2;
    let start = Instant::now();
    let mut measure = |times: usize| {
        let before = seconds(start);
        (0..times).for_each(|_| pass());
        (seconds(start) - before) / times as f64
    };
    let (mut times, mut best) = (1, measure(1));
    while best * (times as f64) < LEAST && times < 1 << 20 {
        times *= 4;
        best = measure(times);
    }
    for _ in 1..passes {
        best = best.min(measure(times));
    }
    best.max(1e-9)
}

/// Texts by name, one document a line.
pub(crate) fn texts() -> Vec<(String, String)> {
    if let Some(folder) = shared() {
        let names = ["en", "fr", "es", "ru", "uk", "ar"];
        return names.map(|name| (name.to_owned(), unpack(&folder, name))).to_vec();
    }
    println!("EXONYM_SHARED is not set: the articles in docs/, repeated");
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let repeated = ["en", "fr", "ru", "ar"].map(|name| {
        let text = std::fs::read_to_string(docs.join(format!("article-{name}.txt")));
        let line = text.expect("the articles are there").replace('\n', " ") + "\n";
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

/// Gives every row of the world's list to `keep`, but for rows that no gazetteer takes; false
/// without such a list.
pub(crate) fn world(keep: &mut dyn FnMut(Record)) -> bool {
    let Some(path) = shared().map(|folder| folder.join("gazetteers/world.csv.gz")) else {
        return false;
    };
    let read = |keep: &mut dyn FnMut(Record)| {
        let reader = exonym::open_input(&path);
        let reader = reader.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        exonym::read_list(reader, "world.csv", 0, ReadOptions::default(), keep)
    };
    // What cannot be read at all, and what the compiler refuses.
    let mut builder = GazetteerBuilder::new();
    let mut problems = read(&mut |record| builder.add(record));
    if let Err(error) = builder.build() {
        problems.extend(error.problems().iter().cloned());
    }
    let refused: HashSet<u64> = problems.iter().map(|problem| problem.line).collect();
    println!("rows left out, for all engines: {}", refused.len());
    read(&mut |record| {
        if !refused.contains(&u64::from(record.origin.line)) {
            keep(record);
        }
    });
    true
}

/// The surfaces of the embedded gazetteer that are tagged.
pub(crate) fn embedded_names() -> Vec<String> {
    println!("EXONYM_SHARED is not set: the names of the embedded gazetteer");
    let mut names: Vec<String> = Gazetteer::embedded()
        .entities()
        .flat_map(|entity| {
            let tagged = entity.names().filter(|name| name.role() != Role::Search);
            tagged.map(|name| name.text()).collect::<Vec<_>>()
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Bytes of a gazetteer that matching needs: keys, filter, rows.
pub(crate) fn matching_bytes<D: AsRef<[u8]>>(gazetteer: &Gazetteer<D>) -> u64 {
    let info = gazetteer.info().expect("the gazetteer is sound");
    ["keys", "filter", "rows"].iter().map(|section| info.sections[*section]).sum()
}

/// Numbers that look random and are the same in every run (SplitMix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// A number below `most`.
    pub(crate) fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % most.max(1) as u64) as usize
    }
}
