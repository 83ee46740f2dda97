//! Does a name meet its text? Case, accents, and marks that only a listed name may cross.

use std::borrow::Cow;

use smallvec::SmallVec;
use unicode_normalization::UnicodeNormalization;

use crate::layout::Row;
use crate::normalize::{Capitals, Gap, Segment, Surface};
use crate::record::{Policy, Role};

use super::TextCase;

/// What the policy test needs to know of a text span, gathered while walking.
#[derive(Clone, Debug, Default)]
pub(super) struct Shape {
    capitals: Capitals,
    pub(super) any_upper: bool,
    pub(super) any_lower: bool,
    /// Marks between segments that only a name with the same mark there may cross.
    pub(super) marks: SmallVec<[(usize, Gap); 2]>,
}

impl Shape {
    #[inline]
    pub(super) fn push(&mut self, segment: &Segment, before: Option<&Segment>) {
        self.capitals.push(segment, before);
        self.any_upper |= segment.has_upper();
        self.any_lower |= segment.has_lower();
    }

    pub(super) fn all_upper(&self) -> bool {
        self.any_upper && !self.any_lower
    }

    pub(super) fn is_cased(&self) -> bool {
        self.any_upper || self.any_lower
    }

    pub(super) fn is_capitalized(&self) -> bool {
        self.capitals.mask & 1 != 0
    }
}

/// Why a name does not meet its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// A word that is capitalized in the name is not in the text.
    Case,
    /// The policy asks for capitals throughout.
    NotUpper,
    /// The policy asks for a capitalized word that is not all capitals.
    NotTitle,
    /// The policy asks for the same characters.
    NotExact,
    /// The text has a mark between the words that the name does not have.
    Mark,
    /// The name is for lookup only.
    SearchOnly,
    /// The name is not valid at the document's date.
    Date,
}

impl Mismatch {
    /// The reason in words.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Case => "the name has capitals that the text has not",
            Self::NotUpper => "the name's policy `upper` asks for all capitals",
            Self::NotTitle => {
                "the name's policy `title` asks for a capitalized word, not all capitals"
            }
            Self::NotExact => "the name's policy `exact` asks for the same characters",
            Self::Mark => "a mark stands between the words that the listed name has not",
            Self::Date => "the name is not valid at the document's date",
            Self::SearchOnly => "the name's role `search` is found by lookup only",
        }
    }
}

/// Tests one name against its text. `surface` is the text of the span; `name` gives the listed form,
/// which only few policies ask for.
pub(super) fn test(
    row: &Row,
    policy: Policy,
    shape: &Shape,
    case: TextCase,
    surface: &str,
    name: impl Fn() -> String,
) -> Result<(), Mismatch> {
    if matches!(row.role(), Role::Search | Role::Retract) {
        return Err(Mismatch::SearchOnly);
    }
    if shape.is_cased() && !policy.has(Policy::ANYCASE) {
        if policy.has(Policy::UPPER) {
            if !shape.all_upper() {
                return Err(Mismatch::NotUpper);
            }
        } else if policy.has(Policy::TITLE) {
            if !shape.is_capitalized() || shape.all_upper() {
                return Err(Mismatch::NotTitle);
            }
        } else if row.capitals & !shape.capitals.mask != 0
            && !shape.all_upper()
            && case != TextCase::Lower
        {
            return Err(Mismatch::Case);
        }
    }
    if policy.has(Policy::EXACT) && exact_form(surface) != exact_form(&name()) {
        return Err(Mismatch::NotExact);
    }
    if !shape.marks.is_empty() && !has_marks(&name(), &shape.marks) {
        return Err(Mismatch::Mark);
    }
    Ok(())
}

/// True if the listed name has the same marks between the same words.
fn has_marks(name: &str, marks: &[(usize, Gap)]) -> bool {
    let mut keys = Vec::new();
    let surface = Surface::cut(name, &mut keys);
    marks
        .iter()
        .all(|(index, gap)| surface.segments.get(*index).is_some_and(|segment| segment.gap == *gap))
}

/// The form in which `exact` compares: NFC, with one apostrophe, one dash, single spaces, and
/// without invisible characters.
pub(crate) fn exact_form(text: &str) -> Cow<'_, str> {
    let mut before = ' ';
    let fits = text.chars().all(|char| {
        let blank = std::mem::replace(&mut before, char) == ' ';
        stays(char) || char == ' ' && !blank
    });
    if fits && before != ' ' {
        return Cow::Borrowed(text);
    }
    let mut form = String::with_capacity(text.len());
    for char in text.nfc() {
        match crate::normalize::plain(char) {
            Some(' ') if form.ends_with(' ') || form.is_empty() => {}
            Some(plain) => form.push(plain),
            None => {}
        }
    }
    form.truncate(form.trim_end().len());
    Cow::Owned(form)
}

/// True for most characters that are the same in the exact form, whatever stands beside them.
const fn stays(char: char) -> bool {
    matches!(
        char,
        '0'..='9' | 'A'..='Z' | 'a'..='z' | '-'
            | 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ſ'
            | '\u{400}'..='\u{45F}'
            | '\u{5D0}'..='\u{5EA}'
            | '\u{621}'..='\u{63A}' | '\u{641}'..='\u{64A}'
    )
}

#[cfg(test)]
mod tests {
    use unicode_normalization::{IsNormalized, is_nfc_quick};

    use super::*;

    #[test]
    fn what_stays_is_normal_by_itself_and_beside_others() {
        for char in (0..=u32::from(char::MAX)).filter_map(char::from_u32) {
            if stays(char) {
                assert_eq!(is_nfc_quick([char].into_iter()), IsNormalized::Yes, "{char:?}");
                assert!(char == '-' || crate::normalize::is_word(char), "{char:?}");
                assert_eq!(crate::normalize::plain(char), Some(char), "{char:?}");
            }
        }
        for (text, form) in [
            ("Cœur d’Alène", "Cœur d'Alène"),
            ("Cote\u{301}", "Coté"),
            ("a  b ", "a b"),
            ("ёж", "ёж"),
            ("", ""),
        ] {
            assert_eq!(exact_form(text), form);
        }
    }
}
