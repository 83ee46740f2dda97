//! Step 6 for single names: from a name to its entities.
//!
//! In: one name, as in a spreadsheet's cell. Out: [`Found`] entities, best first, with score and
//! level. Case policy and weakness do not exclude a name here, they lower its score; `search` names
//! are found; a decoy answers with no entity.

use crate::error::Error;
use crate::gazetteer::{Entity, EntityKey, Gazetteer, Layers, Name};
use crate::layout::Row;
use crate::normalize::{Gap, Surface};
use crate::record::{Policy, Role};
use crate::tag::{ARABIC, ELISIONS, HEBREW, Level, POSSESSIVES, exact_form};

/// An entity that a name may mean.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Found<'g> {
    key: EntityKey,
    entity: Entity<'g>,
    /// The listed name that was met.
    pub name: Name<'g>,
    /// How it was met.
    pub level: Level,
    /// From 0 to 1: the match's quality times the entity's share of the candidates' weights, of
    /// which those that are met less well than the best count little. Never rises down the list.
    pub score: f64,
    /// The name is a decoy: it is known to mean no place or group.
    pub decoy: bool,
    rank: Rank,
}

/// How well a name was met: what decides before weights do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    /// It is in the language that was asked for, or in none.
    native: bool,
    /// Its characters are those that were asked for: case, accents and marks included.
    exact: bool,
    /// It is neither weak nor a decoy.
    strong: bool,
}

/// What the weight of an entity counts whose name is met less well than another's.
const LESS_WELL: f64 = 0.05;

impl<'g> Found<'g> {
    /// The entity.
    pub fn entity(&self) -> &Entity<'g> {
        &self.entity
    }

    /// Its key in the layers that were asked.
    pub fn key(&self) -> EntityKey {
        self.key
    }

    /// Why the score is not 1, in words.
    pub fn why(&self) -> Vec<(&'static str, String)> {
        let mut why = Vec::new();
        let listed = self.name.text();
        let at =
            self.name.origin().map_or(String::new(), |(file, line)| format!(" ({file}:{line})"));
        let role = self.name.role().name();
        match self.level {
            Level::Exact => why.push(("exact", format!("listed {role} “{listed}”{at}"))),
            Level::Clitic => why.push((
                "clitic",
                format!("listed {role} “{listed}”{at}, without what is written to it"),
            )),
            _ => why.push(("folded", format!("same key as the listed {role} “{listed}”{at}"))),
        }
        if self.decoy {
            why.push(("decoy", format!("“{listed}” is listed as meaning no place or group")));
        }
        if self.name.policy().has(Policy::WEAK) {
            why.push(("weak", "a weak name: in a text it needs evidence".into()));
        }
        why
    }
}

impl<D: AsRef<[u8]>> Gazetteer<D> {
    /// The entities that `name` may mean, best first; empty if none, or if the file is damaged.
    ///
    /// ```
    /// use exonym::Gazetteer;
    /// let gazetteer = Gazetteer::embedded();
    /// for name in ["Daesh", "داعش", "ИГИЛ", "l'État islamique", "ISIS"] {
    ///     assert_eq!(gazetteer.lookup(name)[0].entity().id(), "islamic-state", "{name}");
    /// }
    /// ```
    pub fn lookup(&self, name: &str) -> Vec<Found<'_>> {
        self.try_lookup(name).unwrap_or_default()
    }

    /// The same, telling a damaged file from an unknown name.
    ///
    /// # Errors
    /// If the gazetteer is damaged.
    pub fn try_lookup(&self, name: &str) -> Result<Vec<Found<'_>>, Error> {
        Ok(Layers::single(self.view()?).lookup(name))
    }
}

impl<'g> Layers<'g> {
    /// The entities that `name` may mean in any layer, best first: names of these very characters
    /// before those that only have the same key, then weak ones and decoys last, then by weight.
    pub fn lookup(&self, name: &str) -> Vec<Found<'g>> {
        self.lookup_in(name, "")
    }

    /// The same for a name in a language, as an ISO 639 tag: names in it, and those for any, come
    /// first. An empty `lang` asks for none.
    ///
    /// ```
    /// use exonym::{Gazetteer, Layers};
    /// let layers = Layers::new([Gazetteer::embedded() as &dyn exonym::LayerSource])?;
    /// let first = |name, lang| layers.lookup_in(name, lang)[0].entity().id();
    /// assert_eq!(first("عمّان", ""), "amman");
    /// assert_eq!(first("عمان", "ar"), "amman");
    /// assert_eq!(first("عمان", "fa"), "oman");
    /// # Ok::<(), exonym::Error>(())
    /// ```
    pub fn lookup_in(&self, name: &str, lang: &str) -> Vec<Found<'g>> {
        let name = name.trim().trim_start_matches('#');
        for (key, clitic) in readings(name) {
            let mut found = self.with_key(&key, name, lang, clitic);
            if let Some(best) = found.iter().map(|found| found.rank).max() {
                rate(&mut found, best);
                return found;
            }
        }
        Vec::new()
    }

    /// Every entity with a name of this key, unranked.
    fn with_key(&self, key: &str, surface: &str, lang: &str, clitic: bool) -> Vec<Found<'g>> {
        let form = exact_form(surface);
        let primary = |lang: &str| lang.split('-').next().unwrap_or_default().to_owned();
        let lang = primary(lang);
        // In order of layers and rows; `None` takes back what stands before of its entity.
        let mut met: Vec<(EntityKey, Option<Found<'g>>)> = Vec::new();
        let mut inherited: Option<Policy> = None;
        for (view, layer) in self.views().iter().zip(0_u16..) {
            let Some(first) = view.keys().get(key.as_bytes()) else { continue };
            let mut own: Option<Policy> = None;
            for (number, row) in view.key_rows(first) {
                let key = self.primary(EntityKey { layer, index: row.entity.get() });
                if row.role() == Role::Retract {
                    met.push((key, None));
                    continue;
                }
                if self.retracts(key) {
                    continue;
                }
                let name = Name { view: *view, row: number };
                let exact = exact_form(&name.text()) == form;
                let level = match (clitic, exact) {
                    (true, _) => Level::Clitic,
                    (false, true) => Level::Exact,
                    (false, false) => Level::Folded,
                };
                // As in texts: a name that states no policy has that of earlier layers.
                let policy = inherited.filter(|_| !row.has(Row::STATED)).unwrap_or(row.policy());
                own = Some(own.map_or(policy, |own| own.min(policy)));
                let decoy = row.role() == Role::Decoy;
                let its = view.lang(&row);
                let rank = Rank {
                    native: !lang.is_empty() && (its.is_empty() || primary(its) == lang),
                    exact: level == Level::Exact,
                    strong: !decoy && !policy.has(Policy::WEAK),
                };
                let score = quality(level, policy, row.role());
                let entity = self.entity(key);
                met.push((key, Some(Found { key, entity, name, level, score, decoy, rank })));
            }
            inherited = inherited.or(own);
        }
        best_of_each(met)
    }
}

