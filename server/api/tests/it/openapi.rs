//! The committed document is what the code says.

#[test]
fn the_committed_document_is_fresh() {
    let mut fresh = serde_json::to_string_pretty(&bellwether_api::openapi()).expect("JSON");
    fresh.push('\n');
    let committed = include_str!("../../../../console/openapi.json");
    assert!(
        fresh == committed,
        "console/openapi.json is stale; run `cargo run -p bellwether-api --example openapi > console/openapi.json`"
    );
}

#[test]
fn every_answer_is_described_and_every_operation_has_a_name_of_its_own() {
    let document = serde_json::to_value(bellwether_api::openapi()).expect("JSON");
    let mut names = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            names.push(operation["operationId"].as_str().unwrap_or_else(|| panic!("{method} {path}")));
            for (status, response) in operation["responses"].as_object().expect("responses") {
                assert_ne!(response["description"].as_str().unwrap_or_default(), "", "{method} {path} {status}");
            }
        }
    }
    assert!(names.len() > 25);
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    assert_eq!(document["openapi"], "3.1.0");
}
