//! Orders inside of records. They become what orders of the tracking API become; see the module `segment`.

use super::{
    changes::Style,
    fault::{Fault, shown},
    record::{Element, View},
    value::{self, Item},
};
use crate::{
    mapping::{OrderRule, ValueMapping},
    number::{self, LARGEST},
    orders::is_currency,
    segment::{OrderCurrency, amount},
};
use bellwether_domain::{Money, Quantity, RawOrder, RawProduct, RejectReason};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// No order of a shop has more lines.
const MAX_PRODUCTS: usize = 10_000;

pub(super) fn read<'r>(
    rule: &'r OrderRule,
    refund: bool,
    view: &View<'_, 'r>,
    line: u64,
    currency: Option<OrderCurrency<'_>>,
    style: &Style,
) -> Result<RawOrder<'r>, Fault> {
    let order_id = value::word(&rule.id, view, style)?
        .ok_or_else(|| Fault::missing(value::label(&rule.id), "every order has a number"))?;
    let currency = read_currency(rule, view, currency, style)?;
    let products = match (&rule.each, view) {
        (None, _) | (_, View::Row { .. }) => vec![product(rule, refund, view, line, style)?],
        (Some(each), View::Document { record, .. }) => {
            let elements = view.elements(each)?;
            if elements.len() > MAX_PRODUCTS {
                let problem = format!("the order has {} products, and {MAX_PRODUCTS} are the most", elements.len());
                return Err(Fault::new(&each.text, RejectReason::RowTooLong, problem));
            }
            let one = |(index, raw): (usize, &'r RawValue)| {
                let element = Element::new(raw);
                let view = View::Document { record, element: Some(&element) };
                product(rule, refund, &view, line, style).map_err(|fault| within(fault, &each.text, index))
            };
            elements.into_iter().enumerate().map(one).collect::<Result<Vec<_>, _>>()?
        }
    };
    if products.is_empty() {
        let list = rule.each.as_ref().map_or("", |each| each.text.as_str());
        return Err(Fault::missing(list, "an order needs at least one product; use `when` to leave out such records"));
    }
    Ok(RawOrder { order_id, currency: currency.as_ref().into(), products })
}

/// The currency that a record names, if any, whatever it is.
pub(super) fn stated_currency(rule: &OrderRule, view: &View<'_, '_>, style: &Style) -> Option<String> {
    let code = value::word(rule.currency.as_ref()?, view, style).ok().flatten()?;
    Some(code.to_ascii_uppercase())
}

fn read_currency<'r>(
    rule: &'r OrderRule,
    view: &View<'_, 'r>,
    shop: Option<OrderCurrency<'_>>,
    style: &Style,
) -> Result<Cow<'r, str>, Fault> {
    let stated = rule.currency.as_ref().map(|value| value::word(value, view, style)).transpose()?.flatten();
    let label = rule.currency.as_ref().map_or("order.currency", value::label);
    let bad = |problem| Err(Fault::new(label, RejectReason::Malformed, problem));
    let Some(code) = stated else {
        return match shop {
            Some(shop) => Ok(Cow::Owned(shop.default.to_owned())),
            None => Err(Fault::missing(label, "an order needs a currency: add `currency` to the mapping's `order`")),
        };
    };
    let code = if code.bytes().any(|byte| byte.is_ascii_lowercase()) { code.to_ascii_uppercase().into() } else { code };
    match shop {
        _ if !is_currency(&code) => {
            bad(format!("`{}` is not a currency of ISO 4217 such as GBP; use `map` to make it one", shown(&code)))
        }
        Some(shop) if shop.is_only_one && shop.default != code => bad(format!(
            "the order is in {code}, but the shop's currency is {} (setting shop.currency), and amounts of two currencies cannot be added",
            shop.default
        )),
        _ => Ok(code),
    }
}

fn product<'r>(
    rule: &'r OrderRule,
    refund: bool,
    view: &View<'_, 'r>,
    line: u64,
    style: &Style,
) -> Result<RawProduct<'r>, Fault> {
    let item = value::word(&rule.item, view, style)?
        .ok_or_else(|| Fault::missing(value::label(&rule.item), "every product needs a number"))?;
    let name = rule.item_name.as_ref().map(|value| value::word(value, view, style)).transpose()?.flatten();
    let quantity =
        amount_of(rule.quantity.as_ref(), view, style)?.map_or(Quantity::from_whole(1), Quantity::from_ten_thousandths);
    let price = amount_of(rule.price.as_ref(), view, style)?.map_or(Money::ZERO, Money::from_ten_thousandths);
    Ok(RawProduct {
        product_id: item,
        name: name.unwrap_or_default(),
        quantity: if refund && !quantity.is_negative() { -quantity } else { quantity },
        price,
        line,
    })
}

fn amount_of(value: Option<&ValueMapping>, view: &View<'_, '_>, style: &Style) -> Result<Option<i64>, Fault> {
    let Some(value) = value else { return Ok(None) };
    let read = match value::read(value, view, style)? {
        None => return Ok(None),
        Some(Item::Json(json)) => match serde_json::from_str::<&RawValue>(&json) {
            Ok(raw) => amount::read(raw),
            Err(error) => Err(error.to_string()),
        },
        Some(Item::Text(text)) => number::ten_thousandths(&text, style.numbers).map(Some),
    };
    let within = read.and_then(|amount| match amount {
        Some(amount) if amount.unsigned_abs() > LARGEST => {
            Err("it is more than 1,000,000,000,000, which is no price or quantity of a shop".to_owned())
        }
        other => Ok(other),
    });
    within.map_err(|problem| Fault::new(value::label(value), RejectReason::BadNumber, problem))
}

fn within(fault: Fault, list: &str, index: usize) -> Fault {
    Fault { field: fault.field.map(|field| format!("{list}[{index}].{field}")), ..fault }
}
