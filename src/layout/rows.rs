//! The section of rows: names differ in little but their entities, so what they have in common is
//! said once.
//!
//! `number of kinds (u32) | kinds | bits of a short number (u8) | packed rows | packed exceptions`.
//! A [`RowKind`] is language, flags and capitals of a row; some thousand kinds serve millions of
//! rows, a hundred of them nearly all. The commonest come first and have short numbers. A row is its
//! entity, the short number of its kind, and a bit that is set in the last row of its key. Where all
//! bits of the short number are set, the row is an exception: in the place of the entity it has the
//! number of its exception, which is the entity and the true number of the kind.

use std::io::{self, Read, Write};

use zerocopy::little_endian::{U16, U32};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::Row;
use super::packed::{Packed, WIDEST, Writer, bits};

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

/// Writes the section from `count` drafts to `out`, by way of `exceptions`, which is empty. `kinds`
/// have the numbers of rows of each; `most` is the largest number of an entity.
pub(crate) fn write<W: Write>(
    kinds: &[(RowKind, u32)],
    drafts: &mut dyn Read,
    count: u32,
    most: u32,
    mut out: W,
    exceptions: W,
) -> io::Result<(W, W)> {
    let mut order: Vec<usize> = (0..kinds.len()).collect();
    order.sort_by_key(|&kind| kinds.get(kind).map(|(_, rows)| std::cmp::Reverse(*rows)));
    let mut numbers = vec![0_u64; kinds.len()];
    out.write_all(&(kinds.len() as u32).to_le_bytes())?;
    for (&kind, number) in order.iter().zip(0..) {
        out.write_all(kinds.get(kind).map_or(&[], |(kind, _)| kind.as_bytes()))?;
        if let Some(place) = numbers.get_mut(kind) {
            *place = number;
        }
    }
    let sorted = order.iter().filter_map(|&kind| Some(kinds.get(kind)?.1));
    let sorted: Vec<u32> = sorted.collect();
    let (short, excepted) = shortest(&sorted, count, most);
    let kind_bits = bits(kinds.len() as u64);
    let widest = most.max(excepted);
    if bits(widest.into()) + kind_bits + 1 > WIDEST {
        return Err(io::Error::other("more kinds of names than the format holds"));
    }
    out.write_all(&[short as u8])?;
    let none = (1_u64 << short) - 1;
    let mut rows = Writer::new(out, count, u64::from(widest) << (short + 1) | none << 1 | 1)?;
    let most_kind = (1 << kind_bits) - 1;
    let mut exceptions =
        Writer::new(exceptions, excepted, u64::from(most) << kind_bits | most_kind)?;
    let mut draft = [0; size_of::<DraftRow>()];
    let mut exception = 0_u64;
    for _ in 0..count {
        drafts.read_exact(&mut draft)?;
        let DraftRow { entity, kind } = zerocopy::transmute!(draft);
        let (mut entity, last) = (u64::from(entity.get()), u64::from(kind.get() & 1));
        let mut kind = numbers.get((kind.get() >> 1) as usize).copied().unwrap_or(0);
        if kind >= none {
            exceptions.push(entity << kind_bits | kind)?;
            (entity, kind) = (exception, none);
            exception += 1;
        }
        rows.push(entity << (short + 1) | kind << 1 | last)?;
    }
    Ok((rows.finish()?, exceptions.finish()?))
}

/// The bits of short numbers with which the section is smallest, and how many rows are exceptions
/// then. `rows` has how many are of each kind, the commonest first.
fn shortest(rows: &[u32], count: u32, most: u32) -> (u32, u32) {
    let all = bits(rows.len() as u64);
    let choices = (1..=all.max(1)).map(|short| {
        let left = rows.iter().skip((1 << short) - 1).sum::<u32>();
        (short, left)
    });
    let size = |&(short, left): &(u32, u32)| {
        let row = bits(most.max(left).into()) + short;
        let exception = bits(most.into()) + all;
        u64::from(count) * u64::from(row) + u64::from(left) * u64::from(exception)
    };
    choices.min_by_key(size).unwrap_or((1, count))
}

