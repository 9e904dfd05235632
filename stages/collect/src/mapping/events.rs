//! Mappings of kind `events`: every record becomes events by rules.

use super::condition::{self, Condition};
use super::document::{Node, Section};
use super::fields::{self, FieldMappings};
use super::name::{Asked, Name, Scope};
use super::order_rule::{self, OrderRule};
use super::orders::TimeMapping;
use super::value::{self, ValueMapping, ValueSource};
use super::{FileMapping, MappingError, NumberStyle, QueryMapping, file, items, query, source_name};
use bellwether_domain::{EventKind, ItemRules};

/// How records (rows, JSON documents) become events.
#[derive(Debug, Clone, PartialEq)]
pub struct EventMapping {
    /// A digest of what the document says, however it is laid out and whatever its comments say.
    pub digest: String,
    /// The source's name.
    pub source: String,
    /// The query that its rows come from, where they come from one.
    pub query: Option<QueryMapping>,
    /// The form of the file, where there is one.
    pub file: FileMapping,
    /// How numbers are written.
    pub numbers: NumberStyle,
    /// Whether only the first rule that applies makes an event; otherwise each that applies makes one.
    pub first_only: bool,
    /// The rules, in order.
    pub rules: Vec<EventRule>,
    /// What cleaning has to know about items, where events are orders.
    pub items: ItemRules,
    /// Every name that values are asked for by; a [`Name`] knows its place here.
    pub(crate) asked: Vec<Asked>,
}

/// One `[[event]]`.
#[derive(Debug, Clone, PartialEq)]
pub struct EventRule {
    /// All of them must hold; without any the rule applies to every record.
    pub when: Vec<Condition>,
    /// Records that it applies to are left out on purpose, and no later rule sees them.
    pub skip: bool,
    /// A list in the record; each of its elements makes an event.
    pub each: Option<Name>,
    /// Which of the six calls.
    pub kind: EventKind,
    /// The event's name, for `track`.
    pub event: Option<ValueMapping>,
    /// Who it is about.
    pub user_id: Option<ValueMapping>,
    /// The visitor or device it is about.
    pub anonymous_id: Option<ValueMapping>,
    /// The company, for `group`.
    pub group_id: Option<ValueMapping>,
    /// The earlier id, for `alias`.
    pub previous_id: Option<ValueMapping>,
    /// What a page or screen is called.
    pub name: Option<ValueMapping>,
    /// Which group of pages or screens it belongs to.
    pub category: Option<ValueMapping>,
    /// What tells the event from all others; made from the record's place where there is none.
    pub message_id: Option<ValueMapping>,
    /// When it happened; when it was received where there is none.
    pub time: Option<TimeMapping>,
    /// The order that it is.
    pub order: Option<OrderRule>,
    /// What else it says.
    pub properties: FieldMappings,
    /// Facts about the person.
    pub traits: FieldMappings,
    /// The circumstances.
    pub context: FieldMappings,
}

impl EventMapping {
    /// Whether ids of events are made of the place that they come from.
    pub fn derives_ids(&self) -> bool {
        self.rules.iter().any(|rule| !rule.skip && rule.message_id.is_none())
    }
}

impl EventRule {
    /// A list that it goes through.
    pub fn list(&self) -> Option<&Name> {
        self.each.as_ref().or_else(|| self.order.as_ref()?.each.as_ref())
    }
}

/// What is said at the top, for every rule that does not say it itself.
struct Shared {
    user_id: Option<ValueMapping>,
    anonymous_id: Option<ValueMapping>,
    time: Option<TimeMapping>,
}

pub(super) fn parse(mut root: Section<'_>, digest: String) -> Result<EventMapping, MappingError> {
    let source = source_name(&mut root, "source")?;
    let query = query::parse(&mut root)?;
    let file = file::parse_any(&mut root)?;
    let numbers = file::parse_numbers(&mut root)?;
    let shared = shared(&mut root)?;
    let first_only = root.optional("rules").map(|node| node.choice(&[("all", false), ("first", true)])).transpose()?;
    let items = items::parse(&mut root)?;
    let node = root.required("event")?;
    if !node.is_list() {
        return Err(node.error("write [[event]] with double brackets: there can be several, one for each rule"));
    }
    let rules = node.list()?.iter().map(|node| rule(node, &shared)).collect::<Result<Vec<_>, _>>()?;
    let asked = root.names();
    root.finish()?;
    Ok(EventMapping {
        digest,
        source,
        query,
        file,
        numbers,
        first_only: first_only.unwrap_or(false),
        rules,
        items,
        asked,
    })
}

fn shared(root: &mut Section<'_>) -> Result<Shared, MappingError> {
    let mut shared = Shared {
        user_id: typed(root, "user_id")?,
        anonymous_id: typed(root, "anonymous_id")?,
        time: root.optional("time").map(|node| time(&node)).transpose()?,
    };
    // At the top there is no element that a name could be of.
    let time = shared.time.as_mut().map(|time| &mut time.value);
    for value in [shared.user_id.as_mut(), shared.anonymous_id.as_mut(), time].into_iter().flatten() {
        value.names_mut().for_each(|name| name.scope = Scope::Record);
    }
    Ok(shared)
}

