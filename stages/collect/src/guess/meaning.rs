//! What a column means, by its name in English, German or Chinese and by what it holds.

use super::{
    content::{self, Content},
    names::NAMES,
    table::Sample,
};

/// What a column can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Customer,
    Visitor,
    Email,
    Phone,
    Name,
    FirstName,
    LastName,
    Time,
    Birthday,
    Order,
    Item,
    ItemName,
    Quantity,
    Price,
    Currency,
    Action,
    Country,
    City,
    Language,
    Gender,
}

/// A column, what it looks like and what it means.
pub(super) struct Known {
    pub name: String,
    pub content: Content,
    pub meaning: Option<Meaning>,
    /// Why, as a sentence for people.
    pub why: String,
}

pub(super) fn of_columns(sample: &Sample) -> Vec<Known> {
    let mut known: Vec<Known> = sample
        .columns
        .iter()
        .map(|column| {
            let named = by_name(&column.name);
            // What is called a time stays one where some cells are bad: they are to be rejected later.
            let mostly_dates = || content::mostly_dates(column).filter(|_| named == Some(Meaning::Time));
            let content = match content::of(column) {
                dates @ Content::Date(..) => dates,
                other => mostly_dates().unwrap_or(other),
            };
            let (meaning, why) = match named.filter(|meaning| fits(*meaning, &content)) {
                Some(meaning) => (Some(meaning), "by its name"),
                None => (by_content(&content), "by what it holds"),
            };
            Known { name: column.name.clone(), content, meaning, why: why.to_owned() }
        })
        .collect();
    keep_first_of_each(&mut known);
    known
}

fn by_name(name: &str) -> Option<Meaning> {
    let whole = plain(name);
    let last = name.rsplit('.').next().map(plain).unwrap_or_default();
    let meaning = |wanted: &str| NAMES.iter().find(|(_, names)| names.contains(&wanted)).map(|(meaning, _)| *meaning);
    // Rooms, shops and products have names, too.
    let is_of_person = |meaning: &Meaning| *meaning != Meaning::Name || parent_is_person(name);
    meaning(&whole).or_else(|| meaning(&last).filter(is_of_person))
}

/// Whether a path leads to a field of a person; a name without a path does.
fn parent_is_person(path: &str) -> bool {
    const PEOPLE: [&str; 16] = [
        "customer",
        "user",
        "guest",
        "person",
        "contact",
        "member",
        "client",
        "buyer",
        "visitor",
        "patient",
        "student",
        "subscriber",
        "lead",
        "traveler",
        "billing",
        "recipient",
    ];
    let mut parts = path.rsplit('.').skip(1);
    parts.next().is_none_or(|parent| PEOPLE.iter().any(|person| plain(parent).contains(person)))
}

pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A name says nothing against what the column holds.
fn fits(meaning: Meaning, content: &Content) -> bool {
    match meaning {
        Meaning::Time | Meaning::Birthday => matches!(content, Content::Date(..)),
        Meaning::Quantity | Meaning::Price => matches!(content, Content::Whole { .. } | Content::Decimal(_)),
        Meaning::Email => *content == Content::Email,
        Meaning::Phone => matches!(content, Content::Phone | Content::Whole { .. } | Content::Id | Content::Text),
        Meaning::Action => matches!(content, Content::Words | Content::Text),
        Meaning::Currency => *content == Content::Currency,
        Meaning::ItemName | Meaning::Name | Meaning::FirstName | Meaning::LastName => {
            matches!(content, Content::Text | Content::Words | Content::Id | Content::Currency)
        }
        _ => *content != Content::Empty,
    }
}

fn by_content(content: &Content) -> Option<Meaning> {
    match content {
        Content::Email => Some(Meaning::Email),
        Content::Phone => Some(Meaning::Phone),
        // Mere digits can be read as a date, and are a number of something far more often.
        Content::Date(format, _) if !["unix", "unix_ms", "%Y%m%d"].contains(&&*format.to_string()) => {
            Some(Meaning::Time)
        }
        _ => None,
    }
}

/// Two columns cannot both be the order's number. One that is known by its name goes before one that only looks so.
fn keep_first_of_each(known: &mut [Known]) {
    let mut taken: Vec<Meaning> = Vec::new();
    for by_name in [true, false] {
        for column in known.iter_mut().filter(|column| (column.why == "by its name") == by_name) {
            let Some(meaning) = column.meaning else { continue };
            if taken.contains(&meaning) {
                column.meaning = None;
                "another column is taken for the same".clone_into(&mut column.why);
            } else {
                taken.push(meaning);
            }
        }
    }
}
