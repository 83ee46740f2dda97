//! The places of the table as dots on a small map.
//!
//! No coastline is drawn: pale specks at the gazetteer's other places show where land is.

use std::io::{self, Write};

use crate::gazetteer::EntityKey;
use crate::record::{EntityType, Kind};

use super::entities::{Entities, Seen};
use super::escape::{Count, Counted, Label};
use super::frame::{Area, Frame};

/// At most one speck stands in each square of this side, in the map's units.
const CELL: f64 = 4.0;
const MOST_DOTS: usize = 1000;
const MOST_LABELS: usize = 24;
const MOST_COUNTRIES: usize = 8;
/// Characters of a label.
const LABEL: usize = 28;

/// A named place with its location.
struct Dot<'p> {
    seen: &'p Seen,
    lat: f64,
    lon: f64,
}

/// A dot on the map: centre and radius.
struct Shown<'p> {
    seen: &'p Seen,
    at: (f64, f64),
    radius: f64,
}

/// Writes the map; nothing where fewer than two places have a location. Costs a pass over all
/// entities of the gazetteer.
pub(super) fn write(
    out: &mut Vec<u8>,
    entities: &Entities<'_, '_>,
    ranked: &[&Seen],
) -> io::Result<()> {
    let places = ranked.iter().filter(|seen| seen.kind.entity_type() == EntityType::Place);
    let located = places.filter_map(|seen| {
        let (lat, lon) = entities.tagger.entity(seen.key).location()?;
        Some(Dot { seen, lat, lon })
    });
    let dots: Vec<_> = located.take(MOST_DOTS).collect();
    if dots.len() < 2 {
        return Ok(());
    }
    let frame = Frame::around(&worth_showing(&dots));
    let most = dots.first().map_or(1, |dot| dot.seen.mentions).max(1) as f64;
    let (mut shown, mut beyond) = (Vec::new(), Vec::new());
    for &Dot { seen, lat, lon } in &dots {
        let radius = 2.0 + 9.0 * (seen.mentions as f64 / most).sqrt();
        match frame.place(lat, lon) {
            Some(at) => shown.push(Shown { seen, at, radius }),
            None => beyond.push(seen),
        }
    }
    writeln!(
        out,
        "<figure id=\"map\">\n<svg viewBox=\"0 0 {:.0} {:.0}\" role=\"group\" \
         aria-label=\"Map of the places named\">",
        frame.width, frame.height
    )?;
    let countries = write_specks(out, entities, &frame)?;
    write_graticule(out, &frame)?;
    write_dots(out, &shown)?;
    write_labels(out, entities, &frame, &shown, countries)?;
    writeln!(out, "</svg>")?;
    write_caption(out, &beyond)?;
    writeln!(out, "</figure>")
}

/// The locations that the map must hold. The middles of countries say little and lie far apart, so
/// they count only where there is nothing finer; and a few far places, with at most an eighth of
/// the mentions, are left out where that halves the map.
fn worth_showing(dots: &[Dot<'_>]) -> Vec<(f64, f64)> {
    let fine: Vec<_> = dots.iter().filter(|dot| !is_area(dot.seen.kind)).collect();
    let mut kept = if fine.len() > 1 { fine } else { dots.iter().collect() };
    let mut spare = kept.iter().map(|dot| dot.seen.mentions).sum::<u64>() / 8;
    let size_without = |kept: &[&Dot<'_>], left_out: Option<usize>| {
        let rest = kept.iter().enumerate().filter(|(index, _)| Some(*index) != left_out);
        Frame::around(&rest.map(|(_, dot)| (dot.lat, dot.lon)).collect::<Vec<_>>()).size()
    };
    while kept.len() > 2 {
        let size = size_without(&kept, None);
        let smallest = extremes(&kept)
            .into_iter()
            .filter(|&extreme| kept.get(extreme).is_some_and(|dot| dot.seen.mentions <= spare))
            .map(|extreme| (size_without(&kept, Some(extreme)), extreme))
            .min_by(|(one, _), (other, _)| one.total_cmp(other));
        match smallest {
            Some((smaller, extreme)) if smaller < size / 2.0 => {
                spare -= kept.swap_remove(extreme).seen.mentions;
            }
            _ => break,
        }
    }
    kept.iter().map(|dot| (dot.lat, dot.lon)).collect()
}

/// The northernmost, southernmost, easternmost and westernmost places.
fn extremes(dots: &[&Dot<'_>]) -> Vec<usize> {
    let most = |of: fn(&Dot<'_>) -> f64| {
        let values = dots.iter().enumerate().map(|(index, dot)| (of(dot), index));
        values.max_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, index)| index)
    };
    let all =
        [most(|dot| dot.lat), most(|dot| -dot.lat), most(|dot| dot.lon), most(|dot| -dot.lon)];
    all.into_iter().flatten().collect()
}

