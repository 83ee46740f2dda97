//! The filter that rejects most words of a text before the FST is walked.
//!
//! In: the beginnings of keys, as [`Builder`] is given them; or its bytes in a file. Out: [`Filters`], which
//! say no, or perhaps, of a beginning by its hash.
//!
//! A blocked Bloom filter: one 64-bit word per key, four bits in it. It holds, for every key, its
//! first *piece* (a word up to a space, or one dense character), alone or with the second, and with
//! the third if the second is short.

pub(crate) use crate::normalize::hash::{hash, pair};

/// What a hash of one piece, or of several in a row, stands for. The uses of a hash take different
/// bits of its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Use {
    /// Enough to have the keys walked.
    Whole,
    /// Names go on with the next piece, which is to be asked for.
    First,
}

/// The texts that a name with this beginning meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Case {
    /// With a capital or in a script without case.
    Capital,
    /// With a small letter.
    Small,
    /// With capitals only.
    Capitals,
}

impl Case {
    /// What to ask of a text that begins with a small letter, or has no small letter at all.
    #[inline]
    pub(crate) const fn of_text(small: bool, capitals: bool) -> Self {
        match (small, capitals) {
            (true, _) => Self::Small,
            (_, true) => Self::Capitals,
            _ => Self::Capital,
        }
    }
}

/// Pieces up to this length (`of`, `des`, `на`) tell little of a name that goes on after them.
pub(crate) const SHORT: usize = 4;

/// Word of a hash in a filter of `words` words.
#[inline]
const fn word(hash: u64, words: u64) -> usize {
    (((hash >> 32) * words) >> 32) as usize
}

/// What the bits of a hash in its word are drawn from.
#[inline]
const fn mixed(hash: u64, case: Case) -> u64 {
    hash.rotate_left(5 * case as u32).wrapping_mul(0x9E6C_63D0_676A_9A99)
}

/// Four bits each, which are rotated: costs less than to draw each bit.
static PATTERNS: [u64; 64] = {
    let (mut patterns, mut at, mut drawn) = ([0_u64; 64], 0, 0x2545_F491_4F6C_DD1D_u64);
    while at < patterns.len() {
        drawn = drawn.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1);
        patterns[at] |= 1 << (drawn >> 58);
        at += if patterns[at].count_ones() == 4 { 1 } else { 0 };
    }
    patterns
};

/// Bits of a hash in its word.
#[inline]
fn bits(mixed: u64, use_: Use) -> u64 {
    let drawn = match use_ {
        Use::Whole => mixed >> 40,
        Use::First => mixed >> 52,
    };
    PATTERNS[drawn as usize & 63].rotate_left((drawn >> 6) as u32 & 63)
}

/// The hash by which a piece in small letters is known that is a whole name.
#[inline]
pub(crate) const fn whole(hash: u64) -> u64 {
    hash.rotate_left(32)
}

/// Bits of a hash among the words of beginnings in small letters, of which `last` is the last; their
/// number is a power of two.
#[inline]
const fn small_bits(hash: u64, last: usize) -> (usize, u64) {
    ((hash as usize / 64) & last, 1 << (hash & 63) | 1 << (hash >> 58))
}

/// A filter being made.
pub(crate) struct Builder {
    small: Vec<u64>,
    words: Vec<u64>,
}

impl Builder {
    /// For so many hashes, at 16 bits each. Before them, preceded by their number, stand words of
    /// two bits for each beginning in small letters: the first piece, and the same as the
    /// [`whole`] name or with the second. Few names have such, most words of a text do, and so
    /// small a table stays in the nearest cache.
    pub(crate) fn new(hashes: usize, smalls: usize) -> Self {
        let words = vec![0; (hashes * 16).div_ceil(64).max(1)];
        Self { small: vec![0; (smalls / 4).next_power_of_two()], words }
    }

    pub(crate) fn add(&mut self, hash: u64, use_: Use, case: Case) {
        let count = self.words.len() as u64;
        if let Some(word) = self.words.get_mut(word(hash, count)) {
            *word |= bits(mixed(hash, case), use_);
        }
    }

