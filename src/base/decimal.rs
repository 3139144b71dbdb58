use rust_decimal::Decimal as Inner;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// An exact decimal number of up to 28 digits: `0.1 + 0.2 == 0.3`.
///
/// Written without trailing zeros. On the wire it is a text, so that no reader rounds it; a value of the
/// language is written as a JSON number by `engine::eval`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Decimal(Inner);

/// Why a decimal could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// The text is no number.
    #[error("not a number")]
    NotANumber,
    /// The result has more digits before the point than fit.
    #[error("the number is too large")]
    Overflow,
    /// Division by zero.
    #[error("division by zero")]
    DivisionByZero,
}

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self(Inner::ZERO);
    /// One.
    pub const ONE: Self = Self(Inner::ONE);
    /// A hundred.
    pub const HUNDRED: Self = Self(Inner::ONE_HUNDRED);

    /// The whole number, if it is one and fits.
    pub fn to_i64(self) -> Option<i64> {
        if self.0.fract().is_zero() { i64::try_from(self.0).ok() } else { None }
    }

    /// The nearest binary float; for scores and display only, never for values.
    pub fn to_f64(self) -> f64 {
        f64::try_from(self.0).unwrap_or(f64::NAN)
    }

    /// Reads a number of JSON, of any length: digits behind the 28th are rounded away.
    pub fn from_json_digits(text: &str) -> Result<Self, DecimalError> {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let exponent: i64 = exponent.parse().map_err(|_| DecimalError::NotANumber)?;
        let digits = shifted(mantissa, exponent)?;
        Inner::from_str(&digits).map(Self).map_err(|error| match error {
            rust_decimal::Error::ExceedsMaximumPossibleValue
            | rust_decimal::Error::LessThanMinimumPossibleValue => DecimalError::Overflow,
            _ if digits.len() > 28 => DecimalError::Overflow,
            _ => DecimalError::NotANumber,
        })
    }

    /// Whether there is nothing behind the point.
    pub fn is_whole(self) -> bool {
        self.0.fract().is_zero()
    }

    /// The largest whole number that is not above this one.
    #[must_use]
    pub fn floor(self) -> Self {
        Self(self.0.floor())
    }

    /// Sum.
    pub fn add(self, other: Self) -> Result<Self, DecimalError> {
        self.0.checked_add(other.0).map(Self).ok_or(DecimalError::Overflow)
    }

    /// Difference.
    pub fn sub(self, other: Self) -> Result<Self, DecimalError> {
        self.0.checked_sub(other.0).map(Self).ok_or(DecimalError::Overflow)
    }

    /// Product.
    pub fn mul(self, other: Self) -> Result<Self, DecimalError> {
        self.0.checked_mul(other.0).map(Self).ok_or(DecimalError::Overflow)
    }

    /// Quotient of at most 28 digits, of which at most 28 stand behind the point; half to even.
    pub fn div(self, other: Self) -> Result<Self, DecimalError> {
        let divisor = other.0.mantissa().unsigned_abs();
        if divisor == 0 {
            return Err(DecimalError::DivisionByZero);
        }
        let dividend = self.0.mantissa().unsigned_abs();
        let scale = i64::from(self.0.scale()) - i64::from(other.0.scale());
        let (digits, scale) = quotient(dividend, divisor, scale);
        let magnitude = in_place(digits, scale).ok_or(DecimalError::Overflow)?;
        Ok(if self.0.is_sign_negative() == other.0.is_sign_negative() {
            magnitude
        } else {
            magnitude.negate()
        })
    }

    /// Rounded half to even to this many digits behind the point.
    #[must_use]
    pub fn round(self, digits: u32) -> Self {
        Self(self.0.round_dp(digits))
    }

    /// The value without its sign.
    #[must_use]
    pub fn abs(self) -> Self {
        Self(self.0.abs())
    }

    /// The value with the other sign.
    #[must_use]
    pub fn negate(self) -> Self {
        Self(-self.0)
    }
}

/// Digits of a number at most.
const DIGITS: u32 = 28;

