//! Step 5 of the walk: a compiled gazetteer, opened.
//!
//! In: bytes, embedded in the program, owned, or mapped. Out: [`Gazetteer`], which hands out
//! [`View`]s: checked, read-only access to names and entities. Opening reads the header only; each
//! section's checksum is tested once, when it is first used.

mod automaton;
mod current;
mod entity;
mod layers;
mod map;
mod view;

use std::path::Path;
use std::sync::{LazyLock, OnceLock};

use crate::error::{Error, ErrorKind};
use crate::layout::{FORMAT, Header, MAGIC, Meta, Section, SectionRow, Source, checksum, corrupt};
use crate::normalize::{KEY_SCHEME, UNICODE};
use zerocopy::{FromBytes, IntoBytes};

pub use current::{CurrentLayers, OwnedLayers};
pub use entity::{Entity, EntityKey, Name};
pub(crate) use layers::{Facts, distance_km};
pub use layers::{Layers, Source as LayerSource};
pub use map::MappedGazetteer;
pub(crate) use view::{Keys, Place, View};

/// The bytes that the build made from the lists in `gazetteer/`.
pub static EMBEDDED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/gazetteer.gaz"));

/// An immutable set of entities and names, over any bytes.
///
/// The same type serves embedded, owned and mapped bytes. It is `Send` and `Sync`, and cheap to
/// open: under a millisecond whatever its size. A gazetteer whose section fails its checksum gives
/// an error from the first call that needs the section; [`from_bytes`](Self::from_bytes) and
/// [`verify`](Self::verify) test everything at once.
///
/// ```
/// use exonym::Gazetteer;
/// let gazetteer = Gazetteer::embedded();
/// let syria = gazetteer.entity("syria").unwrap();
/// assert_eq!(syria.canonical_name("fr"), "Syrie");
/// ```
#[derive(Debug)]
pub struct Gazetteer<D = Vec<u8>> {
    data: D,
    parts: Parts,
}

/// Where the sections lie, and what has been verified.
#[derive(Debug)]
pub(crate) struct Parts {
    sections: [Part; Section::ALL.len()],
    /// `None` if damaged.
    meta: OnceLock<Option<Meta>>,
    /// Of the FST of keys; `None` if damaged.
    first_steps: OnceLock<Option<automaton::FirstSteps>>,
}

#[derive(Debug)]
struct Part {
    start: usize,
    end: usize,
    checksum: u64,
    sound: OnceLock<bool>,
}

impl Part {
    /// Tests the part's bytes against its checksum, once.
    fn is_sound(&self, bytes: &[u8]) -> bool {
        *self.sound.get_or_init(|| checksum(bytes) == self.checksum)
    }
}

/// What [`Gazetteer::info`] tells.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Info {
    /// Entities with at least one name that is no decoy.
    pub entities: u64,
    /// Names, that is rows of the lists.
    pub names: u64,
    /// Distinct keys.
    pub keys: u64,
    /// Keys that stand for several entities.
    pub ambiguous: u64,
    /// Size of the file.
    pub bytes: u64,
    /// Entities by kind.
    pub by_kind: std::collections::BTreeMap<String, u64>,
    /// Names by language; the empty one is "any".
    pub by_lang: std::collections::BTreeMap<String, u64>,
    /// Names by role.
    pub by_role: std::collections::BTreeMap<String, u64>,
    /// Bytes by section.
    pub sections: std::collections::BTreeMap<String, u64>,
    /// Lists that were compiled.
    pub files: Vec<String>,
    /// Sources with licences and attributions.
    pub sources: Vec<Source>,
    /// Version of the layout.
    pub format: u16,
    /// Number of the key scheme.
    pub key_scheme: u16,
    /// Unicode version of the keys.
    pub unicode: String,
}

impl Gazetteer<&'static [u8]> {
    /// The gazetteer built into the program from `gazetteer/`.
    ///
    /// # Panics
    /// Never in a build that passed its tests: the bytes are made by the build script.
    pub fn embedded() -> &'static Self {
        static EMBEDDED_GAZETTEER: LazyLock<Gazetteer<&'static [u8]>> =
            LazyLock::new(|| match Gazetteer::over(EMBEDDED) {
                Ok(gazetteer) => gazetteer,
                Err(error) => unreachable!("the build script wrote a sound gazetteer: {error}"),
            });
        &EMBEDDED_GAZETTEER
    }
}

impl Gazetteer<Vec<u8>> {
    /// Reads a compiled file into memory and verifies all of it.
    ///
    /// # Errors
    /// If the file cannot be read, is no gazetteer, is damaged, or is of another version.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|error| Error::from(error).at(path))?;
        Self::from_bytes(bytes).map_err(|error| error.at(path))
    }
}

impl<D: AsRef<[u8]>> Gazetteer<D> {
    /// A gazetteer over `data`, verified as a whole: cost grows with its size (gigabytes a second).
    ///
    /// # Errors
    /// If the bytes are no gazetteer, damaged, or of another version.
    pub fn from_bytes(data: D) -> Result<Self, Error> {
        let gazetteer = Self::over(data)?;
        gazetteer.verify()?;
        Ok(gazetteer)
    }

    /// A gazetteer over `data`, of which only header and section table are tested now.
    ///
    /// # Errors
    /// If the bytes are no gazetteer, cut short, or of another version.
    pub fn over(data: D) -> Result<Self, Error> {
        let parts = read_parts(data.as_ref())?;
        Ok(Self { data, parts })
    }

    /// Tests every checksum.
    ///
    /// # Errors
    /// Names the first section that is damaged.
    pub fn verify(&self) -> Result<(), Error> {
        for section in Section::ALL {
            self.section(section)?;
        }
        self.meta()?;
        self.view()?.check()
    }

