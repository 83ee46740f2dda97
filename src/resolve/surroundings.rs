//! What stands around a mention: the words beside it and what they introduce.
//!
//! In: a text and a span of it. Out: [`Surroundings`]: the neighbours, cut and folded as names are,
//! and what listed phrases say of the name between them ([`crate::phrases`]). Costs cutting some
//! hundred bytes.

use smallvec::SmallVec;

use super::form;
use crate::layout::filter;
use crate::normalize::{Gap, Segment, Segmenter};
use crate::phrases::{self, Langs, Phrases, Role};
use crate::span::Span;
use crate::tag::{ARABIC, ELISIONS, HEBREW, POSSESSIVES, Proclitic, holds};
use crate::words::{self, About};

/// What stands around a mention.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Surroundings {
    pub(super) left: Neighbour,
    pub(super) right: Neighbour,
    /// What a phrase before or after it introduces.
    pub(super) before: Option<Role>,
    pub(super) after: Option<Role>,
    /// Hash of the mention's own key.
    pub(super) key: u64,
    /// A digit stands right before or after, with a blank between.
    pub(super) number: bool,
    /// A case ending follows after an apostrophe: it tells where, not who.
    pub(super) case_ending: bool,
    /// A result stands right after it.
    pub(super) score: bool,
    /// It opens a report.
    pub(super) dateline: bool,
    /// Of several words, one says what it is: `Lake`, `County`.
    pub(super) names_kind: bool,
    /// A word like “of” stands before it, and before that a capitalized word.
    pub(super) of_name: bool,
    /// In parentheses by itself.
    pub(super) parenthesized: bool,
    /// The text is in capitals around it.
    pub(super) among_capitals: bool,
    /// Words of the mention, and letters of its key.
    pub(super) words: usize,
    pub(super) letters: usize,
    /// It has letters with case.
    pub(super) cased: bool,
    /// A given name, and no place's.
    pub(super) given_name: bool,
    /// A given name.
    pub(super) may_be_given: bool,
    /// Numbers of one or two digits within sight.
    pub(super) numbers: usize,
    /// A common word of the text's language.
    pub(super) common: bool,
    /// A common word of another shipped language.
    pub(super) common_elsewhere: bool,
}

/// The word beside a mention.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Neighbour {
    /// With one blank between.
    pub(super) close: bool,
    /// With a hyphen between.
    pub(super) hyphen: bool,
    /// Capitalized without being a common word, a month, a title.
    pub(super) named: bool,
    /// Begins with a digit.
    pub(super) digit: bool,
    /// Capitalized inside a sentence, and a common word.
    pub(super) common: bool,
    pub(super) given_name: bool,
    /// A person's title, where titles do not govern a genitive: "president Lincoln", but "президент США".
    pub(super) title: bool,
    /// One capital letter with a dot.
    pub(super) initial: bool,
    /// First byte of the word in the text.
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Bytes of text looked at on each side.
const BEFORE: usize = 40;
const AFTER: usize = 40;

/// Words looked at after it.
const WORDS_AFTER: usize = 3;

impl Surroundings {
    /// A person's name goes on here: after a given name, an initial or a title.
    pub(super) const fn follows_person(&self) -> bool {
        self.left.given_name || self.left.initial || self.left.title
    }

    /// Nothing says that it is a place, rather than who comes from there.
    pub(super) const fn is_bare(&self) -> bool {
        let placed =
            matches!(self.before, Some(Role::Where | Role::Unit | Role::Region | Role::Place));
        !placed && !self.parenthesized && !self.dateline
    }

    /// Letters with dots between them.
    pub(super) const fn is_dotted(&self) -> bool {
        self.words > 1 && self.words == self.letters
    }

    /// A part of a person's name: after another part, or a given name with a name after it.
    pub(super) const fn is_of_person(&self) -> bool {
        self.follows_person() || self.may_be_given && self.right.named
    }

