//! One self-contained HTML page for people: the texts with their mentions, and what they name.
//!
//! In: documents one by one, each with its [`Tagged`]. Out: HTML without any outside resource, that
//! reads, prints and links without script. Each document is written when it comes; only counts are
//! kept for the table and the map at the end.

mod entities;
mod escape;
mod frame;
mod map;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::io::{self, Write};

use crate::gazetteer::EntityKey;
use crate::record::EntityType;
use crate::resolve::{Evidence, Rejected, Resolved, Tagged};
use crate::span::Span;
use crate::tag::{Document, Tagger};

use entities::{Entities, Seen};
use escape::{Counted, Label, Prose};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The page's policy: nothing is fetched, and no script runs but `page.js`, known by its SHA-256.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; \
    script-src 'sha256-TAhODDQPPULiKN2efyqVKBkc8UJneIxjbNIdDOOtMp0='; base-uri 'none'; form-action 'none'";

/// An HTML page in the making.
///
/// Costs time and output linear in the texts; memory for one document's HTML and for each entity
/// and surface form met, not for the documents before. Many small writes are gathered: `out` needs
/// no buffer of its own.
///
/// ```
/// use exonym::{Gazetteer, Page, Tagger};
/// let tagger = Tagger::new(Gazetteer::embedded())?;
/// let mut html = Vec::new();
/// let mut page = Page::begin(&mut html, &tagger, "News of today", "fr")?;
/// let text = "Des combats ont éclaté à Mossoul.";
/// page.document("a1", text, &tagger.tag(text))?;
/// page.end()?;
/// assert!(String::from_utf8_lossy(&html).contains(">Mossoul</a></mark>"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Page<'p, 'g> {
    out: &'p mut dyn Write,
    tagger: &'p Tagger<'g>,
    entities: Entities<'p, 'g>,
    /// What is not yet handed to `out`.
    buffer: Vec<u8>,
    documents: u64,
    mentions: u64,
    rejected: u64,
    /// Rows of all lists of rejected mentions so far.
    rejected_rows: usize,
}

/// A mention, or the rest of one that a longer one cut.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Piece {
    start: usize,
    /// Of several that begin together, the longest comes first.
    end: Reverse<usize>,
    /// Accepted mentions come before rejected ones.
    which: Which,
    /// The rest of a mention whose beginning is written.
    rest: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Which {
    Accepted(usize),
    Rejected(usize),
}

/// A mark that is open while the text is written.
struct Open {
    span: Span,
    close: &'static str,
}

/// Mentions of one document that were rejected alike.
struct Row<'d> {
    surface: &'d str,
    entity: Option<EntityKey>,
    reasons: String,
    count: u64,
}

impl<'p, 'g> Page<'p, 'g> {
    /// Begins a page with this title. `names` is the language in which entities are named; empty
    /// for each entity's default.
    ///
    /// # Errors
    /// If writing fails.
    pub fn begin(
        out: &'p mut dyn Write,
        tagger: &'p Tagger<'g>,
        title: &str,
        names: &str,
    ) -> io::Result<Self> {
        let mut page = Self {
            out,
            tagger,
            entities: Entities::new(tagger, names),
            buffer: Vec::new(),
            documents: 0,
            mentions: 0,
            rejected: 0,
            rejected_rows: 0,
        };
        let title = Label(title);
        write!(
            page.buffer,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n\
             <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
             <header>\n<h1><bdi>{title}</bdi></h1>\n\
             <div class=\"legend\" role=\"group\" aria-label=\"What is marked in the text\">\n"
        )?;
        page.legend("place", "<mark class=\"place\">places</mark>")?;
        page.legend("group", "<mark class=\"group\">groups</mark>")?;
        if tagger.options.demonyms {
            page.legend("demonym", "<mark class=\"place demonym\">demonyms</mark>")?;
        }
        page.legend("rejected", "<span class=\"rejected\">rejected</span>")?;
        page.buffer.write_all(
            b"<a class=\"jump\" href=\"#entities\">entities</a>\n</div>\n</header>\n<main>\n",
        )?;
        page.flush()?;
        Ok(page)
    }

