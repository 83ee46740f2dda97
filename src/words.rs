//! Common words of the shipped languages: a one-word name that is one of them is weak by default.
//!
//! In: `src/data/words/*.txt`, one word a line, `#` begins a comment. Out: membership by key.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

use crate::normalize::Normalizer;
use crate::normalize::hash::hash as hash_of;

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

/// Hashes are hashed already.
#[derive(Default)]
pub(crate) struct Hashed(u64);

impl Hasher for Hashed {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// A table by the hashes of keys.
pub(crate) type ByHash<T> = HashMap<u64, T, BuildHasherDefault<Hashed>>;

/// Hash of a key to a bit per list that has the word.
static COMMON: LazyLock<ByHash<u32>> = LazyLock::new(|| {
    let normalizer = Normalizer::new();
    let mut common = ByHash::default();
    for (&(_, list), number) in LISTS.iter().zip(0_u32..) {
        for word in lines(list) {
            *common.entry(hash_of(normalizer.key(word).as_bytes())).or_default() |= 1 << number;
        }
    }
    common
});

/// True if `key` is the key of a common word of a shipped language.
pub(crate) fn is_common(key: &str) -> bool {
    mask(hash_of(key.as_bytes())) != 0
}

/// The lists that have a word with a key of this hash, a bit each, in the order of [`crate::phrases::langs`].
pub(crate) fn mask(hash: u64) -> u32 {
    COMMON.get(&hash).copied().unwrap_or(0)
}

/// The languages in which `key` is a common word.
pub(crate) fn languages(key: &str) -> Vec<&'static str> {
    let mask = mask(hash_of(key.as_bytes()));
    let numbered = LISTS.iter().zip(0_u32..);
    numbered.filter(|(_, number)| mask >> number & 1 == 1).map(|(&(lang, _), _)| lang).collect()
}

/// The language of a text by its commonest words: of the shipped languages the one with most of
/// them, empty if there are too few to say.
pub(crate) fn language_of(hashes: impl Iterator<Item = u64>) -> &'static str {
    let mut counts = [0_u32; LISTS.len()];
    let mut known = 0;
    for hash in hashes {
        let mask = mask(hash);
        known += u32::from(mask != 0);
        // A word of many languages tells little.
        let weight = 12 / mask.count_ones().max(1);
        for (count, number) in counts.iter_mut().zip(0_u32..) {
            *count += if mask >> number & 1 == 1 { weight } else { 0 };
        }
        if known == 24 {
            break;
        }
    }
    let best = LISTS.iter().zip(counts).max_by_key(|&(_, count)| count);
    best.filter(|&(_, count)| known >= 2 && count >= 24).map_or("", |(&(lang, _), _)| lang)
}

/// Given names: those that are persons' only, and those that are also places.
struct GivenNames {
    plain: Hashes,
    also_places: Hashes,
}

static GIVEN: LazyLock<GivenNames> = LazyLock::new(|| {
    let list = include_str!("data/given-names.txt");
    let (plain, also_places) = list.split_once("# also places").unwrap_or((list, ""));
    GivenNames { plain: keys(plain), also_places: keys(also_places) }
});

static TITLES: LazyLock<Hashes> = LazyLock::new(|| keys(include_str!("data/titles.txt")));

/// Hashes of keys.
type Hashes = HashSet<u64, BuildHasherDefault<Hashed>>;

fn keys(list: &str) -> Hashes {
    let normalizer = Normalizer::new();
    lines(list).map(|word| hash_of(normalizer.key(word).as_bytes())).collect()
}

/// True if `key` is the key of a given name that is no place.
pub(crate) fn is_given_name(key: &str) -> bool {
    GIVEN.plain.contains(&hash_of(key.as_bytes()))
}

/// True if `key` is the key of a given name.
pub(crate) fn may_be_given_name(key: &str) -> bool {
    is_given_name(key) || GIVEN.also_places.contains(&hash_of(key.as_bytes()))
}

/// True if `key` is the key of a title that stands before a person's name.
pub(crate) fn is_title(key: &str) -> bool {
    TITLES.contains(&hash_of(key.as_bytes()))
}
