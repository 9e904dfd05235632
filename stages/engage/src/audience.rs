//! Where a run learns what it can say to whom.

use crate::{EngageError, ItemReason, Person, RecommendedItem, gate::is_address};
use bellwether_channels::Answer;
use bellwether_domain::{Campaign, Item, Language, Profile, ProfileFeatures, ProfileId, Reason, RecommendationList};
use bellwether_store::{MAX_PAGE_SIZE, Store};
use std::collections::{BTreeSet, HashMap};
use tokio::sync::OnceCell;

/// Gives what is known of people, many at a time.
pub trait AudienceContext: Send + Sync {
    /// The people with these ids, in any order. Those that do not exist are left out.
    fn people<'a>(&'a self, profiles: &'a [ProfileId]) -> Answer<'a, Result<Vec<Person>, EngageError>>;
}

/// How people are read from the Store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AudienceOptions {
    /// For people whose traits `language` and `locale` say nothing.
    pub default_language: Language,
    /// How many items a message shows.
    pub items_per_message: usize,
    /// Gives people without an address one that is reserved and leads nowhere: `customer-12346@example.com`. For demonstrations.
    pub reserved_addresses: bool,
}

impl AudienceOptions {
    /// How a campaign's people are read: everywhere the same, so that a preview shows what is sent.
    pub fn for_campaign(campaign: &Campaign) -> Self {
        // An address that leads nowhere is better than none where nothing leaves the machine.
        Self { reserved_addresses: campaign.channel == "outbox", ..Self::default() }
    }
}

impl Default for AudienceOptions {
    fn default() -> Self {
        Self { default_language: Language::English, items_per_message: 4, reserved_addresses: false }
    }
}

/// So few people are asked for one by one; for more, everybody's lists and features are read once.
const FEW: usize = 16;

/// People as the Store knows them: a few queries for each batch, not one for each person.
pub struct StoreAudience<'a> {
    store: &'a Store,
    options: AudienceOptions,
    lists: OnceCell<Lists>,
    features: OnceCell<Features>,
}

type Lists = HashMap<ProfileId, RecommendationList>;
type Features = HashMap<ProfileId, ProfileFeatures>;

impl<'a> StoreAudience<'a> {
    /// Nothing is read before it is asked for. Lists and features are read once, so this lives as long as one run.
    pub fn new(store: &'a Store, options: AudienceOptions) -> Self {
        Self { store, options, lists: OnceCell::new(), features: OnceCell::new() }
    }

    async fn read(&self, profiles: &[ProfileId]) -> Result<Vec<Person>, EngageError> {
        if profiles.len() <= FEW && !(self.lists.initialized() && self.features.initialized()) {
            let (lists, features) = self.read_few(profiles).await?;
            return self.assemble(profiles, &lists, &features).await;
        }
        let lists = self.lists.get_or_try_init(|| self.read_lists()).await?;
        let features = self.features.get_or_try_init(|| self.read_features()).await?;
        self.assemble(profiles, lists, features).await
    }

    async fn assemble(
        &self,
        profiles: &[ProfileId],
        lists: &Lists,
        features: &Features,
    ) -> Result<Vec<Person>, EngageError> {
        let known = self.store.profiles_by_id(profiles).await?;
        let items = self.items(known.iter().filter_map(|profile| lists.get(&profile.id))).await?;
        let person = |profile: Profile| {
            let (list, features) = (lists.get(&profile.id), features.get(&profile.id));
            person(profile, features, list, &items, self.options)
        };
        Ok(known.into_iter().map(person).collect())
    }

    async fn read_few(&self, profiles: &[ProfileId]) -> Result<(Lists, Features), EngageError> {
        let (mut lists, mut features) = (Lists::new(), Features::new());
        for profile in profiles {
            if let Some(list) = self.store.recommendations(*profile).await? {
                lists.insert(*profile, self.shortened(list));
            }
            features.extend(self.store.features(*profile).await?.map(|features| (*profile, features)));
        }
        Ok((lists, features))
    }

    fn shortened(&self, mut list: RecommendationList) -> RecommendationList {
        list.items.truncate(self.options.items_per_message);
        list
    }

