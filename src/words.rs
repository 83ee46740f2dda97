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

/// A table by the hashes of keys that is made once and asked often, mostly for what it has not.
#[derive(Clone, Debug)]
pub(crate) struct Table<T> {
    /// A bit for each hash, eight times as many as there are: few enough to stay at hand.
    bits: Vec<u64>,
    /// Each as near behind the place that its hash tells as one was free; free ones have the hash zero.
    slots: Vec<(u64, T)>,
}

impl<T: Copy + Default> Table<T> {
    /// The table of these, each hash once.
    pub(crate) fn of(all: &[(u64, T)]) -> Self {
        let bits = vec![0; all.len().div_ceil(8).next_power_of_two()];
        let slots = vec![(0, T::default()); (all.len() * 3 / 2 + 1).next_power_of_two()];
        let mut table = Self { bits, slots };
        for &(hash, value) in all {
            let (word, bit) = table.bit(hash);
            table.bits[word] |= bit;
            let at = table.place(hash);
            table.slots[at] = (hash, value);
        }
        table
    }

    /// The bit of a hash, and in which word it is.
    #[inline]
    fn bit(&self, hash: u64) -> (usize, u64) {
        ((hash >> 40) as usize & (self.bits.len() - 1), 1 << (hash >> 58))
    }

    /// Where a hash stands, or would stand.
    #[inline]
    fn place(&self, hash: u64) -> usize {
        let mut at = hash as usize;
        loop {
            at &= self.slots.len() - 1;
            match self.slots.get(at) {
                Some(&(other, _)) if other != hash && other != 0 => at += 1,
                _ => return at,
            }
        }
    }

    /// What the table has of a hash; if it has nothing, the default.
    #[inline]
    pub(crate) fn get(&self, hash: u64) -> T {
        let (word, bit) = self.bit(hash);
        let known = self.bits.get(word).is_some_and(|word| word & bit != 0);
        let slot = || self.slots.get(self.place(hash)).filter(|slot| slot.0 == hash);
        if known { slot().map_or_else(T::default, |slot| slot.1) } else { T::default() }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_what_it_was_made_of_and_no_more() {
        for count in [0, 1, 2, 3, 1000] {
            // All tell the same place, then each its own.
            for shift in [40, 0] {
                let all: Vec<_> = (1..=count).map(|number| (number << shift, number)).collect();
                let table = Table::of(&all);
                assert!(all.iter().all(|&(hash, number)| table.get(hash) == number), "{count}");
                let others = (count + 1..=count + 100).map(|number| number << shift);
                assert!(others.chain([0]).all(|hash| table.get(hash) == 0), "{count}");
            }
        }
    }
}
