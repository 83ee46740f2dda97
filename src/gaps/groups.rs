//! The word groups of one document that look like names and that no listed name covers.
//!
//! In: a document. Out: [`Sightings`]: per key how often, how introduced, where; and how often the
//! document writes each word with a capital inside a sentence, and how often without.
//!
//! In scripts with case a group is a run of capitalized words, joined by spaces, hyphens and
//! particles (`Sidi bel Abbès`). In scripts without, it is what stands after an introducing phrase.

use std::collections::{BTreeMap, HashMap};

use smallvec::SmallVec;
use xxhash_rust::xxh3::xxh3_64;

use crate::normalize::{Gap, Group, Normalizer, Segment, Surface, plain};
use crate::phrases::{LONGEST, Langs, Phrases, Role, hash, langs};
use crate::span::Span;
use crate::tag::{
    ABBREVIATIONS, ARABIC, Document, ELISIONS, HEBREW, Habits, POSSESSIVES, TURKIC_SUFFIXES,
    Tagger, holds,
};
use crate::words;

/// Capitalized words that a name has at most; longer runs are headlines.
const MOST_WORDS: usize = 6;

/// Segments shown before and after a group as its context, and bytes at most.
const CONTEXT: usize = 7;
const MOST_CONTEXT: usize = 160;

/// Words in small letters that stand inside names, as keys.
const PARTICLES: &[&str] = &[
    "de", "du", "des", "d", "l", "la", "las", "los", "del", "della", "dei", "delle", "dell", "di",
    "da", "do", "dos", "das", "of", "the", "upon", "al", "el", "ul", "bin", "ben", "bel", "ibn",
    "von", "van", "der", "den", "ter", "am", "an", "ob",
];

/// Arabic articles: written small before a hyphen, they begin a name or stand inside it.
const ARTICLES: &[&str] = &[
    "al", "el", "ad", "an", "ar", "as", "ash", "at", "az", "ed", "er", "es", "ez", "аль", "эль",
    "ель", "аш", "эш",
];

/// Letters that a word in small letters between hyphens has at most: `Aix-en-Provence`.
const LONGEST_BETWEEN: usize = 4;

/// How often a word was seen.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Use {
    /// In a name's way: with a capital inside a sentence, or introduced where there is no case.
    pub(super) named: u32,
    /// Otherwise.
    pub(super) plain: u32,
}

/// What one document shows of one word group.
#[derive(Clone, Debug, Default)]
pub(super) struct Sighting {
    /// The group as first written.
    pub(super) name: String,
    pub(super) count: u32,
    /// Not at the beginning of a sentence, or introduced.
    pub(super) inside: u32,
    pub(super) places: u32,
    pub(super) groups: u32,
    pub(super) located: u32,
    pub(super) persons: u32,
    /// Text around it.
    pub(super) context: String,
    /// The script has no case: the end of the group is a guess.
    pub(super) caseless: bool,
    /// Hashes of the keys of its words, without listed ones.
    pub(super) words: SmallVec<[u64; 2]>,
}

/// What one document adds to the count of unlisted names; see [`Tagger::unlisted`].
#[derive(Clone, Debug, Default)]
pub struct Sightings {
    pub(super) lang: String,
    pub(super) groups: BTreeMap<String, Sighting>,
    pub(super) words: HashMap<u64, Use>,
}

/// A run of segments that may be a name.
#[derive(Clone, Copy, Debug)]
struct Run {
    first: usize,
    last: usize,
    /// Does not begin a sentence.
    inside: bool,
}

/// One document, cut.
struct Page<'t> {
    text: &'t str,
    langs: Langs,
    habits: Habits,
    /// Language of the common words; empty for all.
    lang: &'t str,
    keys: Vec<u8>,
    segments: Vec<Segment>,
    covers: Vec<Cover>,
}

/// What covers a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cover {
    None,
    Name,
    Demonym,
}

/// Finds the sightings of a document.
pub(super) fn sightings(tagger: &Tagger<'_>, document: &Document<'_>) -> Sightings {
    let page = Page::new(tagger, document);
    let mut found = Sightings { lang: document.lang.to_owned(), ..Sightings::default() };
    let mut at = 0;
    while let Some(segment) = page.segments.get(at) {
        page.note_use(at, &mut found);
        if let Some(run) = page.run(at) {
            for inner in at + 1..=run.last {
                page.note_use(inner, &mut found);
            }
            page.take_run(run, &mut found);
            at = run.last + 1;
            continue;
        }
        if is_caseless(segment) {
            page.take_caseless(at, &mut found);
        }
        at += 1;
    }
    found
}

