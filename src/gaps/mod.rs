//! Beside the walk: what a gazetteer lacks.
//!
//! In: documents. Out: [`Unlisted`] names, most important first: word groups that look like names
//! ([`groups`] finds them, [`phrases`] knows what introduces names) and that no listed name covers,
//! with the numbers that tell places and groups from persons and words: in how many documents, how
//! often capitalized inside a sentence, how often after `city of` or `militia`.

mod groups;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use crate::tag::{Document, Tagger};
use groups::{Sighting, Use};

pub use groups::Sightings;

/// A word group that may be a name, and that no listed name covers.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Unlisted {
    /// The form most often written.
    pub name: String,
    /// An id that no entity has: the name's key in Latin letters, joined by hyphens. Empty for
    /// scripts other than Latin and Cyrillic.
    pub id: String,
    /// The language of the document that has it first, as an ISO 639 tag; empty if unknown.
    pub lang: String,
    /// Times seen.
    pub count: u64,
    /// Documents that have it.
    pub documents: u64,
    /// Times after or before a phrase that goes with places, such as `ville de`.
    pub places: u64,
    /// Times after or before a phrase that goes with groups, such as `militia`.
    pub groups: u64,
    /// Times after a preposition of place, such as `in`.
    pub located: u64,
    /// Times after or before a phrase that goes with persons, such as `Mr`.
    pub persons: u64,
    /// How often its words are written with a capital inside sentences, from 0 to 1; in scripts
    /// without case, how often after an introducing phrase.
    pub share: f64,
    /// An example, on one line: the first, or the first after an introducing phrase.
    pub context: String,
}

impl Unlisted {
    /// What names are ranked by: documents times share, the higher the more often it is introduced
    /// as a place or group or follows a preposition of place, the lower the more often as a person.
    pub fn rank(&self) -> f64 {
        let part = |times: f64| (times / self.count.max(1) as f64).min(1.0);
        let introduced = part((self.places + self.groups) as f64 + self.located as f64 / 2.0);
        let person = part(self.persons as f64);
        self.documents as f64 * self.share * (UNKNOWN + introduced) * (1.0 - person)
    }
}

/// The share of a name's rank that it keeps without any introduction.
const UNKNOWN: f64 = 0.02;

impl Tagger<'_> {
    /// The word groups of one document that look like names and that no mention covers, accepted,
    /// weak, decoy or demonym. Costs several times what tagging costs. Give it to
    /// [`UnlistedNames::add`].
    pub fn unlisted<'t>(&self, document: impl Into<Document<'t>>) -> Sightings {
        groups::sightings(self, &document.into())
    }
}

/// Counts unlisted names over documents.
///
/// The result depends on the documents and their order only. Memory is bounded: of more than a
/// fixed number of names the rarest are forgotten.
///
/// ```
/// use exonym::{Gazetteer, Tagger, UnlistedNames};
/// let tagger = Tagger::new(Gazetteer::embedded())?;
/// let mut names = UnlistedNames::new();
/// for text in ["Fire in the town of Qorvia.", "The mayor of Qorvia left.", "Qorvia, again"] {
///     names.add(tagger.unlisted(text));
/// }
/// let found = names.ranked(tagger.layers(), 3);
/// assert_eq!((found[0].name.as_str(), found[0].documents), ("Qorvia", 3));
/// # Ok::<(), exonym::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct UnlistedNames {
    names: BTreeMap<String, Tally>,
    words: HashMap<u64, Use>,
    most: usize,
    forgotten: u64,
}

/// What is known of one name.
#[derive(Clone, Debug, Default)]
struct Tally {
    /// Forms with their counts, in order of appearance.
    forms: Vec<(String, u64)>,
    lang: String,
    count: u64,
    inside: u64,
    documents: u64,
    places: u64,
    groups: u64,
    located: u64,
    persons: u64,
    context: String,
    caseless: bool,
    words: smallvec::SmallVec<[u64; 2]>,
}

/// Names and words remembered, and forms of one name.
const MOST_NAMES: usize = 1 << 19;
const MOST_WORDS: usize = 1 << 21;
const MOST_FORMS: usize = 8;

impl Default for UnlistedNames {
    fn default() -> Self {
        Self::new()
    }
}

impl UnlistedNames {
    /// No documents yet.
    pub fn new() -> Self {
        Self::remembering(MOST_NAMES)
    }

    /// The same with another bound on the number of names.
    fn remembering(most: usize) -> Self {
        Self { names: BTreeMap::new(), words: HashMap::new(), most, forgotten: 0 }
    }

    /// Takes in a document.
    pub fn add(&mut self, sightings: Sightings) {
        for (word, seen) in sightings.words {
            let all = self.words.entry(word).or_default();
            all.named = all.named.saturating_add(seen.named);
            all.plain = all.plain.saturating_add(seen.plain);
        }
        for (key, sighting) in sightings.groups {
            self.names.entry(key).or_default().add(sighting, &sightings.lang);
        }
        self.forget_names();
        self.forget_words();
    }

    /// Names that were forgotten because they were rare when memory was full; if there are any,
    /// counts of rare names are too low.
    pub fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// The names seen at least `least` times, highest [`rank`](Unlisted::rank) first; ids that the
    /// entities of `layers` have are avoided.
    pub fn ranked(&self, layers: &crate::gazetteer::Layers<'_>, least: u64) -> Vec<Unlisted> {
        let ends = self.caseless_ends(least);
        let mut found: Vec<Unlisted> = self
            .names
            .iter()
            .filter(|(key, tally)| {
                let shown = tally.count >= least && tally.inside > 0;
                shown && (!tally.caseless || ends.get(key.as_str()) == Some(&true))
            })
            .map(|(key, tally)| self.unlisted(key, tally))
            .collect();
        found.sort_by(|one, other| {
            let order = other.rank().partial_cmp(&one.rank()).unwrap_or(Ordering::Equal);
            order.then_with(|| other.count.cmp(&one.count)).then_with(|| one.name.cmp(&other.name))
        });
        let mut taken = std::collections::HashSet::new();
        for name in &mut found {
            let base = name.id.clone();
            for number in 2.. {
                if base.is_empty() || layers.find(&name.id).is_none() && !taken.contains(&name.id) {
                    break;
                }
                name.id = format!("{base}-{number}");
            }
            taken.insert(name.id.clone());
        }
        found
    }

