//! Names that share a key: `ambiguous`, `duplicate`, `same-key`, `shadowed`.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::form::Form;
use super::{Report, Severity};
use crate::record::{Policy, Role};

/// Entities that a finding on an ambiguous key names.
const MOST_ENTITIES: usize = 6;

pub(super) fn check(forms: &[Form<'_>], report: &mut Report<'_>) {
    for group in forms.chunk_by(|one, other| one.key == other.key) {
        if group.len() == 1 {
            continue;
        }
        let ambiguous = check_ambiguous(group, report);
        check_duplicates(group, report);
        // Where a key is ambiguous, a variant's exact spelling is evidence.
        if !ambiguous {
            check_superfluous(group, report);
        }
        check_shadowed(group, report);
    }
}

/// One key of several entities; true if it is.
fn check_ambiguous(group: &[Form<'_>], report: &mut Report<'_>) -> bool {
    let mut entities: Vec<Vec<&Form<'_>>> = Vec::new();
    let mut places: HashMap<u32, usize> = HashMap::new();
    for form in group.iter().filter(|form| form.is_tagged()) {
        let place = *places.entry(form.name.entity).or_insert(entities.len());
        match entities.get_mut(place) {
            Some(forms) => forms.push(form),
            None => entities.push(vec![form]),
        }
    }
    let [first, second, ..] = entities.as_slice() else { return false };
    let (Some(first), Some(second)) = (first.first(), second.first()) else { return false };
    let unranked = |forms: &&Vec<&Form<'_>>| {
        let entity = forms.first().and_then(|form| report.lists.entity(form.name.entity));
        !entity.is_some_and(|entity| entity.has_weight) && !forms.iter().all(|form| form.is_weak())
    };
    let unranked: Vec<&str> = entities
        .iter()
        .filter(unranked)
        .filter_map(|forms| Some(report.lists.id(forms.first()?.name.entity)))
        .collect();
    let noted = group.iter().any(|form| form.name.noted);
    // The language of the text tells an adjective from a name.
    let demonyms =
        entities.iter().filter(|forms| forms.iter().all(|form| form.is_demonym())).count();
    let apart = demonyms <= 1 && entities.len() - demonyms <= 1;
    let at = second.name.origin;
    let text = &first.name.text;
    let mut listed: Vec<String> = Vec::new();
    for form in entities.iter().take(MOST_ENTITIES).filter_map(|forms| forms.first()) {
        let spelled = if form.name.text == *text {
            String::new()
        } else {
            format!("as “{}”, ", form.name.text)
        };
        let place = report.place(form.name.origin, at.file);
        listed.push(format!("`{}` ({spelled}{place})", report.lists.id(form.name.entity)));
    }
    if entities.len() > MOST_ENTITIES {
        listed.push(format!("{} more", entities.len() - MOST_ENTITIES));
    }
    let mut message =
        format!("“{text}” stands for {} entities: {}", entities.len(), listed.join(", "));
    let severity = if unranked.is_empty() || noted || apart {
        Severity::Note
    } else {
        let unranked: Vec<_> =
            unranked.iter().take(MOST_ENTITIES).map(|id| format!("`{id}`")).collect();
        message.push_str(&format!(
            "; nothing ranks {}: state a weight, make the name `weak`, or say in `note` that it is \
             meant so",
            unranked.join(", ")
        ));
        Severity::Warning
    };
    report.add(severity, "ambiguous", at, message);
    true
}

/// The same name of the same entity in the same language: the compiler keeps the first.
fn check_duplicates(group: &[Form<'_>], report: &mut Report<'_>) {
    let mut seen: HashMap<(u32, &str, &str), &Form<'_>> = HashMap::new();
    for form in group.iter().filter(|form| !form.generated) {
        let name = form.name;
        let first = match seen.entry((name.entity, &name.lang, &name.text)) {
            Entry::Vacant(entry) => {
                entry.insert(form);
                continue;
            }
            Entry::Occupied(entry) => entry.get().name,
        };
        let role = name.role == first.role || name.role == Role::Variant;
        let policy = name.policy.is_none() || name.policy == first.policy;
        let since = name.since.is_none() || name.since == first.since;
        let until = name.until.is_none() || name.until == first.until;
        let mut ignored: Vec<&str> = Vec::new();
        for (same, column) in
            [(role, "role"), (policy, "policy"), (since, "since"), (until, "until")]
        {
            if !same {
                ignored.push(column);
            }
        }
        let place = report.place(first.origin, name.origin.file);
        let of = report.lists.id(name.entity);
        let mut message =
            format!("“{}” of `{of}` in the same language stands in {place} too", name.text);
        let severity = if ignored.is_empty() {
            message.push_str("; the compiler merges them");
            Severity::Note
        } else {
            message.push_str(&format!(
                "; the compiler keeps that row and drops this one's {}",
                ignored.join(" and ")
            ));
            Severity::Warning
        };
        report.add(severity, "duplicate", name.origin, message);
    }
}

/// Variants of one entity that say no more than another of its names.
fn check_superfluous(group: &[Form<'_>], report: &mut Report<'_>) {
    let mut by_lang: HashMap<(u32, &str), Vec<(usize, &Form<'_>)>> = HashMap::new();
    for (order, form) in group.iter().enumerate() {
        let name = form.name;
        by_lang.entry((name.entity, &name.lang)).or_default().push((order, form));
    }
    let none = Vec::new();
    for (order, form) in group.iter().enumerate() {
        let name = form.name;
        if form.generated || name.role == Role::Canonical {
            continue;
        }
        let in_lang = |lang| by_lang.get(&(name.entity, lang)).unwrap_or(&none).iter();
        let for_any = in_lang("").filter(|_| !name.lang.is_empty());
        let other = in_lang(name.lang.as_str()).chain(for_any).find(|(other_order, other)| {
            let duplicate = other.name.text == name.text && other.name.lang == name.lang;
            let first = *other_order < order || other.name.role == Role::Canonical;
            !duplicate && says_all(other, form) && (first || !says_all(form, other))
        });
        if let Some((_, other)) = other {
            let place = report.place(other.name.origin, name.origin.file);
            let message = format!(
                "“{}” folds to the same key as “{}” ({place}) and says no more",
                name.text, other.name.text
            );
            report.add(Severity::Note, "same-key", name.origin, message);
        }
    }
}

/// True if `one` makes `other` superfluous.
fn says_all(one: &Form<'_>, other: &Form<'_>) -> bool {
    if one.is_tagged() && other.name.role == Role::Search {
        return true;
    }
    let (policy, its) = (one.policy, other.policy);
    let strong = policy.has(Policy::STRONG) || !its.has(Policy::STRONG);
    let weak = its.has(Policy::WEAK) || !policy.has(Policy::WEAK);
    let inflected = its.has(Policy::NOINFLECT) || !policy.has(Policy::NOINFLECT);
    let alike = one.is_tagged() == other.is_tagged() && one.is_demonym() == other.is_demonym();
    let decoys = (one.name.role == Role::Decoy) == (other.name.role == Role::Decoy);
    alike && decoys && strong && weak && inflected && one.covers(other)
}

/// Names whose every text a decoy takes.
fn check_shadowed(group: &[Form<'_>], report: &mut Report<'_>) {
    let decoys: Vec<&Form<'_>> =
        group.iter().filter(|form| form.name.role == Role::Decoy).collect();
    if decoys.is_empty() {
        return;
    }
    for form in group.iter().filter(|form| form.is_tagged() && !form.generated) {
        let Some(decoy) = decoys.iter().find(|decoy| decoy.covers(form)) else { continue };
        let place = report.place(decoy.name.origin, form.name.origin.file);
        report.warn("shadowed", form, || {
            format!(
                "“{}” is never tagged: the decoy “{}” ({place}) has the same key and takes its \
                 text; drop one of the two, or make the decoy `exact`",
                form.name.text, decoy.name.text
            )
        });
    }
}
