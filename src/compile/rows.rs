//! Names, sorted, written as the sections of names.
//!
//! In: the records of [`names`](super::names), by stored key. Out: FST, filter, rows, surfaces, dates and
//! origins. The names of one key are taken together: they are put in order, repeated ones are
//! dropped, and what one row states holds for others.

use std::collections::HashMap;
use std::io::Write;
use std::ops::Range;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, Scope, ScopedJoinHandle};

use zerocopy::little_endian::U16;
use zerocopy::{FromBytes, IntoBytes};

use super::beginnings::{Beginnings, text_case};
use super::entities::Entities;
use super::names::{Names, Period, Stored};
use super::scratch::{Room, Spool};
use super::sort::{Merge, Sorter};
use super::*;
use crate::layout::keys;
use crate::layout::rows::{self, DraftRow, RowKind};
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
    /// As it is stored, and as it is.
    stored: Vec<u8>,
    key: Vec<u8>,
    names: Vec<u8>,
    entries: Vec<Entry>,
}

struct Writer<'w> {
    provenance: Provenance,
    keys: Keys<'w>,
    beginnings: Beginnings,
    rows: Rows,
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
    let sorted = sorter.finish()?;
    let spool = || Spool::new(room);
    let sections = thread::scope(|scope| -> Result<_, Error> {
        let fst = keys::Writer::new(spool()).map_err(fst_error)?;
        let keys = if options.threads > 1 {
            Keys::on_thread(fst, scope)?
        } else {
            Keys::Here(Box::new(fst))
        };
        let mut writer = Writer {
            provenance: options.provenance,
            keys,
            beginnings: Beginnings::new(spool()),
            rows: Rows::new(spool()),
            surfaces: front::Encoder::new(spool()),
            dates: spool(),
            origins: spool(),
            by_entity: Sorter::new(room, options.threads),
            next: 0,
            counts: Counts { listed: vec![false; entities.len()], ..Counts::default() },
            progress,
        };
        let mut sorted = sorted;
        let mut group = Group::default();
        while let Some((key, payload)) = sorted.next()? {
            if key != group.stored {
                writer.write(&mut group)?;
                group.stored.clear();
                group.stored.extend_from_slice(key);
                group.key.clear();
                group.key.extend(key.iter().map(|&byte| keys::stored(byte)));
            }
            group.push(payload, entities, &lang_order);
        }
        writer.write(&mut group)?;
        writer.finish()
    })?;
    Ok((sections, langs.into_list()))
}

/// The FST of keys, which takes half of the time of writing: made on a thread of its own.
enum Keys<'s> {
    Here(Box<keys::Writer<Spool>>),
    There {
        batch: KeyBatch,
        to_thread: SyncSender<KeyBatch>,
        thread: ScopedJoinHandle<'s, Result<Spool, Error>>,
    },
}

/// Keys one after the other, each with its end and the number of its rows.
#[derive(Default)]
struct KeyBatch {
    bytes: Vec<u8>,
    keys: Vec<(usize, u32)>,
}

/// Keys that travel together.
const KEYS: usize = 4096;

impl<'s> Keys<'s> {
    fn on_thread<'e>(
        mut fst: keys::Writer<Spool>,
        scope: &'s Scope<'s, 'e>,
    ) -> Result<Self, Error> {
        let (to_thread, batches) = sync_channel::<KeyBatch>(4);
        let thread = thread::Builder::new().spawn_scoped(scope, move || {
            for batch in batches {
                let mut start = 0;
                for (end, rows) in batch.keys {
                    let key = batch.bytes.get(start..end).unwrap_or_default();
                    fst.insert(key, rows).map_err(fst_error)?;
                    start = end;
                }
            }
            fst.finish().map_err(fst_error)
        })?;
        Ok(Self::There { batch: KeyBatch::default(), to_thread, thread })
    }

    fn insert(&mut self, key: &[u8], rows: u32) -> Result<(), Error> {
        match self {
            Self::Here(fst) => fst.insert(key, rows).map_err(fst_error),
            Self::There { batch, to_thread, .. } => {
                batch.bytes.extend_from_slice(key);
                batch.keys.push((batch.bytes.len(), rows));
                if batch.keys.len() >= KEYS {
                    // If the thread is gone, it has an error, which `finish` tells.
                    let _ = to_thread.send(std::mem::take(batch));
                }
                Ok(())
            }
        }
    }

    fn finish(self) -> Result<Spool, Error> {
        match self {
            Self::Here(fst) => fst.finish().map_err(fst_error),
            Self::There { batch, to_thread, thread } => {
                let _ = to_thread.send(batch);
                drop(to_thread);
                let stopped = || std::io::Error::other("the thread that wrote the keys stopped");
                thread.join().unwrap_or_else(|_| Err(stopped().into()))
            }
        }
    }
}

/// Rows, kept until the kinds of all of them are known.
struct Rows {
    drafts: Spool,
    /// With how many rows are of each.
    kinds: Vec<(RowKind, u32)>,
    numbers: HashMap<RowKind, u32>,
    last: Option<(RowKind, u32)>,
}

impl Rows {
    fn new(drafts: Spool) -> Self {
        Self { drafts, kinds: Vec::new(), numbers: HashMap::new(), last: None }
    }

    fn push(&mut self, row: &Row) -> std::io::Result<()> {
        let kind = RowKind::of(row);
        let number = match self.last {
            Some((last, number)) if last == kind => number,
            _ => *self.numbers.entry(kind).or_insert_with(|| {
                self.kinds.push((kind, 0));
                self.kinds.len() as u32 - 1
            }),
        };
        if let Some((_, rows)) = self.kinds.get_mut(number as usize) {
            *rows += 1;
        }
        self.last = Some((kind, number));
        self.drafts.write_all(DraftRow::new(row, number).as_bytes())
    }

    /// The section of `count` rows; `most` is the largest number of an entity.
    fn finish(mut self, count: u32, most: u32) -> Result<Spool, Error> {
        let (out, exceptions) = (self.drafts.another(), self.drafts.another());
        let mut drafts = std::io::BufReader::new(self.drafts.reader()?);
        let (mut out, mut exceptions) =
            rows::write(&self.kinds, &mut drafts, count, most, out, exceptions)?;
        std::io::copy(&mut exceptions.reader()?, &mut out)?;
        Ok(out)
    }
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
        let rows = limit(u32::try_from(group.entries.len()), "names")?;
        self.keys.insert(&group.stored, rows)?;
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
            self.surfaces.push(group.name(entry))?;
            self.write_row(entry)?;
        }
        group.names.clear();
        group.entries.clear();
        Ok(())
    }

    fn write_row(&mut self, entry: &Entry) -> Result<(), Error> {
        let (row, number) = (entry.row, self.next);
        self.next = limit(number.checked_add(1).ok_or(()), "names")?;
        self.rows.push(&row)?;
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
        let most = self.counts.listed.len().saturating_sub(1) as u32;
        Ok(NameSections {
            keys: self.keys.finish()?,
            filter: self.beginnings.finish()?,
            rows: self.rows.finish(self.next, most)?,
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
