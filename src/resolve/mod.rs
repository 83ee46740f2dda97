//! Step 7 of the walk: which mention means which entity, and which means none.
//!
//! In: all mentions of one document. Out: [`Tagged`]: accepted mentions with their entity, score and
//! reasons, and rejected ones with theirs. The step sees the document as a whole, so that a strong
//! mention can wake a weak one anywhere in it.
//!
//! Every candidate of a mention gets a probability from what was seen of it ([`crate::weights`] has
//! the table): the entity, the name, the words beside it ([`surroundings`]), and
//! in a second look what the document's other mentions name ([`named`]). The mention is accepted if
//! it rather means one of its candidates than nothing listed. Beyond that, decoys mean nothing,
//! names that are strong by policy are never held back, weak ones always are without support, and
//! adjectives are only reported where asked for.

mod acronyms;
mod evidence;
mod form;
mod lookout;
mod named;
mod observe;
mod observed;
mod parts;
mod separator;
mod spelling;
mod surroundings;

use smallvec::{SmallVec, smallvec};

use crate::gazetteer::{EntityKey, Name};
use crate::layout::Row;
use crate::span::Span;
use crate::spare;
use crate::tag::{Candidate, Document, Level, Mention, Tagger, exact_form};
use crate::weights::Feature;

pub(crate) use lookout::Lookout;
use lookout::MENTIONS;
pub(crate) use observe::observe;
pub(crate) use observed::{Observations, Observed, Open, Weighed};

pub use evidence::Evidence;
pub use parts::{PART_BYTES, Parts, TaggedParts, parts};

/// What a document names.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Tagged {
    /// Accepted mentions, in order.
    pub mentions: Vec<Resolved>,
    /// Mentions that were held back, in order.
    pub rejected: Vec<Rejected>,
    /// In how many parts it was resolved: more than one if it is longer than [`PART_BYTES`].
    pub parts: usize,
}

/// A mention with its entity.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Resolved {
    /// The mention, with all candidates.
    pub mention: Mention,
    /// What it means.
    pub entity: EntityKey,
    /// The probability of this entity, by the learned weights.
    pub score: f64,
    /// The other entities that it may mean with their probabilities, the likeliest first.
    pub alternatives: SmallVec<[(EntityKey, f32); 1]>,
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

impl Tagger<'_> {
    /// Finds and resolves: which mention means which entity, which are held back, and why. Texts
    /// longer than [`PART_BYTES`] are resolved in parts, see [`tag_parts`](Self::tag_parts).
    pub fn tag<'t>(&self, document: impl Into<Document<'t>>) -> Tagged {
        let document = document.into();
        if document.text.len() > PART_BYTES {
            return self.tag_long(document);
        }
        let mut lookout = Lookout::new(self, document);
        let mut surrounded = lookout.look();
        let observed = observe(self, &lookout.document, &mut surrounded, self.weights);
        resolve(self, surrounded.mentions, &observed)
    }
}

/// Decides on all mentions of a document.
pub(crate) fn resolve(
    tagger: &Tagger<'_>,
    mut mentions: Vec<Mention>,
    observed: &Observations,
) -> Tagged {
    let all = mentions.len();
    let (accepted, rejected) = (Vec::with_capacity(all), Vec::with_capacity(all));
    let mut tagged = Tagged { mentions: accepted, rejected, parts: 1 };
    for (mention, observed) in mentions.drain(..).zip(observed.iter()) {
        match observed {
            Observed::Open(open) => match decide(tagger, &mention, &open) {
                Ok(best) => accept(tagger, &mut tagged, mention, &open, best),
                Err((best, evidence)) => {
                    let entity = best.map(|best| best.candidate.entity);
                    let score = best.map_or(0.0, |best| score(tagger, best));
                    reject(&mut tagged, mention, entity, score, evidence);
                }
            },
            Observed::Refused(entity, evidence) => {
                reject(&mut tagged, mention, entity, 0.0, evidence);
            }
        }
    }
    spare::give_back(&MENTIONS, &mut mentions);
    tagged
}

