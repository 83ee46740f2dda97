//! Proclitics written together with a name, and what is left after them.
//!
//! In: an Arabic or Hebrew word with no name at its beginning. Out: the mention behind a proclitic.

use super::*;

impl<'g> Mentions<'_, 'g> {
    /// Tries the rest of the first segment after each proclitic.
    pub(super) fn try_proclitics(
        &mut self,
        word: &Word,
        table: &[Proclitic],
    ) -> Option<(Mention, usize)> {
        let first = self.window.get(0)?;
        for proclitic in table {
            let key = self.window.key(&first, &first);
            let letters = proclitic.letters.as_bytes();
            let Some(rest) = proclitic.strip(key) else { continue };
            let left = rest.iter().filter(|&&byte| byte & 0xC0 != 0x80).count();
            if left < tables::LEAST_IN_WORD_AFTER_PROCLITIC {
                continue;
            }
            let hash = proclitic.hash(rest);
            if !self.may_begin(word, letters.len(), hash) {
                continue;
            }
            let count = proclitic.letters.chars().count();
            let Some(text_bytes) = self.letters_in_text(&first, count) else { continue };
            let peel =
                Peel { key_bytes: letters.len(), text_bytes, swallowed: proclitic.swallowed };
            let Some((mut mention, segments)) = self.try_walk(hash, peel) else { continue };
            // A common word is itself, whatever its first letter.
            let key = self.window.key(&first, &first);
            if std::str::from_utf8(key).is_ok_and(words::is_common) {
                return None;
            }
            self.weaken_short(&mut mention);
            return Some((mention, segments));
        }
        None
    }

    /// What is left after a proclitic is easily a part of another word: short names need evidence,
    /// unless they are countries' or stated to be strong.
    pub(super) fn weaken_short(&self, mention: &mut Mention) {
        let text = self.text.get(mention.span.range()).unwrap_or_default();
        let letters = text.chars().filter(|&char| crate::normalize::is_word(char)).count();
        if letters > tables::SHORT_AFTER_PROCLITIC {
            return;
        }
        for candidate in &mut mention.candidates {
            let sure = candidate.kind == Kind::Country || candidate.policy.has(Policy::STRONG);
            if !sure && !candidate.is_decoy() {
                candidate.policy = candidate.policy.with(Policy::WEAK);
            }
        }
    }

    /// Bytes of text that the first `count` letters of a segment take, with their marks.
    pub(super) fn letters_in_text(&self, segment: &Segment, count: usize) -> Option<usize> {
        let text = self.text.get(segment.start..segment.end)?;
        let mut letters = 0;
        for (at, char) in text.char_indices() {
            if crate::normalize::is_word(char) {
                if letters == count {
                    return Some(at);
                }
                letters += 1;
            }
        }
        None
    }
}
