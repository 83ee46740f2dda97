//! Looking: what speaks for and against every candidate of every mention of a document.
//!
//! In: the mentions of a document and the weights. Out: [`Observations`], of each mention first by
//! itself ([`alone`]), then with what the others name ([`Named`]). Resolving decides by it, training
//! learns from it.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::Evidence;
use super::form;
use super::lookout::Surrounded;
use super::named::Named;
use super::observed::{Observations, Weighed};
use super::spelling::Spelling;
use super::surroundings::Surroundings;
use crate::gazetteer::EntityKey;
use crate::phrases::{self, Role as PhraseRole};
use crate::record::{EntityType, Kind, Policy, Role};
use crate::tag::{Candidate, Document, Habits, Mention, Run, Tagger};
use crate::weights::{Feature, Seen, Weights};

/// How much an institution's name that goes on to a mention counts, to one right before it.
const CHAINED: f32 = 0.7;

/// Most candidates that are weighed: bounds the cost of names like San José.
pub(super) const MOST_CANDIDATES: usize = 48;

/// What is known of a document before its mentions are looked at.
pub(super) struct Setting<'a, 'g> {
    pub(super) tagger: &'a Tagger<'g>,
    pub(super) document: &'a Document<'a>,
    /// How much the text is about sport, from none to one.
    sport: f32,
}

/// Looks at all mentions of a document, and takes what stands around them.
pub(crate) fn observe(
    tagger: &Tagger<'_>,
    document: &Document<'_>,
    surrounded: &mut Surrounded,
    weights: &Weights,
) -> Observations {
    let setting = Setting { tagger, document, sport: surrounded.sport };
    let mentions = surrounded.mentions.as_slice();
    let mut all = Observations::new();
    let around = std::mem::take(&mut surrounded.around);
    for (at, around) in around.iter().enumerate() {
        if let Err((entity, evidence)) = alone(&setting, mentions, at, around, &mut all) {
            all.refuse(entity, evidence);
        }
    }
    let mut all = all.surrounded(around);
    all.weigh(&weights.alone, false);
    let named = Named::of(&setting, mentions, &all);
    named.look(&setting, mentions, &mut all);
    all.weigh(&weights.document, true);
    all
}

