//! Text into HTML: nothing that a document, a list or a file name says becomes markup.

use std::fmt;

/// Running text of a document: lines stay, and what would be invisible and harmful is shown.
pub(super) struct Prose<'t>(pub(super) &'t str);

/// A name, an id or a reason, on one line, between tags or inside an attribute in double quotes.
pub(super) struct Label<'t>(pub(super) &'t str);

/// What is written in place of a character.
enum StandIn {
    Text(&'static str),
    Char(char),
    /// The character's number, framed.
    Number,
}

impl fmt::Display for Prose<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_replaced(out, self.0, |char| match char {
            '\t' | '\n' | '\r' => None,
            // Overrides turn the letters round and show another text than the one that was read.
            '\u{202D}' | '\u{202E}' => Some(StandIn::Number),
            char => markup(char).or_else(|| control(char)),
        })
    }
}

impl fmt::Display for Label<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_replaced(out, self.0, |char| match char {
            '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => Some(StandIn::Text(" ")),
            // A label is isolated by its element; a control of its own would reach beyond it.
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => Some(StandIn::Text("")),
            char => markup(char).or_else(|| control(char)),
        })
    }
}

fn markup(char: char) -> Option<StandIn> {
    Some(StandIn::Text(match char {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '"' => "&quot;",
        '\'' => "&#39;",
        _ => return None,
    }))
}

/// Controls get their pictures; what HTML does not allow at all becomes a replacement character.
fn control(char: char) -> Option<StandIn> {
    let picture = |offset: u32| char::from_u32(0x2400 + offset).map(StandIn::Char);
    match char as u32 {
        code @ 0..=0x1F => picture(code),
        0x7F => picture(0x21),
        0x80..=0x9F | 0xFDD0..=0xFDEF => Some(StandIn::Char(char::REPLACEMENT_CHARACTER)),
        code if code & 0xFFFE == 0xFFFE => Some(StandIn::Char(char::REPLACEMENT_CHARACTER)),
        _ => None,
    }
}

fn write_replaced(
    out: &mut fmt::Formatter<'_>,
    text: &str,
    stand_in: impl Fn(char) -> Option<StandIn>,
) -> fmt::Result {
    let mut written = 0;
    for (at, char) in text.char_indices() {
        let Some(stand_in) = stand_in(char) else { continue };
        out.write_str(text.get(written..at).unwrap_or_default())?;
        written = at + char.len_utf8();
        match stand_in {
            StandIn::Text(text) => out.write_str(text)?,
            StandIn::Char(char) => fmt::Write::write_char(out, char)?,
            StandIn::Number => write!(out, "<code class=\"hidden\">U+{:04X}</code>", char as u32)?,
        }
    }
    out.write_str(text.get(written..).unwrap_or_default())
}

/// A count with its noun: `1 mention`, `1,200 mentions`.
pub(super) struct Counted(pub(super) u64, pub(super) &'static str, pub(super) &'static str);

impl fmt::Display for Counted {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", Count(self.0), if self.0 == 1 { self.1 } else { self.2 })
    }
}

/// A number with its thousands set off.
pub(super) struct Count(pub(super) u64);

impl fmt::Display for Count {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 >= 1000 {
            write!(out, "{},{:03}", Count(self.0 / 1000), self.0 % 1000)
        } else {
            write!(out, "{}", self.0)
        }
    }
}
