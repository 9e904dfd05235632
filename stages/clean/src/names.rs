//! Item names without noise, and what category they speak of.

use crate::pattern::Patterns;
use bellwether_domain::{ItemRules, NameCase};

/// The rules for names, ready for use.
#[derive(Debug, Clone)]
pub(crate) struct NameRules {
    notes: Patterns,
    case: NameCase,
    keep_words: Vec<String>,
    categories: Vec<(String, Vec<String>)>,
}

/// A name after cleaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CleanName {
    /// Empty where the source wrote none, or a remark instead of one.
    pub name: String,
    /// Something was wrong with it.
    pub noise: bool,
}

impl NameRules {
    pub fn new(rules: &ItemRules) -> Self {
        let lower = |words: &[String]| words.iter().map(|word| word.to_lowercase()).collect::<Vec<_>>();
        Self {
            notes: Patterns::new(&rules.notes),
            case: rules.name_case,
            keep_words: rules.keep_words.clone(),
            categories: rules.categories.iter().map(|rule| (rule.name.clone(), lower(&rule.words))).collect(),
        }
    }

    /// Cleans a name: blanks, remarks, letter case. On a line without a price a name may be a remark of the stock room.
    pub fn clean(&self, raw: &str, has_price: bool) -> CleanName {
        let tidy = tidy(raw);
        let note = !tidy.is_empty() && (!tidy.chars().any(char::is_alphabetic) || (!has_price && self.is_note(&tidy)));
        if note {
            return CleanName { name: String::new(), noise: true };
        }
        let name = match self.case {
            NameCase::Keep => tidy.clone(),
            NameCase::Upper => self.by_word(&tidy, |word, _| word.to_uppercase()),
            NameCase::Title => self.by_word(&tidy, title),
        };
        // Capitals throughout are a shop's style. A name that mixes them is one that somebody typed wrong.
        let mixed = self.case != NameCase::Keep && name != tidy && tidy.chars().any(char::is_lowercase);
        CleanName { noise: tidy != raw || mixed, name }
    }

    fn is_note(&self, tidy: &str) -> bool {
        !self.notes.is_empty() && self.notes.fit(&tidy.to_lowercase())
    }

    /// The category that the first fitting rule gives to a name.
    pub fn category(&self, name: &str) -> &str {
        let lower = name.to_lowercase();
        let words = word_starts(&lower);
        let fits = |rule: &[String]| rule.iter().any(|word| begins_a_word(&lower, &words, word));
        self.categories.iter().find(|(_, rule)| fits(rule)).map_or(ItemRules::OTHER, |(category, _)| category)
    }

    fn by_word(&self, name: &str, change: impl Fn(&str, bool) -> String) -> String {
        let mut changed = String::with_capacity(name.len());
        for (index, word) in name.split(' ').enumerate() {
            if index > 0 {
                changed.push(' ');
            }
            match self.keep_words.iter().find(|keep| keep.eq_ignore_ascii_case(word)) {
                Some(keep) => changed.push_str(keep),
                None => changed.push_str(&change(word, index == 0)),
            }
        }
        changed
    }
}

/// Without blanks at the ends, with single ones in between.
fn tidy(raw: &str) -> String {
    let mut tidy = String::with_capacity(raw.len());
    for word in raw.split_whitespace() {
        if !tidy.is_empty() {
            tidy.push(' ');
        }
        tidy.push_str(word);
    }
    tidy
}

/// `T-LIGHT` becomes `T-Light`, `OF` becomes `of`; a word that is not mostly capitals stays.
fn title(word: &str, first: bool) -> String {
    const SMALL: [&str; 14] = ["a", "an", "and", "as", "at", "by", "for", "in", "of", "on", "or", "the", "to", "with"];
    let (mut upper, mut lower) = (0, 0);
    for c in word.chars() {
        upper += usize::from(c.is_uppercase());
        lower += usize::from(c.is_lowercase());
    }
    if upper <= lower {
        return word.to_owned();
    }
    let small = word.to_lowercase();
    if !first && SMALL.contains(&small.as_str()) {
        return small;
    }
    let mut titled = String::with_capacity(word.len());
    let mut before = ' ';
    for c in word.chars() {
        // `CHILD'S` is one word, `T-LIGHT` and `PINK/RED` are two, the `G` of `500G` belongs to its number.
        let inside = before.is_alphanumeric() || before == '\'';
        if inside {
            titled.extend(c.to_lowercase())
        } else {
            titled.push(c)
        }
        before = c;
    }
    titled
}

