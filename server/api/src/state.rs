//! What every handler is given.

use crate::{
    imports::Imports, live::LiveEvents, metrics::names, overview::OverviewCache, processing::Processing,
    security::throttle::Throttle,
};
use bellwether_domain::{Clock, PlanMode};
use bellwether_engage::{ContentSettings, TrackingKey, UnsubscribeKey};
use bellwether_intake::{Collector, Intake};
use bellwether_lake::Lake;
use bellwether_plan::CurrentPlan;
use bellwether_store::Store;
use chrono_tz::Tz;
use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

/// What every handler is given; a clone is cheap and leads to the same things.
#[derive(Clone)]
pub struct ApiState {
    pub(crate) store: Arc<Store>,
    pub(crate) lake: Arc<Lake>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) settings: Arc<ApiSettings>,
    pub(crate) messages: Option<Arc<MessageSettings>>,
    pub(crate) overview: Arc<OverviewCache>,
    pub(crate) sign_ins: Arc<Throttle>,
    pub(crate) intake: Intake,
    pub(crate) processing: Arc<Processing>,
    pub(crate) live: Arc<LiveEvents>,
    pub(crate) plan: Arc<CurrentPlan>,
    /// Held by whoever changes the tracking plan.
    pub(crate) plan_changes: Arc<tokio::sync::Mutex<()>>,
    /// Held by whoever sends events again: two who do so at once must not both find the same one.
    pub(crate) replays: Arc<tokio::sync::Mutex<()>>,
    /// Takes files; without it they are refused.
    pub(crate) imports: Option<Imports>,
    /// ISO 4217, of all amounts: that of the settings, or what an import has settled since.
    currency: Arc<RwLock<String>>,
    /// Held by whoever reads whole files of events into memory.
    pub(crate) readings: Arc<tokio::sync::Mutex<()>>,
}

/// What the configuration says about the API.
#[derive(Debug, Clone)]
pub struct ApiSettings {
    /// What the shop is called.
    pub shop_name: String,
    /// ISO 4217, of all amounts when the server starts; see [`ApiState::currency`].
    pub currency: String,
    /// The time zone that people read times in.
    pub time_zone: Tz,
    /// Where people reach this server (`https://bellwether.example`), when that is not a loopback address. Its host is let
    /// in beside `localhost`, and cookies are marked `Secure` when it begins with `https:`.
    pub public_url: Option<String>,
    /// Who may use the API. Without one, only loopback is served and nobody is asked for a password.
    pub administrator: Option<Administrator>,
}

/// What previews of messages and unsubscribe links need: the same that campaigns are sent with.
#[derive(Debug, Clone)]
pub struct MessageSettings {
    /// Shop, sender and links. `unsubscribe_base` should lead to `/u/` of this server.
    pub content: ContentSettings,
    /// Made the tokens of the links that were sent.
    pub unsubscribe_key: UnsubscribeKey,
    /// Made the tokens of tracked links and pictures. Those that were sent go on working where nothing is tracked any more.
    pub tracking_key: TrackingKey,
}

/// Who may use the API.
#[derive(Clone)]
pub struct Administrator {
    /// What has to be typed in.
    pub password: String,
    /// Signs sessions; whoever has it can make them. The same over restarts, or everybody is signed out.
    pub session_key: [u8; 32],
}

impl fmt::Debug for Administrator {
    /// Without the secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Administrator { password: …, session_key: … }")
    }
}

impl ApiState {
    /// Over an open Store and Lake.
    pub fn new(store: Arc<Store>, lake: Arc<Lake>, clock: Arc<dyn Clock>, settings: ApiSettings) -> Self {
        crate::metrics::start();
        Self {
            intake: Intake::new(
                Arc::clone(&store),
                Arc::clone(&clock),
                settings.public_url.as_deref(),
                settings.administrator.is_some(),
            ),
            store,
            lake,
            clock,
            currency: Arc::new(RwLock::new(settings.currency.clone())),
            settings: Arc::new(settings),
            messages: None,
            imports: None,
            processing: Arc::default(),
            live: Arc::default(),
            plan: Arc::default(),
            overview: Arc::default(),
            sign_ins: Arc::default(),
            plan_changes: Arc::default(),
            replays: Arc::default(),
            readings: Arc::default(),
        }
    }

    /// Takes events. Without a collector they are refused for the time being.
    pub fn with_collector(self, collector: Collector) -> Self {
        Self { intake: self.intake.with_collector(collector), ..self }
    }

    /// Takes files to import. Without this they are refused for the time being.
    pub fn with_imports(self, imports: Imports) -> Self {
        Self { imports: Some(imports), ..self }
    }

    /// ISO 4217, of all amounts.
    pub fn currency(&self) -> String {
        self.currency.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// An import has settled what the shop's currency is.
    pub fn settle_currency(&self, code: &str) {
        code.clone_into(&mut self.currency.write().unwrap_or_else(PoisonError::into_inner));
    }

    /// For whoever processes what was taken, to tell how far it has come.
    pub fn processing(&self) -> Arc<Processing> {
        Arc::clone(&self.processing)
    }

    /// For whoever knows what has become true, to show it.
    pub fn live(&self) -> &LiveEvents {
        &self.live
    }

    /// Counts what became of a source's events.
    pub fn processed(&self, source: &Arc<str>, events: u64, rejected: u64) {
        self.intake.meters.record(source, 0, rejected, self.clock.now());
        metrics::counter!(names::EVENTS_PROCESSED, "source" => Arc::clone(source)).increment(events);
        metrics::counter!(names::EVENTS_REJECTED, "source" => Arc::clone(source)).increment(rejected);
    }

    /// The tracking plan in force, for whoever takes events apart.
    pub fn plan(&self) -> Arc<CurrentPlan> {
        Arc::clone(&self.plan)
    }

    /// Counts an event that does not keep to the tracking plan. Names that the plan does not have are counted as one: there is
    /// no end of them.
    pub fn off_plan(&self, event: &Arc<str>, planned: bool, mode: PlanMode) {
        let (event, reason) = match planned {
            true => (Arc::clone(event), "violation"),
            false => (Arc::from("(unplanned)"), "unplanned"),
        };
        let labels = [("event", event.to_string()), ("reason", reason.to_owned()), ("mode", mode.as_str().to_owned())];
        metrics::counter!(names::PLAN_VIOLATIONS, &labels).increment(1);
    }

    /// Adds what previews of messages and unsubscribe links need; without it there are neither.
    pub fn with_messages(self, messages: MessageSettings) -> Self {
        Self { messages: Some(Arc::new(messages)), ..self }
    }

    /// What takes events.
    pub fn intake(&self) -> &Intake {
        &self.intake
    }
}
