//! What may stand before and after a name inside one written word, as tables of keys.

use smallvec::SmallVec;

use crate::normalize::hash::hash;

/// Words that lose their vowel before a name and are set off by an apostrophe: the name starts
/// after them. French, Italian, Catalan, Occitan, Corsican, Portuguese, Maltese, English (o').
pub(crate) const ELISIONS: &[&str] = &[
    "l", "d", "c", "j", "m", "n", "s", "t", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu", "presqu",
    "quelqu", "entr", // fr
    "un", "dell", "all", "nell", "sull", "dall", "coll", "quell", "quest", "bell", "sant", "tutt",
    "anch", "mezz", "gl", "com", "cos", "dov", "senz", "oltr", "quand", "ell", // it
    "del", "pel", "al", "can", // ca
];

/// What follows a name after an apostrophe in any language: possessive and contractions.
pub(crate) const POSSESSIVES: &[&str] = &["s", "ll", "d", "re", "ve"];

/// Case endings that Turkish and Azerbaijani set off by an apostrophe.
pub(crate) const TURKIC_SUFFIXES: &[&str] = &[
    "a", "e", "i", "u", "ya", "ye", "yi", "yu", "da", "de", "ta", "te", "dan", "den", "tan", "ten",
    "in", "un", "nin", "nun", "na", "ne", "ni", "nu", "nda", "nde", "ndan", "nden", "la", "le",
    "yla", "yle", "li", "lu", "lilar", "liler", "lular", "luler", "daki", "deki", "taki", "teki",
    "ndaki", "ndeki", "dir", "dur", "tir", "tur", "ca", "ce", "ki", "si", "su", "lar", "ler",
    "nan", "dakiler", "dekiler", "takiler", "tekiler", "daydi", "deydi", "dayken", "deyken", "lik",
    "luk",
];

/// A proclitic: what it takes from the front of a word, and what it had swallowed there.
pub(crate) struct Proclitic {
    pub(crate) letters: &'static str,
    pub(crate) swallowed: &'static str,
}

impl Proclitic {
    /// What is left of a key without the proclitic, if it begins with it. The first letter (two
    /// bytes in both scripts) is compared first: it rules out most.
    #[inline]
    pub(crate) fn strip<'k>(&self, key: &'k [u8]) -> Option<&'k [u8]> {
        let first = |bytes: &[u8]| bytes.first_chunk::<2>().copied();
        let letters = self.letters.as_bytes();
        if first(letters) != first(key) {
            return None;
        }
        key.strip_prefix(letters)
    }

    /// Hash of the name that begins with what [`strip`](Self::strip) left, with what was swallowed.
    #[inline]
    pub(crate) fn hash(&self, rest: &[u8]) -> u64 {
        if self.swallowed.is_empty() {
            return hash(rest);
        }
        let mut whole: SmallVec<[u8; 64]> = SmallVec::from_slice(self.swallowed.as_bytes());
        whole.extend_from_slice(rest);
        hash(&whole)
    }
}

/// The first letters of proclitics: a bit for each, by the last six bits of its code point. Most words
/// begin with none.
pub(super) struct FirstLetters(u64);

impl FirstLetters {
    pub(super) const ARABIC: Self = Self::of(ARABIC);
    pub(super) const HEBREW: Self = Self::of(HEBREW);

    const fn of(table: &[Proclitic]) -> Self {
        let (mut letters, mut at) = (0, 0);
        while at < table.len() {
            letters |= 1 << (table[at].letters.as_bytes()[1] & 63);
            at += 1;
        }
        Self(letters)
    }

    /// False if a key begins with none.
    #[inline]
    pub(super) fn may_begin(&self, key: &[u8]) -> bool {
        key.get(1).is_some_and(|letter| self.0 >> (letter & 63) & 1 == 1)
    }
}

const fn proclitic(letters: &'static str) -> Proclitic {
    Proclitic { letters, swallowed: "" }
}