/// A word of a script without case.
fn is_caseless(segment: &Segment) -> bool {
    segment.group == Group::Spaced && !segment.has_upper() && !segment.has_lower()
}

impl<'t> Page<'t> {
    fn new(tagger: &Tagger<'_>, document: &Document<'t>) -> Self {
        let mut keys = Vec::with_capacity(document.text.len());
        let segments = Surface::cut(document.text, &mut keys).segments;
        let mut covers = vec![Cover::None; segments.len()];
        let mut at = 0;
        for mention in tagger.find_iter(document.clone()) {
            let demonym = mention.candidates.iter().all(|candidate| candidate.is_demonym());
            let cover = if demonym { Cover::Demonym } else { Cover::Name };
            while segments.get(at).is_some_and(|segment| segment.end <= mention.span.start) {
                at += 1;
            }
            let rest = segments.iter().zip(&mut covers).skip(at);
            for (_, slot) in rest.take_while(|(segment, _)| segment.start < mention.span.end) {
                *slot = cover;
            }
        }
        let primary = document.lang.split('-').next().unwrap_or_default();
        Self {
            text: document.text,
            langs: langs(document.lang),
            habits: Habits::of(document.lang),
            lang: primary,
            keys,
            segments,
            covers,
        }
    }

    fn key(&self, at: usize) -> &str {
        let key = self.segments.get(at).and_then(|it| self.keys.get(it.key_start..it.key_end));
        std::str::from_utf8(key.unwrap_or_default()).unwrap_or_default()
    }

    fn gap(&self, at: usize) -> Gap {
        self.segments.get(at).map_or(Gap::Break, |segment| segment.gap)
    }

    fn is_capitalized(&self, at: usize) -> bool {
        self.segments.get(at).is_some_and(Segment::is_capitalized)
    }

    fn cover(&self, at: usize) -> Cover {
        self.covers.get(at).copied().unwrap_or(Cover::None)
    }

    fn is_abbreviation(&self, at: usize) -> bool {
        self.segments.get(at).is_some_and(Segment::is_single)
            || holds(ABBREVIATIONS, self.key(at).as_bytes())
    }

    /// True if the segment goes on with the sentence of the one before it.
    fn is_inside(&self, at: usize) -> bool {
        match self.gap(at) {
            Gap::Start | Gap::Break => false,
            Gap::DotSpace => at > 0 && holds(ABBREVIATIONS, self.key(at - 1).as_bytes()),
            Gap::Mark(mark) => {
                !matches!(mark, '!' | '?' | ':' | '…' | '"' | '“' | '„' | '«' | '»' | '‹')
            }
            Gap::Apostrophe => at == 0 || self.is_inside(at - 1),
            _ => true,
        }
    }

    /// True if a phrase may run from the segment before into this one.
    fn is_soft(&self, at: usize) -> bool {
        match self.gap(at) {
            Gap::Space | Gap::Apostrophe => true,
            Gap::Dot | Gap::DotSpace => at > 0 && self.is_abbreviation(at - 1),
            // A quoted name: the group "Foo".
            Gap::Mark(mark) => matches!(mark, '"' | '“' | '„' | '«'),
            _ => false,
        }
    }

    fn is_common(&self, at: usize) -> bool {
        let languages = words::languages(self.key(at));
        let own = self.lang.is_empty() || languages.contains(&self.lang);
        own && !languages.is_empty() || Phrases::get().is_never(hash([self.key(at)]), self.langs)
    }

    /// Counts how a single word is written.
    fn note_use(&self, at: usize, found: &mut Sightings) {
        let Some(segment) = self.segments.get(at) else { return };
        if segment.group != Group::Spaced || segment.is_capitalized() && !self.is_inside(at) {
            return;
        }
        let entry = found.words.entry(xxh3_64(self.key(at).as_bytes())).or_default();
        if segment.is_capitalized() { entry.named += 1 } else { entry.plain += 1 }
    }

