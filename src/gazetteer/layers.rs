//! Several gazetteers used as one.
//!
//! Two rules join entities of different layers: the same id is a correction, what the later layer
//! states wins; only a shared external id is a union, the later layer adds names and fills blanks.
//! An external id that would join a place with a group, or places more than 100 km apart, joins
//! nothing and is reported.

use std::sync::{Arc, OnceLock};

use smallvec::{SmallVec, smallvec};

use super::entity::{EntityKey, Member};
use super::{Entity, Gazetteer, View};
use crate::error::Error;
use crate::record::{Kind, is_curie};
use crate::words::ByHash;

/// A layer: any gazetteer, whatever its bytes.
pub trait Source: Send + Sync {
    #[doc(hidden)]
    fn layer_view(&self) -> Result<ViewHandle<'_>, Error>;
}

/// What a [`Source`] hands to [`Layers`].
#[doc(hidden)]
pub struct ViewHandle<'g>(pub(crate) View<'g>);

impl<S: Source + ?Sized> Source for &S {
    fn layer_view(&self) -> Result<ViewHandle<'_>, Error> {
        (**self).layer_view()
    }
}

impl<S: Source + ?Sized> Source for Arc<S> {
    fn layer_view(&self) -> Result<ViewHandle<'_>, Error> {
        (**self).layer_view()
    }
}

impl<D: AsRef<[u8]> + Send + Sync> Source for Gazetteer<D> {
    fn layer_view(&self) -> Result<ViewHandle<'_>, Error> {
        self.view().map(ViewHandle)
    }
}

/// Gazetteers that work as one, the first the base.
///
/// ```
/// use exonym::{Gazetteer, GazetteerBuilder, Layers, Record};
/// let mut builder = GazetteerBuilder::new();
/// builder.add(Record::new("mosul", "Mossul Town"));
/// let overlay = Gazetteer::from_bytes(builder.build()?)?;
/// let layers = Layers::new([Gazetteer::embedded() as &dyn exonym::LayerSource, &overlay])?;
/// assert_eq!(layers.lookup("Mossul Town")[0].entity().canonical_name("fr"), "Mossoul");
/// # Ok::<(), exonym::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Layers<'g> {
    views: Vec<View<'g>>,
    /// Whether each layer is small enough to be kept by hand.
    kept: Vec<bool>,
    joins: Arc<Joins>,
}

/// What several layers know in common.
#[derive(Clone, Debug, Default)]
pub(super) struct Joins {
    /// Group of each entity that several layers know, by the hash of its key, which no other key has.
    groups_of: ByHash<u32>,
    groups: Vec<Group>,
    /// Entities that their last layer takes back, by the same.
    retracted: ByHash<()>,
    refused: Vec<String>,
}

/// An entity that several layers know.
#[derive(Clone, Debug)]
struct Group {
    parts: SmallVec<[Part; 2]>,
    /// What its layers state together, once it was asked for.
    told: OnceLock<Told>,
}

/// What resolving asks again and again.
#[derive(Clone, Copy, Debug)]
struct Told {
    facts: Facts,
    parent: Option<EntityKey>,
}

/// One layer's part of an entity.
#[derive(Clone, Copy, Debug)]
struct Part {
    key: EntityKey,
    /// See [`Member`].
    corrects: bool,
}

/// An id that a layer shares with an earlier one.
struct Shared {
    /// Of the layer.
    index: u32,
    /// It is the id of the layer's entity, not one of its external ids.
    own: bool,
    curie: bool,
    /// The entity of the earlier layer.
    base: EntityKey,
}

/// What resolving asks of an entity.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    pub(crate) kind: Kind,
    /// Negative if unknown.
    pub(crate) weight: f32,
    /// ISO 3166-1 alpha-2, or zeros.
    pub(crate) country: [u8; 2],
    pub(crate) location: Option<(f64, f64)>,
}

impl<'g> Layers<'g> {
    /// Joins gazetteers, earliest first. Costs a look at each id that two of them share, and at the
    /// beginnings that ids have in common: about a third of a microsecond each, whatever the size.
    ///
    /// # Errors
    /// If a gazetteer is damaged.
    pub fn new(sources: impl IntoIterator<Item = &'g dyn Source>) -> Result<Self, Error> {
        let views: Result<Vec<_>, Error> =
            sources.into_iter().map(|source| source.layer_view().map(|handle| handle.0)).collect();
        let mut layers = Self::apart(views?);
        for layer in 1..layers.views.len() {
            layers.join(layer);
        }
        layers.note_retractions();
        Ok(layers)
    }

    /// Gazetteers that were joined before.
    pub(super) fn rejoined(
        sources: impl Iterator<Item = &'g dyn Source>,
        joins: &Arc<Joins>,
    ) -> Result<Self, Error> {
        let views: Result<Vec<_>, Error> =
            sources.map(|source| source.layer_view().map(|handle| handle.0)).collect();
        Ok(Self { joins: joins.clone(), ..Self::apart(views?) })
    }

    pub(super) fn joins(&self) -> &Arc<Joins> {
        &self.joins
    }

