//! Words that introduce names: `ville de _`, `_ province`, `город _`, `مدينة _`.
//!
//! In: `src/data/phrases/*.txt`, one file per language. Out: what a run of keys before or after a
//! word group says of it.

use std::sync::LazyLock;

use smallvec::SmallVec;

use crate::layout::filter;
use crate::normalize::Surface;
use crate::words;

pub(crate) use crate::words::langs;

macro_rules! phrase_lists {
    ($($lang:literal),* $(,)?) => {
        const LISTS: &[(&str, &str)] =
            &[$(($lang, include_str!(concat!("data/phrases/", $lang, ".txt"))),)*];
    };
}

phrase_lists!["ar", "de", "en", "es", "fa", "fr", "he", "it", "nl", "pl", "pt", "ru", "tr", "uk"];

/// What a phrase says of the name beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// A place, and the phrase is no part of its name: `city of _`.
    Unit,
    /// The same of what holds cities: `province of _`.
    Region,
    /// A place; a capitalized phrase belongs to the name: `lake _`.
    Place,
    /// A group; a capitalized phrase belongs to the name: `_ brigade`.
    Group,
    /// Perhaps a place: `in _`.
    Where,
    /// A person: `mr _`.
    Person,
    /// A company, club, school, paper, ship: `bank of _`, `_ university`.
    Organization,
    /// A person called by the given name: `her sister _`.
    Kin,
    /// One of many: `un _`.
    Article,
    /// A product, and its word never belongs to a place: `_ sausage`.
    Product,
}

impl Role {
    /// True for phrases that say: a place or a group.
    pub(crate) const fn introduces(self) -> bool {
        matches!(self, Self::Unit | Self::Region | Self::Place | Self::Group)
    }
}

/// Languages, a bit per list as [`langs`] has them.
pub(crate) type Langs = u32;

/// Most words that a phrase has.
pub(crate) const LONGEST: usize = 5;

/// Hash of a phrase by the keys of its words.
pub(crate) fn hash<'k>(keys: impl IntoIterator<Item = &'k str>) -> u64 {
    keys.into_iter().fold(0, |before, key| next(before, filter::hash(key.as_bytes())))
}

/// Hash of a phrase that goes on with a word; zero is that of no words.
#[inline]
pub(crate) const fn next(before: u64, word: u64) -> u64 {
    filter::pair(before, word)
}

/// What a run of words is.
#[derive(Default)]
pub(crate) struct Phrase {
    /// What it says of a name after it.
    before: SmallVec<[(Langs, Role); 2]>,
    /// What it says of a name before it.
    after: SmallVec<[(Langs, Role); 2]>,
    /// Lists in which it is capitalized without being a name.
    pub(crate) never: Langs,
    /// Lists in which it is a word of reports about sport.
    sport: Langs,
    /// Lists in which it begins names of institutions that go on for some words.
    pub(crate) chain: Langs,
    /// Lists in which no name goes on over it.
    pub(crate) breaks: Langs,
    /// Lists in which it joins words of one name, or a name and what stands after it.
    pub(crate) joins: Langs,
    /// It is one word, and a longer phrase before a name ends with it.
    pub(crate) ends_longer: bool,
    /// It is one word, and a longer phrase after a name begins with it.
    pub(crate) begins_longer: bool,
}

impl Phrase {
    /// What it says of a name after it.
    pub(crate) fn before(&self, langs: Langs) -> Option<Role> {
        find(&self.before, langs)
    }

    /// What it says of a name before it.
    pub(crate) fn after(&self, langs: Langs) -> Option<Role> {
        find(&self.after, langs)
    }
}

fn find(listed: &[(Langs, Role)], langs: Langs) -> Option<Role> {
    listed.iter().find(|(own, _)| own & langs != 0).map(|&(_, role)| role)
}

