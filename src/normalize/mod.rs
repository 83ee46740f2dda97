//! Step 2 of the walk: from a name or a text to its key.
//!
//! In: any text. Out: the *key*, the form under which names and texts meet: NFKC, full case folding,
//! accents and apostrophes dropped, dashes, punctuation and spaces made one space ([`fold`] has the
//! table, [`segment`] the cutting). The one table serves the compiler, the tagger and lookup, and
//! never depends on a cargo feature or on a language.

mod alphabet;
mod blanks;
mod block;
mod class;
mod cut;
mod fold;
mod gap;
pub(crate) mod hash;
mod segment;
mod word;

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

pub(crate) use class::Group;
pub(crate) use cut::each_word;
pub(crate) use gap::Gap;
pub(crate) use segment::{Capitals, Segment, Segmenter};
pub(crate) use word::Word;

/// Number of the key scheme: it changes whenever any text's key may change.
pub const KEY_SCHEME: u16 = 1;

/// Unicode version of the tables behind the keys.
pub const UNICODE: (u8, u8, u8) = unicode_normalization::UNICODE_VERSION;

/// Brings texts to keys.
///
/// Follows UAX #15 (NFKC) and the full case folding of the Unicode Standard, section 3.13; the
/// further folds are listed in ARCHITECTURE.md.
///
/// ```
/// use exonym::Normalizer;
/// let normalizer = Normalizer::new();
/// assert_eq!(normalizer.key("L’ÉTAT  islamique"), "letat islamique");
/// assert_eq!(normalizer.key("U.S.A."), "usa");
/// assert_eq!(normalizer.key("Deir-ez\u{2011}Zor"), "deir ez zor");
/// assert_eq!(normalizer.key("الموصـــل"), normalizer.key("الموصل"));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Normalizer(());

impl Normalizer {
    /// The normalizer of this build's [`KEY_SCHEME`].
    pub const fn new() -> Self {
        Self(())
    }

    /// The key of `text`; empty if the text holds no letter and no digit.
    ///
    /// Keys are fixed points: the key of a key is itself. Texts that are canonically equivalent
    /// (NFC, NFD) have the same key. Costs one pass.
    pub fn key<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut keys = Vec::with_capacity(text.len());
        let key = Surface::cut(text, &mut keys).key(&keys);
        if key == text { Cow::Borrowed(text) } else { Cow::Owned(key) }
    }
}

/// A whole short text cut into segments: a name, or the text of a mention.
#[derive(Clone, Debug, Default)]
pub(crate) struct Surface {
    pub(crate) segments: Vec<Segment>,
}

impl Surface {
    /// Cuts `text`; keys of the segments are appended to `keys`.
    pub(crate) fn cut(text: &str, keys: &mut Vec<u8>) -> Self {
        let mut segmenter = Segmenter::new(text);
        let mut segments = Vec::new();
        while let Some(segment) = segmenter.next(keys) {
            if segment.key_end > segment.key_start {
                segments.push(segment);
            }
        }
        Self { segments }
    }

    /// The key of the whole.
    pub(crate) fn key(&self, keys: &[u8]) -> String {
        let mut key = Vec::with_capacity(keys.len() + self.segments.len());
        let mut before: Option<&Segment> = None;
        for segment in &self.segments {
            if before.is_some_and(|before| !segment.gap.joins(before, segment)) {
                key.push(b' ');
            }
            key.extend_from_slice(keys.get(segment.key_start..segment.key_end).unwrap_or(&[]));
            before = Some(segment);
        }
        String::from_utf8(key).unwrap_or_default()
    }
}

/// The plain form of a character for exact comparison: apostrophes, dashes and spaces are made one,
/// invisible characters none.
pub(crate) fn plain(char: char) -> Option<char> {
    match fold::Table::get().info(char).class() {
        class::Class::Apostrophe => Some('\''),
        class::Class::Dash => Some('-'),
        class::Class::Space | class::Class::Newline => Some(' '),
        class::Class::Ignorable => None,
        _ => Some(char),
    }
}

/// Letters of a text, as NFC has it, that have an accent, or are like those: Latin ones beyond ASCII.
pub(crate) fn accents(text: &str) -> usize {
    let count = |char: &char| ('\u{c0}'..'\u{250}').contains(char);
    // Below the first combining mark NFC changes nothing.
    match text.chars().all(|char| char < '\u{300}') {
        true => text.chars().filter(count).count(),
        false => text.nfc().filter(count).count(),
    }
}

/// True for letters and digits: what words are made of.
pub(crate) fn is_word(char: char) -> bool {
    fold::Table::get().info(char).class() == class::Class::Word
}

/// True for capital letters.
#[inline]
pub(crate) fn is_capital(char: char) -> bool {
    char.is_ascii_uppercase() || !char.is_ascii() && fold::Table::get().info(char).is_upper()
}

/// True for small letters.
#[inline]
pub(crate) fn is_small(char: char) -> bool {
    char.is_ascii_lowercase() || !char.is_ascii() && fold::Table::get().info(char).is_lower()
}
