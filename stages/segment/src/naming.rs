//! Names for clusters: what sets a cluster apart, in words.

use bellwether_domain::Localized;
use bellwether_profile::MODEL_FEATURES;

/// How far a cluster's centre must lie from everybody's, in standard deviations, to be worth a word.
const NOTABLE: f64 = 0.35;
const WORDS: usize = 3;

/// The words for a feature that lies low and high.
fn words(feature: &str) -> [(&'static str, &'static str); 2] {
    match feature {
        "recency_days" => [("recent", "最近活跃"), ("lapsed", "久未购买")],
        "frequency" => [("infrequent", "低频"), ("frequent", "高频")],
        "monetary" => [("low-spending", "低消费"), ("high-spending", "高消费")],
        "tenure_days" => [("new", "新近"), ("long-standing", "老客户")],
        "average_order" => [("small orders", "小单"), ("large orders", "大单")],
        "units_per_order" => [("few pieces", "少量购买"), ("wholesale-like", "批发型")],
        "distinct_products" => [("narrow choice", "品类集中"), ("broad choice", "品类广泛")],
        "returns_share" => [("hardly returning goods", "很少退货"), ("returning goods", "常退货")],
        _ => [("low", "偏低"), ("high", "偏高")],
    }
}

/// One feature of a cluster that stands out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Trait {
    /// Index into `MODEL_FEATURES`.
    pub feature: usize,
    /// Distance of the centre from everybody's mean, in standard deviations; the sign says below or above.
    pub distance: f64,
}

impl Trait {
    fn word(self) -> (&'static str, &'static str) {
        words(MODEL_FEATURES[self.feature])[usize::from(self.distance > 0.0)]
    }
}

/// The features that stand out, the most striking first.
pub(crate) fn traits(centre: &[f64]) -> Vec<Trait> {
    let mut traits: Vec<_> =
        centre.iter().enumerate().map(|(feature, &distance)| Trait { feature, distance }).collect();
    traits.sort_by(|a, b| b.distance.abs().total_cmp(&a.distance.abs()));
    traits
}

/// One name per cluster, all different: as many words as it takes to tell them apart.
pub(crate) fn names(centres: &[Vec<f64>]) -> Vec<Localized> {
    let all: Vec<Vec<Trait>> = centres.iter().map(|centre| traits(centre)).collect();
    let mut names: Vec<Localized> = Vec::new();
    for own in &all {
        let notable = own.iter().filter(|t| t.distance.abs() >= NOTABLE).count();
        let mut count = notable.clamp(0, WORDS);
        let mut name = join(&own[..count]);
        while names.contains(&name) && count < own.len() {
            count += 1;
            name = join(&own[..count]);
        }
        names.push(name);
    }
    names
}

/// One sentence with the distances behind the name.
pub(crate) fn sentence(centre: &[f64]) -> Localized {
    let striking: Vec<Trait> = traits(centre).into_iter().filter(|t| t.distance.abs() >= NOTABLE).take(WORDS).collect();
    if striking.is_empty() {
        return Localized::new("Close to the average customer in everything.", "各方面都接近平均客户。");
    }
    let (en, zh): (Vec<_>, Vec<_>) = striking
        .iter()
        .map(|t| {
            let (word_en, word_zh) = t.word();
            let (more_en, more_zh) = if t.distance > 0.0 { ("above", "高于") } else { ("below", "低于") };
            let by = t.distance.abs();
            let (name_en, name_zh) = feature_name(MODEL_FEATURES[t.feature]);
            (
                format!("{word_en} ({name_en} {by:.1} standard deviations {more_en} the mean)"),
                format!("{word_zh}（{name_zh}{more_zh}均值 {by:.1} 个标准差）"),
            )
        })
        .unzip();
    Localized::new(format!("What sets it apart: {}.", en.join("; ")), format!("与众不同之处：{}。", zh.join("；")))
}

fn feature_name(feature: &str) -> (&str, &str) {
    match feature {
        "recency_days" => ("days since the last order", "距上次购买天数"),
        "frequency" => ("orders", "订单数"),
        "monetary" => ("spending", "消费额"),
        "tenure_days" => ("days since the first order", "距首次购买天数"),
        "average_order" => ("value of an order", "客单价"),
        "units_per_order" => ("pieces in an order", "每单件数"),
        "distinct_products" => ("different products", "商品种类数"),
        "returns_share" => ("share of returns", "退货占比"),
        other => (other, other),
    }
}

fn join(traits: &[Trait]) -> Localized {
    if traits.is_empty() {
        return Localized::new("Average", "中等");
    }
    let (en, zh): (Vec<_>, Vec<_>) = traits.iter().map(|t| t.word()).unzip();
    let en = en.join(", ");
    let mut letters = en.chars();
    let capitalised = letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str());
    Localized::new(capitalised.unwrap_or_default(), zh.join("、"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_striking_features_give_the_name() {
        let names =
            names(&[vec![0.1, 2.0, 1.5, 0.0, 0.2, 3.0, 0.0, 0.0], vec![1.0, -0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]]);
        assert_eq!(names[0], Localized::new("Wholesale-like, frequent, high-spending", "批发型、高频、高消费"));
        assert_eq!(names[1].en, "Lapsed, infrequent");
    }

    #[test]
    fn equal_looking_clusters_get_different_names() {
        let names =
            names(&[vec![2.0, 0.4, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], vec![2.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.3]]);
        assert_ne!(names[0], names[1]);
    }

    #[test]
    fn a_cluster_in_the_middle_is_average() {
        assert_eq!(names(&[vec![0.1; 8]])[0].en, "Average");
    }
}
