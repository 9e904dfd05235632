//! What a shop says about its own items: which lines are no goods, how names are cleaned, which category a name means.

use crate::{Money, Quantity};
use serde::{Deserialize, Serialize};

/// The rules of one source, from the `[items]` part of its mapping. The default changes nothing.
///
/// Patterns are compared without regard to case; `*` stands for any text, so `gift_*` is a prefix and `*postage*` a part.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ItemRules {
    /// Patterns of item numbers that are money but not goods: postage, fees, manual corrections.
    pub non_product_codes: Vec<String>,
    /// Patterns of item names that are money but not goods.
    pub non_product_names: Vec<String>,
    /// Patterns of remarks that stand where a name belongs (`damaged`, `check`). Looked for on lines without a price only.
    pub notes: Vec<String>,
    /// How names are written.
    pub name_case: NameCase,
    /// Words that keep their spelling whatever `name_case` says, for example `LED`.
    pub keep_words: Vec<String>,
    /// Words in names, and the category that they mean; the first rule that fits wins.
    pub categories: Vec<CategoryRule>,
    /// A line with more pieces than this (sold or returned) is flagged as an outlier.
    pub quantity_limit: Option<Quantity>,
    /// A line with goods at a higher price than this is flagged as an outlier.
    pub price_limit: Option<Money>,
}

/// How item names are written after cleaning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameCase {
    /// As the source writes them.
    #[default]
    Keep,
    /// `WHITE METAL LANTERN`.
    Upper,
    /// `White Metal Lantern`.
    Title,
}

/// One category and the words that mean it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryRule {
    /// What the category is called.
    pub name: String,
    /// Any of these at the beginning of a word of the name, whatever the case: `light` finds `T-LIGHT` and `Lights`, not `Delight`.
    pub words: Vec<String>,
}

impl ItemRules {
    /// The category of names that no rule fits.
    pub const OTHER: &'static str = "Other";
}
