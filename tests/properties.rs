//! What holds of any text and any list: spans, offsets, determinism, no panics.

use std::collections::BTreeSet;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::LazyLock;

use exonym::{
    Document, Gazetteer, GazetteerBuilder, Kind, Level, Normalizer, OffsetUnit, Offsets, Record,
    Resolved, Role, TagOptions, Tagged, Tagger, Weights,
};
use proptest::prelude::*;

/// Names of many scripts, with every role and policy.
const LIST: &str = "\
id,name,lang,role,policy,kind,country,parent,weight
iraq,Iraq,en,canonical,,country,IQ,,40000000
iraq,Irak,fr,canonical
iraq,العراق,ar,canonical
iraq,Iraqi,en,demonym
mosul,Mosul|Mossoul|Мосул|Μοσούλη|モスル|모술|मोसुल,,canonical,,city,IQ,iraq,1683000
mosul,الموصل,ar,canonical
new-york,New York,en,canonical,,city,US,us,8000000
new-york,نیویورک,fa,canonical
york,York,en,canonical,strong,city,GB,,150000
york-pa,York,en,canonical,,city,US,us,40000
us,U.S.,en,abbreviation,upper strong,country,US,,330000000
us,United States of America,en,canonical
islamic-state,État islamique|EI|IS|داعش,,canonical,,armed_group
al-qaeda,al-Qaeda,en,canonical,anycase,armed_group
nice,Nice,fr,canonical,title weak,city,FR
nice-matin,Nice-Matin,fr,decoy
cote-divoire,Côte d'Ivoire,fr,canonical,exact,country,CI
den-bosch,'s-Hertogenbosch,nl,canonical,,city,NL
tel-aviv,תל אביב,he,canonical,,city,IL
haifa,חיפה,he,canonical,,city,IL
beijing,北京,zh,canonical,,city,CN
bangkok,กรุงเทพ,th,canonical,,city,TH
seoul,서울,ko,canonical,,city,KR
paris,Paris|ﷺ|A,,search
";

/// Ids and countries of the list, and some of none.
const HINTS: &[&str] = &[
    "iraq",
    "mosul",
    "york",
    "york-pa",
    "US",
    "IQ",
    "GB",
    "FR",
    "nice",
    "islamic-state",
    "us",
    "ZZ",
    "",
];

static GAZETTEER: LazyLock<Gazetteer> =
    LazyLock::new(|| Gazetteer::from_bytes(compile_bytes(LIST.as_bytes()).unwrap()).unwrap());
static TAGGER: LazyLock<Tagger<'static>> = LazyLock::new(|| Tagger::new(&*GAZETTEER).unwrap());

fn key(text: &str) -> String {
    Normalizer::new().key(text).into_owned()
}

/// Any characters, or names, their parts and what may stand beside them.
fn text() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "Iraq",
        "Irak",
        "l'",
        "d’",
        "'s",
        "العراق",
        "الموصل",
        "و",
        "لل",
        "وبال",
        "New",
        "York",
        "new york",
        "NEW YORK",
        "U.S.",
        "U",
        "S",
        "États",
        "État islamique",
        "EI",
        "(",
        ")",
        "IS",
        "Nice",
        "-",
        "Matin",
        "Côte d'Ivoire",
        "'s-Hertogenbosch",
        "תל אביב",
        "ב",
        "חיפה",
        "北京",
        "北",
        "กรุงเทพ",
        "서울",
        "서울은",
        "모술에서",
        "モスル",
        "ー",
        "मोसुल",
        "\n",
        "\n\n",
        "\r\n",
        "\u{2029}",
        "\0",
        "\u{301}",
        "\u{654}",
        "\u{200D}",
        "\u{202E}",
        "\u{AD}",
        "ـ",
        "ᄒ",
        "\u{1161}",
        "😀",
        "🇮🇶",
        "👩\u{200D}👧",
        "\u{FFFD}",
        "\u{10FFFF}",
        "@",
        "_",
        "://",
        "www.",
        "=",
        ".",
        ",",
        "\u{1D15F}",
        "ﷺ",
        "İ",
        "ß",
        "ŉ",
        "½",
        "7",
        "٣",
        "’",
        "\"",
        "«",
        "·",
        "…",
        "!",
        " ",
        " ",
        " ",
    ];
    prop_oneof![
        1 => any::<String>(),
        1 => prop::collection::vec(any::<char>(), 0..80).prop_map(|chars| chars.into_iter().collect()),
        4 => prop::collection::vec(prop::sample::select(PIECES), 0..40).prop_map(|pieces| pieces.concat()),
    ]
}

