//! Entities and names as users see them.

use std::borrow::Cow;

use super::View;
use crate::compile::RETRACTED;
use crate::layout::Row;
use crate::normalize::accents;
use crate::record::{Date, EntityType, Kind, Policy, Role};

/// Identifies an entity within one [`Layers`](super::Layers): the layer that has it first, and its
/// number there. Stable for one set of files, not across compilations: keep ids instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityKey {
    pub(crate) layer: u16,
    pub(crate) index: u32,
}

impl EntityKey {
    /// A number that spreads over tables; no two keys have the same.
    #[inline]
    pub(crate) fn hash(self) -> u64 {
        let number = u64::from(self.layer) << 32 | u64::from(self.index);
        number.wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }
}

/// One layer's part of an entity.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member<'g> {
    pub(crate) view: View<'g>,
    pub(crate) layer: u16,
    pub(crate) index: u32,
    /// What this layer states wins over earlier layers (same id), or only fills blanks (union).
    pub(crate) corrects: bool,
}

/// A real-world place or group: a read-only view, cheap to copy around. Where several layers know
/// the entity, their statements are joined.
#[derive(Clone, Debug)]
pub struct Entity<'g> {
    /// The earliest layer's part; none if the key was of other layers.
    first: Option<Member<'g>>,
    rest: Vec<Member<'g>>,
}

/// One surface form of an entity.
#[derive(Clone, Copy, Debug)]
pub struct Name<'g> {
    pub(crate) view: View<'g>,
    pub(crate) row: u32,
}

impl<'g> Entity<'g> {
    pub(crate) fn single(view: View<'g>, index: u32) -> Self {
        Self::of(Member { view, layer: 0, index, corrects: false })
    }

    pub(crate) fn of(member: Member<'g>) -> Self {
        Self { first: Some(member), rest: Vec::new() }
    }

    /// Of the members of several layers, earliest first.
    pub(crate) fn joined(mut members: impl Iterator<Item = Member<'g>>) -> Self {
        Self { first: members.next(), rest: members.collect() }
    }

    fn members(&self) -> impl DoubleEndedIterator<Item = &Member<'g>> + Clone {
        self.first.iter().chain(&self.rest)
    }

    /// The statement that wins: the last correction that states one, else the first layer's.
    fn stated<T>(&self, state: impl Fn(&Member<'g>) -> Option<T>) -> Option<T> {
        let corrected = self.members().rev().filter(|member| member.corrects).find_map(&state);
        corrected.or_else(|| self.members().find_map(&state))
    }

    /// The id in the earliest layer.
    pub fn id(&self) -> String {
        self.first.as_ref().map(|member| member.view.id(member.index)).unwrap_or_default()
    }

    /// The kind, if a list states one.
    pub fn stated_kind(&self) -> Option<Kind> {
        self.stated(|member| member.view.entity(member.index)?.kind())
    }

    /// The kind; [`Kind::Other`] where no list states one.
    pub fn kind(&self) -> Kind {
        self.stated_kind().unwrap_or(Kind::Other)
    }

    /// Place or group.
    pub fn entity_type(&self) -> EntityType {
        self.kind().entity_type()
    }

    /// The country, as an ISO 3166-1 alpha-2 code.
    pub fn country(&self) -> Option<String> {
        let code = self.country_code()?;
        Some(code.iter().map(|&byte| byte as char).collect())
    }

    pub(crate) fn country_code(&self) -> Option<[u8; 2]> {
        self.stated(|member| {
            Some(member.view.entity(member.index)?.country).filter(|country| *country != [0; 2])
        })
    }

    /// Latitude and longitude, WGS84 degrees.
    pub fn location(&self) -> Option<(f64, f64)> {
        self.stated(|member| member.view.entity(member.index)?.location())
    }

    /// The prior: population or another measure of importance, as the list states it.
    pub fn weight(&self) -> Option<f64> {
        self.stated(|member| member.view.entity(member.index)?.weight())
    }

    /// The id of the containing entity.
    pub fn parent_id(&self) -> Option<String> {
        self.id_of("parent", |row| row.parent.get())
    }

    /// The id of the entity that took this one's place.
    pub fn replaced_by(&self) -> Option<String> {
        self.id_of("replaced_by", |_| 0)
    }

    /// An entity column that holds an id: a number within the layer, or text for another layer's.
    fn id_of(&self, column: &str, number: fn(&crate::layout::EntityRow) -> u32) -> Option<String> {
        self.stated(|member| {
            let index = number(member.view.entity(member.index)?).checked_sub(1);
            index.map(|index| member.view.id(index)).or_else(|| {
                let facts = member.view.facts(member.index);
                let stated = facts.attributes.iter().find(|(known, _)| *known == column);
                stated.map(|&(_, id)| id.to_owned())
            })
        })
    }

    /// Every known id but [`id`](Self::id): external ones, and own ones of later layers.
    pub fn ids(&self) -> Vec<String> {
        let own = self.id();
        let mut ids: Vec<String> = Vec::new();
        for member in self.members() {
            let id = member.view.id(member.index);
            let known = std::iter::once(id).chain(member.view.facts(member.index).same_as);
            for id in known.filter(|id| *id != own) {
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
        }
        ids
    }

    /// The columns that the contract does not know, and `source`, in the order of the list.
    pub fn attributes(&self) -> Vec<(String, String)> {
        let facts = self.members().flat_map(|member| member.view.facts(member.index).attributes);
        let hidden = ["parent", "replaced_by", RETRACTED];
        facts
            .filter(|(column, _)| !hidden.contains(column))
            .map(|(column, value)| (column.to_owned(), value.to_owned()))
            .collect()
    }

    /// True if a layer takes the entity back.
    pub(crate) fn retracts(&self) -> bool {
        self.members().any(Member::retracts)
    }

    /// All names, layer by layer in the order of the lists.
    pub fn names(&self) -> impl Iterator<Item = Name<'g>> + '_ {
        self.members().flat_map(|member| {
            let rows = member.view.entity_rows(member.index);
            rows.map(|row| Name { view: member.view, row })
        })
    }

    /// The display form in `lang`; where there is none, the entity's first canonical name, else
    /// its first name, else its id. An empty `lang` asks for the default.
    pub fn canonical_name(&self, lang: &str) -> String {
        self.canonical_in(lang)
            .or_else(|| {
                let primary = lang.split('-').next().filter(|primary| *primary != lang)?;
                self.canonical_in(primary)
            })
            .or_else(|| self.default_name())
            .unwrap_or_else(|| self.id())
    }

    /// True if it has a display form in `lang`.
    pub(crate) fn is_called_in(&self, lang: &str) -> bool {
        self.canonical_in(lang).is_some()
    }

    fn canonical_in(&self, lang: &str) -> Option<String> {
        (!lang.is_empty()).then(|| {
            self.stated(|member| {
                first_name(member, |view, row| {
                    row.role() == Role::Canonical && view.lang(row) == lang
                })
            })
        })?
    }

    fn default_name(&self) -> Option<String> {
        self.stated(|member| first_name(member, |_, row| row.role() == Role::Canonical)).or_else(
            || {
                let shown =
                    |row: &Row| !matches!(row.role(), Role::Search | Role::Retract | Role::Demonym);
                self.members().find_map(|member| first_name(member, |_, row| shown(row)))
            },
        )
    }
}

impl Member<'_> {
    /// True if this layer takes the entity back.
    pub(crate) fn retracts(&self) -> bool {
        let facts = self.view.facts(self.index);
        facts.attributes.iter().any(|(column, _)| *column == RETRACTED)
    }
}

