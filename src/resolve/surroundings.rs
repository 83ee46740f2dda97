//! What stands around a mention: the words beside it and what they introduce.
//!
//! In: the words around a span ([`Around`]). Out: [`Surroundings`]: the neighbours, and what listed
//! phrases say of the name between them ([`crate::phrases`]).

use std::sync::LazyLock;

use smallvec::SmallVec;

use super::form;
use crate::layout::filter;
use crate::normalize::Gap;
use crate::phrases::{self, Langs, Phrases, Role};
use crate::span::Span;
use crate::tag::{ARABIC, Around, ELISIONS, HEBREW, Habits, Mention, POSSESSIVES, Proclitic, Run};
use crate::words::{self, About, Table};

/// What stands around a mention.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Surroundings {
    pub(super) left: Neighbour,
    pub(super) right: Neighbour,
    /// What a phrase before or after it introduces.
    pub(super) before: Option<Role>,
    pub(super) after: Option<Role>,
    /// Hash of the mention's own key.
    pub(super) key: u64,
    /// A word like “in” stands before it, and its capital tells that it is a name.
    pub(super) located: bool,
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
    /// The name of an institution begins some words before it and goes on to it.
    pub(super) chained: bool,
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
pub(crate) struct Neighbour {
    /// With one blank between.
    pub(super) close: bool,
    /// With a hyphen between.
    pub(super) hyphen: bool,
    /// Capitalized without being a common word, a month, a title.
    pub(super) named: bool,
    /// With a hyphen between, and it begins with a digit.
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

    /// Looks at both sides of a mention, which stands in `run`.
    pub(super) fn read(
        text: &str,
        mention: &Mention,
        around: &Around<'_, '_>,
        run: &Run<'_>,
    ) -> Self {
        let Run { langs, habits, .. } = *run;
        let (span, first, after) = (mention.span, around.first, around.after);
        let (gap_before, gap_after) = (around.gap(first), around.gap(after));
        let cut = Cut { around, langs, habits, gap_before, gap_after };
        let (before, close) = (text.get(..span.start), text.get(span.end..));
        let bracketed = before.is_some_and(|before| before.ends_with(['(', '[', '（']))
            && close.is_some_and(|close| close.starts_with([')', ']', '）']));
        let key = around.own_hash();
        let about = if after == first + 1 { words::about(key) } else { About::default() };
        let (left, right) = (cut.left(), cut.right());
        let digit = |neighbour: &Neighbour| {
            let first = text.as_bytes().get(neighbour.start);
            neighbour.close && first.is_some_and(u8::is_ascii_digit)
        };
        let role_before = cut.role_before();
        let mut back = before.unwrap_or_default().bytes().rev();
        let begins = gap_before.begins_sentence()
            || back.find(|byte| !matches!(byte, b' ' | b'\t')) == Some(b'\n');
        let common = about.langs & langs != 0 && langs != Langs::MAX;
        let cased = mention.context.cased;
        Self {
            before: role_before,
            after: cut.role_after(),
            score: form::result_follows(text, span),
            dateline: begins && form::opens_report(text, span),
            names_kind: cut.names_kind(),
            of_name: role_before.is_none() && cut.of_name(),
            chained: habits.has(Habits::CHAINS) && cut.is_chained(),
            key,
            located: role_before == Some(Role::Where)
                && cased
                && !common
                && !habits.has(Habits::FEW_TELL),
            number: digit(&left) || digit(&right),
            words: after - first,
            letters: (first..after).map(|at| around.letters(at)).sum(),
            cased,
            given_name: about.given_name,
            may_be_given: about.may_be_given_name,
            numbers: around.short_numbers(),
            case_ending: gap_after == Gap::Apostrophe && !around.is_one_of(after, POSSESSIVES),
            parenthesized: bracketed,
            among_capitals: cut.in_capitals(),
            common,
            common_elsewhere: about.langs != 0,
            left,
            right,
        }
    }
}

/// Words that join a name to the one before it, by the hashes of their keys.
static LINKS: LazyLock<Table<bool>> = LazyLock::new(|| {
    let links = [
        "of", "de", "du", "des", "d", "del", "la", "las", "los", "da", "do", "dos", "das", "di",
        "della", "dei", "delle", "degli", "dell", "l", "von", "der", "van", "the",
    ];
    Table::of(&links.map(|word| (filter::hash(word.as_bytes()), true)))
});

/// The words around a mention, with the text's languages.
struct Cut<'a> {
    around: &'a Around<'a, 'a>,
    langs: Langs,
    habits: Habits,
    gap_before: Gap,
    gap_after: Gap,
}

