//! How plain text uses the words that are names, too: evidence that a corpus without marks gives.
//!
//! In: counts of words, by language, from a corpus or from a table of weights. Out: for a word of a
//! text, how often it is written small, and how often it follows a given name or title.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::normalize::Normalizer;
use crate::normalize::hash::{hash, pair};
use crate::words::ByHash;

/// How often a word was seen inside sentences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct WordUse {
    /// In all.
    pub(crate) seen: u32,
    /// Of these, beginning with a small letter.
    pub(crate) small: u32,
    /// Of these, right after a given name or a person's title.
    pub(crate) person: u32,
}

/// A word seen as seldom as this tells half of what one seen always tells.
const SELDOM: f32 = 5.0;

impl WordUse {
    /// Adds what was counted elsewhere.
    pub(crate) fn add(&mut self, other: Self) {
        self.seen = self.seen.saturating_add(other.seen);
        self.small = self.small.saturating_add(other.small);
        self.person = self.person.saturating_add(other.person);
    }

    /// The share written small, from 0 to 1; rare words are drawn to 0.
    pub(crate) fn small(self) -> f32 {
        self.share(self.small)
    }

    /// The share after given names and titles, in the same way.
    pub(crate) fn person(self) -> f32 {
        self.share(self.person)
    }

    fn share(self, times: u32) -> f32 {
        times as f32 / (self.seen as f32 + SELDOM)
    }
}

/// Words with their counts, by language and key.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct WordUses {
    words: BTreeMap<(String, String), WordUse>,
    /// By the hash of language and key.
    table: ByHash<WordUse>,
}

/// Hash of a language and a key of this hash.
fn place(lang: &str, key: u64) -> u64 {
    pair(hash(lang.as_bytes()), key)
}

impl WordUses {
    /// The counts of a word whose key has the hash `key`, in texts of `lang`. Costs one probe.
    #[inline]
    pub(crate) fn of(&self, lang: &str, key: u64) -> Option<WordUse> {
        if self.table.is_empty() {
            return None;
        }
        self.table.get(&place(lang, key)).copied()
    }

    /// Adds all counts of another table.
    pub(crate) fn merge(&mut self, other: &Self) {
        for ((lang, key), counts) in &other.words {
            self.add(lang, key, *counts);
        }
    }

    /// The languages, each with its number of words.
    pub(crate) fn languages(&self) -> BTreeMap<&str, usize> {
        let mut languages = BTreeMap::new();
        for (lang, _) in self.words.keys() {
            *languages.entry(lang.as_str()).or_default() += 1;
        }
        languages
    }

    /// Adds counts of the word with key `key` in texts of `lang`.
    pub(crate) fn add(&mut self, lang: &str, key: &str, counts: WordUse) {
        let counted = self.words.entry((lang.to_owned(), key.to_owned())).or_default();
        counted.add(counts);
        self.table.insert(place(lang, hash(key.as_bytes())), *counted);
    }

