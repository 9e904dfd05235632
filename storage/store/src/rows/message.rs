//! The send ledger.

use crate::convert::{Reading, micros, text};
use bellwether_domain::{CampaignId, Message, MessageId, MessageState, ProfileId, RunId};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "messages")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub campaign_id: Uuid,
    pub run_id: Uuid,
    pub profile_id: Uuid,
    pub channel: String,
    pub address: String,
    pub state: String,
    /// Since when it is in this state.
    pub at: i64,
    /// The channel's receipt, or its error.
    pub detail: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&Message> for Model {
    fn from(message: &Message) -> Self {
        let (at, detail) = match &message.state {
            MessageState::Reserved { at } | MessageState::Unknown { at } => (at, None),
            MessageState::HandedOver { at, receipt } => (at, Some(receipt)),
            MessageState::Failed { at, error } => (at, Some(error)),
        };
        Self {
            id: message.id.as_uuid(),
            campaign_id: message.campaign.as_uuid(),
            run_id: message.run.as_uuid(),
            profile_id: message.profile.as_uuid(),
            channel: text(&message.channel),
            address: text(&message.address),
            state: message.state.name().to_owned(),
            at: micros(*at),
            detail: detail.map(|detail| text(detail)),
        }
    }
}

impl TryFrom<Model> for Message {
    type Error = crate::Error;

    fn try_from(row: Model) -> crate::Result<Self> {
        let id = MessageId::from_uuid(row.id);
        let read = Reading { table: "messages", key: &id };
        let at = read.time("at", row.at)?;
        let state = match row.state.as_str() {
            "reserved" => MessageState::Reserved { at },
            "unknown" => MessageState::Unknown { at },
            "handed_over" => MessageState::HandedOver { at, receipt: read.present("detail", row.detail)? },
            "failed" => MessageState::Failed { at, error: read.present("detail", row.detail)? },
            other => return Err(read.impossible("state", format_args!("`{other}` is not a state"))),
        };
        Ok(Self {
            id,
            campaign: CampaignId::from_uuid(row.campaign_id),
            run: RunId::from_uuid(row.run_id),
            profile: ProfileId::from_uuid(row.profile_id),
            channel: row.channel,
            address: row.address,
            state,
        })
    }
}
