//! Finished experiments: one file with an arm column, or a file for each arm.

use crate::support::bundled;
use bellwether_collect::{ExperimentData, ExperimentMapping, read_experiment};
use std::path::PathBuf;

const MAPPING: &str = r#"
kind = "experiment"
source = "test"
name = "A test"
ended_at = "2024-01-31"
control = "none"
arm_column = "group"
segments = ["channel"]
covariates = ["before"]
[[outcome]]
key = "bought"
kind = "rate"
[[outcome]]
key = "spend"
kind = "amount"
"#;

const ROWS: &str = "group,channel,before,bought,spend\nnone,Web,1,0,0\nmail,Web,2,1,10.5\nmail,Phone,3,yes,1\nnone,Phone,4,1,3\nmail,Web,5,0,0\n";

fn read(mapping: &str, files: &[(&str, &str)]) -> Result<ExperimentData, String> {
    let folder = tempfile::tempdir().unwrap();
    let write = |(name, content): &(&str, &str)| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    };
    let paths: Vec<PathBuf> = files.iter().map(write).collect();
    let mapping = ExperimentMapping::parse("mapping.toml", mapping).map_err(|error| error.to_string())?;
    read_experiment(&paths, &mapping)
        .map_err(|error| error.to_string().replace(&*folder.path().to_string_lossy(), "DIR"))
}

fn fails(mapping: &str, files: &[(&str, &str)], expected: &str) {
    assert_eq!(read(mapping, files).unwrap_err(), expected);
}

#[test]
fn sums_of_arms_segments_and_covariates() {
    let data = read(MAPPING, &[("a.csv", ROWS)]).unwrap();
    assert_eq!((data.rows, data.rejected, data.arms.join(" ")), (5, 0, "none mail".to_owned()));
    let sums = |arm: &str, metric: &str| {
        let summary = data.summaries.iter().find(|s| s.arm == arm && s.metric == metric).unwrap();
        (summary.n, summary.sum, summary.sum_squares)
    };
    assert_eq!(sums("mail", "bought"), (3, 2.0, 2.0));
    assert_eq!(sums("mail", "spend"), (3, 11.5, 10.5 * 10.5 + 1.0));
    assert_eq!(sums("none", "spend"), (2, 3.0, 9.0));
    let web = data
        .segments
        .iter()
        .find(|s| s.value == "Web" && s.summary.arm == "mail" && s.summary.metric == "spend")
        .unwrap();
    assert_eq!((web.column.as_str(), web.summary.n, web.summary.sum), ("channel", 2, 10.5));
    let before = data.covariates.iter().find(|c| c.arm == "mail" && c.metric == "spend").unwrap();
    assert_eq!((before.n, before.sum, before.sum_squares, before.sum_products), (3, 10.0, 38.0, 24.0));
    assert_eq!((data.definition.control.as_str(), data.definition.metrics.len()), ("none", 2));
}

#[test]
fn bad_rows_are_kept_apart() {
    let rows = format!("{ROWS}mail,Web,1,2,0\nmail,Web,,1,0\n,Web,1,1,0\nmail,Web\n");
    let data = read(MAPPING, &[("a.csv", &rows)]).unwrap();
    let details: Vec<&str> = data.rejects.iter().map(|reject| reject.detail.as_str()).collect();
    assert_eq!(
        details,
        [
            "line 7, column `bought`: `2` is not 0 or 1; an outcome of kind \"rate\" happened or did not; for numbers use kind = \"amount\"",
            "line 8, column `before`: the number is empty",
            "line 9: the arm is empty, but every row needs one",
            "line 10 has 2 fields where the header has 5; fields are missing, or the row is broken over two lines",
        ]
    );
    assert_eq!((data.rows, data.rejected, data.summaries[2].n), (9, 4, 3));
}

