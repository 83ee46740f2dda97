//! The scan: from segments to mentions.
//!
//! For every segment: may a name begin here ([`Filter`]), which keys run along the text from here
//! ([`Keys`]), does a listed name with such a key meet the text by its policy. The longest that
//! does is the mention, and the scan goes on behind it.

use smallvec::SmallVec;

use super::policy::{self, Mismatch, Shape};
use super::tables::{self, Proclitic};
use super::window::Window;
use super::{Candidate, Context, Document, Mention, PersonWord, Tagger, TextCase};
use crate::gazetteer::{EntityKey, Keys, Place, View};
use crate::layout::Row;
use crate::layout::filter::{self, Filter, Use};
use crate::normalize::{Gap, Group, PlainWord, Segment, Segmenter, Verdict};
use crate::record::{Date, Kind, Policy, Role};
use crate::span::Span;
use crate::words;

/// What the scan needs of each layer.
pub(crate) struct Tables<'g> {
    layers: Vec<Layer<'g>>,
}

struct Layer<'g> {
    view: View<'g>,
    keys: Keys<'g>,
    filter: Filter<'g>,
}

impl<'g> Tables<'g> {
    pub(super) fn new(views: &[View<'g>]) -> Self {
        let layer = |&view: &View<'g>| Layer { view, keys: view.keys(), filter: view.filter() };
        Self { layers: views.iter().map(layer).collect() }
    }
}

/// Iterator over the mentions of a text, see [`Tagger::find_iter`].
pub struct Mentions<'t, 'g> {
    tagger: &'t Tagger<'g>,
    text: &'t str,
    window: Window<'t>,
    case: TextCase,
    turkic: bool,
    date: Option<Date>,
    code: super::code::CodeSense,
    /// Overlapping mentions found at one place, last first.
    queue: Vec<Mention>,
    /// Where refused names are noted, for `explain`.
    attempts: Option<Vec<Attempt>>,
}

/// A listed name that has the key of a span, and what came of it.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    pub(crate) span: Span,
    pub(crate) layer: u16,
    pub(crate) row: u32,
    pub(crate) refused: Option<Mismatch>,
}

/// A place in the text where a key ends.
struct End {
    /// Segments from the first on.
    segments: usize,
    end: usize,
    shape: Shape,
    /// Bytes of the key.
    key: usize,
    /// First row of the key in the layer that was walked.
    row: u32,
    particle: bool,
    /// Ends with single letters joined by dots.
    dotted: bool,
}

/// What may have been taken off the front of the first segment.
#[derive(Clone, Copy, Default)]
struct Peel {
    key_bytes: usize,
    text_bytes: usize,
    swallowed: &'static str,
}

impl<'t, 'g> Mentions<'t, 'g> {
    pub(crate) fn new(tagger: &'t Tagger<'g>, document: &Document<'t>) -> Self {
        let primary = document.lang.split('-').next().unwrap_or_default();
        Self {
            tagger,
            text: document.text,
            window: Window::new(document.text),
            case: sense_case(document.text),
            turkic: matches!(primary, "" | "tr" | "az" | "crh" | "tk"),
            date: document.date,
            code: super::code::CodeSense::default(),
            queue: Vec::new(),
            attempts: None,
        }
    }

    /// The same, noting every listed name that has the key of some span.
    pub(crate) fn noting_attempts(mut self) -> Self {
        self.attempts = Some(Vec::new());
        self
    }

    pub(crate) fn attempts(self) -> Vec<Attempt> {
        self.attempts.unwrap_or_default()
    }

    /// The mention that begins at the current segment, and how many segments it takes.
    #[inline]
    fn try_here(&mut self, first: Segment) -> Option<(Mention, usize)> {
        let hash = filter::hash(self.window.key(&first, &first));
        if self.may_begin(&first, 0, hash, first.starts_lower()) {
            let found = self.try_walk(first, Peel::default());
            if found.is_some() {
                return found;
            }
        }
        if first.is_arabic() {
            return self.try_proclitics(first, tables::ARABIC);
        }
        if first.is_hebrew() {
            return self.try_proclitics(first, tables::HEBREW);
        }
        None
    }