/// `dividend / divisor`, both below 2^96, as digits and how many of them stand behind the point (below none: zeros that
/// are to be added). The division is by hand, a digit at a time, so that it is rounded once.
fn quotient(dividend: u128, divisor: u128, scale: i64) -> (u128, i64) {
    let (mut digits, mut rest, mut scale) = (dividend / divisor, dividend % divisor, scale);
    while rest != 0 && digits < 10_u128.pow(DIGITS - 1) && scale < i64::from(DIGITS) {
        rest *= 10;
        digits = digits * 10 + rest / divisor;
        rest %= divisor;
        scale += 1;
    }
    if rest == 0 {
        return (digits, scale);
    }
    // A first quotient of 29 digits loses its last one, which then decides.
    let half = if digits >= 10_u128.pow(DIGITS) {
        let last = digits % 10;
        digits /= 10;
        scale -= 1;
        last.cmp(&5).then(Ordering::Greater)
    } else {
        (rest * 2).cmp(&divisor)
    };
    let up = half == Ordering::Greater || (half == Ordering::Equal && digits % 2 == 1);
    (digits + u128::from(up), scale)
}

/// The number of these digits, of which `scale` stand behind the point.
fn in_place(digits: u128, scale: i64) -> Option<Decimal> {
    let zeros = u32::try_from(scale.min(0).unsigned_abs()).ok()?;
    let whole = if digits == 0 { 0 } else { digits.checked_mul(10_u128.checked_pow(zeros)?)? };
    let places = u32::try_from(scale.max(0)).ok()?;
    Inner::try_from_i128_with_scale(i128::try_from(whole).ok()?, places).ok().map(Decimal)
}

/// The digits of `mantissa` with the point moved by `exponent` places; what is smaller than any decimal is zero.
fn shifted(mantissa: &str, exponent: i64) -> Result<String, DecimalError> {
    let (sign, unsigned) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(DecimalError::NotANumber);
    }
    let stripped = digits.trim_start_matches('0');
    let leading = i64::try_from(digits.len() - stripped.len()).unwrap_or(i64::MAX);
    let point =
        i64::try_from(whole.len()).unwrap_or(i64::MAX).saturating_sub(leading).saturating_add(exponent);
    if stripped.is_empty() || point < -28 {
        return Ok("0".to_owned());
    }
    if point > 29 {
        return Err(DecimalError::Overflow);
    }
    let kept: String = stripped.chars().take(60).collect();
    Ok(match usize::try_from(point) {
        Ok(point) if point >= kept.len() => format!("{sign}{kept:0<point$}"),
        Ok(point) => {
            let (left, right) = kept.split_at(point);
            format!("{sign}{}.{right}", if left.is_empty() { "0" } else { left })
        }
        Err(_) => {
            let zeros = usize::try_from(-point).unwrap_or(0);
            format!("{sign}0.{}{kept}", "0".repeat(zeros))
        }
    })
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Self {
        Self(Inner::from(value))
    }
}

impl FromStr for Decimal {
    type Err = DecimalError;

    /// Reads `12`, `-0.25`, `1_000`, `1e3`.
    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let plain: String = text.chars().filter(|letter| *letter != '_').collect();
        let parsed = if plain.contains(['e', 'E']) {
            Inner::from_scientific(&plain)
        } else {
            // Zeros at the end of a fraction say nothing, and need no digits.
            Inner::from_str_exact(&plain).or_else(|error| {
                let (whole, fraction) = plain.split_once('.').ok_or(error)?;
                let digits = fraction.trim_end_matches('0');
                Inner::from_str_exact(&if digits.is_empty() {
                    whole.into()
                } else {
                    format!("{whole}.{digits}")
                })
            })
        };
        parsed.map(Self).map_err(|error| match error {
            rust_decimal::Error::ExceedsMaximumPossibleValue
            | rust_decimal::Error::LessThanMinimumPossibleValue
            | rust_decimal::Error::Underflow
            | rust_decimal::Error::ScaleExceedsMaximumPrecision(_) => DecimalError::Overflow,
            _ => DecimalError::NotANumber,
        })
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.normalize().fmt(formatter)
    }
}
