//! Names: each with its key and default policy, sorted by key and written as rows.

use std::collections::HashMap;

use super::*;
use crate::normalize::{Capitals, Segment, Surface};
use crate::record::{Date, Policy, check_name};

/// One name before sorting: its texts stand in the arena, key first.
struct Entry {
    /// First bytes of the key, so that most comparisons need not touch the arena.
    prefix: u64,
    text: u64,
    key_len: u16,
    name_len: u16,
    order: u32,
    origin: Origin,
    row: Row,
}

#[derive(Default)]
pub(super) struct Names {
    arena: Vec<u8>,
    entries: Vec<Entry>,
    dates: HashMap<u32, (Option<Date>, Option<Date>)>,
    langs: Interner,
    keys: Vec<u8>,
}

/// The sections that describe names.
#[derive(Default)]
pub(super) struct NameSections {
    pub(super) keys_fst: Vec<u8>,
    pub(super) filter: Vec<u8>,
    pub(super) rows: Vec<u8>,
    pub(super) surfaces: Vec<u8>,
    pub(super) dates: Vec<u8>,
    pub(super) origins: Vec<u8>,
    pub(super) langs: Vec<String>,
    /// Row numbers of each entity, in the order in which the lists state the names.
    pub(super) entity_rows: Vec<Vec<u32>>,
    /// Entities with a name that is no decoy.
    pub(super) listed: Vec<bool>,
    pub(super) names: u64,
    pub(super) keys: u64,
    pub(super) ambiguous: u64,
    pub(super) by_lang: BTreeMap<String, u64>,
    pub(super) by_role: BTreeMap<String, u64>,
}

impl Names {
    /// Adds a name of entity `entity` under its key, and under the key of its digraph spelling.
    ///
    /// # Errors
    /// If the name does not fit the format.
    pub(super) fn add(&mut self, entity: u32, record: &Record) -> Result<(), String> {
        let langs = &mut self.langs;
        langs.number("");
        let lang = u16::try_from(langs.number(&record.lang)).unwrap_or(0);
        self.keys.clear();
        let surface = Surface::cut(&record.name, &mut self.keys);
        let key = surface.key(&self.keys);
        check_name(&record.name, &key)?;
        let capitals = capitals(&surface.segments);
        let policy = record.policy.unwrap_or_else(|| default_policy(&surface.segments, &key));
        let mut row = Row::new(entity, lang, record.role(), policy, capitals);
        if record.policy.is_some() {
            row.set(Row::STATED);
        }
        let order = self.entries.len() as u32;
        if record.since.is_some() || record.until.is_some() {
            row.set(Row::DATED);
            self.dates.insert(order, (record.since, record.until));
        }
        self.push(&key, &record.name, order, record.origin, row);
        if let Some(spelled) = digraphs(&record.name, &record.lang) {
            self.keys.clear();
            let key = Surface::cut(&spelled, &mut self.keys).key(&self.keys);
            row.set(Row::GENERATED);
            self.push(&key, &record.name, order, record.origin, row);
        }
        Ok(())
    }

    fn push(&mut self, key: &str, name: &str, order: u32, origin: Origin, row: Row) {
        let text = self.arena.len() as u64;
        self.arena.extend_from_slice(key.as_bytes());
        self.arena.extend_from_slice(name.as_bytes());
        let mut prefix = [0; 8];
        for (slot, byte) in prefix.iter_mut().zip(key.bytes()) {
            *slot = byte;
        }
        self.entries.push(Entry {
            prefix: u64::from_be_bytes(prefix),
            text,
            key_len: key.len() as u16,
            name_len: name.len() as u16,
            order,
            origin,
            row,
        });
    }

    fn key(&self, entry: &Entry) -> &[u8] {
        let start = entry.text as usize;
        self.arena.get(start..start + usize::from(entry.key_len)).unwrap_or_default()
    }

