//! Common words of the shipped languages: a one-word name that is one of them is weak by default.
//!
//! In: `src/data/words/*.txt`, one word a line, `#` begins a comment. Out: membership by key.

use std::collections::HashSet;
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

static COMMON: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let normalizer = Normalizer::new();
    let words = LISTS.iter().flat_map(|(_, list)| lines(list));
    words.map(|word| normalizer.key(word).into_owned()).collect()
});

/// True if `key` is the key of a common word of a shipped language.
pub(crate) fn is_common(key: &str) -> bool {
    COMMON.contains(key)
}

/// The languages in which `key` is a common word.
pub(crate) fn languages(key: &str) -> Vec<&'static str> {
    let normalizer = Normalizer::new();
    let listed = |list: &str| lines(list).any(|word| normalizer.key(word) == key);
    LISTS.iter().filter(|(_, list)| listed(list)).map(|&(lang, _)| lang).collect()
}
