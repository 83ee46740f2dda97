//! Words that introduce names: `ville de _`, `_ province`, `город _`, `مدينة _`.
//!
//! In: `src/data/phrases/*.txt`, one file per language. Out: what a run of keys before or after a
//! word group says of it.

use std::sync::LazyLock;

use crate::layout::filter;
use crate::normalize::Surface;
use crate::words;

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
    /// Capitalized, but no name by itself: `Monday`.
    Never,
}

impl Role {
    /// True for phrases that say: a place or a group.
    pub(crate) const fn introduces(self) -> bool {
        matches!(self, Self::Unit | Self::Region | Self::Place | Self::Group)
    }
}

/// Languages, a bit per list.
pub(crate) type Langs = u32;

/// The bits of `lang`, an ISO 639 tag; all lists if it is empty or has none.
pub(crate) fn langs(lang: &str) -> Langs {
    let primary = lang.split('-').next().unwrap_or_default();
    let number = LISTS.iter().position(|(known, _)| *known == primary);
    number.map_or(Langs::MAX, |number| 1 << number)
}

/// Most words that a phrase has.
pub(crate) const LONGEST: usize = 5;

/// Phrases by the hash of their words, see [`hash`].
type Table = words::ByHash<Vec<(Langs, Role)>>;

/// Hash of a phrase by the keys of its words.
pub(crate) fn hash<'k>(keys: impl IntoIterator<Item = &'k str>) -> u64 {
    keys.into_iter().fold(0, |before, key| next(before, filter::hash(key.as_bytes())))
}

/// Hash of a phrase that goes on with a word; zero is that of no words.
#[inline]
pub(crate) const fn next(before: u64, word: u64) -> u64 {
    filter::pair(before, word)
}

/// All lists, read.
pub(crate) struct Phrases {
    before: Table,
    after: Table,
    never: Table,
    sport: Table,
}

impl Phrases {
    /// The shipped lists; read when they are first used.
    pub(crate) fn get() -> &'static Self {
        static PHRASES: LazyLock<Phrases> = LazyLock::new(Phrases::read);
        &PHRASES
    }

    /// What `words` before a name say of it.
    pub(crate) fn before(&self, words: u64, langs: Langs) -> Option<Role> {
        find(&self.before, words, langs)
    }

    /// What `words` after a name say of it.
    pub(crate) fn after(&self, words: u64, langs: Langs) -> Option<Role> {
        find(&self.after, words, langs)
    }

    /// True if `words` are capitalized without being a name.
    pub(crate) fn is_never(&self, words: u64, langs: Langs) -> bool {
        find(&self.never, words, langs).is_some()
    }

    /// True if `words` are of reports about sport.
    pub(crate) fn is_sport(&self, words: u64, langs: Langs) -> bool {
        find(&self.sport, words, langs).is_some()
    }

    fn read() -> Self {
        let table = Table::default;
        let mut phrases = Self { before: table(), after: table(), never: table(), sport: table() };
        for ((_, list), number) in LISTS.iter().zip(0_u32..) {
            for line in words::lines(list) {
                phrases.add(line, 1 << number);
            }
        }
        phrases
    }

    /// Takes in one line: `role heads [+ links] _`, `role _ heads`, `never words`, `sport words`.
    fn add(&mut self, line: &str, lang: Langs) {
        let Some((role, rest)) = line.split_once(' ') else { return };
        let role = match role {
            "unit" => Role::Unit,
            "region" => Role::Region,
            "place" => Role::Place,
            "group" => Role::Group,
            "where" => Role::Where,
            "person" => Role::Person,
            "org" => Role::Organization,
            _ => Role::Never,
        };
        if line.starts_with("sport ") {
            for word in rest.split(',') {
                self.sport.entry(hash_of(word)).or_default().push((lang, role));
            }
            return;
        }
        let (table, rest) = match (role, rest.strip_suffix('_'), rest.strip_prefix('_')) {
            (Role::Never, ..) => (&mut self.never, rest),
            (_, Some(heads), _) => (&mut self.before, heads),
            (_, None, heads) => (&mut self.after, heads.unwrap_or(rest)),
        };
        let (heads, links) = rest.split_once('+').unwrap_or((rest, ""));
        for head in heads.split(',') {
            for link in links.split(',') {
                table.entry(hash_of(&format!("{head} {link}"))).or_default().push((lang, role));
            }
        }
    }
}

fn find(table: &Table, words: u64, langs: Langs) -> Option<Role> {
    let listed = table.get(&words)?;
    listed.iter().find(|(own, _)| own & langs != 0).map(|&(_, role)| role)
}

/// The hash of `text`, cut as texts are.
fn hash_of(text: &str) -> u64 {
    let mut keys = Vec::new();
    let surface = Surface::cut(text, &mut keys);
    let words = surface.segments.iter().map(|segment| {
        let key = keys.get(segment.key_start..segment.key_end).unwrap_or_default();
        std::str::from_utf8(key).unwrap_or_default()
    });
    hash(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_products_of_heads_and_links() {
        let phrases = Phrases::get();
        let fr = langs("fr-CA");
        assert_eq!(phrases.before(hash_of("ville de la"), fr), Some(Role::Unit));
        assert_eq!(phrases.before(hash_of("ville d"), fr), Some(Role::Unit));
        assert_eq!(phrases.before(hash_of("groupe arme"), fr), Some(Role::Group));
        assert_eq!(phrases.before(hash_of("ville de la"), langs("ru")), None);
        assert_eq!(phrases.before(hash_of("городе"), langs("")), Some(Role::Unit));
        assert_eq!(phrases.after(hash_of("province"), langs("en")), Some(Role::Unit));
        assert_eq!(phrases.after(hash_of("militia"), langs("en")), Some(Role::Group));
        assert_eq!(
            phrases.before(hash_of("مدينه"), langs("ar")),
            phrases.before(hash_of("ville"), fr)
        );
        assert!(
            phrases.is_never(hash_of("monday"), langs("en"))
                && !phrases.is_never(hash_of("monday"), fr)
        );
    }

    #[test]
    fn every_line_has_a_role_and_a_place_for_the_name() {
        for (lang, list) in LISTS {
            for line in words::lines(list) {
                let (role, rest) = line.split_once(' ').unwrap();
                assert!(
                    ["unit", "region", "place", "group", "where", "person", "org", "never", "sport"]
                        .contains(&role),
                    "{line}"
                );
                let name = rest.starts_with("_ ") || rest.ends_with(" _");
                assert_eq!(name, !["never", "sport"].contains(&role), "{lang}: {line}");
                assert!(rest.matches(['_', '+']).count() <= 2, "{line}");
            }
        }
    }
}
