//! The names of a record's values: columns, and paths into JSON.

use std::cell::RefCell;

/// The name of a value, as the mapping writes it: `Country`, `customer.email`, `line_items[0].sku`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// As it is written, without `$.` before it.
    pub text: String,
    pub(crate) scope: Scope,
    pub(crate) steps: Vec<Step>,
    /// Its place among all names of the mapping, so that columns are looked up once for a file and not for every row.
    pub(crate) slot: usize,
}

/// What a name is looked up in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// The element, inside of `each`; otherwise the record.
    Here,
    /// The whole record, also inside of `each`: written `$.name`.
    Record,
    /// The element itself: written `@`.
    Itself,
}

/// One step into JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Key(String),
    /// From 0.
    Element(usize),
}

/// A name that some key of a mapping asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub name: String,
    /// The mapping's key, to speak of it.
    pub key: String,
}

/// All names of a mapping, in the order in which they were met.
#[derive(Debug, Default)]
pub(crate) struct NameTable(RefCell<Vec<Asked>>);

impl NameTable {
    /// Reads a name and gives it its slot. What is no path, such as `Amount [EUR]`, is one key.
    pub fn name(&self, written: &str, key: &str) -> Name {
        let written = written.trim();
        let (scope, text) = match written.strip_prefix("$.") {
            _ if written == "@" => (Scope::Itself, written),
            Some(rest) => (Scope::Record, rest),
            None => (Scope::Here, written),
        };
        let steps = steps(text).unwrap_or_else(|| vec![Step::Key(text.to_owned())]);
        Name { text: text.to_owned(), scope, steps, slot: self.slot(text, key) }
    }

    fn slot(&self, text: &str, key: &str) -> usize {
        let mut asked = self.0.borrow_mut();
        match asked.iter().position(|known| known.name == text) {
            Some(slot) => slot,
            None => {
                asked.push(Asked { name: text.to_owned(), key: key.to_owned() });
                asked.len() - 1
            }
        }
    }

    /// All of them, by slot.
    pub fn asked(&self) -> Vec<Asked> {
        self.0.borrow().clone()
    }
}

/// `a.b[0].c` as steps; `None` where brackets or points do not divide it so.
fn steps(text: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    for part in text.split('.') {
        let (key, brackets) = part.find('[').map_or((part, ""), |at| part.split_at(at));
        if key.is_empty() {
            return None;
        }
        steps.push(Step::Key(key.to_owned()));
        let mut rest = brackets;
        while !rest.is_empty() {
            let (digits, behind) = rest.strip_prefix('[')?.split_once(']')?;
            steps.push(Step::Element(digits.parse().ok()?));
            rest = behind;
        }
    }
    Some(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(written: &str, scope: Scope, expected: &[&str]) {
        let name = NameTable::default().name(written, "key");
        let steps: Vec<String> = name
            .steps
            .iter()
            .map(|step| match step {
                Step::Key(key) => key.clone(),
                Step::Element(index) => format!("#{index}"),
            })
            .collect();
        assert_eq!((name.scope, steps.iter().map(String::as_str).collect::<Vec<_>>()), (scope, expected.to_vec()));
    }

    #[test]
    fn paths_are_divided_and_odd_names_are_not() {
        check("Country", Scope::Here, &["Country"]);
        check(" customer.email ", Scope::Here, &["customer", "email"]);
        check("line_items[0].tags[12][3]", Scope::Here, &["line_items", "#0", "tags", "#12", "#3"]);
        check("$.customer.id", Scope::Record, &["customer", "id"]);
        check("@", Scope::Itself, &["@"]);
        for odd in ["Amount [EUR]", "No.", ".5", "a..b", "x[", "x[1", "x[1]y", "[1]", "x[-1]"] {
            check(odd, Scope::Here, &[odd]);
        }
    }

    #[test]
    fn a_name_has_one_slot_however_often_it_is_asked_for() {
        let names = NameTable::default();
        let slots: Vec<usize> = ["a", "b", "$.a", "a"].iter().map(|name| names.name(name, "key").slot).collect();
        assert_eq!((slots, names.asked().len()), (vec![0, 1, 0, 0], 2));
    }
}
