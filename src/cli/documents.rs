//! Input: files, folders and the standard input as a stream of documents.
//!
//! A document is a text with an id, and with what its object or row says of language and date. Its
//! file's ending tells its form, unless `--input` does.

use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use exonym::{Date, Document};
use serde_json::{Map, Value};

use super::html_text::HtmlText;
use super::pipeline::Threads;

/// The form of an input file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Form {
    /// The whole file is one document.
    Text,
    /// One document a line; its id is the line's number.
    Lines,
    /// One JSON object a line.
    Jsonl,
    /// One document a row, with a header; tabs or commas.
    Csv,
    /// One web page; positions count in the file as it is.
    Html,
}

/// What to do with input that cannot be read as it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum OnError {
    /// Stop at once.
    Stop,
    /// Report it (as an object, with --format jsonl) and go on; exit code 2 at the end.
    Skip,
}

/// How to go about many documents.
#[derive(clap::Args, Clone, Copy, Debug)]
#[group(skip)]
pub(crate) struct Work {
    /// What to do with a document that cannot be read.
    #[arg(long, value_enum, default_value = "stop")]
    pub(crate) on_error: OnError,
    #[command(flatten)]
    pub(crate) threads: Threads,
}

/// Tells how many documents were skipped; the exit code.
pub(crate) fn end(skipped: usize) -> ExitCode {
    match skipped {
        0 => return ExitCode::SUCCESS,
        1 => eprintln!("exonym: 1 document could not be read"),
        _ => eprintln!("exonym: {skipped} documents could not be read"),
    }
    ExitCode::from(2)
}

/// How to read documents.
#[derive(clap::Args, Clone, Debug)]
#[group(skip)]
pub(crate) struct Args {
    /// Files or folders; `-` or nothing is the standard input.
    #[arg(value_name = "FILES")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: Reading,
}

/// What to make of the files.
#[derive(clap::Args, Clone, Debug)]
#[group(skip)]
pub(crate) struct Reading {
    /// Form of the input; by default told by the file's ending.
    #[arg(long, value_enum)]
    input: Option<Form>,
    /// Field of a JSON object that holds the text.
    #[arg(long, default_value = "text")]
    pub(crate) text_field: String,
    /// Field or column that holds the id.
    #[arg(long, default_value = "id")]
    id_field: String,
    /// Field or column that holds the language.
    #[arg(long, default_value = "lang")]
    lang_field: String,
    /// Field or column that holds the date.
    #[arg(long, default_value = "date")]
    date_field: String,
    /// Column of a CSV file that holds the text.
    #[arg(long, default_value = "text")]
    text_column: String,
    /// Language of all documents that do not state one.
    #[arg(long, default_value = "", hide_default_value = true)]
    lang: String,
    /// Date of all documents that do not state one: YYYY, YYYY-MM or YYYY-MM-DD.
    #[arg(long, value_parser = date)]
    date: Option<Date>,
    /// Read invalid UTF-8 as replacement characters, which positions then count.
    #[arg(long)]
    lossy: bool,
}

fn date(word: &str) -> Result<Date, String> {
    Date::parse(word).ok_or_else(|| "write YYYY, YYYY-MM or YYYY-MM-DD".into())
}

/// One document of the input.
#[derive(Debug, Default)]
pub(crate) struct InputDocument {
    /// The id as it came.
    pub(crate) id: Value,
    pub(crate) text: String,
    pub(crate) lang: String,
    pub(crate) date: Option<Date>,
    /// Ids and countries that it is expected to name.
    pub(crate) expect: Vec<String>,
    /// Ids and countries that it does not name.
    pub(crate) exclude: Vec<String>,
    /// The input object, for `--keep`.
    pub(crate) object: Map<String, Value>,
    /// The page that the text was taken from.
    pub(crate) html: Option<HtmlText>,
}

impl InputDocument {
    /// Its text with what is known of it.
    pub(crate) fn document(&self) -> Document<'_> {
        let document = Document::new(&self.text).lang(&self.lang).date(self.date);
        document.hints(&self.expect, &self.exclude)
    }
}

/// A document, or why there is none where one should be.
pub(crate) type Item = Result<InputDocument, Failure>;

/// What one step of reading gives: a document, or a line that is one, which is parsed by whoever works
/// on it, so that one reader keeps many workers busy.
#[derive(Debug)]
pub(crate) enum Input {
    Read(Box<Item>),
    Line { form: LineForm, bytes: Vec<u8>, number: u64, shown: Arc<str> },
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineForm {
    Text,
    Json,
}

impl Input {
    /// Bytes of its text, or about that.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Read(item) => item.as_ref().as_ref().map_or(0, |document| document.text.len()),
            Self::Line { bytes, .. } => bytes.len(),
        }
    }
}

/// Input that could not be read as a document.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) id: Value,
    pub(crate) error: anyhow::Error,
}

impl Failure {
    /// The same with the place in a file.
    fn at(self, shown: &str, line: u64) -> Self {
        Self { error: self.error.context(format!("{shown}:{line}")), ..self }
    }
}

