//! Folding: the one table from characters to key bytes.
//!
//! In: a *unit*, that is a character and the marks and invisible characters after it. Out: the
//! unit's part of the key. Units are independent, so the key of a word is the concatenation of the
//! folds of its units. The steps, with the classes of the study they follow:
//!
//! | step | class |
//! |---|---|
//! | drop invisible characters and tatweel; NFKC; full case folding; NFKC (UAX #15, UAX #44) | lossless |
//! | drop marks of Latin, Greek, Arabic, Hebrew letters, and stress marks of Cyrillic vowels | safe |
//! | letters: [`LETTERS`] (ligatures, stroked letters, dotless i, ё, Arabic families, digits) | safe |
//!
//! Marks of other scripts are letters in their own right (й, パ, Thai, Devanagari) and stay.
//!
//! Changing anything here changes keys: raise [`super::KEY_SCHEME`].

use std::collections::HashMap;
use std::sync::LazyLock;

use caseless::Caseless;
use unicode_normalization::UnicodeNormalization;
use unicode_script::{Script, UnicodeScript};

use super::class::{Class, Info};

/// Letters that stand for the same letter in names, and what they become. Applied after case
/// folding and decomposition, so only lower case is listed. `ß` and the Latin digraphs fall to case
/// folding and NFKC.
const LETTERS: &[(&str, &str)] = &[
    // Latin ligatures and stroked letters, which Unicode does not decompose.
    ("æ", "ae"),
    ("œ", "oe"),
    ("ø", "o"),
    ("đ", "d"),
    ("ð", "d"),
    ("ł", "l"),
    ("ı", "i"),
    ("þ", "th"),
    ("ħ", "h"),
    ("ŋ", "ng"),
    ("ə", "a"),
    ("ǝ", "a"),
    ("ŧ", "t"),
    ("ƀ", "b"),
    ("ɓ", "b"),
    ("ɗ", "d"),
    ("ɖ", "d"),
    ("ƙ", "k"),
    ("ƴ", "y"),
    ("ɨ", "i"),
    ("ʉ", "u"),
    ("ɛ", "e"),
    ("ɔ", "o"),
    ("ĸ", "q"),
    // Cyrillic.
    ("ё", "е"),
    // Arabic: alef, waw, yeh, kaf, heh families of Arabic, Persian, Urdu, Kurdish keyboards.
    ("آأإٱٲٳٵ", "ا"),
    ("ىیېۍےۓ", "ي"),
    ("کڪګڬڭڮ", "ك"),
    ("ةہھەۀۂۃ", "ه"),
    // Digits of Arabic, Persian and the Indic scripts.
    ("٠۰०০੦૦୦௦౦೦൦๐໐၀០", "0"),
    ("١۱१১੧૧୧௧౧೧൧๑໑၁១", "1"),
    ("٢۲२২੨૨୨௨౨೨൨๒໒၂២", "2"),
    ("٣۳३৩੩૩୩௩౩೩൩๓໓၃៣", "3"),
    ("٤۴४৪੪૪୪௪౪೪൪๔໔၄៤", "4"),
    ("٥۵५৫੫૫୫௫౫೫൫๕໕၅៥", "5"),
    ("٦۶६৬੬૬୬௬౬೬൬๖໖၆៦", "6"),
    ("٧۷७৭੭૭୭௭౭೭൭๗໗၇៧", "7"),
    ("٨۸८৮੮૮୮௮౮೮൮๘໘၈៨", "8"),
    ("٩۹९৯੯૯୯௯౯೯൯๙໙၉៩", "9"),
];

/// Cyrillic vowels, over which an acute or grave only marks the stress.
const STRESSED: &str = "аеиоуыэюяєіїёѐѝ";

/// Code points below this have their info and fold in a table made on first use (two-byte UTF-8).
const NEAR: u32 = 0x800;
/// Code points below this have a second table, made only when a text asks for one of them.
const FAR: u32 = 0x3400;
/// Marks an [`Entry`] whose fold does not fit in it.
const LONG: u8 = u8::MAX;

/// Info and fold of one code point standing alone, as one number: from the lowest five bytes of fold
/// and zeros after it, its length, the info.
#[derive(Clone, Copy)]
pub(crate) struct Entry(u64);

/// Lowest bits of the length and of the info.
const ENTRY_LEN: u32 = 40;
const ENTRY_INFO: u32 = 48;

static NEAR_TABLE: LazyLock<Box<Near>> = LazyLock::new(|| {
    let all = entries(0, NEAR).try_into();
    all.unwrap_or_else(|_| unreachable!("an entry for each code point"))
});
static FAR_TABLE: LazyLock<Box<[Entry]>> = LazyLock::new(|| entries(NEAR, FAR));

/// A handle on the fold table, so that the hot loop asks only once whether it is made.
#[derive(Clone, Copy)]
pub(crate) struct Table {
    near: &'static Near,
}

/// Of a length that is known, so that a look costs no check.
type Near = [Entry; NEAR as usize];

impl Table {
    pub(crate) fn get() -> Self {
        Self { near: &NEAR_TABLE }
    }

    /// The entry of a code point below U+0800.
    #[inline]
    pub(crate) fn near(self, code: u32) -> Entry {
        self.near[code as usize & (NEAR as usize - 1)]
    }

    #[inline]
    pub(crate) fn info(self, char: char) -> Info {
        match u32::from(char) {
            code if code < NEAR => self.near(code).info(),
            code if code < FAR => FAR_TABLE[(code - NEAR) as usize].info(),
            0x3400..=0x4DBF | 0x4E00..=0x9FFF => Info::HAN,
            0xAC00..=0xD7A3 => Info::SYLLABLE,
            _ => Info::of(char),
        }
    }

