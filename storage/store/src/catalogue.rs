//! The item catalogue.

use crate::{
    Page, Result, Store,
    bulk::{self, Lock},
    convert::{all, plain, text},
    error::Doing,
    paging,
    rows::item,
};
use bellwether_domain::Item;
use sea_orm::{
    ColumnTrait, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use std::collections::HashMap;

/// What items are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ItemSort {
    /// The shop's number.
    #[default]
    Product,
    /// Name.
    Name,
    /// Category.
    Category,
    /// Price.
    Price,
    /// When it was last seen.
    LastSeen,
}

/// Which items, in which order. The default is all of them, by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemQuery {
    /// Part of number or name; upper and lower case are the same.
    pub q: Option<String>,
    /// This category only.
    pub category: Option<String>,
    /// Goods only, without postage and fees.
    pub products_only: bool,
    /// Sorted by; equal ones by number.
    pub sort: ItemSort,
    /// The largest first.
    pub descending: bool,
    /// Counted from 0.
    pub page: u64,
    /// Rows of a page, at most [`crate::MAX_PAGE_SIZE`].
    pub page_size: u64,
}

impl Default for ItemQuery {
    fn default() -> Self {
        Self {
            q: None,
            category: None,
            products_only: false,
            sort: ItemSort::default(),
            descending: false,
            page: 0,
            page_size: 50,
        }
    }
}

impl Store {
    /// One page of the catalogue.
    pub async fn items(&self, query: &ItemQuery) -> Result<Page<Item>> {
        let mut select = item::Entity::find();
        if let Some(pattern) = paging::containing(query.q.as_deref()) {
            select = select.filter(Expr::col(item::Column::Search).like(pattern));
        }
        if let Some(category) = &query.category {
            select = select.filter(item::Column::Category.eq(plain(category).as_ref()));
        }
        if query.products_only {
            select = select.filter(item::Column::IsProduct.eq(true));
        }
        let column = match query.sort {
            ItemSort::Product => item::Column::Product,
            ItemSort::Name => item::Column::Name,
            ItemSort::Category => item::Column::Category,
            ItemSort::Price => item::Column::Price,
            ItemSort::LastSeen => item::Column::LastSeen,
        };
        let order = if query.descending { Order::Desc } else { Order::Asc };
        let select = select.order_by(column, order.clone()).order_by(item::Column::Product, order);
        let page = paging::page(&self.reader, select, query.page, query.page_size).await.doing("list items")?;
        page.try_map(Item::try_from)
    }

    /// Those of the products that are in the catalogue, each once, in no particular order.
    pub async fn items_by_product(&self, products: &[&str]) -> Result<Vec<Item>> {
        let mut keys: Vec<String> = products.iter().map(|product| text(product)).collect();
        keys.sort_unstable();
        keys.dedup();
        let keys = keys.into_iter().map(Into::into).collect();
        let rows = bulk::select_by::<item::Entity>(&self.reader, item::Column::Product, keys, Lock::Open)
            .await
            .doing("look up items")?;
        all(rows)
    }

    /// The whole catalogue, by number.
    pub async fn all_items(&self) -> Result<Vec<Item>> {
        let sorted = item::Entity::find().order_by_asc(item::Column::Product);
        all(sorted.all(&self.reader).await.doing("read the catalogue")?)
    }

    /// The name of every product.
    pub async fn item_names(&self) -> Result<HashMap<String, String>> {
        let names: Vec<(String, String)> = item::Entity::find()
            .select_only()
            .column(item::Column::Product)
            .column(item::Column::Name)
            .into_tuple()
            .all(&self.reader)
            .await
            .doing("read the names of items")?;
        Ok(names.into_iter().collect())
    }
}
