//! The plain answer of an experiment.

use super::{MetricAnalysis, Required, SampleRatio};
use bellwether_domain::{Localized, MetricKind};
use serde::{Deserialize, Serialize};

/// The plain answer on the most important metric.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// People were not divided as planned: no number can be trusted.
    NotAsPlanned {
        /// Of the sample ratio.
        p_value: f64,
    },
    /// An arm did better than the control, and chance is an unlikely explanation.
    Better(Finding),
    /// No arm did better, and one did worse.
    Worse(Finding),
    /// Chance explains what was seen.
    NoDifferenceSeen {
        /// Means per arm, the control first.
        arms: Vec<(String, f64, u64, f64)>,
        /// Whether the outcome is a rate.
        is_rate: bool,
        /// What a clearer answer needs.
        needed: Vec<Required>,
    },
    /// There is nothing to compare.
    NothingToCompare,
}

/// A difference that chance hardly explains.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Which arm.
    pub arm: String,
    /// Against which.
    pub control: String,
    /// What was measured.
    pub metric: Localized,
    /// Relative lift with its bounds.
    pub lift: Option<[f64; 3]>,
    /// Two-sided.
    pub p_value: f64,
}

/// The answer that these numbers give.
pub(super) fn of(ratio: &SampleRatio, metric: Option<&MetricAnalysis>) -> Verdict {
    if !ratio.ok {
        return Verdict::NotAsPlanned { p_value: ratio.p_value };
    }
    let Some(metric) = metric.filter(|metric| !metric.comparisons.is_empty()) else { return Verdict::NothingToCompare };
    let found = |better: bool| {
        let candidates = metric.comparisons.iter().filter(|c| c.significant && (c.difference > 0.0) == better);
        let size = |c: &&super::ArmComparison| c.difference.abs();
        let best = candidates.max_by(|a, b| size(a).total_cmp(&size(b)))?;
        Some(Finding {
            arm: best.arm.clone(),
            control: metric.arms[0].arm.clone(),
            metric: metric.metric.name.clone(),
            lift: best.lift.zip(best.lift_low).zip(best.lift_high).map(|((lift, low), high)| [lift, low, high]),
            p_value: best.p_value?,
        })
    };
    if let Some(finding) = found(true) {
        return Verdict::Better(finding);
    }
    found(false).map_or_else(
        || Verdict::NoDifferenceSeen {
            arms: metric.arms.iter().map(|arm| (arm.arm.clone(), arm.sum, arm.n, arm.mean)).collect(),
            is_rate: metric.metric.kind == MetricKind::Rate,
            needed: metric.power.clone(),
        },
        Verdict::Worse,
    )
}

impl Verdict {
    /// A stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAsPlanned { .. } => "not_as_planned",
            Self::Better(_) => "better",
            Self::Worse(_) => "worse",
            Self::NoDifferenceSeen { .. } => "no_difference_seen",
            Self::NothingToCompare => "nothing_to_compare",
        }
    }

    /// The answer in words that need no statistics.
    pub fn sentence(&self) -> Localized {
        match self {
            Self::NotAsPlanned { p_value } => Localized::new(
                format!(
                    "People were not divided as planned (p = {p_value:.1e}); no number here can be trusted until that is explained."
                ),
                format!("人群没有按计划分配（p = {p_value:.1e}）；在查明原因之前，这里的任何数字都不可信。"),
            ),
            Self::Better(finding) => finding.sentence(("did better than", "优于")),
            Self::Worse(finding) => finding.sentence(("did worse than", "不如")),
            Self::NoDifferenceSeen { arms, is_rate, needed } => no_difference(arms, *is_rate, needed),
            Self::NothingToCompare => Localized::new(
                "There are no two arms of at least two people; nothing to compare.",
                "没有两个各有至少两人的组，无从比较。",
            ),
        }
    }
}

impl Finding {
    fn sentence(&self, (en, zh): (&str, &str)) -> Localized {
        let percent = |share: f64| format!("{:+.1} %", share * 100.0);
        let (lift_en, lift_zh) = match self.lift {
            Some([lift, low, high]) => (
                format!(": {} (95 % interval {} to {})", percent(lift), percent(low), percent(high)),
                format!("：{}（95 % 区间 {} 至 {}）", percent(lift), percent(low), percent(high)),
            ),
            None => (String::new(), String::new()),
        };
        let Self { arm, control, metric, .. } = self;
        Localized::new(
            format!("`{arm}` {en} `{control}` in {}{lift_en}.", metric.en.to_lowercase()),
            format!("“{arm}”在{}上{zh}“{control}”{lift_zh}。", metric.zh_cn),
        )
    }
}

fn no_difference(arms: &[(String, f64, u64, f64)], is_rate: bool, needed: &[Required]) -> Localized {
    let shown = |(arm, sum, n, mean): &(String, f64, u64, f64)| {
        if is_rate { format!("{arm} {sum:.0} / {n} ({:.2} %)", mean * 100.0) } else { format!("{arm} {mean:.4}") }
    };
    let numbers: Vec<String> = arms.iter().map(shown).collect();
    let (mut en, mut zh) = (String::new(), String::new());
    for required in needed {
        let Some(people) = required.per_arm else { continue };
        let (effect, power) = (required.relative_effect * 100.0, required.power * 100.0);
        en += &format!(
            " Seeing a relative difference of {effect:.0} % with a chance of {power:.0} % takes {people} per arm."
        );
        zh += &format!("要以 {power:.0} % 的把握看到 {effect:.0} % 的相对差异，每组需要 {people}。");
    }
    Localized::new(
        format!("No difference can be seen: {}.{en}", numbers.join(", ")),
        format!("看不出差异：{}。{zh}", numbers.join("，")),
    )
}
