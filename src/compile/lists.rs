//! Lists: files and folders of CSV, read into a builder.

use std::path::Path;

use super::GazetteerBuilder;
use crate::error::Error;
use crate::layout::Source;
use crate::record::read::{self, ReadOptions};

/// File that states sources, licences and attributions, of a folder or beside a list.
pub(crate) const SOURCES: &str = "sources.json";

impl GazetteerBuilder {
    /// Reads a list, a folder of lists, or the standard input (`-`). A folder's `sources.json` (an
    /// array of objects with `name`, `licence`, `attribution`) and the `names.csv.sources.json`
    /// beside a list `names.csv` go into the file's provenance.
    ///
    /// Rows that break the contract are kept as problems, all of which [`build`](Self::build)
    /// reports.
    ///
    /// # Errors
    /// If a file cannot be opened.
    pub fn read(&mut self, path: &Path, options: ReadOptions) -> Result<(), Error> {
        let files = read::list_files(path).map_err(|error| Error::from(error).at(path))?;
        for file in files {
            let reader = read::open(&file).map_err(|error| Error::from(error).at(&file))?;
            // Names in a folder are relative to it, so that the bytes do not depend on the place.
            let shown =
                if path.is_dir() { file.strip_prefix(path).unwrap_or(&file) } else { &file };
            let name = file.display().to_string();
            let number = self.add_file(&shown.display().to_string());
            let problems =
                read::read_list(reader, &name, number, options, &mut |record| self.add(record));
            self.add_problems(problems);
        }
        for source in read_sources(path)? {
            self.add_source(source);
        }
        Ok(())
    }
}

/// What the `sources.json` of a folder states, and what stands beside each list as its name and
/// `.sources.json`; nothing where there are none.
pub(crate) fn read_sources(path: &Path) -> Result<Vec<Source>, Error> {
    let mut files = Vec::new();
    if path.is_dir() {
        files.push(path.join(SOURCES));
    }
    for list in read::list_files(path).map_err(|error| Error::from(error).at(path))? {
        let mut beside = list.into_os_string();
        beside.push(".");
        beside.push(SOURCES);
        files.push(beside.into());
    }
    let mut sources = Vec::new();
    for file in files.iter().filter(|file| file.is_file()) {
        let text = std::fs::read(file).map_err(|error| Error::from(error).at(file))?;
        let stated: Vec<Source> = serde_json::from_slice(&text)
            .map_err(|error| Error::from(std::io::Error::from(error)).at(file))?;
        sources.extend(stated);
    }
    Ok(sources)
}