/// Compiles a list of any bytes.
fn compile_bytes(list: &[u8]) -> Result<Vec<u8>, exonym::Error> {
    // The names of lists in a folder do not depend on the place.
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("list.csv"), list).unwrap();
    let mut builder = GazetteerBuilder::new();
    builder.read(folder.path(), Default::default())?;
    builder.build()
}

/// Everything a tagger says of a text.
fn said(tagger: &Tagger<'_>, text: &str) -> String {
    format!("{:?}", tagger.tag(Document::new(text)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn spans_are_in_order_and_hold_the_names(text in text()) {
        let mut end = 0;
        for mention in TAGGER.find_iter(&text) {
            let span = mention.span;
            prop_assert!(end <= span.start && !span.is_empty() && span.end <= text.len());
            prop_assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end));
            prop_assert!(!mention.candidates.is_empty());
            end = span.end;
            let surface = key(&text.as_str()[span]);
            for candidate in &mention.candidates {
                let name = TAGGER.name(candidate).unwrap();
                let listed = key(&name.text());
                // A proclitic may have swallowed the article.
                prop_assert!(
                    surface == listed || format!("ال{surface}") == listed,
                    "{surface} {listed}"
                );
                prop_assert!(!matches!(name.role(), Role::Search | Role::Retract));
                let entity = TAGGER.entity(candidate.entity);
                prop_assert!(entity.names().any(|own| own.text() == name.text()));
            }
        }
    }

    #[test]
    fn every_mention_is_either_accepted_or_rejected(text in text(), lang in "(en|fr|ar|tr)?") {
        let document = || Document::new(&text).lang(&lang);
        let tagged = TAGGER.tag(document());
        let accepted: Vec<_> = tagged.mentions.iter().map(|mention| mention.span()).collect();
        let rejected: Vec<_> = tagged.rejected.iter().map(|mention| mention.span()).collect();
        prop_assert!(accepted.is_sorted() && rejected.is_sorted());
        let mut both = [accepted, rejected].concat();
        both.sort();
        let found: Vec<_> = TAGGER.find_iter(document()).map(|mention| mention.span).collect();
        prop_assert_eq!(both, found);
        for mention in &tagged.mentions {
            prop_assert!(mention.score > 0.0 && mention.score <= 1.0);
            prop_assert!(!mention.why.is_empty());
            for why in &mention.why {
                prop_assert!(!why.text(&TAGGER, &text).is_empty());
            }
            let names = TAGGER.entity(mention.entity);
            let surface = &text.as_str()[mention.span()];
            if TAGGER.level(&text, &mention.mention, Some(mention.entity)) == Level::Exact {
                prop_assert!(names.names().any(|name| key(&name.text()) == key(surface)));
            }
        }
    }

    #[test]
    fn overlapping_mentions_include_the_longest(text in text()) {
        let mut options = TagOptions::default();
        options.overlapping = true;
        let overlapping = Tagger::new(&*GAZETTEER).unwrap().options(options);
        let all: Vec<_> = overlapping.find_iter(&text).collect();
        for mention in TAGGER.find_iter(&text) {
            prop_assert!(all.contains(&mention), "{:?} {:?}", mention, all);
        }
        for pair in all.windows(2) {
            let [one, next] = [pair[0].span, pair[1].span];
            prop_assert!(one.start < next.start || one.start == next.start && one.end > next.end);
        }
    }

    #[test]
    fn the_same_text_gives_the_same_answer(text in text()) {
        let once = said(&TAGGER, &text);
        prop_assert_eq!(&said(&TAGGER, &text), &once);
        let again = Tagger::new(&*GAZETTEER).unwrap();
        prop_assert_eq!(&said(&again, &text), &once);
        let embedded = Tagger::new(Gazetteer::embedded()).unwrap();
        prop_assert_eq!(said(&embedded, &text), said(&embedded, &text));
    }

    #[test]
    fn what_is_excluded_is_never_named(
        text in text(),
        hints in prop::collection::vec(prop::sample::select(HINTS), 0..4),
        expect in prop::collection::vec(prop::sample::select(HINTS), 0..4),
    ) {
        let [hints, expect] = [hints, expect].map(|all| {
            all.into_iter().map(str::to_owned).collect::<Vec<String>>()
        });
        let tagged = TAGGER.tag(Document::new(&text).hints(&expect, &hints));
        let is_excluded = |key| {
            let entity = TAGGER.entity(key);
            hints.contains(&entity.id())
                || entity.country().is_some_and(|country| hints.contains(&country))
        };
        for mention in &tagged.mentions {
            prop_assert!(!is_excluded(mention.entity), "{hints:?} {mention:?}");
            for (entity, _) in &mention.alternatives {
                prop_assert!(!is_excluded(*entity), "{hints:?} {mention:?}");
            }
        }
        let spans = |tagged: &Tagged| {
            let accepted = tagged.mentions.iter().map(|mention| mention.span());
            let mut all: Vec<_> =
                accepted.chain(tagged.rejected.iter().map(|mention| mention.span())).collect();
            all.sort();
            all
        };
        prop_assert_eq!(spans(&tagged), spans(&TAGGER.tag(&text)));
        let empty = TAGGER.tag(Document::new(&text).hints(&[], &[]));
        prop_assert_eq!(format!("{empty:?}"), said(&TAGGER, &text));
    }

    #[test]
    fn bounds_of_scores_take_out_and_add_nothing(
        text in text(),
        bounds in prop::collection::vec((prop::sample::select(Kind::ALL), 0.0..1.0_f64), 0..4),
        all in 0.0..1.0_f64,
    ) {
        let mut options = TagOptions::default();
        options.min_score = all;
        options.min_scores = bounds;
        let wanted = |mention: &&Resolved| {
            mention.score >= options.least_score(TAGGER.entity(mention.entity).kind())
        };
        let wanted: Vec<_> = TAGGER.tag(&text).mentions.iter().filter(wanted).map(|mention| {
            (mention.span(), mention.entity)
        }).collect();
        let tagger = Tagger::new(&*GAZETTEER).unwrap().options(options.clone());
        let found = tagger.tag(&text).mentions;
        let found: Vec<_> =
            found.iter().map(|mention| (mention.span(), mention.entity)).collect();
        prop_assert_eq!(found, wanted);
    }

    #[test]
    fn tables_of_weights_are_read_or_refused_by_line(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0..4_usize, any::<char>()), 0..6),
        text in text(),
    ) {
        let mut table = include_str!("../src/data/weights.txt").to_owned();
        table.push_str("words -\nnice 9 8 0\nyork 9 0 9\nwords fr\nnice 8 2 1\n");
        for (at, sort, char) in cuts {
            let places: Vec<usize> = table.char_indices().map(|(place, _)| place).collect();
            let place = places[at.index(places.len())];
            match sort {
                0 => table.insert(place, char),
                1 => drop(table.remove(place)),
                2 => table.insert_str(place, "1e9"),
                _ => table.insert(place, '\n'),
            }
        }
        match Weights::read(&table, "mine.txt") {
            Ok(weights) => {
                let again = Weights::read(&weights.table("of\nthe same"), "again.txt").unwrap();
                prop_assert_eq!(again.table(""), weights.table(""));
                let tagger = Tagger::new(&*GAZETTEER).unwrap().weights(&weights);
                for mention in tagger.tag(&text).mentions {
                    prop_assert!(mention.score > 0.0 && mention.score <= 1.0, "{mention:?}");
                }
            }
            Err(error) => {
                prop_assert!(!error.problems().is_empty());
                for problem in error.problems() {
                    prop_assert!(problem.line >= 1 && problem.reason.starts_with("column "));
                }
            }
        }
    }

    #[test]
    fn lookup_never_fails_and_its_scores_are_shares(name in text()) {
        let found = GAZETTEER.try_lookup(&name).unwrap();
        let total: f64 = found.iter().map(|found| found.score).sum();
        prop_assert!(found.is_empty() || total > 0.0 && total <= 1.0 + 1e-9, "{}", total);
        prop_assert!(found.is_sorted_by(|one, other| one.score >= other.score));
        for found in found {
            prop_assert!(!found.why().is_empty() && !found.entity().id().is_empty());
        }
    }

    #[test]
    fn offsets_agree_with_naive_counts(text in text(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 1..20)) {
        let bytes: Vec<usize> =
            text.char_indices().map(|(byte, _)| byte).chain([text.len()]).collect();
        type Count = fn(&str) -> usize;
        let units: [(OffsetUnit, Count); 3] = [
            (OffsetUnit::Byte, str::len),
            (OffsetUnit::Codepoint, |before| before.chars().count()),
            (OffsetUnit::Utf16, |before| before.encode_utf16().count()),
        ];
        for (unit, naive) in units {
            let mut offsets = Offsets::new(&text, unit);
            // In any order, and each twice.
            for cut in &cuts {
                let byte = bytes[cut.index(bytes.len())];
                prop_assert_eq!(offsets.byte_of(naive(&text[..byte])), Some(byte));
                let offset = offsets.at(byte);
                prop_assert_eq!(offset, naive(&text[..byte]));
                prop_assert_eq!(offsets.at(byte), offset);
                prop_assert_eq!(offsets.byte_of(offset), Some(byte));
                // Half a character leaves neither way wrong.
                offsets.at(byte + 1);
                if text[byte..].starts_with(|char: char| char.len_utf16() == 2) {
                    let half = (unit == OffsetUnit::Codepoint).then_some(byte + 4);
                    prop_assert_eq!(offsets.byte_of(offset + 1), half);
                }
            }
            prop_assert_eq!(offsets.at(usize::MAX), naive(&text));
            prop_assert_eq!(offsets.byte_of(naive(&text) + 1), None);
        }
    }
}