    /// Looks at both sides of `span`; `langs` are the text's languages.
    pub(super) fn read(text: &str, span: Span, langs: Langs, keys: &mut Vec<u8>) -> Self {
        let from = floor(text, span.start.saturating_sub(BEFORE));
        let to = floor(text, (span.end + AFTER).min(text.len()));
        let Some(slice) = text.get(from..to) else { return Self::default() };
        keys.clear();
        let mut segmenter = Segmenter::new(slice);
        let mut segments: SmallVec<[Segment; 32]> = SmallVec::new();
        let mut behind = 0;
        while let Some(segment) = segmenter.next(keys) {
            behind += usize::from(segment.start + from >= span.end);
            segments.push(segment);
            if behind > WORDS_AFTER {
                break;
            }
        }
        let cut = Cut { keys, segments: &segments, langs, offset: from };
        let inside = |at: usize| at + from;
        let first = segments.iter().position(|segment| inside(segment.end) > span.start);
        let Some(first) = first else { return Self::default() };
        let after = segments.iter().position(|segment| inside(segment.start) >= span.end);
        let after = after.unwrap_or(segments.len());
        // The word at the edge may be cut in two.
        let edge = usize::from(from > 0);
        let end = if to < text.len() { segments.len().saturating_sub(1) } else { segments.len() };
        let (before, close) = (text.get(..span.start), text.get(span.end..));
        let bracketed = before.is_some_and(|before| before.ends_with(['(', '[', '（']))
            && close.is_some_and(|close| close.starts_with([')', ']', '）']));
        let own = cut.key(first..after);
        let own_hash = filter::hash(own);
        let about = if after == first + 1 { words::about(own_hash) } else { About::default() };
        let left = cut.left(first, edge);
        let right = cut.right(after, end);
        let digit = |neighbour: &Neighbour| {
            let first = text.as_bytes().get(neighbour.start);
            neighbour.close && first.is_some_and(u8::is_ascii_digit)
        };
        let role_before = cut.role_before(first, edge);
        let begins = matches!(cut.gap(first), Gap::Start | Gap::Break | Gap::DotSpace)
            || before.is_some_and(|before| before.trim_end_matches([' ', '\t']).ends_with('\n'));
        Self {
            before: role_before,
            after: cut.role_after(after, end),
            score: form::result_follows(text, span),
            dateline: begins && form::opens_report(text, span),
            names_kind: cut.names_kind(first, after),
            of_name: role_before.is_none() && cut.of_name(first, edge),
            key: own_hash,
            number: digit(&left) || digit(&right),
            words: after - first,
            letters: own.iter().filter(|&&byte| byte & 0xC0 != 0x80).count(),
            cased: segments
                .get(first..after)
                .unwrap_or_default()
                .iter()
                .any(|segment| segment.has_upper() || segment.has_lower()),
            given_name: about.given_name,
            may_be_given: about.may_be_given_name,
            numbers: segments
                .iter()
                .enumerate()
                .filter(|(at, segment)| {
                    let key = keys.get(segment.key_start..segment.key_end).unwrap_or_default();
                    !(first..after).contains(at)
                        && key.len() <= 2
                        && key.iter().all(u8::is_ascii_digit)
                })
                .count(),
            case_ending: cut.gap(after) == Gap::Apostrophe
                && !holds(POSSESSIVES, cut.key(after..after + 1)),
            parenthesized: bracketed,
            among_capitals: cut.in_capitals(first, after, edge, end),
            common: about.langs & langs != 0 && langs != Langs::MAX,
            common_elsewhere: about.langs != 0,
            left,
            right,
        }
    }
}

/// A piece of text, cut.
struct Cut<'a> {
    keys: &'a [u8],
    segments: &'a [Segment],
    langs: Langs,
    offset: usize,
}