    /// The run of capitalized words that begins at a segment.
    fn run(&self, at: usize) -> Option<Run> {
        let small = !self.is_capitalized(at);
        let article = small && holds(ARTICLES, self.key(at).as_bytes());
        if small && !(article && self.gap(at + 1) == Gap::Dash && self.is_capitalized(at + 1)) {
            return None;
        }
        let mut last = at;
        while let Some(next) = self.next_of_run(last) {
            last = next;
        }
        Some(Run { first: at, last, inside: self.is_inside(at) })
    }

    /// The next capitalized word of the run, if it goes on.
    fn next_of_run(&self, last: usize) -> Option<usize> {
        // Up to two particles stand between.
        for next in last + 1..last + 4 {
            let segment = self.segments.get(next)?;
            let joined = match segment.gap {
                Gap::Space | Gap::Dash => true,
                Gap::Dot | Gap::DotSpace => next == last + 1 && self.is_abbreviation(last),
                Gap::Apostrophe if next == last + 1 && !segment.is_capitalized() => {
                    // Sana'a is one word; 's and Turkish endings are not its parts.
                    let key = self.key(next).as_bytes();
                    let ending = holds(POSSESSIVES, key)
                        || self.habits.has(Habits::ONLY_ENDINGS)
                        || self.habits.has(Habits::ENDINGS) && holds(TURKIC_SUFFIXES, key);
                    return (!ending && segment.starts_lower()).then_some(next);
                }
                Gap::Apostrophe => true,
                _ => false,
            };
            if !joined {
                return None;
            }
            if segment.is_capitalized() {
                return Some(next);
            }
            if !self.is_particle(next) {
                return None;
            }
        }
        None
    }

    /// True if a word in small letters may stand inside a name.
    fn is_particle(&self, at: usize) -> bool {
        let key = self.key(at);
        let hyphen = self.gap(at + 1) == Gap::Dash;
        hyphen && self.gap(at) == Gap::Dash && key.chars().count() <= LONGEST_BETWEEN
            || hyphen && holds(ARTICLES, key.as_bytes())
            || holds(PARTICLES, key.as_bytes())
    }

    /// Cuts what is no name off a run, and notes the rest.
    fn take_run(&self, mut run: Run, found: &mut Sightings) {
        // An elided particle stays outside; a capital one only where the sentence asks for it.
        while run.first < run.last
            && self.gap(run.first + 1) == Gap::Apostrophe
            && holds(ELISIONS, self.key(run.first).as_bytes())
            && (!self.is_capitalized(run.first) || !run.inside)
        {
            run.first += 1;
        }
        // The word that begins a sentence owes its capital to that.
        while !run.inside && run.first <= run.last && self.is_common(run.first) {
            let Some(next) = self.next_capital(run.first, run.last) else { return };
            run = Run { first: next, inside: true, ..run };
        }
        // Where a particle leads to or from a listed name, the parts are two names.
        let mut first = run.first;
        for at in run.first..=run.last {
            let particle = !self.is_capitalized(at) && at > run.first;
            let bound = particle
                && self.gap(at) != Gap::Apostrophe
                && self.gap(at) != Gap::Dash
                && self.next_capital(at, run.last).is_some_and(|next| {
                    (self.cover(next) == Cover::Name) != (self.cover(at - 1) == Cover::Name)
                });
            if bound && at > first {
                self.take_part(Run { first, last: at - 1, ..run }, found);
                let Some(next) = self.next_capital(at, run.last) else { return };
                first = next;
                run.inside = true;
            }
        }
        if first <= run.last {
            self.take_part(Run { first, ..run }, found);
        }
    }

    /// The next capitalized segment after `at`, up to `last`.
    fn next_capital(&self, at: usize, last: usize) -> Option<usize> {
        (at + 1..=last).find(|&next| self.is_capitalized(next))
    }

