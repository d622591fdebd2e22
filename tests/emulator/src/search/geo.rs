//! The two operators that look at where a post was made.

use std::fmt;

/// The longest radius, width or height that X allows, in miles.
const LIMIT: f64 = 25.0;
const KILOMETERS_PER_MILE: f64 = 1.609_344;
const EARTH_RADIUS: f64 = 3_958.8;

/// A point on the earth, in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    pub(crate) longitude: f64,
    pub(crate) latitude: f64,
}

impl Point {
    fn parse(longitude: &str, latitude: &str) -> Option<Self> {
        let degrees = |text: &str, limit: f64| text.parse().ok().filter(|value: &f64| value.abs() <= limit);
        Some(Self { longitude: degrees(longitude, 180.0)?, latitude: degrees(latitude, 90.0)? })
    }

    /// In miles, along a great circle.
    fn distance(self, other: Self) -> f64 {
        let (from, to) = (self.latitude.to_radians(), other.latitude.to_radians());
        let half_chord = |a: f64, b: f64| ((a - b) / 2.0).sin().powi(2);
        let longitudes = half_chord(self.longitude.to_radians(), other.longitude.to_radians());
        let square = half_chord(from, to) + from.cos() * to.cos() * longitudes;
        2.0 * EARTH_RADIUS * square.sqrt().min(1.0).asin()
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.longitude, self.latitude)
    }
}

/// A circle: its centre, and its radius in the unit it was given in.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Circle {
    centre: Point,
    radius: f64,
    kilometers: bool,
}

impl Circle {
    /// From the text between the brackets.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let malformed = || "'point_radius:' takes [longitude latitude radius], the radius in mi or km".to_owned();
        let [longitude, latitude, radius] = split(text).ok_or_else(malformed)?;
        let centre = Point::parse(longitude, latitude).ok_or_else(malformed)?;
        let (number, kilometers) = match (radius.strip_suffix("mi"), radius.strip_suffix("km")) {
            (Some(miles), _) => (miles, false),
            (None, Some(kilometers)) => (kilometers, true),
            (None, None) => return Err(malformed()),
        };
        let radius: f64 = number.parse().map_err(|_| malformed())?;
        let circle = Self { centre, radius, kilometers };
        // Written so that NaN is refused as well.
        if radius > 0.0 && circle.miles() < LIMIT { Ok(circle) } else { Err("the radius must be less than 25mi".to_owned()) }
    }

    fn miles(&self) -> f64 {
        if self.kilometers { self.radius / KILOMETERS_PER_MILE } else { self.radius }
    }

    pub(super) fn contains(&self, point: Point) -> bool {
        self.centre.distance(point) <= self.miles()
    }
}

impl fmt::Display for Circle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} {}{}]", self.centre, self.radius, if self.kilometers { "km" } else { "mi" })
    }
}

/// A box: its south-west and its north-east corner.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct BoundingBox {
    south_west: Point,
    north_east: Point,
}

impl BoundingBox {
    /// From the text between the brackets.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let malformed = || "'bounding_box:' takes [west_long south_lat east_long north_lat]".to_owned();
        let [west, south, east, north] = split(text).ok_or_else(malformed)?;
        let south_west = Point::parse(west, south).ok_or_else(malformed)?;
        let north_east = Point::parse(east, north).ok_or_else(malformed)?;
        if south_west.longitude > north_east.longitude || south_west.latitude > north_east.latitude {
            return Err(malformed());
        }
        let width = south_west.distance(Point { longitude: north_east.longitude, ..south_west });
        let height = south_west.distance(Point { latitude: north_east.latitude, ..south_west });
        if width >= LIMIT || height >= LIMIT {
            return Err("width and height of the box must be less than 25mi".to_owned());
        }
        Ok(Self { south_west, north_east })
    }

    pub(super) fn contains(&self, point: Point) -> bool {
        (self.south_west.longitude..=self.north_east.longitude).contains(&point.longitude)
            && (self.south_west.latitude..=self.north_east.latitude).contains(&point.latitude)
    }
}

impl fmt::Display for BoundingBox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} {}]", self.south_west, self.north_east)
    }
}

fn split<const N: usize>(text: &str) -> Option<[&str; N]> {
    let mut parts = text.split_ascii_whitespace();
    let mut found = [""; N];
    for slot in &mut found {
        *slot = parts.next()?;
    }
    parts.next().is_none().then_some(found)
}