/// The rows in a file's bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rows<'g> {
    kinds: &'g [RowKind],
    /// Bits of a short number.
    short: u32,
    packed: Packed<'g>,
    /// Bits of a kind's true number.
    kind_bits: u32,
    exceptions: Packed<'g>,
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
        let (kinds, rest) = rest.split_at_checked(count.checked_mul(size_of::<RowKind>())?)?;
        let kinds = <[RowKind]>::ref_from_bytes(kinds).ok()?;
        let (&short, rest) = rest.split_first()?;
        let (packed, exceptions) = Packed::first(rest)?;
        let (short, kind_bits) = (u32::from(short), bits(count as u64));
        let exceptions = Packed::new(exceptions);
        (short < WIDEST).then_some(Self { kinds, short, packed, kind_bits, exceptions })
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.packed.len()
    }

    #[inline]
    pub(crate) fn get(&self, index: u32) -> Option<Row> {
        let number = self.packed.get(index as usize)?;
        let none = (1 << self.short) - 1;
        let (mut entity, mut kind) = (number >> (self.short + 1), number >> 1 & none);
        if kind == none {
            let exception = self.exceptions.get(usize::try_from(entity).ok()?)?;
            entity = exception >> self.kind_bits;
            kind = exception & ((1 << self.kind_bits) - 1);
        }
        let RowKind { lang, flags, capitals } = *self.kinds.get(usize::try_from(kind).ok()?)?;
        let last = if number & 1 == 1 { Row::LAST } else { 0 };
        let (entity, flags) = ((entity as u32).into(), (flags.get() | last).into());
        Some(Row { entity, lang, flags, capitals })
    }

    /// The first row behind those of `keys` keys, the first of which begins with row `first`;
    /// `None` if they have more than `most`.
    pub(crate) fn behind(&self, first: u32, keys: u32, most: u32) -> Option<u32> {
        let mut left = keys;
        let mut row = first;
        while left > 0 {
            if row - first == most {
                return None;
            }
            left -= (self.packed.get(row as usize)? & 1) as u32;
            row = row.checked_add(1)?;
        }
        Some(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Policy, Role};

    /// The section of these rows.
    fn section(rows: &[Row]) -> Vec<u8> {
        let mut kinds: Vec<(RowKind, u32)> = Vec::new();
        let mut drafts = Vec::new();
        for row in rows {
            let kind = RowKind::of(row);
            let number = kinds.iter().position(|(known, _)| *known == kind).unwrap_or_else(|| {
                kinds.push((kind, 0));
                kinds.len() - 1
            });
            kinds[number].1 += 1;
            drafts.extend_from_slice(DraftRow::new(row, number as u32).as_bytes());
        }
        let most = rows.iter().map(|row| row.entity.get()).max().unwrap_or(0);
        let (count, out) = (rows.len() as u32, Vec::new());
        let written = write(&kinds, &mut drafts.as_slice(), count, most, out, Vec::new());
        let (rows, exceptions) = written.unwrap();
        [rows, exceptions].concat()
    }

    fn row(entity: u32, lang: u16, capitals: u8, last: bool) -> Row {
        let mut row = Row::new(entity, lang, Role::Variant, Policy::default(), capitals);
        if last {
            row.set(Row::LAST);
        }
        row
    }

    fn is_same(one: &Row, other: &Row) -> bool {
        one.as_bytes() == other.as_bytes()
    }

    #[test]
    fn rows_come_back_whatever_their_kinds() {
        for kinds in [1, 2, 3, 4, 7, 8, 255, 256, 1000] {
            // Most are of few kinds; the others, and then some, of one each.
            let lang =
                |at: u32| if at.is_multiple_of(7) { at / 7 % kinds } else { at % 3 % kinds } as u16;
            let rows: Vec<Row> =
                (0..9000).map(|at| row(at * 31 % 5000, lang(at), 1, at % 5 > 1)).collect();
            let bytes = section(&rows);
            let read = Rows::new(&bytes);
            assert_eq!(read.len(), rows.len());
            for (row, at) in rows.iter().zip(0..) {
                assert!(is_same(&read.get(at).unwrap(), row), "{kinds} kinds, row {at}");
            }
            assert!(read.get(9000).is_none());
            // Numbers of two bits are for three kinds and exceptions, of three bits for seven.
            let excepted = read.exceptions.len();
            assert_eq!(excepted == 0, matches!(kinds, 1..=3 | 7), "{kinds} kinds: {excepted}");
        }
        let of_one = [row(0, 1, 2, false), row(0, 1, 3, true)];
        let bytes = section(&of_one);
        for (row, at) in of_one.iter().zip(0..) {
            assert!(is_same(&Rows::new(&bytes).get(at).unwrap(), row));
        }
        assert_eq!(Rows::new(&section(&[])).len(), 0);
        assert_eq!(Rows::new(&[]).len(), 0);
    }

    #[test]
    fn rows_of_keys_are_passed_by() {
        let lasts = [true, false, false, true, true, false];
        let rows: Vec<Row> = lasts.iter().map(|&last| row(1, 0, 0, last)).collect();
        let bytes = section(&rows);
        let read = Rows::new(&bytes);
        let behind = |first, keys| read.behind(first, keys, 4);
        assert_eq!([behind(0, 0), behind(0, 1), behind(0, 2)], [Some(0), Some(1), Some(4)]);
        assert_eq!([behind(1, 2), behind(0, 3), behind(5, 1)], [Some(5), None, None]);
    }

    #[test]
    fn nonsense_is_read_without_harm() {
        let rows: Vec<Row> =
            (0..300).map(|at| row(at, at as u16 % 90, 1, at.is_multiple_of(2))).collect();
        let sound = section(&rows);
        for at in 0..sound.len() {
            for change in [0x01, 0x55, 0x80, 0xFF] {
                let mut bytes = sound.clone();
                bytes[at] ^= change;
                let read = Rows::new(&bytes);
                for row in 0..310 {
                    std::hint::black_box((read.get(row), read.behind(row, 9, 16)));
                }
            }
        }
        for length in 0..sound.len() {
            let read = Rows::new(&sound[..length]);
            std::hint::black_box((read.get(0), read.get(299), read.behind(0, 3, 16)));
        }
    }
}