const fn swallowing(letters: &'static str) -> Proclitic {
    Proclitic { letters, swallowed: "ال" }
}

/// Arabic: (and|so)? (in|like|for)?, written together with the word. `لل` is `ل` and the article,
/// whose alef is not written. Shorter ones first: the name keeps as much of the word as it can.
pub(crate) const ARABIC: &[Proclitic] = &[
    proclitic("و"),
    proclitic("ف"),
    proclitic("ب"),
    proclitic("ك"),
    proclitic("ل"),
    swallowing("لل"),
    proclitic("وب"),
    proclitic("ول"),
    proclitic("وك"),
    proclitic("فب"),
    proclitic("فل"),
    swallowing("ولل"),
    swallowing("فلل"),
    proclitic("لل"),
    proclitic("ولل"),
    proclitic("فلل"),
];

/// Hebrew: and, the, in, as, to, from, that, and their usual chains.
pub(crate) const HEBREW: &[Proclitic] = &[
    proclitic("ו"),
    proclitic("ה"),
    proclitic("ב"),
    proclitic("כ"),
    proclitic("ל"),
    proclitic("מ"),
    proclitic("ש"),
    proclitic("וב"),
    proclitic("וה"),
    proclitic("ול"),
    proclitic("ומ"),
    proclitic("וכ"),
    proclitic("וש"),
    proclitic("שב"),
    proclitic("שה"),
    proclitic("של"),
    proclitic("שמ"),
    proclitic("מה"),
    proclitic("בה"),
    proclitic("לה"),
    proclitic("ושב"),
    proclitic("ושה"),
    proclitic("מב"),
    proclitic("כשב"),
    proclitic("כשה"),
];

/// Letters (not marks) that a name must have after a proclitic, and its first word.
pub(super) const LEAST_AFTER_PROCLITIC: usize = 3;
pub(super) const LEAST_IN_WORD_AFTER_PROCLITIC: usize = 2;

/// Names of up to this many letters are weak after a proclitic.
pub(super) const SHORT_AFTER_PROCLITIC: usize = 3;

/// Particles that Korean writes together with the noun before them.
pub(super) const KOREAN: &[&str] = &[
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "에",
    "의",
    "와",
    "과",
    "로",
    "으로",
    "도",
    "만",
    "에서",
    "에게",
    "까지",
    "부터",
    "보다",
    "처럼",
    "마다",
    "조차",
    "이나",
    "나",
    "라는",
    "이라는",
    "에는",
    "에도",
    "에서는",
    "에서도",
    "으로부터",
    "로부터",
    "에서의",
    "으로의",
    "로의",
    "과의",
    "와의",
    "이며",
    "이고",
    "이라고",
    "라고",
    "이다",
    "뿐",
    "에선",
    "측",
    "발",
    "산",
    "행",
];

/// Letters (syllables) that must remain before a Korean particle.
pub(super) const LEAST_BEFORE_PARTICLE: usize = 2;

/// Abbreviations after which a full stop and a space do not end a name.
pub(crate) const ABBREVIATIONS: &[&str] = &[
    "st", "ste", "sts", "saint", "mt", "mte", "mts", "ft", "pt", "pte", "is", "isl", "i", "gt",
    "lt", "sta", "sto", "s", "n", "e", "w", "no", "so", "dr", "gen", "col", "capt", "pres", "sr",
    "jr", "kr", "bez", "b", "a", "o", "u", "bd", "av", "ave", "blvd", "co", "twp", "hts", "jct",
    "spgs", "г", "р", "оз", "о", "обл", "св", "ст", "им", "пос", "с", "м", "sw", "św", "gm", "hr",
    "ob",
];

/// True if a sorted-or-not small table holds `key`.
pub(crate) fn holds(table: &[&str], key: &[u8]) -> bool {
    table.iter().any(|word| word.as_bytes() == key)
}
