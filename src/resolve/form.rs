//! What the form of a text says of the names in it: a text about sport, a result right after a name,
//! a report that opens with its place, a name in quotes.
//!
//! In: a text and a span of it. Out: yes or no, or how much. Costs some hundred bytes of a text once,
//! some dozen for each name.

use crate::normalize::Word;
use crate::phrases::{Langs, Phrases};
use crate::span::Span;

/// How much a text is about sport, by the words at its beginning: from none to one.
pub(super) fn sport(words: &[Word], langs: Langs) -> f32 {
    const LOOK_AT: usize = 480;
    const CERTAIN: usize = 4;
    let phrases = Phrases::get();
    let first = words.partition_point(|word| word.end() <= LOOK_AT);
    let first = words.get(..first).unwrap_or_default().iter();
    let sport = first.filter(|word| phrases.is_sport(word.hash, langs));
    sport.take(CERTAIN).count() as f32 / CERTAIN as f32
}

/// True if a result stands right after a name: `Utrecht 1 Groningen 1`, `Ajax 2-1`, `Leeds 30 17 8 5`.
pub(super) fn result_follows(text: &str, span: Span) -> bool {
    let Some(rest) = text.get(span.end..) else { return false };
    let blank = rest.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let rest = rest.get(blank..).unwrap_or_default();
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if blank == 0 || !(1..=3).contains(&digits) {
        return false;
    }
    let mut after = rest.get(digits..).unwrap_or_default().chars();
    match after.next() {
        None | Some('\n' | '\r' | ';' | '*') => true,
        Some('-' | '–' | ':') => after.next().is_some_and(|char| char.is_ascii_digit()),
        // A decimal, or a sum, is no result; goals and points are: 14.9 (93).
        Some('.' | ',') => {
            let rest = after.as_str();
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let next = rest.get(digits..).unwrap_or_default();
            digits == 0 && !next.starts_with(char::is_alphanumeric) || next.starts_with(" (")
        }
        Some(' ' | '\t') => {
            let next = after.find(|char| !matches!(char, ' ' | '\t'));
            next.is_none_or(|char| {
                char.is_uppercase() || char.is_ascii_digit() || "(-*;,".contains(char)
            })
        }
        _ => false,
    }
}

/// True if a name that begins a sentence opens a report: `BAGHDAD, March 3 -`, `KABUL (Reuters)`,
/// `LYON —`.
pub(super) fn opens_report(text: &str, span: Span) -> bool {
    const REACH: usize = 48;
    let Some(rest) = text.get(span.end..) else { return false };
    let reach = rest.get(..rest.floor_char_boundary(REACH)).unwrap_or_default();
    let line = reach.lines().next().unwrap_or_default();
    // A dash, a year or a bracket: most have none.
    if !line.bytes().any(|byte| byte == b'-' || byte >= 0x80) {
        return false;
    }
    const DASHES: [&str; 6] = [" - ", " – ", " — ", " -- ", " ـ ", ". —"];
    let bytes = line.as_bytes();
    let is_dash = |&at: &usize| {
        let rest = bytes.get(at..).unwrap_or_default();
        DASHES.iter().any(|dash| rest.starts_with(dash.as_bytes()))
    };
    // Most blanks have a letter behind them.
    let may_be = |pair: &[u8]| matches!(pair, [b' ' | b'.', next] if !next.is_ascii_alphanumeric());
    let marks = bytes.windows(2).enumerate().filter(|(_, pair)| may_be(pair));
    let dash = marks.map(|(at, _)| at).find(is_dash);
    let Some(between) = dash.and_then(|at| line.get(..at)) else {
        // Without a dash: an agency in brackets, or a date in figures.
        let date = line.strip_prefix(' ').is_some_and(|rest| {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            digits == 4 && rest.as_bytes().get(4) == Some(&b'-')
        });
        return date;
    };
    if between.is_empty() {
        // `Lens - Metz` is a match.
        let own = text.get(span.range()).unwrap_or_default();
        let (upper, lower) =
            (own.chars().any(char::is_uppercase), own.chars().any(char::is_lowercase));
        // Without capitals, one is told by its result, a route or a line of a list by its end.
        let goes_on = rest.len() > REACH && line.len() == reach.len();
        let caseless = !upper && !lower && goes_on && !line.chars().any(char::is_numeric);
        return upper && !lower || caseless || line.starts_with(" —");
    }
    let words = between.split_whitespace().count();
    let brackets = between.starts_with(" (") && between.ends_with(')');
    let date = between.starts_with(',') && between.bytes().any(|byte| byte.is_ascii_digit());
    words <= 6 && (brackets || date || between.contains('('))
}

/// True if a name stands in quotes by itself.
pub(super) fn is_quoted(text: &str, span: Span) -> bool {
    const PAIRS: [(char, char); 4] = [('«', '»'), ('“', '”'), ('„', '“'), ('"', '"')];
    let before = text.get(..span.start).and_then(|before| before.chars().next_back());
    let after = text.get(span.end..).and_then(|after| after.chars().next());
    before.zip(after).is_some_and(|pair| PAIRS.contains(&pair))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::Segmenter;
    use crate::phrases;

    fn of(text: &str, name: &str) -> (String, Span) {
        let start = text.find(name).unwrap();
        (text.to_owned(), Span { start, end: start + name.len() })
    }

    #[test]
    fn results_are_told_from_other_numbers() {
        for text in [
            "Lens 1 Metz 0",
            "Lens 2-1",
            "Lens 30 17 8 5",
            "Lens 3",
            "Lens 0; Metz",
            "Lens 14.9 (93)",
            "Lens 1 ; Metz",
        ] {
            let (text, span) = of(text, "Lens");
            assert!(result_follows(&text, span), "{text}");
        }
        for text in ["Lens 3 people", "Lens 2.5 percent", "Lens, 3", "Lens 2024", "Lens"] {
            let (text, span) = of(text, "Lens");
            assert!(!result_follows(&text, span), "{text}");
        }
    }

    #[test]
    fn reports_open_with_their_place() {
        for text in [
            "LENS, 3 mars - Le maire",
            "Lens (AFP) - Le maire",
            "LENS — Le maire",
            "LENS, Pas-de-Calais (AFP) — Le",
            "LENS 1996-08-30 Le maire",
        ] {
            let (text, span) = of(text, "L");
            let span = Span { end: span.start + 4, ..span };
            assert!(opens_report(&text, span), "{text}");
        }
        for text in ["Lens - Metz 1-0", "Lens, dit-il, - non", "Lens attend - et Metz aussi"] {
            let (text, span) = of(text, "Lens");
            assert!(!opens_report(&text, span), "{text}");
        }
    }

    #[test]
    fn quotes_are_seen_on_both_sides() {
        let is = |text: &str| {
            let (text, span) = of(text, "Lens");
            is_quoted(&text, span)
        };
        assert!(is("«Lens» тонет") && is("the \"Lens\" sank") && is("„Lens“"));
        assert!(!is("«Lens тонет»") && !is("\"Lens sank\"") && !is("“Lens’s”") && !is("Lens"));
    }

    #[test]
    fn sport_is_told_by_several_words() {
        let sport = |text: &str| {
            let mut words = Vec::new();
            Segmenter::new(text).cut(100, &mut words, &mut Vec::new());
            sport(&words, phrases::langs("en"))
        };
        assert_eq!(sport("The council voted nine to two."), 0.0);
        assert!(sport("Soccer: the league match ended in a draw after a late goal.") > 0.5);
    }
}
