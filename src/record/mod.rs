//! Step 1 of the walk: one row of a name list.
//!
//! In: the cells of a CSV row ([`read`]). Out: a [`Record`], checked cell by cell: one name of one
//! entity with its language, [`Role`] and [`Policy`], and, on the entity's first row, what the list
//! states of the entity itself.

mod date;
pub(crate) mod read;
mod row;

use std::fmt;

pub use date::Date;
pub use read::{Problem, ReadOptions};

/// What a name is to its entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Role {
    /// The display form in the name's language; the entity's first is its default display.
    Canonical = 0,
    /// Any other full name.
    Variant = 1,
    /// A name shortened in a way that may be ambiguous.
    Short = 2,
    /// Initials or a cut form.
    Abbreviation = 3,
    /// A former name.
    Historic = 4,
    /// Adjective or inhabitant: tagged only on request.
    Demonym = 5,
    /// Not an entity of ours: consumes its text.
    Decoy = 6,
    /// Found by lookup, never tagged.
    Search = 7,
    /// A layer takes back a name, or, with an empty name, the entity.
    Retract = 8,
}

impl Role {
    /// All roles, in the order of their codes.
    pub const ALL: [Self; 9] = [
        Self::Canonical,
        Self::Variant,
        Self::Short,
        Self::Abbreviation,
        Self::Historic,
        Self::Demonym,
        Self::Decoy,
        Self::Search,
        Self::Retract,
    ];

    /// The word of the CSV column.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Canonical => "canonical",
            Self::Variant => "variant",
            Self::Short => "short",
            Self::Abbreviation => "abbreviation",
            Self::Historic => "historic",
            Self::Demonym => "demonym",
            Self::Decoy => "decoy",
            Self::Search => "search",
            Self::Retract => "retract",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == word)
    }

    pub(crate) const fn from_code(code: u16) -> Self {
        let index = code as usize;
        if index < Self::ALL.len() { Self::ALL[index] } else { Self::Variant }
    }
}

/// Whether an entity is a place or a group of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntityType {
    /// Has a location.
    Place,
    /// People acting together.
    Group,
}

impl EntityType {
    /// The word used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Place => "place",
            Self::Group => "group",
        }
    }
}

macro_rules! kinds {
    ($($variant:ident $word:literal $type:ident $doc:literal,)*) => {
        /// The kind of an entity; each belongs to one [`EntityType`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum Kind { $(#[doc = $doc] $variant,)* }

        impl Kind {
            /// All kinds, in the order of their codes.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word of the CSV column.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// Place or group.
            pub const fn entity_type(self) -> EntityType {
                match self { $(Self::$variant => EntityType::$type,)* }
            }
        }
    };
}

kinds! {
    Country "country" Place "A state, past or present, or a territory with a code of its own.",
    Region "region" Place "A first-level unit, or a region larger than or across countries.",
    County "county" Place "A second-level unit.",
    City "city" Place "15,000 people or more, or a capital.",
    Locality "locality" Place "A smaller settlement.",
    Neighbourhood "neighbourhood" Place "A part of a settlement.",
    Island "island" Place "An island or archipelago.",
    Water "water" Place "A sea, river, lake, strait or canal.",
    Mountain "mountain" Place "A mountain, range, pass or volcano.",
    Desert "desert" Place "A desert.",
    Site "site" Place "An airport, camp, dam, crossing, prison, campus.",
    Continent "continent" Place "A continent.",
    Other "other" Place "Any other place; also what a list does not say.",
    ArmedGroup "armed_group" Group "An army, militia or terrorist group.",
    Party "party" Group "A political party.",
    Igo "igo" Group "An organization of states.",
    Alliance "alliance" Group "A coalition or front.",
    Organization "organization" Group "Any other organization.",
    People "people" Group "A people or religious community.",
}

impl Kind {
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == word)
    }

    pub(crate) fn from_code(code: u8) -> Self {
        Self::ALL.get(usize::from(code)).copied().unwrap_or(Self::Other)
    }
}

/// How a name must meet its text: a set of flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Hash, PartialOrd, Ord)]
pub struct Policy(u8);

impl Policy {
    /// The same characters, accents and case included.
    pub const EXACT: Self = Self(1);
    /// All capitals in the text.
    pub const UPPER: Self = Self(1 << 1);
    /// Capitalized and not all capitals, also in lower-case documents.
    pub const TITLE: Self = Self(1 << 2);
    /// No case test.
    pub const ANYCASE: Self = Self(1 << 3);
    /// Held back without evidence.
    pub const WEAK: Self = Self(1 << 4);
    /// Never held back.
    pub const STRONG: Self = Self(1 << 5);
    /// No case endings.
    pub const NOINFLECT: Self = Self(1 << 6);

