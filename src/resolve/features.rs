//! The table of evidence: what may speak for or against a candidate, each with the weights that
//! were learned for it.
//!
//! In: `src/data/weights.txt`, written by `exonym train`. Out: [`Weights`]. A candidate's score is
//! the sum of the weights of what was seen of it, times how strongly it was seen: the logarithm of
//! its odds against the mention meaning nothing listed (a conditional log-linear model).

use std::sync::LazyLock;

use smallvec::SmallVec;

use crate::error::Error;
use crate::record::Problem;

macro_rules! features {
    ($($variant:ident $name:literal $text:literal,)*) => {
        /// A piece of evidence.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub(crate) enum Feature { $($variant,)* }

        impl Feature {
            /// All, in the order of their codes.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word in the table of weights, and for programs.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What was seen, in words.
            pub(crate) const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

features! {
    // The entity.
    Place "place" "a place",
    Group "group" "a group",
    Country "country-kind" "a country",
    Region "region-kind" "a region",
    County "county-kind" "a county",
    City "city-kind" "a city",
    Locality "locality-kind" "a small settlement",
    Neighbourhood "neighbourhood-kind" "a part of a settlement",
    Nature "nature-kind" "an island, a water, a mountain or a desert",
    Site "site-kind" "a site",
    OtherKind "other-kind" "a place of no stated kind",
    People "people-kind" "a people",
    Weight "weight" "its weight",
    NoWeight "no-weight" "of unknown weight",
    Lighter "lighter" "another entity with this name weighs more",
    Alone "alone" "the only entity with this name",
    // The name.
    Kept "kept" "a name of a list small enough to be kept by hand",
    KeptEntity "kept-entity" "an entity of such a list by a name of a larger one",
    Weak "weak" "a weak name",
    Strong "strong" "a name that is never held back",
    TwoWords "two-words" "a name of two words",
    ManyWords "many-words" "a name of three or more words",
    Short "short" "a name of up to three letters",
    FourLetters "four-letters" "a name of four letters",
    Demonym "demonym" "an adjective or inhabitant",
    Historic "historic" "a former name",
    Abbreviation "abbreviation" "an abbreviation",
    Native "native" "a name in the text's language",
    Exact "exact" "the very characters of the name",
    // The text of the mention.
    Common "common" "a common word of the text's language",
    CommonElsewhere "common-elsewhere" "a common word of another language",
    GivenName "given-name" "a given name",
    Small "not-capitalized" "not capitalized here",
    Begins "begins-sentence" "it begins a sentence",
    Capitals "all-capitals" "in capitals, in a text that is not",
    Headline "headline" "among words in capitals",
    Clitic "clitic" "a particle is written to it",
    Caseless "caseless" "in a script without capitals",
    NamesKind "names-kind" "its name says what it is",
    Quoted "quoted" "in quotes by itself",
    // What stands beside it.
    AfterName "after-name" "a capitalized word that names nothing listed stands before it",
    AfterCapital "after-capital" "a common word, capitalized, stands before it",
    BeforeCapital "before-capital" "a common word, capitalized, stands after it",
    OfName "of-name" "a capitalized word and “of” stand before it",
    AfterGivenName "after-given-name" "a given name stands before it",
    AfterTitle "after-title" "a person's title stands before it",
    AfterInitial "after-initial" "an initial stands before it",
    BeforeName "before-name" "a capitalized word that names nothing listed stands after it",
    GivenBeforeName "given-before-name" "a given name, with a capitalized word after it",
    AfterPreposition "after-preposition" "a word like “in” or “near” stands before it",
    AfterArticle "indefinite" "an indefinite article stands before it",
    AfterUnit "unit" "the words beside it introduce a place",
    AfterPlaceWord "place-word" "a word like “lake” stands beside it",
    AfterGroupWord "group-word" "the words beside it introduce a group",
    AfterPersonWord "person-word" "a word that goes with persons stands beside it",
    Speaks "speaks" "a verb that goes with persons stands after it",
    AfterOrgWord "organization-word" "a word that goes with companies, clubs or schools stands beside it",
    RegionWord "region-word" "a region, and the words beside it introduce one",
    JoinedName "joined-name" "a given name and the name after it",
    Hyphen "hyphen" "a hyphen joins it to a word",
    Compound "compound" "a hyphen joins it to a German noun, or to a number",
    Number "number" "a number stands beside it",
    Parenthesized "parenthesized" "in parentheses",
    ParenthesizedCountry "parenthesized-country" "a country in parentheses",
    // Other mentions.
    InNext "in-next" "it lies in the place named right after it",
    HoldsBefore "holds-before" "the place named right before it lies in it",
    Listed "listed" "it stands in a list of places",
    WithOrganization "with-organization" "joined to the name of an organization",
    WithPerson "with-person" "joined to the name of a person",
    InSport "in-sport" "it stands among results",
    Score "score" "a result stands right after it",
    Results "results" "the document is made of names and results",
    Sport "sport" "the text is about sport",
    // The document.
    SameEntity "same-entity" "the document names it by another name",
    SameName "same-name" "the same name means a place elsewhere in the document",
    SameSense "same-sense" "the document says elsewhere that this name means this place",
    OtherSense "other-sense" "the document says elsewhere that this name means another place",
    OtherAcronym "other-acronym" "the text gives it as the acronym of something not listed",
    Parent "parent" "the document names the place in which it lies",
    InCountry "country" "the document names its country",
    OtherCountry "other-country" "the document names countries, but not its",
    Near "near" "a place named in the document lies within 50 km",
    Nearby "nearby" "a place named in the document lies within 250 km",
    NearNeighbour "near-neighbour" "a place named close by in the text lies within 50 km",
    Surname "surname" "the document has a person of this name",
    Expected "expected" "expected in this document",
}

impl Feature {
    /// True if it can be a reason by itself: what was seen in the text, not what the entity is.
    pub(crate) const fn is_reason(self) -> bool {
        self as u8 >= Self::Common as u8
    }

    const fn bit(self) -> u128 {
        1 << self as u8
    }
}

/// What was seen of one candidate, and how strongly: once and whole, a bit for each, or in numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    whole: u128,
    graded: SmallVec<[(Feature, f32); 3]>,
}

/// How much had been seen at some time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mark {
    whole: u128,
    graded: usize,
}

const _: () = assert!(Feature::ALL.len() <= u128::BITS as usize);

impl Seen {
    /// Takes in what was seen once more.
    #[inline]
    pub(crate) fn see(&mut self, feature: Feature) {
        if self.has(feature) {
            self.graded.push((feature, 1.0));
        }
        self.whole |= feature.bit();
    }

    /// The same if it `is` so.
    #[inline]
    pub(crate) fn see_if(&mut self, is: bool, feature: Feature) {
        if is {
            self.see(feature);
        }
    }

    /// Takes in how strongly something was seen.
    #[inline]
    pub(crate) fn grade(&mut self, feature: Feature, value: f32) {
        self.graded.push((feature, value));
    }

    /// Takes in all of `others` but `but`.
    #[inline]
    pub(crate) fn extend(&mut self, others: &Self, but: Option<Feature>) {
        let left_out = but.map_or(0, Feature::bit);
        self.whole |= others.whole & !left_out;
        let graded = others.graded.iter();
        self.graded.extend(graded.filter(|(feature, _)| Some(*feature) != but).copied());
    }

    /// True if it was seen whole.
    #[inline]
    pub(crate) const fn has(&self, feature: Feature) -> bool {
        self.whole & feature.bit() != 0
    }

    /// How much has been seen so far.
    #[inline]
    pub(crate) fn mark(&self) -> Mark {
        Mark { whole: self.whole, graded: self.graded.len() }
    }

    /// All that was seen.
    #[inline]
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Feature, f32)> + '_ {
        self.until(self.mark())
    }

    /// What had been seen at the time of `mark`.
    #[inline]
    pub(crate) fn until(&self, mark: Mark) -> impl Iterator<Item = (Feature, f32)> + '_ {
        let mut rest = mark.whole;
        let whole = std::iter::from_fn(move || {
            let &feature = Feature::ALL.get(rest.trailing_zeros() as usize)?;
            rest &= rest - 1;
            Some((feature, 1.0))
        });
        whole.chain(self.graded.iter().take(mark.graded).copied())
    }

    /// The score by these weights.
    #[inline]
    pub(crate) fn score(&self, weights: &[f32; Feature::ALL.len()]) -> f32 {
        let mut score = 0.0;
        let mut rest = self.whole;
        while let Some(weight) = weights.get(rest.trailing_zeros() as usize) {
            score += weight;
            rest &= rest - 1;
        }
        for &(feature, value) in &self.graded {
            score += weights[feature as usize] * value;
        }
        score
    }
}

