//! Beside the walk: what differs between two gazetteers, and what that does to texts.
//!
//! In: two gazetteers, an old and a new one. Out: [`EntityChange`]s, in the order of ids: entities
//! that came, went, changed, or live on under another id, each with its names (`names`); and for
//! documents, the mentions that come, go or change their entity (`mentions`).

mod mentions;
mod names;

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use crate::error::Error;
use crate::gazetteer::{Entity, LayerSource, View, distance_km};
use crate::record::Kind;

pub use mentions::{MentionChange, MentionChanges, MentionCount, mention_changes};
pub use names::NameChange;

/// What became of an entity, a name or a mention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// Only the new one has it.
    Came,
    /// Only the old one has it.
    Went,
    /// Both have it, with different facts; of a mention, with different entities.
    Changed,
    /// An entity of the old one that the new one knows under another id.
    Replaced,
}

impl Change {
    /// The word used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Came => "came",
            Self::Went => "went",
            Self::Changed => "changed",
            Self::Replaced => "replaced",
        }
    }
}

/// A fact that two gazetteers state differently, as the cells of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactChange {
    /// What it says: a column of the contract (`kind`, `weight`, `same_as`, `policy`, …), of the
    /// list, or `canonical name`, or `location`.
    pub fact: String,
    /// What the old one states; empty for nothing.
    pub old: String,
    /// What the new one states.
    pub new: String,
    /// What helps to weigh it: of a location, how far it moved.
    pub note: String,
}

/// What became of one entity.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EntityChange {
    /// In short.
    pub change: Change,
    /// Its id.
    pub id: String,
    /// Its canonical name, the new one where there is one.
    pub name: String,
    /// Its kind, the new one where there is one.
    pub kind: Kind,
    /// Of a replaced entity, the id under which it lives on. Its names are compared there.
    pub by: Option<String>,
    /// Old ids that live on in this entity since the change.
    pub replaces: Vec<String>,
    /// Of an entity that went, entities of the new gazetteer with one of its external ids: a
    /// `replaced_by` was perhaps forgotten.
    pub heirs: Vec<String>,
    /// Facts that changed.
    pub facts: Vec<FactChange>,
    /// Names that came, went or changed; all of them, if the entity came or went.
    pub names: Vec<NameChange>,
}

/// What differs between two gazetteers: an iterator over [`EntityChange`]s in the order of ids.
///
/// Holds in memory only which ids were replaced; costs one reading of all entities and names of
/// both.
///
/// ```
/// use exonym::diff::{Change, Differences};
/// use exonym::{Gazetteer, GazetteerBuilder, Record};
/// let compile = |name: &str| {
///     let mut builder = GazetteerBuilder::new();
///     builder.add(Record::new("mosul", name));
///     Gazetteer::from_bytes(builder.build()?)
/// };
/// let (old, new) = (compile("Mossul")?, compile("Mosul")?);
/// let changes: Vec<_> = Differences::new(&old, &new)?.collect();
/// assert_eq!((changes.len(), changes[0].change), (1, Change::Changed));
/// assert_eq!(changes[0].facts[0].new, "Mosul");
/// # Ok::<(), exonym::Error>(())
/// ```
#[derive(Debug)]
pub struct Differences<'g> {
    old: Side<'g>,
    new: Side<'g>,
    /// Entities of the new gazetteer, by number, with those of the old one that live on in them.
    predecessors: HashMap<u32, Vec<u32>>,
    /// Entities of the old one that live on under another id.
    replaced: HashMap<u32, u32>,
}

/// One gazetteer and the number of the entity that comes next.
#[derive(Debug)]
struct Side<'g> {
    view: View<'g>,
    next: u32,
}

impl<'g> Side<'g> {
    fn open(source: &'g dyn LayerSource) -> Result<Self, Error> {
        Ok(Self { view: source.layer_view()?.0, next: 0 })
    }

    fn len(&self) -> u32 {
        self.view.entities().len() as u32
    }

    fn next_id(&self) -> Option<String> {
        (self.next < self.len()).then(|| self.view.id(self.next))
    }

