//! Entities: what the rows state of each, merged and numbered by id.

use std::collections::HashMap;

use super::*;
use crate::layout::packed;
use crate::record::{Kind, check_curie};

/// What the lists state of one entity.
#[derive(Default)]
struct Entity {
    id: String,
    origin: Origin,
    kind: Option<Kind>,
    country: String,
    parent: String,
    location: Option<(f64, f64)>,
    weight: Option<f64>,
    same_as: Vec<String>,
    replaced_by: String,
    attributes: Vec<(u32, String)>,
}

#[derive(Default)]
pub(super) struct Entities {
    list: Vec<Entity>,
    numbers: HashMap<String, u32>,
    columns: Interner,
}

/// The sections that describe entities.
pub(super) struct EntitySections {
    pub(super) rows: Vec<u8>,
    pub(super) entity_rows: Vec<u8>,
    pub(super) ids: Vec<u8>,
    pub(super) facts: Vec<u8>,
    pub(super) index: Vec<u8>,
}

/// Takes `new` into `old`; `Err` if both are stated and differ.
fn state<T: PartialEq>(old: &mut Option<T>, new: Option<T>) -> Result<(), ()> {
    match (old.as_ref(), new) {
        (_, None) => Ok(()),
        (None, new) => {
            *old = new;
            Ok(())
        }
        (Some(old), Some(new)) => {
            if *old == new {
                Ok(())
            } else {
                Err(())
            }
        }
    }
}

fn state_text(old: &mut String, new: &str) -> Result<(), ()> {
    if old.is_empty() {
        new.clone_into(old);
    }
    if new.is_empty() || old == new { Ok(()) } else { Err(()) }
}

impl Entities {
    /// Merges the record's entity columns; the entity's number in order of appearance, or the
    /// column that contradicts an earlier row.
    pub(super) fn add(&mut self, record: &Record) -> Result<u32, (&'static str, String)> {
        if record.id.is_empty() {
            return Err(("id", "empty; every row names its entity".into()));
        }
        for curie in &record.same_as {
            check_curie(curie).map_err(|reason| ("same_as", reason))?;
        }
        let number = match self.numbers.get(&record.id) {
            Some(&number) => number,
            None => {
                let number = u32::try_from(self.list.len())
                    .map_err(|_| ("id", "more entities than the format holds".to_owned()))?;
                self.numbers.insert(record.id.clone(), number);
                self.list.push(Entity {
                    id: record.id.clone(),
                    origin: record.origin,
                    ..Entity::default()
                });
                number
            }
        };
        let Some(entity) = self.list.get_mut(number as usize) else { return Ok(number) };
        let differs = |old: &dyn std::fmt::Debug, new: &dyn std::fmt::Debug, line: u32| {
            format!(
                "states {new:?}, but an earlier row of `{}` (line {line}) states {old:?}",
                record.id
            )
        };
        let line = entity.origin.line;
        let kind = entity.kind;
        state(&mut entity.kind, record.kind).map_err(|()| {
            ("kind", differs(&kind.map(Kind::name), &record.kind.map(Kind::name), line))
        })?;
        state_text(&mut entity.country, &record.country)
            .map_err(|()| ("country", differs(&entity.country, &record.country, line)))?;
        state_text(&mut entity.parent, &record.parent)
            .map_err(|()| ("parent", differs(&entity.parent, &record.parent, line)))?;
        let location = entity.location;
        state(&mut entity.location, record.location)
            .map_err(|()| ("lat", differs(&location, &record.location, line)))?;
        let weight = entity.weight;
        state(&mut entity.weight, record.weight)
            .map_err(|()| ("weight", differs(&weight, &record.weight, line)))?;
        state_text(&mut entity.replaced_by, &record.replaced_by).map_err(|()| {
            ("replaced_by", differs(&entity.replaced_by, &record.replaced_by, line))
        })?;
        for curie in &record.same_as {
            if !entity.same_as.contains(curie) && *curie != entity.id {
                entity.same_as.push(curie.clone());
            }
        }
        if record.role == Some(Role::Retract) && record.name.is_empty() {
            entity.attributes.push((self.columns.number(RETRACTED), String::new()));
        }
        let source =
            (!record.source.is_empty()).then(|| ("source".to_owned(), record.source.clone()));
        for (column, value) in source.iter().chain(&record.attributes) {
            let column = self.columns.number(column);
            if !entity.attributes.iter().any(|(known, old)| *known == column && old == value) {
                entity.attributes.push((column, value.clone()));
            }
        }
        Ok(number)
    }