impl Cut<'_> {
    /// The keys of segments, without what stands between.
    fn key(&self, range: std::ops::Range<usize>) -> &[u8] {
        let part = self.segments.get(range).unwrap_or_default();
        let (Some(first), Some(last)) = (part.first(), part.last()) else { return &[] };
        self.keys.get(first.key_start..last.key_end).unwrap_or_default()
    }

    fn hash(&self, at: usize) -> u64 {
        filter::hash(self.key(at..at + 1))
    }

    fn gap(&self, at: usize) -> Gap {
        self.segments.get(at).map_or(Gap::Break, |segment| segment.gap)
    }

    /// The word before segment `first`; an elided particle hides it.
    fn left(&self, first: usize, edge: usize) -> Neighbour {
        let elided = |at: usize| holds(ELISIONS, self.key(at..at + 1));
        let before = match first.checked_sub(1).filter(|before| *before >= edge) {
            Some(before) if self.gap(first) != Gap::Apostrophe || !elided(before) => before,
            _ => return Neighbour::default(),
        };
        let begins = matches!(self.gap(before), Gap::Start | Gap::Break | Gap::DotSpace);
        self.neighbour(before, self.gap(first), begins)
    }

    /// The word after the last segment, a possessive left out.
    fn right(&self, after: usize, end: usize) -> Neighbour {
        if after >= end || self.gap(after) == Gap::Apostrophe {
            return Neighbour::default();
        }
        self.neighbour(after, self.gap(after), false)
    }

    fn neighbour(&self, at: usize, gap: Gap, begins: bool) -> Neighbour {
        let Some(segment) = self.segments.get(at) else { return Neighbour::default() };
        let capitalized = segment.is_capitalized();
        let close = gap == Gap::Space;
        let hash = self.hash(at);
        let about = if close { words::about(hash) } else { About::default() };
        let initial = capitalized && segment.is_single() && matches!(gap, Gap::DotSpace | Gap::Dot);
        let capital = close && capitalized && !begins;
        let common = capital && about.langs != 0;
        let apart =
            capital && (about.title || Phrases::get().is_never(phrases::next(0, hash), Langs::MAX));
        Neighbour {
            close,
            hyphen: gap == Gap::Dash,
            named: capital && !common && !apart,
            digit: self.key(at..at + 1).first().is_some_and(u8::is_ascii_digit),
            common: common && !apart,
            given_name: capitalized && about.may_be_given_name,
            title: about.title && is_plain_latin(self.key(at..at + 1)),
            initial,
            start: segment.start + self.offset,
            end: segment.end + self.offset,
        }
    }

    /// What the longest listed phrase before the mention introduces.
    fn role_before(&self, first: usize, edge: usize) -> Option<Role> {
        let phrases = Phrases::get();
        let mut role = None;
        // Hashes of the words after the phrase's first, the last word first.
        let mut rest: SmallVec<[u64; 4]> = SmallVec::new();
        for count in 1..=phrases::LONGEST.min(4) {
            let Some(start) = first.checked_sub(count).filter(|start| *start >= edge) else {
                break;
            };
            let soft = match self.gap(start + 1) {
                Gap::Space | Gap::Apostrophe => true,
                Gap::Mark(mark) => matches!(mark, '"' | '“' | '„' | '«'),
                Gap::Dash | Gap::Dot | Gap::DotSpace => {
                    self.segments.get(start).is_some_and(|word| word.end - word.start <= 4)
                }
                _ => false,
            };
            if !soft {
                break;
            }
            let with = |head: u64| {
                rest.iter()
                    .rev()
                    .fold(phrases::next(0, head), |hash, &word| phrases::next(hash, word))
            };
            let head = self.hash(start);
            let phrase = phrases.of(with(head));
            let found = phrase.and_then(|phrase| phrase.before(self.langs));
            role = found.or_else(|| self.without_proclitic(start, &with)).or(role);
            // Most words end no longer phrase.
            if count == 1 && !phrase.is_some_and(|phrase| phrase.ends_longer) {
                break;
            }
            rest.push(head);
        }
        role
    }

    /// True if a name of several words begins or ends with a word that says what it is.
    fn names_kind(&self, first: usize, after: usize) -> bool {
        let says = |role: Option<Role>| matches!(role, Some(Role::Region | Role::Place));
        let word = |at: usize| phrases::next(0, self.hash(at));
        after > first + 1
            && (says(Phrases::get().before(word(first), self.langs))
                || says(Phrases::get().after(word(after - 1), self.langs)))
    }

    /// True if `Name of` or `Name of the` stands before the mention.
    fn of_name(&self, first: usize, edge: usize) -> bool {
        const LINKS: &[&str] = &[
            "of", "de", "du", "des", "d", "del", "la", "las", "los", "da", "do", "dos", "das",
            "di", "della", "dei", "delle", "degli", "dell", "l", "von", "der", "van", "the",
        ];
        let mut at = first;
        while let Some(before) = at.checked_sub(1).filter(|before| *before >= edge) {
            if !matches!(self.gap(at), Gap::Space | Gap::Apostrophe) {
                return false;
            }
            if !holds(LINKS, self.key(before..at)) {
                let begins = matches!(self.gap(before), Gap::Start | Gap::Break | Gap::DotSpace);
                let capital = self.segments.get(before).is_some_and(Segment::is_capitalized);
                return at < first && capital && !begins && !words::about(self.hash(before)).title;
            }
            at = before;
        }
        false
    }

    /// The same where a particle is written to the phrase's first word.
    fn without_proclitic(&self, start: usize, with: &dyn Fn(u64) -> u64) -> Option<Role> {
        let table: &[Proclitic] = match self.segments.get(start) {
            Some(word) if word.is_arabic() => ARABIC,
            Some(word) if word.is_hebrew() => HEBREW,
            _ => return None,
        };
        let plain = table.iter().filter(|proclitic| proclitic.swallowed.is_empty());
        plain
            .filter_map(|proclitic| proclitic.strip(self.key(start..start + 1)))
            .find_map(|rest| Phrases::get().before(with(filter::hash(rest)), self.langs))
    }

    /// What the words after the mention say of it.
    fn role_after(&self, after: usize, end: usize) -> Option<Role> {
        let (mut role, mut hash) = (None, 0);
        for at in (after..end).take(2) {
            if !matches!(self.gap(at), Gap::Space) {
                break;
            }
            hash = phrases::next(hash, self.hash(at));
            let phrase = Phrases::get().of(hash);
            let found = phrase.and_then(|phrase| phrase.after(self.langs));
            let small = self.segments.get(at).is_some_and(|word| !word.is_capitalized());
            role = match found {
                // A hotel of a city is in it; the Hotel goes on with the name.
                Some(Role::Organization) if small && self.langs == phrases::langs("en") => role,
                found => found.or(role),
            };
            if !phrase.is_some_and(|phrase| phrase.begins_longer) {
                break;
            }
        }
        role
    }

    /// True if some words stand around and none has a small letter.
    fn in_capitals(&self, first: usize, after: usize, edge: usize, end: usize) -> bool {
        let before = self.segments.get(edge..first).unwrap_or_default();
        let behind = self.segments.get(after..end.max(after)).unwrap_or_default();
        let near = before.iter().rev().take(3).chain(behind.iter().take(3));
        let mut cased = near.filter(|word| word.has_upper() || word.has_lower()).peekable();
        cased.peek().is_some() && cased.all(|word| !word.has_lower())
    }
}

/// True if a key is in Latin letters: those are of ASCII but for a few.
fn is_plain_latin(key: &[u8]) -> bool {
    std::str::from_utf8(key).is_ok_and(|key| key.chars().all(|char| char < '\u{250}'))
}

/// The character boundary at or before `at`.
fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
