//! JSON objects of the output contract.

use serde_json::{Map, Value, json};

use super::{Report, one_line};
use crate::gazetteer::{Entity, EntityKey};
use crate::lookup::Found;
use crate::record::is_curie;
use crate::resolve::Evidence;
use crate::span::{OffsetUnit, Offsets, Span};

/// The object of one document, without its id: `lang`, `offsets`, `parts` if there are several,
/// `mentions`, with `rejected` if asked for, and `entities`. `place` maps spans of the text to the positions to be written; `None`
/// counts them in `unit` in the text itself.
pub fn document(
    report: &Report<'_, '_>,
    unit: OffsetUnit,
    rejected: bool,
    mut place: Option<&mut dyn FnMut(Span) -> (usize, usize, String)>,
) -> Map<String, Value> {
    let mut offsets = Offsets::new(report.document.text, unit);
    let mut place = |span: Span| match &mut place {
        Some(place) => place(span),
        None => (offsets.at(span.start), offsets.at(span.end), report.surface(span).to_owned()),
    };
    let mut mentions = Vec::with_capacity(report.tagged.mentions.len());
    for resolved in &report.tagged.mentions {
        let mut object = located(place(resolved.span()));
        object.insert(
            "level".into(),
            report.level(&resolved.mention, Some(resolved.entity)).name().into(),
        );
        object.insert("entity".into(), entity_of(report, Some(resolved.entity)));
        insert_judgement(&mut object, report, resolved.score, &resolved.why);
        object.insert("alternatives".into(), alternatives(report, &resolved.alternatives));
        if resolved.demonym {
            object.insert("demonym".into(), true.into());
        }
        mentions.push(Value::Object(object));
    }
    let mut object = Map::new();
    let lang = report.document.lang;
    object.insert("lang".into(), if lang.is_empty() { Value::Null } else { lang.into() });
    object.insert("offsets".into(), unit.name().into());
    if report.tagged.parts > 1 {
        object.insert("parts".into(), report.tagged.parts.into());
    }
    object.insert("mentions".into(), mentions.into());
    if rejected {
        let list = report.tagged.rejected.iter().map(|rejected| {
            let mut object = located(place(rejected.span()));
            object.insert(
                "level".into(),
                report.level(&rejected.mention, rejected.entity).name().into(),
            );
            object.insert("entity".into(), entity_of(report, rejected.entity));
            insert_judgement(&mut object, report, rejected.score, &rejected.why);
            Value::Object(object)
        });
        object.insert("rejected".into(), list.collect());
    }
    let entities = report.entities().into_iter().map(|count| {
        let entity = report.tagger.entity(count.key);
        let forms: Vec<String> = count.forms.into_iter().map(|(form, _)| form).collect();
        json!({
            "id": entity.id(),
            "name": report.name(count.key),
            "type": entity.entity_type().name(),
            "kind": entity.kind().name(),
            "country": entity.country(),
            "count": count.count,
            "forms": forms,
        })
    });
    object.insert("entities".into(), entities.collect());
    object
}

fn located((start, end, text): (usize, usize, String)) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("start".into(), start.into());
    object.insert("end".into(), end.into());
    object.insert("text".into(), text.into());
    object
}

fn entity_of(report: &Report<'_, '_>, key: Option<crate::gazetteer::EntityKey>) -> Value {
    let Some(key) = key else { return Value::Null };
    entity(&report.tagger.entity(key), report.name(key))
}

/// The object of an entity, displayed as `name`.
pub fn entity(entity: &Entity<'_>, name: String) -> Value {
    let location = entity.location();
    let id = entity.id();
    // An own id that is an external one, too, is among those by which others know the entity.
    let own = Some(id.clone()).filter(|id| is_curie(id));
    let ids: Vec<String> = own.into_iter().chain(entity.ids()).collect();
    json!({
        "id": id,
        "name": name,
        "type": entity.entity_type().name(),
        "kind": entity.kind().name(),
        "country": entity.country(),
        "lat": location.map(|(lat, _)| lat),
        "lon": location.map(|(_, lon)| lon),
        "ids": ids,
    })
}

fn insert_judgement(
    object: &mut Map<String, Value>,
    report: &Report<'_, '_>,
    score: f64,
    why: &[Evidence],
) {
    object.insert("score".into(), rounded(score));
    let reasons = why.iter().map(|evidence| {
        let text = evidence.text(report.tagger, report.document.text);
        json!({"code": evidence.code(), "text": one_line(&text)})
    });
    object.insert("why".into(), reasons.collect());
}

fn alternatives(report: &Report<'_, '_>, others: &[(EntityKey, f32)]) -> Value {
    let others = others.iter().map(|&(entity, score)| {
        json!({
            "id": report.tagger.entity(entity).id(),
            "name": report.name(entity),
            "score": rounded(score.into()),
        })
    });
    others.collect()
}

/// The object of one looked-up name: `query`, `entity` (null for none and for decoys), `level`,
/// `score`, `why`, `alternatives`.
pub fn found(query: &str, found: &[Found<'_>], names: &super::DisplayNames) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("query".into(), query.into());
    let best = found.first();
    let known = best.filter(|best| !best.decoy);
    let shown = |found: &Found<'_>| entity(found.entity(), names.of(found.entity(), ""));
    object.insert("entity".into(), known.map_or(Value::Null, shown));
    object.insert("level".into(), best.map_or(Value::Null, |best| best.level.name().into()));
    object.insert("score".into(), known.map_or(Value::Null, |best| rounded(best.score)));
    let mut why: Vec<Value> = best
        .map(|best| best.why())
        .unwrap_or_default()
        .into_iter()
        .map(|(code, text)| json!({"code": code, "text": text}))
        .collect();
    if best.is_none() {
        why.push(json!({"code": "unknown", "text": "no listed name has this key"}));
    }
    object.insert("why".into(), why.into());
    let others = found.iter().skip(1).filter(|found| !found.decoy).map(|found| {
        json!({
            "id": found.entity().id(),
            "name": names.of(found.entity(), ""),
            "score": rounded(found.score),
        })
    });
    object.insert("alternatives".into(), others.collect());
    object
}

/// A score with four decimals: enough to rank, and the same on every machine.
pub(super) fn rounded(score: f64) -> Value {
    ((score * 1e4).round() / 1e4).into()
}
