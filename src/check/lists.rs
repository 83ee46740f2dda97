//! Reading for the linter: every name with its row, every entity with what its rows state.
//!
//! In: files and folders. Out: [`Lists`], leaner than records, and the problems that a compilation
//! of the same files would report.

use std::collections::HashMap;
use std::io::BufRead;
use std::path::Path;

use crate::compile::GazetteerBuilder;
use crate::compile::lists::read_sources;
use crate::error::Error;
use crate::gazetteer::Gazetteer;
use crate::record::read::{self, ReadOptions};
use crate::record::{Date, Kind, Origin, Policy, Problem, Record, Role};

/// Everything that the lists say, in reading order.
#[derive(Default)]
pub(super) struct Lists {
    pub(super) files: Vec<ListFile>,
    pub(super) entities: Vec<ListedEntity>,
    pub(super) names: Vec<ListedName>,
    pub(super) problems: Vec<Problem>,
    numbers: HashMap<String, u32>,
    /// Takes the entity columns, and finds where they contradict each other.
    facts: GazetteerBuilder,
}

/// A file, and which columns it uses.
pub(super) struct ListFile {
    pub(super) name: String,
    pub(super) has_kinds: bool,
    pub(super) has_canonicals: bool,
}

/// What the rows of an entity state of it.
#[derive(Default)]
pub(super) struct ListedEntity {
    pub(super) id: String,
    /// Its first row.
    pub(super) origin: Origin,
    pub(super) kind: Option<Kind>,
    pub(super) has_country: bool,
    pub(super) has_location: bool,
    pub(super) has_weight: bool,
    pub(super) has_canonical: bool,
    /// A canonical name has no end.
    pub(super) has_lasting_canonical: bool,
    /// A canonical name has an end.
    pub(super) has_ending_canonical: bool,
    /// Names that are the entity's own: no decoys, nothing taken back.
    pub(super) names: u32,
    pub(super) parent: Option<(String, Origin)>,
    pub(super) replaced_by: Option<(String, Origin)>,
}

/// One name as listed.
pub(super) struct ListedName {
    /// Index in [`Lists::entities`].
    pub(super) entity: u32,
    pub(super) text: String,
    pub(super) lang: String,
    pub(super) role: Role,
    pub(super) policy: Option<Policy>,
    pub(super) since: Option<Date>,
    pub(super) until: Option<Date>,
    /// The row has a note: it is meant as it is.
    pub(super) noted: bool,
    pub(super) origin: Origin,
}

impl Lists {
    /// Reads a list or a folder of lists.
    pub(super) fn read(&mut self, path: &Path, strict: bool) -> Result<(), Error> {
        let options = ReadOptions { strict };
        for file in read::list_files(path).map_err(|error| Error::from(error).at(path))? {
            let reader = read::open(&file).map_err(|error| Error::from(error).at(&file))?;
            self.add_list(reader, &file.display().to_string(), options);
        }
        read_sources(path).map(|_| ())
    }

    /// Reads one list, named `file` in findings.
    pub(super) fn add_list(&mut self, reader: impl BufRead, file: &str, options: ReadOptions) {
        let number = self.facts.add_file(file);
        let name = file.to_owned();
        self.files.push(ListFile { name, has_kinds: false, has_canonicals: false });
        let problems =
            read::read_list(reader, file, number, options, &mut |record| self.add(record));
        self.problems.extend(problems);
    }

    fn add(&mut self, record: Record) {
        let (role, origin) = (record.role(), record.origin);
        let new = self.entities.len() as u32;
        let number = *self.numbers.entry(record.id.clone()).or_insert(new);
        if number == new {
            let id = record.id.clone();
            self.entities.push(ListedEntity { id, origin, ..ListedEntity::default() });
        }
        let Some(entity) = self.entities.get_mut(number as usize) else { return };
        entity.kind = entity.kind.or(record.kind);
        entity.has_country |= !record.country.is_empty();
        entity.has_location |= record.location.is_some();
        entity.has_weight |= record.weight.is_some();
        if role == Role::Canonical && !record.name.is_empty() {
            entity.has_canonical = true;
            entity.has_lasting_canonical |= record.until.is_none();
            entity.has_ending_canonical |= record.until.is_some();
        }
        for (known, stated) in
            [(&mut entity.parent, &record.parent), (&mut entity.replaced_by, &record.replaced_by)]
        {
            if known.is_none() && !stated.is_empty() {
                *known = Some((stated.clone(), origin));
            }
        }
        let own = !record.name.is_empty() && !matches!(role, Role::Decoy | Role::Retract);
        entity.names += u32::from(own);
        if let Some(file) = self.files.get_mut(usize::from(origin.file)) {
            file.has_kinds |= record.kind.is_some();
            file.has_canonicals |= role == Role::Canonical;
        }
        if !record.name.is_empty() && role != Role::Retract {
            self.names.push(ListedName {
                entity: number,
                text: record.name.clone(),
                lang: record.lang.clone(),
                role,
                policy: record.policy,
                since: record.since,
                until: record.until,
                noted: !record.note.is_empty(),
                origin,
            });
        }
        // Without its name and role the record is only what it states of the entity.
        self.facts.add(Record { name: String::new(), role: None, ..record });
    }

    /// Gathers the problems that only show once everything is read.
    pub(super) fn finish(&mut self) -> Result<(), Error> {
        match std::mem::take(&mut self.facts).build() {
            Err(error) if error.problems().is_empty() => Err(error),
            Err(error) => {
                self.problems.extend_from_slice(error.problems());
                Ok(())
            }
            Ok(_) => Ok(()),
        }
    }

    /// Takes from an earlier layer what the lists leave out.
    pub(super) fn fill_blanks(&mut self, base: &Gazetteer<&'static [u8]>) {
        for entity in &mut self.entities {
            let full = entity.kind.is_some()
                && entity.has_canonical
                && entity.has_country
                && entity.has_location
                && entity.has_weight;
            let Some(known) = (!full).then(|| base.entity(&entity.id)).flatten() else { continue };
            entity.kind = entity.kind.or(known.stated_kind());
            entity.has_country |= known.country().is_some();
            entity.has_location |= known.location().is_some();
            entity.has_weight |= known.weight().is_some();
            entity.has_canonical |= known.names().any(|name| name.role() == Role::Canonical);
        }
    }

    pub(super) fn file_name(&self, number: u16) -> &str {
        self.files.get(usize::from(number)).map_or("", |file| &file.name)
    }

    pub(super) fn entity(&self, number: u32) -> Option<&ListedEntity> {
        self.entities.get(number as usize)
    }

    /// The id of an entity.
    pub(super) fn id(&self, number: u32) -> &str {
        self.entity(number).map_or("", |entity| &entity.id)
    }

    pub(super) fn knows(&self, id: &str) -> bool {
        self.numbers.contains_key(id)
    }
}
