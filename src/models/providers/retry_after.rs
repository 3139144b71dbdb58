use super::{Head, Headers};
use std::time::{Duration, SystemTime};

/// A wait longer than a day is a clock that is wrong.
const LONGEST: Duration = Duration::from_hours(24);

/// How long a vendor asks to be left alone: `retry-after-ms`, `Retry-After` in seconds or as a date, else the reset of
/// the limit that is used up (`x-ratelimit-*`, as OpenAI, Azure and Groq send it). `None` where nothing was said.
pub fn retry_after(head: &Head) -> Option<Duration> {
    let headers = &head.headers;
    let wait = headers
        .get("retry-after-ms")
        .and_then(|text| seconds(text).map(|value| value / 1000))
        .or_else(|| headers.get("retry-after").and_then(|text| seconds(text).or_else(|| until(text, head))))
        .or_else(|| reset(headers));
    wait.map(|wait| wait.min(LONGEST))
}

fn seconds(text: &str) -> Option<Duration> {
    let value: f64 = text.trim().parse().ok().filter(|value: &f64| !value.is_nan())?;
    Duration::try_from_secs_f64(value.max(0.0)).ok()
}

/// A date is measured from the vendor's own clock where it told it, so that a wrong clock here changes nothing.
fn until(text: &str, head: &Head) -> Option<Duration> {
    let then = httpdate::parse_http_date(text.trim()).ok()?;
    let now = head.headers.get("date").and_then(|text| httpdate::parse_http_date(text).ok());
    let now: SystemTime = now.unwrap_or(head.received);
    Some(then.duration_since(now).unwrap_or_default())
}

fn reset(headers: &Headers) -> Option<Duration> {
    let used_up = ["requests", "tokens"].into_iter().filter(|kind| {
        headers.get(&format!("x-ratelimit-remaining-{kind}")).is_some_and(|left| left.trim() == "0")
    });
    used_up.filter_map(|kind| spelled(headers.get(&format!("x-ratelimit-reset-{kind}"))?)).max()
}

/// `6m0s`, `1.5s`, `20ms`, or plain seconds.
fn spelled(text: &str) -> Option<Duration> {
    if let Some(plain) = seconds(text) {
        return Some(plain);
    }
    let mut total = Duration::ZERO;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let (number, behind) = rest.split_at_checked(digits)?;
        let letters = behind.find(|letter: char| letter.is_ascii_digit()).unwrap_or(behind.len());
        let (unit, next) = behind.split_at_checked(letters)?;
        let scale = match unit {
            "ms" => 0.001,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            "d" => 86400.0,
            _ => return None,
        };
        let value: f64 = number.parse().ok()?;
        total = total.checked_add(Duration::try_from_secs_f64(value * scale).ok()?)?;
        rest = next;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use super::*;

    fn check(headers: &[(&str, &str)], expected: Option<u64>) {
        let received = httpdate::parse_http_date("Tue, 24 Nov 2026 08:00:00 GMT").unwrap();
        let head = Head { status: 429, headers: headers.iter().copied().collect(), received };
        let wait = retry_after(&head).map(|wait| u64::try_from(wait.as_millis()).unwrap());
        assert_eq!(wait, expected, "{headers:?}");
    }

    #[test]
    fn what_vendors_say_is_understood() {
        check(&[], None);
        check(&[("Retry-After", "2")], Some(2_000));
        check(&[("Retry-After", "0.5")], Some(500));
        check(&[("Retry-After", "-3")], Some(0));
        check(&[("Retry-After", "soon")], None);
        check(&[("Retry-After", "99999999999")], Some(86_400_000));
        check(&[("Retry-After", "nan")], None);
        check(&[("retry-after-ms", "250"), ("Retry-After", "2")], Some(250));
        check(&[("Retry-After", "Tue, 24 Nov 2026 08:00:07 GMT")], Some(7_000));
        check(&[("Retry-After", "Tue, 24 Nov 2026 07:59:00 GMT")], Some(0));
        check(
            &[("Date", "Tue, 24 Nov 2026 09:00:00 GMT"), ("Retry-After", "Tue, 24 Nov 2026 09:00:07 GMT")],
            Some(7_000),
        );
        check(
            &[
                ("x-ratelimit-remaining-requests", "12"),
                ("x-ratelimit-reset-requests", "1h"),
                ("x-ratelimit-remaining-tokens", "0"),
                ("x-ratelimit-reset-tokens", "1m6.5s"),
            ],
            Some(66_500),
        );
        check(&[("x-ratelimit-reset-tokens", "6m0s")], None);
    }
}
