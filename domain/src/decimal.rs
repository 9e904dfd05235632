//! Decimal amounts with four places, exact in sums and products, as one machine word.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{
    fmt,
    iter::Sum,
    ops::{Add, AddAssign, Neg, Sub, SubAssign},
    str::FromStr,
};

const PLACES: usize = 4;
const UNIT: i64 = 10_000;
/// Beyond this not every parser of JSON gives the four places back.
const EXACT_IN_JSON: u64 = 1_000_000_000_000_000;

/// Why a text is not a decimal number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseDecimalError {
    /// Something other than digits, one point and a sign.
    #[error("`{0}` is not a decimal number (digits with an optional point, for example 12.50)")]
    NotANumber(String),
    /// More than 14 digits before the point.
    #[error("`{0}` is larger than 922 trillion, the largest amount that can be kept")]
    TooLarge(String),
    /// More than four places, which would be rounded in silence.
    #[error("`{0}` has more than four decimal places")]
    TooManyPlaces(String),
}

macro_rules! decimal {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(0);

            /// From ten-thousandths, as storage keeps it.
            pub const fn from_ten_thousandths(value: i64) -> Self {
                Self(value)
            }

            /// As ten-thousandths, for storage.
            pub const fn ten_thousandths(self) -> i64 {
                self.0
            }

            /// A whole number.
            pub const fn from_whole(value: i64) -> Self {
                Self(value.saturating_mul(UNIT))
            }

            /// The nearest decimal with four places; `None` where there is none (NaN, infinite, too large).
            pub fn from_f64(value: f64) -> Option<Self> {
                let scaled = (value * UNIT as f64).round();
                (scaled.abs() < i64::MAX as f64).then_some(Self(scaled as i64))
            }

            /// For statistics and pictures; never for sums that must be exact.
            pub fn to_f64(self) -> f64 {
                self.0 as f64 / UNIT as f64
            }

            /// Without its sign.
            pub const fn abs(self) -> Self {
                Self(self.0.saturating_abs())
            }

            /// Less than nothing.
            pub const fn is_negative(self) -> bool {
                self.0 < 0
            }

            /// Exactly nothing.
            pub const fn is_zero(self) -> bool {
                self.0 == 0
            }
        }

        impl FromStr for $name {
            type Err = ParseDecimalError;
            fn from_str(text: &str) -> Result<Self, ParseDecimalError> {
                parse(text.trim()).map(Self)
            }
        }

        impl fmt::Display for $name {
            /// The shortest exact form, with two places where it has any: `3`, `2.50`, `0.0125`.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                print(self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                print(self.0, f)
            }
        }

        impl Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self(self.0.saturating_add(other.0))
            }
        }

        impl Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                Self(self.0.saturating_sub(other.0))
            }
        }

        impl Neg for $name {
            type Output = Self;
            fn neg(self) -> Self {
                Self(self.0.saturating_neg())
            }
        }

        impl AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                *self = *self + other;
            }
        }

        impl SubAssign for $name {
            fn sub_assign(&mut self, other: Self) {
                *self = *self - other;
            }
        }

        impl Sum for $name {
            fn sum<I: Iterator<Item = Self>>(values: I) -> Self {
                values.fold(Self::ZERO, Add::add)
            }
        }

        impl Serialize for $name {
            /// A JSON number, which is exact up to 100 billion; beyond, and with places, a text.
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self.0 % UNIT {
                    0 => serializer.serialize_i64(self.0 / UNIT),
                    _ if self.0.unsigned_abs() <= EXACT_IN_JSON => serializer.serialize_f64(self.to_f64()),
                    _ => serializer.collect_str(self),
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(Visitor).map(Self)
            }
        }
    };
}

decimal!(
    /// An amount of money in the currency that stands beside it.
    Money
);
decimal!(
    /// How many of an item: pieces, or a weight of up to four places.
    Quantity
);

impl Money {
    /// Price times quantity, rounded half to even at the fourth place.
    pub fn times(self, quantity: Quantity) -> Self {
        let product = i128::from(self.0) * i128::from(quantity.0);
        let unit = i128::from(UNIT);
        let (whole, rest) = (product.div_euclid(unit), product.rem_euclid(unit));
        let up = rest * 2 > unit || (rest * 2 == unit && whole % 2 != 0);
        Self(i64::try_from(whole + i128::from(up)).unwrap_or(if product < 0 { i64::MIN } else { i64::MAX }))
    }
}

struct Visitor;