    /// Adds a hash of a beginning in small letters: of the first piece, of the [`whole`] name, or of the
    /// first two pieces.
    pub(crate) fn add_small(&mut self, hash: u64) {
        let (at, bits) = small_bits(hash, self.small.len() - 1);
        if let Some(word) = self.small.get_mut(at) {
            *word |= bits;
        }
    }

    /// The words of the section, in order.
    pub(crate) fn finish(self) -> impl Iterator<Item = u64> {
        [self.small.len() as u64].into_iter().chain(self.small).chain(self.words)
    }
}

/// For what uses names that begin with some pieces may be listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Known {
    /// As [`Use::Whole`].
    pub(crate) whole: bool,
    /// As [`Use::First`].
    pub(crate) first: bool,
}

impl Known {
    /// What either knows.
    #[inline(always)]
    pub(crate) const fn or(self, other: Self) -> Self {
        Self { whole: self.whole | other.whole, first: self.first | other.first }
    }

    /// True for any use.
    #[inline(always)]
    pub(crate) const fn any(self) -> bool {
        self.whole | self.first
    }
}

/// A filter in a file's bytes.
#[derive(Clone, Copy, Default)]
pub(crate) struct Filter<'g> {
    small: &'g [super::U64],
    last_small: usize,
    words: &'g [super::U64],
}

impl<'g> Filter<'g> {
    /// The filter in these bytes; one that lets nothing pass if they have not the form.
    pub(crate) fn new(bytes: &'g [u8]) -> Self {
        let all: &[super::U64] = zerocopy::FromBytes::ref_from_bytes(bytes).unwrap_or_default();
        let parts = all
            .split_first()
            .and_then(|(count, rest)| rest.split_at_checked(usize::try_from(count.get()).ok()?));
        let (small, words) = parts.unwrap_or_default();
        Self { small, last_small: small.len().wrapping_sub(1), words }
    }

    /// What it knows of pieces of this hash with which such a text begins.
    #[inline(always)]
    fn knows(&self, hash: u64, text: Case) -> Known {
        let word = self.word(hash);
        let begins = |case| {
            let mixed = mixed(hash, case);
            let has = |use_| word & bits(mixed, use_) == bits(mixed, use_);
            Known { whole: has(Use::Whole), first: has(Use::First) }
        };
        match text {
            Case::Capitals => begins(text).or(begins(Case::Capital)),
            _ => begins(text),
        }
    }

    #[inline(always)]
    fn may_begin_small(&self, hash: u64) -> bool {
        let (at, bits) = small_bits(hash, self.last_small);
        self.small.get(at).map_or(0, |word| word.get()) & bits == bits
    }

    #[inline(always)]
    fn word(&self, hash: u64) -> u64 {
        self.words.get(word(hash, self.words.len() as u64)).map_or(0, |word| word.get())
    }
}

/// The filters of all layers, asked as one.
pub(crate) struct Filters<'g> {
    first: Filter<'g>,
    others: Vec<Filter<'g>>,
}

impl<'g> Filters<'g> {
    /// One after the other; mostly there is one.
    pub(crate) fn of(filters: impl IntoIterator<Item = Filter<'g>>) -> Self {
        let mut all = filters.into_iter();
        Self { first: all.next().unwrap_or_default(), others: all.collect() }
    }

    /// What any of them knows of pieces of this hash with which such a text begins.
    #[inline(always)]
    pub(crate) fn know(&self, hash: u64, text: Case) -> Known {
        let others = self.others.iter();
        others.fold(self.first.knows(hash, text), |known, it| known.or(it.knows(hash, text)))
    }

    /// The same as a call, where the case is not known beforehand.
    #[inline(never)]
    pub(crate) fn know_any(&self, hash: u64, text: Case) -> Known {
        self.know(hash, text)
    }

    /// False if no name in small letters has this hash among its beginnings.
    #[inline(always)]
    pub(crate) fn may_begin_small(&self, hash: u64) -> bool {
        // Without a jump: no text tells beforehand.
        let others = self.others.iter();
        others.fold(self.first.may_begin_small(hash), |may, it| may | it.may_begin_small(hash))
    }
}
