//! The languages of a text, by the commonest words of its paragraphs.
//!
//! In: a text. Out: [`LanguageRuns`]: which stretch of it is in which of the shipped languages.

use std::sync::LazyLock;

use memchr::memchr;

use super::habits::Habits;
use crate::normalize::{Segmenter, Word, each_word};
use crate::words::{About, LANGUAGES, about, langs};

/// The languages in which a text is written, one after the other.
#[derive(Clone, Debug, Default)]
pub(crate) struct LanguageRuns<'t> {
    first: Run<'t>,
    /// In order; most texts have none.
    rest: Vec<Run<'t>>,
}

/// A stretch of a text in one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run<'t> {
    /// Its first byte.
    start: usize,
    /// Its language without region; empty if unknown.
    pub(crate) lang: &'t str,
    /// The same as [`langs`] has it.
    pub(crate) langs: u32,
    /// How it is written.
    pub(crate) habits: Habits,
}

impl Default for Run<'_> {
    fn default() -> Self {
        Self::new(0, "")
    }
}

impl<'t> Run<'t> {
    fn new(start: usize, lang: &'t str) -> Self {
        Self { start, lang, langs: langs(lang), habits: Habits::of(lang) }
    }

    /// In one of the [`LANGUAGES`].
    fn sensed(start: usize, number: Option<usize>) -> Self {
        static RUNS: LazyLock<[Run<'static>; LANGUAGES.len()]> =
            LazyLock::new(|| LANGUAGES.map(|lang| Run::new(0, lang)));
        static UNKNOWN: LazyLock<Run<'static>> = LazyLock::new(Run::default);
        let run = number.and_then(|number| RUNS.get(number)).unwrap_or(&UNKNOWN);
        Self { start, ..*run }
    }
}

impl<'t> LanguageRuns<'t> {
    /// A text that is all in one language, an ISO 639 tag.
    pub(crate) fn stated(lang: &'t str) -> Self {
        let primary = lang.split('-').next().unwrap_or_default();
        Self { first: Run::new(0, primary), rest: Vec::new() }
    }

    /// The languages of `text` by its commonest words: that of its beginning, of which `words` are
    /// the words, then of every longer paragraph whose words are clearly of another one. Costs some
    /// dozen words of each.
    pub(crate) fn sense(text: &'t str, words: &[Word]) -> Self {
        const LONGER: usize = 120;
        let mut runs = Self { first: Run::sensed(0, language_of(words)), rest: Vec::new() };
        let line = |text: &str| memchr(b'\n', text.as_bytes()).unwrap_or(text.len());
        let mut start = line(text) + 1;
        while let Some(rest) = text.get(start..).filter(|rest| rest.len() >= LONGER) {
            let end = line(rest);
            let paragraph = rest.get(..end).filter(|paragraph| paragraph.len() >= LONGER);
            let before = runs.rest.last().unwrap_or(&runs.first).lang;
            let other = paragraph.and_then(|paragraph| other_language(paragraph, before));
            runs.rest.extend(other.map(|number| Run::sensed(start, Some(number))));
            start += end + 1;
        }
        runs
    }

    /// The run in which byte `at` stands.
    #[inline]
    pub(crate) fn at(&self, at: usize) -> Run<'t> {
        let past = self.rest.partition_point(|run| run.start <= at);
        let run = past.checked_sub(1).and_then(|last| self.rest.get(last));
        *run.unwrap_or(&self.first)
    }
}

/// Bytes of a text by which its language is sensed.
pub(crate) const BEGINNING: usize = 2000;

/// The language of a text by the commonest of the words at its beginning: of the shipped languages
/// the number of the one with most of them, if there are enough to say.
fn language_of(words: &[Word]) -> Option<usize> {
    const MOST: u32 = 24;
    let mut counts = LanguageCounts::default();
    for word in words.iter().take_while(|word| word.end() <= BEGINNING) {
        // Most texts soon say so.
        if counts.take(word.hash)
            && (counts.known >= MOST || counts.known % 4 == 0 && counts.is_clear())
        {
            break;
        }
    }
    let (number, count) = counts.best();
    (counts.known >= 2 && count >= 24).then_some(number)
}

