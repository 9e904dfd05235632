//! Segments and who is in them; those of one kind are replaced together.

use crate::{
    Error, Result, Store,
    bulk::{self, Conflict},
    convert::{all, plain, word},
    error::{Doing, is_unique_violation},
    rows::{membership, segment},
};
use bellwether_domain::{Membership, ProfileId, Segment, SegmentId, SegmentKind};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

impl Store {
    /// Replaces all segments of a kind and their members, in one transaction. Readers see the old ones or the new.
    pub async fn replace_segments(
        &self,
        kind: SegmentKind,
        segments: &[Segment],
        memberships: &[Membership],
    ) -> Result<()> {
        const DOING: &str = "replace segments";
        let rows = segments.iter().enumerate().map(|(place, segment)| segment::Model::at(place, segment));
        let rows = rows.collect::<Result<Vec<_>>>()?;
        let transaction = self.begin(DOING).await?;
        // Memberships go with their segment.
        segment::Entity::delete_many()
            .filter(segment::Column::Kind.eq(word(&kind)))
            .exec(&transaction)
            .await
            .doing(DOING)?;
        insert_segments(&transaction, rows).await?;
        let rows = memberships.iter().map(|membership| membership::Model::from(membership).into_active_model());
        bulk::insert(&transaction, rows.collect(), Conflict::Keep).await.doing(DOING)?;
        transaction.commit().await.doing(DOING)
    }

    /// All segments: by kind (RFM, then clusters), then in the order that they were given in.
    pub async fn segments(&self) -> Result<Vec<Segment>> {
        let sorted = segment::Entity::find().order_by_asc(segment::Column::Position).order_by_asc(segment::Column::Id);
        let mut segments: Vec<Segment> = all(sorted.all(&self.reader).await.doing("list segments")?)?;
        segments.sort_by_key(|segment| match segment.kind {
            SegmentKind::Rfm => 0,
            SegmentKind::Cluster => 1,
        });
        Ok(segments)
    }

    /// The segment with a short name.
    pub async fn segment_by_slug(&self, slug: &str) -> Result<Option<Segment>> {
        let row = segment::Entity::find()
            .filter(segment::Column::Slug.eq(plain(slug).as_ref()))
            .one(&self.reader)
            .await
            .doing("look for a segment")?;
        row.map(Segment::try_from).transpose()
    }

    /// The segments that a profile is in, in the order of [`Store::segments`].
    pub async fn segments_of(&self, profile: ProfileId) -> Result<Vec<Segment>> {
        let rows = membership::Entity::find()
            .filter(membership::Column::ProfileId.eq(profile.as_uuid()))
            .all(&self.reader)
            .await
            .doing("look up the segments of a profile")?;
        let mut segments = self.segments().await?;
        segments.retain(|segment| rows.iter().any(|row| row.segment_id == segment.id.as_uuid()));
        Ok(segments)
    }

    /// The members of a segment, by id.
    pub async fn members(&self, segment: SegmentId) -> Result<Vec<ProfileId>> {
        let rows = membership::Entity::find()
            .filter(membership::Column::SegmentId.eq(segment.as_uuid()))
            .order_by_asc(membership::Column::ProfileId)
            .all(&self.reader)
            .await
            .doing("look up the members of a segment")?;
        Ok(rows.into_iter().map(|row| ProfileId::from_uuid(row.profile_id)).collect())
    }

    /// Every membership.
    pub async fn memberships(&self) -> Result<Vec<Membership>> {
        let rows = membership::Entity::find()
            .order_by_asc(membership::Column::SegmentId)
            .order_by_asc(membership::Column::ProfileId)
            .all(&self.reader)
            .await
            .doing("read all memberships")?;
        let membership = |row: membership::Model| Membership {
            profile: ProfileId::from_uuid(row.profile_id),
            segment: SegmentId::from_uuid(row.segment_id),
        };
        Ok(rows.into_iter().map(membership).collect())
    }
}

/// One by one, so that a short name that is taken can be named.
async fn insert_segments(transaction: &DatabaseTransaction, rows: Vec<segment::Model>) -> Result<()> {
    for row in rows {
        let slug = row.slug.clone();
        let inserted =
            bulk::insert::<segment::ActiveModel>(transaction, vec![row.into_active_model()], Conflict::Refuse);
        if let Err(error) = inserted.await {
            if is_unique_violation(&error) {
                return Err(Error::SlugTaken { what: "segment", slug });
            }
            return Err(error).doing("replace segments");
        }
    }
    Ok(())
}
