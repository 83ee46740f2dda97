//! Common words of the shipped languages: a one-word name that is one of them is weak by default.
//!
//! In: `src/data/words/*.txt`, one word a line, `#` begins a comment. Out: membership by key.

use std::collections::HashMap;
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

/// A table by the hashes of keys that is made once: asking costs a few instructions and one place
/// in memory, a third of what [`ByHash`] costs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table<T> {
    /// Each as near behind the place that its hash tells as one was free; free ones have the hash zero.
    slots: Vec<(u64, T)>,
    shift: u32,
}

impl<T: Copy + Default> Table<T> {
    /// The table of these; of equal hashes the last counts.
    pub(crate) fn of(all: &[(u64, T)]) -> Self {
        // Half of the places stay free.
        let bits = (2 * all.len() + 1).next_power_of_two().ilog2();
        let mut table = Self { slots: vec![(0, T::default()); 1 << bits], shift: 64 - bits };
        for &(hash, value) in all {
            let at = table.place(hash);
            if let Some(slot) = table.slots.get_mut(at) {
                *slot = (hash, value);
            }
        }
        table
    }

    /// Where a hash stands, or would stand.
    #[inline]
    fn place(&self, hash: u64) -> usize {
        let mut at = (hash >> self.shift) as usize;
        while self.slots.get(at).is_some_and(|slot| slot.0 != hash && slot.0 != 0) {
            at = (at + 1) & (self.slots.len() - 1);
        }
        at
    }

    /// What the table has of a hash; if it has nothing, the default.
    #[inline]
    pub(crate) fn get(&self, hash: u64) -> T {
        self.slots.get(self.place(hash)).map_or_else(T::default, |slot| slot.1)
    }
}

/// A table by the hashes of keys.
pub(crate) type ByHash<T> = HashMap<u64, T, BuildHasherDefault<Hashed>>;

/// The bit of a language, an ISO 639 tag, among the shipped lists; all bits if it has none.
pub(crate) fn langs(lang: &str) -> u32 {
    let primary = lang.split('-').next().unwrap_or_default();
    let number = LISTS.iter().position(|(known, _)| *known == primary);
    number.map_or(u32::MAX, |number| 1 << number)
}

/// The languages that have a list, in the order of their bits.
pub(crate) const LANGUAGES: [&str; LISTS.len()] = {
    let mut languages = [""; LISTS.len()];
    let mut at = 0;
    while at < LISTS.len() {
        languages[at] = LISTS[at].0;
        at += 1;
    }
    languages
};

/// What the lists say of a word.
#[derive(Clone, Copy, Default)]
pub(crate) struct About {
    /// The languages of which it is a common word, a bit each as [`langs`] has them.
    pub(crate) langs: u32,
    /// A given name that is no place.
    pub(crate) given_name: bool,
    /// A given name, also of a place.
    pub(crate) may_be_given_name: bool,
    /// A title that stands before a person's name.
    pub(crate) title: bool,
    /// How much it tells of each of these languages, in twelfths: a word of many tells little.
    pub(crate) tells: u8,
}

/// All lists, by the hashes of keys.
static ABOUT: LazyLock<Table<About>> = LazyLock::new(|| {
    let normalizer = Normalizer::new();
    let mut words: ByHash<About> = ByHash::default();
    let mut add = |list: &str, note: &dyn Fn(&mut About)| {
        for word in lines(list) {
            note(words.entry(hash_of(normalizer.key(word).as_bytes())).or_default());
        }
    };
    for (&(_, list), number) in LISTS.iter().zip(0_u32..) {
        add(list, &|about| about.langs |= 1 << number);
    }
    let given_names = include_str!("data/given-names.txt");
    let (plain, also_places) = given_names.split_once("# also places").unwrap_or((given_names, ""));
    add(plain, &|about| (about.given_name, about.may_be_given_name) = (true, true));
    add(also_places, &|about| about.may_be_given_name = true);
    add(include_str!("data/titles.txt"), &|about| about.title = true);
    for about in words.values_mut() {
        about.tells = 12_u32.checked_div(about.langs.count_ones()).unwrap_or(0) as u8;
    }
    Table::of(&words.into_iter().collect::<Vec<_>>())
});

/// What the lists say of the word whose key has this hash.
#[inline]
pub(crate) fn about(hash: u64) -> About {
    ABOUT.get(hash)
}

fn about_key(key: &str) -> About {
    about(hash_of(key.as_bytes()))
}

/// True if `key` is the key of a common word of a shipped language.
pub(crate) fn is_common(key: &str) -> bool {
    about_key(key).langs != 0
}

/// True if `key` is the key of a given name.
pub(crate) fn may_be_given_name(key: &str) -> bool {
    about_key(key).may_be_given_name
}

/// The languages in which `key` is a common word.
pub(crate) fn languages(key: &str) -> Vec<&'static str> {
    let mask = about_key(key).langs;
    let numbered = LISTS.iter().zip(0_u32..);
    numbered.filter(|(_, number)| mask >> number & 1 == 1).map(|(&(lang, _), _)| lang).collect()
}