    /// The bytes of `section`, tested.
    pub(crate) fn section(&self, section: Section) -> Result<&[u8], Error> {
        let part = self.parts.sections.get(section as usize).ok_or_else(|| corrupt(section))?;
        let bytes = self.data.as_ref().get(part.start..part.end).ok_or_else(|| corrupt(section))?;
        if part.is_sound(bytes) { Ok(bytes) } else { Err(corrupt(section)) }
    }

    pub(crate) fn meta(&self) -> Result<&Meta, Error> {
        let meta = self.parts.meta.get_or_init(|| {
            let bytes = self.section(Section::Meta).ok()?;
            serde_json::from_slice(bytes).ok()
        });
        meta.as_ref().ok_or_else(|| corrupt(Section::Meta))
    }

    /// Read access, with the sections that tagging and lookup need tested.
    pub(crate) fn view(&self) -> Result<View<'_>, Error> {
        View::new(self)
    }

    /// Counts, sizes, sources and versions.
    ///
    /// # Errors
    /// If the section that holds them is damaged.
    pub fn info(&self) -> Result<Info, Error> {
        let meta = self.meta()?.clone();
        let sizes = Section::ALL.iter().zip(&self.parts.sections);
        Ok(Info {
            entities: meta.entities,
            names: meta.names,
            keys: meta.keys,
            ambiguous: meta.ambiguous,
            bytes: self.data.as_ref().len() as u64,
            by_kind: meta.by_kind,
            by_lang: meta.by_lang,
            by_role: meta.by_role,
            sections: sizes
                .map(|(section, part)| (section.name().to_owned(), (part.end - part.start) as u64))
                .collect(),
            files: meta.files,
            sources: meta.sources,
            format: FORMAT,
            key_scheme: KEY_SCHEME,
            unicode: format!("{}.{}.{}", UNICODE.0, UNICODE.1, UNICODE.2),
        })
    }

    /// The entity with this id or external id (`mosul`, `geonames:99072`), if there is one and the
    /// file is sound.
    pub fn entity(&self, id: &str) -> Option<Entity<'_>> {
        let view = self.view().ok()?;
        Some(Entity::single(view, view.find_id(id)?))
    }

    /// All entities, in the order of their ids.
    pub fn entities(&self) -> impl Iterator<Item = Entity<'_>> {
        let view = self.view().ok();
        let count = view.map_or(0, |view| view.entities().len() as u32);
        (0..count).filter_map(move |index| Some(Entity::single(view?, index)))
    }
}

/// Reads and tests header and section table.
fn read_parts(bytes: &[u8]) -> Result<Parts, Error> {
    let version = |what, found: String, expected: String, newer| {
        Error::new(ErrorKind::Version { what, found, expected, newer })
    };
    let (header, rest) = match Header::read_from_prefix(bytes) {
        Ok(header) => header,
        Err(_) if !bytes.is_empty() && MAGIC.starts_with(bytes.get(..8).unwrap_or(bytes)) => {
            let (expected, found) = (size_of::<Header>() as u64, bytes.len() as u64);
            return Err(Error::new(ErrorKind::Truncated { expected, found }));
        }
        Err(_) => return Err(Error::new(ErrorKind::Foreign)),
    };
    if header.magic != MAGIC {
        return Err(Error::new(ErrorKind::Foreign));
    }
    let format = header.format.get();
    if format != FORMAT {
        let newer = format > FORMAT;
        return Err(version("the file's format", format.to_string(), FORMAT.to_string(), newer));
    }
    let scheme = header.key_scheme.get();
    if scheme != KEY_SCHEME {
        let newer = scheme > KEY_SCHEME;
        return Err(version(
            "the file's key scheme",
            scheme.to_string(),
            KEY_SCHEME.to_string(),
            newer,
        ));
    }
    let unicode = [UNICODE.0, UNICODE.1, UNICODE.2];
    if header.unicode != unicode {
        let show = |[major, minor, patch]: [u8; 3]| format!("{major}.{minor}.{patch}");
        let newer = header.unicode > unicode;
        return Err(version(
            "the file's Unicode version",
            show(header.unicode),
            show(unicode),
            newer,
        ));
    }
    let (expected, found) = (header.length.get(), bytes.len() as u64);
    if expected != found {
        return Err(Error::new(ErrorKind::Truncated { expected, found }));
    }
    let bad_header = || Error::new(ErrorKind::Corrupt("header"));
    let table_length = usize::from(header.sections) * size_of::<SectionRow>();
    let table = rest.get(..table_length).ok_or_else(bad_header)?;
    let mut blank = header;
    blank.checksum = 0.into();
    let mut tested = blank.as_bytes().to_vec();
    tested.extend_from_slice(table);
    if checksum(&tested) != header.checksum.get() {
        return Err(bad_header());
    }
    let table = <[SectionRow]>::ref_from_bytes(table).map_err(|_| bad_header())?;
    let table = <&[SectionRow; Section::ALL.len()]>::try_from(table).map_err(|_| bad_header())?;
    let mut inside = true;
    let sections = table.each_ref().map(|row| {
        let start = usize::try_from(row.offset.get()).unwrap_or(usize::MAX);
        let length = usize::try_from(row.length.get()).unwrap_or(usize::MAX);
        let end = start.saturating_add(length);
        inside &= end <= bytes.len();
        Part { start, end, checksum: row.checksum.get(), sound: OnceLock::new() }
    });
    if !inside {
        return Err(bad_header());
    }
    Ok(Parts { sections, meta: OnceLock::new(), first_steps: OnceLock::new() })
}
