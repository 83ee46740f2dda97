//! Who finds a million names in news fastest, and in how little memory?
//!
//! The same names, the same text, the same run, one thread: exonym (scan to mentions with their
//! candidates, not resolved) against aho-corasick and daachorse (leftmost-longest over the raw
//! surfaces: they neither fold nor look for word borders, and are given no second pass for either).
//! All in their default configuration.
//!
//! `cargo bench --bench race` prints one JSON line per text and engine: `names`: distinct surfaces;
//! `bytes`: of the text; `mb_s`: megabytes of UTF-8 a second of processor time, best of five
//! passes; `build_s`: seconds of the clock from the list in memory to something that matches; `bytes_per_name`: all that
//! the engine keeps, by name (exonym: the whole file, by row); `matching_bytes`: what matching
//! reads (exonym: keys, filter, rows; others: their heap); `open_ms`: from a stored form to something
//! that matches (exonym: the file is mapped; daachorse: bytes are deserialized; aho-corasick has no
//! stored form and is built). Then the tables for COMPARE.md.
//!
//! Names are the surfaces of `gazetteers/world.csv.gz`, texts `text/*.txt.gz`, both under the
//! folder in `EXONYM_SHARED`; without it, those of the embedded gazetteer, and the articles in
//! `docs/`. `-- --dump FOLDER` writes names and texts as the engines get them; `race.py` races
//! Python's matchers on these.

mod common;

use std::borrow::Cow;
use std::hint::black_box;
use std::path::{Path, PathBuf};

use aho_corasick::AhoCorasick;
use daachorse::{
    CharwiseDoubleArrayAhoCorasick, CharwiseDoubleArrayAhoCorasickBuilder, DoubleArrayAhoCorasick,
    DoubleArrayAhoCorasickBuilder, MatchKind,
};
use exonym::{Gazetteer, GazetteerBuilder, Tagger};

const PASSES: usize = 5;

/// What an engine costs before it sees a text.
struct Cost {
    engine: &'static str,
    names: usize,
    build: f64,
    bytes_per_name: f64,
    matching: u64,
    open: f64,
    /// Milliseconds to the first text: exonym tests the checksums of a file once.
    ready: f64,
}

/// One engine on one text.
struct Pace {
    text: String,
    speed: f64,
}

/// An engine, its costs, and its results.
struct Racer<'a> {
    cost: Cost,
    count: Box<dyn Fn(&str) -> usize + 'a>,
    results: Vec<Pace>,
}

fn main() {
    let texts = common::texts();
    let (bytes, built, names) = gazetteer();
    if let Some(folder) = dump_folder() {
        dump(&folder, &names, &texts);
    }
    let gazetteer = Gazetteer::from_bytes(bytes.as_ref()).expect("it was compiled just now");
    let tagger = Tagger::new(&gazetteer).expect("it is sound");
    let cost = exonym_cost(&gazetteer, &bytes, built, names.len());
    let count = |text: &str| {
        let mentions = tagger.find_iter(text);
        mentions.map(|mention| black_box(mention.candidates.len()).min(1)).sum()
    };
    let (plain, bytewise, charwise) = automata(&names);
    let mut racers = vec![
        Racer { cost, count: Box::new(count), results: Vec::new() },
        Racer {
            cost: plain.0,
            count: Box::new(|text| plain.1.find_iter(text).map(black_box).count()),
            results: Vec::new(),
        },
        Racer {
            cost: bytewise.0,
            count: Box::new(|text| bytewise.1.leftmost_find_iter(text).map(black_box).count()),
            results: Vec::new(),
        },
        Racer {
            cost: charwise.0,
            count: Box::new(|text| charwise.1.leftmost_find_iter(text).map(black_box).count()),
            results: Vec::new(),
        },
    ];
    for (name, text) in &texts {
        let documents: Vec<&str> = text.lines().collect();
        for racer in &mut racers {
            run(racer, name, text.len(), &documents);
        }
    }
    tables(&racers);
}

/// Times an engine on a text and prints its line.
fn run(racer: &mut Racer<'_>, name: &str, bytes: usize, documents: &[&str]) {
    let mut mentions = 0;
    let time = common::best(PASSES, || {
        mentions = documents.iter().map(|document| (racer.count)(document)).sum();
    });
    let Cost { engine, names, build, bytes_per_name, matching, open, .. } = racer.cost;
    let speed = bytes as f64 / 1e6 / time;
    println!(
        "{{\"text\":\"{name}\",\"engine\":\"{engine}\",\"names\":{names},\"bytes\":{bytes},\
         \"mb_s\":{speed:.1},\"mentions\":{mentions},\"build_s\":{build:.2},\
         \"bytes_per_name\":{bytes_per_name:.1},\"matching_bytes\":{matching},\
         \"open_ms\":{open:.3}}}"
    );
    racer.results.push(Pace { text: name.to_owned(), speed });
}

/// The world's gazetteer with the seconds of its compilation and its surfaces; without the list,
/// the embedded one, which the build of this program compiled.
fn gazetteer() -> (Cow<'static, [u8]>, f64, Vec<String>) {
    let mut records = Vec::new();
    if !common::world(&mut |record| records.push(record)) {
        return (Cow::Borrowed(exonym::EMBEDDED), 0.0, common::embedded_names());
    }
    let mut names: Vec<String> = records.iter().map(|record| record.name.clone()).collect();
    names.sort_unstable();
    names.dedup();
    let (built, bytes) = common::timed(|| {
        let mut builder = GazetteerBuilder::new();
        records.into_iter().for_each(|record| builder.add(record));
        builder.build().expect("refused rows are left out")
    });
    (Cow::Owned(bytes), built, names)
}

