//! What the rows of a file should become.

use super::{
    content::{Content, GROUPED},
    meaning::{Known, Meaning},
    table::Sample,
};
use crate::mapping::{Format, NumberStyle};

/// What the rows become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Lines of orders.
    Orders,
    /// Something that people did.
    Actions,
    /// People, and nothing that they did.
    People,
}

/// The decision, and what follows from it for the whole file.
pub(super) struct Plan {
    pub kind: Kind,
    pub why: String,
    pub numbers: NumberStyle,
    /// A number whose comma may stand before thousands or before decimal places: none in the file tells.
    pub doubtful: Option<String>,
    /// What stands for the currency where no column does.
    pub currency: &'static str,
}

pub(super) fn decide(columns: &[Known], sample: &Sample) -> Plan {
    let (kind, why) = kind(columns, sample);
    let numbers = numbers(columns);
    let doubtful = doubtful(columns, sample).filter(|_| numbers == GROUPED);
    Plan { kind, why, numbers, doubtful, currency: currency(columns, sample) }
}

fn doubtful(columns: &[Known], sample: &Sample) -> Option<String> {
    let decimal = |column: &Known| matches!(column.content, Content::Decimal(_));
    let texts =
        || columns.iter().zip(&sample.columns).filter(|(known, _)| decimal(known)).flat_map(|(_, c)| c.filled());
    if texts().any(|text| text.contains('.')) {
        return None;
    }
    texts().find(|text| text.contains(',')).map(str::to_owned)
}

pub(super) fn find(columns: &[Known], meaning: Meaning) -> Option<&Known> {
    columns.iter().find(|column| column.meaning == Some(meaning))
}

/// Whose rows they are: the best that there is.
pub(super) fn person(columns: &[Known]) -> Option<&Known> {
    [Meaning::Customer, Meaning::Email, Meaning::Phone].into_iter().find_map(|meaning| find(columns, meaning))
}

fn kind(columns: &[Known], sample: &Sample) -> (Kind, String) {
    let has = |meaning| find(columns, meaning).is_some();
    let has_item = has(Meaning::Item) || has(Meaning::ItemName);
    if sample.format == Format::Delimited
        && has(Meaning::Order)
        && has_item
        && has(Meaning::Price)
        && has(Meaning::Time)
    {
        return (Kind::Orders, "there are columns for an order's number, its items, prices and time".to_owned());
    }
    const FACTS: [Meaning; 8] = [
        Meaning::Email,
        Meaning::Phone,
        Meaning::Name,
        Meaning::FirstName,
        Meaning::LastName,
        Meaning::Birthday,
        Meaning::Gender,
        Meaning::City,
    ];
    let facts = FACTS.into_iter().filter(|meaning| has(*meaning)).count();
    let once = person(columns).and_then(|person| sample.columns.iter().find(|column| column.name == person.name));
    let once = once.is_some_and(|column| column.different() * 20 >= column.filled().count() * 19);
    // What arrives by itself tells that something happened.
    if !sample.arrives && facts >= 2 && once && !has(Meaning::Action) && !has(Meaning::Order) {
        return (
            Kind::People,
            "every person stands in one row, with facts about them and nothing that they did".to_owned(),
        );
    }
    let why = match find(columns, Meaning::Action) {
        Some(action) => format!("`{}` seems to say what happened", action.name),
        None => "it is neither a list of order lines nor one of people".to_owned(),
    };
    (Kind::Actions, why)
}

/// As the price is written, or else the first number with places.
fn numbers(columns: &[Known]) -> NumberStyle {
    let style = |column: &Known| match column.content {
        Content::Decimal(style) => Some(style),
        _ => None,
    };
    find(columns, Meaning::Price).and_then(style).or_else(|| columns.iter().find_map(style)).unwrap_or_default()
}

/// By the signs beside the numbers, or else by the language of the names.
fn currency(columns: &[Known], sample: &Sample) -> &'static str {
    const SIGNS: [(&[char], &str); 4] =
        [(&['€'], "EUR"), (&['£'], "GBP"), (&['¥', '￥', '元'], "CNY"), (&['$'], "USD")];
    let prices = find(columns, Meaning::Price);
    let texts = sample.columns.iter().filter(|column| prices.is_some_and(|price| price.name == column.name));
    let texts: Vec<&str> = texts.flat_map(|column| column.filled()).take(20).collect();
    let by_sign = SIGNS.iter().find(|(signs, _)| texts.iter().any(|text| text.contains(*signs)));
    if let Some((_, code)) = by_sign {
        return code;
    }
    let names: String = sample.columns.iter().map(|column| column.name.as_str()).collect();
    let is_chinese = names.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let is_german =
        ["menge", "datum", "preis", "kunde", "artikel"].iter().any(|word| names.to_lowercase().contains(word));
    match (is_chinese, is_german) {
        (true, _) => "CNY",
        (_, true) => "EUR",
        _ => "USD",
    }
}