    /// Appends the fold of `char`, standing alone, to `key`.
    #[inline]
    pub(crate) fn fold_char(self, char: char, key: &mut Vec<u8>) {
        let entry = match u32::from(char) {
            code if code < NEAR => self.near(code),
            code if code < FAR => FAR_TABLE[(code - NEAR) as usize],
            0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xAC00..=0xD7A3 => return push(key, char),
            _ => return key.extend_from_slice(fold_unit(char.encode_utf8(&mut [0; 4])).as_bytes()),
        };
        match entry.padded() {
            Some((fold, len)) => key.extend_from_slice(&fold[..len]),
            None => key.extend_from_slice(fold_unit(char.encode_utf8(&mut [0; 4])).as_bytes()),
        }
    }

    /// Appends the fold of a unit of several code points to `key`.
    #[cold]
    pub(crate) fn fold_unit(self, unit: &str, key: &mut Vec<u8>) {
        key.extend_from_slice(fold_unit(unit).as_bytes());
    }
}

impl Entry {
    /// `fold` is `None` if it does not fit.
    fn new(info: Info, fold: Option<&[u8]>) -> Self {
        let len = fold.map_or(LONG, |fold| fold.len() as u8);
        let bytes = fold.unwrap_or_default().iter().rev();
        let fold = bytes.fold(0, |number, &byte| number << 8 | u64::from(byte));
        Self(fold | u64::from(len) << ENTRY_LEN | u64::from(info.bits()) << ENTRY_INFO)
    }

    #[inline]
    pub(crate) const fn info(self) -> Info {
        Info::from_bits((self.0 >> ENTRY_INFO) as u16)
    }

    /// The fold of a letter or digit as [`padded`](Self::padded) gives it.
    #[inline]
    pub(crate) const fn letter(self) -> Option<([u8; 8], usize)> {
        // The class of letters and digits is zero, and lengths are below eight: one test for both.
        let (len, class) = (7 << ENTRY_LEN, 15 << ENTRY_INFO);
        if self.0 & (class | (255 << ENTRY_LEN) & !len) != 0 {
            return None;
        }
        Some((self.0.to_le_bytes(), (self.0 >> ENTRY_LEN) as usize & 7))
    }

    /// The fold and its length, if it is short enough to stand in the table; what stands after it has
    /// no meaning: a copy of fixed size costs least.
    #[inline]
    pub(crate) const fn padded(self) -> Option<([u8; 8], usize)> {
        let len = (self.0 >> ENTRY_LEN) as u8;
        if len == LONG { None } else { Some((self.0.to_le_bytes(), len as usize)) }
    }
}

fn entries(from: u32, to: u32) -> Box<[Entry]> {
    (from..to)
        .map(|code| {
            let char = char::from_u32(code).unwrap_or('\u{FFFD}');
            let info = Info::of(char);
            if !matches!(info.class(), Class::Word | Class::Mark) {
                return Entry::new(info, Some(&[]));
            }
            let fold = fold_unit(char.encode_utf8(&mut [0; 4]));
            Entry::new(info, Some(fold.as_bytes()).filter(|fold| fold.len() <= 5))
        })
        .collect()
}

fn push(key: &mut Vec<u8>, char: char) {
    key.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
}

/// The fold of one unit, to a fixed point: folding a fold changes nothing.
fn fold_unit(unit: &str) -> String {
    let mut fold = fold_once(unit);
    // One round is enough for all but a few compatibility characters.
    for _ in 0..4 {
        let again = fold_once(&fold);
        if again == fold {
            break;
        }
        fold = again;
    }
    fold
}

fn fold_once(unit: &str) -> String {
    let visible = unit.chars().filter(|&char| Info::of(char).class() != Class::Ignorable);
    let folded = visible.nfkc().default_case_fold().nfkd().default_case_fold().nfkd();
    let mut key = String::with_capacity(unit.len());
    let mut base = '\0';
    for char in folded {
        match Info::of(char).class() {
            Class::Mark if base == '\0' || drops_mark(base, char) => {}
            Class::Mark => key.push(char),
            Class::Word => {
                base = char;
                match letter(char) {
                    Some(plain) => key.push_str(plain),
                    None => key.push(char),
                }
            }
            Class::Apostrophe | Class::Dot | Class::Ignorable => {}
            _ => {
                // A mark after this has no letter to stand on.
                base = '\0';
                if !key.is_empty() && !key.ends_with(' ') {
                    key.push(' ');
                }
            }
        }
    }
    let composed: String = key.trim_end().nfkc().collect();
    match letter_str(&composed) {
        Some(plain) => plain.to_owned(),
        None => composed,
    }
}

/// True if `mark` on `base` is an accent, a vowel point or a stress mark that names may omit.
fn drops_mark(base: char, mark: char) -> bool {
    match base.script() {
        Script::Latin | Script::Greek | Script::Hebrew => true,
        // Hamza on waw and yeh makes another letter (ؤ, ئ); on alef it is often omitted.
        Script::Arabic => !(mark == '\u{654}' && matches!(base, 'و' | 'ي')),
        Script::Cyrillic => matches!(mark, '\u{300}' | '\u{301}') && STRESSED.contains(base),
        _ => false,
    }
}

fn letter(char: char) -> Option<&'static str> {
    static MAP: LazyLock<HashMap<char, &'static str>> = LazyLock::new(|| {
        LETTERS.iter().flat_map(|&(from, to)| from.chars().map(move |char| (char, to))).collect()
    });
    MAP.get(&char).copied()
}

/// The same for letters that exist only composed (ё after NFKD is е and a mark).
fn letter_str(unit: &str) -> Option<&'static str> {
    let mut chars = unit.chars();
    let char = chars.next()?;
    chars.next().is_none().then(|| letter(char)).flatten()
}
