//! `GET /products`: the catalogue.

use crate::{
    extract::ApiQuery,
    page::{Page, PageRequest},
    problem::Problem,
    state::ApiState,
};
use axum::{Json, extract::State};
use bellwether_domain::Item;
use bellwether_store::ItemQuery;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which products.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProductParams {
    /// A part of the number or the name.
    pub q: Option<String>,
    /// Counted from 0.
    #[param(minimum = 0)]
    pub page: Option<u32>,
    /// From 1 to 500; 50 when nothing is said.
    #[param(minimum = 1, maximum = 500)]
    pub page_size: Option<u32>,
}

/// Something the shop sells.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Product {
    /// The shop's number.
    pub product: String,
    /// The name it was last sold under.
    pub name: String,
    /// Which group of products it belongs to.
    pub category: String,
    /// The price it was last sold at.
    pub price: f64,
    /// First time it was seen.
    pub first_seen: DateTime<Utc>,
    /// Last time it was seen; name and price are of this moment.
    pub last_seen: DateTime<Utc>,
    /// Whether it is goods, and not postage or a fee.
    pub is_product: bool,
}

impl From<Item> for Product {
    fn from(item: Item) -> Self {
        Self {
            product: item.product,
            name: item.name,
            category: item.category,
            price: item.price.to_f64(),
            first_seen: item.first_seen,
            last_seen: item.last_seen,
            is_product: item.is_product,
        }
    }
}

/// A page of the catalogue.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProductPage {
    /// ISO 4217, of every price here.
    pub currency: String,
    /// The products.
    #[serde(flatten)]
    pub page: Page<Product>,
}

/// The catalogue by number, in pages.
#[utoipa::path(get, path = "/products", tag = "products", operation_id = "listProducts", params(ProductParams), responses(
    (status = 200, body = ProductPage),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub async fn list_products(
    State(state): State<ApiState>,
    ApiQuery(params): ApiQuery<ProductParams>,
) -> Result<Json<ProductPage>, Problem> {
    let request = PageRequest::new(params.page, params.page_size)?;
    let query = ItemQuery {
        q: params.q,
        page: request.page.into(),
        page_size: request.page_size.into(),
        ..ItemQuery::default()
    };
    let page = request.answer(state.store.items(&query).await?, Product::from);
    Ok(Json(ProductPage { currency: state.currency(), page }))
}