/// Columns, each with cells that fit it.
const COLUMNS: [(&str, &[&str]); 20] = [
    ("id", &["a", "b", "c:1", "geonames:1"]),
    ("name", &["Mosul", "Köln", "Mosul|Mossoul|", "US", "東京", "ﷺﷺ", "\"New\nYork\"", "'s-Den"]),
    ("lang", &["", "de", "en-GB", "ar"]),
    ("role", &["", "canonical", "decoy", "retract", "search", "demonym", "historic"]),
    ("policy", &["", "weak", "strong", "upper weak", "exact", "anycase|noinflect"]),
    ("since", &["", "1999", "2014-06-29", "-0044"]),
    ("until", &["", "2014", "2015-02"]),
    ("kind", &["", "", "city"]),
    ("country", &["", "", "IQ"]),
    ("parent", &["", "b", "nowhere"]),
    ("lat", &["", "", "36.34"]),
    ("lon", &["", "", "-179.9"]),
    ("weight", &["", "", "1e300"]),
    ("same_as", &["", "", "wikidata:Q2", "geonames:1|x:0|x:00|x:Q|x:Q9"]),
    ("replaced_by", &["", "", "c:1"]),
    ("source", &["", "un"]),
    ("note", &["", "any"]),
    ("region", &["", "east", "west"]),
    ("", &["", "x"]),
    ("\0retracted", &["", "x"]),
];
/// Cells that fit hardly anywhere.
const ODD: &[&str] = &[
    "|",
    "",
    "\0",
    "\"",
    "\"\"",
    "\u{FEFF}",
    "\t",
    "!?",
    "\u{301}",
    "a b",
    "nan",
    "inf",
    "-1",
    "-91",
    "2014-13",
    "strong weak",
    "xx1",
    "iq",
    "id",
    "\r",
    "١",
];

