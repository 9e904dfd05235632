//! The draft as text.

use super::{
    branch,
    content::Content,
    meaning::{self, Known, Meaning},
    plan::{self, Kind, Plan},
    table::Sample,
};
use crate::mapping::{Format, NumberStyle};
use std::fmt::Write as _;

/// Facts about people, and what campaigns call them.
const TRAITS: [(Meaning, &str); 10] = [
    (Meaning::Email, "email"),
    (Meaning::Phone, "phone"),
    (Meaning::Name, "name"),
    (Meaning::FirstName, "first_name"),
    (Meaning::LastName, "last_name"),
    (Meaning::Birthday, "birthday"),
    (Meaning::Gender, "gender"),
    (Meaning::Country, "country"),
    (Meaning::City, "city"),
    (Meaning::Language, "language"),
];

/// What a draft says about a day where nothing else does: so old that whatever is known from elsewhere is newer.
const NO_DAY: &str = "2000-01-01";

/// A draft while it is written.
struct Draft<'d> {
    text: String,
    columns: &'d [Known],
    plan: &'d Plan,
    arrives: bool,
    used: Vec<&'d str>,
}

/// The draft for a file that begins like this.
pub(super) fn of(file: &str, sample: &Sample) -> String {
    let columns = meaning::of_columns(sample);
    write(file, sample, &columns, &plan::decide(&columns, sample))
}

fn write(file: &str, sample: &Sample, columns: &[Known], plan: &Plan) -> String {
    // Names that the language reads in another way cannot be asked for.
    let usable =
        |column: &&Known| column.name.trim() == column.name && !column.name.starts_with("$.") && column.name != "@";
    let mut draft = Draft { text: String::new(), columns, plan, arrives: sample.arrives, used: Vec::new() };
    let usable: Vec<&Known> = columns.iter().filter(usable).collect();
    draft.head(file, sample);
    match plan.kind {
        Kind::Orders => draft.orders(&usable),
        Kind::Actions | Kind::People => draft.events(&usable),
    }
    draft.left_out(sample);
    draft.text
}

impl<'d> Draft<'d> {
    fn head(&mut self, file: &str, sample: &Sample) {
        let kind = if self.plan.kind == Kind::Orders { "orders" } else { "events" };
        let form = match sample.format {
            Format::Json => "objects of JSON",
            Format::JsonLines => "lines of JSON",
            Format::Delimited | Format::Detect => "rows",
        };
        let rows = sample.rows;
        self.comment(&format!(
            "A draft, guessed from the first {rows} {form} of {file}. Look at a dry run, and mend what is wrong."
        ));
        self.comment(&format!("`{kind}`, because {}.", self.plan.why));
        self.line(&format!("kind = \"{kind}\""));
        self.line(&format!("source = {}", quoted(&source_name(file))));
        let numbers = self.plan.numbers;
        if numbers != NumberStyle::default() {
            let decimal = if numbers.decimal == b',' { "comma" } else { "point" };
            let thousands = numbers.thousands.map_or("none".to_owned(), String::from);
            if let Some(text) = &self.plan.doubtful {
                self.comment(&format!(
                    "A number such as {text} is taken for one with grouped thousands. If its comma stands before decimal places, write decimal = \"comma\", thousands = \"none\"."
                ));
            }
            // Sections end the keys of the top; this way they can stand here.
            self.line(&format!(
                "numbers = {{ decimal = \"{decimal}\", thousands = {} }}  # as the first numbers are written",
                quoted(&thousands)
            ));
        }
        self.line("");
    }

