//! What stands between two segments.
//!
//! In: the characters between two words. Out: a [`Gap`]: whether a name may run over it, and whether
//! the keys on both sides stand together.

use super::class::{Class, Group, Info};
use super::segment::Segment;

/// What stands between a segment and the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gap {
    /// Nothing before: the text begins here.
    Start,
    /// Nothing between: dense script, or a change of script.
    None,
    /// One apostrophe (or gershayim between Hebrew letters).
    Apostrophe,
    /// One full stop without a space.
    Dot,
    /// One hyphen or dash without spaces.
    Dash,
    /// Spaces, at most one line break.
    Space,
    /// A full stop, then spaces with at most one line break.
    DotSpace,
    /// One other mark, perhaps with spaces: only a name that is listed with it may cross.
    Mark(char),
    /// A sentence or paragraph end, or more marks than a name has.
    Break,
}

impl Gap {
    /// True if what comes after it begins a sentence, or the text.
    pub(crate) const fn begins_sentence(self) -> bool {
        matches!(self, Self::Start | Self::Break | Self::DotSpace)
    }

    /// True if keys of the two sides stand together without a space.
    pub(crate) fn joins(self, before: &Segment, after: &Segment) -> bool {
        match self {
            Self::None | Self::Apostrophe => true,
            Self::Dot => before.is_initial() && after.is_initial(),
            _ => false,
        }
    }
}

/// The gap being read: how many of what.
#[derive(Default)]
pub(super) struct GapReader {
    marks: u32,
    mark: Option<(Class, char)>,
    spaces: u32,
    newlines: u32,
    space_before_mark: bool,
    after_return: bool,
}

impl GapReader {
    /// Takes in a character that makes no word.
    #[inline]
    pub(super) fn push(&mut self, class: Class, char: char) {
        match class {
            Class::Space => self.spaces += 1,
            Class::Newline => {
                if !(char == '\n' && self.after_return) {
                    self.newlines += if char == '\u{2029}' { 2 } else { 1 };
                }
            }
            // A mark without a letter is no part of a word.
            Class::Ignorable | Class::Mark => {}
            // The dot of an abbreviation and the apostrophe of a soft sign before a hyphen: Ust'-Nera.
            Class::Dash
                if self.marks == 1
                    && self.spaces + self.newlines == 0
                    && matches!(self.mark, Some((Class::Apostrophe | Class::Dot, _))) =>
            {
                self.mark = Some((class, char));
            }
            class => {
                self.marks += 1;
                self.space_before_mark = self.spaces + self.newlines > 0;
                self.mark = Some((class, char));
            }
        }
        self.after_return = char == '\r';
    }

    /// The gap between a word that ends with `before` and one that begins with `after`.
    #[inline]
    pub(super) fn finish(self, before: Info, after: Info) -> Gap {
        let apart = self.spaces + self.newlines > 0;
        let cased = |info: Info| info.is_upper() || info.is_lower();
        let dense = |info: Info| info.group() != Group::Spaced;
        match self.mark {
            _ if self.newlines > 1 || self.marks > 1 => Gap::Break,
            // Dense scripts break lines anywhere.
            None if self.spaces == 0 && dense(before) && dense(after) => Gap::None,
            None if apart => Gap::Space,
            None => Gap::None,
            // Catalan l·l, but a separator in other scripts.
            Some((_, '·' | '\u{387}')) if !(cased(before) && cased(after)) => Gap::Mark('·'),
            // Joined, it would make one letter with the word before.
            Some((Class::Apostrophe, _)) if after.is_trailing() => Gap::Mark('\''),
            Some((Class::Dot, _)) if after.is_trailing() => Gap::Mark('.'),
            Some((Class::Apostrophe, _)) if !apart => Gap::Apostrophe,
            Some((Class::Apostrophe, _)) => Gap::Mark('\''),
            Some((_, '"')) if !apart && before.is_hebrew() && after.is_hebrew() => Gap::Apostrophe,
            Some((Class::Dot, _)) if !apart => Gap::Dot,
            Some((Class::Dot, _)) if !self.space_before_mark => Gap::DotSpace,
            Some((Class::Dot, _)) => Gap::Mark('.'),
            Some((Class::Dash, _)) if self.spaces == 0 && !self.space_before_mark => Gap::Dash,
            Some((Class::Dash, _)) => Gap::Mark('-'),
            Some((_, '!' | '?' | '…' | '。' | '！' | '？' | '؟' | '।' | '۔')) if apart => {
                Gap::Break
            }
            Some((_, char)) => Gap::Mark(char),
        }
    }
}
