//! The table of evidence: what may speak for or against a candidate, each with the weights that
//! were learned for it.
//!
//! In: `src/data/weights.txt`, written by `exonym train`, or a table of the user's own. Out:
//! [`Weights`]. A candidate's score is the sum of the weights of what was seen of it, times how
//! strongly it was seen: the logarithm of its odds against the mention meaning nothing listed (a
//! conditional log-linear model).

mod seen;
mod uses;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::error::Error;
use crate::record::Problem;

pub(crate) use seen::Seen;
pub(crate) use uses::{WordUse, WordUses};

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
    CalledOtherwise "called-otherwise" "a name in another language, and this one calls it otherwise",
    Exact "exact" "the very characters of the name",
    AddedMarks "added-marks" "accents that no listed name has",
    // The text of the mention.
    Common "common" "a common word of the text's language",
    CommonElsewhere "common-elsewhere" "a common word of another language",
    GivenName "given-name" "a given name",
    WrittenSmall "written-small" "a word that plain text writes small, too",
    FollowsNames "follows-names" "a word that in plain text follows given names and titles, too",
    Small "not-capitalized" "not capitalized here",
    Begins "begins-sentence" "it begins a sentence",
    Capitals "all-capitals" "in capitals, in a text that is not",
    Headline "headline" "among words in capitals",
    Clitic "clitic" "a particle is written to it",
    Caseless "caseless" "in a script without capitals",
    Quoted "quoted" "in quotes by itself, as Russian and Ukrainian write companies, clubs and ships",
    NamesKind "names-kind" "its name says what it is",
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
    NamedUnit "named-unit" "a capital inside a sentence, and the words beside it introduce a place",
    AfterPlaceWord "place-word" "a word like “lake” stands beside it",
    AfterGroupWord "group-word" "the words beside it introduce a group",
    AfterOffice "office-word" "an office stands before it, of a person or of this place",
    AfterKinWord "kin-word" "a word of kinship stands before it",
    AfterPersonWord "person-word" "a word that goes with persons stands beside it",
    Speaks "speaks" "a verb that goes with persons stands after it",
    AfterOrgWord "organization-word" "a word that goes with companies, clubs or schools stands beside it",
    RegionWord "region-word" "a region, and the words beside it introduce one",
    JoinedName "joined-name" "a given name and the name after it",
    Hyphen "hyphen" "a hyphen joins it to a word",
    Code "code" "a hyphen joins it to a number",
    Number "number" "a number stands beside it",
    Dateline "dateline" "it opens a report",
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

    /// True if other mentions tell it, not the one by itself.
    pub(crate) const fn is_of_document(self) -> bool {
        use Feature::*;
        matches!(
            self,
            JoinedName | InNext | HoldsBefore | Listed | WithOrganization | WithPerson | Results
        ) || self as u8 >= SameEntity as u8
    }

    const fn bit(self) -> u128 {
        1 << self as u8
    }
}

/// The largest weight that a table may hold: beyond it, probabilities are all one or zero.
const MOST: f32 = 100.0;

/// The learned numbers by which resolving weighs evidence: for a look at each mention by itself,
/// then for one with the document known.
///
/// ```
/// use exonym::{Gazetteer, Tagger, Weights};
/// let careful = Weights::read("place -4 -4\ncity-kind 1 1\n", "careful.txt")?;
/// let tagger = Tagger::new(Gazetteer::embedded())?.weights(&careful);
/// assert!(tagger.tag("Mosul").mentions.is_empty());
/// # Ok::<(), exonym::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    pub(crate) alone: [f32; Feature::ALL.len()],
    pub(crate) document: [f32; Feature::ALL.len()],
    /// The share by which probabilities are made smaller: how many of the surest answers are wrong.
    pub(crate) doubt: f32,
    /// How plain text uses words.
    pub(crate) uses: WordUses,
}

