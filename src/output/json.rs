//! JSON objects of the output contract.

use std::collections::HashMap;
use std::io::Write;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{EntityCount, Report, one_line};
use crate::gazetteer::{Entity, EntityKey};
use crate::lookup::Found;
use crate::record::is_curie;
use crate::resolve::{Evidence, Rejected, Resolved};
use crate::span::{OffsetUnit, Offsets, Span};
use crate::tag::Mention;

/// From a span of the text to the start and end to be written, and the surface.
pub type Place<'p> = dyn FnMut(Span) -> (usize, usize, String) + 'p;

#[derive(Clone, Serialize)]
struct EntityObject {
    id: String,
    name: String,
    r#type: &'static str,
    kind: &'static str,
    country: Option<String>,
    lat: Option<f64>,
    lon: Option<f64>,
    ids: Vec<String>,
}

#[derive(Serialize)]
struct MentionObject<'o> {
    start: usize,
    end: usize,
    text: String,
    level: &'static str,
    entity: Option<&'o EntityObject>,
    score: Value,
    why: Vec<WhyObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alternatives: Option<Vec<OtherObject>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    demonym: Option<bool>,
}

#[derive(Serialize)]
struct WhyObject {
    code: &'static str,
    text: String,
}

#[derive(Serialize)]
struct OtherObject {
    id: String,
    name: String,
    score: Value,
}

/// An entity of a document with its mentions.
#[derive(Serialize)]
struct CountObject<'o> {
    id: &'o str,
    name: &'o str,
    r#type: &'static str,
    kind: &'static str,
    country: Option<&'o str>,
    count: usize,
    forms: Vec<String>,
}

/// The object of one document, without its id: `lang`, `offsets`, `parts` if there are several,
/// `mentions`, with `rejected` if asked for, and `entities`. `place` maps spans of the text to the
/// positions to be written; `None` counts them in `unit` in the text itself.
pub fn document(
    report: &Report<'_, '_>,
    unit: OffsetUnit,
    rejected: bool,
    place: Option<&mut Place<'_>>,
) -> Map<String, Value> {
    with_objects(report, unit, place, |objects| {
        let mut object = objects.head(unit);
        let tagged = report.tagged;
        let mentions = tagged.mentions.iter().map(|resolved| value(&objects.accepted(resolved)));
        object.insert("mentions".into(), mentions.collect());
        if rejected {
            let list = tagged.rejected.iter().map(|rejected| value(&objects.rejected(rejected)));
            object.insert("rejected".into(), list.collect());
        }
        let entities = report.entities().into_iter().map(|count| value(&objects.count(count)));
        object.insert("entities".into(), entities.collect());
        object
    })
}

/// Writes the object of one document: the fields of `first`, such as its id, then those of
/// [`document`], which also take the place of fields of these names. Costs memory for one mention and
/// for each entity.
///
/// # Errors
/// If writing fails.
pub fn write(
    mut out: impl Write,
    first: &Map<String, Value>,
    report: &Report<'_, '_>,
    unit: OffsetUnit,
    rejected: bool,
    place: Option<&mut Place<'_>>,
) -> std::io::Result<()> {
    with_objects(report, unit, place, |objects| {
        let mut head = objects.head(unit);
        for name in ["mentions", "rejected", "entities"] {
            if name != "rejected" || rejected {
                head.insert(name.into(), Value::Null);
            }
        }
        let theirs = first.iter().map(|(name, value)| (name, head.get(name).unwrap_or(value)));
        let ours = head.iter().filter(|(name, _)| !first.contains_key(*name));
        let mut before = "{";
        for (name, value) in theirs.chain(ours) {
            out.write_all(before.as_bytes())?;
            before = ",";
            serde_json::to_writer(&mut out, name)?;
            out.write_all(b":")?;
            let tagged = report.tagged;
            match name.as_str() {
                "mentions" => list(&mut out, &tagged.mentions, |out, resolved| {
                    Ok(serde_json::to_writer(out, &objects.accepted(resolved))?)
                })?,
                "rejected" if rejected => list(&mut out, &tagged.rejected, |out, rejected| {
                    Ok(serde_json::to_writer(out, &objects.rejected(rejected))?)
                })?,
                "entities" => list(&mut out, report.entities(), |out, count| {
                    Ok(serde_json::to_writer(out, &objects.count(count))?)
                })?,
                _ => serde_json::to_writer(&mut out, value)?,
            }
        }
        out.write_all(b"}")
    })
}

