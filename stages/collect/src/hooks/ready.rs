//! The mappings that come with the product, and what a mapping of one's own must be.

use super::{check, signature::header_of};
use crate::{
    guess::guess_from_document,
    mapping::{EventMapping, FileMapping, MappingError},
    ready::ReadyMapping,
    segment::Refusal,
};
use bellwether_domain::{HookSender, HookSystem, ItemRules};
use std::collections::BTreeSet;

/// The mapping that comes with the product; none for a system that is not known by name.
pub const fn ready_mapping(system: HookSystem) -> Option<&'static str> {
    match system {
        HookSystem::Shopify => Some(include_str!("../../../../packs/mappings/webhooks/shopify.toml")),
        HookSystem::Woocommerce => Some(include_str!("../../../../packs/mappings/webhooks/woocommerce.toml")),
        HookSystem::Stripe => Some(include_str!("../../../../packs/mappings/webhooks/stripe.toml")),
        HookSystem::Generic => None,
    }
}

/// The mappings for web hooks that come with the product and belong to no [`HookSystem`]: those of mail services.
pub const fn service_mappings() -> &'static [ReadyMapping] {
    &[
        ReadyMapping { name: "mailgun", text: include_str!("../../../../packs/mappings/webhooks/mailgun.toml") },
        ReadyMapping { name: "postmark", text: include_str!("../../../../packs/mappings/webhooks/postmark.toml") },
        ReadyMapping { name: "sendgrid", text: include_str!("../../../../packs/mappings/webhooks/sendgrid.toml") },
        ReadyMapping { name: "ses", text: include_str!("../../../../packs/mappings/webhooks/ses.toml") },
    ]
}

/// A draft of a mapping, guessed from a delivery; `source` is what its source is called.
///
/// # Errors
/// The body is not JSON, and where; or holds no object.
pub fn guess(source: &str, body: &str) -> Result<String, Refusal> {
    let checked = check(body.as_bytes())?;
    guess_from_document(source, checked.body).ok_or(Refusal::NotAnObject)
}

/// A delivery as a system sends it, to try a mapping on before the first real one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExampleDelivery {
    /// The header that says what it is about, with its value; none where that stands in the body.
    pub header: Option<(&'static str, &'static str)>,
    /// One JSON object.
    pub body: &'static str,
}

/// An example of what a system sends. For one that is not known by name it is that of the guide to web hooks.
pub const fn example(system: HookSystem) -> ExampleDelivery {
    match system {
        HookSystem::Shopify => ExampleDelivery {
            header: Some(("x-shopify-topic", "orders/paid")),
            body: include_str!("../../../../packs/mappings/webhooks/shopify/orders-paid.json"),
        },
        HookSystem::Woocommerce => ExampleDelivery {
            header: Some(("x-wc-webhook-topic", "order.updated")),
            body: include_str!("../../../../packs/mappings/webhooks/woocommerce/order.updated.json"),
        },
        HookSystem::Stripe => ExampleDelivery {
            header: None,
            body: include_str!("../../../../packs/mappings/webhooks/stripe/charge.succeeded.json"),
        },
        HookSystem::Generic => ExampleDelivery {
            header: Some(("x-event", "booking.confirmed")),
            body: r#"{
  "id": 7,
  "confirmed_at": "2026-11-22T10:00:00Z",
  "guest": { "email": "ann@example.com" },
  "room": { "name": "Garden" }
}
"#,
        },
    }
}

/// Reads a mapping for web hooks.
///
/// # Errors
/// The first thing that is wrong, with its line and column; also what would have no effect here.
pub fn parse_mapping(text: &str) -> Result<EventMapping, MappingError> {
    const FILE: &str = "mapping";
    let mapping = EventMapping::parse(FILE, text)?;
    let no_use = |table: &str, why: &str| {
        let line = 1 + text.lines().position(|line| line.trim_start().starts_with(&format!("[{table}"))).unwrap_or(0);
        let message = format!("`{table}` has no use in a mapping of web hooks: {why}; leave it out");
        Err(MappingError { file: FILE.to_owned(), line, column: 1, message })
    };
    if mapping.file != FileMapping::default() {
        return no_use("file", "their bodies are JSON");
    }
    if mapping.items != ItemRules::default() {
        return no_use("items", "rules for items go with orders in files");
    }
    Ok(mapping)
}

