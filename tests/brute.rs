//! The proof of the tagger: another one, that tries every start and every end, must agree with it.
//!
//! [`Brute`] knows the library only through [`exonym::Normalizer::key`]. It cuts the raw text into
//! words, tries all pairs of a start and an end, longest first, and looks the key of the raw slice
//! up in a hash map. Of the rules it knows gaps, elisions, possessives, abbreviations, decoys and
//! the case policies; clitics, particles, dates and code-like text are left to the cases.

mod tagger;

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;

use exonym::{Document, Gazetteer, GazetteerBuilder, Normalizer, Policy, Record, Role, Tagger};
use flate2::read::MultiGzDecoder;
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

use crate::cases::{Case, compile, unmark};
use tagger::{Brute, Found};

/// What the library's tagger says, in the same form.
fn tagged(tagger: &Tagger<'_>, document: Document<'_>) -> Found {
    let found = tagger.find_iter(document).map(|mention| {
        let mut ids: Vec<String> = mention
            .candidates
            .iter()
            .map(|candidate| tagger.entity(candidate.entity).id())
            .collect();
        ids.sort();
        (mention.span.range(), ids)
    });
    found.collect()
}

/// Cases with rules that the brute tagger does not know: file, language (any if empty), reason.
const EXCLUDED: [(&str, &str, &str); 11] = [
    ("arabic-clitics", "", "proclitics"),
    ("languages-rtl", "", "proclitics"),
    ("roles", "ar", "proclitics"),
    ("unicode-forms", "ar", "proclitics"),
    ("hebrew", "", "proclitics"),
    ("separators", "he", "proclitics"),
    ("korean", "", "particles"),
    ("possessive-suffix", "tr", "suffixes after an apostrophe"),
    ("possessive-suffix", "az", "suffixes after an apostrophe"),
    ("weak-names", "tr", "suffixes after an apostrophe"),
    ("urls-handles", "", "text that is no prose"),
];

/// A name whose first character is its apostrophe.
const EXCLUDED_CASE: &str = "name-begins-with-apostrophe";

#[derive(serde::Deserialize)]
struct Cases {
    gazetteer: String,
    case: Vec<Case>,
}

