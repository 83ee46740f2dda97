//! Checked reading of the sections of one gazetteer.

use zerocopy::FromBytes;

use super::automaton::{Automaton, FirstSteps, InGroups};
use super::{Gazetteer, Parts};
use crate::compile::RETRACTED;
use crate::error::Error;
use crate::layout::{
    DatedRow, EntityRow, Meta, OriginRow, Row, Section, corrupt,
    filter::Filter,
    front,
    keys::{MOST_ROWS, stored},
    packed::Packed,
    rows::Rows,
    varint,
};
use crate::record::{Date, Origin};

/// Read access to one gazetteer whose sections are verified: small, copied freely. Contents that
/// do not fit their form all the same (a hand-made file) read as absent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'g> {
    bytes: &'g [u8],
    parts: &'g Parts,
    meta: &'g Meta,
    rows: Rows<'g>,
    entities: &'g [EntityRow],
}

/// The FST of keys, for walking.
pub(crate) struct Keys<'g> {
    automaton: Option<Automaton<'g>>,
    /// By stored bytes.
    first_steps: Option<&'g FirstSteps>,
    rows: Rows<'g>,
}

impl<'g> View<'g> {
    pub(super) fn new<D: AsRef<[u8]>>(gazetteer: &'g Gazetteer<D>) -> Result<Self, Error> {
        for section in Section::ALL {
            if section != Section::Origins {
                gazetteer.section(section)?;
            }
        }
        let meta = gazetteer.meta()?;
        let (bytes, parts) = (gazetteer.data.as_ref(), &gazetteer.parts);
        let mut view = Self { bytes, parts, meta, rows: Rows::default(), entities: &[] };
        view.rows = Rows::new(view.section(Section::Rows));
        view.entities = view.table(Section::Entities);
        for section in [Section::Keys, Section::IdIndex] {
            view.automaton(section).ok_or_else(|| corrupt(section))?;
        }
        Ok(view)
    }

    /// Tests that tables are whole numbers of rows and agree in length.
    pub(super) fn check(&self) -> Result<(), Error> {
        let whole = |section, row: usize| {
            let length = self.section(section).len();
            if length.is_multiple_of(row) { Ok(length / row) } else { Err(corrupt(section)) }
        };
        let rows = self.rows().len();
        let origins = whole(Section::Origins, size_of::<OriginRow>())?;
        whole(Section::Entities, size_of::<EntityRow>())?;
        whole(Section::Dates, size_of::<DatedRow>())?;
        whole(Section::Filter, 8)?;
        let counted = self.meta.names <= rows as u64;
        if !counted {
            return Err(corrupt(Section::Rows));
        }
        if origins != 0 && origins != rows {
            return Err(corrupt(Section::Origins));
        }
        Ok(())
    }