    fn name(&self, entry: &Entry) -> &str {
        let start = entry.text as usize + usize::from(entry.key_len);
        let bytes = self.arena.get(start..start + usize::from(entry.name_len)).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    /// Gives entities their final numbers and sorts by key, name, entity, language; repeated names
    /// are dropped.
    pub(super) fn sort(&mut self, order: &[u32]) {
        let mut entries = std::mem::take(&mut self.entries);
        let langs = self.langs.sort();
        for entry in &mut entries {
            let lang = langs.get(usize::from(entry.row.lang.get())).copied().unwrap_or(0);
            entry.row.lang = (lang as u16).into();
            let old = entry.row.entity.get() as usize;
            entry.row.entity = order.get(old).copied().unwrap_or(0).into();
        }
        let rank = |entry: &Entry| (entry.row.entity.get(), entry.row.lang.get(), entry.order);
        entries.sort_unstable_by(|one, other| {
            one.prefix
                .cmp(&other.prefix)
                .then_with(|| self.key(one).cmp(self.key(other)))
                .then_with(|| self.name(one).cmp(self.name(other)))
                .then_with(|| rank(one).cmp(&rank(other)))
        });
        self.entries = entries;
        self.share_policies();
        let mut entries = std::mem::take(&mut self.entries);
        entries.dedup_by(|next, first| {
            next.row.entity == first.row.entity
                && next.row.lang == first.row.lang
                && self.key(next) == self.key(first)
                && self.name(next) == self.name(first)
        });
        self.entries = entries;
    }

    /// What a list states of a name holds for all of the entity's names with the same key, in
    /// whatever language or case: a row that states nothing takes it over.
    fn share_policies(&mut self) {
        let mut entries = std::mem::take(&mut self.entries);
        let mut rest = entries.as_mut_slice();
        while let Some(first) = rest.first() {
            let key = self.key(first);
            let count = rest.iter().take_while(|entry| self.key(entry) == key).count();
            let (group, after) = rest.split_at_mut(count);
            rest = after;
            weaken_adjectives(group);
            if !(group.iter().any(|entry| entry.row.has(Row::STATED))
                && group.iter().any(|entry| !entry.row.has(Row::STATED)))
            {
                continue;
            }
            let stated: Vec<(u32, Policy)> = group
                .iter()
                .filter(|entry| entry.row.has(Row::STATED))
                .map(|entry| (entry.row.entity.get(), entry.row.policy()))
                .collect();
            for entry in group.iter_mut().filter(|entry| !entry.row.has(Row::STATED)) {
                let entity = entry.row.entity.get();
                if let Some((_, policy)) = stated.iter().find(|(owner, _)| *owner == entity) {
                    entry.row.set_policy(*policy);
                    entry.row.set(Row::STATED);
                }
            }
        }
        self.entries = entries;
    }

    /// The name sections.
    pub(super) fn write(self, provenance: Provenance) -> Result<NameSections, Error> {
        limit(u32::try_from(self.entries.len()), "names")?;
        let mut out = NameSections { langs: self.langs.list.clone(), ..NameSections::default() };
        let mut fst = fst::MapBuilder::memory();
        let mut pieces = Vec::with_capacity(self.entries.len() * 2);
        let mut surfaces = front::Encoder::default();
        let mut rows: Vec<Row> = Vec::with_capacity(self.entries.len());
        let mut dates = Vec::new();
        let mut origins = Vec::new();
        let mut by_entity: Vec<(u32, u32, u32)> = Vec::with_capacity(self.entries.len());
        let mut keys = Vec::new();
        let mut ambiguous = None;
        for (entry, number) in self.entries.iter().zip(0_u32..) {
            let mut row = entry.row;
            let key = self.key(entry);
            let before = number.checked_sub(1).and_then(|last| self.entries.get(last as usize));
            let after = self.entries.get(number as usize + 1);
            if before.is_none_or(|before| self.key(before) != key) {
                fst.insert(key, number.into()).map_err(fst_error)?;
                out.keys += 1;
                ambiguous = None;
            } else if before.is_some_and(|before| before.row.entity != row.entity)
                && ambiguous != Some(key)
            {
                ambiguous = Some(key);
                out.ambiguous += 1;
            }
            if after.is_none_or(|after| self.key(after) != key) {
                row.set(Row::LAST);
            }
            if !matches!(row.role(), Role::Search | Role::Retract) {
                keys.clear();
                let name = if row.has(Row::GENERATED) {
                    std::str::from_utf8(key).unwrap_or_default()
                } else {
                    self.name(entry)
                };
                let surface = Surface::cut(name, &mut keys);
                let case = text_case(&row, key);
                note_pieces(&mut pieces, &surface.segments, &keys, case);
            }
            surfaces.push(self.name(entry));
            if let Some((since, until)) = self.dates.get(&entry.order) {
                dates.push(DatedRow {
                    row: number.into(),
                    since: since.map_or(i32::MIN, Date::code).into(),
                    until: until.map_or(i32::MAX, Date::code).into(),
                });
            }
            if provenance == Provenance::Rows {
                let [low, middle, high, over] = entry.origin.line.to_le_bytes();
                let line = if over == 0 { [low, middle, high] } else { [0; 3] };
                let file = u8::try_from(entry.origin.file).unwrap_or(u8::MAX);
                origins.push(OriginRow { file, line });
            }
            if !row.has(Row::GENERATED) {
                out.names += 1;
                let lang =
                    self.langs.list.get(usize::from(row.lang.get())).cloned().unwrap_or_default();
                *out.by_lang.entry(lang).or_default() += 1;
                *out.by_role.entry(row.role().name().to_owned()).or_default() += 1;
                by_entity.push((row.entity.get(), entry.order, number));
            }
            let entity = row.entity.get() as usize;
            if out.listed.len() <= entity {
                out.listed.resize(entity + 1, false);
                out.entity_rows.resize(entity + 1, Vec::new());
            }
            if row.role() != Role::Decoy
                && let Some(listed) = out.listed.get_mut(entity)
            {
                *listed = true;
            }
            rows.push(row);
        }
        by_entity.sort_unstable();
        for (entity, _, number) in by_entity {
            if let Some(rows) = out.entity_rows.get_mut(entity as usize) {
                rows.push(number);
            }
        }
        out.keys_fst = fst.into_inner().map_err(fst_error)?;
        pieces.sort_unstable();
        pieces.dedup();
        out.filter = filter::build(&pieces);
        out.rows = rows.as_bytes().to_vec();
        out.surfaces = surfaces.finish();
        out.dates = dates.as_bytes().to_vec();
        out.origins = origins.as_bytes().to_vec();
        Ok(out)
    }
}

/// A name that states no policy and is also the adjective of another entity is weak: a village
/// called "Chinese" is rarely meant.
fn weaken_adjectives(group: &mut [Entry]) {
    let adjective = |entry: &Entry| entry.row.role() == Role::Demonym;
    let Some(owner) = group.iter().find(|entry| adjective(entry)).map(|entry| entry.row.entity)
    else {
        return;
    };
    for entry in group.iter_mut() {
        let plain = !adjective(entry) && !entry.row.has(Row::STATED);
        if plain && entry.row.entity != owner && entry.row.role() != Role::Decoy {
            entry.row.set_policy(entry.row.policy().with(Policy::WEAK));
        }
    }
}

/// Bit per piece: it is capitalized. The eighth bit stands for all further pieces.
pub(crate) fn capitals(segments: &[Segment]) -> u8 {
    let mut capitals = Capitals::default();
    let mut before: Option<&Segment> = None;
    for segment in segments {
        capitals.push(segment, before);
        before = Some(segment);
    }
    capitals.mask
}

/// The policy of a name whose row states none (DESIGN, "Policy"): up to four capitals and nothing
/// else are upper and weak; one common word is weak.
pub(crate) fn default_policy(segments: &[Segment], key: &str) -> Policy {
    let capitals: usize = key.chars().filter(|char| char.is_alphabetic()).count();
    let all_capitals =
        segments.iter().any(Segment::has_upper) && !segments.iter().any(Segment::has_lower);
    if all_capitals && capitals <= 4 {
        return Policy::UPPER.with(Policy::WEAK);
    }
    if !key.contains(' ') && crate::words::is_common(key) {
        return Policy::WEAK;
    }
    Policy::default()
}

/// The spelling without umlauts and rings of languages that write ae, oe, ue, aa for them.
pub(crate) fn digraphs(name: &str, lang: &str) -> Option<String> {
    const TABLE: [(&str, &[(char, &str)]); 2] = [
        ("de", &[('ä', "ae"), ('ö', "oe"), ('ü', "ue"), ('Ä', "Ae"), ('Ö', "Oe"), ('Ü', "Ue")]),
        ("da nb nn no", &[('ø', "oe"), ('å', "aa"), ('Ø', "Oe"), ('Å', "Aa")]),
    ];
    let primary = lang.split('-').next().filter(|primary| !primary.is_empty())?;
    let (_, letters) =
        TABLE.iter().find(|(langs, _)| langs.split(' ').any(|lang| lang == primary))?;
    let mut spelled = String::with_capacity(name.len() + 4);
    for char in name.chars() {
        match letters.iter().find(|(from, _)| *from == char) {
            Some((_, to)) => spelled.push_str(to),
            None => spelled.push(char),
        }
    }
    (spelled != name).then_some(spelled)
}

/// The texts that a name meets, by how they begin.
fn text_case(row: &Row, key: &[u8]) -> filter::Case {
    let first = std::str::from_utf8(key).unwrap_or_default().chars().next();
    let policy = row.policy();
    if !first.is_some_and(|char| char.is_lowercase() || char.is_uppercase()) {
        filter::Case::Capital
    } else if policy.has(Policy::ANYCASE) || row.capitals & 1 == 0 && !policy.has(Policy::UPPER) {
        filter::Case::Small
    } else if policy.has(Policy::UPPER) {
        filter::Case::Capitals
    } else {
        filter::Case::Capital
    }
}

/// Notes the beginnings of a name for the filter, in the forms in which the tagger will ask.
fn note_pieces(
    out: &mut Vec<(u64, filter::Use, filter::Case)>,
    segments: &[Segment],
    keys: &[u8],
    case: filter::Case,
) {
    use filter::{Case, Use};
    let mut pieces = Pieces::new(segments, keys);
    let Some((first, _)) = pieces.next() else { return };
    let (second, third) = (pieces.next(), pieces.next());
    let Some((second, length)) = second else {
        // What meets small letters meets capitals too.
        let cases = if case == Case::Small { &[Case::Capital, Case::Small][..] } else { &[case] };
        return out.extend(cases.iter().map(|&case| (first, Use::Whole, case)));
    };
    out.push((first, Use::First, Case::Capital));
    if case == Case::Small {
        out.push((first, Use::First, Case::Small));
    }
    let both = filter::pair(first, second);
    match third.filter(|_| length <= filter::SHORT) {
        None => out.push((both, Use::Whole, Case::Capital)),
        Some((third, _)) => {
            out.push((both, Use::First, Case::Capital));
            out.push((filter::pair(both, third), Use::Whole, Case::Capital));
        }
    }
}

/// Hashes and lengths of the pieces of a name: words up to a space, or single dense characters.
struct Pieces<'s> {
    segments: &'s [Segment],
    keys: &'s [u8],
}