/// Whether a sign belongs to a script that parts words by blanks.
fn has_borders(c: char) -> bool {
    c.is_alphanumeric() && c < '\u{2e80}'
}

/// What stands from the beginning of each word on.
fn word_starts(text: &str) -> Vec<&str> {
    let mut before = ' ';
    let starts = text.char_indices().filter_map(|(at, c)| {
        let starts = !has_borders(before);
        before = c;
        starts.then(|| &text[at..])
    });
    starts.collect()
}

/// Whether `word` (in small letters) stands in `text` at the beginning of one of its words. Scripts that write no blanks
/// between words have no such beginnings; there any place will do.
fn begins_a_word(text: &str, words: &[&str], word: &str) -> bool {
    match word.chars().next() {
        Some(first) if has_borders(first) => words.iter().any(|start| start.starts_with(word)),
        Some(_) => text.contains(word),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_domain::CategoryRule;

    fn rules(case: NameCase) -> NameRules {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        NameRules::new(&ItemRules {
            notes: words(&["*damage*", "check"]),
            name_case: case,
            keep_words: words(&["LED", "iPod"]),
            categories: vec![
                CategoryRule { name: "Lighting".to_owned(), words: words(&["light", "灯"]) },
                CategoryRule { name: "Kitchen".to_owned(), words: words(&["tea", "MUG"]) },
            ],
            ..ItemRules::default()
        })
    }

    fn check(case: NameCase, raw: &str, has_price: bool, expected: (&str, bool)) {
        let clean = rules(case).clean(raw, has_price);
        assert_eq!((clean.name.as_str(), clean.noise), expected, "{raw}");
    }

    #[test]
    fn names_lose_their_noise() {
        check(NameCase::Keep, "WHITE LANTERN", true, ("WHITE LANTERN", false));
        check(NameCase::Keep, " 3 BISCUIT CUTTERS  SET ", true, ("3 BISCUIT CUTTERS SET", true));
        check(NameCase::Keep, "??", true, ("", true));
        check(NameCase::Keep, "", true, ("", false));
        check(NameCase::Keep, "wet damaged", false, ("", true));
        check(NameCase::Keep, "SLIGHTLY DAMAGED MUG", true, ("SLIGHTLY DAMAGED MUG", false));
        check(NameCase::Keep, "checkers", false, ("checkers", false));
    }

    #[test]
    fn letter_case_is_unified() {
        check(
            NameCase::Title,
            "WHITE HANGING HEART T-LIGHT HOLDER",
            true,
            ("White Hanging Heart T-Light Holder", false),
        );
        check(NameCase::Title, "SET OF 3 CHILD'S BOXES", true, ("Set of 3 Child's Boxes", false));
        check(NameCase::Title, "3 TRADITIONAl CUTTERS", true, ("3 Traditional Cutters", true));
        check(NameCase::Title, "BAG 500g MARBLES", true, ("Bag 500g Marbles", true));
        check(NameCase::Title, "FUN IPOD LED TORCH", true, ("Fun iPod LED Torch", false));
        check(NameCase::Title, "Gift Voucher £20.00", true, ("Gift Voucher £20.00", false));
        check(NameCase::Upper, "Bag of Ärger", true, ("BAG OF ÄRGER", true));
        check(NameCase::Title, "白色 灯笼", true, ("白色 灯笼", false));
    }

    #[test]
    fn categories_by_the_beginnings_of_words() {
        let category = |name: &str| rules(NameCase::Keep).category(name).to_owned();
        assert_eq!(category("T-LIGHT HOLDER"), "Lighting");
        assert_eq!(category("Fairy Lights"), "Lighting");
        assert_eq!(category("TURKISH DELIGHT"), "Other");
        assert_eq!(category("STEAM IRON"), "Other");
        assert_eq!(category("TEATIME MUG"), "Kitchen");
        assert_eq!(category("白色灯笼"), "Lighting");
    }
}