    /// Every flag with its word.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::EXACT, "exact"),
        (Self::UPPER, "upper"),
        (Self::TITLE, "title"),
        (Self::ANYCASE, "anycase"),
        (Self::WEAK, "weak"),
        (Self::STRONG, "strong"),
        (Self::NOINFLECT, "noinflect"),
    ];

    /// True if every flag of `flags` is set.
    pub const fn has(self, flags: Self) -> bool {
        self.0 & flags.0 == flags.0
    }

    /// Both sets together.
    #[must_use]
    pub const fn with(self, flags: Self) -> Self {
        Self(self.0 | flags.0)
    }

    pub(crate) const fn without(self, flags: Self) -> Self {
        Self(self.0 & !flags.0)
    }

    pub(crate) const fn bits(self) -> u8 {
        self.0
    }

    pub(crate) const fn from_bits(bits: u8) -> Self {
        Self(bits & 0x7F)
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|&(_, name)| name == word).map(|(flag, _)| flag)
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> =
            Self::ALL.iter().filter(|(flag, _)| self.has(*flag)).map(|(_, name)| *name).collect();
        out.write_str(&words.join(" "))
    }
}

/// Where a record was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// Number of the file, in reading order.
    pub file: u16,
    /// Line in it, from 1; 0 if unknown.
    pub line: u32,
}

/// One name of one entity, and what its row states of the entity. Empty means: states nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// The entity.
    pub id: String,
    /// One surface form, as written.
    pub name: String,
    /// BCP 47 or ISO 639; empty for any.
    pub lang: String,
    /// The name's role; `None` is read as [`Role::Variant`].
    pub role: Option<Role>,
    /// The stated policy; `None` where the default holds.
    pub policy: Option<Policy>,
    /// First day of validity.
    pub since: Option<Date>,
    /// Last day of validity.
    pub until: Option<Date>,
    /// Entity column.
    pub kind: Option<Kind>,
    /// Entity column: ISO 3166-1 alpha-2.
    pub country: String,
    /// Entity column: id of the containing entity.
    pub parent: String,
    /// Entity column: WGS84 degrees, latitude and longitude.
    pub location: Option<(f64, f64)>,
    /// Entity column: prior, such as a population.
    pub weight: Option<f64>,
    /// Entity column: CURIEs.
    pub same_as: Vec<String>,
    /// Entity column: the id that took this one's place.
    pub replaced_by: String,
    /// Entity column: where the facts come from.
    pub source: String,
    /// For the people who keep the list; not compiled.
    pub note: String,
    /// Entity columns that the contract does not know, with their headers.
    pub attributes: Vec<(String, String)>,
    /// Where the row stands.
    pub origin: Origin,
}

impl Record {
    /// A record of a name with its entity's id, and nothing else stated.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self { id: id.into(), name: name.into(), ..Self::default() }
    }

    /// The role, `variant` where none is stated.
    pub fn role(&self) -> Role {
        self.role.unwrap_or(Role::Variant)
    }
}

/// Tests a name and its key against the limits of the format.
pub(crate) fn check_name(name: &str, key: &str) -> Result<(), String> {
    match name.len() {
        ..=400 if key.is_empty() => Err(format!(
            "`{name}` holds no letter and no digit, so that no text can meet it; correct it, or \
             leave the row out"
        )),
        ..=400 => Ok(()),
        long => Err(format!("{long} bytes long; a name has at most 400")),
    }
}

/// Tests an id against the limits of the format.
pub(crate) fn check_id(id: &str) -> Result<(), String> {
    if id.chars().any(char::is_whitespace) {
        return Err(format!("`{id}` holds a blank"));
    }
    if let Some(char) = id.chars().find(|char| char.is_control()) {
        return Err(control(char));
    }
    match id.len() {
        ..=250 => Ok(()),
        long => Err(format!("{long} bytes long; an id has at most 250")),
    }
}

/// What is wrong with a cell that holds a control character.
pub(crate) fn control(char: char) -> String {
    format!(
        "holds the control character U+{:04X}, mostly a sign of a wrong encoding; correct the text, \
         or take the character out",
        u32::from(char)
    )
}

/// Tests an external id.
pub(crate) fn check_curie(id: &str) -> Result<(), String> {
    if is_curie(id) { Ok(()) } else { Err(format!("`{id}` is no CURIE such as wikidata:Q858")) }
}

/// True if `id` is a CURIE: a prefix of letters, a colon, and something after it.
pub(crate) fn is_curie(id: &str) -> bool {
    id.split_once(':').is_some_and(|(prefix, rest)| {
        !rest.is_empty()
            && prefix.starts_with(|char: char| char.is_ascii_alphabetic())
            && prefix.chars().all(|char| char.is_ascii_alphanumeric() || "-_.".contains(char))
    })
}
