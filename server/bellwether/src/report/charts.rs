//! Small pictures as SVG. Colours come from the page's style sheet, so that they follow light and dark.

use std::fmt::Write;

const WIDTH: f64 = 640.0;

/// Text that is safe inside HTML and SVG.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// One horizontal bar.
pub struct Bar {
    pub label: String,
    pub value: f64,
    pub shown: String,
}

/// Horizontal bars from a common base, widest first as given.
pub fn bars(title: &str, bars: &[Bar]) -> String {
    const ROW: f64 = 26.0;
    const LABEL: f64 = 230.0;
    const SHOWN: f64 = 90.0;
    let largest = bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
    let mut svg = open(title, ROW * bars.len() as f64 + 4.0);
    for (row, bar) in bars.iter().enumerate() {
        let y = row as f64 * ROW;
        let width = if largest > 0.0 { (WIDTH - LABEL - SHOWN) * bar.value.max(0.0) / largest } else { 0.0 };
        let _ = write!(
            svg,
            r#"<text class="label" x="{x}" y="{ty}" text-anchor="end">{label}</text><rect class="bar" x="{LABEL}" y="{ry}" width="{width:.1}" height="16" rx="3"/><text class="value" x="{vx:.1}" y="{ty}">{shown}</text>"#,
            x = LABEL - 8.0,
            ty = y + 17.0,
            ry = y + 5.0,
            vx = LABEL + width + 6.0,
            label = escape(&bar.label),
            shown = escape(&bar.shown),
        );
    }
    svg + "</svg>"
}

/// One line over equal steps, with the first, middle and last label under it.
pub fn line(title: &str, labels: &[String], values: &[f64], shown: impl Fn(f64) -> String) -> String {
    const HEIGHT: f64 = 180.0;
    const LEFT: f64 = 70.0;
    const BOTTOM: f64 = 26.0;
    let largest = values.iter().copied().fold(0.0, f64::max);
    let mut svg = open(title, HEIGHT);
    if values.len() < 2 || largest <= 0.0 {
        return svg + "</svg>";
    }
    let at = |index: usize| LEFT + (WIDTH - LEFT - 8.0) * index as f64 / (values.len() - 1) as f64;
    let height = |value: f64| 8.0 + (HEIGHT - BOTTOM - 8.0) * (1.0 - value.max(0.0) / largest);
    for part in [0.0, 0.5, 1.0] {
        let y = height(largest * part);
        let _ = write!(
            svg,
            r#"<line class="grid" x1="{LEFT}" x2="{WIDTH}" y1="{y:.1}" y2="{y:.1}"/><text class="axis" x="{x}" y="{ty:.1}" text-anchor="end">{text}</text>"#,
            x = LEFT - 8.0,
            ty = y + 4.0,
            text = escape(&shown(largest * part)),
        );
    }
    let points: Vec<String> =
        values.iter().enumerate().map(|(i, value)| format!("{:.1},{:.1}", at(i), height(*value))).collect();
    let _ = write!(
        svg,
        r#"<polygon class="area" points="{x0:.1},{base:.1} {all} {x1:.1},{base:.1}"/><polyline class="line" points="{all}"/>"#,
        x0 = at(0),
        x1 = at(values.len() - 1),
        base = height(0.0),
        all = points.join(" "),
    );
    for (index, anchor) in [(0, "start"), (values.len() / 2, "middle"), (values.len() - 1, "end")] {
        let text = labels.get(index).map(String::as_str).unwrap_or_default();
        let _ = write!(
            svg,
            r#"<text class="axis" x="{x:.1}" y="{y}" text-anchor="{anchor}">{text}</text>"#,
            x = at(index),
            y = HEIGHT - 6.0,
            text = escape(text),
        );
    }
    svg + "</svg>"
}

/// One estimate with its interval.
pub struct Interval {
    pub label: String,
    pub value: f64,
    pub low: f64,
    pub high: f64,
    pub shown: String,
}