impl<'s> Pieces<'s> {
    fn new(segments: &'s [Segment], keys: &'s [u8]) -> Self {
        Self { segments, keys }
    }
}

impl Iterator for Pieces<'_> {
    type Item = (u64, usize);

    fn next(&mut self) -> Option<(u64, usize)> {
        let (first, mut rest) = self.segments.split_first()?;
        let mut last = first;
        while let Some((next, after)) = rest.split_first()
            && next.continues_piece(last)
        {
            (last, rest) = (next, after);
        }
        self.segments = rest;
        let key = self.keys.get(first.key_start..last.key_end).unwrap_or_default();
        Some((filter::hash(key), key.len()))
    }
}

/// Numbers strings in order of appearance.
#[derive(Default)]
pub(super) struct Interner {
    list: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Interner {
    pub(super) fn number(&mut self, string: &str) -> u32 {
        if let Some(&number) = self.numbers.get(string) {
            return number;
        }
        let number = self.list.len() as u32;
        self.list.push(string.to_owned());
        self.numbers.insert(string.to_owned(), number);
        number
    }

    /// Numbers the strings by their order; the new number of each old one.
    pub(super) fn sort(&mut self) -> Vec<u32> {
        let olds = self.list.clone();
        self.list.sort_unstable();
        self.numbers = self.list.iter().cloned().zip(0..).collect();
        olds.iter().map(|string| self.number(string)).collect()
    }

    pub(super) fn into_list(self) -> Vec<String> {
        self.list
    }
}
