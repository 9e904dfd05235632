//! Previews: the command line's dry run, row by row.

use bellwether_collect::{file_digest, mapping::Encoding};
use bellwether_imports::{CannotPreview, Preview, preview, rows};
use encoding_rs::GB18030;
use std::path::PathBuf;

const MAPPING: &str = r#"kind = "orders"
source = "small-shop"
[columns]
order = "订单"
customer = "会员"
time = { column = "时间", format = "%Y-%m-%d %H:%M:%S" }
item = "商品"
quantity = "数量"
price = "单价"
currency = { constant = "CNY" }
"#;

const CSV: &str = "订单,会员,时间,商品,数量,单价
1,A7,2026-01-31 10:00:00,茶,2,9.50
1,A7,2026-01-31 10:00:00,杯,1,20
2,B8,2026-02-30 10:00:00,茶,1,9.50
3,C9,2026-02-01 10:00:00,茶
4,D1,2026-02-02 10:00:00,茶,x,9.50
";

struct File {
    folder: tempfile::TempDir,
}

impl File {
    fn new(name: &str, bytes: &[u8]) -> (Self, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        (Self { folder }, path)
    }
}

fn of(bytes: &[u8], mapping: &str) -> Result<Preview, CannotPreview> {
    let (file, path) = File::new("订单.csv", bytes);
    let shown = preview(&path, &file_digest(&path).unwrap(), mapping);
    if let Err(CannotPreview::File(why)) = &shown {
        assert!(!why.contains(&*file.folder.path().to_string_lossy()), "{why}");
    }
    shown
}

#[test]
fn rows_events_and_problems_stand_side_by_side() {
    let shown = of(&GB18030.encode(CSV).0, MAPPING).unwrap();
    assert_eq!((shown.source.as_str(), shown.kind, shown.read), ("small-shop", "orders", 5));
    assert_eq!(shown.columns, ["订单", "会员", "时间", "商品", "数量", "单价"]);
    let summary: Vec<_> = shown
        .rows
        .iter()
        .map(|row| {
            let fields: Vec<_> = row.problems.iter().map(|problem| problem.field.as_deref()).collect();
            (row.line, row.values.len(), row.events.len(), fields)
        })
        .collect();
    assert_eq!(
        summary,
        [
            (2, 6, 1, vec![]),
            (3, 6, 0, vec![]),
            (4, 6, 0, vec![Some("时间")]),
            (5, 0, 0, vec![None]),
            (6, 6, 0, vec![Some("数量")]),
        ]
    );
    let order = &shown.rows[0].events[0]["order"];
    assert_eq!(order["products"].as_array().unwrap().len(), 2);
    assert_eq!(shown.rows[0].values[3], ("商品".to_owned(), "茶".into()));
}

#[test]
fn what_is_wrong_with_a_mapping_has_its_place() {
    let broken = MAPPING.replace("quantity =", "quantitty =");
    let Err(CannotPreview::Mapping(problem)) = of(CSV.as_bytes(), &broken) else { panic!("it was taken") };
    assert_eq!((problem.line, problem.column), (8, 1));
    assert!(problem.message.contains("did you mean `quantity`?"), "{}", problem.message);
    let experiment = "# a test\nkind = \"experiment\"\nsource = \"x\"\n";
    assert!(matches!(of(CSV.as_bytes(), experiment), Err(CannotPreview::Mapping(_))));
}

#[test]
fn what_is_wrong_with_the_file_is_said_in_its_own_words() {
    let Err(CannotPreview::File(why)) = of(CSV.as_bytes(), &MAPPING.replace("\"单价\"", "\"价\"")) else {
        panic!("it was taken")
    };
    assert!(why.contains("no column `价`"), "{why}");
    let Err(CannotPreview::File(why)) = of(b"PK\x03\x04not a table", MAPPING) else { panic!("it was taken") };
    assert!(why.contains("ZIP archive"), "{why}");
}

#[test]
fn a_file_is_looked_at_without_a_mapping() {
    let (_file, path) = File::new("订单.csv", &GB18030.encode(CSV).0);
    let (is_parquet, look) = rows::look_at(&path).unwrap();
    let text = look.text.unwrap();
    assert_eq!((is_parquet, text.encoding, text.delimiter), (false, Encoding::Gb18030, Some(b',')));
    assert_eq!(look.columns[3].name, "商品");
    assert_eq!(look.columns[3].texts, ["茶", "杯", "茶", "茶"]);
    assert_eq!(look.draft, rows::guess(&path).unwrap());
    assert_eq!(look.draft, bellwether_collect::guess(&path).unwrap());
}

#[test]
fn progress_ends_where_the_file_does() {
    let mut csv = CSV.lines().next().unwrap().to_owned() + "\n";
    for order in 0..50_000 {
        csv += &format!("{order},A{},2026-01-31 10:00:00,茶,2,9.50\n", order % 97);
    }
    let (_file, path) = File::new("订单.csv", csv.as_bytes());
    let mapping = bellwether_imports::parse(MAPPING).unwrap();
    let (mut importer, so_far) = rows::open_known(&path, "digest", mapping.rows().unwrap()).unwrap();
    let begin = so_far.bytes();
    assert!(begin.0 < begin.1 && begin.1 == csv.len() as u64, "{begin:?}");
    let mut last = begin.0;
    while importer.next_batch(1_000).unwrap().is_some() {
        assert!(so_far.bytes().0 >= last);
        last = so_far.bytes().0;
    }
    assert_eq!(last, csv.len() as u64);
}