impl Args {
    /// True if no file was named and the standard input is meant.
    pub(crate) fn is_stdin(&self) -> bool {
        self.files.is_empty() || self.files == [PathBuf::from("-")]
    }

    /// Gives every document to `keep`, in order; `keep` returns false to stop. A file that cannot
    /// be read, or not to its end, is one failure. [`item`](Self::item) makes documents of them.
    pub(crate) fn each(&self, keep: &mut dyn FnMut(Input) -> bool) -> anyhow::Result<()> {
        for path in self.all_files()? {
            let go_on = self.read_file(&path, keep).unwrap_or_else(|error| {
                let id = path.display().to_string().into();
                keep(Input::Read(Box::new(Err(Failure { id, error }))))
            });
            if !go_on {
                break;
            }
        }
        Ok(())
    }

    /// The document that was read.
    pub(crate) fn item(&self, input: Input) -> Item {
        let (form, bytes, number, shown) = match input {
            Input::Read(item) => return *item,
            Input::Line { form, bytes, number, shown } => (form, bytes, number, shown),
        };
        let line = self.decode(bytes).map_err(|error| Failure { id: number.into(), error });
        let item = line.and_then(|line| match form {
            LineForm::Text => Ok(InputDocument { id: number.into(), ..self.plain(&shown, line) }),
            LineForm::Json if number == 1 => {
                self.object(number, line.trim_start_matches('\u{FEFF}'))
            }
            LineForm::Json => self.object(number, &line),
        });
        item.map_err(|failure| failure.at(&shown, number))
    }

    /// The files, with those of folders (all of them, sorted, subfolders included).
    fn all_files(&self) -> anyhow::Result<Vec<PathBuf>> {
        if self.is_stdin() {
            return Ok(vec![PathBuf::from("-")]);
        }
        let mut files = Vec::new();
        for path in &self.files {
            collect(path, &mut files).with_context(|| path.display().to_string())?;
        }
        Ok(files)
    }

    fn read_file(&self, path: &Path, keep: &mut dyn FnMut(Input) -> bool) -> anyhow::Result<bool> {
        let shown = path.display().to_string();
        let mut reader = exonym::open_input(path).with_context(|| shown.clone())?;
        match self.reading.input.unwrap_or_else(|| form_of(path)) {
            Form::Text => {
                let text = self.whole(&mut reader).with_context(|| shown.clone())?;
                Ok(keep(Input::Read(Box::new(Ok(self.plain(&shown, text))))))
            }
            Form::Html => {
                let page = self.whole(&mut reader).with_context(|| shown.clone())?;
                let mut html = HtmlText::new(page);
                let document = self.plain(&shown, html.take_text());
                let document = InputDocument { html: Some(html), ..document };
                Ok(keep(Input::Read(Box::new(Ok(document)))))
            }
            Form::Lines => self.each_line(reader, &shown, LineForm::Text, keep),
            Form::Jsonl => self.each_line(reader, &shown, LineForm::Json, keep),
            Form::Csv => self.rows(reader, &shown, keep),
        }
    }

    /// A document with nothing but a text.
    fn plain(&self, id: &str, text: String) -> InputDocument {
        InputDocument {
            id: id.into(),
            text,
            lang: self.reading.lang.clone(),
            date: self.reading.date,
            ..InputDocument::default()
        }
    }