    /// Takes heads and adjectives off, and notes what is left.
    fn take_part(&self, mut run: Run, found: &mut Sightings) {
        let mut roles: SmallVec<[Role; 2]> = SmallVec::new();
        for _ in 0..LONGEST {
            let Some((next, role)) = self.leading(&run) else { break };
            roles.push(role);
            run = Run { first: next, inside: true, ..run };
        }
        if let Some((last, role)) = self.trailing(&run) {
            roles.push(role);
            run.last = last;
        }
        roles.extend(self.role_before(run.first));
        roles.extend(self.role_after(run.last));
        self.trim_demonyms(&mut run);
        let capitals = (run.first..=run.last).filter(|&at| self.is_capitalized(at)).count();
        let open = |at: &usize| self.cover(*at) == Cover::None && self.is_capitalized(*at);
        let words: SmallVec<[u64; 2]> = (run.first..=run.last)
            .filter(open)
            .map(|at| xxh3_64(self.key(at).as_bytes()))
            .collect();
        let is_word = capitals == 1;
        if words.is_empty()
            || capitals > MOST_WORDS
            || self.is_no_name(&run)
            || is_word && (run.first..=run.last).filter(open).all(|at| self.is_common(at))
            || Phrases::get().is_never(self.hashed(run.first, run.last), self.langs)
            || self.habits.has(Habits::NOUNS)
                && is_word
                && !roles.iter().any(|role| role.introduces())
        {
            return;
        }
        self.note(&run, &roles, words, false, found);
    }

    /// Adjectives beside a single other word say where it is, and belong to no name.
    fn trim_demonyms(&self, run: &mut Run) {
        let open = (run.first..=run.last)
            .filter(|&at| self.is_capitalized(at) && self.cover(at) != Cover::Demonym)
            .count();
        if open > 1 {
            return;
        }
        while run.first < run.last && self.cover(run.first) == Cover::Demonym {
            run.first += 1;
            run.inside = true;
        }
        while run.first < run.last && self.cover(run.last) == Cover::Demonym {
            run.last -= 1;
        }
    }

    /// Several words all in capitals are a headline; a word with a digit is a code.
    fn is_no_name(&self, run: &Run) -> bool {
        let mut words = self.segments.iter().take(run.last + 1).skip(run.first);
        let digit = |at| self.key(at).contains(|char: char| char.is_numeric());
        run.last == run.first && digit(run.first)
            || run.last > run.first && words.all(|segment| !segment.has_lower())
    }

    /// A capitalized head that begins the run, and where the name begins after it.
    fn leading(&self, run: &Run) -> Option<(usize, Role)> {
        for count in (1..=LONGEST).rev() {
            let next = run.first + count;
            if next > run.last || !self.is_capitalized(next) {
                continue;
            }
            let words = self.hashed(run.first, next - 1);
            let before = Phrases::get().before(words, self.langs);
            if let Some(role @ (Role::Unit | Role::Region | Role::Person)) = before {
                return Some((next, role));
            }
        }
        None
    }

    /// A capitalized head that ends the run, and where the name ends before it.
    fn trailing(&self, run: &Run) -> Option<(usize, Role)> {
        let last = run.last.checked_sub(1).filter(|last| *last >= run.first)?;
        let role = Phrases::get().after(hash([self.key(run.last)]), self.langs)?;
        (matches!(role, Role::Unit | Role::Region) && self.is_capitalized(last))
            .then_some((last, role))
    }

    /// Keys of segments, joined by spaces.
    fn joined(&self, first: usize, last: usize) -> String {
        (first..=last).map(|at| self.key(at)).collect::<Vec<_>>().join(" ")
    }

    /// The hash of the segments' phrase.
    fn hashed(&self, first: usize, last: usize) -> u64 {
        hash((first..=last).map(|at| self.key(at)))
    }

    /// What the words before a segment say of it; the longest phrase counts.
    fn role_before(&self, first: usize) -> Option<Role> {
        let mut role = None;
        for count in 1..=LONGEST {
            let Some(start) = first.checked_sub(count) else { break };
            if !self.is_soft(start + 1) {
                break;
            }
            let words = self.joined(start, first - 1);
            role = self.phrase_before(start, &words).or(role);
        }
        role
    }

    /// Looks a phrase up; a particle may be written to its first word.
    fn phrase_before(&self, start: usize, words: &str) -> Option<Role> {
        let phrases = Phrases::get();
        let table = match self.segments.get(start) {
            Some(segment) if segment.is_arabic() => ARABIC,
            Some(segment) if segment.is_hebrew() => HEBREW,
            _ => return phrases.before(hash(words.split(' ')), self.langs),
        };
        phrases.before(hash(words.split(' ')), self.langs).or_else(|| {
            let rests = table.iter().filter(|proclitic| proclitic.swallowed.is_empty());
            rests
                .filter_map(|proclitic| words.strip_prefix(proclitic.letters))
                .find_map(|rest| phrases.before(hash(rest.split(' ')), self.langs))
        })
    }