/// Looks at one mention without regard to what others mean.
fn alone(
    setting: &Setting<'_, '_>,
    mentions: &[Mention],
    at: usize,
    around: &Surroundings,
    all: &mut Observations,
) -> Result<(), (Option<EntityKey>, Evidence)> {
    let Some(mention) = mentions.get(at) else { return Err((None, Evidence::Weak)) };
    if let Some(decoy) = mention.candidates.iter().find(|candidate| candidate.is_decoy()) {
        return Err((None, Evidence::Decoy { candidate: *decoy }));
    }
    // Persian writes Arabic letters, but not Arabic particles.
    let run = setting.document.langs.at(mention.span.start);
    if mention.clitic && run.habits.has(Habits::NO_PROCLITICS) {
        return Err((None, Feature::Clitic.into()));
    }
    let candidates = sort_out(setting, mention).map_err(|entity| (entity, Evidence::Demonym))?;
    let Some(first) = candidates.first() else {
        return Err((None, Evidence::Excluded));
    };
    let mut shared = of_mention(setting, mentions, at, mention, around, &run);
    // Speaks for the name; between namesakes it would speak for the best documented.
    let native = candidates.iter().any(|candidate| candidate.native);
    shared.see_if(native, Feature::Native);
    let of_place = of_place(setting, mention, around, &run);
    let layers = setting.tagger.layers();
    let surface = setting.document.text.get(mention.span.range()).unwrap_or_default();
    let may_add = around.cased && !mention.clitic;
    let spelling = Spelling::of(setting.tagger, surface, may_add, &candidates);
    // They come the heaviest first.
    let (heaviest, kind) = (size(first.prior), first.kind);
    let single = candidates.len() == 1;
    let weigh = |(number, candidate): (usize, &Candidate)| {
        let mut candidate = *candidate;
        let facts = layers.facts(candidate.entity);
        let kept = layers.is_kept(candidate.layer);
        // A word of other languages is a name in this one.
        if kept && is_weak_elsewhere(setting.tagger, &candidate, around, &run) {
            candidate.policy = candidate.policy.without(Policy::WEAK);
        }
        let candidate = candidate;
        let group = candidate.kind.entity_type() == EntityType::Group;
        let mut seen = Seen::default();
        if candidate.prior < first.prior {
            let own = size(candidate.prior);
            seen.grade(Feature::Weight, own);
            seen.grade(Feature::Lighter, heaviest - own);
        } else {
            seen.grade(Feature::Weight, heaviest);
        }
        seen.see_if(single, Feature::Alone);
        if let Some(kind) = of_kind(kind, &candidate, kept) {
            seen.see(kind);
        }
        seen.see_if(facts.weight < 0.0 && !kept, Feature::NoWeight);
        of_name(&candidate, kept, layers.is_kept(candidate.entity.layer), &mut seen);
        spelling.compare(setting.tagger, (number, &candidate), kept, &mut seen);
        // پیرو is Peru in Urdu, and a follower in Persian, where Peru is پرو.
        let otherwise = !around.cased
            && !candidate.native
            && !run.lang.is_empty()
            && layers.is_kept(candidate.entity.layer)
            && setting.tagger.name(&candidate).is_some_and(|name| !name.lang().is_empty())
            && setting.tagger.entity(candidate.entity).is_called_in(run.lang);
        seen.see_if(otherwise, Feature::CalledOtherwise);
        let small = mention.context.small && !candidate.is_demonym() && candidate.capital;
        seen.see_if(small, Feature::Small);
        if group {
            seen.see(Feature::Group);
            // Many words that go with companies and schools go with groups, too.
            seen.extend(&shared, Some(Feature::AfterOrgWord));
        } else {
            seen.see(Feature::Place);
            seen.extend(&shared, None);
            seen.extend(&of_place, None);
        }
        let country = candidate.kind == Kind::Country;
        seen.see_if(country && around.parenthesized, Feature::ParenthesizedCountry);
        let region = [around.before, around.after].contains(&Some(PhraseRole::Region));
        let holds = matches!(candidate.kind, Kind::Region | Kind::County);
        seen.see_if(region && holds, Feature::RegionWord);
        // Teams are called by their cities; a country's team is the country.
        if !group && !country && candidate.kind != Kind::Continent && around.is_bare() {
            seen.see_if(around.numbers > 1, Feature::InSport);
            seen.see_if(around.score, Feature::Score);
            if setting.sport > 0.0 {
                seen.grade(Feature::Sport, setting.sport);
            }
        }
        let parent = layers.parent(candidate.entity);
        Weighed { candidate, facts, parent, kept, seen, support: None, chance: 0.0 }
    };
    all.open(candidates.iter().enumerate().map(weigh));
    Ok(())
}

/// True if a name is weak by default, as a common word, and is none in the text's language, which is
/// its own.
fn is_weak_elsewhere(
    tagger: &Tagger<'_>,
    candidate: &Candidate,
    around: &Surroundings,
    run: &Run<'_>,
) -> bool {
    candidate.native
        && candidate.is_weak()
        && around.common_elsewhere
        && !around.common
        && run.langs != phrases::Langs::MAX
        && tagger.name(candidate).is_some_and(|name| {
            // Short forms in capitals are weak for another reason, and so is what inherits it.
            let own = name.policy() == candidate.policy && !candidate.policy.has(Policy::UPPER);
            own && !name.states_policy()
        })
}

/// How large an entity is by its weight, from none to somewhat over one.
fn size(weight: f32) -> f32 {
    (1.0 + weight).log10() / 7.0
}