    /// Writes a document: its text with the mentions, and a list of those rejected. The document
    /// must be the one that `tagged` was made of; a span that does not fit the text is left out.
    ///
    /// # Errors
    /// If writing fails.
    pub fn document<'d>(
        &mut self,
        id: &str,
        document: impl Into<Document<'d>>,
        tagged: &Tagged,
    ) -> io::Result<()> {
        let document = document.into();
        self.documents += 1;
        let number = self.documents;
        writeln!(self.buffer, "<article id=\"d{number}\" aria-labelledby=\"h{number}\">")?;
        write!(self.buffer, "<h2 id=\"h{number}\"><bdi>")?;
        match id {
            "" => write!(self.buffer, "Document {number}")?,
            id => write!(self.buffer, "{}", Label(id))?,
        }
        write!(self.buffer, "</bdi>")?;
        if let Some(date) = document.date {
            write!(self.buffer, " <small>{}</small>", Label(&date.to_string()))?;
        }
        writeln!(self.buffer, "</h2>")?;
        if document.text.is_empty() {
            writeln!(self.buffer, "<p class=\"empty\">This document is empty.</p>")?;
        } else {
            write!(self.buffer, "<div class=\"text\" dir=\"auto\"")?;
            if is_tag(document.lang) {
                write!(self.buffer, " lang=\"{}\"", document.lang)?;
            }
            write!(self.buffer, ">")?;
            let rows = self.text(document.text, tagged)?;
            writeln!(self.buffer, "</div>")?;
            self.rejected_list(&rows)?;
        }
        writeln!(self.buffer, "</article>")?;
        self.flush()
    }

    /// Writes the summary, the map and the table of entities, and ends the page.
    ///
    /// # Errors
    /// If writing fails.
    pub fn end(mut self) -> io::Result<()> {
        writeln!(self.buffer, "</main>")?;
        let ranked = self.entities.ranked();
        write_summary(&mut self.buffer, [self.documents, self.mentions, self.rejected], &ranked)?;
        writeln!(self.buffer, "<aside aria-label=\"What the documents name\">")?;
        map::write(&mut self.buffer, &self.entities, &ranked)?;
        entities::write_table(&mut self.buffer, &self.entities, &ranked)?;
        writeln!(self.buffer, "</aside>")?;
        self.colophon()?;
        writeln!(self.buffer, "<script>{SCRIPT}</script>\n</body>\n</html>")?;
        self.flush()?;
        self.out.flush()
    }

    fn legend(&mut self, what: &str, sample: &str) -> io::Result<()> {
        writeln!(
            self.buffer,
            "<label><input type=\"checkbox\" id=\"show-{what}\" autocomplete=\"off\" checked> \
             {sample}</label>"
        )
    }

    /// The text with its mentions. A mention inside another one is a mark inside a mark; of two
    /// that cross, the second is cut where the first ends.
    fn text<'d>(&mut self, text: &'d str, tagged: &Tagged) -> io::Result<Vec<Row<'d>>> {
        let mut pieces = pieces(text, tagged);
        let mut rows: Vec<Row<'d>> = Vec::new();
        let mut alike: HashMap<(&str, Option<EntityKey>, String), usize> = HashMap::new();
        let mut open: Vec<Open> = Vec::new();
        let mut at = 0;
        while let Some(Reverse(mut piece)) = pieces.pop() {
            while let Some(mark) = open.pop_if(|mark| mark.span.end <= piece.start) {
                at = self.prose(text, at, mark.span.end)?;
                self.buffer.write_all(mark.close.as_bytes())?;
            }
            if let Some(around) = open.last() {
                let end = around.span.end;
                if piece.end.0 > end {
                    pieces.push(Reverse(Piece { start: end, rest: true, ..piece }));
                    piece.end = Reverse(end);
                }
            }
            at = self.prose(text, at, piece.start)?;
            let span = Span::new(piece.start, piece.end.0);
            let outermost = open.is_empty();
            let close = match piece.which {
                Which::Accepted(index) => {
                    let Some(mention) = tagged.mentions.get(index) else { continue };
                    self.open_accepted(text, mention, piece.rest, outermost)?
                }
                Which::Rejected(index) => {
                    let Some(mention) = tagged.rejected.get(index) else { continue };
                    let surface = text.get(mention.span().range()).unwrap_or_default();
                    let reasons = reasons(self.tagger, &mention.why, text).join("; ");
                    let key = (surface, mention.entity, reasons);
                    let row = match alike.get(&key) {
                        Some(&row) => row,
                        None => {
                            let (entity, reasons) = (mention.entity, key.2.clone());
                            rows.push(Row { surface, entity, reasons, count: 0 });
                            alike.insert(key, rows.len() - 1);
                            rows.len() - 1
                        }
                    };
                    let Some(row_data) = rows.get_mut(row) else { continue };
                    row_data.count += u64::from(!piece.rest);
                    self.open_rejected(mention, row, row_data, piece.rest, outermost)?
                }
            };
            open.push(Open { span, close });
        }
        while let Some(mark) = open.pop() {
            at = self.prose(text, at, mark.span.end)?;
            self.buffer.write_all(mark.close.as_bytes())?;
        }
        self.prose(text, at, text.len())?;
        Ok(rows)
    }

    /// Writes the text from byte `from` to byte `to`, where it then stands.
    fn prose(&mut self, text: &str, from: usize, to: usize) -> io::Result<usize> {
        if from >= to {
            return Ok(from);
        }
        write!(self.buffer, "{}", Prose(text.get(from..to).unwrap_or_default()))?;
        Ok(to)
    }

    /// Opens the mark of a mention, and counts it unless it is the rest of one.
    fn open_accepted(
        &mut self,
        text: &str,
        mention: &Resolved,
        rest: bool,
        outermost: bool,
    ) -> io::Result<&'static str> {
        let reasons = reasons(self.tagger, &mention.why, text);
        let mut anchor = None;
        if !rest {
            self.mentions += 1;
            anchor = self.entities.count(self.documents, text, mention, &reasons);
        }
        let seen = self.entities.get(mention.entity);
        let demonym = if mention.demonym { " demonym" } else { "" };
        write!(self.buffer, "<mark class=\"{}{demonym}\"", seen.class())?;
        if let Some(form) = anchor {
            write!(self.buffer, " id=\"f{form}\"")?;
        }
        if outermost {
            write!(self.buffer, "><a href=\"#e{}\"", seen.number)?;
        }
        write!(self.buffer, " title=\"{seen}")?;
        let plain = |evidence: &Evidence| matches!(evidence, Evidence::Named);
        for (_, reason) in mention.why.iter().zip(&reasons).filter(|(why, _)| !plain(why)) {
            write!(self.buffer, "&#10;{}", Label(reason))?;
        }
        write!(self.buffer, "\">")?;
        Ok(if outermost { "</a></mark>" } else { "</mark>" })
    }

    fn open_rejected(
        &mut self,
        mention: &Rejected,
        row: usize,
        data: &Row<'_>,
        rest: bool,
        outermost: bool,
    ) -> io::Result<&'static str> {
        self.rejected += u64::from(!rest);
        let row = self.rejected_rows + row + 1;
        write!(self.buffer, "<{} class=\"rejected\"", if outermost { "a" } else { "span" })?;
        if data.count == 1 && !rest {
            write!(self.buffer, " id=\"t{row}\"")?;
        }
        if outermost {
            write!(self.buffer, " href=\"#r{row}\"")?;
        }
        write!(self.buffer, " title=\"rejected")?;
        if let Some(key) = mention.entity {
            let seen = self.entities.get(key);
            write!(self.buffer, ": {seen}")?;
        }
        write!(self.buffer, "&#10;{}\">", Label(&data.reasons))?;
        Ok(if outermost { "</a>" } else { "</span>" })
    }

    /// What was rejected in a document, and why.
    fn rejected_list(&mut self, rows: &[Row<'_>]) -> io::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let all = Counted(rows.iter().map(|row| row.count).sum(), "mention", "mentions");
        writeln!(
            self.buffer,
            "<details class=\"rejects\"><summary>{all} rejected</summary>\n<ul>"
        )?;
        for row in rows {
            self.rejected_rows += 1;
            let (number, surface) = (self.rejected_rows, Label(row.surface));
            write!(
                self.buffer,
                "<li id=\"r{number}\"><a href=\"#t{number}\"><bdi>{surface}</bdi></a>"
            )?;
            if row.count > 1 {
                write!(self.buffer, " <b>{}</b>", escape::Count(row.count))?;
            }
            if let Some(key) = row.entity {
                let seen = self.entities.get(key);
                let (what, name) = (Label(&seen.what), Label(&seen.name));
                write!(
                    self.buffer,
                    " <span class=\"what\">would be <bdi>{name}</bdi>, {what}</span>"
                )?;
            }
            writeln!(self.buffer, " <span class=\"reason\">{}</span></li>", Label(&row.reasons))?;
        }
        writeln!(self.buffer, "</ul>\n</details>")
    }

    /// Who made the page, and whose names it shows: some licences ask for that.
    fn colophon(&mut self) -> io::Result<()> {
        let version = env!("CARGO_PKG_VERSION");
        writeln!(self.buffer, "<footer><p>Made by exonym {version}.</p>")?;
        let views = self.tagger.layers().views();
        let mut sources: Vec<_> = views.iter().flat_map(|view| &view.meta().sources).collect();
        sources.sort_by(|one, other| one.name.cmp(&other.name));
        sources.dedup();
        if !sources.is_empty() {
            writeln!(self.buffer, "<details><summary>Sources of the names</summary>\n<ul>")?;
            for source in sources {
                let parts = [&source.name, &source.licence, &source.attribution];
                let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
                let text = parts.iter().map(|part| part.as_str()).collect::<Vec<_>>().join(", ");
                writeln!(self.buffer, "<li><bdi>{}</bdi></li>", Label(&text))?;
            }
            writeln!(self.buffer, "</ul>\n</details>")?;
        }
        writeln!(self.buffer, "</footer>")
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }
}

