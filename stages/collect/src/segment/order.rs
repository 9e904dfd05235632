//! Orders inside of events.

use super::{
    amount,
    event::{Fault, optional_text},
    fields::{each_field, is_object},
};
use crate::orders::is_currency;
use bellwether_domain::{Money, Quantity, RawOrder, RawProduct, RejectReason};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// What a shop says about the currency of its orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderCurrency<'a> {
    /// That of orders which name none; ISO 4217.
    pub default: &'a str,
    /// Whether an order in another currency is set aside: amounts of two currencies cannot be added.
    pub is_only_one: bool,
}

/// Whether a `track` event of this name is an order, and then whether goods came back.
pub fn is_refund(event: &str) -> Option<bool> {
    match event.trim() {
        "Order Completed" => Some(false),
        "Order Refunded" | "Order Cancelled" => Some(true),
        _ => None,
    }
}

/// The order that an event's properties hold; `None` where they lack its number or its products.
pub fn read<'a>(
    properties: &'a RawValue,
    refund: bool,
    currency: OrderCurrency<'_>,
) -> Result<Option<RawOrder<'a>>, Fault> {
    let (mut order_id, mut code, mut products) = (None, None, None);
    let read = each_field(properties.get(), |name, value| match &*name {
        "order_id" => order_id = Some(value),
        "currency" => code = Some(value),
        "products" => products = Some(value),
        _ => {}
    });
    // Properties that are no object are for cleaning to name.
    let (Ok(()), Some(products)) = (read, products) else { return Ok(None) };
    let Some(order_id) = optional_text("properties.order_id", order_id)? else { return Ok(None) };
    let products = elements(products)?;
    if products.is_empty() {
        return Ok(None);
    }
    let products = products.into_iter().enumerate().map(|(index, product)| {
        read_product(product, refund).map_err(|fault| fault.within(&format!("properties.products[{index}]")))
    });
    Ok(Some(RawOrder {
        order_id: trimmed(order_id),
        currency: read_currency(code, currency)?.as_str().into(),
        products: products.collect::<Result<_, _>>()?,
    }))
}

fn elements(products: &RawValue) -> Result<Vec<&RawValue>, Fault> {
    if products.get() == "null" {
        return Ok(Vec::new());
    }
    serde_json::from_str(products.get()).map_err(|_| {
        Fault::malformed("properties.products", "it must be a list of objects, one for each product".to_owned())
    })
}

fn read_product(product: &RawValue, refund: bool) -> Result<RawProduct<'_>, Fault> {
    if !is_object(product) {
        return Err(Fault::malformed("", "it must be an object, with at least a `product_id`".to_owned()));
    }
    let (mut ids, mut name, mut price, mut quantity) = ([None; 3], None, None, None);
    let read = each_field(product.get(), |field, value| match &*field {
        "product_id" => ids[0] = Some(value),
        "sku" => ids[1] = Some(value),
        "id" => ids[2] = Some(value),
        "name" => name = Some(value),
        "price" => price = Some(value),
        "quantity" => quantity = Some(value),
        _ => {}
    });
    read.map_err(|error| Fault::malformed("", error.to_string()))?;
    let quantity = read_amount("quantity", quantity)?.map_or(Quantity::from_whole(1), Quantity::from_ten_thousandths);
    Ok(RawProduct {
        product_id: read_product_id(ids)?,
        name: optional_text("name", name)?.unwrap_or_default(),
        quantity: if refund && !quantity.is_negative() { -quantity } else { quantity },
        price: read_amount("price", price)?.map_or(Money::ZERO, Money::from_ten_thousandths),
        line: 0,
    })
}

/// The first that says something.
fn read_product_id(ids: [Option<&RawValue>; 3]) -> Result<Cow<'_, str>, Fault> {
    for (field, value) in ["product_id", "sku", "id"].into_iter().zip(ids) {
        if let Some(id) = optional_text(field, value)? {
            return Ok(trimmed(id));
        }
    }
    let problem = "neither `product_id` nor `sku` says which product it is".to_owned();
    Err(Fault { field: "product_id".to_owned(), reason: RejectReason::MissingField, problem })
}

fn read_amount(field: &str, value: Option<&RawValue>) -> Result<Option<i64>, Fault> {
    let read = value.map_or(Ok(None), amount::read);
    read.map_err(|problem| Fault { field: field.to_owned(), reason: RejectReason::BadNumber, problem })
}

fn read_currency(code: Option<&RawValue>, shop: OrderCurrency<'_>) -> Result<String, Fault> {
    const FIELD: &str = "properties.currency";
    let Some(code) = optional_text(FIELD, code)? else { return Ok(shop.default.to_owned()) };
    let code = code.trim().to_ascii_uppercase();
    if !is_currency(&code) {
        let shown: String = code.chars().take(40).collect();
        return Err(Fault::malformed(FIELD, format!("`{shown}` is not a currency of ISO 4217 such as EUR")));
    }
    if shop.is_only_one && code != shop.default {
        let problem = format!(
            "the order is in {code}, but the shop's currency is {} (setting shop.currency), and amounts of two currencies cannot be added",
            shop.default
        );
        return Err(Fault::malformed(FIELD, problem));
    }
    Ok(code)
}

fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}