/// The candidates to weigh: adjectives only where they were asked for, and where no name in the
/// text's language is spelled so.
fn sort_out<'m>(
    setting: &Setting<'_, '_>,
    mention: &'m Mention,
) -> Result<Cow<'m, [Candidate]>, Option<EntityKey>> {
    let most = mention.candidates.len().min(MOST_CANDIDATES);
    let all = mention.candidates.get(..most).unwrap_or_default();
    let excluded = setting.document.exclude;
    if excluded.is_empty() && !all.iter().any(Candidate::is_demonym) {
        return Ok(Cow::Borrowed(all));
    }
    if !setting.tagger.options.demonyms && all.iter().all(Candidate::is_demonym) {
        return Err(all.first().map(|candidate| candidate.entity));
    }
    let mut rest = all.to_vec();
    if rest.iter().any(Candidate::is_demonym) {
        let plain = |candidate: &Candidate| !candidate.is_demonym();
        // Bulk lists give adjectives as names: of one entity the adjective is meant.
        let adjectives: SmallVec<[EntityKey; 2]> =
            rest.iter().filter(|one| one.is_demonym()).map(|one| one.entity).collect();
        let layers = setting.tagger.layers();
        rest.retain(|one| {
            one.is_demonym() || layers.is_kept(one.layer) || !adjectives.contains(&one.entity)
        });
        let adjective = !rest.iter().any(plain)
            || rest.iter().any(|candidate| candidate.is_demonym() && candidate.native)
                && !rest.iter().any(|candidate| plain(candidate) && candidate.native);
        rest.retain(|candidate| candidate.is_demonym() == adjective);
        if adjective && !setting.tagger.options.demonyms {
            return Err(rest.first().map(|candidate| candidate.entity));
        }
    }
    if !excluded.is_empty() {
        rest.retain(|one| !super::is_hinted(setting.tagger, one.entity, excluded));
    }
    Ok(Cow::Owned(rest))
}

/// What sort of names this is: by the heaviest entity with it, so that kinds do not decide between
/// namesakes where weights should; small things by themselves.
fn of_kind(heaviest: Kind, candidate: &Candidate, kept: bool) -> Option<Feature> {
    // In bulk lists villages and quarters share most of their names with something else.
    let small =
        |kind| matches!(kind, Kind::County | Kind::Locality | Kind::Neighbourhood | Kind::Site);
    let kind = match candidate.kind {
        Kind::People => return Some(Feature::People),
        Kind::Other => return (!kept).then_some(Feature::OtherKind),
        kind if small(kind) && !kept => kind,
        _ => heaviest,
    };
    match kind {
        Kind::Country | Kind::Continent => Some(Feature::Country),
        Kind::Region => Some(Feature::Region),
        Kind::County => Some(Feature::County),
        Kind::City => Some(Feature::City),
        Kind::Locality => Some(Feature::Locality),
        Kind::Neighbourhood => Some(Feature::Neighbourhood),
        Kind::Island | Kind::Water | Kind::Mountain | Kind::Desert => Some(Feature::Nature),
        Kind::Site => Some(Feature::Site),
        _ => None,
    }
}

/// What the name is.
fn of_name(candidate: &Candidate, kept: bool, kept_entity: bool, seen: &mut Seen) {
    let mut see = |is: bool, feature: Feature| seen.see_if(is, feature);
    see(kept, Feature::Kept);
    see(!kept && kept_entity, Feature::KeptEntity);
    see(candidate.is_weak(), Feature::Weak);
    see(candidate.is_strong(), Feature::Strong);
    see(candidate.is_demonym(), Feature::Demonym);
    let role = candidate.role;
    see(role == Role::Historic && !kept, Feature::Historic);
    see(role == Role::Abbreviation, Feature::Abbreviation);
}

