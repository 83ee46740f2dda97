//! `exonym eval` against the scorer of the gold sets, figure for figure. Needs `EXONYM_SHARED` and
//! python3; what is counted of small gold of our own stands in `src/eval/tests.rs`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_exonym");

/// Sets with what is special about each, and how to tag it.
const SETS: &[(&str, &[&str])] = &[
    // Demonyms, locations.
    ("trnews", &["--demonyms"]),
    // A part that was annotated, mentions that are untyped, optional, nested.
    ("newsfair-v2", &[]),
    // Dates, mentions that the source's inventory lacks.
    ("hipe2020-fr-dev", &[]),
    // Proclitics, no ids.
    ("anercorp-dev", &[]),
    // Ids of another vocabulary, case endings.
    ("factrueval-dev", &[]),
];

/// Figures of the scorer, and ours.
const FIGURES: [(&str, &str); 11] = [
    ("docs", "documents"),
    ("gold", "gold"),
    ("predicted", "answers"),
    ("P", "precision"),
    ("R", "recall"),
    ("F1", "f1"),
    ("link_gold", "with_id"),
    ("link_P", "link_precision"),
    ("link_R", "link_recall"),
    ("geo_gold", "located"),
    ("at161", "within_161_km"),
];

/// Names for everything that the embedded gazetteer lacks would be too many to compile here; these
/// make ids and coordinates of a second layer count.
const LAYER: &str = "id,name,kind,country,lat,lon,weight,same_as\n\
    geonames:2988507,Paris,city,FR,48.85,2.35,2138551,wikidata:Q90\n\
    geonames:6058560,London,city,CA,42.98,-81.23,346765,\n\
    wikidata:Q16957,East Germany,country,,,,,wikidata:Q16957\n";

#[test]
fn figures_agree_with_the_scorer_of_the_gold_sets() {
    let Some(shared) = std::env::var_os("EXONYM_SHARED") else {
        return println!("skipped: EXONYM_SHARED is not set");
    };
    if Command::new("python3").arg("--version").output().is_err() {
        return println!("skipped: there is no python3");
    }
    let eval = Path::new(&shared).join("eval");
    let folder = tempfile::tempdir().unwrap();
    let layer = folder.path().join("layer.csv");
    std::fs::write(&layer, LAYER).unwrap();
    for (set, args) in SETS {
        let gold = eval.join(format!("gold/{set}.jsonl.gz"));
        let answers = folder.path().join("answers.jsonl");
        let run = |command: &str, more: &[&str]| {
            let mut program = Command::new(PROGRAM);
            program.arg(command).arg(&gold).arg("-g").arg(&layer).args(*args).args(more);
            output(&mut program)
        };
        std::fs::write(&answers, run("tag", &["--format", "jsonl"])).unwrap();
        for types in ["place", "group"] {
            let ours = run("eval", &["--format", "json", "--errors", "9999", "--types", types]);
            let ours: Value = serde_json::from_slice(&ours).unwrap();
            let mut scorer = Command::new("python3");
            scorer.arg(eval.join("score.py")).args(["--json", "--errors", "9999", "--type", types]);
            let theirs = String::from_utf8(output(scorer.arg(&gold).arg(&answers))).unwrap();
            let mut lines = theirs.lines();
            let figures: Value = serde_json::from_str(lines.next().unwrap()).unwrap();
            let what = format!("{set} {types}");
            for (theirs, ours) in FIGURES.map(|(key, own)| (&figures[key], &ours["all"][own])) {
                same(theirs, ours, &what);
            }
            same(&figures["b3"], &ours["b_cubed"], &what);
            assert!(types == "group" || figures["predicted"].as_u64() > Some(10), "{what}");
            for (title, own) in
                [("false alarms", "false"), ("misses", "missed"), ("wrong links", "wrong_link")]
            {
                let line = lines.next().unwrap();
                let line = line.strip_prefix(&format!("-- {title}: ")).unwrap();
                assert_eq!(count_words(line), count_words(&shown(&ours["errors"][own])), "{what}");
            }
        }
    }
}

fn output(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A figure without anything to count is zero to the scorer, and nothing to us.
fn same(theirs: &Value, ours: &Value, what: &str) {
    let [one, other] = [theirs, ours].map(|figure| figure.as_f64().unwrap_or(0.0));
    assert!((one - other).abs() < 1e-9, "{what}: {theirs} and {ours}");
}

/// Our errors as the scorer writes them: by surface and display form, with counts, in any order.
fn shown(errors: &Value) -> String {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for error in errors.as_array().unwrap() {
        let text = error["text"].as_str().unwrap();
        let key = match (error.get("gold"), &error["answer"]["name"]) {
            (Some(_), Value::String(name)) => format!("{text} -> {name}"),
            _ => text.to_owned(),
        };
        *counts.entry(key).or_default() += error["count"].as_u64().unwrap();
    }
    let shown: Vec<_> = counts.iter().map(|(key, count)| format!("{key} {count}")).collect();
    shown.join(", ")
}

/// Words with how often they stand there: surfaces hold the separators of the scorer's list.
fn count_words(line: &str) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for word in line.split_whitespace() {
        *counts.entry(word.trim_end_matches(',')).or_default() += 1;
    }
    counts
}

#[test]
fn gold_is_read_from_the_standard_input_and_packed_and_threads_change_nothing() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/data");
    let run = |args: &[&str], stdin: &str| {
        let mut command = Command::new(PROGRAM);
        command.current_dir(&data).args(["eval", "-g", "names.csv", "--no-embedded"]).args(args);
        let input = std::fs::File::open(data.join(stdin)).unwrap();
        String::from_utf8(output(command.stdin(input))).unwrap()
    };
    let folder = tempfile::tempdir().unwrap();
    let packed = folder.path().join("en.txt.gz");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let text = std::fs::read(data.join("gold/en.txt")).unwrap();
    std::io::Write::write_all(&mut gzip, &text).unwrap();
    std::fs::write(&packed, gzip.finish().unwrap()).unwrap();
    let packed = packed.to_str().unwrap();
    let named = |out: &str, name: &str| -> Vec<String> {
        // Tables are as wide as the name.
        let lines = out.replace(name, "NAME");
        lines.lines().map(|line| line.split_whitespace().collect()).collect()
    };
    for format in ["text", "json"] {
        let plain = run(&["gold/en.txt", "--format", format], "empty.txt");
        let unpacked = run(&[packed, "--format", format], "empty.txt");
        assert_eq!(named(&plain, "gold/en.txt"), named(&unpacked, packed));
        let one = run(&["gold", "--threads", "1", "--format", format], "empty.txt");
        assert_eq!(run(&["gold", "--threads", "7", "--format", format], "empty.txt"), one);
    }
    let file = run(&["gold/news.jsonl", "--format", "json"], "empty.txt");
    let stdin = run(&["-", "--format", "json"], "gold/news.jsonl");
    assert_eq!(file, stdin.replace("\"-\"", "\"gold/news.jsonl\""));
}
