//! Acronyms that the text itself explains: `Popular Front of Lens (PFL)`, `PFL (Popular Front of
//! Lens)`.
//!
//! In: a text and an acronym. Out: the long form's span. In any script with capitals.

use memchr::memchr_iter;
use smallvec::SmallVec;

use crate::normalize::Normalizer;
use crate::span::Span;

/// Bytes of text that a long form has at most.
const LONGEST: usize = 160;

/// Where the opening brackets of a text stand, in which its long forms are looked for.
pub(super) fn brackets(text: &str) -> Vec<usize> {
    memchr_iter(b'(', text.as_bytes()).collect()
}

/// Where `text` gives a long form whose initials are those of `acronym`.
pub(super) fn long_form(text: &str, brackets: &[usize], acronym: &str) -> Option<Span> {
    let mut letters = Vec::new();
    brackets.iter().find_map(|&at| {
        let (before, inside) = (text.get(..at)?, text.get(at + 1..)?);
        let outside = before.strip_suffix(' ').is_some_and(|before| before.ends_with(acronym));
        let within = inside.strip_prefix(acronym).is_some_and(|after| after.starts_with(')'));
        if !outside && !within {
            return None;
        }
        if letters.is_empty() {
            letters = initials(acronym);
        }
        if within {
            let start = ends_with_words(before, &letters)?;
            return Some(Span { start, end: before.trim_end().len() });
        }
        let close = inside.find(')').filter(|close| *close < LONGEST)?;
        let found = ends_with_words(inside.get(..close)?, &letters) == Some(0);
        found.then_some(Span { start: at + 1, end: at + 1 + close })
    })
}

/// Where the words at the end of `text` begin whose initials are `letters`. Small words between them
/// may have none.
fn ends_with_words(text: &str, letters: &[char]) -> Option<usize> {
    let text = text.trim_end_matches([' ', '"', '»', '”', ',', '\u{a0}']);
    let least = text.len().saturating_sub(LONGEST);
    let mut rest = text;
    // The words from the last on: where they begin, their initials, whether they are small.
    let mut words: SmallVec<[(usize, Option<char>, bool); 12]> = SmallVec::new();
    while words.len() < words.inline_size() {
        let word = rest.char_indices().rev().take_while(|(_, char)| char.is_alphanumeric());
        let Some(begins) = word.last().map(|(at, _)| at).filter(|at| *at >= least) else { break };
        let Some((word, first)) =
            rest.get(begins..).and_then(|word| Some((word, word.chars().next()?)))
        else {
            break;
        };
        let initial = initials(word.get(..first.len_utf8()).unwrap_or_default());
        let small = !first.is_uppercase() && word.chars().count() <= 4;
        words.push((begins, initial.first().copied(), small));
        rest = rest.get(..begins)?.trim_end_matches([' ', '-', '\'', '’', '\u{a0}', '\n']);
    }
    first_of(&words, letters)
}

/// Where the first of `words`, told from the last on, begins, if their initials are `letters`.
fn first_of(words: &[(usize, Option<char>, bool)], letters: &[char]) -> Option<usize> {
    let (&last, before) = letters.split_last()?;
    let (&(begins, initial, small), words) = words.split_first()?;
    let taken = (initial == Some(last))
        .then(|| if before.is_empty() { Some(begins) } else { first_of(words, before) });
    taken.flatten().or_else(|| if small { first_of(words, letters) } else { None })
}

/// The letters of a text as keys have them.
fn initials(text: &str) -> Vec<char> {
    Normalizer::new().key(text).chars().filter(|char| char.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_forms_are_found_on_both_sides() {
        let long = |text: &str, acronym: &str| {
            let span = long_form(text, &brackets(text), acronym);
            span.and_then(|span| text.get(span.range())).map(str::to_owned)
        };
        let front = Some("Popular Front of Lens".to_owned());
        assert_eq!(long("The Popular Front of Lens (PFL) met. PFL won.", "PFL"), front);
        assert_eq!(long("The PFL (Popular Front of Lens) met.", "PFL"), front);
        let rada = Some("Союз горняков Ленса".to_owned());
        assert_eq!(long("Союз горняков Ленса (СГЛ) заявил", "СГЛ"), rada);
        assert_eq!(long("l’École d’art (EA)", "EA"), Some("École d’art".to_owned()));
        let fund = Some("Public Fund for Libraries".to_owned());
        assert_eq!(long("The Public Fund for Libraries (PFL) met", "PFL"), fund);
        assert_eq!(long("The front (PFL) met", "PFL"), None);
        assert_eq!(long("PFL met, PFL won (in Lens)", "PFL"), None);
    }
}
