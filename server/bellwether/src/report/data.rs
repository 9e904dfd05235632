//! What the report says, gathered from the Store and the Lake.

use crate::context::Context;
use anyhow::Result;
use bellwether_api::{Backtest, ClusteringChoice, overview::TrendPoint};
use bellwether_domain::{DecisionChoice, ExperimentDefinition, Localized, Segment};
use bellwether_evaluate::experiment::Analysis;
use bellwether_store::CustomerQuery;
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::BTreeMap;

/// Everything on one page. All amounts are in `currency`.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The shop's name.
    pub shop: String,
    /// ISO 4217.
    pub currency: String,
    /// The main numbers.
    pub totals: Totals,
    /// One entry a month.
    pub months: Vec<Month>,
    /// What was imported.
    pub imports: Vec<bellwether_domain::ImportRecord>,
    /// How many rows each cleaning rule touched.
    pub rules: Vec<RuleRows>,
    /// How many rows are in quarantine for each reason.
    pub rejects: Vec<RuleRows>,
    /// Segments, RFM and clusters.
    pub segments: Vec<Segment>,
    /// How the number of clusters was chosen.
    pub clustering: Option<ClusteringChoice>,
    /// How each kind of list did, and which serves.
    pub recommenders: Vec<Recommender>,
    /// Campaigns and what became of their messages.
    pub campaigns: Vec<CampaignNumbers>,
    /// Observed, not caused.
    pub backtest: Option<Backtest>,
    /// Randomised, caused.
    pub experiments: Vec<ExperimentNumbers>,
}

/// The main numbers.
#[derive(Debug, Default, Serialize)]
pub struct Totals {
    /// Known customers.
    pub customers: u64,
    /// Completed orders, those of unknown customers included.
    pub orders: u64,
    /// Goods sold.
    pub revenue: f64,
    /// Goods returned or cancelled.
    pub refunded: f64,
}

/// One month of sales.
#[derive(Debug, Serialize)]
pub struct Month {
    /// Its first day.
    pub month: NaiveDate,
    /// Completed orders.
    pub orders: u64,
    /// Goods sold.
    pub revenue: f64,
}

/// A rule or a reason with its rows.
#[derive(Debug, Serialize)]
pub struct RuleRows {
    /// Which source.
    pub source: String,
    /// Which rule or reason.
    pub rule: String,
    /// How many rows.
    pub rows: u64,
}

/// One kind of recommendation list.
#[derive(Debug, Serialize)]
pub struct Recommender {
    /// `als`, `item_to_item` or `popularity`.
    pub kind: String,
    /// Whether its lists are the ones that are shown.
    pub serving: bool,
    /// `recall@10`, `ndcg@10`, `coverage@10` and more.
    pub metrics: serde_json::Value,
}

/// One campaign.
#[derive(Debug, Serialize)]
pub struct CampaignNumbers {
    /// Its short name.
    pub slug: String,
    /// What people call it.
    pub name: Localized,
    /// `draft`, `running` or `completed`.
    pub state: &'static str,
    /// Decisions by kind: `send`, `hold_out`, `skip`.
    pub decisions: BTreeMap<&'static str, u64>,
    /// Messages by state of the ledger.
    pub messages: BTreeMap<String, u64>,
}

/// One experiment.
#[derive(Debug, Serialize)]
pub struct ExperimentNumbers {
    /// What was compared.
    pub definition: ExperimentDefinition,
    /// What came out; absent where the numbers cannot be analysed.
    pub analysis: Option<Analysis>,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Reads everything.
pub async fn gather(context: &Context) -> Result<Report> {
    let store = &context.store;
    let (totals, months) = sales(context).await?;
    let rule = |source: &str, rule: String, rows| RuleRows { source: source.to_owned(), rule, rows };
    let mut rules: Vec<_> =
        store.rule_counts().await?.into_iter().map(|count| rule(&count.source, count.rule, count.rows)).collect();
    rules.extend(crate::refresh::batch_rules(store).await?.into_iter().map(|c| rule(&c.source, c.rule, c.rows)));
    let rejects = store.reject_counts().await?.into_iter().map(|(source, reason, rows)| {
        let reason = serde_json::to_value(reason).ok().and_then(|v| v.as_str().map(str::to_owned));
        rule(&source, reason.unwrap_or_default(), rows)
    });
    Ok(Report {
        shop: context.config.shop.name.clone(),
        currency: context.config.shop.currency.clone(),
        totals,
        months,
        imports: store.imports().await?,
        rules,
        rejects: rejects.collect(),
        segments: store.segments().await?,
        clustering: result(context, "clustering").await?,
        recommenders: recommenders(context).await?,
        campaigns: campaigns(context).await?,
        backtest: result(context, "backtest").await?,
        experiments: experiments(context).await?,
    })
}

async fn result<T: serde::de::DeserializeOwned>(context: &Context, kind: &str) -> Result<Option<T>> {
    Ok(context.store.result(kind).await?.map(serde_json::from_value).transpose()?)
}

/// By the same sums as the console's overview.
async fn sales(context: &Context) -> Result<(Totals, Vec<Month>)> {
    let one = CustomerQuery { page_size: 1, ..CustomerQuery::default() };
    let customers = context.store.customers(&one).await?.total;
    let history = context.lake.order_history(&context.store.event_files().await?, None).await?;
    let (sums, months) = bellwether_api::overview::sums(&history);
    let totals = Totals { customers, orders: sums.orders, revenue: sums.gross_revenue, refunded: sums.refunded };
    let month = |point: TrendPoint| Month { month: point.date, orders: point.orders, revenue: point.revenue };
    Ok((totals, months.into_iter().map(month).collect()))
}

async fn recommenders(context: &Context) -> Result<Vec<Recommender>> {
    let models = context.store.models().await?;
    Ok(models
        .into_iter()
        .map(|model| Recommender { kind: model.kind, serving: model.serving, metrics: model.metrics })
        .collect())
}

async fn campaigns(context: &Context) -> Result<Vec<CampaignNumbers>> {
    let mut all = Vec::new();
    for campaign in context.store.campaigns().await? {
        let run = campaign.run_id();
        let mut decisions = BTreeMap::new();
        for (choice, people) in context.store.decision_counts(run).await? {
            *decisions.entry(choice_name(choice)).or_default() += people;
        }
        all.push(CampaignNumbers {
            messages: context.store.message_counts(run).await?,
            slug: campaign.slug,
            name: campaign.name,
            state: campaign.state.name(),
            decisions,
        });
    }
    Ok(all)
}

const fn choice_name(choice: DecisionChoice) -> &'static str {
    match choice {
        DecisionChoice::Send => "send",
        DecisionChoice::HoldOut => "hold_out",
        DecisionChoice::Skip { .. } => "skip",
    }
}

async fn experiments(context: &Context) -> Result<Vec<ExperimentNumbers>> {
    let mut all = Vec::new();
    for definition in context.store.experiments().await? {
        let Some((_, arms, segments)) = context.store.experiment_by_slug(&definition.slug).await? else { continue };
        // One experiment that cannot be analysed must not keep the rest of the report from whoever wants to read it.
        let (analysis, error) = match bellwether_evaluate::experiment::analyse(&definition, &arms, &segments) {
            Ok(analysis) => (Some(analysis), None),
            Err(error) => (None, Some(error.to_string())),
        };
        all.push(ExperimentNumbers { definition, analysis, error });
    }
    Ok(all)
}
