//! How languages are written, as far as it tells what a name is: all that depends on one language.
//!
//! In: a language. Out: its [`Habits`]. What words and phrases a language has stands in the lists of
//! [`crate::words`] and [`crate::phrases`].

/// What holds of a language: some of the constants here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Habits(u16);

impl Habits {
    /// Arabic letters without Arabic particles: what looks like one belongs to the word.
    pub(crate) const NO_PROCLITICS: Self = Self(1);
    /// Companies, clubs and ships stand in quotes.
    pub(crate) const QUOTES: Self = Self(1 << 1);
    /// A genitive without a word between: the mayor of a place stands right before it.
    pub(crate) const GENITIVE: Self = Self(1 << 2);
    /// Every noun has a capital: one alone makes no name.
    pub(crate) const NOUNS: Self = Self(1 << 3);
    /// The same, and resolving makes less of a capital beside a name.
    pub(crate) const FEW_TELL: Self = Self(1 << 4);
    /// A word that goes on with a name has a capital: the Paris Hotel, but a Paris hotel.
    pub(crate) const PARTS: Self = Self(1 << 5);
    /// Case endings follow names after an apostrophe.
    pub(crate) const ENDINGS: Self = Self(1 << 6);
    /// Nothing else does.
    pub(crate) const ONLY_ENDINGS: Self = Self(1 << 7);
    /// A name goes on without a mark or word between: the University of Technology of Isfahan is
    /// دانشگاه صنعتی اصفهان.
    pub(crate) const CHAINS: Self = Self(1 << 8);

    /// The habits of a language, an ISO 639 tag; what may hold if it is empty.
    pub(crate) fn of(lang: &str) -> Self {
        let primary = lang.split('-').next().unwrap_or_default();
        let row = TABLE.iter().find(|(known, _)| *known == primary);
        let habits = row.map_or::<&[Self], _>(&[], |(_, habits)| habits);
        Self(habits.iter().fold(0, |all, habit| all | habit.0))
    }

    /// True if `habit` is among them.
    #[inline]
    pub(crate) const fn has(self, habit: Self) -> bool {
        self.0 & habit.0 != 0
    }
}

/// The languages with a habit.
const TABLE: &[(&str, &[Habits])] = &[
    ("", &[Habits::ENDINGS]),
    ("ar", &[Habits::GENITIVE]),
    ("az", &[Habits::ENDINGS]),
    ("be", &[Habits::QUOTES, Habits::GENITIVE]),
    ("bg", &[Habits::QUOTES, Habits::GENITIVE]),
    ("ckb", &[Habits::NO_PROCLITICS]),
    ("crh", &[Habits::ENDINGS]),
    ("cs", &[Habits::GENITIVE]),
    ("de", &[Habits::NOUNS, Habits::FEW_TELL]),
    ("en", &[Habits::PARTS]),
    ("fa", &[Habits::NO_PROCLITICS, Habits::GENITIVE, Habits::CHAINS]),
    ("he", &[Habits::GENITIVE]),
    ("hr", &[Habits::GENITIVE]),
    ("lb", &[Habits::NOUNS]),
    ("nds", &[Habits::NOUNS]),
    ("pl", &[Habits::GENITIVE]),
    ("ps", &[Habits::NO_PROCLITICS]),
    ("ru", &[Habits::QUOTES, Habits::GENITIVE]),
    ("sk", &[Habits::GENITIVE]),
    ("sl", &[Habits::GENITIVE]),
    ("sr", &[Habits::GENITIVE]),
    ("tk", &[Habits::ENDINGS]),
    ("tr", &[Habits::ENDINGS, Habits::ONLY_ENDINGS]),
    ("uk", &[Habits::QUOTES, Habits::GENITIVE]),
    ("ur", &[Habits::NO_PROCLITICS]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_has_one_row_and_its_regions_share_it() {
        assert!(TABLE.is_sorted_by(|one, other| one.0 < other.0));
        for lang in ["de", "de-AT"] {
            let habits = Habits::of(lang);
            assert!(habits.has(Habits::NOUNS) && !habits.has(Habits::GENITIVE), "{lang}");
        }
        assert!(Habits::of("fa").has(Habits::NO_PROCLITICS));
        assert!(Habits::of("").has(Habits::ENDINGS));
        assert_eq!(Habits::of("xx"), Habits::default());
    }
}
