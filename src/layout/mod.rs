//! Step 4 of the walk: the bytes of a compiled gazetteer.
//!
//! In: nothing; this is the contract between [`crate::compile`] and [`crate::gazetteer`]. All
//! numbers are little-endian and unaligned, so the same bytes serve embedded, owned and mapped, on
//! any machine.
//!
//! ```text
//! header     magic, format version, key scheme, Unicode version, file length, section table
//! sections   each with its own checksum (XXH3, 64 bits), in the order of `Section::ALL`
//! ```
//!
//! The layout is the contract, the Rust types are not: changing it raises [`FORMAT`].

mod coding;
pub(crate) mod filter;
pub(crate) mod keys;
pub(crate) mod rows;

use zerocopy::little_endian::{I32, U16, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::error::{Error, ErrorKind};
use crate::record::{Kind, Policy, Role};

pub(crate) use coding::{front, packed, varint};

/// Version of the layout.
pub const FORMAT: u16 = 1;

/// First bytes of every compiled gazetteer. The high bit and the line ends catch transfers as text.
pub(crate) const MAGIC: [u8; 8] = *b"\x89gaz\r\n\x1A\n";

/// The parts of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Section {
    /// [`Meta`] as JSON.
    Meta,
    /// FST: key to the first of its rows, see [`keys`].
    Keys,
    /// Bloom filter over the beginnings of keys, see [`filter`].
    Filter,
    /// [`Row`]s sorted by key: one per name, packed, see [`rows`].
    Rows,
    /// Surfaces of the rows, front-coded.
    Names,
    /// [`EntityRow`]s sorted by id.
    Entities,
    /// Row numbers, entity by entity, in the order in which the list states them, [`packed`].
    EntityRows,
    /// Ids of the entities, front-coded.
    Ids,
    /// External ids and attributes, entity by entity.
    Facts,
    /// FST: id or external id to entity.
    IdIndex,
    /// [`DatedRow`]s, sorted by row.
    Dates,
    /// [`OriginRow`]s, one per row, or nothing.
    Origins,
}

impl Section {
    pub(crate) const ALL: [Self; 12] = [
        Self::Meta,
        Self::Keys,
        Self::Filter,
        Self::Rows,
        Self::Names,
        Self::Entities,
        Self::EntityRows,
        Self::Ids,
        Self::Facts,
        Self::IdIndex,
        Self::Dates,
        Self::Origins,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Keys => "keys",
            Self::Filter => "filter",
            Self::Rows => "rows",
            Self::Names => "names",
            Self::Entities => "entities",
            Self::EntityRows => "entity_rows",
            Self::Ids => "ids",
            Self::Facts => "facts",
            Self::IdIndex => "id_index",
            Self::Dates => "dates",
            Self::Origins => "origins",
        }
    }
}

/// The fixed part before the section table.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub(crate) struct Header {
    pub(crate) magic: [u8; 8],
    pub(crate) format: U16,
    pub(crate) key_scheme: U16,
    pub(crate) unicode: [u8; 3],
    pub(crate) sections: u8,
    pub(crate) length: U64,
    /// Of the header with this field zero, and of the section table.
    pub(crate) checksum: U64,
}

/// One line of the section table.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub(crate) struct SectionRow {
    pub(crate) offset: U64,
    pub(crate) length: U64,
    pub(crate) checksum: U64,
}

/// One name.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub(crate) struct Row {
    pub(crate) entity: U32,
    /// Number in [`Meta::langs`].
    pub(crate) lang: U16,
    /// Role in the low four bits, policy in the next seven, then the flags below.
    flags: U16,
    /// Bit per segment, the first lowest: it is capitalized. The eighth stands for all further ones.
    pub(crate) capitals: u8,
}

impl Row {
    /// The last row of its key.
    pub(crate) const LAST: u16 = 1 << 11;
    /// The policy was stated in the list, not taken from a default.
    pub(crate) const STATED: u16 = 1 << 12;
    /// The key was generated from the name (ä as ae).
    pub(crate) const GENERATED: u16 = 1 << 13;
    /// Has a line in [`Section::Dates`].
    pub(crate) const DATED: u16 = 1 << 14;
    /// The name has [accents](crate::normalize::accents).
    pub(crate) const ACCENTED: u16 = 1 << 15;

    pub(crate) fn new(entity: u32, lang: u16, role: Role, policy: Policy, capitals: u8) -> Self {
        let flags = role as u16 | u16::from(policy.bits()) << 4;
        Self { entity: entity.into(), lang: lang.into(), flags: flags.into(), capitals }
    }

    pub(crate) fn set(&mut self, flag: u16) {
        self.flags = (self.flags.get() | flag).into();
    }

    pub(crate) fn has(&self, flag: u16) -> bool {
        self.flags.get() & flag != 0
    }

    pub(crate) fn role(&self) -> Role {
        Role::from_code(self.flags.get() & 15)
    }

