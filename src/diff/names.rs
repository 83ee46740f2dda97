//! What became of an entity's names.

use std::collections::BTreeMap;

use super::{Change, FactChange};
use crate::gazetteer::{Entity, Name};
use crate::record::{Policy, Role};

/// What became of one name of an entity.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NameChange {
    /// Came, went, or changed.
    pub change: Change,
    /// The surface form.
    pub name: String,
    /// Its language, the new one where there is one; empty for any.
    pub lang: String,
    /// What it is to its entity, as for the language.
    pub role: Role,
    /// How it must meet its text, defaults included; as for the language.
    pub policy: Policy,
    /// Of a changed name: `lang`, `role`, `policy`, `since`, `until`.
    pub facts: Vec<FactChange>,
}

/// What a row says of a name. Names are ordered by text, language and the rest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Stated {
    name: String,
    lang: String,
    role: Role,
    policy: Policy,
    since: String,
    until: String,
}

impl Stated {
    fn of(name: &Name<'_>) -> Self {
        let (since, until) = name.dates();
        let day = |date: Option<crate::record::Date>| date.map(|date| date.to_string());
        Self {
            name: name.text(),
            lang: name.lang().into_owned(),
            role: name.role(),
            policy: name.policy(),
            since: day(since).unwrap_or_default(),
            until: day(until).unwrap_or_default(),
        }
    }

    fn change(self, change: Change, facts: Vec<FactChange>) -> NameChange {
        let Self { name, lang, role, policy, .. } = self;
        NameChange { change, name, lang, role, policy, facts }
    }

    fn facts(&self, old: &Self) -> Vec<FactChange> {
        let pairs = [
            ("lang", old.lang.clone(), self.lang.clone()),
            ("role", old.role.name().to_owned(), self.role.name().to_owned()),
            ("policy", old.policy.to_string(), self.policy.to_string()),
            ("since", old.since.clone(), self.since.clone()),
            ("until", old.until.clone(), self.until.clone()),
        ];
        let changed = pairs.into_iter().filter(|(_, old, new)| old != new);
        changed
            .map(|(fact, old, new)| FactChange {
                fact: fact.to_owned(),
                old,
                new,
                note: String::new(),
            })
            .collect()
    }
}

/// All names of an entity that came or went.
pub(super) fn all(entity: &Entity<'_>, change: Change) -> Vec<NameChange> {
    sorted(entity).into_iter().map(|name| name.change(change, Vec::new())).collect()
}

/// What became of the names between the entities of old that live on in one of new, and that one.
pub(super) fn between(old: &[Entity<'_>], new: &Entity<'_>) -> Vec<NameChange> {
    let mut before: Vec<Stated> = old.iter().flat_map(sorted).collect();
    before.sort_unstable();
    // What two that became one both had is one name of theirs.
    if old.len() > 1 {
        before.dedup();
    }
    let (gone, mut after) = without_common(before, sorted(new));
    let mut before: BTreeMap<String, Vec<Stated>> = BTreeMap::new();
    for name in gone {
        before.entry(name.name.clone()).or_default().push(name);
    }
    let mut changes = Vec::new();
    // Of a text, first what has the same language, then what has not.
    for same_lang in [true, false] {
        after.retain(|name| {
            let Some(old) = before.get_mut(&name.name) else { return true };
            let pair = old.iter().position(|old| !same_lang || old.lang == name.lang);
            let Some(old) = pair.map(|pair| old.remove(pair)) else { return true };
            changes.push(name.clone().change(Change::Changed, name.facts(&old)));
            false
        });
    }
    changes.extend(after.into_iter().map(|name| name.change(Change::Came, Vec::new())));
    changes
        .extend(before.into_values().flatten().map(|name| name.change(Change::Went, Vec::new())));
    changes.sort_by(|one, other| {
        (one.change, &one.name, &one.lang).cmp(&(other.change, &other.name, &other.lang))
    });
    changes
}

fn sorted(entity: &Entity<'_>) -> Vec<Stated> {
    let mut names: Vec<Stated> = entity.names().map(|name| Stated::of(&name)).collect();
    names.sort_unstable();
    names
}

/// Both sorted lists without what stands in both.
fn without_common(old: Vec<Stated>, new: Vec<Stated>) -> (Vec<Stated>, Vec<Stated>) {
    let (mut only_old, mut only_new) = (Vec::new(), Vec::new());
    let (mut old, mut new) = (old.into_iter().peekable(), new.into_iter().peekable());
    loop {
        match (old.peek(), new.peek()) {
            (Some(one), Some(other)) if one == other => {
                old.next();
                new.next();
            }
            (Some(one), Some(other)) if one < other => only_old.extend(old.next()),
            (_, Some(_)) => only_new.extend(new.next()),
            (Some(_), None) => only_old.extend(old.next()),
            (None, None) => return (only_old, only_new),
        }
    }
}