fn list<W: Write, T>(
    out: &mut W,
    items: impl IntoIterator<Item = T>,
    mut write: impl FnMut(&mut W, T) -> std::io::Result<()>,
) -> std::io::Result<()> {
    out.write_all(b"[")?;
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.write_all(b",")?;
        }
        write(out, item)?;
    }
    out.write_all(b"]")
}

fn value(object: &impl Serialize) -> Value {
    // Objects of strings and numbers: this does not fail.
    serde_json::to_value(object).unwrap_or_default()
}

/// Makes the objects of a document one by one.
struct Objects<'r, 'a, 'g, 'p> {
    report: &'r Report<'a, 'g>,
    place: &'r mut Place<'p>,
    entities: HashMap<EntityKey, EntityObject>,
}

fn with_objects<R>(
    report: &Report<'_, '_>,
    unit: OffsetUnit,
    place: Option<&mut Place<'_>>,
    work: impl FnOnce(&mut Objects<'_, '_, '_, '_>) -> R,
) -> R {
    let mut offsets = Offsets::new(report.document.text, unit);
    let mut plain = |span: Span| {
        (offsets.at(span.start), offsets.at(span.end), report.surface(span).to_owned())
    };
    let entities = HashMap::new();
    match place {
        Some(place) => work(&mut Objects { report, place, entities }),
        None => work(&mut Objects { report, place: &mut plain, entities }),
    }
}

impl Objects<'_, '_, '_, '_> {
    fn head(&self, unit: OffsetUnit) -> Map<String, Value> {
        let mut object = Map::new();
        let lang = self.report.document.lang;
        object.insert("lang".into(), if lang.is_empty() { Value::Null } else { lang.into() });
        object.insert("offsets".into(), unit.name().into());
        if self.report.tagged.parts > 1 {
            object.insert("parts".into(), self.report.tagged.parts.into());
        }
        object
    }

    fn accepted(&mut self, resolved: &Resolved) -> MentionObject<'_> {
        let report = self.report;
        let others = resolved.alternatives.iter().map(|&(entity, score)| OtherObject {
            id: report.tagger.entity(entity).id(),
            name: report.name(entity),
            score: rounded(score.into()),
        });
        MentionObject {
            alternatives: Some(others.collect()),
            demonym: resolved.demonym.then_some(true),
            ..self.mention(&resolved.mention, Some(resolved.entity), resolved.score, &resolved.why)
        }
    }

    fn rejected(&mut self, rejected: &Rejected) -> MentionObject<'_> {
        self.mention(&rejected.mention, rejected.entity, rejected.score, &rejected.why)
    }

    fn mention(
        &mut self,
        mention: &Mention,
        entity: Option<EntityKey>,
        score: f64,
        why: &[Evidence],
    ) -> MentionObject<'_> {
        let report = self.report;
        let (start, end, text) = (self.place)(mention.span);
        let why = why.iter().map(|evidence| WhyObject {
            code: evidence.code(),
            text: one_line(&evidence.text(report.tagger, report.document.text)),
        });
        MentionObject {
            start,
            end,
            text,
            level: report.level(mention, entity).name(),
            score: rounded(score),
            why: why.collect(),
            alternatives: None,
            demonym: None,
            entity: entity.map(|key| self.entity(key)),
        }
    }

    fn entity(&mut self, key: EntityKey) -> &EntityObject {
        let report = self.report;
        let object = || EntityObject::of(&report.tagger.entity(key), report.name(key));
        self.entities.entry(key).or_insert_with(object)
    }

    fn count(&mut self, count: EntityCount) -> CountObject<'_> {
        let entity = self.entity(count.key);
        CountObject {
            id: &entity.id,
            name: &entity.name,
            r#type: entity.r#type,
            kind: entity.kind,
            country: entity.country.as_deref(),
            count: count.count,
            forms: count.forms.into_iter().map(|(form, _)| form).collect(),
        }
    }
}

impl EntityObject {
    fn of(entity: &Entity<'_>, name: String) -> Self {
        let location = entity.location();
        let id = entity.id();
        // An own id that is an external one, too, is among those by which others know the entity.
        let own = Some(id.clone()).filter(|id| is_curie(id));
        let ids = own.into_iter().chain(entity.ids()).collect();
        Self {
            id,
            name,
            r#type: entity.entity_type().name(),
            kind: entity.kind().name(),
            country: entity.country(),
            lat: location.map(|(lat, _)| lat),
            lon: location.map(|(_, lon)| lon),
            ids,
        }
    }
}

/// The object of an entity, displayed as `name`.
pub fn entity(entity: &Entity<'_>, name: String) -> Value {
    value(&EntityObject::of(entity, name))
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