/// True for entities that are areas rather than points.
const fn is_area(kind: Kind) -> bool {
    matches!(kind, Kind::Country | Kind::Region | Kind::Continent | Kind::Water | Kind::Desert)
}

/// Specks for all places of the gazetteer; returns the countries in sight, the weightiest first.
fn write_specks(
    out: &mut Vec<u8>,
    entities: &Entities<'_, '_>,
    frame: &Frame,
) -> io::Result<Vec<(EntityKey, (f64, f64))>> {
    let columns = (frame.width / CELL) as usize + 1;
    let lines = (frame.height / CELL) as usize + 1;
    let mut cells = vec![false; columns * lines];
    let mut countries = Vec::new();
    for (view, layer) in entities.tagger.layers().views().iter().zip(0_u16..) {
        for (row, index) in view.entities().iter().zip(0_u32..) {
            let kind = row.kind().unwrap_or(Kind::Other);
            let Some((lat, lon)) = row.location() else { continue };
            let Some(at) = frame.place(lat, lon) else { continue };
            if kind == Kind::Country {
                countries.push((row.weight().unwrap_or(0.0), EntityKey { layer, index }, at));
            }
            if kind.entity_type() == EntityType::Place && !is_area(kind) {
                let cell = (at.1 / CELL) as usize * columns + (at.0 / CELL) as usize;
                if let Some(cell) = cells.get_mut(cell) {
                    *cell = true;
                }
            }
        }
    }
    write!(out, "<path class=\"specks\" d=\"")?;
    for (line, cells) in cells.chunks(columns).enumerate() {
        let mut column = 0;
        // Neighbours are one line, which the style sheet dashes into specks again.
        for run in cells.chunk_by(|one, other| one == other) {
            if run.first() == Some(&true) {
                let middle = |cell: usize| (cell as f64 + 0.5) * CELL;
                let length = (run.len() - 1) as f64 * CELL + 0.1;
                write!(out, "M{} {}h{length}", middle(column), middle(line))?;
            }
            column += run.len();
        }
    }
    writeln!(out, "\"/>")?;
    countries.sort_by(|(one, ..), (other, ..)| other.total_cmp(one));
    Ok(countries.into_iter().map(|(_, key, at)| (key, at)).collect())
}

fn write_graticule(out: &mut Vec<u8>, frame: &Frame) -> io::Result<()> {
    let (width, height) = (frame.width, frame.height);
    writeln!(out, "<g class=\"graticule\">")?;
    for (y, degrees) in frame.parallels() {
        writeln!(out, "<path d=\"M0 {y:.1}H{width:.0}\"/>")?;
        let side = side(degrees, "S", "N");
        writeln!(out, "<text x=\"4\" y=\"{:.1}\">{}°{side}</text>", y - 3.0, degrees.abs())?;
    }
    for (x, degrees) in frame.meridians() {
        writeln!(out, "<path d=\"M{x:.1} 0V{height:.0}\"/>")?;
        let side = side(degrees, "W", "E");
        let (x, y) = (x + 3.0, height - 4.0);
        writeln!(out, "<text x=\"{x:.1}\" y=\"{y:.1}\">{}°{side}</text>", degrees.abs())?;
    }
    writeln!(out, "</g>")
}