    fn orders(&mut self, usable: &[&'d Known]) {
        self.line("[columns]");
        self.value("order", find_in(usable, Meaning::Order), "");
        match person_in(usable) {
            Some(person) => self.value("customer", Some(person), ""),
            None => self.comment("customer = …: no column looks like a customer's number; all sales are anonymous"),
        }
        self.time(find_in(usable, Meaning::Time));
        let item = find_in(usable, Meaning::Item).or_else(|| find_in(usable, Meaning::ItemName));
        self.value("item", item, "");
        if find_in(usable, Meaning::Item).is_some() {
            self.value("item_name", find_in(usable, Meaning::ItemName), "");
        }
        self.value("quantity", find_in(usable, Meaning::Quantity), "");
        self.value("price", find_in(usable, Meaning::Price), "");
        match find_in(usable, Meaning::Currency) {
            Some(currency) => self.value("currency", Some(currency), ""),
            None => {
                let code = self.plan.currency;
                self.line(&format!("currency = {{ constant = \"{code}\" }}  # no column names one: check this"));
            }
        }
        let quantity = find_in(usable, Meaning::Quantity);
        self.traits("\n[traits]", usable, false);
        self.properties("\n[properties]", usable, &[], false);
        if quantity.is_some_and(|quantity| quantity.content == Content::Whole { negative: true }) {
            self.line("\n[refund]\nnegative_quantity = true  # some quantities are below zero");
        }
    }

    fn events(&mut self, usable: &[&'d Known]) {
        match (person_in(usable), find_in(usable, Meaning::Visitor)) {
            (Some(person), visitor) => {
                self.value("user_id", Some(person), "");
                self.value("anonymous_id", visitor, "");
            }
            (None, Some(visitor)) => self.value("anonymous_id", Some(visitor), ""),
            (None, None) => {
                self.comment("No column looks like a person's id, e-mail or phone number. Name the one that says whom a row is about:");
                self.line("anonymous_id = { constant = \"unknown\" }");
            }
        }
        self.time(find_in(usable, Meaning::Time));
        let mut traits = Draft { text: String::new(), used: Vec::new(), ..*self };
        traits.traits("[event.traits]", usable, true);
        if self.plan.kind == Kind::Actions {
            self.line("\n[[event]]");
            match find_in(usable, Meaning::Action) {
                Some(action) => self.value("event", Some(action), ""),
                None => {
                    self.line("event = { constant = \"Activity Recorded\" }  # no column says what happened: name it")
                }
            }
            self.properties("\n[event.properties]", usable, &traits.used, true);
        }
        if self.plan.kind == Kind::People || !traits.text.is_empty() {
            self.line("\n[[event]]\ntype = \"identify\"\n");
            self.text.push_str(traits.text.trim_start());
            self.used.append(&mut traits.used);
            if self.plan.kind == Kind::People {
                let title = if self.text.ends_with("\"identify\"\n\n") { "[event.traits]" } else { "" };
                self.properties(title, usable, &[], true);
            }
        }
    }

    fn traits(&mut self, title: &str, usable: &[&'d Known], typed: bool) {
        let mut title = Some(title.to_owned());
        for (meaning, name) in TRAITS {
            let Some(column) = find_in(usable, meaning) else { continue };
            if let Some(title) = title.take() {
                self.line(&title);
            }
            let cast = match meaning {
                Meaning::Email => "cast = \"lower\"".to_owned(),
                Meaning::Birthday if typed => date_cast(&column.content),
                _ => String::new(),
            };
            self.value(name, Some(column), &cast);
        }
    }

    /// All that is left; `typed` where values may be more than texts.
    fn properties(&mut self, title: &str, usable: &[&'d Known], besides: &[&str], typed: bool) {
        let mut title = Some(title).filter(|title| !title.is_empty());
        let mut names: Vec<String> = TRAITS.iter().map(|(_, name)| (*name).to_owned()).collect();
        for column in usable {
            let column: &'d Known = column;
            if column.content == Content::Empty
                || self.used.contains(&&*column.name)
                || besides.contains(&&*column.name)
            {
                continue;
            }
            let branch = branch::property(&column.name).filter(|name| names.iter().all(|taken| taken != name));
            let name = branch.map_or_else(|| property_name(&column.name), str::to_owned);
            if names.contains(&name) {
                continue;
            }
            if let Some(title) = title.take() {
                self.line(title);
            }
            let cast = match &column.content {
                _ if !typed || branch.is_some() => String::new(),
                Content::Decimal(style) if *style == self.plan.numbers => "cast = \"number\"".to_owned(),
                // Long rows of digits are numbers of things.
                Content::Whole { .. } if !looks_like_id(&column.name) => "cast = \"number\"".to_owned(),
                Content::Truth => "cast = \"boolean\"".to_owned(),
                _ => String::new(),
            };
            self.value(&key(&name), Some(column), &cast);
            names.push(name);
        }
    }

    fn time(&mut self, column: Option<&'d Known>) {
        match column.map(|column| (column, &column.content)) {
            Some((column, Content::Date(format, other))) => {
                if let Some(other) = other {
                    self.comment(&format!(
                        "The dates can be read as {format} and as {other}: check which one is meant."
                    ));
                }
                self.comment(
                    "Set the time zone of the place where the times were written, for example \"Europe/Berlin\".",
                );
                let more = format!("format = {}, timezone = \"UTC\"", quoted(&format.to_string()));
                self.value("time", Some(column), &more);
            }
            _ if self.arrives => {
                self.comment("No value holds dates that can be read: it happens when it arrives. To say another time, add time = \"…\".");
            }
            _ => {
                self.comment("No column holds dates that can be read. Name it, or write the day that the list is of:");
                self.line(&format!("time = {{ constant = \"{NO_DAY}\" }}"));
            }
        }
    }

    fn value(&mut self, key: &str, column: Option<&'d Known>, more: &str) {
        let Some(column) = column else { return };
        let name = quoted(&column.name);
        let value = match more {
            "" => name,
            more => format!("{{ column = {name}, {more} }}"),
        };
        let why = if column.meaning.is_some() { format!("  # {}", column.why) } else { String::new() };
        self.line(&format!("{key} = {value}{why}"));
        self.used.push(&column.name);
    }

    fn left_out(&mut self, sample: &Sample) {
        let mut lines = Vec::new();
        for column in self.columns.iter().filter(|column| !self.used.contains(&&*column.name)) {
            let why = match column.content {
                Content::Empty => "it is empty",
                _ => "its name cannot be told from another",
            };
            lines.push(format!("- {}: {why}", shown(&column.name)));
        }
        lines.extend(sample.repeated.iter().map(|name| match name.as_str() {
            "" => "- a column without a name".to_owned(),
            name => format!("- {}: it stands more than once in the header", shown(name)),
        }));
        lines.extend(
            sample.lists.iter().map(|list| {
                format!("- {}: a list; each = {} makes an event of every element", shown(list), quoted(list))
            }),
        );
        if !lines.is_empty() {
            self.line("");
            self.comment("Left out:");
            lines.iter().for_each(|line| self.comment(line));
        }
    }

    fn comment(&mut self, text: &str) {
        let text = shown(text);
        let _ = writeln!(self.text, "# {text}");
    }

    fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }
}

fn find_in<'d>(usable: &[&'d Known], meaning: Meaning) -> Option<&'d Known> {
    usable.iter().find(|column| column.meaning == Some(meaning)).copied()
}

