//! Mappings of kind `orders`: every row is a line of an order.

use super::document::{Node, Section};
use super::{
    FileMapping, Literal, MappingError, NumberStyle, QueryMapping, ValueMapping, ValueSource, file, items, query,
    source_name, value,
};
use crate::time::{TimeFormat, Zone};
use bellwether_domain::ItemRules;

/// How a table of order lines becomes events.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderMapping {
    /// A digest of what the document says, however it is laid out and whatever its comments say.
    pub digest: String,
    /// The source's name.
    pub source: String,
    /// The query that its rows come from, where they come from one.
    pub query: Option<QueryMapping>,
    /// The form of the file.
    pub file: FileMapping,
    /// How numbers are written.
    pub numbers: NumberStyle,
    /// The order's number. Rows that follow each other with the same one are one order.
    pub order: ValueMapping,
    /// Who bought; a row without one is an anonymous sale.
    pub customer: Option<ValueMapping>,
    /// When.
    pub time: TimeMapping,
    /// The item's number.
    pub item: ValueMapping,
    /// What the item is called.
    pub item_name: Option<ValueMapping>,
    /// How many; 1 where there is no such column.
    pub quantity: Option<ValueMapping>,
    /// Price of one.
    pub price: ValueMapping,
    /// ISO 4217.
    pub currency: ValueMapping,
    /// Facts about the customer, by name.
    pub traits: Vec<(String, ValueMapping)>,
    /// What else is said about the order, by name, such as the branch that sold it.
    pub properties: Vec<(String, ValueMapping)>,
    /// Which rows are returns.
    pub refund: RefundRule,
    /// What cleaning has to know about the items.
    pub items: ItemRules,
}

/// Where the time comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeMapping {
    /// The text.
    pub value: ValueMapping,
    /// Its form; found out from the first rows where it is not said.
    pub format: Option<TimeFormat>,
    /// Where the clock hung that it was read from.
    pub zone: Zone,
}

/// Which rows are returns or cancellations. Any of the conditions is enough; without one, no row is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RefundRule {
    /// The order's number begins so.
    pub order_starts_with: Option<String>,
    /// The quantity is below nothing.
    pub negative_quantity: bool,
    /// A column has one of these values (without regard to case).
    pub column: Option<(ValueMapping, Vec<String>)>,
    /// The file writes returned pieces as positive numbers; they become negative.
    pub negate: bool,
}

pub(super) fn parse(mut root: Section<'_>, digest: String) -> Result<OrderMapping, MappingError> {
    let source = source_name(&mut root, "source")?;
    let query = query::parse(&mut root)?;
    let file = file::parse(&mut root)?;
    let numbers = file::parse_numbers(&mut root)?;
    let node = root.required("columns")?;
    let mut columns = node.section()?;
    let order = value::parse(&columns.required("order")?)?;
    let customer = optional_value(&mut columns, "customer")?;
    let time = time(&columns.required("time")?)?;
    let item = value::parse(&columns.required("item")?)?;
    let item_name = optional_value(&mut columns, "item_name")?;
    let quantity = optional_value(&mut columns, "quantity")?;
    let price = value::parse(&columns.required("price")?)?;
    let currency = currency(&columns.required("currency")?)?;
    columns.finish()?;
    let traits = named_values(&mut root, "traits")?;
    let properties = properties(&mut root)?;
    let refund = refund(&mut root)?;
    let items = items::parse(&mut root)?;
    root.finish()?;
    Ok(OrderMapping {
        digest,
        source,
        query,
        file,
        numbers,
        order,
        customer,
        time,
        item,
        item_name,
        quantity,
        price,
        currency,
        traits,
        properties,
        refund,
        items,
    })
}

fn optional_value(section: &mut Section<'_>, key: &'static str) -> Result<Option<ValueMapping>, MappingError> {
    section.optional(key).map(|node| value::parse(&node)).transpose()
}

fn time(node: &Node<'_>) -> Result<TimeMapping, MappingError> {
    if node.is_text() {
        return Ok(TimeMapping { value: value::parse(node)?, format: None, zone: Zone::UTC });
    }
    let mut section = node.section()?;
    let (format, zone) = value::format_and_zone(&mut section)?;
    let value = value::parse_table(node, &mut section)?;
    section.finish()?;
    Ok(TimeMapping { value, format, zone })
}

fn currency(node: &Node<'_>) -> Result<ValueMapping, MappingError> {
    let value = value::parse(node)?;
    if let ValueSource::Constant(Literal { text: code, .. }) = &value.source
        && !crate::orders::is_currency(code)
    {
        return Err(node.error(format!(
            "`{code}` is not a currency; three capital letters of ISO 4217 are, for example `GBP` or `CNY`"
        )));
    }
    Ok(value)
}

fn named_values(root: &mut Section<'_>, key: &'static str) -> Result<Vec<(String, ValueMapping)>, MappingError> {
    let Some(node) = root.optional(key) else { return Ok(Vec::new()) };
    node.section()?.entries().into_iter().map(|(name, node)| Ok((name, value::parse(&node)?))).collect()
}

/// Under this name the importer itself says which lines only look alike.
const DISTINCT_LINES: &str = "distinct_lines";

fn properties(root: &mut Section<'_>) -> Result<Vec<(String, ValueMapping)>, MappingError> {
    let properties = named_values(root, "properties")?;
    match properties.iter().any(|(name, _)| name == DISTINCT_LINES) {
        true => {
            Err(root.error(format!("a property of an order cannot be called `{DISTINCT_LINES}`; choose another name")))
        }
        false => Ok(properties),
    }
}

fn refund(root: &mut Section<'_>) -> Result<RefundRule, MappingError> {
    let Some(node) = root.optional("refund") else { return Ok(RefundRule::default()) };
    let mut section = node.section()?;
    let order_starts_with = section.optional_text("order_starts_with")?;
    let negative_quantity = section.optional_bool("negative_quantity")?.unwrap_or(false);
    let column = optional_value(&mut section, "column")?;
    let equals = section.optional_texts("equals")?;
    let negate = section.optional_bool("negate")?.unwrap_or(false);
    let column = match (column, equals.is_empty()) {
        (Some(column), false) => Some((column, equals)),
        (None, true) => None,
        _ => {
            return Err(section.error(
                "`refund.column` and `refund.equals` belong together: the column and the values that mean a return",
            ));
        }
    };
    section.finish()?;
    if order_starts_with.is_none() && !negative_quantity && column.is_none() {
        return Err(node.error(
            "`refund` names no condition: set `order_starts_with`, `negative_quantity` or `column` with `equals`",
        ));
    }
    if negate && negative_quantity {
        return Err(node.error("`refund.negate` and `refund.negative_quantity` contradict each other: returned pieces are written either as positive or as negative numbers"));
    }
    Ok(RefundRule { order_starts_with, negative_quantity, column, negate })
}
