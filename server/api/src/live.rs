//! `GET /events/live`: events as they become true, as server-sent events.

use crate::{
    extract::ApiQuery,
    plan::words::PlanProblemRow,
    problem::{Problem, ProblemCode},
    state::ApiState,
    words::JsonObject,
};
use axum::{
    extract::State,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use bellwether_domain::{CleanEvent, EventId, PlanMark, PlanProblem};
use bellwether_lake::BatchEvents;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::{
    collections::{HashMap, VecDeque},
    convert::Infallible,
    sync::{Arc, PoisonError, RwLock},
};
use tokio::sync::broadcast::{self, error::RecvError};
use utoipa::{IntoParams, ToSchema};

/// Batches that a slow reader may be behind; then some are left out, and it is told how many.
const BATCHES: usize = 64;
/// Of one batch no more is sent: nobody reads faster.
const EVENTS_OF_A_BATCH: usize = 200;

/// Hands events to whoever is watching, and costs nothing while nobody is.
#[derive(Debug)]
pub struct LiveEvents(RwLock<Option<broadcast::Sender<LiveBatch>>>);

/// Events that became true together, and what is wrong with those of them that carry a mark.
#[derive(Debug, Clone)]
struct LiveBatch {
    events: BatchEvents,
    marks: Arc<HashMap<EventId, Vec<PlanProblem>>>,
}

impl Default for LiveEvents {
    fn default() -> Self {
        Self(RwLock::new(Some(broadcast::Sender::new(BATCHES))))
    }
}

impl LiveEvents {
    /// These events are true now, and some of them carry marks.
    pub fn tell(&self, events: &BatchEvents, marks: &[PlanMark]) {
        let sender = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = sender.as_ref().filter(|sender| sender.receiver_count() > 0 && !events.is_empty()) {
            let marks = marks.iter().map(|mark| (mark.event, mark.problems.clone())).collect();
            // Fails only where the last one has just gone.
            let _ = sender.send(LiveBatch { events: BatchEvents::clone(events), marks: Arc::new(marks) });
        }
    }

    /// Ends what everybody is watching: a server that ends would wait for them.
    pub fn close(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn watch(&self) -> Option<broadcast::Receiver<LiveBatch>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(broadcast::Sender::subscribe)
    }
}

/// Which events.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LiveParams {
    /// Only of the source with this short name.
    pub source: Option<String>,
    /// Only events of this name.
    pub event: Option<String>,
    /// Only events of this call, such as `page`.
    pub kind: Option<String>,
    /// Only events that hold this text: in their name, an id or their properties. Upper and lower case are the same.
    pub q: Option<String>,
}

/// One event, as it became true.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LiveEvent {
    /// Which.
    pub id: String,
    /// The source that it came from.
    pub source: String,
    /// Its name, for example `Order Completed`.
    pub name: String,
    /// Which of the six calls: `track`, `identify`, `page`, `screen`, `group` or `alias`.
    pub kind: String,
    /// When it happened.
    pub time: DateTime<Utc>,
    /// When it arrived, where it came over HTTP.
    pub received_at: Option<DateTime<Utc>>,
    /// The id that the source knows the person by.
    pub user_id: Option<String>,
    /// The id of a visitor.
    pub anonymous_id: Option<String>,
    /// How likely it is that no person did it, from 0 to 1.
    pub bot_probability: Option<f32>,
    /// Its properties.
    pub properties: Option<JsonObject>,
    /// What it says of the person.
    pub traits: Option<JsonObject>,
    /// The circumstances.
    pub context: Option<JsonObject>,
    /// What is wrong with it according to the tracking plan, where that lets it pass with a mark.
    pub plan_problems: Vec<PlanProblemRow>,
}

impl LiveEvent {
    fn new(event: &CleanEvent, problems: Option<&Vec<PlanProblem>>) -> Self {
        let object = |text: &Option<Box<str>>| text.as_deref().and_then(|text| serde_json::from_str(text).ok());
        Self {
            id: event.id.to_string(),
            source: event.origin.source.to_string(),
            name: event.name.to_string(),
            kind: event.kind.as_str().to_owned(),
            time: event.time,
            received_at: event.received_at,
            user_id: event.user_id.as_ref().map(ToString::to_string),
            anonymous_id: event.anonymous_id.as_ref().map(ToString::to_string),
            bot_probability: event.bot_probability,
            properties: object(&event.properties),
            traits: object(&event.traits),
            context: object(&event.context),
            plan_problems: problems.into_iter().flatten().cloned().map(PlanProblemRow::from).collect(),
        }
    }
}

/// Events as they become true, one `data:` each; `event: more` says how many others of the same batch were wanted and are not sent,
/// because nobody reads faster; `event: skipped` how many batches a slow reader has missed.
#[utoipa::path(get, path = "/events/live", tag = "sources", operation_id = "watchEvents", params(LiveParams), responses(
    (status = 200, body = LiveEvent, content_type = "text/event-stream"),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub async fn watch_events(
    State(state): State<ApiState>,
    ApiQuery(params): ApiQuery<LiveParams>,
) -> Result<Response, Problem> {
    let ends = || Problem::new(ProblemCode::Unavailable, "the server is about to end");
    let receiver = state.live.watch().ok_or_else(ends)?;
    let watching = Watching { receiver, params, waiting: VecDeque::new() };
    let stream = futures_util::stream::unfold(watching, |mut watching| async move {
        let next = watching.next().await?;
        Some((Ok::<_, Infallible>(next), watching))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::default()).into_response())
}

struct Watching {
    receiver: broadcast::Receiver<LiveBatch>,
    params: LiveParams,
    waiting: VecDeque<Event>,
}

impl Watching {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            match self.receiver.recv().await {
                Ok(batch) => self.take(&batch),
                Err(RecvError::Lagged(batches)) => {
                    return Some(Event::default().event("skipped").data(batches.to_string()));
                }
                Err(RecvError::Closed) => return None,
            }
        }
    }

    fn take(&mut self, LiveBatch { events: batch, marks }: &LiveBatch) {
        let is = |wanted: &Option<String>, found: &str| wanted.as_deref().is_none_or(|wanted| wanted == found);
        let params = &self.params;
        let wanted = |event: &&CleanEvent| {
            is(&params.source, &event.origin.source)
                && is(&params.event, &event.name)
                && is(&params.kind, event.kind.as_str())
                && params.q.as_deref().is_none_or(|q| holds(event, &q.to_lowercase()))
        };
        let mut events = batch.iter().filter(wanted);
        let first = events.by_ref().take(EVENTS_OF_A_BATCH);
        let first = first.map(|event| LiveEvent::new(event, marks.get(&event.id)));
        self.waiting.extend(first.filter_map(|event| Event::default().json_data(event).ok()));
        let more = events.count();
        if more > 0 {
            self.waiting.push_back(Event::default().event("more").data(more.to_string()));
        }
    }
}

/// Whether an event holds a text, which is given in lower case.
fn holds(event: &CleanEvent, text: &str) -> bool {
    let ids = [&event.user_id, &event.anonymous_id].into_iter().flatten().map(|id| id.as_str());
    let documents = [&event.properties, &event.traits].into_iter().flatten().map(|document| &**document);
    ids.chain(documents).chain([&*event.name]).any(|found| found.to_lowercase().contains(text))
}