impl Weights {
    /// The shipped table, which taggers use unless told otherwise.
    pub fn shipped() -> &'static Self {
        static SHIPPED: LazyLock<Weights> = LazyLock::new(|| {
            let table = include_str!("../data/weights.txt");
            Weights::read(table, "src/data/weights.txt").unwrap_or_else(|_| Weights::none())
        });
        &SHIPPED
    }

    /// No evidence counts.
    pub(crate) fn none() -> Self {
        let none = [0.0; Feature::ALL.len()];
        Self { alone: none, document: none, doubt: 0.0, uses: WordUses::default() }
    }

    /// The share by which probabilities are made smaller: how many of the surest answers are wrong.
    pub fn doubt(&self) -> f64 {
        self.doubt.into()
    }

    /// The probability to report for one that the evidence gives: none is beyond doubt.
    #[inline]
    pub(crate) fn score(&self, chance: f32) -> f64 {
        f64::from(chance) * (1.0 - self.doubt())
    }

    /// Reads a table, as `exonym train` and `learn` write it: `EVIDENCE NUMBER NUMBER` a line, `#`
    /// begins a comment. Evidence that is not listed counts nothing. `doubt NUMBER`, from 0 to 1, is
    /// the share by which all probabilities are made smaller, 0 if it is missing. After `words LANG`
    /// follow words of that language with how often plain text has them, writes them small, and has
    /// them after a given name: `WORD SEEN SMALL PERSON`. `file` names the table in problems.
    ///
    /// # Errors
    /// With every line that has another form, names no evidence, or anything twice, or whose numbers
    /// are not from -100 to 100: [`Error::problems`] names each with its line. A table without any
    /// evidence, such as an empty file, is none.
    pub fn read(table: &str, file: &str) -> Result<Self, Error> {
        let mut weights = Self::none();
        let mut listed = [false; Feature::ALL.len()];
        let mut doubted = false;
        let mut problems = Vec::new();
        let mut words: Option<String> = None;
        for (line, number) in table.trim_start_matches('\u{FEFF}').lines().zip(1..) {
            let line = line.split('#').next().unwrap_or_default();
            if let Some(lang) = language_of(line) {
                words = Some(lang.to_owned());
                continue;
            }
            let taken = match &words {
                Some(lang) => weights.uses.line(lang, line),
                None if is_doubt(line) => weights.doubt_line(line, &mut doubted),
                None => weights.line(line, &mut listed),
            };
            if let Err((at, reason)) = taken {
                let column = line.get(..at).unwrap_or_default().chars().count() + 1;
                problems.push(Problem {
                    file: file.to_owned(),
                    line: number,
                    column: String::new(),
                    reason: format!("column {column}: {reason}"),
                });
            }
        }
        if problems.is_empty() && !listed.contains(&true) {
            problems.push(Problem {
                file: file.to_owned(),
                line: 1,
                column: String::new(),
                reason: "column 1: no evidence stands in this table".into(),
            });
        }
        if problems.is_empty() { Ok(weights) } else { Err(problems.into()) }
    }

    /// Takes in `doubt NUMBER`.
    fn doubt_line(&mut self, line: &str, doubted: &mut bool) -> Result<(), (usize, String)> {
        let mut words = words_of(line);
        let (first, _) = words.next().unwrap_or_default();
        let Some((at, word)) = words.next() else {
            return Err((
                line.trim_end().len(),
                "a number is missing; write `doubt NUMBER`".into(),
            ));
        };
        let number = word.parse::<f32>().ok().filter(|number| (0.0..=1.0).contains(number));
        self.doubt = number.ok_or_else(|| (at, format!("`{word}` is no number from 0 to 1")))?;
        if let Some((at, word)) = words.next() {
            return Err((at, format!("`{word}` is too much; write `doubt NUMBER`")));
        }
        if std::mem::replace(doubted, true) {
            return Err((first, "`doubt` stands here for the second time".into()));
        }
        Ok(())
    }

    /// Takes in one line; else the byte and the reason of what is wrong with it.
    fn line(
        &mut self,
        line: &str,
        listed: &mut [bool; Feature::ALL.len()],
    ) -> Result<(), (usize, String)> {
        const FORM: &str = "write `EVIDENCE NUMBER NUMBER`";
        let mut words = words_of(line);
        let Some((first, name)) = words.next() else { return Ok(()) };
        let known = Feature::ALL.iter().position(|feature| feature.name() == name);
        let Some(at) = known else {
            let reason = format!("`{name}` is no evidence of this version; leave the line out");
            return Err((first, reason));
        };
        let mut number = || {
            let Some((at, word)) = words.next() else {
                return Err((line.trim_end().len(), format!("a number is missing; {FORM}")));
            };
            let number = word.parse::<f32>().ok().filter(|number| number.abs() <= MOST);
            number.ok_or_else(|| (at, format!("`{word}` is no number from -{MOST} to {MOST}")))
        };
        let (alone, document) = (number()?, number()?);
        if let Some((at, word)) = words.next() {
            return Err((at, format!("`{word}` is too much; {FORM}")));
        }
        if listed.get(at) == Some(&true) {
            return Err((first, format!("`{name}` stands here for the second time")));
        }
        for (all, number) in [(&mut self.alone, alone), (&mut self.document, document)] {
            if let Some(weight) = all.get_mut(at) {
                *weight = number;
            }
        }
        if let Some(listed) = listed.get_mut(at) {
            *listed = true;
        }
        Ok(())
    }

    /// The same with counts of words added, of which the `most` telling ones are kept.
    #[must_use]
    pub(crate) fn with_words(mut self, words: &WordUses, most: usize) -> Self {
        self.uses.merge(words);
        self.uses = self.uses.most_telling(most);
        self
    }

    /// How many words of each language it has counts of; the unknown language is empty.
    pub fn words(&self) -> BTreeMap<&str, usize> {
        self.uses.languages()
    }

    /// The table as [`read`](Self::read) takes it, after a comment.
    pub fn table(&self, comment: &str) -> String {
        let mut table = String::new();
        for line in comment.lines() {
            table.push_str(&format!("# {line}\n"));
        }
        table.push_str(&format!("doubt {:.3}\n", self.doubt));
        for ((feature, alone), document) in Feature::ALL.iter().zip(&self.alone).zip(&self.document)
        {
            table.push_str(&format!("{} {alone:.3} {document:.3}\n", feature.name()));
        }
        self.uses.write(&mut table);
        table
    }
}

