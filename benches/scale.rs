//! How does cost grow with the number of names, the length of a text, and the density of names?
//!
//! `cargo bench --bench scale` prints three tables; speeds are megabytes of UTF-8 a second of
//! processor time, one thread, best of three passes: `find` is the scan to mentions with
//! candidates, `tag` resolves them as well. What to see: bytes a name stay, compiling grows as the
//! number of names and a little more, speed falls slowly with the number of names and not at all
//! with the length of a text, and a mention costs the same wherever it stands.
//!
//! Names are distinct surfaces of `gazetteers/world.csv.gz` under the folder in `EXONYM_SHARED`, in
//! an order that only looks random; without it, of the embedded gazetteer. More than there are are
//! composed of two or three words of these. There are up to 3 million, or as many as
//! `EXONYM_SCALE_NAMES` says: 10 million take some minutes and gigabytes.

mod common;

use std::collections::HashSet;
use std::hint::black_box;

use common::Random;
use exonym::{Gazetteer, GazetteerBuilder, Record, Tagger};
use xxhash_rust::xxh3::xxh3_64;

const PASSES: usize = 3;

fn main() {
    let texts = common::texts();
    let mut names = Names::new();
    let most = std::env::var("EXONYM_SCALE_NAMES").ok().and_then(|most| most.parse().ok());
    let most: usize = most.unwrap_or(3_000_000);
    let mut counts = vec![10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000];
    counts.retain(|&count| count < most);
    counts.push(most);
    numbers(&mut names, &counts, &texts);
    let bytes = compile(names.take(300_000));
    let gazetteer = Gazetteer::from_bytes(bytes).expect("it was compiled just now");
    let tagger = Tagger::new(&gazetteer).expect("it is sound");
    println!("\n300,000 names");
    lengths(&tagger, &texts);
    densities(&tagger, &mut names, &texts);
}

/// Names without end: real ones, then composed ones.
struct Names {
    real: usize,
    all: Vec<String>,
    known: HashSet<u64>,
    words: Vec<String>,
    random: Random,
}

impl Names {
    fn new() -> Self {
        let mut known = HashSet::new();
        let mut all = Vec::new();
        let listed = common::world(&mut |record| {
            if known.insert(xxh3_64(record.name.as_bytes())) {
                all.push(record.name);
            }
        });
        if !listed {
            all = common::embedded_names();
            known.extend(all.iter().map(|name| xxh3_64(name.as_bytes())));
        }
        // The order of the list is one of regions.
        let mut random = Random(1);
        for index in (1..all.len()).rev() {
            all.swap(index, random.below(index + 1));
        }
        let words = all.iter().flat_map(|name| name.split(' ')).filter(|word| word.len() > 2);
        let words = words.take(1_000_000).map(str::to_owned).collect();
        Self { real: all.len(), all, known, words, random }
    }

    /// The first names, of which there may be more than real ones.
    fn take(&mut self, count: usize) -> &[String] {
        while self.all.len() < count {
            let words = 2 + self.random.below(2);
            let word = |_| self.words[self.random.below(self.words.len())].as_str();
            let name = (0..words).map(word).collect::<Vec<_>>().join(" ");
            if self.known.insert(xxh3_64(name.as_bytes())) {
                self.all.push(name);
            }
        }
        &self.all[..count]
    }
}

/// Each name is that of a city of its own.
fn compile(names: &[String]) -> Vec<u8> {
    let mut builder = GazetteerBuilder::new();
    for (number, name) in names.iter().enumerate() {
        builder.add(Record::new(format!("n{number}"), name));
    }
    builder.build().expect("these names were compiled before, or are made of their words")
}

/// Time to find mentions, and how many there are.
fn find(tagger: &Tagger<'_>, text: &str) -> (f64, usize) {
    let mut mentions = 0;
    let time = common::best(PASSES, || {
        let found = text.lines().map(|document| {
            let mentions = tagger.find_iter(document);
            mentions.map(|mention| black_box(mention.candidates.len()).min(1)).sum::<usize>()
        });
        mentions = found.sum();
    });
    (time, mentions)
}

/// Time to find and resolve, and how many were accepted.
fn tag(tagger: &Tagger<'_>, text: &str) -> (f64, usize) {
    let mut mentions = 0;
    let time = common::best(PASSES, || {
        mentions = text.lines().map(|document| tagger.tag(document).mentions.len()).sum();
    });
    (time, mentions)
}

fn megabytes(text: &str) -> f64 {
    text.len() as f64 / 1e6
}

/// The beginning of a text, in whole lines.
fn start(text: &str, bytes: usize) -> &str {
    let end = text.char_indices().map(|(at, _)| at).take_while(|&at| at < bytes).last();
    let cut = text.get(..end.unwrap_or(0)).unwrap_or_default();
    cut.rfind('\n').map_or(cut, |end| &cut[..=end])
}

