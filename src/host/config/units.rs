use crate::base::Decimal;
use std::time::Duration;

/// Reads an amount of dollars, exactly: `$5`, `$0.50`, `5`. `None` for anything else, and for less than nothing.
pub fn money(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let digits = text.strip_prefix('$').unwrap_or(text);
    let plain = !digits.is_empty() && digits.chars().all(|it| it.is_ascii_digit() || it == '.' || it == '_');
    plain.then(|| digits.parse().ok()).flatten()
}

/// Reads a length of time as the language writes it: `500ms 30s 5m 2h 2d`. `None` for anything else, also where it is
/// longer than a year.
pub fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let digits = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (count, unit) = text.split_at_checked(digits)?;
    let count: u64 = count.parse().ok()?;
    let ms = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    let year = 366 * 86_400_000;
    count.checked_mul(ms).filter(|total| *total <= year).map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_exact() {
        assert_eq!(money("$0.1").map(|it| it.to_string()).as_deref(), Some("0.1"));
        assert_eq!(money("5").map(|it| it.to_string()).as_deref(), Some("5"));
        assert_eq!(money("$1_000.25").map(|it| it.to_string()).as_deref(), Some("1000.25"));
        for bad in ["", "$", "-1", "$-1", "5 $", "5€", "1e3", "1.2.3", "five"] {
            assert_eq!(money(bad), None, "{bad}");
        }
    }

    #[test]
    fn durations_are_those_of_the_language() {
        assert_eq!(duration("500ms"), Some(Duration::from_millis(500)));
        assert_eq!(duration("2h"), Some(Duration::from_hours(2)));
        for bad in ["", "5", "m", "1.5s", "5 m", "-5s", "5sec", "99999999999999999999s", "400d"] {
            assert_eq!(duration(bad), None, "{bad}");
        }
    }
}
