//! `[items]`: what cleaning has to know about a shop's items.

use super::MappingError;
use super::document::Section;
use bellwether_domain::{CategoryRule, ItemRules, NameCase};

pub(super) fn parse(root: &mut Section<'_>) -> Result<ItemRules, MappingError> {
    let Some(node) = root.optional("items") else { return Ok(ItemRules::default()) };
    let mut section = node.section()?;
    let rules = ItemRules {
        non_product_codes: section.optional_texts("non_product_codes")?,
        non_product_names: section.optional_texts("non_product_names")?,
        notes: section.optional_texts("notes")?,
        name_case: section.optional("name_case").map(|node| node.choice(&CASES)).transpose()?.unwrap_or_default(),
        keep_words: section.optional_texts("keep_words")?,
        categories: categories(&mut section)?,
        quantity_limit: section.optional("quantity_limit").map(|node| node.number()).transpose()?,
        price_limit: section.optional("price_limit").map(|node| node.number()).transpose()?,
    };
    section.finish()?;
    Ok(rules)
}

const CASES: [(&str, NameCase); 3] = [("keep", NameCase::Keep), ("upper", NameCase::Upper), ("title", NameCase::Title)];

fn categories(items: &mut Section<'_>) -> Result<Vec<CategoryRule>, MappingError> {
    let Some(node) = items.optional("category") else { return Ok(Vec::new()) };
    if node.is_table() {
        return Err(
            node.error("write [[items.category]] with double brackets: there is one for each category, in order")
        );
    }
    node.list()?
        .iter()
        .map(|node| {
            let mut section = node.section()?;
            let name = section.text("name")?;
            let words = section.required("words")?.texts()?;
            section.finish()?;
            Ok(CategoryRule { name, words })
        })
        .collect()
}
