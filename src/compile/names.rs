//! Names: each with its key and default policy, as a record to be sorted.
//!
//! In: records. Out: for every key of a name a record of the sorter: the key as it is stored, and a
//! payload of [`Stored`], the dates if there are any, and the name. [`rows`](super::rows) reads them
//! back.

use std::collections::HashMap;

use zerocopy::little_endian::{I32, U16, U32};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::sort::Sorter;
use super::*;
use crate::layout::keys;
use crate::normalize::{Capitals, Segment, Surface, accents};
use crate::record::{Date, Policy, check_name};

/// Pieces of a name that the filter asks for.
const PIECES: usize = 3;

/// What a name and its row say, as far as no other row is needed to know: made on any thread.
#[derive(Debug)]
pub(crate) struct Prepared {
    key: Key,
    capitals: u8,
    policy: Policy,
    /// The key of the name's spelling with digraphs.
    spelled: Option<Key>,
}

/// A key, and the ends of its first pieces.
#[derive(Debug)]
struct Key {
    text: String,
    pieces: [PieceLength; PIECES],
}

/// Twice the length of a piece in bytes, plus one if a space follows; zero for none.
type PieceLength = U16;

/// The part of a payload that is of one size.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub(super) struct Stored {
    /// Number of the name in order of appearance.
    pub(super) order: U32,
    pub(super) file: U16,
    pub(super) line: U32,
    /// With entity and language in order of appearance.
    pub(super) row: Row,
    pub(super) pieces: [PieceLength; PIECES],
}

/// The period of a name, in its payload.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub(super) struct Period {
    pub(super) since: I32,
    pub(super) until: I32,
}

/// All names that were added.
#[derive(Default)]
pub(super) struct Names {
    pub(super) sorter: Sorter,
    pub(super) langs: Interner,
    /// Names so far.
    pub(super) count: u32,
    /// Key and payload of the name at hand.
    stored: Vec<u8>,
    payload: Vec<u8>,
}

/// Brings a record's name to its keys.
///
/// # Errors
/// If the name does not fit the format.
pub(crate) fn prepare(record: &Record) -> Result<Prepared, String> {
    let mut keys = Vec::with_capacity(record.name.len() + 8);
    let surface = Surface::cut(&record.name, &mut keys);
    let key = Key::new(&surface, &keys);
    check_name(&record.name, &key.text)?;
    let capitals = capitals(&surface.segments);
    let policy = record.policy.unwrap_or_else(|| default_policy(&surface.segments, &key.text));
    let spelled = digraphs(&record.name, &record.lang).map(|spelled| {
        keys.clear();
        let text = Surface::cut(&spelled, &mut keys).key(&keys);
        // As the key will be cut.
        keys.clear();
        let surface = Surface::cut(&text, &mut keys);
        Key { pieces: pieces(&surface.segments), text }
    });
    Ok(Prepared { key, capitals, policy, spelled })
}

impl Key {
    fn new(surface: &Surface, keys: &[u8]) -> Self {
        Self { text: surface.key(keys), pieces: pieces(&surface.segments) }
    }
}

/// Lengths of the first pieces of a name: words up to a space, or single dense characters.
fn pieces(segments: &[Segment]) -> [PieceLength; PIECES] {
    let mut lengths = [U16::ZERO; PIECES];
    let mut places = lengths.iter_mut();
    let mut length = 0;
    let mut before: Option<&Segment> = None;
    let cut = |length: usize, spaced: bool| {
        U16::new(u16::try_from(length * 2 + usize::from(spaced)).unwrap_or(u16::MAX))
    };
    for segment in segments {
        if let Some(before) = before.filter(|before| !segment.continues_piece(before)) {
            let Some(place) = places.next() else { return lengths };
            *place = cut(length, !segment.gap.joins(before, segment));
            length = 0;
        }
        length += segment.key_end - segment.key_start;
        before = Some(segment);
    }
    if let Some(place) = places.next() {
        *place = cut(length, false);
    }
    lengths
}

impl Names {
    /// Adds a name of entity `entity` under its key, and under the key of its digraph spelling.
    pub(super) fn add(
        &mut self,
        entity: u32,
        record: &Record,
        prepared: &Prepared,
    ) -> Result<(), Error> {
        if self.count == 0 {
            self.langs.number("");
        }
        let lang = u16::try_from(self.langs.number(&record.lang)).unwrap_or(0);
        let role = record.role();
        let mut row = Row::new(entity, lang, role, prepared.policy, prepared.capitals);
        if record.policy.is_some() {
            row.set(Row::STATED);
        }
        if record.since.is_some() || record.until.is_some() {
            row.set(Row::DATED);
        }
        if accents(&record.name) > 0 {
            row.set(Row::ACCENTED);
        }
        self.push(&prepared.key, record, row)?;
        if let Some(spelled) = &prepared.spelled {
            row.set(Row::GENERATED);
            self.push(spelled, record, row)?;
        }
        self.count = limit(self.count.checked_add(1).ok_or(()), "names")?;
        Ok(())
    }

