//! Lists for everybody, with a reason for each item.

use crate::{Interactions, LIST_LENGTH, ModelKind, Parameters};
use bellwether_algorithms::{
    Result,
    recommend::{AlsExplainer, AlsModel, Contribution, ItemToItemModel, Popularity, Recommender, Request, ScoredItem},
};
use bellwether_domain::{ModelId, OrderHistory, ProfileId, Reason, Recommendation, RecommendationList};
use chrono::{DateTime, Utc};
use rand::Rng;
use rayon::prelude::*;

/// Everybody's list from one training.
#[derive(Debug, Clone, PartialEq)]
pub struct Lists {
    /// The version: the same data and parameters have the same id.
    pub model: ModelId,
    /// One per person who bought anything before the moment.
    pub lists: Vec<RecommendationList>,
}

enum Trained {
    Als(AlsModel),
    ItemToItem(ItemToItemModel),
    Popularity(Popularity),
}

/// Trains a kind on everything before `until` and makes everybody's list.
pub fn lists(
    kind: ModelKind,
    history: &OrderHistory,
    profiles: &[ProfileId],
    until: DateTime<Utc>,
    parameters: &Parameters,
    rng: &mut impl Rng,
) -> Result<Lists> {
    let known = Interactions::before(history, profiles, until, parameters.sold_within_days)?;
    let trained = match kind {
        ModelKind::Als => Trained::Als(parameters.als().fit(&known.matrix, rng)?),
        ModelKind::ItemToItem => Trained::ItemToItem(parameters.item_to_item().fit(&known.matrix)?),
        ModelKind::Popularity => Trained::Popularity(Popularity::fit(&known.matrix)?),
    };
    let model = id(kind, until, parameters);
    let everybody: Vec<u32> = (0..known.people.len() as u32).collect();
    let request = Request { allowed: Some(&known.on_sale), ..Request::new(&everybody, &known.matrix, LIST_LENGTH) };
    let ranked = trained.recommender().recommend(&request)?;
    let name = |item: u32| history.products[item as usize].to_string();
    let explainer = trained.explainer();
    let list = |(person, items): (usize, Vec<ScoredItem>)| {
        let reasons = explainer.reasons(&known, person as u32, &items)?;
        let items = items.iter().zip(reasons).map(|(scored, because)| Recommendation {
            product: name(scored.item),
            score: scored.score,
            reason: because.map_or(Reason::Popular, |own| Reason::BecauseBought { product: name(own) }),
        });
        Ok(RecommendationList { profile: known.people[person], model, items: items.collect() })
    };
    let lists = ranked.into_par_iter().enumerate().map(list).collect::<Result<_>>()?;
    Ok(Lists { model, lists })
}

fn id(kind: ModelKind, until: DateTime<Utc>, parameters: &Parameters) -> ModelId {
    // Parameters are plain numbers; their debug form is as good an identity as any.
    let parameters = format!("{parameters:?}");
    ModelId::derive(&[kind.name().as_bytes(), &until.timestamp_micros().to_le_bytes(), parameters.as_bytes()])
}

impl Trained {
    fn recommender(&self) -> &dyn Recommender {
        match self {
            Self::Als(model) => model,
            Self::ItemToItem(model) => model,
            Self::Popularity(model) => model,
        }
    }

    fn explainer(&self) -> Explainer<'_> {
        match self {
            Self::Als(model) => Explainer::Als(model.explainer()),
            Self::ItemToItem(model) => Explainer::ItemToItem(model),
            Self::Popularity(_) => Explainer::Popularity,
        }
    }
}

/// What gives the reasons.
enum Explainer<'m> {
    Als(AlsExplainer<'m>),
    ItemToItem(&'m ItemToItemModel),
    Popularity,
}

impl Explainer<'_> {
    /// For each item the own item that spoke most for it; none where nothing did.
    fn reasons(&self, known: &Interactions, person: u32, items: &[ScoredItem]) -> Result<Vec<Option<u32>>> {
        match self {
            Self::Als(explainer) => {
                let wanted: Vec<u32> = items.iter().map(|scored| scored.item).collect();
                Ok(explainer.strongest(&known.matrix, person, &wanted)?.into_iter().map(speaking_for).collect())
            }
            // Contributions come with the largest first.
            Self::ItemToItem(model) => items
                .iter()
                .map(|scored| Ok(speaking_for(model.explain(&known.matrix, person, scored.item)?.into_iter().next())))
                .collect(),
            Self::Popularity => Ok(vec![None; items.len()]),
        }
    }
}

/// An own item that spoke against it is no reason.
fn speaking_for(best: Option<Contribution>) -> Option<u32> {
    best.filter(|best| best.score > 0.0).map(|best| best.item)
}
