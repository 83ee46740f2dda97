//! The section of rows: names differ in little but their entities, so what they have in common is
//! said once.
//!
//! `number of kinds (u32) | kinds | packed numbers, one per row`. A [`RowKind`] is language, flags and
//! capitals of a row; a row is its entity, the number of its kind, and a bit that is set in the last
//! row of its key. Some thousand kinds serve millions of rows, at four bytes or little more each.

use std::io::{self, Read, Write};

use zerocopy::little_endian::{U16, U32};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::Row;
use super::packed::{Packed, Writer, bits};

/// What many rows have in common: 5 bytes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned,
)]
#[repr(C)]
pub(crate) struct RowKind {
    lang: U16,
    /// Without [`Row::LAST`].
    flags: U16,
    capitals: u8,
}

impl RowKind {
    pub(crate) fn of(row: &Row) -> Self {
        Self {
            lang: row.lang,
            flags: (row.flags.get() & !Row::LAST).into(),
            capitals: row.capitals,
        }
    }
}

/// A row on its way to the section.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub(crate) struct DraftRow {
    entity: U32,
    /// Number of the kind, and whether it is the last row of its key.
    kind: U32,
}

impl DraftRow {
    pub(crate) fn new(row: &Row, kind: u32) -> Self {
        let last = u32::from(row.has(Row::LAST));
        Self { entity: row.entity, kind: (kind << 1 | last).into() }
    }
}

/// Writes the section from `count` drafts; `most` is the largest number of an entity.
pub(crate) fn write<W: Write>(
    kinds: &[RowKind],
    drafts: &mut dyn Read,
    count: u32,
    most: u32,
    mut out: W,
) -> io::Result<W> {
    let kind_bits = kind_bits(kinds.len());
    if bits(most.into()) + kind_bits > super::packed::WIDEST {
        return Err(io::Error::other("more kinds of names than the format holds"));
    }
    out.write_all(&(kinds.len() as u32).to_le_bytes())?;
    out.write_all(kinds.as_bytes())?;
    let widest = u64::from(most) << kind_bits | ((1 << kind_bits) - 1);
    let mut packed = Writer::new(out, count, widest)?;
    let mut draft = [0; size_of::<DraftRow>()];
    for _ in 0..count {
        drafts.read_exact(&mut draft)?;
        let DraftRow { entity, kind } = zerocopy::transmute!(draft);
        packed.push(u64::from(entity.get()) << kind_bits | u64::from(kind.get()))?;
    }
    packed.finish()
}

/// Bits of a row that say its kind, and whether it is the last of its key.
fn kind_bits(kinds: usize) -> u32 {
    bits(kinds.saturating_sub(1) as u64) + 1
}

/// The rows in a file's bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rows<'g> {
    kinds: &'g [RowKind],
    kind_bits: u32,
    packed: Packed<'g>,
}

impl<'g> Rows<'g> {
    /// The rows in these bytes; none if the bytes do not fit the form.
    #[inline]
    pub(crate) fn new(section: &'g [u8]) -> Self {
        Self::checked(section).unwrap_or_default()
    }

    fn checked(section: &'g [u8]) -> Option<Self> {
        let (count, rest) = section.split_first_chunk::<4>()?;
        let count = u32::from_le_bytes(*count) as usize;
        let (kinds, packed) = rest.split_at_checked(count.checked_mul(size_of::<RowKind>())?)?;
        let kinds = <[RowKind]>::ref_from_bytes(kinds).ok()?;
        Some(Self { kinds, kind_bits: kind_bits(count), packed: Packed::new(packed) })
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.packed.len()
    }

    #[inline]
    pub(crate) fn get(&self, index: u32) -> Option<Row> {
        let number = self.packed.get(index as usize)?;
        let kind = number & ((1 << self.kind_bits) - 1);
        let RowKind { lang, flags, capitals } = *self.kinds.get((kind >> 1) as usize)?;
        let last = if kind & 1 == 1 { Row::LAST } else { 0 };
        let entity = (number >> self.kind_bits) as u32;
        Some(Row { entity: entity.into(), lang, flags: (flags.get() | last).into(), capitals })
    }
}