/// Lists: most cells fit their column; and bytes that are no list.
fn list() -> impl Strategy<Value = Vec<u8>> {
    let columns = prop::collection::vec(2..COLUMNS.len(), 0..6);
    let cell = (0..60_u8, any::<prop::sample::Index>());
    let rows = prop::collection::vec((prop::collection::vec(cell, 8), 1..9_usize), 0..8);
    let lines = (columns, 0..40_u8, rows).prop_map(|(more, form, rows)| {
        let mut columns = vec![0, 1];
        columns.extend(more);
        match form {
            0 => drop(columns.remove(0)),
            1 => columns.reverse(),
            // Else no column twice.
            3.. => columns = columns.iter().copied().collect::<BTreeSet<_>>().into_iter().collect(),
            _ => {}
        }
        let mut list =
            columns.iter().map(|&column| COLUMNS[column].0).collect::<Vec<_>>().join(",");
        for (cells, length) in rows {
            let cells = columns.iter().zip(&cells).map(|(&column, (odd, cell))| {
                let cells = if *odd == 0 { ODD } else { COLUMNS[column].1 };
                cells[cell.index(cells.len())]
            });
            let length = if length < 3 { length } else { usize::MAX };
            list += if form % 2 == 0 { "\n" } else { "\r\n" };
            list += &cells.take(length).collect::<Vec<_>>().join(",");
        }
        list.into_bytes()
    });
    let after = |front: &'static [u8]| {
        let bytes = prop::collection::vec(any::<u8>(), 0..100);
        bytes.prop_map(move |bytes| [front, &bytes].concat())
    };
    prop_oneof![16 => lines, 1 => after(b""), 1 => after(b"id,name\na,"), 1 => after(b"\x1F\x8B\x08")]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_list_gives_problems_or_a_gazetteer(list in list()) {
        let bytes = match compile_bytes(&list) {
            Ok(bytes) => bytes,
            Err(error) => {
                prop_assert!(!error.problems().is_empty(), "{}", error);
                for problem in error.problems() {
                    prop_assert!(!problem.reason.is_empty() && problem.file.ends_with(".csv"));
                }
                return Ok(());
            }
        };
        prop_assert_eq!(&compile_bytes(&list).unwrap(), &bytes);
        let gazetteer = Gazetteer::from_bytes(bytes).unwrap();
        let info = gazetteer.info().unwrap();
        let entities: Vec<_> = gazetteer.entities().collect();
        prop_assert!(entities.iter().map(|entity| entity.id()).is_sorted_by(|one, next| one < next));
        let names = entities.iter().map(|entity| entity.names().count() as u64).sum::<u64>();
        prop_assert_eq!(names, info.names);
        for entity in &entities {
            for id in std::iter::once(entity.id()).chain(entity.ids()) {
                prop_assert_eq!(gazetteer.entity(&id).unwrap().id(), entity.id());
            }
            for name in entity.names().filter(|name| name.role() != Role::Retract) {
                let found = gazetteer.lookup(&name.text());
                let own = |found: &exonym::Found<'_>| found.entity().id() == entity.id();
                let taken_back = entity.names().any(|other| other.role() == Role::Retract);
                prop_assert!(taken_back || found.iter().any(own), "{}", name.text());
            }
        }
        let tagger = Tagger::new(&gazetteer).unwrap();
        let text = entities.iter().flat_map(|entity| entity.names()).map(|name| name.text() + ". ");
        said(&tagger, &text.collect::<String>());
    }

    #[test]
    fn bytes_do_not_depend_on_the_order_of_entities(
        (entities, order, split) in prop::collection::vec(entity(), 1..10).prop_flat_map(|entities| {
            let order = Just((0..entities.len()).collect::<Vec<_>>()).prop_shuffle();
            let split = 0..=entities.len();
            (Just(entities), order, split)
        })
    ) {
        let records = |number: usize| {
            let mut records = entities[number].clone();
            for record in &mut records {
                record.id = format!("e{number}");
            }
            records
        };
        let build = |numbers: &[usize], split: usize| {
            let folder = tempfile::tempdir().unwrap();
            let (first, second) = numbers.split_at(split);
            for (file, numbers) in [("a.csv", first), ("b.csv", second)] {
                let rows = numbers.iter().flat_map(|&number| records(number)).map(|record| {
                    let (role, attribute) = (record.role().name(), &record.attributes[0]);
                    let cells = [record.id, record.name, record.lang, role.into(), record.source];
                    let [one, other] = ["one", "other"].map(|column| {
                        if column == attribute.0 { attribute.1.as_str() } else { "" }
                    });
                    format!("{},{one},{other}\n", cells.join(","))
                });
                let list = "id,name,lang,role,source,one,other\n".to_owned() + &rows.collect::<String>();
                std::fs::write(folder.path().join(file), list).unwrap();
            }
            let mut builder = GazetteerBuilder::new();
            builder.read(folder.path(), Default::default()).unwrap();
            builder.build().unwrap()
        };
        let straight: Vec<usize> = (0..entities.len()).collect();
        prop_assert_eq!(build(&order, split), build(&straight, entities.len()));
    }
}