    /// Asks the filters whether a name may begin here; `hash` is that of the first segment's key, or
    /// of what a proclitic of `taken` bytes leaves of it. (A place to ask with stems, too.)
    #[inline]
    fn may_begin(&mut self, first: &Segment, taken: usize, hash: u64, lower: bool) -> bool {
        let lower = lower && self.case == TextCase::Mixed;
        if self.listed(hash, Use::Whole, lower)
            || self.listed(hash, Use::First, lower) && self.pair_goes_on(1, hash, lower)
        {
            return true;
        }
        // The segment may be a part of a piece only: before an apostrophe or a dot, or with a
        // particle written to it.
        if first.is_hangul() && self.may_begin_before_particle(first, lower) {
            return true;
        }
        self.may_join(first) && self.may_begin_joined(first, taken, lower)
    }

    /// True if what stands right after the segment may join it to the next one; looks at one byte,
    /// so that the scan does not run ahead for nothing.
    #[inline]
    fn may_join(&self, segment: &Segment) -> bool {
        let after = self.text.as_bytes().get(segment.end);
        after.is_some_and(|&byte| matches!(byte, b'\'' | b'.' | b'`' | b'"') || byte >= 0x80)
    }

    #[inline]
    fn listed(&self, hash: u64, use_: Use, lower: bool) -> bool {
        self.tagger.scan.layers.iter().any(|layer| layer.filter.may_hold(hash, use_, lower))
    }

    /// True if a name may go on with the piece `ahead` after a first piece with hash `first`.
    fn pair_goes_on(&mut self, ahead: usize, first: u64, lower: bool) -> bool {
        let Some(start) = self.window.get(ahead) else { return false };
        let mut last = start;
        for next in ahead + 1.. {
            let hash = filter::hash(self.window.key(&start, &last));
            if self.listed(filter::pair(first, hash), Use::Pair, lower) {
                return true;
            }
            if !self.may_join(&last) {
                break;
            }
            match self.window.get(next) {
                Some(after) if after.continues_piece(&last) => last = after,
                _ => break,
            }
        }
        let key = self.window.key(&last, &last);
        last.is_hangul()
            && without_particle(key)
                .any(|rest| self.listed(filter::pair(first, filter::hash(rest)), Use::Pair, lower))
    }

    /// The same for pieces of several segments, from the shortest.
    fn may_begin_joined(&mut self, first: &Segment, taken: usize, lower: bool) -> bool {
        let mut last = *first;
        for ahead in 1.. {
            match self.window.get(ahead) {
                Some(next) if next.continues_piece(&last) => last = next,
                _ => return false,
            }
            let key = self.window.key(first, &last);
            let hash = filter::hash(key.get(taken..).unwrap_or_default());
            if self.listed(hash, Use::Whole, lower)
                || self.listed(hash, Use::First, lower) && self.pair_goes_on(ahead + 1, hash, lower)
            {
                return true;
            }
        }
        false
    }

    fn may_begin_before_particle(&self, first: &Segment, lower: bool) -> bool {
        let key = self.window.key(first, first);
        without_particle(key).any(|rest| self.listed(filter::hash(rest), Use::Whole, lower))
    }

    /// Walks the keys of all layers along the text.
    fn try_walk(&mut self, first: Segment, peel: Peel) -> Option<(Mention, usize)> {
        let mut ends: SmallVec<[End; 4]> = SmallVec::new();
        let mut key: SmallVec<[u8; 64]> = SmallVec::new();
        for layer in 0..self.tagger.scan.layers.len() {
            self.walk(layer, first, peel, &mut key, &mut ends);
        }
        if ends.is_empty() {
            return None;
        }
        // Longest first; several layers may have found the same end.
        ends.sort_by(|one, other| other.end.cmp(&one.end).then(one.particle.cmp(&other.particle)));
        ends.dedup_by_key(|end| (end.end, end.particle));
        self.boundary_before(&first)?;
        let start = first.start + peel.text_bytes;
        if peel.text_bytes > 0 {
            let letters =
                |end: &End| key.iter().take(end.key).filter(|&&byte| byte & 0xC0 != 0x80).count();
            ends.retain(|end| letters(end) >= tables::LEAST_AFTER_PROCLITIC);
        }
        let mut longest = None;
        for end in ends {
            let mut span = Span::new(start, self.with_last_dot(&end));
            let Some(key) = key.get(..end.key) else { continue };
            let candidates = self.candidates(key, end.row, &end.shape, span);
            span.start -= self.leading_apostrophe(span, &candidates);
            if candidates.is_empty() || self.code.is_code(self.text, span) {
                continue;
            }
            let context = self.context(&first, &end);
            let clitic = peel.text_bytes > 0 || end.particle;
            let mention = Mention { span, candidates, clitic, context };
            if !self.tagger.options.overlapping {
                return Some((mention, end.segments));
            }
            if longest.is_none() {
                longest = Some((mention, 1));
            } else {
                self.queue.push(mention);
            }
        }
        self.queue.reverse();
        longest
    }

