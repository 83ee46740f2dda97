//! Counting how plain text uses the words that are names, too.
//!
//! In: documents. Out: [`WordCounts`]: for each one-word name of the gazetteer that stands inside a
//! sentence, how often it was seen, how often in small letters, how often after a given name or title.

use std::collections::{BTreeMap, HashMap};

use crate::normalize::hash::hash;
use crate::normalize::{Gap, Segment, Segmenter};
use crate::tag::{Document, Tagger};
use crate::weights::{Weights, WordUse, WordUses};
use crate::words;

/// How often plain text has the words that are names, too, and how it writes them.
///
/// ```
/// use exonym::train::WordCounts;
/// use exonym::{Document, Gazetteer, Tagger, Weights};
///
/// let tagger = Tagger::new(Gazetteer::embedded())?;
/// let mut counts = WordCounts::default();
/// for text in ["A nice day.", "It is nice in Nice, said Mary Jordan."] {
///     counts.add(tagger.count_words(Document::new(text).lang("en")));
/// }
/// let weights = counts.into_weights(Weights::shipped().clone(), 100);
/// assert!(weights.table("").contains("\nnice 3 2 0\n"));
/// # Ok::<(), exonym::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct WordCounts(WordUses);

impl WordCounts {
    /// Adds the counts of another document.
    pub fn add(&mut self, other: Self) {
        self.0.merge(&other.0);
    }

    /// How many words of each language were counted; the unknown language is empty.
    pub fn words(&self) -> BTreeMap<&str, usize> {
        self.0.languages()
    }

    /// `weights` with these counts added to their own; the `most` telling words are kept: those
    /// whose use differs most from what is usual.
    pub fn into_weights(self, weights: Weights, most: usize) -> Weights {
        weights.with_words(&self.0, most)
    }
}

impl Tagger<'_> {
    /// Counts the words of a document that are names of the gazetteer. Those that begin a sentence or
    /// stand in capitals are not counted: their case tells nothing. Costs cutting the text, and a
    /// search for each distinct word.
    pub fn count_words<'t>(&self, document: impl Into<Document<'t>>) -> WordCounts {
        let document = document.into().sense();
        let mut counted: HashMap<&str, HashMap<Vec<u8>, WordUse>> = HashMap::new();
        let mut segmenter = Segmenter::new(document.text);
        let mut keys = Vec::new();
        // Whether the word before may be a person's given name or title.
        let mut person = false;
        loop {
            keys.clear();
            let Some(segment) = segmenter.next(&mut keys) else { break };
            let follows = std::mem::replace(&mut person, is_person_word(&segment, &keys));
            if !is_inside(&segment) {
                continue;
            }
            let small = segment.starts_lower();
            let once = WordUse {
                seen: 1,
                small: small.into(),
                person: (follows && !small && segment.gap == Gap::Space).into(),
            };
            let counted = counted.entry(document.langs.at(segment.start).lang).or_default();
            match counted.get_mut(keys.as_slice()) {
                Some(counts) => counts.add(once),
                None => drop(counted.insert(keys.clone(), once)),
            }
        }
        let mut uses = WordUses::default();
        let words = counted.into_iter().flat_map(|(lang, words)| {
            // A table could not hold what is no tag of a language.
            let is_tag = lang.bytes().all(|byte| byte.is_ascii_alphanumeric());
            let lang = if is_tag { lang } else { "" };
            words.into_iter().map(move |(key, counts)| (lang, key, counts))
        });
        for (lang, key, counts) in words {
            let is_name = self.layers.views().iter().any(|view| view.keys().get(&key).is_some());
            let number = key.iter().all(u8::is_ascii_digit);
            if is_name
                && !number
                && let Ok(key) = std::str::from_utf8(&key)
            {
                uses.add(lang, key, counts);
            }
        }
        WordCounts(uses)
    }
}

/// Inside a sentence, and not in capitals throughout.
fn is_inside(segment: &Segment) -> bool {
    let capitals = segment.has_upper() && !segment.has_lower() && !segment.is_single();
    !capitals && matches!(segment.gap, Gap::Space | Gap::Apostrophe | Gap::Mark(',' | '،'))
}

/// A given name, or a title of a person.
fn is_person_word(segment: &Segment, key: &[u8]) -> bool {
    let about = words::about(hash(key));
    about.title || !segment.starts_lower() && about.may_be_given_name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gazetteer::Gazetteer;

    #[test]
    fn each_paragraph_counts_for_its_language() {
        let tagger = Tagger::new(Gazetteer::embedded()).unwrap();
        let english = "It is a nice day for all of us who live in the south, and they said that it was \
            the first of many that we would have in the year.";
        let french = "Les habitants de la ville ont dit que le maire et les siens sont dans la rue \
            depuis le matin, et que la police ne veut pas les voir avec nous.";
        let counts = tagger.count_words(Document::new(&format!("{english}\n{french}\n")));
        assert_eq!(counts.words().keys().copied().collect::<Vec<_>>(), ["en", "fr"]);
    }

    #[test]
    fn counts_of_a_text_whose_language_is_no_tag_can_be_read_again() {
        let tagger = Tagger::new(Gazetteer::embedded()).unwrap();
        for (lang, known) in [("en", "en"), ("en-US", "en"), ("en us", ""), ("#", ""), ("en\n", "")]
        {
            let counts = tagger.count_words(Document::new("It is nice in Nice.").lang(lang));
            let weights = counts.into_weights(Weights::shipped().clone(), 100);
            assert_eq!(weights.words().keys().copied().collect::<Vec<_>>(), [known], "{lang}");
            assert_eq!(Weights::read(&weights.table(""), "t").unwrap().words(), weights.words());
        }
    }
}