/// Estimates with intervals around a line at zero.
pub fn intervals(title: &str, rows: &[Interval]) -> String {
    const ROW: f64 = 30.0;
    const LEFT: f64 = 170.0;
    const RIGHT: f64 = 200.0;
    let low = rows.iter().map(|row| row.low).fold(0.0, f64::min);
    let high = rows.iter().map(|row| row.high).fold(0.0, f64::max);
    let span = if high > low { high - low } else { 1.0 };
    let at = |value: f64| LEFT + (WIDTH - LEFT - RIGHT) * (value - low) / span;
    let bottom = ROW * rows.len() as f64;
    let mut svg = open(title, bottom + 4.0);
    let _ = write!(svg, r#"<line class="zero" x1="{x:.1}" x2="{x:.1}" y1="0" y2="{bottom}"/>"#, x = at(0.0));
    for (index, row) in rows.iter().enumerate() {
        let y = index as f64 * ROW + ROW / 2.0;
        let _ = write!(
            svg,
            r#"<text class="label" x="{lx}" y="{ty}" text-anchor="end">{label}</text><line class="interval" x1="{x0:.1}" x2="{x1:.1}" y1="{y}" y2="{y}"/><circle class="point" cx="{x:.1}" cy="{y}" r="5"/><text class="value" x="{vx}" y="{ty}">{shown}</text>"#,
            lx = LEFT - 10.0,
            ty = y + 4.0,
            label = escape(&row.label),
            x0 = at(row.low),
            x1 = at(row.high),
            x = at(row.value),
            vx = WIDTH - RIGHT + 12.0,
            shown = escape(&row.shown),
        );
    }
    svg + "</svg>"
}

/// A curve against the diagonal: how much better than chance.
pub fn gain(title: &str, points: &[(f64, f64)], (x_name, y_name): (&str, &str)) -> String {
    const HEIGHT: f64 = 300.0;
    const LEFT: f64 = 60.0;
    const SIDE: f64 = 250.0;
    let at = |share: f64| LEFT + SIDE * 1.6 * share;
    let height = |share: f64| 10.0 + SIDE * (1.0 - share);
    let all: Vec<String> = std::iter::once((0.0, 0.0))
        .chain(points.iter().copied())
        .map(|(x, y)| format!("{:.1},{:.1}", at(x), height(y)))
        .collect();
    let mut svg = open(title, HEIGHT);
    for part in [0.0, 0.5, 1.0] {
        let _ = write!(
            svg,
            r#"<line class="grid" x1="{LEFT}" x2="{right}" y1="{y:.1}" y2="{y:.1}"/><text class="axis" x="{lx}" y="{ty:.1}" text-anchor="end">{percent:.0} %</text><text class="axis" x="{x:.1}" y="{by}" text-anchor="middle">{percent:.0} %</text>"#,
            right = at(1.0),
            y = height(part),
            lx = LEFT - 8.0,
            ty = height(part) + 4.0,
            percent = part * 100.0,
            x = at(part),
            by = height(0.0) + 18.0,
        );
    }
    let _ = write!(
        svg,
        r#"<line class="zero" x1="{x0:.1}" y1="{y0:.1}" x2="{x1:.1}" y2="{y1:.1}"/><polyline class="line" points="{all}"/><text class="axis" x="{x2:.1}" y="{by}">{x_name}</text><text class="axis" x="{LEFT}" y="{ny}">{y_name}</text>"#,
        x0 = at(0.0),
        y0 = height(0.0),
        x1 = at(1.0),
        y1 = height(1.0),
        all = all.join(" "),
        x2 = at(1.0) + 26.0,
        by = height(0.0) + 18.0,
        ny = height(0.0) + 36.0,
        x_name = escape(x_name),
        y_name = escape(y_name),
    );
    svg + "</svg>"
}

fn open(title: &str, height: f64) -> String {
    format!(
        r#"<svg role="img" aria-label="{title}" viewBox="0 0 {WIDTH} {height}" width="100%" preserveAspectRatio="xMinYMin meet">"#,
        title = escape(title)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_the_page() {
        let svg = bars("t", &[Bar { label: "<script>\"&".into(), value: 1.0, shown: "1".into() }]);
        assert!(svg.contains("&lt;script&gt;&quot;&amp;") && !svg.contains("<script"));
    }

    #[test]
    fn pictures_of_nothing_are_calm() {
        for svg in
            [bars("t", &[]), line("t", &[], &[], |v| v.to_string()), intervals("t", &[]), gain("t", &[], ("x", "y"))]
        {
            assert!(svg.starts_with("<svg") && svg.ends_with("</svg>") && !svg.contains("NaN"), "{svg}");
        }
    }
}