fn numbers(names: &mut Names, counts: &[usize], texts: &[(String, String)]) {
    println!("\ncost by the number of names, of which {} are real", names.real);
    let speeds: String = texts.iter().map(|(name, _)| format!(" find {name:>3} |")).collect();
    println!("| names | compile, s | peak, MB | bytes a name | matching |{speeds} mentions |");
    println!("|---|---|---|---|---|{}---|", "---|".repeat(texts.len()));
    for &count in counts {
        let list = names.take(count);
        forget_peak();
        let before = memory("VmRSS:");
        let (time, bytes) = common::timed(|| compile(list));
        let peak = memory("VmHWM:").zip(before).map(|(peak, before)| peak - before);
        let gazetteer = Gazetteer::from_bytes(bytes).expect("it was compiled just now");
        let tagger = Tagger::new(&gazetteer).expect("it is sound");
        let info = gazetteer.info().expect("it is sound");
        let by_name = |bytes: u64| bytes as f64 / count as f64;
        let mut all = 0;
        let speeds: String = texts
            .iter()
            .map(|(_, text)| {
                let text = start(text, 4_000_000);
                let (time, mentions) = find(&tagger, text);
                all += mentions;
                format!(" {:.0} |", megabytes(text) / time)
            })
            .collect();
        println!(
            "| {count} | {time:.2} | {} | {:.1} | {:.1} |{speeds} {all} |",
            peak.map_or("?".into(), |peak| format!("{:.0}", peak / 1e6)),
            by_name(info.bytes),
            by_name(common::matching_bytes(&gazetteer)),
        );
    }
}

fn lengths(tagger: &Tagger<'_>, texts: &[(String, String)]) {
    println!("\ncost by the length of a document");
    println!("| text | bytes | find, MB/s | tag, MB/s | mentions | accepted |");
    println!("|---|---|---|---|---|---|");
    for (name, text) in texts.iter().filter(|(name, _)| matches!(name.as_str(), "en" | "ar")) {
        // The same text throughout, cut into documents of different lengths.
        let text = start(text, 8_000_000).replace('\n', "  ");
        for length in [300, 3_000, 30_000, 300_000, 8_000_000] {
            let cut = cut(&text, length);
            let (found, mentions) = find(tagger, &cut);
            let (tagged, accepted) = tag(tagger, &cut);
            let speed = |time: f64| megabytes(&cut) / time;
            println!(
                "| {name} | {length} | {:.0} | {:.0} | {mentions} | {accepted} |",
                speed(found),
                speed(tagged),
            );
        }
    }
}

/// The text in lines of about this length, cut between words.
fn cut(text: &str, length: usize) -> String {
    let (mut out, mut line) = (String::with_capacity(text.len() + text.len() / length + 1), 0);
    for word in text.split_inclusive(' ') {
        out.push_str(word);
        line += word.len();
        if line >= length {
            out.push('\n');
            line = 0;
        }
    }
    out
}

fn densities(tagger: &Tagger<'_>, names: &mut Names, texts: &[(String, String)]) {
    println!("\ncost by the share of names among the words");
    println!(
        "| text | share | find, MB/s | tag, MB/s | mentions | find, ns a mention above none |"
    );
    println!("|---|---|---|---|---|---|");
    let names = names.take(300_000).to_vec();
    for (name, text) in texts.iter().filter(|(name, _)| matches!(name.as_str(), "en" | "ar")) {
        // Words that name nothing by themselves.
        let plain: Vec<&str> = start(text, 4_000_000)
            .split_whitespace()
            .filter(|word| tagger.find_iter(*word).next().is_none())
            .collect();
        let script = |name: &&String| (name.is_ascii() && name.len() > 4) == (text.is_ascii());
        let listed: Vec<&String> = names.iter().filter(script).collect();
        let listed = if listed.is_empty() { names.iter().collect() } else { listed };
        let mut nothing = 0.0;
        for share in [0, 1, 3, 10, 30, 100] {
            let mut random = Random(7);
            let mut mixed = String::new();
            for (number, word) in plain.iter().enumerate() {
                match random.below(100) < share {
                    true => mixed.push_str(listed[random.below(listed.len())]),
                    false => mixed.push_str(word),
                }
                mixed.push(if number % 400 == 399 { '\n' } else { ' ' });
            }
            let (found, mentions) = find(tagger, &mixed);
            let (tagged, _) = tag(tagger, &mixed);
            let by_byte = found / mixed.len() as f64;
            if share == 0 {
                nothing = by_byte;
            }
            let above = (by_byte - nothing) * mixed.len() as f64 / mentions.max(1) as f64;
            println!(
                "| {name} | {share} % | {:.0} | {:.0} | {mentions} | {:.0} |",
                megabytes(&mixed) / found,
                megabytes(&mixed) / tagged,
                above * 1e9,
            );
        }
    }
}

/// A line of this process's status, in bytes.
fn memory(line: &str) -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let found = status.lines().find_map(|known| known.strip_prefix(line))?;
    found.split_whitespace().next()?.parse::<f64>().ok().map(|kilobytes| kilobytes * 1024.0)
}

/// Makes the system count the peak of memory anew, where it can.
fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}
