//! What the texts of a column look like.

use super::table::Column;
use crate::{
    mapping::NumberStyle,
    number,
    time::{Guess, TimeFormat, guess},
};

/// What nearly all texts of a column look like.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Content {
    Empty,
    Email,
    Phone,
    /// Dates of this form; the other one fits as well, where there is one.
    Date(TimeFormat, Option<TimeFormat>),
    /// Three capital letters.
    Currency,
    /// Whole numbers; whether some have a minus.
    Whole {
        negative: bool,
    },
    /// Numbers with places, written so.
    Decimal(NumberStyle),
    /// True or false.
    Truth,
    /// Words that come again and again.
    Words,
    /// Texts that are all different and have digits: numbers of things.
    Id,
    Text,
}

/// One in twenty may be different: dirt is to be rejected later, and must not decide.
pub(super) fn of(column: &Column) -> Content {
    let texts: Vec<&str> = column.filled().collect();
    if texts.is_empty() {
        return Content::Empty;
    }
    let nearly_all = |fits: &dyn Fn(&str) -> bool| texts.iter().filter(|text| !fits(text)).count() <= texts.len() / 20;
    if nearly_all(&is_email) {
        return Content::Email;
    }
    if nearly_all(&is_phone) {
        return Content::Phone;
    }
    match guess(&texts) {
        Guess::Is(format) => return Content::Date(format, None),
        Guess::Ambiguous(one, other) => return Content::Date(one, Some(other)),
        Guess::None => {}
    }
    if nearly_all(&|text| text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())) {
        return Content::Currency;
    }
    if nearly_all(&is_whole) {
        return Content::Whole { negative: texts.iter().any(|text| text.starts_with('-')) };
    }
    // Before a decimal comma is tried, which would read 1,234 as little more than one.
    if texts.iter().all(|text| is_short_or_grouped(text)) && texts.iter().any(|text| text.contains(',')) {
        return Content::Decimal(GROUPED);
    }
    if let Some(style) = styles().into_iter().find(|style| nearly_all(&|text| number::json(text, *style).is_ok())) {
        return Content::Decimal(style);
    }
    if nearly_all(&is_truth) {
        return Content::Truth;
    }
    let different = column.different();
    let has_digit = |text: &str| text.bytes().any(|byte| byte.is_ascii_digit());
    let short = nearly_all(&|text| text.chars().count() <= 64 && !text.contains(char::is_whitespace));
    match () {
        () if different * 3 <= texts.len() && different <= 40 => Content::Words,
        () if short && nearly_all(&has_digit) => Content::Id,
        () => Content::Text,
    }
}

/// Dates, where most texts are of one form.
pub(super) fn mostly_dates(column: &Column) -> Option<Content> {
    let fits = |format: &TimeFormat| column.filled().filter(|text| format.read(text).is_some()).count();
    let mut forms: Vec<_> = TimeFormat::known().into_iter().map(|format| (fits(&format), format)).collect();
    forms.sort_by_key(|(fits, _)| std::cmp::Reverse(*fits));
    let mut forms = forms.into_iter();
    let (most, form) = forms.next().filter(|(fits, _)| 2 * fits > column.filled().count())?;
    let other = forms.next().filter(|(fits, _)| *fits == most);
    Some(Content::Date(form, other.map(|(_, form)| form)))
}

/// Grouped thousands and a decimal point.
pub(super) const GROUPED: NumberStyle = NumberStyle { decimal: b'.', thousands: Some(','), round: false };

fn styles() -> [NumberStyle; 4] {
    let style = |decimal, thousands| NumberStyle { decimal, thousands, round: false };
    [style(b'.', None), style(b',', None), GROUPED, style(b',', Some('.'))]
}

fn is_whole(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.len() <= 18 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// `950`, `1,234`, `€ -1,234,567`: nothing in it speaks for decimal places.
fn is_short_or_grouped(text: &str) -> bool {
    let digits = text.trim_matches(|c: char| !c.is_ascii_digit());
    let (first, rest) = digits.split_once(',').map_or((digits, None), |(first, rest)| (first, Some(rest)));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let groups = rest.is_none_or(|rest| rest.split(',').all(|group| group.len() == 3 && all_digits(group)));
    (1..=3).contains(&first.len())
        && all_digits(first)
        && !(first == "0" && rest.is_some())
        && groups
        && number::json(text, GROUPED).is_ok()
}

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && !text.contains(char::is_whitespace) && host.contains('.') && !host.contains('@')
    })
}

/// Digits with a country's sign or with blanks and signs between them, or a mobile number of China.
fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let allowed = text.chars().all(|c| c.is_ascii_digit() || " +-()/.".contains(c));
    let mobile = text.len() == 11 && text.starts_with('1') && digits == 11 && !text.starts_with("10");
    let international = text.starts_with('+') || text.starts_with("00");
    allowed && ((7..=15).contains(&digits) && international || mobile)
}

fn is_truth(text: &str) -> bool {
    ["true", "false", "yes", "no", "ja", "nein", "是", "否"].iter().any(|word| text.eq_ignore_ascii_case(word))
}
