//! What a document names, as far as its mentions are likely: the evidence that one mention is for
//! another.
//!
//! In: mentions looked at one by one. Out: [`Named`], and what it says of each candidate.

use std::cell::Cell;

use smallvec::SmallVec;

use super::Evidence;
use super::acronyms;
use super::observe::Setting;
use super::observed::{Observations, Observed, Open, Others, Weighed};
use super::separator::Separator;
use super::surroundings::Surroundings;
use crate::gazetteer::{EntityKey, distance_km};
use crate::phrases::Role;
use crate::record::{EntityType, Kind};
use crate::span::Span;
use crate::spare;
use crate::tag::{Mention, Tagger};
use crate::weights::{Feature, Seen};
use crate::words::ByHash;

/// What a document names.
#[derive(Default)]
pub(super) struct Named {
    /// Likely entities with their names.
    entities: ByHash<Names>,
    /// Where each mention's likely place lies.
    places: Vec<Option<Located>>,
    /// Countries by code, with the entity and the first span.
    countries: SmallVec<[([u8; 2], EntityKey, Span); 4]>,
    /// Countries of which adjectives stand in the text.
    adjectives: SmallVec<[[u8; 2]; 8]>,
    /// Where places smaller than a country lie.
    locations: SmallVec<[(f64, f64, EntityKey); 8]>,
    /// What is known of names, by their keys.
    names: ByHash<NameUse>,
    /// Keys of names with the place that they mean by the region named right after.
    senses: ByHash<EntityKey>,
    /// Keys of acronyms with their long form in the text.
    acronyms: ByHash<Option<Span>>,
    /// The share of names that stand among results.
    results: f32,
}

/// The first two names of an entity that differ: their keys, and numbers of mentions.
type Names = [Option<(u64, usize)>; 2];

/// Where a place lies.
type Located = ((f64, f64), EntityKey);

/// All mentions of one name.
#[derive(Clone, Copy, Default)]
struct NameUse {
    /// How likely they are places or groups, added up.
    any: f32,
    count: u32,
    /// How many of them stand after given names, initials and titles.
    persons: u32,
}

/// A mention among the others of its document.
struct Among<'o> {
    mentions: &'o [Mention],
    at: usize,
    around: &'o Surroundings,
    others: Others<'o>,
    next: Option<Beside<'o>>,
    previous: Option<Beside<'o>>,
}

/// A mention beside another one, with what separates the two.
struct Beside<'o> {
    open: Open<'o>,
    separator: Separator,
}

impl<'o> Beside<'o> {
    /// What it may mean, if one of the two may lie in the other: City, State.
    fn stated(&self) -> &'o [Weighed] {
        if self.separator.states() { self.open.candidates } else { &[] }
    }
}

/// A mention that is likelier than this counts as naming its entity.
const LIKELY: f32 = 0.6;

/// Locations kept: bounds the cost of documents that list many places.
const MOST_LOCATIONS: usize = 64;

thread_local! {
    static ENTITIES: Cell<ByHash<Names>> = Cell::default();
    static PLACES: Cell<Vec<Option<Located>>> = const { Cell::new(Vec::new()) };
    static NAMES: Cell<ByHash<NameUse>> = Cell::default();
}

/// Kilometres within which a place is near, or not far.
const NEAR: f64 = 50.0;
const NEARBY: f64 = 250.0;

impl Drop for Named {
    fn drop(&mut self) {
        spare::give_back(&ENTITIES, &mut self.entities);
        spare::give_back(&PLACES, &mut self.places);
        spare::give_back(&NAMES, &mut self.names);
    }
}

