//! The geometry of the map: which part of the world it shows, and where names have room.

/// Size of the map in its own units; the height follows from what is shown.
const WIDTH: f64 = 560.0;
const LEAST_HEIGHT: f64 = 240.0;
const MOST_HEIGHT: f64 = 400.0;
/// The narrowest map, in degrees.
const LEAST_DEGREES: f64 = 1.0;
/// What is shown, in proportion to what must be.
const PADDING: f64 = 1.35;
/// Units between two lines of the graticule, at least.
const LINES_APART: f64 = 70.0;
/// Height of a label.
const LABEL: f64 = 12.0;

/// The part of the world that is shown: equirectangular, longitudes shrunk as in the middle.
pub(super) struct Frame {
    west: f64,
    north: f64,
    /// Units for one degree.
    lon_scale: f64,
    lat_scale: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Frame {
    /// The frame that holds all of these latitudes and longitudes, across the date line where that
    /// is shorter.
    pub(super) fn around(locations: &[(f64, f64)]) -> Self {
        let lats = || locations.iter().map(|&(lat, _)| lat.clamp(-90.0, 90.0));
        let south = lats().fold(90.0, f64::min);
        let north = lats().fold(-90.0, f64::max).max(south);
        let (west, lon_span) = shortest_arc(locations.iter().map(|&(_, lon)| lon));
        let (middle_lat, middle_lon) = ((south + north) / 2.0, west + lon_span / 2.0);
        let shrink = middle_lat.to_radians().cos().max(0.2);
        let lon_span = (lon_span * PADDING).clamp(LEAST_DEGREES / shrink, 360.0);
        let lat_span = ((north - south) * PADDING).clamp(LEAST_DEGREES, 180.0);
        let lat_scale = (WIDTH / (lon_span * shrink)).min(MOST_HEIGHT / lat_span);
        let lon_scale = lat_scale * shrink;
        let lon_span = (WIDTH / lon_scale).min(360.0);
        let lat_span = lat_span.max(LEAST_HEIGHT / lat_scale).min(180.0);
        Self {
            west: middle_lon - lon_span / 2.0,
            north: (middle_lat + lat_span / 2.0).clamp(lat_span - 90.0, 90.0),
            lon_scale,
            lat_scale,
            width: lon_span * lon_scale,
            height: lat_span * lat_scale,
        }
    }

    /// Square degrees at the equator's scale: what the frame holds of the world.
    pub(super) fn size(&self) -> f64 {
        self.width * self.height / (self.lat_scale * self.lat_scale)
    }

    /// Where a location lies on the map, if it does.
    pub(super) fn place(&self, lat: f64, lon: f64) -> Option<(f64, f64)> {
        let x = (lon - self.west).rem_euclid(360.0) * self.lon_scale;
        let y = (self.north - lat) * self.lat_scale;
        (x <= self.width && (0.0..=self.height).contains(&y)).then_some((x, y))
    }

    /// Height and degrees of each parallel of the graticule.
    pub(super) fn parallels(&self) -> impl Iterator<Item = (f64, f64)> {
        let south = self.north - self.height / self.lat_scale;
        lines(south, self.north, self.lat_scale)
            .map(|lat| ((self.north - lat) * self.lat_scale, lat))
    }

    /// Position and degrees of each meridian of the graticule.
    pub(super) fn meridians(&self) -> impl Iterator<Item = (f64, f64)> {
        let east = self.west + self.width / self.lon_scale;
        lines(self.west, east, self.lon_scale).map(|lon| {
            let degrees = (lon + 180.0).rem_euclid(360.0) - 180.0;
            ((lon - self.west) * self.lon_scale, degrees)
        })
    }

    /// Position and anchor for the name of a dot, where it meets no other; takes the room.
    pub(super) fn room(
        &self,
        taken: &mut Vec<Area>,
        name: &str,
        (x, y): (f64, f64),
        radius: f64,
    ) -> Option<(f64, f64, &'static str)> {
        let (aside, beside) = (radius + 3.0, LABEL / 3.0);
        let choices = [
            (x + aside, y + beside, "start"),
            (x - aside, y + beside, "end"),
            (x, y - aside, "middle"),
            (x, y + aside + LABEL * 0.7, "middle"),
        ];
        for (x, y, anchor) in choices {
            let area = Area::text((x, y), name, LABEL, anchor);
            if self.holds(area) && !taken.iter().any(|other| other.meets(area)) {
                taken.push(area);
                return Some((x, y, anchor));
            }
        }
        None
    }

    /// True if the area lies on the map.
    pub(super) fn holds(&self, area: Area) -> bool {
        area.left >= 0.0
            && area.top >= 0.0
            && area.right <= self.width
            && area.bottom <= self.height
    }
}

/// Where the shortest arc that holds all longitudes begins, and its length in degrees.
fn shortest_arc(lons: impl Iterator<Item = f64>) -> (f64, f64) {
    let mut lons: Vec<f64> = lons.map(|lon| lon.rem_euclid(360.0)).collect();
    lons.sort_by(f64::total_cmp);
    let (Some(&first), Some(&last)) = (lons.first(), lons.last()) else { return (0.0, 360.0) };
    let (mut start, mut gap) = (first, first + 360.0 - last);
    for (&before, &after) in lons.iter().zip(lons.iter().skip(1)) {
        if after - before > gap {
            (start, gap) = (after, after - before);
        }
    }
    // A map of nearly the whole world is known best from the date line to the date line.
    if gap < 150.0 { (-180.0, 360.0) } else { (start, 360.0 - gap) }
}

/// Round degrees between two, not too close to each other.
fn lines(from: f64, to: f64, scale: f64) -> impl Iterator<Item = f64> {
    const STEPS: [f64; 9] = [0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 45.0];
    let step = STEPS.into_iter().find(|step| step * scale >= LINES_APART).unwrap_or(90.0);
    let (first, last) = ((from / step).ceil() as i32, (to / step).floor() as i32);
    (first..=last).map(move |number| f64::from(number) * step)
}

/// A rectangle of the map.
#[derive(Clone, Copy)]
pub(super) struct Area {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Area {
    /// The square around a dot.
    pub(super) fn around((x, y): (f64, f64), radius: f64) -> Self {
        Self { left: x - radius, top: y - radius, right: x + radius, bottom: y + radius }
    }

    /// About the room of a text of this size with its anchor on the baseline at the point.
    pub(super) fn text((x, y): (f64, f64), text: &str, size: f64, anchor: &str) -> Self {
        // Letters beyond the alphabets are about as wide as high.
        let wide = |char: char| if char as u32 >= 0x2E80 { 1.0 } else { 0.56 };
        let width = text.chars().map(wide).sum::<f64>() * size;
        let left = match anchor {
            "start" => x,
            "end" => x - width,
            _ => x - width / 2.0,
        };
        Self { left, top: y - size * 0.8, right: left + width, bottom: y + size * 0.25 }
    }

    /// True if the two share room.
    pub(super) fn meets(self, other: Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }
}