/// The headers of a delivery that are kept, in small letters: what its mapping asks for, and what says what it is about. What
/// proves who sent it is never among them.
pub fn kept_headers(sender: &HookSender, mapping: Option<&EventMapping>) -> BTreeSet<String> {
    let about: &[&str] = match sender {
        HookSender::Shopify => &["x-shopify-topic", "x-shopify-test", "x-shopify-webhook-id", "x-shopify-event-id"],
        HookSender::Woocommerce => &["x-wc-webhook-topic", "x-wc-webhook-delivery-id"],
        HookSender::Stripe | HookSender::Generic(_) => &[],
    };
    let asked = mapping.into_iter().flat_map(|mapping| &mapping.asked);
    let asked = asked.filter_map(|asked| asked.name.strip_prefix("header."));
    let headers = about.iter().copied().chain(asked).map(str::to_ascii_lowercase);
    headers.filter(|name| !is_secret(sender, name)).collect()
}

/// Whether a header, in small letters, proves who sent a delivery: nobody keeps those.
pub fn is_secret(sender: &HookSender, header: &str) -> bool {
    [header_of(sender), "authorization", "proxy-authorization", "cookie"].contains(&header)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_domain::{HookSignature, SignatureScheme};

    #[test]
    fn ready_mappings_can_be_read() {
        for system in [HookSystem::Shopify, HookSystem::Woocommerce, HookSystem::Stripe] {
            parse_mapping(ready_mapping(system).unwrap()).unwrap();
        }
        for ReadyMapping { name, text } in service_mappings() {
            parse_mapping(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }

    #[test]
    fn a_guess_from_an_example_can_be_used() {
        for system in [HookSystem::Shopify, HookSystem::Woocommerce, HookSystem::Stripe, HookSystem::Generic] {
            let draft = guess("shop", example(system).body).unwrap();
            parse_mapping(&draft).unwrap_or_else(|error| panic!("{system:?}: {error}\n{draft}"));
        }
        let draft = guess("booking", example(HookSystem::Generic).body).unwrap();
        assert!(draft.contains("user_id = \"guest.email\"") && draft.contains("Activity Recorded"), "{draft}");
        assert!(draft.contains("room_name = \"room.name\"") && !draft.contains("\nname = \"room.name\""), "{draft}");
        assert!(guess("shop", "7").is_err() && guess("shop", "").is_err() && guess("shop", "[7]").is_err());
        let broken = guess("shop", "{\"a\":").unwrap_err().to_string();
        assert!(broken.starts_with("line 1, column 5 of the body is not JSON"), "{broken}");
    }

    #[test]
    fn what_arrives_without_a_date_happened_when_it_arrived() {
        let draft =
            guess("shop", "{\n  \"customer\": {\"email\": \"ann@example.com\"},\n  \"room\": \"Garden\"\n}").unwrap();
        assert!(!draft.contains("\ntime =") && draft.contains("# No value holds"), "{draft}");
        assert!(parse_mapping(&draft).unwrap().rules.iter().all(|rule| rule.time.is_none()), "{draft}");
        let dated = guess("shop", "{\"email\": \"ann@example.com\", \"at\": \"2026-11-22T10:00:00Z\"}").unwrap();
        assert!(dated.contains("time = { column = \"at\""), "{dated}");
    }

    #[test]
    fn what_would_have_no_effect_is_refused_with_its_line() {
        let check = |more: &str| {
            let text = format!(
                "kind = \"events\"\nsource = \"x\"\n{more}\n[[event]]\nevent = {{ constant = \"A\" }}\nuser_id = \"id\"\n"
            );
            parse_mapping(&text).map(|_| ()).map_err(|error| error.to_string())
        };
        assert_eq!(check(""), Ok(()));
        let error = check("[file]\nformat = \"json\"").unwrap_err();
        assert!(error.starts_with("mapping:3:1: `file` has no use in a mapping of web hooks"), "{error}");
        let error = check("\n[items]\nnotes = [\"x\"]").unwrap_err();
        assert!(error.starts_with("mapping:4:1: `items` has no use"), "{error}");
        let error = check("[[event]]\nuser_idd = \"id\"").unwrap_err();
        assert!(error.starts_with("mapping:") && error.contains("user_idd"), "{error}");
    }

    #[test]
    fn no_secret_is_kept() {
        let mapping = "kind = \"events\"\nsource = \"x\"\n[[event]]\nevent = \"header.x-topic\"\nuser_id = \"header.x-token\"\n\
                       properties.a = \"header.authorization\"\n";
        let mapping = parse_mapping(mapping).unwrap();
        let signature = HookSignature { header: "X-Token".parse().unwrap(), scheme: SignatureScheme::Token };
        let kept = kept_headers(&HookSender::Generic(signature), Some(&mapping));
        assert_eq!(kept.into_iter().collect::<Vec<_>>(), ["x-topic"]);
        assert!(kept_headers(&HookSender::Shopify, None).contains("x-shopify-topic"));
    }
}