fn first_name(member: &Member<'_>, wanted: impl Fn(&View<'_>, &Row) -> bool) -> Option<String> {
    let rows = member.view.rows();
    let numbers = member.view.entity_rows(member.index);
    let found = numbers
        .filter_map(|number| Some((number, rows.get(number)?)))
        .find(|(_, row)| wanted(&member.view, row));
    found.map(|(number, _)| member.view.name(number))
}

impl<'g> Name<'g> {
    fn data(&self) -> Option<Row> {
        self.view.row(self.row)
    }

    /// The surface form, as listed.
    pub fn text(&self) -> String {
        self.view.name(self.row)
    }

    /// Its language; empty for any.
    pub fn lang(&self) -> Cow<'g, str> {
        Cow::Borrowed(self.data().map_or("", |row| self.view.lang(&row)))
    }

    /// What it is to its entity.
    pub fn role(&self) -> Role {
        self.data().map_or(Role::Variant, |row| row.role())
    }

    /// How it must meet its text, defaults included.
    pub fn policy(&self) -> Policy {
        self.data().map_or_else(Policy::default, |row| row.policy())
    }

    /// True if its list states how, for this or another spelling with its key.
    pub(crate) fn states_policy(&self) -> bool {
        self.data().is_some_and(|row| row.has(Row::STATED))
    }

    /// True if it has so many [`accents`], of which one is the least. Costs reading it only for more.
    pub(crate) fn has_accents(&self, wanted: usize) -> bool {
        self.data().is_some_and(|row| row.has(Row::ACCENTED))
            && (wanted == 1 || wanted <= accents(&self.text()))
    }

    /// First and last day of validity.
    pub fn dates(&self) -> (Option<Date>, Option<Date>) {
        let dated = self.data().is_some_and(|row| row.has(Row::DATED));
        if dated { self.view.dates(self.row) } else { (None, None) }
    }

    /// The list and line that state it, if the gazetteer keeps them.
    pub fn origin(&self) -> Option<(&'g str, u32)> {
        self.view.origin(self.row)
    }
}