/// The half of the world; the lines between the halves are in neither.
fn side(degrees: f64, negative: &'static str, positive: &'static str) -> &'static str {
    match degrees {
        0.0 | 180.0 | -180.0 => "",
        degrees if degrees < 0.0 => negative,
        _ => positive,
    }
}

fn write_dots(out: &mut Vec<u8>, shown: &[Shown<'_>]) -> io::Result<()> {
    for Shown { seen, at: (x, y), radius } in shown {
        let class = if is_area(seen.kind) { "area" } else { "spot" };
        let mentions = Counted(seen.mentions, "mention", "mentions");
        writeln!(
            out,
            "<a href=\"#e{}\"><circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" \
             r=\"{radius:.1}\"><title>{seen}, {mentions}</title></circle></a>",
            seen.number
        )?;
    }
    Ok(())
}

/// Names the dots with most mentions that have room for it, then the countries around.
fn write_labels(
    out: &mut Vec<u8>,
    entities: &Entities<'_, '_>,
    frame: &Frame,
    shown: &[Shown<'_>],
    countries: Vec<(EntityKey, (f64, f64))>,
) -> io::Result<()> {
    // A name may cover dots that have none.
    let first = shown.iter().take(MOST_LABELS);
    let mut taken: Vec<Area> = first.map(|dot| Area::around(dot.at, dot.radius - 1.0)).collect();
    let mut labels = 0;
    for dot in shown {
        let name = shorten(&dot.seen.name);
        let Some((x, y, anchor)) = frame.room(&mut taken, &name, dot.at, dot.radius) else {
            continue;
        };
        let name = Label(&name);
        writeln!(
            out,
            "<text class=\"label\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{name}</text>"
        )?;
        labels += 1;
        if labels == MOST_LABELS {
            break;
        }
    }
    let mut written = 0;
    for (key, (x, y)) in countries {
        if written == MOST_COUNTRIES {
            break;
        }
        let key = entities.tagger.layers().primary(key);
        // Countries of the past have no code.
        let ids = entities.tagger.entity(key).ids();
        let coded = ids.iter().any(|id| id.starts_with("iso:"));
        if !coded || shown.iter().any(|dot| dot.seen.key == key) {
            continue;
        }
        let name = shorten(&entities.name(key));
        // Capitals set wide take more room than their size says.
        let area = Area::text((x, y), &name, 13.0, "middle");
        if frame.holds(area) && !taken.iter().any(|other| other.meets(area)) {
            taken.push(area);
            written += 1;
            let name = Label(&name);
            writeln!(out, "<text class=\"land\" x=\"{x:.1}\" y=\"{y:.1}\">{name}</text>")?;
        }
    }
    Ok(())
}

/// The name, cut where it would be too long for the map.
fn shorten(name: &str) -> String {
    if name.chars().count() <= LABEL {
        return name.to_owned();
    }
    name.chars().take(LABEL - 1).chain(['…']).collect()
}

fn write_caption(out: &mut Vec<u8>, beyond: &[&Seen]) -> io::Result<()> {
    write!(
        out,
        "<figcaption>Larger dots are named more often. Rings are countries, regions and waters; \
         specks are other listed places."
    )?;
    for (index, seen) in beyond.iter().take(MOST_LABELS).enumerate() {
        let before = if index == 0 { " Beyond this map: " } else { ", " };
        let (number, name) = (seen.number, Label(&seen.name));
        write!(out, "{before}<a href=\"#e{number}\"><bdi>{name}</bdi></a>")?;
    }
    match beyond.len().saturating_sub(MOST_LABELS) {
        0 if beyond.is_empty() => {}
        0 => write!(out, ".")?,
        more => write!(out, " and {} more.", Count(more as u64))?,
    }
    writeln!(out, "</figcaption>")
}
