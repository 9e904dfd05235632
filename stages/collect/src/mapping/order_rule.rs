//! `[event.order]`: an event that is an order.

use super::MappingError;
use super::document::{Node, Section};
use super::name::Name;
use super::value::{self, ValueMapping, ValueSource};

/// An order in a record.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderRule {
    /// The order's number.
    pub id: ValueMapping,
    /// ISO 4217; the shop's currency where it is left out.
    pub currency: Option<ValueMapping>,
    /// A list in the record, whose elements are the products. Without it the record itself is the only one.
    pub each: Option<Name>,
    /// The item's number.
    pub item: ValueMapping,
    /// What the item is called.
    pub item_name: Option<ValueMapping>,
    /// How many; 1 where nothing is said.
    pub quantity: Option<ValueMapping>,
    /// Price of one; zero where nothing is said, which cleaning flags.
    pub price: Option<ValueMapping>,
}

pub(super) fn parse(node: &Node<'_>) -> Result<OrderRule, MappingError> {
    let mut section = node.section()?;
    let id = value::parse_typed(&section.required("id")?)?;
    let currency = section.optional("currency").map(|node| currency(&node)).transpose()?;
    let node = section.required("products")?;
    let mut products = node.section()?;
    let rule = OrderRule {
        id,
        currency,
        each: products.optional("each").map(|node| node.name()).transpose()?,
        item: value::parse_typed(&products.required("item")?)?,
        item_name: optional(&mut products, "name")?,
        quantity: optional(&mut products, "quantity")?,
        price: optional(&mut products, "price")?,
    };
    products.finish()?;
    section.finish()?;
    Ok(rule)
}

fn optional(section: &mut Section<'_>, key: &'static str) -> Result<Option<ValueMapping>, MappingError> {
    section.optional(key).map(|node| value::parse_typed(&node)).transpose()
}

fn currency(node: &Node<'_>) -> Result<ValueMapping, MappingError> {
    let value = value::parse_typed(node)?;
    match &value.source {
        ValueSource::Constant(code) if !crate::orders::is_currency(&code.text) => Err(node.error(format!(
            "`{}` is not a currency; three capital letters of ISO 4217 are, for example `GBP` or `CNY`",
            code.text
        ))),
        _ => Ok(value),
    }
}