impl std::fmt::Debug for Page<'_, '_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Page")
            .field("documents", &self.documents)
            .field("mentions", &self.mentions)
            .finish_non_exhaustive()
    }
}

fn write_summary(
    out: &mut Vec<u8>,
    [documents, mentions, rejected]: [u64; 3],
    ranked: &[&Seen],
) -> io::Result<()> {
    let of = |wanted| ranked.iter().filter(|seen| seen.kind.entity_type() == wanted).count() as u64;
    let (places, groups) = (of(EntityType::Place), of(EntityType::Group));
    write!(
        out,
        "<p class=\"summary\">{}, {}, {}",
        Counted(documents, "document", "documents"),
        Counted(mentions, "mention", "mentions"),
        Counted(places + groups, "entity", "entities"),
    )?;
    if places > 0 && groups > 0 {
        let places = Counted(places, "place", "places");
        write!(out, " ({places}, {})", Counted(groups, "group", "groups"))?;
    }
    if rejected > 0 {
        write!(out, "; {} rejected", escape::Count(rejected))?;
    }
    writeln!(out, "</p>")
}

/// All mentions whose spans fit the text, the first in the text on top.
fn pieces(text: &str, tagged: &Tagged) -> BinaryHeap<Reverse<Piece>> {
    let accepted = tagged.mentions.iter().map(Resolved::span).zip((0..).map(Which::Accepted));
    let rejected = tagged.rejected.iter().map(Rejected::span).zip((0..).map(Which::Rejected));
    accepted
        .chain(rejected)
        .filter(|(span, _)| text.get(span.range()).is_some_and(|surface| !surface.is_empty()))
        .map(|(span, which)| {
            Reverse(Piece { start: span.start, end: Reverse(span.end), which, rest: false })
        })
        .collect()
}

fn reasons(tagger: &Tagger<'_>, why: &[Evidence], text: &str) -> Vec<String> {
    why.iter().map(|evidence| evidence.text(tagger, text)).collect()
}

/// True if `lang` has the form of a language tag, so that it may stand in an attribute.
fn is_tag(lang: &str) -> bool {
    !lang.is_empty()
        && lang.len() <= 35
        && lang.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
