//! What a character is to us: part of a word, a joint inside a name, or a break.
//!
//! In: one code point. Out: its [`Info`]: class, script group and case. Categories and scripts are
//! those of the Unicode version named by [`super::UNICODE`]; nothing here depends on the compiler.

use unicode_properties::{GeneralCategory as Gc, UnicodeGeneralCategory};
use unicode_script::{Script, UnicodeScript};

/// The part that a character plays in words and names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Class {
    /// Letter or digit: makes a word.
    Word,
    /// Combining mark: belongs to the character before it.
    Mark,
    /// Invisible (soft hyphen, zero-width, bidi control, variation selector) or tatweel: as if absent.
    Ignorable,
    /// Apostrophe of any shape: vanishes from keys.
    Apostrophe,
    /// Full stop: vanishes from keys.
    Dot,
    /// Hyphen or dash: a space in keys.
    Dash,
    /// Horizontal space.
    Space,
    /// Line break.
    Newline,
    /// Any other punctuation or symbol: a space in keys, a break in text.
    Other,
}

/// How a script writes words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Group {
    /// With spaces between words.
    Spaced,
    /// Without spaces, every character may start a word: Han, Hiragana, Thai, Lao, Khmer, Burmese.
    Dense,
    /// Katakana: without spaces, but a run is one word.
    Katakana,
}

/// Class, group, case and script of one character, packed in 16 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Info(u16);

const UPPER: u16 = 1 << 8;
const LOWER: u16 = 1 << 9;
const ARABIC: u16 = 1 << 10;
const HEBREW: u16 = 1 << 11;
const HANGUL: u16 = 1 << 12;
const JAMO: u16 = 1 << 13;
const TRAILING: u16 = 1 << 14;

impl Info {
    /// A letter of Han or of Hangul syllables, which need no table.
    pub(crate) const HAN: Self = Self(Class::Word as u16 | (Group::Dense as u16) << 4);
    pub(crate) const SYLLABLE: Self =
        Self(Class::Word as u16 | (Group::Spaced as u16) << 4 | HANGUL);

    pub(super) const fn bits(self) -> u16 {
        self.0
    }

    /// What [`bits`](Self::bits) gave.
    pub(super) const fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    pub(crate) const fn class(self) -> Class {
        const CLASSES: [Class; 9] = [
            Class::Word,
            Class::Mark,
            Class::Ignorable,
            Class::Apostrophe,
            Class::Dot,
            Class::Dash,
            Class::Space,
            Class::Newline,
            Class::Other,
        ];
        CLASSES[(self.0 & 15) as usize % CLASSES.len()]
    }

    pub(crate) const fn group(self) -> Group {
        match self.0 >> 4 & 3 {
            0 => Group::Spaced,
            1 => Group::Dense,
            _ => Group::Katakana,
        }
    }

    pub(crate) const fn is_upper(self) -> bool {
        self.0 & UPPER != 0
    }

    pub(crate) const fn is_lower(self) -> bool {
        self.0 & LOWER != 0
    }

    pub(crate) const fn is_arabic(self) -> bool {
        self.0 & ARABIC != 0
    }

    pub(crate) const fn is_hebrew(self) -> bool {
        self.0 & HEBREW != 0
    }

    pub(crate) const fn is_hangul(self) -> bool {
        self.0 & HANGUL != 0
    }

    /// A letter that composes with the one before it (jamo, Kirat Rai vowels): runs make one unit.
    pub(crate) const fn is_jamo(self) -> bool {
        self.0 & JAMO != 0
    }

    /// One of those that may compose with a letter before it: no beginning of a syllable.
    pub(crate) const fn is_trailing(self) -> bool {
        self.0 & TRAILING != 0
    }

