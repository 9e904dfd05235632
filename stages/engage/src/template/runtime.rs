//! What a template sees while it is rendered: variables, loop frames, and the account of steps, lines and holes.

use super::{limits, liquid::Locale};
use liquid_core::{
    Error, ObjectView, Renderable, Result, Runtime, Value, ValueCow, ValueView,
    model::{DisplayCow, KString, KStringCow, KStringRef, Object, ScalarCow, State, try_find},
    runtime::{PartialStore, Registers},
};
use std::{
    cell::RefCell,
    collections::{BTreeSet, HashSet},
    fmt,
    sync::Arc,
};

/// A value that the document does not depend on, taken out of it while it was rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hole {
    /// As it stands in the HTML.
    pub html: String,
    /// As it stands in the plain text.
    pub text: String,
    /// Whether it is the address of a link or an image.
    pub is_address: bool,
}

/// What one rendering has done so far. Kept in the library's registers, where filters and tags reach it.
#[derive(Default)]
pub(crate) struct RenderState {
    /// The line of the source that is being worked on.
    pub line: usize,
    /// Language, currency and zone, for filters.
    pub locale: Locale,
    /// Whether outputs are escaped for HTML.
    pub html: bool,
    /// Values taken out of the document, when that is wanted.
    pub holes: Option<Vec<Hole>>,
    /// A value looked like the mark of a hole: the document has to be rendered without holes.
    pub holes_failed: bool,
    /// How many `capture` blocks are open. What they catch may be compared, so it must not contain marks.
    pub captures: usize,
    /// What `capture` blocks caught: finished HTML, which is not escaped once more.
    pub finished_html: HashSet<String>,
    /// The limit that ended the rendering.
    pub exceeded: Option<(&'static str, u64)>,
    steps: u64,
}

impl RenderState {
    /// Nothing done yet.
    pub fn new(locale: Locale, html: bool, with_holes: bool) -> Self {
        Self { locale, html, holes: with_holes.then(Vec::new), ..Self::default() }
    }
}

/// The state of the rendering that `runtime` belongs to. Not to be held while anything else is evaluated.
pub(crate) fn state(runtime: &dyn Runtime) -> std::cell::RefMut<'_, RenderState> {
    runtime.registers().get_mut::<RenderState>()
}

/// Accounts for `steps` of work.
pub(crate) fn charge(runtime: &dyn Runtime, steps: u64) -> Result<()> {
    let mut state = state(runtime);
    state.steps = state.steps.saturating_add(steps);
    if state.steps > limits::STEPS { Err(exceed(&mut state, "steps of work", limits::STEPS)) } else { Ok(()) }
}

/// Notes which limit was hit; the error that comes out names it.
pub(crate) fn exceed(state: &mut RenderState, what: &'static str, limit: u64) -> Error {
    state.exceeded = Some((what, limit));
    Error::with_msg("limit exceeded")
}

/// The outermost frame: the facts, then what the template assigned.
pub(crate) struct Root<'a> {
    facts: [&'a Object; 2],
    assigned: RefCell<Object>,
    counters: RefCell<Object>,
    registers: Registers,
}

impl<'a> Root<'a> {
    /// `own` hides `shared` where both have a key.
    pub fn new(shared: &'a Object, own: &'a Object, state: RenderState) -> Self {
        let registers = Registers::default();
        *registers.get_mut::<RenderState>() = state;
        Self { facts: [own, shared], assigned: RefCell::default(), counters: RefCell::default(), registers }
    }

    /// What the rendering has done.
    pub fn into_state(self) -> RenderState {
        std::mem::take(&mut *self.registers.get_mut::<RenderState>())
    }
}

