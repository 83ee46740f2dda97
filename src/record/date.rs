//! Days, as name lists and documents state them: a year, a month or a day.

use std::fmt;

/// A day of the proleptic Gregorian calendar. A year or month alone stands for its first day, or,
/// as an end, for its last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i32);

impl Date {
    /// Reads `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; a time after `T` or a blank is ignored.
    ///
    /// ```
    /// use exonym::Date;
    /// assert!(Date::parse("2014-06").unwrap() < Date::parse("2014-06-29T12:00:00Z").unwrap());
    /// assert!(Date::parse("29 June 2014").is_none());
    /// assert_eq!(Date::parse("-0612").unwrap().to_string(), "-0612-01-01");
    /// assert!(Date::parse_end("2014").unwrap() > Date::parse("2014-06").unwrap());
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_as(text, 1, 1)
    }

    /// The same for the end of a period: `2013` is the last day of that year.
    pub fn parse_end(text: &str) -> Option<Self> {
        Self::parse_as(text, 12, 31)
    }

    fn parse_as(text: &str, month: i32, day: i32) -> Option<Self> {
        let text = text.trim().split(['T', ' ']).next()?;
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let mut parts = digits.split('-').map(number);
        // Four digits, so that a day or a time is not taken for a year.
        let year =
            parts.next().flatten().filter(|_| digits.split('-').next().map(str::len) == Some(4))?;
        let month = parts.next().unwrap_or(Some(month))?;
        let day = parts.next().unwrap_or(Some(day))?;
        let valid = parts.next().is_none()
            && year <= 9999
            && (1..=12).contains(&month)
            && (1..=31).contains(&day);
        valid.then_some(Self(sign * year * 10_000 + month * 100 + day))
    }

    pub(crate) const fn code(self) -> i32 {
        self.0
    }

    pub(crate) const fn from_code(code: i32) -> Self {
        Self(code)
    }
}

fn number(digits: &str) -> Option<i32> {
    let plain = (1..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

impl fmt::Display for Date {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let year = self.0.div_euclid(10_000);
        let day = self.0.rem_euclid(10_000);
        let sign = if year < 0 { "-" } else { "" };
        write!(out, "{sign}{:04}-{:02}-{:02}", year.abs(), day / 100, day % 100)
    }
}