    fn entity(&self, index: u32) -> Entity<'g> {
        Entity::single(self.view, index)
    }

    /// True if an entity has this very id, and names.
    fn has_names(&self, id: &str) -> bool {
        let own = self.view.find_id(id).filter(|&index| self.view.id(index) == id);
        own.is_some_and(|index| self.view.entity_rows(index).next().is_some())
    }

    /// The entity that an id leads to, by way of external ids and replacements.
    fn find(&self, id: &str) -> Option<u32> {
        let mut found = self.view.find_id(id)?;
        for _ in 0..8 {
            let Some(next) = self.entity(found).replaced_by() else { break };
            match self.view.find_id(&next) {
                Some(index) if index != found => found = index,
                _ => break,
            }
        }
        Some(found)
    }
}

impl<'g> Differences<'g> {
    /// Compares two gazetteers. Costs a look into the new one for every id of the old one.
    ///
    /// # Errors
    /// If one of them is damaged.
    pub fn new(old: &'g dyn LayerSource, new: &'g dyn LayerSource) -> Result<Self, Error> {
        let (old, new) = (Side::open(old)?, Side::open(new)?);
        let (mut predecessors, mut replaced) = (HashMap::<u32, Vec<u32>>::new(), HashMap::new());
        for index in 0..old.len() {
            let id = old.view.id(index);
            let Some(heir) = new.find(&id) else { continue };
            let heir_id = new.view.id(heir);
            if heir_id == id {
                continue;
            }
            // What the old one replaced in the same way is no news; what has names of its own still
            // is tagged under its own id.
            let before = old.find(&id).map(|before| old.view.id(before));
            if before.as_ref() != Some(&heir_id) && !new.has_names(&id) {
                predecessors.entry(heir).or_default().push(index);
                replaced.insert(index, heir);
            }
        }
        Ok(Self { old, new, predecessors, replaced })
    }

    fn came(&self, index: u32, id: String) -> EntityChange {
        let entity = self.new.entity(index);
        let names = names::all(&entity, Change::Came);
        EntityChange { names, ..EntityChange::new(Change::Came, id, &entity) }
    }

    fn went(&self, index: u32, id: String) -> EntityChange {
        let entity = self.old.entity(index);
        let mut heirs: Vec<String> = Vec::new();
        for heir in entity.ids().iter().filter_map(|id| self.new.find(id)) {
            let heir = self.new.view.id(heir);
            if !heirs.contains(&heir) {
                heirs.push(heir);
            }
        }
        let names = names::all(&entity, Change::Went);
        EntityChange { heirs, names, ..EntityChange::new(Change::Went, id, &entity) }
    }

    fn replaced(&self, index: u32, heir: u32, id: String) -> EntityChange {
        let entity = self.old.entity(index);
        let by = Some(self.new.view.id(heir));
        EntityChange { by, ..EntityChange::new(Change::Replaced, id, &entity) }
    }

    /// Compares an entity with the one that has its id in the old gazetteer, or with those that
    /// live on in it.
    fn compared(&self, old: Option<u32>, new: u32, id: String) -> Option<EntityChange> {
        let entity = self.new.entity(new);
        let replaced = self.predecessors.get(&new).map(Vec::as_slice).unwrap_or_default();
        // A replaced entity's own names are compared at its heir.
        let old = old.filter(|old| !self.replaced.contains_key(old));
        let before: Vec<Entity<'g>> =
            old.iter().chain(replaced).map(|&index| self.old.entity(index)).collect();
        let first = before.first()?;
        let change = EntityChange {
            facts: facts(first, &entity),
            names: names::between(&before, &entity),
            replaces: replaced.iter().map(|&index| self.old.view.id(index)).collect(),
            ..EntityChange::new(Change::Changed, id, &entity)
        };
        let differs =
            !(change.facts.is_empty() && change.names.is_empty() && change.replaces.is_empty());
        differs.then_some(change)
    }
}