    fn section(&self, section: Section) -> &'g [u8] {
        let part = self.parts.sections.get(section as usize);
        part.and_then(|part| self.bytes.get(part.start..part.end)).unwrap_or_default()
    }

    fn table<T: FromBytes + zerocopy::Immutable + zerocopy::KnownLayout + zerocopy::Unaligned>(
        &self,
        section: Section,
    ) -> &'g [T] {
        <[T]>::ref_from_bytes(self.section(section)).unwrap_or_default()
    }

    fn automaton(&self, section: Section) -> Option<Automaton<'g>> {
        Automaton::new(self.section(section))
    }

    /// True if the gazetteer takes back entities of others.
    pub(crate) fn has_retractions(&self) -> bool {
        self.meta.columns.iter().any(|column| column == RETRACTED)
    }

    /// True if some parents are of other gazetteers, stated by their ids.
    pub(crate) fn has_foreign_parents(&self) -> bool {
        self.meta.columns.iter().any(|column| column == "parent")
    }

    pub(crate) fn meta(&self) -> &'g Meta {
        self.meta
    }

    pub(crate) fn keys(&self) -> Keys<'g> {
        let automaton = self.automaton(Section::Keys);
        let first_steps = &self.parts.first_steps;
        let first_steps = first_steps.get_or_init(|| Some(automaton?.first_steps())).as_ref();
        Keys { automaton, first_steps, rows: self.rows }
    }

    pub(crate) fn filter(&self) -> Filter<'g> {
        Filter::new(self.section(Section::Filter))
    }

    #[inline]
    pub(crate) fn row(&self, number: u32) -> Option<Row> {
        self.rows.get(number)
    }

    #[inline]
    pub(crate) fn rows(&self) -> &Rows<'g> {
        &self.rows
    }

    #[inline]
    pub(crate) fn entities(&self) -> &'g [EntityRow] {
        self.entities
    }

    pub(crate) fn entity(&self, index: u32) -> Option<&'g EntityRow> {
        self.entities().get(index as usize)
    }

    /// The surface of row `row`. Costs reading at most 16 names.
    pub(crate) fn name(&self, row: u32) -> String {
        front::get(self.section(Section::Names), row as usize).unwrap_or_default()
    }

    /// The surfaces of the rows from `row` on.
    pub(crate) fn names(&self, row: u32) -> Option<front::Reader<'g>> {
        front::Reader::at(self.section(Section::Names), row as usize)
    }

    /// The id of entity `index`.
    pub(crate) fn id(&self, index: u32) -> String {
        front::get(self.section(Section::Ids), index as usize).unwrap_or_default()
    }

    /// The entity with id or external id `id`.
    pub(crate) fn find_id(&self, id: &str) -> Option<u32> {
        let found = self.automaton(Section::IdIndex)?.get(id.as_bytes())?;
        u32::try_from(found).ok().filter(|&index| (index as usize) < self.entities().len())
    }

    /// True if entity `index` has this id of its own.
    pub(crate) fn is_id(&self, index: u32, id: &str) -> bool {
        front::is(self.section(Section::Ids), index as usize, id.as_bytes())
    }

    /// Gives every id, own or external, that both gazetteers know to `found`, with its entity in
    /// this one and in the other. Costs a look at what the ids of both begin with.
    pub(crate) fn common_ids(&self, other: &View<'_>, mut found: impl FnMut(&str, u32, u32)) {
        let automaton = |view: &View<'g>| view.automaton(Section::IdIndex);
        let (Some(one), Some(two)) = (automaton(self), other.automaton(Section::IdIndex)) else {
            return;
        };
        let index = |view: &View<'_>, number: u64| {
            u32::try_from(number).ok().filter(|&index| (index as usize) < view.entities().len())
        };
        let mut found = |id: &[u8], one: u64, two: u64| {
            if let (Ok(id), Some(one), Some(two)) =
                (std::str::from_utf8(id), index(self, one), index(other, two))
            {
                found(id, one, two);
            }
        };
        if self.section(Section::IdIndex).len() <= other.section(Section::IdIndex).len() {
            one.common(&two, self.most_id_bytes(), found);
        } else {
            two.common(&one, other.most_id_bytes(), |id, two, one| found(id, one, two));
        }
    }

    /// Beginnings that the ids have at most: each byte of the section of ids may end one, each byte
    /// of facts may stand for a number of 20 digits and its `Q`, and prefixes are named once.
    fn most_id_bytes(&self) -> usize {
        let bytes = |section| self.section(section).len();
        bytes(Section::Ids) + 21 * bytes(Section::Facts) + bytes(Section::Meta)
    }

    /// The rows of entity `index`, in the order in which the lists state them.
    pub(crate) fn entity_rows(&self, index: u32) -> impl Iterator<Item = u32> + use<'g> {
        let all = Packed::new(self.section(Section::EntityRows));
        let first =
            |index: usize| self.entities().get(index).map(|entity| entity.rows.get() as usize);
        let start = first(index as usize).unwrap_or(usize::MAX);
        let end = first(index as usize + 1).unwrap_or(all.len());
        all.range(start, end)
    }

    /// The range of rows that begins with `first` and shares its key.
    pub(crate) fn key_rows(&self, first: u32) -> impl Iterator<Item = (u32, Row)> + use<'g> {
        let rows = self.rows;
        let mut next = Some(first);
        std::iter::from_fn(move || {
            let number = next?;
            let row = rows.get(number)?;
            next = if row.has(Row::LAST) { None } else { number.checked_add(1) };
            Some((number, row))
        })
    }

    /// The period of row `row`; open ends are `None`.
    pub(crate) fn dates(&self, row: u32) -> (Option<Date>, Option<Date>) {
        let dates: &[DatedRow] = self.table(Section::Dates);
        let Ok(at) = dates.binary_search_by_key(&row, |dated| dated.row.get()) else {
            return (None, None);
        };
        let Some(dated) = dates.get(at) else { return (None, None) };
        let since = dated.since.get();
        let until = dated.until.get();
        (
            (since != i32::MIN).then(|| Date::from_code(since)),
            (until != i32::MAX).then(|| Date::from_code(until)),
        )
    }

    /// Where row `row` was listed: the list's name and the line, if the file keeps it.
    pub(crate) fn origin(&self, row: u32) -> Option<(&'g str, u32)> {
        // The one section that opening a view does not test.
        let part = self.parts.sections.get(Section::Origins as usize)?;
        part.is_sound(self.section(Section::Origins)).then_some(())?;
        let origins: &'g [OriginRow] = self.table(Section::Origins);
        let origin = origins.get(row as usize)?;
        let origin = Origin {
            file: origin.file.into(),
            line: u32::from_le_bytes([origin.line[0], origin.line[1], origin.line[2], 0]),
        };
        let file = self.meta.files.get(usize::from(origin.file))?;
        Some((file, origin.line))
    }

    pub(crate) fn lang(&self, row: &Row) -> &'g str {
        self.meta.langs.get(usize::from(row.lang.get())).map_or("", String::as_str)
    }

    /// External ids and attributes of entity `index`.
    pub(crate) fn facts(&self, index: u32) -> Facts<'g> {
        let start = self.entity(index).map_or(usize::MAX, |entity| entity.facts.get() as usize);
        let bytes = self.section(Section::Facts).get(start..).unwrap_or_default();
        read_facts(bytes, self.meta).unwrap_or_default()
    }
}