    pub(crate) fn single(view: View<'g>) -> Self {
        Self::apart(vec![view])
    }

    fn apart(views: Vec<View<'g>>) -> Self {
        const MOST_NAMES: usize = 400_000;
        let kept = views.iter().map(|view| view.rows().len() <= MOST_NAMES).collect();
        Self { views, kept, joins: Arc::default() }
    }

    fn note_retractions(&mut self) {
        let mut retracted = ByHash::default();
        for group in &self.joins.groups {
            if let [first, .., last] = group.parts.as_slice()
                && let Some(last) = self.member(last)
                && last.view.has_retractions()
                && last.retracts()
            {
                retracted.insert(first.key.hash(), ());
            }
        }
        Arc::make_mut(&mut self.joins).retracted = retracted;
    }

    fn member(&self, part: &Part) -> Option<Member<'g>> {
        let &Part { key: EntityKey { layer, index }, corrects } = part;
        let view = *self.views.get(usize::from(layer))?;
        Some(Member { view, layer, index, corrects })
    }

    /// The parts of an entity that several layers know.
    #[inline]
    fn group(&self, key: EntityKey) -> Option<&Group> {
        let joins = &*self.joins;
        if joins.groups_of.is_empty() {
            return None;
        }
        let &group = joins.groups_of.get(&key.hash())?;
        joins.groups.get(group as usize)
    }

    /// Joins the entities of layer `layer` to those of earlier ones.
    fn join(&mut self, layer: usize) {
        let Some(&view) = self.views.get(layer) else { return };
        let mut all: Vec<Shared> = Vec::new();
        for (earlier, number) in self.views.iter().take(layer).zip(0_u16..) {
            earlier.common_ids(&view, |id, base, index| {
                let (own, curie) = (view.is_id(index, id), is_curie(id));
                let base = EntityKey { layer: number, index: base };
                all.push(Shared { index, own, curie, base });
            });
        }
        // Entities in order, and of one the earliest layers first.
        all.sort_by_key(|shared| shared.index);
        let joins = Arc::make_mut(&mut self.joins);
        joins.groups_of.reserve(2 * all.len());
        joins.groups.reserve(all.len());
        for shared in all.chunk_by(|one, other| one.index == other.index) {
            self.join_entity(view, layer, shared);
        }
    }

    /// Joins an entity with those of earlier layers of which it shares ids.
    fn join_entity(&mut self, view: View<'g>, layer: usize, shared: &[Shared]) {
        let Some(first) = shared.first() else { return };
        let (index, base) = (first.index, self.primary(first.base));
        let own = Member { view, layer: layer as u16, index, corrects: !first.curie };
        let union = Member { corrects: false, ..own };
        // Mostly it is one id, and nothing has to be read.
        if shared.iter().all(|shared| shared.own) {
            return self.join_pair(base, own);
        }
        if shared.len() == 1 && !self.is_conflict(base, &union) {
            return self.join_pair(base, union);
        }
        let id = view.id(index);
        if let Some(base) = self.find_before(layer, &id) {
            self.join_pair(base, Member { corrects: !is_curie(&id), ..own });
        }
        for curie in view.facts(index).same_as {
            if let Some(base) = self.find_before(layer, &curie) {
                match self.conflict(base, &union, &curie) {
                    None => self.join_pair(base, union),
                    Some(reason) => Arc::make_mut(&mut self.joins).refused.push(reason),
                }
            }
        }
    }

    fn find_before(&self, layer: usize, id: &str) -> Option<EntityKey> {
        self.views.iter().take(layer).zip(0_u16..).find_map(|(view, layer)| {
            let index = view.find_id(id)?;
            Some(self.primary(EntityKey { layer, index }))
        })
    }

    fn join_pair(&mut self, base: EntityKey, member: Member<'g>) {
        let Joins { groups_of, groups, .. } = Arc::make_mut(&mut self.joins);
        let key = EntityKey { layer: member.layer, index: member.index };
        if groups_of.contains_key(&key.hash()) {
            return;
        }
        let group = *groups_of.entry(base.hash()).or_insert_with(|| {
            let parts = smallvec![Part { key: base, corrects: false }];
            groups.push(Group { parts, told: OnceLock::new() });
            groups.len() as u32 - 1
        });
        groups_of.insert(key.hash(), group);
        if let Some(group) = groups.get_mut(group as usize) {
            group.parts.push(Part { key, corrects: member.corrects });
            group.told = OnceLock::new();
        }
    }

    /// How far the two lie from each other, or infinity if they are of different type, where that
    /// keeps them from being one.
    fn distance_between(&self, base: EntityKey, member: &Member<'g>) -> Option<f64> {
        let one = self.entity(base);
        let other = Entity::of(*member);
        if let (Some(kind), Some(other_kind)) = (one.stated_kind(), other.stated_kind())
            && kind.entity_type() != other_kind.entity_type()
        {
            return Some(f64::INFINITY);
        }
        let apart = distance_km(one.location()?, other.location()?);
        // The middle of something wide may be taken to lie anywhere in it.
        let wide = matches!(
            one.kind(),
            Kind::Country
                | Kind::Region
                | Kind::Continent
                | Kind::Water
                | Kind::Mountain
                | Kind::Desert
        );
        (apart > 100.0 && !wide).then_some(apart)
    }

    fn is_conflict(&self, base: EntityKey, member: &Member<'g>) -> bool {
        self.distance_between(base, member).is_some()
    }

    /// Why the external id must not join the two, if it must not.
    fn conflict(&self, base: EntityKey, member: &Member<'g>, curie: &str) -> Option<String> {
        let apart = self.distance_between(base, member)?;
        let (one, other) = (self.entity(base).id(), Entity::of(*member).id());
        Some(if apart.is_infinite() {
            format!("{curie} stands on {one} and {other}, but one is a place and the other a group")
        } else {
            format!("{curie} stands on {one} and {other}, which lie {apart:.0} km apart")
        })
    }

    /// External ids that two layers state for things that cannot be one; they joined nothing.
    pub fn refused_joins(&self) -> &[String] {
        &self.joins.refused
    }

    pub(crate) fn views(&self) -> &[View<'g>] {
        &self.views
    }

    /// The key under which an entity is known: its earliest layer's.
    #[inline]
    pub(crate) fn primary(&self, key: EntityKey) -> EntityKey {
        self.group(key).and_then(|group| group.parts.first()).map_or(key, |part| part.key)
    }

    /// True if a later layer takes the entity back.
    #[inline]
    pub(crate) fn retracts(&self, key: EntityKey) -> bool {
        let retracted = &self.joins.retracted;
        !retracted.is_empty() && retracted.contains_key(&key.hash())
    }

    /// What resolving asks of an entity. Costs a look at its row, or for one of several layers at
    /// what it told when it was first asked.
    pub(crate) fn facts(&self, key: EntityKey) -> Facts {
        if let Some(group) = self.group(key) {
            return self.told(key, group).facts;
        }
        if let Some(view) = self.views.get(usize::from(key.layer))
            && let Some(row) = view.entity(key.index)
        {
            return Facts {
                kind: row.kind().unwrap_or(Kind::Other),
                weight: row.weight().unwrap_or(-1.0) as f32,
                country: row.country,
                location: row.location(),
            };
        }
        self.facts_by_entity(key)
    }

    fn facts_by_entity(&self, key: EntityKey) -> Facts {
        let entity = self.entity(key);
        Facts {
            kind: entity.kind(),
            weight: entity.weight().unwrap_or(-1.0) as f32,
            country: entity.country_code().unwrap_or_default(),
            location: entity.location(),
        }
    }

    fn told<'a>(&self, key: EntityKey, group: &'a Group) -> &'a Told {
        group.told.get_or_init(|| Told {
            facts: self.facts_by_entity(key),
            parent: self.parent_by_id(key),
        })
    }

    /// The containing entity.
    pub(crate) fn parent(&self, key: EntityKey) -> Option<EntityKey> {
        if let Some(group) = self.group(key) {
            return self.told(key, group).parent;
        }
        if let Some(view) = self.views.get(usize::from(key.layer)) {
            let row = view.entity(key.index)?;
            if let Some(index) = row.parent.get().checked_sub(1) {
                return Some(self.primary(EntityKey { layer: key.layer, index }));
            }
            if !view.has_foreign_parents() {
                return None;
            }
        }
        self.parent_by_id(key)
    }

    /// True if a layer is small enough to be kept by hand: its names are trusted more than those of
    /// a bulk list, where every village and every spelling stands.
    pub(crate) fn is_kept(&self, layer: u16) -> bool {
        self.kept.get(usize::from(layer)).is_some_and(|kept| *kept)
    }

    fn parent_by_id(&self, key: EntityKey) -> Option<EntityKey> {
        self.find(&self.entity(key).parent_id()?)
    }

    /// The entity with this key.
    pub fn entity(&self, key: EntityKey) -> Entity<'g> {
        let alone = [Part { key, corrects: false }];
        let parts = self.group(key).map_or(&alone[..], |group| &group.parts);
        Entity::joined(parts.iter().filter_map(|part| self.member(part)))
    }

    /// The entity with this id or external id in any layer; an old id leads to its replacement.
    pub fn find(&self, id: &str) -> Option<EntityKey> {
        let mut found = self.find_before(self.views.len(), id)?;
        for _ in 0..8 {
            let Some(next) = self.entity(found).replaced_by() else { break };
            match self.find_before(self.views.len(), &next) {
                Some(key) if key != found => found = key,
                _ => break,
            }
        }
        Some(found)
    }
}

/// Great-circle distance in kilometres (haversine, mean Earth radius). Not inlined: else its cosines
/// are taken before it is asked for.
#[inline(never)]
pub(crate) fn distance_km(one: (f64, f64), other: (f64, f64)) -> f64 {
    let [lat, lon, other_lat, other_lon] = [one.0, one.1, other.0, other.1].map(f64::to_radians);
    let chord = ((other_lat - lat) / 2.0).sin().powi(2)
        + lat.cos() * other_lat.cos() * ((other_lon - lon) / 2.0).sin().powi(2);
    12_742.0 * chord.sqrt().min(1.0).asin()
}