#[test]
fn every_case_by_brute_force() {
    let (mut failures, mut cases) = (String::new(), 0);
    for path in std::fs::read_dir("tests/cases").unwrap().map(|entry| entry.unwrap().path()) {
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        let file: Cases = toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let brute = brute_of(&file.gazetteer);
        let gazetteer = Gazetteer::from_bytes(compile(&file.gazetteer)).unwrap();
        let tagger = Tagger::new(&gazetteer).unwrap();
        let excluded = |case: &Case| {
            let known = |&(file, lang, _): &(&str, &str, &str)| {
                file == stem && (lang.is_empty() || lang == case.lang)
            };
            EXCLUDED.iter().any(known) || case.name == EXCLUDED_CASE
        };
        for case in file.case.iter().filter(|case| !excluded(case)) {
            cases += 1;
            let (text, _) = unmark(&case.marked);
            let found = tagged(&tagger, Document::new(&text).lang(&case.lang));
            let wanted = brute.find(&text);
            if found != wanted {
                let name = &case.name;
                failures +=
                    &format!("{stem}/{name}: {text}\n  tagger {found:?}\n  brute  {wanted:?}\n");
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
    assert!(cases >= 600, "{cases} cases");
}

/// The names of a list in the cases' form.
fn brute_of(list: &str) -> Brute {
    let mut brute = Brute::default();
    let mut csv = csv::ReaderBuilder::new().flexible(true).from_reader(list.as_bytes());
    let headers = csv.headers().unwrap().clone();
    for row in csv.records() {
        let row = row.unwrap();
        let cell = |header: &str| {
            let at = headers.iter().position(|known| known == header);
            at.and_then(|at| row.get(at)).unwrap_or("").trim().to_owned()
        };
        let role = Role::ALL.into_iter().find(|role| role.name() == cell("role"));
        let flag = |word: &str| Policy::ALL.into_iter().find(|(_, name)| *name == word).unwrap().0;
        let policy = cell("policy").split_whitespace().map(flag).reduce(Policy::with);
        for name in cell("name").split('|').map(str::trim).filter(|name| !name.is_empty()) {
            brute.add(&cell("id"), name, role.unwrap_or(Role::Variant), policy);
        }
    }
    brute
}

/// Words of names. None is a proclitic or particle, or another word behind one.
const WORDS: &[&str] = &[
    "New",
    "York",
    "City",
    "of",
    "the",
    "Deir",
    "ez",
    "Zor",
    "Côte",
    "d'Ivoire",
    "Ivoire",
    "Saint",
    "St",
    "N'Djamena",
    "U.S.",
    "D.C.",
    "al",
    "Qaeda",
    "État",
    "islamique",
    "Iraq",
    "Iraqis",
    "L'Aquila",
    "O’Brien",
    "İstanbul",
    "McDonald's",
    "US",
    "EI",
    "A",
    "b",
    "7",
    "1990",
    "Straße",
    "Łódź",
    "ﬁn",
    "Ростов",
    "на",
    "Дону",
    "Артём",
    "Ελλάς",
    "北",
    "京",
    "東京都",
    "タイ",
    "パリ",
    "ー",
    "กรุงเทพ",
    "ลำปาง",
    "नई",
    "दिल्ली",
    "دمشق",
    "حمص",
    "תל",
    "אביב",
    "서울",
    "평양",
    "ᄒ\u{1161}ᆫ",
];
/// Words of texts only.
const FILLERS: &[&str] =
    &["in", "And", "said", "l'", "D’", "qu'", "aujourd'", "'s", "’ll", "'x", "Mt", "Т"];
const GAPS: &[&str] = &[
    " ",
    " ",
    " ",
    " ",
    "-",
    ", ",
    "'",
    "’",
    ". ",
    "",
    "  ",
    "\n",
    "\r\n",
    "\n\n",
    " \n",
    "\u{A0}",
    ",",
    "–",
    " - ",
    "-\n",
    ".",
    "..",
    " .",
    "· ",
    "·",
    "・",
    "!",
    "! ",
    "?",
    "/",
    " & ",
    ":",
    "\"",
    " «",
    "(",
    "\t",
    "\u{AD}",
    "\u{200B}",
    "\u{200F} ",
    "\u{301}",
    "\u{2029}",
    "…",
    " ' ",
    "。",
];

/// One word in some spelling.
fn spelled(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    (0..words.len(), 0..12_u8).prop_map(|(word, form)| {
        let word = words[word];
        match form {
            0 => word.to_uppercase(),
            1 => word.to_lowercase(),
            2 => word.nfd().collect(),
            3 => word.chars().flat_map(|char| [char, '\u{AD}']).collect(),
            _ => word.to_owned(),
        }
    })
}

/// A name of a few words; most gaps are blanks and dashes.
fn name() -> impl Strategy<Value = String> {
    let more = prop::collection::vec((0..10_usize, spelled(WORDS)), 0..4);
    (spelled(WORDS), more).prop_map(|(first, more)| {
        more.into_iter().fold(first, |name, (gap, word)| name + GAPS[gap] + &word)
    })
}

fn record() -> impl Strategy<Value = Record> {
    const ROLES: [Role; 4] = [Role::Variant, Role::Decoy, Role::Search, Role::Demonym];
    const POLICIES: [Policy; 6] = [
        Policy::EXACT,
        Policy::UPPER,
        Policy::TITLE,
        Policy::ANYCASE,
        Policy::WEAK,
        Policy::STRONG,
    ];
    (0..6_u8, name(), 0..12_usize, 0..18_usize).prop_map(|(id, name, role, policy)| Record {
        role: ROLES.get(role).copied(),
        policy: POLICIES.get(policy).copied(),
        ..Record::new(format!("e{id}"), name)
    })
}

/// A text of the names, of parts of them, and of other words.
fn text(names: Vec<String>) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(names),
        2 => spelled(WORDS),
        1 => spelled(FILLERS),
    ];
    let form = |(piece, form, gap): (String, u8, usize)| {
        let piece = match form {
            0 => piece.to_uppercase(),
            1 => piece.to_lowercase(),
            2 => piece.replace(' ', "\n"),
            3 => piece.replace([' ', '-'], "\u{A0}"),
            _ => piece,
        };
        piece + GAPS[gap]
    };
    let piece = (piece, 0..20_u8, 0..GAPS.len()).prop_map(form);
    prop::collection::vec(piece, 1..14).prop_map(|pieces| without_hosts(&pieces.concat()))
}

/// The text without host names, which the brute tagger does not know.
fn without_hosts(text: &str) -> String {
    let mut tidy = String::new();
    for char in text.chars() {
        if tidy.ends_with('.') && char.is_lowercase() {
            tidy.push(' ');
        }
        tidy.push(char);
    }
    tidy
}

/// True if there is a run of ASCII as long as no word of prose.
fn has_hash(text: &str) -> bool {
    text.split(|char: char| !char.is_ascii_alphanumeric() && char != '/').any(|run| run.len() > 60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, max_shrink_iters: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn generated_texts_by_brute_force(
        (records, text) in prop::collection::vec(record(), 1..12).prop_flat_map(|records| {
            let names = records.iter().map(|record| record.name.clone()).collect();
            (Just(records), text(names))
        })
    ) {
        prop_assume!(!has_hash(&text));
        let (mut builder, mut brute) = (GazetteerBuilder::new(), Brute::default());
        let mut seen = HashSet::new();
        for record in records {
            // A name that is listed twice counts once, as its first row says.
            if !seen.insert((record.id.clone(), record.name.clone())) {
                continue;
            }
            brute.add(&record.id, &record.name, record.role(), record.policy);
            builder.add(record);
        }
        let gazetteer = Gazetteer::from_bytes(builder.build().unwrap()).unwrap();
        let tagger = Tagger::new(&gazetteer).unwrap();
        prop_assert_eq!(tagged(&tagger, Document::new(&text).lang("en")), brute.find(&text));
    }
}

/// True if the brute tagger knows all that the text asks for.
fn is_plain(text: &str) -> bool {
    let code = ["@", "_", "\\", "=", "www.", "://"].iter().any(|mark| text.contains(mark));
    !code && without_hosts(text) == text && !has_hash(text)
}

#[test]
fn real_text_by_brute_force() {
    const NAMES: usize = 100_000;
    const BYTES: [(&str, usize); 3] = [("en", 4_000_000), ("fr", 3_000_000), ("ru", 3_000_000)];
    let Some(shared) = std::env::var_os("EXONYM_SHARED").map(PathBuf::from) else {
        return println!("skipped: EXONYM_SHARED names no folder with text/ and gazetteers/");
    };
    let (mut builder, mut brute) = (GazetteerBuilder::new(), Brute::default());
    let world = File::open(shared.join("gazetteers/world.csv.gz")).unwrap();
    let mut csv = csv::Reader::from_reader(MultiGzDecoder::new(world));
    // Every 21st of 2.1 million rows; some are punctuation.
    for row in csv.records().step_by(21).take(NAMES) {
        let row = row.unwrap();
        if Normalizer::new().key(&row[1]).is_empty() {
            continue;
        }
        let record = Record::new(&row[0], &row[1]);
        brute.add(&record.id, &record.name, Role::Variant, None);
        builder.add(record);
    }
    let gazetteer = Gazetteer::from_bytes(builder.build().unwrap()).unwrap();
    let tagger = Tagger::new(&gazetteer).unwrap();
    let (mut texts, mut mentions) = (0, 0);
    for (lang, most) in BYTES {
        let path = shared.join("text").join(lang).with_extension("txt.gz");
        let lines = BufReader::new(MultiGzDecoder::new(File::open(path).unwrap())).lines();
        let mut bytes = 0;
        for text in lines.map(Result::unwrap).filter(|text| is_plain(text)) {
            bytes += text.len();
            if bytes > most {
                break;
            }
            let found = tagged(&tagger, Document::new(&text).lang(lang));
            assert_eq!(found, brute.find(&text), "{text}");
            (texts, mentions) = (texts + 1, mentions + found.len());
        }
        assert!(bytes > most / 2, "{lang}: only {bytes} bytes of plain prose");
    }
    println!("{texts} texts, {mentions} mentions");
    assert!(mentions > 10_000);
}
