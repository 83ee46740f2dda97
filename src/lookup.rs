//! Step 6 for single names: from a name to its entities.
//!
//! In: one name, as in a spreadsheet's cell. Out: [`Found`] entities, best first, with score and
//! level. Case policy and weakness do not exclude a name here, they lower its score; `search` names
//! are found; a decoy answers with no entity.

use crate::error::Error;
use crate::gazetteer::{Entity, EntityKey, Gazetteer, Layers, Name};
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
    /// From 0 to 1: the match's quality times the entity's share of the candidates' weights.
    pub score: f64,
    /// The name is a decoy: it is known to mean no place or group.
    pub decoy: bool,
}

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
    /// The entities that `name` may mean in any layer, best first.
    pub fn lookup(&self, name: &str) -> Vec<Found<'g>> {
        let name = name.trim().trim_start_matches('#');
        for (key, clitic) in readings(name) {
            let mut found = self.with_key(&key, name, clitic);
            if found.is_empty() {
                continue;
            }
            let total: f64 = found.iter().map(|found| weight(&found.entity)).sum();
            for found in &mut found {
                found.score *= weight(&found.entity) / total;
            }
            found.sort_by(|one, other| {
                other.score.total_cmp(&one.score).then_with(|| one.key.cmp(&other.key))
            });
            return found;
        }
        Vec::new()
    }

    /// Every entity with a name of this key, unranked.
    fn with_key(&self, key: &str, surface: &str, clitic: bool) -> Vec<Found<'g>> {
        let form = exact_form(surface);
        let mut found: Vec<Found<'g>> = Vec::new();
        for (view, layer) in self.views().iter().zip(0_u16..) {
            let Some(first) = view.keys().get(key.as_bytes()) else { continue };
            for (number, row) in view.key_rows(first) {
                let key = self.primary(EntityKey { layer, index: row.entity.get() });
                if row.role() == Role::Retract {
                    found.retain(|found| found.key != key);
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
                let score = quality(level, row.policy(), row.role());
                match found.iter_mut().find(|found| found.key == key) {
                    Some(known) if known.score >= score => {}
                    Some(known) => (known.name, known.level, known.score) = (name, level, score),
                    None => {
                        let decoy = row.role() == Role::Decoy;
                        let entity = self.entity(key);
                        found.push(Found { key, entity, name, level, score, decoy });
                    }
                }
            }
        }
        found
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