    /// Sorts by id; the new number of each old one.
    pub(super) fn sort(&mut self) -> Vec<u32> {
        let mut olds: Vec<u32> = (0..self.list.len() as u32).collect();
        olds.sort_by(|&one, &other| self.id(one).cmp(self.id(other)));
        let mut order = vec![0; olds.len()];
        for (new, &old) in olds.iter().enumerate() {
            if let Some(slot) = order.get_mut(old as usize) {
                *slot = new as u32;
            }
        }
        self.list.sort_by(|one, other| one.id.cmp(&other.id));
        let columns = self.columns.sort();
        for (column, _) in self.list.iter_mut().flat_map(|entity| &mut entity.attributes) {
            *column = columns.get(*column as usize).copied().unwrap_or(*column);
        }
        self.numbers =
            self.list.iter().zip(0..).map(|(entity, new)| (entity.id.clone(), new)).collect();
        order
    }

    fn id(&self, number: u32) -> &str {
        self.list.get(number as usize).map_or("", |entity| &entity.id)
    }

    /// Contradictions between entities: one external id on two, cycles, unknown replacements.
    pub(super) fn check(&self) -> Vec<(Origin, String, String)> {
        let mut problems = Vec::new();
        let mut owners: HashMap<&str, &str> = HashMap::new();
        for entity in &self.list {
            for curie in &entity.same_as {
                if let Some(other) = owners.insert(curie, &entity.id) {
                    let reason = format!("{curie} stands on `{other}` and on `{}`", entity.id);
                    problems.push((entity.origin, "same_as".to_owned(), reason));
                }
                if self.numbers.contains_key(curie) {
                    let reason = format!("{curie} is the id of another entity of this list");
                    problems.push((entity.origin, "same_as".to_owned(), reason));
                }
            }
            if !entity.replaced_by.is_empty() && entity.replaced_by == entity.id {
                let reason = "an entity cannot replace itself".to_owned();
                problems.push((entity.origin, "replaced_by".to_owned(), reason));
            }
            if self.is_own_ancestor(entity) {
                let reason = format!("`{}` contains itself through its parents", entity.id);
                problems.push((entity.origin, "parent".to_owned(), reason));
            }
        }
        problems
    }

    fn is_own_ancestor(&self, entity: &Entity) -> bool {
        let mut parent = &entity.parent;
        for _ in 0..64 {
            if parent.is_empty() {
                return false;
            }
            if *parent == entity.id {
                return true;
            }
            let next = self.numbers.get(parent).and_then(|&number| self.list.get(number as usize));
            match next {
                Some(next) => parent = &next.parent,
                None => return false,
            }
        }
        true
    }