    /// Collects where keys of one layer end; `key` becomes the longest run of key bytes walked.
    fn walk(
        &mut self,
        layer: usize,
        first: Segment,
        peel: Peel,
        key: &mut SmallVec<[u8; 64]>,
        ends: &mut SmallVec<[End; 4]>,
    ) {
        let tagger = self.tagger;
        let Some(Layer { keys, .. }) = tagger.scan.layers.get(layer) else { return };
        let mut shape = Shape::default();
        let mut place = keys.start();
        let mut before = first;
        let mut walked = 0;
        for ahead in 0.. {
            let Some(segment) = self.window.get(ahead) else { return };
            let mut separator: &[u8] = b"";
            if ahead > 0 {
                match self.crossing(&before, &segment) {
                    None => return,
                    Some(Crossing::Joined) => {}
                    Some(Crossing::Apart) => separator = b" ",
                    Some(Crossing::Listed) => {
                        if segment.gap != Gap::Apostrophe {
                            separator = b" ";
                        }
                        shape.marks.push((ahead, segment.gap));
                    }
                }
            }
            let Some(next) = keys.walk(place, separator) else { return };
            let part = self.window.key(&segment, &segment);
            let (swallowed, part) = if ahead == 0 {
                (peel.swallowed.as_bytes(), part.get(peel.key_bytes..).unwrap_or_default())
            } else {
                (&b""[..], part)
            };
            note(key, &mut walked, separator);
            note(key, &mut walked, swallowed);
            let Some(next) = keys.walk(next, swallowed) else { return };
            shape.push(&segment, (ahead > 0).then_some(&before));
            if segment.is_hangul() {
                self.particle_ends(keys, next, &segment, part, walked, &shape, ahead, key, ends);
            }
            let part = self.window.key(&segment, &segment);
            let part = part.get(if ahead == 0 { peel.key_bytes } else { 0 }..).unwrap_or_default();
            note(key, &mut walked, part);
            let Some(next) = keys.walk(next, part) else { return };
            if let Some(row) = keys.ends(next)
                && self.boundary_after(ahead, &segment)
            {
                ends.push(End {
                    row,
                    segments: ahead + 1,
                    end: segment.end,
                    shape: shape.clone(),
                    key: walked,
                    particle: false,
                    dotted: ahead > 0
                        && segment.gap == Gap::Dot
                        && segment.gap.joins(&before, &segment),
                });
            }
            (place, before) = (next, segment);
        }
    }

    /// Ends before a Korean particle written to the segment.
    #[cold]
    #[allow(clippy::too_many_arguments, reason = "the state of the walk")]
    fn particle_ends(
        &self,
        keys: &Keys<'_>,
        place: Place,
        segment: &Segment,
        part: &[u8],
        walked: usize,
        shape: &Shape,
        ahead: usize,
        key: &mut SmallVec<[u8; 64]>,
        ends: &mut SmallVec<[End; 4]>,
    ) {
        for particle in tables::KOREAN {
            let Some(name) = part.strip_suffix(particle.as_bytes()) else { continue };
            let syllables = name.iter().filter(|&&byte| byte & 0xC0 != 0x80).count();
            if syllables < tables::LEAST_BEFORE_PARTICLE && ahead == 0 || name.is_empty() {
                continue;
            }
            let Some(next) = keys.walk(place, name) else { continue };
            let Some(text) = self.text.get(segment.start..segment.end) else { continue };
            // Particles are of syllables, which folding leaves alone.
            let Some(rest) = text.strip_suffix(particle) else { continue };
            if let Some(row) = keys.ends(next) {
                let mut end = walked;
                note(key, &mut end, name);
                ends.push(End {
                    row,
                    segments: ahead + 1,
                    end: segment.start + rest.len(),
                    shape: shape.clone(),
                    key: end,
                    particle: true,
                    dotted: false,
                });
            }
        }
    }

