//! How long the texts of an event may be. Longer ones are no ids or names but a slip, and no index of a database takes them.

use crate::bad_event::BadEvent;
use bellwether_domain::{Money, RawOrder};

/// The longest id of a person, a company, an order, an item or a message, in characters.
const ID_CHARS: usize = 255;
/// The longest name of an event or a page, in characters.
const NAME_CHARS: usize = 255;
/// The longest name of an item, in characters.
const ITEM_NAME_CHARS: usize = 4_000;

/// The most that an order may be worth, whichever its currency: a thousand billion. More is a slip, and a few hundred of them would
/// be more than a sum can hold.
const ORDER_VALUE: Money = Money::from_whole(1_000_000_000_000);

/// An id without blanks at its ends; `None` where nothing is left.
pub(crate) fn id<'t>(field: &'static str, text: Option<&'t str>) -> Result<Option<&'t str>, BadEvent> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    bounded(field, text.unwrap_or_default(), ID_CHARS).map(|()| text)
}

/// A name, likewise.
pub(crate) fn name<'t>(field: &'static str, text: Option<&'t str>) -> Result<Option<&'t str>, BadEvent> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    bounded(field, text.unwrap_or_default(), NAME_CHARS).map(|()| text)
}

/// The numbers and names of an order.
pub(crate) fn order(order: &RawOrder<'_>) -> Result<(), BadEvent> {
    bounded("order_id", &order.order_id, ID_CHARS)?;
    for product in &order.products {
        bounded("product_id", &product.product_id, ID_CHARS)?;
        bounded("product_name", &product.name, ITEM_NAME_CHARS)?;
    }
    let worth: Money = order.products.iter().map(|product| product.price.times(product.quantity).abs()).sum();
    match worth > ORDER_VALUE {
        true => Err(BadEvent::new("products", format!("they are worth {worth}, and {ORDER_VALUE} is the most"))),
        false => Ok(()),
    }
}

#[inline]
fn bounded(field: &'static str, text: &str, most: usize) -> Result<(), BadEvent> {
    // Bytes are never fewer than characters, and are known without counting.
    if text.len() <= most {
        return Ok(());
    }
    match text.chars().count() {
        count if count > most => {
            Err(BadEvent::new(field, format!("it has {count} characters, and {most} are the most")))
        }
        _ => Ok(()),
    }
}
