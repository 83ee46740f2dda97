//! What the embedded gazetteer covers of gold texts, and how well tagging with it does.
//!
//! In: a folder with `eval/gold/*.jsonl[.gz]`, given as the argument or in `EXONYM_SHARED`. Out: a
//! Markdown table by set and language, and one by language. A line of a set is a document:
//! `{"id","lang","text","date","mentions":[{"start","end","type",…}]}`, positions in code points.
//!
//! Run it as `cargo bench --bench coverage -- FOLDER`.
//!
//! "listed" is the share of gold places whose text is looked up as a place at all. Precision, recall
//! and F1 are strict on spans. A gold place that is nested, untyped, optional or a facility may be
//! found or not. Sets that annotate adjectives are tagged with demonyms, which count where the gold
//! has them and are ignored elsewhere. In Arabic, Persian and Hebrew a place that lacks only a
//! proclitic is that place.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::BufRead;
use std::path::{Path, PathBuf};

use exonym::{Date, Document, EntityType, Gazetteer, OffsetUnit, Offsets, TagOptions, Tagger};
use serde::Deserialize;

/// Sets whose gold has country adjectives.
const WITH_DEMONYMS: [&str; 3] = ["trnews", "geowebnews", "aida-dev"];

/// What may be missing at the start of a place, as the scorer of the gold sets has it.
const PROCLITICS: [&str; 32] = [
    "و", "ف", "ب", "ك", "ل", "لل", "وال", "فال", "بال", "كال", "ال", "وب", "ول", "ولل", "فب", "فل",
    "وبال", "ו", "ה", "ב", "כ", "ל", "מ", "ש", "וב", "ול", "ומ", "וה", "שב", "של", "מה", "בה",
];

#[derive(Deserialize)]
struct GoldDocument {
    #[serde(default)]
    lang: String,
    #[serde(default)]
    date: String,
    text: String,
    evaluation_span: Option<(usize, usize)>,
    mentions: Vec<GoldMention>,
}

#[derive(Deserialize)]
struct GoldMention {
    start: usize,
    end: usize,
    #[serde(rename = "type")]
    type_: String,
    #[serde(default)]
    nested: bool,
    #[serde(default)]
    untyped: bool,
    #[serde(default)]
    optional: bool,
    #[serde(default)]
    facility: bool,
}

impl GoldMention {
    fn is_loose(&self) -> bool {
        self.nested || self.untyped || self.optional || self.facility
    }
}

/// Counts of places.
#[derive(Clone, Copy, Default)]
struct Counts {
    documents: usize,
    gold: usize,
    listed: usize,
    found: usize,
    alarms: usize,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.documents += other.documents;
        self.gold += other.gold;
        self.listed += other.listed;
        self.found += other.found;
        self.alarms += other.alarms;
    }

    /// Cells of the table: documents, gold places, share listed, precision, recall, F1.
    fn cells(self) -> String {
        let ratio = |part: usize, all: usize| if all == 0 { 0.0 } else { part as f64 / all as f64 };
        let precision = ratio(self.found, self.found + self.alarms);
        let recall = ratio(self.found, self.gold);
        let f1 = match precision + recall {
            0.0 => 0.0,
            sum => 2.0 * precision * recall / sum,
        };
        let listed = ratio(self.listed, self.gold);
        format!(
            "{} | {} | {listed:.3} | {precision:.3} | {recall:.3} | {f1:.3}",
            self.documents, self.gold
        )
    }
}

fn main() {
    let given = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let folder =
        given.map(PathBuf::from).or_else(|| std::env::var_os("EXONYM_SHARED").map(PathBuf::from));
    let Some(folder) = folder else {
        println!("skipped: name the folder with eval/gold, or set EXONYM_SHARED");
        return;
    };
    let sets = sets(&folder.join("eval/gold"));
    let mut by_lang: BTreeMap<String, Counts> = BTreeMap::new();
    println!("| set | lang | documents | places | listed | P | R | F1 |");
    println!("|---|---|---|---|---|---|---|---|");
    for path in sets {
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let set = file.split('.').next().unwrap_or_default();
        let counts = measure(&path, WITH_DEMONYMS.contains(&set));
        let mut all = Counts::default();
        for (lang, counts) in &counts {
            all.add(*counts);
            by_lang.entry(lang.clone()).or_default().add(*counts);
        }
        let langs: Vec<&str> = counts.keys().map(String::as_str).collect();
        println!("| {set} | {} | {} |", langs.join(" "), all.cells());
        for (lang, counts) in counts.iter().filter(|_| langs.len() > 1) {
            println!("| {set} | {lang} | {} |", counts.cells());
        }
    }
    println!("\n| lang | documents | places | listed | P | R | F1 |");
    println!("|---|---|---|---|---|---|---|");
    for (lang, counts) in by_lang {
        println!("| {lang} | {} |", counts.cells());
    }
}