/// What all candidates of a mention share: its text, and what stands beside it.
fn of_mention(
    setting: &Setting<'_, '_>,
    mentions: &[Mention],
    at: usize,
    mention: &Mention,
    around: &Surroundings,
    run: &Run<'_>,
) -> Seen {
    let mut seen = Seen::default();
    let word = around.words == 1;
    let uses = setting.tagger.weights.uses.of(run.lang, around.key).filter(|_| word);
    if let Some(uses) = uses {
        for (feature, share) in
            [(Feature::WrittenSmall, uses.small()), (Feature::FollowsNames, uses.person())]
        {
            if share > 0.0 {
                seen.grade(feature, share);
            }
        }
    }
    let mut see = |is: bool, feature: Feature| seen.see_if(is, feature);
    let context = &mention.context;
    see(around.words == 2, Feature::TwoWords);
    see(around.words > 2, Feature::ManyWords);
    see(word && around.cased && around.letters <= 3, Feature::Short);
    see(word && around.cased && around.letters == 4, Feature::FourLetters);
    see(around.common, Feature::Common);
    see(around.common_elsewhere && !around.common, Feature::CommonElsewhere);
    see(around.given_name, Feature::GivenName);
    see(!context.inside_sentence && around.cased, Feature::Begins);
    let capitals = context.all_upper && around.letters > 1;
    see(capitals && !around.among_capitals, Feature::Capitals);
    see(capitals && around.among_capitals, Feature::Headline);
    see(mention.clitic, Feature::Clitic);
    see(!around.cased, Feature::Caseless);
    // Words of other mentions are no unknown names.
    let before = at.checked_sub(1).and_then(|at| mentions.get(at));
    let taken_left = before.is_some_and(|before| before.span.end >= around.left.end);
    let taken_right =
        mentions.get(at + 1).is_some_and(|next| next.span.start <= around.right.start);
    see(around.left.given_name && word && !taken_left, Feature::AfterGivenName);
    see(around.left.initial && !taken_left, Feature::AfterInitial);
    let person = word && context.capitalized && !context.all_upper && !around.case_ending;
    see(around.left.title && person && !taken_left, Feature::AfterTitle);
    let right = around.right.named && !taken_right;
    see(right && around.given_name && word, Feature::GivenBeforeName);
    let adjective = mention.candidates.iter().any(Candidate::is_demonym);
    let sides = [(around.before, false), (around.after, true)];
    for (role, behind) in sides.into_iter().filter_map(|(role, side)| Some((role?, side))) {
        let feature = match role {
            PhraseRole::Unit | PhraseRole::Region => Feature::AfterUnit,
            PhraseRole::Place => Feature::AfterPlaceWord,
            PhraseRole::Group => Feature::AfterGroupWord,
            PhraseRole::Where => Feature::AfterPreposition,
            PhraseRole::Person if behind => Feature::Speaks,
            // A minister of a place, or on the way to it.
            PhraseRole::Person | PhraseRole::Kin if adjective || around.case_ending => continue,
            PhraseRole::Person if run.habits.has(Habits::GENITIVE) => Feature::AfterOffice,
            PhraseRole::Person => Feature::AfterPersonWord,
            PhraseRole::Organization | PhraseRole::Product => Feature::AfterOrgWord,
            PhraseRole::Kin => Feature::AfterKinWord,
            PhraseRole::Article => continue,
        };
        seen.see_again(feature);
        let named = context.inside_sentence && around.cased && context.capitalized;
        seen.see_if(named && feature == Feature::AfterUnit, Feature::NamedUnit);
    }
    let mut see = |is: bool, feature: Feature| seen.see_if(is, feature);
    see(around.left.hyphen || around.right.hyphen, Feature::Hyphen);
    see(around.right.hyphen && around.right.digit, Feature::Code);
    see(around.of_name, Feature::OfName);
    see(around.number, Feature::Number);
    see(around.parenthesized, Feature::Parenthesized);
    see(around.dateline, Feature::Dateline);
    // It may also be the object of the verb.
    if around.chained && around.before != Some(PhraseRole::Organization) {
        seen.grade(Feature::AfterOrgWord, CHAINED);
    }
    // A capital beside it tells less where every noun has one, and of names of several words.
    let few_tell = run.habits.has(Habits::FEW_TELL);
    let told = if few_tell && !around.may_be_given || !word { 0.35 } else { 1.0 };
    if around.among_capitals {
        return seen;
    }
    if around.left.named && !around.left.given_name && !taken_left {
        seen.grade(Feature::AfterName, told);
    }
    if right && !around.given_name {
        seen.grade(Feature::BeforeName, told);
    }
    if !few_tell && around.left.common && !taken_left {
        seen.see(Feature::AfterCapital);
    }
    if !few_tell && around.right.common && !taken_right && !adjective {
        seen.see(Feature::BeforeCapital);
    }
    seen
}

/// What a mention shows of places, while groups are written so, too.
fn of_place(
    setting: &Setting<'_, '_>,
    mention: &Mention,
    around: &Surroundings,
    run: &Run<'_>,
) -> Seen {
    let mut seen = Seen::default();
    let quotes = run.habits.has(Habits::QUOTES);
    let quoted = quotes && form::is_quoted(setting.document.text, mention.span);
    seen.see_if(quoted, Feature::Quoted);
    // Groups there may be many of.
    seen.see_if(around.before == Some(PhraseRole::Article), Feature::AfterArticle);
    seen.see_if(around.names_kind, Feature::NamesKind);
    seen
}

impl Candidate {
    /// Never held back.
    pub(crate) const fn is_strong(&self) -> bool {
        self.policy.has(Policy::STRONG)
    }
}