/// Of each entity the name that was met best, of equals the first.
fn best_of_each(mut met: Vec<(EntityKey, Option<Found<'_>>)>) -> Vec<Found<'_>> {
    met.sort_by_key(|(key, _)| *key);
    let mut best: Vec<Found<'_>> = Vec::with_capacity(met.len());
    for (key, found) in met {
        let known = best.last().filter(|known| known.key == key);
        match (known, found) {
            (None, Some(found)) => best.push(found),
            (Some(known), Some(found)) if (known.rank, known.score) < (found.rank, found.score) => {
                best.pop();
                best.push(found);
            }
            (Some(_), None) => drop(best.pop()),
            _ => {}
        }
    }
    best
}

/// Puts them in order and shares the score out: `best` is the rank of the first.
fn rate(found: &mut [Found<'_>], best: Rank) {
    let counts = |found: &Found<'_>| {
        weight(&found.entity) * if found.rank == best { 1.0 } else { LESS_WELL }
    };
    let total: f64 = found.iter().map(counts).sum();
    for found in &mut *found {
        found.score *= counts(found) / total;
    }
    found.sort_by(|one, other| {
        let rank = other.rank.cmp(&one.rank);
        rank.then(other.score.total_cmp(&one.score)).then_with(|| one.key.cmp(&other.key))
    });
    let mut most = 1.0_f64;
    for found in found {
        most = most.min(found.score);
        found.score = most;
    }
}

fn weight(entity: &Entity<'_>) -> f64 {
    entity.weight().unwrap_or(0.0).max(1.0)
}

/// How good a match is by itself.
fn quality(level: Level, policy: Policy, role: Role) -> f64 {
    let met = match level {
        Level::Exact => 1.0,
        Level::Folded => 0.95,
        _ => 0.9,
    };
    let weak = if policy.has(Policy::WEAK) { 0.9 } else { 1.0 };
    let role = match role {
        Role::Canonical | Role::Variant | Role::Short | Role::Abbreviation | Role::Decoy => 1.0,
        Role::Historic => 0.95,
        _ => 0.8,
    };
    met * weak * role
}

/// The keys under which a cell may be listed, best first: as it stands, then without an elided
/// article or a possessive, then without a proclitic.
fn readings(name: &str) -> Vec<(String, bool)> {
    let mut keys = Vec::new();
    let surface = Surface::cut(name, &mut keys);
    let mut readings = vec![(surface.key(&keys), false)];
    let segments = &surface.segments;
    let part = |from: usize, to: usize| Surface {
        segments: segments.get(from..to).unwrap_or_default().to_vec(),
    };
    let key_of = |index: usize| {
        let segment = segments.get(index);
        segment.and_then(|segment| keys.get(segment.key_start..segment.key_end)).unwrap_or_default()
    };
    let is =
        |table: &[&str], index: usize| table.iter().any(|word| word.as_bytes() == key_of(index));
    let gap = |index: usize| segments.get(index).map(|segment| segment.gap);
    let from = usize::from(gap(1) == Some(Gap::Apostrophe) && is(ELISIONS, 0));
    let last = segments.len().saturating_sub(1);
    let possessive = last > from && gap(last) == Some(Gap::Apostrophe) && is(POSSESSIVES, last);
    let to = if possessive { last } else { segments.len() };
    if from > 0 || possessive {
        readings.push((part(from, to).key(&keys), true));
    }
    for table in [ARABIC, HEBREW] {
        for proclitic in table {
            if let Some(rest) =
                readings.first().and_then(|(key, _)| key.strip_prefix(proclitic.letters))
                && rest.chars().count() >= 3
            {
                readings.push((format!("{}{rest}", proclitic.swallowed), true));
            }
        }
    }
    readings
}