/// All lists, read: phrases by the hash of their words, see [`hash`].
pub(crate) struct Phrases {
    /// Numbers of the phrases, from one.
    table: words::Table<u32>,
    /// The first is none.
    phrases: Vec<Phrase>,
    /// A bit for the hash of each word about sport: nearly all others are told by it.
    sport: SportBits,
}

/// See [`Phrases`].
struct SportBits([u64; 256]);

impl Default for SportBits {
    fn default() -> Self {
        Self([0; 256])
    }
}

impl SportBits {
    const fn place(word: u64) -> (usize, u64) {
        ((word >> 56) as usize, 1 << (word >> 50 & 63))
    }

    fn add(&mut self, word: u64) {
        let (at, bit) = Self::place(word);
        self.0[at] |= bit;
    }

    #[inline]
    const fn may_hold(&self, word: u64) -> bool {
        let (at, bit) = Self::place(word);
        self.0[at] & bit != 0
    }
}

impl Phrases {
    /// The shipped lists; read when they are first used.
    pub(crate) fn get() -> &'static Self {
        static PHRASES: LazyLock<Phrases> = LazyLock::new(Phrases::read);
        &PHRASES
    }

    /// What `words` before a name say of it.
    pub(crate) fn before(&self, words: u64, langs: Langs) -> Option<Role> {
        self.of(words)?.before(langs)
    }

    /// What `words` after a name say of it.
    pub(crate) fn after(&self, words: u64, langs: Langs) -> Option<Role> {
        self.of(words)?.after(langs)
    }

    /// True if `words` are capitalized without being a name.
    pub(crate) fn is_never(&self, words: u64, langs: Langs) -> bool {
        self.of(words).is_some_and(|phrase| phrase.never & langs != 0)
    }

    /// What the lists know of a run of words.
    #[inline]
    pub(crate) fn of(&self, words: u64) -> Option<&Phrase> {
        match self.table.get(words) {
            0 => None,
            number => self.phrases.get(number as usize),
        }
    }

    /// True if a word is of reports about sport.
    #[inline]
    pub(crate) fn is_sport(&self, word: u64, langs: Langs) -> bool {
        let listed = || self.of(next(0, word)).is_some_and(|it| it.sport & langs != 0);
        self.sport.may_hold(word) && listed()
    }

    fn read() -> Self {
        let mut all = Listed::default();
        for ((_, list), number) in LISTS.iter().zip(0_u32..) {
            for line in words::lines(list) {
                all.add(line, 1 << number);
            }
        }
        let (mut hashes, mut phrases) = (Vec::new(), vec![Phrase::default()]);
        for ((hash, phrase), number) in all.phrases.into_iter().zip(1..) {
            hashes.push((hash, number));
            phrases.push(phrase);
        }
        Self { table: words::Table::of(&hashes), phrases, sport: all.sport }
    }
}

/// The lists while they are read.
#[derive(Default)]
struct Listed {
    phrases: words::ByHash<Phrase>,
    sport: SportBits,
}

impl Listed {
    /// Takes in one line: `role heads [+ links] _`, `role _ heads`, or words with one of the
    /// [notes](note).
    fn add(&mut self, line: &str, lang: Langs) {
        let Some((kind, rest)) = line.split_once(' ') else { return };
        let (before, words) = match (rest.strip_suffix('_'), rest.strip_prefix('_')) {
            (Some(heads), _) => (true, heads),
            (None, heads) => (false, heads.unwrap_or(rest)),
        };
        let (heads, links) = words.split_once('+').unwrap_or((words, ""));
        for head in heads.split(',') {
            for link in links.split(',') {
                let words = hashes_of(&format!("{head} {link}"));
                let whole = words.iter().fold(0, |hash, &word| next(hash, word));
                let phrase = self.phrases.entry(whole).or_default();
                match (note(kind), role(kind)) {
                    (Some(note), _) => *note(phrase) |= lang,
                    (None, Some(role)) if before => phrase.before.push((lang, role)),
                    (None, Some(role)) => phrase.after.push((lang, role)),
                    (None, None) => {}
                }
                if let (true, Some(&word)) = (phrase.sport & lang != 0, words.first()) {
                    self.sport.add(word);
                }
                if let [first, .., last] = *words {
                    self.phrases.entry(next(0, last)).or_default().ends_longer |= before;
                    self.phrases.entry(next(0, first)).or_default().begins_longer |= !before;
                }
            }
        }
    }
}

