//! Campaigns: definition and state.

use crate::convert::{Reading, json, micros, text};
use bellwether_domain::{Audience, Campaign, CampaignId, CampaignState, RunId, SegmentId};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "campaigns")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub slug: String,
    pub version: i32,
    pub channel: String,
    pub name: String,
    pub goal: String,
    pub segment_id: Uuid,
    pub holdout_per_10_000: i32,
    pub content: String,
    pub state: String,
    pub run_id: Option<Uuid>,
    pub state_at: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&Campaign> for Model {
    fn from(campaign: &Campaign) -> Self {
        let (run, at) = match campaign.state {
            CampaignState::Draft => (None, None),
            CampaignState::Running { run, since } => (Some(run), Some(since)),
            CampaignState::Completed { run, at } => (Some(run), Some(at)),
        };
        Self {
            id: campaign.id.as_uuid(),
            slug: text(&campaign.slug),
            version: i32::try_from(campaign.version).unwrap_or(i32::MAX),
            channel: text(&campaign.channel),
            name: json(&campaign.name),
            goal: json(&campaign.goal),
            segment_id: campaign.audience.segment.as_uuid(),
            holdout_per_10_000: i32::try_from(campaign.audience.holdout_per_10_000).unwrap_or(i32::MAX),
            content: json(&campaign.content),
            state: campaign.state.name().to_owned(),
            run_id: run.map(|run| run.as_uuid()),
            state_at: at.map(micros),
        }
    }
}

impl TryFrom<Model> for Campaign {
    type Error = crate::Error;

    fn try_from(row: Model) -> crate::Result<Self> {
        let id = CampaignId::from_uuid(row.id);
        let read = Reading { table: "campaigns", key: &id };
        let small = |column, value: i32| u32::try_from(value).map_err(|error| read.impossible(column, error));
        Ok(Self {
            id,
            name: read.json("name", &row.name)?,
            goal: read.json("goal", &row.goal)?,
            audience: Audience {
                segment: SegmentId::from_uuid(row.segment_id),
                holdout_per_10_000: small("holdout_per_10_000", row.holdout_per_10_000)?,
            },
            content: read.json("content", &row.content)?,
            version: small("version", row.version)?,
            state: state(&row, &read)?,
            channel: row.channel,
            slug: row.slug,
        })
    }
}

fn state(row: &Model, read: &Reading<'_>) -> crate::Result<CampaignState> {
    let run = || read.present("run_id", row.run_id).map(RunId::from_uuid);
    let at = || read.present("state_at", row.state_at).and_then(|at| read.time("state_at", at));
    match row.state.as_str() {
        "draft" => Ok(CampaignState::Draft),
        "running" => Ok(CampaignState::Running { run: run()?, since: at()? }),
        "completed" => Ok(CampaignState::Completed { run: run()?, at: at()? }),
        other => Err(read.impossible("state", format_args!("`{other}` is not a state"))),
    }
}
