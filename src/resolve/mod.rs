//! Step 7 of the walk: which mention means which entity, and which means none.
//!
//! In: all mentions of one document. Out: [`Tagged`]: accepted mentions with their entity, score and
//! reasons, and rejected ones with theirs. The step sees the document as a whole, so that a strong
//! mention can wake a weak one anywhere in it.
//!
//! 1. Strong names are accepted; of several entities, the most important one.
//! 2. A weak name is accepted if the same entity is named strongly in the document, or, for a place
//!    capitalized inside a sentence, if its parent or country is; of several, the one in a named
//!    region, else the one nearest to the other places named.
//! 3. Decoys, parts of persons' names, and demonyms that were not asked for, are rejected.

mod evidence;

use std::collections::HashMap;

use smallvec::{SmallVec, smallvec};

use crate::gazetteer::{EntityKey, Name, distance_km};
use crate::layout::Row;
use crate::record::{EntityType, Kind};
use crate::span::Span;
use crate::tag::{Candidate, Document, Level, Mention, Mentions, PersonWord, Tagger, exact_form};

pub use evidence::Evidence;

/// What a document names.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Tagged {
    /// Accepted mentions, in order.
    pub mentions: Vec<Resolved>,
    /// Mentions that were held back, in order.
    pub rejected: Vec<Rejected>,
}

/// A mention with its entity.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Resolved {
    /// The mention, with all candidates.
    pub mention: Mention,
    /// What it means.
    pub entity: EntityKey,
    /// The entity's share of the candidates' weights: a ranking, not a probability.
    pub score: f64,
    /// Why this entity.
    pub why: SmallVec<[Evidence; 2]>,
    /// An adjective or inhabitant, not the place itself.
    pub demonym: bool,
}

/// A mention that was held back.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Rejected {
    /// The mention, with all candidates.
    pub mention: Mention,
    /// What it would have meant; `None` where it is known to mean nothing listed.
    pub entity: Option<EntityKey>,
    /// As for accepted mentions.
    pub score: f64,
    /// Why not.
    pub why: SmallVec<[Evidence; 2]>,
}

impl Resolved {
    /// Where it stands, in bytes.
    pub fn span(&self) -> Span {
        self.mention.span
    }
}

impl Rejected {
    /// Where it stands, in bytes.
    pub fn span(&self) -> Span {
        self.mention.span
    }
}

/// What the document names beyond doubt: the evidence for weak names.
#[derive(Default)]
struct Strong {
    /// Entities, with the first span that names each.
    entities: HashMap<EntityKey, Span>,
    /// Countries by code, with the first span that names each.
    countries: HashMap<[u8; 2], (EntityKey, Span)>,
    /// Where the places smaller than a country lie.
    locations: Vec<(f64, f64)>,
}

/// Locations kept for comparing distances: bounds the cost of documents that list many places.
const MOST_LOCATIONS: usize = 64;

impl Strong {
    /// Kilometres to the nearest place that the document names strongly.
    fn nearest(&self, location: Option<(f64, f64)>) -> f64 {
        let Some(location) = location else { return f64::MAX };
        let distances = self.locations.iter().map(|named| distance_km(location, *named));
        distances.fold(f64::MAX, f64::min)
    }
}

/// A mention's candidates, sorted out.
enum Reading {
    /// The best candidate, named strongly.
    Strong(Candidate),
    /// Only weak candidates.
    Weak(SmallVec<[Candidate; 2]>),
    Refused(Option<EntityKey>, Evidence),
}

impl Tagger<'_> {
    /// Finds and resolves: which mention means which entity, which are held back, and why.
    pub fn tag<'t>(&self, document: impl Into<Document<'t>>) -> Tagged {
        let document = document.into();
        let mentions: Vec<Mention> = Mentions::new(self, &document).collect();
        resolve(self, &document, mentions)
    }
}

/// Resolves all mentions of a document.
pub(crate) fn resolve(
    tagger: &Tagger<'_>,
    document: &Document<'_>,
    mentions: Vec<Mention>,
) -> Tagged {
    let mut readings: Vec<Reading> =
        mentions.iter().map(|mention| read(tagger, document, mention)).collect();
    refuse_persons(&mentions, &mut readings);
    let any_weak = readings.iter().any(|reading| matches!(reading, Reading::Weak(_)));
    let strong =
        if any_weak { strong_names(tagger, &mentions, &readings) } else { Strong::default() };
    let mut tagged = Tagged::default();
    for (mention, reading) in mentions.into_iter().zip(readings) {
        match reading {
            Reading::Strong(best) => {
                let why = strong_reasons(&mention, &best);
                accept(tagger, &mut tagged, mention, best, why);
            }
            Reading::Weak(candidates) => match wake(tagger, &strong, &mention, &candidates) {
                Ok((best, evidence)) => {
                    accept(tagger, &mut tagged, mention, best, smallvec![evidence]);
                }
                Err(evidence) => {
                    let entity = candidates.first().map(|candidate| candidate.entity);
                    reject(&mut tagged, mention, entity, evidence);
                }
            },
            Reading::Refused(entity, evidence) => {
                reject(&mut tagged, mention, entity, evidence);
            }
        }
    }
    tagged
}