    /// The info of `char`, from the Unicode tables.
    pub(crate) fn of(char: char) -> Self {
        let class = classify(char);
        let mut bits = class as u16;
        if matches!(class, Class::Word | Class::Mark) {
            let script = char.script();
            bits |= (group(char, script) as u16) << 4;
            bits |= match script {
                Script::Arabic => ARABIC,
                Script::Hebrew => HEBREW,
                Script::Hangul => HANGUL,
                _ => 0,
            };
            if is_jamo(char) {
                bits |= JAMO;
            }
            if is_trailing(char) {
                bits |= TRAILING;
            }
            bits |= match char.general_category() {
                Gc::UppercaseLetter | Gc::TitlecaseLetter => UPPER,
                Gc::LowercaseLetter => LOWER,
                _ => 0,
            };
        }
        Self(bits)
    }
}

fn classify(char: char) -> Class {
    if is_ignorable(char) {
        return Class::Ignorable;
    }
    match char {
        '\'' | '’' | '‘' | '‛' | '`' | '´' | '·' | '′' | '＇' | 'ʹ' | '\u{374}' | '\u{387}'
        | '\u{1FEF}' | '\u{1FFD}' | 'ʺ' | 'ʻ' | 'ʼ' | 'ʽ' | 'ʾ' | 'ʿ' | 'ˈ' | 'ˊ' | 'ˋ'
        | '\u{55A}' | '׳' | '״' | 'ꞌ' | 'Ꞌ' => Class::Apostrophe,
        '.' | '．' | '․' | '‧' => Class::Dot,
        '\u{2212}' => Class::Dash,
        '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Class::Newline,
        '\t' => Class::Space,
        // Half-width voiced marks and the Thai and Lao vowel "am" decompose to marks under NFKC.
        '\u{FF9E}' | '\u{FF9F}' | '\u{E33}' | '\u{EB3}' => Class::Mark,
        _ => match char.general_category() {
            Gc::UppercaseLetter
            | Gc::LowercaseLetter
            | Gc::TitlecaseLetter
            | Gc::ModifierLetter
            | Gc::OtherLetter
            | Gc::DecimalNumber
            | Gc::LetterNumber
            | Gc::OtherNumber => Class::Word,
            Gc::NonspacingMark | Gc::SpacingMark | Gc::EnclosingMark => Class::Mark,
            Gc::DashPunctuation => Class::Dash,
            Gc::SpaceSeparator => Class::Space,
            _ => Class::Other,
        },
    }
}

/// Default_Ignorable_Code_Point (UAX #44), tatweel, which only stretches a word, and ¬, by which
/// scanned pages mark the hyphen of a line's end.
const fn is_ignorable(char: char) -> bool {
    matches!(char,
        '\u{AC}' | '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{640}' | '\u{115F}'..='\u{1160}'
        | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}'
        | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

const fn is_jamo(char: char) -> bool {
    matches!(char,
        '\u{1100}'..='\u{11FF}' | '\u{3131}'..='\u{318E}' | '\u{A960}'..='\u{A97C}'
        | '\u{D7B0}'..='\u{D7FB}' | '\u{FFA1}'..='\u{FFDC}'
        | '\u{16D63}'..='\u{16D6A}')
}

const fn is_trailing(char: char) -> bool {
    matches!(char,
        '\u{1160}'..='\u{11FF}' | '\u{314F}'..='\u{3163}' | '\u{D7B0}'..='\u{D7FB}'
        | '\u{FFC2}'..='\u{FFDC}' | '\u{16D67}'..='\u{16D68}')
}

fn group(char: char, script: Script) -> Group {
    match script {
        Script::Han
        | Script::Hiragana
        | Script::Thai
        | Script::Lao
        | Script::Khmer
        | Script::Myanmar => Group::Dense,
        Script::Katakana => Group::Katakana,
        // The prolonged sound mark is common to both kana, but stands mostly in katakana.
        _ if matches!(char, 'ー' | 'ｰ' | '\u{FF9E}' | '\u{FF9F}') => Group::Katakana,
        _ if matches!(char, '々' | '〆') => Group::Dense,
        _ => Group::Spaced,
    }
}