impl Runtime for Root<'_> {
    fn partials(&self) -> &dyn PartialStore {
        &NoPartials
    }

    fn name(&self) -> Option<KStringRef<'_>> {
        None
    }

    fn roots(&self) -> BTreeSet<KStringCow<'_>> {
        let mut roots: BTreeSet<KStringCow<'_>> = self.facts.iter().flat_map(|facts| facts.keys()).collect();
        roots.extend(self.assigned.borrow().keys().map(|key| KStringCow::from(key.clone())));
        roots
    }

    fn try_get(&self, path: &[ScalarCow<'_>]) -> Option<ValueCow<'_>> {
        let key = path.first()?.to_kstr();
        let assigned = self.assigned.borrow();
        if assigned.contains_key(key.as_str()) {
            return try_find(&*assigned, path).map(|value| ValueCow::Owned(value.into_owned()));
        }
        let facts = self.facts.iter().find(|facts| facts.contains_key(key.as_str()))?;
        try_find(*facts, path)
    }

    fn get(&self, path: &[ScalarCow<'_>]) -> Result<ValueCow<'_>> {
        Ok(or_missing(self.try_get(path)))
    }

    fn set_global(&self, name: KString, value: Value) -> Option<Value> {
        self.assigned.borrow_mut().insert(name, value)
    }

    fn set_index(&self, name: KString, value: Value) -> Option<Value> {
        self.counters.borrow_mut().insert(name, value)
    }

    fn get_index<'s>(&'s self, name: &str) -> Option<ValueCow<'s>> {
        self.counters.borrow().get(name).map(|value| ValueCow::Owned(value.clone()))
    }

    fn registers(&self) -> &Registers {
        &self.registers
    }
}

/// A frame with the two variables of a loop.
pub(crate) struct LoopFrame<'a> {
    pub parent: &'a dyn Runtime,
    pub name: &'a str,
    pub value: &'a dyn ValueView,
    pub forloop: &'a Object,
}

impl Runtime for LoopFrame<'_> {
    fn partials(&self) -> &dyn PartialStore {
        self.parent.partials()
    }

    fn name(&self) -> Option<KStringRef<'_>> {
        self.parent.name()
    }

    fn roots(&self) -> BTreeSet<KStringCow<'_>> {
        let mut roots = self.parent.roots();
        roots.extend([KStringCow::from_ref(self.name), KStringCow::from_static("forloop")]);
        roots
    }

    fn try_get(&self, path: &[ScalarCow<'_>]) -> Option<ValueCow<'_>> {
        let (first, rest) = path.split_first()?;
        let key = first.to_kstr();
        if key.as_str() == self.name {
            try_find(self.value, rest)
        } else if key.as_str() == "forloop" {
            try_find(self.forloop, rest)
        } else {
            self.parent.try_get(path)
        }
    }

    fn get(&self, path: &[ScalarCow<'_>]) -> Result<ValueCow<'_>> {
        Ok(or_missing(self.try_get(path)))
    }

    fn set_global(&self, name: KString, value: Value) -> Option<Value> {
        self.parent.set_global(name, value)
    }

    fn set_index(&self, name: KString, value: Value) -> Option<Value> {
        self.parent.set_index(name, value)
    }

    fn get_index<'s>(&'s self, name: &str) -> Option<ValueCow<'s>> {
        self.parent.get_index(name)
    }

    fn registers(&self) -> &Registers {
        self.parent.registers()
    }
}

fn or_missing(found: Option<ValueCow<'_>>) -> ValueCow<'_> {
    match found {
        Some(value) if !value.is_nil() => value,
        Some(_) | None => ValueCow::Borrowed(&Missing),
    }
}

/// What is not there. Nil in every respect, except that it can also stand where the library insists on a scalar
/// (`prices[missing]`, `missing contains "x"`), which would be an error for nil itself. As a scalar it is `false`, the one
/// value that compares like nil.
#[derive(Debug, Clone, Copy)]
struct Missing;

static NIL: Value = Value::Nil;

impl ValueView for Missing {
    fn as_debug(&self) -> &dyn fmt::Debug {
        self
    }

    fn render(&self) -> DisplayCow<'_> {
        NIL.render()
    }

    fn source(&self) -> DisplayCow<'_> {
        NIL.source()
    }

    fn type_name(&self) -> &'static str {
        NIL.type_name()
    }

    fn query_state(&self, state: State) -> bool {
        NIL.query_state(state)
    }

    fn to_kstr(&self) -> KStringCow<'_> {
        NIL.to_kstr()
    }

    fn to_value(&self) -> Value {
        Value::Nil
    }

    fn as_scalar(&self) -> Option<ScalarCow<'_>> {
        Some(ScalarCow::new(false))
    }

    fn is_nil(&self) -> bool {
        true
    }
}

#[derive(Debug)]
struct NoPartials;

impl PartialStore for NoPartials {
    fn contains(&self, _name: &str) -> bool {
        false
    }

    fn names(&self) -> Vec<&str> {
        Vec::new()
    }

    fn try_get(&self, _name: &str) -> Option<Arc<dyn Renderable>> {
        None
    }

    fn get(&self, name: &str) -> Result<Arc<dyn Renderable>> {
        Err(Error::with_msg("templates cannot include other templates").context("name", name.to_owned()))
    }
}
