//! Entities: what the rows state of each, merged and numbered by id.
//!
//! In: the entity columns of records. Out: the sections of entities. All entities stay in memory
//! while a list is compiled, so they are kept small: texts stand in one arena, and what few entities
//! have stands there, too.

use std::io::Write;

use hashbrown::HashTable;

use super::facts::{EMPTY, Fact, Stated, Text, facts, push_fact, push_facts, slice, text};
use super::scratch::{Room, Spool};
use super::sort::{Merge, Sorter};
use super::*;
use crate::layout::packed;
use crate::record::{Kind, check_curie, check_id};

/// What the lists state of one entity: 64 bytes.
struct Entity {
    id: Text,
    parent: Text,
    /// Where its [`Fact`]s stand in the arena.
    facts: (u64, u32),
    file: u16,
    line: u32,
    kind: Option<Kind>,
    country: [u8; 2],
    /// Not a number where none is stated; latitude alike.
    lon: f64,
    lat: f64,
    weight: f64,
}

pub(super) struct Entities {
    list: Vec<Entity>,
    arena: Vec<u8>,
    numbers: HashTable<u32>,
    columns: Interner,
    /// The numbers by id, once sorted.
    sorted: Vec<u32>,
    /// Place of each number in `sorted`.
    order: Vec<u32>,
}

impl Default for Entities {
    fn default() -> Self {
        Self {
            list: Vec::new(),
            // The empty text.
            arena: vec![0],
            numbers: HashTable::new(),
            columns: Interner::default(),
            sorted: Vec::new(),
            order: Vec::new(),
        }
    }
}

/// The sections that describe entities.
pub(super) struct EntitySections {
    pub(super) rows: Spool,
    pub(super) entity_rows: Spool,
    pub(super) ids: Spool,
    pub(super) facts: Spool,
}