impl Cut<'_> {
    /// The word before the mention; an elided particle hides it.
    fn left(&self) -> Neighbour {
        let gap = self.gap_before;
        let Around { first, edge, .. } = *self.around;
        let elided = |at: usize| self.around.is_one_of(at, ELISIONS);
        let before = match first.checked_sub(1).filter(|before| *before >= edge) {
            Some(before) if gap != Gap::Apostrophe || !elided(before) => before,
            _ => return Neighbour::default(),
        };
        self.neighbour(before, gap, true)
    }

    /// The word after the mention, a possessive left out.
    fn right(&self) -> Neighbour {
        let gap = self.gap_after;
        let Around { after, end, .. } = *self.around;
        if after >= end || gap == Gap::Apostrophe {
            return Neighbour::default();
        }
        self.neighbour(after, gap, false)
    }

    fn neighbour(&self, at: usize, gap: Gap, is_left: bool) -> Neighbour {
        let capitalized = self.around.is_capitalized(at);
        let close = gap == Gap::Space;
        let hash = self.around.hash(at);
        let about = if close { words::about(hash) } else { About::default() };
        let dotted = capitalized && matches!(gap, Gap::DotSpace | Gap::Dot);
        let capital = close && capitalized && !(is_left && self.begins(at));
        let common = capital && about.langs != 0;
        let apart =
            capital && (about.title || Phrases::get().is_never(phrases::next(0, hash), Langs::MAX));
        let Span { start, end } = self.around.span(at);
        Neighbour {
            close,
            hyphen: gap == Gap::Dash,
            named: capital && !common && !apart,
            digit: gap == Gap::Dash && self.around.begins_with_digit(at),
            common: common && !apart,
            given_name: capitalized && about.may_be_given_name,
            title: about.title && is_plain_latin(&self.around.key(at)),
            initial: dotted && self.around.letters(at) == 1,
            start,
            end,
        }
    }

    /// What stands before a word.
    fn gap(&self, at: usize) -> Gap {
        match at {
            first if first == self.around.first => self.gap_before,
            after if after == self.around.after => self.gap_after,
            other => self.around.gap(other),
        }
    }

    /// True if a word begins a sentence.
    fn begins(&self, at: usize) -> bool {
        self.around.gap(at).begins_sentence()
    }

    /// What the longest listed phrase before the mention introduces.
    fn role_before(&self) -> Option<Role> {
        let Around { first, edge, .. } = *self.around;
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
                Gap::Dash | Gap::Dot | Gap::DotSpace => self.around.span(start).len() <= 4,
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
            let head = self.around.hash(start);
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
    fn names_kind(&self) -> bool {
        let Around { first, after, .. } = *self.around;
        let says = |role: Option<Role>| matches!(role, Some(Role::Region | Role::Place));
        let word = |at: usize| phrases::next(0, self.around.hash(at));
        after > first + 1
            && (says(Phrases::get().before(word(first), self.langs))
                || says(Phrases::get().after(word(after - 1), self.langs)))
    }

    /// True if `Name of` or `Name of the` stands before the mention.
    fn of_name(&self) -> bool {
        let Around { first, edge, .. } = *self.around;
        let mut at = first;
        while let Some(before) = at.checked_sub(1).filter(|before| *before >= edge) {
            if !matches!(self.gap(at), Gap::Space | Gap::Apostrophe) {
                return false;
            }
            let hash = self.around.hash(before);
            if !LINKS.get(hash) {
                return at < first
                    && self.around.is_capitalized(before)
                    && !self.begins(before)
                    && !words::about(hash).title;
            }
            at = before;
        }
        false
    }

    /// The same where a particle is written to the phrase's first word.
    fn without_proclitic(&self, start: usize, with: &dyn Fn(u64) -> u64) -> Option<Role> {
        let table: &[Proclitic] = match start {
            word if self.around.is_arabic(word) => ARABIC,
            word if self.around.is_hebrew(word) => HEBREW,
            _ => return None,
        };
        let key = self.around.key(start);
        let plain = table.iter().filter(|proclitic| proclitic.swallowed.is_empty());
        plain
            .filter_map(|proclitic| proclitic.strip(&key))
            .find_map(|rest| Phrases::get().before(with(filter::hash(rest)), self.langs))
    }

    /// What the words after the mention say of it.
    fn role_after(&self) -> Option<Role> {
        let Around { after, end, .. } = *self.around;
        let (mut role, mut hash) = (None, 0);
        for at in (after..end).take(2) {
            if self.gap(at) != Gap::Space {
                break;
            }
            hash = phrases::next(hash, self.around.hash(at));
            let phrase = Phrases::get().of(hash);
            let found = phrase.and_then(|phrase| phrase.after(self.langs));
            let small = !self.around.is_capitalized(at);
            role = match found {
                // A hotel of a city is in it; the Hotel goes on with the name.
                Some(Role::Organization) if small && self.habits.has(Habits::PARTS) => role,
                found => found.or(role),
            };
            if !phrase.is_some_and(|phrase| phrase.begins_longer) {
                break;
            }
        }
        role
    }

    /// True if a word that begins names of institutions stands before the mention, with some words
    /// between and no mark, over which such names go on: دانشگاه صنعتی _.
    fn is_chained(&self) -> bool {
        const LONGEST: usize = 4;
        let Around { first, edge, .. } = *self.around;
        for count in 1..=LONGEST {
            let Some(at) = first.checked_sub(count).filter(|at| *at >= edge) else { break };
            if self.gap(at + 1) != Gap::Space {
                break;
            }
            let phrase = Phrases::get().of(phrases::next(0, self.around.hash(at)));
            let Some(phrase) = phrase else { continue };
            let in_text = |langs: Langs| langs & self.langs != 0;
            if in_text(phrase.breaks) || count == 1 && in_text(phrase.joins) {
                break;
            }
            if in_text(phrase.chain) {
                return true;
            }
        }
        false
    }

    /// True if some words stand around and none has a small letter.
    fn in_capitals(&self) -> bool {
        let Around { first, after, edge, end, .. } = *self.around;
        let mut capitals = false;
        for at in (edge..first).rev().take(3).chain((after..end).take(3)) {
            if self.around.has_lower(at) {
                return false;
            }
            capitals |= self.around.has_upper(at);
        }
        capitals
    }
}

/// True if a key is in Latin letters: those are of ASCII but for a few.
fn is_plain_latin(key: &[u8]) -> bool {
    std::str::from_utf8(key).is_ok_and(|key| key.chars().all(|char| char < '\u{250}'))
}
