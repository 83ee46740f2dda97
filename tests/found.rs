//! What the brute tagger, the fuzzers and the properties found, one test each.

use exonym::{Document, Gazetteer, GazetteerBuilder, Normalizer, Problem, Record, Tagger};

use crate::cases::compile;

/// The surfaces that a tagger with these names finds, weak names too.
fn found(names: &[&str], text: &str) -> Vec<String> {
    let rows = names.iter().enumerate().map(|(id, name)| format!("{id},{name},anycase\n"));
    let list = "id,name,policy\n".to_owned() + &rows.collect::<String>();
    let gazetteer = Gazetteer::from_bytes(compile(&list)).unwrap();
    let tagger = Tagger::new(&gazetteer).unwrap();
    tagger.find_iter(text).map(|mention| text[mention.span].to_owned()).collect()
}

#[test]
fn dots_join_single_letters_of_alphabets_only() {
    // The Han character after the dot was taken for another initial.
    assert_eq!(found(&["U.S."], "他说U.S.是"), ["U.S."]);
    assert_eq!(found(&["U.S."], "U.S.의 대통령"), ["U.S."]);
    assert_eq!(found(&["北", "京"], "北.京"), ["北", "京"]);
    assert_eq!(Normalizer::new().key("北.京"), "北 京");
}

#[test]
fn jamo_after_a_mark_on_another_letter_begin_a_word() {
    // The jamo were swallowed into the Thai letter's unit.
    assert_eq!(found(&["한"], "ง\u{301}ᄒ\u{1161}ᆫ"), ["ᄒ\u{1161}ᆫ"]);
}

#[test]
fn an_apostrophe_joins_no_vowels_and_finals_to_syllables() {
    // The key composed to another one: keys must be fixed points.
    for text in ["오'ᆫᄀᅼs", "오.ᆫ", "\u{16D63}.\u{16D67}", "a'ᄀ"] {
        let key = Normalizer::new().key(text).into_owned();
        assert_eq!(Normalizer::new().key(&key), key, "{text}");
    }
    assert_eq!(found(&["오 ᆫ"], "오'ᆫ"), [""; 0]);
}

#[test]
fn an_apostrophe_joins_no_pieces_where_no_blank_is_needed() {
    // The filter knew the listed piece with the apostrophe only.
    assert_eq!(found(&["北'京"], "在北京。"), ["北京"]);
    assert_eq!(found(&["на'パリ"], "на\u{AD}パリ"), ["на\u{AD}パリ"]);
    assert_eq!(found(&["北京"], "在北'京。"), ["北'京"]);
}

#[test]
fn marks_between_invisible_characters_fold_in_one_pass() {
    // Each mark folded all those before it again: hours for this text.
    let text = format!("Mosul a{} Mosul", "\u{301}\u{200D}".repeat(1 << 19));
    assert_eq!(found(&["Mosul"], &text), ["Mosul", "Mosul"]);
    let text = format!("Mosul 가{} Mosul", "ᆨ\u{200D}".repeat(1 << 19));
    assert_eq!(found(&["Mosul"], &text), ["Mosul", "Mosul"]);
}

#[test]
fn text_without_blanks_is_prose_in_scripts_that_need_none() {
    // A paragraph of Han longer than 4 KB was taken for an identifier.
    let text = format!("{}北京{}", "字".repeat(3000), "文".repeat(3000));
    assert_eq!(found(&["北京"], &text), ["北京"]);
    let code = format!("{}/Mosul/{}", "ab/".repeat(3000), "cd/".repeat(3000));
    assert_eq!(found(&["Mosul"], &code), [""; 0]);
}

#[test]
fn weights_beyond_single_precision_still_rank() {
    // They became infinite, and the scores no number.
    let list = "id,name,kind,weight\na,Paris,city,1e300\nb,Paris,city,1e300\n";
    let gazetteer = Gazetteer::from_bytes(compile(list)).unwrap();
    let [one, other] = &gazetteer.lookup("Paris")[..] else { panic!("two entities") };
    assert_eq!((one.score, other.score), (0.5, 0.5));
    let tagged = Tagger::new(&gazetteer).unwrap().tag("In Paris.");
    let score = tagged.mentions[0].score;
    assert!(score > 0.4 && score <= 0.5, "{score}");
}

#[test]
fn records_that_do_not_fit_the_format_are_problems() {
    // Added without a list, they were cut or kept under an empty key.
    let same_as = |id: &str| Record { same_as: vec![id.into()], ..Record::new("mosul", "Mosul") };
    let cases = [
        (
            Record::new("mosul", "x".repeat(70_000)),
            "name: 70000 bytes long; a name has at most 400",
        ),
        (
            Record::new("mosul", "!?"),
            "name: `!?` holds no letter and no digit, so that no text can meet it; correct it, or \
             leave the row out",
        ),
        (Record::new("", "Mosul"), "id: empty; every row names its entity"),
        (same_as("Q1"), "same_as: `Q1` is no CURIE such as wikidata:Q858"),
    ];
    for (record, wanted) in cases {
        let mut builder = GazetteerBuilder::new();
        builder.add(record);
        let error = builder.build().unwrap_err();
        let problem = &error.problems()[0];
        assert_eq!(format!("{}: {}", problem.column, problem.reason), wanted);
    }
}

