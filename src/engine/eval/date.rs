use super::Date;
use std::fmt;
use std::str::FromStr;

/// A text that is no day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a date of the form 2025-03-01")]
pub struct NotADate;

impl Date {
    /// A day of the calendar, if there is one.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let real = (1..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_of_month(year, month)).contains(&day);
        real.then_some(Self { year, month, day })
    }

    /// Days since 1 January of the year 1, which is day 0.
    pub fn day_number(self) -> i64 {
        let years = i64::from(self.year) - 1;
        let months = (1..self.month).map(|month| i64::from(days_of_month(self.year, month))).sum::<i64>();
        years * 365 + years / 4 - years / 100 + years / 400 + months + i64::from(self.day) - 1
    }

    /// The day with this number, if it lies in the years 1 to 9999.
    pub fn from_day_number(number: i64) -> Option<Self> {
        let first = |year: u16| Self { year, month: 1, day: 1 }.day_number();
        if number < 0 {
            return None;
        }
        let guess = u16::try_from(number / 366 + 1).ok()?;
        let year = (guess..=9999).take_while(|year| first(*year) <= number).last()?;
        let mut left = number - first(year);
        for month in 1..=12 {
            let length = i64::from(days_of_month(year, month));
            if left < length {
                return Self::new(year, month, u8::try_from(left + 1).ok()?);
            }
            left -= length;
        }
        None
    }

    /// Days from this day to `other`; negative where `other` is earlier.
    pub fn days_until(self, other: Self) -> i64 {
        other.day_number() - self.day_number()
    }
}

fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_of_month(year: u16, month: u8) -> u8 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl FromStr for Date {
    type Err = NotADate;

    /// Reads exactly `YYYY-MM-DD`.
    fn from_str(text: &str) -> Result<Self, NotADate> {
        let mut parts = text.split('-');
        let mut next = |width: usize| {
            let part = parts.next().unwrap_or_default();
            let plain = part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit());
            if plain { part.parse::<u16>().map_err(|_| NotADate) } else { Err(NotADate) }
        };
        let (year, month, day) = (next(4)?, next(2)?, next(2)?);
        if parts.next().is_some() {
            return Err(NotADate);
        }
        let small = |number: u16| u8::try_from(number).map_err(|_| NotADate);
        Self::new(year, small(month)?, small(day)?).ok_or(NotADate)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}
