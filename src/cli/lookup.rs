//! `exonym lookup`: names in, entities out.

use std::io::{self, BufRead, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use exonym::output::{self, DisplayNames};
use exonym::{Found, Layers};

use super::gazetteers;

/// Find the entities that names stand for: one name, one answer.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  exonym lookup Daesh داعش \"l'État islamique\"\n  exonym lookup --lang ar عمان\n  exonym lookup --format jsonl < names.txt\n  exonym lookup --column city --format csv cities.csv > with-ids.csv\n  exonym lookup --exit-status Mossoul && echo known"
)]
pub(crate) struct Args {
    /// Names; or, with --column, CSV files. Nothing or `-` reads one name a line from stdin.
    #[arg(value_name = "NAMES|FILES")]
    names: Vec<String>,
    /// Column of the CSV files that holds the names.
    #[arg(long, value_name = "C")]
    column: Option<String>,
    /// Language of the names: those listed in it come first.
    #[arg(long, default_value = "", hide_default_value = true)]
    lang: String,
    #[command(flatten)]
    gazetteers: gazetteers::Choice,
    /// Form of the output; csv adds columns to the input's.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Language in which entities are displayed.
    #[arg(long = "names", value_name = "LANG", default_value = "", hide_default_value = true)]
    display: String,
    /// Exit with 1 if a name is unknown.
    #[arg(long)]
    exit_status: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A line per name, for people.
    Text,
    /// One JSON object per name.
    Jsonl,
    /// The input's columns and exonym_id, _name, _kind, _country, _score, _level, _why.
    Csv,
}

/// The columns that CSV output adds.
const ADDED: [&str; 7] = [
    "exonym_id",
    "exonym_name",
    "exonym_kind",
    "exonym_country",
    "exonym_score",
    "exonym_level",
    "exonym_why",
];

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let opened = args.gazetteers.open()?;
    let layers = opened.layers()?;
    let door = Door { args, layers: &layers, display: DisplayNames::parse(&args.display) };
    let mut out = BufWriter::new(io::stdout().lock());
    let unknown = match &args.column {
        Some(column) => door.columns(column, &mut out)?,
        None => door.names(&mut out)?,
    };
    out.flush()?;
    Ok(ExitCode::from(u8::from(args.exit_status && unknown > 0)))
}

struct Door<'a, 'g> {
    args: &'a Args,
    layers: &'a Layers<'g>,
    display: DisplayNames,
}

