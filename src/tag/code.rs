//! Text that is not prose: URLs, e-mail addresses, handles, file names and identifiers.
//!
//! In: the place of a possible mention. Out: whether it stands in such text. Only places where a
//! name was found are looked at, and each run without blanks only once.

use memchr::memchr;

use crate::span::Span;

/// Longest run that is looked at as a whole; one with more ASCII than this is no word of prose.
const LONGEST: usize = 4096;
/// A word longer than this among others in one run is a hash or base64.
const LONGEST_WORD: usize = 60;

/// Remembers the last run and what it was.
#[derive(Default)]
pub(super) struct CodeSense {
    run: Span,
    code: Vec<Span>,
}

impl CodeSense {
    /// True if `span` stands in a URL, address, handle or identifier.
    pub(super) fn is_code(&mut self, text: &str, span: Span) -> bool {
        if span.start < self.run.start || span.end > self.run.end || self.run.is_empty() {
            self.run = run_around(text, span);
            self.code.clear();
            if let Some(run) = text.get(self.run.range())
                && may_be_code(run)
            {
                find_code(run, self.run.start, &mut self.code);
            }
        }
        self.code.iter().any(|code| code.overlaps(span))
    }
}

/// A mark that only code has inside a word.
const fn is_mark(byte: &u8) -> bool {
    matches!(byte, b':' | b'@' | b'_' | b'\\' | b'.' | b'=')
}

/// True if blanks, or a mark of prose and a blank, stand around `span`: letters alone are no code then.
pub(super) fn stands_alone(text: &str, span: Span) -> bool {
    let Some((before, after)) = text.as_bytes().split_at_checked(span.start) else { return false };
    let after = after.get(span.len()..).unwrap_or_default();
    let opens = match before {
        [.., b' ' | b'\n'] | [] => true,
        [before @ .., b'('] => matches!(before, [.., b' ' | b'\n'] | []),
        // Elided articles: l'Irak.
        [before @ .., letter, b'\''] | [before @ .., letter, 0xE2, 0x80, 0x99] => {
            letter.is_ascii_alphabetic() && matches!(before, [.., b' ' | b'\n'] | [])
        }
        _ => false,
    };
    let closes = match after {
        [b' ' | b'\n', ..] | [] => true,
        [b',' | b'.' | b')' | b';' | b':' | b'!' | b'?', after @ ..] => {
            matches!(after, [b' ' | b'\n', ..] | [])
        }
        _ => false,
    };
    opens && closes && span.len() < LONGEST_WORD
}

/// The run of characters without blanks around `span` (from its first word to its last).
fn run_around(text: &str, span: Span) -> Span {
    let bytes = text.as_bytes();
    let blank = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'<' | b'>' | b'"');
    let before = bytes.get(..span.start).unwrap_or_default();
    let after = bytes.get(span.end..).unwrap_or_default();
    let start = before.iter().rev().take(LONGEST).take_while(|byte| !blank(byte)).count();
    let end = after.iter().take(LONGEST).take_while(|byte| !blank(byte)).count();
    let (start, end) = (span.start - start, span.end + end);
    Span::new(text.ceil_char_boundary(start), text.floor_char_boundary(end))
}

/// True if the run has a mark that only code has inside, or is too long for a word: most runs are
/// words with a comma, a quote, or the dot of a sentence.
fn may_be_code(run: &str) -> bool {
    let [inside @ .., last] = run.as_bytes() else { return false };
    run.len() > LONGEST_WORD || inside.iter().any(is_mark) || matches!(last, b'_' | b'\\')
}

fn find_code(run: &str, offset: usize, code: &mut Vec<Span>) {
    let all = Span::new(offset, offset + run.len());
    // Scheme or www: from there on. One byte tells that most runs have none.
    let has = |byte: u8| memchr(byte, run.as_bytes()).is_some();
    let (colon, dot) = (has(b':'), has(b'.'));
    for (mark, may_be) in [("://", colon), ("www.", dot), ("mailto:", colon)] {
        if may_be && let Some(at) = run.find(mark) {
            let before = run.get(..at).unwrap_or_default();
            let scheme = before.len()
                - before.trim_end_matches(|char: char| char.is_ascii_alphanumeric()).len();
            code.push(Span::new(offset + at - scheme, all.end));
        }
    }
    if has(b';') && run.contains(";base64,") {
        code.push(all);
    }
    let bytes = run.as_bytes();
    let is_ascii_word = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
    let is_word =
        |at: usize| bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80);
    for (at, byte) in run.bytes().enumerate() {
        // The word that is code already is not measured again at each of its marks.
        let known = code.last().is_some_and(|code| code.end > offset + at);
        match byte {
            // Address if a word stands on both sides, handle if only after it.
            b'@' if is_word(at + 1) => {
                let inside = at > 0 && (is_word(at - 1) || bytes.get(at - 1) == Some(&b'_'));
                let end = run.get(at + 1..).map_or(0, |rest| {
                    rest.find(|char: char| !(char.is_alphanumeric() || "_.-".contains(char)))
                        .unwrap_or(rest.len())
                });
                let start = if inside { word_start(run, at) } else { at };
                code.push(Span::new(offset + start, offset + at + 1 + end));
            }
            // Identifiers, and paths of other systems.
            b'_' | b'\\' if !known && (is_word(at + 1) || at > 0 && is_word(at - 1)) => {
                let start = word_start(run, at);
                code.push(Span::new(offset + start, offset + word_end(run, at)));
            }
            // Host and file names: a small letter or digit right after the dot.
            b'.' if !known && at > 1 && is_word(at - 1) && is_word(at - 2) => {
                let next = run.get(at + 1..).and_then(|rest| rest.chars().next());
                // Letters with case as Europe uses it; Georgian small letters are its usual ones.
                let small = next.is_some_and(|char| char.is_lowercase() && char < '\u{530}');
                if small {
                    code.push(Span::new(offset + word_start(run, at), offset + word_end(run, at)));
                }
            }
            // Query strings.
            b'=' if !known && is_ascii_word(at + 1) && at > 0 && is_ascii_word(at - 1) => {
                code.push(Span::new(offset + word_start(run, at), offset + word_end(run, at)));
            }
            _ => {}
        }
    }
    let ascii_words =
        run.split(|char: char| !(char.is_ascii_alphanumeric() || "+/=".contains(char)));
    // Scripts without blanks have paragraphs longer than this.
    let ascii = bytes.iter().filter(|byte| byte.is_ascii()).count();
    if ascii >= LONGEST || ascii_words.into_iter().any(|word| word.len() > LONGEST_WORD) {
        code.push(all);
    }
}

/// Start of the dotted or hyphenated word that ends before byte `at`.
fn word_start(run: &str, at: usize) -> usize {
    let before = run.get(..at).unwrap_or_default();
    before.trim_end_matches(in_code).len()
}

/// End of the dotted or hyphenated word that begins after byte `at`.
fn word_end(run: &str, at: usize) -> usize {
    let after = run.get(at + 1..).unwrap_or_default();
    run.len() - after.trim_start_matches(in_code).len()
}

fn in_code(char: char) -> bool {
    char.is_alphanumeric() || "._-/\\=&?%+".contains(char)
}