fn person_in<'d>(usable: &[&'d Known]) -> Option<&'d Known> {
    [Meaning::Customer, Meaning::Email, Meaning::Phone].into_iter().find_map(|meaning| find_in(usable, meaning))
}

fn date_cast(content: &Content) -> String {
    match content {
        Content::Date(format, _) => format!("cast = \"date\", format = {}", quoted(&format.to_string())),
        _ => String::new(),
    }
}

fn looks_like_id(name: &str) -> bool {
    let name = name.to_lowercase();
    ["id", "no", "nr", "number", "nummer", "code", "zip", "plz"].iter().any(|end| name.ends_with(end))
        || ["号", "编码", "邮编"].iter().any(|end| name.ends_with(end))
}

/// Letters, digits and `_`; in letters that the column has.
fn property_name(column: &str) -> String {
    let mut name = String::new();
    for c in column.chars() {
        match c {
            c if c.is_alphanumeric() => name.extend(c.to_lowercase()),
            _ if name.is_empty() || name.ends_with('_') => {}
            _ => name.push('_'),
        }
    }
    let name = name.trim_end_matches('_');
    if name.is_empty() { "value".to_owned() } else { name.to_owned() }
}

fn source_name(file: &str) -> String {
    let stem = file.split('.').next().unwrap_or_default().to_lowercase();
    let fits = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    let name: String = stem.chars().map(fits).take(64).collect();
    let name = name.trim_matches('-');
    if name.is_empty() { "import".to_owned() } else { name.to_owned() }
}

fn key(name: &str) -> String {
    match name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        true => name.to_owned(),
        false => quoted(name),
    }
}

/// A text of TOML, on one line whatever it holds.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Comments end with their line.
fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