impl<'g> Door<'_, 'g> {
    /// Looks up names given as arguments or lines; the number of unknown ones.
    fn names(&self, out: &mut dyn Write) -> anyhow::Result<usize> {
        let format = self.args.format.unwrap_or(Format::Text);
        if format == Format::Csv {
            let mut csv = csv::Writer::from_writer(&mut *out);
            csv.write_record(std::iter::once("query").chain(ADDED))?;
            csv.flush()?;
        }
        let mut unknown = 0;
        let stdin = self.args.names.is_empty() || self.args.names == ["-"];
        if stdin {
            for (line, number) in io::stdin().lock().lines().zip(1..) {
                let line = line.with_context(|| format!("standard input, line {number}"))?;
                unknown += usize::from(!self.answer(line.trim_end_matches('\r'), format, out)?);
                out.flush()?;
            }
        } else {
            for name in &self.args.names {
                unknown += usize::from(!self.answer(name, format, out)?);
            }
        }
        Ok(unknown)
    }

    /// Answers one name; true if it is known.
    fn answer(&self, name: &str, format: Format, out: &mut dyn Write) -> anyhow::Result<bool> {
        let found = self.layers.lookup_in(name, &self.args.lang);
        match format {
            Format::Jsonl => {
                let object = output::json_found(name, &found, &self.display);
                serde_json::to_writer(&mut *out, &object)?;
                writeln!(out)?;
            }
            Format::Csv => {
                let mut csv = csv::Writer::from_writer(out);
                csv.write_record(std::iter::once(name.to_owned()).chain(self.cells(&found)))?;
                csv.flush()?;
            }
            Format::Text => self.text(name, &found, out)?,
        }
        Ok(found.first().is_some_and(|best| !best.decoy))
    }

    fn text(&self, name: &str, found: &[Found<'g>], out: &mut dyn Write) -> io::Result<()> {
        let Some(best) = found.first() else {
            return writeln!(out, "{name}: unknown");
        };
        let why = |found: &Found<'_>| {
            let reasons: Vec<String> = found.why().into_iter().map(|(_, text)| text).collect();
            reasons.join("; ")
        };
        if best.decoy {
            return writeln!(out, "{name}: none ({})", why(best));
        }
        for (index, found) in found.iter().filter(|found| !found.decoy).enumerate() {
            let entity = found.entity();
            let country = entity.country().map(|code| format!(", {code}")).unwrap_or_default();
            let lead = if index == 0 { format!("{name}: ") } else { "  or ".to_owned() };
            writeln!(
                out,
                "{lead}{} = {} ({}{country}), {:.2}: {}",
                entity.id(),
                self.display.of(entity, ""),
                entity.kind().name(),
                found.score,
                why(found)
            )?;
        }
        Ok(())
    }

    /// The added cells of a CSV row.
    fn cells(&self, found: &[Found<'g>]) -> [String; 7] {
        let only_why = |why: String| {
            let mut cells: [String; 7] = Default::default();
            cells[6] = why;
            cells
        };
        let Some(best) = found.first() else { return only_why("unknown".into()) };
        let why: Vec<String> = best.why().into_iter().map(|(_, text)| text).collect();
        let why = why.join("; ");
        if best.decoy {
            return only_why(why);
        }
        let entity = best.entity();
        [
            entity.id(),
            self.display.of(entity, ""),
            entity.kind().name().to_owned(),
            entity.country().unwrap_or_default(),
            format!("{:.4}", best.score),
            best.level.name().to_owned(),
            why,
        ]
    }

    /// Looks up a column of CSV files; the number of unknown names.
    fn columns(&self, column: &str, out: &mut dyn Write) -> anyhow::Result<usize> {
        let files =
            if self.args.names.is_empty() { vec!["-".to_owned()] } else { self.args.names.clone() };
        let (mut unknown, mut header) = (0, None);
        for file in &files {
            unknown += self.file(file, column, &mut header, out).with_context(|| file.clone())?;
        }
        Ok(unknown)
    }

    fn file(
        &self,
        file: &str,
        column: &str,
        first_header: &mut Option<csv::StringRecord>,
        out: &mut dyn Write,
    ) -> anyhow::Result<usize> {
        let mut reader = exonym::open_input(&PathBuf::from(file))?;
        let start = reader.fill_buf()?;
        let tab = start.iter().take_while(|byte| **byte != b'\n').any(|byte| *byte == b'\t');
        let delimiter = if tab { b'\t' } else { b',' };
        let mut csv =
            csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(reader);
        let headers = csv.headers()?.clone();
        let Some(at) =
            headers.iter().position(|header| header.trim_start_matches('\u{FEFF}') == column)
        else {
            let known: Vec<_> = headers.iter().collect();
            bail!("no column `{column}`; there are {}", known.join(", "));
        };
        let format = self.args.format.unwrap_or(Format::Csv);
        let write = |out: &mut dyn Write, cells: &mut dyn Iterator<Item = String>| {
            let mut row =
                csv::WriterBuilder::new().delimiter(delimiter).flexible(true).from_writer(out);
            row.write_record(cells)?;
            row.flush()?;
            Ok::<(), anyhow::Error>(())
        };
        if format == Format::Csv {
            match first_header {
                None => write(out, &mut headers.iter().chain(ADDED).map(str::to_owned))?,
                Some(first) if *first != headers => {
                    bail!("its columns are not those of the first file; look them up apart")
                }
                Some(_) => {}
            }
            *first_header = Some(headers.clone());
        }
        let mut unknown = 0;
        let mut row = csv::StringRecord::new();
        while csv.read_record(&mut row)? {
            let name = row.get(at).unwrap_or_default();
            if format == Format::Csv {
                let found = self.layers.lookup_in(name, &self.args.lang);
                unknown += usize::from(found.first().is_none_or(|best| best.decoy));
                if row.iter().skip(headers.len()).any(|cell| !cell.is_empty()) {
                    let line = row.position().map_or(0, csv::Position::line);
                    bail!("line {line} has more cells than the header; quote what holds commas");
                }
                let mut cells: Vec<String> = row.iter().map(str::to_owned).collect();
                cells.resize(headers.len(), String::new());
                cells.extend(self.cells(&found));
                write(out, &mut cells.into_iter())?;
            } else {
                unknown += usize::from(!self.answer(name, format, out)?);
            }
        }
        Ok(unknown)
    }
}
