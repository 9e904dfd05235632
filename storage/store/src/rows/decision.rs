//! Logged decisions: the first one about a person in a run stands.

use crate::convert::{Reading, finite, micros, word};
use bellwether_domain::{Decision, DecisionChoice, ProfileId, RunId};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "decisions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub run_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub profile_id: Uuid,
    pub choice: String,
    pub reason: Option<String>,
    pub send_probability: f64,
    pub decided_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<&Decision> for Model {
    type Error = crate::Error;

    fn try_from(decision: &Decision) -> crate::Result<Self> {
        let (choice, reason) = match &decision.choice {
            DecisionChoice::Send => ("send", None),
            DecisionChoice::HoldOut => ("hold_out", None),
            DecisionChoice::Skip { reason } => ("skip", Some(word(reason))),
        };
        let what = || format!("the probability of sending to {}", decision.profile);
        Ok(Self {
            run_id: decision.run.as_uuid(),
            profile_id: decision.profile.as_uuid(),
            choice: choice.to_owned(),
            reason,
            send_probability: finite(what, decision.send_probability)?,
            decided_at: micros(decision.decided_at),
        })
    }
}

impl TryFrom<Model> for Decision {
    type Error = crate::Error;

    fn try_from(row: Model) -> crate::Result<Self> {
        let profile = ProfileId::from_uuid(row.profile_id);
        let read = Reading { table: "decisions", key: &profile };
        Ok(Self {
            run: RunId::from_uuid(row.run_id),
            profile,
            choice: choice(&read, &row.choice, row.reason.as_deref())?,
            send_probability: row.send_probability,
            decided_at: read.time("decided_at", row.decided_at)?,
        })
    }
}

/// The choice that the two columns stand for.
pub fn choice(read: &Reading<'_>, choice: &str, reason: Option<&str>) -> crate::Result<DecisionChoice> {
    match choice {
        "send" => Ok(DecisionChoice::Send),
        "hold_out" => Ok(DecisionChoice::HoldOut),
        "skip" => Ok(DecisionChoice::Skip { reason: read.word("reason", read.present("reason", reason)?)? }),
        other => Err(read.impossible("choice", format_args!("`{other}` is not a choice"))),
    }
}