    /// The entity sections. `names` are the row numbers of each entity, `listed` says which
    /// entities have a name that is no decoy.
    pub(super) fn write(
        &mut self,
        names: &[Vec<u32>],
        listed: &[bool],
        meta: &mut Meta,
    ) -> Result<EntitySections, Error> {
        let mut rows = Vec::new();
        let mut entity_rows: Vec<u32> = Vec::new();
        let mut ids = front::Encoder::default();
        let mut facts = Vec::new();
        let mut index: Vec<(&str, u32)> = Vec::new();
        let mut prefixes = Interner::default();
        let parent_column = self.columns.number("parent");
        let replaced_column = self.columns.number("replaced_by");
        for (entity, number) in self.list.iter().zip(0_u32..) {
            let local = |id: &String| self.numbers.get(id).map_or(0, |number| number + 1);
            let first_row = limit(u32::try_from(entity_rows.len()), "names")?;
            let first_fact = limit(u32::try_from(facts.len()), "bytes of external ids")?;
            entity_rows.extend(names.get(number as usize).into_iter().flatten());
            let mut attributes = entity.attributes.clone();
            // An id of another layer is kept by its text, and so are the few replacements.
            if !entity.parent.is_empty() && local(&entity.parent) == 0 {
                attributes.push((parent_column, entity.parent.clone()));
            }
            if !entity.replaced_by.is_empty() {
                attributes.push((replaced_column, entity.replaced_by.clone()));
            }
            push_facts(&mut facts, &entity.same_as, &attributes, &mut prefixes);
            let country = <[u8; 2]>::try_from(entity.country.as_bytes()).unwrap_or([0; 2]);
            rows.push(EntityRow::new(
                entity.kind,
                country,
                local(&entity.parent),
                entity.location,
                entity.weight,
                first_row,
                first_fact,
            ));
            ids.push(&entity.id);
            index.push((&entity.id, number));
            index.extend(entity.same_as.iter().map(|curie| (curie.as_str(), number)));
            if listed.get(number as usize) == Some(&true) {
                meta.entities += 1;
                let kind = entity.kind.unwrap_or(Kind::Other).name().to_owned();
                *meta.by_kind.entry(kind).or_default() += 1;
            }
        }
        index.sort_unstable();
        index.dedup_by_key(|(id, _)| *id);
        let mut builder = fst::MapBuilder::memory();
        for (id, number) in index {
            builder.insert(id, number.into()).map_err(fst_error)?;
        }
        meta.prefixes = prefixes.into_list();
        meta.columns = std::mem::take(&mut self.columns).into_list();
        Ok(EntitySections {
            rows: rows.as_bytes().to_vec(),
            entity_rows: packed::write(&entity_rows),
            ids: ids.finish(),
            facts,
            index: builder.into_inner().map_err(fst_error)?,
        })
    }
}

/// Attribute column that marks an entity which a layer takes back.
pub(crate) const RETRACTED: &str = "\u{0}retracted";

/// `number of ids, ids…, number of attributes, (column, length, bytes)…`. An external id is the
/// number of its prefix times three, plus its form: digits, `Q` and digits, or text with a length.
fn push_facts(
    facts: &mut Vec<u8>,
    same_as: &[String],
    attributes: &[(u32, String)],
    prefixes: &mut Interner,
) {
    varint::push(facts, same_as.len() as u64);
    for curie in same_as {
        let (prefix, rest) = curie.split_once(':').unwrap_or(("", curie));
        let prefix = u64::from(prefixes.number(prefix)) * 3;
        let number = |digits: &str| {
            let plain = digits == "0" || !digits.starts_with('0');
            let digits_only =
                plain && digits.len() < 19 && digits.bytes().all(|byte| byte.is_ascii_digit());
            digits_only.then(|| digits.parse::<u64>().ok()).flatten()
        };
        if let Some(value) = number(rest) {
            varint::push(facts, prefix);
            varint::push(facts, value);
        } else if let Some(value) = rest.strip_prefix('Q').and_then(number) {
            varint::push(facts, prefix + 1);
            varint::push(facts, value);
        } else {
            varint::push(facts, prefix + 2);
            varint::push(facts, rest.len() as u64);
            facts.extend_from_slice(rest.as_bytes());
        }
    }
    varint::push(facts, attributes.len() as u64);
    for (column, value) in attributes {
        varint::push(facts, u64::from(*column));
        varint::push(facts, value.len() as u64);
        facts.extend_from_slice(value.as_bytes());
    }
}