impl de::Visitor<'_> for Visitor {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a decimal number, or a text that holds one")
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<i64, E> {
        value.checked_mul(UNIT).ok_or_else(|| E::custom(ParseDecimalError::TooLarge(value.to_string())))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<i64, E> {
        i64::try_from(value)
            .map_err(|_| E::custom(ParseDecimalError::TooLarge(value.to_string())))
            .and_then(|v| self.visit_i64(v))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<i64, E> {
        Money::from_f64(value).map(|m| m.0).ok_or_else(|| E::custom(ParseDecimalError::TooLarge(value.to_string())))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<i64, E> {
        parse(value.trim()).map_err(E::custom)
    }
}

fn parse(text: &str) -> Result<i64, ParseDecimalError> {
    let (negative, digits) = match text.as_bytes() {
        [b'-', ..] => (true, &text[1..]),
        [b'+', ..] => (false, &text[1..]),
        _ => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
        return Err(ParseDecimalError::NotANumber(text.to_owned()));
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > PLACES {
        return Err(ParseDecimalError::TooManyPlaces(text.to_owned()));
    }
    let too_large = || ParseDecimalError::TooLarge(text.to_owned());
    let mut value: i64 = 0;
    for digit in whole.bytes().chain(fraction.bytes().chain(std::iter::repeat(b'0')).take(PLACES)) {
        value = value.checked_mul(10).and_then(|v| v.checked_add(i64::from(digit - b'0'))).ok_or_else(too_large)?;
    }
    Ok(if negative { -value } else { value })
}

fn print(value: i64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let magnitude = value.unsigned_abs();
    let (whole, fraction) = (magnitude / UNIT as u64, magnitude % UNIT as u64);
    if value < 0 {
        f.write_str("-")?;
    }
    match fraction {
        0 => write!(f, "{whole}"),
        _ if fraction % 100 == 0 => write!(f, "{whole}.{:02}", fraction / 100),
        _ if fraction % 10 == 0 => write!(f, "{whole}.{:03}", fraction / 10),
        _ => write!(f, "{whole}.{fraction:04}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: Result<&str, &str>) {
        let actual = text.parse::<Money>().map(|m| m.to_string()).map_err(|e| e.to_string());
        assert_eq!(actual.as_deref().map_err(String::as_str), expected, "{text}");
    }

    #[test]
    fn texts_become_decimals() {
        check("2.55", Ok("2.55"));
        check("-11062.06", Ok("-11062.06"));
        check("+3", Ok("3"));
        check(".5", Ok("0.50"));
        check("0.0010000", Ok("0.001"));
        check("12,50", Err("`12,50` is not a decimal number (digits with an optional point, for example 12.50)"));
        check("1e3", Err("`1e3` is not a decimal number (digits with an optional point, for example 12.50)"));
        check("", Err("`` is not a decimal number (digits with an optional point, for example 12.50)"));
        check("0.00001", Err("`0.00001` has more than four decimal places"));
        check(
            "99999999999999999999",
            Err("`99999999999999999999` is larger than 922 trillion, the largest amount that can be kept"),
        );
    }

    #[test]
    fn half_a_unit_rounds_to_even() {
        let half: Quantity = "0.5".parse().unwrap();
        assert_eq!(Money::from_ten_thousandths(1).times(half), Money::ZERO);
        assert_eq!(Money::from_ten_thousandths(3).times(half), Money::from_ten_thousandths(2));
        assert_eq!(Money::from_ten_thousandths(-1).times(half), Money::ZERO);
    }

    #[test]
    fn the_ends_of_the_scale_hold() {
        let least = Money::from_ten_thousandths(i64::MIN);
        let most = Money::from_ten_thousandths(i64::MAX);
        assert_eq!((least.abs(), -least, Money::from_whole(i64::MIN)), (most, most, least));
        assert_eq!((-most).abs(), most);
        assert_eq!(serde_json::to_string(&most).unwrap(), "\"922337203685477.5807\"");
    }

    proptest! {
        #[test]
        fn print_and_parse_are_inverse(value in any::<i64>().prop_filter("min has no positive", |v| *v != i64::MIN)) {
            let money = Money::from_ten_thousandths(value);
            prop_assert_eq!(money.to_string().parse::<Money>(), Ok(money));
        }

        #[test]
        fn json_and_back(value in prop_oneof![-1_000_000_000_000_000i64..1_000_000_000_000_000, -i64::MAX..=i64::MAX]) {
            let money = Money::from_ten_thousandths(value);
            let json = serde_json::to_string(&money).unwrap();
            prop_assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), money);
        }
    }
}
