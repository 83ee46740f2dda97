//! Blanks that were lost, as scanned pages have it: `laFrance`, `615Allemagne`.
//!
//! In: a word. Out: whether it may be several, and its parts as words. Only where no name begins with
//! the whole word does the tagger ask for the parts.

use super::segment::Segmenter;
use super::word::{FIRST_PART, GLUED, LONGEST, PART, Word};
use super::{is_capital, is_small};

impl Segmenter<'_> {
    /// The parts of a word that may be several between which blanks were lost, as scanned pages have
    /// them: `laFrance`, `615Allemagne`. Their keys are appended to `keys`.
    pub(crate) fn split(&self, word: &Word, keys: &mut Vec<u8>) -> Vec<Word> {
        let mut parts = Vec::new();
        let text = self.text.get(word.start..word.end()).unwrap_or_default();
        let mut start = word.start;
        for end in borders(text).map(|at| word.start + at).chain([word.end()]) {
            let part = self.text.get(..end).unwrap_or_default();
            let mut segmenter = Segmenter { text: part, table: self.table, pos: start, last: None };
            let from = keys.len();
            if let Some(segment) = segmenter.next(keys) {
                let mut word = segmenter.word_of(&segment, from, keys);
                word.look |= self.joint_at(end) | if parts.is_empty() { FIRST_PART } else { PART };
                parts.push(word);
            }
            start = end;
        }
        parts
    }

    /// [`GLUED`] if the text from `start` to `end` may be several words.
    #[cold]
    pub(super) fn glued(&self, start: usize, end: usize) -> u64 {
        let word = self.text.get(start..end).unwrap_or_default();
        if borders(word).next().is_some() { GLUED } else { 0 }
    }

    /// The same for a word of ASCII of which these are the capitals, a bit each.
    #[cold]
    pub(super) fn glued_ascii(&self, capitals: u32, start: usize, len: usize) -> u64 {
        // Acronyms have no capital between others that are none.
        let turns = capitals & !(capitals << 1) & !(capitals >> 1) & !1;
        if turns != 0 { self.glued(start, start + len) } else { 0 }
    }
}

/// Where blanks may have been lost in a word: after a small letter or a digit, before a capital and a
/// small letter; and a number or a short word in small letters stands before it, or a short word after
/// it, as many words of a sentence are: `laFrance`, `615Allemagne`, `EspagneLe`, but not `SouthSudan`,
/// `McAllen`, `YouTube`.
fn borders(word: &str) -> impl Iterator<Item = usize> {
    const SHORT: usize = 3;
    // Longer ones are no words.
    let word = if word.len() <= LONGEST { word } else { "" };
    let turns = move |from: usize| {
        let rest = word.get(from..).unwrap_or_default();
        let chars = rest.char_indices().zip(rest.chars().skip(1)).zip(rest.chars().skip(2));
        let ends = |char: char| is_small(char) || char.is_ascii_digit();
        let mut turns = chars.filter(move |&(((_, one), two), three)| {
            ends(one) && is_capital(two) && is_small(three)
        });
        turns.next().map(|(((at, one), _), _)| from + at + one.len_utf8())
    };
    let is_short = |part: &str| part.chars().count() <= SHORT;
    let mut start = 0;
    std::iter::from_fn(move || {
        loop {
            let turn = turns(start)?;
            let (before, next) = (word.get(start..turn)?, turns(turn).unwrap_or(word.len()));
            start = turn;
            let small = before.starts_with(is_small) && is_short(before);
            let number = before.bytes().all(|byte| byte.is_ascii_digit());
            if small || number || is_short(word.get(turn..next)?) {
                return Some(turn);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_part_before_capitals_if_one_side_is_short_or_a_number() {
        let parts = |word: &str| {
            let mut cut = [0].into_iter().chain(borders(word)).collect::<Vec<_>>();
            cut.push(word.len());
            cut.windows(2)
                .map(|part| word[part[0]..part[1]].to_owned())
                .collect::<Vec<_>>()
                .join("|")
        };
        for (word, wanted) in [
            ("laFrance", "la|France"),
            ("615Allemagne", "615|Allemagne"),
            ("EspagneLe", "Espagne|Le"),
            ("laFranceEn", "la|France|En"),
            ("неРоссия", "не|Россия"),
            ("deÉgypte", "de|Égypte"),
            ("SouthSudan", "SouthSudan"),
            ("McAllen", "McAllen"),
            ("cityMosul", "cityMosul"),
            ("NATO", "NATO"),
            ("laFRANCE", "laFRANCE"),
            ("France", "France"),
            ("", ""),
        ] {
            assert_eq!(parts(word), wanted);
        }
    }
}