/// The rows of one entity.
fn entity() -> impl Strategy<Value = Vec<Record>> {
    let record = (0..6_usize, 0..4_usize, 0..4_usize, 0..3_usize, 0..2_usize);
    prop::collection::vec(record, 1..5).prop_map(|rows| {
        let rows = rows.into_iter().map(|(name, lang, role, source, column)| Record {
            lang: ["", "fr", "de", "ar"][lang].into(),
            role: Some(Role::ALL[role]),
            source: ["", "un", "own"][source].into(),
            attributes: vec![(["one", "other"][column].into(), name.to_string())],
            ..Record::new("", ["Mosul", "Mossoul", "Köln", "الموصل", "MOSUL", "York"][name])
        });
        rows.collect()
    })
}

#[test]
fn public_types_cross_threads() {
    fn shared<T: Send + Sync>() {}
    fn unwinds<T: UnwindSafe + RefUnwindSafe>() {}
    macro_rules! all {
        ($check:ident: $($type:ty),* $(,)?) => { $($check::<$type>();)* };
    }
    all!(shared: exonym::Error, exonym::Problem);
    all!(shared: Gazetteer, Gazetteer<&'static [u8]>, exonym::MappedGazetteer, exonym::Layers<'_>);
    all!(shared: Tagger<'_>, exonym::Mentions<'_, '_>, exonym::Mention, exonym::Tagged);
    all!(shared: exonym::Entity<'_>, exonym::Name<'_>, exonym::Found<'_>, exonym::Document<'_>);
    all!(shared: GazetteerBuilder, Record, Normalizer, Offsets<'_>, exonym::Span, exonym::Date);
    // An error may hold an `io::Error`, which is not unwind safe; nothing else is excepted.
    all!(unwinds: Gazetteer, Gazetteer<&'static [u8]>, exonym::MappedGazetteer, exonym::Layers<'_>);
    all!(unwinds: Tagger<'_>, exonym::Mentions<'_, '_>, exonym::Mention, exonym::Tagged);
    all!(unwinds: exonym::Entity<'_>, exonym::Name<'_>, exonym::Found<'_>, exonym::Document<'_>);
    all!(unwinds: GazetteerBuilder, Record, Normalizer, Offsets<'_>, exonym::Span, exonym::Date);
}
