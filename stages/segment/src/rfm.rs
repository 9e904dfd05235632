//! The eleven usual segments by recency, frequency and monetary value.

use crate::{Error, GroupSums, Segmentation, share};
use bellwether_algorithms::rfm::{RULES, RfmSegment, scores};
use bellwether_domain::{Localized, Membership, Money, ProfileFeatures, Segment, SegmentId, SegmentKind};
use chrono::{DateTime, Utc};
use serde_json::json;
use std::collections::BTreeMap;

/// Fewer customers than this leave quintiles without meaning.
const FEWEST: usize = 5;

/// Scores everybody, writes the scores into the features, and gives the segments, from the most to the least valuable.
/// A segment that nobody is in is given too: that is an answer.
pub fn rfm(all: &mut [ProfileFeatures], as_of: DateTime<Utc>) -> Result<Segmentation, Error> {
    if all.len() < FEWEST {
        return Err(Error::TooFewCustomers { found: all.len(), needed: FEWEST });
    }
    let column = |value: fn(&ProfileFeatures) -> f64| all.iter().map(value).collect::<Vec<_>>();
    let (recency, frequency) = (column(|f| f.recency_days), column(|f| f.frequency as f64));
    let monetary = column(|f| f.monetary.to_f64());
    let scored = scores(&recency, &frequency, &monetary)?;
    let mut groups: BTreeMap<RfmSegment, GroupSums> = BTreeMap::new();
    let mut memberships = Vec::with_capacity(all.len());
    for (features, score) in all.iter_mut().zip(scored) {
        features.rfm = [score.recency, score.frequency, score.monetary];
        let segment = RfmSegment::of(score);
        groups.entry(segment).or_default().add(features);
        memberships.push(Membership { profile: features.profile, segment: id(segment) });
    }
    let revenue: Money = all.iter().map(|features| features.monetary).sum();
    let describe = |segment| describe(segment, groups.get(&segment), all.len(), revenue, as_of);
    Ok(Segmentation { segments: RfmSegment::ALL.into_iter().map(describe).collect(), memberships })
}

fn id(segment: RfmSegment) -> SegmentId {
    SegmentId::derive(&[b"rfm", segment.slug().as_bytes()])
}

fn describe(
    segment: RfmSegment,
    group: Option<&GroupSums>,
    everybody: usize,
    revenue: Money,
    as_of: DateTime<Utc>,
) -> Segment {
    let empty = GroupSums::default();
    let group = group.unwrap_or(&empty);
    let rules: Vec<_> = RULES
        .iter()
        .filter(|rule| rule.segment == segment)
        .map(|rule| {
            let (from, to) = rule.frequency_plus_monetary;
            json!({
                "recency_scores": [rule.recency.0, rule.recency.1],
                "frequency_monetary_mean": [f64::from(from) / 2.0, f64::from(to) / 2.0],
            })
        })
        .collect();
    let (name, description) = words(segment);
    Segment {
        id: id(segment),
        slug: format!("rfm-{}", segment.slug()),
        kind: SegmentKind::Rfm,
        name,
        description,
        size: group.members.len() as u64,
        share: share(group.members.len() as f64, everybody as f64),
        revenue_share: share(group.monetary.to_f64(), revenue.to_f64()),
        facts: json!({ "means": group.means(), "rules": rules }),
        as_of,
    }
}

fn words(segment: RfmSegment) -> (Localized, Localized) {
    use RfmSegment as S;
    let (zh_name, en, zh) = match segment {
        S::Champions => (
            "冠军客户",
            "Bought lately, often and much. Thank them, show them what is new, ask them to recommend you.",
            "最近买过、常买、买得多。感谢他们，优先介绍新品，请他们推荐。",
        ),
        S::LoyalCustomers => (
            "忠诚客户",
            "Buy regularly and well. Offer what goes with what they have.",
            "购买稳定且金额可观。推荐与其所购相配的商品。",
        ),
        S::PotentialLoyalists => (
            "潜在忠诚客户",
            "Came back lately, more than once. Make the next order easy.",
            "最近回购且不止一次。让下一单更容易。",
        ),
        S::NewCustomers => (
            "新客户",
            "First order just now. Welcome them and lead to a second one.",
            "刚下首单。欢迎他们，引导第二单。",
        ),
        S::Promising => (
            "有希望的客户",
            "Bought rather lately, but once or little. Remind them while they remember you.",
            "近期买过，但只有一次或金额不多。趁还记得您时提醒。",
        ),
        S::NeedsAttention => (
            "需要关注",
            "Middling in everything and starting to drift. A good reason to come back helps now.",
            "各项居中，开始疏远。现在需要一个回来的理由。",
        ),
        S::AboutToSleep => (
            "即将沉睡",
            "Below the middle and fading. A light reminder; do not spend much.",
            "低于中位且在减少。轻度提醒，不必多花钱。",
        ),
        S::AtRisk => (
            "流失风险",
            "Used to buy well, but not for long. Win them back with what they liked.",
            "曾经买得不错，但很久没来。用他们喜欢的商品挽回。",
        ),
        S::CantLoseThem => (
            "不能失去",
            "Were among the best and have been gone for long. Call them, find out why.",
            "曾是最好的客户，却久未出现。主动联系，弄清原因。",
        ),
        S::Hibernating => (
            "休眠客户",
            "Bought little, a long time ago. Now and then, cheaply.",
            "很久以前买过一点。偶尔、低成本地联系。",
        ),
        S::Lost => ("已流失", "Least of all in everything. Leave them in peace.", "各项都最低。不必打扰。"),
    };
    (Localized::new(segment.name(), zh_name), Localized::new(en, zh))
}
