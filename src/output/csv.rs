//! CSV: one row per mention.

use super::Report;
use crate::span::{OffsetUnit, Offsets, Span};

/// The columns.
pub const HEADER: [&str; 13] = [
    "doc", "start", "end", "text", "id", "name", "type", "kind", "country", "lat", "lon", "score",
    "level",
];

/// The rows of one document, cells in the order of [`HEADER`]. `place` as for JSON.
pub fn rows(
    id: &str,
    report: &Report<'_, '_>,
    unit: OffsetUnit,
    mut place: Option<&mut dyn FnMut(Span) -> (usize, usize, String)>,
) -> Vec<[String; 13]> {
    let mut offsets = Offsets::new(report.document.text, unit);
    let mut rows = Vec::with_capacity(report.tagged.mentions.len());
    for resolved in &report.tagged.mentions {
        let span = resolved.span();
        let (start, end, text) = match &mut place {
            Some(place) => place(span),
            None => (offsets.at(span.start), offsets.at(span.end), report.surface(span).to_owned()),
        };
        let entity = report.tagger.entity(resolved.entity);
        let location = entity.location();
        rows.push([
            id.to_owned(),
            start.to_string(),
            end.to_string(),
            text,
            entity.id(),
            report.name(resolved.entity),
            entity.entity_type().name().to_owned(),
            entity.kind().name().to_owned(),
            entity.country().unwrap_or_default(),
            location.map(|(lat, _)| lat.to_string()).unwrap_or_default(),
            location.map(|(_, lon)| lon.to_string()).unwrap_or_default(),
            super::json::rounded(resolved.score).to_string(),
            report.level(&resolved.mention, Some(resolved.entity)).name().to_owned(),
        ]);
    }
    rows
}
