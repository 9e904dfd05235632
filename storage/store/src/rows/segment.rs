//! Named groups of profiles.

use crate::convert::{Reading, big, finite, json, micros, text, word};
use bellwether_domain::{Segment, SegmentId};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "segments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub slug: String,
    pub kind: String,
    /// Place among the segments of its kind, as they were given.
    pub position: i32,
    pub name: String,
    pub description: String,
    pub size: i64,
    pub share: f64,
    pub revenue_share: f64,
    pub facts: String,
    pub as_of: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The row of the segment at this place of its kind.
    pub fn at(position: usize, segment: &Segment) -> crate::Result<Self> {
        let number = |name: &str, value| finite(|| format!("{name} of segment `{}`", segment.slug), value);
        Ok(Self {
            id: segment.id.as_uuid(),
            slug: text(&segment.slug),
            kind: word(&segment.kind),
            position: i32::try_from(position).unwrap_or(i32::MAX),
            name: json(&segment.name),
            description: json(&segment.description),
            size: big(segment.size),
            share: number("share", segment.share)?,
            revenue_share: number("revenue_share", segment.revenue_share)?,
            facts: json(&segment.facts),
            as_of: micros(segment.as_of),
        })
    }
}

impl TryFrom<Model> for Segment {
    type Error = crate::Error;

    fn try_from(row: Model) -> crate::Result<Self> {
        let id = SegmentId::from_uuid(row.id);
        let read = Reading { table: "segments", key: &id };
        Ok(Self {
            id,
            kind: read.word("kind", &row.kind)?,
            name: read.json("name", &row.name)?,
            description: read.json("description", &row.description)?,
            size: read.count("size", row.size)?,
            share: row.share,
            revenue_share: row.revenue_share,
            facts: read.json("facts", &row.facts)?,
            as_of: read.time("as_of", row.as_of)?,
            slug: row.slug,
        })
    }
}