    fn whole(&self, reader: &mut dyn BufRead) -> anyhow::Result<String> {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes)?;
        self.decode(bytes)
    }

    /// UTF-8, or replacement characters if asked for. A byte order mark stays: positions count it.
    fn decode(&self, bytes: Vec<u8>) -> anyhow::Result<String> {
        String::from_utf8(bytes).or_else(|error| {
            if self.reading.lossy {
                return Ok(String::from_utf8_lossy(error.as_bytes()).into_owned());
            }
            let at = error.utf8_error().valid_up_to();
            bail!("not UTF-8 at byte {at}; convert it, or read it with --lossy")
        })
    }

    fn each_line(
        &self,
        mut reader: Box<dyn BufRead + Send>,
        shown: &str,
        form: LineForm,
        keep: &mut dyn FnMut(Input) -> bool,
    ) -> anyhow::Result<bool> {
        let shown: Arc<str> = shown.into();
        for number in 1_u64.. {
            let mut bytes = Vec::new();
            let read = reader.read_until(b'\n', &mut bytes);
            if read.with_context(|| format!("{shown}:{number}"))? == 0 {
                break;
            }
            while bytes.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
                bytes.pop();
            }
            let blank = bytes.iter().all(u8::is_ascii_whitespace);
            if blank && form == LineForm::Json {
                continue;
            }
            if !keep(Input::Line { form, bytes, number, shown: shown.clone() }) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn object(&self, number: u64, line: &str) -> Item {
        let fail = |id: Option<&Value>, error| {
            let id = id.filter(|id| !id.is_null()).cloned();
            Failure { id: id.unwrap_or(number.into()), error }
        };
        let object: Map<String, Value> = serde_json::from_str(line)
            .context("not a JSON object")
            .map_err(|error| fail(None, error))?;
        let id = object.get(&self.reading.id_field);
        let Some(text) = object.get(&self.reading.text_field).and_then(Value::as_str) else {
            let field = &self.reading.text_field;
            let error = anyhow!("no text in the field `{field}`; name the field with --text-field");
            return Err(fail(id, error));
        };
        let [expect, exclude] = ["expect", "exclude"].map(|field| hints(&object, field));
        let (expect, exclude) = match (expect, exclude) {
            (Ok(expect), Ok(exclude)) => (expect, exclude),
            (Err(error), _) | (_, Err(error)) => return Err(fail(id, error)),
        };
        let word = |field: &str| object.get(field).and_then(Value::as_str).unwrap_or_default();
        let stated = Some(word(&self.reading.lang_field)).filter(|lang| !lang.is_empty());
        Ok(InputDocument {
            id: id.cloned().unwrap_or(Value::Null),
            text: text.to_owned(),
            lang: stated.unwrap_or(&self.reading.lang).to_owned(),
            date: Date::parse(word(&self.reading.date_field)).or(self.reading.date),
            expect,
            exclude,
            object,
            html: None,
        })
    }

    fn rows(
        &self,
        mut reader: Box<dyn BufRead + Send>,
        shown: &str,
        keep: &mut dyn FnMut(Input) -> bool,
    ) -> anyhow::Result<bool> {
        let header = reader.fill_buf().with_context(|| shown.to_owned())?;
        let tab = header.iter().take_while(|byte| **byte != b'\n').any(|byte| *byte == b'\t');
        let mut csv = csv::ReaderBuilder::new()
            .delimiter(if tab { b'\t' } else { b',' })
            .flexible(true)
            .from_reader(reader);
        let headers: Vec<String> = csv
            .byte_headers()
            .with_context(|| shown.to_owned())?
            .iter()
            .map(|cell| String::from_utf8_lossy(cell).trim_start_matches('\u{FEFF}').to_owned())
            .collect();
        if !headers.contains(&self.reading.text_column) {
            bail!(
                "{shown}: no column `{}`; there are {}; name it with --text-column",
                self.reading.text_column,
                headers.join(", ")
            );
        }
        let mut row = csv::ByteRecord::new();
        while csv.read_byte_record(&mut row).with_context(|| shown.to_owned())? {
            let line = row.position().map_or(0, csv::Position::line);
            let item = self.row(&headers, &row).map_err(|failure| failure.at(shown, line));
            if !keep(Input::Read(Box::new(item))) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn row(&self, headers: &[String], row: &csv::ByteRecord) -> Item {
        let mut object = Map::new();
        let mut error = None;
        for (header, cell) in headers.iter().zip(row) {
            match self.decode(cell.to_vec()).with_context(|| format!("column `{header}`")) {
                Ok(cell) => drop(object.insert(header.clone(), cell.into())),
                Err(bad) => error = error.or(Some(bad)),
            }
        }
        let cell = |column: &str| object.get(column).and_then(Value::as_str);
        if error.is_none() && cell(&self.reading.text_column).is_none() {
            error = Some(anyhow!("the row ends before the column `{}`", self.reading.text_column));
        }
        let id = object.get(&self.reading.id_field).cloned();
        let id = id.unwrap_or_else(|| row.position().map_or(0, csv::Position::record).into());
        if let Some(error) = error {
            return Err(Failure { id, error });
        }
        let stated = cell(&self.reading.lang_field).filter(|lang| !lang.is_empty());
        Ok(InputDocument {
            id,
            text: cell(&self.reading.text_column).unwrap_or_default().to_owned(),
            lang: stated.unwrap_or(&self.reading.lang).to_owned(),
            date: cell(&self.reading.date_field).and_then(Date::parse).or(self.reading.date),
            object,
            ..InputDocument::default()
        })
    }
}

/// Ids or codes of countries in a field: one, or an array of them; none if there is no such field.
fn hints(object: &Map<String, Value>, field: &str) -> anyhow::Result<Vec<String>> {
    let words = match object.get(field) {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(Value::String(word)) => Some(vec![word.clone()]),
        Some(Value::Array(words)) => {
            words.iter().map(|word| word.as_str().map(str::to_owned)).collect()
        }
        Some(_) => None,
    };
    words.with_context(|| {
        format!(
            "the field `{field}` is neither text nor an array of texts; write ids or codes of \
             countries, such as [\"mosul\", \"IQ\"]"
        )
    })
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let mut inside: Vec<PathBuf> = std::fs::read_dir(path)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    inside.sort();
    for path in inside {
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if !hidden {
            collect(&path, files)?;
        }
    }
    Ok(())
}

/// The form that a file's ending tells.
fn form_of(path: &Path) -> Form {
    let name =
        path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    match name.strip_suffix(".gz").unwrap_or(&name).rsplit('.').next() {
        Some("jsonl" | "ndjson") => Form::Jsonl,
        Some("csv" | "tsv") => Form::Csv,
        Some("html" | "htm" | "xhtml") => Form::Html,
        _ => Form::Text,
    }
}
