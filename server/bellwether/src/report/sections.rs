//! The parts of the page, in the order of the data's way.

use super::{
    charts::{self, Bar, Interval, escape},
    data::{ExperimentNumbers, Report},
    words::Words,
};
use crate::progress::thousands;
use bellwether_domain::{Segment, SegmentKind};
use std::fmt::Write;

fn section(title: &str, lead: &str, body: &str) -> String {
    format!("<section>\n<h2>{}</h2>\n<p class=\"lead\">{}</p>\n{body}\n</section>\n", escape(title), escape(lead))
}

/// A table whose columns after the first are numbers.
fn table(head: &[String], rows: &[Vec<String>]) -> String {
    let mut html = String::from("<div class=\"scroll\"><table><thead><tr>");
    let class = |column: usize| if column == 0 { "" } else { " class=\"n\"" };
    for (column, name) in head.iter().enumerate() {
        let _ = write!(html, "<th{}>{}</th>", class(column), escape(name));
    }
    html.push_str("</tr></thead><tbody>");
    for row in rows {
        html.push_str("<tr>");
        for (column, cell) in row.iter().enumerate() {
            let _ = write!(html, "<td{}>{}</td>", class(column), escape(cell));
        }
        html.push_str("</tr>");
    }
    html + "</tbody></table></div>"
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn amount(value: f64, currency: &str) -> String {
    let sign = if value < 0.0 { "−" } else { "" };
    format!("{sign}{} {currency}", thousands(value.abs().round() as u64))
}

pub fn totals(report: &Report, words: Words) -> String {
    let t = &report.totals;
    let card = |name: String, value: String| {
        format!("<div class=\"card\"><span>{}</span><b>{}</b></div>", escape(&name), escape(&value))
    };
    let cards = [
        card(words.say("Customers", "客户"), thousands(t.customers)),
        card(words.say("Orders", "订单"), thousands(t.orders)),
        card(words.say("Goods sold", "销售额"), amount(t.revenue, &report.currency)),
        card(words.say("Returned or cancelled", "退货与取消"), amount(t.refunded, &report.currency)),
    ];
    let lead = words.say(
        "Goods only, without postage and fees; sales to unknown customers included.",
        "仅计商品，不含邮费和手续费；包含匿名销售。",
    );
    section(&words.say("The shop", "店铺概览"), &lead, &format!("<div class=\"cards\">{}</div>", cards.concat()))
}

pub fn sales(report: &Report, words: Words) -> String {
    let labels: Vec<String> = report.months.iter().map(|m| m.month.format("%Y-%m").to_string()).collect();
    let values: Vec<f64> = report.months.iter().map(|m| m.revenue).collect();
    let title = words.say("Goods sold per month", "每月销售额");
    let picture = charts::line(&title, &labels, &values, |v| thousands(v as u64));
    section(&title, &report.currency, &picture)
}

pub fn quality(report: &Report, words: Words) -> String {
    let mut body = String::new();
    for import in &report.imports {
        let line = words.say(
            &format!("{}: {} rows → {} order events", import.file, thousands(import.rows), thousands(import.events)),
            &format!("{}：{} 行 → {} 个订单事件", import.file, thousands(import.rows), thousands(import.events)),
        );
        let _ = write!(body, "<p>{}</p>", escape(&line));
    }
    let mut rules: Vec<_> = report.rules.iter().filter(|rule| rule.rows > 0 && rule.rule != "rows").collect();
    rules.sort_by_key(|rule| std::cmp::Reverse(rule.rows));
    let title = words.say("What cleaning did", "数据清洗");
    let bars: Vec<Bar> = rules
        .iter()
        .map(|rule| Bar {
            label: words.rule(&rule.rule),
            value: (rule.rows as f64).sqrt(),
            shown: thousands(rule.rows),
        })
        .collect();
    body += &charts::bars(&title, &bars);
    if !report.rejects.is_empty() {
        let head = [words.say("In quarantine", "隔离区"), words.say("Rows", "行数")];
        let rows: Vec<_> = report.rejects.iter().map(|r| vec![words.rule(&r.rule), thousands(r.rows)]).collect();
        body += &table(&head, &rows);
    }
    let lead = words.say(
        "Rows that each rule touched (bars by square root). Doubtful rows are flagged, not deleted; what cannot be used is kept in quarantine.",
        "每条规则触及的行数（条长按平方根）。可疑的行只标记、不删除；无法使用的行保留在隔离区。",
    );
    section(&title, &lead, &body)
}

fn segment_table(report: &Report, kind: SegmentKind, words: Words) -> String {
    let mean = |segment: &Segment, key: &str| segment.facts["means"][key].as_f64().unwrap_or(0.0);
    let head = [
        words.say("Segment", "分群"),
        words.say("Customers", "客户"),
        words.say("Share", "占比"),
        words.say("Share of revenue", "销售额占比"),
        words.say("Days since last order", "距上次购买天数"),
        words.say("Orders", "订单数"),
        words.say("Spending", "消费额"),
    ];
    let rows: Vec<_> = report
        .segments
        .iter()
        .filter(|segment| segment.kind == kind)
        .map(|segment| {
            vec![
                segment.name.get(words.0).to_owned(),
                thousands(segment.size),
                percent(segment.share),
                percent(segment.revenue_share),
                format!("{:.0}", mean(segment, "recency_days")),
                format!("{:.1}", mean(segment, "frequency")),
                amount(mean(segment, "monetary"), &report.currency),
            ]
        })
        .collect();
    table(&head, &rows)
}

fn share_bars(report: &Report, kind: SegmentKind, title: &str, words: Words) -> String {
    let bars: Vec<Bar> = report
        .segments
        .iter()
        .filter(|segment| segment.kind == kind)
        .map(|segment| Bar {
            label: segment.name.get(words.0).to_owned(),
            value: segment.revenue_share,
            shown: percent(segment.revenue_share),
        })
        .collect();
    charts::bars(title, &bars)
}

pub fn rfm(report: &Report, words: Words) -> String {
    let title = words.say("RFM segments", "RFM 分群");
    let lead = words.say(
        "Everybody with an order, by how recently, how often and for how much they bought. Bars: share of revenue.",
        "所有下过单的客户，按最近购买、购买频率和消费金额划分。条形：销售额占比。",
    );
    let body = share_bars(report, SegmentKind::Rfm, &title, words) + &segment_table(report, SegmentKind::Rfm, words);
    section(&title, &lead, &body)
}

pub fn clusters(report: &Report, words: Words) -> String {
    let Some(choice) = &report.clustering else { return String::new() };
    let title = words.say("Clusters that the data shows", "数据中的聚类");
    let lead = words.say(
        "k-means on eight log-scaled, robustly standardised features; the number is chosen by silhouette among the stable ones.",
        "对八个取对数并稳健标准化的特征做 k-means；在稳定的方案中按轮廓系数选择聚类数。",
    );
    let head = [
        "k".to_owned(),
        words.say("Silhouette", "轮廓系数"),
        words.say("Stability", "稳定性"),
        words.say("Smallest", "最小占比"),
    ];
    let rows: Vec<_> = choice
        .candidates
        .iter()
        .map(|c| {
            let chosen = if c.k == choice.chosen_k { " ←" } else { "" };
            vec![
                format!("{}{chosen}", c.k),
                format!("{:.3}", c.silhouette),
                format!("{:.3}", c.stability),
                percent(c.smallest_share),
            ]
        })
        .collect();
    let body = share_bars(report, SegmentKind::Cluster, &title, words)
        + &segment_table(report, SegmentKind::Cluster, words)
        + &table(&head, &rows);
    section(&title, &lead, &body)
}

pub fn recommendations(report: &Report, words: Words) -> String {
    if report.recommenders.is_empty() {
        return String::new();
    }
    let title = words.say("Recommendations", "推荐");
    let mut serving = report.recommenders.iter().filter(|recommender| recommender.serving);
    if let Some(reason) = serving.find_map(|recommender| recommender.metrics["not_judged"].as_str()) {
        let lead = words.say(
            "What most people buy is recommended; it was not judged, because ",
            "推荐最畅销的商品；未评测，原因：",
        );
        return section(&title, &(lead + reason), "");
    }
    let number = |metrics: &serde_json::Value, key: &str| metrics[key].as_f64().unwrap_or(0.0);
    let bars: Vec<Bar> = report
        .recommenders
        .iter()
        .map(|r| {
            let value = number(&r.metrics, "ndcg_at_10");
            let serves = if r.serving { " ✓" } else { "" };
            Bar { label: words.recommender(&r.kind) + serves, value, shown: format!("{value:.4}") }
        })
        .collect();
    let head = [
        words.say("List", "列表"),
        "Recall@10".to_owned(),
        "NDCG@10".to_owned(),
        words.say("Coverage", "覆盖率"),
        words.say("Customers judged", "评测客户数"),
    ];
    let rows: Vec<_> = report
        .recommenders
        .iter()
        .map(|r| {
            vec![
                words.recommender(&r.kind),
                format!("{:.4}", number(&r.metrics, "recall_at_10")),
                format!("{:.4}", number(&r.metrics, "ndcg_at_10")),
                percent(number(&r.metrics, "coverage")),
                thousands(number(&r.metrics, "customers") as u64),
            ]
        })
        .collect();
    let lead = words.say(
        "Trained on all but the last four weeks, judged on the products that the same customers bought for the first time then (NDCG@10). ✓ serves: the best, where it beats popularity by a fifth.",
        "用最后四周之前的数据训练，用这些客户随后首次购买的商品评测（NDCG@10）。✓ 为当前使用者：比热门商品至少好五分之一的最佳模型。",
    );
    section(&title, &lead, &(charts::bars(&title, &bars) + &table(&head, &rows)))
}

pub fn campaigns(report: &Report, words: Words) -> String {
    if report.campaigns.is_empty() {
        return String::new();
    }
    let head = [
        words.say("Campaign", "活动"),
        words.say("Handed over", "已交付"),
        words.say("Held out", "对照留出"),
        words.say("Skipped", "跳过"),
        words.say("Failed", "失败"),
    ];
    let rows: Vec<_> = report
        .campaigns
        .iter()
        .map(|c| {
            let message = |state: &str| thousands(c.messages.get(state).copied().unwrap_or(0));
            let decision = |choice: &str| thousands(c.decisions.get(choice).copied().unwrap_or(0));
            vec![
                c.name.get(words.0).to_owned(),
                message("handed_over"),
                decision("hold_out"),
                decision("skip"),
                message("failed"),
            ]
        })
        .collect();
    let lead = words.say(
        "Those held out were chosen by chance, so that the effect can be measured.",
        "对照留出者由随机抽取，以便衡量效果。",
    );
    section(&words.say("Campaigns", "营销活动"), &lead, &table(&head, &rows))
}

pub fn backtest(report: &Report, words: Words) -> String {
    let Some(result) = &report.backtest else { return String::new() };
    let head = [
        words.say("Audience", "受众"),
        words.say("Customers", "客户"),
        words.say("Ordered", "下单率"),
        words.say("The rest", "其余客户"),
        words.say("Random choice (95 %)", "随机选择（95 %）"),
        words.say("Over random", "对随机之比"),
        words.say("Revenue per person", "人均销售额"),
    ];
    let rows: Vec<_> = result
        .campaigns
        .iter()
        .map(|c| {
            let name = if words.0 == bellwether_domain::Language::English { &c.name.en } else { &c.name.zh_cn };
            vec![
                name.clone(),
                thousands(c.chosen.customers),
                percent(c.chosen.response_rate),
                percent(c.rest.response_rate),
                format!(
                    "{} ({}–{})",
                    percent(c.random.response_rate),
                    percent(c.random.response_rate_low),
                    percent(c.random.response_rate_high)
                ),
                c.lift.map(|lift| format!("{lift:.2} ×")).unwrap_or_default(),
                amount(c.chosen.revenue_per_customer, &report.currency),
            ]
        })
        .collect();
    let points: Vec<_> = result.lift_curve.iter().map(|p| (p.share, p.captured)).collect();
    let axes = (words.say("customers", "客户"), words.say("↑ of those who ordered", "↑ 占下单客户"));
    let curve = charts::gain(&words.say("Lift curve", "提升曲线"), &points, (&axes.0, &axes.1));
    let label = words.say("Observed, not caused", "仅为观察，并非因果");
    let lead = words.say(
        "Audiences as they would have been four weeks before the end, against what these people then did. Nobody was sent anything: the chosen differ from the rest in more than being chosen.",
        "以结束前四周为准重建受众，对照这些人随后的行为。当时没有发送任何消息：被选中者与其余客户本来就不同。",
    );
    let body = format!("<p><span class=\"tag\">{}</span></p>{}{curve}", escape(&label), table(&head, &rows));
    section(&words.say("Backtest", "回测"), &lead, &body)
}

pub fn experiments(report: &Report, words: Words) -> String {
    report.experiments.iter().map(|experiment| one_experiment(experiment, words)).collect()
}

fn one_experiment(experiment: &ExperimentNumbers, words: Words) -> String {
    let definition = &experiment.definition;
    let Some(analysis) = &experiment.analysis else {
        let error = experiment.error.as_deref().unwrap_or_default();
        let body = format!("<div class=\"note\">{}</div>", escape(error));
        return section(definition.name.get(words.0), definition.description.get(words.0), &body);
    };
    let mut body = format!("<div class=\"note\">{}</div>", escape(analysis.verdict.sentence().get(words.0)));
    let ratio = &analysis.sample_ratio;
    let _ = write!(
        body,
        "<p>{}</p>",
        escape(&words.say(
            &format!(
                "Sample ratio: p = {:.3}; {}.",
                ratio.p_value,
                if ratio.ok { "as planned" } else { "NOT as planned" }
            ),
            &format!("样本比例：p = {:.3}；{}。", ratio.p_value, if ratio.ok { "符合计划" } else { "不符合计划" }),
        ))
    );
    for metric in &analysis.metrics {
        let _ = write!(body, "<h3>{}</h3>", escape(metric.metric.name.get(words.0)));
        let head = [
            words.say("Arm", "组别"),
            "n".to_owned(),
            words.say("Mean", "均值"),
            words.say("95 % interval", "95 % 区间"),
        ];
        let shown = |value: f64| match metric.metric.kind {
            bellwether_domain::MetricKind::Rate => format!("{:.2} %", value * 100.0),
            bellwether_domain::MetricKind::Amount => format!("{value:.4}"),
        };
        let rows: Vec<_> = metric
            .arms
            .iter()
            .map(|a| {
                vec![a.arm.clone(), thousands(a.n), shown(a.mean), format!("{} – {}", shown(a.low), shown(a.high))]
            })
            .collect();
        body += &table(&head, &rows);
        let intervals: Vec<Interval> = metric
            .comparisons
            .iter()
            .filter_map(|c| {
                let p = c.p_value.map(|p| format!(", p = {p:.3}")).unwrap_or_default();
                Some(Interval {
                    label: c.arm.clone(),
                    value: c.lift?,
                    low: c.lift_low?,
                    high: c.lift_high?,
                    shown: format!("{:+.1} %{p}", c.lift? * 100.0),
                })
            })
            .collect();
        body += &charts::intervals(&words.say("Lift over the control", "相对对照组的提升"), &intervals);
        for power in &metric.power {
            let Some(needed) = power.per_arm else { continue };
            let (effect, chance) = (power.relative_effect * 100.0, power.power * 100.0);
            let line = words.say(
                &format!(
                    "To see a relative difference of {effect:.0} % with a chance of {chance:.0} %: {} per arm.",
                    thousands(needed)
                ),
                &format!("要以 {chance:.0} % 的把握看到 {effect:.0} % 的相对差异：每组需要 {}。", thousands(needed)),
            );
            let _ = write!(body, "<p>{}</p>", escape(&line));
        }
    }
    section(definition.name.get(words.0), definition.description.get(words.0), &body)
}
