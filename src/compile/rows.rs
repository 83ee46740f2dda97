//! Names, sorted, written as the sections of names.
//!
//! In: the records of [`names`](super::names), by key. Out: FST, filter, rows, surfaces, dates and
//! origins. The names of one key are taken together: they are put in order, repeated ones are
//! dropped, and what one row states holds for others.

use std::io::Write;
use std::ops::Range;
use std::sync::atomic::Ordering;

use hashbrown::HashTable;
use zerocopy::little_endian::U16;
use zerocopy::{FromBytes, IntoBytes};

use super::entities::Entities;
use super::names::{Names, Period, Stored};
use super::scratch::{Room, Spool};
use super::sort::{Merge, Sorter};
use super::*;
use crate::record::Policy;

/// The sections that describe names.
pub(super) struct NameSections {
    pub(super) keys: Spool,
    pub(super) filter: Spool,
    pub(super) rows: Spool,
    pub(super) surfaces: Spool,
    pub(super) dates: Spool,
    pub(super) origins: Spool,
    /// Row numbers of each entity, in the order in which the lists state the names.
    pub(super) by_entity: Merge,
    pub(super) counts: Counts,
}

/// What was written.
#[derive(Default)]
pub(super) struct Counts {
    /// The number of the last row that is an entity's name.
    pub(super) last_row: u32,
    /// Entities with a name that is no decoy.
    pub(super) listed: Vec<bool>,
    pub(super) names: u64,
    /// Names that repeat another of the same entity and language.
    pub(super) merged: u64,
    pub(super) keys: u64,
    pub(super) ambiguous: u64,
    pub(super) by_lang: Vec<u64>,
    pub(super) by_role: Vec<u64>,
}

/// One name of the key at hand.
struct Entry {
    order: u32,
    file: u16,
    line: u32,
    row: Row,
    pieces: [U16; 3],
    period: Option<Period>,
    name: Range<usize>,
}

/// All names of one key.
#[derive(Default)]
struct Group {
    key: Vec<u8>,
    names: Vec<u8>,
    entries: Vec<Entry>,
}

struct Writer<'w> {
    provenance: Provenance,
    fst: fst::MapBuilder<Spool>,
    beginnings: Beginnings,
    rows: Spool,
    surfaces: front::Encoder<Spool>,
    dates: Spool,
    origins: Spool,
    by_entity: Sorter,
    next: u32,
    counts: Counts,
    progress: &'w Progress,
}

/// Writes the name sections. Entities have been sorted.
pub(super) fn write(
    names: Names,
    entities: &Entities,
    room: &Room,
    options: CompileOptions,
    progress: &Progress,
) -> Result<(NameSections, Vec<String>), Error> {
    let Names { sorter, mut langs, .. } = names;
    let lang_order = langs.sort();
    let spool = || Spool::new(room);
    let mut writer = Writer {
        provenance: options.provenance,
        fst: fst::MapBuilder::new(spool()).map_err(fst_error)?,
        beginnings: Beginnings::new(spool()),
        rows: spool(),
        surfaces: front::Encoder::new(spool()),
        dates: spool(),
        origins: spool(),
        by_entity: Sorter::new(room, options.threads),
        next: 0,
        counts: Counts { listed: vec![false; entities.len()], ..Counts::default() },
        progress,
    };
    let mut sorted = sorter.finish()?;
    let mut group = Group::default();
    while let Some((key, payload)) = sorted.next()? {
        if key != group.key {
            writer.write(&mut group)?;
            group.key.clear();
            group.key.extend_from_slice(key);
        }
        group.push(payload, entities, &lang_order);
    }
    writer.write(&mut group)?;
    Ok((writer.finish()?, langs.into_list()))
}

impl Group {
    /// Adds a name; entity and language get their final numbers.
    fn push(&mut self, payload: &[u8], entities: &Entities, langs: &[u32]) {
        let Ok((stored, rest)) = Stored::read_from_prefix(payload) else { return };
        let mut row = stored.row;
        row.entity = entities.place(row.entity.get()).into();
        let lang = langs.get(usize::from(row.lang.get())).copied().unwrap_or(0);
        row.lang = (lang as u16).into();
        let period = row.has(Row::DATED).then(|| Period::read_from_prefix(rest).ok()).flatten();
        let name = period.as_ref().map_or(rest, |(_, name)| name);
        let start = self.names.len();
        self.names.extend_from_slice(name);
        self.entries.push(Entry {
            order: stored.order.get(),
            file: stored.file.get(),
            line: stored.line.get(),
            row,
            pieces: stored.pieces,
            period: period.map(|(period, _)| period),
            name: start..self.names.len(),
        });
    }

    fn name(&self, entry: &Entry) -> &[u8] {
        self.names.get(entry.name.clone()).unwrap_or_default()
    }