/// The number of the language of a paragraph, if it is clearly not `before`.
fn other_language(paragraph: &str, before: &str) -> Option<usize> {
    const LOOK_AT: usize = 600;
    let own = LANGUAGES.iter().position(|lang| *lang == before);
    let of_own = |counts: &LanguageCounts| own.and_then(|own| counts.of.get(own).copied());
    let mut counts = LanguageCounts::default();
    each_word(beginning(paragraph, LOOK_AT), |word| {
        counts.take(word.hash);
        // Most paragraphs are in the language of the one before, and soon say so.
        let same = counts.known >= 4 && of_own(&counts) == Some(counts.most());
        !same && counts.known < 12
    });
    let (number, count) = counts.best();
    let clear = counts.known >= 8 && count >= 2 * of_own(&counts).unwrap_or(0);
    (clear && own != Some(number)).then_some(number)
}

/// The first `most` bytes of a text or a little less.
fn beginning(text: &str, most: usize) -> &str {
    text.get(..text.floor_char_boundary(most)).unwrap_or_default()
}

/// The words at the beginning of a text.
pub(crate) fn first_words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    // Ends at a word's end or after it, so no word is cut in two.
    Segmenter::new(text).cut(BEGINNING / 4, &mut words, &mut Vec::new());
    words
}

/// The bit of each language: two vectors have room for as many.
const BITS: [u16; 16] = {
    let mut bits = [1; 16];
    let mut number = 1;
    while number < bits.len() {
        bits[number] = bits[number - 1] << 1;
        number += 1;
    }
    bits
};

const _: () = assert!(LANGUAGES.len() <= BITS.len());

/// How many common words of each list were met.
#[derive(Default)]
struct LanguageCounts {
    /// By how much their words tell.
    of: [u16; BITS.len()],
    /// Words of any list.
    known: u32,
}

impl LanguageCounts {
    /// Takes in a word; true if some list has it.
    #[inline]
    fn take(&mut self, hash: u64) -> bool {
        let About { langs, tells, .. } = about(hash);
        if langs == 0 {
            return false;
        }
        self.known += 1;
        // All alike, without asking of which languages it is: no text tells beforehand.
        for (count, lang) in self.of.iter_mut().zip(BITS) {
            *count += if langs as u16 & lang != 0 { u16::from(tells) } else { 0 };
        }
        true
    }

    /// The number of the language with most words, of equals the last, and its count.
    fn best(&self) -> (usize, u16) {
        let most = self.most();
        (self.of.iter().rposition(|&count| count == most).unwrap_or_default(), most)
    }

    /// The count of the language with most words. Of a fixed number, so that it takes no jumps.
    fn most(&self) -> u16 {
        self.of.into_iter().fold(0, u16::max)
    }

    /// True if one language has many more than any other.
    fn is_clear(&self) -> bool {
        const LEAST: u16 = 48;
        let most = self.most();
        let near = self.of.into_iter().map(|count| u16::from(3 * count > most)).sum::<u16>();
        most >= LEAST && near == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRENCH: &str = "Le ministre a dit que la ville est dans une région du nord et que les \
        habitants sont partis avec leurs enfants pour ne pas revenir, mais il y a encore des gens.";
    const ENGLISH: &str = "The minister said that the town is in a region of the north and that the \
        people have left with their children, but there are still some who would not go away.";

    #[test]
    fn paragraphs_have_their_own_languages() {
        let text = format!("{FRENCH}\nAlep\n{ENGLISH}\n{ENGLISH}\n\n{FRENCH}");
        let runs = LanguageRuns::sense(&text, &first_words(&text));
        let langs: Vec<&str> =
            [&runs.first].into_iter().chain(&runs.rest).map(|run| run.lang).collect();
        assert_eq!(langs, ["fr", "en", "fr"]);
        assert_eq!(runs.at(text.find("Alep").unwrap()).lang, "fr");
        let english = text.find("The").unwrap();
        assert_eq!((runs.at(english - 1).lang, runs.at(english).lang), ("fr", "en"));
        assert_eq!(runs.at(usize::MAX).lang, "fr");
    }

    #[test]
    fn a_text_of_one_language_is_one_run() {
        for text in [String::new(), "\n\n".into(), format!("{FRENCH}\n{FRENCH}\n").repeat(20)] {
            assert_eq!(LanguageRuns::sense(&text, &first_words(&text)).rest, [], "{text}");
        }
        assert_eq!(LanguageRuns::stated("pt-BR").at(7).lang, "pt");
        assert_eq!(LanguageRuns::default().at(0).lang, "");
    }
}