/// The learned numbers: for a look at each mention by itself, then for one with the document known.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Weights {
    pub(crate) alone: [f32; Feature::ALL.len()],
    pub(crate) document: [f32; Feature::ALL.len()],
}

impl Weights {
    /// The shipped table.
    pub(crate) fn shipped() -> &'static Self {
        static SHIPPED: LazyLock<Weights> = LazyLock::new(|| {
            let table = include_str!("../data/weights.txt");
            Weights::read(table, "src/data/weights.txt").unwrap_or_else(|_| Weights::none())
        });
        &SHIPPED
    }

    /// No evidence counts.
    pub(crate) const fn none() -> Self {
        Self { alone: [0.0; Feature::ALL.len()], document: [0.0; Feature::ALL.len()] }
    }

    /// Reads a table: `name alone document` a line, `#` begins a comment. What is not listed counts
    /// nothing.
    ///
    /// # Errors
    /// If a line has another form or names no evidence.
    pub(crate) fn read(table: &str, file: &str) -> Result<Self, Error> {
        let mut weights = Self::none();
        for (line, number) in table.lines().zip(1..) {
            let line = line.split('#').next().unwrap_or_default();
            let mut words = line.split_whitespace();
            let Some(name) = words.next() else { continue };
            let known = Feature::ALL.iter().position(|feature| feature.name() == name);
            let mut number_of = || words.next()?.parse::<f32>().ok().filter(|it| it.is_finite());
            let (Some(at), Some(alone), Some(document)) = (known, number_of(), number_of()) else {
                return Err(Error::from(vec![Problem {
                    file: file.to_owned(),
                    line: number,
                    column: String::new(),
                    reason: format!("`{}` is not `EVIDENCE NUMBER NUMBER`", line.trim()),
                }]));
            };
            if let (Some(one), Some(other)) =
                (weights.alone.get_mut(at), weights.document.get_mut(at))
            {
                (*one, *other) = (alone, document);
            }
        }
        Ok(weights)
    }

    /// The table as [`read`](Self::read) takes it, after a comment.
    pub(crate) fn write(&self, comment: &str) -> String {
        let mut table = String::new();
        for line in comment.lines() {
            table.push_str(&format!("# {line}\n"));
        }
        for ((feature, alone), document) in Feature::ALL.iter().zip(&self.alone).zip(&self.document)
        {
            table.push_str(&format!("{} {alone:.3} {document:.3}\n", feature.name()));
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_as_it_was_written() {
        let mut weights = Weights::none();
        weights.alone[3] = 0.25;
        weights.document[Feature::ALL.len() - 1] = -1.5;
        assert_eq!(Weights::read(&weights.write("two\nlines"), "t").unwrap(), weights);
    }

    #[test]
    fn lines_without_sense_are_refused_by_number() {
        for line in ["place 1", "place 1 x", "nothing 1 2", "place NaN 0"] {
            let error = Weights::read(&format!("# head\n{line}\n"), "weights.txt").unwrap_err();
            assert!(error.to_string().contains("weights.txt:2"), "{error}");
        }
    }

    #[test]
    fn the_shipped_table_is_sound() {
        let table = include_str!("../data/weights.txt");
        assert!(Weights::read(table, "weights.txt").is_ok());
        assert_ne!(*Weights::shipped(), Weights::none());
    }
}
