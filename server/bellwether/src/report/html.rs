//! The page: one file, no script, nothing fetched.

use super::{charts::escape, data::Report, sections, words::Words};
use bellwether_domain::Language;

const STYLE: &str = include_str!("style.css");

/// The whole report as one HTML page.
pub fn page(report: &Report, language: Language) -> String {
    let words = Words(language);
    let title = words.say("Report", "报告");
    let body: String = [
        sections::totals(report, words),
        sections::sales(report, words),
        sections::quality(report, words),
        sections::rfm(report, words),
        sections::clusters(report, words),
        sections::recommendations(report, words),
        sections::campaigns(report, words),
        sections::backtest(report, words),
        sections::experiments(report, words),
    ]
    .concat();
    let code = match language {
        Language::English => "en",
        Language::Chinese => "zh-CN",
    };
    format!(
        "<!doctype html>\n<html lang=\"{code}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{shop} · {title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<header><p class=\"brand\">Bellwether</p><h1>{shop}</h1></header>\n<main>\n{body}</main>\n</body>\n</html>\n",
        shop = escape(&report.shop)
    )
}