    async fn read_lists(&self) -> Result<Lists, EngageError> {
        let mut lists = Lists::new();
        for page in 0.. {
            let rows = self.store.recommendation_lists(page, MAX_PAGE_SIZE).await?.rows;
            let is_last = (rows.len() as u64) < MAX_PAGE_SIZE;
            lists.extend(rows.into_iter().map(|list| (list.profile, self.shortened(list))));
            if is_last {
                break;
            }
        }
        Ok(lists)
    }

    async fn read_features(&self) -> Result<Features, EngageError> {
        Ok(self.store.all_features().await?.into_iter().map(|features| (features.profile, features)).collect())
    }

    /// The catalogue entries that these lists speak of.
    async fn items(
        &self,
        lists: impl Iterator<Item = &RecommendationList>,
    ) -> Result<HashMap<String, Item>, EngageError> {
        let mut products = BTreeSet::new();
        for entry in lists.flat_map(|list| &list.items) {
            products.insert(entry.product.as_str());
            if let Reason::BecauseBought { product } = &entry.reason {
                products.insert(product);
            }
        }
        let products: Vec<&str> = products.into_iter().collect();
        let items = self.store.items_by_product(&products).await?;
        Ok(items.into_iter().map(|item| (item.product.clone(), item)).collect())
    }
}

impl AudienceContext for StoreAudience<'_> {
    fn people<'a>(&'a self, profiles: &'a [ProfileId]) -> Answer<'a, Result<Vec<Person>, EngageError>> {
        Box::pin(self.read(profiles))
    }
}

fn person(
    profile: Profile,
    features: Option<&ProfileFeatures>,
    list: Option<&RecommendationList>,
    items: &HashMap<String, Item>,
    options: AudienceOptions,
) -> Person {
    let text = |key: &str| {
        profile.traits.get(key).and_then(|value| value.as_str()).map(str::trim).filter(|text| !text.is_empty())
    };
    let language = text("language").or_else(|| text("locale")).map_or(options.default_language, language_of);
    let address = text("email").filter(|address| is_address(address)).map(str::to_owned);
    let address = address.or_else(|| options.reserved_addresses.then(|| reserved_address(&profile.user_id)));
    let full_name = || Some(format!("{} {}", text("first_name")?, text("last_name")?));
    let name = text("name").map(str::to_owned).or_else(full_name).or_else(|| text("first_name").map(str::to_owned));
    let favourite = features.and_then(|features| features.favourite_categories.first());
    Person {
        profile: profile.id,
        address,
        name,
        language,
        orders: profile.commerce.orders,
        revenue: profile.commerce.net_revenue(),
        first_order: profile.commerce.first_order,
        last_order: profile.commerce.last_order,
        favourite_category: favourite.map(|(category, _)| category.clone()),
        recommendations: list.map_or_else(Vec::new, |list| recommended(list, items)),
        user_id: profile.user_id,
        traits: profile.traits,
    }
}

/// Items that the catalogue does not know, or that are postage and fees, are not offered.
fn recommended(list: &RecommendationList, items: &HashMap<String, Item>) -> Vec<RecommendedItem> {
    let entry = |entry: &bellwether_domain::Recommendation| {
        let item = items.get(&entry.product).filter(|item| item.is_product)?;
        let reason = match &entry.reason {
            Reason::BecauseBought { product } => match items.get(product) {
                Some(bought) => ItemReason::BecauseBought { name: bought.name.clone() },
                None => ItemReason::Popular,
            },
            Reason::Popular => ItemReason::Popular,
        };
        Some(RecommendedItem {
            product: item.product.clone(),
            name: item.name.clone(),
            price: Some(item.price).filter(|price| !price.is_zero() && !price.is_negative()),
            category: Some(item.category.clone()).filter(|category| !category.is_empty()),
            reason,
        })
    };
    list.items.iter().filter_map(entry).collect()
}

fn language_of(text: &str) -> Language {
    if text.to_ascii_lowercase().starts_with("zh") { Language::Chinese } else { Language::English }
}

/// An address of a domain that is reserved for examples: no mail server in the world takes it.
pub fn reserved_address(user_id: &str) -> String {
    let local: String = user_id
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
        .take(50)
        .collect();
    format!("customer-{local}@example.com")
}
