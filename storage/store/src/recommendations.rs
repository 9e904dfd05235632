//! The list of items for each customer; all lists are replaced together.

use crate::{
    Page, Result, Store,
    bulk::{self, Conflict},
    convert::{big, text},
    error::Doing,
    paging,
    rows::{recommendation, recommended_product},
};
use bellwether_domain::{ProfileId, RecommendationList};
use sea_orm::{EntityTrait, IntoActiveModel, QueryOrder, QuerySelect};
use std::collections::{BTreeMap, HashSet};

impl Store {
    /// Replaces all lists, in one transaction: profiles that are not given have none afterwards.
    pub async fn replace_recommendations(&self, lists: &[RecommendationList]) -> Result<()> {
        const DOING: &str = "replace recommendations";
        let rows = lists
            .iter()
            .map(|list| recommendation::Model::try_from(list).map(IntoActiveModel::into_active_model))
            .collect::<Result<_>>()?;
        let transaction = self.begin(DOING).await?;
        recommendation::Entity::delete_many().exec(&transaction).await.doing(DOING)?;
        recommended_product::Entity::delete_many().exec(&transaction).await.doing(DOING)?;
        bulk::insert::<recommendation::ActiveModel>(&transaction, rows, Conflict::Refuse).await.doing(DOING)?;
        bulk::insert(&transaction, product_counts(lists), Conflict::Refuse).await.doing(DOING)?;
        transaction.commit().await.doing(DOING)
    }

    /// The list of one profile.
    pub async fn recommendations(&self, profile: ProfileId) -> Result<Option<RecommendationList>> {
        let row = recommendation::Entity::find_by_id(profile.as_uuid())
            .one(&self.reader)
            .await
            .doing("read recommendations")?;
        row.map(RecommendationList::try_from).transpose()
    }

    /// All lists, by profile id. Pages count from 0.
    pub async fn recommendation_lists(&self, page: u64, page_size: u64) -> Result<Page<RecommendationList>> {
        let sorted = recommendation::Entity::find().order_by_asc(recommendation::Column::ProfileId);
        let page = paging::page(&self.reader, sorted, page, page_size).await.doing("list recommendations")?;
        page.try_map(RecommendationList::try_from)
    }

    /// The products that stand on most lists, with the number of lists; equal ones by product.
    pub async fn most_recommended(&self, limit: u64) -> Result<Vec<(String, u64)>> {
        let rows = recommended_product::Entity::find()
            .order_by_desc(recommended_product::Column::Lists)
            .order_by_asc(recommended_product::Column::Product)
            .limit(limit.min(i64::MAX as u64))
            .all(&self.reader)
            .await
            .doing("count recommended products")?;
        Ok(rows.into_iter().map(|row| (row.product, row.lists.unsigned_abs())).collect())
    }
}

fn product_counts(lists: &[RecommendationList]) -> Vec<recommended_product::ActiveModel> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for list in lists {
        let products: HashSet<&str> = list.items.iter().map(|item| item.product.as_str()).collect();
        for product in products {
            *counts.entry(text(product)).or_default() += 1;
        }
    }
    let row = |(product, lists)| recommended_product::Model { product, lists: big(lists) }.into_active_model();
    counts.into_iter().map(row).collect()
}