/// A candidate, or one and the reason against it.
type Decision<'o> = Result<&'o Weighed, (Option<&'o Weighed>, Evidence)>;

/// How likely it must be that a mention means any of its candidates. Somewhat below one half: F1 is
/// highest where the bound is half the F1 that is reached.
pub(crate) const LEAST: f32 = 0.45;

/// Accepts the likeliest candidate if it is likely enough that the mention means any.
fn decide<'o>(tagger: &Tagger<'_>, mention: &Mention, open: &Open<'o>) -> Decision<'o> {
    let Some(best) = open.best() else { return Err((None, Evidence::Excluded)) };
    if best.candidate.is_weak() {
        let context = &mention.context;
        let against = match best.support {
            None => Some(Evidence::Weak),
            Some(Evidence::SameEntity { .. }) => None,
            Some(_) if !context.capitalized => Some(Feature::Small.into()),
            Some(_) if !context.inside_sentence && context.cased => Some(Feature::Begins.into()),
            // B.C. is no word in capitals.
            Some(_) if context.all_upper && mention.span.len() > 1 && !open.around.is_dotted() => {
                Some(Feature::Capitals.into())
            }
            Some(_) => None,
        };
        if let Some(against) = against {
            return Err((Some(best), against));
        }
    }
    if open.any() < LEAST {
        return Err((Some(best), against(tagger, best)));
    }
    Ok(best)
}

/// What speaks for a candidate.
fn reasons(mention: &Mention, best: &Weighed) -> SmallVec<[Evidence; 2]> {
    let mut why = SmallVec::new();
    let (waking, further) = match best.candidate.is_weak() {
        true => (best.support, None),
        false => (None, best.support),
    };
    why.push(waking.unwrap_or(Evidence::Named));
    let rivals = mention.candidates.len().saturating_sub(1);
    if rivals > 0 {
        why.push(Evidence::Prior { rivals: rivals as u32, weight: best.candidate.prior });
    }
    if let Some(support) = further {
        why.push(support);
    }
    why
}

/// What spoke most against a candidate.
fn against(tagger: &Tagger<'_>, best: &Weighed) -> Evidence {
    let weights = &tagger.weights.document;
    let mut most = (Feature::Place, 0.0);
    for (feature, value) in best.seen.iter() {
        let told = weights[feature as usize] * value;
        if told < most.1 && feature.is_reason() {
            most = (feature, told);
        }
    }
    if most.1 < 0.0 { most.0.into() } else { Evidence::Unlikely }
}

/// True if one of `hints` is an id of the entity or its country's code.
fn is_hinted(tagger: &Tagger<'_>, entity: EntityKey, hints: &[String]) -> bool {
    let entity = tagger.entity(entity);
    let country = entity.country();
    let is_country =
        |hint: &String| country.as_ref().is_some_and(|country| country.eq_ignore_ascii_case(hint));
    hints.iter().any(is_country)
        || hints.contains(&entity.id())
        || entity.ids().iter().any(|id| hints.contains(id))
}

/// The probability to report. What a list calls strong is not doubted.
fn score(tagger: &Tagger<'_>, weighed: &Weighed) -> f64 {
    let doubted = !weighed.candidate.is_strong();
    if doubted { tagger.weights.score(weighed.chance) } else { weighed.chance.into() }
}

fn accept(
    tagger: &Tagger<'_>,
    tagged: &mut Tagged,
    mention: Mention,
    open: &Open<'_>,
    best: &Weighed,
) {
    let chance = score(tagger, best);
    let entity = best.candidate.entity;
    let wanted = if chance < tagger.options.least_score(best.facts.kind) {
        Err(Evidence::LowScore)
    } else if is_wanted(tagger, entity) {
        Ok(())
    } else {
        Err(Evidence::Filtered)
    };
    if let Err(evidence) = wanted {
        return reject(tagged, mention, Some(entity), chance, evidence);
    }
    let demonym = best.candidate.is_demonym();
    let mut alternatives = SmallVec::<[(EntityKey, f32); 1]>::new();
    for other in open.candidates {
        if other.candidate.entity != entity {
            alternatives.push((other.candidate.entity, score(tagger, other) as f32));
        }
    }
    alternatives.sort_by(|one, other| other.1.total_cmp(&one.1));
    let (score, why) = (chance, reasons(&mention, best));
    tagged.mentions.push(Resolved { mention, entity, score, alternatives, why, demonym });
}

fn reject(
    tagged: &mut Tagged,
    mention: Mention,
    entity: Option<EntityKey>,
    score: f64,
    evidence: Evidence,
) {
    tagged.rejected.push(Rejected { mention, entity, score, why: smallvec![evidence] });
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
    let view = name.view;
    let own = view.row(name.row).map(|own| own.entity);
    let all = view.key_rows(first_of_key(name));
    all.filter(move |(_, other)| Some(other.entity) == own).map(move |(row, _)| Name { view, row })
}

/// The first row of a layer with the key of this name.
fn first_of_key(name: &Name<'_>) -> u32 {
    let rows = name.view.rows();
    let before = (0..name.row).rev().map_while(|other| rows.get(other));
    name.row - before.take_while(|other| !other.has(Row::LAST)).count() as u32
}
