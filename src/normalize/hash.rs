//! Hashes of keys, for filters and tables.
//!
//! In: a key or a piece of one. Out: 64 bits, the same on every machine: they stand in files.

/// Hash of a piece: of its first 16 bytes as two little-endian numbers if it is no longer, so
/// that the tagger can hash without a call; else XXH3.
#[inline]
pub(crate) fn hash(piece: &[u8]) -> u64 {
    if piece.len() > 16 {
        return xxhash_rust::xxh3::xxh3_64(piece);
    }
    let eight = |at: usize| Some(u64::from_le_bytes(*piece.get(at..)?.first_chunk()?));
    let four = |at: usize| Some(u64::from(u32::from_le_bytes(*piece.get(at..)?.first_chunk()?)));
    // The last bytes, without those that are in the first number.
    let len = piece.len();
    let (low, high) = if let Some(low) = eight(0) {
        (low, eight(len - 8).unwrap_or(0).checked_shr(8 * (16 - len) as u32).unwrap_or(0))
    } else if let Some(low) = four(0) {
        (low | four(len - 4).unwrap_or(0) >> (8 * (8 - len)) << 32, 0)
    } else {
        (piece.iter().rev().fold(0, |low, &byte| low << 8 | u64::from(byte)), 0)
    };
    hash_halves(low, high)
}

/// [`hash`] of a piece of up to 16 bytes, given with zeros after it.
#[inline(always)]
pub(crate) fn hash_short(piece: [u8; 16]) -> u64 {
    let number = u128::from_le_bytes(piece);
    hash_halves(number as u64, (number >> 64) as u64)
}

#[inline(always)]
const fn hash_halves(low: u64, high: u64) -> u64 {
    let mixed = (low ^ 0x9E37_79B9_7F4A_7C15).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    let mixed = (mixed.rotate_left(32) ^ high).wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
    mixed ^ mixed >> 29
}

/// Hash of two pieces in a row.
#[inline]
pub(crate) const fn pair(first: u64, second: u64) -> u64 {
    let mixed = (first.rotate_left(23) ^ second).wrapping_mul(0x9FB2_1C65_1E98_DF25);
    mixed ^ mixed >> 32
}