    /// Where there is no case, a name may have one word or two. Two it is if most of what follows
    /// the first word is seen often; every name with its verdict.
    fn caseless_ends(&self, least: u64) -> HashMap<&str, bool> {
        let mut longer: HashMap<&str, u64> = HashMap::new();
        let caseless = || self.names.iter().filter(|(_, tally)| tally.caseless);
        for (key, tally) in caseless().filter(|(_, tally)| tally.count >= least) {
            if let Some((first, _)) = key.split_once(' ') {
                *longer.entry(first).or_default() += tally.count;
            }
        }
        caseless()
            .map(|(key, _)| {
                let first = key.split(' ').next().unwrap_or_default();
                let whole = self.names.get(first).map_or(0, |tally| tally.count);
                let two = longer.get(first).copied().unwrap_or(0) * 2 >= whole.max(1);
                (key.as_str(), two == key.contains(' '))
            })
            .collect()
    }

    fn unlisted(&self, key: &str, tally: &Tally) -> Unlisted {
        // Later forms win only if they are more frequent.
        let form = tally.forms.iter().rev().max_by_key(|(_, count)| *count);
        let shares = tally.words.iter().filter_map(|word| self.words.get(word)).map(|word| {
            f64::from(word.named) / f64::from(word.named.saturating_add(word.plain).max(1))
        });
        Unlisted {
            name: form.map(|(form, _)| form.clone()).unwrap_or_default(),
            id: slug(key),
            lang: tally.lang.clone(),
            count: tally.count,
            documents: tally.documents,
            places: tally.places,
            groups: tally.groups,
            located: tally.located,
            persons: tally.persons,
            share: shares.fold(0.0, f64::max),
            context: tally.context.clone(),
        }
    }

    /// Keeps the more frequent half of the names once there are too many.
    fn forget_names(&mut self) {
        if self.names.len() <= self.most {
            return;
        }
        let mut bar = 1;
        while self.names.len() > self.most / 2 {
            let before = self.names.len();
            self.names.retain(|_, tally| tally.count > bar);
            self.forgotten += (before - self.names.len()) as u64;
            bar *= 2;
        }
    }

    fn forget_words(&mut self) {
        let mut bar = 1;
        while self.words.len() > MOST_WORDS {
            self.words.retain(|_, word| word.named.saturating_add(word.plain) > bar);
            bar *= 2;
        }
    }
}

impl Tally {
    fn add(&mut self, sighting: Sighting, lang: &str) {
        let introduced = sighting.places + sighting.groups > 0;
        if self.documents == 0 || introduced && self.places + self.groups == 0 {
            self.context = sighting.context;
        }
        if self.documents == 0 {
            self.lang = lang.to_owned();
            self.words = sighting.words;
            self.caseless = sighting.caseless;
        }
        let count = u64::from(sighting.count);
        if let Some((_, seen)) = self.forms.iter_mut().find(|(form, _)| *form == sighting.name) {
            *seen += count;
        } else if self.forms.len() < MOST_FORMS {
            self.forms.push((sighting.name, count));
        }
        self.documents += 1;
        self.count += count;
        self.inside += u64::from(sighting.inside);
        self.places += u64::from(sighting.places);
        self.groups += u64::from(sighting.groups);
        self.located += u64::from(sighting.located);
        self.persons += u64::from(sighting.persons);
    }
}

/// Cyrillic letters in Latin ones, for ids: Russian and Ukrainian as news agencies write them.
const CYRILLIC: &[(char, &str)] = &[
    ('а', "a"),
    ('б', "b"),
    ('в', "v"),
    ('г', "g"),
    ('ґ', "g"),
    ('д', "d"),
    ('ђ', "dj"),
    ('е', "e"),
    ('є', "ye"),
    ('ж', "zh"),
    ('з', "z"),
    ('и', "i"),
    ('і', "i"),
    ('ї', "yi"),
    ('й', "y"),
    ('ј', "j"),
    ('к', "k"),
    ('л', "l"),
    ('љ', "lj"),
    ('м', "m"),
    ('н', "n"),
    ('њ', "nj"),
    ('о', "o"),
    ('п', "p"),
    ('р', "r"),
    ('с', "s"),
    ('т', "t"),
    ('ћ', "c"),
    ('у', "u"),
    ('ў', "u"),
    ('ф', "f"),
    ('х', "kh"),
    ('ц', "ts"),
    ('ч', "ch"),
    ('џ', "dz"),
    ('ш', "sh"),
    ('щ', "shch"),
    ('ъ', ""),
    ('ы', "y"),
    ('ь', ""),
    ('э', "e"),
    ('ю', "yu"),
    ('я', "ya"),
];

/// An id for a key, or nothing if one of its letters has no Latin form.
fn slug(key: &str) -> String {
    let mut id = String::with_capacity(key.len());
    for char in key.chars() {
        if char == ' ' {
            id.push('-');
        } else if char.is_ascii_alphanumeric() {
            id.push(char);
        } else if let Some((_, latin)) = CYRILLIC.iter().find(|(letter, _)| *letter == char) {
            id.push_str(latin);
        } else {
            return String::new();
        }
    }
    id
}
