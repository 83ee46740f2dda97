//! Long documents: resolved part by part, so that what resolving keeps of them is bounded.
//!
//! In: a document of any length. Out: [`Tagged`], part by part or as one. The scan runs over the
//! whole text, so that parts change neither positions nor which names are found; they only bound
//! how far evidence reaches. A mention belongs to the part in which it begins.

use super::{Lookout, Tagged, observe, resolve};
use crate::normalize::is_word;
use crate::span::Span;
use crate::tag::{Document, Tagger};

/// Bytes of text that are resolved as a whole: 16 MiB.
pub const PART_BYTES: usize = 16 << 20;

/// The parts of a text: see [`parts`].
#[derive(Clone, Debug)]
pub struct Parts<'t> {
    text: &'t str,
    limit: usize,
    start: usize,
}

/// A document's parts with what each names: see [`Tagger::tag_parts`].
pub struct TaggedParts<'t, 'g> {
    tagger: &'t Tagger<'g>,
    lookout: Lookout<'t, 'g>,
    parts: Parts<'t>,
}

/// Cuts a text into parts of at most `limit` bytes, without a gap. A part ends after the last blank
/// line in its second half; where there is none, after the last line, else after the last blank,
/// else between words, and within a word only if it is longer than that. A part is longer than
/// `limit` only where one character is.
///
/// ```
/// let text = "One.\n\nTwo two.\nThree.";
/// let parts: Vec<&str> = exonym::parts(text, 12).map(|part| &text[part]).collect();
/// assert_eq!(parts, ["One.\n\n", "Two two.\n", "Three."]);
/// ```
pub fn parts(text: &str, limit: usize) -> Parts<'_> {
    Parts { text, limit, start: 0 }
}

impl Iterator for Parts<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        let rest = self.text.get(self.start..).filter(|rest| !rest.is_empty())?;
        let length = if rest.len() <= self.limit { rest.len() } else { cut(rest, self.limit) };
        let part = Span::new(self.start, self.start + length);
        self.start = part.end;
        Some(part)
    }
}

/// Where the first part of a text longer than `limit` ends.
fn cut(text: &str, limit: usize) -> usize {
    let first = text.chars().next().map_or(0, char::len_utf8);
    let most = text.floor_char_boundary(limit).max(first);
    let room = text.get(..most).unwrap_or_default();
    // Not earlier: parts are few, and each is looked at once.
    let least = most.div_ceil(2);
    let after = |at: Option<(usize, char)>| at.map(|(at, char)| at + char.len_utf8());
    let last = |is: fn(char) -> bool| after(room.char_indices().rfind(|&(_, char)| is(char)));
    let enough = |end: &usize| *end >= least;
    paragraph_end(room, least)
        .or_else(|| last(is_line_end).filter(enough))
        .or_else(|| last(char::is_whitespace).filter(enough))
        .or_else(|| word_end(text, most).filter(enough))
        .unwrap_or(most)
}

const fn is_line_end(char: char) -> bool {
    matches!(char, '\n' | '\u{B}' | '\u{C}' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// The end of the last blank line that ends at `least` or later.
fn paragraph_end(text: &str, least: usize) -> Option<usize> {
    let mut rest = text;
    loop {
        let at = rest.rfind('\n').filter(|at| at + 1 >= least)?;
        let line = rest.get(..at)?;
        rest = line.trim_end_matches(|char: char| char != '\n' && char.is_whitespace());
        if rest.ends_with('\n') {
            return Some(at + 1);
        }
    }
}

/// The last place up to `most` that is not inside a word.
fn word_end(text: &str, most: usize) -> Option<usize> {
    let mut next = text.get(most..)?.chars().next();
    for (at, char) in text.get(..most)?.char_indices().rev() {
        if !(is_word(char) && next.is_some_and(is_word)) {
            return Some(at + char.len_utf8());
        }
        next = Some(char);
    }
    None
}

impl<'g> Tagger<'g> {
    /// Finds and resolves, part by part: what [`parts`] cuts with `limit` is resolved by itself, and
    /// only mentions of the same part are evidence for each other. Positions are those of the whole
    /// text. Memory is bounded by the part, not by the text.
    ///
    /// ```
    /// use exonym::{Gazetteer, Tagger};
    /// let tagger = Tagger::new(Gazetteer::embedded())?;
    /// let text = "Fighting in Mosul.\n\nTalks in Damascus.";
    /// for (part, tagged) in tagger.tag_parts(text, 25) {
    ///     let mention = &tagged.mentions[0];
    ///     assert!(part.start <= mention.span().start && mention.span().start < part.end);
    /// }
    /// # Ok::<(), exonym::Error>(())
    /// ```
    pub fn tag_parts<'t>(
        &'t self,
        document: impl Into<Document<'t>>,
        limit: usize,
    ) -> TaggedParts<'t, 'g> {
        let lookout = Lookout::new(self, document.into());
        let parts = parts(lookout.document.text, limit);
        TaggedParts { tagger: self, lookout, parts }
    }

    /// The parts of a long document as one.
    pub(super) fn tag_long(&self, document: Document<'_>) -> Tagged {
        let mut all = Tagged::default();
        for (_, part) in self.tag_parts(document, PART_BYTES) {
            all.mentions.extend(part.mentions);
            all.rejected.extend(part.rejected);
            all.parts += 1;
        }
        all
    }
}

impl Iterator for TaggedParts<'_, '_> {
    type Item = (Span, Tagged);

    fn next(&mut self) -> Option<(Span, Tagged)> {
        let part = self.parts.next()?;
        let mut surrounded = self.lookout.look_to(part.end);
        let document = &self.lookout.document;
        let observed = observe(self.tagger, document, &mut surrounded, self.tagger.weights);
        Some((part, resolve(self.tagger, surrounded.mentions, &observed)))
    }
}
