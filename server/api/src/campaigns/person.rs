//! One customer as templates see them, from what the Store knows.

use crate::customers::list::text_trait;
use bellwether_domain::{Language, Profile, Reason, Recommendation};
use bellwether_engage::{ItemReason, Person, RecommendedItem};
use bellwether_store::{Error, Store};
use std::collections::{BTreeSet, HashMap};

/// One customer with features and recommendations. The address is the trait `email`, the name the trait `name`.
pub async fn person(store: &Store, profile: &Profile, language: Language) -> Result<Person, Error> {
    let features = store.features(profile.id).await?;
    let list = store.recommendations(profile.id).await?;
    let items = list.map(|list| list.items).unwrap_or_default();
    Ok(Person {
        profile: profile.id,
        user_id: profile.user_id.clone(),
        address: text_trait(profile, "email"),
        name: text_trait(profile, "name"),
        language,
        traits: profile.traits.clone(),
        orders: profile.commerce.orders,
        revenue: profile.commerce.net_revenue(),
        first_order: profile.commerce.first_order,
        last_order: profile.commerce.last_order,
        favourite_category: features.and_then(|f| f.favourite_categories.into_iter().next()).map(|(name, _)| name),
        recommendations: recommended(store, &items).await?,
    })
}

async fn recommended(store: &Store, items: &[Recommendation]) -> Result<Vec<RecommendedItem>, Error> {
    let bought = |item: &Recommendation| match &item.reason {
        Reason::BecauseBought { product } => Some(product.clone()),
        Reason::Popular => None,
    };
    let products: BTreeSet<_> =
        items.iter().map(|item| item.product.clone()).chain(items.iter().filter_map(bought)).collect();
    let products: Vec<&str> = products.iter().map(String::as_str).collect();
    let found = store.items_by_product(&products).await?;
    let catalogue: HashMap<_, _> = found.iter().map(|item| (item.product.as_str(), item)).collect();
    let name = |product: &str| catalogue.get(product).map_or(product, |item| &item.name).to_owned();
    let describe = |item: &Recommendation| RecommendedItem {
        product: item.product.clone(),
        name: name(&item.product),
        price: catalogue.get(item.product.as_str()).map(|known| known.price),
        category: catalogue.get(item.product.as_str()).map(|known| known.category.clone()),
        reason: match &item.reason {
            Reason::BecauseBought { product } => ItemReason::BecauseBought { name: name(product) },
            Reason::Popular => ItemReason::Popular,
        },
    };
    Ok(items.iter().map(describe).collect())
}