    /// Tries the rest of the first segment after each proclitic.
    fn try_proclitics(&mut self, first: Segment, table: &[Proclitic]) -> Option<(Mention, usize)> {
        for proclitic in table {
            let key = self.window.key(&first, &first);
            let letters = proclitic.letters.as_bytes();
            let Some(rest) = proclitic.strip(key) else { continue };
            let left = rest.iter().filter(|&&byte| byte & 0xC0 != 0x80).count();
            if left < tables::LEAST_IN_WORD_AFTER_PROCLITIC {
                continue;
            }
            let hash = if proclitic.swallowed.is_empty() {
                filter::hash(rest)
            } else {
                let mut whole: SmallVec<[u8; 64]> =
                    SmallVec::from_slice(proclitic.swallowed.as_bytes());
                whole.extend_from_slice(rest);
                filter::hash(&whole)
            };
            if !self.may_begin(&first, proclitic.letters.len(), hash, false) {
                continue;
            }
            let count = proclitic.letters.chars().count();
            let Some(text_bytes) = self.letters_in_text(&first, count) else { continue };
            let peel =
                Peel { key_bytes: letters.len(), text_bytes, swallowed: proclitic.swallowed };
            let Some((mut mention, segments)) = self.try_walk(first, peel) else { continue };
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
    fn weaken_short(&self, mention: &mut Mention) {
        let text = self.text.get(mention.span.range()).unwrap_or_default();
        let letters = text.chars().filter(|&char| crate::normalize::is_word(char)).count();
        if letters > tables::SHORT_AFTER_PROCLITIC {
            return;
        }
        for candidate in &mut mention.candidates {
            let sure = candidate.kind == Kind::Country || candidate.policy.has(Policy::STRONG);
            if !sure && !candidate.decoy {
                candidate.policy = candidate.policy.with(Policy::WEAK);
            }
        }
    }

    /// Bytes of text that the first `count` letters of a segment take, with their marks.
    fn letters_in_text(&self, segment: &Segment, count: usize) -> Option<usize> {
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

    /// May a name run from one segment into the next?
    fn crossing(&self, before: &Segment, after: &Segment) -> Option<Crossing> {
        match after.gap {
            Gap::Start | Gap::Break => None,
            // "Iraqi's" is not the listed "Iraqis", but "McDonald's" is itself.
            Gap::Apostrophe
                if tables::holds(tables::POSSESSIVES, self.window.key(after, after)) =>
            {
                Some(Crossing::Listed)
            }
            Gap::None | Gap::Apostrophe => Some(Crossing::Joined),
            Gap::Dot if after.gap.joins(before, after) => Some(Crossing::Joined),
            Gap::Dash | Gap::Space => Some(Crossing::Apart),
            Gap::DotSpace if self.is_abbreviation(before) => Some(Crossing::Apart),
            Gap::Dot if self.is_abbreviation(before) && after.is_capitalized() => {
                Some(Crossing::Apart)
            }
            Gap::Dot | Gap::DotSpace | Gap::Mark(_) => Some(Crossing::Listed),
        }
    }

    /// True if a full stop after `segment` need not end a sentence.
    fn is_abbreviation(&self, segment: &Segment) -> bool {
        let key = self.window.key(segment, segment);
        segment.is_single() && segment.is_capitalized() || tables::holds(tables::ABBREVIATIONS, key)
    }

    /// `Some` if a name may begin at the first segment, after what stands before it.
    fn boundary_before(&self, first: &Segment) -> Option<()> {
        let before = self.window.before();
        let allowed = match (first.gap, before) {
            (_, None) => true,
            (Gap::Apostrophe, Some(before)) => {
                // After a proclitic set off by gershayim, or after an elided particle.
                let key = crate::normalize::Normalizer::new();
                let text = self.text.get(before.start..before.end).unwrap_or_default();
                let elided = key.key(text);
                tables::holds(tables::ELISIONS, elided.as_bytes())
            }
            (Gap::Dot, Some(before)) => !first.gap.joins(&before, first),
            // A number or another script may touch a name, a hash sign too.
            _ => true,
        };
        allowed.then_some(())
    }

    /// True if a name may end with the segment `ahead`, before what stands after it.
    fn boundary_after(&mut self, ahead: usize, segment: &Segment) -> bool {
        let Some(after) = self.window.get(ahead + 1) else { return true };
        match after.gap {
            Gap::Apostrophe => {
                let key = self.window.key(&after, &after);
                tables::holds(tables::POSSESSIVES, key)
                    || self.turkic
                        && (!after.is_capitalized() || !after.has_lower() && !segment.has_lower())
                        && tables::holds(tables::TURKIC_SUFFIXES, key)
            }
            Gap::Dot => !after.gap.joins(segment, &after),
            _ => true,
        }
    }

    /// The end of the mention, with the last dot of a dotted acronym.
    fn with_last_dot(&self, end: &End) -> usize {
        let followed = end.dotted && self.text.as_bytes().get(end.end) == Some(&b'.');
        if followed { end.end + 1 } else { end.end }
    }

    /// Bytes of an apostrophe before the span with which the listed name begins ('s-Hertogenbosch).
    fn leading_apostrophe(&self, span: Span, candidates: &[Candidate]) -> usize {
        let before = self.text.get(..span.start).and_then(|before| before.chars().next_back());
        let Some(mark) = before.filter(|&char| crate::normalize::plain(char) == Some('\'')) else {
            return 0;
        };
        let listed = candidates.iter().any(|candidate| {
            let name = self.tagger.name(candidate).map(|name| name.text()).unwrap_or_default();
            name.chars().next().and_then(crate::normalize::plain) == Some('\'')
        });
        if listed { mark.len_utf8() } else { 0 }
    }

    /// What stands around the mention that `first` begins.
    fn context(&mut self, first: &Segment, end: &End) -> Context {
        let shape = &end.shape;
        let mut context = Context {
            capitalized: shape.is_capitalized() || !shape.is_cased(),
            all_upper: shape.all_upper(),
            inside_sentence: self.inside_sentence(first),
            after: None,
            surname: None,
        };
        // Persons' names are of single words, and capitals tell them.
        if end.segments == 1 && shape.is_capitalized() && !shape.all_upper() {
            let next = self.window.get(1);
            // A case ending after an apostrophe tells where, not who.
            let ending = next.is_some_and(|next| {
                next.gap == Gap::Apostrophe
                    && !tables::holds(tables::POSSESSIVES, self.window.key(&next, &next))
            });
            if !ending {
                context.after = self.person_word_before(first);
            }
            let surname = next.filter(|next| next.gap == Gap::Space && next.is_capitalized());
            let key = self.window.key(first, first);
            context.surname = surname
                .filter(|_| std::str::from_utf8(key).is_ok_and(words::is_given_name))
                .map(|next| next.start);
        }
        context
    }

    /// The given name or title right before the segment.
    fn person_word_before(&self, first: &Segment) -> Option<PersonWord> {
        let before = self.window.before().filter(|_| first.gap == Gap::Space)?;
        let text = self.text.get(before.start..before.end)?;
        let key = crate::normalize::Normalizer::new().key(text);
        if before.is_capitalized() && words::is_given_name(&key) {
            return Some(PersonWord::GivenName);
        }
        // Only where titles do not govern a genitive: "president Lincoln", but "президент США".
        let latin = text.chars().all(|char| char < '\u{250}');
        (latin && words::is_title(&key)).then_some(PersonWord::Title)
    }

    /// True if the segment does not begin a sentence or a quotation.
    fn inside_sentence(&self, first: &Segment) -> bool {
        let mut gap = first.gap;
        if gap == Gap::Apostrophe
            && let Some(before) = self.window.before()
        {
            gap = before.gap;
        }
        match gap {
            Gap::Start | Gap::Break => false,
            Gap::DotSpace => self.window.before().is_some_and(|before| {
                let text = self.text.get(before.start..before.end).unwrap_or_default();
                let key = crate::normalize::Normalizer::new().key(text);
                tables::holds(tables::ABBREVIATIONS, key.as_bytes())
            }),
            Gap::Mark(mark) => {
                !matches!(mark, '!' | '?' | ':' | '…' | '"' | '“' | '„' | '«' | '»' | '‹')
            }
            _ => true,
        }
    }

    /// The names of all layers with this key that meet the text, most important first.
    fn candidates(
        &mut self,
        key: &[u8],
        row: u32,
        shape: &Shape,
        span: Span,
    ) -> SmallVec<[Candidate; 2]> {
        let tagger = self.tagger;
        let surface = self.text.get(span.range()).unwrap_or_default();
        let mut candidates: SmallVec<[Candidate; 2]> = SmallVec::new();
        let mut inherited: Option<Policy> = None;
        for (layer, number) in tagger.scan.layers.iter().zip(0_u16..) {
            // The walk has found the rows of a single layer already.
            let single = tagger.scan.layers.len() == 1;
            let Some(first) = (if single { Some(row) } else { layer.keys.get(key) }) else {
                continue;
            };
            let mut own: Option<Policy> = None;
            for (row_number, row) in layer.view.key_rows(first) {
                let entity =
                    tagger.layers.primary(EntityKey { layer: number, index: row.entity.get() });
                if row.role() == Role::Retract {
                    candidates.retain(|candidate| candidate.entity != entity);
                    continue;
                }
                if !self.speaks(layer.view.lang(row)) {
                    continue;
                }
                let policy = match inherited {
                    Some(policy) if !row.has(Row::STATED) => policy,
                    _ => row.policy(),
                };
                own = Some(own.map_or(policy, |own| own.min(policy)));
                let name = || layer.view.name(row_number);
                let refused = policy::test(row, policy, shape, self.case, surface, name)
                    .and_then(|()| self.in_time(layer.view, row_number, row))
                    .err();
                if let Some(attempts) = &mut self.attempts {
                    attempts.push(Attempt { span, layer: number, row: row_number, refused });
                }
                if refused.is_none() && !tagger.layers.retracts(entity) {
                    add(&mut candidates, tagger, row, row_number, number, entity, policy);
                }
            }
            inherited = inherited.or(own);
        }
        candidates.sort_by(|one, other| {
            other.prior.total_cmp(&one.prior).then_with(|| one.entity.cmp(&other.entity))
        });
        candidates
    }

    /// Tests the name's period against the document's date.
    fn in_time(&self, view: View<'_>, number: u32, row: &Row) -> Result<(), Mismatch> {
        let Some(date) = self.date.filter(|_| row.has(Row::DATED)) else { return Ok(()) };
        let (since, until) = view.dates(number);
        let outside =
            since.is_some_and(|since| date < since) || until.is_some_and(|until| date > until);
        if outside { Err(Mismatch::Date) } else { Ok(()) }
    }

    /// True if names in `lang` are asked for.
    fn speaks(&self, lang: &str) -> bool {
        let wanted = &self.tagger.options.langs;
        wanted.is_empty()
            || lang.is_empty()
            || wanted
                .iter()
                .any(|wanted| wanted == lang || lang.split('-').next() == Some(wanted.as_str()))
    }
}

/// Adds a candidate, or strengthens the one its entity already has.
fn add(
    candidates: &mut SmallVec<[Candidate; 2]>,
    tagger: &Tagger<'_>,
    row: &Row,
    number: u32,
    layer: u16,
    entity: EntityKey,
    policy: Policy,
) {
    let role = row.role();
    let demonym = role == Role::Demonym;
    if let Some(known) = candidates.iter_mut().find(|known| known.entity == entity) {
        // The strongest of an entity's names with this key counts; a plain name beats a demonym.
        let weaker = known.demonym && !demonym || known.is_weak() && !policy.has(Policy::WEAK);
        if weaker && (!demonym || known.demonym) {
            (known.row, known.layer, known.policy, known.demonym) =
                (number, layer, policy, demonym);
        }
        return;
    }
    let (prior, kind) = tagger.layers.prior(entity);
    candidates.push(Candidate {
        entity,
        layer,
        row: number,
        policy,
        prior,
        kind,
        demonym,
        decoy: role == Role::Decoy,
    });
}

/// What is left of a Korean word before each particle that it may end with.
fn without_particle(key: &[u8]) -> impl Iterator<Item = &[u8]> {
    tables::KOREAN.iter().filter_map(move |particle| key.strip_suffix(particle.as_bytes()))
}

/// Appends to the key walked so far. All layers and particles walk the same bytes, so what one has
/// written the next finds in its place.
fn note(key: &mut SmallVec<[u8; 64]>, walked: &mut usize, bytes: &[u8]) {
    if key.len() < *walked + bytes.len() {
        key.truncate(*walked);
        key.extend_from_slice(bytes);
    }
    *walked += bytes.len();
}

/// How a name crosses a gap.
enum Crossing {
    /// Keys stand together.
    Joined,
    /// A space in the key.
    Apart,
    /// Only names that are listed with the same mark; a space in the key unless it is an apostrophe.
    Listed,
}

impl Iterator for Mentions<'_, '_> {
    type Item = Mention;

    fn next(&mut self) -> Option<Mention> {
        if let Some(mention) = self.queue.pop() {
            return Some(mention);
        }
        loop {
            let (layers, lower) = (&self.tagger.scan.layers, self.case == TextCase::Mixed);
            self.window.skim(|word, before| judge(layers, word, before, lower));
            let first = self.window.get(0)?;
            match self.try_here(first) {
                Some((mention, segments)) => {
                    self.window.advance(segments);
                    return Some(mention);
                }
                None => self.window.advance(1),
            }
        }
    }
}

/// Asks the filters about a plain word, and about the pair with the word before it. Lets pass only
/// where [`Mentions::try_here`] would find nothing.
#[inline]
fn judge(layers: &[Layer<'_>], word: &PlainWord<'_>, before: Option<u64>, mixed: bool) -> Verdict {
    let lower = mixed && word.first.is_lower();
    let hash = plain_hash(word);
    let holds = |hash, use_, lower| {
        layers.iter().any(|layer: &Layer<'_>| layer.filter.may_hold(hash, use_, lower))
    };
    // The pair was asked for with the first word's case; small letters are in the filter both ways.
    if let Some(before) = before
        && holds(filter::pair(before, hash), Use::Pair, false)
    {
        return Verdict::Back;
    }
    let proclitics = match (word.first.is_arabic(), word.first.is_hebrew()) {
        (true, _) => tables::ARABIC,
        (_, true) => tables::HEBREW,
        _ => &[],
    };
    if !proclitics.is_empty() && begins_after_proclitic(proclitics, word, &holds) {
        return Verdict::Stop;
    }
    if !layers.iter().any(|layer| layer.filter.may_begin(hash, lower)) {
        Verdict::Pass
    } else if holds(hash, Use::Whole, lower) {
        Verdict::Stop
    } else {
        Verdict::Wait(hash)
    }
}

/// True if a name may begin after a proclitic of the word.
fn begins_after_proclitic(
    table: &[Proclitic],
    word: &PlainWord<'_>,
    holds: &impl Fn(u64, Use, bool) -> bool,
) -> bool {
    let key = word.key();
    table.iter().filter(|proclitic| key.starts_with(proclitic.letters.as_bytes())).any(
        |proclitic| {
            let rest = key.get(proclitic.letters.len()..).unwrap_or_default();
            let hash = if proclitic.swallowed.is_empty() {
                filter::hash(rest)
            } else {
                let mut whole: SmallVec<[u8; 64]> =
                    SmallVec::from_slice(proclitic.swallowed.as_bytes());
                whole.extend_from_slice(rest);
                filter::hash(&whole)
            };
            holds(hash, Use::Whole, false) || holds(hash, Use::First, false)
        },
    )
}

/// [`filter::hash`] of a plain word.
#[inline]
fn plain_hash(word: &PlainWord<'_>) -> u64 {
    match word.numbers() {
        Some((low, high)) => filter::hash_short(low, high),
        None => filter::hash(word.key()),
    }
}

/// Looks at the first words of a text: do capitals mean anything in it?
fn sense_case(text: &str) -> TextCase {
    const WORDS: usize = 400;
    let mut segmenter = Segmenter::new(text);
    let mut keys = Vec::new();
    let (mut words, mut capitalized) = (0_usize, 0_usize);
    while let Some(segment) = segmenter.next(&mut keys) {
        keys.clear();
        if segment.group == Group::Spaced && (segment.has_lower() || segment.has_upper()) {
            words += 1;
            capitalized += usize::from(segment.is_capitalized());
            if capitalized >= 3 || words == WORDS {
                break;
            }
        }
    }
    if words > 0 && capitalized * 25 < words { TextCase::Lower } else { TextCase::Mixed }
}