/// Sorts out the candidates of one mention without regard to others.
fn read(tagger: &Tagger<'_>, document: &Document<'_>, mention: &Mention) -> Reading {
    if let Some(decoy) = mention.candidates.iter().find(|candidate| candidate.decoy) {
        return Reading::Refused(None, Evidence::Decoy { candidate: *decoy });
    }
    let mut rest = mention.candidates.clone();
    // A word that is an adjective in the text's language is one, even if another language writes
    // the place so.
    if rest.iter().any(|candidate| candidate.demonym) {
        let native = |candidate: &Candidate| {
            let name = tagger.name(candidate);
            name.is_some_and(|name| {
                !document.lang.is_empty() && primary(&name.lang()) == primary(document.lang)
            })
        };
        let plain = |candidate: &Candidate| !candidate.demonym;
        let adjective = !rest.iter().any(plain)
            || rest.iter().any(|candidate| candidate.demonym && native(candidate))
                && !rest.iter().any(|candidate| plain(candidate) && native(candidate));
        rest.retain(|candidate| candidate.demonym == adjective);
        if adjective && !tagger.options.demonyms {
            let entity = rest.first().map(|candidate| candidate.entity);
            return Reading::Refused(entity, Evidence::Demonym);
        }
    }
    if let Some(best) = rest.iter().find(|candidate| !candidate.is_weak()) {
        return Reading::Strong(*best);
    }
    Reading::Weak(rest)
}

/// Refuses what is a part of a person's name: a word right after a given name or title, or a given
/// name right before a capitalized word that is no mention.
fn refuse_persons(mentions: &[Mention], readings: &mut [Reading]) {
    for index in 0..readings.len() {
        let (Some(mention), Some(reading)) = (mentions.get(index), readings.get_mut(index)) else {
            continue;
        };
        let best = match reading {
            Reading::Strong(best) => *best,
            Reading::Weak(candidates) => match candidates.first() {
                Some(first) => *first,
                None => continue,
            },
            Reading::Refused(..) => continue,
        };
        if best.demonym || best.kind.entity_type() != EntityType::Place {
            continue;
        }
        let evidence = match mention.context.after {
            Some(PersonWord::GivenName) => Some(Evidence::AfterGivenName),
            Some(PersonWord::Title) if best.kind != Kind::Country => Some(Evidence::AfterTitle),
            _ => None,
        };
        let follows = mentions.get(index + 1).map(|next| next.span.start);
        let surname = mention.context.surname.filter(|start| Some(*start) != follows);
        let evidence = evidence.or(surname.map(|_| Evidence::GivenName));
        if let Some(evidence) = evidence {
            *reading = Reading::Refused(Some(best.entity), evidence);
        }
    }
}

fn primary(lang: &str) -> &str {
    lang.split('-').next().unwrap_or_default()
}

fn strong_names(tagger: &Tagger<'_>, mentions: &[Mention], readings: &[Reading]) -> Strong {
    let mut strong = Strong::default();
    for (mention, reading) in mentions.iter().zip(readings) {
        let Reading::Strong(best) = reading else { continue };
        if best.demonym || strong.entities.contains_key(&best.entity) {
            continue;
        }
        strong.entities.insert(best.entity, mention.span);
        let entity = tagger.entity(best.entity);
        if best.kind == Kind::Country
            && let Some(code) = entity.country_code()
        {
            strong.countries.entry(code).or_insert((best.entity, mention.span));
        } else if best.kind.entity_type() == EntityType::Place
            && strong.locations.len() < MOST_LOCATIONS
        {
            strong.locations.extend(entity.location());
        }
    }
    strong
}

/// The candidate that the document's strong names wake, and by what; or why none is.
fn wake(
    tagger: &Tagger<'_>,
    strong: &Strong,
    mention: &Mention,
    candidates: &[Candidate],
) -> Result<(Candidate, Evidence), Evidence> {
    for candidate in candidates {
        if let Some(&span) = strong.entities.get(&candidate.entity) {
            return Ok((*candidate, Evidence::SameEntity { span }));
        }
    }
    let mut support: Option<(f64, Candidate, Evidence)> = None;
    for candidate in candidates {
        if candidate.kind.entity_type() != EntityType::Place {
            continue;
        }
        let entity = tagger.entity(candidate.entity);
        // A named parent is nearer than any distance.
        let (distance, evidence) = match named_parent(tagger, strong, &entity) {
            Some(evidence) => (-1.0, evidence),
            None => match entity.country_code().and_then(|code| strong.countries.get(&code)) {
                Some(&(country, span)) => {
                    (strong.nearest(entity.location()), Evidence::Country { country, span })
                }
                None => continue,
            },
        };
        if support.as_ref().is_none_or(|(nearest, ..)| distance < *nearest) {
            support = Some((distance, *candidate, evidence));
        }
    }
    let support = support.map(|(_, candidate, evidence)| (candidate, evidence));
    match support {
        None => Err(Evidence::Weak),
        Some(_) if !mention.context.capitalized => Err(Evidence::NotCapitalized),
        Some(_) if !mention.context.inside_sentence => Err(Evidence::BeginsSentence),
        Some(_) if mention.context.all_upper && mention.span.len() > 1 => {
            Err(Evidence::AllCapitals)
        }
        Some(support) => Ok(support),
    }
}

