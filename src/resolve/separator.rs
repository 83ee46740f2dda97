//! What stands between two mentions in a row: do they make a list, or does one lie in the other?
//!
//! In: the text between them. Out: [`Separator`], if it is one.

/// What stands between two mentions in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Separator {
    Comma,
    Bracket,
    And,
}

/// Words and marks that join the members of a list, in the shipped languages.
const AND: &[&str] = &[
    // Marks.
    "&",
    "/",
    "-",
    "–",
    ";",
    // English, German, Dutch.
    "and",
    "or",
    "to",
    ", and",
    "and the",
    "and that of",
    "und",
    "oder",
    "und in",
    "en",
    // French, Spanish, Portuguese, Italian.
    "et",
    "ou",
    "à",
    ", et",
    "et à",
    "et de",
    "et d'",
    "et d’",
    "et l'",
    "et l’",
    "et celle de",
    "et celui de",
    ", de",
    "y",
    "o",
    "y de",
    "y la de",
    "y el de",
    "e",
    "e de",
    "e a de",
    "e o de",
    "e di",
    "e quella di",
    // Polish, Russian, Ukrainian.
    "i",
    "a",
    "i w",
    "и",
    "и в",
    "й",
    "та",
    // Arabic, Turkish.
    "و",
    "، و",
    "ve",
    "ile",
];

/// Bytes of the longest of them.
const LONGEST: usize = 11;

impl Separator {
    /// What the text between two mentions is.
    pub(super) fn of(between: &str) -> Option<Self> {
        // A blank, or a mark with one.
        const SHORT: usize = 3;
        // More blanks than this are a gap in a table.
        const MOST: usize = 24;
        if between.len() > MOST {
            return None;
        }
        let short = between.len() <= SHORT;
        match between.trim() {
            "," | "،" | "、" | "" if short => Some(Self::Comma),
            "(" | "（" | "[" => Some(Self::Bracket),
            words => (words.len() <= LONGEST && AND.contains(&words)).then_some(Self::And),
        }
    }

    /// A, B and C.
    pub(super) fn lists(self) -> bool {
        self != Self::Bracket
    }

    /// City, State; City (Country).
    pub(super) fn states(self) -> bool {
        self != Self::And
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_marks_and_brackets_separate() {
        assert_eq!(AND.iter().map(|words| words.len()).max(), Some(LONGEST));
        assert_eq!(Separator::of(", "), Some(Separator::Comma));
        assert_eq!(Separator::of(" ("), Some(Separator::Bracket));
        assert!(
            AND.iter().all(|words| Separator::of(&format!(" {words} ")) == Some(Separator::And))
        );
        assert_eq!([" in ", ". ", " ,   ", ", der "].map(Separator::of), [None; 4]);
    }
}
