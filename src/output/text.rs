//! Text for people: highlights, a table of entities, and the text with canonical names.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use super::Report;
use crate::record::EntityType;

/// How mentions are set off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Style {
    /// `[Mossoul]`: for files and pipes.
    #[default]
    Brackets,
    /// Colours of a terminal: places green, groups magenta, underlined.
    Ansi,
}

impl Style {
    const fn marks(self, entity_type: EntityType) -> (&'static str, &'static str) {
        match (self, entity_type) {
            (Self::Brackets, _) => ("[", "]"),
            (Self::Ansi, EntityType::Place) => ("\x1b[1;4;32m", "\x1b[0m"),
            (Self::Ansi, EntityType::Group) => ("\x1b[1;4;35m", "\x1b[0m"),
        }
    }
}

/// The text with every accepted mention set off. Overlapping mentions are set off once.
pub fn highlight(report: &Report<'_, '_>, style: Style) -> String {
    rewrite(report, |resolved, surface, out| {
        let entity_type = report.tagger.entity(resolved.entity).entity_type();
        let (open, close) = style.marks(entity_type);
        out.push_str(open);
        out.push_str(surface);
        out.push_str(close);
    })
}

/// The text with every accepted mention replaced by its canonical name.
pub fn replace(report: &Report<'_, '_>) -> String {
    rewrite(report, |resolved, _, out| out.push_str(&report.name(resolved.entity)))
}

fn rewrite(
    report: &Report<'_, '_>,
    write: impl Fn(&crate::resolve::Resolved, &str, &mut String),
) -> String {
    let text = report.document.text;
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut written = 0;
    for resolved in &report.tagged.mentions {
        let span = resolved.span();
        // Demonyms are not their place, and an overlapping mention is inside one already written.
        if resolved.demonym || span.start < written {
            continue;
        }
        out.push_str(text.get(written..span.start).unwrap_or_default());
        write(resolved, report.surface(span), &mut out);
        written = span.end;
    }
    out.push_str(text.get(written..).unwrap_or_default());
    out
}

/// The table below a text: canonical name, kind, country, id, count, surface forms.
pub fn table(report: &Report<'_, '_>) -> String {
    let mut rows = vec![["name", "kind", "country", "id", "count", "forms"].map(str::to_owned)];
    for count in report.entities() {
        let entity = report.tagger.entity(count.key);
        let forms: Vec<String> = count
            .forms
            .iter()
            .map(|(form, times)| if *times > 1 { format!("{form} ×{times}") } else { form.clone() })
            .collect();
        rows.push([
            report.name(count.key),
            entity.kind().name().to_owned(),
            entity.country().unwrap_or_default(),
            entity.id(),
            count.count.to_string(),
            forms.join(", "),
        ]);
    }
    if rows.len() == 1 {
        return "no place or group found\n".into();
    }
    let mut widths = [0; 6];
    for row in &rows {
        for (most, cell) in widths.iter_mut().zip(row) {
            *most = width(cell).max(*most);
        }
    }
    let mut out = String::new();
    for row in &rows {
        let mut line = String::new();
        for (column, (cell, most)) in row.iter().zip(widths).enumerate() {
            let blanks = " ".repeat(most - width(cell));
            // Counts stand to the right.
            let _ = match column {
                4 => write!(line, "{blanks}{cell}  "),
                _ => write!(line, "{cell}{blanks}  "),
            };
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// Columns that a string takes on a terminal.
pub fn width(cell: &str) -> usize {
    UnicodeWidthStr::width(cell)
}
