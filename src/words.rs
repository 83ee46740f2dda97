//! Common words of the shipped languages: a one-word name that is one of them is weak by default.
//!
//! In: `src/data/words/*.txt`, one word a line, `#` begins a comment. Out: membership by key.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::normalize::Normalizer;

macro_rules! word_lists {
    ($($lang:literal),* $(,)?) => {
        const LISTS: &[(&str, &str)] =
            &[$(($lang, include_str!(concat!("data/words/", $lang, ".txt"))),)*];
    };
}

word_lists!["ar", "de", "en", "es", "fa", "fr", "he", "it", "nl", "pl", "pt", "ru", "tr", "uk"];

/// The lines of a word list without comments and blanks.
pub(crate) fn lines(list: &str) -> impl Iterator<Item = &str> {
    list.lines()
        .map(|line| line.split('#').next().unwrap_or("").trim())
        .filter(|line| !line.is_empty())
}

/// Key to a bit per list that has the word.
static COMMON: LazyLock<HashMap<String, u32>> = LazyLock::new(|| {
    let normalizer = Normalizer::new();
    let mut common = HashMap::new();
    for (&(_, list), number) in LISTS.iter().zip(0_u32..) {
        for word in lines(list) {
            *common.entry(normalizer.key(word).into_owned()).or_default() |= 1 << number;
        }
    }
    common
});

/// True if `key` is the key of a common word of a shipped language.
pub(crate) fn is_common(key: &str) -> bool {
    COMMON.contains_key(key)
}

/// The lists that have `key`, a bit each, in the order of [`crate::phrases::langs`].
pub(crate) fn mask(key: &str) -> u32 {
    COMMON.get(key).copied().unwrap_or(0)
}

/// The languages in which `key` is a common word.
pub(crate) fn languages(key: &str) -> Vec<&'static str> {
    let mask = COMMON.get(key).copied().unwrap_or(0);
    let numbered = LISTS.iter().zip(0_u32..);
    numbered.filter(|(_, number)| mask >> number & 1 == 1).map(|(&(lang, _), _)| lang).collect()
}

/// The language of a text by its commonest words: of the shipped languages the one with most of
/// them, empty if there are too few to say.
pub(crate) fn language_of<'k>(keys: impl Iterator<Item = &'k str>) -> &'static str {
    let mut counts = [0_u32; LISTS.len()];
    let mut known = 0;
    for key in keys {
        let mask = COMMON.get(key).copied().unwrap_or(0);
        known += u32::from(mask != 0);
        // A word of many languages tells little.
        let weight = 12 / mask.count_ones().max(1);
        for (count, number) in counts.iter_mut().zip(0_u32..) {
            *count += if mask >> number & 1 == 1 { weight } else { 0 };
        }
        if known == 60 {
            break;
        }
    }
    let best = LISTS.iter().zip(counts).max_by_key(|&(_, count)| count);
    best.filter(|&(_, count)| known >= 2 && count >= 24).map_or("", |(&(lang, _), _)| lang)
}

/// Given names: those that are persons' only, and those that are also places.
struct GivenNames {
    plain: HashSet<String>,
    also_places: HashSet<String>,
}

static GIVEN: LazyLock<GivenNames> = LazyLock::new(|| {
    let list = include_str!("data/given-names.txt");
    let (plain, also_places) = list.split_once("# also places").unwrap_or((list, ""));
    GivenNames { plain: keys(plain), also_places: keys(also_places) }
});

static TITLES: LazyLock<HashSet<String>> = LazyLock::new(|| keys(include_str!("data/titles.txt")));

fn keys(list: &str) -> HashSet<String> {
    let normalizer = Normalizer::new();
    lines(list).map(|word| normalizer.key(word).into_owned()).collect()
}

/// True if `key` is the key of a given name that is no place.
pub(crate) fn is_given_name(key: &str) -> bool {
    GIVEN.plain.contains(key)
}

/// True if `key` is the key of a given name.
pub(crate) fn may_be_given_name(key: &str) -> bool {
    is_given_name(key) || GIVEN.also_places.contains(key)
}

/// True if `key` is the key of a title that stands before a person's name.
pub(crate) fn is_title(key: &str) -> bool {
    TITLES.contains(key)
}