const KINDS: [(&str, EventKind); 6] = [
    ("track", EventKind::Track),
    ("identify", EventKind::Identify),
    ("page", EventKind::Page),
    ("screen", EventKind::Screen),
    ("group", EventKind::Group),
    ("alias", EventKind::Alias),
];

fn rule(node: &Node<'_>, shared: &Shared) -> Result<EventRule, MappingError> {
    let mut section = node.section()?;
    let written = section.written();
    let rule = read_rule(&mut section)?;
    section.finish()?;
    match rule.skip {
        true => check_skip(node, &rule, &written).map(|()| rule),
        false => checked(node, with_shared(rule, shared)),
    }
}

fn read_rule(section: &mut Section<'_>) -> Result<EventRule, MappingError> {
    Ok(EventRule {
        when: section.optional("when").map(|node| condition::parse(&node)).transpose()?.unwrap_or_default(),
        skip: section.optional_bool("skip")?.unwrap_or(false),
        each: section.optional("each").map(|node| node.name()).transpose()?,
        kind: section.optional("type").map(|node| node.choice(&KINDS)).transpose()?.unwrap_or(EventKind::Track),
        event: typed(section, "event")?,
        user_id: typed(section, "user_id")?,
        anonymous_id: typed(section, "anonymous_id")?,
        group_id: typed(section, "group_id")?,
        previous_id: typed(section, "previous_id")?,
        name: typed(section, "name")?,
        category: typed(section, "category")?,
        message_id: typed(section, "message_id")?,
        time: section.optional("time").map(|node| time(&node)).transpose()?,
        order: section.optional("order").map(|node| order_rule::parse(&node)).transpose()?,
        properties: fields::parse(section, "properties")?,
        traits: fields::parse(section, "traits")?,
        context: fields::parse(section, "context")?,
    })
}

fn typed(section: &mut Section<'_>, key: &'static str) -> Result<Option<ValueMapping>, MappingError> {
    section.optional(key).map(|node| value::parse_typed(&node)).transpose()
}

fn time(node: &Node<'_>) -> Result<TimeMapping, MappingError> {
    if node.is_text() {
        return Ok(TimeMapping { value: value::parse_typed(node)?, format: None, zone: crate::time::Zone::UTC });
    }
    let mut section = node.section()?;
    let (format, zone) = value::format_and_zone(&mut section)?;
    let value = value::parse_typed_table(node, &mut section)?;
    section.finish()?;
    Ok(TimeMapping { value, format, zone })
}

fn with_shared(rule: EventRule, shared: &Shared) -> EventRule {
    EventRule {
        user_id: rule.user_id.or_else(|| shared.user_id.clone()),
        anonymous_id: rule.anonymous_id.or_else(|| shared.anonymous_id.clone()),
        time: rule.time.or_else(|| shared.time.clone()),
        ..rule
    }
}

fn check_skip(node: &Node<'_>, rule: &EventRule, written: &[String]) -> Result<(), MappingError> {
    match written.iter().find(|key| !["when", "skip"].contains(&key.as_str())) {
        Some(key) => Err(node
            .error(format!("`{}`: a rule with `skip = true` makes no event, so `{key}` has no use in it", node.path))),
        None if rule.when.is_empty() => {
            Err(node.error(format!("`{}` would leave out every record: add `when` to `skip = true`", node.path)))
        }
        None => Ok(()),
    }
}

/// What the pipeline would refuse in every single event is said here once.
fn checked(node: &Node<'_>, rule: EventRule) -> Result<EventRule, MappingError> {
    let missing = |key: &str, why: &str| Err(node.error(format!("`{}.{key}` is missing: {why}", node.path)));
    let odd = |key: &str, why: &str| Err(node.error(format!("`{}.{key}` has no use here: {why}", node.path)));
    let is_track = rule.kind == EventKind::Track;
    match &rule {
        rule if is_track && rule.event.is_none() && rule.order.is_none() => missing(
            "event",
            "a `track` says what happened, for example event = { constant = \"Coupon Redeemed\" }; leave `type` out or write another one",
        ),
        rule if !is_track && rule.event.is_some() => odd("event", "only a `track` has an event name"),
        rule if !is_track && rule.order.is_some() => odd("order", "only a `track` can be an order"),
        rule if rule.kind == EventKind::Group && rule.group_id.is_none() => {
            missing("group_id", "a `group` says which company somebody belongs to")
        }
        rule if rule.kind == EventKind::Alias && rule.previous_id.is_none() => {
            missing("previous_id", "an `alias` says which id somebody had before")
        }
        rule if rule.user_id.is_none() && rule.anonymous_id.is_none() && rule.order.is_none() => missing(
            "user_id",
            "nothing says whom the event is about; set `user_id` or `anonymous_id`, here or at the top",
        ),
        rule if rule.order.is_some() && !names_an_order(rule) => odd(
            "event",
            "an order is called \"Order Completed\" (the default), \"Order Refunded\" or \"Order Cancelled\"; write it as { constant = … }",
        ),
        _ => Ok(rule),
    }
}

fn names_an_order(rule: &EventRule) -> bool {
    match rule.event.as_ref().map(|event| &event.source) {
        None => true,
        Some(ValueSource::Constant(name)) => crate::segment::is_refund(&name.text).is_some(),
        Some(_) => false,
    }
}