impl Named {
    /// What the mentions name.
    pub(super) fn of(setting: &Setting<'_, '_>, mentions: &[Mention], all: &Observations) -> Self {
        let mut named = Self::default();
        named.entities = spare::take(&ENTITIES);
        named.places = spare::take(&PLACES);
        named.names = spare::take(&NAMES);
        named.names.reserve(mentions.len());
        named.entities.reserve(mentions.len());
        let text = setting.document.text;
        let mut open_names = 0.0;
        let mut brackets = None;
        let mut before = None;
        for (at, (mention, observed)) in mentions.iter().zip(all.iter()).enumerate() {
            let (mut place, mut here) = (None, None);
            match observed {
                Observed::Open(open) => {
                    named.note(at, mention, &open);
                    named.note_acronym(text, &mut brackets, mention, &open);
                    if let Some((other, span)) = before {
                        named.note_sense(text, (other, span), (open, mention.span));
                    }
                    open_names += 1.0;
                    named.results += f32::from(u8::from(open.around.score));
                    place = open.best().and_then(likely_place);
                    here = Some((open, mention.span));
                }
                Observed::Refused(Some(entity), Evidence::Demonym) => {
                    // French: the document is about France, but does not name it.
                    let facts = setting.tagger.layers.facts(entity);
                    if facts.kind == Kind::Country && !named.adjectives.contains(&facts.country) {
                        named.adjectives.push(facts.country);
                    }
                }
                Observed::Refused(..) => {}
            }
            named.places.push(place);
            before = here;
        }
        // One or two are no table.
        named.results = if named.results > 2.0 { named.results / open_names } else { 0.0 };
        named
    }

