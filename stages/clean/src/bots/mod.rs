//! How likely it is that a program sent an event and no person. A judgement beside the event: nothing is dropped for it.
//!
//! Every sign adds its weight, a difference of log-odds (`ln(p / (1 − p))`), to what is believed of any event of a website;
//! the sum becomes a probability. Weights add up as if signs were independent of each other, which they are only nearly:
//! take the result as an order, not as a frequency. All signs and weights are in `signals.rs`.
//!
//! Signs are the user agent, what the browser says of itself, and how fast a visitor acts. Addresses are not looked at.
//!
//! **When not to use**: a program that drives an ordinary browser slowly, and says it is one, looks like a person.

mod circumstances;
mod rate;
mod signals;
mod user_agent;

use bellwether_domain::CleanEvent;
use circumstances::{Circumstances, Sender};
use rate::VisitorRates;
use rustc_hash::FxHashMap;
use user_agent::AgentKind;

/// How many user agents are remembered. Few are common; whoever invents new ones must not fill the memory.
const REMEMBERED: usize = 4_096;

/// Judges events one after the other.
///
/// The same events in the same order give the same answers. It remembers what it saw of visitors in the last seconds, within
/// bounds; after a restart it begins anew, so an event in those seconds may look slower than it was.
#[derive(Debug, Default)]
pub struct BotDetector {
    rates: VisitorRates,
    agents: FxHashMap<Box<str>, AgentKind>,
}

impl BotDetector {
    /// One that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the probability of an event; leaves `None` where nothing speaks for or against it: files, servers, apps that say
    /// nothing of a browser.
    pub fn judge(&mut self, event: &mut CleanEvent) {
        event.bot_probability = self.log_odds(event).map(|sum| logistic(sum) as f32);
    }

    fn log_odds(&mut self, event: &CleanEvent) -> Option<f64> {
        let circumstances = Circumstances::of(event.context.as_deref()?);
        let agent = self.agent(&circumstances);
        if !circumstances.can_be_judged(agent) {
            return None;
        }
        let mut sum = signals::PRIOR + agent.map_or(0.0, AgentKind::weight) + circumstances.weight();
        if event.user_id.is_some() {
            sum += signals::KNOWN_USER;
        }
        // A server may send in one second what many people did in a day.
        if circumstances.sender != Sender::Server {
            let visitor = event.anonymous_id.as_deref().or(event.user_id.as_deref());
            sum += visitor.map_or(0.0, |visitor| self.rates.observe(visitor, event.time).weight());
        }
        Some(sum)
    }

    fn agent(&mut self, circumstances: &Circumstances<'_>) -> Option<AgentKind> {
        let text = circumstances.user_agent.as_deref()?;
        if let Some(known) = self.agents.get(text) {
            return Some(*known);
        }
        let kind = AgentKind::of(text);
        if self.agents.len() >= REMEMBERED {
            self.agents.clear();
        }
        self.agents.insert(text.into(), kind);
        Some(kind)
    }
}

/// From log-odds to a probability.
fn logistic(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

#[cfg(test)]
mod tests;