/// External ids and attributes of one entity.
#[derive(Default)]
pub(crate) struct Facts<'g> {
    pub(crate) same_as: Vec<String>,
    pub(crate) attributes: Vec<(&'g str, &'g str)>,
}

fn read_facts<'g>(mut bytes: &'g [u8], meta: &'g Meta) -> Option<Facts<'g>> {
    let mut facts = Facts::default();
    let text = |bytes: &mut &'g [u8]| {
        let length = usize::try_from(varint::take(bytes)?).ok()?;
        let (text, rest) = bytes.split_at_checked(length)?;
        *bytes = rest;
        std::str::from_utf8(text).ok()
    };
    for _ in 0..varint::take(&mut bytes)? {
        let code = varint::take(&mut bytes)?;
        let prefix = meta.prefixes.get(usize::try_from(code / 3).ok()?)?;
        facts.same_as.push(match code % 3 {
            0 => format!("{prefix}:{}", varint::take(&mut bytes)?),
            1 => format!("{prefix}:Q{}", varint::take(&mut bytes)?),
            _ => format!("{prefix}:{}", text(&mut bytes)?),
        });
    }
    for _ in 0..varint::take(&mut bytes)? {
        let column = usize::try_from(varint::take(&mut bytes)?).ok()?;
        facts.attributes.push((meta.columns.get(column)?, text(&mut bytes)?));
    }
    Some(facts)
}

impl Keys<'_> {
    /// The beginning of all keys.
    #[inline]
    pub(crate) fn start(&self) -> Option<Place<'_>> {
        let automaton = self.automaton.as_ref()?;
        Some(Place { automaton, rows: &self.rows, at: automaton.start() })
    }

    /// Follows `bytes` from `place`; `None` where no key goes on.
    #[inline]
    pub(crate) fn walk<'k>(&'k self, place: Place<'k>, bytes: &[u8]) -> Option<Place<'k>> {
        let Some((&first, rest)) = bytes.split_first() else {
            // Often nothing stands between two words.
            return Some(place);
        };
        if place.automaton.is_start(&place.at) {
            let at = self.first_steps?.step(stored(first))?;
            return Place { at, ..place }.walk(rest);
        }
        place.walk(bytes)
    }

    /// The first row of `key`.
    pub(crate) fn get(&self, key: &[u8]) -> Option<u32> {
        self.walk(self.start()?, key)?.ends()
    }
}

/// A place in the FST of keys.
#[derive(Clone, Copy)]
pub(crate) struct Place<'k> {
    automaton: &'k Automaton<'k>,
    rows: &'k Rows<'k>,
    at: InGroups,
}

impl Place<'_> {
    #[inline(never)]
    fn walk(self, bytes: &[u8]) -> Option<Self> {
        let input = bytes.iter().map(|&byte| stored(byte));
        Some(Self { at: self.automaton.walk_in_groups(self.at, input)?, ..self })
    }

    /// The first row of the key that ends here, if one does.
    #[inline]
    pub(crate) fn ends(&self) -> Option<u32> {
        if self.automaton.ends_in_group(&self.at) { self.first_row() } else { None }
    }

    #[inline(never)]
    fn first_row(&self) -> Option<u32> {
        let (first, left) = self.automaton.end_in_group(self.at)?;
        self.rows.behind(first as u32, left, MOST_ROWS)
    }
}
