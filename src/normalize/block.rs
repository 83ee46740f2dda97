//! 64 bytes of text at a glance: which of them make words, as bits.
//!
//! In: a text and a place in it. Out: a [`Block`] of masks, by the vector instructions that every
//! processor of the platform has (`wide` falls back to plain code elsewhere).

use wide::u8x16;

/// Bytes of a block.
pub(super) const BLOCK: usize = 64;

/// Masks over the bytes of a block, the first byte lowest. Bytes past the end of the text are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// ASCII letters and digits, and all bytes beyond ASCII.
    pub(super) word: u64,
    /// Bytes beyond ASCII.
    pub(super) high: u64,
    /// Marks of ASCII before a byte of a word: they may join the words on both sides.
    pub(super) joins: u64,
}

impl Block {
    /// The words that end in sight, and how many bytes hold them: the next block begins there. A word
    /// as long as the block is among them.
    #[inline]
    pub(super) const fn words_in_sight(&self) -> (u64, usize) {
        let cut = self.word.leading_ones() as usize;
        if cut == 0 || cut == BLOCK {
            return (self.word, BLOCK);
        }
        (self.word & u64::MAX >> cut, BLOCK - cut)
    }

    /// The bits behind those of these `words` that are of ASCII alone: a carry runs through them.
    #[inline]
    pub(super) const fn behind_ascii(&self, words: u64) -> u64 {
        let starts = words & !(words << 1);
        (words & !self.high).wrapping_add(starts) & !words
    }

    /// Which of the `len` bytes at `start`, fewer than a block has, are beyond ASCII.
    #[inline]
    pub(super) const fn high_in(&self, start: usize, len: usize) -> u64 {
        self.high >> start & ((1 << (len % BLOCK)) - 1)
    }

    /// The block that these bytes begin with; one more tells what a mark at its end may join.
    #[inline]
    pub(super) fn of(bytes: &[u8; BLOCK + 16]) -> Self {
        let (mut word, mut high, mut marks) = (0, 0, 0);
        for (quarter, at) in bytes.as_chunks::<16>().0.iter().zip([0, 16, 32, 48]) {
            let bytes = u8x16::from(*quarter);
            let all = u8x16::splat;
            let at_most = |bytes: u8x16, most: u8| bytes.min(all(most)).simd_eq(bytes);
            let letters = at_most((bytes | all(0x20)) - all(b'a'), 25);
            let digits = at_most(bytes - all(b'0'), 9);
            // The highest bit of each byte: set for bytes beyond ASCII as they are.
            word |= u64::from((letters | digits | bytes).to_bitmask()) << at;
            high |= u64::from(bytes.to_bitmask()) << at;
            let mark = |byte: u8| bytes.simd_eq(all(byte));
            let join = mark(b'\'') | mark(b'.') | mark(b'`') | mark(b'"');
            marks |= u64::from(join.to_bitmask()) << at;
        }
        let next = bytes[BLOCK].is_ascii_alphanumeric() || bytes[BLOCK] >= 0x80;
        Self { word, high, joins: marks & (word >> 1 | u64::from(next) << (BLOCK - 1)) }
    }
}

/// A word of up to 15 letters and digits of ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ShortWord {
    /// Its key, with zeros after it.
    pub(super) fold: [u8; 16],
    /// A bit for each capital letter, the first lowest.
    pub(super) capitals: u32,
}

/// Masks of the lowest bytes, by how many.
static LOWEST: [[u8; 16]; 16] = {
    let mut masks = [[0; 16]; 16];
    let mut at = 0;
    while at < 16 * 16 {
        masks[at / 16][at % 16] = if at % 16 < at / 16 { 0xFF } else { 0 };
        at += 1;
    }
    masks
};

impl ShortWord {
    /// The first `len` of these bytes, which are letters and digits.
    #[inline(always)]
    pub(super) fn of(bytes: &[u8; 16], len: usize) -> Self {
        let lowest = u8x16::from(LOWEST[len & 15]);
        let own = u8x16::from(*bytes) & lowest;
        // The bit that tells small letters from capitals; digits have it.
        let fold = own | u8x16::splat(0x20) & lowest;
        let capitals = !own.simd_eq(fold).to_bitmask() & 0xFFFF;
        Self { fold: fold.to_array(), capitals }
    }
}

