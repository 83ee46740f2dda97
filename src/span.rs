//! Step 0 of the walk: where things stand in a text.
//!
//! In: byte positions of the untouched text. Out: [`Span`]s, and the same positions counted in
//! code points or UTF-16 code units ([`Offsets`]).

use std::ops::{Index, Range};

/// A half-open range of bytes of the original text, always on character boundaries.
///
/// ```
/// use exonym::Span;
/// let text = "à Mossoul";
/// assert_eq!(&text[Span::new(3, 10)], "Mossoul");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The span from byte `start` up to, not including, byte `end`.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// Length in bytes.
    pub const fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// True if the span holds no byte.
    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// True if both spans share at least one byte.
    pub const fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The span as a standard range.
    pub const fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

impl Index<Span> for str {
    type Output = str;

    fn index(&self, span: Span) -> &str {
        &self[span.start..span.end]
    }
}

/// The unit in which positions are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OffsetUnit {
    /// Bytes of the UTF-8 text: Rust, C, Go.
    Byte,
    /// Unicode code points: Python.
    #[default]
    Codepoint,
    /// UTF-16 code units: JavaScript, Java, C#.
    Utf16,
}

impl OffsetUnit {
    /// The name that output and command line use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Byte => "byte",
            Self::Codepoint => "codepoint",
            Self::Utf16 => "utf16",
        }
    }
}

/// Converts byte positions of one text into another unit, and back.
///
/// Each call costs the way from the last position, forth or back: positions in order cost
/// one pass over the text in all, and those of nested names no more than that.
///
/// ```
/// use exonym::{OffsetUnit, Offsets};
/// let text = "😀 Irak";
/// assert_eq!(Offsets::new(text, OffsetUnit::Codepoint).at(5), 2);
/// assert_eq!(Offsets::new(text, OffsetUnit::Utf16).at(5), 3);
/// assert_eq!(Offsets::new(text, OffsetUnit::Byte).at(5), 5);
/// ```
#[derive(Clone, Debug)]
pub struct Offsets<'t> {
    text: &'t [u8],
    unit: OffsetUnit,
    byte: usize,
    count: usize,
}

impl<'t> Offsets<'t> {
    /// A converter for `text`, counting in `unit`.
    pub fn new(text: &'t str, unit: OffsetUnit) -> Self {
        Self { text: text.as_bytes(), unit, byte: 0, count: 0 }
    }

    /// The position of byte `byte` in the converter's unit. A byte past the end counts as the end.
    pub fn at(&mut self, byte: usize) -> usize {
        let byte = byte.min(self.text.len());
        if self.unit == OffsetUnit::Byte {
            return byte;
        }
        if byte < self.byte {
            self.count -= count(&self.text[byte..self.byte], self.unit);
        } else {
            self.count += count(&self.text[self.byte..byte], self.unit);
        }
        self.byte = byte;
        self.count
    }

    /// The byte at which the character number `offset` (in the converter's unit) starts, or `None`
    /// past the end or inside a surrogate pair.
    pub fn byte_of(&mut self, offset: usize) -> Option<usize> {
        let inside = |byte: usize| self.text.get(byte).is_some_and(|&byte| byte & 0xC0 == 0x80);
        if self.unit == OffsetUnit::Byte {
            return (offset <= self.text.len() && !inside(offset)).then_some(offset);
        }
        let (mut byte, mut seen) = (self.byte, self.count);
        while inside(byte) {
            byte += 1;
        }
        while seen > offset && byte > 0 {
            let end = byte;
            byte -= 1;
            while inside(byte) && byte > 0 {
                byte -= 1;
            }
            seen -= count(&self.text[byte..end], self.unit);
        }
        while seen < offset && byte < self.text.len() {
            let start = byte;
            byte += 1;
            while inside(byte) {
                byte += 1;
            }
            seen += count(&self.text[start..byte], self.unit);
        }
        (self.byte, self.count) = (byte, seen);
        (seen == offset).then_some(byte)
    }
}

/// Characters that start in `bytes`, in `unit`. Four-byte characters are two UTF-16 units.
fn count(bytes: &[u8], unit: OffsetUnit) -> usize {
    let starts = bytes.iter().filter(|&&byte| byte & 0xC0 != 0x80).count();
    match unit {
        OffsetUnit::Byte => bytes.len(),
        OffsetUnit::Codepoint => starts,
        OffsetUnit::Utf16 => starts + bytes.iter().filter(|&&byte| byte >= 0xF0).count(),
    }
}