    /// Sorts by name, entity, language; shares policies; drops repeated names, and tells how many.
    fn settle(&mut self) -> u64 {
        let mut entries = std::mem::take(&mut self.entries);
        let rank = |entry: &Entry| (entry.row.entity.get(), entry.row.lang.get(), entry.order);
        entries.sort_unstable_by(|one, other| {
            self.name(one).cmp(self.name(other)).then_with(|| rank(one).cmp(&rank(other)))
        });
        weaken_adjectives(&mut entries);
        share_policies(&mut entries);
        let mut merged = 0;
        entries.dedup_by(|next, first| {
            let same = next.row.entity == first.row.entity
                && next.row.lang == first.row.lang
                && self.name(next) == self.name(first);
            merged += u64::from(same && !next.row.has(Row::GENERATED));
            same
        });
        if let Some(last) = entries.last_mut() {
            last.row.set(Row::LAST);
        }
        self.entries = entries;
        merged
    }
}

/// What a list states of a name holds for all of the entity's names with the same key, in
/// whatever language or case: a row that states nothing takes it over.
fn share_policies(group: &mut [Entry]) {
    let stated: Vec<(u32, Policy)> = group
        .iter()
        .filter(|entry| entry.row.has(Row::STATED))
        .map(|entry| (entry.row.entity.get(), entry.row.policy()))
        .collect();
    if stated.is_empty() {
        return;
    }
    for entry in group.iter_mut().filter(|entry| !entry.row.has(Row::STATED)) {
        let entity = entry.row.entity.get();
        if let Some((_, policy)) = stated.iter().find(|(owner, _)| *owner == entity) {
            entry.row.set_policy(*policy);
            entry.row.set(Row::STATED);
        }
    }
}

/// A name that states no policy and is also the adjective of another entity is weak: a village
/// called "Chinese" is rarely meant.
fn weaken_adjectives(group: &mut [Entry]) {
    let adjective = |entry: &Entry| entry.row.role() == Role::Demonym;
    let Some(owner) = group.iter().find(|entry| adjective(entry)).map(|entry| entry.row.entity)
    else {
        return;
    };
    for entry in group.iter_mut() {
        let plain = !adjective(entry) && !entry.row.has(Row::STATED);
        if plain && entry.row.entity != owner && entry.row.role() != Role::Decoy {
            entry.row.set_policy(entry.row.policy().with(Policy::WEAK));
        }
    }
}

impl Writer<'_> {
    /// Writes a group, and empties it.
    fn write(&mut self, group: &mut Group) -> Result<(), Error> {
        if group.entries.is_empty() {
            return Ok(());
        }
        self.progress.written.fetch_add(group.entries.len() as u64, Ordering::Relaxed);
        self.counts.merged += group.settle();
        self.fst.insert(&group.key, self.next.into()).map_err(fst_error)?;
        self.counts.keys += 1;
        let mut owners = group.entries.iter().map(|entry| entry.row.entity);
        let first = owners.next();
        self.counts.ambiguous += u64::from(owners.any(|owner| Some(owner) != first));
        for entry in &group.entries {
            if !matches!(entry.row.role(), Role::Search | Role::Retract) {
                self.beginnings.note(
                    &group.key,
                    &entry.pieces,
                    text_case(&entry.row, &group.key),
                )?;
            }
            let name = std::str::from_utf8(group.name(entry)).unwrap_or_default();
            self.surfaces.push(name)?;
            self.write_row(entry)?;
        }
        group.names.clear();
        group.entries.clear();
        Ok(())
    }

    fn write_row(&mut self, entry: &Entry) -> Result<(), Error> {
        let (row, number) = (entry.row, self.next);
        self.next = limit(number.checked_add(1).ok_or(()), "names")?;
        self.rows.write_all(row.as_bytes())?;
        if let Some(Period { since, until }) = entry.period {
            let dated = DatedRow { row: number.into(), since, until };
            self.dates.write_all(dated.as_bytes())?;
        }
        if self.provenance == Provenance::Rows {
            let [low, middle, high, over] = entry.line.to_le_bytes();
            let line = if over == 0 { [low, middle, high] } else { [0; 3] };
            let file = u8::try_from(entry.file).unwrap_or(u8::MAX);
            self.origins.write_all(OriginRow { file, line }.as_bytes())?;
        }
        let entity = row.entity.get();
        if row.role() != Role::Decoy
            && let Some(listed) = self.counts.listed.get_mut(entity as usize)
        {
            *listed = true;
        }
        if !row.has(Row::GENERATED) {
            self.counts.names += 1;
            count(&mut self.counts.by_lang, usize::from(row.lang.get()));
            count(&mut self.counts.by_role, row.role() as usize);
            self.counts.last_row = number;
            let key = u64::from(entity) << 32 | u64::from(entry.order);
            self.by_entity.push(&key.to_be_bytes(), &number.to_le_bytes())?;
        }
        Ok(())
    }

    fn finish(self) -> Result<NameSections, Error> {
        Ok(NameSections {
            keys: self.fst.into_inner().map_err(fst_error)?,
            filter: self.beginnings.finish()?,
            rows: self.rows,
            surfaces: self.surfaces.finish()?,
            dates: self.dates,
            origins: self.origins,
            by_entity: self.by_entity.finish()?,
            counts: self.counts,
        })
    }
}

