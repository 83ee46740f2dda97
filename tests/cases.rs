//! `cases/*.toml`: texts with the mentions expected in them, through every kind of gazetteer.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use exonym::{Date, Document, Gazetteer, GazetteerBuilder, TagOptions, Tagger};
use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    gazetteer: String,
    case: Vec<Case>,
}

/// What the document is expected to name, and what it does not name.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hints {
    pub expect: Vec<String>,
    pub exclude: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub name: String,
    #[serde(default)]
    pub lang: String,
    pub marked: String,
    #[serde(default)]
    pub rejected: Vec<String>,
    #[serde(default)]
    pub demonyms: bool,
    #[serde(default)]
    pub overlapping: bool,
    #[serde(default)]
    pub expect: Vec<String>,
    #[serde(default)]
    pub date: String,
    #[serde(default)]
    pub hints: Hints,
    #[serde(default)]
    pub candidates: Vec<String>,
    #[serde(default)]
    #[allow(dead_code, reason = "for the reader of the case")]
    note: String,
}

/// A list in the cases' form: short rows are filled up.
pub fn compile(list: &str) -> Vec<u8> {
    let mut builder = GazetteerBuilder::new();
    let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    std::fs::write(file.path(), list).unwrap();
    builder.read(file.path(), Default::default()).unwrap();
    builder.build().unwrap()
}

/// The text without marks, and the expected `start..end surface|id` in code points.
pub fn unmark(marked: &str) -> (String, Vec<String>) {
    let (mut text, mut expected) = (String::new(), Vec::new());
    let mut rest = marked;
    while let Some((before, after)) = rest.split_once('⟦') {
        let (mark, after) = after.split_once('⟧').expect("an open mark");
        let (surface, id) = mark.rsplit_once('|').expect("a mark without id");
        text.push_str(before);
        let start = text.chars().count();
        text.push_str(surface);
        expected.push(format!("{start}..{} {surface}|{id}", text.chars().count()));
        rest = after;
    }
    text.push_str(rest);
    (text, expected)
}

/// Everything a tagger says of a case, in the form of the expectation.
fn found<D: AsRef<[u8]>>(gazetteer: &Gazetteer<D>, case: &Case, text: &str) -> [Vec<String>; 3] {
    let mut options = TagOptions::default();
    options.demonyms = case.demonyms;
    options.overlapping = case.overlapping;
    let tagger = Tagger::new(gazetteer).unwrap().options(options);
    let document = Document::new(text).lang(&case.lang).date(Date::parse(&case.date));
    let document = document.hints(&case.hints.expect, &case.hints.exclude);
    let tagged = tagger.tag(document);
    let mut offsets = exonym::Offsets::new(text, exonym::OffsetUnit::Codepoint);
    let mut accepted: Vec<String> = Vec::new();
    let mut candidates = Vec::new();
    for mention in &tagged.mentions {
        let span = mention.span();
        let (start, end) = (offsets.at(span.start), offsets.at(span.end));
        let id = tagger.entity(mention.entity).id();
        accepted.push(format!("{start}..{end} {}|{id}", &text[span]));
        let ids =
            mention.mention.candidates.iter().map(|candidate| tagger.entity(candidate.entity).id());
        candidates.push(format!("{}|{}", &text[span], ids.collect::<Vec<_>>().join(",")));
    }
    let rejected = tagged.rejected.iter().map(|rejected| {
        let id = rejected.entity.map(|entity| tagger.entity(entity).id()).unwrap_or_default();
        format!("{}|{id}", &text[rejected.span()])
    });
    [accepted, rejected.collect(), candidates]
}

pub fn each_case(mut run: impl FnMut(&str, &[u8], &Case)) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        let file: File = toml::from_str(&std::fs::read_to_string(&path).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let bytes = compile(&file.gazetteer);
        for case in &file.case {
            run(&stem, &bytes, case);
        }
    }
}

#[test]
fn every_case_through_every_kind_of_gazetteer() {
    let mut failures = String::new();
    let mut languages: BTreeMap<String, usize> = BTreeMap::new();
    let mut cases = 0;
    let mapped_file = tempfile::NamedTempFile::new().unwrap();
    let mut last: Vec<u8> = Vec::new();
    each_case(|file, bytes, case| {
        cases += 1;
        *languages.entry(case.lang.clone()).or_default() += 1;
        let (text, mut expected) = unmark(&case.marked);
        if case.overlapping {
            expected = case.expect.clone();
        }
        if last != bytes {
            std::fs::write(mapped_file.path(), bytes).unwrap();
            last = bytes.to_vec();
        }
        let owned = Gazetteer::from_bytes(bytes.to_vec()).unwrap();
        let borrowed = Gazetteer::from_bytes(bytes).unwrap();
        #[allow(unsafe_code, reason = "mapping is unsafe")]
        // SAFETY: the file is this test's own and unchanged while mapped.
        let mapped = unsafe { Gazetteer::map(mapped_file.path()) }.unwrap();
        let [accepted, rejected, candidates] = found(&owned, case, &text);
        assert_eq!(found(&borrowed, case, &text)[0], accepted);
        assert_eq!(found(&mapped, case, &text)[0], accepted);
        let missing: Vec<_> =
            case.rejected.iter().filter(|wanted| !rejected.contains(wanted)).collect();
        let unranked: Vec<_> =
            case.candidates.iter().filter(|wanted| !candidates.contains(wanted)).collect();
        if accepted != expected || !missing.is_empty() || !unranked.is_empty() {
            let _ = writeln!(failures, "{file}/{}: {text}", case.name);
            let _ = writeln!(failures, "  expected {expected:?}\n  found    {accepted:?}");
            if !missing.is_empty() {
                let _ = writeln!(failures, "  not rejected: {missing:?} among {rejected:?}");
            }
            if !unranked.is_empty() {
                let _ = writeln!(failures, "  candidates: {unranked:?} among {candidates:?}");
            }
        }
    });
    assert!(failures.is_empty(), "{failures}");
    assert!(cases >= 300, "{cases} cases");
    assert!(languages.len() >= 15, "{languages:?}");
}
