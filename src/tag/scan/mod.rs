//! The scan: from segments to mentions.
//!
//! For every segment: may a name begin here ([`Filters`]), which keys run along the text from here
//! ([`Keys`]), does a listed name with such a key meet the text by its policy. The longest that
//! does is the mention, and the scan goes on behind it.

mod begin;
mod boundary;
mod candidates;
mod clitic;
mod context;

use smallvec::SmallVec;

use begin::{Beginnings, Everywhere, Stop};
use boundary::Crossing;

use super::code;
use super::languages::BEGINNING;
use super::policy::{self, Mismatch, Shape};
use super::tables::{self, Proclitic};
use super::window::{Pass, Window};
use super::{
    Around, Candidate, Context, Document, Habits, LanguageRuns, Mention, Tagger, TextCase,
};
use crate::gazetteer::{EntityKey, Keys, Place, View};
use crate::layout::Row;
use crate::layout::filter::{self, Case, Filters, Known};
use crate::normalize::{Gap, Segment, Word, is_capital};
use crate::record::{Date, Kind, Policy, Role};
use crate::span::Span;
use crate::words;

/// What the scan needs of each layer.
pub(crate) struct Tables<'g> {
    layers: Vec<Layer<'g>>,
    filters: Filters<'g>,
}

/// The bytes of a language without region as a number, 0 for none: compared for every row.
type Lang = u64;

fn lang_of(lang: &str) -> Lang {
    let primary = lang.bytes().take_while(|&byte| byte != b'-').take(8);
    primary.fold(0, |number, byte| number << 8 | u64::from(byte))
}

struct Layer<'g> {
    view: View<'g>,
    keys: Keys<'g>,
    /// Its languages, as rows number them.
    langs: Vec<Lang>,
}

impl<'g> Tables<'g> {
    pub(super) fn new(views: &[View<'g>]) -> Self {
        let layer = |&view: &View<'g>| Layer {
            view,
            keys: view.keys(),
            langs: view.meta().langs.iter().map(|lang| lang_of(lang)).collect(),
        };
        let filters = Filters::of(views.iter().map(View::filter));
        Self { layers: views.iter().map(layer).collect(), filters }
    }
}

/// Iterator over the mentions of a text, see [`Tagger::find_iter`].
pub struct Mentions<'t, 'g> {
    tagger: &'t Tagger<'g>,
    text: &'t str,
    window: Window<'t>,
    case: TextCase,
    turkic: bool,
    /// The text's languages, if they were sensed.
    langs: LanguageRuns<'t>,
    date: Option<Date>,
    code: code::CodeSense,
    /// Overlapping mentions found at one place, last first.
    queue: Vec<Mention>,
    /// Where the last mention was found.
    place: usize,
    /// Where refused names are noted, for `explain`.
    attempts: Option<Vec<Attempt>>,
}

/// Segments that the filters are asked about as one piece; where more are joined the walk decides.
/// Names have far fewer (`U.S.S.R.` has four); the bound keeps `a.a.a.a…` linear.
const MOST_JOINED: usize = 8;

/// A listed name that has the key of a span, and what came of it.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    pub(crate) span: Span,
    pub(crate) layer: u16,
    pub(crate) row: u32,
    pub(crate) refused: Option<Mismatch>,
}

/// A place in the text where a key of some layer ends.
#[derive(Clone, Copy)]
struct End {
    /// Segments from the first on.
    segments: usize,
    end: usize,
    /// Before a particle written to the last segment.
    particle: bool,
    layer: u16,
    /// First row of the key.
    row: u32,
}

/// Where keys end, walked from one place.
type Ends = SmallVec<[End; 4]>;

/// What may have been taken off the front of the first segment.
#[derive(Clone, Copy, Default)]
struct Peel {
    key_bytes: usize,
    text_bytes: usize,
    swallowed: &'static str,
}

impl<'t, 'g> Mentions<'t, 'g> {
    pub(crate) fn new(tagger: &'t Tagger<'g>, document: &Document<'t>) -> Self {
        let mut window = Window::new(document.text);
        let case = sense_case(document.text, &mut window);
        Self {
            tagger,
            text: document.text,
            window,
            case,
            turkic: Habits::of(document.lang).has(Habits::ENDINGS),
            langs: document.langs.clone(),
            date: document.date,
            code: code::CodeSense::default(),
            queue: Vec::new(),
            place: 0,
            attempts: None,
        }
    }

    /// The same, noting every listed name that has the key of some span.
    pub(crate) fn noting_attempts(mut self) -> Self {
        self.attempts = Some(Vec::new());
        self
    }