fn count(counts: &mut Vec<u64>, number: usize) {
    if counts.len() <= number {
        counts.resize(number + 1, 0);
    }
    if let Some(count) = counts.get_mut(number) {
        *count += 1;
    }
}

/// The texts that a name meets, by how they begin.
fn text_case(row: &Row, key: &[u8]) -> filter::Case {
    let first = std::str::from_utf8(key).unwrap_or_default().chars().next();
    let policy = row.policy();
    if !first.is_some_and(|char| char.is_lowercase() || char.is_uppercase()) {
        filter::Case::Capital
    } else if policy.has(Policy::ANYCASE) || row.capitals & 1 == 0 && !policy.has(Policy::UPPER) {
        filter::Case::Small
    } else if policy.has(Policy::UPPER) {
        filter::Case::Capitals
    } else {
        filter::Case::Capital
    }
}

/// The beginnings of names, each noted once or little more: names that begin alike follow each
/// other. How many there are decides the size of the filter, so they are kept until all are known.
struct Beginnings {
    noted: Spool,
    /// Those with the first piece at hand.
    recent: HashTable<(u64, u8)>,
    first: u64,
    count: usize,
    smalls: usize,
}

impl Beginnings {
    fn new(noted: Spool) -> Self {
        Self { noted, recent: HashTable::new(), first: 0, count: 0, smalls: 0 }
    }

    /// Notes the beginnings of a name, in the forms in which the tagger will ask.
    fn note(&mut self, key: &[u8], pieces: &[U16; 3], case: filter::Case) -> std::io::Result<()> {
        use filter::{Case, Use};
        let mut rest = key;
        let mut hashes = pieces.iter().map_while(|length| {
            let length = usize::from(length.get());
            let (piece, after) = rest.split_at_checked(length / 2).filter(|_| length > 1)?;
            rest = after.get(length & 1..).unwrap_or_default();
            Some((filter::hash(piece), piece.len()))
        });
        let Some((first, _)) = hashes.next() else { return Ok(()) };
        let (second, third) = (hashes.next(), hashes.next());
        if first != self.first {
            self.first = first;
            self.recent.clear();
        }
        let Some((second, length)) = second else {
            // What meets small letters meets capitals too.
            if case == Case::Small {
                self.keep(first, Use::Whole, Case::Capital)?;
            }
            return self.keep(first, Use::Whole, case);
        };
        self.keep(first, Use::First, Case::Capital)?;
        if case == Case::Small {
            self.keep(first, Use::First, Case::Small)?;
        }
        let both = filter::pair(first, second);
        match third.filter(|_| length <= filter::SHORT) {
            None => self.keep(both, Use::Whole, Case::Capital),
            Some((third, _)) => {
                self.keep(both, Use::First, Case::Capital)?;
                self.keep(filter::pair(both, third), Use::Whole, Case::Capital)
            }
        }
    }

    fn keep(&mut self, hash: u64, use_: filter::Use, case: filter::Case) -> std::io::Result<()> {
        let code = use_ as u8 * 3 + case as u8;
        let known = self.recent.find(hash, |known| *known == (hash, code));
        if known.is_some() {
            return Ok(());
        }
        self.recent.insert_unique(hash, (hash, code), |(hash, _)| *hash);
        self.count += 1;
        self.smalls += usize::from(case == filter::Case::Small);
        self.noted.write_all(&hash.to_le_bytes())?;
        self.noted.write_all(&[code])
    }

    fn finish(mut self) -> Result<Spool, Error> {
        use filter::{Case, Use};
        let mut builder = filter::Builder::new(self.count, self.smalls);
        let out = self.noted.another();
        let mut noted = std::io::BufReader::new(self.noted.reader()?);
        let mut record = [0; 9];
        for _ in 0..self.count {
            std::io::Read::read_exact(&mut noted, &mut record)?;
            let [hash @ .., code] = record;
            let use_ = if code < 3 { Use::Whole } else { Use::First };
            let case = [Case::Capital, Case::Small, Case::Capitals];
            let case = case.get(usize::from(code % 3)).copied().unwrap_or(Case::Capital);
            builder.add(u64::from_le_bytes(hash), use_, case);
        }
        let mut out = out;
        for word in builder.finish() {
            out.write_all(&word.to_le_bytes())?;
        }
        Ok(out)
    }
}