#[test]
fn a_header_with_a_control_character_is_refused() {
    // The header under which retracted entities are marked in the file could be forged.
    let error = problems("id,name,\0retracted\nmosul,Mosul,1\n");
    assert_eq!(error, ["1: \0retracted: holds a control character"]);
}

#[test]
fn a_cell_of_bars_alone_is_an_empty_name() {
    // The row was dropped without a word.
    let gazetteer = Gazetteer::from_bytes(compile("id,name,role\nmosul,|,retract\n")).unwrap();
    assert!(gazetteer.entity("mosul").is_some());
}

/// The problems of a list: line, column, reason.
fn problems(list: &str) -> Vec<String> {
    let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    std::fs::write(file.path(), list).unwrap();
    let mut builder = GazetteerBuilder::new();
    builder.read(file.path(), Default::default()).unwrap();
    let error = builder.build().unwrap_err();
    let shown =
        |problem: &Problem| format!("{}: {}: {}", problem.line, problem.column, problem.reason);
    error.problems().iter().map(shown).collect()
}

#[test]
fn endless_chains_of_joined_letters_cost_in_proportion() {
    // Every letter hashed the whole rest of its chain.
    for piece in ["q.x.", "q'x’", "Q.X.Y.", "ש\"ק\"", "가'나'"] {
        let text = format!("Mosul {} Mosul", piece.repeat(50_000));
        assert_eq!(found(&["Mosul", "qz"], &text), ["Mosul", "Mosul"], "{piece}");
    }
}

#[test]
fn names_of_many_joined_letters_are_found() {
    // The bound on such chains was the end of longer names.
    let long = "Q.X.".repeat(30);
    let other = format!("Big {}", "ا'ب'".repeat(30).trim_end_matches('\''));
    let text = format!("The {long} and the {other}, and the end.");
    assert_eq!(found(&[&long, &other], &text), [long.as_str(), &other]);
}

#[test]
fn bad_rows_of_files_with_returns_are_named_by_their_own_line() {
    // `csv` counts a line only after the line feed, which it takes for the next row's.
    for (list, line) in [
        ("id,name\r\na,One\r\nb,\u{1}\r\n", 3),
        ("id,name\r\na,\"One\r\nTwo\"\r\nb,\u{1}\r\n", 4),
        ("id,name\n\na,One\nb,\u{1}\r", 4),
    ] {
        let found = problems(list);
        assert!(
            found.last().is_some_and(|last| last.starts_with(&format!("{line}: "))),
            "{found:?}"
        );
    }
}

#[test]
fn names_for_lookup_only_of_several_words_are_explained() {
    // The filters do not know them, so the walk ended behind their first word.
    let list = "id,name,role\nkabul,Kabul,canonical\nkabul,city of Kabul,search\n";
    let gazetteer = Gazetteer::from_bytes(compile(list)).unwrap();
    let explanation = Tagger::new(&gazetteer).unwrap().explain("In the city of Kabul it rains.");
    let trials = explanation.trials.iter().map(|trial| (trial.name.text(), trial.refused));
    let refused = Some(exonym::Mismatch::SearchOnly);
    assert_eq!(
        trials.collect::<Vec<_>>(),
        [("city of Kabul".to_owned(), refused), ("Kabul".to_owned(), None)]
    );
}

#[test]
fn blanks_lost_behind_hebrew_and_arabic_letters_are_found() {
    // Such a word was asked about particles only.
    assert_eq!(found(&["New"], "אביבivoireNew "), ["New"]);
    assert_eq!(found(&["New"], "حلبivoireNew "), ["New"]);
}

/// What stands behind a mention was read before the scan had passed it at some places of a text, and
/// after that at others: where a blank was lost, scores differed.
#[test]
fn what_stands_behind_a_mention_is_the_same_anywhere() {
    let tagger = Tagger::new(Gazetteer::embedded()).unwrap();
    let score = |words: usize| {
        let text = format!("{}à Mossoul CultureDe la région.", "un mot ".repeat(words));
        let tagged = tagger.tag(Document::new(&text).lang("fr"));
        assert_eq!(tagged.mentions.len(), 1, "{words}");
        tagged.mentions[0].score
    };
    let first = score(200);
    for words in 200..320 {
        assert_eq!(score(words), first, "after {words}");
    }
}
