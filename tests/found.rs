//! What the brute tagger, the fuzzers and the properties found, one test each.

use exonym::{Gazetteer, Normalizer, Tagger};

use crate::cases::compile;

/// The surfaces that a tagger with these names finds, weak names too.
fn found(names: &[&str], text: &str) -> Vec<String> {
    let rows: String = names.iter().map(|name| format!("{name},{name},anycase\n")).collect();
    let gazetteer = Gazetteer::from_bytes(compile(&format!("name,id,policy\n{rows}"))).unwrap();
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
fn marks_between_invisible_characters_fold_in_one_pass() {
    // Each mark folded all those before it again: hours for this text.
    let text = format!("Mosul a{} Mosul", "\u{301}\u{200D}".repeat(1 << 19));
    assert_eq!(found(&["Mosul"], &text), ["Mosul", "Mosul"]);
    let text = format!("Mosul 가{} Mosul", "ᆨ\u{200D}".repeat(1 << 19));
    assert_eq!(found(&["Mosul"], &text), ["Mosul", "Mosul"]);
}
