//! Lists: files and folders of CSV, read into a builder.
//!
//! With several threads one reads and unpacks, others parse rows and make keys, and the caller's
//! takes what they made in the order of the list.

use std::fs::File;
use std::io::{self, BufRead, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::sync_channel;
use std::thread;

use super::names::{Prepared, prepare};
use super::{GazetteerBuilder, Progress};
use crate::error::Error;
use crate::layout::Source;
use crate::record::read::{self, Batch, Columns, ListReader, ReadOptions};
use crate::record::{Problem, Record};

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
    /// If a file cannot be opened, or names cannot be kept in temporary files.
    pub fn read(&mut self, path: &Path, options: ReadOptions) -> Result<(), Error> {
        let files = read::list_files(path).map_err(|error| Error::from(error).at(path))?;
        for file in files {
            let reader = self.open(&file).map_err(|error| Error::from(error).at(&file))?;
            // Names in a folder are relative to it, so that the bytes do not depend on the place.
            let shown =
                if path.is_dir() { file.strip_prefix(path).unwrap_or(&file) } else { &file };
            let name = file.display().to_string();
            let number = self.add_file(&shown.display().to_string());
            match ListReader::new(reader, &name, number, options) {
                Ok(list) => self.read_rows(list).map_err(|error| error.at(&file))?,
                Err(problems) => self.add_problems(problems),
            }
        }
        for source in read_sources(path)? {
            self.add_source(source);
        }
        Ok(())
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn BufRead + Send>> {
        let progress = self.progress();
        if path == Path::new("-") {
            return read::unpack(Counted { reader: io::stdin(), progress });
        }
        read::unpack(Counted { reader: File::open(path)?, progress })
    }

    fn read_rows(&mut self, mut list: ListReader<Box<dyn BufRead + Send>>) -> Result<(), Error> {
        let mut batch = Batch::default();
        loop {
            let more = list.fill(&mut batch);
            if let Ok(true) = more
                && self.options.threads > 1
            {
                return self.read_with_threads(list, batch);
            }
            self.take(Parsed::new(&list.columns, &batch))?;
            match more {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(problem) => {
                    self.add_problems([problem]);
                    return Ok(());
                }
            }
        }
    }

    /// Reads a list of which `first` was read, and there is more. Batches go to the threads in
    /// turn, and come back in turn.
    fn read_with_threads(
        &mut self,
        mut list: ListReader<Box<dyn BufRead + Send>>,
        first: Batch,
    ) -> Result<(), Error> {
        let columns = Arc::clone(&list.columns);
        thread::scope(|scope| {
            let (mut to_parse, mut parsed) = (Vec::new(), Vec::new());
            for _ in 0..self.options.threads {
                let (to_thread, from_reader) = sync_channel::<Batch>(2);
                let (to_builder, from_thread) = sync_channel(2);
                let columns = &columns;
                thread::Builder::new().spawn_scoped(scope, move || {
                    for batch in from_reader {
                        if to_builder.send(Parsed::new(columns, &batch)).is_err() {
                            break;
                        }
                    }
                })?;
                to_parse.push(to_thread);
                parsed.push(from_thread);
            }
            let reader = thread::Builder::new().spawn_scoped(scope, move || {
                let mut batch = first;
                let mut more = Ok(true);
                for thread in to_parse.iter().cycle() {
                    if thread.send(std::mem::take(&mut batch)).is_err() {
                        break;
                    }
                    match more {
                        Ok(true) => more = list.fill(&mut batch),
                        Ok(false) => break,
                        Err(problem) => return Some(problem),
                    }
                }
                None
            })?;
            for thread in parsed.iter().cycle() {
                let Ok(parsed) = thread.recv() else { break };
                self.take(parsed)?;
            }
            // Threads that still want to send learn that nobody listens.
            drop(parsed);
            if let Ok(Some(problem)) = reader.join() {
                self.add_problems([problem]);
            }
            Ok(())
        })
    }

    fn take(&mut self, parsed: Parsed) -> Result<(), Error> {
        self.progress.rows.fetch_add(parsed.rows, Ordering::Relaxed);
        for item in parsed.items {
            match item {
                Item::Record(record, prepared) => self.add_prepared(&record, prepared),
                Item::Bad(problem) => self.add_problems([problem]),
            }
        }
        self.failed.take().map_or(Ok(()), Err)
    }
}

/// What came of a batch of rows, in their order.
struct Parsed {
    rows: u64,
    items: Vec<Item>,
}

enum Item {
    /// A record, and what was made of its name.
    Record(Box<Record>, Result<Option<Prepared>, String>),
    Bad(Problem),
}

impl Parsed {
    fn new(columns: &Columns, batch: &Batch) -> Self {
        let mut parsed = Self { rows: 0, items: Vec::new() };
        let mut problems = Vec::new();
        for row in batch.rows() {
            parsed.rows += 1;
            columns.parse(row, &mut problems, &mut |record| {
                let empty = record.name.is_empty();
                let prepared = if empty { Ok(None) } else { prepare(&record).map(Some) };
                parsed.items.push(Item::Record(Box::new(record), prepared));
            });
            parsed.items.extend(problems.drain(..).map(Item::Bad));
        }
        parsed
    }
}

/// Counts what is read.
struct Counted<R> {
    reader: R,
    progress: Arc<Progress>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(out)?;
        self.progress.bytes.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
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