fn sets(folder: &Path) -> Vec<PathBuf> {
    let entries =
        std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut sets: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry of the folder").path())
        .filter(|path| path.to_string_lossy().contains(".jsonl"))
        .collect();
    sets.sort();
    sets
}

/// Counts one set by language.
fn measure(path: &Path, demonyms: bool) -> BTreeMap<String, Counts> {
    let mut options = TagOptions::default();
    options.demonyms = demonyms;
    let gazetteer = Gazetteer::embedded();
    let tagger = Tagger::new(gazetteer).expect("the embedded gazetteer").options(options);
    let mut listed: HashMap<String, bool> = HashMap::new();
    let mut counts: BTreeMap<String, Counts> = BTreeMap::new();
    let reader = exonym::open_input(path).unwrap_or_else(|error| panic!("{error}"));
    for (line, number) in reader.lines().zip(1..) {
        let line = line.unwrap_or_else(|error| panic!("{}:{number}: {error}", path.display()));
        if line.trim().is_empty() {
            continue;
        }
        let document: GoldDocument = serde_json::from_str(&line)
            .unwrap_or_else(|error| panic!("{}:{number}: {error}", path.display()));
        let own = counts.entry(document.lang.clone()).or_default();
        own.add(score(&tagger, &document, &mut listed));
    }
    counts
}

/// Counts one document.
fn score(tagger: &Tagger<'_>, gold: &GoldDocument, listed: &mut HashMap<String, bool>) -> Counts {
    let (first, last) = gold.evaluation_span.unwrap_or((0, usize::MAX));
    let inside = |start: usize, end: usize| first <= start && end <= last;
    let (mut wanted, mut optional) = (HashSet::new(), HashSet::new());
    for mention in gold.mentions.iter().filter(|mention| inside(mention.start, mention.end)) {
        let place = mention.type_ == "place";
        if place && !mention.is_loose() {
            wanted.insert((mention.start, mention.end));
        } else if place || mention.untyped {
            optional.insert((mention.start, mention.end));
        }
    }
    let document = Document::new(&gold.text).lang(&gold.lang).date(Date::parse(&gold.date));
    let mut offsets = Offsets::new(&gold.text, OffsetUnit::Codepoint);
    // Spans with whether they are demonyms.
    let mut got: HashMap<(usize, usize), bool> = HashMap::new();
    for mention in tagger.tag(document).mentions {
        let span = mention.span();
        let span = (offsets.at(span.start), offsets.at(span.end));
        if tagger.entity(mention.entity).entity_type() == EntityType::Place
            && inside(span.0, span.1)
        {
            got.insert(span, mention.demonym);
        }
    }
    let bytes: Vec<usize> =
        gold.text.char_indices().map(|(byte, _)| byte).chain([gold.text.len()]).collect();
    let slice = |start: usize, end: usize| &gold.text[bytes[start]..bytes[end]];
    if matches!(gold.lang.as_str(), "ar" | "fa" | "he") {
        let ends: HashMap<usize, (usize, usize)> =
            wanted.iter().chain(&optional).map(|&span| (span.1, span)).collect();
        let stray: Vec<(usize, usize)> = got
            .keys()
            .copied()
            .filter(|span| !wanted.contains(span) && !optional.contains(span))
            .collect();
        for span in stray {
            if let Some(&full) = ends.get(&span.1)
                && !got.contains_key(&full)
                && full.0 < span.0
                && PROCLITICS.contains(&slice(full.0, span.0))
                && let Some(demonym) = got.remove(&span)
            {
                got.insert(full, demonym);
            }
        }
    }
    let mut counts = Counts { documents: 1, gold: wanted.len(), ..Counts::default() };
    for span in &wanted {
        counts.found += usize::from(got.contains_key(span));
        let surface = slice(span.0, span.1);
        let known = *listed.entry(surface.to_owned()).or_insert_with(|| is_listed(surface));
        counts.listed += usize::from(known);
    }
    counts.alarms = got
        .iter()
        .filter(|(span, demonym)| !wanted.contains(span) && !optional.contains(span) && !**demonym)
        .count();
    counts
}

/// True if lookup knows a place by this name.
fn is_listed(surface: &str) -> bool {
    let found = Gazetteer::embedded().lookup(surface);
    found.iter().any(|found| !found.decoy && found.entity().entity_type() == EntityType::Place)
}
