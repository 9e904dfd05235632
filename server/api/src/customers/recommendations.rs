//! `GET /customers/{id}/recommendations`: what to offer this person, and why.

use crate::{customers::show::find_profile, extract::ApiPath, problem::Problem, state::ApiState};
use axum::{Json, extract::State};
use bellwether_domain::{Item, Reason, Recommendation, RecommendationList};
use bellwether_store::Store;
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};
use utoipa::ToSchema;

/// The best products for one person.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CustomerRecommendations {
    /// ISO 4217, of every price here.
    pub currency: String,
    /// The model version that made the list; absent where there is none.
    pub model: Option<String>,
    /// The kind of that model: `als`, `item_to_item` or `popularity`.
    pub model_kind: Option<String>,
    /// What, best first.
    pub items: Vec<RecommendedItem>,
}

/// One product on a list.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RecommendedItem {
    /// Its place, counted from 1.
    pub rank: u32,
    /// The shop's number.
    pub product: String,
    /// Its name.
    pub name: String,
    /// Which group of products it belongs to.
    pub category: String,
    /// The price it was last sold at; absent where the catalogue does not know it.
    pub price: Option<f64>,
    /// The model's score; comparable within one list only.
    pub score: f64,
    /// Why.
    pub reason: RecommendationReason,
}

/// Why a product is on somebody's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RecommendationReason {
    /// Of all that this person bought, this product spoke most for it.
    BecauseBought {
        /// The shop's number of the product that was bought.
        product: String,
        /// Its name.
        name: String,
    },
    /// Many people buy it.
    Popular,
}

/// What the catalogue knows of products that are about to be shown.
pub(crate) struct Catalogue(HashMap<String, Item>);

impl Catalogue {
    /// Looks up every product of these lists, those that reasons name included, in one question.
    pub(crate) async fn of_lists<'a>(
        store: &Store,
        lists: impl IntoIterator<Item = &'a RecommendationList>,
    ) -> Result<Self, Problem> {
        let mut products = BTreeSet::new();
        for item in lists.into_iter().flat_map(|list| &list.items) {
            products.insert(item.product.as_str());
            if let Reason::BecauseBought { product } = &item.reason {
                products.insert(product);
            }
        }
        Self::of(store, &products.into_iter().collect::<Vec<_>>()).await
    }

    /// Looks up these products.
    pub(crate) async fn of(store: &Store, products: &[&str]) -> Result<Self, Problem> {
        let items = store.items_by_product(products).await?;
        Ok(Self(items.into_iter().map(|item| (item.product.clone(), item)).collect()))
    }

    /// A product's entry, if the catalogue has one.
    pub(crate) fn get(&self, product: &str) -> Option<&Item> {
        self.0.get(product)
    }

    /// A product's name; its number where the catalogue does not know it.
    pub(crate) fn name(&self, product: &str) -> String {
        self.get(product).map_or(product, |item| &item.name).to_owned()
    }

    /// A product's category; nothing where the catalogue does not know it.
    pub(crate) fn category(&self, product: &str) -> String {
        self.get(product).map(|item| item.category.clone()).unwrap_or_default()
    }

    /// The price it was last sold at.
    pub(crate) fn price(&self, product: &str) -> Option<f64> {
        self.get(product).map(|item| item.price.to_f64())
    }

    /// A list, ready to be shown.
    pub(crate) fn describe(&self, list: &RecommendationList) -> Vec<RecommendedItem> {
        (1..).zip(&list.items).map(|(rank, item)| self.describe_one(rank, item)).collect()
    }

    fn describe_one(&self, rank: u32, item: &Recommendation) -> RecommendedItem {
        RecommendedItem {
            rank,
            product: item.product.clone(),
            name: self.name(&item.product),
            category: self.category(&item.product),
            price: self.price(&item.product),
            score: f64::from(item.score),
            reason: match &item.reason {
                Reason::Popular => RecommendationReason::Popular,
                Reason::BecauseBought { product } => {
                    RecommendationReason::BecauseBought { product: product.clone(), name: self.name(product) }
                }
            },
        }
    }
}

/// What to offer one person, and why.
#[utoipa::path(get, path = "/customers/{id}/recommendations", tag = "customers", operation_id = "getCustomerRecommendations",
    params(("id" = String, Path, description = "`prf_` and 32 hexadecimal digits")),
    responses(
        (status = 200, body = CustomerRecommendations),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn get_customer_recommendations(
    State(state): State<ApiState>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<CustomerRecommendations>, Problem> {
    let profile = find_profile(&state, "id", &id).await?;
    let currency = state.currency();
    let Some(list) = state.store.recommendations(profile.id).await? else {
        return Ok(Json(CustomerRecommendations { currency, model: None, model_kind: None, items: Vec::new() }));
    };
    let catalogue = Catalogue::of_lists(&state.store, [&list]).await?;
    let model = state.store.models().await?.into_iter().find(|model| model.id == list.model);
    Ok(Json(CustomerRecommendations {
        currency,
        model: Some(list.model.to_string()),
        model_kind: model.map(|model| model.kind),
        items: catalogue.describe(&list),
    }))
}