fn exonym_cost(gazetteer: &Gazetteer<&[u8]>, bytes: &[u8], build: f64, names: usize) -> Cost {
    let info = gazetteer.info().expect("the gazetteer is sound");
    let file = std::env::temp_dir().join(format!("exonym-race-{}.gaz", std::process::id()));
    std::fs::write(&file, bytes).expect("the folder for temporary files can be written");
    let map = || {
        // SAFETY: nobody else knows the file, which is removed after its last use.
        #[allow(unsafe_code, reason = "mapping a file; see `Gazetteer::map`")]
        let mapped = unsafe { Gazetteer::map(&file) };
        mapped.expect("it was written")
    };
    let open = common::best(PASSES, || drop(black_box(map())));
    let (ready, _) = common::timed(|| Tagger::new(&map()).is_ok());
    let _ = std::fs::remove_file(&file);
    Cost {
        engine: "exonym",
        names,
        build,
        bytes_per_name: info.bytes as f64 / info.names as f64,
        matching: common::matching_bytes(gazetteer),
        open: open * 1e3,
        ready: ready * 1e3,
    }
}

type Automata = (
    (Cost, AhoCorasick),
    (Cost, DoubleArrayAhoCorasick<u32>),
    (Cost, CharwiseDoubleArrayAhoCorasick<u32>),
);

fn automata(names: &[String]) -> Automata {
    let cost = |engine, build, bytes: usize, open| Cost {
        engine,
        names: names.len(),
        build,
        bytes_per_name: bytes as f64 / names.len() as f64,
        matching: bytes as u64,
        open: open * 1e3,
        ready: open * 1e3,
    };
    let (build, plain) = common::timed(|| {
        let kind = aho_corasick::MatchKind::LeftmostLongest;
        AhoCorasick::builder().match_kind(kind).build(names).expect("the names are few enough")
    });
    let plain = (cost("aho-corasick", build, plain.memory_usage(), build), plain);
    let (build, bytewise) = common::timed(|| {
        let builder = DoubleArrayAhoCorasickBuilder::new().match_kind(MatchKind::LeftmostLongest);
        builder.build(names).expect("the names are distinct and not empty")
    });
    let stored: Vec<u8> = bytewise.serialize();
    let (open, _) = common::timed(|| {
        let opened = DoubleArrayAhoCorasick::<u32>::deserialize(&stored);
        opened.expect("it was serialized").0.heap_bytes()
    });
    let bytewise = (cost("daachorse-bytewise", build, bytewise.heap_bytes(), open), bytewise);
    let (build, charwise) = common::timed(|| {
        let builder =
            CharwiseDoubleArrayAhoCorasickBuilder::new().match_kind(MatchKind::LeftmostLongest);
        builder.build(names).expect("the names are distinct and not empty")
    });
    let stored: Vec<u8> = charwise.serialize();
    let (open, _) = common::timed(|| {
        let opened = CharwiseDoubleArrayAhoCorasick::<u32>::deserialize(&stored);
        opened.expect("it was serialized").0.heap_bytes()
    });
    let charwise = (cost("daachorse-charwise", build, charwise.heap_bytes(), open), charwise);
    (plain, bytewise, charwise)
}

/// Speeds by text, with the ratio to the faster daachorse; then what each engine costs.
fn tables(racers: &[Racer<'_>]) {
    let engines: Vec<&str> = racers.iter().map(|racer| racer.cost.engine).collect();
    println!("\n| text | {} | to the faster daachorse |", engines.join(" | "));
    println!("|---|{}", "---|".repeat(engines.len() + 1));
    let [first, others @ ..] = racers else { return };
    for (index, result) in first.results.iter().enumerate() {
        let speeds: Vec<String> =
            racers.iter().map(|racer| format!("{:.0}", racer.results[index].speed)).collect();
        let daachorse = others.iter().filter(|racer| racer.cost.engine.starts_with("daachorse"));
        let fastest = daachorse.map(|racer| racer.results[index].speed).fold(0.0, f64::max);
        let ratio = result.speed / fastest;
        println!("| {} | {} | {ratio:.1}x |", result.text, speeds.join(" | "));
    }
    println!(
        "\n| engine | names | build, s | open, ms | first text, ms | bytes a name | matching, MB |"
    );
    println!("|---|---|---|---|---|---|---|");
    for Racer { cost, .. } in racers {
        println!(
            "| {} | {} | {:.1} | {:.3} | {:.1} | {:.1} | {:.1} |",
            cost.engine,
            cost.names,
            cost.build,
            cost.open,
            cost.ready,
            cost.bytes_per_name,
            cost.matching as f64 / 1e6
        );
    }
    let heaps = others.iter().filter(|racer| racer.cost.engine.starts_with("daachorse"));
    let smallest = heaps.map(|racer| racer.cost.matching).min().unwrap_or(0);
    let share = smallest as f64 / first.cost.matching as f64;
    println!("\nexonym's matching part is 1/{share:.1} of daachorse's smaller heap");
}

fn dump_folder() -> Option<PathBuf> {
    let mut args = std::env::args().skip_while(|arg| arg != "--dump");
    args.next()?;
    args.next().map(PathBuf::from)
}

fn dump(folder: &Path, names: &[String], texts: &[(String, String)]) {
    let write = |name: String, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    };
    write("names.list".into(), &(names.join("\n") + "\n"));
    for (name, text) in texts {
        write(format!("{name}.txt"), text);
    }
}