    pub(crate) fn set_policy(&mut self, policy: Policy) {
        let rest = self.flags.get() & !(0x7F << 4);
        self.flags = (rest | u16::from(policy.bits()) << 4).into();
    }

    pub(crate) fn policy(&self) -> Policy {
        Policy::from_bits((self.flags.get() >> 4) as u8)
    }
}

/// One entity: 27 bytes.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub(crate) struct EntityRow {
    /// [`Kind`] code; the high bit is set if the list states the kind.
    kind: u8,
    pub(crate) country: [u8; 2],
    /// Entity number plus one, or zero.
    pub(crate) parent: U32,
    /// Millionths of degrees; [`NOWHERE`] if unknown.
    pub(crate) lat: I32,
    pub(crate) lon: I32,
    /// An `f32`; negative if unknown.
    pub(crate) weight: U32,
    /// First of its numbers in [`Section::EntityRows`]; they end where the next entity's begin.
    pub(crate) rows: U32,
    /// First byte of its facts in [`Section::Facts`].
    pub(crate) facts: U32,
}

/// Latitude of an entity without location.
pub(crate) const NOWHERE: i32 = i32::MIN;

impl EntityRow {
    pub(crate) fn kind_code(kind: Option<Kind>) -> u8 {
        kind.map_or(Kind::Other as u8, |kind| kind as u8 | 0x80)
    }

    #[allow(clippy::too_many_arguments, reason = "one per field of the row")]
    pub(crate) fn new(
        kind: Option<Kind>,
        country: [u8; 2],
        parent: u32,
        location: Option<(f64, f64)>,
        weight: Option<f64>,
        rows: u32,
        facts: u32,
    ) -> Self {
        let micro = |degrees: f64| (degrees * 1e6).round() as i32;
        Self {
            kind: Self::kind_code(kind),
            country,
            parent: parent.into(),
            lat: location.map_or(NOWHERE, |(lat, _)| micro(lat)).into(),
            lon: location.map_or(NOWHERE, |(_, lon)| micro(lon)).into(),
            weight: (weight.unwrap_or(-1.0) as f32).to_bits().into(),
            rows: rows.into(),
            facts: facts.into(),
        }
    }

    pub(crate) fn kind(&self) -> Option<Kind> {
        (self.kind & 0x80 != 0).then(|| Kind::from_code(self.kind & 0x7F))
    }

    pub(crate) fn location(&self) -> Option<(f64, f64)> {
        (self.lat.get() != NOWHERE)
            .then(|| (f64::from(self.lat.get()) / 1e6, f64::from(self.lon.get()) / 1e6))
    }

    pub(crate) fn weight(&self) -> Option<f64> {
        let weight = f32::from_bits(self.weight.get());
        (weight >= 0.0).then_some(f64::from(weight.min(f32::MAX)))
    }
}

/// The period of one name.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub(crate) struct DatedRow {
    pub(crate) row: U32,
    /// Date codes; `i32::MIN` and `i32::MAX` where open.
    pub(crate) since: I32,
    pub(crate) until: I32,
}

/// Where a name's row stands: number of the file and line, 4 bytes. Files from the 255th on share
/// the last number, and have no name.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub(crate) struct OriginRow {
    pub(crate) file: u8,
    pub(crate) line: [u8; 3],
}

/// Provenance, counts and the small tables, as JSON in the file.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Meta {
    pub(crate) entities: u64,
    pub(crate) names: u64,
    pub(crate) keys: u64,
    /// Keys that stand for several entities.
    pub(crate) ambiguous: u64,
    pub(crate) by_kind: std::collections::BTreeMap<String, u64>,
    pub(crate) by_lang: std::collections::BTreeMap<String, u64>,
    pub(crate) by_role: std::collections::BTreeMap<String, u64>,
    /// Language tags by number, sorted; the first is empty.
    pub(crate) langs: Vec<String>,
    /// Lists by number.
    pub(crate) files: Vec<String>,
    /// Prefixes of external ids by number.
    pub(crate) prefixes: Vec<String>,
    /// Headers of attribute columns by number.
    pub(crate) columns: Vec<String>,
    /// Sources, licences and attributions.
    pub(crate) sources: Vec<Source>,
}

/// Where names come from, and on what terms.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Source {
    /// Short name, as in the `source` column.
    pub name: String,
    /// Licence, as an SPDX expression where there is one.
    #[serde(default)]
    pub licence: String,
    /// The notice that the licence asks for.
    #[serde(default)]
    pub attribution: String,
}

/// The checksum of sections and header.
pub(crate) fn checksum(bytes: &[u8]) -> u64 {
    xxhash_rust::xxh3::xxh3_64(bytes)
}

/// The error for a section whose contents do not fit its form.
#[cold]
pub(crate) fn corrupt(section: Section) -> Error {
    Error::new(ErrorKind::Corrupt(section.name()))
}