impl Iterator for Differences<'_> {
    type Item = EntityChange;

    fn next(&mut self) -> Option<EntityChange> {
        loop {
            let (old, new) = (self.old.next_id(), self.new.next_id());
            let order = match (&old, &new) {
                (None, None) => return None,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(old), Some(new)) => old.cmp(new),
            };
            let (at_old, at_new) = (self.old.next, self.new.next);
            self.old.next += u32::from(order != Ordering::Greater);
            self.new.next += u32::from(order != Ordering::Less);
            let id = old.filter(|_| order != Ordering::Greater).or(new).unwrap_or_default();
            let found = match (order, self.replaced.get(&at_old)) {
                (Ordering::Greater, _) if self.predecessors.contains_key(&at_new) => {
                    self.compared(None, at_new, id)
                }
                (Ordering::Greater, _) => Some(self.came(at_new, id)),
                (_, Some(&heir)) => Some(self.replaced(at_old, heir, id)),
                (Ordering::Less, None) => self.unless_known(at_old, id),
                (Ordering::Equal, None) => self.compared(Some(at_old), at_new, id),
            };
            if found.is_some() {
                return found;
            }
        }
    }
}

impl Differences<'_> {
    /// An entity whose id the new gazetteer does not list. That is no change, if the id led
    /// elsewhere before and leads there still.
    fn unless_known(&self, index: u32, id: String) -> Option<EntityChange> {
        self.new.find(&id).is_none().then(|| self.went(index, id))
    }
}

impl EntityChange {
    fn new(change: Change, id: String, entity: &Entity<'_>) -> Self {
        Self {
            change,
            id,
            name: entity.canonical_name(""),
            kind: entity.kind(),
            by: None,
            replaces: Vec::new(),
            heirs: Vec::new(),
            facts: Vec::new(),
            names: Vec::new(),
        }
    }
}

/// The facts that two statements about an entity do not share.
fn facts(old: &Entity<'_>, new: &Entity<'_>) -> Vec<FactChange> {
    let mut facts = Vec::new();
    let mut compare = |fact: &str, old: String, new: String| {
        if old != new {
            facts.push(FactChange { fact: fact.to_owned(), old, new, note: String::new() });
        }
    };
    let text = Option::unwrap_or_default;
    let kind = |entity: &Entity<'_>| text(entity.stated_kind().map(|kind| kind.name().to_owned()));
    let weight = |entity: &Entity<'_>| text(entity.weight().map(|weight| weight.to_string()));
    let retracts = |entity: &Entity<'_>| if entity.retracts() { "retract" } else { "" };
    compare("canonical name", old.canonical_name(""), new.canonical_name(""));
    compare("kind", kind(old), kind(new));
    compare("country", text(old.country()), text(new.country()));
    compare("parent", text(old.parent_id()), text(new.parent_id()));
    let place = |location: Option<(f64, f64)>| {
        text(location.map(|(lat, lon)| format!("{},{}", rounded(lat), rounded(lon))))
    };
    compare("location", place(old.location()), place(new.location()));
    compare("weight", weight(old), weight(new));
    let ids = |entity: &Entity<'_>| {
        let mut ids = entity.ids();
        ids.sort_unstable();
        ids.join("|")
    };
    // The id that became an external one, or the other way, is told as a replacement.
    compare("same_as", ids(old), ids(new));
    compare("replaced_by", text(old.replaced_by()), text(new.replaced_by()));
    compare("role", retracts(old).to_owned(), retracts(new).to_owned());
    let (from, to) = (old.location(), new.location());
    let (old, new) = (old.attributes(), new.attributes());
    let mut told = HashSet::new();
    for (column, _) in old.iter().chain(&new) {
        if told.insert(column) {
            let value = |attributes: &[(String, String)]| {
                let found = attributes.iter().find(|(known, _)| known == column);
                found.map(|(_, value)| value.clone()).unwrap_or_default()
            };
            compare(column, value(&old), value(&new));
        }
    }
    let moved = facts.iter_mut().find(|change| change.fact == "location");
    if let (Some(change), Some(old_place), Some(place)) = (moved, from, to) {
        change.note = format!("{:.1} km", distance_km(old_place, place));
    }
    facts
}

/// Degrees as the file keeps them: whole millionths.
fn rounded(degrees: f64) -> f64 {
    (degrees * 1e6).round() / 1e6
}