/// ASCII letters and digits at the beginning of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AsciiRun {
    /// Their number, [`MOST`](Self::MOST) at most: more may follow.
    pub(super) len: usize,
    /// The bytes folded; those past the run have no meaning.
    pub(super) fold: [u8; Self::MOST],
    /// A bit for each capital letter, the first lowest.
    pub(super) capitals: u32,
    /// There is a small letter.
    pub(super) lower: bool,
}

impl AsciiRun {
    pub(super) const MOST: usize = 16;

    /// The run that `text` begins with.
    #[inline]
    pub(super) fn at(text: &[u8]) -> Self {
        let mut bytes = [0; Self::MOST];
        match text.first_chunk() {
            Some(chunk) => bytes = *chunk,
            None => bytes.iter_mut().zip(text).for_each(|(slot, &byte)| *slot = byte),
        }
        let bytes = u8x16::from(bytes);
        let all = u8x16::splat;
        let at_most = |bytes: u8x16, most: u8| bytes.min(all(most)).simd_eq(bytes);
        let fold = bytes | all(0x20);
        let letters = at_most(fold - all(b'a'), 25);
        let words = letters | at_most(bytes - all(b'0'), 9);
        let len = words.to_bitmask().trailing_ones().min(16) as usize;
        let small = at_most(bytes - all(b'a'), 25).to_bitmask();
        let run = (1 << len) - 1;
        let capitals = letters.to_bitmask() & !small & run;
        Self { len, fold: fold.to_array(), capitals, lower: small & run != 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_that_of_single_bytes() {
        for text in
            ["", "a", "Aleppo", "R2-D2", "0123456789abcdefXYZ", "état", "ÉTAT", "A\u{0}", "x "]
        {
            let run = AsciiRun::at(text.as_bytes());
            let plain: String =
                text.chars().take(16).take_while(char::is_ascii_alphanumeric).collect();
            assert_eq!(run.len, plain.len(), "{text}");
            assert_eq!(run.fold[..run.len], *plain.to_ascii_lowercase().as_bytes(), "{text}");
            assert_eq!(
                run.capitals != 0,
                plain.contains(|char: char| char.is_ascii_uppercase()),
                "{text}"
            );
            assert_eq!(run.lower, plain.contains(|char: char| char.is_ascii_lowercase()), "{text}");
        }
    }

    #[test]
    fn words_of_ascii_are_told_by_the_bits_behind_them() {
        let text = "l'été 2016 à Mossoul-Est, Deraa; Алеппо 3 sœurs étaient là, U.S. a é e.\u{a0}x";
        let mut bytes = [0; BLOCK + 16];
        bytes[..BLOCK].copy_from_slice(&text.as_bytes()[..BLOCK]);
        let block = Block::of(&bytes);
        let (words, _) = block.words_in_sight();
        let mut end = 0;
        while let Some(start) = (end..BLOCK).find(|at| words >> at & 1 == 1) {
            end = (start..BLOCK).find(|at| words >> at & 1 == 0).unwrap();
            let ascii = block.behind_ascii(words) >> end & 1 == 1;
            assert_eq!(ascii, bytes[start..end].is_ascii(), "{start}");
        }
        assert!(end > 50);
    }

    fn one_by_one(bytes: &[u8; BLOCK + 16]) -> Block {
        let is_word = |at: usize| {
            bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80)
        };
        let mut block = Block { word: 0, high: 0, joins: 0 };
        for (at, &byte) in bytes.iter().take(BLOCK).enumerate() {
            block.word |= u64::from(is_word(at)) << at;
            block.high |= u64::from(byte >= 0x80) << at;
            let mark = matches!(byte, b'\'' | b'.' | b'`' | b'"');
            block.joins |= u64::from(mark && is_word(at + 1)) << at;
        }
        block
    }

    #[test]
    fn masks_are_those_of_single_bytes() {
        for first in 0..=255_u8 {
            for turn in [1_u8, 7, 31, 101] {
                let mut bytes = [0; BLOCK + 16];
                let mut next = first;
                for byte in &mut bytes {
                    *byte = next;
                    next = next.wrapping_mul(5).wrapping_add(turn);
                }
                assert_eq!(Block::of(&bytes), one_by_one(&bytes), "{bytes:?}");
            }
        }
    }
}