#[test]
fn a_file_for_each_arm() {
    let mapping = MAPPING.replace("arm_column = \"group\"", "")
        + "[[arm]]\nname = \"mail\"\nfile = \"mail/log.csv\"\nshare = 3\n[[arm]]\nname = \"none\"\nfile = \"none/log.csv\"\nshare = 1\n";
    let files = [
        ("none/log.csv", "channel,before,bought,spend\nWeb,1,0,0\n"),
        ("mail/log.csv", "channel,before,bought,spend\nWeb,1,1,2\n"),
    ];
    let data = read(&mapping, &files).unwrap();
    assert_eq!(
        (data.arms.join(" "), data.summaries[1].sum, data.definition.allocation),
        ("mail none".to_owned(), 2.0, vec![0.75, 0.25])
    );
    fails(&mapping, &files[..1], "the file of arm `mail` is missing: mail/log.csv");
    fails(
        &mapping,
        &[files[0], ("x.csv", "a\n1\n")],
        "DIR/x.csv is the file of no arm; the mapping names mail/log.csv, none/log.csv",
    );
}

#[test]
fn what_does_not_fit_is_said() {
    fails(
        MAPPING,
        &[("a.csv", &ROWS.replace("none", "nothing"))],
        "no row belongs to the control arm `none`; the arms found: nothing, mail",
    );
    fails(
        &MAPPING.replace("[\"channel\"]", "[\"chanel\"]"),
        &[("a.csv", ROWS)],
        "a.csv: no column `chanel` (the mapping's `segments` asks for it); did you mean `channel`?",
    );
    let many: String = (0..300).map(|n| format!("mail,W{n},1,0,0\nnone,W{n},1,0,0\n")).collect();
    fails(
        MAPPING,
        &[("a.csv", &format!("group,channel,before,bought,spend\n{many}"))],
        "a.csv: column `channel` has 300 different values, too many for `segments`; choose columns that divide people into a few groups",
    );
    fails(
        &MAPPING.replace("arm_column = \"group\"", ""),
        &[],
        "mapping.toml:1:1: nothing says which arm a row belongs to: set `arm_column`, or give each [[arm]] its own `file`",
    );
    fails(
        &(MAPPING.to_owned() + "[[arm]]\nname = \"mail\"\n"),
        &[],
        "mapping.toml:6:11: `control` is `none`, but no [[arm]] has that name",
    );
    fails(
        MAPPING,
        &[("a.csv", "group,channel,before,bought,spend\nmail,W,1,x,0\n")],
        "a.csv: none of its 1 rows can be used; the first: line 2, column `bought`: `x` is not 0 or 1; an outcome of kind \"rate\" happened or did not; for numbers use kind = \"amount\"",
    );
}

#[test]
fn the_bundled_open_bandit_sample() {
    let path = bundled("examples/open_bandit/mapping.toml");
    let mapping = ExperimentMapping::parse("mapping.toml", &std::fs::read_to_string(&path).unwrap()).unwrap();
    let data = read_experiment(&mapping.files_in(path.parent().unwrap()), &mapping).unwrap();
    let clicks: Vec<(String, u64, f64)> = data.summaries.iter().map(|s| (s.arm.clone(), s.n, s.sum)).collect();
    assert_eq!(clicks, [("random".to_owned(), 10_000, 46.0), ("bts".to_owned(), 10_000, 46.0)]);
    assert_eq!(data.rejected, 0);
    // By position, counted from the files with another program (Python's csv module).
    let position = |arm: &str| -> Vec<(String, u64, f64)> {
        data.segments
            .iter()
            .filter(|s| s.summary.arm == arm)
            .map(|s| (s.value.clone(), s.summary.n, s.summary.sum))
            .collect()
    };
    let expected = |counts: [(&str, u64, f64); 3]| counts.map(|(value, n, sum)| (value.to_owned(), n, sum)).to_vec();
    assert_eq!(position("random"), expected(RANDOM));
    assert_eq!(position("bts"), expected(BTS));
}

const RANDOM: [(&str, u64, f64); 3] = [("1", 3329, 15.0), ("2", 3374, 15.0), ("3", 3297, 16.0)];
const BTS: [(&str, u64, f64); 3] = [("1", 3288, 17.0), ("2", 3360, 17.0), ("3", 3352, 12.0)];