    /// The text's language is sensed by the words at its beginning, which are returned, and noted in
    /// the document; to be asked for before the scan begins.
    pub(crate) fn sense(&mut self, document: Document<'t>) -> (Document<'t>, &[Word]) {
        let words = self.window.beginning(BEGINNING);
        let document = document.sense_by(words);
        self.langs = document.langs.clone();
        (document, words)
    }

    /// The words around a mention that was found at `place`.
    pub(crate) fn around(&mut self, span: Span, place: usize) -> Around<'_, 't> {
        Around::new(self.text, &mut self.window, span, place)
    }

    /// The place of the current word.
    pub(crate) const fn place(&self) -> usize {
        self.window.place()
    }

    /// Gives up the words far behind; returns by how much places are smaller from now on.
    pub(crate) fn forget(&mut self) -> usize {
        self.window.forget()
    }

    /// What was noted so far.
    pub(crate) fn take_attempts(&mut self) -> Vec<Attempt> {
        self.attempts.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// The mention that begins with the current word as a whole, and how many segments it takes.
    fn try_word(&mut self) -> Option<(Mention, usize)> {
        let hash = self.window.peek(0)?.hash;
        self.try_walk(hash, Peel::default())
    }

    /// The same, also behind a particle, if the filters let it pass.
    fn try_here(&mut self) -> Option<(Mention, usize)> {
        let word = self.window.peek(0)?;
        if self.may_begin(&word, 0, word.hash) {
            let found = self.try_word();
            if found.is_some() {
                return found;
            }
        }
        if word.is_arabic() {
            return self.try_proclitics(&word, tables::ARABIC);
        }
        if word.is_hebrew() {
            return self.try_proclitics(&word, tables::HEBREW);
        }
        None
    }

    /// Walks the keys of all layers along the text; `hash` is that of the first segment's key, or of
    /// what `peel` leaves of it.
    fn try_walk(&mut self, hash: u64, peel: Peel) -> Option<(Mention, usize)> {
        let first = self.window.get(0)?;
        let mut ends = Ends::new();
        let goes_on = self.may_go_on(hash);
        for layer in 0..self.tagger.scan.layers.len() {
            self.walk(layer, first, goes_on, peel, &mut ends);
        }
        if ends.is_empty() || !self.boundary_before(&first) {
            return None;
        }
        if ends.len() > 1 {
            // Layers stay in order.
            let longest_first = |end: &End| (std::cmp::Reverse(end.end), end.particle);
            ends.sort_by_key(longest_first);
        }
        let start = first.start + peel.text_bytes;
        let mut longest = None;
        let same = |one: &End, other: &End| one.end == other.end && one.particle == other.particle;
        for here in ends.chunk_by(same) {
            let Some(end) = here.first() else { continue };
            if peel.text_bytes > 0 && self.letters(end, peel) < tables::LEAST_AFTER_PROCLITIC {
                continue;
            }
            let shape = self.shape(end);
            let mut span = Span::new(start, self.with_last_dot(end));
            let candidates = self.candidates(here, &shape, span);
            span.start -= self.leading_apostrophe(span, &candidates);
            span.end += self.trailing_dot(span, &candidates);
            let alone = end.segments == 1 && code::stands_alone(self.text, span);
            if candidates.is_empty() || !alone && self.code.is_code(self.text, span) {
                continue;
            }
            let context = self.context(&first, &shape);
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

    /// Collects where keys of one layer end; past the first segment if a name `goes_on`.
    fn walk(&mut self, layer: usize, first: Segment, goes_on: bool, peel: Peel, ends: &mut Ends) {
        let tagger = self.tagger;
        let Some(Layer { keys, .. }) = tagger.scan.layers.get(layer) else { return };
        let Some(start) = keys.start() else { return };
        let Some(mut place) = keys.walk(start, peel.swallowed.as_bytes()) else { return };
        let (mut segment, mut taken) = (first, peel.key_bytes);
        for ahead in 0.. {
            if segment.is_hangul() {
                self.particle_ends(layer, place, &segment, ahead, ends);
            }
            let part = self.window.key(&segment, &segment).get(taken..).unwrap_or_default();
            let Some(next) = keys.walk(place, part) else { return };
            place = next;
            if let Some(row) = place.ends()
                && self.boundary_after(ahead, &segment)
            {
                let (layer, end) = (layer as u16, segment.end);
                ends.push(End { segments: ahead + 1, end, particle: false, layer, row });
            }
            if !goes_on {
                return;
            }
            let Some(after) = self.window.get(ahead + 1) else { return };
            let Some(crossing) = self.crossing(&segment, &after) else { return };
            let separator = crossing.separator(&after);
            let Some(next) = keys.walk(place, separator.as_bytes()) else { return };
            (place, segment, taken) = (next, after, 0);
        }
    }

    /// Ends before a Korean particle written to the segment.
    #[cold]
    fn particle_ends(
        &self,
        layer: usize,
        place: Place<'_>,
        segment: &Segment,
        ahead: usize,
        ends: &mut Ends,
    ) {
        let Some(Layer { keys, .. }) = self.tagger.scan.layers.get(layer) else { return };
        let part = self.window.key(segment, segment);
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
            if let Some(row) = next.ends() {
                let (layer, end) = (layer as u16, segment.start + rest.len());
                ends.push(End { segments: ahead + 1, end, particle: true, layer, row });
            }
        }
    }

    /// What the policies need to know of the text up to an end.
    fn shape(&mut self, end: &End) -> Shape {
        let mut shape = Shape::default();
        let mut before = None;
        for ahead in 0..end.segments {
            let Some(segment) = self.window.get(ahead) else { break };
            if let Some(before) = &before
                && let Some(Crossing::Listed) = self.crossing(before, &segment)
            {
                shape.marks.push((ahead, segment.gap));
            }
            shape.push(&segment, before.as_ref());
            before = Some(segment);
        }
        shape
    }

    /// Letters of the key up to an end.
    fn letters(&mut self, end: &End, peel: Peel) -> usize {
        let count = |key: &[u8]| key.iter().filter(|&&byte| byte & 0xC0 != 0x80).count();
        let mut letters = count(peel.swallowed.as_bytes());
        for ahead in 0..end.segments {
            let Some(segment) = self.window.get(ahead) else { break };
            let taken = if ahead == 0 { peel.key_bytes } else { 0 };
            letters += count(self.window.key(&segment, &segment).get(taken..).unwrap_or_default());
        }
        letters
    }
}

/// What a scan came upon.
pub(crate) enum Step {
    /// The next mention, and the place where it was found.
    Found(Mention, usize),
    /// As many words as should be kept: those far behind are to be [forgotten](Mentions::forget).
    Full,
    /// The end of the text.
    End,
}

impl Mentions<'_, '_> {
    /// Goes on to the next mention, or as far as words should be kept.
    pub(crate) fn step(&mut self) -> Step {
        if let Some(mention) = self.queue.pop() {
            return Step::Found(mention, self.place);
        }
        let mixed = self.case == TextCase::Mixed;
        let beginnings = Beginnings::new(&self.tagger.scan, self.text, mixed);
        // Where every trial is noted, nothing is passed over.
        let all = self.attempts.is_some();
        while !self.window.is_full() {
            let pass = match all {
                true => self.window.pass(&Everywhere),
                false => self.window.pass(&beginnings),
            };
            let tried = match pass {
                Pass::Stop(Stop::Walk) => self.try_word(),
                Pass::Stop(Stop::Ask) => self.try_here(),
                Pass::On => continue,
                Pass::End => return Step::End,
            };
            match tried {
                Some((mention, segments)) => {
                    self.place = self.window.place();
                    self.window.advance(segments);
                    return Step::Found(mention, self.place);
                }
                // Blanks are lost on scanned pages; the parts are tried in turn.
                None if self.window.split() => {}
                None => self.window.advance(1),
            }
        }
        Step::Full
    }
}

impl Iterator for Mentions<'_, '_> {
    type Item = Mention;

    fn next(&mut self) -> Option<Mention> {
        loop {
            match self.step() {
                Step::Found(mention, _) => return Some(mention),
                Step::Full => _ = self.forget(),
                Step::End => return None,
            }
        }
    }
}

/// Looks at the first words of a text: do capitals mean anything in it? They do if a sentence begins
/// with one, or more than a few words do.
fn sense_case(text: &str, window: &mut Window<'_>) -> TextCase {
    const WORDS: usize = 400;
    let (mut small, mut capitalized) = (0_usize, 0_usize);
    for at in 0..WORDS {
        let Some(word) = window.peek(at) else { break };
        small += usize::from(word.starts_lower());
        let first = text.get(word.start..).and_then(|rest| rest.chars().next());
        if word.starts_lower() || !first.is_some_and(is_capital) {
            continue;
        }
        capitalized += 1;
        if capitalized >= 3 || window.begins_sentence(at) {
            return TextCase::Mixed;
        }
    }
    let words = small + capitalized;
    if words > 0 && capitalized * 25 < words { TextCase::Lower } else { TextCase::Mixed }
}