    fn push(&mut self, key: &Key, record: &Record, row: Row) -> Result<(), Error> {
        let Origin { file, line } = record.origin;
        let stored = Stored {
            order: self.count.into(),
            file: file.into(),
            line: line.into(),
            row,
            pieces: key.pieces,
        };
        self.payload.clear();
        self.payload.extend_from_slice(stored.as_bytes());
        if row.has(Row::DATED) {
            let period = Period {
                since: record.since.map_or(i32::MIN, Date::code).into(),
                until: record.until.map_or(i32::MAX, Date::code).into(),
            };
            self.payload.extend_from_slice(period.as_bytes());
        }
        self.payload.extend_from_slice(record.name.as_bytes());
        self.stored.clear();
        self.stored.extend(key.text.bytes().map(keys::stored));
        self.sorter.push(&self.stored, &self.payload)
    }
}

/// Bit per piece: it is capitalized. The eighth bit stands for all further pieces.
pub(crate) fn capitals(segments: &[Segment]) -> u8 {
    let mut capitals = Capitals::default();
    let mut before: Option<&Segment> = None;
    for segment in segments {
        capitals.push(segment, before);
        before = Some(segment);
    }
    capitals.mask
}

/// The policy of a name whose row states none (DESIGN, "Policy"): up to four capitals and nothing
/// else are upper and weak; one common word is weak.
pub(crate) fn default_policy(segments: &[Segment], key: &str) -> Policy {
    let all_capitals =
        segments.iter().any(Segment::has_upper) && !segments.iter().any(Segment::has_lower);
    if all_capitals && key.chars().filter(|char| char.is_alphabetic()).count() <= 4 {
        return Policy::UPPER.with(Policy::WEAK);
    }
    if !key.contains(' ') && crate::words::is_common(key) {
        return Policy::WEAK;
    }
    Policy::default()
}

/// The spelling without umlauts and rings of languages that write ae, oe, ue, aa for them.
pub(crate) fn digraphs(name: &str, lang: &str) -> Option<String> {
    const TABLE: [(&str, &[(char, &str)]); 2] = [
        ("de", &[('ä', "ae"), ('ö', "oe"), ('ü', "ue"), ('Ä', "Ae"), ('Ö', "Oe"), ('Ü', "Ue")]),
        ("da nb nn no", &[('ø', "oe"), ('å', "aa"), ('Ø', "Oe"), ('Å', "Aa")]),
    ];
    let primary = lang.split('-').next().filter(|primary| !primary.is_empty())?;
    let (_, letters) =
        TABLE.iter().find(|(langs, _)| langs.split(' ').any(|lang| lang == primary))?;
    let mut spelled = String::with_capacity(name.len() + 4);
    for char in name.chars() {
        match letters.iter().find(|(from, _)| *from == char) {
            Some((_, to)) => spelled.push_str(to),
            None => spelled.push(char),
        }
    }
    (spelled != name).then_some(spelled)
}

/// Numbers strings in order of appearance.
#[derive(Default)]
pub(super) struct Interner {
    list: Vec<String>,
    numbers: HashMap<String, u32>,
    last: u32,
}

impl Interner {
    pub(super) fn number(&mut self, string: &str) -> u32 {
        // Languages and columns mostly repeat.
        if self.list.get(self.last as usize).is_some_and(|last| last == string) {
            return self.last;
        }
        if let Some(&number) = self.numbers.get(string) {
            self.last = number;
            return number;
        }
        let number = self.list.len() as u32;
        self.list.push(string.to_owned());
        self.numbers.insert(string.to_owned(), number);
        number
    }

    /// Numbers the strings by their order; the new number of each old one.
    pub(super) fn sort(&mut self) -> Vec<u32> {
        let olds = self.list.clone();
        self.list.sort_unstable();
        self.numbers = self.list.iter().cloned().zip(0..).collect();
        olds.iter().map(|string| self.number(string)).collect()
    }

    pub(super) fn into_list(self) -> Vec<String> {
        self.list
    }
}
