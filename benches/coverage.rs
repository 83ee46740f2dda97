//! What the embedded gazetteer covers of gold texts, and how well tagging with it does.
//!
//! In: a folder with `eval/gold/*.jsonl[.gz]`, given as the argument or in `EXONYM_SHARED`. Out: a
//! Markdown table by set and language, and one by language.
//!
//! Run it as `cargo bench --bench coverage -- FOLDER`.
//!
//! "listed" is the share of gold places whose text is looked up as a place at all. Precision, recall
//! and F1 are those of `exonym eval`: strict on spans. Sets that annotate adjectives are tagged with
//! demonyms.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use exonym::eval::gold::{self, GoldDocument, GoldForm};
use exonym::eval::{self, EvalOptions, Figures, Tally, Verdict};
use exonym::{EntityType, Gazetteer, TagOptions, Tagger};

/// Sets whose gold has country adjectives.
const WITH_DEMONYMS: [&str; 3] = ["trnews", "geowebnews", "aida-dev"];

/// Gold places of one language whose text is listed.
type Listed = BTreeMap<String, u64>;

/// Cells of the table: documents, gold places, share listed, precision, recall, F1.
fn cells(tally: &Tally, listed: u64) -> String {
    let share = |share: Option<f64>| format!("{:.3}", share.unwrap_or(0.0));
    let listed = (tally.gold > 0).then(|| listed as f64 / tally.gold as f64);
    let shares = [listed, tally.precision(), tally.recall(), tally.f1()].map(share);
    format!("{} | {} | {}", tally.documents, tally.gold, shares.join(" | "))
}

fn main() {
    let given = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let folder =
        given.map(PathBuf::from).or_else(|| std::env::var_os("EXONYM_SHARED").map(PathBuf::from));
    let Some(folder) = folder else {
        println!("skipped: name the folder with eval/gold, or set EXONYM_SHARED");
        return;
    };
    let mut all = Figures::new(EvalOptions::default());
    let mut all_listed = Listed::new();
    println!("| set | lang | documents | places | listed | P | R | F1 |");
    println!("|---|---|---|---|---|---|---|---|");
    for path in sets(&folder.join("eval/gold")) {
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let set = file.split('.').next().unwrap_or_default();
        let mut own = Figures::new(EvalOptions::default());
        let listed = measure(&path, set, &mut own, &mut all);
        let langs: Vec<&str> = own.langs().map(|(lang, _)| lang).collect();
        println!("| {set} | {} | {} |", langs.join(" "), cells(own.all(), listed.values().sum()));
        for (lang, tally) in own.langs().filter(|_| langs.len() > 1) {
            println!("| {set} | {lang} | {} |", cells(tally, listed[lang]));
        }
        for (lang, count) in listed {
            *all_listed.entry(lang).or_default() += count;
        }
    }
    println!("\n| lang | documents | places | listed | P | R | F1 |");
    println!("|---|---|---|---|---|---|---|");
    for (lang, tally) in all.langs() {
        println!("| {lang} | {} |", cells(tally, all_listed[lang]));
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

/// Counts one set, for itself and with the others; its listed places by language.
fn measure(path: &Path, set: &str, own: &mut Figures, all: &mut Figures) -> Listed {
    let mut options = TagOptions::default();
    options.demonyms = WITH_DEMONYMS.contains(&set);
    let tagger = Tagger::new(Gazetteer::embedded()).expect("the embedded gazetteer");
    let tagger = tagger.options(options);
    let reader =
        exonym::open_input(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let documents = gold::read(reader, &path.display().to_string(), GoldForm::Jsonl)
        .unwrap_or_else(|error| panic!("{error}"));
    let mut known = HashMap::new();
    let mut listed = Listed::new();
    for document in &documents {
        let answers = eval::answers(&tagger, document);
        own.add(set, document, &answers);
        all.add(set, document, &answers);
        *listed.entry(document.lang.clone()).or_default() += count_listed(document, &mut known);
    }
    listed
}

/// The gold places of a document whose text is listed; `known` remembers texts.
fn count_listed(gold: &GoldDocument, known: &mut HashMap<String, bool>) -> u64 {
    let verdicts = eval::judge(gold, &[], &EvalOptions::default());
    let surfaces = verdicts.iter().filter_map(|verdict| match verdict {
        Verdict::Missed { gold: mention, .. } => Some(gold.surface(mention.span)),
        _ => None,
    });
    let listed = surfaces.filter(|surface| match known.get(*surface) {
        Some(&listed) => listed,
        None => *known.entry((*surface).to_owned()).or_insert_with(|| is_listed(surface)),
    });
    listed.count() as u64
}

/// True if lookup knows a place by this name.
fn is_listed(surface: &str) -> bool {
    let found = Gazetteer::embedded().lookup(surface);
    found.iter().any(|found| !found.decoy && found.entity().entity_type() == EntityType::Place)
}
