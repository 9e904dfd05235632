//! The tracking plan: shown, changed, learned and tried. What it says is enforced elsewhere, by whoever takes events apart and
//! looks at [`CurrentPlan`]; here it is stored first and put into force before the answer.

pub mod document;
pub mod entry;
pub mod learn;
pub mod list;
pub mod recent;
pub mod trial;
pub mod unplanned;
pub mod words;

use crate::{
    problem::{Problem, ProblemCode},
    state::ApiState,
};
use bellwether_domain::{NewPlanChange, PlanChange, PlanKey};
use bellwether_plan::{CurrentPlan, PlanDocument, TrackingPlan, check_size};
use bellwether_store::Store;
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};

/// Who changes the plan here. There is one who signs in.
const AUTHOR: &str = "administrator";
/// The longest reason of a change, in characters.
const NOTE: usize = 500;
/// The longest name of an event or a source, in characters.
const NAME: usize = 255;

/// Puts into force what the Store has.
///
/// # Errors
/// When the Store cannot be read; what is in force stays.
pub async fn load(store: &Store, current: &CurrentPlan) -> bellwether_store::Result<()> {
    let changes = store.plan().await?;
    let before = current.get();
    let compiled = tokio::task::spawn_blocking(move || TrackingPlan::new(&changes, &before)).await;
    let (plan, broken) = match compiled {
        Ok(compiled) => compiled,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        // The process ends.
        Err(_) => return Ok(()),
    };
    for (key, error) in broken {
        tracing::error!(%key, %error, "an entry of the tracking plan cannot be used; its events are only watched");
    }
    current.put(Arc::new(plan));
    Ok(())
}

/// Changes the plan to the end, also when whoever asked for it has gone: what is stored must also be in force.
async fn change_to_the_end(
    state: &ApiState,
    changes: Vec<NewPlanChange>,
    note: String,
) -> Result<Vec<PlanChange>, Problem> {
    check_note(&note)?;
    // Two changes at once must not both find room for themselves.
    let one_at_a_time = Arc::clone(&state.plan_changes).lock_owned().await;
    check_result(state, &changes).await?;
    let state = state.clone();
    let work = tokio::spawn(async move {
        let _until_it_is_in_force = one_at_a_time;
        let made = state.store.change_plan(&changes, AUTHOR, &note, state.clock.now()).await;
        // Also where it failed: an error of the connection does not say whether the change was stored.
        load(&state.store, &state.plan).await?;
        made
    });
    let made = work.await.map_err(|error| {
        tracing::error!(%error, "a change of the tracking plan broke off");
        Problem::new(ProblemCode::Internal, "a fault of the server; its log says more")
    })?;
    Ok(made?)
}

fn check_note(note: &str) -> Result<(), Problem> {
    match note.chars().count() {
        count if count > NOTE => {
            let why = format!("the body: `note` has {count} characters, and {NOTE} are the most");
            Err(Problem::new(ProblemCode::InvalidBody, why).at("note"))
        }
        _ => Ok(()),
    }
}

/// Whether what the changes make of the plan is not too much.
async fn check_result(state: &ApiState, changes: &[NewPlanChange]) -> Result<(), Problem> {
    let stands = PlanDocument::of(&state.store.plan().await?);
    let mut schemas: BTreeMap<PlanKey, Value> =
        stands.events.into_iter().map(|entry| (entry.key(), entry.schema)).collect();
    for change in changes {
        let Some(key) = &change.key else { continue };
        match change.content.as_ref().and_then(|content| content.schema.as_deref()) {
            Some(schema) => schemas.insert(key.clone(), serde_json::from_str(schema).unwrap_or_default()),
            None => schemas.remove(key),
        };
    }
    check_size(schemas.values()).map_err(|error| Problem::new(ProblemCode::InvalidBody, error.to_string()))
}

/// Names as they were typed in.
fn key_of(event: &str, source: Option<&str>) -> Result<PlanKey, Problem> {
    let name = |field: &str, text: &str| match text.trim() {
        "" => Err(Problem::parameter(field, "must not be empty")),
        text if text.chars().count() > NAME => {
            Err(Problem::parameter(field, format_args!("must have at most {NAME} characters")))
        }
        text => Ok(text.to_owned()),
    };
    let source = source.filter(|source| !source.trim().is_empty());
    Ok(PlanKey { event: name("event", event)?, source: source.map(|text| name("source", text)).transpose()? })
}

fn no_such(key: &PlanKey) -> Problem {
    Problem::not_found("entry of the tracking plan for", &key.to_string())
}