/// The nearest containing entity that the document names strongly.
fn named_parent(
    tagger: &Tagger<'_>,
    strong: &Strong,
    entity: &crate::gazetteer::Entity<'_>,
) -> Option<Evidence> {
    let mut parent = entity.parent_id()?;
    for _ in 0..8 {
        let key = tagger.layers().find(&parent)?;
        if let Some(&span) = strong.entities.get(&key) {
            return Some(Evidence::Parent { parent: key, span });
        }
        parent = tagger.entity(key).parent_id()?;
    }
    None
}

fn strong_reasons(mention: &Mention, best: &Candidate) -> SmallVec<[Evidence; 2]> {
    let rivals = mention.candidates.iter().filter(|candidate| !candidate.is_weak()).count();
    if rivals > 1 {
        smallvec![
            Evidence::Named,
            Evidence::Prior { rivals: (rivals - 1) as u32, weight: best.prior }
        ]
    } else {
        smallvec![Evidence::Named]
    }
}

fn accept(
    tagger: &Tagger<'_>,
    tagged: &mut Tagged,
    mention: Mention,
    best: Candidate,
    why: SmallVec<[Evidence; 2]>,
) {
    let score = share(&mention, best.entity);
    let wanted = if score < tagger.options.min_score {
        Err(Evidence::LowScore)
    } else if is_wanted(tagger, best.entity) {
        Ok(())
    } else {
        Err(Evidence::Filtered)
    };
    if let Err(evidence) = wanted {
        return reject(tagged, mention, Some(best.entity), evidence);
    }
    let demonym = best.demonym;
    tagged.mentions.push(Resolved { mention, entity: best.entity, score, why, demonym });
}

fn reject(tagged: &mut Tagged, mention: Mention, entity: Option<EntityKey>, evidence: Evidence) {
    let score = entity.map_or(0.0, |entity| share(&mention, entity));
    tagged.rejected.push(Rejected { mention, entity, score, why: smallvec![evidence] });
}

/// The entity's part of the weights of all candidates; each counts at least one.
pub(crate) fn share(mention: &Mention, entity: EntityKey) -> f64 {
    let weight = |candidate: &Candidate| f64::from(candidate.prior.max(1.0));
    let all: f64 = mention.candidates.iter().map(weight).sum();
    let own = mention.candidates.iter().find(|candidate| candidate.entity == entity);
    own.map_or(0.0, |own| weight(own) / all.max(1.0))
}

/// True if the options ask for this entity.
fn is_wanted(tagger: &Tagger<'_>, key: EntityKey) -> bool {
    let options = &tagger.options;
    if options.kinds.is_empty() && options.countries.is_empty() && options.sources.is_empty() {
        return true;
    }
    let entity = tagger.entity(key);
    let kind = options.kinds.is_empty() || options.kinds.contains(&entity.kind());
    let country = options.countries.is_empty()
        || entity.country().is_some_and(|country| options.countries.contains(&country));
    let source = options.sources.is_empty()
        || entity
            .attributes()
            .iter()
            .any(|(column, value)| column == "source" && options.sources.contains(value));
    kind && country && source
}

impl Tagger<'_> {
    /// How `text` met the name of an entity in a mention: exact if one of the entity's names has the
    /// very characters; with no entity, if one of any candidate's has. Costs reading the names.
    pub fn level(&self, text: &str, mention: &Mention, entity: Option<EntityKey>) -> Level {
        if mention.clitic {
            return Level::Clitic;
        }
        let surface = text.get(mention.span.range()).unwrap_or_default();
        let form = exact_form(surface);
        let mut candidates = mention
            .candidates
            .iter()
            .filter(|candidate| entity.is_none_or(|key| key == candidate.entity));
        let exact = candidates.any(|candidate| {
            let Some(name) = self.name(candidate) else { return false };
            names_of_key(&name).any(|name| exact_form(&name.text()) == form)
        });
        if exact { Level::Exact } else { Level::Folded }
    }
}

/// The names of the same entity with the same key.
fn names_of_key<'g>(name: &Name<'g>) -> impl Iterator<Item = Name<'g>> {
    let (view, row) = (name.view, name.row);
    let rows = view.rows();
    let before = (0..row).rev().map_while(|other| rows.get(other));
    let back = before.take_while(|other| !other.has(Row::LAST)).count() as u32;
    let entity = rows.get(row).map(|own| own.entity);
    view.key_rows(row - back)
        .filter(move |(_, other)| Some(other.entity) == entity)
        .map(move |(row, _)| Name { view, row })
}
