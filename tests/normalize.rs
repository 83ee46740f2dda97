//! Keys: fixed points, canonical equivalence, never empty, over all of Unicode.

use exonym::Normalizer;
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

fn key(text: &str) -> String {
    Normalizer::new().key(text).into_owned()
}

/// Modifier letters that are apostrophes, fillers and tatweel: letters by category, nothing in a name.
fn vanishes(char: char) -> bool {
    matches!(char, '\u{374}' | 'ʹ'..='ʿ' | 'ˈ' | 'ˊ' | 'ˋ' | 'ꞌ' | 'Ꞌ' | '\u{640}')
        || matches!(char, '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' | '\u{FF9E}' | '\u{FF9F}' | '\u{E33}' | '\u{EB3}' | '\u{FC5E}'..='\u{FC63}' | '\u{FCF2}'..='\u{FCF4}')
        // Arabic vowel points in presentation forms, standing alone.
        || matches!(char, '\u{FE70}'..='\u{FE7F}')
}

#[test]
fn every_character_folds_to_a_fixed_point_and_letters_never_vanish() {
    for char in ('\0'..=char::MAX).filter(|&char| char != '\u{FFFD}') {
        for text in [char.to_string(), format!("a{char}b"), format!("{char}e\u{301}")] {
            let once = key(&text);
            assert_eq!(key(&once), once, "{char:?} (U+{:04X})", u32::from(char));
            let [nfc, nfd] = [text.nfc().collect::<String>(), text.nfd().collect()];
            assert_eq!(key(&nfc), once, "NFC of {text:?}");
            assert_eq!(key(&nfd), once, "NFD of {text:?}");
        }
        let group = char.general_category_group();
        if matches!(group, GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number)
            && !vanishes(char)
        {
            assert!(!key(&char.to_string()).is_empty(), "U+{:04X}", u32::from(char));
        }
    }
}

#[test]
fn steps_of_the_study() {
    let same = [
        ("ﺍﻟﻤﻮﺻﻞ", "الموصل"),
        ("Straße", "STRASSE"),
        ("Αθήνας", "ΑΘΗΝΑΣ"),
        ("Ｍｏｓｕｌ", "mosul"),
        ("İSTANBUL", "istanbul"),
        ("Iğdır", "igdir"),
        ("co\u{AD}operate", "cooperate"),
        ("\u{202B}داعش\u{202C}", "داعش"),
        ("O’Brien", "OBrien"),
        ("København", "Kobenhavn"),
        ("Þórshöfn", "thorshofn"),
        ("Łódź", "lodz"),
        ("Артём", "артем"),
        ("Росси́я", "россия"),
        ("أربيل", "اربيل"),
        ("ڪرکوک", "كركوك"),
        ("کابل", "كابل"),
        ("مكة", "مکه"),
        ("۱۲٣", "123"),
        ("דאע״ש", "דאעש"),
        ("דאע\"ש", "דאעש"),
        ("תֵּל־אָבִיב", "תל אביב"),
        ("ｶﾞｻﾞ", "ガザ"),
        ("al‑Qaeda", "al Qaeda"),
        ("Côte\u{A0}d’Ivoire", "cote  d'ivoire"),
        ("St. Petersburg", "St Petersburg"),
        ("O.N.U.", "onu"),
    ];
    for (one, other) in same {
        assert_eq!(key(one), key(other), "{one} {other}");
    }
    let differ = [
        ("й", "и"),
        ("Київ", "Киів"),
        ("パリ", "ハリ"),
        ("กรุงเทพ", "กรงเทพ"),
        ("Hong Kong", "Hongkong"),
        ("ؤ", "و"),
        ("ئ", "ي"),
    ];
    for (one, other) in differ {
        assert_ne!(key(one), key(other), "{one} {other}");
    }
    assert_eq!(key("?! … —"), "");
}

proptest! {
    #[test]
    fn any_text_folds_to_a_fixed_point(text in "\\PC{0,40}") {
        let once = key(&text);
        prop_assert_eq!(key(&once), once.clone());
        prop_assert_eq!(key(&text.nfc().collect::<String>()), once.clone());
        prop_assert_eq!(key(&text.nfd().collect::<String>()), once);
    }

    #[test]
    fn jamo_marks_and_invisible_characters_fold_to_a_fixed_point(
        text in "[가-힣ᄀ-ᄓᅡ-ᅵᆨ-ᆺㄱ-ㅣe\u{301}\u{327}\u{200d}\u{5b0}אب\u{654}ยำิก\u{1D15F}\u{11131}\u{FF9E}ｶ'’. -]{0,12}"
    ) {
        let once = key(&text);
        prop_assert_eq!(key(&once), once.clone());
        prop_assert_eq!(key(&text.nfc().collect::<String>()), once.clone());
        prop_assert_eq!(key(&text.nfd().collect::<String>()), once);
    }
}