/// A contradiction between rows: the entity's first row, column and reason.
pub(super) type Contradiction = (Origin, &'static str, String);

impl Entities {
    /// Merges the record's entity columns; the entity's number in order of appearance, or the
    /// column that contradicts an earlier row. A row with an error states nothing.
    pub(super) fn add(&mut self, record: &Record) -> Result<u32, (&'static str, String)> {
        if record.id.is_empty() {
            return Err(("id", "empty; every row names its entity".into()));
        }
        let number = match self.find(&record.id) {
            Some(number) => {
                self.check_row(number, record)?;
                number
            }
            None => {
                check_id(&record.id).map_err(|reason| ("id", reason))?;
                self.check_cells(record)?;
                self.insert(record)?
            }
        };
        self.merge(number, record);
        Ok(number)
    }

    fn find(&self, id: &str) -> Option<u32> {
        // The rows of an entity mostly follow each other.
        if let Some(last) = self.list.last()
            && self.text(last.id) == id
        {
            return Some(self.list.len() as u32 - 1);
        }
        let found = self.numbers.find(hash(id), |&number| self.id(number) == id);
        found.copied()
    }

    fn insert(&mut self, record: &Record) -> Result<u32, (&'static str, String)> {
        let number = u32::try_from(self.list.len())
            .map_err(|_| ("id", "more entities than the format holds".to_owned()))?;
        let id = self.keep(&record.id);
        self.list.push(Entity {
            id,
            parent: EMPTY,
            facts: (0, 0),
            file: record.origin.file,
            line: record.origin.line,
            kind: None,
            country: [0; 2],
            lon: f64::NAN,
            lat: f64::NAN,
            weight: f64::NAN,
        });
        let Self { list, arena, numbers, .. } = self;
        let rehash = |&number: &u32| {
            hash(text(arena, list.get(number as usize).map_or(EMPTY, |entity| entity.id)))
        };
        numbers.insert_unique(hash(&record.id), number, rehash);
        Ok(number)
    }

    /// Tests the cells that the record states.
    fn check_cells(&self, record: &Record) -> Result<(), (&'static str, String)> {
        for curie in &record.same_as {
            let right = check_curie(curie).and_then(|()| check_id(curie));
            right.map_err(|reason| ("same_as", reason))?;
        }
        if !record.country.is_empty() && record.country.len() != 2 {
            return Err(("country", format!("`{}` has not two letters", record.country)));
        }
        Ok(())
    }

    /// Tests the record's cells against what earlier rows state.
    fn check_row(&self, number: u32, record: &Record) -> Result<(), (&'static str, String)> {
        self.check_cells(record)?;
        let Some(entity) = self.list.get(number as usize) else { return Ok(()) };
        let differs = |column, old: &str, new: &str| {
            let reason = format!(
                "states {new}, but an earlier row of `{}` (the entity's first is line {}) states {old}",
                record.id, entity.line
            );
            Err((column, reason))
        };
        if let (Some(old), Some(new)) = (entity.kind, record.kind)
            && old != new
        {
            return differs("kind", old.name(), new.name());
        }
        let country = entity.country();
        if !record.country.is_empty() && !country.is_empty() && country != record.country {
            return differs("country", country, &record.country);
        }
        let parent = self.text(entity.parent);
        if !record.parent.is_empty() && !parent.is_empty() && parent != record.parent {
            return differs("parent", parent, &record.parent);
        }
        if let Some((lat, lon)) = record.location
            && !entity.lat.is_nan()
            && (entity.lat, entity.lon) != (lat, lon)
        {
            let show = |lat: f64, lon: f64| format!("{lat}, {lon}");
            return differs("lat", &show(entity.lat, entity.lon), &show(lat, lon));
        }
        if let Some(weight) = record.weight
            && !entity.weight.is_nan()
            && entity.weight != weight
        {
            return differs("weight", &entity.weight.to_string(), &weight.to_string());
        }
        if !record.replaced_by.is_empty() {
            for fact in self.facts(entity) {
                if let Fact::ReplacedBy(old) = fact
                    && old != record.replaced_by
                {
                    return differs("replaced_by", old, &record.replaced_by);
                }
            }
        }
        Ok(())
    }

    fn merge(&mut self, number: u32, record: &Record) {
        let parent = match self.list.get(number as usize) {
            Some(entity) if entity.parent == EMPTY && !record.parent.is_empty() => {
                self.keep(&record.parent)
            }
            Some(entity) => entity.parent,
            None => return,
        };
        if let Some(entity) = self.list.get_mut(number as usize) {
            entity.parent = parent;
            entity.kind = entity.kind.or(record.kind);
            if let &[one, other] = record.country.as_bytes() {
                entity.country = [one, other];
            }
            if let Some((lat, lon)) = record.location {
                (entity.lat, entity.lon) = (lat, lon);
            }
            if let Some(weight) = record.weight {
                entity.weight = weight;
            }
        }
        for curie in record.same_as.iter().filter(|curie| **curie != record.id) {
            self.state(number, Fact::SameAs(curie));
        }
        if !record.replaced_by.is_empty() {
            self.state(number, Fact::ReplacedBy(&record.replaced_by));
        }
        if record.role == Some(Role::Retract) && record.name.is_empty() {
            let column = self.columns.number(RETRACTED);
            self.state(number, Fact::Attribute(column, ""));
        }
        if !record.source.is_empty() {
            let column = self.columns.number("source");
            self.state(number, Fact::Attribute(column, &record.source));
        }
        for (column, value) in &record.attributes {
            let column = self.columns.number(column);
            self.state(number, Fact::Attribute(column, value));
        }
    }

    /// Adds a fact that the entity does not have yet.
    fn state(&mut self, number: u32, fact: Fact<'_>) {
        let Some(entity) = self.list.get_mut(number as usize) else { return };
        let (start, length) = entity.facts;
        let old = slice(&self.arena, start, length);
        if facts(old).any(|known| known == fact) {
            return;
        }
        let end = start + u64::from(length);
        let start = if length > 0 && end == self.arena.len() as u64 {
            start
        } else {
            let old = old.to_vec();
            let start = self.arena.len() as u64;
            self.arena.extend_from_slice(&old);
            start
        };
        push_fact(&mut self.arena, fact);
        entity.facts = (start, (self.arena.len() as u64 - start) as u32);
    }

    fn keep(&mut self, text: &str) -> Text {
        let at = self.arena.len() as u64;
        varint::push(&mut self.arena, text.len() as u64);
        self.arena.extend_from_slice(text.as_bytes());
        at
    }

    fn text(&self, at: Text) -> &str {
        text(&self.arena, at)
    }

    fn id(&self, number: u32) -> &str {
        self.list.get(number as usize).map_or("", |entity| self.text(entity.id))
    }

    fn facts(&self, entity: &Entity) -> impl Iterator<Item = Fact<'_>> {
        facts(slice(&self.arena, entity.facts.0, entity.facts.1))
    }

    /// Sorts by id. From now on nothing is added.
    pub(super) fn sort(&mut self) {
        let mut sorted: Vec<u32> = (0..self.list.len() as u32).collect();
        sorted.sort_unstable_by(|&one, &other| self.id(one).cmp(self.id(other)));
        self.order = vec![0; sorted.len()];
        for (place, &number) in sorted.iter().enumerate() {
            if let Some(slot) = self.order.get_mut(number as usize) {
                *slot = place as u32;
            }
        }
        self.sorted = sorted;
    }

    /// The final number of an entity.
    pub(super) fn place(&self, number: u32) -> u32 {
        self.order.get(number as usize).copied().unwrap_or(0)
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// All ids and external ids, each with the numbers of its entities.
    fn all_ids(&self, room: &Room, threads: usize) -> Result<Merge, Error> {
        let mut sorter = Sorter::new(room, threads);
        for &number in &self.sorted {
            let Some(entity) = self.list.get(number as usize) else { continue };
            let number = number.to_le_bytes();
            sorter.push(self.text(entity.id).as_bytes(), &number)?;
            for fact in self.facts(entity) {
                if let Fact::SameAs(curie) = fact {
                    sorter.push(curie.as_bytes(), &number)?;
                }
            }
        }
        sorter.finish()
    }

    /// The index of ids, and the contradictions between entities: one external id on two, cycles.
    /// What contradicts is taken from the later entity (by id), and then stands nowhere.
    pub(super) fn index(
        &mut self,
        room: &Room,
        threads: usize,
    ) -> Result<(Spool, Vec<Contradiction>), Error> {
        let mut fst = fst::MapBuilder::new(Spool::new(room)).map_err(fst_error)?;
        let mut problems = Vec::new();
        let mut taken: Vec<(u32, String)> = Vec::new();
        let mut last: Option<(Vec<u8>, u32)> = None;
        let mut ids = self.all_ids(room, threads)?;
        while let Some((key, number)) = ids.next()? {
            let number = number.first_chunk().map_or(0, |number| u32::from_le_bytes(*number));
            if let Some((before, owner)) = last.as_mut()
                && before == key
            {
                let id = String::from_utf8_lossy(key).into_owned();
                // An id of its own stands before what others state.
                let (own, other) = (*owner, number);
                let loser = if self.id(other) == id {
                    *owner = other;
                    own
                } else {
                    other
                };
                let reason = if self.id(own) == id || self.id(other) == id {
                    format!("{id} is the id of another entity of this list")
                } else {
                    format!("{id} stands on `{}` and on `{}`", self.id(own), self.id(other))
                };
                problems.push((self.origin(loser), "same_as", reason));
                taken.push((loser, id));
                continue;
            }
            if let Some((key, owner)) = &last {
                fst.insert(key, self.place(*owner).into()).map_err(fst_error)?;
            }
            let mut buffer = last.take().map(|(key, _)| key).unwrap_or_default();
            buffer.clear();
            buffer.extend_from_slice(key);
            last = Some((buffer, number));
        }
        if let Some((key, owner)) = &last {
            fst.insert(key, self.place(*owner).into()).map_err(fst_error)?;
        }
        for (number, curie) in taken {
            self.retain(number, |fact| fact != Fact::SameAs(&curie));
        }
        for number in 0..self.list.len() as u32 {
            let Some(entity) = self.list.get(number as usize) else { continue };
            let own = self.text(entity.id);
            let origin = self.origin(number);
            if self.facts(entity).any(|fact| fact == Fact::ReplacedBy(own)) {
                problems.push((origin, "replaced_by", "an entity cannot replace itself".into()));
                let own = own.to_owned();
                self.retain(number, |fact| fact != Fact::ReplacedBy(&own));
            }
            if self.is_own_ancestor(number) {
                let reason = format!("`{}` contains itself through its parents", self.id(number));
                problems.push((origin, "parent", reason));
                if let Some(entity) = self.list.get_mut(number as usize) {
                    entity.parent = EMPTY;
                }
            }
        }
        problems.sort();
        Ok((fst.into_inner().map_err(fst_error)?, problems))
    }

    fn origin(&self, number: u32) -> Origin {
        let entity = self.list.get(number as usize);
        entity
            .map_or_else(Origin::default, |entity| Origin { file: entity.file, line: entity.line })
    }

    /// Keeps only the facts that are `wanted`.
    fn retain(&mut self, number: u32, wanted: impl Fn(Fact<'_>) -> bool) {
        let Some(entity) = self.list.get_mut(number as usize) else { return };
        let old = slice(&self.arena, entity.facts.0, entity.facts.1).to_vec();
        entity.facts = (0, 0);
        for fact in facts(&old).filter(|fact| wanted(*fact)) {
            self.state(number, fact);
        }
    }

    fn is_own_ancestor(&self, number: u32) -> bool {
        let mut at = self.list.get(number as usize);
        for _ in 0..64 {
            let Some(parent) = at.map(|entity| entity.parent).filter(|&at| at != EMPTY) else {
                return false;
            };
            match self.find_sorted(self.text(parent)) {
                Some(parent) if parent == number => return true,
                Some(parent) => at = self.list.get(parent as usize),
                None => return false,
            }
        }
        true
    }

    fn find_sorted(&self, id: &str) -> Option<u32> {
        self.numbers.find(hash(id), |&number| self.id(number) == id).copied()
    }

    /// The entity sections. `names` are the names' numbers by entity, with their count and the
    /// largest of them;
    /// `listed` says which entities have a name that is no decoy.
    pub(super) fn write(
        &mut self,
        mut names: Merge,
        (count, most): (u32, u32),
        listed: &[bool],
        room: &Room,
        meta: &mut Meta,
    ) -> Result<EntitySections, Error> {
        let spool = || Spool::new(room);
        let columns = self.columns.sort();
        // Only where it is needed: reading looks for it in every entity of a file that has it.
        let foreign = self.list.iter().map(|entity| self.text(entity.parent));
        let foreign = foreign
            .filter(|parent| !parent.is_empty())
            .any(|parent| self.find_sorted(parent).is_none());
        let parent_column = if foreign { self.columns.number("parent") } else { 0 };
        let replaced_column = self.columns.number("replaced_by");
        let mut prefixes = Interner::default();
        let (mut rows, mut facts, mut ids) = (spool(), spool(), front::Encoder::new(spool()));
        let mut entity_rows = packed::Writer::new(spool(), count, most.into())?;
        let mut next = entity_name(names.next()?);
        let mut written = 0_u64;
        let mut bytes = Vec::new();
        for (&number, place) in self.sorted.iter().zip(0_u32..) {
            let Some(entity) = self.list.get(number as usize) else { continue };
            let first_row = limit(u32::try_from(written), "names")?;
            while let Some((owner, name)) = next.filter(|(owner, _)| *owner == place) {
                debug_assert_eq!(owner, place);
                entity_rows.push(name.into())?;
                written += 1;
                next = entity_name(names.next()?);
            }
            let parent = Some(self.text(entity.parent)).filter(|parent| !parent.is_empty());
            let local = parent.and_then(|parent| self.find_sorted(parent));
            let mut stated = Stated::default();
            for fact in self.facts(entity) {
                match fact {
                    Fact::SameAs(curie) => stated.same_as.push(curie),
                    Fact::ReplacedBy(id) => stated.replaced_by = id,
                    Fact::Attribute(column, value) => {
                        let column = columns.get(column as usize).copied().unwrap_or(column);
                        stated.attributes.push((column, value));
                    }
                }
            }
            // An id of another layer is kept by its text, and so are the few replacements.
            if let (Some(parent), None) = (parent, local) {
                stated.attributes.push((parent_column, parent));
            }
            if !stated.replaced_by.is_empty() {
                stated.attributes.push((replaced_column, stated.replaced_by));
            }
            let first_fact = limit(u32::try_from(facts.len()), "bytes of external ids")?;
            bytes.clear();
            push_facts(&mut bytes, &stated, &mut prefixes);
            facts.write_all(&bytes)?;
            let row = EntityRow::new(
                entity.kind,
                entity.country,
                local.map_or(0, |parent| self.place(parent) + 1),
                (!entity.lat.is_nan()).then_some((entity.lat, entity.lon)),
                (!entity.weight.is_nan()).then_some(entity.weight),
                first_row,
                first_fact,
            );
            rows.write_all(row.as_bytes())?;
            ids.push(self.text(entity.id).as_bytes())?;
            if listed.get(place as usize) == Some(&true) {
                meta.entities += 1;
                let kind = entity.kind.unwrap_or(Kind::Other).name();
                *meta.by_kind.entry(kind.to_owned()).or_default() += 1;
            }
        }
        meta.prefixes = prefixes.into_list();
        meta.columns = std::mem::take(&mut self.columns).into_list();
        Ok(EntitySections { rows, entity_rows: entity_rows.finish()?, ids: ids.finish()?, facts })
    }
}

impl Entity {
    fn country(&self) -> &str {
        if self.country == [0; 2] {
            return "";
        }
        std::str::from_utf8(&self.country).unwrap_or_default()
    }
}

fn hash(id: &str) -> u64 {
    checksum(id.as_bytes())
}

/// What the names' sorter says: the entity's place, and the number of a name.
fn entity_name(record: Option<(&[u8], &[u8])>) -> Option<(u32, u32)> {
    let (key, name) = record?;
    let place = u32::from_be_bytes(*key.first_chunk()?);
    Some((place, u32::from_le_bytes(*name.first_chunk()?)))
}