    /// What the words after a segment say of it.
    fn role_after(&self, last: usize) -> Option<Role> {
        let mut role = None;
        for count in 1..=2 {
            // Turkish endings are phrases, too.
            match self.gap(last + count) {
                Gap::Space => {}
                Gap::Apostrophe if count == 1 => {}
                _ => break,
            }
            let words = self.hashed(last + 1, last + count);
            role = Phrases::get().after(words, self.langs).or(role);
        }
        role
    }

    /// In scripts without case: one or two words after an introducing phrase.
    fn take_caseless(&self, at: usize, found: &mut Sightings) {
        let role = self.role_before(at).filter(|role| role.introduces());
        let Some(role) = role.filter(|_| self.is_caseless_name(at)) else { return };
        for last in at..at + 2 {
            if last > at && !(self.gap(last) == Gap::Space && self.is_caseless_name(last)) {
                break;
            }
            let run = Run { first: at, last, inside: true };
            let words: SmallVec<[u64; 2]> =
                (at..=last).map(|at| xxh3_64(self.key(at).as_bytes())).collect();
            if last == at {
                let entry = found.words.entry(words.iter().copied().next().unwrap_or(0));
                let seen = entry.or_default();
                // It was counted as a plain word before.
                (seen.named, seen.plain) = (seen.named + 1, seen.plain.saturating_sub(1));
            }
            self.note(&run, &[role], words, true, found);
        }
    }

    fn is_caseless_name(&self, at: usize) -> bool {
        let Some(segment) = self.segments.get(at) else { return false };
        let letters = self.key(at).chars();
        is_caseless(segment)
            && self.cover(at) == Cover::None
            && letters.clone().count() >= 3
            && letters.clone().all(char::is_alphabetic)
            && !self.is_common(at)
    }

    fn note(
        &self,
        run: &Run,
        roles: &[Role],
        words: SmallVec<[u64; 2]>,
        caseless: bool,
        found: &mut Sightings,
    ) {
        let edge = |at: usize| {
            self.segments.get(at).map_or(Span::default(), |it| Span::new(it.start, it.end))
        };
        let span = Span::new(edge(run.first).start, edge(run.last).end);
        let surface = self.text.get(span.range()).unwrap_or_default();
        let key = Normalizer::new().key(surface);
        if key.chars().count() < 2 {
            return;
        }
        let has = |wanted| roles.contains(&wanted);
        let (place, group) =
            (has(Role::Unit) || has(Role::Region) || has(Role::Place), has(Role::Group));
        let introduced = place || group;
        let entry = found.groups.entry(key.into_owned()).or_default();
        let first_introduced = introduced && entry.places + entry.groups == 0;
        if entry.count == 0 || first_introduced {
            entry.context = self.context(run);
        }
        if entry.count == 0 {
            entry.name = tidy(surface);
            entry.words = words;
            entry.caseless = caseless;
        }
        entry.count += 1;
        entry.inside += u32::from(run.inside || introduced);
        entry.places += u32::from(place);
        entry.groups += u32::from(group);
        entry.located += u32::from(has(Role::Where));
        entry.persons += u32::from(has(Role::Person) || has(Role::Organization));
    }

    /// The text around a run, on one line.
    fn context(&self, run: &Run) -> String {
        let first = self.segments.get(run.first.saturating_sub(CONTEXT));
        let last = self.segments.get((run.last + CONTEXT).min(self.segments.len() - 1));
        let (Some(first), Some(last)) = (first, last) else { return String::new() };
        let mut context = tidy(self.text.get(first.start..last.end).unwrap_or_default());
        if let Some((end, _)) = context.char_indices().find(|&(at, _)| at >= MOST_CONTEXT) {
            context.truncate(end);
            context.push('…');
        }
        context
    }
}

/// Without invisible characters, and every run of spaces one space.
fn tidy(text: &str) -> String {
    let visible: String = text.chars().filter(|char| plain(*char).is_some()).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}