/// What a line says of the name beside its words.
fn role(kind: &str) -> Option<Role> {
    Some(match kind {
        "unit" => Role::Unit,
        "region" => Role::Region,
        "place" => Role::Place,
        "group" => Role::Group,
        "where" => Role::Where,
        "person" => Role::Person,
        "org" => Role::Organization,
        "product" => Role::Product,
        "one" => Role::Article,
        "kin" => Role::Kin,
        _ => return None,
    })
}

/// What a line notes of its words, without regard to a name beside them.
fn note(kind: &str) -> Option<fn(&mut Phrase) -> &mut Langs> {
    Some(match kind {
        "never" => |phrase| &mut phrase.never,
        "sport" => |phrase| &mut phrase.sport,
        "chain" => |phrase| &mut phrase.chain,
        "breaks" => |phrase| &mut phrase.breaks,
        "joins" => |phrase| &mut phrase.joins,
        _ => return None,
    })
}

/// The hashes of the words of `text`, cut as texts are.
fn hashes_of(text: &str) -> Vec<u64> {
    let mut keys = Vec::new();
    let surface = Surface::cut(text, &mut keys);
    let words = surface.segments.iter();
    words
        .map(|word| filter::hash(keys.get(word.key_start..word.key_end).unwrap_or_default()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_products_of_heads_and_links() {
        let fr = langs("fr-CA");
        let phrases = Phrases::get();
        let of = |words: &str| hashes_of(words).iter().fold(0, |hash, &word| next(hash, word));
        let before = |words: &str, langs: Langs| phrases.before(of(words), langs);
        let after = |words: &str, langs: Langs| phrases.after(of(words), langs);
        assert_eq!(before("ville de la", fr), Some(Role::Unit));
        assert_eq!(before("ville d", fr), Some(Role::Unit));
        assert_eq!(before("groupe arme", fr), Some(Role::Group));
        assert_eq!(before("ville de la", langs("ru")), None);
        assert_eq!(before("городе", langs("")), Some(Role::Unit));
        assert_eq!(after("province", langs("en")), Some(Role::Region));
        assert_eq!(after("militia", langs("en")), Some(Role::Group));
        assert_eq!(before("مدينه", langs("ar")), before("ville", fr));
        let never = |langs: Langs| phrases.is_never(of("monday"), langs);
        assert!(never(langs("en")) && !never(fr));
        let longer = |words: &str| phrases.of(of(words)).is_some_and(|phrase| phrase.ends_longer);
        assert!(longer("de") && longer("la") && !longer("ville"));
    }

    #[test]
    fn lists_are_numbered_as_those_of_words_are() {
        for ((lang, _), number) in LISTS.iter().zip(0..) {
            assert_eq!(langs(lang), 1 << number, "{lang}");
        }
    }

    #[test]
    fn every_line_has_a_role_and_a_place_for_the_name() {
        for (lang, list) in LISTS {
            for line in words::lines(list) {
                let (kind, rest) = line.split_once(' ').unwrap();
                assert!(role(kind).is_some() != note(kind).is_some(), "{lang}: {line}");
                let name = rest.starts_with("_ ") || rest.ends_with(" _");
                assert_eq!(name, role(kind).is_some(), "{lang}: {line}");
                // These are asked for by single words.
                let single = ["chain", "breaks", "joins"].contains(&kind);
                let of_one = |words: &str| hashes_of(words).len() == 1;
                assert!(!single || rest.split(',').all(of_one), "{lang}: {line}");
                assert!(rest.matches(['_', '+']).count() <= 2, "{line}");
            }
        }
    }
}