    /// A name of several places that the region after it tells apart: `Lens, Pas-de-Calais`.
    fn note_sense(
        &mut self,
        text: &str,
        (open, span): (Open<'_>, Span),
        (region, after): (Open<'_>, Span),
    ) {
        if open.candidates.len() < 2 || !separator(text, span, after).is_some_and(Separator::states)
        {
            return;
        }
        // Cuba, Mexico: a list of countries, though a Cuba lies in Mexico.
        if open.candidates.iter().any(|one| one.facts.kind == Kind::Country)
            && region.best().is_some_and(|one| one.facts.kind == Kind::Country)
        {
            return;
        }
        let inside = open.candidates.iter().find(|place| {
            let holds = |region: &Weighed| region.chance > 0.3 && place.lies_in(region);
            region.candidates.iter().any(holds)
        });
        if let Some(inside) = inside {
            self.senses.entry(open.around.key).or_insert(inside.candidate.entity);
        }
    }

    /// Acronyms that the text explains.
    fn note_acronym(
        &mut self,
        text: &str,
        brackets: &mut Option<Vec<usize>>,
        mention: &Mention,
        open: &Open<'_>,
    ) {
        const MOST: usize = 16;
        let around = open.around;
        let acronym = mention.context.all_upper
            && around.cased
            && around.words == 1
            && (2..=7).contains(&around.letters);
        if acronym && self.acronyms.len() < MOST && !self.acronyms.contains_key(&around.key) {
            let surface = text.get(mention.span.range()).unwrap_or_default();
            let brackets = brackets.get_or_insert_with(|| acronyms::brackets(text));
            self.acronyms.insert(around.key, acronyms::long_form(text, brackets, surface));
        }
    }

    fn note(&mut self, at: usize, mention: &Mention, open: &Open<'_>) {
        let name = self.names.entry(open.around.key).or_default();
        name.any += open.any();
        name.count += 1;
        name.persons += u32::from(open.around.is_of_person());
        // Weak names name nothing by themselves.
        let Some(best) = open.best() else { return };
        if best.chance < LIKELY || best.candidate.is_weak() && !best.candidate.is_strong() {
            return;
        }
        let facts = &best.facts;
        if facts.kind == Kind::Country && facts.country != [0; 2] {
            if self.country(facts.country).is_none() {
                self.countries.push((facts.country, best.candidate.entity, mention.span));
            }
        } else if facts.kind.entity_type() == EntityType::Place
            && let Some((lat, lon)) = facts.location
            && self.locations.len() < MOST_LOCATIONS
            && !self.locations.iter().any(|&(.., known)| known == best.candidate.entity)
        {
            self.locations.push((lat, lon, best.candidate.entity));
        }
        if best.candidate.is_demonym() {
            return;
        }
        let names = self.entities.entry(best.candidate.entity.hash()).or_default();
        let here = (open.around.key, at);
        match names {
            [None, _] => names[0] = Some(here),
            [Some(first), second @ None] if first.0 != here.0 => *second = Some(here),
            _ => {}
        }
    }

    /// Which mention names an entity by another name than `key`.
    fn otherwise(&self, entity: EntityKey, key: u64) -> Option<usize> {
        let names = self.entities.get(&entity.hash())?;
        names.iter().flatten().find(|(other, _)| *other != key).map(|&(_, at)| at)
    }

    /// Which mention names an entity.
    fn anywhere(&self, entity: EntityKey) -> Option<usize> {
        self.entities.get(&entity.hash())?.first().copied().flatten().map(|(_, at)| at)
    }

    /// A country that the document names, and where, by its code.
    fn country(&self, code: [u8; 2]) -> Option<(EntityKey, Span)> {
        let country = self.countries.iter().find(|country| country.0 == code)?;
        Some((country.1, country.2))
    }

    /// Adds to the candidates of all mentions what the rest of the document says of them.
    pub(super) fn look(
        &self,
        setting: &Setting<'_, '_>,
        mentions: &[Mention],
        all: &mut Observations,
    ) {
        let text = setting.document.text;
        let mut before = None;
        for (at, mention) in mentions.iter().enumerate() {
            let mut after = None;
            if let Some((others, around, candidates)) = all.split(at) {
                let beside = |other: Option<usize>, separator: Option<Separator>| {
                    Some(Beside { separator: separator?, open: others.open(other?)? })
                };
                after = mentions.get(at + 1).and_then(|it| separator(text, mention.span, it.span));
                let next = beside(Some(at + 1), after);
                let previous = beside(at.checked_sub(1), before);
                let among = Among { mentions, at, around, others, next, previous };
                self.look_at(setting, &among, candidates);
            }
            before = after;
        }
    }

    /// Adds to a mention's candidates what the rest of the document says of them.
    fn look_at(&self, setting: &Setting<'_, '_>, among: &Among<'_>, candidates: &mut [Weighed]) {
        let around = among.around;
        let key = around.key;
        let any: f32 = candidates.iter().map(|weighed| weighed.chance).sum();
        let name = self.names.get(&key).copied().unwrap_or_default();
        let same_name =
            (name.count > 1).then(|| (name.any - any) / (name.count as f32 - 1.0) - 0.5);
        let surname = name.persons > u32::from(around.is_of_person());
        let told = self.told(setting.document.text, among, candidates);
        let sense = self.senses.get(&key).filter(|_| candidates.len() > 1);
        let sides = [&among.next, &among.previous];
        let listed = |beside: &&Beside<'_>| beside.separator.lists() && beside.open.any() > 0.5;
        let times = sides.into_iter().flatten().filter(listed).count();
        let [regions, inner] = sides.map(|side| side.as_ref().map_or(&[][..], Beside::stated));
        let places = match candidates.iter().any(|it| it.location().is_some()) {
            true => self.neighbours(among),
            false => SmallVec::new(),
        };
        let located = around.located;
        // Without capitals, any word that is also a village of a bulk list would wake in a text about its
        // country.
        let wakes = around.cased || !around.common;
        let expected = setting.document.expect;
        for weighed in candidates {
            let entity = weighed.candidate.entity;
            let near = weighed.location().is_some_and(|here| {
                let mut places = places.iter();
                places.any(|&(there, other)| other != entity && is_within(here, there, NEAR))
            });
            weighed.seen.see_if(near, Feature::NearNeighbour);
            if let Some(value) = same_name {
                weighed.seen.grade(Feature::SameName, value);
            }
            weighed.seen.see_if(surname, Feature::Surname);
            weighed.seen.extend(&told, None);
            if let Some(&sense) = sense {
                let same = sense == entity;
                weighed.seen.see(if same { Feature::SameSense } else { Feature::OtherSense });
            }
            for _ in 0..times {
                weighed.seen.see_again(Feature::Listed);
            }
            let is_place = weighed.facts.kind.entity_type() == EntityType::Place;
            let in_next = is_place && regions.iter().any(|region| weighed.lies_in(region));
            weighed.seen.see_if(in_next, Feature::InNext);
            let holds = is_place && inner.iter().any(|place| place.lies_in(weighed));
            weighed.seen.see_if(holds, Feature::HoldsBefore);
            let pattern = in_next || holds;
            let wakes = wakes || weighed.kept;
            self.support(setting.tagger, among, weighed, wakes);
            if weighed.support.is_none() && pattern {
                let feature = if in_next { Feature::InNext } else { Feature::HoldsBefore };
                weighed.support = Some(feature.into());
            }
            if weighed.support.is_none() {
                let told = [Feature::AfterUnit, Feature::AfterPlaceWord, Feature::Dateline];
                let tells = |feature: Feature| feature != Feature::Dateline || wakes;
                let mut told = told.into_iter().filter(|&feature| tells(feature));
                let told = told.find(|&feature| weighed.seen.has(feature));
                let located = located.then_some(Feature::AfterPreposition);
                weighed.support = told.or(located).map(Evidence::from);
            }
            if !expected.is_empty()
                && super::is_hinted(setting.tagger, weighed.candidate.entity, expected)
            {
                weighed.seen.see(Feature::Expected);
                weighed.support = Some(Feature::Expected.into());
            }
        }
    }

    /// What the document says of all candidates of a mention alike.
    fn told(&self, text: &str, among: &Among<'_>, candidates: &[Weighed]) -> Seen {
        let Among { mentions, at, around, others, next, previous } = among;
        let mut told = Seen::default();
        if let Some(long) = self.acronyms.get(&around.key).copied().flatten() {
            // It stands for what its long form means.
            let first = mentions.partition_point(|mention| mention.span.start < long.start);
            let inside = mentions.iter().enumerate().skip(first);
            let mut inside = inside.take_while(|(_, mention)| mention.span.start < long.end);
            let listed = inside.any(|(other, mention)| {
                let ends_inside = mention.span.end <= long.end;
                ends_inside && others.open(other).is_some_and(|part| part.shares(candidates))
            });
            told.see_if(!listed, Feature::OtherAcronym);
        }
        let with = |role: Role| {
            previous
                .as_ref()
                .is_some_and(|it| !it.separator.states() && it.open.around.before == Some(role))
        };
        told.see_if(with(Role::Organization), Feature::WithOrganization);
        told.see_if(with(Role::Person) || with(Role::Kin), Feature::WithPerson);
        // Virginia Lens: a given name that is also a place, and the next name.
        let joins = |one: Option<&Mention>, other: Option<&Mention>| {
            let between =
                one.zip(other).and_then(|(one, other)| text.get(one.span.end..other.span.start));
            between == Some(" ")
        };
        let word = |around: &Surroundings| around.words == 1 && around.cased;
        let surname = next.as_ref().is_some_and(|next| {
            word(next.open.around) && joins(mentions.get(*at), mentions.get(at + 1))
        });
        let given = previous.as_ref().is_some_and(|previous| {
            let around = previous.open.around;
            let before = at.checked_sub(1).and_then(|at| mentions.get(at));
            word(around) && around.may_be_given && joins(before, mentions.get(*at))
        });
        let joined = word(around) && (around.may_be_given && surname || given);
        told.see_if(joined, Feature::JoinedName);
        if self.results > 0.0 && around.is_bare() {
            told.grade(Feature::Results, self.results);
        }
        told
    }

    /// The same entity, its parent, its country, places near it. Unless it `wakes`, what holds it is
    /// evidence, but no support.
    fn support(&self, tagger: &Tagger<'_>, among: &Among<'_>, weighed: &mut Weighed, wakes: bool) {
        let entity = weighed.candidate.entity;
        let span = |at: usize| among.mentions.get(at).map(|mention| mention.span);
        let mut support = None;
        if let Some(span) = self.otherwise(entity, among.around.key).and_then(span) {
            weighed.seen.see(Feature::SameEntity);
            support = Some(Evidence::SameEntity { span });
        }
        if weighed.facts.kind.entity_type() == EntityType::Place {
            let mut next = weighed.parent.filter(|_| !self.entities.is_empty());
            for _ in 0..8 {
                let Some(above) = next else { break };
                if let Some(span) = self.anywhere(above).and_then(span) {
                    weighed.seen.see(Feature::Parent);
                    support = support.or(wakes.then_some(Evidence::Parent { parent: above, span }));
                    break;
                }
                next = tagger.layers.parent(above);
            }
            if weighed.facts.kind != Kind::Country && weighed.facts.country != [0; 2] {
                match self.country(weighed.facts.country) {
                    Some((country, span)) => {
                        weighed.seen.see(Feature::InCountry);
                        support = support.or(wakes.then_some(Evidence::Country { country, span }));
                    }
                    None if self.adjectives.contains(&weighed.facts.country) => {
                        weighed.seen.see(Feature::InCountry);
                    }
                    // Of names kept by hand, the great places are named anywhere.
                    None if !self.countries.is_empty() && !weighed.kept => {
                        weighed.seen.see(Feature::OtherCountry);
                    }
                    None => {}
                }
            }
            let nearest = self.nearest(weighed);
            if nearest < NEAR {
                weighed.seen.see(Feature::Near);
            } else if nearest < NEARBY {
                weighed.seen.see(Feature::Nearby);
            }
        }
        weighed.support = support;
    }

    /// Where the likely places lie that are named up to two mentions before or after this one, close
    /// by in the text. Weak ones do not count.
    fn neighbours(&self, among: &Among<'_>) -> SmallVec<[Located; 4]> {
        const CLOSE: usize = 200;
        let start = |at: usize| among.mentions.get(at).map(|mention| mention.span.start);
        let (at, here) = (among.at, start(among.at).unwrap_or(0));
        let mut found = SmallVec::new();
        for other in at.saturating_sub(2)..=at + 2 {
            if other != at
                && let Some(&Some(place)) = self.places.get(other)
                && start(other).is_some_and(|start| start.abs_diff(here) < CLOSE)
            {
                found.push(place);
            }
        }
        found
    }

    /// Kilometres to the nearest other place that is named, or to one that is near.
    fn nearest(&self, weighed: &Weighed) -> f64 {
        let entity = weighed.candidate.entity;
        let Some((lat, lon)) = weighed.location() else { return f64::MAX };
        let close = |&&(other_lat, other_lon, other): &&(f64, f64, EntityKey)| {
            // Up to 70 degrees north and south, 250 km are less than 7 degrees.
            let apart = (lon - other_lon).abs();
            may_be_within(lat, other_lat, NEARBY)
                && (!(8.0..=352.0).contains(&apart) || lat.abs() > 70.0)
                && other != entity
        };
        let mut nearest = f64::MAX;
        for &(other_lat, other_lon, _) in self.locations.iter().filter(close) {
            nearest = nearest.min(distance_km((lat, lon), (other_lat, other_lon)));
            if nearest < NEAR {
                break;
            }
        }
        nearest
    }
}

impl Weighed {
    /// Where a place smaller than a country lies.
    fn location(&self) -> Option<(f64, f64)> {
        self.facts.location.filter(|_| self.facts.kind != Kind::Country)
    }

    /// True if a place lies in another: by its country, its parent, or near the middle of a region
    /// of its country.
    fn lies_in(&self, other: &Self) -> bool {
        let (facts, region) = (&self.facts, &other.facts);
        if region.kind == Kind::Country {
            return facts.country == region.country
                && facts.country != [0; 2]
                && facts.kind != Kind::Country;
        }
        if self.parent == Some(other.candidate.entity) {
            return true;
        }
        let inside = matches!(region.kind, Kind::Region | Kind::County | Kind::Island)
            && !matches!(facts.kind, Kind::Country | Kind::Region)
            && region.country == facts.country;
        // Regions reach some hundred kilometres from their middle.
        let reach = if region.kind == Kind::Region { 450.0 } else { 80.0 };
        inside
            && facts
                .location
                .zip(region.location)
                .is_some_and(|(one, other)| is_within(one, other, reach))
    }
}

/// True if two places lie less than some kilometres apart.
fn is_within(one: (f64, f64), other: (f64, f64), reach: f64) -> bool {
    may_be_within(one.0, other.0, reach) && distance_km(one, other) < reach
}

/// The same as far as their latitudes tell: a degree has 111.2 km.
fn may_be_within(lat: f64, other_lat: f64, reach: f64) -> bool {
    (lat - other_lat).abs() * 111.0 < reach
}

/// Where a place lies, if it is likely and its name not weak.
fn likely_place(best: &Weighed) -> Option<Located> {
    let likely = best.chance >= LIKELY && !best.candidate.is_weak();
    Some((best.location().filter(|_| likely)?, best.candidate.entity))
}

/// What separates two mentions in a row.
fn separator(text: &str, one: Span, other: Span) -> Option<Separator> {
    Separator::of(text.get(one.end..other.start)?)
}