    /// Keeps the `most` words that differ most from the usual of their language, as far as their
    /// number bears it out; of equals the first in order.
    #[must_use]
    pub(crate) fn most_telling(&self, most: usize) -> Self {
        let mut usual: BTreeMap<&str, [f64; 3]> = BTreeMap::new();
        for ((lang, _), counts) in &self.words {
            let sums = usual.entry(lang).or_default();
            for (sum, count) in sums.iter_mut().zip([counts.seen, counts.small, counts.person]) {
                *sum += f64::from(count);
            }
        }
        // Standard deviations from the usual share.
        let told = |lang: &str, counts: &WordUse| {
            let [all, small, person] = usual.get(lang).copied().unwrap_or_default();
            let seen = f64::from(counts.seen);
            let differs = |count: u32, sum: f64| {
                let usual = ((sum + 1.0) / (all + 2.0)).clamp(1e-3, 1.0 - 1e-3);
                let spread = (seen * usual * (1.0 - usual)).sqrt().max(1.0);
                (f64::from(count) - seen * usual).abs() / spread
            };
            differs(counts.small, small) + differs(counts.person, person)
        };
        let mut ranked: Vec<_> = self
            .words
            .iter()
            .map(|(word, counts)| (told(&word.0, counts), word, *counts))
            .collect();
        ranked.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.cmp(other.1)));
        let mut kept = Self::default();
        for (_, (lang, key), counts) in ranked.into_iter().take(most) {
            kept.add(lang, key, counts);
        }
        kept
    }

    /// Takes in `WORD SEEN SMALL PERSON`; else the byte and the reason of what is wrong with it.
    pub(super) fn line(&mut self, lang: &str, line: &str) -> Result<(), (usize, String)> {
        const FORM: &str = "write `WORD SEEN SMALL PERSON`";
        let mut words = super::words_of(line);
        let Some((at, word)) = words.next() else { return Ok(()) };
        let normalizer = Normalizer::new();
        let key = normalizer.key(word);
        if key.is_empty() || key.contains(' ') {
            return Err((at, format!("`{word}` is no single word; {FORM}")));
        }
        let mut counts = [0_u32; 3];
        for count in &mut counts {
            let Some((at, word)) = words.next() else {
                return Err((line.trim_end().len(), format!("a count is missing; {FORM}")));
            };
            *count = word.parse().map_err(|_| (at, format!("`{word}` is no count; {FORM}")))?;
        }
        if let Some((at, word)) = words.next() {
            return Err((at, format!("`{word}` is too much; {FORM}")));
        }
        let [seen, small, person] = counts;
        if small > seen || person > seen {
            return Err((at, format!("`{word}` has parts that are more than the whole, {seen}")));
        }
        if self.words.contains_key(&(lang.to_owned(), key.clone().into_owned())) {
            return Err((at, format!("`{word}` stands here for the second time")));
        }
        self.add(lang, &key, WordUse { seen, small, person });
        Ok(())
    }

    /// The words as [`Weights::read`](super::Weights::read) takes them.
    pub(super) fn write(&self, table: &mut String) {
        let mut last = None;
        for ((lang, key), counts) in &self.words {
            if last != Some(lang) {
                let shown = if lang.is_empty() { "-" } else { lang };
                let _ = writeln!(table, "words {shown}");
                last = Some(lang);
            }
            let _ = writeln!(table, "{key} {} {} {}", counts.seen, counts.small, counts.person);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uses(words: &[(&str, &str, [u32; 3])]) -> WordUses {
        let mut uses = WordUses::default();
        for &(lang, key, [seen, small, person]) in words {
            uses.add(lang, key, WordUse { seen, small, person });
        }
        uses
    }

    #[test]
    fn words_are_of_a_language_and_counts_add_up() {
        let uses = uses(&[("fr", "tours", [10, 9, 0]), ("fr", "tours", [5, 1, 2])]);
        let counts = uses.of("fr", hash(b"tours")).unwrap();
        assert_eq!(counts, WordUse { seen: 15, small: 10, person: 2 });
        assert_eq!((counts.small(), counts.person()), (0.5, 0.1));
        assert_eq!(uses.of("en", hash(b"tours")), None);
        assert_eq!(uses.of("fr", hash(b"tour")), None);
        assert_eq!(uses.languages(), [("fr", 1)].into());
    }

    #[test]
    fn the_most_telling_words_are_kept() {
        let all = uses(&[
            ("fr", "paris", [900, 0, 3]),
            ("fr", "nord", [100, 80, 0]),
            ("fr", "rare", [1, 1, 0]),
            ("fr", "hollande", [300, 0, 200]),
            ("fr", "lyon", [100, 4, 5]),
        ]);
        let kept = all.most_telling(2);
        let words: Vec<_> = kept.words.keys().map(|(_, key)| key.as_str()).collect();
        assert_eq!(words, ["hollande", "nord"]);
        assert_eq!(all.most_telling(9), all);
    }
}
