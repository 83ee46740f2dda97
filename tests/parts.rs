//! Long texts, resolved part by part: parts tile the text, and change neither names nor positions.

use exonym::{Document, Gazetteer, Mention, PART_BYTES, Span, Tagged, Tagger, parts};
use proptest::prelude::*;

use crate::cases::compile;

const LIST: &str = "\
id,name,lang,role,policy,kind,country,parent,weight
iraq,Iraq,en,canonical,,country,IQ,,40000000
mosul,Mosul|الموصل|Мосул|モスル,,canonical,,city,IQ,iraq,1683000
new-york,New York,en,canonical,,city,US,,8000000
york,York,en,canonical,,city,GB,,150000
hit,Hit,en,canonical,weak,city,IQ,iraq,66000
nice-matin,Nice-Matin,fr,decoy
den-bosch,'s-Hertogenbosch,nl,canonical,,city,NL
";

fn gazetteer() -> Gazetteer {
    Gazetteer::from_bytes(compile(LIST)).unwrap()
}

fn cut(text: &str, limit: usize) -> Vec<&str> {
    parts(text, limit).map(|part| &text[part]).collect()
}

/// The mentions, accepted and rejected, in order.
fn mentions(tagged: &Tagged) -> Vec<&Mention> {
    let accepted = tagged.mentions.iter().map(|resolved| &resolved.mention);
    let mut all: Vec<&Mention> =
        accepted.chain(tagged.rejected.iter().map(|rejected| &rejected.mention)).collect();
    all.sort_by_key(|mention| mention.span);
    all
}

#[test]
fn a_part_ends_at_the_best_place_of_its_second_half() {
    assert_eq!(cut("", 4), [""; 0]);
    assert_eq!(cut("One.\n\nTwo.", 20), ["One.\n\nTwo."]);
    // A blank line before a line, a line before a blank, a blank before the end of a word.
    assert_eq!(cut("aaaa\n\nbb\nc d", 10), ["aaaa\n\n", "bb\nc d"]);
    assert_eq!(cut("aaaa\r\n \t\r\nbb\nc d", 14), ["aaaa\r\n \t\r\n", "bb\nc d"]);
    assert_eq!(cut("aaaaaa\nbb c d", 10), ["aaaaaa\n", "bb c d"]);
    assert_eq!(cut("aaaaaa bb-c-d", 10), ["aaaaaa ", "bb-c-d"]);
    assert_eq!(cut("aaaaaa-bb,cccc", 11), ["aaaaaa-bb,", "cccc"]);
    // Too early.
    assert_eq!(cut("a\n\nbbbb cccc dd", 12), ["a\n\nbbbb ", "cccc dd"]);
    // Within a word only where there is nothing else, and never within a character.
    assert_eq!(cut("ééééé", 5), ["éé", "éé", "é"]);
    assert_eq!(cut("éé", 0), ["é", "é"]);
}

#[test]
fn names_of_one_part_are_no_evidence_for_another() {
    let gazetteer = gazetteer();
    let tagger = Tagger::new(&gazetteer).unwrap();
    let text = "Mosul is in Iraq.\n\nThey went to Hit.";
    let found = |limit: usize| -> Vec<(Span, usize)> {
        let parts = tagger.tag_parts(text, limit);
        parts.map(|(part, tagged)| (part, tagged.mentions.len())).collect()
    };
    assert_eq!(found(PART_BYTES), [(Span::new(0, 36), 3)]);
    assert_eq!(found(20), [(Span::new(0, 19), 2), (Span::new(19, 36), 0)]);
}

#[test]
fn a_name_over_a_cut_is_found_whole() {
    let gazetteer = gazetteer();
    let tagger = Tagger::new(&gazetteer).unwrap();
    let text = "He lives in New York.";
    assert_eq!(cut(text, 16), ["He lives in New ", "York."]);
    let spans: Vec<Vec<Span>> = tagger
        .tag_parts(text, 16)
        .map(|(_, tagged)| mentions(&tagged).iter().map(|mention| mention.span).collect())
        .collect();
    assert_eq!(spans, [vec![Span::new(12, 20)], vec![]]);
}

#[test]
fn a_text_up_to_the_bound_is_one_part() {
    let gazetteer = gazetteer();
    let tagger = Tagger::new(&gazetteer).unwrap();
    let mut text = "nothing new today.\n".repeat(PART_BYTES / 19);
    text.push_str(&" ".repeat(PART_BYTES - text.len() - 5));
    text.push_str("Mosul");
    assert_eq!((text.len(), tagger.tag(&text).parts), (PART_BYTES, 1));
    text.push('.');
    let tagged = tagger.tag(&text);
    assert_eq!((tagged.parts, tagged.mentions.len()), (2, 1));
    assert_eq!(&text.as_str()[tagged.mentions[0].span()], "Mosul");
}

/// Names, their parts, words, and all that may stand between them.
fn text() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "Iraq",
        "Mosul",
        "New",
        "York",
        "Hit",
        "Nice-Matin",
        "'s-Hertogenbosch",
        "Мосул",
        "モスル",
        "الموصل",
        "و",
        "went",
        "l'",
        "é",
        "e\u{301}",
        "😀",
        ". ",
        ", ",
        "-",
        "\n",
        "\n\n",
        "\r\n\r\n",
        "\n \t\n",
        " ",
        " ",
        " ",
        " ",
    ];
    prop::collection::vec(prop::sample::select(PIECES), 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn parts_tile_the_text(text in prop_oneof![text(), any::<String>()], limit in 0_usize..80) {
        let mut end = 0;
        for part in parts(&text, limit) {
            prop_assert_eq!(part.start, end);
            end = part.end;
            let held = &text.as_str()[part];
            let one = held.chars().count() == 1;
            prop_assert!(held.len() <= limit || one, "{held:?}");
            // A cut takes more than half of what it may, so that parts are few.
            prop_assert!(end == text.len() || one || held.len() * 2 + 8 > limit, "{held:?}");
            let inside = |char: Option<char>| char.is_some_and(char::is_alphanumeric);
            let within = inside(held.chars().last()) && inside(text[end..].chars().next());
            let least = &held[held.floor_char_boundary(limit.div_ceil(2) + 1).min(held.len())..];
            prop_assert!(!within || !least.contains(char::is_whitespace), "{held:?}");
        }
        prop_assert_eq!(end, text.len());
    }

    #[test]
    fn parts_change_neither_names_nor_positions(text in text(), limit in 0_usize..120) {
        let gazetteer = gazetteer();
        let tagger = Tagger::new(&gazetteer).unwrap();
        let document = || Document::new(&text).lang("en");
        let tagged = tagger.tag(document());
        let whole: Vec<Mention> = mentions(&tagged).into_iter().cloned().collect();
        let found = tagger.find_iter(document()).map(|mention| mention.span);
        prop_assert!(found.eq(whole.iter().map(|mention| mention.span)));
        let mut seen = Vec::new();
        for (part, tagged) in tagger.tag_parts(document(), limit) {
            for mention in mentions(&tagged) {
                prop_assert!(part.start <= mention.span.start && mention.span.start < part.end);
                seen.push(mention.clone());
            }
        }
        prop_assert_eq!(seen, whole);
        // One part is the document itself.
        let one: Vec<String> =
            tagger.tag_parts(document(), text.len()).map(|(_, tagged)| format!("{tagged:?}")).collect();
        prop_assert_eq!(one, if text.is_empty() { vec![] } else { vec![format!("{tagged:?}")] });
    }
}