/// The words of a line, each with the byte at which it begins.
fn words_of(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let begin = line.as_ptr() as usize;
    line.split_whitespace().map(move |word| (word.as_ptr() as usize - begin, word))
}

/// True for `doubt NUMBER`.
fn is_doubt(line: &str) -> bool {
    words_of(line).next().is_some_and(|(_, word)| word == "doubt")
}

/// The language of `words LANG`; `-` is the unknown one.
fn language_of(line: &str) -> Option<&str> {
    let mut words = words_of(line).map(|(_, word)| word);
    let head = words.next() == Some("words");
    let lang = words.next().filter(|_| head && words.next().is_none())?;
    Some(if lang == "-" { "" } else { lang })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_as_it_was_written() {
        let mut weights = Weights::none();
        weights.alone[3] = 0.25;
        weights.document[Feature::ALL.len() - 1] = -1.5;
        weights.doubt = 0.125;
        weights.uses.add("fr", "tours", WordUse { seen: 7, small: 5, person: 1 });
        weights.uses.add("", "nice", WordUse { seen: 3, small: 3, person: 0 });
        assert_eq!(Weights::read(&weights.table("two\nlines"), "t").unwrap(), weights);
    }

    #[test]
    fn lines_without_sense_are_refused_by_number() {
        for (line, told) in [
            ("place 1", "column 8: a number is missing"),
            ("place 1 x # y", "column 9: `x` is no number from -100 to 100"),
            ("place NaN 0", "column 7: `NaN`"),
            ("place 1e30 0", "column 7: `1e30`"),
            (" é 1 2", "column 2: `é` is no evidence"),
            ("place 1 2 3", "column 11: `3` is too much"),
            ("group 1 2", "column 1: `group` stands here for the second time"),
            ("doubt", "column 6: a number is missing; write `doubt NUMBER`"),
            ("doubt 1.5", "column 7: `1.5` is no number from 0 to 1"),
            ("doubt .1 .2", "column 10: `.2` is too much"),
        ] {
            let table = format!("group 0 0\n{line}\nplace\n");
            let error = Weights::read(&table, "weights.txt").unwrap_err().to_string();
            assert!(error.starts_with(&format!("weights.txt:2: {told}")), "{error}");
            assert!(error.contains("\nweights.txt:3: column 6: a number"), "{error}");
        }
        for (line, told) in [
            ("tours 3 2", "column 10: a count is missing"),
            ("tours 3 -2 0", "column 9: `-2` is no count"),
            ("tours 3 2 0 1", "column 13: `1` is too much"),
            ("tours 3 2 4", "column 1: `tours` has parts that are more"),
            (" New-York 3 2 0", "column 2: `New-York` is no single word"),
            ("… 3 2 0", "column 1: `…` is no single word"),
            ("NICE 3 2 0", "column 1: `NICE` stands here for the second time"),
        ] {
            let table = format!("place 0 0\nwords fr\nnice 1 1 0\n{line}\nwords en\nnice 1 0 0");
            let error = Weights::read(&table, "weights.txt").unwrap_err().to_string();
            assert!(error.starts_with(&format!("weights.txt:4: {told}")), "{error}");
        }
    }

    #[test]
    fn a_table_without_evidence_is_refused() {
        for table in ["", "\u{FEFF}", "# of nothing\n\n", "words fr\nnice 3 2 0\n"] {
            let error = Weights::read(table, "weights.txt").unwrap_err().to_string();
            assert!(error.starts_with("weights.txt:1: column 1: no evidence"), "{error}");
        }
    }

    #[test]
    fn the_shipped_table_is_sound() {
        let table = include_str!("../data/weights.txt");
        assert!(Weights::read(table, "weights.txt").is_ok());
        assert_ne!(*Weights::shipped(), Weights::none());
    }
}
